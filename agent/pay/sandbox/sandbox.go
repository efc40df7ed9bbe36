package sandbox

import (
	"fmt"
	"maps"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"tillgate/store/money"
)

// Options say how the sandbox behaves.
type Options struct {
	Now         func() time.Time                     // nil: time.Now
	Plan        func(op Op, number string) Behaviour // asked at each request's arrival, may be nil; acts on that request
	Prefixes    map[string]Behaviour                 // payment codes that nobody made are good when they begin so, from the first look on
	RefundTakes time.Duration                        // from a refund's acceptance to the payer's money
	AtOnce      func(Account) bool                   // whose refunds are over when they are answered all the same; nil: nobody's
	Amounts     map[money.Fen]Behaviour              // whoever is asked for so much behaves so, and the network with him: see SetAmount
}

// Sandbox is a payment network in miniature. Its methods may be called from
// several goroutines.
type Sandbox struct {
	o     Options
	ahead atomic.Int64 // how far Now is before Options.Now, in ns

	mu       sync.Mutex
	networks map[string]Network
	codes    map[string]*code
	lines    map[string]*line  // by network, account and number
	links    map[string]string // the line's key of each link that was ever given out
	backs    map[string]*back  // by network, account and the refund's own number
	amounts  map[money.Fen]Behaviour
	next     []queued
	seen     map[seen]int
	coined   int // payment codes so far
	booked   int // orders so far
	returned int // refunds so far
}

type queued struct {
	network string // empty: whichever it comes to
	op      Op     // empty: whatever comes
	b       Behaviour
}

type seen struct {
	op     Op
	number string
}

// New makes a sandbox with empty books.
func New(o Options) *Sandbox {
	if o.Now == nil {
		o.Now = time.Now
	}
	amounts := map[money.Fen]Behaviour{}
	maps.Copy(amounts, o.Amounts)
	return &Sandbox{o: o, networks: map[string]Network{}, codes: map[string]*code{}, lines: map[string]*line{}, links: map[string]string{},
		backs: map[string]*back{}, amounts: amounts, seen: map[seen]int{}}
}

// Handler serves the networks' paths and the control under /sandbox/.
func (s *Sandbox) Handler() http.Handler {
	mux := http.NewServeMux()
	for _, n := range s.networks {
		if n.Serve != nil {
			n.Serve(mux)
		}
	}
	mux.HandleFunc("POST /sandbox/next", s.controlNext)
	mux.HandleFunc("POST /sandbox/scan", s.controlScan)
	mux.HandleFunc("POST /sandbox/code", s.controlCode)
	mux.HandleFunc("POST /sandbox/amount", s.controlAmount)
	mux.HandleFunc("POST /sandbox/clock", s.controlClock)
	mux.HandleFunc("GET /sandbox/ledger", s.controlLedger)
	return mux
}

// Network is what the books have to know of a payment network.
type Network struct {
	Name        string
	Serve       func(mux *http.ServeMux)              // registers its paths
	Transaction func(serial int, at time.Time) string // its own number of an order that came at that time; nil: it has none
}

// Attach puts a network before the books, before anything is served. One name
// is attached once.
func (s *Sandbox) Attach(n Network) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, twice := s.networks[n.Name]; twice || n.Name == "" {
		panic(fmt.Sprintf("sandbox: network %q is attached twice, or has no name", n.Name))
	}
	s.networks[n.Name] = n
}

func (s *Sandbox) attached(network string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.networks[network]
	return ok
}

// Now is the network's time.
func (s *Sandbox) Now() time.Time { return s.o.Now().Add(time.Duration(s.ahead.Load())) }

// Forward moves the network's clock on, so that what takes weeks can be seen at
// once. Nobody else's clock goes with it, and no answer that waits comes sooner.
func (s *Sandbox) Forward(d time.Duration) { s.ahead.Add(int64(d)) }

// Beijing is the zone of all networks' stamps.
var Beijing = time.FixedZone("UTC+8", 8*60*60)

// Skewed tells whether a request's time is further from the network's than it allows.
func (s *Sandbox) Skewed(at time.Time, most time.Duration) bool {
	return at.Sub(s.Now()).Abs() > most
}

// SetAmount scripts an amount: whoever is asked for so much from now on behaves
// so, and the network with him, unless Next, Plan or the payer's own code say
// otherwise. The zero Behaviour ends it.
func (s *Sandbox) SetAmount(amount money.Fen, b Behaviour) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.amounts[amount] = b; b.Kind == "" {
		delete(s.amounts, amount)
	}
}

// Next sets what happens to the next request of a kind, or to the next of any
// kind when op is empty. A behaviour with Times is set for that many requests.
func (s *Sandbox) Next(op Op, b Behaviour) { s.NextAt("", op, b) }

// NextAt is Next for requests that come to one network.
func (s *Sandbox) NextAt(network string, op Op, b Behaviour) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range max(b.Times, 1) {
		s.next = append(s.next, queued{network, op, b})
	}
}

// Seen counts the requests of a kind that came for a number, whatever became of them.
func (s *Sandbox) Seen(op Op, number string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen[seen{op, number}]
}

// Arrived counts a request, whatever becomes of it, and answers what was planned
// for it. The number is the one that the ledger knows; a request that names only
// a refund has that one's.
func (s *Sandbox) Arrived(network string, op Op, number string) Behaviour {
	s.mu.Lock()
	s.seen[seen{op, number}]++
	for i, q := range s.next {
		if (q.op == "" || q.op == op) && (q.network == "" || q.network == network) {
			s.next = append(s.next[:i:i], s.next[i+1:]...)
			s.mu.Unlock()
			return q.b
		}
	}
	s.mu.Unlock()
	if s.o.Plan == nil {
		return Behaviour{}
	}
	return s.o.Plan(op, number)
}

// Behave puts together what was planned for a request, what the owner of its
// payment code wants, and what its amount was scripted to; both may be empty.
// The more particular goes first: what was planned, then the code, then the amount.
func (s *Sandbox) Behave(planned Behaviour, code string, amount money.Fen) (do Doing) {
	s.mu.Lock()
	defer s.mu.Unlock()
	own := s.amounts[amount]
	if c := s.lookup(code, s.Now()); c != nil && c.behaviour.Kind != "" {
		own = c.behaviour
	}
	if own.Kind == UndoAgain || own.Kind == UndoLies {
		do.Undo = own
	}
	if planned.Kind != "" && planned.OfPayer() {
		own = planned
	}
	if own.OfPayer() {
		do.Payer = own
	} else {
		do.Network = own
	}
	if !planned.OfPayer() {
		do.Network = planned
	}
	return do
}
