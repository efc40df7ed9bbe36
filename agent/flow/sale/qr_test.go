package sale

import (
	"slices"
	"testing"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

const link = "weixin://wxpay/bizpayurl?pr=abc"

var (
	shopQR    = flow.ShowQR{Merchant: flow.Merchant{Name: "shop", Network: "wechat"}}
	onTheWall = pay.Result{State: pay.Waiting, Link: link}
	notPaid   = pay.Result{State: pay.Waiting, Code: "NOTPAY"}
	closedQR  = pay.Result{State: pay.Declined, Code: "CLOSED"}
	undone    = pay.Result{State: pay.Declined}
)

// shows puts a QR code on the screen.
func (d *desk) shows() {
	d.do(flow.Amount{Amount: 1250, Title: "Parking", Lane: "lane-1"})
	d.do(shopQR)
	d.answer(flow.Show, onTheWall)
}

// closes answers the undo and the query after it.
func (d *desk) closes(after pay.Result) flow.Step {
	d.t.Helper()
	d.tick()
	d.answer(flow.Undo, undone)
	return d.answer(flow.Query, after)
}

func TestAQRCodeIsShownAndPaid(t *testing.T) {
	t.Parallel()
	d := newDesk(t, flow.Cashier)
	d.shows()
	v := d.sale.View()
	if v.Phase != words.ScanUs || len(v.QR) != 1 || v.QR[0].Link != link || v.QR[0].Until != d.now.Mono+pay.WeChat.Show.Life.Milliseconds() || v.Tender != words.ByQR {
		t.Fatalf("the screen shows %+v", v)
	}
	for range 3 {
		began := d.now.Mono
		d.tick()
		if gap := d.now.Mono - began; gap != 3000 {
			t.Errorf("asked again after %d ms, want 3 s", gap)
		}
		if e := d.took(flow.Query); !e.Attempt.Shown || e.Attempt.Returning {
			t.Errorf("asked with %+v", e.Attempt)
		} else {
			d.do(flow.Answer{Key: 1, Do: flow.Query, Number: e.Attempt.Number, Result: notPaid})
		}
	}
	d.wants("opened,asked", words.ScanUs) // nothing is written while nobody pays
	d.tick()
	d.answer(flow.Query, paidResult)
	d.wants("opened,asked,settled", words.PaidOrder)
	if got := d.verbs(); !slices.Equal(got, []flow.Verb{flow.Slip, flow.Voice}) {
		t.Errorf("effects are %v", got)
	}
	if v := d.sale.View(); len(v.QR) != 0 {
		t.Error("a paid order still shows its code")
	}
}

// What the network can say instead of a code.
func TestAQRCodeThatDoesNotCome(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		result pay.Result
		kinds  string
		phase  words.Phase
		told   []words.Key
	}{
		{"declined", pay.Result{State: pay.Declined, Code: "RULE_LIMIT"}, "opened,asked,ended", words.Ready, []words.Key{words.TellNoQR}},
		{"not sent", pay.Result{State: pay.NotSent}, "opened,asked,ended", words.Ready, []words.Key{words.TellNoQR}},
		{"answer lost", pay.Result{Code: "timeout"}, "opened,asked", words.Ready, nil},
		{"mismatch", pay.Result{State: pay.Mismatch, Code: "amount"}, "opened,asked,frozen,task", words.FrozenOrder, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, flow.Cashier)
			d.do(flow.Amount{Amount: 1250, Lane: "lane-1"})
			d.do(shopQR)
			d.answer(flow.Show, row.result)
			d.wants(row.kinds, row.phase)
			if !slices.Equal(d.told, row.told) {
				t.Errorf("told %v, want %v", d.told, row.told)
			}
		})
	}
}

// A code whose answer was lost was on no screen: it is asked about once, closed,
// and a new number follows.
func TestALostQRCodeIsClosed(t *testing.T) {
	t.Parallel()
	d := newDesk(t, flow.Cashier)
	d.do(flow.Amount{Amount: 1250, Lane: "lane-1"})
	d.do(shopQR)
	d.answer(flow.Show, pay.Result{Code: "timeout"})
	d.tick()
	d.answer(flow.Query, notPaid)
	d.tick()
	d.wants("opened,asked,returning", words.OneMoment)
	d.closes(closedQR)
	d.wants("opened,asked,returning,ended", words.Ready)
	d.tick()
	d.wants("opened,asked,returning,ended,asked", words.Ready)
	d.answer(flow.Show, onTheWall)
	d.wants("opened,asked,returning,ended,asked", words.ScanUs)
	if d.sale.attempts[0].Number == d.sale.attempts[1].Number {
		t.Error("the new code has the old number")
	}
}

// An order that the network has never heard of, and whose code nobody can have
// seen, is given up after 15 s and not after the code's life.
func TestAQRCodeThatNeverArrived(t *testing.T) {
	t.Parallel()
	d := newDesk(t, flow.Cashier)
	d.do(flow.Amount{Amount: 1250, Lane: "lane-1"})
	d.do(shopQR)
	d.answer(flow.Show, pay.Result{Code: "timeout"})
	lost := d.now.Mono
	unknown := pay.Result{NotFound: true, Code: "ORDER_NOT_EXIST"}
	d.tick()
	d.answer(flow.Query, unknown)
	d.tick() // back
	for !d.sale.attempts[0].state.Final() {
		d.tick()
		d.answer(flow.Undo, unknown)
		d.answer(flow.Query, unknown)
	}
	if took := d.now.Mono - lost; took < 15_000 || took > 30_000 {
		t.Errorf("given up after %d ms, want 15 to 30 s", took)
	}
	if s := d.sale.attempts[0].state; s != pay.Absent {
		t.Errorf("state %v, want absent", s)
	}
}

func TestAnExpiredQRCodeIsReplaced(t *testing.T) {
	t.Parallel()
	d := newDesk(t, flow.Cashier)
	d.shows()
	shown := d.now.Mono
	for d.sale.Phase() == words.ScanUs {
		if d.tick(); d.sale.Phase() == words.ScanUs {
			d.answer(flow.Query, notPaid)
		}
	}
	if took := d.now.Mono - shown; took != pay.WeChat.Show.Life.Milliseconds() {
		t.Errorf("taken off the screen after %d ms", took)
	}
	d.closes(closedQR)
	d.tick()
	d.answer(flow.Show, onTheWall)
	d.wants("opened,asked,returning,ended,asked", words.ScanUs)
	if !slices.Contains(d.told, words.TellQRRefreshed) {
		t.Errorf("told %v", d.told)
	}
}

// TestEachExpiredQRCodeIsReplaced: of codes side by side none is lost when their
// time is over.
func TestEachExpiredQRCodeIsReplaced(t *testing.T) {
	t.Parallel()
	d := newDesk(t, flow.Cashier)
	d.shows()
	d.do(flow.ShowQR{Merchant: flow.Merchant{Name: "other", Network: "wechat"}})
	d.answer(flow.Show, onTheWall)
	for round := range 2 {
		d.pass(pay.WeChat.Show.Life)
		for range 40 {
			if v := d.sale.View(); len(d.sale.attempts) == 2*(round+2) && len(v.QR) == 2 {
				break
			}
			d.tick()
			for len(d.effects) > 0 {
				verb := d.effects[0].Do
				switch {
				case verb == flow.Show:
					d.answer(verb, onTheWall)
				case verb == flow.Undo:
					d.answer(verb, undone)
				case d.effects[0].Attempt.Returning:
					d.answer(verb, closedQR)
				default:
					d.answer(verb, notPaid)
				}
			}
		}
		v := d.sale.View()
		if len(v.QR) != 2 || v.QR[0].Merchant != "shop" || v.QR[1].Merchant != "other" || len(d.sale.attempts) != 2*(round+2) {
			t.Fatalf("round %d: %d codes were shown, and on the screen are %+v", round, len(d.sale.attempts), v.QR)
		}
	}
}

// TestNoNewQRCodeBesideOneThatGoesBack: with one of two on its way back, the other
// on the screen lets nobody ask for a third (promise 1; it was a panic of the fold).
func TestNoNewQRCodeBesideOneThatGoesBack(t *testing.T) {
	t.Parallel()
	d := newDesk(t, flow.Cashier)
	d.shows()
	d.do(flow.ShowQR{Merchant: flow.Merchant{Name: "other", Network: "wechat"}})
	d.answer(flow.Show, pay.Result{State: pay.Unknown, Code: "timeout"}) // nobody has seen it: it goes back
	for range 10 {
		if len(d.sale.attempts) == 2 && d.sale.attempts[1].returning {
			break
		}
		if len(d.effects) > 0 {
			d.answer(d.effects[0].Do, pay.Result{State: pay.Unknown, Code: "timeout"})
			continue
		}
		d.tick()
	}
	if a := d.sale.attempts[1]; !a.returning || a.state.Final() {
		t.Fatalf("the second code is %+v, want it on its way back", a)
	}
	before := len(d.sale.attempts)
	if step := d.do(flow.ShowQR{Merchant: flow.Merchant{Name: "third", Network: "alipay"}}); step.Tell != words.TellGoingBack || len(d.sale.attempts) != before {
		t.Errorf("a third code: told %q, %d attempts", step.Tell, len(d.sale.attempts))
	}
}

func TestQRCodesThatNobodyPaysEnd(t *testing.T) {
	t.Parallel()
	d := newDesk(t, flow.Cashier)
	d.shows()
	for range refreshMax {
		d.pass(pay.WeChat.Show.Life)
		d.tick()
		d.answer(flow.Query, notPaid)
		d.tick()
		d.closes(closedQR)
		if d.tick(); len(d.effects) > 0 {
			d.answer(flow.Show, onTheWall)
		}
	}
	if n := len(d.sale.attempts); n != refreshMax {
		t.Errorf("%d codes were shown, want %d", n, refreshMax)
	}
	if _, due := d.sale.Due(); due {
		t.Error("something is still due")
	}
	d.do(shopQR) // the clerk asks for another
	d.answer(flow.Show, onTheWall)
	if d.sale.Phase() != words.ScanUs {
		t.Errorf("phase %s", d.sale.Phase())
	}
}

// The race of promise 1: a payment code is scanned while a QR code is up.
func TestACodeWhileAQRCodeIsUp(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name  string
		play  func(d *desk)
		kinds string
		phase words.Phase
		told  words.Key
		sent  int // charges
	}{
		{"closed in time", func(d *desk) { d.closes(closedQR); d.tick() }, "opened,asked,returning,ended,asked", words.Asking, "", 1},
		{"closed too late", func(d *desk) {
			d.tick()
			d.pass(1600 * time.Millisecond)
			d.tick()
			d.answer(flow.Undo, undone)
			d.answer(flow.Query, closedQR)
		}, "opened,asked,returning,ended", words.Ready, words.TellOneMoment, 0},
		{"paid before it was closed: goes back, and the code is not charged", func(d *desk) {
			d.tick()
			d.answer(flow.Undo, pay.Result{Code: "PROCESSING"})
			d.answer(flow.Query, paidResult)
			d.pass(1600 * time.Millisecond)
			d.tick()
		}, "opened,asked,returning,heard", words.GoingBack, words.TellOneMoment, 0},
		{"paid before it was closed, and gone back", func(d *desk) {
			d.tick()
			d.answer(flow.Undo, pay.Result{Code: "PROCESSING"})
			d.answer(flow.Query, paidResult)
			d.pass(1600 * time.Millisecond)
			d.tick()
			d.closes(pay.Result{State: pay.Declined, Code: "REFUND"})
		}, "opened,asked,returning,heard,ended", words.GivenBack, words.TellOneMoment, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, flow.Cashier)
			d.shows()
			d.pass(time.Second)
			d.scan()
			d.wants("opened,asked,returning", words.OneMoment)
			if slices.Contains(d.verbs(), flow.Charge) {
				t.Fatal("the code was charged while the QR code could be paid")
			}
			row.play(d)
			d.wants(row.kinds, row.phase)
			sent := 0
			for _, v := range d.verbs() {
				if v == flow.Charge {
					sent++
				}
			}
			if sent != row.sent || row.told != "" && !slices.Contains(d.told, row.told) {
				t.Errorf("%d charges, told %v", sent, d.told)
			}
		})
	}
}

// A query that was under way when the code was scanned may bring the payment:
// it was set to returning before, so it goes back.
func TestPaidBetweenScanAndClose(t *testing.T) {
	t.Parallel()
	d := newDesk(t, flow.Cashier)
	d.shows()
	d.tick() // a query is under way
	d.scan()
	d.answer(flow.Query, paidResult)
	d.wants("opened,asked,returning,heard", words.GoingBack)
	d.pass(2 * time.Second)
	d.tick()
	d.tick()
	d.answer(flow.Undo, undone)
	d.answer(flow.Query, pay.Result{State: pay.Declined, Code: "REFUND"})
	d.wants("opened,asked,returning,heard,ended", words.GivenBack)
}

// After a restart a code is never shown again: it is asked about, so that a
// payment of meanwhile is taken, else closed, and a new number follows.
func TestAQRCodeAfterARestart(t *testing.T) {
	t.Parallel()
	d := newDesk(t, flow.Cashier)
	d.shows()
	d.restart(true)
	d.wants("opened,asked", words.Ready)
	d.answer(flow.Query, notPaid)
	d.tick()
	d.wants("opened,asked,returning", words.OneMoment)
	d.closes(closedQR)
	d.tick()
	d.answer(flow.Show, onTheWall)
	d.wants("opened,asked,returning,ended,asked", words.ScanUs)

	d = newDesk(t, flow.Cashier)
	d.shows()
	d.restart(true)
	d.answer(flow.Query, paidResult)
	d.wants("opened,asked,settled", words.PaidOrder)
}

// Somebody else's amount takes the code off the screen.
func TestAQRCodeThatIsLeft(t *testing.T) {
	t.Parallel()
	for _, why := range []string{entry.ByClerk, "replaced", "gone"} {
		d := newDesk(t, flow.Cashier)
		d.shows()
		if !d.sale.Yields() {
			t.Error("an unpaid code holds the lane")
		}
		d.do(flow.Cancel{Why: why})
		d.now.Current = false
		d.closes(closedQR)
		d.wants("opened,asked,returning,ended,cancelled", words.CancelledOrder)
		if !d.sale.finished() {
			t.Errorf("%s: the order is not finished", why)
		}
	}
}

// Codes of two merchants stand side by side, of two networks or of one, where
// each is for another wallet: one is paid, the other goes back; where both are
// paid the second goes back and the payer is told.
func TestTwoCodesSideBySide(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		network string
		second  pay.Result
	}{{"alipay", closedQR}, {"alipay", paidResult}, {"wechat", closedQR}, {"wechat", paidResult}} {
		second := row.second
		d := newDesk(t, flow.Cashier)
		d.shows()
		d.do(flow.ShowQR{Merchant: flow.Merchant{Name: "other", Network: row.network}})
		d.do(shopQR) // it is on the screen already
		other := d.took(flow.Show).Attempt.Number
		d.do(flow.Answer{Key: 1, Do: flow.Show, Number: other, Result: onTheWall})
		if v := d.sale.View(); len(v.QR) != 2 || v.QR[0].Merchant != "shop" || v.QR[1].Merchant != "other" || v.QR[1].Network != row.network {
			t.Fatalf("the screen shows %+v", v.QR)
		}
		first := d.sale.attempts[0].Number
		d.do(flow.Answer{Key: 1, Do: flow.Query, Number: first, Result: paidResult})
		d.wants("opened,asked,asked,returning,settled", words.PaidOrder)
		d.tick()
		d.do(flow.Answer{Key: 1, Do: flow.Undo, Number: other, Result: undone})
		d.do(flow.Answer{Key: 1, Do: flow.Query, Number: other, Result: second})
		if second.State == pay.Paid {
			if !slices.Contains(d.told, words.TellSecondReturned) {
				t.Errorf("the payer of the second is told %v", d.told)
			}
			d.do(flow.Answer{Key: 1, Do: flow.Query, Number: other, Result: pay.Result{State: pay.Declined, Code: "REFUND"}})
		}
		if a := d.sale.attempt(other); !a.state.Final() || (a.state == pay.Returned) != (second.State == pay.Paid) {
			t.Errorf("the second ended as %v", a.state)
		}
		if n := len(d.sale.attempts); n != 2 || d.sale.Phase() != words.PaidOrder {
			t.Errorf("%d attempts, phase %s", n, d.sale.Phase())
		}
		if v := d.sale.View(); v.Number != first || v.Network != "wechat" {
			t.Errorf("the screen of the paid order names %s of %s", v.Number, v.Network)
		}
	}
}

// A code that is frozen for a person takes the one beside it off the screen:
// what is paid there is not lost. So it is after a restart.
func TestAFrozenCodeSendsTheOtherBack(t *testing.T) {
	t.Parallel()
	for _, again := range []bool{false, true} {
		d := newDesk(t, flow.Cashier)
		d.shows()
		d.do(flow.ShowQR{Merchant: flow.Merchant{Name: "other", Network: "alipay"}})
		other := d.took(flow.Show).Attempt.Number
		d.do(flow.Answer{Key: 1, Do: flow.Show, Number: other, Result: onTheWall})
		d.do(flow.Answer{Key: 1, Do: flow.Query, Number: d.sale.attempts[0].Number, Result: pay.Result{State: pay.Mismatch, Code: "amount"}})
		d.wants("opened,asked,asked,returning,frozen,task", words.FrozenOrder)
		if v := d.sale.View(); len(v.QR) != 0 || v.Number == other {
			t.Errorf("the screen shows %+v", v)
		}
		if again {
			d.restart(true)
			d.do(flow.Answer{Key: 1, Do: flow.Query, Number: other, Result: pay.Result{}})
		}
		d.now.Current = false
		d.tick()
		d.do(flow.Answer{Key: 1, Do: flow.Undo, Number: other, Result: undone})
		d.do(flow.Answer{Key: 1, Do: flow.Query, Number: other, Result: closedQR})
		if s := d.sale.attempt(other).state; s != pay.Declined || d.sale.cancelled {
			t.Errorf("after a restart %v: the other ended as %v, the order is cancelled %v", again, s, d.sale.cancelled)
		}
	}
}

// An undo may give back what was paid before anybody heard of it: the query
// that follows says so, and so do the journal and the screen.
func TestGivenBackBeforeItWasHeardOf(t *testing.T) {
	t.Parallel()
	gone := pay.Result{State: pay.Declined, Code: "REFUND", Returned: true}
	d := newDesk(t, flow.Cashier)
	d.shows()
	d.scan()
	d.closes(gone)
	d.wants("opened,asked,returning,ended", words.GivenBack)
	if b := entry.Must[entry.EndedBody](d.journal[3]); pay.State(b.State) != pay.Returned || b.Amount != 1250 {
		t.Errorf("the journal says %+v", b)
	}
	d = newDesk(t, flow.Cashier)
	d.shows()
	d.do(flow.Cash{Given: 1250})
	d.closes(gone)
	if !slices.Contains(d.told, words.TellSecondReturned) {
		t.Errorf("who paid twice is told %v", d.told)
	}
}

// While a code is up no other of the same merchant is opened, and the journal
// that says so is damaged.
func TestOneCodeAMerchant(t *testing.T) {
	t.Parallel()
	d := newDesk(t, flow.Cashier)
	d.shows()
	if step := d.do(shopQR); !step.Empty() {
		t.Errorf("a second code led to %+v", step)
	}
	defer func() {
		if recover() == nil {
			t.Error("two open codes of one merchant were folded")
		}
	}()
	d.sale.Fold(entry.Entry{Seq: 9, Key: 1, Kind: entry.Asked, Body: entry.Encode(entry.AskedBody{Number: "x", Merchant: "shop", Network: "wechat", Way: entry.ByQR})})
}
