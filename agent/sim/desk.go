package sim

import (
	"context"
	"errors"
	"iter"
	"slices"
	"testing/synctest"

	"tillgate/agent/duty"
	"tillgate/agent/flow"
	"tillgate/agent/report"
	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
)

// The people of a shop, by the ids that its desk gives them: a manager and two clerks.
const (
	chief = "local-1"
	wang  = "local-2"
	zhao  = "local-3"
)

var people = []string{chief, wang, zhao}

// limit is up to which sum nobody else has to approve what goes back: who is on duty
// is what is played here.
const limit = "1000000.00"

// openDesk opens the desk of a life: who works here, who is on duty, and what each
// may do. Its figures are held against the ledger before anything else happens.
func (l *life) openDesk() error {
	w := l.w
	w.lives++
	dice := random(w.lives | 1<<40)
	lanes := terminal{l}
	l.desk = duty.New(duty.Options{
		Device: site + device, Site: "Inn", Journal: &books{Store: l.store, w: w, over: l.over, alive: l.ctx}, Lanes: lanes,
		Roster:  staff.New(staff.Options{Site: site, Lanes: lanes.Names(), Random: dice}),
		Printer: func(lane string) *flow.Output { return l.printers[lane] }, Clock: l.clock.Now, Random: dice, Log: w.oracle.log(),
	})
	if err := l.desk.Load(l.ctx); err != nil {
		return err
	}
	w.bug.atDesk(l)
	l.figures()
	return nil
}

// terminal is the lanes as the desk knows them.
type terminal struct{ l *life }

func (t terminal) Names() (names []string) {
	for _, st := range t.l.w.stands {
		names = append(names, st.name)
	}
	return names
}

// Roles are a lane's one role: nobody switches it here.
func (t terminal) Roles(lane string) []flow.Role {
	for _, st := range t.l.w.stands {
		if st.name == lane {
			return []flow.Role{st.role}
		}
	}
	return nil
}

func (t terminal) Offer(lane string, ev flow.Event) bool {
	i := slices.IndexFunc(t.l.lanes, func(l *flow.Lane) bool { return l.Name == lane })
	return i >= 0 && t.l.lanes[i].Offer(ev)
}

// books is the store as the desk sees it: the oracle learns what became durable.
type books struct {
	*store.Store
	w     *world
	over  *end
	alive context.Context // done when the life has ended
}

// Commit is the store's, with an eye on the disk.
func (b *books) Commit(ctx context.Context, step store.Step) ([]entry.Entry, error) {
	if b.over.killed() || b.alive.Err() != nil { // nothing runs any more
		return nil, store.ErrUnwritten
	}
	before := b.w.room()
	entries, err := b.Store.Commit(ctx, step)
	if b.w.disk.Off() {
		b.w.cutAt(step)
		b.over.tell("the power fails in the middle of a write of the desk's")
		return nil, store.ErrUnwritten
	}
	if err != nil {
		b.w.story.Tell("desk: commit refused: %s", plain(err))
	} else if b.w.killAt(b.over, step) {
		return nil, store.ErrUnwritten
	}
	b.w.oracle.Wrote(sells(step), before, refusalOf(err))
	for _, e := range entries {
		b.w.story.Tell("desk: entry %d of %d %s %s", e.Seq, e.Key, e.Kind, e.Body)
	}
	b.w.oracle.Committed(entries)
	return entries, err
}

// Orders are the store's, as reports read them.
func (b *books) Orders(ctx context.Context, q store.OrderQuery) iter.Seq2[store.OrderRow, error] {
	if do := b.w.beside.Swap(nil); do != nil {
		(*do)()
	}
	return b.w.bug.orders(b.Store, q, b.Store.Orders(ctx, q))
}

// figures holds the reports by shifts against the ledger.
func (l *life) figures() {
	for _, source := range []report.Source{l.desk.Source(), l.desk.Figures()} {
		table, err := report.Group(l.ctx, source, report.Query{}, report.ByShift)
		if err != nil {
			l.unread(err)
			return
		}
		l.w.oracle.Summed(table)
		for row, err := range source.Rows(l.ctx, report.Query{}) {
			if err != nil {
				l.unread(err)
				return
			}
			l.w.oracle.Row(row)
		}
	}
}

// unread says that no report could be made, which a disk may be to blame for.
func (l *life) unread(err error) {
	l.w.story.Tell("the reports cannot be read: %s", plain(err))
	if l.w.diskFault == "" && !l.w.disk.Off() {
		l.w.oracle.fail(7, "the reports cannot be read: %v", err)
	}
}

// hire lets a manager and two clerks work here, as far as they do not; what the disk
// or the clock refuses is tried again with the next life.
func (w *world) hire() {
	if w.life == nil {
		return
	}
	ctx, d := w.life.asking, w.life.desk
	had := len(d.Roster.People())
	if had == len(people) && d.RefundLimit() > 0 {
		return
	}
	var errs []error
	if had == 0 {
		_, err := d.First(ctx, "Chief")
		errs = append(errs, err)
	}
	for _, name := range []string{"Wang", "Zhao"}[max(had-1, 0):] {
		errs = append(errs, d.SetPerson(ctx, chief, staff.Person{Name: name, Role: staff.Clerk}, duty.Spot{}))
	}
	for _, setting := range []words.Setting{words.SettingSecondLimit, words.SettingRefundLimit} {
		errs = append(errs, d.Set(ctx, chief, setting, limit))
	}
	if err := errors.Join(errs...); err != nil {
		w.story.Tell("not everybody could be hired: %s", plain(err))
	}
}

// ask lets somebody ask the desk for something, whose answer may take its time. What
// is refused is told a moment later, unless that is the end of the life.
func (w *world) ask(what string, do func(ctx context.Context, d *duty.Desk) error, refused func(error)) {
	l := w.life
	if l == nil {
		return
	}
	l.group.Go(func() {
		err := do(l.asking, l.desk)
		if !rest(l.asking, moment(what)) || err == nil {
			return
		}
		w.story.Tell("the desk refuses %s: %s", what, plain(err))
		if refused != nil {
			refused(err)
		}
	})
	synctest.Wait()
}

// refusedFor tells whether the desk has refused something for a reason.
func refusedFor(err error, why words.Halt) bool {
	var no *duty.Refusal
	return errors.As(err, &no) && no.Why == why
}

// somebody is who stands at a lane: mostly who is on duty there.
func (w *world) somebody(lane string) string {
	if who := w.oracle.OnDuty(lane); who != "" && !w.chance(4) {
		return who
	}
	return people[w.rng.IntN(len(people))]
}

// wants asks the desk for money that goes back, or is taken from a deposit, for
// whoever stands there.
func (w *world) wants(i int, a duty.Ask, do func(ctx context.Context, d *duty.Desk, a duty.Ask) error) {
	a.Lane = w.stands[i].name
	a.By = w.somebody(a.Lane)
	w.oracle.Asks(a.Reason, a.By, a.Lane)
	w.story.Tell("%s: %s asks the desk for %s: %s of %d%s", a.Lane, a.By, a.Reason, a.Amount, a.Order, a.Number)
	if w.bug.releases(w, i, a) {
		return
	}
	w.ask(a.Reason, func(ctx context.Context, d *duty.Desk) error { return do(ctx, d, a) }, func(err error) {
		if refusedFor(err, words.HaltOffDuty) {
			w.oracle.Off(a.Reason)
		}
	})
}
