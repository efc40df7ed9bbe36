package wechat

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"tillgate/agent/pay"
	"tillgate/store/money"
)

// capture is the only capture of a deposit of 300.00, release its release.
func capture(amount money.Fen) pay.Move {
	return pay.Move{Of: kept300, Wallet: "wechat", Number: number + "51", Amount: amount, Last: true, Title: "房费", Staff: "8", Device: "desk-1", Lane: "desk"}
}

func release(amount money.Fen) pay.Move {
	m := capture(amount)
	m.Number = number + "81"
	return m
}

// wasConsumed is the answer to a consumption that was carried out.
func wasConsumed(fee string, more fields) fields {
	f := fields{"result_code": "SUCCESS", "err_code": "SUCCESS", "transaction_id": paidUnder, "out_trade_no": number, "total_fee": "30000", "consume_fee": fee, "fee_type": "CNY"}
	maps.Copy(f, more)
	return f
}

var consumed8850 = isHeld("REFUND", fields{"consume_fee": "8850"})

// moved is what a look at a deposit proves of a move.
type moved struct {
	name   string
	look   fields
	amount money.Fen
	state  pay.State
	code   string
	sum    money.Fen // that is told
	found  bool      // else the network does not know it, and it is sent
}

// TestWhatADepositTellsOfItsCapture: it has no number, so that the amount is all
// that tells one from another.
func TestWhatADepositTellsOfItsCapture(t *testing.T) {
	t.Parallel()
	for _, c := range []moved{
		{"nothing was captured", isHeld("SUCCESS", nil), 8850, pay.Unknown, codeNotCaptured, 0, false},
		{"nothing was captured, all is wanted", isHeld("SUCCESS", nil), 30000, pay.Unknown, codeNotCaptured, 0, false},
		{"the network knows no such deposit", nil, 8850, pay.Unknown, "ORDERNOTEXIST", 0, false},
		{"it was", consumed8850, 8850, pay.Paid, "", 8850, true},
		{"it was, whole", isHeld("SUCCESS", fields{"consume_fee": "30000"}), 30000, pay.Paid, "", 30000, true},
		{"a fen more was", consumed8850, 8849, pay.Mismatch, pay.CodeAmount, 8850, true},
		{"another desk was faster", consumed8850, 30000, pay.Mismatch, pay.CodeAmount, 8850, true},
		{"something was captured where nothing is wanted", consumed8850, 0, pay.Mismatch, pay.CodeAmount, 8850, true},
		{"all of it has gone back", isHeld("REFUND", nil), 8850, pay.Declined, pay.CodeReleased, 0, true},
		{"it was reversed", bare("REVOKED"), 8850, pay.Declined, pay.CodeReleased, 0, true},
		{"more than is held", isHeld("SUCCESS", nil), 30001, pay.Declined, codeTooMuch, 0, true},
		{"nothing", isHeld("SUCCESS", nil), 0, pay.Declined, codeNothing, 0, true},
		{"less than nothing", isHeld("SUCCESS", nil), -1, pay.Declined, codeNothing, 0, true},
		{"its payer is still at the password", bare("USERPAYING"), 8850, pay.Unknown, "USERPAYING", 0, true},
		{"it is not ours", isHeld("SUCCESS", fields{"total_fee": "300"}), 100, pay.Unknown, pay.CodeAmount, 0, true},
		{"its totals cannot be", isHeld("SUCCESS", fields{"consume_fee": "30001"}), 8850, pay.Unknown, pay.CodeTotals, 0, true},
		{"the network has a cold", refusedWith("SYSTEMERROR"), 8850, pay.Unknown, "SYSTEMERROR", 0, true},
	} {
		n := says(map[string]fields{callHoldQuery: c.look, callConsume: refusedWith("SYSTEMERROR")})
		p := n.provider(t, directOptions)
		c.looked(t, p.QueryCapture(t.Context(), capture(c.amount)))
		if got := p.Capture(t.Context(), capture(c.amount)); c.found {
			c.looked(t, got)
		}
		c.sent(t, n, callConsume)
	}
}

// looked sees that a look is read as it should be.
func (c moved) looked(t *testing.T, got pay.Result) {
	t.Helper()
	if got.State != c.state || got.Code != c.code || got.Amount != c.sum || got.NotFound == c.found || got.Fault != (c.code == pay.CodeTotals) || got.Held != nil || got.Returned || got.Message != "" || got.Date.IsZero() {
		t.Errorf("%s: %+v", c.name, got)
	}
	if want := map[bool]money.Fen{true: c.sum}[got.State == pay.Paid || got.State == pay.Mismatch]; got.Settled != want || !got.PaidAt.IsZero() {
		t.Errorf("%s: settled is %v, done at %v", c.name, got.Settled, got.PaidAt)
	}
}

// sent sees that only what the network does not know was sent, once, after a look.
func (c moved) sent(t *testing.T, n *network, path string) {
	t.Helper()
	want := []string{callHoldQuery, callHoldQuery}
	if !c.found {
		want = append(want, path)
	}
	if !slices.Equal(n.asked, want) {
		t.Errorf("%s: asked %v", c.name, n.asked)
	}
}

// TestWhatADepositTellsOfItsRelease: all of it goes back, or nothing.
func TestWhatADepositTellsOfItsRelease(t *testing.T) {
	t.Parallel()
	for _, c := range []moved{
		{"it is held", isHeld("SUCCESS", nil), 30000, pay.Unknown, codeNotReleased, 0, false},
		{"the network knows no such deposit", nil, 30000, pay.Unknown, "ORDERNOTEXIST", 0, false},
		{"it has gone back", isHeld("REFUND", nil), 30000, pay.Returned, "", 30000, true},
		{"it was reversed", isHeld("REVOKED", nil), 30000, pay.Returned, "", 30000, true},
		{"it was reversed, and no more is told", bare("REVOKED"), 30000, pay.Returned, "", 30000, true},
		{"it was captured", consumed8850, 30000, pay.Declined, pay.CodeCaptured, 0, true},
		{"it was captured, and the rest is wanted", consumed8850, 21150, pay.Declined, pay.CodeCaptured, 0, true},
		{"it was captured whole", isHeld("SUCCESS", fields{"consume_fee": "30000"}), 30000, pay.Declined, pay.CodeCaptured, 0, true},
		{"a part of it", isHeld("SUCCESS", nil), 29999, pay.Declined, codeOnlyWhole, 0, true},
		{"more than was held", isHeld("SUCCESS", nil), 30001, pay.Declined, codeOnlyWhole, 0, true},
		{"a part of what has gone back", isHeld("REFUND", nil), 100, pay.Declined, codeOnlyWhole, 0, true},
		{"nothing", isHeld("SUCCESS", nil), 0, pay.Declined, codeOnlyWhole, 0, true},
		{"its payer is still at the password", bare("USERPAYING"), 30000, pay.Unknown, "USERPAYING", 0, true},
		{"it is not ours", isHeld("SUCCESS", fields{"mch_id": "1999999999"}), 30000, pay.Unknown, pay.CodeMerchant, 0, true},
		{"its totals cannot be", isHeld("REVOKED", fields{"consume_fee": "1"}), 30000, pay.Unknown, pay.CodeTotals, 0, true},
	} {
		n := says(map[string]fields{callHoldQuery: c.look, callHoldReverse: refusedWith("SYSTEMERROR")})
		p := n.provider(t, directOptions)
		got := p.QueryRelease(t.Context(), release(c.amount))
		c.looked(t, got)
		if got := p.Release(t.Context(), release(c.amount)); c.found {
			c.looked(t, got)
		}
		c.sent(t, n, callHoldReverse)
	}
}

// TestWhatAConsumptionProves reads answers to one that was carried out.
func TestWhatAConsumptionProves(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		more  fields
		state pay.State
		code  string
	}{
		{"done", nil, pay.Paid, ""},
		{"done, and no currency is told", fields{"fee_type": ""}, pay.Paid, ""},
		{"a fen more", fields{"consume_fee": "8851"}, pay.Mismatch, pay.CodeAmount},
		{"in dollars", fields{"fee_type": "USD"}, pay.Mismatch, pay.CodeCurrency},
		{"another number", fields{"out_trade_no": "x"}, pay.Unknown, pay.CodeNumber},
		{"another transaction", fields{"transaction_id": "4200002026112500000002"}, pay.Unknown, pay.CodeNumber},
		{"another merchant", fields{"mch_id": "1999999999"}, pay.Unknown, pay.CodeMerchant},
		{"another total", fields{"total_fee": "30001"}, pay.Unknown, pay.CodeTotals},
		{"more than the total", fields{"consume_fee": "30001"}, pay.Unknown, pay.CodeTotals},
		{"nothing consumed", fields{"consume_fee": "0"}, pay.Unknown, pay.CodeIncomplete},
		{"no amount", fields{"consume_fee": ""}, pay.Unknown, pay.CodeIncomplete},
		{"an odd amount", fields{"consume_fee": "88.50"}, pay.Unknown, pay.CodeIncomplete},
		{"no total", fields{"total_fee": ""}, pay.Unknown, pay.CodeIncomplete},
		{"no number", fields{"out_trade_no": ""}, pay.Unknown, pay.CodeIncomplete},
		{"no transaction", fields{"transaction_id": ""}, pay.Unknown, pay.CodeIncomplete},
		{"no merchant", fields{"mch_id": ""}, pay.Unknown, pay.CodeIncomplete},
		{"failed, with an error code that says SUCCESS", fields{"result_code": "FAIL"}, pay.Unknown, "SUCCESS"},
		{"unsigned", fields{"sign": "0"}, pay.Unknown, "bad signature"},
	} {
		p := says(map[string]fields{callHoldQuery: isHeld("SUCCESS", nil), callConsume: wasConsumed("8850", c.more)}).provider(t, directOptions)
		got := p.Capture(t.Context(), capture(8850))
		if got.State != c.state || got.Code != c.code || got.NotFound || got.Fault || got.Date.IsZero() != (c.code == "bad signature") {
			t.Errorf("%s: %+v", c.name, got)
		}
		if c.state == pay.Paid && got != (pay.Result{State: pay.Paid, Network: paidUnder, Amount: 8850, Settled: 8850, Date: asked.UTC()}) {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

// TestAReleaseIsSeenToBeDone: that the network has carried a reverse out is not
// the last word; the deposit's is.
func TestAReleaseIsSeenToBeDone(t *testing.T) {
	t.Parallel()
	done := fields{"result_code": "SUCCESS", "err_code": "SUCCESS", "recall": "N"}
	for _, c := range []struct {
		name    string
		reverse fields
		then    fields // what the look after it says
		state   pay.State
		code    string
		asks    int
	}{
		{"done", done, isHeld("REFUND", nil), pay.Returned, "", 3},
		{"done, and only the state is told", done, bare("REVOKED"), pay.Returned, "", 3},
		{"done, and not to be seen yet", done, isHeld("SUCCESS", nil), pay.Waiting, "reversed", 3},
		{"done, and the look is lost", done, refusedWith("SYSTEMERROR"), pay.Waiting, "reversed", 3},
		{"done, and captured by another desk", done, consumed8850, pay.Declined, pay.CodeCaptured, 3},
		{"call again", fields{"result_code": "SUCCESS", "recall": "Y"}, nil, pay.Unknown, "recall", 2},
		{"too early", refusedWith("USERPAYING"), nil, pay.Unknown, "USERPAYING", 2},
		{"unsigned", fields{"recall": "N", "sign": "0"}, nil, pay.Unknown, "bad signature", 2},
	} {
		looks := 0
		n := &network{answer: func(path string, _ fields) fields {
			if path == callHoldReverse {
				return c.reverse
			}
			if looks++; looks == 1 {
				return isHeld("SUCCESS", nil)
			}
			return c.then
		}}
		got := n.provider(t, directOptions).Release(t.Context(), release(30000))
		if got.State != c.state || got.Code != c.code || got.NotFound || got.Fault || got.Returned || got.Held != nil || len(n.asked) != c.asks {
			t.Errorf("%s: %+v after %v", c.name, got, n.asked)
		}
	}
}

// TestAMoveOfAnUnnamedDeposit is not sent: the network's number is known since
// the deposit is held.
func TestAMoveOfAnUnnamedDeposit(t *testing.T) {
	t.Parallel()
	n := says(map[string]fields{callHoldQuery: isHeld("SUCCESS", nil)})
	p := n.provider(t, directOptions)
	c, r := capture(8850), release(30000)
	c.Of.Network, r.Of.Network = "", ""
	back := pay.Refund{Of: pay.Attempt{Number: number + "51", Amount: 8850}, Hold: &deposit, Number: number + "01", Amount: 200}
	for op, got := range map[string]pay.Result{"capture": p.Capture(t.Context(), c), "query of a capture": p.QueryCapture(t.Context(), c),
		"release": p.Release(t.Context(), r), "query of a release": p.QueryRelease(t.Context(), r), "refund": p.Refund(t.Context(), back)} {
		if got != unnamed {
			t.Errorf("%s: %+v", op, got)
		}
	}
	if len(n.asked) > 0 {
		t.Errorf("asked %v", n.asked)
	}
}

// TestAMoveOnTheWayBack: whether the deposit is, is no matter to what was moved.
func TestAMoveOnTheWayBack(t *testing.T) {
	t.Parallel()
	p := says(map[string]fields{callHoldQuery: consumed8850}).provider(t, directOptions)
	m := capture(8850)
	m.Of.Returning = true
	if got := p.QueryCapture(t.Context(), m); got.State != pay.Paid || got.Code != "" {
		t.Errorf("%+v", got)
	}
}

// TestAMoveThatDidNotLeave is unknown, for an earlier copy may have.
func TestAMoveThatDidNotLeave(t *testing.T) {
	t.Parallel()
	o := directOptions
	o.Client = &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) { return nil, errors.New("no route") })}
	o.CertClient = o.Client
	p, err := New("shop", o)
	if err != nil {
		t.Fatal(err)
	}
	for op, got := range map[string]pay.Result{
		"query": p.QueryHold(t.Context(), deposit), "undo": p.UndoHold(t.Context(), deposit),
		"capture": p.Capture(t.Context(), capture(8850)), "query of a capture": p.QueryCapture(t.Context(), capture(8850)),
		"release": p.Release(t.Context(), release(30000)), "query of a release": p.QueryRelease(t.Context(), release(30000)),
	} {
		if want := (pay.Result{Code: pay.CodeNotSent, Detail: got.Detail}); got != want || !strings.Contains(got.Detail, "no route") {
			t.Errorf("%s: %+v", op, got)
		}
	}
	if got := p.Hold(t.Context(), holding); got.State != pay.NotSent {
		t.Errorf("a deposit that did not leave: %+v", got)
	}
}
