package flow

import (
	"slices"

	"tillgate/agent/words"
)

// become takes a wish for another role of the lane. One that the config does not
// allow the lane (any more) means the config's own.
func (l *Lane) become(role Role) {
	if !slices.Contains(l.Role.Within(), role) {
		l.Log.Warn("a lane is not allowed the role that was set; it works in its config's", "lane", l.Name, "role", role)
		role = l.Role
	}
	l.wanted = role
	l.turn()
}

// turn takes the role that is wanted once nobody stands in front of the lane.
// What the lane follows behind that, it follows in any role.
func (l *Lane) turn() {
	if l.role == l.wanted || !l.idle() {
		return
	}
	l.Log.Info("the lane works in another role", "lane", l.Name, "from", l.role, "to", l.wanted)
	l.role = l.wanted
	l.publish("")
}

// idle tells whether nobody at the lane waits for anything.
func (l *Lane) idle() bool {
	if l.draft != nil || l.newestDeposit != nil && l.newestDeposit.deposit().Pending() {
		return false
	}
	if l.current == nil {
		return true
	}
	o := l.current.order()
	phase := o.View().Phase
	return o.Yields() && (phase.Over() || phase == words.GivenBack || phase == words.FrozenOrder)
}
