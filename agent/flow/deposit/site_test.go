package deposit

import (
	"testing"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// foreign is a deposit of 300.00 that terminal 0002 took and has captured from twice.
func (d *desk) foreign(captured, released money.Fen) flow.TakeOver {
	return flow.TakeOver{Lane: "desk-1", Merchant: flow.Merchant{Name: "inn", Network: "alipay"}, RoomHash: []byte{7}, By: "8 Wang",
		Foreign: flow.Foreign{From: "0002", Lane: "front", Number: number, Network: "alipay", Account: "ab", Voucher: "4200001", Amount: 30000,
			Captured: captured, Released: released, Captures: 2, Releases: 1, Title: "押金", Asked: entry.Stamp{Wall: d.now.Wall - 5000, Trust: entry.Trusted}}}
}

// takesOver has another terminal's deposit here, of which the network has 88.50 captured.
func takesOver(t *testing.T, theirs money.Fen) *desk {
	t.Helper()
	d := newDesk(t, anyTimes)
	d.now.Accounts = map[string]string{"inn": "ab"}
	ev := d.foreign(theirs, 0)
	ev.Result = totals(8850, 0, 21150)
	if step := d.do(ev); len(step.Entries) != 1 || len(step.Effects) != 0 {
		t.Fatalf("taking it over is %+v", step)
	}
	return d
}

// TestTakingOver: the network's totals count, and what the other terminal had
// otherwise stands beside them, also after a restart; nothing is printed.
func TestTakingOver(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		theirs money.Fen
		want   words.DepositSite
	}{
		{"equal totals", 8850, words.DepositSite{From: "0002", Lane: "front", Captured: 8850, NetCaptured: 8850}},
		{"a difference", 5000, words.DepositSite{From: "0002", Lane: "front", Captured: 5000, NetCaptured: 8850, Differs: true}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			d := takesOver(t, row.theirs)
			for range 2 {
				d.wants(words.DepositHeld, 8850, 0, 21150)
				v := d.deposit.View()
				if v.Site == nil || *v.Site != row.want || !v.Can.Capture || !v.Can.Release || v.Can.Refund || v.Voucher != "4200001" || v.Expires.IsZero() {
					t.Errorf("it is shown as %+v of %+v", v, v.Site)
				}
				if len(d.verbs()) != 0 || len(d.taskNames()) != 0 {
					t.Errorf("sent %v, tasks %v", d.verbs(), d.taskNames())
				}
				d.restart()
			}
		})
	}
}

// TestNothingIsTakenOver of which the network has not said that it is held.
func TestNothingIsTakenOver(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		r    pay.Result
		want words.Key
	}{
		{"no answer", lostIt, words.TellHoldUnheard},
		{"held, without totals", pay.Result{State: pay.Paid, Amount: 30000}, words.TellHoldUnheard},
		{"totals with a fault", pay.Result{State: pay.Unknown, Fault: true}, words.TellHoldUnheard},
		{"not known there", notKnown, words.TellHoldNotThere},
		{"another sum", totals(0, 0, 20000), words.TellHoldNotThere},
		{"another's", pay.Result{State: pay.Mismatch, Code: "amount"}, words.TellHoldNotThere},
		{"nothing left", totals(8850, 21150, 0), words.TellHoldOver},
	} {
		d := newDesk(t, anyTimes)
		ev := d.foreign(0, 0)
		ev.Result = row.r
		d.do(ev)
		if len(d.told) != 1 || d.told[0] != row.want || len(d.journal) != 0 {
			t.Errorf("%s: told %v, want %s; journal %s", row.name, d.told, row.want, d.kinds())
		}
	}
	d := newDesk(t, anyTimes)
	ev := d.foreign(0, 0)
	ev.Merchant, ev.Result = flow.Merchant{}, totals(0, 0, 30000)
	d.do(ev)
	if d.tells(words.TellHoldOtherShop); len(d.journal) != 0 {
		t.Errorf("of another merchant: journal %s", d.kinds())
	}
}

// TestTheNumberIsAskedForFirst: of a deposit that others move too, a number that the
// network knows is another terminal's, whatever it was for: nothing is sent under it.
func TestTheNumberIsAskedForFirst(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name  string
		probe pay.Result
		sent  bool
	}{
		{"free", notKnown, true},
		{"another terminal's of the same sum", captured, false},
		{"of another sum", pay.Result{State: pay.Mismatch, Code: "amount", Amount: 5}, false},
		{"under way", pay.Result{State: pay.Waiting}, false},
		{"refused there", pay.Result{State: pay.Declined, Code: "x"}, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			d := takesOver(t, 8850)
			d.capture(8850)
			d.answer(flow.QueryHold, totals(8850, 0, 21150))
			e := d.took(flow.QueryCapture)
			if e.Move.Number != number+"53" || e.Attempt.Network != "4200001" {
				t.Errorf("asked for %s of %+v", e.Move.Number, e.Attempt)
			}
			d.do(flow.Answer{Key: 10, Do: flow.QueryCapture, Number: number + "53", Result: row.probe})
			if row.sent {
				if e := d.took(flow.Capture); e.Move.Number != number+"53" || e.Move.Amount != 8850 {
					t.Errorf("sent %+v", e.Move)
				}
				d.do(flow.Answer{Key: 10, Do: flow.Capture, Number: number + "53", Result: captured})
				d.wants(words.DepositHeld, 17700, 0, 12300)
				return
			}
			d.wants(words.DepositHeld, 8850, 0, 21150)
			d.answer(flow.QueryHold, totals(8850, 0, 21150))
			if m := d.deposit.View().Move; len(d.verbs()) != 0 || m.Phase != words.MoveRefused || m.Code != taken || m.Other != 0 {
				t.Errorf("sent %v, the move is %+v", d.verbs(), m)
			}
			d.capture(8850) // anew, under the next number
			d.answer(flow.QueryHold, totals(8850, 0, 21150))
			d.answer(flow.QueryCapture, lostIt)
			if n := d.deposit.View().Move.Number; n != number+"54" {
				t.Errorf("anew it is %s", n)
			}
			d.pass(lookFor)
			d.tick()
			d.answer(flow.QueryCapture, lostIt)
			d.do(flow.ReleaseSpec{Hold: 10, Lane: "desk-1"}) // and of another kind
			d.answer(flow.QueryHold, totals(8850, 0, 21150))
			if n := d.took(flow.QueryRelease).Move.Number; n != number+"82" {
				t.Errorf("the release asks for %s", n)
			}
		})
	}
}

// TestANumberThatNobodyCanSayIsFree is asked for again, and given up in time.
func TestANumberThatNobodyCanSayIsFree(t *testing.T) {
	t.Parallel()
	d := takesOver(t, 8850)
	d.capture(8850)
	d.answer(flow.QueryHold, totals(8850, 0, 21150))
	d.answer(flow.QueryCapture, lostIt)
	d.tick()
	d.took(flow.QueryCapture)
	d.pass(lookFor)
	d.do(flow.Answer{Key: 10, Do: flow.QueryCapture, Number: number + "53", Result: lostIt})
	if m := d.deposit.View().Move; m.Phase != words.MoveRefused || len(d.verbs()) != 0 {
		t.Errorf("the move is %+v, sent %v", m, d.verbs())
	}
	d.wants(words.DepositHeld, 8850, 0, 21150)
}

// TestTheOwnerAsksForNumbersTooOnceOthersMove: what the network has otherwise was
// moved by somebody, whose numbers are ours.
func TestTheOwnerAsksForNumbersTooOnceOthersMove(t *testing.T) {
	t.Parallel()
	d := newDesk(t, anyTimes).held()
	d.pass(checkEvery + time.Minute)
	d.tick()
	d.answer(flow.QueryHold, totals(8850, 0, 21150))
	d.capture(8850)
	d.answer(flow.QueryHold, totals(8850, 0, 21150))
	if len(d.verbs()) != 1 || d.took(flow.QueryCapture).Move.Number != number+"51" {
		t.Errorf("sent %v", d.verbs())
	}
	d.do(flow.Answer{Key: 10, Do: flow.QueryCapture, Number: number + "51", Result: captured})
	d.wants(words.DepositHeld, 8850, 0, 21150)
}

// TestTheLookShowsWhatOthersMoved: between taking it over and acting the other
// terminal captures; nothing is sent, and the clerk sees what is left.
func TestTheLookShowsWhatOthersMoved(t *testing.T) {
	t.Parallel()
	d := takesOver(t, 8850)
	d.capture(21150)
	d.answer(flow.QueryHold, totals(18850, 0, 11150))
	d.wants(words.DepositHeld, 18850, 0, 11150)
	if v := d.deposit.View(); len(d.verbs()) != 0 || v.Move.Phase != words.MoveRefused || !v.Differs {
		t.Errorf("sent %v, shown %+v", d.verbs(), v)
	}
}
