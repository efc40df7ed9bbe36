// Package deposit is the machine of money that a network holds for us: from the
// wish over its intent to the network's word, then its captures and releases one
// after the other, until nothing is held any more. It decides and remembers; it
// touches nothing. What goes back of what was captured is a refund, and another
// machine's.
package deposit

import (
	"slices"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store/entry"
	"tillgate/store/money"
)

var _ flow.Depositing = (*Deposit)(nil)

// Deposit is one deposit.
type Deposit struct {
	rules Rules
	lane  string // on which this machine runs

	key, last entry.Seq
	asked     entry.HoldAskedBody
	at        entry.Stamp // of the intent
	room      string
	placed    *entry.HoldPlacedBody
	placedAt  entry.Stamp
	placedBy  entry.Seq // the entry that says so
	state     pay.State // of the deposit itself
	code      string
	text      string
	stuck     bool
	returning bool
	wasPaid   bool // a success was seen on the way back
	ended     bool
	unsure    bool // a damage has left it uncertain: nothing of it moves
	differs   bool
	lapsed    bool

	site *entry.HoldSite // of one that was taken over from another agent

	captured, released money.Fen
	resting            bool // no totals have shown yet that the rest of the newest capture has gone back
	moves              []entry.HoldMove
	heard              entry.HoldHeardBody // the newest word on the open move
	refused            map[string]entry.MoveRefusedBody
	owner              string // the lane that follows it
	act                words.DepositAct

	outputs  flow.Pending
	tasks    flow.Tasks
	warnings map[entry.Seq]bool // tasks for the machine itself to close when nothing is held any more; true: of its expiry, which the next one closes too
	kept     entry.Seq          // the task of a person who has been asked to release it, for another is held in its place; 0: none
	warned   int                // the fewest days of which was warned, 0: none
	doubted  entry.Seq          // the task of a person who has been asked why the totals differ, 0: none
	faulted  bool               // a person has been asked to look at what the network said
	gaveUp   bool               // an undo or a move was sent so often that a person has been asked
	repeated int                // starts after which something was sent again
	dropped  bool               // a manager has given the open move up: it is not sent any more

	life
	move moving
}

// life is what is known of the deposit itself in this life only; all times are ms
// of the boot clock.
type life struct {
	busy      flow.Verb // what is being asked right now
	since     int64     // patience counts from here: the intent, or the start of this life
	sentUntil int64     // the last moment at which the request may have been on its way
	heardAt   int64     // newest answer
	queries   int
	undos     int
	undoAt    int64 // newest undo's answer
	undone    bool  // an undo was carried out, or refused because the number is not known
	mustAsk   bool  // an undo has been answered and only a query can tell what it did
	earlier   bool  // it was begun in a life before this one
	mustCount bool  // something of an earlier life may have left: the next send is a repeat
	link      string
	until     int64 // the QR code is taken off the screen then
	watchAt   int64 // newest look at the totals and the calendar
	checkedAt int64 // newest answer about the totals
	behind    int   // answers in a row that had less than the network has said of single moves
	restSince int64 // a rest is waited for from here: its capture, or the start of this life
	unbooked  bool  // the disk has refused an answer
	now       entry.Stamp
	retries   flow.Retries
}

// moving is what is known of the open move in this life only.
type moving struct {
	mine    bool // its intent is of this life
	looked  bool // the network's totals were ours
	strange bool // the totals were not ours as it was to be sent again
	free    bool // the network does not know its number, which others may use too
	busy    flow.Verb
	since   int64
	sends   int
	sentAt  int64
	lostAt  int64 // of the newest send of which no word came: it may arrive yet; 0: there is none
	heardAt int64
	unknown bool // the network does not know it, by its newest answer
}

// Rules are what a machine has to know of networks.
type Rules struct {
	Timing func(network string) pay.Timing
	// Terms are what a merchant's network offers for the deposits of a wallet.
	Terms func(merchant, wallet string) pay.HoldTerms
}

const (
	startsMax  = 20               // restarts after which something is sent again; later ones only query it
	sendsMax   = 6                // sends of a move in one life without a result; then it needs manual action
	slowly     = 10 * time.Minute // between tries while something needs manual action
	behindMax  = 3                // stale totals in a row; then they need manual action
	restFor    = 10 * time.Minute // how long totals may still have the rest of a last capture as held; then they differ
	arrivesIn  = 30 * time.Second // how late an unanswered send may still arrive; a refusal before that is not final
	lookFor    = 30 * time.Second // how long an unsent move waits for the totals; then it is given up
	spokenFor  = 2 * time.Minute  // how long after the intent a result is still spoken; later nobody is there to hear it
	checkEvery = 6 * time.Hour    // between checks of the totals of what is held
	watchEvery = time.Hour        // between looks at the calendar, and at the totals of what should be over
)

// Absent needs all: the number unknown this long after the request may last have
// been sent, an undo answered, and the code's life over by this much.
const (
	absentSent = 15 * time.Second
	absentCode = 30 * time.Second
)

// The tasks of deposits; words has their texts.
const (
	undoCapped   = "hold-capped"
	moveCapped   = "move-capped"
	mismatched   = "hold-mismatch"
	moveOther    = "move-mismatch"
	totalsDiffer = "hold-differs"
	lapsedTask   = "hold-lapsed"
	notReleased  = "hold-rest"
	expires      = "hold-expires-" // and the days
)

// warnDays are how many days before its end people are told.
var warnDays = []int{7, 3, 1}

// The codes of what no network says.
const (
	notLooked = "no answer"
	differing = "totals differ"
	tooOften  = "too many tries"
	givenUp   = "given up"
)

// New makes an empty deposit for a lane.
func New(rules Rules, lane string) *Deposit {
	return &Deposit{rules: rules, lane: lane, refused: map[string]entry.MoveRefusedBody{}, warnings: map[entry.Seq]bool{}}
}

// Owner is the lane that follows the deposit.
func (d *Deposit) Owner() string { return d.owner }

// Pending tells whether nobody knows yet whether it is held, and somebody waits for it.
func (d *Deposit) Pending() bool { return d.unknown() && !d.returning }

// Left is what is held and not about to move.
func (d *Deposit) Left() money.Fen {
	if d.placed == nil || d.ended {
		return 0
	}
	left := d.placed.Amount - d.captured - d.released
	if m := d.open(); m != nil {
		left -= m.Amount
	}
	return max(left, 0)
}

// unknown tells whether the deposit itself has no final word.
func (d *Deposit) unknown() bool { return d.placed == nil && !d.ended && d.asked.Number != "" }

// open is the move without a final word, nil where there is none.
func (d *Deposit) open() *entry.HoldMove {
	i := slices.IndexFunc(d.moves, entry.HoldMove.Open)
	if i < 0 {
		return nil
	}
	return &d.moves[i]
}

// follows tells whether this machine is the one that goes on with it.
func (d *Deposit) follows() bool { return d.owner == "" || d.owner == d.lane }

// final tells whether no money of it can move any more.
func (d *Deposit) final() bool {
	return d.ended || d.placed != nil && d.open() == nil && d.Left() == 0 && !d.resting
}

// finished tells whether nothing at all is left to do.
func (d *Deposit) finished() bool { return d.final() && d.outputs.Over() }

func (d *Deposit) shown() bool { return d.asked.Way == entry.ByQR }

// patience is the timing of the deposit itself.
func (d *Deposit) patience() pay.Timing {
	t := d.rules.Timing(d.asked.Network)
	if d.shown() {
		t = t.Shown()
	}
	return t.Holding()
}

// call asks about the deposit itself.
func (d *Deposit) call(do flow.Verb) flow.Effect {
	return flow.Effect{Do: do, Network: d.asked.Network, Attempt: d.attempt(), Title: d.asked.Title, Staff: d.asked.Staff}
}

func (d *Deposit) attempt() pay.Attempt {
	a := pay.Attempt{Number: d.asked.Number, Merchant: d.asked.Merchant, Amount: d.asked.Amount, Returning: d.returning, Shown: d.shown()}
	if d.placed != nil {
		a.Network = d.placed.Network
	}
	return flow.Stamped(a, d.at)
}

// moveCall sends the open move, or asks about it.
func (d *Deposit) moveCall(do flow.Verb, m entry.MoveAskedBody) flow.Effect {
	e := d.call(do)
	e.Move = pay.Move{Payer: d.placed.Payer, Wallet: d.placed.Wallet, Number: m.Number, Amount: m.Amount, Last: m.Last, Title: d.asked.Title, Staff: m.Staff, Lane: m.Lane}
	return e
}

// verbs are what sends a move, and what asks about it.
func verbs(what string) (send, ask flow.Verb) {
	if what == entry.Capture {
		return flow.Capture, flow.QueryCapture
	}
	return flow.Release, flow.QueryRelease
}
