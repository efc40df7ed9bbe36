package sale

import (
	"reflect"
	"testing"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// visits has an order of 12.50 with a deposit of 300.00 in front of a desk.
func visits(t *testing.T, role flow.Role, deposit money.Fen) *desk {
	d := newDesk(t, role)
	d.do(flow.Amount{Amount: 1250, Lane: "desk-1", Title: "Room 8", Deposit: deposit, Room: "1208", Staff: "8", By: "8 Wang"})
	return d
}

// TestADepositInTheSameVisit is asked for once the order is paid, whichever way, for
// the one who stands there; it is in the order's note.
func TestADepositInTheSameVisit(t *testing.T) {
	t.Parallel()
	want := flow.DepositSpec{Amount: 30000, Room: "1208", Title: "Room 8", Staff: "8", By: "8 Wang"}
	d := visits(t, flow.CashierDeposit, 30000)
	d.do(flow.Code{Text: "134567890123456789", Merchant: "shop", Network: "wechat"})
	charge := d.effects[len(d.effects)-1]
	if charge.Do != flow.Charge || charge.Note != "另收押金 300.00 元" || d.sale.View().Deposit != 30000 {
		t.Errorf("charged with %+v, shown %+v", charge, d.sale.View())
	}
	step := d.do(flow.Answer{Key: 1, Do: flow.Charge, Number: charge.Attempt.Number, Result: pay.Result{State: pay.Paid, Amount: 1250, Settled: 1250}})
	if want.Ref = charge.Attempt.Number; !reflect.DeepEqual(step.Then, want) {
		t.Errorf("then it is %+v, want %+v", step.Then, want)
	}
	if r := d.sale.receipt(); r.Beside != 30000 {
		t.Errorf("the slip is made of %+v", r)
	}
	cash := visits(t, flow.CashierDeposit, 30000)
	if step = cash.do(flow.Cash{Given: 2000}); step.Then == nil {
		t.Error("after cash nobody asks for the deposit")
	}
	if b := entry.Must[entry.OpenedBody](cash.journal[0]); b.Deposit != 30000 {
		t.Errorf("the journal has %+v", b)
	}
}

// TestNobodyIsAskedForADeposit who is not there any more, in another life, on a lane
// that takes none now, or without one.
func TestNobodyIsAskedForADeposit(t *testing.T) {
	t.Parallel()
	for name, then := range map[string]func() flow.Step{
		"no deposit": func() flow.Step {
			d := visits(t, flow.CashierDeposit, 0)
			step := d.do(flow.Cash{Given: 2000})
			return step
		},
		"another role by now": func() flow.Step {
			d := visits(t, flow.CashierDeposit, 30000)
			d.now.Role = flow.Cashier
			return d.do(flow.Cash{Given: 2000})
		},
		"another order is in front": func() flow.Step {
			d := visits(t, flow.CashierDeposit, 30000)
			d.do(flow.Code{Text: "134567890123456789", Merchant: "shop", Network: "wechat"})
			d.now.Current = false
			return d.do(flow.Answer{Key: 1, Do: flow.Charge, Number: d.sale.attempts[0].Number, Result: pay.Result{State: pay.Paid, Amount: 1250, Settled: 1250}})
		},
		"after a restart": func() flow.Step {
			d := visits(t, flow.CashierDeposit, 30000)
			d.do(flow.Code{Text: "134567890123456789", Merchant: "shop", Network: "wechat"})
			d.restart(true)
			return d.do(flow.Answer{Key: 1, Do: flow.Query, Number: d.sale.attempts[0].Number, Result: pay.Result{State: pay.Paid, Amount: 1250, Settled: 1250}})
		},
	} {
		if step := then(); step.Then != nil {
			t.Errorf("%s: then it is %+v", name, step.Then)
		}
	}
}
