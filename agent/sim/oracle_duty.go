package sim

import "tillgate/store/entry"

// wanting is who has asked the desk for something, where, and whether the rules let
// them have it: a manager always, a clerk on the lane on which they are on duty.
type wanting struct {
	who, lane string
	may       bool
}

// Asks notes that somebody asks the desk for money that goes back, under a reason of its own.
func (o *Oracle) Asks(reason, who, lane string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	s := o.now(lane)
	o.askers[reason] = wanting{who, lane, who == chief || s != nil && s.Who == who}
}

// Off notes that the desk has refused something to who is off duty.
func (o *Oracle) Off(reason string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	a := o.askers[reason]
	if a.may {
		o.breaks(7, "%s is refused to %s as off duty, who is on duty on %s", reason, a.who, a.lane)
	}
	o.stats[OffDuty]++
}

// allowed holds an intent with which money goes back against who has asked the desk
// for it. The caller has the lock.
func (o *Oracle) allowed(reason, intent string) {
	if a, asked := o.askers[reason]; asked && !a.may {
		o.breaks(7, "%s is begun for %s, who is not on duty on %s", intent, a.who, a.lane)
	}
}

// letsGo tells whether something goes back to the guest with a move because somebody
// wants it so.
func (h *hold) letsGo(b entry.MoveAskedBody) bool {
	return b.What == entry.Release || h.placed != nil && b.Last && !h.placed.RestGoes && b.Amount < h.left()
}
