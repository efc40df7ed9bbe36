package sale

import (
	"tillgate/agent/flow"
	"tillgate/agent/words"
)

// visit is what is known, in this life, of the deposit that an order's guest leaves
// in the same visit. Its sum is the order's own.
type visit struct{ room, by string }

// note is what the order's note at the network says.
func (s *Sale) note() string {
	if s.order.Deposit == 0 {
		return ""
	}
	return words.VisitNote(s.order.Deposit)
}

// deposit asks for the deposit once the order is paid, while its guest still stands
// there: the lane then waits for his code. Of an order of an earlier life, and of
// one that is not in front of the lane any more, nobody is asked.
func (s *Sale) deposit(number string, now flow.Now) flow.Event {
	if s.order.Deposit == 0 || s.drafted == 0 || !now.Current || !now.Role.Holds() {
		return nil
	}
	return flow.DepositSpec{Amount: s.order.Deposit, Room: s.visit.room, Title: s.order.Title, Ref: number, Staff: s.staff, By: s.visit.by}
}
