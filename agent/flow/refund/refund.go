// Package refund is the machine of a part of a payment that goes back: from the
// wish over its intent to the network's last word, the slip and the voice. It
// decides and remembers; it touches nothing. What goes back inside an order
// before it is paid for good is the sale's.
package refund

import (
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store/entry"
	"tillgate/store/money"
)

var _ flow.Refunding = (*Refund)(nil)

// Refund is one refund.
type Refund struct {
	timing func(network string) pay.Timing

	key, last entry.Seq
	asked     entry.RefundAskedBody
	at        entry.Stamp // of the intent
	unsure    bool        // a damage has left it uncertain: it is asked about, never sent
	state     pay.State
	code      string
	text      string
	stuck     bool // it goes no further until a person acts
	done      *entry.RefundDoneBody
	doneAt    entry.Stamp
	other     money.Fen // it was refused, and this went back all the same
	outputs   flow.Pending
	tasks     flow.Tasks
	faulted   bool // a person has been asked to look at what the network said
	gaveUp    bool // it was sent so often that a person has been asked
	repeated  int  // starts after which it was sent again

	// Known only in this life; all times are ms of the boot clock.
	mine      bool      // its intent is of this life
	since     int64     // it may go on from here: the intent, or the start of this life
	busy      flow.Verb // what is being asked right now
	sends     int
	sentAt    int64 // newest send's answer, or since when there may have been one
	heardAt   int64 // newest answer
	queries   int   // since the newest send
	unknown   bool  // the network does not know the number, as of the newest answer
	mustCount bool  // it may have been sent in an earlier life: the next send is a repeat
	unbooked  bool  // the disk has refused an answer
	retries   flow.Retries
}

const (
	startsMax = 20               // starts after which it is sent again; then it is only asked about
	sendsMax  = 10               // sends of one life that the network does not know of; then a person is asked
	slowly    = 10 * time.Minute // between questions while a person has to act
	spokenFor = 2 * time.Minute  // after the intent: the one who asked for it is gone, or has it on paper
)

// The tasks of refunds.
const (
	capped     = "refund-capped"   // it was sent too often
	mismatched = "refund-mismatch" // another sum went back under its number
	lost       = "refund-lost"     // a damaged record, and the network does not know it
)

// The codes of what no network says; words has their texts.
const (
	tooOften   = "too many tries"
	notCertain = "not certain"
)

// New makes an empty refund; timing gives each network's patience.
func New(timing func(network string) pay.Timing) *Refund { return &Refund{timing: timing} }

// Of is the order's key.
func (r *Refund) Of() entry.Seq { return r.asked.Order }

func (r *Refund) final() bool { return r.state.Final() }

// finished tells whether nothing at all is left to do.
func (r *Refund) finished() bool { return r.final() && r.outputs.Over() }

// View is the refund as pages show it.
func (r *Refund) View() words.Refund {
	v := words.Refund{Key: int64(r.key), Order: int64(r.asked.Order), Number: r.asked.Number, Amount: r.asked.Amount, Network: r.asked.Network,
		Wallet: r.asked.Wallet, Code: r.code, Text: r.text, Trouble: r.outputs.Trouble(), Phase: r.phase(), Other: r.other}
	if r.done != nil {
		v.Total = r.done.Total
	}
	return v
}

func (r *Refund) phase() words.RefundPhase {
	switch {
	case r.done != nil:
		return words.RefundDone
	case r.final():
		return words.RefundRefused
	case r.stuck:
		return words.RefundStuck
	case r.state == pay.Waiting:
		return words.RefundAccepted
	}
	return words.RefundAsking
}

func (r *Refund) receipt() words.Receipt {
	a := r.asked
	receipt := words.Receipt{Lane: a.Lane, Number: a.Of, Network: a.Network, Wallet: a.Wallet, Amount: a.Paid,
		Refund: a.Number, Back: a.Amount, Reason: a.Reason, By: a.By}
	if r.done != nil {
		receipt.NetworkNumber, receipt.Total, receipt.At = r.done.Network, r.done.Total, time.UnixMilli(r.doneAt.Wall)
	}
	return receipt
}

// do is an output of the refund.
func (r *Refund) do(o flow.Pended) flow.Effect {
	receipt := r.receipt()
	receipt.Copy = o.Copy
	return flow.Effect{Do: o.What, Receipt: receipt, Copy: o.Copy}
}

// call asks the network, as the intent says.
func (r *Refund) call(do flow.Verb) flow.Effect {
	a := r.asked
	at := entry.Stamp{Wall: a.Asked, Trust: a.Trust}
	of := flow.Stamped(pay.Attempt{Number: a.Of, Merchant: a.Merchant, Amount: a.Paid, Network: a.Payment, Shown: a.Shown}, at)
	e := flow.Effect{Do: do, Network: a.Network, Attempt: of, Refund: pay.Refund{Number: a.Number, Amount: a.Amount, Reason: a.Reason, Staff: a.Staff}}
	if a.Capture != "" {
		hold := of
		hold.Amount, hold.Network = a.Held, a.Hold
		e.Attempt.Number, e.Refund.Hold = a.Capture, &hold
	}
	return e
}
