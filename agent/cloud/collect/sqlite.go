package collect

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"

	_ "github.com/mattn/go-sqlite3" // the driver

	"tillgate/agent/cloud"
	"tillgate/store/entry"
)

// All SQL of the collector is in this file.
const (
	schemaVersion = 1
	schema        = `
-- A journal is one epoch of one device and how far it has been received.
CREATE TABLE journal (
	id     INTEGER PRIMARY KEY,
	site   TEXT NOT NULL,
	device TEXT NOT NULL,
	epoch  INTEGER NOT NULL,
	random BLOB NOT NULL,     -- 16 bytes
	seq    INTEGER NOT NULL,  -- newest entry, all before it are here
	head   BLOB NOT NULL,     -- 32 bytes, the hash there
	UNIQUE (site, device, epoch)
) STRICT;
-- A record is an entry as the device wrote it.
CREATE TABLE record (
	journal INTEGER NOT NULL REFERENCES journal (id),
	seq     INTEGER NOT NULL,
	wall    INTEGER NOT NULL, -- Unix ms
	mono    INTEGER NOT NULL, -- ms of the boot clock
	trust   INTEGER NOT NULL, -- of the wall time
	kind    INTEGER NOT NULL,
	key     INTEGER NOT NULL,
	prev    INTEGER NOT NULL,
	body    BLOB NOT NULL,
	private BLOB,
	hash    BLOB NOT NULL,    -- 32 bytes
	PRIMARY KEY (journal, seq)
) STRICT, WITHOUT ROWID;
-- An alarm is something that a person has to look at.
CREATE TABLE alarm (
	site   TEXT NOT NULL,
	device TEXT NOT NULL,
	what   TEXT NOT NULL,
	epoch  INTEGER NOT NULL,
	seq    INTEGER NOT NULL,
	text   TEXT NOT NULL,
	wall   INTEGER NOT NULL, -- Unix ms, first seen
	times  INTEGER NOT NULL,
	PRIMARY KEY (site, device, what, epoch, seq)
) STRICT, WITHOUT ROWID;
`
	selectPosition = `SELECT epoch, random, seq, head FROM journal WHERE site = ? AND device = ? AND (epoch = ? OR ? = 0)
		ORDER BY epoch DESC LIMIT 1`
	selectPositions = `SELECT site, device, epoch, random, seq, head FROM journal ORDER BY site, device, epoch`
	selectHashes    = `SELECT r.hash FROM record r JOIN journal j ON j.id = r.journal
		WHERE j.site = ? AND j.device = ? AND j.epoch = ? AND r.seq BETWEEN ? AND ? ORDER BY r.seq`
	upsertJournal = `INSERT INTO journal (site, device, epoch, random, seq, head) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (site, device, epoch) DO UPDATE SET seq = excluded.seq, head = excluded.head WHERE seq = ? RETURNING id`
	insertRecord = `INSERT INTO record (journal, seq, wall, mono, trust, kind, key, prev, body, private, hash)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	selectRecords = `SELECT r.seq, r.wall, r.mono, r.trust, r.kind, r.key, r.prev, r.body, r.private, r.hash
		FROM record r JOIN journal j ON j.id = r.journal
		WHERE j.site = ? AND j.device = ? AND j.epoch = ? AND r.seq > ? ORDER BY r.seq LIMIT ?`
	upsertAlarm = `INSERT INTO alarm (site, device, what, epoch, seq, text, wall, times) VALUES (?, ?, ?, ?, ?, ?, ?, 1)
		ON CONFLICT DO UPDATE SET times = times + 1`
	selectAlarms = `SELECT site, device, what, epoch, seq, text, wall, times FROM alarm ORDER BY wall, site, device, what, epoch, seq`
)

// SQLite is a Store in one file.
type SQLite struct{ db *sql.DB }

var _ Store = (*SQLite)(nil)

// OpenSQLite opens or makes a database; ":memory:" is one that is gone with the process.
func OpenSQLite(ctx context.Context, path string) (*SQLite, error) {
	dsn := "file::memory:"
	if path != ":memory:" {
		dsn = (&url.URL{Scheme: "file", Opaque: url.PathEscape(path)}).String()
	}
	db, err := sql.Open("sqlite3", dsn+"?_txlock=immediate&_journal_mode=WAL&_synchronous=FULL&_busy_timeout=5000&_foreign_keys=1")
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	db.SetMaxOpenConns(1) // one writer, and in memory one database
	s := &SQLite{db}
	if err := s.migrate(ctx); err != nil {
		db.Close()
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return s, nil
}

// Close closes the database.
func (s *SQLite) Close() error { return s.db.Close() }

func (s *SQLite) migrate(ctx context.Context) error {
	return s.transaction(ctx, func(tx *sql.Tx) error {
		var version int
		if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
			return err
		}
		switch version {
		case schemaVersion:
			return nil
		case 0:
			_, err := tx.ExecContext(ctx, fmt.Sprintf("%s PRAGMA user_version = %d", schema, schemaVersion))
			return err
		}
		return fmt.Errorf("its version is %d, this program writes %d", version, schemaVersion)
	})
}

func (s *SQLite) transaction(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := do(tx); err != nil {
		tx.Rollback()
		return err
	}
	return tx.Commit()
}

// Position is the newest entry of an epoch.
func (s *SQLite) Position(ctx context.Context, device cloud.Address, epoch int64) (p Position, known bool, err error) {
	var random, head []byte
	err = s.db.QueryRowContext(ctx, selectPosition, device.Site, device.Device, epoch, epoch).
		Scan(&p.Epoch.Number, &random, &p.Seq, &head)
	if errors.Is(err, sql.ErrNoRows) {
		return Position{}, false, nil
	}
	copy(p.Epoch.Random[:], random)
	copy(p.Hash[:], head)
	return p, err == nil, err
}

// Hashes are those of a range of entries.
func (s *SQLite) Hashes(ctx context.Context, device cloud.Address, epoch int64, from, to entry.Seq) (hashes []entry.Hash, err error) {
	err = s.each(ctx, func(scan func(...any) error) error {
		var hash []byte
		if err := scan(&hash); err != nil {
			return err
		}
		hashes = append(hashes, entry.Hash(hash))
		return nil
	}, selectHashes, device.Site, device.Device, epoch, from, to)
	if err == nil && len(hashes) != int(to-from+1) {
		err = fmt.Errorf("%d of the entries %d to %d of %s are here", len(hashes), from, to, device)
	}
	return hashes, err
}

// Append keeps entries that continue a position.
func (s *SQLite) Append(ctx context.Context, device cloud.Address, epoch entry.Epoch, entries []entry.Entry) error {
	first, last := entries[0], entries[len(entries)-1]
	err := s.transaction(ctx, func(tx *sql.Tx) error {
		var id int64
		err := tx.QueryRowContext(ctx, upsertJournal, device.Site, device.Device, epoch.Number, epoch.Random[:],
			last.Seq, last.Hash[:], first.Seq-1).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			return errors.New("the journal is elsewhere")
		}
		if err != nil {
			return err
		}
		insert, err := tx.PrepareContext(ctx, insertRecord)
		if err != nil {
			return err
		}
		defer insert.Close()
		for _, e := range entries {
			if _, err := insert.ExecContext(ctx, id, e.Seq, e.Wall, e.Mono, e.Trust, e.Kind, e.Key, e.Prev,
				e.Body, e.Private, e.Hash[:]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("keep entries %d to %d of %s: %w", first.Seq, last.Seq, device, err)
	}
	return nil
}

// Alarm keeps an alarm.
func (s *SQLite) Alarm(ctx context.Context, a Alarm) error {
	_, err := s.db.ExecContext(ctx, upsertAlarm, a.Site, a.Device, string(a.What), a.Epoch, a.Seq, a.Text, a.Wall)
	if err != nil {
		return fmt.Errorf("keep alarm of %s: %w", a.Address, err)
	}
	return nil
}

// Records are at most max entries of a device's epoch after one of them, in
// order, with whole hashes.
func (s *SQLite) Records(ctx context.Context, device cloud.Address, epoch int64, after entry.Seq, max int) (entries []entry.Entry, err error) {
	err = s.each(ctx, func(scan func(...any) error) error {
		var e entry.Entry
		var hash []byte
		if err := scan(&e.Seq, &e.Wall, &e.Mono, &e.Trust, &e.Kind, &e.Key, &e.Prev, &e.Body, &e.Private, &hash); err != nil {
			return err
		}
		e.Hash = entry.Hash(hash)
		entries = append(entries, e)
		return nil
	}, selectRecords, device.Site, device.Device, epoch, after, max)
	return entries, err
}

// Alarms are all alarms, oldest first.
func (s *SQLite) Alarms(ctx context.Context) (alarms []Alarm, err error) {
	err = s.each(ctx, func(scan func(...any) error) error {
		var a Alarm
		err := scan(&a.Site, &a.Device, &a.What, &a.Epoch, &a.Seq, &a.Text, &a.Wall, &a.Times)
		alarms = append(alarms, a)
		return err
	}, selectAlarms)
	return alarms, err
}

// positions are those of all devices and epochs.
func (s *SQLite) positions(ctx context.Context) (devices []Device, err error) {
	err = s.each(ctx, func(scan func(...any) error) error {
		var d Device
		var random, head []byte
		err := scan(&d.Site, &d.Device, &d.Position.Epoch.Number, &random, &d.Position.Seq, &head)
		copy(d.Position.Epoch.Random[:], random)
		copy(d.Position.Hash[:], head)
		devices = append(devices, d)
		return err
	}, selectPositions)
	return devices, err
}

func (s *SQLite) each(ctx context.Context, row func(scan func(...any) error) error, query string, args ...any) error {
	rows, err := s.db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}
