package sandbox

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"tillgate/store/money"
)

const month = 30 * 24 * time.Hour

// hold asks for a deposit of 5.00 from a customer who behaves so.
func (b bank) hold(number, customer string) (Order, Refusal) {
	code := b.NewCode(Do(customer))
	return b.Charge(Ask{Account: mine, Number: number, Code: code, Wallets: Wallets(), Amount: 500, Print: "p", Deposit: true, Lasts: month},
		b.Behave(Behaviour{}, code, 500))
}

// step does one thing with deposit "n": "capture c1 200", "last c1 200",
// "release r1 100", "undo", "refund c1 x1 50", "wait 5s", each with how the
// network behaves behind it, and answers the refusal.
func (b bank) step(t *testing.T, text string) Refusal {
	t.Helper()
	words := strings.Fields(text)
	how, word := Behaviour{}, func(i int) string { return words[i] }
	if last := words[len(words)-1]; strings.HasPrefix(last, "!") {
		how, words = Do(last[1:]), words[:len(words)-1]
	}
	sum := func(i int) money.Fen {
		n, err := strconv.Atoi(word(i))
		if err != nil {
			t.Fatal(err)
		}
		return money.Fen(n)
	}
	var refusal Refusal
	switch word(0) {
	case "capture", "last":
		_, refusal = b.Capture(Capturing{Account: mine, Number: "n", Capture: word(1), Amount: sum(2), Last: word(0) == "last", Print: word(2)}, how)
	case "once":
		_, refusal = b.Capture(Capturing{Account: mine, Number: "n", Amount: sum(1), Last: true, Most: 1}, how)
	case "release":
		_, refusal = b.Release(Releasing{Account: mine, Number: "n", Release: word(1), Amount: sum(2)}, how)
	case "undo":
		_, refusal = b.Undo(Undoing{Account: mine, Number: "n", Kind: Reverse}, how)
	case "refund":
		_, refusal = b.Refund(Giving{Account: mine, Number: word(1), Refund: word(2), Amount: sum(3)}, how)
	case "wait":
		d, err := time.ParseDuration(word(1))
		if err != nil {
			t.Fatal(err)
		}
		b.move(d)
	default:
		t.Fatalf("step %q", text)
	}
	return refusal
}

// TestADepositInTheBooks walks what may be done with 5.00 that a payer has
// left: whatever is asked for, they are captured, released and left.
func TestADepositInTheBooks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		customer string
		steps    string // each with its refusal, if any, behind a colon
		want     string // captured, released, left and what the payer is without for good
	}{
		{Pays, "", "0 0 500, 0"},
		{Pays, "capture c1 200", "200 0 300, 200"},
		{Pays, "capture c1 200; capture c1 200: repeated; capture c1 201: reused; capture c2 300; capture c3 1: over; release r1 1: over", "500 0 0, 500"},
		{Pays, "capture c1 501: too much; last c1 200; capture c2 1: over; undo: gone back", "200 300 0, 200"},
		{Pays, "last c1 500", "500 0 0, 500"},
		{Pays, "once 501: too much; once 200; once 200: too many", "200 300 0, 200"},
		{Pays, "release r1 100; release r1 100; release r1 200: reused; release r2 401: too much; release r2 400; release r3 1: over", "0 500 0, 0"},
		{Pays, "release r1 100; undo: gone back; capture c1 401: too much; last c1 300", "300 200 0, 300"},
		{Pays, "undo; undo; capture c1 1: over; release r1 1: over", "0 500 0, 0"},
		{Pays, "wait 719h; capture c1 200; wait 1h", "200 300 0, 200"},
		{Pays, "wait 720h; capture c1 200: over; undo: gone back", "0 500 0, 0"},
		{Pays, "capture c1 500; wait 721h", "500 0 0, 500"},
		{Pays, "capture c1 200; refund n x0 1: not paid; refund c1 x1 201: too much; refund c1 x1 50; refund c1 x2 150", "200 0 300, 0"},
		{Pays, "capture c1 200 !hidden:5s; capture c2 400; wait 5s", "400 0 100, 400"}, // it comes too late
		{Pays, "capture c1 200 !hidden:5s; wait 5s; capture c1 200: repeated", "200 0 300, 200"},
		{Pays, "capture c1 200 !hidden:5s; capture c1 200; wait 5s", "200 0 300, 200"}, // the copy comes to nothing
		{Pays, "once 200 !hidden:5s; once 200; wait 5s", "200 300 0, 200"},
		{Pays, "release r1 200 !hidden:5s; release r1 200; wait 5s", "0 200 300, 0"},
		{Pays, "release r1 200 !hidden:5s; wait 5s; release r1 200", "0 200 300, 0"},
		{Pays, "last c1 200 !late:5s; release r1 301: too much; release r1 100", "0 100 400, 0"}, // c1 is on its way
		{Pays, "last c1 200 !late:5s; release r1 100; wait 5s", "200 300 0, 200"},
		{Pays, "last c1 200 !late:5s; undo: gone back; wait 1h", "200 300 0, 200"},
		{Pays, "release r1 500 !late:5s; capture c1 1: over; wait 5s", "0 500 0, 0"},
		{Pays, "capture c1 200 !wrong-amount; release r1 100 !wrong-amount", "201 101 198, 201"},
		{Pays, "capture c1 500 !wrong-amount", "499 0 1, 499"}, // more is not there
		{Pays, "release r1 100 !undo-again: again; release r1 100 !undo-lies", "0 0 500, 0"},
		{"undo-again:1", "release r1 100: again; release r1 100", "0 100 400, 0"},
		{"undo-lies:1", "undo; undo", "0 500 0, 0"},
		{"wrong-amount", "", "0 0 501, 0"},
		{Coupon, "last c1 500", "500 0 0, 500"},
		{"password:20s", "capture c1 1: not paid; release r1 1: not paid; wait 20s; capture c1 1", "1 0 499, 1"},
		{"password:20s", "undo; wait 20s; capture c1 1: not paid", "0 0 0, 0"},
		{Race, "undo", "0 500 0, 0"},
		{"hidden:20s", "capture c1 1: no order; wait 20s; capture c1 1", "1 0 499, 1"},
	} {
		b := newBank(Options{})
		if _, refusal := b.hold("n", c.customer); refusal != "" {
			t.Fatalf("%s: %s", c.customer, refusal)
		}
		for step := range strings.SplitSeq(c.steps, "; ") {
			if step == "" {
				continue
			}
			does, want, _ := strings.Cut(step, ": ")
			if got := b.step(t, does); got != refusals[want] {
				t.Errorf("%s, %q: %s: %q, want %q", c.customer, c.steps, does, got, refusals[want])
			}
		}
		sum := b.Totals("n")
		if got := fmt.Sprintf("%d %d %d, %d", sum.Captured, sum.Released, sum.Left, b.Net("n")); got != c.want || sum.Held != sum.Captured+sum.Released+sum.Left {
			t.Errorf("%s, %q: %s of %d, want %s", c.customer, c.steps, got, sum.Held, c.want)
		}
	}
}

var refusals = map[string]Refusal{"": "", "repeated": Repeated, "reused": Reused, "over": IsOver, "too much": TooMuch, "too many": TooMany,
	"gone back": IsGoneBack, "not paid": IsNotPaid, "again": CallAgain, "no order": NoOrder}

// TestWhatIsToldOfADeposit is for the moves by their kinds, the order that a
// capture is, and the ledger.
func TestWhatIsToldOfADeposit(t *testing.T) {
	t.Parallel()
	b := newBank(Options{RefundTakes: time.Minute})
	o, _ := b.hold("n", Pays)
	if d := o.Deposit; o.State != Paid || d == nil || d.Left != 500 || len(d.Moves) != 0 || !d.Ends.Equal(o.PaidAt.Add(month)) {
		t.Fatalf("%+v, %+v", o, d)
	}
	for _, step := range []string{"release r1 50", "wait 1s", "capture c1 100", "release r2 10 !late:1h", "last c2 200", "refund c1 x1 60"} {
		if refusal := b.step(t, step); refusal != "" {
			t.Fatalf("%s: %s", step, refusal)
		}
	}
	o, _ = b.Order(mine, "n")
	var told []string
	for _, m := range o.Deposit.Moves {
		told = append(told, fmt.Sprintf("%s %s %d %v", m.Kind, m.Number, m.Amount, !m.DoneAt.IsZero()))
	}
	if got := strings.Join(told, ", "); got != "release r1 50 true, capture c1 100 true, release r2 10 false, capture c2 200 true, rest c2 140 true" {
		t.Error(got)
	}
	if d := o.Deposit; o.State != Paid || o.Charged != 500 || d.Moving != 10 || d.Left != 10 || d.Sum(MoveRest) != 140 || d.Sum(MoveRelease) != 50 || d.Sum(MoveLapse) != 0 {
		t.Errorf("%+v", d)
	}
	if m, ok := o.Deposit.Move(MoveCapture, "c1"); !ok || m.Amount != 100 {
		t.Errorf("c1: %+v", m)
	}
	if _, ok := o.Deposit.Move(MoveRelease, "c1"); ok {
		t.Error("c1 is no release")
	}
	capture, ok := b.Order(mine, "c1")
	if !ok || capture.Of != "n" || capture.State != Refunded || capture.Charged != 100 || capture.Refunding != 60 || capture.Transaction == o.Transaction || capture.Wallet != WeChat {
		t.Errorf("c1: %+v", capture)
	}
	if _, refusal := b.Undo(Undoing{Account: mine, Number: "c2", Kind: Reverse}, Behaviour{}); refusal != IsPaid {
		t.Errorf("a capture is undone: %q", refusal)
	}
	all := b.Ledger()
	if e := all[0]; len(all) != 1 || e.Number != "n" || !e.Deposit || e.Charged != 300 || e.Settled != 300 || e.Refunding != 60 || e.Returned != 0 || e.Totals != (Totals{500, 300, 190, 10}) {
		t.Errorf("%+v", all)
	}
	b.move(time.Hour)
	if e := b.Ledger()[0]; e.Returned != 60 || e.ReturnedAt.IsZero() || e.Totals != (Totals{500, 300, 200, 0}) || b.Net("n") != 240 || b.Net("c1") != 40 {
		t.Errorf("an hour later: %+v", e)
	}
	if _, refusal := b.Capture(Capturing{Account: sister, Number: "n", Capture: "c9", Amount: 1}, Behaviour{}); refusal != NoOrder {
		t.Errorf("a sister captures: %q", refusal)
	}
}

// TestADepositByALink: a phone scans it, and what is left of it goes back in the end.
func TestADepositByALink(t *testing.T) {
	t.Parallel()
	b := newBank(Options{})
	f := Offer{Account: mine, Number: "n", Wallets: []string{Alipay}, Amount: 500, Expires: b.Now().Add(time.Minute), Deposit: true, Lasts: month,
		Link: func(serial, nth int) string { return fmt.Sprintf("https://qr.example/%d/%d", serial, nth) }}
	o, _ := b.Show(f, Doing{})
	if err := b.Scan(o.Link, Do(Coupon)); err != nil {
		t.Fatal(err)
	}
	if e := b.Ledger()[0]; !e.Deposit || !e.Shown || e.Charged != 0 || e.Totals != (Totals{Held: 500, Left: 500}) || b.Net("n") != 0 {
		t.Errorf("%+v", e)
	}
	if status, answer := b.control(http.MethodPost, "/sandbox/clock", `{"forward":"720h"}`); status != http.StatusNoContent {
		t.Fatal(answer)
	}
	o, _ = b.Order(mine, "n")
	if o.State != Refunded || o.Deposit.Sum(MoveLapse) != 500 || o.Deposit.Left != 0 || !b.Sandbox.Now().Equal(b.Now().Add(month)) {
		t.Errorf("%+v, %+v", o, o.Deposit)
	}
}
