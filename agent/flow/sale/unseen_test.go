package sale

import (
	"testing"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/words"
)

// Alipay knows nothing of a code that nobody has scanned.
var unknownThere = pay.Result{NotFound: true, Code: "ACQ.TRADE_NOT_EXIST"}

// unseen puts a QR code on the screen that nobody scans, and scans a payment code.
func unseen(t *testing.T) *desk {
	d := newDesk(t, flow.Cashier)
	d.shows()
	d.pass(time.Second)
	d.scan()
	d.wants("opened,asked,returning", words.OneMoment)
	d.tick()
	return d
}

// A QR code that its network does not know counts as closed once it is off the
// screen and its undo was answered: the payment code need not wait for its end.
func TestACodeAfterAQRCodeThatNobodyHasScanned(t *testing.T) {
	t.Parallel()
	d := unseen(t)
	d.answer(flow.Undo, unknownThere)
	d.wants("opened,asked,returning", words.Ready)
	d.tick()
	d.wants("opened,asked,returning,asked", words.Asking)
	d.answer(flow.Charge, paidResult)
	d.wants("opened,asked,returning,asked,settled", words.PaidOrder)
	d.answer(flow.Query, unknownThere)
	for range 20 { // until its life is over
		if d.sale.final() {
			break
		}
		d.tick()
		d.answer(flow.Undo, unknownThere)
		d.answer(flow.Query, unknownThere)
	}
	d.wants("opened,asked,returning,asked,settled,ended", words.PaidOrder)
	if d.sale.attempts[0].state != pay.Absent {
		t.Errorf("the QR code ends as %s", d.sale.attempts[0].state)
	}
}

// Whoever has scanned it all the same, and pays late, gets his money back.
func TestAnUnseenQRCodeThatIsPaidLate(t *testing.T) {
	t.Parallel()
	d := unseen(t)
	d.answer(flow.Undo, unknownThere)
	d.tick()
	d.answer(flow.Charge, paidResult)
	d.answer(flow.Query, paidResult)
	d.wants("opened,asked,returning,asked,settled,heard", words.PaidOrder)
	d.closes(pay.Result{State: pay.Declined, Returned: true})
	d.wants("opened,asked,returning,asked,settled,heard,ended", words.PaidOrder)
	if d.sale.attempts[0].state != pay.Returned || len(d.told) == 0 || d.told[len(d.told)-1] != words.TellSecondReturned {
		t.Errorf("the QR code ends as %s, told %v", d.sale.attempts[0].state, d.told)
	}
}

// What does not count as closed: a code whose undo was not answered, or one that
// somebody has scanned meanwhile.
func TestAQRCodeThatMayBePaidBarsACode(t *testing.T) {
	t.Parallel()
	for name, play := range map[string]func(d *desk){
		"the undo's answer is lost": func(d *desk) { d.answer(flow.Undo, pay.Result{Code: "timeout"}); d.answer(flow.Query, unknownThere) },
		"it is there by now":        func(d *desk) { d.answer(flow.Undo, pay.Result{Code: "SYSTEM"}); d.answer(flow.Query, notPaid) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := unseen(t)
			play(d)
			d.pass(1600 * time.Millisecond)
			d.tick()
			d.wants("opened,asked,returning", words.OneMoment)
			if len(d.told) == 0 || d.told[len(d.told)-1] != words.TellOneMoment {
				t.Errorf("told %v", d.told)
			}
		})
	}
}

// After a code was refused another one may be scanned, and nothing of the QR code
// is in its way.
func TestAnotherCodeBesideAnUnseenQRCode(t *testing.T) {
	t.Parallel()
	d := unseen(t)
	d.answer(flow.Undo, unknownThere)
	d.tick()
	d.answer(flow.Charge, pay.Result{State: pay.Declined, Code: "NOTENOUGH"})
	d.wants("opened,asked,returning,asked,ended", words.Refused)
	d.answer(flow.Query, unknownThere)
	d.scan()
	d.wants("opened,asked,returning,asked,ended,asked", words.Asking)
	d.answer(flow.Charge, paidResult)
	d.wants("opened,asked,returning,asked,ended,asked,settled", words.PaidOrder)
	d.restart(true)
	d.wants("opened,asked,returning,asked,ended,asked,settled,repeated,outputs", words.PaidOrder)
}
