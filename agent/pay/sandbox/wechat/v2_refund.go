package wechat

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"tillgate/agent/pay/sandbox"
	"tillgate/store/money"
)

// refundsPage is how many refunds one answer tells of (refundquery page).
const refundsPage = 10

// refundStates2 are the states of refunds in API v2's words.
var refundStates2 = map[sandbox.RefundState]string{
	sandbox.Processing: "PROCESSING", sandbox.Arrived: "SUCCESS", sandbox.Bounced: "CHANGE", sandbox.CameBack: "REFUNDCLOSE",
}

// checkRefund2 holds the values of refund and refundquery against their rules.
func checkRefund2(f fields, op sandbox.Op) fields {
	names, given := []string{"transaction_id", "out_trade_no"}, 0
	if op == sandbox.RefundQuery {
		names = append(names, "out_refund_no", "refund_id")
	}
	for _, name := range names {
		if f[name] != "" {
			given++
		}
	}
	switch offset, err := strconv.Atoi(f["offset"]); {
	case given == 0:
		return failed("LACK_PARAMS", "缺少参数: "+names[0])
	case given > 1:
		return failed("PARAM_ERROR", "参数错误: "+strings.Join(names, "、")+"只能有一个")
	case strings.Trim(f["out_refund_no"], numberSigns+"@") != "":
		return failed("PARAM_ERROR", "参数错误: out_refund_no")
	case f["offset"] != "" && (err != nil || offset < 0):
		return failed("PARAM_ERROR", "参数错误: offset")
	case op == sandbox.RefundQuery:
		return nil
	case !goodFen(f["total_fee"]):
		return failed("PARAM_ERROR", "参数错误: total_fee")
	case !goodFen(f["refund_fee"]):
		return failed("PARAM_ERROR", "参数错误: refund_fee")
	case f["refund_fee_type"] != "" && f["refund_fee_type"] != "CNY":
		return failed("PARAM_ERROR", "参数错误: refund_fee_type")
	case f["refund_account"] != "" && f["refund_account"] != "REFUND_SOURCE_UNSETTLED_FUNDS" && f["refund_account"] != "REFUND_SOURCE_RECHARGE_FUNDS":
		return failed("PARAM_ERROR", "参数错误: refund_account")
	case f["notify_url"] != "" && !goodNotify(f["notify_url"]):
		return failed("PARAM_ERROR", "参数错误: notify_url")
	}
	return nil
}

func (n *Network) paid2(q request2) (sandbox.Order, bool) {
	return n.orderOf(q.merchant, q.number(), q.fields["transaction_id"])
}

// giveBack2 takes a refund on, or answers why not. The same again is taken as
// the one that is there.
func (n *Network) giveBack2(q request2, do sandbox.Behaviour) fields {
	f := q.fields
	total, _ := strconv.ParseInt(f["total_fee"], 10, 64)   // checked
	amount, _ := strconv.ParseInt(f["refund_fee"], 10, 64) // checked
	o, ok := n.paid2(q)
	switch {
	case !ok || !o.State.Taken():
		return failed("ORDERNOTEXIST", "订单不存在或未支付")
	case o.Charged != money.Fen(total):
		return failed("INVALID_REQUEST", "订单总金额不一致")
	}
	_, refusal := n.s.Refund(sandbox.Giving{Account: q.merchant.account(), Number: o.Number, Refund: f["out_refund_no"], Amount: money.Fen(amount),
		Print: f["refund_desc"] + "|" + f["refund_account"], Within: refundWithin, Apart: refundApart, Most: refundsMost}, do)
	switch refusal {
	case "":
		return nil
	case sandbox.OtherRefund:
		return failed("REFUND_FEE_MISMATCH", "订单金额或退款金额与之前请求不一致，请核实后再试")
	case sandbox.TooLate:
		return failed("TRADE_OVERDUE", "订单已经超过退款期限")
	case sandbox.TooSoon:
		return failed("FREQUENCY_LIMITED", "同一订单退款间隔不得少于1分钟")
	case sandbox.TooMany:
		return failed("INVALID_REQUEST", "退款次数超过上限")
	case sandbox.IsGoneBack:
		return failed("INVALID_REQUEST", "订单已撤销，不能退款")
	}
	return failed("INVALID_REQUEST", "退款金额大于可退金额")
}

// refunded2 is the answer to a refund that is in the books: it was taken on, and
// says no more.
func (n *Network) refunded2(q request2) fields {
	o, ok := n.paid2(q)
	i := slices.IndexFunc(o.Refunds, func(r sandbox.Return) bool { return r.Number == q.fields["out_refund_no"] })
	if !ok || i < 0 {
		return failed2Busy()
	}
	r, f := o.Refunds[i], refundable(o)
	discount := o.CouponOf(r)
	f["out_refund_no"], f["refund_id"], f["refund_fee"], f["settlement_refund_fee"] = r.Number, refundID(r), fen(r.Amount), fen(r.Amount-discount)
	f["cash_refund_fee"], f["coupon_refund_fee"], f["coupon_refund_count"] = fen(r.Amount-discount), fen(discount), "0"
	if discount > 0 {
		f["coupon_refund_count"], f["coupon_type_0"], f["coupon_refund_id_0"], f["coupon_refund_fee_0"] = "1", "NO_CASH", "109519", fen(discount)
	}
	return f
}

// refundable are the fields of an order in answers about refunds.
func refundable(o sandbox.Order) fields {
	return fields{
		"result_code": "SUCCESS", "transaction_id": o.Transaction, "out_trade_no": o.Number, "total_fee": fen(o.Charged), "fee_type": "CNY",
		"settlement_total_fee": fen(o.Charged - o.Coupon), "cash_fee": fen(o.Charged - o.Coupon),
	}
}

// refunds2 is what an order's refunds have come to, or the one that is asked for.
func (n *Network) refunds2(q request2) fields {
	o, ok := n.refundsOf(q)
	offset, _ := strconv.Atoi(q.fields["offset"]) // checked
	if !ok || offset >= len(o.Refunds) {
		return failed("REFUNDNOTEXIST", "退款订单查询失败")
	}
	f, page := refundable(o), []sandbox.Return{}
	for _, r := range o.Refunds {
		if id := q.fields["refund_id"]; (id == "" || id == refundID(r)) && (q.fields["out_refund_no"] == "" || q.fields["out_refund_no"] == r.Number) {
			page = append(page, r)
		}
	}
	if len(page) == 0 {
		return failed("REFUNDNOTEXIST", "退款订单查询失败")
	}
	page = page[min(offset, len(page)):]
	page = page[:min(refundsPage, len(page))]
	f["refund_count"], f["total_refund_count"] = strconv.Itoa(len(page)), strconv.Itoa(len(o.Refunds))
	for i, r := range page {
		at, discount := "_"+strconv.Itoa(i), o.CouponOf(r)
		f["out_refund_no"+at], f["refund_id"+at], f["refund_channel"+at] = r.Number, refundID(r), "ORIGINAL"
		f["refund_fee"+at], f["settlement_refund_fee"+at], f["coupon_refund_fee"+at] = fen(r.Amount), fen(r.Amount-discount), fen(discount)
		f["refund_status"+at], f["refund_account"+at], f["refund_recv_accout"+at] = refundStates2[r.State], "REFUND_SOURCE_UNSETTLED_FUNDS", "支付用户零钱"
		if r.State == sandbox.Arrived {
			f["refund_success_time"+at] = r.DoneAt.In(sandbox.Beijing).Format(time.DateTime)
		}
	}
	return f
}

// refundsOf is the order that a query about refunds is about.
func (n *Network) refundsOf(q request2) (sandbox.Order, bool) {
	account, f := q.merchant.account(), q.fields
	switch {
	case f["out_refund_no"] != "":
		r, ok := n.s.Return(account, f["out_refund_no"])
		if !ok {
			return sandbox.Order{}, false
		}
		return n.order(q.merchant, r.Order)
	case f["refund_id"] != "":
		return n.s.Search(sandbox.WeChat, func(o sandbox.Order) bool {
			return o.Account == account && payment(o) && slices.ContainsFunc(o.Refunds, func(r sandbox.Return) bool { return refundID(r) == f["refund_id"] })
		})
	}
	return n.paid2(q)
}
