package alipay

import (
	"context"
	"slices"
	"testing"
	"time"

	"tillgate/agent/pay"
)

var returned = pay.Result{State: pay.Returned, Code: "refunded", Network: "2026112522001425591000104712", Amount: 200, Settled: 200, Date: asked.UTC()}

// TestRefund has every answer that is done; where it moved no money the refund is looked at.
func TestRefund(t *testing.T) {
	t.Parallel()
	change := func(more node) answer { return done(node{"fund_change": "Y", "refund_fee": "2.00"}, more) }
	coupon, timed, found, other := returned, returned, returned, returned
	coupon.Settled = 150
	timed.PaidAt = time.Date(2026, 11, 25, 9, 31, 0, 0, pay.Beijing)
	found.Code = statusRefunded
	other.State, other.Code, other.Amount, other.Settled = pay.Mismatch, pay.CodeAmount, 300, 300
	for name, c := range map[string]struct {
		a     answer
		look  answer
		looks bool
		want  pay.Result
	}{
		"money moved":                  {change(nil), answer{}, false, returned},
		"more of it before":            {change(node{"refund_fee": "4.50"}), answer{}, false, returned},
		"the merchant is without less": {change(node{"send_back_fee": "1.50"}), answer{}, false, coupon},
		"an odd part":                  {change(node{"send_back_fee": "2.01"}), answer{}, false, returned},
		"its time is told":             {change(node{"gmt_refund_pay": "2026-11-25 09:31:00"}), answer{}, false, timed},
		"another's":                    {change(node{"out_trade_no": "1"}), answer{}, false, pay.Result{Code: pay.CodeNumber, Date: asked.UTC()}},
		"nobody's":                     {change(node{"out_trade_no": nil}), answer{}, false, pay.Result{Code: pay.CodeNumber, Date: asked.UTC()}},

		"no money moved, and it is there":     {change(node{"fund_change": "N"}), refunded(refund.Number, "2.00"), true, found},
		"no word of money, and it is there":   {change(node{"fund_change": nil}), refunded(refund.Number, "2.00"), true, found},
		"no money moved, and it is not there": {change(node{"fund_change": "N"}), done(), true, pay.Result{Code: codeNoChange, Date: asked.UTC()}},
		"no money moved, and nobody knows":    {change(node{"fund_change": "N"}), refusing("ACQ.SYSTEM_ERROR"), true, pay.Result{Code: codeNoChange, Date: asked.UTC()}},
		"no money moved, another is there":    {change(node{"fund_change": "N"}), refunded(refund.Number, "3.00"), true, other},
		"too little in all":                   {change(node{"refund_fee": "1.99"}), done(), true, pay.Result{Code: pay.CodeAmount, Date: asked.UTC()}},
		"no sum":                              {change(node{"refund_fee": nil}), refunded(refund.Number, "2.00"), true, found},
	} {
		n := playing(map[string][]answer{methodRefund: {c.a}, methodRefundQuery: {c.look}})
		got := n.provider(t, directOptions).Refund(context.Background(), refund)
		if !same(got, c.want) {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
		asked := []string{methodRefund}
		if c.looks {
			asked = append(asked, methodRefundQuery)
		}
		if !slices.Equal(n.methods(), asked) {
			t.Errorf("%s: asked %v", name, n.methods())
		}
	}
}

// TestAFinalNoIsLookedAt: an earlier request may have carried the refund out.
func TestAFinalNoIsLookedAt(t *testing.T) {
	t.Parallel()
	found := returned
	found.Code = statusRefunded
	other := found
	other.State, other.Code, other.Amount, other.Settled = pay.Mismatch, pay.CodeAmount, 300, 300
	const sub = "ACQ.TRADE_HAS_CLOSE"
	for name, c := range map[string]struct {
		look answer
		want pay.Result
	}{
		"not there":      {done(), pay.Result{State: pay.Declined, Code: sub, Message: words, Date: asked.UTC()}},
		"no such trade":  {refusing("ACQ.TRADE_NOT_EXIST"), pay.Result{State: pay.Declined, Code: sub, Message: words, Date: asked.UTC()}},
		"there":          {refunded(refund.Number, "2.00"), found},
		"another amount": {refunded(refund.Number, "3.00"), other},
		"nobody knows":   {refusing("ACQ.SYSTEM_ERROR"), pay.Result{Code: sub, Detail: words, Date: asked.UTC()}},
		"unsigned":       {answer{node: refunded(refund.Number, "2.00").node, unsigned: true}, pay.Result{Code: sub, Detail: words, Date: asked.UTC()}},
	} {
		n := playing(map[string][]answer{methodRefund: {refusing(sub)}, methodRefundQuery: {c.look}})
		if got := n.provider(t, directOptions).Refund(context.Background(), refund); !same(got, c.want) {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

// TestQueryRefund has every answer that is done: only success is.
func TestQueryRefund(t *testing.T) {
	t.Parallel()
	found, other := returned, returned
	found.Code = statusRefunded
	other.State, other.Code, other.Amount, other.Settled = pay.Mismatch, pay.CodeAmount, 500, 500
	good := refunded(refund.Number, "2.00").node
	for name, c := range map[string]struct {
		fields node
		want   pay.Result
	}{
		"gone back":         {nil, found},
		"another amount":    {node{"refund_amount": "5.00"}, other},
		"nothing":           {node{"out_request_no": nil, "refund_amount": nil, "refund_status": nil, "out_trade_no": nil, "trade_no": nil}, pay.Result{NotFound: true, Code: codeNotRefunded}},
		"no state":          {node{"refund_status": nil}, pay.Result{NotFound: true, Code: codeNotRefunded}},
		"under way":         {node{"refund_status": "REFUND_PROCESSING"}, pay.Result{NotFound: true, Code: "refund_status REFUND_PROCESSING"}},
		"another's refund":  {node{"out_request_no": "1"}, pay.Result{Code: pay.CodeNumber}},
		"another's payment": {node{"out_trade_no": "1"}, pay.Result{Code: pay.CodeNumber}},
		"no number":         {node{"out_request_no": nil}, pay.Result{Code: pay.CodeIncomplete}},
		"nobody's payment":  {node{"out_trade_no": nil}, pay.Result{Code: pay.CodeIncomplete}},
		"no amount":         {node{"refund_amount": nil}, pay.Result{Code: pay.CodeIncomplete}},
		"an odd amount":     {node{"refund_amount": "2"}, pay.Result{Code: pay.CodeIncomplete}},
	} {
		n := playing(map[string][]answer{methodRefundQuery: {done(good, c.fields)}})
		c.want.Date = asked.UTC()
		if got := n.provider(t, directOptions).QueryRefund(context.Background(), refund); !same(got, c.want) || len(n.calls) != 1 {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}
