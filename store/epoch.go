package store

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"tillgate/store/entry"
)

// identity is what outlives a database: the epoch, and the key of the hashes of
// payment codes. It stands in two synced files beside the database, each with a
// checksum, and in the database's mark "epoch".
type identity struct {
	entry.Epoch
	key [16]byte
}

const (
	identitySize = 16 + 16 + 8 // random, key, checksum
	epochFileA   = ".epoch-a"
	epochFileB   = ".epoch-b"
)

// newIdentity draws an epoch; the key goes on where there is one, so that a
// code of the lost epoch's last minutes still has the same hash.
func newIdentity(random io.Reader, number int64, before *identity) (identity, error) {
	id := identity{Epoch: entry.Epoch{Number: number}}
	if _, err := io.ReadFull(random, id.Random[:]); err != nil {
		return id, fmt.Errorf("draw the epoch: %w", err)
	}
	if before != nil {
		id.key = before.key
		return id, nil
	}
	if _, err := io.ReadFull(random, id.key[:]); err != nil {
		return id, fmt.Errorf("draw the key: %w", err)
	}
	return id, nil
}

// pack is the identity as the mark "epoch" holds it beside its number.
func (id identity) pack() []byte {
	b := append(append([]byte{}, id.Random[:]...), id.key[:]...)
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %x", id.Number, b))
	return append(b, sum[:8]...)
}

func unpackIdentity(number int64, b []byte) (identity, error) {
	id := identity{Epoch: entry.Epoch{Number: number}}
	if len(b) != identitySize {
		return id, errors.New("the epoch has the wrong length")
	}
	copy(id.Random[:], b)
	copy(id.key[:], b[16:])
	if number < 1 || !bytes.Equal(id.pack(), b) {
		return id, errors.New("the epoch's checksum is wrong")
	}
	return id, nil
}

// line is the identity as a file holds it; all lines have the same length, so
// that one can be written over another.
func (id identity) line() []byte {
	return fmt.Appendf(nil, "tillgate epoch %019d %x\n", id.Number, id.pack())
}

func parseIdentity(line []byte) (identity, error) {
	var number int64
	var packed string
	if _, err := fmt.Sscanf(string(line), "tillgate epoch %d %s\n", &number, &packed); err != nil {
		return identity{}, fmt.Errorf("read the epoch: %w", err)
	}
	b, err := hex.DecodeString(packed)
	if err != nil {
		return identity{}, fmt.Errorf("read the epoch: %w", err)
	}
	return unpackIdentity(number, b)
}

// readIdentity reads the newer of the two copies that is whole; nil when there
// is none. seen tells whether there was any file at all.
func readIdentity(disk Disk, path string) (newest *identity, seen bool, err error) {
	for _, name := range []string{path + epochFileA, path + epochFileB} {
		data, err := readFile(disk, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, seen, fmt.Errorf("read the epoch: %w", err)
		}
		seen = true
		if id, err := parseIdentity(data); err == nil && (newest == nil || id.Number > newest.Number) {
			newest = &id
		}
	}
	return newest, seen, nil
}

// keepIdentity writes the copies that do not say so already, one after the
// other, so that one is always whole.
func keepIdentity(disk Disk, path string, id identity) error {
	for _, name := range []string{path + epochFileA, path + epochFileB} {
		data, err := readFile(disk, name)
		if err == nil && bytes.Equal(data, id.line()) {
			continue
		}
		if err := writeFile(disk, name, id.line()); err != nil {
			return fmt.Errorf("write the epoch to %s: %w", name, err)
		}
	}
	return nil
}

// CodeHash is the keyed hash of a payment code, 8 bytes: enough to know it
// again for ten minutes, useless to whoever reads the journal without the key.
func (s *Store) CodeHash(code string) []byte { return s.keyed(code)[:8] }

// LinkKey is the key of a link that opens one thing, 32 hex digits: the same after
// every restart, and of no use for anything else.
func (s *Store) LinkKey(what string) string {
	return hex.EncodeToString(s.keyed("link\x00" + what)[:16])
}

// keyed is the HMAC-SHA256 of a text under the key that outlives the database.
func (s *Store) keyed(text string) []byte {
	s.mu.Lock()
	key := s.memory.epoch.key
	s.mu.Unlock()
	mac := hmac.New(sha256.New, key[:])
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

// RoomHash is that of a room, however it is written: by it a room's deposits are
// found, and whoever reads the journal cannot tell which room it is.
func (s *Store) RoomHash(room string) []byte {
	key := entry.RoomKey(room)
	if key == "" {
		return nil
	}
	return s.CodeHash(key)
}
