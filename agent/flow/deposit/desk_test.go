package deposit

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
	"tillgate/store/money"
)

const number = "100000010007123450000420"

// desk drives one deposit without a store: it folds what the machine decides and
// keeps the journal, so that a test can cut the power by folding it anew.
type desk struct {
	t       *testing.T
	deposit *Deposit
	terms   pay.HoldTerms
	timing  pay.Timing
	journal []entry.Entry
	effects []flow.Effect
	told    []words.Key
	then    []flow.Event
	now     flow.Now
}

// The terms of WeChat Pay, and of a network that lets everything be done.
var (
	onceOnly = pay.HoldTerms{Code: true, Captures: 1, RestGoes: true, Unnumbered: true, Days: true, Life: 30 * 24 * time.Hour}
	anyTimes = pay.HoldTerms{Code: true, QR: true, Parts: true, Life: 30 * 24 * time.Hour}
)

func newDesk(t *testing.T, terms pay.HoldTerms) *desk {
	d := &desk{t: t, terms: terms, timing: pay.WeChat, now: flow.Now{Number: number, Stamp: entry.Stamp{Wall: 1_790_000_000_000, Mono: 1_000_000, Trust: entry.Trusted}}}
	d.deposit = d.fresh()
	return d
}

func (d *desk) fresh() *Deposit {
	return New(Rules{Timing: func(string) pay.Timing { return d.timing }, Terms: func(string, string) pay.HoldTerms { return d.terms }}, "desk-1")
}

func (d *desk) pass(by time.Duration) {
	d.now.Mono += by.Milliseconds()
	d.now.Wall += by.Milliseconds()
}

// do lets the machine decide on an event and folds the decision.
func (d *desk) do(ev flow.Event) flow.Step {
	d.t.Helper()
	step := d.deposit.Next(ev, d.now)
	if again := d.deposit.Next(ev, d.now); len(again.Entries) != len(step.Entries) || len(again.Effects) != len(step.Effects) || again.Done != step.Done {
		d.t.Fatalf("Next(%T) is not pure: %v, then %v", ev, step, again)
	}
	for _, draft := range step.Entries {
		e := entry.Entry{Seq: entry.Seq(len(d.journal) + 10), Key: 10, Stamp: d.now.Stamp, Kind: draft.Kind, Body: draft.Body, Private: draft.Private}
		d.journal = append(d.journal, e)
		d.deposit.Fold(e)
	}
	for _, n := range step.Notes {
		d.deposit.Note(n)
	}
	if len(step.Entries) > 0 && step.Key != 0 && step.Done != d.deposit.finished() {
		d.t.Errorf("after %T the step says done %v, the deposit says %v", ev, step.Done, d.deposit.finished())
	}
	d.effects = append(d.effects, step.Effects...)
	if step.Tell != "" {
		d.told = append(d.told, step.Tell)
	}
	if step.Then != nil {
		d.then = append(d.then, step.Then)
	}
	return step
}

// ask wishes for a deposit of 300.00 by payment code.
func (d *desk) ask() flow.Step {
	d.t.Helper()
	return d.do(flow.DepositSpec{Amount: 30000, Title: "押金", Staff: "8", By: "8 Wang", Lane: "desk-1", Code: "134567890123456789", Hash: []byte{1},
		Merchant: flow.Merchant{Name: "inn", Network: "wechat"}})
}

var isHeld = pay.Result{State: pay.Paid, Network: "4200001", Amount: 30000, Wallet: "wechat", Payer: "o-1", Held: &pay.Held{Left: 30000}}

// totals are a network's answer about what is held.
func totals(captured, released, left money.Fen) pay.Result {
	r := isHeld
	r.Held = &pay.Held{Captured: captured, Released: released, Left: left}
	return r
}

var (
	lostIt   = pay.Result{Code: "timeout"}
	notKnown = pay.Result{NotFound: true, Code: "NOTFOUND"}
	captured = pay.Result{State: pay.Paid, Network: "4200002", Amount: 8850}
	returned = pay.Result{State: pay.Returned}
)

// held has a deposit that the network holds.
func (d *desk) held() *desk {
	d.t.Helper()
	d.ask()
	r := isHeld
	r.PaidAt = time.UnixMilli(d.now.Wall)
	d.answer(flow.Hold, r)
	d.printed()
	return d
}

// printed lets slip and voice happen.
func (d *desk) printed() {
	d.t.Helper()
	for _, what := range []flow.Verb{flow.Slip, flow.Voice} {
		if slices.Contains(d.verbs(), what) {
			d.took(what)
			d.do(flow.Put{Key: 10, Output: entry.Output{What: string(what), Result: flow.Done}})
		}
	}
}

func (d *desk) capture(amount money.Fen) flow.Step {
	d.t.Helper()
	return d.do(flow.CaptureSpec{Hold: 10, Amount: amount, Lane: "desk-1", By: "8 Wang"})
}

// tick goes to the next due moment and lets the machine decide.
func (d *desk) tick() flow.Step {
	d.t.Helper()
	at, ok := d.deposit.Due()
	if !ok {
		d.t.Fatalf("nothing is due in phase %s", d.deposit.View().Phase)
	}
	if at > d.now.Mono {
		d.pass(time.Duration(at-d.now.Mono) * time.Millisecond)
	}
	return d.do(flow.Tick{})
}

// upTo goes on to the first call of a kind.
func (d *desk) upTo(verb flow.Verb) {
	d.t.Helper()
	for range 200 {
		if slices.Contains(d.verbs(), verb) {
			return
		}
		d.tick()
	}
	d.t.Fatalf("there is never a %s; journal %s", verb, d.kinds())
}

// sentAgain goes on to where a move that the network does not know is sent once more:
// its totals are ours.
func (d *desk) sentAgain(send flow.Verb) {
	d.t.Helper()
	d.upTo(flow.QueryHold)
	if slices.Contains(d.verbs(), send) {
		d.t.Fatalf("sent without a look at the totals: %v", d.verbs())
	}
	p := d.deposit
	d.answer(flow.QueryHold, totals(p.captured, p.released, p.placed.Amount-p.captured-p.released))
	if !slices.Contains(d.verbs(), send) {
		d.t.Fatalf("no %s after the look; journal %s", send, d.kinds())
	}
}

// restart folds the journal into a new life.
func (d *desk) restart() flow.Step {
	d.t.Helper()
	d.deposit, d.effects = d.fresh(), nil
	for _, e := range d.journal {
		d.deposit.Fold(e)
	}
	return d.do(flow.Restarted{})
}

// took is the oldest effect of a kind, which is removed.
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

// answer brings the network's word to the newest call of a kind.
func (d *desk) answer(verb flow.Verb, r pay.Result) flow.Step {
	d.t.Helper()
	e := d.took(verb)
	return d.do(flow.Answer{Key: 10, Do: verb, Number: cmp.Or(e.Move.Number, e.Attempt.Number), Result: r})
}

func (d *desk) kinds() string {
	var names []string
	for _, e := range d.journal {
		names = append(names, e.Kind.String())
	}
	return strings.Join(names, ",")
}

// taskNames are the tasks that were written.
func (d *desk) taskNames() (names []string) {
	for _, e := range d.journal {
		if e.Kind == entry.Task {
			names = append(names, entry.Must[entry.TaskBody](e).What)
		}
	}
	return names
}

func (d *desk) wants(phase words.DepositPhase, captured, released, left money.Fen) {
	d.t.Helper()
	v, read := d.deposit.View(), ViewOf(d.journal, func(string) pay.Timing { return d.timing })
	if read.Held != v.Held || read.Captured != v.Captured || read.Released != v.Released || read.Left != v.Left || read.Can != v.Can {
		d.t.Errorf("whoever reads the journal sees %+v, the lane %+v", read, v)
	}
	if v.Phase != phase || v.Captured != captured || v.Released != released || v.Left != left {
		d.t.Errorf("%s: %s captured, %s released, %s left; want %s: %s, %s, %s; journal %s", v.Phase, v.Captured, v.Released, v.Left, phase, captured, released, left, d.kinds())
	}
}

func (d *desk) tells(want ...words.Key) {
	d.t.Helper()
	if fmt.Sprint(d.told) != fmt.Sprint(want) {
		d.t.Errorf("told %v, want %v", d.told, want)
	}
}
