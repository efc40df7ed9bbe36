package store

import (
	"bytes"
	"context"
	"fmt"
	"math"

	"tillgate/store/entry"
)

// load opens the database and rebuilds memory from it. Whatever does not fit is
// ErrDamaged.
func (s *Store) load(ctx context.Context, kept *identity) (err error) {
	if s.frames, err = readLog(s.disk, s.opts.Path+walFile); err != nil {
		return err
	}
	if s.conn, err = dial(s.opts.Path, s.opts.VFS); err != nil {
		return err
	}
	s.keep = s.conn.keepLog()
	l := loader{s: s, c: s.conn}
	for _, part := range []func() error{
		l.log, l.mode, l.schema, l.wholeWhenSmall,
		func() error { return l.marks(kept) },
		l.marked, l.tasks, l.journal, l.newest, l.objects, l.secrets, l.acked, l.damage, l.starts, l.codes,
	} {
		if err := part(); err != nil {
			return err
		}
	}
	s.frames = nil
	return nil
}

// loader is the work of one open.
type loader struct {
	s      *Store
	c      *conn
	m      *memory
	tasked map[entry.Seq]entry.Seq // key -> last
	number string                  // of the newest attempt since the scan began
	duty   duty                    // during the scan
}

func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrDamaged, fmt.Sprintf(format, args...))
}

// log looks for what SQLite passes over in silence. The file is ours by now, and
// it was read before SQLite came to it.
func (l *loader) log() error {
	if logDamage(l.s.frames) {
		return damaged("the log has a broken page in its middle")
	}
	return nil
}

func (l *loader) mode() error {
	var mode string
	err := l.c.query(context.Background(), "PRAGMA journal_mode=WAL", func(v values) error {
		mode = v.text(0)
		return nil
	})
	if err == nil && mode != "wal" {
		return fmt.Errorf("journal mode is %q", mode)
	}
	return err
}

// schema migrates, and compares the schema with its checksum.
func (l *loader) schema() error {
	version, _, err := l.c.number("PRAGMA user_version")
	if err != nil {
		return err
	}
	if version == 0 {
		return damaged("it has no schema")
	}
	check := func() error {
		var counted int64
		var sum []byte
		err := l.c.query(context.Background(), "SELECT seq, head FROM mark WHERE name = 'schema'", func(v values) error {
			counted, sum = v.int(0), v.bytes(1)
			return nil
		})
		if err != nil {
			return err
		}
		have, err := l.c.schemaSum()
		if err == nil && (counted != version || !bytes.Equal(have, sum)) {
			return damaged("the schema is not the one that was made")
		}
		return err
	}
	if err := check(); err != nil {
		return err
	}
	return l.s.migrate(int(version), 1<<30)
}

func (l *loader) wholeWhenSmall() error {
	pages, _, err := l.c.number("PRAGMA page_count")
	if err != nil || pages > smallPages {
		return err
	}
	return l.c.wholeCheck(context.Background())
}

// wholeCheck walks all pages; ctx stops it.
func (c *conn) wholeCheck(ctx context.Context) error {
	return c.query(ctx, "PRAGMA integrity_check(1)", func(v values) error {
		if text := v.text(0); text != "ok" {
			return damaged("%s", text)
		}
		return nil
	})
}

// marks reads the marks and settles which epoch this is.
func (l *loader) marks(kept *identity) error {
	got := map[string]mark{}
	heads := map[string][]byte{}
	err := l.c.query(context.Background(), "SELECT name, seq, head FROM mark", func(v values) error {
		at := mark{seq: entry.Seq(v.int(1))}
		heads[v.text(0)] = v.bytes(2)
		copy(at.head[:], v.bytes(2))
		got[v.text(0)] = at
		return nil
	})
	if err != nil {
		return err
	}
	for _, name := range []string{"acked", "open", "find", "task", "epoch"} {
		if _, ok := got[name]; !ok || name != "epoch" && len(heads[name]) != 32 {
			return damaged("mark %s is missing", name)
		}
	}
	id, err := unpackIdentity(int64(got["epoch"].seq), heads["epoch"])
	if err != nil {
		return damaged("%v", err)
	}
	if kept != nil && (kept.Number > id.Number || kept.Number == id.Number && kept.Random != id.Random) {
		return damaged("it is of epoch %d, and this device has come to epoch %d", id.Number, kept.Number)
	}
	l.s.memory = emptyMemory(id)
	l.m = &l.s.memory
	l.m.acked, l.m.open, l.m.find = got["acked"], got["open"], got["find"]
	return l.loadTasks(int64(got["task"].seq), heads["task"])
}

func (l *loader) loadTasks(count int64, sum []byte) error {
	var tasks []object
	l.tasked = map[entry.Seq]entry.Seq{}
	err := l.c.query(context.Background(), "SELECT id, last FROM task", func(v values) error {
		o := object{key: entry.Seq(v.int(0)), last: entry.Seq(v.int(1))}
		tasks = append(tasks, o)
		l.tasked[o.key] = o.last
		return nil
	})
	if err != nil {
		return err
	}
	if int64(len(tasks)) != count || !bytes.Equal(tasksSum(tasks), sum) {
		return damaged("the task rows are not those that were written")
	}
	return nil
}

// marked honours what a running store found: it could write nothing but a file.
func (l *loader) marked() error {
	data, err := readFile(l.s.disk, l.s.opts.Path+whyFile)
	if err != nil {
		return nil // there is no such file, or the disk cannot say
	}
	number, why, _ := bytes.Cut(bytes.TrimRight(data, "\x00\n"), []byte(" "))
	if string(number) == fmt.Sprint(l.m.epoch.Number) {
		return damaged("%s", why)
	}
	return nil
}

// journal walks the chain from the older of the marks open and find to the head,
// and folds what is open.
func (l *loader) journal() error {
	from := l.m.open
	if l.m.find.seq < from.seq {
		from = l.m.find
	}
	if err := l.fits(from); err != nil {
		return err
	}
	var err error
	if l.duty, err = l.c.dutyAt(from.seq); err != nil {
		return err
	}
	at := from
	if from.seq == l.m.open.seq {
		l.m.hashes = []entry.Hash{from.head}
	} else {
		l.m.hashes = nil
	}
	err = l.c.entries(from.seq, 1<<62, math.MaxInt, func(f found) error {
		if f.Seq != at.seq+1 {
			return damaged("entry %d is missing", at.seq+1)
		}
		at = mark{f.Seq, f.Link(at.head)}
		if !f.fits(at.head) {
			return damaged("entry %d: %v", f.Seq, entry.ErrChain)
		}
		return l.entry(f.Entry, at, f.done)
	})
	if err != nil {
		return err
	}
	l.m.seq, l.m.head = at.seq, at.head
	if at.seq < max(l.m.open.seq, l.m.find.seq) || len(l.m.hashes) == 0 {
		return damaged("the newest entry is %d, and a mark is at %d", at.seq, max(l.m.open.seq, l.m.find.seq))
	}
	return nil
}

// newest tells when the newest entry was written, for the clock to be no earlier.
func (l *loader) newest() error {
	var boot string
	err := l.c.query(context.Background(), "SELECT boot FROM start ORDER BY id DESC LIMIT 1", func(v values) error {
		boot = v.text(0)
		return nil
	})
	if err != nil || l.m.seq == 0 {
		return err
	}
	return l.c.entries(l.m.seq-1, l.m.seq, 1, func(f found) error {
		l.s.opts.Last(f.Stamp, boot != "" && boot == l.s.opts.Boot)
		return nil
	})
}

// fits compares a mark with the row that it names.
func (l *loader) fits(at mark) error {
	if at.seq == 0 {
		if at.head != entry.Genesis(l.m.epoch.Epoch) {
			return damaged("a mark at the beginning has another hash")
		}
		return nil
	}
	there := false
	err := l.c.entries(at.seq-1, at.seq, 1, func(f found) error {
		there = f.fits(at.head)
		return nil
	})
	if err == nil && !there {
		return damaged("a mark does not fit entry %d", at.seq)
	}
	return err
}

func (l *loader) entry(e entry.Entry, at mark, done bool) error {
	m := l.m
	if e.Seq >= m.open.seq {
		if e.Seq == m.open.seq && at.head != m.open.head {
			return damaged("mark open does not fit entry %d", e.Seq)
		}
		m.hashes = append(m.hashes, at.head)
	}
	if e.Seq == m.find.seq && at.head != m.find.head {
		return damaged("mark find does not fit entry %d", e.Seq)
	}
	body := bodyOf(e.Kind, e.Body)
	if name := nameOf(body); name != "" && e.Seq > m.find.seq {
		m.names[name] = e.Key
	}
	switch b := body.(type) {
	case entry.AskedBody:
		l.number = b.Number
	case entry.HoldAskedBody:
		l.number = b.Number
	}
	l.duty = l.duty.after(e.Key, body)
	if e.Seq <= m.open.seq || e.Key <= m.open.seq {
		return nil // done, or found through its task row
	}
	o, ok := m.objects[e.Key]
	if !ok {
		o = newObject(e.Key, e.Kind)
	}
	if o.last != e.Prev || !ok && e.Key != e.Seq {
		return damaged("entry %d follows %d, and the newest of its object is %d", e.Seq, e.Prev, o.last)
	}
	back := o.fold(e, body, done, l.duty)
	o.done = done
	m.objects[e.Key] = o
	if back != 0 {
		if order := m.objects[o.refund.Asked.Order]; order.sale != nil && order.key > m.open.seq {
			order.sale.Refunded += back
		}
	}
	return nil
}

// acked checks the mark of the cloud.
func (l *loader) acked() error {
	if l.m.acked.seq > l.m.seq {
		return damaged("the cloud has acknowledged entry %d, the newest is %d", l.m.acked.seq, l.m.seq)
	}
	return l.fits(l.m.acked)
}

// damage finds out whether this epoch began with one.
func (l *loader) damage() error {
	return l.c.entries(0, 1, 1, func(f found) error {
		if f.Kind == entry.Damaged {
			body := read[entry.DamagedBody](f.Body)
			l.m.damage = &body
		}
		return nil
	})
}
