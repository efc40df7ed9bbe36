package sale

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

// What a pending effect means after a crash: the table of the design.
func TestAfterACrash(t *testing.T) {
	t.Parallel()
	paid := func(d *desk) { d.start(); d.answer(flow.Charge, paidResult) }
	put := func(what flow.Verb, result string) func(d *desk) {
		return func(d *desk) { d.do(flow.Put{Key: 1, Output: entry.Output{What: string(what), Result: result}}) }
	}
	for _, row := range []struct {
		name   string
		before []func(d *desk)
		want   string // effects
		kinds  string // entries that the restart adds
	}{
		{"charge pending: never resent, queried", []func(d *desk){func(d *desk) { d.start() }}, "[query]", ""},
		{"unknown: queried", []func(d *desk){func(d *desk) { d.start(); d.answer(flow.Charge, pay.Result{}) }}, "[query]", ""},
		{"returning: queried", []func(d *desk){func(d *desk) { d.start(); d.do(flow.Cancel{Why: "clerk"}) }}, "[query]", ""},
		{"slip and voice pending: slip again as a reprint, voice dropped", []func(d *desk){paid}, "[slip]", "repeated,outputs"},
		{"slip held: printed as the first", []func(d *desk){paid, put(flow.Slip, flow.Held)}, "[slip]", "outputs,outputs"},
		{"slip known to be done but not written: again, as a reprint", []func(d *desk){paid, put(flow.Slip, flow.Done)}, "[slip]", "repeated,outputs"},
		{"all outputs written", []func(d *desk){paid, put(flow.Slip, flow.Done), put(flow.Voice, flow.Done), func(d *desk) { d.do(flow.Ride{}) }}, "[]", ""},
		{"slip failed: left to the clerk", []func(d *desk){paid, put(flow.Slip, flow.Failed), put(flow.Voice, flow.Dropped), func(d *desk) { d.do(flow.Ride{}) }}, "[]", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, flow.Cashier)
			for _, f := range row.before {
				f(d)
			}
			d.pass(time.Second)
			step := d.restart(true)
			var kinds []string
			for _, e := range step.Entries {
				kinds = append(kinds, e.Kind.String())
			}
			if got := fmt.Sprint(d.verbs()); got != row.want {
				t.Errorf("effects are %s, want %s", got, row.want)
			}
			if got := strings.Join(kinds, ","); got != row.kinds {
				t.Errorf("entries are %s, want %s", got, row.kinds)
			}
		})
	}
}

func TestReprintsSaySoAndAreCapped(t *testing.T) {
	t.Parallel()
	d := newDesk(t, flow.Cashier)
	d.start()
	d.answer(flow.Charge, paidResult)
	for n := 1; n <= flow.CopiesMax; n++ {
		d.restart(true)
		if e := d.took(flow.Slip); e.Copy != n || e.Receipt.Copy != n {
			t.Errorf("start %d prints copy %d", n, e.Copy)
		}
	}
	d.restart(true)
	if len(d.effects) != 0 || !strings.HasSuffix(d.kinds(), "task") {
		t.Errorf("after %d reprints: effects %v, journal %s", flow.CopiesMax, d.verbs(), d.kinds())
	}
}

func TestGateAfterARestart(t *testing.T) {
	t.Parallel()
	there := flow.Loop{Fitted: true, Known: true, Occupied: true}
	for _, row := range []struct {
		name     string
		loop     flow.Loop
		down     time.Duration
		sameBoot bool
		trust    entry.Trust
		opens    bool
	}{
		{"car there, same boot, young", there, 20 * time.Second, true, entry.Untrusted, true},
		{"car there, other boot, trusted clock, young", there, 20 * time.Second, false, entry.Trusted, true},
		{"car there, other boot, clock not trusted", there, 20 * time.Second, false, entry.Untrusted, false},
		{"car there, too old", there, 61 * time.Second, true, entry.Trusted, false},
		{"car gone", flow.Loop{Fitted: true, Known: true}, time.Second, true, entry.Trusted, false},
		{"another car since", flow.Loop{Fitted: true, Known: true, Occupied: true, Since: 1 << 60}, time.Second, true, entry.Trusted, false},
		{"no loop", flow.Loop{}, time.Second, true, entry.Trusted, false},
		{"loop never read", flow.Loop{Fitted: true}, time.Second, true, entry.Trusted, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, flow.ParkingExit)
			d.start()
			d.answer(flow.Charge, paidResult)
			d.took(flow.Gate)
			d.pass(row.down)
			d.now.Trust = row.trust
			d.restart(row.sameBoot)
			d.effects = nil
			d.now.Loop = row.loop
			d.pass(10 * time.Millisecond)
			d.do(flow.LoopRead{Occupied: row.loop.Occupied})
			for range 3 { // what is not decided by a reading is decided by time
				if d.sale.gateAsk {
					d.tick()
				}
			}
			if opened := fmt.Sprint(d.verbs()) == "[gate]"; opened != row.opens {
				t.Errorf("effects are %v, want the gate opened: %v", d.verbs(), row.opens)
			}
			if asked := strings.Contains(d.kinds(), "task"); asked == row.opens {
				t.Errorf("journal is %s: exactly one of arm and attendant", d.kinds())
			}
		})
	}
}

// A boot clock begins anew: that it reads as at the payment says nothing when
// the board was started in between.
func TestAReasonOfAnEarlierBootIsOldByItsWallTime(t *testing.T) {
	t.Parallel()
	d := newDesk(t, flow.ParkingExit)
	d.start()
	d.answer(flow.Charge, paidResult)
	d.restart(false)
	boot := entry.Seq(len(d.journal)) // the board's, of which this was the first start
	d.pass(5 * time.Minute)
	d.now.Mono = d.journal[2].Mono + 1000
	d.sale, d.effects = d.fresh(), nil
	for _, e := range d.journal {
		d.sale.Fold(e)
	}
	d.do(flow.Restarted{BootSince: boot})
	d.effects, d.now.Loop = nil, flow.Loop{Fitted: true, Known: true, Occupied: true}
	d.do(flow.LoopRead{Occupied: true})
	if len(d.effects) != 0 || !strings.HasSuffix(d.kinds(), "task") {
		t.Errorf("effects are %v, journal %s", d.verbs(), d.kinds())
	}
}

// Power cuts at every entry of a sale whose success comes late: the way back,
// once committed, is never left, and one charge stays at most.
func TestCutAtEveryEntry(t *testing.T) {
	t.Parallel()
	whole := newDesk(t, flow.Cashier)
	whole.start()
	whole.answer(flow.Charge, pay.Result{State: pay.Waiting, Code: "USERPAYING"})
	whole.do(flow.Cancel{Why: "clerk"})
	whole.tick()
	whole.answer(flow.Undo, pay.Result{})
	whole.answer(flow.Query, paidResult)
	for cut := 1; cut <= len(whole.journal); cut++ {
		d := newDesk(t, flow.Cashier)
		d.now = whole.now
		d.journal = append(d.journal, whole.journal[:cut]...)
		d.restart(false)
		returning := strings.Contains(d.kinds(), "returning")
		if len(d.effects) == 0 {
			continue // the order was opened and nothing was asked
		}
		d.answer(flow.Query, paidResult)
		if settled := d.sale.settled != nil; settled == returning {
			t.Errorf("cut after %d entries (%s): settled %v", cut, d.kinds(), settled)
		}
		if returning && d.sale.Phase() != words.GoingBack {
			t.Errorf("cut after %d entries: phase %s", cut, d.sale.Phase())
		}
	}
}

func TestFoldPanicsNamingTheOrder(t *testing.T) {
	t.Parallel()
	d := newDesk(t, flow.Cashier)
	d.start()
	d.do(flow.Cancel{Why: "clerk"})
	defer func() {
		if text := fmt.Sprint(recover()); !strings.Contains(text, "order 1") {
			t.Errorf("panic says %q", text)
		}
	}()
	d.sale.Fold(entry.Entry{Seq: 9, Key: 1, Kind: entry.Settled, Body: entry.Encode(entry.SettledBody{Number: d.sale.attempts[0].Number})})
}
