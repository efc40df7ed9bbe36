package store

import (
	"errors"
	"fmt"
	"maps"

	"tillgate/store/entry"
	"tillgate/store/money"
)

// codeMillis is how long a payment code is not sent again. A code lives one
// minute; ten are far on the safe side (WeChat Pay code payment, notes).
const codeMillis = 10 * 60 * 1000

// row is an entry on its way into the journal.
type row struct {
	entry.Entry
	done bool
}

// plan is a transaction while it is being decided: memory as it would be, without changing it.
type plan struct {
	s       *Store
	seq     entry.Seq
	head    entry.Hash
	rows    []row
	objects map[entry.Seq]object
	codes   map[string]codeUse
	freed   map[string]bool // numbers whose code may go again
	names   map[string]entry.Seq
	tasks   bool // task rows change
	secrets map[string][]byte
	duty    duty
	todo    []todoOp
	start   *startRow
	room    error // why no new sale may begin
	asked   bool  // room was asked for
	marks   *marks
}

func (s *Store) plan() *plan {
	return &plan{s: s, seq: s.memory.seq, head: s.memory.head, objects: map[entry.Seq]object{}, codes: map[string]codeUse{},
		freed: map[string]bool{}, names: map[string]entry.Seq{}, secrets: map[string][]byte{}, duty: s.memory.duty}
}

// admit takes a step into the transaction, or refuses it whole.
func (p *plan) admit(step Step) error {
	if len(step.Entries) == 0 {
		return errors.New("commit: a step without entries")
	}
	o, err := p.object(step)
	if err != nil {
		return err
	}
	if step.sells() {
		if err := p.mayBegin(); err != nil {
			return err
		}
	}
	now := p.s.opts.Clock()
	bodies := make([]any, len(step.Entries))
	for i, d := range step.Entries {
		bodies[i] = bodyOf(d.Kind, d.Body)
	}
	codes, freed, err := p.checkCodes(bodies, now.Mono)
	if err != nil {
		return err
	}
	if err := p.checkRefund(o, step, bodies); err != nil {
		return err
	}
	if err := p.checkHold(o, step, bodies); err != nil {
		return err
	}
	if err := p.checkShift(o, step, bodies); err != nil {
		return err
	}
	if err := p.checkRequest(bodies); err != nil {
		return err
	}
	if err := checkSecrets(step.Secrets); err != nil {
		return err
	}
	order, err := p.orderOf(o, bodies[0])
	if err != nil {
		return err
	}
	maps.Copy(p.codes, codes)
	maps.Copy(p.freed, freed)
	maps.Copy(p.secrets, step.Secrets)
	for i, draft := range step.Entries {
		back := p.add(&o, draft, bodies[i], now, step.Done && i == len(step.Entries)-1)
		if back != 0 && order != nil {
			order.sale.Refunded += back
			p.objects[order.key] = *order
		}
	}
	o.done = step.Done
	p.file(o, step)
	return nil
}

// orderOf is the order whose summary a refund counts in, nil where there is none.
func (p *plan) orderOf(o object, first any) (*object, error) {
	if o.refund == nil {
		return nil, nil
	}
	asked := o.refund.fold(0, 0, first).Asked // of a new one its first entry names the order
	order, err := p.at(asked.Order)
	if errors.Is(err, ErrNotFound) || err == nil && order.sale == nil {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	sale := *order.sale
	order.sale = &sale
	return &order, nil
}

// object finds what the step is about and checks that nothing newer is there.
func (p *plan) object(step Step) (object, error) {
	if step.Key == 0 {
		if step.After != 0 {
			return object{}, fmt.Errorf("commit: a new object after entry %d", step.After)
		}
		return newObject(p.seq+1, step.Entries[0].Kind), nil
	}
	o, ok := p.objects[step.Key]
	if !ok {
		var err error
		if o, err = p.s.lookup(step.Key); err != nil {
			return o, err
		}
	}
	if o.last != step.After {
		return o, fmt.Errorf("commit to %d after entry %d, newest is %d: %w", step.Key, step.After, o.last, ErrStale)
	}
	return o, nil
}

// lookup finds an object in memory or, when it was done, in its rows.
func (s *Store) lookup(key entry.Seq) (object, error) {
	if o, ok := s.memory.objects[key]; ok {
		return o, nil
	}
	o := object{key: key, done: true}
	err := s.conn.summary(&o)
	if o.last = o.summarized(); err != nil || o.last != 0 {
		return o, err
	}
	last, ok, err := s.conn.number("SELECT max(seq) FROM entry WHERE key = ?1 AND seq >= ?1", int64(key))
	if err == nil && !ok {
		err = fmt.Errorf("object %d: %w", key, ErrNotFound)
	}
	o.last = entry.Seq(last)
	return o, err
}

// mayBegin tells whether a new sale may begin, once per transaction.
func (p *plan) mayBegin() error {
	if !p.asked {
		p.asked = true
		p.room = p.s.mayBegin()
	}
	return p.room
}

// checkCodes refuses a code that was sent already. It returns the codes that
// the step sends, and the numbers of attempts whose code may go again.
func (p *plan) checkCodes(bodies []any, mono int64) (codes map[string]codeUse, freed map[string]bool, err error) {
	for _, body := range bodies {
		if number, code := codeOf(body); code != "" && sends(body) {
			if _, here := codes[code]; here || p.codeUsed(code, mono, freed) {
				return nil, nil, fmt.Errorf("commit attempt %s: %w", number, ErrCodeUsed)
			}
			if codes == nil {
				codes = map[string]codeUse{}
			}
			codes[code] = codeUse{number: number, until: mono + codeMillis}
		}
		if number := unsentOf(body); number != "" {
			if freed == nil {
				freed = map[string]bool{}
			}
			freed[number] = true
		}
	}
	return codes, freed, nil
}

// sends tells an intent from its second copy in a later epoch, whose code is gone already.
func sends(body any) bool {
	switch body.(type) {
	case entry.AskedBody, entry.HoldAskedBody:
		return true
	}
	return false
}

// codeOf is the payment code of an intent or of its second copy, as its hash; empty where it has none.
func codeOf(body any) (number, code string) {
	switch b := body.(type) {
	case entry.AskedBody:
		return b.Number, string(b.Code)
	case entry.InheritedBody:
		return b.Number, string(b.Code)
	case entry.HoldAskedBody:
		return b.Number, string(b.Code)
	case entry.HoldInheritedBody:
		return b.Number, string(b.Code)
	}
	return "", ""
}

// unsentOf is the number whose code may go again after an entry; empty: none.
func unsentOf(body any) (number string) {
	switch b := body.(type) {
	case entry.EndedBody:
		if b.State == entry.StateNotSent {
			return b.Number
		}
	case entry.HoldEndedBody:
		if b.State == entry.StateNotSent {
			return b.Number
		}
	}
	return ""
}

func (p *plan) codeUsed(code string, mono int64, freed map[string]bool) bool {
	use, ok := p.codes[code]
	if !ok {
		use, ok = p.s.memory.codes[code]
	}
	return ok && mono < use.until && !p.freed[use.number] && !freed[use.number]
}

// add numbers one entry and folds it; back is as fold says.
func (p *plan) add(o *object, draft entry.Draft, body any, now entry.Stamp, last bool) (back money.Fen) {
	p.seq++
	e := entry.Entry{Seq: p.seq, Stamp: now, Kind: draft.Kind, Key: o.key, Prev: o.last, Body: draft.Body, Private: draft.Private}
	e.Hash = e.Link(p.head)
	p.head = e.Hash
	p.duty = p.duty.after(e.Key, body)
	back = o.fold(e, body, last, p.duty)
	p.rows = append(p.rows, row{Entry: e, done: last})
	if name := nameOf(body); name != "" {
		p.names[name] = o.key
	}
	if op, ok := todoOf(e.Seq, o.key, e.Kind, body); ok {
		p.todo = append(p.todo, op)
	}
	return back
}

// file puts the object back, with a task row where it needs one.
func (p *plan) file(o object, step Step) {
	was := o.tasked
	switch {
	case o.done:
		o.tasked = false
	case step.Entries[0].Kind == entry.Inherited, step.Entries[0].Kind == entry.RefundInherited,
		step.Entries[0].Kind == entry.HoldInherited, o.key <= p.s.memory.open.seq:
		o.tasked = true
	}
	p.tasks = p.tasks || was || o.tasked
	p.objects[o.key] = o
}

// objectsAfter is every open object as it would be after the transaction.
func (p *plan) objectsAfter(each func(o object)) {
	for key, o := range p.s.memory.objects {
		if _, changed := p.objects[key]; !changed {
			each(o)
		}
	}
	for _, o := range p.objects {
		if !o.done {
			each(o)
		}
	}
}

// write is the transaction's statements.
func (p *plan) write(c *conn) error {
	for _, r := range p.rows {
		if err := c.writeEntry(r); err != nil {
			return err
		}
	}
	for _, o := range p.objects {
		if err := c.writeSummary(o); err != nil {
			return err
		}
	}
	if err := c.writeSecrets(p.seq, p.secrets); err != nil {
		return err
	}
	if err := c.writeTodo(p.todo); err != nil {
		return err
	}
	if p.start != nil {
		if err := c.writeStart(*p.start); err != nil {
			return err
		}
	}
	if p.tasks {
		if err := p.writeTasks(c); err != nil {
			return err
		}
	}
	return p.marks.write(c, p)
}

// apply makes the plan the memory, and wakes those who wait for entries.
func (s *Store) apply(p *plan) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := &s.memory
	m.seq, m.head = p.seq, p.head
	for _, r := range p.rows {
		m.hashes = append(m.hashes, r.Hash)
	}
	for key, o := range p.objects {
		if o.done {
			delete(m.objects, key)
		} else {
			m.objects[key] = o
		}
	}
	maps.Copy(m.codes, p.codes)
	if len(p.freed) > 0 {
		maps.DeleteFunc(m.codes, func(_ string, use codeUse) bool { return p.freed[use.number] })
	}
	maps.Copy(m.names, p.names)
	m.duty = p.duty
	p.marks.apply(m)
	if p.start != nil {
		s.numbers.written(p.start.random)
	}
	s.broken = nil
	if len(p.rows) > 0 {
		s.check.fresh += len(p.rows)
		close(s.grown)
		s.grown = make(chan struct{})
	}
}
