package sandbox

import (
	"testing"
	"time"

	"tillgate/store/money"
)

// TestRefundsInTheBooks gives parts of 5.00 back, over time.
func TestRefundsInTheBooks(t *testing.T) {
	t.Parallel()
	b := newBank(Options{RefundTakes: time.Minute})
	if _, refusal := b.charge("n", WeChat, Pays); refusal != "" {
		t.Fatal(refusal)
	}
	if _, refusal := b.charge("open", WeChat, "password:1h"); refusal != "" {
		t.Fatal(refusal)
	}
	for i, c := range []struct {
		order, refund string
		amount        money.Fen
		how           string
		wait          time.Duration // before
		want          Refusal
		net           money.Fen // then
	}{
		{"none", "r", 100, Pays, 0, NoOrder, 500},
		{"open", "r", 100, Pays, 0, IsNotPaid, 500},
		{"n", "r0", 501, Pays, 0, TooMuch, 500},
		{"n", "r1", 100, Pays, 0, "", 500},
		{"n", "r1", 100, Pays, 0, "", 500},
		{"n", "r1", 200, Pays, 0, OtherRefund, 500},
		{"n", "r2", 100, Pays, 2 * time.Second, TooSoon, 500},
		{"n", "r2", 100, Abnormal, time.Second, "", 500},
		{"n", "r3", 301, Pays, 3 * time.Second, TooMuch, 500},
		{"n", "r3", 300, ComesBack, 0, "", 500},
		{"n", "r4", 300, Pays, 2 * time.Minute, "", 400},
		{"n", "r5", 1, Pays, 2 * time.Minute, TooMuch, 100},
		{"n", "r6", 1, Pays, time.Hour, TooLate, 100},
	} {
		b.move(c.wait)
		r, refusal := b.Refund(Giving{Account: mine, Number: c.order, Refund: c.refund, Amount: c.amount, Apart: 3 * time.Second, Within: time.Hour}, Do(c.how))
		if refusal != c.want || refusal == "" && (r.Number != c.refund || r.Amount != c.amount || r.Order != c.order) {
			t.Errorf("%d: %q, %+v", i, refusal, r)
		}
		if net := b.Net("n"); net != c.net {
			t.Errorf("%d: the payer is without %v, not %v", i, net, c.net)
		}
	}
	for refund, want := range map[string]RefundState{"r1": Arrived, "r2": Bounced, "r3": CameBack, "r4": Arrived, "r5": ""} {
		if r, _ := b.Return(mine, refund); r.State != want {
			t.Errorf("%s: %+v, want %q", refund, r, want)
		}
	}
	if _, ok := b.Return(sister, "r1"); ok {
		t.Error("a sister is told of it")
	}
	o, _ := b.Order(mine, "n")
	if len(o.Refunds) != 4 || o.Returned != 400 || o.Refunding != 0 || o.State != Refunded || o.Charged != 500 {
		t.Errorf("%+v", o)
	}
	if _, refusal := b.Undo(Undoing{Account: mine, Number: "n", Kind: Reverse}, Behaviour{}); refusal != IsGoneBack {
		t.Errorf("undone after refunds: %q", refusal)
	}
}

// TestRefundsAreNotTooMany of one order; the same again is no other one.
func TestRefundsAreNotTooMany(t *testing.T) {
	t.Parallel()
	b := newBank(Options{})
	if _, refusal := b.charge("n", WeChat, Pays); refusal != "" {
		t.Fatal(refusal)
	}
	for _, c := range []struct {
		refund string
		want   Refusal
	}{{"r1", ""}, {"r2", ""}, {"r3", TooMany}, {"r2", ""}} {
		if _, refusal := b.Refund(Giving{Account: mine, Number: "n", Refund: c.refund, Amount: 1, Most: 2}, Behaviour{}); refusal != c.want {
			t.Errorf("%s: %q, want %q", c.refund, refusal, c.want)
		}
	}
	if net := b.Net("n"); net != 498 {
		t.Errorf("the payer is without %v", net)
	}
}

// TestAHiddenRefund is not known for a while, and is never two.
func TestAHiddenRefund(t *testing.T) {
	t.Parallel()
	for _, again := range []bool{false, true} {
		b := newBank(Options{})
		if _, refusal := b.charge("n", WeChat, Pays); refusal != "" {
			t.Fatal(refusal)
		}
		give := func(how string) Refusal {
			_, refusal := b.Refund(Giving{Account: mine, Number: "n", Refund: "r", Amount: 300}, Do(how))
			return refusal
		}
		if got := give("hidden:5s"); got != "" {
			t.Error(got)
		}
		if _, ok := b.Return(mine, "r"); ok || b.Net("n") != 500 {
			t.Errorf("known at once, and the payer is without %v", b.Net("n"))
		}
		if o, _ := b.Order(mine, "n"); o.State != Paid || len(o.Refunds) != 0 {
			t.Errorf("%+v", o)
		}
		if again {
			if got := give(Pays); got != "" || b.Net("n") != 200 {
				t.Errorf("sent again: %q, and the payer is without %v", got, b.Net("n"))
			}
		}
		b.move(5 * time.Second)
		if r, ok := b.Return(mine, "r"); !ok || r.State != Arrived || b.Net("n") != 200 {
			t.Errorf("in the end: %+v, and the payer is without %v", r, b.Net("n"))
		}
	}
}

// TestNothingIsRefundedAfterAnUndo: the money has gone back once.
func TestNothingIsRefundedAfterAnUndo(t *testing.T) {
	t.Parallel()
	b := newBank(Options{})
	if _, refusal := b.charge("n", WeChat, Pays); refusal != "" {
		t.Fatal(refusal)
	}
	if _, refusal := b.Undo(Undoing{Account: mine, Number: "n", Kind: Void}, Behaviour{}); refusal != "" {
		t.Fatal(refusal)
	}
	if _, refusal := b.Refund(Giving{Account: mine, Number: "n", Refund: "r", Amount: 1}, Behaviour{}); refusal != IsGoneBack || b.Net("n") != 0 {
		t.Errorf("%q, and the payer is without %v", refusal, b.Net("n"))
	}
}

// TestRefundsAtOnce are over when they are answered, whatever the others take, but
// for one that is late on purpose.
func TestRefundsAtOnce(t *testing.T) {
	t.Parallel()
	b := newBank(Options{RefundTakes: time.Minute, AtOnce: func(a Account) bool { return a == mine }})
	if _, refusal := b.charge("n", WeChat, Pays); refusal != "" {
		t.Fatal(refusal)
	}
	for refund, c := range map[string]struct {
		how  string
		want RefundState
	}{"r1": {Pays, Arrived}, "r2": {"late:5s", Processing}, "r3": {Abnormal, Bounced}} {
		if r, refusal := b.Refund(Giving{Account: mine, Number: "n", Refund: refund, Amount: 100}, Do(c.how)); refusal != "" || r.State != c.want {
			t.Errorf("%s: %+v, %q, want %s", refund, r, refusal, c.want)
		}
	}
}
