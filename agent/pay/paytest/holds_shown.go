package paytest

import (
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
)

// showHold asks for the code of a new deposit.
func (s *scene) showHold() (pay.Attempt, pay.Result) {
	o := s.offer()
	before := s.Sandbox.Seen(sandbox.ShowHold, o.Number)
	r := s.HoldShower.ShowHold(s.ctx, o)
	if sent := s.Sandbox.Seen(sandbox.ShowHold, o.Number) - before; sent > 1 || r.State == pay.NotSent && sent != 0 {
		s.problem("show of hold %s: was sent %d times, and the result is %v", o.Number, sent, r.State)
	}
	s.checkHold("show of hold", o.Attempt, r)
	return o.Attempt, r
}

// scannedHold shows the code of a deposit and has it scanned.
func (s *scene) scannedHold(customer string) pay.Attempt {
	a, r := s.showHold()
	s.want("show", r, pay.Waiting)
	s.scan(r, customer, true)
	return a
}

// shownHolds are scenarios of deposits whose code a phone scans, for networks that have such.
func shownHolds() []scenario {
	all := []scenario{
		{name: "hold code scans and pays", play: func(s *scene) {
			a, r := s.showHold()
			s.want("show", r, pay.Waiting)
			s.unscanned("query", s.queryHold(a))
			s.scan(r, sandbox.Pays, true)
			s.scan(r, sandbox.Pays, false)
			s.wantBooks(a, 0, 0, amount)
			s.gone(a)
		}},
		{name: "hold code, pays after a while", play: func(s *scene) {
			a := s.scannedHold("password:20s")
			s.want("query", s.queryHold(a), pay.Waiting)
			s.pass(20 * time.Second)
			s.wantBooks(a, 0, 0, amount)
		}},
		{name: "hold code, never scanned", play: func(s *scene) {
			a, r := s.showHold()
			s.pass(s.Timing.Show.Life + time.Minute)
			s.scan(r, sandbox.Pays, false)
			s.gone(a)
		}},
		{name: "hold code, never pays", play: func(s *scene) {
			a := s.scannedHold(sandbox.PasswordNever)
			s.pass(s.Timing.Show.Life + time.Minute)
			s.gone(a)
		}},
		{name: "hold code, captured", play: func(s *scene) {
			a := s.scannedHold(sandbox.Pays)
			r := s.queryHold(a)
			a.Network = r.Network
			d := deposit{a, r.Payer, r.Wallet}
			s.captured(d, 1, amount)
			s.wantCaptured(d, amount)
		}},
		{name: "hold code, another amount", play: func(s *scene) {
			s.trouble(sandbox.Do(sandbox.WrongAmount), []sandbox.Op{sandbox.ShowHold})
			s.want("query", s.queryHold(s.scannedHold(sandbox.Pays)), pay.Mismatch)
		}},
	}
	for how, state := range quirks() {
		all = append(all, scenario{name: "hold code, " + how, long: !onTheWire(how), play: func(s *scene) {
			s.trouble(sandbox.Do(how), []sandbox.Op{sandbox.ShowHold})
			a, r := s.showHold()
			if state == pay.Unknown && r.State != pay.Unknown || r.State == pay.Declined {
				s.problem("show: %+v", r)
			}
			if r.State == pay.Waiting {
				s.scan(r, sandbox.Pays, true)
			} else {
				s.pass(s.Timing.Show.Life + time.Minute)
			}
			s.endCode(a)
		}})
	}
	for i, c := range all {
		all[i].play = func(s *scene) {
			if s.HoldShower != nil {
				c.play(s)
			}
		}
	}
	return all
}

// endCode sees a code off the screen: whatever was open goes back.
func (s *scene) endCode(a pay.Attempt) {
	s.onArrival(nil)
	a.Returning = true
	if r := s.queryHold(a); r.NotFound || r.State == pay.Mismatch {
		return
	}
	s.gone(a)
}
