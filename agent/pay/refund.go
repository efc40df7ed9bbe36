package pay

import (
	"context"
	"time"

	"tillgate/store/money"
)

// Refunder is a provider that also gives parts of what was paid back. Its two
// methods answer with these states and no other:
//
//	Returned  verified and final: this much has gone back under this number
//	Waiting   verified: taken on, the money is on its way
//	Declined  verified and final: nothing goes back under this number, ever
//	Mismatch  verified: under this number another amount goes or went back
//	Unknown   anything else; with NotFound where the network does not know the
//	          number, with Fault where it goes no further until a person acts
//
// Of Returned, Amount is what went back, Settled what the merchant is without
// for it (coupons of others were not its money), and PaidAt when, where the
// network says so.
type Refunder interface {
	Provider
	// Refund asks for money to go back. It may be sent again with the same number
	// and amount, and is the same refund then.
	Refund(ctx context.Context, r Refund) Result
	// QueryRefund asks what became of it.
	QueryRefund(ctx context.Context, r Refund) Result
}

// Refund is a part of one payment, or all of it, on its way back.
type Refund struct {
	Of     Attempt   // what was paid, with the network's number of it
	Hold   *Attempt  // set where Of is a capture: the deposit that it was captured from
	Number string    // ours: the payment's and two digits, from 01 to 50 or UndoNumber, durable before the first byte leaves
	Amount money.Fen // what goes back, in terms of the order's price: the network splits coupons
	Reason string    // in the shop's words, may be empty
	Staff  string    // who asked for it, in the networks' operator fields, may be empty
	Device string    // our device
}

// undoSuffix ends the number of the refund of all of an order that is undone.
const undoSuffix = "99"

// UndoNumber is the number under which all of an order that is undone goes back:
// one for ever, whoever asks for it, so that sent again it is the same refund.
func UndoNumber(of string) string { return of + undoSuffix }

// Whole is the refund of all of an attempt that is undone.
func Whole(a Attempt) Refund { return Refund{Of: a, Number: UndoNumber(a.Number), Amount: a.Amount} }

// CodeNoRefunds is that nobody was asked: the network has no refunds here.
const CodeNoRefunds = "cannot refund"

// NoRefunds is the answer to a refund in the place of a provider that is no Refunder.
func NoRefunds() Result { return Result{State: Declined, Code: CodeNoRefunds} }

// RefundTiming is how patient we are with a refund.
type RefundTiming struct {
	Call       time.Duration   // longest wait for the answer
	Queries    []time.Duration // when to ask, counted from the answer
	QueryEvery time.Duration   // after the last of Queries
	Again      time.Duration   // gap before a refund that is not known there is sent again
	Apart      time.Duration   // between two refunds of one payment
	Window     time.Duration   // after the payment; later the network refuses
}
