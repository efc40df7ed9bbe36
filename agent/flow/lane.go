package flow

import (
	"cmp"
	"context"
	"io"
	"log/slog"
	"slices"
	"sync"
	"time"

	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// Journal is what a lane needs of the store.
type Journal interface {
	// CommitWith makes a step durable. Riders are small steps that may share its
	// transaction; one that is stale is left out and comes back empty.
	CommitWith(ctx context.Context, step store.Step, riders ...store.Step) (entries []entry.Entry, rode [][]entry.Entry, err error)
	Object(ctx context.Context, key, after entry.Seq) ([]entry.Entry, error)
	Find(ctx context.Context, name string) (entry.Seq, error)
	// Payment is what was paid for an order and what has gone back of it.
	Payment(ctx context.Context, order entry.Seq) (store.Payment, error)
}

// Numbers draws what must never come twice.
type Numbers interface {
	Number() string
	CodeHash(code string) []byte
}

// Order is a machine that can stand in front of a lane.
type Order interface {
	Machine
	Yields() bool // a new order may take its place
	View() words.Order
}

// Config is what a lane is.
type Config struct {
	Name   string
	Role   Role      // the widest that it works in; see Become
	Limit  money.Fen // largest amount of one order; 0: 100,000 yuan
	Fitted bool      // the lane has a loop
	AutoQR bool      // a QR code is shown with every amount
	ByHand bool      // the clerk may book cash and bank cards
	Route  Route

	Accounts map[string]string // by merchant's name: a mark of its account now; see entry.AskedBody
}

// Deps is what a lane works with.
type Deps struct {
	Journal  Journal
	Numbers  Numbers
	Networks *Networks
	Outputs  map[Verb]*Output // by what they do; a missing one fails its effects
	Clock    func() entry.Stamp
	New      func() Order // an empty order
	Log      *slog.Logger

	NewRefund  func() Refunding  // an empty refund; nil: nothing goes back on the lane
	NewDeposit func() Depositing // an empty deposit; nil: none are taken on the lane
	Random     io.Reader         // salts of personal fields; nil: crypto/rand.Reader

	// Taken tells another lane, with TakenOver, that this one goes on with a deposit
	// which it followed; nil: that lane learns of it when it next does something.
	Taken func(from string, key entry.Seq)
}

const (
	limitDefault = money.Fen(10_000_000)
	queueLength  = 256
	staleMax     = 5               // folds and decides again this often before giving up
	draftFor     = 2 * time.Minute // then a deposit's draft that no code was shown for is dropped
	retryFirst   = 2 * time.Second // after the disk has refused a commit; it doubles with each further one
	retryMax     = 30 * time.Second
)

// Lane is one counter, desk or gate direction: one goroutine, one queue.
type Lane struct {
	Config
	Deps
	queue   chan Event
	orders  map[entry.Seq]*slot // and refunds and deposits
	current *slot
	begun   *slot        // what the event that is being handled has begun, or gone on with
	draft   *DepositSpec // a deposit that waits for the guest's code
	slipped string       // the number on the slip that was scanned last

	newestRefund  *slot
	newestDeposit *slot // or the one that something was last asked about

	draftUntil int64 // ms of the boot clock: nobody has served the draft by then

	role    Role // that it works in
	wanted  Role // that it works in as soon as nobody stands in front of it
	turns   int  // orders that have stood in front of the lane in this life
	loop    Loop
	number  string
	retryAt int64

	refusals int       // of the disk, one after the other
	boot     entry.Seq // first entry of this boot

	mu       sync.Mutex
	view     View
	front    *slot // the order that the view shows
	frontKey entry.Seq
	free     bool // nothing is left to do for it, or there is none
	changed  chan struct{}
}

// slot is an order on a lane, or a refund or deposit that it follows.
type slot struct {
	Machine
	key, last entry.Seq
	turn      int // see words.Order
	done      bool
}

// order is nil of a refund.
func (s *slot) order() Order {
	o, _ := s.Machine.(Order)
	return o
}

// deposit is nil of an order or a refund.
func (s *slot) deposit() Depositing {
	d, _ := s.Machine.(Depositing)
	return d
}

// NewLane makes a lane; Adopt gives it what the last life left open, Run starts it.
func NewLane(c Config, d Deps) *Lane {
	if c.Limit == 0 {
		c.Limit = limitDefault
	}
	l := &Lane{Config: c, Deps: d, queue: make(chan Event, queueLength), orders: map[entry.Seq]*slot{}, changed: make(chan struct{})}
	l.loop.Fitted = c.Fitted
	l.role, l.wanted = c.Role, c.Role
	l.view = View{Lane: c.Name, Role: c.Role, Order: words.Order{Phase: words.Idle, Lane: c.Name}}
	return l
}

// Adopt folds an unfinished order or refund of an earlier life. The newest order
// becomes the current one.
func (l *Lane) Adopt(key entry.Seq, entries []entry.Entry) {
	s := l.folded(key, entries)
	if s == nil {
		return
	}
	l.orders[key] = s
	switch {
	case s.deposit() != nil:
		if l.newestDeposit == nil || l.newestDeposit.key < key {
			l.newestDeposit = s
		}
	case s.order() == nil:
		if l.newestRefund == nil || l.newestRefund.key < key {
			l.newestRefund = s
		}
	case l.current == nil || l.current.key < key:
		l.turns++
		s.turn, l.current = l.turns, s
	}
}

// folded is an object as its entries make it; nil where the lane has no machine for it.
func (l *Lane) folded(key entry.Seq, entries []entry.Entry) *slot {
	m := l.machineOf(entries[0])
	if m == nil {
		return nil
	}
	return &slot{Machine: Folded(m, entries), key: key, last: entries[len(entries)-1].Seq}
}

// Offer gives the lane an event from a person or a device. It never blocks: an
// event that finds the queue full is dropped, and the caller is told.
func (l *Lane) Offer(ev Event) bool {
	select {
	case l.queue <- ev:
		return true
	default:
		return false
	}
}

// Bring gives the lane the result of an effect; it waits for a place in the queue.
func (l *Lane) Bring(ctx context.Context, ev Event) {
	select {
	case l.queue <- ev:
	case <-ctx.Done():
	}
}

// Run folds, decides, commits and sends out until ctx is done. It returns an
// error only when the database is damaged and has to be opened again.
func (l *Lane) Run(ctx context.Context) error {
	l.number = l.Numbers.Number()
	for _, s := range l.all() {
		if err := l.apply(ctx, s, Restarted{BootSince: l.boot}); err != nil {
			return err
		}
	}
	l.publish("")
	for ctx.Err() == nil {
		if err := l.next(ctx); err != nil {
			return err
		}
	}
	return nil
}

// next waits for one thing and does it. When several are there at once their
// order is fixed, so that a life can be played again: the end comes before
// events, events before what is due.
func (l *Lane) next(ctx context.Context) error {
	select {
	case ev := <-l.queue:
		return l.handle(ctx, ev)
	default:
	}
	l.turn()
	wait := l.untilDue()
	if wait <= 0 {
		return l.tick(ctx)
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return nil
	case ev := <-l.queue:
		if ctx.Err() != nil { // what the end itself has brought about is left to the next life
			return nil
		}
		return l.handle(ctx, ev)
	case <-timer.C:
		return l.tick(ctx)
	}
}

// BootSince tells the lane the first entry that was written in this boot of the board.
func (l *Lane) BootSince(seq entry.Seq) { l.boot = seq }

func (l *Lane) untilDue() time.Duration {
	next := time.Hour
	now := l.Clock().Mono
	if l.draft != nil {
		next = min(next, time.Duration(l.draftUntil-now)*time.Millisecond)
	}
	for _, s := range l.all() {
		if at, ok := s.Due(); ok {
			next = min(next, time.Duration(max(at, l.retryAt)-now)*time.Millisecond)
		}
	}
	return max(next, 0)
}

// all are the lane's orders, oldest first, after the draft in front of it.
func (l *Lane) all() []*slot {
	all := make([]*slot, 0, len(l.orders)+1)
	for _, s := range l.orders {
		all = append(all, s)
	}
	if l.current != nil && l.current.key == 0 {
		all = append(all, l.current)
	}
	slices.SortFunc(all, func(a, b *slot) int { return cmp.Compare(a.key, b.key) })
	return all
}

func (l *Lane) tick(ctx context.Context) error {
	now := l.Clock().Mono
	l.undraft(now)
	for _, s := range l.all() {
		if at, ok := s.Due(); ok && at <= now {
			if err := l.apply(ctx, s, Tick{}); err != nil {
				return err
			}
		}
	}
	return nil
}

// handle takes what devices, networks and the lane itself bring; everything else is
// somebody's wish.
func (l *Lane) handle(ctx context.Context, ev Event) error {
	switch ev := ev.(type) {
	case Call:
		return l.call(ctx, ev)
	case For:
		if l.current == nil || l.current.key != ev.Key {
			return l.tell(words.AnswerMovedOn)
		}
		return l.handle(ctx, ev.Of)
	case Scanned:
		return l.scanned(ctx, ev)
	case LoopRead:
		return l.read(ctx, ev)
	case Answer:
		return l.answered(ctx, ev)
	case Put:
		if ev.Why != "" {
			l.Log.Warn("output did not happen", "lane", l.Name, "order", ev.Key, "what", ev.Output.What, "result", ev.Output.Result, "err", ev.Why)
		}
		return l.to(ctx, ev.Key, ev)
	case Free:
		for _, s := range l.all() {
			if err := l.apply(ctx, s, ev); err != nil {
				return err
			}
		}
		return nil
	case ReleaseOld:
		return l.releaseOld(ctx, ev)
	}
	return l.wish(ctx, ev)
}

// wish takes what a person or a program wants of the lane.
func (l *Lane) wish(ctx context.Context, ev Event) error {
	switch ev := ev.(type) {
	case Amount:
		return l.amount(ctx, ev)
	case Cancel:
		if l.current != nil {
			return l.apply(ctx, l.current, ev)
		}
	case ShowQR:
		return l.showQR(ctx)
	case Cash, Card:
		return l.byHand(ctx, ev)
	case Refund:
		return l.refund(ctx, ev)
	case DepositSpec:
		return l.deposit(ctx, ev)
	case CaptureSpec:
		ev.Lane = l.Name
		return l.toDeposit(ctx, ev.Hold, ev.Number, ev)
	case ReleaseSpec:
		ev.Lane = l.Name
		return l.toDeposit(ctx, ev.Hold, ev.Number, ev)
	case TakeOver:
		return l.takeOver(ctx, ev)
	case DropDeposit:
		return l.dropDeposit(ctx, ev)
	case TakenOver:
		return l.takenOver(ctx, ev.Key)
	case Reprint:
		return l.reprint(ctx, ev)
	case Decide:
		return l.toAny(ctx, ev.Key, ev, words.TellNothingToDecide)
	case Become:
		l.become(ev.Role)
	case Notice:
		l.notice(ev)
	}
	return nil
}

func (l *Lane) to(ctx context.Context, key entry.Seq, ev Event) error {
	if s := l.orders[key]; s != nil {
		return l.apply(ctx, s, ev)
	}
	return nil
}

// amount puts a new order in front of the lane.
func (l *Lane) amount(ctx context.Context, ev Amount) error {
	switch {
	case !l.role.Sells():
		return l.tell(words.TellNotForTender)
	case ev.Amount <= 0:
		return l.tell(words.TellAmountZero)
	case ev.Deposit > 0 && (l.NewDeposit == nil || !l.role.Holds()):
		return l.tell(words.TellHoldNever)
	case ev.Deposit < 0 || ev.Deposit > l.Limit:
		return l.tell(words.TellAmountHigh)
	case ev.Amount > l.Limit || ev.Full < 0 || ev.Full > ev.Amount:
		return l.tell(words.TellAmountHigh)
	case l.current != nil && !l.current.order().Yields():
		return l.tell(words.TellLastOpen)
	}
	if err := l.leave(ctx, "replaced"); err != nil {
		return err
	}
	ev.Lane = l.Name
	l.unnotice()
	l.draft, l.slipped = nil, ""
	l.turns++
	l.current = &slot{Machine: l.New(), turn: l.turns}
	err := l.apply(ctx, l.current, ev)
	switch {
	case err != nil:
		return err
	case ev.Request != nil && l.current.key == 0: // the disk refused it: there is no order, and no draft of one
		l.current = nil
		return l.tell("")
	case l.AutoQR:
		return l.showQR(ctx)
	}
	return nil
}

// read takes a reading of the loop. A car that leaves an unpaid order behind takes the amount with it.
func (l *Lane) read(ctx context.Context, ev LoopRead) error {
	first := !l.loop.Known
	if ev.Occupied && !l.loop.Occupied {
		l.loop.Since = l.Clock().Mono
		if first {
			l.loop.Since = 0 // at every reading since the start
		}
	}
	l.loop.Known, l.loop.Occupied = true, ev.Occupied
	l.publish("")
	for _, s := range l.all() {
		if err := l.apply(ctx, s, ev); err != nil {
			return err
		}
	}
	if !ev.Occupied && l.current != nil && l.role == ParkingExit {
		return l.leave(ctx, "gone")
	}
	return nil
}

// leave takes the order in front of the lane away from it. What is still
// pending goes on without being looked at.
func (l *Lane) leave(ctx context.Context, why string) error {
	s := l.current
	if s == nil {
		return nil
	}
	l.current = nil
	if err := l.apply(ctx, s, Cancel{Why: why}); err != nil {
		return err
	}
	l.forget(s)
	return nil
}

// forget drops an order that nothing is left to do for, unless people still look at it.
func (l *Lane) forget(s *slot) {
	d := s.deposit()
	elsewhere := d != nil && d.Owner() != l.Name // another lane follows it now
	if elsewhere && l.newestDeposit == s {
		l.newestDeposit = nil
	}
	if elsewhere || s.done && s != l.current {
		delete(l.orders, s.key)
	}
}

func (l *Lane) now(s *slot) Now {
	return Now{Stamp: l.Clock(), Number: l.number, Loop: l.loop, Current: s == l.current, Role: l.role, Accounts: l.Accounts}
}

func (l *Lane) tell(key words.Key) error {
	l.publish(key)
	return nil
}
