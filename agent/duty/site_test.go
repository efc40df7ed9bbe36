package duty

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
)

// next is the site's other terminal: it has one deposit, or cannot be asked.
type next struct {
	has  flow.Foreign
	away bool
}

func (n *next) Find(_ context.Context, name string) (flow.Foreign, error) {
	switch {
	case n.away:
		return flow.Foreign{}, errors.New("connection refused")
	case name != n.has.Number && name != n.has.Voucher:
		return flow.Foreign{}, store.ErrNotFound
	}
	return n.has, nil
}

// inn is a network that holds one deposit of 300.00.
type inn struct {
	pay.Provider
	asked []pay.Attempt
}

func (n *inn) Hold(context.Context, pay.Charge) pay.Result      { return pay.Result{} }
func (n *inn) UndoHold(context.Context, pay.Attempt) pay.Result { return pay.Result{} }
func (n *inn) Terms(string) pay.HoldTerms                       { return pay.HoldTerms{Code: true} }
func (n *inn) QueryHold(_ context.Context, a pay.Attempt) pay.Result {
	n.asked = append(n.asked, a)
	return pay.Result{State: pay.Paid, Amount: 30000, Held: &pay.Held{Captured: 8850, Left: 21150}}
}

// abroad gives a desk a neighbour with a deposit.
func (l *lab) abroad() (*next, *inn) {
	there, network := &next{has: flow.Foreign{From: "0002", Number: entry.Number(site, "0002", 1, 1), Voucher: "4200001", Merchant: "inn", Network: "alipay", Account: "ab", Amount: 30000}}, &inn{}
	l.Abroad = &flow.Abroad{Site: there, Accounts: map[string]string{"inn": "ab"}, Networks: &flow.Networks{Providers: map[string]pay.Provider{"inn": network},
		Timing: func(string) pay.Timing { return pay.Timing{Ask: time.Second} }, Log: slog.New(slog.DiscardHandler)}}
	return there, network
}

// lane is what a desk's refusal says of a lane or a deposit; empty: it says nothing of them.
func lane(err error) words.Key {
	var r *Refusal
	if !errors.As(err, &r) || r.Why != words.HaltLane {
		return ""
	}
	key, _ := r.Args[0].(words.Key)
	return key
}

// TestTakingOverTakesTheRightToSell: the network is asked once, and the lane gets its
// word; by number and by voucher.
func TestTakingOverTakesTheRightToSell(t *testing.T) {
	t.Parallel()
	c := newCrew(t, 60)
	there, network := c.abroad()
	sells := c.hire("Sun", staff.Clerk, staff.Grants{staff.Sell: {"counter-1"}})
	tech := c.hire("Kate", staff.Technician, nil)
	for _, row := range []struct {
		a    Ask
		want string
	}{
		{Ask{By: sells, Lane: "counter-1", Number: there.has.Number}, ""},
		{Ask{By: sells, Lane: "counter-1", Number: " 4200 001"}, ""},
		{Ask{Program: "till", Lane: "counter-1", Number: there.has.Number}, ""},
		{Ask{By: tech, Lane: "counter-1", Number: there.has.Number}, string(words.DeniedRight)},
		{Ask{By: sells, Lane: "counter-2", Number: there.has.Number}, string(words.DeniedLane)},
		{Ask{By: sells, Lane: "counter-9", Number: there.has.Number}, string(words.HaltNoLane)},
	} {
		c.lanes.took, network.asked = nil, nil
		_, err := c.TakeOver(t.Context(), row.a)
		if why(t, err) != row.want || (row.want == "") != (len(c.lanes.took) == 1) || len(network.asked) != len(c.lanes.took) {
			t.Errorf("%+v: %v, want %q; the lane heard %v, the network %v", row.a, err, row.want, c.lanes.took, network.asked)
			continue
		}
		if row.want != "" {
			continue
		}
		ev := c.lanes.took[0].(flow.TakeOver)
		if ev.Foreign != there.has || ev.Merchant.Name != "inn" || ev.Result.Held == nil || ev.Result.Held.Captured != 8850 || ev.Staff == "" || ev.By == "" {
			t.Errorf("the lane heard %+v", ev)
		}
		if a := network.asked[0]; a.Number != there.has.Number || a.Network != "4200001" || a.Amount != 30000 {
			t.Errorf("the network was asked for %+v", a)
		}
	}
}

// TestWhatIsNotTakenOver: what is here, what nobody has, and what cannot be known now.
// A capture or a release of another terminal's is refused and says so.
func TestWhatIsNotTakenOver(t *testing.T) {
	t.Parallel()
	c := newCrew(t, 61)
	ask := Ask{By: c.clerk, Lane: "counter-1", Amount: 1, Reason: "check-out"}
	tries := func(number string, takeOver, others words.Key) {
		t.Helper()
		ask.Number = number
		if _, err := c.TakeOver(t.Context(), ask); lane(err) != takeOver {
			t.Errorf("%s is taken over: %v, want %s", number, err, takeOver)
		}
		_, err := c.Capture(t.Context(), ask, false)
		_, again := c.Release(t.Context(), ask)
		if lane(err) != others || lane(again) != others {
			t.Errorf("%s is captured: %v; released: %v; want %s", number, err, again, others)
		}
	}
	tries("4200009", words.TellHoldNone, words.TellHoldNone)
	there, network := c.abroad()
	tries("4200009", words.TellHoldNobody, words.TellHoldNobody)
	there.away = true
	tries(there.has.Number, words.TellHoldAway, words.TellHoldAway)
	there.away = false
	ask.Number = there.has.Number
	if _, err := c.Capture(t.Context(), ask, false); lane(err) != words.TellHoldAbroad {
		t.Errorf("another terminal's is captured: %v", err)
	}
	number, key := c.holds(30000)
	ask.Number = number
	if _, err := c.TakeOver(t.Context(), ask); lane(err) != words.TellHoldHere || len(network.asked) != 0 {
		t.Errorf("our own is taken over: %v; the network was asked %d times", err, len(network.asked))
	}
	c.lanes.took = nil
	_, err := c.Drop(t.Context(), Ask{By: c.clerk, Lane: "counter-1", Order: key})
	_, draft := c.Drop(t.Context(), Ask{By: c.clerk, Lane: "counter-1"})
	if err != nil || draft != nil || len(c.lanes.took) != 2 || c.lanes.took[0] != (flow.DropDeposit{Hold: key}) || c.lanes.took[1] != (flow.DropDeposit{Draft: true}) {
		t.Errorf("given up: %v, %v; the lane heard %+v", err, draft, c.lanes.took)
	}
}
