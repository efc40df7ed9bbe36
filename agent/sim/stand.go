package sim

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/words"
)

// stand is what is bolted to the floor at one lane: it survives every life of
// the agent, and the oracle sees all that it does.
type stand struct {
	name             string
	role             flow.Role
	oracle           *Oracle
	story            *Story
	power            func() bool // false while the board has none
	bug              Bug
	printer, speaker *gadget
	gate, drawer     *gadget // the one or the other

	mu       sync.Mutex
	lane     *flow.Lane // of the running life
	occupied bool
	since    time.Time // of the loop's newest change
	readAt   time.Time // when the running life first heard of its loop
}

// gadget is a device and how it is.
type gadget struct {
	name          string
	dice          *rand.Rand    // its own: it works beside the others
	least, spread time.Duration // how long it takes
	patience      time.Duration // its driver's deadline
	late          bool          // it does what it was given although it was stuck meanwhile

	mu     sync.Mutex
	mood   mood
	mended chan struct{} // closed when the mood gets better
}

type mood string

const (
	works   mood = "works"
	refuses mood = "refuses" // takes nothing, and says so
	fails   mood = "fails"   // breaks off in the middle
	drags   mood = "drags"   // takes what it is given and comes to no end
)

var errDevice = errors.New("device answers nothing")

func newStand(name string, role flow.Role, seed uint64) *stand {
	dice := func(n uint64) *rand.Rand { return rand.New(rand.NewPCG(seed+n, uint64(len(name)))) }
	make := func(what string, n uint64, least, spread, patience time.Duration, late bool) *gadget {
		return &gadget{name: what, dice: dice(n), least: least, spread: spread, patience: patience, late: late, mood: works, mended: make(chan struct{})}
	}
	return &stand{name: name, role: role,
		printer: make("printer", 21, 30*time.Millisecond, 300*time.Millisecond, 20*time.Second, true),
		speaker: make("speaker", 22, 300*time.Millisecond, 1500*time.Millisecond, 4*time.Second, false),
		gate:    make("gate", 23, 300*time.Millisecond, 200*time.Millisecond, time.Second, true),
		drawer:  make("drawer", 24, 50*time.Millisecond, 100*time.Millisecond, time.Second, true),
	}
}

func (g *gadget) set(to mood) {
	g.mu.Lock()
	defer g.mu.Unlock()
	close(g.mended)
	g.mood, g.mended = to, make(chan struct{})
}

func (g *gadget) now() (mood, chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.mood, g.mended
}

// use makes a gadget act in the middle of its time. What is cut off in the
// middle has acted or not, as the dice say.
func (s *stand) use(ctx context.Context, g *gadget, act func()) error {
	if ctx.Err() != nil { // not a throw of the dice for what has ended
		return ctx.Err()
	}
	if !rest(ctx, between(g.dice, time.Millisecond, 5*time.Millisecond)) || !s.power() {
		return context.Canceled
	}
	how, mended := g.now()
	switch how {
	case refuses:
		return errors.Join(flow.ErrNotStarted, errDevice)
	case fails:
		if g.dice.IntN(2) == 0 {
			act()
		}
		return errDevice
	case drags:
		late := time.NewTimer(g.patience)
		defer late.Stop()
		select {
		case <-mended:
			if !g.late {
				return errDevice
			}
		case <-late.C:
			if g.dice.IntN(2) == 0 {
				g.set(works) // its driver has opened it anew
			}
			return errDevice
		case <-ctx.Done():
			return ctx.Err()
		}
		if !rest(ctx, between(g.dice, time.Millisecond, 5*time.Millisecond)) {
			return ctx.Err()
		}
	}
	act()
	if !rest(ctx, between(g.dice, g.least, g.least+g.spread)) {
		return ctx.Err()
	}
	return nil
}

// rest waits; false when ctx ends before.
func rest(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (s *stand) print(ctx context.Context, e flow.Effect) error {
	return s.use(ctx, s.printer, func() { s.slip(s.bug.slip(e)) })
}

func (s *stand) slip(e flow.Effect) {
	if e.Handover != nil {
		s.story.Tell("%s prints the hand-over of shift %d (copy %d)", s.name, e.Key, e.Copy)
		s.oracle.HandoverPrinted(e.Key, *e.Handover, e.Copy > 0)
		return
	}
	if e.Receipt.Act != "" {
		s.story.Tell("%s prints the %s of deposit %s (copy %d)", s.name, e.Receipt.Act, e.Receipt.Number, e.Copy)
		s.oracle.DepositPrinted(e.Key, e.Receipt, e.Copy > 0)
		return
	}
	if e.Receipt.Refund != "" {
		s.story.Tell("%s prints refund %s of %s (copy %d)", s.name, e.Receipt.Refund, e.Receipt.Back, e.Copy)
		s.oracle.RefundPrinted(e.Key, e.Receipt, e.Copy > 0)
		return
	}
	s.story.Tell("%s prints %s for %s (copy %d)", s.name, e.Receipt.Number, e.Receipt.Amount, e.Copy)
	s.oracle.Printed(e.Key, e.Receipt.Number, e.Receipt.Amount, e.Copy > 0)
}

func (s *stand) say(ctx context.Context, e flow.Effect) error {
	rest(ctx, 1)        // what has been decided in this moment is shown with it
	front := s.screen() // when it begins
	return s.use(ctx, s.speaker, func() {
		switch r := e.Receipt; {
		case r.Declined != "":
			s.story.Tell("%s says that %s is declined: %s", s.name, r.Number, r.Declined)
		case r.Act != "":
			s.story.Tell("%s says the %s of deposit %s", s.name, r.Act, r.Number)
			s.oracle.DepositSpoken(e.Key, r, front)
		case r.Refund != "":
			s.story.Tell("%s says that %s has gone back as %s", s.name, r.Back, r.Refund)
			s.oracle.RefundSpoken(e.Key, r.Refund, front)
		default:
			s.story.Tell("%s says that %s is paid", s.name, r.Number)
			s.oracle.Spoken(e.Key, r.Number, front)
		}
	})
}

func (s *stand) open(ctx context.Context, e flow.Effect) error {
	return s.use(ctx, s.gate, func() { s.pulse(e) })
}

func (s *stand) pulse(e flow.Effect) {
	s.story.Tell("%s opens for order %d", s.name, e.Key)
	s.oracle.Opened(s, e.Key)
}

// kick opens the cash drawer.
func (s *stand) kick(ctx context.Context, e flow.Effect) error {
	return s.use(ctx, s.drawer, func() {
		s.story.Tell("%s: the drawer opens for order %d", s.name, e.Key)
		s.oracle.Drawn(s, e.Key)
	})
}

// screen is what the lane shows.
func (s *stand) screen() words.Order {
	s.mu.Lock()
	lane := s.lane
	s.mu.Unlock()
	if lane == nil {
		return words.Order{Phase: words.Idle}
	}
	v, _ := lane.View()
	return v.Order
}

// deposit is what the lane shows of one.
func (s *stand) deposit() words.Deposit {
	s.mu.Lock()
	lane := s.lane
	s.mu.Unlock()
	if lane == nil {
		return words.Deposit{}
	}
	v, _ := lane.View()
	return v.Deposit
}

func (s *stand) gated() bool { return s.role == flow.ParkingExit }

func (s *stand) begin(lane *flow.Lane) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lane, s.readAt = lane, time.Time{}
}

// reading is the loop as the lane is about to hear of it.
func (s *stand) reading() flow.LoopRead {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.readAt.IsZero() {
		s.readAt = time.Now()
	}
	return flow.LoopRead{Occupied: s.occupied}
}

// knew tells whether the running life knew its loop at a moment.
func (s *stand) knew(at time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.readAt.IsZero() && !s.readAt.After(at)
}

// drive moves a car onto the loop or off it.
func (s *stand) drive(occupied bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.occupied != occupied {
		s.occupied, s.since = occupied, time.Now()
	}
}

// standing tells whether a car is there, and since when that is so.
func (s *stand) standing() (since time.Time, there bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.since, s.occupied
}
