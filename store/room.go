package store

import (
	"errors"
	"fmt"
)

// ballastBytes is space for some hundred commits: what has begun can end.
const ballastBytes = 1 << 20

// fullBytes: a write that fails while less than this is free has failed for
// want of space, whatever the VFS calls it.
const fullBytes = 64 << 10

// Room is how many bytes are free, and how many the database has with its log.
func (s *Store) Room() (free, used int64, err error) {
	if free, err = s.disk.Free(s.opts.Path); err != nil {
		return 0, 0, fmt.Errorf("free space: %w", err)
	}
	for _, name := range []string{s.opts.Path, s.opts.Path + walFile} {
		bytes, _, err := size(s.disk, name)
		if err != nil {
			return 0, 0, fmt.Errorf("used space: %w", err)
		}
		used += bytes
	}
	return free, used, nil
}

// mayBegin tells why no new sale may begin; nil when one may.
func (s *Store) mayBegin() error {
	if s.broken != nil {
		return fmt.Errorf("commit a new sale: %w: the last write failed: %w", ErrUnwritten, s.broken)
	}
	if !s.hasSpare {
		s.checkBallast()
	}
	free, used, err := s.Room()
	switch {
	case err != nil:
		return fmt.Errorf("commit a new sale: %w: %w", ErrUnwritten, err)
	case !s.hasSpare:
		return fmt.Errorf("commit a new sale: %w: the reserve is in use", ErrFull)
	case free < s.opts.Reserve:
		return fmt.Errorf("commit a new sale: %w: %d bytes free, %d are reserved", ErrFull, free, s.opts.Reserve)
	case s.opts.Quota > 0 && used > s.opts.Quota:
		return fmt.Errorf("commit a new sale: %w: %d bytes used of %d", ErrFull, used, s.opts.Quota)
	}
	return nil
}

// full tells whether an error means that there is no space.
func (s *Store) full(err error) bool {
	switch judge(err) {
	case faultFull:
		return true
	case faultWrite:
		free, err := s.disk.Free(s.opts.Path)
		return err == nil && free < fullBytes
	}
	return false
}

// checkBallast makes the ballast where there is room for it and the reserve.
func (s *Store) checkBallast() {
	name := s.opts.Path + ballastFile
	if bytes, there, err := size(s.disk, name); err == nil && there && bytes >= ballastBytes {
		s.hasSpare = true
		return
	}
	s.hasSpare = false
	free, err := s.disk.Free(s.opts.Path)
	if err != nil || free < ballastBytes+max(s.opts.Reserve, ballastBytes) {
		return
	}
	if err := grow(s.disk, name, ballastBytes); err != nil {
		s.log.Warn("ballast not made", "err", errors.Join(err, s.disk.Remove(name)))
		return
	}
	s.hasSpare = true
}

// releaseBallast gives its space to the steps that end something.
func (s *Store) releaseBallast() {
	s.hasSpare = false
	if err := s.disk.Remove(s.opts.Path + ballastFile); err != nil {
		s.log.Warn("ballast not released", "err", err)
		return
	}
	s.log.Warn("disk full, ballast released: no new sales", "entry", s.memory.seq)
}
