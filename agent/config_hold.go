package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"tillgate/agent/pay"
)

// A lane whose role has "deposit" in it needs a merchant that can hold one: what
// a network offers for a wallet is data, and so is what a merchant lacks for it.

// terms are what a merchant offers for a wallet's deposits; the zero value: none.
func (m *merchantConfig) terms(wallet string) pay.HoldTerms {
	if n := networks[m.Network]; n.holds != nil {
		terms, _ := n.holds(m, wallet)
		return terms
	}
	return pay.HoldTerms{}
}

// holdsOn are the wallets whose deposits a merchant takes on a lane in a way. A
// code that is shown for a deposit needs not be for the wallet of those for payments.
func (m *merchantConfig) holdsOn(l *laneConfig, w way) (wallets []string) {
	of := m.on(l, byCode)
	if w == byQR {
		if len(m.on(l, byQR)) == 0 {
			return nil
		}
		of = m.chosen(networks[m.Network].wallets)
	}
	for _, wallet := range of {
		if terms := m.terms(wallet); w == byCode && terms.Code || w == byQR && terms.QR {
			wallets = append(wallets, wallet)
		}
	}
	return wallets
}

// noHolds is why a merchant takes no deposits on a lane; empty: it takes some.
func (m *merchantConfig) noHolds(l *laneConfig) string {
	if len(m.holdsOn(l, byCode))+len(m.holdsOn(l, byQR)) > 0 {
		return ""
	}
	n, known := networks[m.Network]
	if !known {
		return "" // complained about
	}
	if n.holds == nil {
		return fmt.Sprintf("%q is of %s, which takes none", m.Name, m.Network)
	}
	for _, wallet := range n.wallets {
		if terms, needs := n.holds(m, wallet); terms == (pay.HoldTerms{}) && needs != "" {
			return fmt.Sprintf("%q needs %s for it", m.Name, needs)
		}
	}
	return fmt.Sprintf("%q takes none in its ways", m.Name)
}

// laneDeposits checks that a lane which takes deposits can.
func (c configCheck) laneDeposits(l *laneConfig) {
	if !l.Role.Holds() || c.problems.has(l.line("merchants")) {
		return
	}
	var why []string
	for _, name := range l.Merchants {
		m := c.merchant(name)
		if m == nil {
			return // complained about
		}
		no := m.noHolds(l)
		if no == "" {
			return
		}
		why = append(why, no)
	}
	if len(why) == 0 {
		return
	}
	c.problems.add(l.line("role"), "[[lane]] %s: the role is %q, and none of its merchants can hold a deposit: %s; name one that can on the lane (%s), or write role = \"cashier\"",
		l.Name, l.Role, strings.Join(why, ", "), commaList(holdingNetworks()))
}

// holdingNetworks are the networks that take deposits.
func holdingNetworks() []string {
	return slices.DeleteFunc(networkNames(), func(name string) bool { return networks[name].holds == nil })
}

// explainHolds writes who takes a lane's deposits, and on which terms.
func (c *config) explainHolds(w io.Writer, l *laneConfig) {
	if !l.Role.Holds() {
		return
	}
	for _, wallet := range walletNames {
		all := c.holdersOf(l, wallet)
		if len(all) == 0 {
			all = []string{"-"}
		}
		for _, told := range all {
			fmt.Fprintf(w, "  deposit  %-8s  %s\n", wallet, told)
		}
	}
}

// holdersOf are the merchants that take a wallet's deposits on a lane: one in each way.
func (c *config) holdersOf(l *laneConfig, wallet string) (all []string) {
	taken := map[way]bool{}
	for _, name := range l.Merchants {
		m := c.merchant(name)
		var ways []string
		for _, w := range []way{byCode, byQR} {
			if m != nil && !taken[w] && slices.Contains(m.holdsOn(l, w), wallet) {
				ways, taken[w] = append(ways, string(w)), true
			}
		}
		if len(ways) > 0 {
			all = append(all, fmt.Sprintf("%s (%s, %s:%d) by %s; %s", m.Name, m.Network, c.File, m.header, strings.Join(ways, " and "), termsText(m.terms(wallet))))
		}
	}
	return all
}

// termsText says what may be done with a deposit, and for how long.
func termsText(t pay.HoldTerms) string {
	parts := []string{"captured any number of times"}
	if t.Captures > 0 {
		parts[0] = fmt.Sprintf("captured %d time at most", t.Captures)
		if t.Captures > 1 {
			parts[0] = fmt.Sprintf("captured %d times at most", t.Captures)
		}
	}
	if t.RestGoes {
		parts = append(parts, "and the rest goes back with it")
	}
	if t.Parts {
		parts = append(parts, "released in parts or whole")
	} else {
		parts = append(parts, "released whole")
	}
	life := "held as long as the contract says"
	if t.Life > 0 {
		life = fmt.Sprintf("held for %d days", t.Life/(24*time.Hour))
	}
	return strings.Join(append(parts, life), ", ")
}
