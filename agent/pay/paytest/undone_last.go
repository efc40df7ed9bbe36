package paytest

import (
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
)

// lostWays are ways in which an answer is lost, before and after the effect; with
// some the effect comes long after the answer is given up.
func lostWays() []string {
	return []string{
		sandbox.LostBefore, sandbox.LostAfter, sandbox.BadGateway, sandbox.BadGatewayAfter, sandbox.SystemErrorBefore, sandbox.SystemErrorAfter,
		"late:30s", "hidden:8s", "hidden:5m", sandbox.NoSignature,
	}
}

// lastUndos are scenarios of an order whose last undo was heard nothing of before
// no undo was in time any more: what goes back is followed as a machine does, and
// of every operation on the way the first answer is lost.
func lastUndos() []scenario {
	var all []scenario
	for _, how := range lostWays() {
		for _, takes := range []time.Duration{0, 30 * time.Second} {
			name := how
			if takes > 0 {
				name += ", and takes a while"
			}
			all = append(all, scenario{name: "undone last, " + name, long: true, takes: takes, play: func(s *scene) {
				a := s.undoable(sandbox.Pays)
				s.undoneLast(a, how)
			}}, scenario{name: "code undone last, " + name, long: true, takes: takes, play: func(s *scene) {
				if s.Shower != nil {
					s.undoneLast(s.paidCode(sandbox.Pays), how)
				}
			}})
		}
	}
	return all
}

// undoneLast undoes an order that is paid and hears nothing of it; from then on
// only a refund can give the money back, unless it has gone back already.
func (s *scene) undoneLast(a pay.Attempt, how string) {
	times, numbers := map[sandbox.Op]int{}, map[string]bool{}
	s.onArrival(func(op sandbox.Op, number string) sandbox.Behaviour {
		if times[op]++; op == sandbox.Refund {
			numbers[number] = true
		}
		if times[op] == 1 {
			return sandbox.Do(how)
		}
		return sandbox.Behaviour{}
	})
	a.Returning = true
	s.undo(a)
	s.goesBackWhole(a)
	s.pass(time.Hour) // whatever is still under way lands
	if s.wantNet(a, 0); len(numbers) > 1 {
		s.problem("%s: refunds were sent under several numbers: %v", a.Number, numbers)
	}
}

// goesBackWhole is a machine's way back without an undo: the order is asked about
// until it is over, or paid, and then its whole refund, which is sent where there
// is none.
func (s *scene) goesBackWhole(a pay.Attempt) {
	paid, r := false, pay.Whole(a)
	for range 20 {
		if !paid {
			seen := s.query(a)
			if seen.State == pay.Declined {
				return
			}
			paid = seen.State == pay.Paid
			s.pass(30 * time.Second)
			continue
		}
		switch got := s.refundQuery(r); {
		case got.State == pay.Returned:
			return
		case got.NotFound:
			s.pass(s.Timing.Refund.Again)
			if s.refund(r).State == pay.Returned {
				return
			}
		}
		s.pass(time.Minute)
	}
	s.problem("%s: it does not go back", a.Number)
}
