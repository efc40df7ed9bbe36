package store

import (
	"context"
	"errors"
	"time"

	"tillgate/store/entry"
	"tillgate/store/money"
)

// What a TaskRow is about where it is not a Task entry's own word.
const (
	TaskFrozen        = "frozen"         // a success that is not the order's: a person decides
	TaskUnknown       = "unknown"        // a network has not said what became of an attempt
	TaskRefundUnknown = "refund-unknown" // or of a refund
	TaskRefundOpen    = "refund-open"    // a refund was accepted, and the money is on its way
	TaskRefundStuck   = "refund-stuck"   // and goes no further until a person acts
	TaskHoldUnknown   = "hold-unknown"   // a network has not said whether a deposit is held
	TaskMoveUnknown   = "move-unknown"   // or what became of a capture or release of it
	TaskMoveStuck     = "move-stuck"     // one goes no further until a person acts
	TaskHandOver      = "hand-over"      // a shift has ended and was not handed over
)

// TaskRow is something that a person has to look at, or may have to once it is
// old enough.
type TaskRow struct {
	What    string    // one of the above, or a Task entry's
	Text    string    // a Task entry's
	Key     entry.Seq // of the object: an order, a refund, a deposit, a shift, or the task itself
	Of      entry.Seq // the entry that a decision names: Task, Frozen, or the newest intent
	Open    bool      // of a move: it has no final word, and may be given up
	Order   entry.Seq // key of the order or deposit, also of a refund's; 0 where there is none
	Number  string    // of the attempt, the refund, the deposit or the move of it
	Network string
	Lane    string
	Title   string
	Who     string    // of a shift: a person's id
	Amount  money.Fen // what the order is for, what goes back, is held or moves, or what the network says was paid
	Since   entry.Stamp
	Age     time.Duration // as far as the clocks can tell
}

// todoOp is a change of the table of what has to be looked at.
type todoOp struct {
	key, of entry.Seq
	done    bool // of 0: the oldest of the object
}

// todoOf is what an entry changes there; ok is false for nothing.
func todoOf(seq, key entry.Seq, kind entry.Kind, body any) (op todoOp, ok bool) {
	if done, is := body.(entry.TaskDoneBody); is {
		return todoOp{key: key, of: done.Of, done: true}, true
	}
	return todoOp{key: key, of: seq}, kind == entry.Task
}

func (c *conn) writeTodo(ops []todoOp) error {
	for _, op := range ops {
		var err error
		switch {
		case !op.done:
			err = c.exec("REPLACE INTO todo (id, key) VALUES (?, ?)", int64(op.of), int64(op.key))
		case op.of != 0:
			err = c.exec("DELETE FROM todo WHERE id = ? AND key = ?", int64(op.of), int64(op.key))
		default:
			err = c.exec("DELETE FROM todo WHERE id = (SELECT min(id) FROM todo WHERE key = ?)", int64(op.key))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *conn) readTodo() (todo map[entry.Seq]entry.Seq, err error) {
	todo = map[entry.Seq]entry.Seq{}
	err = c.query(context.Background(), "SELECT id, key FROM todo", func(v values) error {
		todo[entry.Seq(v.int(0))] = entry.Seq(v.int(1))
		return nil
	})
	return todo, err
}

// todoAfter is what is left of some tasks, by their entries, after another entry.
func todoAfter(todo map[entry.Seq]entry.Seq, op todoOp) {
	if op.done && op.of == 0 {
		for _, seq := range sortedKeys(todo) {
			if todo[seq] == op.key {
				op.of = seq
				break
			}
		}
	}
	if !op.done {
		todo[op.of] = op.key
	} else if todo[op.of] == op.key {
		delete(todo, op.of)
	}
}

// Tasks are what a person has to look at, oldest first by their objects: tasks
// that nobody has seen to, frozen orders that nobody has decided, attempts and
// refunds without a final word, shifts not handed over. All that a network may
// still answer is among them from its beginning: Age tells which are old.
func (s *Store) Tasks(ctx context.Context) (rows []TaskRow, err error) {
	boot, err := s.BootSince(ctx)
	if err != nil {
		return nil, err
	}
	keys, err := s.taskKeys(ctx)
	if err != nil {
		return nil, err
	}
	now := s.opts.Clock()
	for _, key := range sortedKeys(keys) {
		entries, err := s.Object(ctx, key, 0)
		switch {
		case errors.Is(err, ErrNotFound):
			continue
		case err != nil:
			return nil, err
		}
		for _, row := range tasksOf(key, entries) {
			if row.Order == 0 && row.What != TaskHandOver {
				if err := s.nameOrder(ctx, &row); err != nil {
					return nil, err
				}
			}
			row.Age = age(row.Since, now, boot > 0 && row.Of >= boot)
			rows = append(rows, row)
		}
	}
	return rows, nil
}

// nameOrder finds the order or the refund that a task by itself names.
func (s *Store) nameOrder(ctx context.Context, row *TaskRow) error {
	of := row.Text
	if payment, _, err := entry.RefundOf(of); err == nil {
		of = payment
	}
	if deposit, _, err := entry.MoveOf(of); err == nil {
		of = deposit
	}
	if !entry.IsNumber(of, "") {
		return nil
	}
	row.Number = row.Text
	order, err := s.Find(ctx, of)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	row.Order = order
	return err
}

func (s *Store) taskKeys(ctx context.Context) (keys map[entry.Seq]bool, err error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	todo, err := s.conn.readTodo()
	if err != nil {
		return nil, s.failed("read tasks", err)
	}
	keys = map[entry.Seq]bool{}
	for _, key := range todo {
		keys[key] = true
	}
	for key := range s.memory.objects {
		keys[key] = true
	}
	return keys, nil
}

// age is how long ago something was: by the boot clock, by wall clocks that can
// be believed, else as long as this boot.
func age(since, now entry.Stamp, sameBoot bool) time.Duration {
	ms := now.Mono
	switch {
	case sameBoot:
		ms = now.Mono - since.Mono
	case since.Trust == entry.Trusted && now.Trust == entry.Trusted:
		ms = now.Wall - since.Wall
	}
	return time.Duration(max(ms, 0)) * time.Millisecond
}

// tasksOf are what an object's entries leave for a person: what follows from its
// fold, then the tasks that nobody has seen to.
func tasksOf(key entry.Seq, entries []entry.Entry) []TaskRow {
	object := orderTasks
	switch first := entries[0].Kind; {
	case first == entry.RefundAsked, first == entry.RefundInherited:
		object = refundTasks
	case first.BeginsHold():
		object = holdTasks
	case first == entry.ShiftOn:
		object = shiftTasks
	}
	row, rows := object(key, entries)
	todo := map[entry.Seq]entry.Seq{}
	for _, e := range entries {
		if e.Kind != entry.Task && e.Kind != entry.TaskDone {
			continue
		}
		if op, ok := todoOf(e.Seq, key, e.Kind, bodyOf(e.Kind, e.Body)); ok {
			todoAfter(todo, op)
		}
	}
	for _, e := range entries {
		if _, open := todo[e.Seq]; !open {
			continue
		}
		r, b := row, read[entry.TaskBody](e.Body)
		if b.What == "mismatch" && hasFrozen(rows, b.Text) {
			continue // the decision is the task
		}
		r.What, r.Text, r.Of, r.Since = b.What, b.Text, e.Seq, e.Stamp
		rows = append(rows, r)
	}
	return rows
}

// refundTasks are what every task of a refund has in common, and the refund itself
// while it has no final word.
func refundTasks(key entry.Seq, entries []entry.Entry) (row TaskRow, rows []TaskRow) {
	var refund Refund
	var heard entry.RefundHeardBody
	for _, e := range entries {
		body := bodyOf(e.Kind, e.Body)
		refund = refund.fold(e.Seq, e.Kind, body)
		if b, ok := body.(entry.RefundHeardBody); ok {
			heard = b
		}
	}
	a := refund.Asked
	row = TaskRow{Key: key, Order: a.Order, Number: a.Number, Network: a.Network, Lane: a.Lane, Amount: a.Amount}
	if refund.Final() {
		return row, nil
	}
	r := row
	r.What, r.Of, r.Since = TaskRefundUnknown, entries[0].Seq, entries[0].Stamp
	switch {
	case heard.Stuck:
		r.What = TaskRefundStuck
	case heard.State == entry.StateWaiting:
		r.What = TaskRefundOpen
	}
	return row, []TaskRow{r}
}

// holdTasks are the same of a deposit, or of a move of it.
func holdTasks(key entry.Seq, entries []entry.Entry) (row TaskRow, rows []TaskRow) {
	var hold Hold
	heard := map[string]entry.HoldHeardBody{}
	for _, e := range entries {
		body := bodyOf(e.Kind, e.Body)
		hold = hold.fold(e, body, nil)
		if b, ok := body.(entry.HoldHeardBody); ok {
			heard[b.Number] = b
		}
	}
	a := hold.Asked
	row = TaskRow{Key: key, Order: key, Number: a.Number, Network: a.Network, Lane: hold.Lane, Title: a.Title, Amount: a.Amount}
	return row, hold.tasks(row, entries, heard)
}

// shiftTasks are the same of a shift, which has to be handed over once it has ended.
func shiftTasks(key entry.Seq, entries []entry.Entry) (row TaskRow, rows []TaskRow) {
	var shift Shift
	var off entry.Stamp
	for _, e := range entries {
		shift = shift.fold(e, bodyOf(e.Kind, e.Body))
		if e.Kind == entry.ShiftOff {
			off = e.Stamp
		}
	}
	row = TaskRow{Key: key, Who: shift.Who}
	if shift.Off == 0 || shift.Handed != 0 {
		return row, nil
	}
	r := row
	r.What, r.Of, r.Since = TaskHandOver, shift.Off, off
	return row, []TaskRow{r}
}

// orderTasks are the same of an order; of what is none, a task by itself, they are
// only the row.
func orderTasks(key entry.Seq, entries []entry.Entry) (row TaskRow, rows []TaskRow) {
	var st story
	for _, e := range entries {
		st.fold(e, bodyOf(e.Kind, e.Body))
	}
	row = TaskRow{Key: key, Lane: st.opened.Lane, Amount: st.opened.Amount, Title: st.opened.Title}
	if len(st.tries) > 0 || st.opened.Lane != "" {
		row.Order = key
	}
	return row, st.tasks(row)
}

// tasks are what a network has not said of a deposit, or of a move of it. One
// that is the guest's turn is nobody's task.
func (h Hold) tasks(row TaskRow, entries []entry.Entry, heard map[string]entry.HoldHeardBody) []TaskRow {
	m := h.Moving()
	switch {
	case h.Unknown() && (h.Returning || heard[h.Asked.Number].State != entry.StateWaiting && h.Asked.Way != entry.ByQR):
		row.What, row.Of, row.Since = TaskHoldUnknown, entries[0].Seq, entries[0].Stamp
	case m != nil:
		row.What, row.Of, row.Number, row.Amount, row.Lane, row.Open = TaskMoveUnknown, entries[0].Seq, m.Number, m.Amount, m.Lane, true
		if heard[m.Number].Stuck {
			row.What = TaskMoveStuck
		}
		for _, e := range entries {
			if e.Seq == m.Asked || row.Since.Wall == 0 { // one of a damaged epoch was asked for elsewhere
				row.Of, row.Since = e.Seq, e.Stamp
			}
		}
	case h.Resting:
		last, e := h.Moves[len(h.Moves)-1], entries[len(entries)-1]
		row.What, row.Of, row.Number, row.Amount, row.Lane = TaskMoveUnknown, last.Asked, last.Number, last.Rest, last.Lane
		for _, e = range entries {
			if e.Seq == last.Outcome {
				break
			}
		}
		row.Since = e.Stamp
	default:
		return nil
	}
	return []TaskRow{row}
}

func hasFrozen(rows []TaskRow, number string) bool {
	for _, r := range rows {
		if r.What == TaskFrozen && r.Number == number {
			return true
		}
	}
	return false
}

// tasks are an order's attempts that a person decides about, or that nobody has
// the last word of.
func (st *story) tasks(row TaskRow) (rows []TaskRow) {
	for _, t := range st.tries {
		r := row
		r.Number, r.Network, r.Of, r.Since = t.Number, t.Network, t.intent, t.at
		switch {
		case t.frozen:
			r.What, r.Of, r.Since = TaskFrozen, t.frozenBy.Seq, t.frozenBy.Stamp
			if t.sum > 0 {
				r.Amount = t.sum
			}
		case !t.over && (t.returning || !t.waiting && t.Way != entry.ByQR):
			r.What = TaskUnknown
		default:
			continue
		}
		rows = append(rows, r)
	}
	return rows
}
