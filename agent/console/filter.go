package console

import (
	"net/url"
	"slices"

	"tillgate/agent/report"
	"tillgate/agent/words"
)

// filter narrows what the page of search lists. Each is as its field has it,
// empty: all of them.
type filter struct {
	kind, state, lane, wallet, clerk string
	from, until                      string // days, both included

	lanes, clerks []string // that may be chosen
}

// filterOf reads the fields of the page of search.
func (c *console) filterOf(ask url.Values, lanes []string) filter {
	f := filter{kind: ask.Get("kind"), state: ask.Get("state"), lane: ask.Get("lane"), wallet: ask.Get("wallet"), clerk: ask.Get("clerk"), from: ask.Get("from"), until: ask.Get("until"), lanes: lanes}
	if lanes == nil {
		f.lanes = c.Desk.Lanes.Names()
	}
	for _, p := range c.Desk.Roster.People() {
		f.clerks = append(f.clerks, p.Name)
	}
	return f
}

// none tells whether it lets everything through.
func (f filter) none() bool {
	return f.kind+f.state+f.lane+f.wallet+f.clerk+f.from+f.until == ""
}

// narrow puts it into a query. A lane that somebody may not see finds nothing; a
// word that is none of the fields' lets everything through, as an empty one.
func (f filter) narrow(q *report.Query) (err error) {
	if f.lane != "" {
		q.Lanes = slices.DeleteFunc([]string{f.lane}, func(lane string) bool { return !slices.Contains(f.lanes, lane) })
	}
	if i := slices.IndexFunc(filterKinds, func(k filterKind) bool { return k.name == f.kind }); i >= 0 {
		q.Kind = filterKinds[i].kind
	}
	if state, err := report.ParseState(f.state); err == nil {
		q.States = []report.State{state}
	}
	if f.wallet != "" {
		q.Wallets = []string{f.wallet}
	}
	if f.clerk != "" {
		q.Clerks = []string{f.clerk}
	}
	if f.from != "" {
		if q.From, _, err = q.Calendar.Day(f.from); err != nil {
			return err
		}
	}
	if f.until != "" {
		_, q.To, err = q.Calendar.Day(f.until)
	}
	return err
}

// values are its fields for the address of another page of the list.
func (f filter) values() url.Values {
	v := url.Values{}
	for name, value := range map[string]string{"kind": f.kind, "state": f.state, "lane": f.lane, "wallet": f.wallet, "clerk": f.clerk, "from": f.from, "until": f.until} {
		if value != "" {
			v.Set(name, value)
		}
	}
	return v
}

// filterKind is a kind of movement as its field has it.
type filterKind struct {
	name string
	kind report.Kind
	says words.Report
}

var filterKinds = []filterKind{{"sale", report.Sales, words.ReportSaleKind}, {"refund", report.Refunds, words.ReportRefundKind}, {"deposit", report.Deposits, words.ReportTakenKind}}

// filterStates are the states that may be chosen.
var filterStates = []struct {
	state report.State
	says  words.Report
}{{report.Paid, words.ReportIsPaid}, {report.Unknown, words.ReportIsUnknown}, {report.Open, words.ReportIsOpen}, {report.Ended, words.ReportIsEnded}, {report.Frozen, words.ReportIsFrozen}}

// filterWallets are the ways to pay that may be chosen.
var filterWallets = []string{"wechat", "alipay", "unionpay", "cash", "card"}
