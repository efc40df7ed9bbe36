package sale

import (
	"slices"
	"testing"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

func TestCash(t *testing.T) {
	t.Parallel()
	d := newDesk(t, flow.Cashier)
	d.do(flow.Amount{Amount: 1250, Lane: "lane-1"})
	for _, low := range []flow.Cash{{}, {Given: -1}, {Given: 1249}} {
		d.do(low)
	}
	if d.wants("", words.Ready); !slices.Equal(d.told, []words.Key{words.TellCashLow, words.TellCashLow, words.TellCashLow}) {
		t.Errorf("told %v", d.told)
	}
	d.do(flow.Cash{Given: 2000, Staff: "local-2"})
	d.wants("opened,asked,settled", words.PaidOrder)
	if b := entry.Must[entry.SettledBody](d.last(entry.Settled)); b.Staff != "local-2" {
		t.Errorf("the entry is %+v, and does not name who took it", b)
	}
	v := d.sale.View()
	if v.Given != 2000 || v.Change != 750 || v.Tender != words.ByCash || v.Number == "" {
		t.Errorf("the screen shows %+v", v)
	}
	if got := d.verbs(); !slices.Equal(got, []flow.Verb{flow.Drawer, flow.Slip, flow.Voice}) {
		t.Errorf("effects are %v", got)
	}
	if r := d.took(flow.Slip).Receipt; r.Given != 2000 || r.Change != 750 || r.Network != entry.ByCash || r.Number != v.Number {
		t.Errorf("the slip is made of %+v", r)
	}
	d.do(flow.Cash{Given: 2000})
	if d.told[len(d.told)-1] != words.TellPaidAlready {
		t.Errorf("cash twice was told %v", d.told)
	}
}

func TestCard(t *testing.T) {
	t.Parallel()
	d := newDesk(t, flow.Cashier)
	d.do(flow.Card{Ref: "123456"})
	d.do(flow.Amount{Amount: 1250, Lane: "lane-1"})
	d.do(flow.Card{Ref: "123456", Staff: "till"})
	d.wants("opened,asked,settled", words.PaidOrder)
	if b := entry.Must[entry.SettledBody](d.last(entry.Settled)); b.Staff != "till" || b.Network != "123456" {
		t.Errorf("the entry is %+v", b)
	}
	if v := d.sale.View(); v.Tender != words.ByCard || v.Change != 0 {
		t.Errorf("the screen shows %+v", v)
	}
	if got := d.verbs(); slices.Contains(got, flow.Drawer) {
		t.Errorf("the drawer opens for a card: %v", got)
	}
	if d.told[0] != words.TellNoAmount {
		t.Errorf("a card without an amount was told %v", d.told)
	}
}

// Cash while a wallet's attempt is not final: the same commit takes the cash
// and sends the attempt back; a success that comes later goes back too.
func TestCashWhileAWalletIsUnknown(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name  string
		begin func(d *desk)
		verb  flow.Verb // that is under way when the cash comes
	}{
		{"the charge is on its way", func(d *desk) { d.start() }, flow.Charge},
		{"the answer is lost", func(d *desk) { d.start(); d.answer(flow.Charge, pay.Result{}) }, ""},
		{"the payer types a password", func(d *desk) { d.start(); d.answer(flow.Charge, pay.Result{State: pay.Waiting, Code: "USERPAYING"}) }, ""},
		{"a QR code is up", func(d *desk) { d.shows() }, ""},
		{"it goes back already", func(d *desk) {
			d.start()
			d.answer(flow.Charge, pay.Result{})
			for !d.sale.attempts[0].returning {
				if d.tick(); len(d.effects) > 0 {
					d.answer(flow.Query, pay.Result{})
				}
			}
		}, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, flow.Cashier)
			row.begin(d)
			before := len(d.journal)
			step := d.do(flow.Cash{Given: 1250})
			if d.sale.Phase() != words.PaidOrder || d.sale.settled == nil || d.sale.attempts[0].returning != true {
				t.Fatalf("phase %s", d.sale.Phase())
			}
			kinds := []entry.Kind{}
			for _, e := range d.journal[before:] {
				kinds = append(kinds, e.Kind)
			}
			if kinds[len(kinds)-1] != entry.Settled || step.Done {
				t.Errorf("the commit is %v, done %v", kinds, step.Done)
			}
			if row.verb != "" {
				d.answer(row.verb, paidResult) // a late success
			} else {
				d.tick()
				for !slices.Contains(d.verbs(), flow.Undo) {
					d.answer(flow.Query, pay.Result{})
					d.tick()
				}
				d.answer(flow.Undo, pay.Result{})
				d.answer(flow.Query, paidResult)
			}
			if n := len(d.sale.attempts); n != 2 || d.sale.settled.Number != d.sale.attempts[1].Number {
				t.Errorf("the wallet's money was taken")
			}
			if !slices.Contains(d.told, words.TellSecondReturned) {
				t.Errorf("the payer is told %v", d.told)
			}
			for !d.sale.attempts[0].state.Final() {
				d.tick()
				d.answer(flow.Undo, undone)
				d.answer(flow.Query, pay.Result{State: pay.Declined, Code: "REVOKED"})
			}
			if s := d.sale.attempts[0].state; s != pay.Returned {
				t.Errorf("the wallet's attempt ended as %v", s)
			}
		})
	}
}

// A drawer is not opened after a restart, and a slip of cash is a reprint.
func TestCashAfterARestart(t *testing.T) {
	t.Parallel()
	d := newDesk(t, flow.Cashier)
	d.do(flow.Amount{Amount: 1250, Lane: "lane-1"})
	d.do(flow.Cash{Given: 1250})
	d.restart(true)
	if got := d.verbs(); !slices.Equal(got, []flow.Verb{flow.Slip}) {
		t.Errorf("effects are %v", got)
	}
	if e := d.took(flow.Slip); e.Copy != 1 {
		t.Errorf("the slip is copy %d", e.Copy)
	}
}

func TestCashAtAnExit(t *testing.T) {
	t.Parallel()
	d := newDesk(t, flow.ParkingExit)
	d.now.Loop = flow.Loop{Fitted: true, Known: true, Occupied: true, Since: 1}
	d.do(flow.Amount{Amount: 1250, Lane: "lane-1"})
	d.do(flow.Cash{Given: 1250})
	if !slices.Contains(d.verbs(), flow.Gate) {
		t.Errorf("effects are %v", d.verbs())
	}
}

func TestReprint(t *testing.T) {
	t.Parallel()
	d := newDesk(t, flow.Cashier)
	d.do(flow.Reprint{})
	d.start()
	d.do(flow.Reprint{})
	d.answer(flow.Charge, paidResult)
	d.do(flow.Reprint{}) // the first is still being printed
	if !slices.Equal(d.told, []words.Key{words.TellNoReprint, words.TellNoReprint, words.TellNoReprint}) {
		t.Fatalf("told %v", d.told)
	}
	d.took(flow.Slip)
	for _, what := range []flow.Verb{flow.Slip, flow.Voice} {
		d.do(flow.Put{Key: 1, Output: entry.Output{What: string(what), Result: flow.Done}})
	}
	d.do(flow.Ride{})
	for copy := 1; copy <= 2; copy++ {
		d.do(flow.Reprint{})
		e := d.took(flow.Slip)
		if e.Copy != copy || e.Receipt.Copy != copy {
			t.Errorf("reprint %d is marked %d", copy, e.Copy)
		}
		d.do(flow.Put{Key: 1, Output: entry.Output{What: string(flow.Slip), Result: flow.Done, Copy: copy}})
		d.do(flow.Ride{})
	}
	d.wants("opened,asked,settled,outputs,repeated,outputs,repeated,outputs", words.PaidOrder)
	if !d.sale.finished() {
		t.Error("the order is not finished")
	}
}
