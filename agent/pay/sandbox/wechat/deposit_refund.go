package wechat

import (
	"slices"
	"strconv"
	"time"

	"tillgate/agent/pay/sandbox"
	"tillgate/store/money"
)

// refundDeposit gives back of what was consumed (pages 4011987251 and 4011987300), or answers why not.
func (n *Network) refundDeposit(q request2, do sandbox.Behaviour) fields {
	f := q.fields
	total, _ := strconv.ParseInt(f["total_fee"], 10, 64)   // checked
	amount, _ := strconv.ParseInt(f["refund_fee"], 10, 64) // checked
	o, ok := n.depositOf(q)
	if !ok {
		return failed("ORDERNOTEXIST", "订单不存在")
	}
	capture := consumption(o)
	switch {
	case capture.DoneAt.IsZero():
		return failed("INVALID_REQUEST", "押金未消费，不能退款")
	case o.Charged != money.Fen(total):
		return failed("INVALID_REQUEST", "订单总金额不一致")
	}
	_, refusal := n.s.Refund(sandbox.Giving{Account: o.Account, Number: capture.Number, Refund: f["out_refund_no"], Amount: money.Fen(amount),
		Print: f["refund_desc"] + "|" + f["refund_account"], Within: refundWithin, Most: refundsMost}, do)
	switch refusal {
	case "":
		return nil
	case sandbox.OtherRefund:
		return failed("REFUND_FEE_MISMATCH", "订单金额或退款金额与之前请求不一致，请核实后再试")
	case sandbox.TooLate:
		return failed("TRADE_OVERDUE", "订单已经超过退款期限")
	case sandbox.TooMany:
		return failed("INVALID_REQUEST", "退款次数超过上限")
	}
	return failed("INVALID_REQUEST", "退款金额大于已消费金额")
}

// depositRefunded is the answer to a refund that is in the books.
func (n *Network) depositRefunded(q request2) fields {
	o, ok := n.depositOf(q)
	r, known := n.s.Return(q.merchant.account(), q.fields["out_refund_no"])
	if !ok || !known {
		return failed2Busy()
	}
	f := refundable(o)
	f["out_refund_no"], f["refund_id"], f["refund_fee"], f["settlement_refund_fee"] = r.Number, refundID(r), fen(r.Amount), fen(r.Amount)
	f["cash_refund_fee"], f["coupon_refund_fee"], f["coupon_refund_count"] = fen(r.Amount), "0", "0"
	return f
}

// depositRefunds is what one refund has come to: the answer is flat, and names
// no order (pages 4011987251 and 4011987300).
func (n *Network) depositRefunds(q request2) fields {
	account, wanted := q.merchant.account(), q.fields
	capture, ok := n.s.Search(sandbox.WeChat, func(o sandbox.Order) bool {
		return o.Account == account && o.Of != "" && slices.ContainsFunc(o.Refunds, wanted.means)
	})
	if !ok {
		return failed("REFUNDNOTEXIST", "退款订单查询失败")
	}
	r := capture.Refunds[slices.IndexFunc(capture.Refunds, wanted.means)]
	f := fields{"result_code": "SUCCESS", "out_refund_no": r.Number, "refund_id": refundID(r), "refund_fee": fen(r.Amount), "refund_status": refundStates2[r.State],
		"settlement_total_fee": fen(capture.Charged), "refund_channel": "ORIGINAL", "refund_recv_accout": "支付用户零钱"}
	if r.State == sandbox.Arrived {
		f["refund_success_time"] = r.DoneAt.In(sandbox.Beijing).Format(time.DateTime)
	}
	return f
}

// means tells whether a query is about a refund.
func (f fields) means(r sandbox.Return) bool {
	return f["out_refund_no"] == r.Number || f["refund_id"] == refundID(r)
}
