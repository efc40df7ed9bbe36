package deposit

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
	"tillgate/store/money"
)

// TestAVisit: 300.00 are held, 88.50 captured, and the rest goes back.
func TestAVisit(t *testing.T) {
	t.Parallel()
	d := newDesk(t, onceOnly).held()
	if v := d.deposit.View(); v.Can != (words.DepositCan{Capture: true, Release: true, RestGoes: true}) || v.Voucher != "4200001" || v.Days != 29 {
		t.Errorf("the page shows %+v", v)
	}
	d.capture(8850)
	d.wants(words.DepositMoving, 0, 0, 30000)
	d.answer(flow.QueryHold, totals(0, 0, 30000)) // the look before it is sent
	e := d.took(flow.Capture)
	if e.Move.Number != number+"51" || e.Move.Amount != 8850 || !e.Move.Last || e.Move.Payer != "o-1" || e.Attempt.Network != "4200001" || e.Attempt.Amount != 30000 {
		t.Errorf("asked with %+v of %+v", e.Move, e.Attempt)
	}
	step := d.do(flow.Answer{Key: 10, Do: flow.Capture, Number: number + "51", Result: captured})
	if r := step.Effects[0].Receipt; r.Act != words.ActCapture || r.Deposit.Captured != 8850 || r.Deposit.Left != 0 || r.Deposit.Move.Rest != 21150 || r.By != "8 Wang" {
		t.Errorf("the slip is made of %+v, %+v", r, r.Deposit)
	}
	d.answer(flow.QueryHold, totals(8850, 21150, 0)) // the look after it
	d.printed()
	d.wants(words.DepositSettled, 8850, 21150, 0)
	if step := d.tick(); !step.Done || !strings.HasSuffix(d.kinds(), "move done,hold seen,outputs") {
		t.Errorf("done %v, journal %s", step.Done, d.kinds())
	}
	if _, due := d.deposit.Due(); due || len(d.taskNames()) != 0 {
		t.Errorf("something is due, or a person is asked: %v", d.taskNames())
	}
}

// TestPartsAndReleases at a network that lets everything be done.
func TestPartsAndReleases(t *testing.T) {
	t.Parallel()
	d := newDesk(t, anyTimes).held()
	capture := func(n string, before, sum money.Fen) {
		d.capture(sum)
		d.answer(flow.QueryHold, totals(before, 0, 30000-before))
		if got := d.took(flow.Capture).Move.Number; got != number+n {
			t.Errorf("number %s", got)
		}
		d.do(flow.Answer{Key: 10, Do: flow.Capture, Number: number + n, Result: captured})
		d.printed()
		d.answer(flow.QueryHold, totals(before+sum, 0, 30000-before-sum))
	}
	capture("51", 0, 8850)
	capture("52", 8850, 1150)
	d.wants(words.DepositHeld, 10000, 0, 20000)
	d.do(flow.ReleaseSpec{Hold: 10, Amount: 5000, Lane: "desk-1"})
	d.answer(flow.QueryHold, totals(10000, 0, 20000))
	if m := d.took(flow.Release).Move; m.Number != number+"81" || m.Last {
		t.Errorf("released with %+v", m)
	}
	d.do(flow.Answer{Key: 10, Do: flow.Release, Number: number + "81", Result: returned})
	d.answer(flow.QueryHold, totals(10000, 5000, 15000))
	d.wants(words.DepositHeld, 10000, 5000, 15000)
	d.printed()
	d.do(flow.ReleaseSpec{Hold: 10, Lane: "desk-1"})
	d.answer(flow.QueryHold, totals(10000, 5000, 15000))
	if m := d.took(flow.Release).Move; m.Number != number+"82" || !m.Last || m.Amount != 15000 {
		t.Errorf("released with %+v", m)
	}
	d.do(flow.Answer{Key: 10, Do: flow.Release, Number: number + "82", Result: returned})
	d.wants(words.DepositSettled, 10000, 20000, 0)
}

// TestWhatMayNotBegin is refused before any network hears of it.
func TestWhatMayNotBegin(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name  string
		terms pay.HoldTerms
		make  func(d *desk)
		wish  flow.Event
		want  words.Key
	}{
		{"more than is held", anyTimes, nil, flow.CaptureSpec{Amount: 30001}, words.TellHoldHigh},
		{"nothing", anyTimes, nil, flow.CaptureSpec{}, words.TellAmountZero},
		{"less than nothing", anyTimes, nil, flow.ReleaseSpec{Amount: -1}, words.TellAmountZero},
		{"more back than is held", anyTimes, nil, flow.ReleaseSpec{Amount: 30001}, words.TellHoldHigh},
		{"a part of what goes back whole", onceOnly, nil, flow.ReleaseSpec{Amount: 1}, words.TellHoldWhole},
		{"a release while a capture is unknown", anyTimes, func(d *desk) { d.capture(1) }, flow.ReleaseSpec{}, words.TellHoldMoving},
		{"a capture while one is unknown", anyTimes, func(d *desk) { d.capture(1) }, flow.CaptureSpec{Amount: 1}, words.TellHoldMoving},
		{"a second capture at WeChat Pay", onceOnly, func(d *desk) {
			d.capture(8850)
			d.answer(flow.QueryHold, totals(0, 0, 30000))
			d.answer(flow.Capture, captured)
			d.answer(flow.QueryHold, totals(8850, 21150, 0))
		}, flow.CaptureSpec{Amount: 1}, words.TellHoldCaptured},
		{"of what was released", anyTimes, func(d *desk) {
			d.do(flow.ReleaseSpec{Lane: "desk-1"})
			d.answer(flow.QueryHold, totals(0, 0, 30000))
			d.answer(flow.Release, returned)
		}, flow.CaptureSpec{Amount: 1}, words.TellHoldNotHeld},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, row.terms).held()
			if row.make != nil {
				row.make(d)
			}
			before := len(d.journal)
			d.do(row.wish)
			if d.tells(row.want); len(d.journal) != before {
				t.Errorf("something was written: %s", d.kinds())
			}
		})
	}
	d := newDesk(t, anyTimes)
	d.ask()
	d.capture(1)
	d.tells(words.TellHoldNotHeld)
}

// TestMovesStayInTheirBooks: another account under the merchant's name captures and
// releases nothing of what the one before it holds.
func TestMovesStayInTheirBooks(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		was, now string
		begins   bool
	}{{"of-inn", "of-inn", true}, {"of-inn", "of-another", false}, {"of-inn", "", false}, {"", "of-inn", true}} {
		for _, wish := range []flow.Event{flow.CaptureSpec{Amount: 1}, flow.ReleaseSpec{}} {
			d := newDesk(t, anyTimes)
			d.now.Accounts = map[string]string{"inn": row.was}
			d.held()
			d.now.Accounts = map[string]string{"inn": row.now, "other": row.was}
			d.do(wish)
			if d.deposit.open() != nil != row.begins {
				t.Errorf("held in %q, now %q, %T: journal %s, told %v", row.was, row.now, wish, d.kinds(), d.told)
			}
			if !row.begins {
				d.tells(words.TellHoldBooks)
			}
		}
	}
}

// TestAHoldWhoseAnswerIsLost is asked about, never sent again; too late it is given up.
func TestAHoldWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name  string
		found pay.Result
		phase words.DepositPhase
		state pay.State
	}{
		{"after the effect", isHeld, words.DepositHeld, 0},
		{"before it", notKnown, words.DepositRefused, pay.Absent},
		{"and it was refused", pay.Result{State: pay.Declined, Code: "NOTENOUGH"}, words.DepositRefused, pay.Declined},
		{"and it is another sum", pay.Result{State: pay.Mismatch, Code: "amount", Amount: 5}, words.DepositMismatch, pay.Mismatch},
	} {
		for _, restarts := range []bool{false, true} {
			t.Run(fmt.Sprint(row.name, restarts), func(t *testing.T) {
				t.Parallel()
				d := newDesk(t, onceOnly)
				d.ask()
				if restarts {
					d.restart()
				} else {
					d.answer(flow.Hold, lostIt)
				}
				holds := 0
				for range 300 {
					if !d.deposit.unknown() {
						break
					}
					if len(d.effects) == 0 {
						d.tick()
						continue
					}
					switch verb := d.effects[0].Do; verb {
					case flow.QueryHold:
						d.answer(verb, row.found)
					case flow.UndoHold:
						d.answer(verb, notKnown)
					case flow.Hold:
						holds++
					}
				}
				if v := d.deposit.View(); v.Phase != row.phase || holds != 0 || d.deposit.ended && d.deposit.state != row.state {
					t.Errorf("%s, %v, sent again %d times; journal %s", v.Phase, d.deposit.state, holds, d.kinds())
				}
			})
		}
	}
}

// TestALateSuccessGoesBack: from its way back there is no way forward.
func TestALateSuccessGoesBack(t *testing.T) {
	t.Parallel()
	d := newDesk(t, onceOnly)
	d.ask()
	d.answer(flow.Hold, lostIt)
	for !d.deposit.returning {
		d.tick()
		if slices.Contains(d.verbs(), flow.QueryHold) {
			d.answer(flow.QueryHold, pay.Result{State: pay.Waiting})
		}
	}
	d.upTo(flow.UndoHold)
	d.answer(flow.UndoHold, lostIt)
	d.answer(flow.QueryHold, isHeld)
	d.wants(words.DepositBack, 0, 0, 0)
	d.upTo(flow.UndoHold)
	d.answer(flow.UndoHold, pay.Result{State: pay.Declined})
	d.answer(flow.QueryHold, pay.Result{State: pay.Declined, Returned: true, Code: "released"})
	if b := entry.Must[entry.HoldEndedBody](d.journal[len(d.journal)-1]); pay.State(b.State) != pay.Returned || d.deposit.View().Phase != words.DepositRefused {
		t.Errorf("it ends as %+v", b)
	}
}

// TestAQRCode is shown, paid or given up, and never shown again after a start.
func TestAQRCode(t *testing.T) {
	t.Parallel()
	show := func() *desk {
		d := newDesk(t, anyTimes)
		d.do(flow.DepositSpec{Amount: 30000, QR: true, Lane: "desk-1", Merchant: flow.Merchant{Name: "inn", Network: "alipay"}})
		d.answer(flow.ShowHold, pay.Result{State: pay.Waiting, Link: "https://qr"})
		if v := d.deposit.View(); v.Phase != words.DepositScanUs || v.QR[0].Link != "https://qr" || v.QR[0].Until <= d.now.Mono {
			t.Errorf("the page shows %+v", v)
		}
		return d
	}
	d := show()
	d.upTo(flow.QueryHold)
	d.answer(flow.QueryHold, isHeld)
	d.wants(words.DepositHeld, 0, 0, 30000)
	d = show()
	d.do(flow.DropDeposit{})
	d.upTo(flow.UndoHold)
	if v := d.deposit.View(); v.Phase != words.DepositBack || len(v.QR) != 0 {
		t.Errorf("given up, the page shows %+v", v)
	}
	d = show()
	d.restart()
	d.upTo(flow.UndoHold)
}

// TestAMoveWhoseAnswerIsLost: asked about, and sent again under its number where
// the network does not know it, in this life or the next.
func TestAMoveWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	for _, what := range []string{entry.Capture, entry.Release} {
		for _, after := range []bool{true, false} {
			for _, restarts := range []bool{true, false} {
				d := newDesk(t, anyTimes).held()
				send, ask := verbs(what)
				done, sum := captured, money.Fen(8850)
				if what == entry.Capture {
					d.capture(8850)
				} else {
					done, sum = returned, 30000
					d.do(flow.ReleaseSpec{Hold: 10, Lane: "desk-1"})
				}
				d.answer(flow.QueryHold, totals(0, 0, 30000))
				e := d.took(send)
				if restarts {
					d.restart()
				} else {
					d.do(flow.Answer{Key: 10, Do: send, Number: e.Move.Number, Result: lostIt})
				}
				d.upTo(ask)
				if after {
					d.answer(ask, done)
				} else {
					d.answer(ask, notKnown)
					began := d.now.Mono
					d.sentAgain(send)
					if gap := time.Duration(d.now.Mono-began) * time.Millisecond; gap > d.timing.Hold.Again {
						t.Errorf("%s: sent again after %v", what, gap)
					}
					if again := d.took(send).Move; again.Number != e.Move.Number || again.Amount != sum {
						t.Errorf("%s: sent again as %+v", what, again)
					}
					d.do(flow.Answer{Key: 10, Do: send, Number: e.Move.Number, Result: done})
				}
				if what == entry.Capture {
					d.wants(words.DepositHeld, 8850, 0, 21150)
				} else {
					d.wants(words.DepositSettled, 0, 30000, 0)
				}
				if n := strings.Count(d.kinds(), "repeated"); (n == 1) != (restarts && !after) {
					t.Errorf("%s, after %v, restarts %v: %d repeats", what, after, restarts, n)
				}
			}
		}
	}
}

// TestSomebodyElseMovesItMeanwhile: what may have been sent is not sent again where
// the totals say that somebody else has captured or released in its stead. Its number
// stays used. Totals that have the move itself, late, are no reason to refuse it.
func TestSomebodyElseMovesItMeanwhile(t *testing.T) {
	t.Parallel()
	for _, what := range []string{entry.Capture, entry.Release} {
		for _, restarts := range []bool{true, false} {
			for _, late := range []bool{true, false} {
				d := newDesk(t, anyTimes).held()
				send, ask := verbs(what)
				done, sums, first, second := captured, totals(8850, 0, 21150), "51", "52"
				wish := flow.Event(flow.CaptureSpec{Hold: 10, Amount: 8850, Lane: "desk-1"})
				if what == entry.Release {
					done, sums, first, second = returned, totals(0, 8850, 21150), "81", "82"
					wish = flow.ReleaseSpec{Hold: 10, Amount: 8850, Lane: "desk-1"}
				}
				d.do(wish)
				d.answer(flow.QueryHold, totals(0, 0, 30000))
				d.took(send)
				if restarts {
					d.restart()
				} else {
					d.do(flow.Answer{Key: 10, Do: send, Number: number + first, Result: lostIt})
				}
				sent := d.now.Mono
				for d.deposit.open() != nil {
					d.upToAny(ask, flow.QueryHold, send)
					switch {
					case slices.Contains(d.verbs(), send):
						t.Fatalf("%s, restarts %v: it is sent once more", what, restarts)
					case slices.Contains(d.verbs(), flow.QueryHold):
						d.answer(flow.QueryHold, sums)
					case late && d.now.Mono > sent+15_000:
						d.answer(ask, done)
					default:
						d.answer(ask, notKnown)
					}
				}
				m := d.deposit.View().Move
				if late {
					if m.Phase != words.MoveDone || len(d.taskNames()) != 0 {
						t.Errorf("%s, restarts %v: it arrived, and is %+v; tasks %v", what, restarts, m, d.taskNames())
					}
					continue
				}
				if m.Phase != words.MoveRefused || m.Code != differing || d.taskNames()[0] != totalsDiffer {
					t.Errorf("%s, restarts %v: the move is %+v; tasks %v", what, restarts, m, d.taskNames())
				}
				if waited := time.Duration(d.now.Mono-sent) * time.Millisecond; waited < arrivesIn {
					t.Errorf("%s, restarts %v: given up after %v", what, restarts, waited)
				}
				d.wants(words.DepositHeld, sums.Held.Captured, sums.Held.Released, 21150)
				d.do(wish)
				if n := d.deposit.View().Move.Number; n != number+second {
					t.Errorf("%s: the next one is %s", what, n)
				}
			}
		}
	}
}

// TestAMoveThatAManagerGivesUp is not sent any more, in this life or the next, and
// ends once the network does not know it and no send of it can arrive; where it has
// arrived it counts.
func TestAMoveThatAManagerGivesUp(t *testing.T) {
	t.Parallel()
	for _, restarts := range []bool{true, false} {
		for _, arrives := range []bool{true, false} {
			d := newDesk(t, anyTimes).held()
			d.capture(8850)
			d.answer(flow.QueryHold, totals(0, 0, 30000))
			d.answer(flow.Capture, pay.Result{Code: "CERT_ERROR", Fault: true})
			sent, asked := d.now.Mono, d.deposit.moves[0].Asked
			d.do(flow.Decide{Key: 10, Of: asked + 1, What: entry.GivenUp, By: "local-1"})
			d.tells(words.TellNothingToDecide)
			d.do(flow.Decide{Key: 10, Of: asked, What: entry.GivenUp, By: "local-1", Why: "paid in cash"})
			if restarts {
				d.restart()
				sent = d.now.Mono
			}
			for d.deposit.open() != nil {
				d.upToAny(flow.QueryCapture, flow.QueryHold, flow.Capture)
				if !slices.Contains(d.verbs(), flow.QueryCapture) {
					t.Fatalf("restarts %v: it does %v", restarts, d.verbs())
				}
				if arrives && d.now.Mono > sent+5000 {
					d.answer(flow.QueryCapture, captured)
					break
				}
				d.answer(flow.QueryCapture, notKnown)
			}
			m := d.deposit.View().Move
			if arrives {
				if m.Phase != words.MoveDone {
					t.Errorf("restarts %v: it arrived, and is %+v", restarts, m)
				}
				continue
			}
			if took := time.Duration(d.now.Mono-sent) * time.Millisecond; m.Phase != words.MoveRefused || m.Code != givenUp || took < arrivesIn || took > 3*arrivesIn {
				t.Errorf("restarts %v: after %v it is %+v", restarts, took, m)
			}
			d.answer(flow.QueryHold, totals(0, 0, 30000))
			d.wants(words.DepositHeld, 0, 0, 30000)
			d.do(flow.ReleaseSpec{Hold: 10, Lane: "desk-1"})
			d.answer(flow.QueryHold, totals(0, 0, 30000))
			d.took(flow.Release)
		}
	}
}

// TestNothingIsSentAgainWithoutTotals: while the network does not say what is held,
// or says what cannot be, a move that it does not know waits.
func TestNothingIsSentAgainWithoutTotals(t *testing.T) {
	t.Parallel()
	for _, answer := range []pay.Result{lostIt, notKnown, totals(0, 0, 20000), {State: pay.Paid, Amount: 30000}} {
		d := newDesk(t, anyTimes).held()
		d.capture(8850)
		d.answer(flow.QueryHold, totals(0, 0, 30000))
		d.restart()
		for range 20 {
			d.upToAny(flow.QueryCapture, flow.QueryHold)
			if slices.Contains(d.verbs(), flow.QueryHold) {
				d.answer(flow.QueryHold, answer)
				continue
			}
			d.answer(flow.QueryCapture, notKnown)
		}
		if slices.Contains(d.verbs(), flow.Capture) || d.deposit.open() == nil {
			t.Errorf("after %+v: sent %v, journal %s", answer, d.verbs(), d.kinds())
		}
		d.upTo(flow.QueryHold)
		d.answer(flow.QueryHold, totals(0, 0, 30000))
		d.took(flow.Capture)
	}
}

// TestANoWhileASendIsUnderWay: what the network refuses may have been sent before,
// and that may arrive after the refusal. Until it cannot any more the refusal is not
// the last word.
func TestANoWhileASendIsUnderWay(t *testing.T) {
	t.Parallel()
	no := pay.Result{State: pay.Declined, Code: "ILLEGAL_ARGUMENT"}
	for _, what := range []string{entry.Capture, entry.Release} {
		for _, restarts := range []bool{true, false} {
			for _, arrives := range []bool{true, false} {
				d := newDesk(t, anyTimes).held()
				send, ask := verbs(what)
				done, refused := captured, "refused"
				if what == entry.Capture {
					d.capture(8850)
				} else {
					done = returned
					d.do(flow.ReleaseSpec{Hold: 10, Lane: "desk-1"})
				}
				d.answer(flow.QueryHold, totals(0, 0, 30000))
				number := d.took(send).Move.Number
				lost := d.now.Mono
				if restarts {
					d.restart()
					lost = d.now.Mono
				} else {
					d.do(flow.Answer{Key: 10, Do: send, Number: number, Result: lostIt})
				}
				for over := false; !over; {
					d.upTo(ask)
					if arrives && d.now.Mono > lost+15_000 {
						d.answer(ask, done)
						break
					}
					d.answer(ask, notKnown)
					d.sentAgain(send)
					over = d.now.Mono >= lost+arrivesIn.Milliseconds()
					d.do(flow.Answer{Key: 10, Do: send, Number: d.took(send).Move.Number, Result: no})
					if got := strings.Contains(d.kinds(), refused); got != over {
						t.Fatalf("%s, restarts %v: %d ms after the send of which no word came, refused is %v", what, restarts, d.now.Mono-lost, got)
					}
				}
				if arrives && (strings.Contains(d.kinds(), refused) || !strings.Contains(d.kinds(), "move done")) {
					t.Errorf("%s, restarts %v: it arrived, and the journal says %s", what, restarts, d.kinds())
				}
			}
		}
	}
}

// TestAMissingGrant: WeChat Pay's INVALID_REQUEST, again and again, is a person's.
func TestAMissingGrant(t *testing.T) {
	t.Parallel()
	d := newDesk(t, onceOnly).held()
	d.capture(8850)
	d.answer(flow.QueryHold, totals(0, 0, 30000))
	sends := 0
	for len(d.taskNames()) == 0 && sends < 50 {
		d.upToAny(flow.Capture, flow.QueryCapture, flow.QueryHold)
		if slices.Contains(d.verbs(), flow.QueryHold) {
			d.answer(flow.QueryHold, totals(0, 0, 30000))
		}
		if slices.Contains(d.verbs(), flow.Capture) {
			sends++
			d.answer(flow.Capture, pay.Result{Code: "INVALID_REQUEST"})
			continue
		}
		d.answer(flow.QueryCapture, notKnown)
	}
	if v := d.deposit.View(); sends != sendsMax || v.Move.Phase != words.MoveStuck || v.Move.Code != "INVALID_REQUEST" || d.taskNames()[0] != moveCapped {
		t.Fatalf("after %d sends: %+v, %v", sends, v.Move, d.taskNames())
	}
	began := d.now.Mono
	d.upToAny(flow.Capture, flow.QueryCapture, flow.QueryHold)
	if gap := time.Duration(d.now.Mono-began) * time.Millisecond; gap < slowly {
		t.Errorf("it goes on after %v", gap)
	}
	d.restart()
	d.upTo(flow.QueryCapture)
	d.answer(flow.QueryCapture, captured)
	d.answer(flow.QueryHold, totals(8850, 21150, 0))
	d.wants(words.DepositSettled, 8850, 21150, 0)
}

// upToAny goes on to the first call of these kinds.
func (d *desk) upToAny(verbs ...flow.Verb) {
	d.t.Helper()
	for range 200 {
		for _, v := range verbs {
			if slices.Contains(d.verbs(), v) {
				return
			}
		}
		d.tick()
	}
	d.t.Fatalf("there is none of %v", verbs)
}

// TestNothingIsSentWhereTheTotalsDiffer: another device, or a person at the
// network's page, was faster. What is so counts, and a person is told.
func TestNothingIsSentWhereTheTotalsDiffer(t *testing.T) {
	t.Parallel()
	d := newDesk(t, anyTimes).held()
	d.capture(8850)
	d.answer(flow.QueryHold, totals(5000, 0, 25000))
	if slices.Contains(d.verbs(), flow.Capture) {
		t.Fatal("it was sent")
	}
	d.wants(words.DepositHeld, 5000, 0, 25000)
	if v := d.deposit.View(); !v.Differs || v.Move.Phase != words.MoveRefused || v.Move.Code != differing || d.taskNames()[0] != totalsDiffer {
		t.Errorf("the page shows %+v, %+v; tasks %v", v, v.Move, d.taskNames())
	}
	d.capture(25001)
	d.tells(words.TellHoldHigh)
	d.capture(8850)
	d.answer(flow.QueryHold, totals(5000, 0, 25000)) // now as we have it
	d.answer(flow.QueryCapture, notKnown)            // and nobody has used its number
	d.answer(flow.Capture, captured)
	d.wants(words.DepositHeld, 13850, 0, 16150)
}

// TestOffline: a capture that never left is given up; nothing of it is left open.
func TestOffline(t *testing.T) {
	t.Parallel()
	d := newDesk(t, anyTimes).held()
	d.capture(8850)
	for d.deposit.open() != nil {
		d.upTo(flow.QueryHold)
		d.answer(flow.QueryHold, pay.Result{Code: pay.CodeTimeout})
	}
	if v := d.deposit.View(); v.Move.Phase != words.MoveRefused || v.Move.Code != pay.CodeTimeout || v.Left != 30000 {
		t.Errorf("the page shows %+v, %+v", v, v.Move)
	}
	if took := d.now.Mono - 1_000_000; took > 2*lookFor.Milliseconds() {
		t.Errorf("the clerk waits %d ms", took)
	}
}

// TestNumbersOfWhatWasNotSent are the next one's: however often a clerk tries
// while nobody is reached, the captures do not run out. One that may have left
// keeps its number for ever.
func TestNumbersOfWhatWasNotSent(t *testing.T) {
	t.Parallel()
	d := newDesk(t, anyTimes).held()
	tries := func(n int) {
		for range n {
			d.capture(8850)
			for d.deposit.open() != nil {
				d.upTo(flow.QueryHold)
				d.answer(flow.QueryHold, pay.Result{Code: pay.CodeTimeout})
			}
		}
	}
	sends := func(want string, amount money.Fen, answer pay.Result) {
		t.Helper()
		d.capture(amount)
		for !slices.Contains(d.verbs(), flow.Capture) {
			d.upToAny(flow.QueryHold)
			d.answer(flow.QueryHold, totals(d.deposit.captured, 0, 30000-d.deposit.captured))
		}
		if m := d.effects[slices.Index(d.verbs(), flow.Capture)].Move; m.Number != number+want || m.Amount != amount {
			t.Fatalf("%s is sent as %s, want %s", m.Amount, m.Number, want)
		}
		d.answer(flow.Capture, answer)
	}
	tries(entry.Captures + 1)
	if len(d.told) != 0 {
		t.Fatalf("told %v", d.told)
	}
	d.restart()
	sends("51", 100, captured)
	sends("52", 200, pay.Result{State: pay.Declined, Code: "NOT_ENOUGH"})
	tries(1)
	sends("53", 300, lostIt)
	d.restart()
	d.upTo(flow.QueryCapture)
	d.answer(flow.QueryCapture, pay.Result{State: pay.Declined})
	d.restart()
	sends("54", 400, captured)
}

// TestAMerchantThatWasDisabled: what is held is a person's, once.
func TestAMerchantThatWasDisabled(t *testing.T) {
	t.Parallel()
	d := newDesk(t, anyTimes).held()
	disabled := pay.Result{Code: "NO_AUTH", Fault: true}
	d.capture(8850)
	d.answer(flow.QueryHold, disabled)
	if v := d.deposit.View(); v.Move.Phase != words.MoveRefused || v.Left != 30000 || v.Move.Code != "NO_AUTH" {
		t.Errorf("the page shows %+v, %+v", v, v.Move)
	}
	for range 3 {
		d.upTo(flow.QueryHold)
		d.answer(flow.QueryHold, disabled)
	}
	if names := d.taskNames(); !slices.Equal(names, []string{flow.NetworkFault}) {
		t.Errorf("the tasks are %v", names)
	}
}

// TestTheEndOfItsLife: warnings seven, three and one days before, each in the
// place of the one before; then the network gives back what is left.
func TestTheEndOfItsLife(t *testing.T) {
	t.Parallel()
	for name, terms := range map[string]pay.HoldTerms{"natural days": onceOnly, "days": anyTimes} {
		for _, offline := range []bool{false, true} {
			d := newDesk(t, terms).held()
			began, at := d.now.Wall, []int64{}
			answer := totals(0, 0, 30000)
			for len(at) < 3 {
				d.tick()
				if n := len(d.taskNames()); n > len(at) {
					at = append(at, (d.now.Wall-began)/3_600_000)
				}
				if slices.Contains(d.verbs(), flow.QueryHold) {
					if d.answer(flow.QueryHold, answer); offline {
						answer = pay.Result{Code: pay.CodeTimeout}
					}
				}
			}
			life := int64(30 * 24)
			if terms.Days {
				life -= 24
			}
			for i, days := range []int64{7, 3, 1} {
				if want := life - 24*days; at[i] < want || at[i] > want+1 {
					t.Errorf("%s: warned after %d hours, want %d", name, at[i], want)
				}
			}
			if open := len(d.deposit.tasks); open != 1 {
				t.Errorf("%s: %d tasks are open", name, open)
			}
			d.pass(50 * time.Hour)
			if offline {
				d.capture(1) // nobody knows that it is over
				for d.deposit.open() != nil {
					d.upTo(flow.QueryHold)
					d.answer(flow.QueryHold, pay.Result{Code: pay.CodeTimeout})
				}
			}
			d.upTo(flow.QueryHold)
			d.answer(flow.QueryHold, totals(0, 30000, 0))
			d.wants(words.DepositLapsed, 0, 30000, 0)
			if names := d.taskNames(); names[len(names)-1] != lapsedTask || d.deposit.View().Differs || len(d.deposit.tasks) != 1 {
				t.Errorf("%s: tasks %v, %+v", name, names, d.deposit.View())
			}
			d.told = nil
			d.capture(1)
			d.tells(words.TellHoldLapsed)
		}
	}
}

// TestAnotherLaneTakesOver: this one's machine lets it be from then on.
func TestAnotherLaneTakesOver(t *testing.T) {
	t.Parallel()
	d := newDesk(t, anyTimes).held()
	d.do(flow.CaptureSpec{Hold: 10, Amount: 8850, Lane: "desk-2"})
	if _, due := d.deposit.Due(); due || d.deposit.Owner() != "desk-2" {
		t.Errorf("it is due on the lane before; the owner is %s", d.deposit.Owner())
	}
	if step := d.do(flow.Tick{}); !step.Empty() {
		t.Errorf("it does %+v", step)
	}
	d.do(flow.CaptureSpec{Hold: 10, Amount: 1, Lane: "desk-1"})
	d.tells(words.TellHoldMoving)
}

// TestTheRestOfACaptureIsSeenToGo: what a network is to give back with a capture is
// asked about, over a lost answer and a start, until its totals have it. It has a
// while for that; then its totals differ.
func TestTheRestOfACaptureIsSeenToGo(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name  string
		wait  time.Duration // after the capture
		then  pay.Result
		phase words.DepositPhase
		left  money.Fen
		tasks []string
	}{
		{"at last", restFor - time.Second, totals(8850, 21150, 0), words.DepositSettled, 0, nil},
		{"not yet", restFor - time.Second, totals(8850, 0, 21150), words.DepositMoving, 0, nil},
		{"never", restFor, totals(8850, 0, 21150), words.DepositHeld, 21150, []string{totalsDiffer}},
		{"another sum", time.Second, totals(8850, 21151, 0), words.DepositMoving, 0, nil},
		{"captured elsewhere", time.Second, totals(9000, 21000, 0), words.DepositSettled, 0, []string{totalsDiffer}},
		{"the network's fault", time.Second, pay.Result{Code: pay.CodeTotals, Fault: true}, words.DepositMoving, 0, []string{flow.NetworkFault}},
	} {
		for _, restarts := range []bool{false, true} {
			d := newDesk(t, onceOnly).held()
			d.capture(8850)
			d.answer(flow.QueryHold, totals(0, 0, 30000))
			d.answer(flow.Capture, captured)
			d.printed()
			began := d.now.Mono
			d.answer(flow.QueryHold, lostIt) // of the look after it
			if restarts {
				d.restart()
				d.printed()
			}
			d.wants(words.DepositMoving, 8850, 21150, 0)
			for !strings.HasSuffix(d.kinds(), "outputs") {
				if d.tick(); slices.Contains(d.verbs(), flow.QueryHold) {
					d.answer(flow.QueryHold, lostIt)
				}
			}
			if d.deposit.finished() {
				t.Fatalf("%s: nothing is left to do", row.name)
			}
			d.upTo(flow.QueryHold)
			if gap := time.Duration(d.now.Mono-began) * time.Millisecond; gap > time.Minute {
				t.Errorf("%s: it is asked about after %v", row.name, gap)
			}
			if wait := began + row.wait.Milliseconds() - d.now.Mono; wait > 0 {
				d.pass(time.Duration(wait) * time.Millisecond)
			}
			d.answer(flow.QueryHold, row.then)
			if d.deposit.View().Phase != row.phase || d.deposit.Left() != row.left || !slices.Equal(d.taskNames(), row.tasks) {
				t.Errorf("%s, restarts %v: %s, %s left; journal %s, tasks %v", row.name, restarts, d.deposit.View().Phase, d.deposit.Left(), d.kinds(), d.taskNames())
			}
			if row.phase == words.DepositMoving {
				d.upTo(flow.QueryHold)
				d.answer(flow.QueryHold, totals(8850, 21150, 0))
				d.wants(words.DepositSettled, 8850, 21150, 0)
			}
		}
	}
}

// TestARestOfAnOlderRelease was taken for gone with its capture: nothing is asked.
func TestARestOfAnOlderRelease(t *testing.T) {
	t.Parallel()
	d := newDesk(t, onceOnly).held()
	d.capture(8850)
	done := entry.New(entry.MoveDone, entry.MoveDoneBody{Number: number + "51", Amount: 8850, Rest: 21150})
	d.journal = append(d.journal, entry.Entry{Seq: entry.Seq(len(d.journal) + 10), Key: 10, Stamp: d.now.Stamp, Kind: done.Kind, Body: done.Body})
	d.restart()
	d.printed()
	d.wants(words.DepositSettled, 8850, 21150, 0)
	if d.tick(); !d.deposit.finished() {
		t.Errorf("something is left to do: %v", d.verbs())
	}
}

// TestTheOldOneIsReleasedOrATask: the deposit in whose place another is held goes
// back once. Where it cannot, a person is asked, once; what people have gone on
// with since is left to them, also after a start.
func TestTheOldOneIsReleasedOrATask(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		before func(d *desk)
		begins bool
	}{
		{"it goes back", func(*desk) {}, true},
		{"while it is captured", func(d *desk) { d.capture(1) }, false},
		{"in another account's books", func(d *desk) { d.now.Accounts = map[string]string{"inn": "of-another"} }, false},
	} {
		for _, started := range []bool{false, true} { // nothing was begun before a start
			d := newDesk(t, anyTimes)
			d.now.Accounts = map[string]string{"inn": "of-inn"}
			d.held()
			row.before(d)
			wish := flow.ReleaseOld{Hold: 10, For: 900, Lane: "desk-2", By: "8 Wang"}
			since := d.journal[len(d.journal)-1].Seq
			if started {
				wish.Since = since
			}
			d.do(wish)
			moves, tasks := strings.Count(d.kinds(), "move asked"), len(d.taskNames())
			if m := d.deposit.open(); (tasks == 0) != row.begins || row.begins && (m == nil || m.Instead != 900 || m.Amount != 30000 || d.deposit.Owner() != "desk-2") {
				t.Errorf("%s: the move is %+v, tasks %v", row.name, m, d.taskNames())
			}
			wish.Since = since
			d.restart()
			if d.do(wish); strings.Count(d.kinds(), "move asked") != moves || len(d.taskNames()) != tasks {
				t.Errorf("%s, and again after a start: %s, tasks %v", row.name, d.kinds(), d.taskNames())
			}
		}
	}
}

// TestAReleaseOfTheOldOneThatIsRefused is a task until nothing of it is held.
func TestAReleaseOfTheOldOneThatIsRefused(t *testing.T) {
	t.Parallel()
	for name, refuses := range map[string]func(d *desk){
		"by its network": func(d *desk) {
			d.answer(flow.QueryHold, totals(0, 0, 30000))
			d.answer(flow.Release, pay.Result{State: pay.Declined, Code: "NO"})
		},
		"before it was sent": func(d *desk) {
			for d.deposit.open() != nil {
				d.upTo(flow.QueryHold)
				d.answer(flow.QueryHold, pay.Result{Code: pay.CodeTimeout})
			}
		},
	} {
		d := newDesk(t, anyTimes).held()
		wish := flow.ReleaseOld{Hold: 10, For: 900, Lane: "desk-1"}
		since := d.journal[len(d.journal)-1].Seq
		d.do(wish)
		if refuses(d); d.deposit.Left() != 30000 || !slices.Equal(d.taskNames(), []string{notReleased}) {
			t.Errorf("%s: %s left, tasks %v", name, d.deposit.Left(), d.taskNames())
		}
		wish.Since = since
		d.restart()
		if d.do(wish); d.deposit.open() != nil || len(d.taskNames()) != 1 {
			t.Errorf("%s, after a start: %s", name, d.kinds())
		}
		for !slices.Contains(d.taskNames(), expires+"7") {
			d.upTo(flow.QueryHold)
			d.answer(flow.QueryHold, totals(0, 0, 30000))
		}
		if len(d.deposit.tasks) != 2 {
			t.Errorf("%s: a warning has ended the task: %s", name, d.kinds())
		}
		d.do(flow.ReleaseSpec{Hold: 10, Lane: "desk-1"}) // by a person
		d.answer(flow.QueryHold, totals(0, 0, 30000))
		d.answer(flow.Release, returned)
		if d.wants(words.DepositSettled, 0, 30000, 0); len(d.deposit.tasks) != 0 {
			t.Errorf("%s: the task is still there: %s", name, d.kinds())
		}
	}
}

// TestAnOldOneOfADamagedEpoch: where the entries of its moves stood says nothing
// about the entries of now.
func TestAnOldOneOfADamagedEpoch(t *testing.T) {
	t.Parallel()
	d := newDesk(t, anyTimes)
	was := entry.HoldMove{MoveAskedBody: entry.MoveAskedBody{Number: number + "51", What: entry.Capture, Amount: 8850, Lane: "desk-1"},
		Asked: 5000, State: uint8(pay.Paid), Moved: 8850, Outcome: 5001}
	b := entry.HoldInheritedBody{HoldAskedBody: entry.HoldAskedBody{Number: number, Amount: 30000, Lane: "desk-1", Merchant: "inn", Network: "alipay"},
		Placed: &entry.HoldPlacedBody{Amount: 30000, Parts: true}, Captured: 8850, Moves: []entry.HoldMove{was}}
	d.deposit.Fold(entry.Entry{Seq: 10, Key: 10, Stamp: d.now.Stamp, Kind: entry.HoldInherited, Body: entry.Encode(b)})
	d.do(flow.ReleaseOld{Hold: 10, For: 900, Since: 901, Lane: "desk-1"})
	if m := d.deposit.open(); m == nil || m.What != entry.Release || m.Amount != 21150 || b.Moves[0].Asked != 5000 {
		t.Errorf("the move is %+v", m)
	}
}

// TestAnOldOneThatHasGoneAlready at the network's own page is no task of its own.
func TestAnOldOneThatHasGoneAlready(t *testing.T) {
	t.Parallel()
	d := newDesk(t, anyTimes).held()
	d.do(flow.ReleaseOld{Hold: 10, For: 900, Lane: "desk-1"})
	d.answer(flow.QueryHold, totals(0, 30000, 0))
	if d.wants(words.DepositSettled, 0, 30000, 0); !slices.Equal(d.taskNames(), []string{totalsDiffer}) {
		t.Errorf("tasks %v", d.taskNames())
	}
}

// TestInsteadOfAnother: the old one is released when the new one is held, and
// after a start once more, unless the new one has moved.
func TestInsteadOfAnother(t *testing.T) {
	t.Parallel()
	d := newDesk(t, anyTimes)
	d.do(flow.DepositSpec{Amount: 30000, Instead: 4, Lane: "desk-1", By: "8 Wang", Merchant: flow.Merchant{Name: "inn", Network: "alipay"}})
	if len(d.then) != 0 {
		t.Fatal("the old one goes before the new one is held")
	}
	d.answer(flow.Hold, isHeld)
	d.restart()
	want := flow.ReleaseOld{Hold: 4, For: 10, By: "8 Wang"}
	again := want
	again.Since = 11 // the entry by which it is held
	if !slices.Equal(d.then, []flow.Event{want, again}) {
		t.Errorf("then %+v", d.then)
	}
	d.pass(20 * 24 * time.Hour)
	if d.restart(); !slices.Equal(d.then, []flow.Event{want, again, again}) {
		t.Errorf("however long the device was off: %+v", d.then)
	}
	d.then = nil
	d.capture(8850)
	if d.restart(); len(d.then) != 0 {
		t.Errorf("after it has moved itself: %+v", d.then)
	}
	d.do(flow.Unbooked{Of: want}) // the disk refused to release the old one
	if d.tick(); !slices.Equal(d.then, []flow.Event{want}) {
		t.Errorf("it is not asked for again: %+v", d.then)
	}
}

// TestCutAtEveryEntryOfADeposit: whatever the life before has written, the next
// one brings it to the same end with the network's own books.
func TestCutAtEveryEntryOfADeposit(t *testing.T) {
	t.Parallel()
	whole := newDesk(t, anyTimes).held()
	whole.capture(8850)
	whole.answer(flow.QueryHold, totals(0, 0, 30000))
	whole.answer(flow.Capture, lostIt)
	whole.upTo(flow.QueryCapture)
	whole.answer(flow.QueryCapture, captured)
	whole.printed()
	whole.answer(flow.QueryHold, totals(8850, 0, 21150))
	whole.do(flow.ReleaseSpec{Hold: 10, Lane: "desk-1"})
	whole.answer(flow.QueryHold, totals(8850, 0, 21150))
	whole.answer(flow.Release, returned)
	whole.printed()
	for cut := 1; cut <= len(whole.journal); cut++ {
		d := newDesk(t, anyTimes)
		d.now, d.journal = whole.now, slices.Clone(whole.journal[:cut])
		d.restart()
		for range 60 {
			switch {
			case slices.Contains(d.verbs(), flow.QueryHold):
				d.answer(flow.QueryHold, totals(d.deposit.captured, d.deposit.released, 30000-d.deposit.captured-d.deposit.released))
			case slices.Contains(d.verbs(), flow.QueryCapture):
				d.answer(flow.QueryCapture, captured)
			case slices.Contains(d.verbs(), flow.QueryRelease):
				d.answer(flow.QueryRelease, returned)
			case slices.Contains(d.verbs(), flow.Hold), slices.Contains(d.verbs(), flow.Capture), slices.Contains(d.verbs(), flow.Release):
				t.Fatalf("cut after %d entries: %v is sent blindly", cut, d.verbs())
			}
			if _, due := d.deposit.Due(); !due || d.deposit.Left() > 0 && d.deposit.open() == nil && d.deposit.checkedAt != 0 {
				break
			}
			d.printed()
			if _, due := d.deposit.Due(); due {
				d.tick()
			}
		}
		v := d.deposit.View()
		if v.Held != v.Captured+v.Released+v.Left || v.Held != 30000 || d.deposit.open() != nil || len(d.taskNames()) != 0 {
			t.Errorf("cut after %d of %d entries: %+v; %s", cut, len(whole.journal), v, d.kinds())
		}
	}
}

// TestFoldPanicsNamingTheDeposit, of a journal that cannot be.
func TestFoldPanicsNamingTheDeposit(t *testing.T) {
	t.Parallel()
	for name, kinds := range map[string][]entry.Kind{
		"placed twice": {entry.HoldAsked, entry.HoldPlaced, entry.HoldPlaced}, "a move that never began": {entry.HoldAsked, entry.HoldPlaced, entry.MoveDone},
		"never begun": {entry.HoldPlaced},
	} {
		func() {
			defer func() {
				if text := fmt.Sprint(recover()); !strings.Contains(text, "deposit 10") {
					t.Errorf("%s: panic says %q", name, text)
				}
			}()
			d := newDesk(t, anyTimes).deposit
			for i, kind := range kinds {
				d.Fold(entry.Entry{Key: 10, Seq: entry.Seq(10 + i), Kind: kind, Body: entry.Encode(entry.HoldAskedBody{Number: number, Lane: "desk-1"})})
			}
		}()
	}
}

// TestAQueryThatIsBehind has less than the network has said of a capture: it takes
// nothing back, is asked again, and nothing new is captured meanwhile.
func TestAQueryThatIsBehind(t *testing.T) {
	t.Parallel()
	for name, behind := range map[string]pay.Result{"nothing captured": totals(0, 0, 30000), "less captured": totals(8849, 0, 21151), "and more released": totals(0, 30000, 0)} {
		d := newDesk(t, anyTimes).held()
		d.capture(8850)
		d.answer(flow.QueryHold, totals(0, 0, 30000))
		d.answer(flow.Capture, captured)
		d.printed()
		before := len(d.journal)
		d.answer(flow.QueryHold, behind)
		if d.wants(words.DepositHeld, 8850, 0, 21150); len(d.journal) != before {
			t.Errorf("%s: written: %s", name, d.kinds())
		}
		d.capture(21150)
		for d.deposit.open() != nil {
			if d.upTo(flow.QueryHold); slices.Contains(d.verbs(), flow.Capture) {
				t.Fatalf("%s: it captures", name)
			}
			d.answer(flow.QueryHold, behind)
		}
		d.wants(words.DepositHeld, 8850, 0, 21150)
		if v := d.deposit.View(); v.Differs || v.Move.Phase != words.MoveRefused || v.Move.Code != differing || !slices.Equal(d.taskNames(), []string{flow.NetworkFault}) {
			t.Errorf("%s: the page shows %+v, %+v; tasks %v", name, v, v.Move, d.taskNames())
		}
		d.upTo(flow.QueryHold) // by itself, long before the next look
		d.answer(flow.QueryHold, totals(8850, 0, 21150))
		d.capture(21150)
		d.answer(flow.QueryHold, totals(8850, 0, 21150))
		d.took(flow.Capture)
	}
}

// TestAnAnswerThatIsNoTotals is not behind, whatever it has beside it: a person looks.
func TestAnAnswerThatIsNoTotals(t *testing.T) {
	t.Parallel()
	d := newDesk(t, anyTimes).held()
	d.capture(8850)
	d.answer(flow.QueryHold, totals(0, 0, 30000))
	d.answer(flow.Capture, captured)
	other := totals(0, 0, 30000)
	other.State = pay.Mismatch
	if d.answer(flow.QueryHold, other); !slices.Equal(d.taskNames(), []string{totalsDiffer}) {
		t.Errorf("the tasks are %v", d.taskNames())
	}
}

// TestAQueryThatStaysBehind is a person's, once, also where nobody captures.
func TestAQueryThatStaysBehind(t *testing.T) {
	t.Parallel()
	d := newDesk(t, anyTimes).held()
	d.do(flow.ReleaseSpec{Hold: 10, Amount: 5000, Lane: "desk-1"})
	d.answer(flow.QueryHold, totals(0, 0, 30000))
	d.answer(flow.Release, returned)
	d.printed()
	for range behindMax + 2 {
		d.upTo(flow.QueryHold)
		d.answer(flow.QueryHold, totals(0, 0, 30000))
	}
	d.wants(words.DepositHeld, 0, 5000, 25000)
	if names := d.taskNames(); !slices.Equal(names, []string{flow.NetworkFault}) {
		t.Errorf("the tasks are %v", names)
	}
}

// TestADepositThatIsNotFound although it is held is a person's; again once the
// task is done, or something is asked of it.
func TestADepositThatIsNotFound(t *testing.T) {
	t.Parallel()
	d := newDesk(t, anyTimes).held()
	miss := func(want int) {
		t.Helper()
		d.upTo(flow.QueryHold)
		if d.answer(flow.QueryHold, notKnown); len(d.taskNames()) != want || d.taskNames()[0] != totalsDiffer {
			t.Errorf("the tasks are %v, want %d", d.taskNames(), want)
		}
	}
	miss(1)
	miss(1)
	d.do(flow.Decide{Key: 10, Of: d.deposit.tasks[0], By: "9 Li"})
	miss(2)
	d.capture(8850)
	miss(3)
	d.wants(words.DepositHeld, 0, 0, 30000)
}

// TestWokenAfterABoot: a deposit that is folded in a boot whose clock has started
// anew is looked at within a minute, and nothing of it is printed again.
func TestWokenAfterABoot(t *testing.T) {
	t.Parallel()
	d := newDesk(t, anyTimes)
	d.now.Mono = 90 * 24 * time.Hour.Milliseconds()
	d.held()
	d.now.Mono = 5000
	d.deposit, d.effects = d.fresh(), nil
	for _, e := range d.journal {
		d.deposit.Fold(e)
	}
	d.deposit.Note(flow.Woken{At: d.now.Stamp})
	if at, ok := d.deposit.Due(); !ok || at > d.now.Mono+time.Minute.Milliseconds() {
		t.Errorf("it is due at %d (%v), now is %d", at, ok, d.now.Mono)
	}
	d.tick()
	if !slices.Equal(d.verbs(), []flow.Verb{flow.QueryHold}) {
		t.Errorf("it does %v", d.verbs())
	}
}
