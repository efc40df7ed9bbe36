package report

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"tillgate/store/entry"
	"tillgate/store/money"
)

// Kind is which movements are wanted.
type Kind uint8

// The kinds.
const (
	Both  Kind = iota // and the deposits as well
	Sales             // and what was captured
	Refunds
	Deposits // what was taken, released and is still held
)

// Query is what is wanted. The zero Query wants everything. A list that is nil
// wants all; one that is empty wants nothing, so that somebody who may see no
// lane sees none.
type Query struct {
	From, To     int64     // Unix ms: From <= At < To; 0: no bound
	After, Until entry.Seq // of the outcome's entry: After < Seq <= Until. Once one is set, what is not final is not wanted; Until 0: no bound
	Shifts       []int64   // 0 is nobody's
	Lanes        []string
	Clerks       []string
	Wallets      []string // as Movement has them
	States       []State
	Kind         Kind
	Min, Max     money.Fen // of the movement's amount, both included; Max 0: no bound
	Search       Search
	Before       entry.Seq // orders below it, where the page before has ended; 0: from the newest
	Calendar     Calendar
}

// ErrQuery is wrapped by whatever is wrong with a query.
var ErrQuery = errors.New("this report cannot be made")

// check refuses what can only be a mistake.
func (q *Query) check() error {
	switch {
	case q.To != 0 && q.To < q.From:
		return fmt.Errorf("%w: it ends before it begins", ErrQuery)
	case q.Until != 0 && q.Until < q.After:
		return fmt.Errorf("%w: its last entry is before its first", ErrQuery)
	case q.Min < 0 || q.Max < 0 || q.Max != 0 && q.Max < q.Min:
		return fmt.Errorf("%w: no amount lies between %s and %s", ErrQuery, q.Min, q.Max)
	case q.Calendar.Starts < 0 || q.Calendar.Starts > 23:
		return fmt.Errorf("%w: a day begins at an hour from 0 to 23, not at %d", ErrQuery, q.Calendar.Starts)
	}
	return nil
}

// wants tells whether a movement is asked for.
func (q *Query) wants(m *Movement) bool {
	switch {
	case q.Kind != Both && q.Kind != m.kind():
	case q.From != 0 && m.At < q.From, q.To != 0 && m.At >= q.To:
	case (q.After != 0 || q.Until != 0) && (m.Seq <= q.After || q.Until != 0 && m.Seq > q.Until):
	case q.Min != 0 && m.Amount < q.Min, q.Max != 0 && m.Amount > q.Max:
	case !among(q.States, m.State), !among(q.Shifts, m.Shift), !among(q.Lanes, m.Lane), !among(q.Clerks, m.Clerk), !among(q.Wallets, m.Wallet):
	default:
		return q.Search.finds(m)
	}
	return false
}

// kind is which kind of them a movement is of.
func (m *Movement) kind() Kind {
	switch {
	case m.Refund:
		return Refunds
	case m.Part == NoPart, m.Part == Captured:
		return Sales
	}
	return Deposits
}

func among[T comparable](list []T, v T) bool { return list == nil || slices.Contains(list, v) }

// walk shows each wanted movement, an order's own before a deposit's parts and the refunds', until one
// is not taken; read hears of each row that has been read. The movement is the
// caller's until the next one only.
func walk(ctx context.Context, src Source, q Query, read func(), take func(m *Movement) bool) error {
	if err := q.check(); err != nil {
		return err
	}
	var before entry.Seq
	var m Movement
	for row, err := range src.Rows(ctx, q) {
		if err == nil {
			err = ctx.Err()
		}
		switch {
		case err != nil:
			return fmt.Errorf("read orders for a report: %w", err)
		case before != 0 && row.Order >= before:
			return fmt.Errorf("read orders for a report: order %d comes after order %d, and newest first was agreed", row.Order, before)
		}
		before = row.Order
		if read != nil {
			read()
		}
		if (q.Before == 0 || row.Order < q.Before) && !show(&row, &q, &m, take) {
			return nil
		}
	}
	return nil
}

// show shows the wanted movements of one order, each in m.
func show(row *Row, q *Query, m *Movement, take func(m *Movement) bool) bool {
	own := ofOrder(row)
	*m = own
	if !row.Lost && q.wants(m) && !take(m) {
		return false
	}
	for i := range row.Moves {
		*m = own
		m.moved(&row.Moves[i])
		if q.wants(m) && !take(m) {
			return false
		}
	}
	for i := range row.Refunds {
		*m = own
		m.refunded(&row.Refunds[i])
		if q.wants(m) && !take(m) {
			return false
		}
	}
	return true
}
