package duty

import (
	"context"
	"fmt"
	"slices"
	"time"

	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
)

// What a network may still answer by itself is a task once it has taken this long.
const (
	unknownAfter = 10 * time.Minute
	// A refund to a bank card arrives after about three working days (pay.weixin.qq.com
	// 4012556457): five with a weekend.
	openAfter = 5 * 24 * time.Hour
)

// Todo is what the store knows that people have to look at.
type Todo interface {
	Tasks(ctx context.Context) ([]store.TaskRow, error)
}

// Task is something that a person has to look at, and what they may do about it.
type Task struct {
	store.TaskRow
	Decide []string // what a manager may decide; none: it is no decision
	Close  bool     // whoever asks may say that it has been seen to
}

// Says is what a page says of the task.
func (t Task) Says(lang words.Lang) words.Screen { return words.Task(t.What, lang) }

// Tasks are what has to be looked at on the lanes that a person sees, oldest
// first. What belongs to no lane is for who sees all of them.
func (d *Desk) Tasks(ctx context.Context, id string) (tasks []Task, err error) {
	lanes, err := d.Sees(id)
	if err != nil {
		return nil, err
	}
	rows, err := d.Journal.Tasks(ctx)
	if err != nil {
		return nil, fmt.Errorf("read tasks: %w", err)
	}
	for _, row := range rows {
		if lanes != nil && !slices.Contains(lanes, row.Lane) || !due(row) {
			continue
		}
		task := Task{TaskRow: row}
		switch {
		case row.What == store.TaskFrozen && d.manages(id):
			task.Decide = []string{entry.Booked, entry.GoesBack, entry.Elsewhere}
		case row.Open && d.manages(id):
			task.Decide = []string{entry.GivenUp}
		case row.What == store.TaskFrozen || waits(row):
		default:
			task.Close = d.manages(id) || slices.Contains(errands, row.What) && d.onDuty(id, row.Lane)
		}
		tasks = append(tasks, task)
	}
	return tasks, nil
}

// waits tells whether a row ends by itself, or by a hand-over, and not by a word.
func waits(row store.TaskRow) bool {
	switch row.What {
	case store.TaskUnknown, store.TaskRefundUnknown, store.TaskRefundOpen, store.TaskRefundStuck, store.TaskHandOver,
		store.TaskHoldUnknown, store.TaskMoveUnknown, store.TaskMoveStuck:
		return true
	}
	return false
}

// due tells whether a row has waited long enough for a person.
func due(row store.TaskRow) bool {
	switch row.What {
	case store.TaskUnknown, store.TaskRefundUnknown, store.TaskHoldUnknown, store.TaskMoveUnknown:
		return row.Age >= unknownAfter
	case store.TaskRefundOpen:
		return row.Age >= openAfter
	}
	return true
}

// Requests are what waits for a person's approval, on the lanes that they may
// approve on, oldest first. What they ask for themselves is for others.
func (d *Desk) Requests(id string) (waiting []Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.live("")
	for _, r := range d.requests {
		if r.approver() != id && d.Roster.May(id, staff.Approve, r.Lane, d.now()) == nil {
			waiting = append(waiting, r.Request)
		}
	}
	slices.SortFunc(waiting, func(a, b Request) int { return int(a.Until - b.Until) })
	return waiting
}
