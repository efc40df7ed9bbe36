//go:build demo

package main

import (
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/pay/sandbox"
	"tillgate/agent/words"
	"tillgate/store/money"
)

const desk = "counter-1"

// sees waits until the desk looks as wanted.
func (s *street) sees(what string, wanted func(flow.View) bool) flow.View {
	s.t.Helper()
	return s.see(desk, what, 45*time.Second, wanted)
}

// view is what the page says of the desk now.
func (s *street) view() flow.View { return s.laneView(desk) }

// presses is the clerk at the page.
func (s *street) presses(verb string, form url.Values) {
	s.t.Helper()
	answer, err := http.PostForm("http://"+s.page+"/lanes/"+desk+"/"+verb, form)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		s.t.Fatalf("%s: %s", verb, answer.Status)
	}
}

// shown starts an agent whose desk shows a QR code, and returns what is in it.
func shown(t *testing.T) (s *street, link string) {
	t.Helper()
	s = newStreet(t)
	s.start(0)
	s.owe(desk, "12.50")
	s.presses("qr", nil)
	v := s.sees("a QR code", func(v flow.View) bool { return len(v.Order.QR) > 0 })
	return s, v.Order.QR[0].Link
}

// books are what the network has of our QR codes and of payers' codes.
func (s *street) books() (ours, theirs []sandbox.Entry, net money.Fen) {
	for _, e := range s.bank.Ledger() {
		if net += e.Charged - e.Returned; e.Shown {
			ours = append(ours, e)
		} else {
			theirs = append(theirs, e)
		}
	}
	return ours, theirs, net
}

// TestACodeInsteadOfOurs: the payer shows a payment code while ours is on the
// screen. Ours is closed at the network before theirs is charged.
func TestACodeInsteadOfOurs(t *testing.T) {
	t.Parallel()
	s, link := shown(t)
	s.show(desk, "pays")
	v := s.sees("the payment", func(v flow.View) bool { return v.Order.Phase == words.PaidOrder || v.Tell == words.TellOneMoment })
	if v.Order.Phase != words.PaidOrder { // a machine so busy that the close took too long: nothing was charged
		s.until(desk, "ready")
		s.show(desk, "pays")
		s.until(desk, "paid")
	}
	s.slip()
	ours, theirs, net := s.books()
	if len(ours) != 1 || ours[0].State != sandbox.Closed || ours[0].Charged != 0 {
		t.Errorf("our code is %+v, want it closed", ours)
	}
	if len(theirs) != 1 || theirs[0].Charged != 1250 || net != 1250 {
		t.Errorf("the payer's code is %+v and %s was taken, want 12.50 once", theirs, net)
	}
	if err := s.bank.Scan(link, sandbox.Do("pays")); err == nil {
		t.Error("our code can still be paid")
	}
	// Ours, its way back, its end, and only then theirs.
	want := []string{"opened", "asked", "returning", "ended", "asked", "settled"}
	if kinds := s.journal(); !inOrder(kinds, want) {
		t.Errorf("journal is %v, want %v in this order", kinds, want)
	}
}

// TestARefusalIsHeard: who has no money hears it at the counter, and the next
// code of the same order is paid.
func TestARefusalIsHeard(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	s.start(0)
	s.owe(desk, "12.50")
	s.show(desk, sandbox.NoMoney)
	s.until(desk, "refused")
	s.hears("refusal:余额不足请换付款方式", 1)
	if n := s.count("voice"); n != 0 {
		t.Errorf("%d payments were spoken of", n)
	}
	s.show(desk, "pays")
	s.until(desk, "paid")
	s.slip()
	s.hears("voice", 1)
}

// inOrder tells whether all of want come in a list one after another.
func inOrder(list, want []string) bool {
	for _, s := range list {
		if len(want) > 0 && s == want[0] {
			want = want[1:]
		}
	}
	return len(want) == 0
}

// TestAPhoneAndACodeAtOnce: one phone pays our code in the moment when another
// payment code is scanned. Whoever wins, the shop has the amount once or, where
// the page says so, not at all.
func TestAPhoneAndACodeAtOnce(t *testing.T) {
	t.Parallel()
	for name, phone := range map[string]struct {
		how    string
		before bool // it scans before the code is shown, else when ours is taken off the screen
		slow   bool // the close takes so long that nobody may be charged any more
	}{
		"pays while its order is closed": {how: "race", before: true},
		"pays, and the close takes long": {how: "race", before: true, slow: true},
		"pays first":                     {how: "pays", before: true},
		"is as fast as the close":        {how: "pays"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, link := shown(t)
			var refused error
			scan := func() { refused = s.bank.Scan(link, sandbox.Do(phone.how)) }
			if phone.before {
				scan()
			}
			if phone.slow {
				s.bank.Next(sandbox.Undo, sandbox.Do("slow:2s"))
			}
			s.show(desk, "pays")
			if !phone.before {
				s.hears("entry:returning", 1)
				scan()
			}
			givenUp := false
			v := s.sees("an end", func(v flow.View) bool {
				givenUp = givenUp || v.Tell == words.TellOneMoment
				over := v.Order.Phase == words.GivenBack || v.Order.Phase == words.Ready
				return v.Order.Phase == words.PaidOrder || givenUp && over
			})
			ours, theirs, net := s.books()
			t.Logf("the phone: %v; the page: %s by %s; ours %s", refused, v.Order.Phase, v.Order.Tender, ours[0].State)
			if phone.slow && v.Order.Phase != words.GivenBack {
				t.Errorf("the page says %s, and the close took longer than a code may wait", v.Order.Phase)
			}
			s.checkEnd(v, refused == nil, ours[0], theirs, net)
		})
	}
}

// checkEnd compares what the page says in the end with the network's books.
func (s *street) checkEnd(v flow.View, phonePaid bool, ours sandbox.Entry, theirs []sandbox.Entry, net money.Fen) {
	s.t.Helper()
	if phonePaid != (ours.Charged == 1250) {
		s.t.Errorf("the phone paid: %t; our code in the books: %+v", phonePaid, ours)
	}
	paid, want := countKind(s.journal(), "settled"), money.Fen(0)
	switch v.Order.Phase {
	case words.PaidOrder:
		want = 1250
		if byQR := v.Order.Tender == words.ByQR; byQR != (ours.Returned < ours.Charged) || byQR == (len(theirs) > 0) {
			s.t.Errorf("the page says %s: ours %+v, theirs %+v", v.Order.Tender, ours, theirs)
		}
	case words.GivenBack:
		if ours.Charged != 1250 {
			s.t.Errorf("the page says that money went back: %+v", ours)
		}
	case words.Ready:
		if ours.Charged != 0 {
			s.t.Errorf("the page does not say that money went back: %+v", ours)
		}
	}
	if net != want || money.Fen(paid)*1250 != want {
		s.t.Errorf("the page says %s, the network kept %s, %d sales are settled", v.Order.Phase, net, paid)
	}
}

// TestTwoPhones scan the same code: one is let in.
func TestTwoPhones(t *testing.T) {
	t.Parallel()
	s, link := shown(t)
	var phones [2]error
	var both sync.WaitGroup
	for i := range phones {
		both.Go(func() { phones[i] = s.bank.Scan(link, sandbox.Do("pays")) })
	}
	both.Wait()
	if (phones[0] == nil) == (phones[1] == nil) {
		t.Errorf("the phones were told %v, want one let in", phones)
	}
	s.until(desk, "paid")
	s.slip()
	ours, theirs, net := s.books()
	if len(ours) != 1 || len(theirs) != 0 || ours[0].Charged != 1250 || net != 1250 {
		t.Errorf("ours %+v, theirs %+v, kept %s; want 12.50 once", ours, theirs, net)
	}
	if n := countKind(s.journal(), "settled"); n != 1 {
		t.Errorf("%d sales are settled", n)
	}
}

// TestCashWhileAnAnswerIsLost: the wallet's money was taken and nobody here
// knows. The clerk takes cash; that stays, and the wallet's goes back.
func TestCashWhileAnAnswerIsLost(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	s.start(0)
	s.owe(desk, "12.50")
	s.bank.Next(sandbox.Charge, sandbox.Do("lost-after"))
	s.bank.Next(sandbox.Query, sandbox.Behaviour{Kind: sandbox.LostBefore, Times: 4}) // else the next one finds it paid
	s.show(desk, "pays")
	s.until(desk, "checking")
	if _, _, net := s.books(); net != 1250 {
		t.Fatalf("the network took %s while its answer was lost", net)
	}
	s.presses("cash", url.Values{"given": {"20"}})
	v := s.sees("the cash", func(v flow.View) bool { return v.Order.Phase == words.PaidOrder })
	if v.Order.Tender != words.ByCash || v.Order.Change != 750 {
		t.Errorf("paid by %s, change %s", v.Order.Tender, v.Order.Change)
	}
	s.slip()
	s.hears("entry:ended", 1)
	_, theirs, net := s.books()
	if len(theirs) != 1 || theirs[0].Charged != 1250 || theirs[0].Returned != 1250 || net != 0 {
		t.Errorf("the wallet's attempt is %+v and the network kept %s, want 12.50 given back", theirs, net)
	}
	if v := s.view(); v.Order.Phase != words.PaidOrder || v.Order.Tender != words.ByCash {
		t.Errorf("in the end the page says %s by %s", v.Order.Phase, v.Order.Tender)
	}
	if kinds := s.journal(); countKind(kinds, "settled") != 1 || countKind(kinds, "frozen") != 0 {
		t.Errorf("journal is %v", kinds)
	}
}
