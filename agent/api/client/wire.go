// Package client is the local API as a Go program uses it: the forms that go
// over the wire, and a client that repeats what got no answer with the same key.
// It is not for phones or other machines: the API is this terminal's own.
package client

import (
	"fmt"

	"tillgate/store/money"
)

// Order is an order as it stands. Amounts are in fen.
type Order struct {
	Key      int64     `json:"key"`              // in the terminal's journal; it stays the same
	Number   string    `json:"number,omitempty"` // as the slip has it; empty until somebody pays
	Lane     string    `json:"lane"`
	Amount   money.Fen `json:"amount_fen"`
	Deposit  money.Fen `json:"deposit_fen,omitempty"` // that is taken in the same visit
	Title    string    `json:"title,omitempty"`
	Ref      string    `json:"ref,omitempty"` // the caller's own number
	State    string    `json:"state"`         // "ready", "asking", "checking", "paid", …
	Final    bool      `json:"final"`         // nobody has to wait for it any more
	Tender   string    `json:"tender,omitempty"`
	Network  string    `json:"network,omitempty"`
	Wallet   string    `json:"wallet,omitempty"`
	Settled  money.Fen `json:"settled_fen"`  // what the merchant receives
	Refunded money.Fen `json:"refunded_fen"` // what has gone back for certain
	QR       []QR      `json:"qr,omitempty"` // what the payer's phone may scan now
	Refunds  []Refund  `json:"refunds"`
	Stands   string    `json:"stands"` // its state and its refunds', for who waits for a change of any
	Screen
}

// Screen is the three things that every answer says: what happened, what to do,
// and whether the money is safe.
type Screen struct {
	WhatZh  string `json:"what_zh"`
	WhatEn  string `json:"what_en"`
	DoZh    string `json:"do_zh"`
	DoEn    string `json:"do_en"`
	MoneyZh string `json:"money_zh"`
	MoneyEn string `json:"money_en"`
}

// QR is a code for a phone; Link is what is in it.
type QR struct {
	Network string `json:"network"`
	Link    string `json:"link"`
}

// Refund is a part of an order that goes back, or has.
type Refund struct {
	Key    int64     `json:"key"`
	Number string    `json:"number"`
	Amount money.Fen `json:"amount_fen"`
	State  string    `json:"state"` // "asking", "accepted", "done", "refused" or "stuck"
	Reason string    `json:"reason,omitempty"`
	Screen
}

// Answer is an order, with a passing line of its lane where there was one.
type Answer struct {
	Order Order `json:"order"`
	Tell  *Line `json:"tell,omitempty"`
}

// Line is what a lane says in passing.
type Line struct {
	Key string `json:"key"`
	Zh  string `json:"zh"`
	En  string `json:"en"`
}

// Orders is a page of orders, newest first. Before asks for the next page; 0: there is none.
type Orders struct {
	Orders []Order `json:"orders"`
	Before int64   `json:"before"`
}

// Sale is what somebody owes.
type Sale struct {
	Lane   string    `json:"lane"`
	Amount money.Fen `json:"amount_fen"`
	Title  string    `json:"title,omitempty"`
	Ref    string    `json:"ref,omitempty"`
	Full   money.Fen `json:"full_fen,omitempty"` // of the amount, what takes part in no discount
	Code   string    `json:"code,omitempty"`     // the payer's payment code, where it has been scanned already

	Deposit money.Fen `json:"deposit_fen,omitempty"` // that is taken in the same visit: once the amount is paid the lane waits for the guest's code for it
	Room    string    `json:"room,omitempty"`        // of the deposit
}

// Act is what goes with an action; each has a field of its own, or none.
type Act struct {
	Code  string    `json:"code,omitempty"`      // "code": the payer's payment code
	Given money.Fen `json:"given_fen,omitempty"` // "cash": what the payer handed over
	Ref   string    `json:"ref,omitempty"`       // "card": what the card terminal's slip says
}

// RefundRequest is what is to go back: of an order by its key, or by the number of its slip.
type RefundRequest struct {
	Order  int64     `json:"order,omitempty"`
	Number string    `json:"number,omitempty"`
	Lane   string    `json:"lane,omitempty"`  // where it goes back; empty: the order's, which may have gone from the config
	Amount money.Fen `json:"amount_fen"`      // 0: all that is left
	Reason string    `json:"reason"`          // 40 characters at most; slip and journal have it
	Staff  string    `json:"staff,omitempty"` // who at the till asks for it, by name; it gives them no right
	// Approval is a supervisor's, where the sum takes one.
	Approval *Approval `json:"approval,omitempty"`
}

// Approval is a supervisor's consent: name and PIN of who is on the spot, or the
// digits that somebody elsewhere made of the request's text. It is bound to the
// order, the operation and the sum, and used up by it.
type Approval struct {
	Request string `json:"request,omitempty"` // as ApprovalNeeded has it; a PIN may come without one
	Name    string `json:"name,omitempty"`
	PIN     string `json:"pin,omitempty"`
	Code    string `json:"code,omitempty"`
}

// ApprovalNeeded is what a refund waits for.
type ApprovalNeeded struct {
	Request string    `json:"request"`
	Text    string    `json:"text"`   // shown as a QR code, for a supervisor who is elsewhere
	People  int       `json:"people"` // who have yet to approve
	Amount  money.Fen `json:"amount_fen"`
	ForS    int64     `json:"for_s"` // so many seconds more
}

// Device is one thing on a wire, as the technician's page has it.
type Device struct {
	Name  string `json:"name"`
	What  string `json:"what"`
	State string `json:"state"`
	Text  string `json:"text,omitempty"`
}

// Task is something that a person has to look at, or may have to once it is old enough.
type Task struct {
	What   string    `json:"what"` // "frozen", "unknown", "refund-stuck", …
	Text   string    `json:"text,omitempty"`
	Key    int64     `json:"key"`             // of the order, refund or shift, or the task itself
	Order  int64     `json:"order,omitempty"` // the order's, also of a refund's
	Number string    `json:"number,omitempty"`
	Lane   string    `json:"lane,omitempty"`
	Amount money.Fen `json:"amount_fen,omitempty"`
	AgeS   int64     `json:"age_s"` // as far as the clocks can tell
}

// Problem is why something was not done (RFC 9457), in words for people beside.
type Problem struct {
	Type     string `json:"type"`
	Title    string `json:"title"`
	TitleZh  string `json:"title_zh"`
	Status   int    `json:"status"`
	Detail   string `json:"detail,omitempty"`
	Cause    string `json:"cause"` // for programs; it stays the same
	Money    string `json:"money"` // whether anything was charged or given back
	MoneyZh  string `json:"money_zh"`
	Next     string `json:"next"` // what to do
	NextZh   string `json:"next_zh"`
	Instance string `json:"instance,omitempty"` // the order, where there is one

	Approval *ApprovalNeeded `json:"approval,omitempty"` // cause "approval": what has to be approved
}

// Error is the problem in one line.
func (p *Problem) Error() string {
	text := fmt.Sprintf("%s (%s)", p.Title, p.Cause)
	if p.Detail != "" {
		text += ": " + p.Detail
	}
	return text + ". " + p.Money + ". " + p.Next
}
