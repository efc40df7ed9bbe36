package store

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"

	"tillgate/store/entry"
)

// setDamaged ends the store: nothing is written any more. A small file tells
// the next Open, which may not meet the broken page by itself.
func (s *Store) setDamaged(err error) {
	if s.damaged != nil {
		return
	}
	s.mu.Lock()
	s.damaged = err
	s.mu.Unlock()
	note := fmt.Sprintf("%d %v\n", s.memory.epoch.Number, err)
	if err := writeFile(s.disk, s.opts.Path+whyFile, []byte(note)); err != nil {
		s.log.Warn("damage not noted on the disk", "err", err)
	}
}

// setAside begins the next epoch: it reads what can be read of the file as it
// lies there, makes a whole new database of it, and only then exchanges the two.
// The connection stays open until then: closing it would let SQLite empty the
// log up to a broken page, drop the rest, and a power cut would make that final.
func (s *Store) setAside(kept *identity, why error) error {
	found, err := s.salvage()
	if err != nil {
		return fmt.Errorf("read the damaged database: %w", err)
	}
	defer found.close()
	s.frames = nil
	if f, ok := found.newest(); ok {
		s.opts.Last(f.Stamp, false)
	}
	before := cmp.Or(kept, found.epoch)
	if kept != nil && found.epoch != nil && found.epoch.Number > kept.Number {
		before = found.epoch
	}
	number, was := int64(2), int64(0)
	if before != nil {
		number, was = before.Number+1, before.Number
	} else {
		number = max(number, s.opts.Clock().Wall/1000) // above any that was counted
	}
	id, err := newIdentity(s.opts.Random, number, before)
	if err != nil {
		return err
	}
	body := entry.DamagedBody{Was: was, Why: reason(why), Readable: found.count, Unreadable: found.lost(), Aside: filepath.Base(s.asideName(was))}
	if err := s.build(id, func(next *Store) error { return found.replay(next, body) }); err != nil {
		return err
	}
	if err := s.exchange(before); err != nil {
		return err
	}
	if err := s.conn.close(); err != nil {
		s.log.Warn("close the damaged database", "err", err)
	}
	s.conn = nil
	return nil
}

// reason is a damage in words that fit an entry.
func reason(err error) string {
	text := []rune(err.Error())
	return string(text[:min(len(text), 200)])
}

// asideName is the first name that no other damaged file has.
func (s *Store) asideName(epoch int64) string {
	name := fmt.Sprintf("%s%s%d", s.opts.Path, asideFile, epoch)
	for i := 2; ; i++ {
		if _, there, err := size(s.disk, name); !there || err != nil {
			return name
		}
		name = fmt.Sprintf("%s%s%d-%d", s.opts.Path, asideFile, epoch, i)
	}
}

// exchange puts the new database in the place of the old one. The database goes
// before its log: a database without its log would be opened as if nothing were
// missing, a log without its database is not. A cut in between is ended by settle.
func (s *Store) exchange(was *identity) error {
	path := s.opts.Path
	number := int64(0)
	if was != nil {
		number = was.Number
	}
	aside := s.asideName(number)
	for _, ending := range []string{"", walFile} {
		_, there, err := size(s.disk, path+ending)
		if err == nil && there {
			err = s.disk.Rename(path+ending, aside+ending)
		}
		if err != nil {
			return errors.Join(fmt.Errorf("set the damaged database aside: %w", ErrUnwritten), err)
		}
	}
	if err := s.disk.Rename(path+nextFile, path); err != nil {
		return errors.Join(fmt.Errorf("put the new database in place: %w", ErrUnwritten), err)
	}
	return nil
}
