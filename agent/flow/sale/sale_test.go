package sale

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

// desk drives one order without a store: it folds what the machine decides and
// keeps the journal, so that a test can cut the power by folding it anew.
type desk struct {
	t       *testing.T
	sale    *Sale
	journal []entry.Entry
	effects []flow.Effect
	told    []words.Key
	now     flow.Now
	drawn   int
	timing  pay.Timing
}

func newDesk(t *testing.T, role flow.Role) *desk {
	d := &desk{t: t, timing: pay.WeChat, now: flow.Now{Stamp: entry.Stamp{Wall: 1_790_000_000_000, Mono: 1_000_000, Trust: entry.Trusted}, Current: true, Role: role}}
	d.sale = d.fresh()
	return d
}

func (d *desk) fresh() *Sale { return New(func(string) pay.Timing { return d.timing }) }

func (d *desk) pass(by time.Duration) {
	d.now.Mono += by.Milliseconds()
	d.now.Wall += by.Milliseconds()
}

// do lets the machine decide on an event and folds the decision.
func (d *desk) do(ev flow.Event) flow.Step {
	d.now.Number = entry.Number("10000001", "0007", 12345, d.drawn)
	step := d.sale.Next(ev, d.now)
	if again := d.sale.Next(ev, d.now); fmt.Sprint(again) != fmt.Sprint(step) {
		d.t.Fatalf("Next(%T) is not pure: %v, then %v", ev, step, again)
	}
	for _, draft := range step.Entries {
		e := entry.Entry{Seq: entry.Seq(len(d.journal) + 1), Key: 1, Stamp: d.now.Stamp, Kind: draft.Kind, Body: draft.Body}
		d.journal = append(d.journal, e)
		d.sale.Fold(e)
		if e.Kind == entry.Asked {
			d.drawn++
		}
	}
	for _, n := range step.Notes {
		d.sale.Note(n)
	}
	if step.Done != (len(step.Entries) > 0 && d.sale.finished()) {
		d.t.Errorf("after %T the step says done %v, the order says %v", ev, step.Done, d.sale.finished())
	}
	d.effects = append(d.effects, step.Effects...)
	if step.Tell != "" {
		d.told = append(d.told, step.Tell)
	}
	return step
}

// tick goes to the next due moment and lets the machine decide.
func (d *desk) tick() flow.Step {
	d.t.Helper()
	at, ok := d.sale.Due()
	if !ok {
		d.t.Fatalf("nothing is due in phase %s", d.sale.Phase())
	}
	if at > d.now.Mono {
		d.pass(time.Duration(at-d.now.Mono) * time.Millisecond)
	}
	return d.do(flow.Tick{})
}

// restart folds the journal into a new life.
func (d *desk) restart(sameBoot bool) flow.Step {
	d.sale, d.effects = d.fresh(), nil
	for _, e := range d.journal {
		d.sale.Fold(e)
	}
	since := entry.Seq(len(d.journal) + 1)
	if sameBoot {
		since = 1
	}
	return d.do(flow.Restarted{BootSince: since})
}

// took answers the newest effect of a kind and removes it.
func (d *desk) took(verb flow.Verb) flow.Effect {
	d.t.Helper()
	i := slices.IndexFunc(d.effects, func(e flow.Effect) bool { return e.Do == verb })
	if i < 0 {
		d.t.Fatalf("no %s was sent; there are %v", verb, d.verbs())
	}
	e := d.effects[i]
	d.effects = slices.Delete(d.effects, i, i+1)
	return e
}

func (d *desk) verbs() (verbs []flow.Verb) {
	for _, e := range d.effects {
		verbs = append(verbs, e.Do)
	}
	return verbs
}

func (d *desk) answer(verb flow.Verb, r pay.Result) flow.Step {
	d.t.Helper()
	e := d.took(verb)
	return d.do(flow.Answer{Key: 1, Do: verb, Number: cmp.Or(e.Refund.Number, e.Attempt.Number), Result: r})
}

func (d *desk) kinds() string {
	var names []string
	for _, e := range d.journal {
		names = append(names, e.Kind.String())
	}
	return strings.Join(names, ",")
}

func (d *desk) wants(kinds string, phase words.Phase) {
	d.t.Helper()
	if got := d.kinds(); got != kinds {
		d.t.Errorf("journal is %s, want %s", got, kinds)
	}
	if got := d.sale.Phase(); got != phase {
		d.t.Errorf("phase is %s, want %s", got, phase)
	}
}

func (d *desk) scan() {
	d.do(flow.Code{Text: "134567890123456789", Merchant: "shop", Network: "wechat"})
}

func (d *desk) start() {
	d.do(flow.Amount{Amount: 1250, Title: "Parking", Lane: "lane-1"})
	d.scan()
}

var paidResult = pay.Result{State: pay.Paid, Network: "4200001", Amount: 1250, Settled: 1250}

// The answers that a charge or query can get, before the attempt goes back.
func TestEveryAnswerWhileAsking(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		result pay.Result
		kinds  string
		phase  words.Phase
	}{
		{"paid", paidResult, "opened,asked,settled", words.PaidOrder},
		{"declined", pay.Result{State: pay.Declined, Code: "NOTENOUGH"}, "opened,asked,ended", words.Refused},
		{"not sent", pay.Result{State: pay.NotSent}, "opened,asked,ended", words.Refused},
		{"waiting", pay.Result{State: pay.Waiting, Code: "USERPAYING"}, "opened,asked,heard", words.Password},
		{"unknown", pay.Result{Code: "timeout"}, "opened,asked,heard", words.Checking},
		{"unknown without a code", pay.Result{}, "opened,asked,heard", words.Checking},
		{"mismatch", pay.Result{State: pay.Mismatch, Code: "amount", Amount: 1}, "opened,asked,frozen,task", words.FrozenOrder},
		{"a provider may not say absent", pay.Result{State: pay.Absent}, "opened,asked,heard", words.Checking},
		{"a provider may not say returned", pay.Result{State: pay.Returned}, "opened,asked,heard", words.Checking},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, flow.Cashier)
			d.start()
			d.pass(300 * time.Millisecond)
			d.answer(flow.Charge, row.result)
			d.wants(row.kinds, row.phase)
		})
	}
}

func TestNotSentIsClaimedOnlyOfTheCharge(t *testing.T) {
	t.Parallel()
	d := newDesk(t, flow.Cashier)
	d.start()
	d.answer(flow.Charge, pay.Result{Code: "timeout"})
	d.tick()
	d.answer(flow.Query, pay.Result{State: pay.NotSent})
	d.wants("opened,asked,heard", words.Checking)
}

func TestPaidPrintsSpeaksAndOpensOnlyForAReason(t *testing.T) {
	t.Parallel()
	occupied := flow.Loop{Fitted: true, Known: true, Occupied: true, Since: 1}
	for _, row := range []struct {
		name string
		role flow.Role
		now  func(*flow.Now)
		want string
	}{
		{"cashier", flow.Cashier, func(*flow.Now) {}, "[slip voice]"},
		{"exit without a loop, order current", flow.ParkingExit, func(*flow.Now) {}, "[slip voice gate]"},
		{"exit without a loop, another order current", flow.ParkingExit, func(n *flow.Now) { n.Current = false }, "[slip voice]"},
		{"exit, car there since before the scan", flow.ParkingExit, func(n *flow.Now) { n.Loop = occupied }, "[slip voice gate]"},
		{"exit, car left", flow.ParkingExit, func(n *flow.Now) { n.Loop = flow.Loop{Fitted: true, Known: true} }, "[slip voice]"},
		{"exit, another car since", flow.ParkingExit, func(n *flow.Now) { n.Loop = occupied; n.Loop.Since = n.Mono }, "[slip voice]"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, row.role)
			d.start()
			d.pass(time.Second)
			row.now(&d.now)
			d.answer(flow.Charge, paidResult)
			if got := fmt.Sprint(d.verbs()); got != row.want {
				t.Errorf("effects are %s, want %s", got, row.want)
			}
			asks := strings.Contains(d.kinds(), "task")
			if exit := row.role == flow.ParkingExit; asks != (exit && !strings.Contains(row.want, "gate")) {
				t.Errorf("journal is %s: the attendant is asked exactly when an exit stays shut", d.kinds())
			}
		})
	}
}

func TestTheWayBackIsOneWay(t *testing.T) {
	t.Parallel()
	d := newDesk(t, flow.Cashier)
	d.start()
	d.answer(flow.Charge, pay.Result{State: pay.Waiting, Code: "USERPAYING"})
	for d.sale.Phase() != words.GoingBack {
		if d.tick(); len(d.effects) > 0 {
			d.answer(flow.Query, pay.Result{State: pay.Waiting, Code: "USERPAYING"})
		}
	}
	d.wants("opened,asked,heard,returning", words.GoingBack)
	d.tick()
	d.answer(flow.Undo, pay.Result{Code: "recall"})
	d.answer(flow.Query, paidResult) // the success that came too late
	d.wants("opened,asked,heard,returning,heard", words.GoingBack)
	d.scan()
	if len(d.told) != 1 || d.told[0] != words.TellGoingBack {
		t.Errorf("a scan on the way back was told %v", d.told)
	}
	d.tick()
	d.answer(flow.Undo, pay.Result{State: pay.Declined})
	d.answer(flow.Query, pay.Result{State: pay.Declined, Code: "REVOKED"})
	d.wants("opened,asked,heard,returning,heard,ended", words.GivenBack)
	body := entry.Must[entry.EndedBody](d.journal[5])
	if pay.State(body.State) != pay.Returned || body.Amount != 1250 {
		t.Errorf("it ended as %v of %v, want returned of 12.50", pay.State(body.State), body.Amount)
	}
	d.scan()
	if next := d.took(flow.Charge); next.Attempt.Number == d.sale.attempts[0].Number {
		t.Error("the next attempt has the number of the one before")
	}
}

func TestUndoNeverBeforeFifteenSeconds(t *testing.T) {
	t.Parallel()
	d := newDesk(t, flow.Cashier)
	d.start()
	began := d.now.Mono
	d.answer(flow.Charge, pay.Result{Code: "timeout"})
	d.do(flow.Cancel{Why: "clerk"})
	d.wants("opened,asked,heard,returning", words.GoingBack)
	d.tick()
	d.took(flow.Undo)
	if waited := d.now.Mono - began; waited < 15_000 || waited > 16_000 {
		t.Errorf("undo was sent %d ms after the charge, want 15 s", waited)
	}
}

func TestAbsentNeedsTimeAndAnUndo(t *testing.T) {
	t.Parallel()
	d := newDesk(t, flow.Cashier)
	d.start()
	began := d.now.Mono
	d.answer(flow.Charge, pay.Result{Code: "timeout"})
	for range 200 {
		if strings.Contains(d.kinds(), "ended") {
			break
		}
		if len(d.effects) == 0 {
			d.tick()
			continue
		}
		if d.effects[0].Do == flow.Undo && d.now.Mono-began < 40_000 {
			t.Fatal("undo before patience ended")
		}
		d.answer(d.effects[0].Do, pay.Result{NotFound: true, Code: "ORDERNOTEXIST"})
	}
	d.wants("opened,asked,heard,returning,ended", words.Refused)
	if state := pay.State(entry.Must[entry.EndedBody](d.journal[4]).State); state != pay.Absent {
		t.Errorf("it ended as %v", state)
	}
	if waited := d.now.Mono - began; waited < 90_000 {
		t.Errorf("called absent after %d ms, before the code's life and 30 s were over", waited)
	}
}

func TestScansThatBeginNothing(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		make func(d *desk)
		want words.Key
	}{
		{"no amount", func(*desk) {}, words.TellNoAmount},
		{"under way", func(d *desk) { d.start() }, words.TellBusy},
		{"paid", func(d *desk) { d.start(); d.answer(flow.Charge, paidResult) }, words.TellPaidAlready},
		{"frozen", func(d *desk) { d.start(); d.answer(flow.Charge, pay.Result{State: pay.Mismatch}) }, words.TellFrozen},
		{"cancelled", func(d *desk) { d.do(flow.Amount{Amount: 5}); d.do(flow.Cancel{Why: "clerk"}) }, words.TellNoAmount},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, flow.Cashier)
			row.make(d)
			d.effects, d.told = nil, nil
			d.scan()
			if len(d.effects) != 0 || len(d.told) != 1 || d.told[0] != row.want {
				t.Errorf("told %v and sent %v, want only %v", d.told, d.verbs(), row.want)
			}
		})
	}
}

func TestADraftIsKeptAfterTwoQuietSeconds(t *testing.T) {
	t.Parallel()
	d := newDesk(t, flow.Cashier)
	d.do(flow.Amount{Amount: 1250})
	d.wants("", words.Ready)
	d.tick()
	d.wants("opened", words.Ready)
	d.scan()
	d.wants("opened,asked", words.Asking)
}

func TestUnbookedAnswerIsAskedForAgain(t *testing.T) {
	t.Parallel()
	d := newDesk(t, flow.Cashier)
	d.start()
	charge := d.took(flow.Charge)
	d.do(flow.Unbooked{Of: flow.Answer{Key: 1, Do: flow.Charge, Number: charge.Attempt.Number, Result: paidResult}})
	d.wants("opened,asked", words.Unbooked)
	if d.sale.Yields() {
		t.Error("a new order may take the place of one whose answer is not booked")
	}
	d.tick()
	d.answer(flow.Query, paidResult)
	d.wants("opened,asked,settled", words.PaidOrder)
}
