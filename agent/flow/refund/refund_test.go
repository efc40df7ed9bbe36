package refund

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
	"tillgate/store/money"
)

const number = "100000010007123450000420"

// desk drives one refund without a store: it folds what the machine decides and
// keeps the journal, so that a test can cut the power by folding it anew.
type desk struct {
	t       *testing.T
	refund  *Refund
	payment store.Payment
	timing  pay.RefundTiming
	journal []entry.Entry
	effects []flow.Effect
	told    []words.Key
	now     flow.Now
}

var timing = pay.RefundTiming{
	Call: 20 * time.Second, Queries: []time.Duration{3 * time.Second, 30 * time.Second}, QueryEvery: 5 * time.Minute,
	Again: time.Minute, Apart: time.Minute, Window: 365 * 24 * time.Hour,
}

// newDesk has an order of 12.50 that was paid a minute ago through a wallet.
func newDesk(t *testing.T) *desk {
	d := &desk{t: t, timing: timing, now: flow.Now{Stamp: entry.Stamp{Wall: 1_790_000_000_000, Mono: 1_000_000, Trust: entry.Trusted}}}
	paid := d.now.Stamp
	paid.Wall, paid.Mono = paid.Wall-60_000, paid.Mono-60_000
	d.payment = store.Payment{
		Order: 1, Last: 3, Opened: entry.OpenedBody{Lane: "lane-1", Amount: 1250}, AskedAt: paid, SettledAt: paid,
		Asked:   entry.AskedBody{Number: number, Merchant: "shop", Network: "wechat"},
		Settled: entry.SettledBody{Number: number, Amount: 1250, Settled: 1240, Network: "4200001"},
	}
	d.refund = d.fresh()
	return d
}

func (d *desk) fresh() *Refund {
	return New(func(string) pay.Timing { return pay.Timing{Ask: 8 * time.Second, Refund: d.timing} })
}

func (d *desk) pass(by time.Duration) {
	d.now.Mono += by.Milliseconds()
	d.now.Wall += by.Milliseconds()
}

// do lets the machine decide on an event and folds the decision.
func (d *desk) do(ev flow.Event) flow.Step {
	d.t.Helper()
	step := d.refund.Next(ev, d.now)
	if again := d.refund.Next(ev, d.now); fmt.Sprint(again) != fmt.Sprint(step) {
		d.t.Fatalf("Next(%T) is not pure: %v, then %v", ev, step, again)
	}
	for _, draft := range step.Entries {
		e := entry.Entry{Seq: entry.Seq(len(d.journal) + 10), Key: 10, Stamp: d.now.Stamp, Kind: draft.Kind, Body: draft.Body}
		d.journal = append(d.journal, e)
		d.refund.Fold(e)
	}
	for _, n := range step.Notes {
		d.refund.Note(n)
	}
	if len(d.journal) > 1 && step.Done != (len(step.Entries) > 0 && d.refund.finished()) {
		d.t.Errorf("after %T the step says done %v, the refund says %v", ev, step.Done, d.refund.finished())
	}
	d.effects = append(d.effects, step.Effects...)
	if step.Tell != "" {
		d.told = append(d.told, step.Tell)
	}
	return step
}

// ask wishes for a refund of the desk's payment.
func (d *desk) ask(amount money.Fen) flow.Step {
	d.t.Helper()
	return d.do(flow.Refund{Order: 1, Amount: amount, Reason: "broken", Staff: "8", By: "8 Wang", Lane: "lane-1", Payment: d.payment, SameBoot: true})
}

// tick goes to the next due moment and lets the machine decide.
func (d *desk) tick() flow.Step {
	d.t.Helper()
	at, ok := d.refund.Due()
	if !ok {
		d.t.Fatalf("nothing is due in phase %s", d.refund.View().Phase)
	}
	if at > d.now.Mono {
		d.pass(time.Duration(at-d.now.Mono) * time.Millisecond)
	}
	return d.do(flow.Tick{})
}

// restart folds the journal into a new life.
func (d *desk) restart() flow.Step {
	d.t.Helper()
	d.refund, d.effects = d.fresh(), nil
	for _, e := range d.journal {
		d.refund.Fold(e)
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

// answer brings the network's word, as the lane hands it on.
func (d *desk) answer(verb flow.Verb, r pay.Result) flow.Step {
	d.t.Helper()
	e := d.took(verb)
	return d.do(flow.Answer{Key: 10, Do: verb, Number: e.Refund.Number, Result: r, Before: d.payment.Returned(), Known: true})
}

func (d *desk) kinds() string {
	var names []string
	for _, e := range d.journal {
		names = append(names, e.Kind.String())
	}
	return strings.Join(names, ",")
}

func (d *desk) wants(kinds string, phase words.RefundPhase) {
	d.t.Helper()
	if got := d.kinds(); got != kinds {
		d.t.Errorf("journal is %s, want %s", got, kinds)
	}
	if got := d.refund.View().Phase; got != phase {
		d.t.Errorf("phase is %s, want %s", got, phase)
	}
}

var (
	returned = pay.Result{State: pay.Returned, Network: "5030001", Amount: 500, Settled: 496, PaidAt: time.Unix(1_790_000_001, 0)}
	accepted = pay.Result{State: pay.Waiting, Code: "PROCESSING"}
	notKnown = pay.Result{NotFound: true, Code: "RESOURCE_NOT_EXISTS"}
	lostIt   = pay.Result{Code: "timeout"}
	abnormal = pay.Result{Code: "ABNORMAL", Fault: true}
)

func TestTheIntentIsDurableBeforeTheCall(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	step := d.ask(500)
	if step.Key != 0 || step.Order != 3 || len(step.Entries) != 1 {
		t.Fatalf("the step is %+v", step)
	}
	b := entry.Must[entry.RefundAskedBody](d.journal[0])
	want := entry.RefundAskedBody{Order: 1, Of: number, Number: number + "01", Amount: 500, Paid: 1250, Lane: "lane-1", Merchant: "shop", Network: "wechat",
		Payment: "4200001", Asked: d.payment.AskedAt.Wall, Trust: entry.Trusted, Reason: "broken", Staff: "8", By: "8 Wang"}
	if b != want {
		t.Errorf("the intent is %+v, want %+v", b, want)
	}
	e := d.took(flow.AskRefund)
	if e.Refund.Number != b.Number || e.Refund.Amount != 500 || e.Refund.Reason != "broken" || e.Refund.Staff != "8" || e.Network != "wechat" ||
		e.Attempt.Number != number || e.Attempt.Amount != 1250 || e.Attempt.Network != "4200001" || e.Attempt.Merchant != "shop" || e.Attempt.Shown ||
		e.Attempt.Stamp.UnixMilli() != b.Asked || !e.Attempt.Asked.Equal(e.Attempt.Stamp) {
		t.Errorf("what is sent is %+v", e)
	}
	if v := d.refund.View(); v.Phase != words.RefundAsking || v.Key != 10 || v.Order != 1 || v.Number != b.Number || v.Amount != 500 {
		t.Errorf("the page shows %+v", v)
	}
}

// TestEveryAnswer that the request or a question after it can get.
func TestEveryAnswer(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		result pay.Result
		kinds  string // after the intent
		phase  words.RefundPhase
		next   flow.Verb
		in     time.Duration // until then
	}{
		{"returned", returned, ",refund done", words.RefundDone, "", 0},
		{"accepted", accepted, ",refund heard", words.RefundAccepted, flow.QueryRefund, 3 * time.Second},
		{"declined", pay.Result{State: pay.Declined, Code: "USER_ACCOUNT_ABNORMAL", Message: "账户异常"}, ",refund refused", words.RefundRefused, "", 0},
		{"declined for our set-up", pay.Result{State: pay.Declined, Code: "NO_AUTH", Fault: true}, ",refund refused,task", words.RefundRefused, "", 0},
		{"another sum", pay.Result{State: pay.Mismatch, Code: "amount", Amount: 700}, ",refund refused,task", words.RefundRefused, "", 0},
		{"lost", lostIt, "", words.RefundAsking, flow.QueryRefund, 3 * time.Second},
		{"busy", pay.Result{Code: "SYSTEM_ERROR"}, "", words.RefundAsking, flow.QueryRefund, 3 * time.Second},
		{"not known", notKnown, "", words.RefundAsking, flow.AskRefund, time.Minute},
		{"abnormal", abnormal, ",refund heard,task", words.RefundStuck, flow.QueryRefund, slowly},
		{"not for a provider to say: paid", pay.Result{State: pay.Paid}, "", words.RefundAsking, flow.QueryRefund, 3 * time.Second},
		{"not for a provider to say: not sent", pay.Result{State: pay.NotSent}, "", words.RefundAsking, flow.QueryRefund, 3 * time.Second},
		{"not for a provider to say: absent", pay.Result{State: pay.Absent}, "", words.RefundAsking, flow.QueryRefund, 3 * time.Second},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.ask(500)
			d.pass(300 * time.Millisecond)
			d.answer(flow.AskRefund, row.result)
			d.wants("refund asked"+row.kinds, row.phase)
			at, due := d.refund.Due()
			if due != (row.next != "") {
				t.Fatalf("due %v", due)
			}
			if !due {
				return
			}
			if in := time.Duration(at-d.now.Mono) * time.Millisecond; in != row.in {
				t.Errorf("next in %v, want %v", in, row.in)
			}
			if d.tick(); d.took(row.next).Refund.Number != number+"01" || len(d.effects) != 0 {
				t.Errorf("then there are %v", d.verbs())
			}
		})
	}
}

func TestARefundToItsEnd(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.payment.Refunds = []store.Refund{
		{ID: 4, State: entry.RefundDone, Back: 200, Asked: entry.RefundAskedBody{Way: entry.ByCash}},
		{ID: 6, State: entry.RefundAsked, Back: 100, Asked: entry.RefundAskedBody{Way: entry.ByCash}},
	}
	d.ask(0) // all that is left
	if b := entry.Must[entry.RefundAskedBody](d.journal[0]); b.Amount != 950 || b.Number != number+"03" {
		t.Fatalf("the intent is %+v", b)
	}
	d.answer(flow.AskRefund, accepted)
	for _, gap := range []time.Duration{3 * time.Second, 27 * time.Second, 5 * time.Minute, 5 * time.Minute} {
		began := d.now.Mono
		d.tick()
		d.answer(flow.QueryRefund, accepted)
		if passed := time.Duration(d.now.Mono-began) * time.Millisecond; passed != gap {
			t.Errorf("asked after %v, want %v", passed, gap)
		}
	}
	d.wants("refund asked,refund heard", words.RefundAccepted)
	d.tick()
	d.answer(flow.QueryRefund, pay.Result{State: pay.Returned, Network: "5030001", Amount: 950, Settled: 940, PaidAt: time.Unix(1_790_000_700, 0)})
	d.wants("refund asked,refund heard,refund done,outputs", words.RefundDone)
	b := entry.Must[entry.RefundDoneBody](d.journal[2])
	if b != (entry.RefundDoneBody{Settled: 940, Total: 1150, Network: "5030001", At: 1_790_000_700}) {
		t.Errorf("the end is %+v", b)
	}
	if v := d.refund.View(); v.Total != 1150 || v.Code != "" {
		t.Errorf("the page shows %+v", v)
	}
	r := d.took(flow.Slip).Receipt
	if r.Number != number || r.Refund != number+"03" || r.Amount != 1250 || r.Back != 950 || r.Total != 1150 || r.Reason != "broken" || r.By != "8 Wang" ||
		r.NetworkNumber != "5030001" || r.At.UnixMilli() != d.now.Wall || r.Network != "wechat" || r.Lane != "lane-1" {
		t.Errorf("the slip is made of %+v", r)
	}
	if len(d.effects) != 0 {
		t.Errorf("eleven minutes later there are still %v", d.verbs())
	}
	d.do(flow.Put{Key: 10, Output: entry.Output{What: string(flow.Slip), Result: flow.Done}})
	d.tick()
	d.wants("refund asked,refund heard,refund done,outputs,outputs", words.RefundDone)
	if _, due := d.refund.Due(); due || !d.refund.finished() {
		t.Error("something is left to do")
	}
}

// TestAQuickRefundIsSpokenOf, and a voice is never said again.
func TestAQuickRefundIsSpokenOf(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		after time.Duration
		said  bool
	}{{time.Second, true}, {spokenFor, true}, {spokenFor + time.Second, false}} {
		d := newDesk(t)
		d.ask(500)
		d.pass(row.after)
		d.answer(flow.AskRefund, returned)
		if got := slices.Contains(d.verbs(), flow.Voice); got != row.said || !slices.Contains(d.verbs(), flow.Slip) || slices.Contains(d.verbs(), flow.Drawer) {
			t.Errorf("after %v there are %v", row.after, d.verbs())
		}
		if d.restart(); slices.Contains(d.verbs(), flow.Voice) {
			t.Error("it is said again after a restart")
		}
	}
}

func TestRefundsThatDoNotBegin(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		change func(d *desk)
		amount money.Fen
		want   words.Key
	}{
		{"more than was paid", func(*desk) {}, 1251, words.TellRefundHigh},
		{"less than nothing", func(*desk) {}, -1, words.TellAmountZero},
		{"more than is left", func(d *desk) { d.payment.Refunds = []store.Refund{{State: entry.RefundAsked, Back: 1000}} }, 251, words.TellRefundHigh},
		{"nothing is left", func(d *desk) { d.payment.Refunds = []store.Refund{{State: entry.RefundDone, Back: 1250}} }, 0, words.TellRefundSpent},
		{"not paid", func(d *desk) { d.payment.Settled = entry.SettledBody{} }, 0, words.TellRefundNone},
		{"frozen", func(d *desk) { d.payment.Frozen = true }, 1, words.TellFrozen},
		{"on its way back", func(d *desk) { d.payment.GoingBack, d.payment.Settled.Number = true, "" }, 1, words.TellRefundGoingBack},
		{"paid, and another attempt is on its way back", func(d *desk) { d.payment.GoingBack = true }, 1, words.TellRefundGoingBack},
		{"of a damaged record", func(d *desk) { d.payment.Uncertain = true }, 1, words.TellRefundUncertain},
		{"the fifty-first", func(d *desk) { d.payment.Refunds = make([]store.Refund, entry.Refunds) }, 1, words.TellRefundMany},
		{"a network without refunds", func(d *desk) { d.timing = pay.RefundTiming{} }, 1, words.TellRefundNever},
		{"a year and a second later", func(d *desk) { d.pass(d.timing.Window - 59*time.Second) }, 1, words.TellRefundLate},
		{"a year later by the network's clock", func(d *desk) { d.payment.Settled.PaidAt = d.now.Wall/1000 - int64(d.timing.Window.Seconds()) - 1 }, 1, words.TellRefundLate},
		{"of an account that has gone", func(d *desk) { d.payment.Asked.Account = "of-shop" }, 1, words.TellRefundBooks},
		{"of another account under its name", func(d *desk) {
			d.payment.Asked.Account, d.now.Accounts = "of-shop", map[string]string{"shop": "of-another", "other": "of-shop"}
		}, 1, words.TellRefundBooks},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			row.change(d)
			step := d.ask(row.amount)
			if !slices.Equal(d.told, []words.Key{row.want}) || len(step.Entries)+len(step.Effects) != 0 {
				t.Errorf("told %v with %+v, want %s", d.told, step, row.want)
			}
		})
	}
}

// TestARefundInItsOwnBooks begins; so does one of an older release's payment, which
// does not say whose books it is in, and one that never leaves the device.
func TestARefundInItsOwnBooks(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ was, way string }{{"of-shop", ""}, {"", ""}, {"of-another", entry.ByCash}} {
		d := newDesk(t)
		d.now.Accounts = map[string]string{"shop": "of-shop"}
		d.payment.Asked.Account, d.payment.Asked.Way = row.was, row.way
		if d.ask(500); len(d.journal) == 0 || len(d.told) != 0 {
			t.Errorf("%+v: told %v", row, d.told)
		}
	}
}

// TestTheWindowGoesByClocksThatAreRight: else the network says so itself.
func TestTheWindowGoesByClocksThatAreRight(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name       string
		paid, now  entry.Trust
		networkHas bool
		begins     bool
	}{
		{"both trusted", entry.Trusted, entry.Trusted, false, false},
		{"now not trusted", entry.Trusted, entry.Floor, true, true},
		{"then not trusted", entry.Untrusted, entry.Trusted, false, true},
		{"then not trusted, the network knows", entry.Untrusted, entry.Trusted, true, false},
	} {
		d := newDesk(t)
		d.payment.SettledAt.Trust = row.paid
		if row.networkHas {
			d.payment.Settled.PaidAt = d.payment.SettledAt.Wall / 1000
		}
		d.pass(2 * d.timing.Window)
		d.now.Trust = row.now
		if d.ask(500); (len(d.journal) == 1) != row.begins {
			t.Errorf("%s: journal %s, told %v", row.name, d.kinds(), d.told)
		}
	}
}

// TestRefundsOfOnePaymentStandApart: the second waits, and so does the third behind it.
func TestRefundsOfOnePaymentStandApart(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name     string
		ago      time.Duration // the newest refund's intent
		waited   time.Duration // how long that one waited itself
		sameBoot bool
		trust    entry.Trust
		byHand   bool
		want     time.Duration
	}{
		{"right after it", 10 * time.Second, 0, true, entry.Untrusted, false, 50 * time.Second},
		{"right after one that waits itself", 10 * time.Second, 40 * time.Second, true, entry.Untrusted, false, 90 * time.Second},
		{"long after it", 61 * time.Second, 0, true, entry.Untrusted, false, 0},
		{"of an earlier boot, by wall clocks", 20 * time.Second, 0, false, entry.Trusted, false, 40 * time.Second},
		{"of an earlier boot, no clock can tell", 2 * time.Hour, 0, false, entry.Untrusted, false, time.Minute},
		{"behind one in cash", 0, 0, true, entry.Trusted, true, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			first := store.Refund{ID: 4, State: entry.RefundAsked, Back: 100, Asked: entry.RefundAskedBody{Number: number + "01", Wait: row.waited.Milliseconds()}}
			if row.byHand {
				first.Asked.Way = entry.ByCash
			}
			d.payment.Refunds = []store.Refund{first}
			d.payment.NewestAt = entry.Stamp{Wall: d.now.Wall - row.ago.Milliseconds(), Mono: d.now.Mono - row.ago.Milliseconds(), Trust: row.trust}
			if !row.sameBoot {
				d.payment.NewestAt.Mono = d.now.Mono + 5
			}
			d.do(flow.Refund{Order: 1, Amount: 500, Lane: "lane-1", Payment: d.payment, SameBoot: row.sameBoot})
			d.wants("refund asked", words.RefundAsking)
			began := d.now.Mono
			if row.want > 0 {
				if len(d.effects) != 0 {
					t.Fatalf("%v left at once", d.verbs())
				}
				d.tick()
			}
			if got := time.Duration(d.now.Mono-began) * time.Millisecond; got != row.want || d.took(flow.AskRefund).Refund.Number != number+"02" {
				t.Errorf("waited %v, want %v", got, row.want)
			}
		})
	}
}
