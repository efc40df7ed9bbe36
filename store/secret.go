package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"tillgate/store/entry"
)

// Secrets are rows, because entries leave the device. The row without a name
// lists the checksums of all others, and the entry with which they were last
// written: a row that a broken page has lost, or an old one that was found in
// its place, must not pass for what was written. An old hash would let an old
// PIN in. The mark "secret", on another page, says which list is the newest.
const (
	secretsSchema  = 4 // the schema's version that began the table
	secretBytesMax = 4096
	secretSumBytes = 8
)

// secretSum is the checksum of one secret.
func secretSum(name string, value []byte) []byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s %s", len(name), name, value))
	return sum[:secretSumBytes]
}

// secretList is the row without a name: its own checksum, the entry, and the
// checksums of the other rows.
func secretList(at entry.Seq, rows map[string][]byte) []byte {
	list := binary.BigEndian.AppendUint64(nil, uint64(at))
	for _, name := range sortedKeys(rows) {
		list = append(list, secretSum(name, rows[name])...)
	}
	return append(secretSum("", list), list...)
}

// parseSecretList is the entry and the checksums in such a row; ok is false where it is damaged.
func parseSecretList(b []byte) (at entry.Seq, sums map[string]bool, ok bool) {
	if len(b) < 2*secretSumBytes || len(b)%secretSumBytes != 0 || !bytes.Equal(b[:secretSumBytes], secretSum("", b[secretSumBytes:])) {
		return 0, nil, false
	}
	sums = map[string]bool{}
	for sum := range slices.Chunk(b[2*secretSumBytes:], secretSumBytes) {
		sums[string(sum)] = true
	}
	return entry.Seq(binary.BigEndian.Uint64(b[secretSumBytes:])), sums, true
}

// checkSecrets refuses rows that the table is not for.
func checkSecrets(secrets map[string][]byte) error {
	for name, value := range secrets {
		if name == "" || len(value) > secretBytesMax {
			return fmt.Errorf("commit: a secret has a name and at most %d bytes", secretBytesMax)
		}
	}
	return nil
}

// writeSecrets writes the rows that a transaction changes, and the list of all.
func (c *conn) writeSecrets(at entry.Seq, secrets map[string][]byte) error {
	if len(secrets) == 0 {
		return nil
	}
	for _, name := range sortedKeys(secrets) {
		var err error
		if value := secrets[name]; len(value) == 0 {
			err = c.exec("DELETE FROM secret WHERE name = ?", name)
		} else {
			err = c.exec("REPLACE INTO secret (name, value) VALUES (?, ?)", name, value)
		}
		if err != nil {
			return err
		}
	}
	return c.listSecrets(at)
}

// listSecrets writes the row that lists the others.
func (c *conn) listSecrets(at entry.Seq) error {
	rows, _, err := c.readSecrets()
	if err != nil {
		return err
	}
	list := secretList(at, rows)
	if err := c.exec("REPLACE INTO secret (name, value) VALUES ('', ?)", list); err != nil {
		return err
	}
	return c.writeMark("secret", mark{at, sha256.Sum256(list)})
}

// readSecrets reads all rows, and their list.
func (c *conn) readSecrets() (rows map[string][]byte, list []byte, err error) {
	rows = map[string][]byte{}
	err = c.query(context.Background(), "SELECT name, value FROM secret", func(v values) error {
		if name := v.text(0); name != "" {
			rows[name] = v.bytes(1)
		} else {
			list = v.bytes(1)
		}
		return nil
	})
	return rows, list, err
}

// soundSecrets reads all rows and holds them against their list.
func (c *conn) soundSecrets() (map[string][]byte, error) {
	rows, list, err := c.readSecrets()
	if err != nil {
		return nil, err
	}
	at, _, ok := parseSecretList(list)
	marked, _, err := c.number("SELECT seq FROM mark WHERE name = 'secret' AND head = ?", sum(list))
	if err == nil && (!ok || entry.Seq(marked) != at || !bytes.Equal(list, secretList(at, rows))) {
		err = damaged("the secrets are not those that were written")
	}
	return rows, err
}

func sum(b []byte) []byte {
	h := sha256.Sum256(b)
	return h[:]
}

// Secret is the row of a name; ErrNotFound when there is none.
func (s *Store) Secret(ctx context.Context, name string) ([]byte, error) {
	all, err := s.Secrets(ctx, name)
	if err != nil {
		return nil, err
	}
	value, ok := all[name]
	if !ok {
		return nil, fmt.Errorf("read the secret %q: %w", name, ErrNotFound)
	}
	return value, nil
}

// Secrets are the rows whose names begin with a prefix. They are the caller's,
// and nobody else's: an entry, a log, an export or a page may not have them.
func (s *Store) Secrets(ctx context.Context, prefix string) (map[string][]byte, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	rows, err := s.conn.soundSecrets()
	if err != nil {
		return nil, s.failed("read secrets", err)
	}
	for name := range rows {
		if !strings.HasPrefix(name, prefix) {
			delete(rows, name)
		}
	}
	return rows, nil
}

// secret notes a row of a damaged database: every copy, of which the newest list
// chooses. Where that one is broken, and only the mark tells of it, none is chosen.
func (v *salvage) secret(name string, value []byte) {
	if name != "" {
		v.secrets[string(secretSum(name, value))] = secretRow{name, value}
		return
	}
	if at, sums, ok := parseSecretList(value); ok && (v.listed == nil || at >= v.listedAt) {
		v.listedAt, v.listed = at, sums
	}
}

// secretRow is a row as it was found.
type secretRow struct {
	name  string
	value []byte
}

// keepSecrets carries over the rows that stand there as they were last written.
// The others are lost: whose they were needs a new link.
func (v *salvage) keepSecrets(next *Store) error {
	rows := map[string][]byte{}
	for sum, row := range v.secrets {
		if v.listed[sum] && v.listedAt >= v.secretsAt {
			rows[row.name] = row.value
		}
	}
	return next.transaction(func(c *conn) error { return c.writeSecrets(0, rows) })
}

// secretCell recognises a secret.
func secretCell(v values) (name string, value []byte, ok bool) {
	if len(v) != 2 || !texts(v[:1]) || !blob(v[1]) {
		return "", nil, false
	}
	return v.text(0), v.bytes(1), true
}
