package entry

import (
	"fmt"
	"strings"

	"tillgate/store/money"
)

// A deposit is an object of its own: money that a network holds for us, from the
// wish to its end, with the captures and releases of it, one after the other. The
// room is personal: it stands in Private of the intent, as a HoldGuest.

// HoldAskedBody is the intent of a deposit: a network is about to be asked to
// hold an amount.
type HoldAskedBody struct {
	Number   string    `json:"n"` // the deposit's 24 digits, which its slips bear
	Amount   money.Fen `json:"a"`
	Lane     string    `json:"l"` // that takes it; the newest MoveAsked says who follows it from there on
	Merchant string    `json:"m"`
	Network  string    `json:"w"`            // "wechat", …
	Code     []byte    `json:"c,omitempty"`  // keyed hash of the payment code, 8 bytes
	Way      string    `json:"y,omitempty"`  // "qr"; empty: a payment code that we scanned
	Title    string    `json:"t,omitempty"`  // what it is for, in the shop's words
	Ref      string    `json:"r,omitempty"`  // the caller's own number, or the order in whose visit it was taken
	Room     []byte    `json:"rm,omitempty"` // keyed hash of the room, 8 bytes; empty: none was given
	Instead  Seq       `json:"i,omitempty"`  // the deposit that is released once this one is held
	Staff    string    `json:"s,omitempty"`  // in the networks' operator fields
	By       string    `json:"b,omitempty"`  // who asked for it, as the slip says it
	Account  string    `json:"h,omitempty"`  // as in AskedBody
}

// HoldGuest are the personal fields of a HoldAskedBody.
type HoldGuest struct {
	Room string `json:"room"`
}

// RoomKey is what a room's keyed hash is made of, however the room is written;
// empty: there is none.
func RoomKey(room string) string {
	if room = strings.ToUpper(strings.Join(strings.Fields(room), "")); room == "" {
		return ""
	}
	return "room " + room
}

// HoldHeardBody is an answer that is not final, to the deposit itself or to a
// move of it; it changes what people are told.
type HoldHeardBody struct {
	Number string `json:"n"` // the deposit's, or the move's
	State  uint8  `json:"s"` // pay.State: waiting or unknown; paid of a deposit on its way back
	Code   string `json:"c,omitempty"`
	Stuck  bool   `json:"f,omitempty"` // it goes no further until a person acts
}

// HoldPlacedBody is money that is held, and what its network offers for it.
type HoldPlacedBody struct {
	Amount     money.Fen `json:"a"`
	Network    string    `json:"x,omitempty"`  // the network's number of it, as the wallet shows it
	Wallet     string    `json:"k,omitempty"`  // as in SettledBody
	Payer      string    `json:"u,omitempty"`  // whom captures have to name
	Credit     money.Fen `json:"cr,omitempty"` // of it, what the payer's credit stands for
	PaidAt     int64     `json:"p,omitempty"`  // Unix s, the network's clock: its life begins
	Expires    int64     `json:"e,omitempty"`  // Unix s, the network's clock: from here on it may be gone; 0: the network does not say
	Captures   int       `json:"q,omitempty"`  // how often a part may be captured; 0: any number of times
	RestGoes   bool      `json:"g,omitempty"`  // a capture is final: the rest goes back with it
	Unnumbered bool      `json:"z,omitempty"`  // a capture has no number at the network
	Parts      bool      `json:"d,omitempty"`  // a part may be released while the rest stays held
}

// HoldReturningBody says why a deposit that is not held yet is given up. From
// here on it is never held: what is found held goes back.
type HoldReturningBody struct {
	Why string `json:"y"` // "patience", "clerk", "expired"
}

// HoldEndedBody is the end of a deposit that was never held, or of one whose
// amount is not ours to move.
type HoldEndedBody struct {
	Number string    `json:"n"`
	State  uint8     `json:"s"` // pay.State: declined, not sent, absent or returned; mismatch: it is held all the same, and a person looks
	Code   string    `json:"c,omitempty"`
	Text   string    `json:"t,omitempty"` // the network's words for the payer
	Amount money.Fen `json:"a,omitempty"` // of a mismatch: what the network says is held
}

// What a move does.
const (
	Capture = "capture"
	Release = "release"
)

// MoveAskedBody is the intent of a capture or a release.
type MoveAskedBody struct {
	Number string    `json:"n"` // the deposit's and two digits: 51 to 80 of a capture, 81 to 98 of a release
	What   string    `json:"w"` // Capture, Release
	Amount money.Fen `json:"a"`
	Last   bool      `json:"e,omitempty"` // of a capture: what is left goes back with it; of a release: it is all that is left
	Lane   string    `json:"l"`           // that asked, and follows the deposit from here on
	Reason string    `json:"r,omitempty"` // in the shop's words
	Staff  string    `json:"s,omitempty"` // in the networks' operator fields
	By     string    `json:"b,omitempty"` // who asked for it, as the slip says it

	Instead Seq `json:"i,omitempty"` // of a release: the deposit that is held in its place
}

// MoveDoneBody is a move that the network has carried out.
type MoveDoneBody struct {
	Number  string    `json:"n"`
	Amount  money.Fen `json:"a"`           // what moved
	Rest    money.Fen `json:"d,omitempty"` // of a capture: what goes back with it
	Unseen  bool      `json:"u,omitempty"` // no totals have shown yet that Rest has gone: a HoldSeen follows that says so
	Network string    `json:"x,omitempty"` // the network's number of it
	At      int64     `json:"p,omitempty"` // Unix s, the network's clock
}

// MoveRefusedBody is the end of a move without what was asked for.
type MoveRefusedBody struct {
	Number string    `json:"n"`
	State  uint8     `json:"s"` // pay.State: declined, not sent or mismatch
	Code   string    `json:"c,omitempty"`
	Text   string    `json:"t,omitempty"` // the network's words
	Amount money.Fen `json:"a,omitempty"` // of a mismatch: what moved all the same, and counts as moved
}

// Why a network's totals were written down.
const (
	SeenExpired = "expired" // its life is over and the network has given back what was left
	SeenDiffers = "differs" // they are not ours: somebody else has moved it, or a record is lost
	SeenRest    = "rest"    // they are ours: what was to go back with a capture has gone
)

// HoldSeenBody is a network's totals of a deposit where they are not what the
// journal had until then, or prove what it had. They count from here on: the
// network has the money.
type HoldSeenBody struct {
	Captured money.Fen `json:"c"`
	Released money.Fen `json:"r"`
	Left     money.Fen `json:"l"`
	Why      string    `json:"y"` // SeenExpired, SeenDiffers, SeenRest
}

// Verified is what the network itself has said of single moves: what was captured,
// and what was released by a release, in fen. No totals may have less.
func Verified(moves []HoldMove) (captured, released money.Fen) {
	for _, m := range moves {
		switch m.State {
		case StatePaid:
			captured += m.Moved
		case StateReturned:
			released += m.Moved
		}
	}
	return captured, released
}

// HoldMove is a move as a summary has it.
type HoldMove struct {
	MoveAskedBody
	Asked   Seq       `json:"k,omitempty"` // its intent
	State   uint8     `json:"q,omitempty"` // pay.State of its outcome; 0: it has none
	Moved   money.Fen `json:"m,omitempty"` // what counts as moved: all of it until it is refused
	Rest    money.Fen `json:"d,omitempty"`
	Network string    `json:"x,omitempty"` // the network's number of it
	Outcome Seq       `json:"o,omitempty"` // the entry that ended it
	At      int64     `json:"t,omitempty"` // of the outcome: Unix ms
	Trust   Trust     `json:"u,omitempty"`
	Shift   Seq       `json:"h,omitempty"` // whose the outcome is
}

// Open tells whether a move has no final word.
func (m HoldMove) Open() bool { return m.Outcome == 0 }

// Taken is how many captures have taken something of a deposit, or may have.
func Taken(moves []HoldMove) (n int) {
	for _, m := range moves {
		if m.What == Capture && m.Moved > 0 {
			n++
		}
	}
	return n
}

// HoldSite is how a deposit of another of the site's agents stood there when this
// agent took it over, and what its network said then, which counts.
type HoldSite struct {
	From        string    `json:"f"`           // the agent, as people call it
	Lane        string    `json:"l,omitempty"` // that followed it there
	Captured    money.Fen `json:"c,omitempty"`
	Released    money.Fen `json:"r,omitempty"`
	NetCaptured money.Fen `json:"nc,omitempty"`
	NetReleased money.Fen `json:"nr,omitempty"`
	Captures    int       `json:"kc,omitempty"` // the highest number of a capture that was used there, from 1
	Releases    int       `json:"kr,omitempty"` // and of a release
	Rank        int       `json:"rk,omitempty"` // which of those that took it over this agent is, from 1; 0: an older release did not ask
}

// Of the 50 numbers that the refunds of a deposit's captures can have, whoever took the
// deposit has so many, and each agent that takes it over the next so many: two agents
// never give one number to two refunds, which some networks tell apart by it alone.
const (
	refundsOfOwner = 20
	refundsOfTaker = 10
)

// Refunds are the numbers that this agent gives to refunds of the deposit's captures:
// most of them, beginning after one. Of no other agent's deposit they are the first.
func (s *HoldSite) Refunds() (after, most int) {
	if s == nil || s.Rank <= 0 {
		return 0, refundsOfOwner
	}
	after = refundsOfOwner + (s.Rank-1)*refundsOfTaker
	return after, min(refundsOfTaker, max(Refunds-after, 0))
}

// Taker is which of the agents that took a deposit over this one is, from 1; 0: it took
// the deposit itself.
func (s *HoldSite) Taker() int {
	if s == nil {
		return 0
	}
	return max(s.Rank, 1)
}

// HoldInheritedBody is a deposit of the damaged epoch of which something was
// still held, or may be. Its network is asked before anything moves. Of a
// HoldAdopted it is the deposit as the network has it: Site says whose it was.
type HoldInheritedBody struct {
	Epoch     int64           `json:"ep"`
	Key       Seq             `json:"was"`
	Unsure    bool            `json:"un,omitempty"` // its intent was damaged and nothing confirms it: it is asked about, and nothing moves
	Asked     int64           `json:"at,omitempty"` // Unix ms of the intent
	Trust     Trust           `json:"tr,omitempty"` // of Asked
	Returning bool            `json:"back,omitempty"`
	Placed    *HoldPlacedBody `json:"pl,omitempty"` // nil: not known to be held
	Captured  money.Fen       `json:"cd,omitempty"`
	Released  money.Fen       `json:"rd,omitempty"`
	Resting   bool            `json:"rs,omitempty"` // of Released, the rest of the newest capture is not seen yet
	Moves     []HoldMove      `json:"mv,omitempty"`
	Site      *HoldSite       `json:"st,omitempty"` // of one that was taken over from another agent
	HoldAskedBody
}

// Moves of one deposit, at most; the last of the releases' numbers is the
// providers' own, for giving a deposit up.
const (
	Captures = 30
	Releases = 18

	firstCapture = 51
	firstRelease = 81
)

// CaptureNumber is the number of a deposit's n-th capture, from 1 to Captures.
func CaptureNumber(of string, n int) string { return fmt.Sprintf("%s%02d", of, firstCapture-1+n) }

// ReleaseNumber is the number of a deposit's n-th release, from 1 to Releases.
func ReleaseNumber(of string, n int) string { return fmt.Sprintf("%s%02d", of, firstRelease-1+n) }

// NextMove is the number of a deposit's next move of a kind: the one after the
// highest that UsedMoves has. A move that has ended before it was sent gives its
// number back, for no network knows it. ok is false where there is none left.
func NextMove(site *HoldSite, of, what string, moves []HoldMove) (number string, ok bool) {
	n := UsedMoves(site, what, moves) + 1
	if what == Capture {
		return CaptureNumber(of, n), n <= Captures
	}
	return ReleaseNumber(of, n), n <= Releases
}

// UsedMoves is the highest number of a kind of move, from 1, under which anything may
// have left this device, or had left another before the deposit was taken over. Site
// is nil of a deposit that was taken here.
func UsedMoves(site *HoldSite, what string, moves []HoldMove) (n int) {
	switch {
	case site == nil:
	case what == Capture:
		n = site.Captures
	default:
		n = site.Releases
	}
	for _, m := range moves {
		if m.What == what && m.State != StateNotSent {
			n = max(n, ordinal(m))
		}
	}
	return n
}

// ordinal is which of its kind a move is, from 1, as its number has it.
func ordinal(m HoldMove) int {
	first := firstCapture
	if m.What == Release {
		first = firstRelease
	}
	return twoDigits(m.Number) - first + 1
}

// twoDigits are those behind a deposit's number.
func twoDigits(number string) int {
	n := 0
	for _, c := range number[max(len(number)-2, 0):] {
		n = n*10 + int(c-'0')
	}
	return n
}

// Base is the order's or deposit's number of a number that may be that of one of its
// refunds, captures or releases. Any other text, such as a wallet's voucher, stays as it is.
func Base(number string) string {
	if of, _, err := MoveOf(number); err == nil {
		return of
	}
	if of, _, err := RefundOf(number); err == nil {
		return of
	}
	return number
}

// MoveOf takes a move's number apart: the deposit's, and what it does.
func MoveOf(number string) (of, what string, err error) {
	if len(number) != NumberDigits+2 || !IsNumber(number[:NumberDigits], "") || !allDigits(number) {
		return "", "", fmt.Errorf("%w: %q is no capture's or release's", ErrNumber, number)
	}
	of = number[:NumberDigits]
	switch n := twoDigits(number); {
	case n >= firstCapture && n < firstCapture+Captures:
		return of, Capture, nil
	case n >= firstRelease && n < firstRelease+Releases:
		return of, Release, nil
	}
	return "", "", fmt.Errorf("%w: %q is no capture's or release's", ErrNumber, number)
}
