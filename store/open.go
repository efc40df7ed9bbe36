package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"crypto/sha256"

	sqlite3 "github.com/mattn/go-sqlite3"

	"tillgate/store/entry"
)

//go:embed migrations/*.sql
var migrations embed.FS

// The files beside the database.
const (
	makingFile  = ".making"   // a database while it is being made
	nextFile    = ".next"     // the database of the next epoch, whole
	whyFile     = ".damaged"  // why the running store found the database damaged
	ballastFile = ".ballast"  // space that only steps which end something may use
	walFile     = "-wal"      // the log
	asideFile   = ".damaged-" // a database that was set aside, with its epoch's number
)

const (
	pageBytes     = 1024
	walGrownBytes = 1200 * (pageBytes + 24) // SQLite empties the log into the database at 1,000 pages
	smallPages    = 2048                    // a database below this is checked whole at every open
)

// open does what Open says.
func (s *Store) open(ctx context.Context) error {
	kept, seen, err := readIdentity(s.disk, s.opts.Path)
	if err != nil {
		return err
	}
	if err := s.settle(kept, seen); err != nil {
		return err
	}
	err = s.load(ctx, kept)
	if judge(err) == faultDamaged {
		s.log.Error("database damaged, set aside", "path", s.opts.Path, "err", err)
		if err := s.setAside(kept, err); err != nil {
			return err
		}
		err = s.load(ctx, nil)
	}
	if err != nil {
		return named("open the database", err)
	}
	if err := keepIdentity(s.disk, s.opts.Path, s.memory.epoch); err != nil {
		s.log.Warn("epoch not kept beside the database", "err", err)
	}
	if err := s.disk.Remove(s.opts.Path + whyFile); err != nil {
		s.log.Warn("mark of damage not removed", "err", err)
	}
	s.growLog()
	s.checkBallast()
	return s.begin()
}

// settle makes sure that there is a database: it ends a setting aside that the
// power has cut, begins the first epoch, or the next where the file is lost.
func (s *Store) settle(kept *identity, seen bool) error {
	path := s.opts.Path
	_, there, err := size(s.disk, path)
	if err != nil {
		return err
	}
	_, next, err := size(s.disk, path+nextFile)
	if err != nil {
		return err
	}
	_, wal, err := size(s.disk, path+walFile)
	if err != nil {
		return err
	}
	switch {
	case there && next: // the damage will be found again
		return s.disk.Remove(path + nextFile)
	case there:
		return nil
	case next:
		return s.exchange(kept)
	case kept != nil || seen || wal:
		return s.setAside(kept, errors.New("the database file is gone"))
	}
	id, err := newIdentity(s.opts.Random, 1, nil)
	if err != nil {
		return err
	}
	if err := s.build(id, func(*Store) error { return nil }); err != nil {
		return err
	}
	return s.disk.Rename(path+nextFile, path)
}

// dropHalf removes a half-made database.
func (s *Store) dropHalf() error {
	for _, ending := range []string{"", walFile, "-journal"} {
		if err := s.disk.Remove(s.opts.Path + makingFile + ending); err != nil {
			return fmt.Errorf("remove a half-made database: %w: %w", ErrUnwritten, err)
		}
	}
	return nil
}

// build makes the database of an epoch under the name of the next one: whole
// and synced, or not at all.
func (s *Store) build(id identity, fill func(next *Store) error) error {
	if err := s.dropHalf(); err != nil {
		return err
	}
	opts := s.opts
	opts.Path += makingFile
	opts.Reserve, opts.Quota = 0, 0
	next := &Store{opts: opts, disk: s.disk, log: s.log, turn: make(chan struct{}, 1), grown: make(chan struct{}), hasSpare: true}
	err := next.make(id, fill)
	if closing := next.conn.close(); err == nil {
		err = closing
	}
	if err != nil {
		return named(fmt.Sprintf("make the database of epoch %d", id.Number), err)
	}
	if err := s.finishBuild(); err != nil {
		return fmt.Errorf("make the database of epoch %d: %w: %w", id.Number, ErrUnwritten, err)
	}
	return nil
}

func (s *Store) finishBuild() error {
	f, err := s.disk.Open(s.opts.Path+makingFile, false)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); err != nil {
		return err
	}
	if err := s.disk.Remove(s.opts.Path + makingFile + walFile); err != nil {
		return err
	}
	return s.disk.Rename(s.opts.Path+makingFile, s.opts.Path+nextFile)
}

// make fills a new database; a cut leaves nothing of it, so it needs no log.
func (s *Store) make(id identity, fill func(*Store) error) (err error) {
	if s.conn, err = dial(s.opts.Path, s.opts.VFS); err != nil {
		return err
	}
	if err := s.conn.script(fmt.Sprintf("PRAGMA page_size=%d; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;", pageBytes)); err != nil {
		return err
	}
	if err := s.migrate(0, 1<<30); err != nil {
		return err
	}
	s.memory = emptyMemory(id)
	genesis := s.memory.open
	err = s.transaction(func(c *conn) error {
		for _, name := range []string{"acked", "open", "find"} {
			if err := c.writeMark(name, genesis); err != nil {
				return err
			}
		}
		if err := c.exec("REPLACE INTO mark (name, seq, head) VALUES ('task', 0, ?)", tasksSum(nil)); err != nil {
			return err
		}
		return c.exec("REPLACE INTO mark (name, seq, head) VALUES ('epoch', ?, ?)", id.Number, id.pack())
	})
	if err != nil {
		return err
	}
	if err := fill(s); err != nil {
		return err
	}
	return s.conn.script("PRAGMA synchronous=FULL; PRAGMA journal_mode=WAL;")
}

func emptyMemory(id identity) memory {
	genesis := mark{head: entry.Genesis(id.Epoch)}
	return memory{epoch: id, head: genesis.head, acked: genesis, open: genesis, find: genesis, hashes: []entry.Hash{genesis.head},
		objects: map[entry.Seq]object{}, codes: map[string]codeUse{}, names: map[string]entry.Seq{}}
}

// migrate applies the migrations after a version, each in the transaction that
// counts it. A version above ours is a later release's: migrations only add, so
// the file is used as it is.
func (s *Store) migrate(from, to int) error {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	slices.Sort(files)
	for i, name := range files {
		version := i + 1
		if version <= from || version > to {
			continue
		}
		text, err := migrations.ReadFile(name)
		if err != nil {
			return err
		}
		err = s.transaction(func(c *conn) error {
			if err := c.script(string(text)); err != nil {
				return err
			}
			if version == secretsSchema {
				if err := c.listSecrets(0); err != nil {
					return err
				}
			}
			if err := c.script(fmt.Sprintf("PRAGMA user_version=%d", version)); err != nil {
				return err
			}
			sum, err := c.schemaSum()
			if err != nil {
				return err
			}
			return c.exec("REPLACE INTO mark (name, seq, head) VALUES ('schema', ?, ?)", int64(version), sum)
		})
		if err != nil {
			return fmt.Errorf("migrate to version %d: %w", version, err)
		}
	}
	return nil
}

// schemaSum is a checksum of the schema, the pages where tables begin included.
func (c *conn) schemaSum() ([]byte, error) {
	h := sha256.New()
	err := c.query(context.Background(), "SELECT type, name, tbl_name, rootpage, sql FROM sqlite_schema ORDER BY name", func(v values) error {
		fmt.Fprintf(h, "%q %q %q %d %q\n", v.text(0), v.text(1), v.text(2), v.int(3), v.text(4))
		return nil
	})
	return h.Sum(nil), err
}

// keepLog keeps the log over restarts; a VFS that cannot drops it at every close.
func (c *conn) keepLog() bool {
	return c.sqlite.SetFileControlInt("main", sqlite3.SQLITE_FCNTL_PERSIST_WAL, 1) == nil
}

// growLog gives the log its size once, in zeros: a log that grows costs the
// file system's own journal with every commit.
func (s *Store) growLog() {
	if !s.keep {
		return
	}
	if err := grow(s.disk, s.opts.Path+walFile, walGrownBytes); err != nil {
		s.log.Warn("log not grown", "err", err)
	}
}

// emptyLog moves the log into the database at a close, and then makes its
// header void: what stays is a log of the right size without anything in it,
// so that a bit that breaks in it later cannot bring old pages back.
func (s *Store) emptyLog() {
	busy, moved := int64(1), false
	err := s.conn.query(context.Background(), "PRAGMA wal_checkpoint(RESTART)", func(v values) error {
		busy, moved = v.int(0), v.int(1) == v.int(2)
		return nil
	})
	if err != nil || busy != 0 || !moved || !s.keep {
		return // the log is recovered at the next open
	}
	if err := writeFile(s.disk, s.opts.Path+walFile, make([]byte, 32)); err != nil {
		s.log.Warn("log not emptied", "err", err)
	}
}

// begin writes this life's start row and its Started entry.
func (s *Store) begin() error {
	s.numbers.draw(s.opts.Random)
	started := entry.New(entry.Started, entry.StartedBody{Version: s.opts.Version, Boot: s.opts.Boot, Random: s.numbers.random})
	do := func() error {
		p := s.plan()
		if err := p.admit(Step{Entries: []entry.Draft{started}, Done: true}); err != nil {
			return err
		}
		return s.commit(p)
	}
	err := do()
	if err != nil && s.full(err) {
		s.releaseBallast()
		err = do()
	}
	if err != nil {
		return named("begin a start", err)
	}
	return nil
}
