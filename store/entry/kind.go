package entry

import (
	"fmt"

	"tillgate/store/money"
)

// Kind says what happened. Numbers are for ever: a journal is read years later.
type Kind uint16

// The kinds. Numbers leave room for the families that follow: 1 device, 20
// orders, 60 holds, 90 passages, 120 shifts.
const (
	Started   Kind = 1  // the agent began
	Damaged   Kind = 2  // an epoch began because the one before was lost or damaged
	Salvaged  Kind = 3  // an entry of a damaged epoch, as far as it could be read
	Opened    Kind = 20 // an order: somebody owes an amount on a lane
	Asked     Kind = 21 // the intent: a network is about to be asked for the money
	Heard     Kind = 22 // a network's answer that was told to people and is not final
	Returning Kind = 23 // the attempt is on its way back, and never forward again
	Ended     Kind = 24 // the attempt is final and no money stayed
	Settled   Kind = 25 // the attempt is paid and taken; slip, voice and gate follow from it
	Frozen    Kind = 26 // a verified success that is not ours: a manager decides
	Cancelled Kind = 27 // the order ended without being paid
	Outputs   Kind = 28 // what became of slips, voices and gates
	Repeated  Kind = 29 // an undo was tried again after a start: counted, so that it is capped
	Inherited Kind = 30 // an order of the damaged epoch that was not final
	Task      Kind = 31 // a person has to look at it
	TaskDone  Kind = 32 // and has

	RefundAsked     Kind = 33 // the intent of a refund, an object of its own: a part of a settled order is about to go back
	RefundHeard     Kind = 34 // an answer to it that was told to people and is not final
	RefundDone      Kind = 35 // it has gone back; slip and voice follow from it
	RefundRefused   Kind = 36 // nothing more goes back under its number
	RefundInherited Kind = 37 // a refund of the damaged epoch that was not final

	HoldAsked     Kind = 60 // the intent of a deposit, an object of its own: a network is about to be asked to hold an amount
	HoldHeard     Kind = 61 // an answer to it, or to a move of it, that was told to people and is not final
	HoldPlaced    Kind = 62 // so much is held; slip and voice follow from it
	HoldReturning Kind = 63 // it is given up, and never held
	HoldEnded     Kind = 64 // it was never held, or is not ours
	MoveAsked     Kind = 65 // the intent of a capture or a release
	MoveDone      Kind = 66 // and it has been carried out; slip and voice follow from it
	MoveRefused   Kind = 67 // or nothing more moves under its number
	HoldSeen      Kind = 68 // the network's totals are others than ours
	HoldInherited Kind = 69 // a deposit of the damaged epoch that may still be held
	HoldAdopted   Kind = 70 // a deposit of another of the site's agents, which goes on here too; its body is a HoldInheritedBody

	ShiftOn    Kind = 120 // somebody is on duty, on some lanes or all
	ShiftOff   Kind = 121 // and is no more
	HandedOver Kind = 122 // and has counted and handed over

	PersonSet     Kind = 130 // a person is there, or is another than before
	PersonGone    Kind = 131 // a person has left
	SignedIn      Kind = 132 // somebody typed a right PIN
	SignInRefused Kind = 133 // or a wrong one: counted, so that it is slowed and locked
	SignedOut     Kind = 134 // a session ended
	Activation    Kind = 135 // a one-time link was shown, to set a PIN with
	RightsTaken   Kind = 136 // the cloud's document says who may do what
	PINSet        Kind = 137 // a person has a new PIN

	Approved   Kind = 140 // a supervisor approved it
	SettingSet Kind = 145 // a setting was changed on the device
	Exported   Kind = 146 // somebody took records away
	Override   Kind = 147 // somebody set a rule aside
	Decided    Kind = 148 // a person decided what a machine cannot
	Requested  Kind = 150 // a caller's key, so that a repeated request does nothing twice
	Told       Kind = 151 // a program had a lane show, print or say something of its own
)

var kindNames = map[Kind]string{
	Started: "started", Damaged: "damaged", Salvaged: "salvaged",
	Opened: "opened", Asked: "asked", Heard: "heard", Returning: "returning", Ended: "ended", Settled: "settled",
	Frozen: "frozen", Cancelled: "cancelled", Outputs: "outputs", Repeated: "repeated", Inherited: "inherited",
	Task: "task", TaskDone: "task done",
	RefundAsked: "refund asked", RefundHeard: "refund heard", RefundDone: "refund done", RefundRefused: "refund refused",
	RefundInherited: "refund inherited",
	HoldAsked:       "hold asked", HoldHeard: "hold heard", HoldPlaced: "hold placed", HoldReturning: "hold returning", HoldEnded: "hold ended",
	MoveAsked: "move asked", MoveDone: "move done", MoveRefused: "move refused", HoldSeen: "hold seen", HoldInherited: "hold inherited",
	HoldAdopted: "hold adopted",
	ShiftOn:     "shift on", ShiftOff: "shift off", HandedOver: "handed over",
	PersonSet: "person set", PersonGone: "person gone", SignedIn: "signed in", SignInRefused: "sign-in refused", SignedOut: "signed out",
	Activation: "activation", RightsTaken: "rights taken", PINSet: "pin set",
	Approved: "approved", SettingSet: "setting set", Exported: "exported", Override: "override", Decided: "decided", Requested: "requested", Told: "told",
}

// String is the kind's name as journals print it.
func (k Kind) String() string {
	if name, ok := kindNames[k]; ok {
		return name
	}
	return fmt.Sprintf("kind %d", uint16(k))
}

// BeginsHold tells whether an object that begins with such an entry is a deposit.
func (k Kind) BeginsHold() bool { return k == HoldAsked || k == HoldInherited || k == HoldAdopted }

// StartedBody is a life of the agent.
type StartedBody struct {
	Version string `json:"v"`
	Boot    string `json:"b"` // the kernel's boot id
	Random  int    `json:"r"` // the five digits of this start's numbers
}

// DamagedBody says what was lost when an epoch began.
type DamagedBody struct {
	Was        int64  `json:"was"`  // the epoch before, 0 when even that is unknown
	Why        string `json:"why"`  // what found it
	Readable   int    `json:"ok"`   // entries that could be read
	Unreadable int    `json:"lost"` // entries known to have been there and lost, at least
	Aside      string `json:"file"` // name that the damaged file now has
}

// SalvagedBody wraps an entry of the damaged epoch.
type SalvagedBody struct {
	Epoch   int64  `json:"e"`
	Seq     Seq    `json:"s"`
	Wall    int64  `json:"w"`
	Mono    int64  `json:"m"`
	Trust   Trust  `json:"t,omitempty"`
	Kind    Kind   `json:"k"`
	Key     Seq    `json:"o"`
	Prev    Seq    `json:"p,omitempty"`
	Body    []byte `json:"b"`
	Chained bool   `json:"c"` // its hash still fits its neighbours'
}

// OpenedBody is an order.
type OpenedBody struct {
	Lane   string    `json:"l"`
	Amount money.Fen `json:"a"`
	Title  string    `json:"t,omitempty"` // what it is for, in the shop's words
	Ref    string    `json:"r,omitempty"` // the caller's own number
	Full   money.Fen `json:"f,omitempty"` // of the amount, what takes part in no discount

	Deposit money.Fen `json:"d,omitempty"` // that is taken in the same visit, once the order is paid
}

// AskedBody is an intent.
type AskedBody struct {
	Number   string `json:"n"` // the attempt's 24 digits
	Merchant string `json:"m"`
	Network  string `json:"w"`           // "wechat", …
	Code     []byte `json:"c,omitempty"` // keyed hash of the payment code, 8 bytes
	Way      string `json:"y,omitempty"` // "qr", "cash", "card"; empty: a payment code that we scanned
	Account  string `json:"h,omitempty"` // a mark of the account that the merchant was set up with, 16 hex digits; empty: not known
}

// HeardBody is an answer that is not final; it changes what the screen says.
type HeardBody struct {
	Number string `json:"n"`
	State  uint8  `json:"s"` // pay.State: unknown or waiting
	Code   string `json:"c,omitempty"`
}

// ReturningBody says why an attempt goes back.
type ReturningBody struct {
	Number string `json:"n"`
	Why    string `json:"y"` // "patience", "clerk", "replaced", "gone", "expired", "code", "cash", "card", "paid", "frozen"
}

// EndedBody is an attempt's end without money.
type EndedBody struct {
	Number string    `json:"n"`
	State  uint8     `json:"s"` // pay.State: declined, not sent, absent or returned
	Code   string    `json:"c,omitempty"`
	Text   string    `json:"t,omitempty"` // the network's words for the payer
	Amount money.Fen `json:"a,omitempty"` // what had been paid and went back, when that is known
	Refund string    `json:"r,omitempty"` // number of the refund that it went back through, where no undo did
}

// SettledBody is an attempt's money.
type SettledBody struct {
	Number  string    `json:"n"`
	Amount  money.Fen `json:"a"`           // what the payer's order was for
	Settled money.Fen `json:"f"`           // what the merchant receives
	Network string    `json:"x,omitempty"` // the network's number
	PaidAt  int64     `json:"p,omitempty"` // Unix s, the network's clock
	Given   money.Fen `json:"h,omitempty"` // cash handed over, change included
	Gate    bool      `json:"g,omitempty"` // this is the durable reason to open the lane's gate
	Wallet  string    `json:"k,omitempty"` // whose money it was, where the network takes several wallets'
	Staff   string    `json:"s,omitempty"` // of cash and a card: whose word it is, a person's id or a program's name
}

// FrozenBody is a success that is not ours.
type FrozenBody struct {
	Number string    `json:"n"`
	Code   string    `json:"c"`
	Amount money.Fen `json:"a,omitempty"` // what the network says was paid
}

// CancelledBody ends an order.
type CancelledBody struct {
	Why string `json:"y"` // "clerk", "replaced", "gone"
}

// OutputsBody says what became of outputs.
type OutputsBody struct {
	Of []Output `json:"o"`
}

// Output is one slip, voice or gate pulse.
type Output struct {
	What   string `json:"w"` // "slip", "voice", "gate"
	Result string `json:"r"` // "done", "held", "started", "failed", "dropped"
	Copy   int    `json:"n,omitempty"`
}

// RepeatedBody counts what was tried again after a start.
type RepeatedBody struct {
	Number string `json:"n,omitempty"`
	What   string `json:"w"` // "undo", "slip", "gate"
	Times  int    `json:"i"`
}

// InheritedBody is an order of the damaged epoch that was not final: everything
// that is needed to ask its network again. Fields that could not be read are empty.
type InheritedBody struct {
	Epoch int64 `json:"e"`
	Key   Seq   `json:"o"`
	OpenedBody
	AskedBody
	Asked     int64 `json:"at,omitempty"` // Unix ms
	Returning bool  `json:"back,omitempty"`
}

// TaskBody is something that a person has to look at.
type TaskBody struct {
	What string `json:"w"` // a key of the catalogue of words, "undo-capped", "gate-ask", "inherited"
	Text string `json:"t,omitempty"`
}
