package paytest

import (
	"context"
	"slices"
	"sync"
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
)

func shows() []scenario {
	return slices.Concat(scanners(), offers(), shownQueries(), shownUndos(), lateRefunds(), shownTroubles(), shownWalks())
}

// offer is a code to be shown.
func (s *scene) offer() pay.Offer {
	a := s.attempt()
	a.Shown = true
	return pay.Offer{Attempt: a, Title: "停车费", Life: s.Timing.Show.Life, Device: "gate-7", Lane: "exit"}
}

// show asks for the code of a new order.
func (s *scene) show() (pay.Attempt, pay.Result) {
	o := s.offer()
	return o.Attempt, s.present(s.ctx, o)
}

// present asks once, and sees that it was once.
func (s *scene) present(ctx context.Context, o pay.Offer) pay.Result {
	before := s.Sandbox.Seen(sandbox.Show, o.Number)
	r := s.Shower.Show(ctx, o)
	sent := s.Sandbox.Seen(sandbox.Show, o.Number) - before
	if sent > 1 || r.State == pay.NotSent && sent != 0 {
		s.problem("show %s: was sent %d times, and the result is %v", o.Number, sent, r.State)
	}
	s.check("show", o.Attempt, r)
	return r
}

// unscanned sees what is said of a code that nobody has scanned yet.
func (s *scene) unscanned(what string, r pay.Result) {
	if s.Unscanned {
		s.wantNotFound(what, r)
	} else {
		s.want(what, r, pay.Waiting)
	}
}

// scan is a phone that scans the code; it has to be let in, or not.
func (s *scene) scan(r pay.Result, customer string, in bool) {
	if err := s.Sandbox.Scan(r.Link, sandbox.Do(customer)); (err == nil) != in {
		s.problem("scan by one who %s: %v", customer, err)
	}
}

// paidCode shows a code and has it paid.
func (s *scene) paidCode(customer string) pay.Attempt {
	a, r := s.show()
	s.scan(r, customer, true)
	return a
}

// scanners are scenarios of customers with phones, at a network that does everything right.
func scanners() []scenario {
	return []scenario{
		{name: "scans and pays", play: func(s *scene) {
			before := s.Signatures()
			a, r := s.show()
			s.want("show", r, pay.Waiting)
			s.unscanned("query", s.query(a))
			s.wantNet(a, 0)
			s.scan(r, sandbox.Pays, true)
			r = s.query(a)
			s.want("query of what was paid", r, pay.Paid)
			if r.Settled != amount {
				s.problem("settled %v of %v", r.Settled, amount)
			}
			if n := s.Signatures() - before; n > 4 { // one of them may be for the network's keys
				s.problem("an offer and two queries take %d signatures", n)
			}
		}},
		{name: "scans with a coupon", play: func(s *scene) {
			a := s.paidCode(sandbox.Coupon)
			if r := s.query(a); r.State != pay.Paid || r.Settled != amount-1 {
				s.problem("query: %+v", r)
			}
		}},
		{name: "pays after a while", play: func(s *scene) {
			a := s.paidCode("password:20s")
			s.want("query", s.query(a), pay.Waiting)
			s.pass(20 * time.Second)
			s.want("query after it was paid", s.query(a), pay.Paid)
		}},
		{name: "never pays", play: func(s *scene) {
			a, r := s.show()
			s.scan(r, sandbox.PasswordNever, true)
			s.pass(s.Timing.Show.Life)
			s.want("query", s.query(a), pay.Waiting, pay.Unknown, pay.Declined)
			s.goBack(a)
			s.scan(r, sandbox.Pays, false)
		}},
		{name: "comes too late", play: func(s *scene) {
			a, r := s.show()
			s.pass(s.Timing.Show.Life + time.Minute)
			s.scan(r, sandbox.Pays, false)
			s.goBack(a)
		}},
		{name: "two phones", play: func(s *scene) {
			a, r := s.show()
			s.scan(r, "password:5s", true)
			s.scan(r, sandbox.Pays, false)
			s.pass(5 * time.Second)
			s.want("query", s.query(a), pay.Paid)
			s.wantNet(a, amount)
		}},
		{name: "shown again", play: func(s *scene) {
			o := s.offer()
			first, second := s.present(s.ctx, o), s.present(s.ctx, o)
			s.want("the same again", second, pay.Waiting)
			s.scan(first, sandbox.Pays, false)
			s.scan(second, sandbox.Pays, true)
			s.want("query", s.query(o.Attempt), pay.Paid)
			s.want("again, when it is paid", s.present(s.ctx, o), pay.Unknown)
		}},
		{name: "many codes at once", play: manyCodes},
		{name: "steady trade by codes", play: steadyCodes},
	}
}

func manyCodes(s *scene) {
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			a := s.paidCode(sandbox.Pays)
			s.want("query", s.query(a), pay.Paid)
		})
	}
	all.Wait()
	if n := len(s.Sandbox.Ledger()); n != 16 {
		s.problem("%d orders in the books", n)
	}
}

// steadyCodes counts what trade costs once it runs: a signature for each code
// and for each query, where there is a private key, and no connection.
func steadyCodes(s *scene) {
	s.query(s.paidCode(sandbox.Pays))
	signed := s.Signatures()
	opened, _ := s.Connections()
	for range 20 {
		a := s.paidCode(sandbox.Pays)
		s.want("query", s.query(a), pay.Paid)
	}
	if n := s.Signatures() - signed; signed > 0 && n != 40 { // none where a shared key signs
		s.problem("20 codes and 20 queries take %d signatures", n)
	}
	if more, _ := s.Connections(); more != opened {
		s.problem("20 codes open %d connections", more-opened)
	}
}

// offers are scenarios of a network that misbehaves while it is asked for a code.
func offers() []scenario {
	var all []scenario
	for _, c := range []struct {
		how   string
		show  pay.State
		found bool // the network has the code at once
	}{
		{sandbox.LostBefore, pay.Unknown, false},
		{sandbox.LostAfter, pay.Unknown, true},
		{"hidden:5s", pay.Unknown, false},
		{sandbox.Late, pay.Unknown, true},
		{"slow:20ms", pay.Waiting, true},
		{sandbox.Twice, pay.Waiting, true},
		{sandbox.BadGateway, pay.Unknown, false},
		{sandbox.BadGatewayAfter, pay.Unknown, true},
		{sandbox.SystemErrorBefore, pay.Unknown, false},
		{sandbox.SystemErrorAfter, pay.Unknown, true},
		{sandbox.WrongSignature, pay.Unknown, true},
		{sandbox.NoSignature, pay.Unknown, true},
		{sandbox.UnknownSerial, pay.Unknown, true},
		{sandbox.Stale, pay.Unknown, true},
	} {
		all = append(all, scenario{name: "show " + c.how, long: !onTheWire(c.how), play: func(s *scene) {
			s.Sandbox.Next(sandbox.Show, sandbox.Do(c.how))
			a, r := s.show()
			s.want("show", r, c.show)
			if r = s.query(a); c.found {
				s.unscanned("query", r)
			} else {
				s.wantNotFound("query", r)
			}
			if !c.found {
				s.wantNotFound("undo", s.undo(a))
				s.pass(5 * time.Second)
			}
			if r = s.query(a); !r.NotFound {
				s.goBack(a)
			}
			s.wantNet(a, 0)
		}})
	}
	for _, garbage := range sandbox.Garbages() {
		all = append(all, scenario{name: "show garbage " + garbage, long: !onTheWire("garbage:" + garbage), play: func(s *scene) {
			s.Sandbox.Next(sandbox.Show, sandbox.Do("garbage:"+garbage))
			a, r := s.show()
			s.want("show", r, pay.Unknown)
			s.goBack(a)
		}})
	}
	return append(all, numbersShown()...)
}

// numbersShown are scenarios of what an offer says, and of numbers that were used before.
func numbersShown() []scenario {
	return []scenario{
		{name: "show errors", play: showErrors},
		{name: "show another amount", play: func(s *scene) {
			s.Sandbox.Next(sandbox.Show, sandbox.Do(sandbox.WrongAmount))
			s.want("query", s.query(s.paidCode(sandbox.Pays)), pay.Mismatch)
		}},
		{name: "show a number of another order", play: func(s *scene) {
			o := s.offer()
			r := s.present(s.ctx, o)
			o.Amount++
			s.want("the number with another amount", s.present(s.ctx, o), pay.Unknown)
			s.scan(r, sandbox.Pays, true)
			s.want("query as the other", s.query(o.Attempt), pay.Mismatch)
		}},
		{name: "show a number of last year", play: func(s *scene) {
			a := s.paidCode(sandbox.Pays)
			a.Asked = a.Asked.Add(6 * time.Minute)
			s.want("query", s.query(a), pay.Mismatch)
			a.Asked = time.Time{}
			if r := s.Provider.Query(s.ctx, a); r.State != pay.Paid {
				s.problem("query without a trusted clock: %+v", r)
			}
		}},
		{name: "show a number that was closed", play: func(s *scene) {
			o := s.offer()
			s.present(s.ctx, o)
			s.goBack(o.Attempt)
			s.want("again", s.present(s.ctx, o), pay.Declined)
		}},
	}
}

// showErrors walks every code with which the network may refuse an offer.
func showErrors(s *scene) {
	if len(s.ShowRefusals) == 0 || len(s.ShowFaults) == 0 || len(s.ShowUnsure) == 0 {
		s.problem("the network does not name its codes")
	}
	for _, c := range []struct {
		codes []string
		state pay.State
		fault bool
	}{{s.ShowRefusals, pay.Declined, false}, {s.ShowFaults, pay.Declined, true}, {s.ShowUnsure, pay.Unknown, false}} {
		for _, code := range c.codes {
			s.Sandbox.Next(sandbox.Show, sandbox.Behaviour{Kind: sandbox.Failed, Code: code})
			_, r := s.show()
			if s.want(code, r, c.state); r.Fault != c.fault || r.Code != code || (r.Message == "") != (c.fault || c.state == pay.Unknown) {
				s.problem("%s: %+v", code, r)
			}
		}
	}
}
