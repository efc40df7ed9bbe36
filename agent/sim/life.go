package sim

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing/synctest"
	"time"

	"tillgate/agent/clock"
	"tillgate/agent/duty"
	"tillgate/agent/flow"
	refunding "tillgate/agent/flow/refund"
	"tillgate/agent/flow/sale"
	"tillgate/agent/pay"
	"tillgate/store"
	"tillgate/store/entry"
)

// life is one run of the agent, from its start to its end.
type life struct {
	w     *world
	clock *clock.Clock
	store *store.Store
	boot  entry.Seq // the first of this boot of the board
	lanes []*flow.Lane
	nets  *flow.Networks
	desk  *duty.Desk
	group sync.WaitGroup
	ctx   context.Context
	stop  context.CancelFunc
	hang  []func() // up, on the providers' connections
	over  *end     // told when the life has ended by itself

	printers map[string]*flow.Output // by lane
	asking   context.Context         // of whoever asks the desk: done when the life is over, whoever ends it
}

const (
	site    = "10000001"
	device  = "0007"
	path    = "/tillgate.db"
	reserve = 256 << 10
	quota   = 64 << 20
)

var errBroken = errors.New("a promise is broken")

// begin starts the agent on what the disk holds.
func (w *world) begin() error {
	w.oracle.Begins()
	c := w.clock()
	s, err := store.Open(context.Background(), store.Options{
		Path: path, VFS: w.disk.Name(), Disk: w.disk, Prefix: site, Device: device, Version: "sim", Boot: w.board.id(),
		Clock: c.Now, Last: c.Raise, Random: w.random, Reserve: reserve, Quota: quota, Log: w.oracle.log(),
	})
	if err != nil {
		return err
	}
	if d := s.Damage(); d != nil {
		w.oracle.fail(4, "the database is found damaged: %s", d.Why)
	}
	if w.recovered(s); len(w.oracle.Broken()) > 0 { // no machine may understand it
		return errors.Join(errBroken, s.Close())
	}
	boot, err := s.BootSince(context.Background())
	if err != nil {
		return errors.Join(err, s.Close())
	}
	l := &life{w: w, clock: c, store: s, boot: boot, over: newEnd(), printers: map[string]*flow.Output{}}
	l.ctx, l.stop = context.WithCancel(context.Background())
	l.asking = l.over.within(l.ctx)
	if err := l.openDesk(); err != nil {
		l.stop()
		return errors.Join(err, s.Close())
	}
	l.nets = l.networks()
	for _, st := range w.stands {
		l.lanes = append(l.lanes, l.lane(st))
	}
	if err := l.adopt(); err != nil {
		l.stop()
		l.group.Wait()
		return errors.Join(err, s.Close())
	}
	sender := w.sky.sender(s)
	l.run("the uplink", func() error { return sender.Run(l.ctx) })
	for i, lane := range l.lanes {
		l.start(w.stands[i], lane)
	}
	w.life = l
	return nil
}

// networks are the clients of the shop's merchants.
func (l *life) networks() *flow.Networks {
	n := &flow.Networks{Providers: map[string]pay.Provider{}, Timing: timing, Device: device, OnDate: l.w.learn(l.clock), Boot: l.clock.Boot, Log: l.w.oracle.log()}
	for _, a := range l.w.shop.accounts() {
		p, hangUp := l.w.bank.provider(a, l.clock.Time, l.w.bug)
		paced := pay.Pace(watchHolds(&watched{p, l.w.bug.refunds(p), l.w, a.network}))
		n.Providers[a.name] = l.w.bug.provider(spread(paced.(keeper)))
		l.hang = append(l.hang, hangUp)
	}
	return n
}

// start sets a lane going, alone, so that a seed decides in which order things happen.
func (l *life) start(st *stand, lane *flow.Lane) {
	st.begin(lane)
	l.run(lane.Name, func() error { return lane.Run(l.ctx) })
	l.group.Go(func() { l.watch(lane) })
	if st.gated() {
		delay := between(l.w.rng, time.Millisecond, 8*time.Second)
		l.group.Go(func() {
			if rest(l.ctx, delay) {
				lane.Offer(st.reading())
			}
		})
	}
	time.Sleep(between(l.w.rng, time.Millisecond, 20*time.Millisecond))
	synctest.Wait()
}

// run keeps a part going; its end is the life's, and its panic a broken promise.
func (l *life) run(name string, part func() error) {
	l.group.Go(func() {
		defer func() {
			if p := recover(); p != nil {
				l.w.oracle.fail(0, "%s panics: %v", name, p)
				l.over.tell(name + " panics")
			}
		}()
		if err := part(); err != nil {
			l.over.tell(fmt.Sprintf("%s stops: %v", name, err))
		}
	})
}

// watch reads a lane's screen whenever it changes.
func (l *life) watch(lane *flow.Lane) {
	for {
		v, changed := lane.View()
		l.w.oracle.Shown(lane.Name, v.Order)
		l.w.oracle.Told(lane.Name, v.Tell, v.TellAt)
		l.w.oracle.RefundShown(lane.Name, v.Refund)
		l.w.oracle.DepositShown(lane.Name, v.Deposit)
		for _, o := range v.Behind {
			l.w.oracle.Shown(lane.Name, o)
		}
		select {
		case <-changed:
		case <-l.ctx.Done():
			return
		}
	}
}

// end stops everything and waits for it.
func (l *life) end() {
	l.stop()
	l.group.Wait()
	l.nets.Wait()
	for _, hangUp := range l.hang {
		hangUp()
	}
	l.w.sky.gone()
	for _, st := range l.w.stands {
		st.begin(nil)
	}
	_ = l.store.Close() // a disk without power cannot be closed well
}

func (l *life) lane(st *stand) *flow.Lane {
	log := l.w.oracle.log()
	outs := map[flow.Verb]*flow.Output{
		flow.Slip:  {Name: "printer", What: flow.Slip, Do: st.print, Log: log},
		flow.Voice: {Name: "speaker", What: flow.Voice, Do: st.say, Late: true, Log: log},
	}
	if st.gated() {
		outs[flow.Gate] = &flow.Output{Name: "gate", What: flow.Gate, Do: st.open, Log: log}
	} else {
		outs[flow.Drawer] = &flow.Output{Name: "drawer", What: flow.Drawer, Do: st.kick, Log: log}
	}
	l.printers[st.name] = outs[flow.Slip]
	for name, o := range outs {
		l.run(string(name), func() error { return o.Run(l.ctx) })
	}
	lane := flow.NewLane(flow.Config{Name: st.name, Role: st.role, Fitted: st.gated(), AutoQR: l.w.shop.auto[st.name], ByHand: !st.gated(), Route: l.w.route(st.name), Accounts: marks}, l.fitDeposits(st, flow.Deps{
		Journal: &spy{Store: l.store, w: l.w, stand: st, over: l.over}, Numbers: l.w.bug.numbers(l.store), Networks: l.nets, Outputs: outs,
		Clock: l.clock.Now, New: func() flow.Order { return l.w.bug.order(l.w.hints, func() flow.Order { return sale.New(timing) }) }, Log: log,
		NewRefund: func() flow.Refunding { return refunding.New(timing) },
		Taken: func(from string, key entry.Seq) {
			for _, lane := range l.lanes {
				if lane.Name == from {
					lane.Offer(flow.TakenOver{Key: key})
				}
			}
		},
	}))
	lane.BootSince(l.boot)
	return lane
}

// adopt hands each unfinished order and refund to its lane.
func (l *life) adopt() error {
	return l.store.Unfinished(l.ctx, func(key entry.Seq, entries []entry.Entry) error {
		name, followed := flow.LaneOf(entries[0], entries[1:]...)
		if !followed {
			return nil
		}
		for _, lane := range l.lanes {
			if lane.Name == name {
				lane.Adopt(key, entries)
				return nil
			}
		}
		return fmt.Errorf("object %d is of lane %s, which is not there", key, name)
	})
}

// recovered reads the whole journal and lets the oracle compare it with what was durable.
func (w *world) recovered(s *store.Store) {
	var all []entry.Entry
	for {
		batch, err := s.Entries(context.Background(), entry.Seq(len(all)), 500)
		if err != nil {
			w.oracle.fail(4, "the journal cannot be read after a start: %v", err)
			return
		}
		if len(batch) == 0 {
			break
		}
		all = append(all, batch...)
	}
	w.oracle.Recovered(all)
}
