package words

import (
	"time"

	"tillgate/store/money"
)

// Why nothing was begun about a deposit, or what became of it that no screen
// stands for.
const (
	TellHoldNone     Key = "hold-none"     // no deposit of this device has that number
	TellHoldNever    Key = "hold-never"    // the lane, or the merchant, takes no deposits
	TellHoldWay      Key = "hold-way"      // not in that way: by payment code, or by QR code
	TellHoldRoom     Key = "hold-room"     // a deposit of that room has no final word yet
	TellHoldInstead  Key = "hold-instead"  // the deposit in whose place it is to come is another room's
	TellHoldScan     Key = "hold-scan"     // the guest's code is waited for
	TellHoldHigh     Key = "hold-high"     // more than is still held
	TellHoldMoving   Key = "hold-moving"   // a capture or release of it has no final word yet
	TellHoldCaptured Key = "hold-captured" // its network lets nothing more be captured
	TellHoldWhole    Key = "hold-whole"    // only all of it can be released
	TellHoldNotHeld  Key = "hold-not-held" // it is not held, or not any more
	TellHoldMany     Key = "hold-many"     // there are no more numbers
	TellHoldBooks    Key = "hold-books"    // its merchant's name stands for another account now
	TellHoldUnbooked Key = "hold-unbooked" // the disk refuses: nothing was sent
	TellHoldLater    Key = "hold-later"    // the disk refuses the outcome
	TellHoldLapsed   Key = "hold-lapsed"   // the network has given back what was left
	TellHoldUnsure   Key = "hold-unsure"   // its record was damaged: nothing of it moves on this device

	// Of deposits of the site's other agents.
	TellHoldAbroad    Key = "hold-abroad"     // another terminal has it: it is taken over first
	TellHoldHere      Key = "hold-here"       // this device has a record of it already
	TellHoldOtherShop Key = "hold-other-shop" // no merchant of this device has its account
	TellHoldUnheard   Key = "hold-unheard"    // its network has not said what is held
	TellHoldNotThere  Key = "hold-not-there"  // its network has no such deposit, or another
	TellHoldOver      Key = "hold-over"       // nothing of it is held any more
	TellHoldAway      Key = "hold-away"       // another terminal could not be asked
	TellHoldNobody    Key = "hold-nobody"     // no terminal of the site has it
)

// DepositPhase is where a deposit stands, as people see it.
type DepositPhase string

// The phases of deposits.
const (
	DepositReady    DepositPhase = "ready"      // the guest's payment code is waited for
	DepositScanUs   DepositPhase = "scan-us"    // our QR code is shown
	DepositAsking   DepositPhase = "asking"     // the network is asked to hold it
	DepositPassword DepositPhase = "password"   // it is the guest's turn
	DepositChecking DepositPhase = "checking"   // the answer was lost: it is asked about
	DepositBack     DepositPhase = "going-back" // it is given up
	DepositRefused  DepositPhase = "refused"    // nothing is held
	DepositHeld     DepositPhase = "held"
	DepositMoving   DepositPhase = "moving"   // a capture or release is under way: see Move
	DepositSettled  DepositPhase = "settled"  // nothing is held any more: captured, released, or both
	DepositLapsed   DepositPhase = "lapsed"   // its life is over: the network gave back what was left
	DepositMismatch DepositPhase = "mismatch" // the network holds what is not ours: a person looks
	DepositUnbooked DepositPhase = "unbooked" // the disk refuses what the network said
)

// DepositPhases are all of them, in the order in which a deposit may meet them.
func DepositPhases() []DepositPhase {
	return []DepositPhase{DepositReady, DepositScanUs, DepositAsking, DepositPassword, DepositChecking, DepositBack, DepositRefused,
		DepositHeld, DepositMoving, DepositSettled, DepositLapsed, DepositMismatch, DepositUnbooked}
}

// Over tells whether nothing more comes of it by itself while a guest waits.
func (p DepositPhase) Over() bool {
	switch p {
	case DepositRefused, DepositHeld, DepositSettled, DepositLapsed, DepositMismatch:
		return true
	}
	return false
}

// MovePhase is where a capture or a release stands.
type MovePhase string

// The phases of captures and releases.
const (
	MoveAsking   MovePhase = "asking"   // the network is asked, or will be
	MoveAccepted MovePhase = "accepted" // the network has taken it on
	MoveStuck    MovePhase = "stuck"    // it goes no further until a person acts; it is still asked about
	MoveDone     MovePhase = "done"
	MoveRefused  MovePhase = "refused" // nothing moved, but for Other
)

// What a move does, as entries have it.
const (
	MoveCapture = "capture"
	MoveRelease = "release"
)

// Deposit is what a page, a slip or a program shows of a deposit. All sums are
// in fen; Held = Captured + Released + Left, by the network's own totals as far
// as it was asked.
type Deposit struct {
	Phase   DepositPhase `json:"phase"`
	Key     int64        `json:"key,omitempty"` // in the journal; 0: a draft
	Lane    string       `json:"lane"`          // that follows it
	Number  string       `json:"number,omitempty"`
	Room    string       `json:"room,omitempty"`
	Title   string       `json:"title,omitempty"`
	Ref     string       `json:"ref,omitempty"` // the caller's own number, or the order in whose visit it was taken
	Network string       `json:"network,omitempty"`
	Wallet  string       `json:"wallet,omitempty"`
	Voucher string       `json:"voucher,omitempty"` // the network's number, as the guest's wallet shows it
	By      string       `json:"by,omitempty"`      // who took it
	Instead int64        `json:"instead,omitempty"` // of a draft: the deposit that is released once this one is held; 0: none

	Amount   money.Fen `json:"amount"`             // what was asked for
	Held     money.Fen `json:"held,omitempty"`     // what was held at its beginning
	Captured money.Fen `json:"captured,omitempty"` // also where it was refunded since
	Released money.Fen `json:"released,omitempty"`
	Left     money.Fen `json:"left,omitempty"`     // is still held
	Credit   money.Fen `json:"credit,omitempty"`   // of what was held, what no money was frozen for: the guest's credit stands for it
	Refunded money.Fen `json:"refunded,omitempty"` // of what was captured, what counts as gone back; of a list only

	At      time.Time `json:"at,omitzero"`      // when it was held; of one that is not, when it was asked for
	Expires time.Time `json:"expires,omitzero"` // by the network's clock: from here on it may be gone; zero: its network does not say
	Days    int       `json:"days,omitempty"`   // whole days until then, at least 0

	Code    string       `json:"code,omitempty"` // the network's, for the manager and the technician
	Text    string       `json:"text,omitempty"` // the network's words for the guest
	Stuck   bool         `json:"stuck,omitempty"`
	Differs bool         `json:"differs,omitempty"` // the network's totals were not ours: a person looks; the sums are the network's
	Site    *DepositSite `json:"site,omitempty"`    // whose it was before it was taken over; nil: it was taken here
	Move    *DepositMove `json:"move,omitempty"`    // the newest, nil: none yet
	QR      []QR         `json:"qr,omitempty"`      // what the guest's phone may scan now
	Can     DepositCan   `json:"can"`
	Trouble []string     `json:"trouble,omitempty"` // outputs that did not happen, in English
}

// DepositSite is how a deposit stood at another terminal of the site when it was
// taken over from there, and what its network said then.
type DepositSite struct {
	From        string    `json:"from"` // the terminal, as people call it
	Lane        string    `json:"lane,omitempty"`
	Captured    money.Fen `json:"captured,omitempty"` // as that terminal had it
	Released    money.Fen `json:"released,omitempty"`
	NetCaptured money.Fen `json:"net_captured,omitempty"` // by the network's totals, which count
	NetReleased money.Fen `json:"net_released,omitempty"`
	Differs     bool      `json:"differs,omitempty"` // the two are not the same
}

// DepositMove is a capture or a release as it is shown.
type DepositMove struct {
	What   string    `json:"what"` // MoveCapture, MoveRelease
	Number string    `json:"number"`
	Amount money.Fen `json:"amount"`
	Rest   money.Fen `json:"rest,omitempty"` // of a capture: what goes back with it, or went
	Phase  MovePhase `json:"phase"`
	Code   string    `json:"code,omitempty"`
	Text   string    `json:"text,omitempty"`
	Other  money.Fen `json:"other,omitempty"` // of one that is refused: what moved under its number all the same
	Reason string    `json:"reason,omitempty"`
	By     string    `json:"by,omitempty"`
}

// DepositCan is what may be done with a deposit now: which buttons there are,
// and what is read before one is pressed.
type DepositCan struct {
	Capture  bool `json:"capture,omitempty"`
	Release  bool `json:"release,omitempty"`
	Part     bool `json:"part,omitempty"`      // of a release: a part may go while the rest stays held
	RestGoes bool `json:"rest_goes,omitempty"` // a capture is final: the rest goes back with it, wanted or not
	Refund   bool `json:"refund,omitempty"`    // something was captured and can go back
	Cancel   bool `json:"cancel,omitempty"`    // it is not held yet and can be given up
}

// DepositAct is what a slip or a phrase of a deposit is about.
type DepositAct string

// The acts.
const (
	ActHold    DepositAct = "hold"
	ActCapture DepositAct = "capture"
	ActRelease DepositAct = "release"
)

// VisitNote is what an order's note at its network says of the deposit that is taken
// in the same visit.
func VisitNote(deposit money.Fen) string { return "另收押金 " + deposit.String() + " 元" }
