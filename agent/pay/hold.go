package pay

import (
	"context"
	"time"

	"tillgate/store/money"
)

// Holder is a provider that also takes deposits: money that stays the payer's
// until a part of it is captured, and goes back to him otherwise. Results are
// those of a charge, and Paid means that so much is held: Amount. Settled is
// nothing, since nothing is the merchant's yet, and PaidAt is when its life began.
type Holder interface {
	// Hold asks for a deposit with a payment code, once.
	Hold(ctx context.Context, c Charge) Result
	// QueryHold asks what became of it. What was held stays Paid, also when nothing
	// of it is left: Result.Held tells what the network has made of it since. Where
	// the network's totals cannot be true it is Unknown with Fault. On its way back
	// (Attempt.Returning) a deposit that was released whole is Declined with Returned,
	// and one of which something was captured is a Mismatch.
	QueryHold(ctx context.Context, a Attempt) Result
	// UndoHold makes sure that nothing is held, like Undo. It is for a deposit whose
	// fate is not known: one that is held is released, where that takes a number
	// under the deposit's with 99.
	UndoHold(ctx context.Context, a Attempt) Result
	// Terms are what the network offers for the deposits of a wallet, as Result.Wallet
	// has it. Of no wallet, as before it is known whose it will be, they are the ways
	// in which any can be taken, and the least that all of them allow afterwards.
	Terms(wallet string) HoldTerms
}

// HoldShower is a holder that also makes QR codes for deposits.
type HoldShower interface {
	Holder
	// ShowHold is Show, of a deposit.
	ShowHold(ctx context.Context, o Offer) Result
}

// Mover moves what is held. The states are:
//
//	Paid      verified: this much was captured under this number
//	Returned  verified: this much was released under this number
//	Waiting   verified: taken on, not done yet
//	Declined  verified and final: nothing moved under this number, ever
//	Mismatch  verified: another amount moved under this number, or in its place
//	Unknown   anything else; NotFound and Fault as with refunds
//
// What was captured goes back by a Refund whose Hold is set.
type Mover interface {
	// Capture takes a part of what is held, or all of it, for the merchant. It may be
	// sent again with the same number and amount. Where the network has no number for
	// it (HoldTerms.Unnumbered) it looks first, and answers Mismatch where another
	// amount was captured.
	Capture(ctx context.Context, m Move) Result
	// QueryCapture asks what became of it.
	QueryCapture(ctx context.Context, m Move) Result
	// Release gives what is held back to the payer, a part of it or all.
	Release(ctx context.Context, m Move) Result
	// QueryRelease asks what became of it.
	QueryRelease(ctx context.Context, m Move) Result
}

// Move is a capture or a release.
type Move struct {
	Of     Attempt   // the deposit, with the network's number of it
	Payer  string    // Result.Payer of the deposit
	Wallet string    // Result.Wallet of the deposit
	Number string    // ours: the deposit's and two digits, 51 to 80 for captures, 81 to 98 for releases
	Amount money.Fen // what moves
	Last   bool      // of a capture: what is left goes back to the payer with it; of a release: it is all that is left
	Title  string    // what the payer reads
	Staff  string    // who asked for it, in the networks' operator fields, may be empty
	Device string    // our device
	Lane   string    // where it stands
}

// Held is what a network has made of a deposit.
type Held struct {
	Captured money.Fen // also where it was refunded since
	Released money.Fen // with a capture, by a release or at its end
	Left     money.Fen // is still held: these three are all that was held
	Credit   money.Fen // of all that was held, what no money was frozen for: the payer's credit stands for it, and a capture of it may be refused
}

// HoldTerms are what a network offers for a wallet's deposits: data, from which follows
// which buttons there are, and what a clerk reads before he confirms.
type HoldTerms struct {
	Code       bool          // by payment code
	QR         bool          // by a code that we show
	Captures   int           // how often a part may be captured; 0: any number of times
	RestGoes   bool          // a capture is final: the rest goes back with it, wanted or not
	Unnumbered bool          // a capture has no number at the network
	Parts      bool          // a part may be released while the rest stays held
	Days       bool          // Life is natural days, of which no page says when one begins: it may be over a day earlier
	Life       time.Duration // after which the network gives back what is left; 0: the contract says, and the network does not
}

// HoldTiming is how patient we are with deposits. A deposit itself is waited for
// like a charge.
type HoldTiming struct {
	Undo       Undo
	Call       time.Duration // longest wait for the answer to a capture or a release
	QueryEvery time.Duration // after an answer that is not final
	Again      time.Duration // gap before one that is not known there is sent again
}

// Holding is the timing of a deposit: a machine plans it like a charge.
func (t Timing) Holding() Timing {
	t.Undo = t.Hold.Undo
	return t
}
