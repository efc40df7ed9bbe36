package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"tillgate/store/entry"
	"tillgate/store/money"
)

// Report is what Verify found.
type Report struct {
	Epoch    int64              `json:"epoch"`
	Entries  int64              `json:"entries"` // read and in the chain
	Sales    int64              `json:"sales"`
	Refunds  int64              `json:"refunds"`
	Holds    int64              `json:"holds"` // deposits
	Shifts   int64              `json:"shifts"`
	Head     entry.Seq          `json:"head"`
	HeadHash string             `json:"head_hash"` // hexadecimal, 64 characters
	Acked    entry.Seq          `json:"acked"`     // the newest entry that the cloud has acknowledged
	AckHash  string             `json:"acked_hash"`
	Whole    bool               `json:"whole"`   // every page of the file was walked; false when sales kept coming in between
	Rebuilt  int                `json:"rebuilt"` // summaries, names and task rows that did not agree with the entries, and now do
	Faults   []string           `json:"faults,omitempty"`
	Damage   *entry.DamagedBody `json:"damage,omitempty"` // how this epoch began
}

// verifyTries is how often the walk of all pages begins again after sales have
// interrupted it.
const verifyTries = 5

// Verify checks the whole file: every page, the chain from its beginning, the
// names, and every summary against its entries; one that differs is rebuilt.
// It works in slices between commits. progress may be nil; it hears entries. An
// error is ErrDamaged with the fault in the report, or why it could not finish.
func (s *Store) Verify(ctx context.Context, progress func(done, total int64)) (Report, error) {
	v := &verifier{s: s, objects: map[entry.Seq]object{}, astray: map[string]entry.Seq{}, back: map[entry.Seq]money.Fen{}, todo: map[entry.Seq]entry.Seq{}}
	err := v.run(ctx, progress)
	epoch, _, _ := s.Head()
	ackedSeq, acked := s.Acked()
	r := v.report
	r.Epoch, r.Head, r.HeadHash = epoch.Number, v.at.seq, fmt.Sprintf("%x", v.at.head)
	r.Acked, r.AckHash, r.Damage = ackedSeq, fmt.Sprintf("%x", acked), s.Damage()
	if err != nil {
		r.Faults = append(r.Faults, strings.TrimPrefix(err.Error(), "verify: "))
	}
	return r, err
}

// verifier is one run of Verify.
type verifier struct {
	s       *Store
	at      mark
	objects map[entry.Seq]object    // open, or done and newer than its summary
	astray  map[string]entry.Seq    // names whose row is missing or leads elsewhere
	back    map[entry.Seq]money.Fen // what counts as gone back, by order
	duty    duty
	todo    map[entry.Seq]entry.Seq
	report  Report
}

func (v *verifier) run(ctx context.Context, progress func(done, total int64)) error {
	s := v.s
	for try := 0; try < verifyTries && !v.report.Whole; try++ {
		whole, err := s.checkPages(ctx)
		if err != nil {
			return err
		}
		v.report.Whole = whole
	}
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	v.at = mark{head: entry.Genesis(s.memory.epoch.Epoch)}
	for v.at.seq < s.memory.seq {
		if err := s.walk(&v.at, sliceEntries, v.entry); err != nil {
			return s.failed("verify", err)
		}
		if progress != nil {
			progress(int64(v.at.seq), int64(s.memory.seq))
		}
		if v.at.seq < s.memory.seq {
			if err := s.yield(ctx); err != nil {
				return err
			}
		}
	}
	// The turn has not been given up since the last slice: nothing is newer now.
	if err := v.rest(); err != nil {
		return s.failed("verify", err)
	}
	return nil
}

// checkPages walks all pages, until a step comes.
func (s *Store) checkPages(ctx context.Context) (whole bool, err error) {
	if err := s.enter(ctx); err != nil {
		return false, err
	}
	defer s.leave()
	return s.checkPagesNow(ctx)
}

func (s *Store) checkPagesNow(ctx context.Context) (whole bool, err error) {
	check, stop := context.WithCancel(ctx)
	defer stop()
	s.hurry.Store(&stop)
	defer s.hurry.Store(nil)
	if s.waiting() {
		return false, nil
	}
	switch err := s.conn.wholeCheck(check); {
	case err == nil:
		return true, nil
	case check.Err() != nil && (judge(err) == faultStopped || errors.Is(err, context.Canceled)):
		return false, ctx.Err()
	default:
		return false, s.failed("verify", err)
	}
}

// waiting tells whether a step waits for the turn.
func (s *Store) waiting() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.queue) > 0
}

// entry folds one entry, and compares the summary where that is its last.
func (v *verifier) entry(e entry.Entry, done bool) error {
	v.report.Entries++
	o, ok := v.objects[e.Key]
	if !ok {
		o = object{key: e.Key}
		if e.Key == e.Seq {
			o = newObject(e.Key, e.Kind)
		}
		if o.sale != nil {
			v.report.Sales++
		}
		if o.refund != nil {
			v.report.Refunds++
		}
		if o.hold != nil {
			v.report.Holds++
		}
		if o.shift != nil {
			v.report.Shifts++
		}
	}
	if o.last != e.Prev && ok || !ok && e.Key != e.Seq && e.Prev == 0 {
		return damaged("entry %d follows %d, and the newest of its object is %d", e.Seq, e.Prev, o.last)
	}
	body := bodyOf(e.Kind, e.Body)
	v.duty = v.duty.after(e.Key, body)
	if op, ok := todoOf(e.Seq, e.Key, e.Kind, body); ok {
		todoAfter(v.todo, op)
	}
	if back := o.fold(e, body, done, v.duty); back != 0 {
		v.back[o.refund.Asked.Order] += back
	}
	o.done = done
	v.objects[e.Key] = o
	if e.Seq <= v.s.memory.find.seq {
		if err := v.name(v.kept(e), e.Key); err != nil {
			return err
		}
	}
	if !done {
		return nil
	}
	if o.summarized() == 0 {
		delete(v.objects, e.Key)
		return nil
	}
	row := object{key: o.key}
	if err := v.s.conn.summary(&row); err != nil {
		return err
	}
	if row.sale != nil {
		row.sale.Refunded = 0 // of entries that come later; compared at the end
	}
	if o.sums(row) {
		delete(v.objects, e.Key)
	}
	return nil // a summary that is newer is compared at the end
}

// kept is the name that an entry's object has to be found under: those of
// requests are dropped after their time.
func (v *verifier) kept(e entry.Entry) string {
	was, inner := unwrapped(e)
	if _, ok := inner.(entry.RequestedBody); ok && outdated(was.Stamp, v.s.opts.Clock()) {
		return ""
	}
	return nameOf(inner)
}

// name compares the name of an entry with the table find. Where two objects
// have had a name the row is the later one's, so that what differs is settled at the end.
func (v *verifier) name(name string, key entry.Seq) error {
	if name == "" {
		return nil
	}
	id, there, err := v.s.conn.number("SELECT id FROM find WHERE name = ?", name)
	if there && id == int64(key) {
		delete(v.astray, name)
	} else {
		v.astray[name] = key
	}
	return err
}

// rest compares what was not done at its last entry, and the rows without entries.
func (v *verifier) rest() error {
	for name, key := range v.astray {
		v.report.Rebuilt++
		if err := v.s.transaction(func(c *conn) error { return c.writeName(name, key) }); err != nil {
			return err
		}
	}
	for key, o := range v.objects {
		if err := v.summary(o); err != nil {
			return err
		}
		if known, ok := v.s.memory.objects[key]; !o.done && (!ok || known.last != o.last) {
			return damaged("object %d is open, and the store does not know it", key)
		}
	}
	if err := v.returned(); err != nil {
		return err
	}
	if err := v.tasks(); err != nil {
		return err
	}
	if _, err := v.s.conn.soundSecrets(); err != nil {
		return err
	}
	for _, table := range []struct {
		query, of string
		want      int64
	}{
		{"SELECT count(*) FROM sale", "orders", v.report.Sales},
		{"SELECT count(*) FROM refund", "refunds", v.report.Refunds},
		{"SELECT count(*) FROM hold", "deposits", v.report.Holds},
		{"SELECT count(*) FROM shift", "shifts", v.report.Shifts},
	} {
		rows, _, err := v.s.conn.number(table.query)
		if err != nil {
			return err
		}
		if rows != table.want {
			return damaged("there are %d summaries of %d %s", rows, table.want, table.of)
		}
	}
	return nil
}

// summary compares an object's row with its entries, and writes it again where it differs.
func (v *verifier) summary(o object) error {
	if o.summarized() == 0 {
		return nil
	}
	row := object{key: o.key}
	if err := v.s.conn.summary(&row); err != nil {
		return err
	}
	if newest := row.summarized(); newest > o.last {
		return damaged("object %d has a summary up to entry %d, and that entry is missing", o.key, newest)
	}
	if o.sale != nil {
		o.sale.Refunded = v.back[o.key]
	}
	if o.sums(row) {
		return nil
	}
	v.report.Rebuilt++
	return v.s.transaction(func(c *conn) error {
		return c.writeSummary(o)
	})
}

// returned compares what orders say of their refunds with what the refunds say.
func (v *verifier) returned() error {
	orders := map[entry.Seq]bool{}
	for id := range v.back {
		orders[id] = true
	}
	err := v.s.conn.query(context.Background(), "SELECT id FROM sale WHERE refunded <> 0", func(row values) error {
		orders[entry.Seq(row.int(0))] = true
		return nil
	})
	if err != nil {
		return err
	}
	for _, id := range sortedKeys(orders) {
		sale, ok, err := v.s.conn.readSale(id)
		if err != nil {
			return err
		}
		if !ok || sale.Refunded == v.back[id] { // there is no row of an older epoch's
			continue
		}
		v.report.Rebuilt++
		sale.Refunded = v.back[id]
		if err := v.s.transaction(func(c *conn) error { return c.writeSale(sale) }); err != nil {
			return err
		}
	}
	return nil
}

// tasks compares what is left for people with what the entries say.
func (v *verifier) tasks() error {
	rows, err := v.s.conn.readTodo()
	if err != nil {
		return err
	}
	var ops []todoOp
	for seq, key := range rows {
		if v.todo[seq] != key {
			ops = append(ops, todoOp{key: key, of: seq, done: true})
		}
	}
	for seq, key := range v.todo {
		if rows[seq] != key {
			ops = append(ops, todoOp{key: key, of: seq})
		}
	}
	if len(ops) == 0 {
		return nil
	}
	v.report.Rebuilt += len(ops)
	return v.s.transaction(func(c *conn) error { return c.writeTodo(ops) })
}
