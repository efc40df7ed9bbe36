package sandbox

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Op is what a client asks for.
type Op string

// The operations.
const (
	Charge Op = "charge"
	Query  Op = "query"
	Undo   Op = "undo"

	Show         Op = "show" // an order whose link a phone scans
	Refund       Op = "refund"
	RefundQuery  Op = "refund-query"
	Certificates Op = "certificates"
)

// The operations of deposits.
const (
	Hold         Op = "hold"       // by a payment code
	HoldQuery    Op = "hold-query" // what the deposit has come to
	HoldUndo     Op = "hold-undo"
	ShowHold     Op = "show-hold" // a deposit whose link a phone scans
	Capture      Op = "capture"
	CaptureQuery Op = "capture-query" // by a number of the capture's own, where the network has one
	Release      Op = "release"
	ReleaseQuery Op = "release-query" // likewise
)

// What the payer does.
const (
	Pays          = "pays"           // at once
	Password      = "password"       // is asked for it and enters it After (8 s)
	PasswordNever = "password-never" // is asked for it, puts the phone away After (10 s) and never pays
	PasswordFails = "password-fails" // is asked for it and fails for good After (8 s)
	NoMoney       = "no-money"
	Coupon        = "coupon" // at once, with a coupon of one fen at the merchant's expense
	Race          = "race"   // has scanned a link, or is asked for his password, and pays in the moment in which the order is undone
)

// What the network does.
const (
	LostBefore        = "lost-before"         // the connection ends, nothing was done
	LostAfter         = "lost-after"          // it was done, then the connection ends
	Slow              = "slow"                // it is done and answered After (8 s)
	Late              = "late"                // "system error", and the money moves After (5 s)
	Hidden            = "hidden"              // the connection ends, and the charge arrives After (5 s)
	BadGateway        = "bad-gateway"         // nothing was done: HTML 502
	BadGatewayAfter   = "bad-gateway-after"   // it was done: HTML 502
	SystemErrorBefore = "system-error-before" // nothing was done: "system error"
	SystemErrorAfter  = "system-error-after"  // it was done: "system error"
	WrongSignature    = "wrong-signature"     // it was done, and the answer is signed with another key
	NoSignature       = "no-signature"        // it was done, and the answer is not signed
	WrongAmount       = "wrong-amount"        // a fen more than asked for, also in the books
	WrongMerchant     = "wrong-merchant"      // the answer names another merchant
	WrongNumber       = "wrong-number"        // the answer names another number
	WrongTime         = "wrong-time"          // the answer says that it was paid an hour before
	Twice             = "twice"               // the answer comes two times on one connection
	Garbage           = "garbage"             // it was done; Code says what comes: see Garbages
	Failed            = "error"               // nothing was done: the documented error Code
	UndoAgain         = "undo-again"          // Times (2) undos are answered with "call again"
	UndoLies          = "undo-lies"           // Times (1) undos are answered with success and do nothing
	UnknownSerial     = "unknown-serial"      // it was done, and the answer names a key that nobody has heard of, where answers name one
	KeyRotated        = "key-rotated"         // it was done, and the answer is signed with a key that is new and good, where the network has such
	RateLimit         = "rate-limit"          // nothing was done: the documented error of who asks too often
	Stale             = "stale"               // it was done, and the answer was signed ten minutes ago, where answers say when
	Abnormal          = "refund-abnormal"     // the refund is taken on and does not reach the payer: a person has to see to it
	ComesBack         = "refund-comes-back"   // the refund is taken on and comes to nothing
)

type param uint8

const (
	paramNone param = iota
	paramAfter
	paramTimes
	paramCode
)

// behaviours are the kinds, what follows their colon, and what it is when nothing does.
var behaviours = map[string]struct {
	param param
	payer bool
	usual Behaviour
}{
	Pays:          {payer: true},
	Password:      {param: paramAfter, payer: true, usual: Behaviour{After: 8 * time.Second}},
	PasswordNever: {param: paramAfter, payer: true, usual: Behaviour{After: 10 * time.Second}},
	PasswordFails: {param: paramAfter, payer: true, usual: Behaviour{After: 8 * time.Second}},
	NoMoney:       {payer: true},
	Coupon:        {payer: true},
	Race:          {payer: true},

	LostBefore:        {},
	LostAfter:         {},
	Slow:              {param: paramAfter, usual: Behaviour{After: 8 * time.Second}},
	Late:              {param: paramAfter, usual: Behaviour{After: 5 * time.Second}},
	Hidden:            {param: paramAfter, usual: Behaviour{After: 5 * time.Second}},
	BadGateway:        {},
	BadGatewayAfter:   {},
	SystemErrorBefore: {},
	SystemErrorAfter:  {},
	WrongSignature:    {},
	NoSignature:       {},
	WrongAmount:       {},
	WrongMerchant:     {},
	WrongNumber:       {},
	WrongTime:         {},
	Twice:             {},
	Garbage:           {param: paramCode, usual: Behaviour{Code: "html"}},
	Failed:            {param: paramCode, usual: Behaviour{Code: "SYSTEMERROR"}},
	UndoAgain:         {param: paramTimes, usual: Behaviour{Times: 2}},
	UndoLies:          {param: paramTimes, usual: Behaviour{Times: 1}},
	UnknownSerial:     {},
	KeyRotated:        {},
	RateLimit:         {},
	Stale:             {},
	Abnormal:          {},
	ComesBack:         {},
}

// Behaviour is what a payer or the network does with one request, or with all
// that belong to one payment code. The zero Behaviour is to do everything right.
type Behaviour struct {
	Kind  string
	After time.Duration
	Times int
	Code  string
}

// Kinds are the names of all behaviours.
func Kinds() []string {
	var names []string
	for name := range behaviours {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// ParseBehaviour reads "password", "password:40s", "undo-again:3", "error:NOTENOUGH".
func ParseBehaviour(text string) (Behaviour, error) {
	kind, arg, given := strings.Cut(text, ":")
	entry, ok := behaviours[kind]
	if !ok {
		return Behaviour{}, fmt.Errorf("behaviour %q is not one of %s", kind, strings.Join(Kinds(), " "))
	}
	b := entry.usual
	b.Kind = kind
	if !given {
		return b, nil
	}
	var err error
	switch entry.param {
	case paramNone:
		err = fmt.Errorf("takes no %q", arg)
	case paramAfter:
		b.After, err = time.ParseDuration(arg)
	case paramTimes:
		b.Times, err = strconv.Atoi(arg)
	case paramCode:
		b.Code = arg
	}
	switch {
	case err != nil:
	case b.After < 0 || entry.param == paramTimes && b.Times < 1:
		err = fmt.Errorf("%q is too little", arg)
	case kind == Garbage && !slices.Contains(garbageNames, arg):
		err = fmt.Errorf("%q is not one of %s", arg, strings.Join(Garbages(), " "))
	case entry.param == paramCode && arg == "":
		err = errors.New("its code is missing")
	}
	if err != nil {
		return Behaviour{}, fmt.Errorf("behaviour %s: %w", kind, err)
	}
	return b, nil
}

// Do is ParseBehaviour for texts of a program's own; a mistake panics.
func Do(text string) Behaviour {
	b, err := ParseBehaviour(text)
	if err != nil {
		panic(err)
	}
	return b
}

// String writes the behaviour as ParseBehaviour reads it.
func (b Behaviour) String() string {
	switch behaviours[b.Kind].param {
	case paramAfter:
		return b.Kind + ":" + b.After.String()
	case paramTimes:
		return b.Kind + ":" + strconv.Itoa(b.Times)
	case paramCode:
		return b.Kind + ":" + b.Code
	case paramNone:
	}
	if b.Kind == "" {
		return Pays
	}
	return b.Kind
}

// Doing is how a request goes, by everybody who has a say in it.
type Doing struct {
	Network Behaviour // what the network does with this request
	Payer   Behaviour // what its payer does
	Undo    Behaviour // what becomes of undos of the order: UndoAgain or UndoLies, Times times
}

// OfPayer tells whether it is the payer who behaves so, and not the network.
func (b Behaviour) OfPayer() bool { return b.Kind == "" || behaviours[b.Kind].payer }
