// Package flow is what happens to people: an event comes in, a machine decides,
// the store commits, the effects go out, and their results come back as events.
// A machine touches nothing; a lane is one goroutine that folds, commits and
// routes. The package is not for talking to devices or networks: it sees them
// through the interfaces it declares.
package flow

import (
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// Machine is the fate of one object. Fold and Note build its state, Next
// decides on it without touching anything, Due says when Next wants a Tick.
type Machine interface {
	// Fold takes a committed entry. The same fold builds the state while running and at start.
	Fold(e entry.Entry)
	// Note takes what is known only in this life: what was sent, heard, tried. It
	// is never written, so that after a restart every pending effect means "perhaps".
	Note(n Note)
	// Next decides. It may be called again with the same event after newer entries were folded.
	Next(ev Event, now Now) Step
	// Due is the boot clock's millisecond at which Next wants a Tick; ok is false when it waits for nothing.
	Due() (mono int64, ok bool)
}

// Folded is a machine that has taken an object's entries.
func Folded[M Machine](m M, entries []entry.Entry) M {
	for _, e := range entries {
		m.Fold(e)
	}
	return m
}

// Note is a machine's own; the lane hands it back after the step's commit.
type Note any

// Woken is a note to a machine that was folded out of the journal while its lane
// runs: what it has to wait for counts from here, and nothing is printed again.
type Woken struct{ At entry.Stamp }

// Now is all that a machine may know of the moment.
type Now struct {
	entry.Stamp
	Number  string // a fresh attempt number, for at most one Asked
	Loop    Loop   // the lane's induction loop
	Current bool   // this object is the one its lane is busy with
	Role    Role   // of the lane

	Accounts map[string]string // as in Config
}

// Loop is what a lane knows of the car in front of it.
type Loop struct {
	Fitted   bool  // the lane has one
	Known    bool  // it has been read since the start
	Occupied bool  // by its last reading
	Since    int64 // ms of the boot clock: occupied at every reading since then
}

// Role says what a lane is for.
type Role string

// The roles that are built so far.
const (
	Cashier        Role = "cashier"
	DepositDesk    Role = "deposit"         // takes deposits and sells nothing
	CashierDeposit Role = "cashier+deposit" // both
	ParkingExit    Role = "parking-exit"
)

// Sells tells whether orders stand in front of such a lane.
func (r Role) Sells() bool { return r != DepositDesk }

// Holds tells whether deposits are taken on such a lane.
func (r Role) Holds() bool { return r == DepositDesk || r == CashierDeposit }

// Within are the roles that a lane of this one may be switched to, itself first.
func (r Role) Within() []Role {
	if r == CashierDeposit {
		return []Role{CashierDeposit, Cashier, DepositDesk}
	}
	return []Role{r}
}

// Event is something that happened: one of the types below.
type Event any

// Amount says that somebody owes a sum here now.
type Amount struct {
	Lane   string // filled in by the lane
	Amount money.Fen
	Title  string
	Ref    string    // the caller's own number
	Full   money.Fen // of the amount, what takes part in no discount; 0: all of it may
	Staff  string    // who is on duty, for the networks' operator fields

	// Deposit is asked for in the same visit: once the amount is paid, the lane waits
	// for the guest's code for it. It stands in the order's note at the network.
	Deposit money.Fen
	Room    string // of the deposit, as in DepositSpec
	By      string // of the deposit, as in DepositSpec

	// Request is the key of the program that asks; with one the order is durable at
	// once, and its key stands beside it.
	Request *entry.RequestedBody
}

// For is an event that is meant for one order: it happens only while that order
// is the one in front of its lane.
type For struct {
	Key entry.Seq
	Of  Event
}

// Code is a payment code that the lane has classified and routed to a merchant.
type Code struct {
	Text     pay.Secret
	Hash     []byte
	Merchant string
	Network  string
}

// Notice has the lane's customer display show a program's text while no order is
// in front of it.
type Notice struct {
	words.Notice
	For time.Duration
}

// Cancel is a person's wish to end the order (entry.ByClerk), or the lane's ("replaced", "gone").
type Cancel struct{ Why string }

// Become has the lane work in a role within its config's: at once while nobody
// stands in front of it, else as soon as that is so.
type Become struct{ Role Role }

// Answer is what an executor brought back from a network.
type Answer struct {
	Key    entry.Seq
	Do     Verb
	Number string
	Result pay.Result

	// Filled in by the lane, of a refund that has come to its end.
	Before money.Fen // what of its order had gone back before
	Known  bool      // that is known
}

// Word is the result as far as it is for a provider to say: that a number is absent,
// or that money has gone back, is a machine's own conclusion, and only what begins a
// payment or a deposit can be known not to have left. All else of the kind is Unknown.
func (a Answer) Word() pay.Result {
	r, begins := a.Result, a.Do == Charge || a.Do == Show || a.Do == Hold || a.Do == ShowHold
	if r.State == pay.Absent || r.State == pay.Returned || r.State == pay.NotSent && !begins {
		r.State = pay.Unknown
	}
	return r
}

// Put is what became of an output.
type Put struct {
	Key    entry.Seq
	Output entry.Output
	Why    string // for the log and the technician, in English
}

// Free says that a device which could not take an output in time can take one now.
type Free struct{ What string }

// LoopRead is a reading of the lane's loop.
type LoopRead struct{ Occupied bool }

// Restarted is the first event that a machine sees in a new life of the agent.
type Restarted struct {
	BootSince entry.Seq // first entry of this boot; readings of the boot clock in older ones cannot be compared with ours. 0: unknown
}

// Unbooked says that the disk refused what an event led to.
type Unbooked struct{ Of Event }

// Scanned is what a scanner read, whatever it is.
type Scanned struct{ Text pay.Secret }

// Ride asks for results of outputs that can share a commit which is being made anyway.
type Ride struct{}

// Tick says that the time given by Due has come.
type Tick struct{}

// Verb is what an effect does.
type Verb string

// The verbs of the networks, then those of the outputs.
const (
	Charge Verb = "charge"
	Query  Verb = "query"
	Undo   Verb = "undo"
	Show   Verb = "show" // a QR code

	Hold         Verb = "hold"
	ShowHold     Verb = "show-hold"
	QueryHold    Verb = "query-hold"
	UndoHold     Verb = "undo-hold"
	Capture      Verb = "capture"
	QueryCapture Verb = "query-capture"
	Release      Verb = "release"
	QueryRelease Verb = "query-release"

	AskRefund   Verb = "refund"
	QueryRefund Verb = "query-refund"

	Slip   Verb = "slip"
	Voice  Verb = "voice"
	Gate   Verb = "gate"
	Drawer Verb = "drawer"
)

// Effect is something to do in the world after the step's commit.
type Effect struct {
	Do      Verb
	Key     entry.Seq // the object's; filled in by the lane
	Attempt pay.Attempt
	Refund  pay.Refund // AskRefund, QueryRefund: of Attempt; its Of and Device are filled in on the way
	Move    pay.Move   // Capture, Release and their queries: of Attempt; its Of and Device are filled in on the way
	Code    pay.Secret // Charge, Hold
	Title   string     // Charge, Show and those of deposits: what the payer reads
	Full    money.Fen  // Charge, Show: as in Amount
	Note    string     // Charge, Show: the order's note at the network
	Staff   string     // Charge, Show: as in Amount
	Network string     // name of the network, for the timing of the call
	Receipt words.Receipt
	Copy    int       // Slip: above 0 it is a reprint
	Loose   bool      // Voice: what becomes of it is nobody's business: it is said now or never
	Reason  entry.Seq // Gate: the durable entry that is the reason; filled in by the lane

	Handover *words.Handover // Slip: of a shift's end, in place of Receipt
	Told     *words.Told     // Slip, Voice: of a program, in place of Receipt

	ready func() ask // Charge: its request, where it can be made before it leaves
}

// Stamped is an attempt with when it was asked for, as the journal has it. While
// the clock was not trusted nothing follows from a pay time that lies before it.
func Stamped(a pay.Attempt, at entry.Stamp) pay.Attempt {
	a.Stamp, a.Asked = time.UnixMilli(at.Wall), time.Time{}
	if at.Trust == entry.Trusted {
		a.Asked = a.Stamp
	}
	return a
}

// OtherAccount reports whether a merchant's name now stands for another account than
// the one given, or for none. Account is the mark that was recorded when this began;
// it is empty in what an older release has written, and then nothing is known.
func OtherAccount(merchant, account string, now Now) bool {
	return account != "" && now.Accounts[merchant] != account
}

// Step is a decision: what becomes durable, then what is done about it.
type Step struct {
	Key     entry.Seq // 0: a new object
	After   entry.Seq // the object's newest entry that it was decided on
	Entries []entry.Draft
	Done    bool      // nothing is left to do for the object after this
	Order   entry.Seq // of a new refund: its order's newest entry that it was decided on
	Notes   []Note
	Effects []Effect
	Then    Event     // for the lane, once all of it is durable
	Tell    words.Key // a passing line for the people at the lane, not about money
}

// Empty tells whether the step changes nothing.
func (s Step) Empty() bool {
	return len(s.Entries)+len(s.Notes)+len(s.Effects) == 0 && s.Tell == "" && s.Then == nil
}
