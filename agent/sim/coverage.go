package sim

import (
	"fmt"
	"maps"
	"slices"

	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
)

// Coverage counts what the networks were seen doing: each result of each call,
// and each behaviour of networks, of people with payment codes and of phones.
type Coverage map[string]int

// result and behaviour are the names of what is counted.
func result(network, op, what string) string     { return network + " " + op + ": " + what }
func behaviour(network, who, kind string) string { return network + " " + who + " " + kind }

func (c Coverage) answers(network, op, what string) { c[result(network, op, what)]++ }

func (c Coverage) behaves(network, who, kind string) {
	if kind != "" {
		c[behaviour(network, who, kind)]++
	}
}

// Add sums two runs.
func (c Coverage) Add(o Coverage) {
	for name, n := range o {
		c[name] += n
	}
}

// calls are the results that a call may have, by the contract of package pay: a
// code that is shown has no amount in its answer that could be another one, a
// refund is made known by asking for it, and is never refused because of how we
// are set up.
var calls = map[string][]string{
	"charge":       {state(pay.Paid), state(pay.Declined), setUp, state(pay.Waiting), state(pay.Unknown), state(pay.NotSent), state(pay.Mismatch)},
	"query":        {state(pay.Paid), state(pay.Declined), goneBack, state(pay.Waiting), state(pay.Unknown), notFound, stuck, state(pay.Mismatch)},
	"undo":         {state(pay.Declined), goneBack, state(pay.Unknown), notFound, stuck},
	"show":         {state(pay.Waiting), state(pay.Declined), setUp, state(pay.Unknown), state(pay.NotSent)},
	"refund":       {state(pay.Returned), state(pay.Waiting), state(pay.Declined), state(pay.Unknown), stuck, state(pay.Mismatch)},
	"refund-query": {state(pay.Returned), state(pay.Waiting), state(pay.Declined), state(pay.Unknown), notFound, stuck, state(pay.Mismatch)},
}

func state(s pay.State) string { return s.String() }

// results are all that calls may come to, but for what cannot be.
func results() (names []string) {
	for _, network := range networks {
		for op, all := range calls {
			for _, what := range all {
				if name := result(network, op, what); never[name] == "" {
					names = append(names, name)
				}
			}
		}
	}
	slices.Sort(names)
	return names
}

// behaviours are all that networks and people do on purpose.
func behaviours() (names []string) {
	for _, network := range networks {
		for _, op := range ops {
			if op == sandbox.Certificates && network != weChat {
				continue
			}
			for _, kind := range slices.Concat(troubles(network, op, true), lies(network, op)) {
				names = append(names, behaviour(network, string(op), sandbox.Do(kind).Kind))
			}
		}
		for _, text := range customers {
			names = append(names, behaviour(network, "customer", sandbox.Do(text).Kind))
		}
		for _, kind := range phones {
			names = append(names, behaviour(network, "phone", kind))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// reached counts what of some names was seen, and tells what was not.
func (c Coverage) reached(names []string) (n int, missing []string) {
	for _, name := range names {
		if c[name] == 0 {
			missing = append(missing, name)
		}
	}
	return len(names) - len(missing), missing
}

// Missing is what was never seen, of results and behaviours.
func (c Coverage) Missing() []string {
	_, missing := c.reached(slices.Concat(results(), behaviours()))
	return missing
}

// Impossible is what was seen although it cannot be: the list of that is wrong,
// or a network's client.
func (c Coverage) Impossible() (names []string) {
	for _, name := range slices.Sorted(maps.Keys(never)) {
		if c[name] > 0 {
			names = append(names, name)
		}
	}
	return names
}

// String is a line about all of it.
func (c Coverage) String() string {
	gave, does := results(), behaviours()
	n, _ := c.reached(gave)
	m, _ := c.reached(does)
	return fmt.Sprintf("of %d networks %d of %d results of calls and %d of %d behaviours were seen", len(networks), n, len(gave), m, len(does))
}
