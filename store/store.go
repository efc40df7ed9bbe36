// Package store remembers entries: it makes the steps of machines durable, one
// decision a transaction, and hands them back after a restart. DESIGN.md beside
// this file says what it promises. It is not for deciding anything, and it
// knows no machine, network or device; it links SQLite and nobody else does.
package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"

	"tillgate/store/entry"
)

// What the store answers. Callers compare with errors.Is.
var (
	ErrNotFound  = errors.New("no such record")
	ErrStale     = errors.New("the object has moved on")
	ErrCeiling   = errors.New("more than can still go back")
	ErrMoving    = errors.New("a capture or release of it has no final word yet")
	ErrRoom      = errors.New("a deposit of that room has no final word yet")
	ErrHere      = errors.New("this device has that deposit already")
	ErrCodeUsed  = errors.New("this payment code has been sent in the last 10 minutes")
	ErrOnDuty    = errors.New("somebody is on duty there")
	ErrRequested = errors.New("this has been asked for already")
	ErrFull      = errors.New("the space for new sales and refunds is used up")
	ErrUnwritten = errors.New("the disk refuses to write")
	ErrDamaged   = errors.New("the database is damaged")
	ErrHeld      = errors.New("another process has the database open; ask that one, or stop it")
	ErrNotOurs   = errors.New("not an acknowledgement of this journal")
	ErrClosed    = errors.New("the store is closed")
)

// Options say where a store lives and what it writes into its first entry.
type Options struct {
	Path    string             // the database file
	VFS     string             // name of a registered SQLite VFS; "" is the system's
	Disk    Disk               // everything beside the database; nil is the real one
	Prefix  string             // 8 digits, first part of numbers
	Device  string             // 4 digits, second part of numbers
	Version string             // of the program
	Boot    string             // the kernel's boot id
	Clock   func() entry.Stamp // now
	Random  io.Reader          // nil is crypto/rand.Reader
	Reserve int64              // bytes that stay free: below them no new sale begins
	Quota   int64              // bytes the database may have: above them no new sale begins; 0 is no limit
	Log     *slog.Logger       // nil discards

	// Last hears when the newest entry was written, and whether in this boot,
	// before anything is stamped: the clock can be no earlier. nil: nobody does.
	Last func(last entry.Stamp, sameBoot bool)
}

// Store is an open journal. Its methods may be called from several goroutines.
type Store struct {
	opts Options
	disk Disk
	log  *slog.Logger

	// turn is held by whoever uses the connection or changes what is below it.
	turn   chan struct{}
	conn   *conn
	closed bool
	keep   bool    // the log file is kept over restarts
	frames []frame // of the log as Open met it, until it has been found sound

	mu       sync.Mutex // guards memory against readers that do not hold the turn
	memory   memory
	broken   error // the last write's failure, until one works
	damaged  error // what was found damaged; nothing is written any more
	grown    chan struct{}
	queue    []*request
	hurry    atomic.Pointer[context.CancelFunc] // stops a long check when a step comes
	numbers  numbers
	check    idleCheck
	hasSpare bool // the ballast is there
}

// Open opens a journal, or begins one. It recovers the log, checks header,
// schema and the chain from the last mark, migrates, and begins a new start. A
// damaged or lost database is set aside and a new epoch begins with all that
// could be read of it: Damage tells. A database that another process has open
// is ErrHeld.
func Open(ctx context.Context, opts Options) (*Store, error) {
	if err := opts.complete(); err != nil {
		return nil, fmt.Errorf("open %s: %w", opts.Path, err)
	}
	s := &Store{opts: opts, disk: opts.Disk, log: opts.Log, turn: make(chan struct{}, 1), grown: make(chan struct{})}
	if err := s.open(context.WithoutCancel(ctx)); err != nil {
		s.abandon()
		return nil, fmt.Errorf("open %s: %w", opts.Path, err)
	}
	return s, nil
}

func (o *Options) complete() error {
	if err := entry.CheckPrefix(o.Prefix); err != nil {
		return err
	}
	if len(o.Device) != 4 {
		return fmt.Errorf("%w: a device has 4 digits, not %q", entry.ErrNumber, o.Device)
	}
	if o.Clock == nil {
		return errors.New("a store needs a clock")
	}
	if o.Last == nil {
		o.Last = func(entry.Stamp, bool) {}
	}
	if o.Disk == nil {
		o.Disk = realDisk{}
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return nil
}

// Close writes what may ride on a later commit, empties the log into the
// database and closes it. It waits for a running write.
func (s *Store) Close() error {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	if s.closed {
		return nil
	}
	s.closed = true
	s.failQueue(ErrClosed)
	if s.damaged == nil {
		s.flushMarks()
		s.emptyLog()
	}
	if err := s.conn.close(); err != nil {
		return fmt.Errorf("close %s: %w", s.opts.Path, err)
	}
	return nil
}

// abandon closes the connection of a store that could not be opened.
func (s *Store) abandon() {
	if s.conn != nil {
		_ = s.conn.close() // the error that led here says more
		s.conn = nil
	}
}

// enter takes the turn, or gives up with ctx.
func (s *Store) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	if s.closed {
		<-s.turn
		return ErrClosed
	}
	if s.damaged != nil {
		<-s.turn
		return s.damaged
	}
	return nil
}

func (s *Store) leave() { <-s.turn }

// Head is the epoch, and the newest entry with its hash.
func (s *Store) Head() (entry.Epoch, entry.Seq, entry.Hash) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.memory.epoch.Epoch, s.memory.seq, s.memory.head
}

// Acked is the newest entry that the cloud has acknowledged.
func (s *Store) Acked() (entry.Seq, entry.Hash) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.memory.acked.seq, s.memory.acked.head
}

// Damage says what was lost when this epoch began; nil when nothing was.
func (s *Store) Damage() *entry.DamagedBody {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.memory.damage
}

// Grown is closed when the journal next grows. To wait for entries without
// missing any: take the channel, read, and when there was nothing, wait.
func (s *Store) Grown() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.grown
}

// Broken is why the last write failed, nil when it worked. New sales are
// refused while it is set.
func (s *Store) Broken() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.broken
}
