package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"

	"tillgate/store/entry"
)

// marks is how a transaction moves the marks; nil moves none.
type marks struct {
	acked, open, find *mark
	names             map[string]entry.Seq // rows that find gets
	late              []entry.Seq          // objects that get a task row
	forget            int64
}

// finish decides which marks move along with the transaction: all of them with
// an acknowledgement, open every 500 entries, find when too many names wait.
func (p *plan) finish() {
	m := &p.s.memory
	if p.start == nil {
		p.start = p.s.numbers.due(p.s, p.s.memory.seq+1)
	}
	long := p.seq-m.open.seq >= openEntries
	many := len(m.names)+len(p.names) > namesMax
	if !m.unsaved && !long && !many {
		return
	}
	p.marks = &marks{forget: p.s.opts.Clock().Mono}
	if m.unsaved {
		acked := m.acked
		p.marks.acked = &acked
	}
	if m.unsaved || many {
		p.moveFind()
	}
	p.moveOpen()
}

// moveFind has all names in memory written.
func (p *plan) moveFind() {
	m := &p.s.memory
	if len(m.names)+len(p.names) == 0 && m.find.seq == p.seq {
		return
	}
	names := make(map[string]entry.Seq, len(m.names)+len(p.names))
	for name, key := range m.names {
		names[name] = key
	}
	for name, key := range p.names {
		names[name] = key
	}
	p.marks.names = names
	p.marks.find = &mark{p.seq, p.head}
}

// moveOpen gives what has been open for long a task row, and moves the mark to
// before the oldest of the others.
func (p *plan) moveOpen() {
	oldest := p.seq + 1
	p.objectsAfter(func(o object) {
		switch {
		case o.tasked:
		case p.seq-o.key >= openEntries:
			p.marks.late = append(p.marks.late, o.key)
		default:
			oldest = min(oldest, o.key)
		}
	})
	for _, key := range p.marks.late {
		o, ok := p.objects[key]
		if !ok {
			o = p.s.memory.objects[key]
		}
		o.tasked = true
		p.objects[key] = o
		p.tasks = true
	}
	to := oldest - 1
	if to <= p.s.memory.open.seq {
		return
	}
	p.marks.open = &mark{to, p.hashAt(to)}
}

// hashAt is the hash of an entry since the mark open, written or planned.
func (p *plan) hashAt(seq entry.Seq) entry.Hash {
	if first := p.s.memory.seq; seq > first {
		return p.rows[seq-first-1].Hash
	}
	return p.s.memory.hashes[seq-p.s.memory.open.seq]
}

func (ms *marks) write(c *conn, _ *plan) error {
	if ms == nil {
		return nil
	}
	for _, name := range sortedKeys(ms.names) {
		if err := c.writeName(name, ms.names[name]); err != nil {
			return err
		}
	}
	for name, at := range map[string]*mark{"acked": ms.acked, "open": ms.open, "find": ms.find} {
		if at == nil {
			continue
		}
		if err := c.writeMark(name, *at); err != nil {
			return err
		}
	}
	return nil
}

func (ms *marks) apply(m *memory) {
	if ms == nil {
		return
	}
	if ms.acked != nil {
		m.unsaved = false
	}
	if ms.find != nil {
		m.find = *ms.find
		m.names = map[string]entry.Seq{}
	}
	if ms.open != nil {
		m.moveOpen(*ms.open)
	}
	m.forget(ms.forget)
}

func (c *conn) writeMark(name string, at mark) error {
	return c.exec("REPLACE INTO mark (name, seq, head) VALUES (?, ?, ?)", name, int64(at.seq), at.head[:])
}

// writeTasks brings the task rows in line, and their checksum: a row that a
// broken page loses must not pass for one that was never there.
func (p *plan) writeTasks(c *conn) error {
	for key, o := range p.objects {
		var err error
		if o.tasked && !o.done {
			err = c.exec("REPLACE INTO task (id, last) VALUES (?, ?)", int64(key), int64(o.last))
		} else {
			err = c.exec("DELETE FROM task WHERE id = ?", int64(key))
		}
		if err != nil {
			return err
		}
	}
	var tasks []object
	p.objectsAfter(func(o object) {
		if o.tasked {
			tasks = append(tasks, o)
		}
	})
	return c.exec("REPLACE INTO mark (name, seq, head) VALUES ('task', ?, ?)", int64(len(tasks)), tasksSum(tasks))
}

func tasksSum(tasks []object) []byte {
	slices.SortFunc(tasks, func(a, b object) int { return int(a.key - b.key) })
	var b []byte
	for _, o := range tasks {
		b = binary.BigEndian.AppendUint64(b, uint64(o.key))
		b = binary.BigEndian.AppendUint64(b, uint64(o.last))
	}
	sum := sha256.Sum256(b)
	return sum[:]
}

// Acknowledge says that the cloud has everything up to seq, with the hash that
// it computed there. It is refused (ErrNotOurs) unless epoch and hash are ours;
// an older one than the newest changes nothing. It is written with the next
// commit, Idle or Close: a power cut before costs sending some entries again.
func (s *Store) Acknowledge(ctx context.Context, epoch int64, seq entry.Seq, head entry.Hash) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	m := &s.memory
	switch {
	case epoch != m.epoch.Number:
		return fmt.Errorf("acknowledgement of epoch %d, ours is %d: %w", epoch, m.epoch.Number, ErrNotOurs)
	case seq > m.seq || seq < 0:
		return fmt.Errorf("acknowledgement of entry %d, the newest is %d: %w", seq, m.seq, ErrNotOurs)
	}
	ours, err := s.hashOf(ctx, seq)
	if err != nil {
		return err
	}
	if ours != head {
		return fmt.Errorf("acknowledgement of entry %d with another hash: %w", seq, ErrNotOurs)
	}
	if seq > m.acked.seq {
		s.mu.Lock()
		m.acked, m.unsaved = mark{seq, head}, true
		s.mu.Unlock()
	}
	return nil
}

// flushMarks writes an acknowledgement that no commit has taken along.
func (s *Store) flushMarks() {
	if !s.memory.unsaved {
		return
	}
	if err := s.commit(s.plan()); err != nil {
		s.log.Warn("acknowledgement not written, entries will be sent again", "err", s.failed("write marks", err))
	}
}
