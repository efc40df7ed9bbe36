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
	"tillgate/store/entry"
)

// TestEveryStepAfterARestart: nothing is sent before the network was asked, and
// what is sent has the same number and amount.
func TestEveryStepAfterARestart(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		before func(d *desk)
		after  pay.Result // to the question
		kinds  string
		phase  words.RefundPhase
		sends  bool
	}{
		{"nothing was heard, and it has arrived", func(*desk) {}, returned, "refund asked,refund done,outputs", words.RefundDone, false},
		{"nothing was heard, and it is not known", func(*desk) {}, notKnown, "refund asked,repeated", words.RefundAsking, true},
		{"nothing was heard, and it is on its way", func(*desk) {}, accepted, "refund asked,refund heard", words.RefundAccepted, false},
		{"the answer was lost, and so is the next", func(d *desk) { d.answer(flow.AskRefund, lostIt) }, lostIt, "refund asked", words.RefundAsking, false},
		{"accepted", func(d *desk) { d.answer(flow.AskRefund, accepted) }, returned, "refund asked,refund heard,refund done,outputs", words.RefundDone, false},
		{"accepted, and then not known", func(d *desk) { d.answer(flow.AskRefund, accepted) }, notKnown, "refund asked,refund heard,repeated", words.RefundAccepted, true},
		{"stuck", func(d *desk) { d.answer(flow.AskRefund, abnormal) }, abnormal, "refund asked,refund heard,task", words.RefundStuck, false},
		{"stuck, and a person has acted", func(d *desk) { d.answer(flow.AskRefund, abnormal) }, accepted, "refund asked,refund heard,task,refund heard", words.RefundAccepted, false},
		{"refused meanwhile", func(*desk) {}, pay.Result{State: pay.Declined, Code: "CLOSED"}, "refund asked,refund refused", words.RefundRefused, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.ask(500)
			row.before(d)
			d.pass(time.Second)
			d.restart()
			if len(d.effects) != 0 {
				t.Fatalf("the start itself sends %v", d.verbs())
			}
			d.tick()
			d.answer(flow.QueryRefund, row.after)
			if row.sends {
				began := d.now.Mono
				d.tick()
				if gap := d.now.Mono - began; gap != timing.Again.Milliseconds() {
					t.Errorf("sent again after %d ms", gap)
				}
				if e := d.took(flow.AskRefund); e.Refund.Number != number+"01" || e.Refund.Amount != 500 || e.Attempt.Amount != 1250 {
					t.Errorf("sent again as %+v", e)
				}
			}
			d.wants(row.kinds, row.phase)
			if slices.Contains(d.verbs(), flow.Voice) {
				t.Error("a refund of an earlier life is spoken of")
			}
		})
	}
}

// TestCutAtEveryEntry: whatever the life before has written, the next one brings
// it to the same end, with one slip.
func TestCutAtEveryEntry(t *testing.T) {
	t.Parallel()
	whole := newDesk(t)
	whole.ask(500)
	whole.answer(flow.AskRefund, abnormal)
	whole.tick()
	whole.answer(flow.QueryRefund, accepted)
	whole.tick()
	whole.answer(flow.QueryRefund, returned)
	whole.do(flow.Put{Key: 10, Output: entry.Output{What: string(flow.Slip), Result: flow.Done}})
	whole.tick()
	for cut := 1; cut <= len(whole.journal); cut++ {
		d := newDesk(t)
		d.now, d.journal = whole.now, slices.Clone(whole.journal[:cut])
		d.restart()
		slips := 0
		for range 5 {
			for _, e := range d.effects {
				if e.Do == flow.Slip {
					slips++
				}
			}
			if slices.Contains(d.verbs(), flow.QueryRefund) {
				d.answer(flow.QueryRefund, returned)
			} else {
				d.effects = nil
			}
			if _, due := d.refund.Due(); due {
				d.tick()
			}
		}
		if d.refund.View().Phase != words.RefundDone {
			t.Errorf("cut after %d entries: %s, phase %s", cut, d.kinds(), d.refund.View().Phase)
		}
		if want := strings.Contains(whole.kinds(), "outputs,outputs") && cut < len(whole.journal); (slips == 1) != want {
			t.Errorf("cut after %d of %d entries: %d slips", cut, len(whole.journal), slips)
		}
	}
}

// TestSentAgainOverManyStarts is counted, and ends with a person being asked.
func TestSentAgainOverManyStarts(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.ask(500)
	for range startsMax {
		d.restart()
		d.tick()
		d.answer(flow.QueryRefund, notKnown)
		d.tick()
		d.answer(flow.AskRefund, lostIt)
		d.tick()
		d.answer(flow.QueryRefund, notKnown)
	}
	if n := strings.Count(d.kinds(), "repeated"); n != startsMax || strings.Contains(d.kinds(), "task") {
		t.Fatalf("journal is %s", d.kinds())
	}
	for range 2 {
		d.restart()
		for range 5 {
			d.tick()
			d.answer(flow.QueryRefund, notKnown)
		}
	}
	if n := strings.Count(d.kinds(), "task"); n != 1 || d.refund.View().Phase != words.RefundStuck {
		t.Errorf("a person is asked %d times: %s", n, d.kinds())
	}
	d.tick()
	d.answer(flow.QueryRefund, returned)
	if d.refund.View().Phase != words.RefundDone {
		t.Errorf("phase %s", d.refund.View().Phase)
	}
}

// TestAStartThatSendsNothingIsNoRepeat, as in a brown-out.
func TestAStartThatSendsNothingIsNoRepeat(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.ask(500)
	for range 3 {
		d.restart()
		d.tick()
		d.answer(flow.QueryRefund, lostIt)
	}
	d.wants("refund asked", words.RefundAsking)
}

// TestANetworkThatNeverKnowsIt: after some sends a person is asked, and it goes
// on slowly, still under its number.
func TestANetworkThatNeverKnowsIt(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.ask(500)
	d.answer(flow.AskRefund, lostIt)
	sent := map[string]int{number + "01": 1}
	for range 60 {
		d.tick()
		e := d.effects[0]
		if e.Do == flow.AskRefund {
			sent[e.Refund.Number]++
		}
		d.answer(e.Do, notKnown)
	}
	if len(sent) != 1 || sent[number+"01"] < sendsMax {
		t.Errorf("sent %v", sent)
	}
	d.wants("refund asked,refund heard,task", words.RefundStuck)
	if v := d.refund.View(); v.Code != tooOften {
		t.Errorf("the page shows %+v", v)
	}
	began := d.now.Mono
	d.tick()
	if gap := time.Duration(d.now.Mono-began) * time.Millisecond; gap < slowly {
		t.Errorf("it goes on after %v", gap)
	}
}

// TestAStuckRefundIsOneTask, however often the network says so, and in whatever life.
func TestAStuckRefundIsOneTask(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.ask(500)
	d.answer(flow.AskRefund, accepted)
	for range 2 {
		for range 3 {
			d.tick()
			d.answer(flow.QueryRefund, pay.Result{Code: "refund wechat 5", Fault: true})
		}
		d.restart()
	}
	d.wants("refund asked,refund heard,refund heard,task", words.RefundStuck)
	if v := d.refund.View(); v.Code != "refund wechat 5" {
		t.Errorf("the page shows %+v", v)
	}
	d.tick()
	d.answer(flow.QueryRefund, pay.Result{State: pay.Declined, Code: "CLOSED", Fault: true})
	d.wants("refund asked,refund heard,refund heard,task,refund refused", words.RefundRefused)
}

// TestAMismatchCountsAsWhatWentBack; while nobody knows how much that was, as all of it.
func TestAMismatchCountsAsWhatWentBack(t *testing.T) {
	t.Parallel()
	for said, want := range map[int64]int64{700: 700, 0: 500} {
		d := newDesk(t)
		d.ask(500)
		d.answer(flow.AskRefund, pay.Result{State: pay.Mismatch, Code: "amount", Amount: fen(said)})
		b := entry.Must[entry.RefundRefusedBody](d.journal[1])
		if int64(b.Amount) != want || pay.State(b.State) != pay.Mismatch || d.refund.View().Other != fen(want) || len(d.effects) != 0 {
			t.Errorf("said %d: %+v, %v", said, b, d.verbs())
		}
	}
}

// TestOfAnOlderEpoch: the network is asked about the number before it is sent,
// for the record of a refund under it may be lost.
func TestOfAnOlderEpoch(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		answer pay.Result
		kinds  string
		sends  bool
		told   []words.Key
	}{
		{notKnown, "refund asked", true, nil},
		{returned, "refund asked,refund done", false, []words.Key{words.TellRefundFound}},
		{pay.Result{State: pay.Mismatch, Code: "amount", Amount: 100}, "refund asked,refund refused,task", false, nil},
		{accepted, "refund asked,refund heard", false, nil},
	} {
		d := newDesk(t)
		d.payment.Older = true
		if d.ask(500); len(d.effects) != 0 {
			t.Fatalf("%v left before the network was asked", d.verbs())
		}
		d.tick()
		d.answer(flow.QueryRefund, row.answer)
		if got := d.kinds(); got != row.kinds || !slices.Equal(d.told, row.told) {
			t.Errorf("%v: journal %s, told %v", row.answer.State, got, d.told)
		}
		if row.sends {
			began := d.now.Mono
			if d.tick(); d.took(flow.AskRefund).Refund.Number != number+"01" || d.now.Mono != began {
				t.Errorf("sent after %d ms", d.now.Mono-began)
			}
		}
	}
}

// TestInherited: a refund of a damaged epoch goes on under its number; one that
// could not be believed is never sent.
func TestInherited(t *testing.T) {
	t.Parallel()
	for _, unsure := range []bool{false, true} {
		d := newDesk(t)
		d.ask(500)
		asked := entry.Must[entry.RefundAskedBody](d.journal[0])
		asked.Order = 0 // lost
		d.journal[0].Kind, d.journal[0].Body = entry.RefundInherited, entry.Encode(entry.RefundInheritedBody{Epoch: 1, Key: 7, Unsure: unsure, RefundAskedBody: asked})
		d.restart()
		sends := 0
		for range 6 {
			d.tick()
			e := d.effects[0]
			if e.Do == flow.AskRefund {
				sends++
			}
			if e.Refund.Number != number+"01" || e.Refund.Amount != 500 {
				t.Fatalf("asked with %+v", e)
			}
			d.answer(e.Do, notKnown)
		}
		if (sends == 0) != unsure || strings.Contains(d.kinds(), "task") != unsure {
			t.Errorf("unsure %v: sent %d times, journal %s", unsure, sends, d.kinds())
		}
		d.tick()
		e := d.effects[0]
		d.effects = nil
		d.do(flow.Answer{Key: 10, Do: e.Do, Number: number + "01", Result: returned})
		if b := entry.Must[entry.RefundDoneBody](d.journal[len(d.journal)-2]); b.Total != 0 {
			t.Errorf("of a lost order %s are said to have gone back", b.Total)
		}
	}
}

func TestFoldPanicsNamingTheRefund(t *testing.T) {
	t.Parallel()
	for name, kinds := range map[string][]entry.Kind{"ended twice": {entry.RefundAsked, entry.RefundDone, entry.RefundDone}, "never begun": {entry.RefundDone}} {
		func() {
			defer func() {
				if text := fmt.Sprint(recover()); !strings.Contains(text, "refund 10") {
					t.Errorf("%s: panic says %q", name, text)
				}
			}()
			r := newDesk(t).refund
			for i, kind := range kinds {
				r.Fold(entry.Entry{Key: 10, Seq: entry.Seq(10 + i), Kind: kind, Body: entry.Encode(entry.RefundAskedBody{Number: number + "01"})})
			}
		}()
	}
}
