package sim

import (
	"context"
	"slices"
	"sync"
	"time"

	"tillgate/agent/cloud"
	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
)

// Bug is a mistake put in on purpose, at a seam and never in the product: a
// simulator that does not find it is not worth running.
type Bug string

// The bugs.
const (
	NoBug           Bug = ""
	TimeoutIsFailed Bug = "timeout-is-failed" // what a charge's answer leaves open is taken as a no
	PrintFirst      Bug = "print-first"       // the slip is printed before the commit
	NotOneWay       Bug = "not-one-way"       // a success on the way back is taken
	NumberReused    Bug = "number-reused"     // numbers begin again after a restart
	AckWithoutHash  Bug = "ack-without-hash"  // an acknowledgement counts without its hash
	OpenAnyway      Bug = "open-anyway"       // the gate opens although the outcome could not be written
	ReprintUnmarked Bug = "reprint-unmarked"  // a slip that is printed again does not say so
	CodeAgain       Bug = "code-again"        // a payment code is sent as often as it is shown
	CodeInLog       Bug = "code-in-log"       // what goes wrong is told with the payment code
	ClosedUnseen    Bug = "closed-unseen"     // a QR code counts as closed when it ought to be: a code is charged while it can be paid
	OldQR           Bug = "old-qr"            // the QR code of before a restart is shown again
	CashBeside      Bug = "cash-beside"       // cash is taken, and the wallet's attempt is not sent back

	SentTwice         Bug = "sent-twice"           // a charge without an answer is sent again, to a further host of Cloud Pay
	RefundRenumbered  Bug = "refund-renumbered"    // a refund whose answer was lost is sent under a new number
	RefundUnknownIsNo Bug = "refund-unknown-is-no" // a refund whose answer was lost is taken for refused
	RefundOnItsWay    Bug = "refund-on-its-way"    // an order with an attempt on its way back is refunded
	CeilingLoose      Bug = "ceiling-loose"        // refunds that are not final do not count
)

// Bugs are all of them.
var Bugs = []Bug{TimeoutIsFailed, PrintFirst, NotOneWay, NumberReused, AckWithoutHash, OpenAnyway, ReprintUnmarked, CodeAgain, CodeInLog, ClosedUnseen, OldQR, CashBeside,
	SentTwice, RefundRenumbered, RefundUnknownIsNo, RefundOnItsWay, CeilingLoose, GapToLast, ShiftOfBeginning, RestartEndsShift}

// Scene is where a bug is found.
func (b Bug) Scene() Scene {
	if slices.Contains(HoldBugs, b) {
		return Hotel
	}
	return Shop
}

func (b Bug) provider(p client) pay.Provider {
	switch b {
	case TimeoutIsFailed:
		return hasty{p}
	case CodeInLog:
		return chatty{p}
	case ClosedUnseen:
		return unseeing{p}
	}
	return p
}

type hasty struct{ client }

func (h hasty) Prepare(c pay.Charge) func(context.Context) pay.Result {
	send := h.client.Prepare(c)
	return func(ctx context.Context) pay.Result {
		r := send(ctx)
		if r.State == pay.Unknown {
			r.State = pay.Declined
		}
		return r
	}
}

type chatty struct{ client }

func (h chatty) Prepare(c pay.Charge) func(context.Context) pay.Result {
	send := h.client.Prepare(c)
	return func(ctx context.Context) pay.Result {
		r := send(ctx)
		if r.State == pay.Unknown {
			r.Code += " for " + string(c.Code)
		}
		return r
	}
}

// unseeing believes that what it wants closed is closed.
type unseeing struct{ client }

func (u unseeing) Undo(ctx context.Context, a pay.Attempt) pay.Result {
	if a.Shown {
		return pay.Result{State: pay.Declined}
	}
	return u.client.Undo(ctx, a)
}

func (u unseeing) Query(ctx context.Context, a pay.Attempt) pay.Result {
	r := u.client.Query(ctx, a)
	if a.Shown && a.Returning && r.State == pay.Waiting {
		r.State = pay.Declined
	}
	return r
}

func (b Bug) numbers(s *store.Store) flow.Numbers {
	switch b {
	case NumberReused:
		return &forgetful{Store: s}
	case CodeAgain:
		return &careless{Store: s}
	case RoomTwice:
		return &roomless{Store: s}
	}
	return s
}

type forgetful struct {
	*store.Store
	drawn int
}

func (f *forgetful) Number() string {
	f.drawn++
	return entry.Number(site, device, 1, f.drawn)
}

type careless struct {
	*store.Store
	times byte
}

func (c *careless) CodeHash(code string) []byte {
	c.times++
	return append(c.Store.CodeHash(code), c.times)
}

func (b Bug) order(h *hints, fresh func() flow.Order) flow.Order {
	switch b {
	case NotOneWay:
		return &lenient{Order: fresh(), naive: fresh(), back: map[string]bool{}}
	case OldQR:
		return &nostalgic{Order: fresh(), hints: h}
	}
	return fresh()
}

// hints are what a bug remembers over a restart: the QR codes of orders.
type hints struct {
	mu    sync.Mutex
	codes map[int64][]words.QR
}

func newHints() *hints { return &hints{codes: map[int64][]words.QR{}} }

// nostalgic shows the QR code that it has shown before.
type nostalgic struct {
	flow.Order
	hints *hints
}

func (n *nostalgic) View() words.Order {
	v := n.Order.View()
	n.hints.mu.Lock()
	defer n.hints.mu.Unlock()
	switch {
	case len(v.QR) > 0:
		n.hints.codes[v.Key] = v.QR
	case v.Phase == words.Ready && len(n.hints.codes[v.Key]) > 0:
		v.Phase, v.QR = words.ScanUs, n.hints.codes[v.Key]
	}
	return v
}

// step is what reaches the store.
func (b Bug) step(step store.Step) store.Step {
	if b == CashBeside {
		step.Entries = slices.DeleteFunc(slices.Clone(step.Entries), func(d entry.Draft) bool {
			return d.Kind == entry.Returning && entry.Must[entry.ReturningBody](entry.Entry{Body: d.Body}).Why == byCash
		})
	}
	return step
}

// lenient has a second machine that never hears of a way back, and believes it
// when a success comes late.
type lenient struct {
	flow.Order
	naive flow.Order
	back  map[string]bool // the numbers of attempts that go back
}

func (l *lenient) Fold(e entry.Entry) {
	switch {
	case l.naive == nil:
	case e.Kind == entry.Returning:
		l.back[entry.Must[entry.ReturningBody](e).Number] = true
	case e.Kind == entry.Asked && len(l.back) > 0: // it would not understand another attempt
		l.naive, l.back = nil, nil
	case e.Kind == entry.Settled && l.back[entry.Must[entry.SettledBody](e).Number]:
		l.Order = l.naive // the other one would panic
	default:
		l.naive.Fold(e)
	}
	l.Order.Fold(e)
}

func (l *lenient) Note(n flow.Note) {
	l.Order.Note(n)
	if l.naive != nil && l.Order != l.naive {
		l.naive.Note(n)
	}
}

func (l *lenient) Next(ev flow.Event, now flow.Now) flow.Step {
	if a, ok := ev.(flow.Answer); ok && l.back[a.Number] && a.Result.State == pay.Paid {
		return l.naive.Next(ev, now)
	}
	return l.Order.Next(ev, now)
}

func (b Bug) beforeCommit(st *stand, step store.Step) {
	for _, d := range step.Entries {
		if d.Kind != entry.Settled {
			continue
		}
		body := entry.Must[entry.SettledBody](entry.Entry{Body: d.Body})
		receipt := words.Receipt{Number: body.Number, Amount: body.Amount, At: time.Now()}
		switch {
		case b == PrintFirst:
			st.slip(flow.Effect{Do: flow.Slip, Key: step.Key, Receipt: receipt})
		case b == OpenAnyway && st.gated():
			st.pulse(flow.Effect{Do: flow.Gate, Key: step.Key})
		}
	}
}

// slip is what reaches the printer.
func (b Bug) slip(e flow.Effect) flow.Effect {
	if b == ReprintUnmarked {
		e.Copy = 0
	}
	return e
}

// ack is what the device understands of what comes down to it: with the bug,
// that every acknowledgement names the journal's own hash.
func (b Bug) ack(journal cloud.Reader, payload []byte) []byte {
	ack, err := cloud.Decode[cloud.Ack](payload)
	if b != AckWithoutHash || err != nil || ack.Seq == 0 {
		return payload
	}
	entries, err := journal.Entries(context.Background(), ack.Seq-1, 1)
	if err != nil || len(entries) == 0 {
		return payload
	}
	ack.Hash = cloud.Digest(entries[0].Hash)
	return entry.Encode(ack)
}
