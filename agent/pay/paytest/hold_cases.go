package paytest

import (
	"slices"

	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
)

// holdCases walk every documented code with which a network may refuse what is
// asked about deposits.
func holdCases() []scenario {
	var all []scenario
	for _, c := range []struct {
		op  string
		ops []sandbox.Op
		ask func(s *scene, d deposit) pay.Result
	}{
		{"hold", []sandbox.Op{sandbox.Hold}, func(s *scene, _ deposit) pay.Result { _, r := s.hold(sandbox.Pays); return r }},
		{"show-hold", []sandbox.Op{sandbox.ShowHold}, func(s *scene, _ deposit) pay.Result { _, r := s.showHold(); return r }},
		{"hold-query", asksHold, func(s *scene, d deposit) pay.Result { return s.queryHold(d.Attempt) }},
		{"hold-undo", undoesHold, func(s *scene, d deposit) pay.Result { return s.undoHold(d.Attempt) }},
		{"capture", captures, func(s *scene, d deposit) pay.Result { return s.capture(s.captureOf(d, 1, 200)) }},
		{"capture-query", asksCapture, func(s *scene, d deposit) pay.Result { return s.queryCapture(s.captureOf(d, 1, 200)) }},
		{"release", releases, func(s *scene, d deposit) pay.Result { return s.release(s.releaseOf(d, 1, amount)) }},
		{"release-query", asksRelease, func(s *scene, d deposit) pay.Result { return s.queryRelease(s.releaseOf(d, 1, amount)) }},
	} {
		all = append(all, scenario{name: "errors of " + c.op, play: func(s *scene) {
			if c.op == "show-hold" && s.HoldShower == nil {
				return
			}
			s.walkCases(c.op, c.ops, c.ask)
		}})
	}
	return all
}

// walkCases has each code of an operation answered to a fresh deposit.
func (s *scene) walkCases(op string, ops []sandbox.Op, ask func(s *scene, d deposit) pay.Result) {
	n := 0
	for _, c := range s.Cases {
		if c.Op != op {
			continue
		}
		n++
		d := s.held()
		s.pass(s.Timing.Hold.Undo.NotBefore)
		s.trouble(sandbox.Behaviour{Kind: sandbox.Failed, Code: c.Code}, ops)
		got := ask(s, d)
		s.onArrival(nil)
		if op == "hold-undo" && got.State == pay.Declined && s.Sandbox.Totals(d.Number).Left == 0 {
			continue // it was refused, and released in another way
		}
		if got.State != c.State || got.Fault != c.Fault || got.NotFound != c.NotFound || got.Code != c.Code {
			s.problem("%s, %s: %+v, want %+v", op, c.Code, got, c)
		}
		s.wantBooks(d.Attempt, 0, 0, amount)
	}
	if n == 0 && !slices.Contains([]string{"capture-query", "release-query"}, op) {
		s.problem("the network does not name its codes of %s", op)
	}
}
