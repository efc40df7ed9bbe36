package staff

import (
	"maps"
	"slices"
)

// Right is one thing that somebody may do on a lane.
type Right string

// The rights.
const (
	Sell     Right = "sell"     // take money, clock on
	Refund   Right = "refund"   // give it back
	Approve  Right = "approve"  // let somebody else do what needs a second person
	Override Right = "override" // open a gate or let go without the money
	Reports  Right = "reports"  // see what others took
	Staff    Right = "staff"    // set people, their rights and links to set a PIN
	Settings Right = "settings" // change what may be changed here
	Service  Right = "service"  // devices, logs, self-tests
)

// Rights are all rights, in the order in which pages list them.
func Rights() []Right {
	return []Right{Sell, Refund, Approve, Override, Reports, Staff, Settings, Service}
}

// roleGrants is what a role may do where nothing else is set.
var roleGrants = map[Role]Grants{
	Manager: {
		Sell: {Every}, Refund: {Every}, Approve: {Every}, Override: {Every},
		Reports: {Every}, Staff: {Every}, Settings: {Every}, Service: {Every},
	},
	Clerk:      {Sell: {Every}, Refund: {Every}},
	Technician: {Service: {Every}},
}

// widens tells which rights let money or cars go. While the clock proves
// nothing they take a manager.
func (r Right) widens() bool { return r == Refund || r == Approve || r == Override }

// Every stands for all lanes, those of tomorrow included.
const Every = "*"

// Lanes are names of lanes, or Every.
type Lanes []string

// Has tells whether a lane is one of them.
func (l Lanes) Has(lane string) bool { return slices.Contains(l, Every) || slices.Contains(l, lane) }

// cover tells whether all of another's are among them.
func (l Lanes) cover(other Lanes) bool {
	for _, lane := range other {
		if !l.Has(lane) { // Every among a list of names is not covered by names
			return false
		}
	}
	return true
}

// meet is what both have.
func (l Lanes) meet(other Lanes) (both Lanes) {
	if slices.Contains(l, Every) {
		return other
	}
	for _, lane := range l {
		if other.Has(lane) {
			both = append(both, lane)
		}
	}
	return both
}

// Grants are rights and the lanes on which they hold.
type Grants map[Right]Lanes

func (g Grants) cover(other Grants) bool {
	for right, lanes := range other {
		if !g[right].cover(lanes) {
			return false
		}
	}
	return true
}

// give is what of them may be handed on: on the lanes whose people one may set.
func (g Grants) give() Grants {
	mine := maps.Clone(g)
	for right, lanes := range g {
		mine[right] = lanes.meet(g[Staff])
	}
	return mine
}

// power is all that makes one person more than another.
type power struct {
	grants  Grants
	manager bool
}

// power is what the person may do now: nothing while switched off.
func (p Person) power() power {
	if !p.active() {
		return power{}
	}
	return p.on()
}

// on is what the person may do when switched on.
func (p Person) on() power { return power{p.Grants(), p.Role == Manager} }

func (a power) cover(b power) bool { return (a.manager || !b.manager) && a.grants.cover(b.grants) }

// written is how an entry or a document has them.
func (g Grants) written() map[string][]string {
	if g == nil {
		return nil
	}
	w := make(map[string][]string, len(g))
	for right, lanes := range g {
		w[string(right)] = lanes
	}
	return w
}

// granted reads them.
func granted(w map[string][]string) Grants {
	if w == nil {
		return nil
	}
	g := make(Grants, len(w))
	for right, lanes := range w {
		g[Right(right)] = lanes
	}
	return g
}

// tidy is the one way in which grants are written: known rights, each lane
// once, in order, nothing beside Every. ok is false where a right is unknown,
// has no lane, or there is none at all.
func (g Grants) tidy() (_ Grants, ok bool) {
	if g == nil {
		return nil, true
	}
	tidied := make(Grants, len(g))
	for right, lanes := range g {
		if !slices.Contains(Rights(), right) || len(lanes) == 0 || slices.Contains(lanes, "") {
			return nil, false
		}
		lanes = slices.Compact(slices.Sorted(slices.Values(lanes)))
		if slices.Contains(lanes, Every) {
			lanes = Lanes{Every}
		}
		tidied[right] = lanes
	}
	return tidied, len(tidied) > 0
}
