package sim

import (
	"bytes"
	"fmt"
	"log/slog"
	"maps"
	"sync"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// Oracle keeps its own ledger of what was made durable, what networks did and
// what people were told, and finds every promise that was broken. Promises are
// numbered as in DESIGN.md; 0 is the simulator's own health. It shares no code
// with the machines.
type Oracle struct {
	mu       sync.Mutex
	durable  map[entry.Seq]entry.Entry // by the store's own word: a commit returned
	newest   entry.Seq
	orders   map[entry.Seq]*order
	attempts map[string]*attempt
	refunds  map[entry.Seq]*refund
	wishes   map[string]*wish // for refunds, by their reasons
	links    map[string]*attempt
	codes    map[string]*codeFacts
	stands   map[string]*stand
	told     map[string]time.Time // when the newest passing line came, by lane
	holds    map[entry.Seq]*hold
	held     map[string]*hold     // by number
	wants    map[string]string    // of deposits, by their reasons: what each has become
	tasks    map[entry.Seq]string // that nobody has seen to, with their lanes
	shifts   []*shift
	ons      map[string]int     // who has wished to be on duty, and is not yet
	ends     map[entry.Seq]bool // shifts that somebody has wished to end
	taken    []taken
	slips    taking             // of all hand-overs
	askers   map[string]wanting // who has asked the desk for something, by reasons
	life     int                // of the agent
	broken   []string
	stats    Stats
	covered  Coverage
}

// order is what the oracle knows of one order.
type order struct {
	key      entry.Seq
	lane     string
	asked    money.Fen  // what is owed
	amount   money.Fen  // that, or what a person has booked in its place
	open     []*attempt // those that are not final
	attempts []*attempt
	settled  *attempt
	settling entry.SettledBody
	refunds  []*refund
	frozen   bool
	waits    bool // a code was scanned while QR codes were up, and not charged yet
	over     bool // settled or cancelled: nobody may be asked for money any more
	outputs
	pulses map[int]int // by life
}

// outputs are what people were given and told of something, and since when it
// was true.
type outputs struct {
	at      time.Time
	life    int // of the agent, in which that was
	repeats int // slips that were to be printed again
	drawers int // times that the drawer opened
	slips   int // printed without a reprint mark
	prints  int // printed at all
	voices  int
	tasks   map[string]bool
}

// attempt is what the oracle knows of one try at the network.
type attempt struct {
	number    string
	network   string
	merchant  string
	way       string // as in the journal
	charges   int    // that have come to the network
	unseen    bool   // of a QR code: the network did not know it when its undo was asked for
	order     *order
	at        time.Time // when its intent became durable
	life      int       // in which that was
	returning bool
	why       string    // it returns
	gone      time.Time // when it was set to returning, or ended: nobody may scan it any more
	link      string    // of its QR code, when the network's answer has come
	seen      bool      // on a screen
	ended     bool
	end       pay.State // its final word, when it has ended
	heard     map[pay.State]bool
	doubt     bool // the network has said, or will say, something untrue of it
	bounced   bool // its way back is a refund that comes to nothing: a person has to act
	odd       odd  // set while it is a success that is not the order's
}

// codeFacts is where a payment code went last.
type codeFacts struct {
	number string
	at     time.Time
}

// NewOracle makes an oracle that has seen nothing.
func NewOracle() *Oracle {
	return &Oracle{durable: map[entry.Seq]entry.Entry{}, orders: map[entry.Seq]*order{}, attempts: map[string]*attempt{},
		refunds: map[entry.Seq]*refund{}, wishes: map[string]*wish{}, covered: Coverage{}, links: map[string]*attempt{}, codes: map[string]*codeFacts{}, stands: map[string]*stand{}, told: map[string]time.Time{},
		holds: map[entry.Seq]*hold{}, held: map[string]*hold{}, wants: map[string]string{}, tasks: map[entry.Seq]string{}, stats: Stats{},
		ons: map[string]int{}, ends: map[entry.Seq]bool{}, askers: map[string]wanting{}}
}

func (o *Oracle) breaks(promise int, format string, args ...any) {
	o.broken = append(o.broken, fmt.Sprintf("promise %d: ", promise)+fmt.Sprintf(format, args...))
}

// fail reports a promise that something outside the ledger found broken.
func (o *Oracle) fail(promise int, format string, args ...any) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.breaks(promise, format, args...)
}

// Broken are the promises broken so far.
func (o *Oracle) Broken() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]string(nil), o.broken...)
}

// Stats is what has been seen.
func (o *Oracle) Stats() Stats {
	o.mu.Lock()
	defer o.mu.Unlock()
	sum := Stats{}
	sum.Add(o.stats)
	return sum
}

// Covered is what the networks were seen doing.
func (o *Oracle) Covered() Coverage {
	o.mu.Lock()
	defer o.mu.Unlock()
	return maps.Clone(o.covered)
}

func (o *Oracle) count(what string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.stats[what]++
}

// Begins says that a life of the agent begins.
func (o *Oracle) Begins() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.life++
	o.stats[Lives]++
}

// Committed takes entries that the store says are durable.
func (o *Oracle) Committed(entries []entry.Entry) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, e := range entries {
		if off := time.Duration(e.Wall-time.Now().UnixMilli()) * time.Millisecond; e.Trust == entry.Trusted && off.Abs() > trustWithin {
			o.breaks(10, "entry %d (%s) is stamped by a clock that is trusted and %s wrong", e.Seq, e.Kind, off)
		}
		o.add(e, o.life)
	}
	o.whole(entries)
}

func (o *Oracle) add(e entry.Entry, life int) {
	if had, ok := o.durable[e.Seq]; ok && had.Hash != e.Hash {
		o.breaks(4, "entry %d was durable as %s and is now %s", e.Seq, had.Kind, e.Kind)
	}
	o.durable[e.Seq] = e
	o.newest = max(o.newest, e.Seq)
	o.secret("a "+e.Kind.String()+" entry", e.Body)
	o.secret("a "+e.Kind.String()+" entry", e.Private)
	o.fold(e, life)
}

// Recovered compares what the journal holds after a start with what was durable
// before. What it holds beyond that is a commit whose answer was lost.
func (o *Oracle) Recovered(entries []entry.Entry) {
	o.mu.Lock()
	defer o.mu.Unlock()
	have := make(map[entry.Seq]entry.Entry, len(entries))
	for _, e := range entries {
		have[e.Seq] = e
	}
	for seq := entry.Seq(1); seq <= o.newest; seq++ {
		e, was := o.durable[seq]
		got, is := have[seq]
		switch {
		case !was:
		case !is:
			o.breaks(4, "entry %d (%s) was durable and is lost", seq, e.Kind)
		case got.Kind != e.Kind || got.Hash != e.Hash || !bytes.Equal(got.Body, e.Body):
			o.breaks(4, "entry %d (%s) was durable and has changed", seq, e.Kind)
		}
	}
	o.stamps(entries)
	for _, e := range entries {
		if _, ok := o.durable[e.Seq]; !ok {
			o.add(e, o.life-1)
		}
	}
	o.whole(entries)
}

// Code takes a payment code that exists now: it must be seen nowhere.
func (o *Oracle) Code(code string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.codes[code] = &codeFacts{}
}

// codeLengths are those of the payment codes that the sandbox makes.
var codeLengths = []int{18, 19}

// secret looks for payment codes in what may be read by anybody. The caller has the lock.
func (o *Oracle) secret(where string, text []byte) {
	run := 0
	for i, b := range text {
		if b < '0' || b > '9' {
			run = 0
			continue
		}
		run++
		for _, digits := range codeLengths {
			if run >= digits && o.codes[string(text[i+1-digits:i+1])] != nil {
				o.breaks(12, "a payment code stands in %s: %s", where, text)
				return
			}
		}
	}
}

// ear is a log that the oracle reads.
type ear struct{ *Oracle }

func (e ear) Write(line []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.secret("the log", line)
	return len(line), nil
}

func (o *Oracle) log() *slog.Logger {
	return slog.New(slog.NewTextHandler(ear{o}, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func (o *Oracle) tasked(of *outputs, what string) {
	of.tasks[what] = true
	o.stats[Tasks]++
	if what == "gate-ask" {
		o.stats[GateAsks]++
	}
}

// gateTask tells whether the attendant has been asked about the gate.
func (f *order) gateTask() bool { return f.tasks["gate-ask"] || f.tasks[string(flow.Gate)+"-failed"] }
