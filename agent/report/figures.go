package report

import (
	"slices"
	"strconv"

	"tillgate/agent/words"
	"tillgate/store/money"
)

// Pending counts what has no part of its own in the money columns, and is shown beside them.
type Pending struct {
	Count  int64
	Amount money.Fen
}

func (p *Pending) add(amount money.Fen) { p.Count++; p.Amount += amount }

// Figures are the columns of a report, over the movements of one of its lines.
// A sale counts where its own outcome is, a refund where the refund's is: the
// refund of yesterday's sale makes today's received less and leaves yesterday's
// as it was handed over. Names and formulas follow the networks' bills: WeChat
// Pay's amounts and its 实收 = 应结 - 应结退款 (the columns of its bill, pay.weixin.qq.com 4012084430),
// and what Cloud Pay's totals add up (cloud.tencent.com 569/37879).
type Figures struct {
	// Sales is how many orders are paid; Amount the sum of what they were for, Settled
	// of what the merchant receives for them. Cash and cards count as everything
	// else: their settled is their amount.
	Sales           int64
	Amount, Settled money.Fen
	// Refunds is how many refunds have gone back; Refund the sum of what went back, in
	// terms of the orders' prices, RefundSettled of what the merchant is without.
	Refunds               int64
	Refund, RefundSettled money.Fen

	// Unknown are orders without a verified final word, Open those that are not yet
	// final and have moved no money, Frozen those that wait for a manager. None of
	// them is in a money column.
	Unknown, Open, Frozen Pending
	// RefundUnknown and RefundOpen are the same of refunds: no word of it, and accepted.
	RefundUnknown, RefundOpen Pending

	// Captures are those of the sales that were captured from deposits. Taken are the
	// deposits that networks came to hold, Released what of deposits went back to the guests,
	// StillHeld what of those taken here is held now: over all lines Taken is Captures, Released
	// and StillHeld together. DepositOpen are takings, captures and releases without a final word.
	Captures, Taken, Released, StillHeld, DepositOpen Pending

	// Untrusted is how many of all these stand in a day or hour that an untrusted
	// clock has told.
	Untrusted int64
}

// Discount is what the shop itself took off: Amount - Settled, of the sales
// alone. A coupon that somebody else pays for is no discount of the shop's.
func (f Figures) Discount() money.Fen { return f.Amount - f.Settled }

// Received is what the till took in: Settled - RefundSettled, cash included. It is
// below zero where more went back than came in.
func (f Figures) Received() money.Fen { return f.Settled - f.RefundSettled }

// counts tells whether a movement is in any figure: what ended without money is not.
func (m *Movement) counts() bool { return m.State != Ended }

// add counts one movement.
func (f *Figures) add(m *Movement) {
	if !m.counts() {
		return
	}
	if !m.Trusted {
		f.Untrusted++
	}
	switch {
	case m.Refund:
		f.addRefund(m)
		return
	case m.Part != NoPart:
		f.addDeposit(m)
		return
	}
	switch m.State {
	case Paid:
		f.Sales++
		f.Amount += m.Amount
		f.Settled += m.Settled
	case Open:
		f.Open.add(m.Amount)
	case Frozen:
		f.Frozen.add(m.Amount)
	default:
		f.Unknown.add(m.Amount)
	}
}

func (f *Figures) addRefund(m *Movement) {
	switch m.State {
	case Paid:
		f.Refunds++
		f.Refund += m.Amount
		f.RefundSettled += m.Settled
	case Open:
		f.RefundOpen.add(m.Amount)
	default:
		f.RefundUnknown.add(m.Amount)
	}
}

// addDeposit counts a part of a deposit. What is captured is a sale; what a
// network's totals say of captures and releases that are not ours corrects the
// sums, and is one of them only where it adds.
func (f *Figures) addDeposit(m *Movement) {
	if m.State != Paid {
		f.DepositOpen.add(m.Amount)
		return
	}
	of := [...]*Pending{Taken: &f.Taken, Captured: &f.Captures, Released: &f.Released, StillHeld: &f.StillHeld}[min(m.Part, StillHeld)]
	of.Amount += m.Amount
	if m.Amount > 0 {
		of.Count++
	}
	if m.Part == Captured {
		f.Amount += m.Amount
		f.Settled += m.Settled
		if m.Amount > 0 {
			f.Sales++
		}
	}
}

// Deposits tells whether anything of deposits is counted.
func (f Figures) Deposits() bool {
	return f.Captures != Pending{} || f.Taken != Pending{} || f.Released != Pending{} || f.StillHeld != Pending{} || f.DepositOpen != Pending{}
}

// Column is one column of a report: a count or a sum of money.
type Column struct {
	Name    words.Report
	Money   func(Figures) money.Fen // nil for a count
	Count   func(Figures) int64
	Deposit bool // it is of deposits: a shop that takes none needs no such column
}

// Text is the column's figure: yuan with two decimals, or a count.
func (c Column) Text(f Figures) string {
	if c.Money != nil {
		return c.Money(f).String()
	}
	return strconv.FormatInt(c.Count(f), 10)
}

// Columns are all of them, in the order in which tables and files show them.
func Columns() []Column {
	sum := func(name words.Report, of func(Figures) money.Fen) Column { return Column{Name: name, Money: of} }
	count := func(name words.Report, of func(Figures) int64) Column { return Column{Name: name, Count: of} }
	columns := []Column{
		count(words.ReportSales, func(f Figures) int64 { return f.Sales }),
		sum(words.ReportAmount, func(f Figures) money.Fen { return f.Amount }),
		sum(words.ReportDiscount, Figures.Discount),
		sum(words.ReportSettled, func(f Figures) money.Fen { return f.Settled }),
		count(words.ReportRefunds, func(f Figures) int64 { return f.Refunds }),
		sum(words.ReportRefund, func(f Figures) money.Fen { return f.Refund }),
		sum(words.ReportRefundSettled, func(f Figures) money.Fen { return f.RefundSettled }),
		sum(words.ReportReceived, Figures.Received),
		count(words.ReportUnknown, func(f Figures) int64 { return f.Unknown.Count }),
		sum(words.ReportUnknownAmount, func(f Figures) money.Fen { return f.Unknown.Amount }),
		count(words.ReportOpen, func(f Figures) int64 { return f.Open.Count }),
		sum(words.ReportOpenAmount, func(f Figures) money.Fen { return f.Open.Amount }),
		count(words.ReportFrozen, func(f Figures) int64 { return f.Frozen.Count }),
		sum(words.ReportFrozenAmount, func(f Figures) money.Fen { return f.Frozen.Amount }),
		count(words.ReportRefundUnknown, func(f Figures) int64 { return f.RefundUnknown.Count }),
		sum(words.ReportRefundUnknownAmount, func(f Figures) money.Fen { return f.RefundUnknown.Amount }),
		count(words.ReportRefundOpen, func(f Figures) int64 { return f.RefundOpen.Count }),
		sum(words.ReportRefundOpenAmount, func(f Figures) money.Fen { return f.RefundOpen.Amount }),
	}
	for _, of := range []struct {
		count, amount words.Report
		of            func(Figures) Pending
	}{
		{words.ReportTaken, words.ReportTakenAmount, func(f Figures) Pending { return f.Taken }},
		{words.ReportCaptures, words.ReportCapturesAmount, func(f Figures) Pending { return f.Captures }},
		{words.ReportReleased, words.ReportReleasedAmount, func(f Figures) Pending { return f.Released }},
		{words.ReportHeld, words.ReportHeldAmount, func(f Figures) Pending { return f.StillHeld }},
		{words.ReportDepositOpen, words.ReportDepositOpenAmount, func(f Figures) Pending { return f.DepositOpen }},
	} {
		columns = append(columns, Column{Name: of.count, Deposit: true, Count: func(f Figures) int64 { return of.of(f).Count }},
			Column{Name: of.amount, Deposit: true, Money: func(f Figures) money.Fen { return of.of(f).Amount }})
	}
	return append(columns, count(words.ReportUntrusted, func(f Figures) int64 { return f.Untrusted }))
}

// Columns are those that a report's page shows: those of deposits only where there are some.
func (t Table) Columns() []Column {
	return slices.DeleteFunc(Columns(), func(c Column) bool { return c.Deposit && !t.Total.Deposits() })
}
