package paytest

import (
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
)

// refusedMoves are scenarios of captures and releases that must not be, or cannot.
func refusedMoves() []scenario {
	return []scenario{
		{name: "capture more than is held", play: func(s *scene) {
			d := s.held()
			s.want("capture", s.capture(s.captureOf(d, 1, amount+1)), pay.Declined)
			s.wantBooks(d.Attempt, 0, 0, amount)
			s.captured(d, 2, 200)
			s.wantCaptured(d, 200)
		}},
		{name: "capture more than is left", play: func(s *scene) {
			d := s.held()
			s.captured(d, 1, 300)
			s.want("capture", s.capture(s.captureOf(d, 2, 201)), s.second())
			s.wantCaptured(d, 300)
		}},
		{name: "capture once more where only one may be", play: captureOnceMoreWhereOnlyOneMayBe},
		{name: "capture what was released", play: func(s *scene) {
			d := s.releasable()
			s.released(d, 1, amount)
			s.want("capture", s.capture(s.captureOf(d, 1, 200)), pay.Declined)
			s.wantBooks(d.Attempt, 0, amount, 0)
		}},
		{name: "capture what was undone", play: func(s *scene) {
			d := s.releasable()
			s.gone(d.Attempt)
			s.want("capture", s.capture(s.captureOf(d, 1, 200)), pay.Declined)
			s.wantBooks(d.Attempt, 0, amount, 0)
		}},
		{name: "capture what waits for its payer", play: captureWhatWaitsForItsPayer},
		{name: "capture and release of nothing", play: func(s *scene) {
			d := deposit{s.attempt(), "074a1CcTG1LelxKe0000", s.HoldWallet}
			d.Network = "4200202611250000000000000099"
			s.want("capture", s.capture(s.captureOf(d, 1, 200)), pay.Declined, pay.Unknown)
			s.want("release", s.release(s.releaseOf(d, 1, 200)), pay.Declined, pay.Unknown)
			s.wantNotFound("query of the capture", s.queryCapture(s.captureOf(d, 1, 200)))
			s.wantNotFound("query of the release", s.queryRelease(s.releaseOf(d, 1, 200)))
		}},
		{name: "look for moves that nobody knows", play: func(s *scene) {
			d := s.releasable()
			s.wantNotFound("query of a capture", s.queryCapture(s.captureOf(d, 1, 200)))
			s.wantNotFound("query of a release", s.queryRelease(s.releaseOf(d, 1, amount)))
			s.wantBooks(d.Attempt, 0, 0, amount)
		}},
		{name: "release more than is held", play: func(s *scene) {
			d := s.releasable()
			s.want("release", s.release(s.releaseOf(d, 1, amount+1)), pay.Declined)
			s.wantBooks(d.Attempt, 0, 0, amount)
			s.released(d, 2, amount)
		}},
		{name: "release a part where all has to go", play: releaseAPartWhereAllHasToGo},
		{name: "release what was captured", play: func(s *scene) {
			d := s.releasable()
			s.captured(d, 1, amount)
			s.want("release", s.release(s.releaseOf(d, 1, amount)), pay.Declined)
			s.wantCaptured(d, amount)
		}},
		{name: "release while a capture is unknown", play: releaseWhileACaptureIsUnknown},
		{name: "release what was released", play: releaseWhatWasReleased},
	}
}

func captureOnceMoreWhereOnlyOneMayBe(s *scene) {
	if s.terms().Captures != 1 {
		return
	}
	d := s.held()
	s.captured(d, 1, 300)
	s.want("capture", s.capture(s.captureOf(d, 2, 100)), s.second())
	s.want("query", s.queryCapture(s.captureOf(d, 1, 300)), pay.Paid)
	s.wantCaptured(d, 300)
}

func captureWhatWaitsForItsPayer(s *scene) {
	a, r := s.hold("password:8s")
	a.Network = r.Network
	d := deposit{a, "074a1CcTG1LelxKe0000", s.HoldWallet}
	s.want("capture", s.capture(s.captureOf(d, 1, 200)), pay.Declined, pay.Unknown)
	s.want("release", s.release(s.releaseOf(d, 1, amount)), pay.Declined, pay.Unknown)
	if books := s.Sandbox.Totals(a.Number); books != (sandbox.Totals{}) {
		s.problem("in the books: %+v", books)
	}
}

func releaseAPartWhereAllHasToGo(s *scene) {
	if s.terms().Parts {
		return
	}
	d := s.releasable()
	s.want("release", s.release(s.releaseOf(d, 1, 200)), pay.Declined)
	s.wantBooks(d.Attempt, 0, 0, amount)
	s.released(d, 2, amount)
	s.wantBooks(d.Attempt, 0, amount, 0)
}

func releaseWhileACaptureIsUnknown(s *scene) {
	d := s.releasable()
	m, all := s.captureOf(d, 1, 200), s.releaseOf(d, 1, amount)
	s.trouble(sandbox.Do(sandbox.LostAfter), captures)
	s.want("capture", s.capture(m), pay.Unknown, pay.Paid)
	s.want("release", s.release(all), pay.Declined)
	s.completes(pay.Paid, m)
	s.wantCaptured(d, 200)
}

func releaseWhatWasReleased(s *scene) {
	d := s.releasable()
	s.released(d, 1, amount)
	r := s.release(s.releaseOf(d, 2, amount))
	if r.State != pay.Declined && !(s.terms().Unnumbered && r.State == pay.Returned) { // without numbers it is the same one
		s.problem("release: %+v", r)
	}
	s.wantBooks(d.Attempt, 0, amount, 0)
}

// second is what is said of a further capture that cannot be: where captures have
// no numbers, the first is in its place.
func (s *scene) second() pay.State {
	if s.terms().Unnumbered {
		return pay.Mismatch
	}
	return pay.Declined
}

// lapses are scenarios of deposits that nobody sees to in time.
func lapses() []scenario {
	return []scenario{
		{name: "lapse", play: func(s *scene) {
			if s.life() == 0 {
				return
			}
			d := s.held()
			s.pass(s.life() - time.Minute)
			s.wantBooks(d.Attempt, 0, 0, amount)
			s.pass(2 * time.Minute)
			s.wantBooks(d.Attempt, 0, amount, 0)
			s.want("capture", s.capture(s.captureOf(d, 1, 200)), pay.Declined)
			s.release(s.releaseOf(d, 1, amount)) // by which number it went is not every network's to tell
			s.wantBooks(d.Attempt, 0, amount, 0)
			s.wantNet(d.Attempt, 0)
			d.Returning = true
			if r := s.queryHold(d.Attempt); r.State != pay.Declined || !r.Returned {
				s.problem("query on its way back: %+v", r)
			}
		}},
		{name: "lapse in the last moment", play: func(s *scene) {
			if s.life() == 0 {
				return
			}
			d := s.held()
			s.pass(s.life() - time.Minute)
			s.captured(d, 1, 200)
			s.wantCaptured(d, 200)
		}},
		{name: "lapse of what was captured of", play: func(s *scene) {
			if s.life() == 0 {
				return
			}
			d := s.held()
			s.captured(d, 1, 200)
			s.pass(s.life())
			s.wantBooks(d.Attempt, 200, amount-200, 0)
			s.want("query of the capture", s.queryCapture(s.captureOf(d, 1, 200)), pay.Paid)
			s.wantNet(d.Attempt, 200)
		}},
	}
}
