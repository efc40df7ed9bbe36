package sale

import (
	"tillgate/agent/flow"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

// cash books what the clerk was handed. A wallet's attempt that is not final is
// set to returning by the same commit: whatever becomes of it goes back.
func (s *Sale) cash(ev flow.Cash, now flow.Now) flow.Step {
	if why := s.closed(); why != "" {
		return tell(why)
	}
	if ev.Given < s.order.Amount {
		return tell(words.TellCashLow)
	}
	return s.byHand(entry.ByCash, entry.SettledBody{Given: ev.Given, Staff: ev.Staff}, now)
}

// card books what the clerk saw on another terminal's slip.
func (s *Sale) card(ev flow.Card, now flow.Now) flow.Step {
	if why := s.closed(); why != "" {
		return tell(why)
	}
	return s.byHand(entry.ByCard, entry.SettledBody{Network: ev.Ref, Staff: ev.Staff}, now)
}

// closed is why nothing more can be taken for the order, empty when it can.
func (s *Sale) closed() words.Key {
	switch {
	case s.frozen:
		return words.TellFrozen
	case s.settled != nil:
		return words.TellPaidAlready
	case s.cancelled || s.order.Amount <= 0:
		return words.TellNoAmount
	}
	return ""
}

// byHand is an attempt that never leaves the device: intent and outcome are one commit.
func (s *Sale) byHand(way string, body entry.SettledBody, now flow.Now) flow.Step {
	drafts := append(s.opening(), s.sendBack(way)...)
	drafts = append(drafts, entry.New(entry.Asked, entry.AskedBody{Number: now.Number, Network: way, Way: way}))
	body.Number, body.Amount, body.Settled = now.Number, s.order.Amount, s.order.Amount
	return s.take(drafts, body, now.Mono, []flow.Note{waits{}}, now)
}

// reprint prints the slip of a settled order again, marked as a reprint.
func (s *Sale) reprint() flow.Step {
	draft, again, ok := s.outputs.Reprint()
	if !ok {
		return tell(words.TellNoReprint)
	}
	step := s.step([]entry.Draft{draft}, nil, s.do(again))
	step.Tell = words.TellReprinted
	return step
}
