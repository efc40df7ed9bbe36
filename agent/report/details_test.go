package report_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tillgate/agent/report"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// found is what a query finds: the order's key, and of a refund which of the order's it is.
func found(t *testing.T, q report.Query) string {
	t.Helper()
	page, err := report.Details(t.Context(), twoDays, q, 100)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, m := range page.Movements {
		name := fmt.Sprint(m.Order)
		if m.Refund {
			name += "." + m.RefundNumber[25:]
		}
		all = append(all, name)
	}
	return strings.Join(all, " ")
}

func TestFilters(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		q    report.Query
		want string
	}{
		"everything":               {report.Query{}, "70.1 38 34 32 30 20 20.1 20.2 20.3 14 10 10.1"},
		"sales":                    {report.Query{Kind: report.Sales}, "38 34 32 30 20 14 10"},
		"refunds":                  {report.Query{Kind: report.Refunds}, "70.1 20.1 20.2 20.3 10.1"},
		"from a second on":         {report.Query{From: at("2026-11-24 10:03:00")}, "70.1 38"},
		"up to a second":           {report.Query{To: at("2026-11-23 23:59:59")}, "10"},
		"a refund of an old order": {report.Query{From: at("2026-11-24 09:30:00"), To: at("2026-11-24 09:31:00")}, "10.1"},
		"entries":                  {report.Query{After: 12, Until: 50}, "38 34 20 14 10.1"},
		"entries from the first":   {report.Query{Until: 12}, "10"},
		"entries to the last":      {report.Query{After: 59}, "70.1 20.3"},
		"nobody's":                 {report.Query{Shifts: []int64{0}}, "20"},
		"two shifts":               {report.Query{Shifts: []int64{0, 7}}, "20 14 10"},
		"a lane":                   {report.Query{Lanes: []string{"counter-1"}}, "70.1 14 10"},
		"no lane":                  {report.Query{Lanes: []string{}}, ""},
		"no shift":                 {report.Query{Shifts: []int64{}}, ""},
		"a clerk":                  {report.Query{Clerks: []string{"Li"}}, "14 10"},
		"no clerk":                 {report.Query{Clerks: []string{""}}, "20"},
		"cash":                     {report.Query{Wallets: []string{"cash"}}, "14"},
		"a wallet of a network":    {report.Query{Wallets: []string{"alipay"}}, "20 20.1 20.2 20.3"},
		"the network is no wallet": {report.Query{Wallets: []string{"cloudpay"}}, ""},
		"unknown":                  {report.Query{States: []report.State{report.Unknown}}, "30 20.1"},
		"to be seen to":            {report.Query{States: []report.State{report.Unknown, report.Open, report.Frozen}}, "38 32 30 20.1 20.2"},
		"an amount":                {report.Query{Min: 500, Max: 500}, "10.1"},
		"from an amount on":        {report.Query{Min: 4000}, "38 34 32 30"},
		"up to an amount":          {report.Query{Max: 100}, "70.1 20.1"},
		"below an order":           {report.Query{Before: 20}, "14 10 10.1"},
		"all at once": {report.Query{Kind: report.Refunds, From: at("2026-11-24 00:00:00"), Shifts: []int64{9}, Lanes: []string{"counter-2"}, Clerks: []string{"Wang"},
			Wallets: []string{"wechat"}, States: []report.State{report.Paid}, Max: 500}, "10.1"},
	} {
		if got := found(t, row.q); got != row.want {
			t.Errorf("%s: %s, want %s", name, got, row.want)
		}
	}
}

func TestQueriesThatAreMistakes(t *testing.T) {
	t.Parallel()
	for name, q := range map[string]report.Query{
		"backwards": {From: 2, To: 1}, "entries backwards": {After: 9, Until: 3}, "no amount": {Min: 2, Max: 1}, "below zero": {Min: -1},
		"hour 24": {Calendar: report.Calendar{Starts: 24}}, "hour -1": {Calendar: report.Calendar{Starts: -1}},
	} {
		if _, err := report.Details(t.Context(), twoDays, q, 10); !errors.Is(err, report.ErrQuery) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := report.Group(t.Context(), twoDays, q); !errors.Is(err, report.ErrQuery) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestWhatALineSays: nothing gets lost between a row and a line, and a refund has
// its order's names but its own outcome.
func TestWhatALineSays(t *testing.T) {
	t.Parallel()
	page, err := report.Details(t.Context(), twoDays[:1], report.Query{}, 10)
	if err != nil || len(page.Movements) != 2 {
		t.Fatalf("%+v, %v", page, err)
	}
	sale := report.Movement{Order: 10, Number: numberOf(1), NetworkNumber: "4200001", Lane: "counter-1", Shift: 7, Clerk: "Li", Wallet: "wechat", Network: "wechat",
		Merchant: "shop", Title: "Tea", State: report.Paid, At: at("2026-11-23 10:00:00"), Seq: 12, Trusted: true, Amount: 1000, Settled: 900}
	refund := sale
	refund.Refund, refund.RefundNumber, refund.NetworkNumber, refund.Lane, refund.Shift, refund.Clerk = true, numberOf(1)+"01", "5030001", "counter-2", 9, "Wang"
	refund.At, refund.Seq, refund.Amount, refund.Settled = at("2026-11-24 09:30:00"), 50, 500, 450
	if !slices.Equal(page.Movements, []report.Movement{sale, refund}) {
		t.Errorf("lines are %+v, want %+v", page.Movements, []report.Movement{sale, refund})
	}
}

// TestPages: however long a page is, all of them together are everything, once,
// and no order is torn apart.
func TestPages(t *testing.T) {
	t.Parallel()
	src := slices.Clone(twoDays)
	for n := range 30 {
		src = append(src, report.Row{Order: entry.Seq(100 + n), State: report.Paid, Amount: money.Fen(n)})
	}
	whole, err := report.Details(t.Context(), src, report.Query{}, 1000)
	if err != nil || whole.Next != 0 {
		t.Fatalf("%d lines, next %d, %v", len(whole.Movements), whole.Next, err)
	}
	for max := range 45 {
		var all []report.Movement
		for q, n := (report.Query{}), 0; n == 0 || q.Before != 0; n++ {
			page, err := report.Details(t.Context(), src, q, max)
			if err != nil || n > 60 {
				t.Fatalf("page %d of %d lines: %v", n, max, err)
			}
			if len(page.Movements) > max+4 || page.Next != 0 && len(page.Movements) < max {
				t.Errorf("a page of %d has %d lines", max, len(page.Movements))
			}
			all, q.Before = append(all, page.Movements...), page.Next
		}
		if !slices.Equal(all, whole.Movements) {
			t.Errorf("pages of %d make %d lines of %d", max, len(all), len(whole.Movements))
		}
	}
	if page, err := report.Details(t.Context(), src, report.Query{}, 10); err != nil || len(page.Movements) != 10 || page.Next != 120 {
		t.Errorf("a page of 10 orders has %d, the next are below %d, %v", len(page.Movements), page.Next, err)
	}
	if page, err := report.Details(t.Context(), src, report.Query{Min: 1 << 40}, 10); err != nil || page.Movements != nil || page.Next != 0 {
		t.Errorf("a page of nothing is %+v, %v", page, err)
	}
}
