package sale

import (
	"slices"
	"testing"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

// TestOnlyAScannedCodesLastNoIsSpoken: not what decides nothing, nor what happens
// to a payment on its way back, nor a code that we showed.
func TestOnlyAScannedCodesLastNoIsSpoken(t *testing.T) {
	t.Parallel()
	no := pay.Result{State: pay.Declined, Code: "NOTENOUGH"}
	for _, row := range []struct {
		name string
		play func(d *desk)
		code string // spoken; empty: nothing is
	}{
		{"refused at once", func(d *desk) { d.start(); d.answer(flow.Charge, no) }, "NOTENOUGH"},
		{"refused after a question", func(d *desk) { d.start(); d.answer(flow.Charge, pay.Result{}); d.tick(); d.answer(flow.Query, no) }, "NOTENOUGH"},
		{"not sent", func(d *desk) { d.start(); d.answer(flow.Charge, pay.Result{State: pay.NotSent}) }, "not sent"},
		{"without a code", func(d *desk) { d.start(); d.answer(flow.Charge, pay.Result{State: pay.Declined}) }, "declined"},
		{"a code that decides nothing", func(d *desk) { d.start(); d.answer(flow.Charge, pay.Result{State: pay.Declined, Code: "SYSTEMERROR"}) }, ""},
		{"unknown", func(d *desk) { d.start(); d.answer(flow.Charge, pay.Result{Code: "timeout"}) }, ""},
		{"cancelled by the clerk", func(d *desk) { d.start(); d.do(flow.Cancel{Why: entry.ByClerk}); d.answer(flow.Charge, no) }, ""},
		{"a code that we showed", func(d *desk) { d.shows(); d.tick(); d.answer(flow.Query, closedQR) }, ""},
		{"paid in cash meanwhile", func(d *desk) {
			d.start()
			d.do(flow.Cash{Given: 1250})
			d.effects = d.effects[:1]
			d.answer(flow.Charge, no)
		}, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, flow.Cashier)
			row.play(d)
			i := slices.IndexFunc(d.effects, func(e flow.Effect) bool { return e.Do == flow.Voice })
			switch {
			case row.code == "" && i >= 0:
				t.Errorf("it is said: %+v", d.effects[i])
			case row.code == "":
			case i < 0 || !d.effects[i].Loose || d.effects[i].Receipt.Declined != row.code || d.effects[i].Receipt.Network != "wechat":
				t.Errorf("there are %+v", d.effects)
			case words.Spoken(d.effects[i].Receipt).ID == d.sale.attempts[0].Number:
				t.Error("a speaker takes the refusal for the order's success")
			}
		})
	}
}

// TestWhoseMoneyItWas is in the journal and on the slip, also after a restart.
func TestWhoseMoneyItWas(t *testing.T) {
	t.Parallel()
	d := newDesk(t, flow.Cashier)
	d.start()
	paid := paidResult
	paid.Wallet = "alipay"
	d.answer(flow.Charge, paid)
	if b := entry.Must[entry.SettledBody](d.journal[2]); b.Wallet != "alipay" {
		t.Errorf("settled as %+v", b)
	}
	for range 2 {
		if r := d.took(flow.Slip).Receipt; r.Wallet != "alipay" {
			t.Errorf("the slip is made of %+v", r)
		}
		d.restart(true)
	}
}
