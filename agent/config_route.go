package main

import (
	"fmt"
	"slices"
	"strings"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
)

// A lane names the merchants that take its money. Which of them takes what
// follows from three things: the wallets that a merchant's network can take,
// what the merchant's wallets and ways leave of them, and whether the lane shows
// QR codes. Every wallet has one taker on a lane in each way, or none.

// way is who scans whose code.
type way string

// The ways, as the config writes them.
const (
	byCode way = "code" // we scan the payer's
	byQR   way = "qr"   // the payer scans ours
)

var wayNames = []string{string(byCode), string(byQR)}

// walletNames are the wallets that can be taken, in the order in which they are
// told. The digital yuan is not one: no network here says how it is asked for.
var walletNames = []string{"wechat", "alipay", "unionpay"}

// codeOf are the codes of the wallets.
var codeOf = map[string]pay.Kind{"wechat": pay.WeChatCode, "alipay": pay.AlipayCode, "unionpay": pay.UnionPayCode}

// offer is the wallets that a merchant takes in a way, on any lane.
func (m *merchantConfig) offer(w way) []string {
	n, known := networks[m.Network]
	if !known || len(m.Ways) > 0 && !slices.Contains(m.Ways, string(w)) {
		return nil
	}
	can := n.wallets
	if w == byQR {
		can, _ = n.qr(m)
	}
	return m.chosen(can)
}

// chosen is what a merchant's own list leaves of some wallets.
func (m *merchantConfig) chosen(can []string) (wallets []string) {
	for _, wallet := range can {
		if len(m.Wallets) == 0 || slices.Contains(m.Wallets, wallet) {
			wallets = append(wallets, wallet)
		}
	}
	return wallets
}

// on is what of an offer there is on a lane.
func (m *merchantConfig) on(l *laneConfig, w way) []string {
	if w == byQR && l.QR == "off" {
		return nil
	}
	return m.offer(w)
}

// route says which merchant takes a code on a lane, and whose codes it shows.
func (c *config) route(l *laneConfig, own func(string) bool) flow.Route {
	r := flow.Route{Own: own, Merchant: map[pay.Kind]flow.Merchant{}, Payers: map[string][]string{}}
	for _, name := range l.Merchants {
		m := c.merchant(name)
		if m == nil {
			continue // of a lane that is not in the config: it only ends what it has
		}
		takes := flow.Merchant{Name: m.Name, Network: m.Network}
		for _, wallet := range m.on(l, byCode) {
			r.Merchant[codeOf[wallet]] = takes
		}
		payers := m.on(l, byQR)
		if len(payers) > 0 {
			r.QR = append(r.QR, takes)
		}
		if len(payers) > 0 && !slices.Equal(payers, []string{m.Network}) {
			r.Payers[m.Name] = payers
		}
	}
	return r
}

// checkOffer checks a merchant's wallets and ways.
func checkOffer(m *merchantConfig, wrong wrongFunc) {
	n := networks[m.Network]
	checkList(m, "wallets", m.Wallets, n.wallets, "wallet %q is not one that %[2]s takes; %[2]s takes %[3]s", wrong)
	checkList(m, "ways", m.Ways, wayNames, "way %q is not known; known are %[3]s", wrong)
	if !slices.Contains(m.Ways, string(byQR)) {
		return
	}
	can, needs := n.qr(m)
	switch {
	case len(can) == 0:
		wrong("ways", "ways has \"qr\", and QR codes need %s", needs)
	case len(m.chosen(can)) == 0:
		wrong("ways", "ways has \"qr\", and its QR codes are for %s, which wallets leaves out", commaList(can))
	}
}

func checkList(m *merchantConfig, key string, list, known []string, stranger string, wrong wrongFunc) {
	if _, given := m.keys[key]; given && len(list) == 0 {
		wrong(key, "%s is empty; expected some of %s, or no %s at all", key, quotedList(known), key)
	}
	for i, one := range list {
		switch {
		case !slices.Contains(known, one):
			wrong(key, stranger, one, m.Network, commaList(known))
		case slices.Contains(list[:i], one):
			wrong(key, "%s has %q twice", key, one)
		}
	}
}

// laneMerchants checks the merchants of a lane, each against those before it.
func (c configCheck) laneMerchants(l *laneConfig) {
	wrong := func(format string, args ...any) {
		c.problems.add(l.line("merchants"), "[[lane]] %s: %s", l.Name, fmt.Sprintf(format, args...))
	}
	var before []*merchantConfig
	for _, name := range l.Merchants {
		m := c.merchant(name)
		switch {
		case m == nil:
			wrong("%q is not a merchant of this file; %s", name, nearest(name, c.merchantNames()))
			continue
		case slices.Contains(before, m):
			wrong("%q is named twice", name)
			continue
		case len(m.on(l, byCode))+len(m.on(l, byQR)) == 0 && len(m.offer(byQR)) > 0:
			wrong("%q has nothing to do here: its ways are \"qr\" alone, and the lane's qr is \"off\"", name)
		}
		for _, first := range before {
			if clash := clashOf(l, first, m); clash != "" {
				wrong("%s", clash)
			}
		}
		before = append(before, m)
	}
	if l.QR == "auto" && len(before) == len(l.Merchants) && !slices.ContainsFunc(before, func(m *merchantConfig) bool { return len(m.on(l, byQR)) > 0 }) {
		c.problems.add(l.line("qr"), "[[lane]] %s: qr is \"auto\", and none of its merchants shows QR codes", l.Name)
	}
}

// clashOf says what two merchants of a lane both take, and how to fix it; empty
// when they take nothing twice.
func clashOf(l *laneConfig, first, m *merchantConfig) string {
	codes, shown := common(first.on(l, byCode), m.on(l, byCode)), common(first.on(l, byQR), m.on(l, byQR))
	if exclude(first, m) {
		shown = nil // oneKindOfQR says it
	}
	var both []string
	if len(codes) > 0 {
		both = append(both, "take codes of "+commaList(codes))
	}
	if len(shown) > 0 {
		both = append(both, "show QR codes for "+commaList(shown))
	}
	if both == nil {
		return ""
	}
	return fmt.Sprintf("%q and %q both %s; a wallet must have one taker: %s", first.Name, m.Name, strings.Join(both, " and "), fixOf(l, m, codes, shown))
}

// fixOf is what to write so that a merchant takes nothing that another has.
func fixOf(l *laneConfig, m *merchantConfig, codes, shown []string) string {
	rest := slices.DeleteFunc(m.chosen(networks[m.Network].wallets), func(w string) bool { return slices.Contains(codes, w) || slices.Contains(shown, w) })
	write := func(key string, list []string) string {
		return fmt.Sprintf("write %s = [%s] at [[merchant]] %s", key, quotedList(list), m.Name)
	}
	switch {
	case codes == nil && len(m.on(l, byCode)) > 0:
		return write("ways", []string{string(byCode)})
	case len(rest) > 0:
		return write("wallets", rest)
	case shown == nil && len(m.on(l, byQR)) > 0:
		return write("ways", []string{string(byQR)})
	}
	return "take one of them off this lane"
}

// exclude tells whether QR codes of two merchants may not stand in one car park:
// where ChinaUMS shows codes, those of WeChat and Alipay themselves have to be
// off (operator guides 000 and 001 of ChinaUMS). Codes that
// we scan are not touched by it, and neither are payments inside apps.
func exclude(a, b *merchantConfig) bool {
	direct := func(m *merchantConfig) bool { return m.Network == "wechat" || m.Network == "alipay" }
	return a.Network == "unionpay" && direct(b) || direct(a) && b.Network == "unionpay"
}

// oneKindOfQR checks that no two merchants of the car park, which is all lanes of
// the config, show codes that exclude each other.
func (c configCheck) oneKindOfQR() {
	type shown struct {
		m *merchantConfig
		l *laneConfig
	}
	var all []shown
	for i := range c.Lanes {
		for _, name := range c.Lanes[i].Merchants {
			m := c.merchant(name)
			if m == nil || len(m.on(&c.Lanes[i], byQR)) == 0 || slices.ContainsFunc(all, func(s shown) bool { return s.m == m }) {
				continue
			}
			all = append(all, shown{m, &c.Lanes[i]})
		}
	}
	for i, one := range all {
		if j := slices.IndexFunc(all[:i], func(s shown) bool { return exclude(s.m, one.m) }); j >= 0 {
			c.problems.add(one.l.line("merchants"), "[[lane]] %s: %q shows %s's QR codes, and %q shows %s's on lane %s; "+
				"where ChinaUMS shows QR codes, those of WeChat and Alipay themselves must be off in the whole car park: "+
				"write ways = [\"code\"] at [[merchant]] %s or %s, or take it off the lane",
				one.l.Name, one.m.Name, one.m.Network, all[j].m.Name, all[j].m.Network, all[j].l.Name, one.m.Name, all[j].m.Name)
		}
	}
}

func common(a, b []string) (both []string) {
	for _, one := range a {
		if slices.Contains(b, one) {
			both = append(both, one)
		}
	}
	return both
}

func quotedList(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return `"` + strings.Join(names, `", "`) + `"`
}
