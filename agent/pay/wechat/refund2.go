package wechat

import (
	"cmp"
	"context"
	"strconv"
	"time"

	"tillgate/agent/pay"
)

// refundsMax is how many refunds a payment may have, and so a reply.
const refundsMax = 50

// refundForm is how API v2 writes when a refund was over, in Beijing's time.
const refundForm = "2006-01-02 15:04:05"

// refunder2 gives money back through API v2.
type refunder2 struct {
	p       *Provider
	deposit bool // of what was consumed of a deposit, which has calls of its own
}

// give sends a refund (secapi/pay/refund, deposit/refund). SUCCESS says that it was
// taken on; how far it is, only a query tells. A deposit is named by the network's
// number (pages 4011987251 and 4011987300), a payment by ours.
func (b refunder2) give(ctx context.Context, r pay.Refund) (pay.Result, bool) {
	path, by, number := "/secapi/pay/refund", "out_trade_no", r.Of.Number
	if b.deposit {
		path, by, number = callHoldRefund, "transaction_id", r.Of.Network
	}
	if number == "" {
		return unnamed, false
	}
	got := b.p.ask(ctx, b.p.cert, path, fields{
		by:                number,
		"out_refund_no":   r.Number,
		"total_fee":       strconv.FormatInt(int64(r.Of.Amount), 10),
		"refund_fee":      strconv.FormatInt(int64(r.Amount), 10),
		"refund_fee_type": "CNY",
		"refund_desc":     pay.CutBasic(r.Reason, reasonBytesMax),
	})
	f := got.fields
	if f == nil {
		return got.result.NeverFinal(), false
	}
	if f["result_code"] != "SUCCESS" {
		return b.refusal(got, r, refundCodes), true
	}
	f["refund_status"] = "PROCESSING"
	return b.refunded(got, r, ""), false
}

// find asks for a refund (pay/refundquery, deposit/refundquery). The answer is a
// list; that of a deposit is the refund itself (pages 4011987251 and 4011987300), or a list as well.
func (b refunder2) find(ctx context.Context, r pay.Refund) pay.Result {
	path := "/pay/refundquery"
	if b.deposit {
		path = callHoldFind
	}
	got := b.p.ask(ctx, b.p.plain, path, fields{"out_refund_no": r.Number})
	f := got.fields
	switch {
	case f == nil:
		return got.result.NeverFinal()
	case f["result_code"] != "SUCCESS":
		return b.refusal(got, r, refundLookCodes)
	case b.deposit && f["out_refund_no"] == r.Number:
		return b.refunded(got, r, "")
	}
	for n := range refundsMax { // there should be one, and it is not ours because it is the first
		if at := "_" + strconv.Itoa(n); f["out_refund_no"+at] == r.Number {
			return b.refunded(got, r, at)
		}
	}
	if f["out_refund_no_0"] == "" && f["out_refund_no"] == "" {
		return doubtful(got, pay.CodeIncomplete)
	}
	return doubtful(got, pay.CodeNumber)
}

// refusal is a verdict of a table, where the reply speaks of nothing else.
func (b refunder2) refusal(got reply, r pay.Refund, codes map[string]verdict) pay.Result {
	if other := got.fields["out_refund_no"]; other != "" && other != r.Number {
		return doubtful(got, pay.CodeNumber)
	}
	return b.p.refusal(got, r.Of, codes)
}

// refunded judges a reply with a refund in it; at is what its fields end with.
func (b refunder2) refunded(got reply, want pay.Refund, at string) pay.Result {
	f := got.fields
	if b.p.otherMerchant(f) {
		return doubtful(got, pay.CodeMerchant)
	}
	if b.deposit {
		b.complete(f, want.Of)
	}
	refund, okRefund := fen(f["refund_fee"+at])
	total, okTotal := fen(f["total_fee"])
	settled, okSettled := refund, true
	if text := f["settlement_refund_fee"+at]; text != "" {
		settled, okSettled = fen(text)
	}
	said := refunded{number: f["out_refund_no"+at], of: f["out_trade_no"], network: f["refund_id"+at], status: f["refund_status"+at],
		refund: refund, total: total, settled: settled, whole: okRefund && okTotal && okSettled && b.p.whole(f), cny: f["fee_type"] == "" || f["fee_type"] == "CNY"}
	said.over, _ = time.ParseInLocation(refundForm, f["refund_success_time"+at], pay.Beijing) // none is the zero time
	verdict, code := said.judge(want)
	return said.tell(got.judged(verdict, code, ""))
}

// complete adds to a reply about the refund of a deposit what such a reply need not
// have (pages 4011987251 and 4011987300): the deposit and the sub-merchant, which follow from the
// refund's number. Its total may be the deposit's or what was consumed: no page says.
func (b refunder2) complete(f fields, of pay.Attempt) {
	f["out_trade_no"] = cmp.Or(f["out_trade_no"], of.Number)
	f["sub_mch_id"] = cmp.Or(f["sub_mch_id"], b.p.o.SubMchID)
	f["total_fee"] = strconv.FormatInt(int64(of.Amount), 10)
}
