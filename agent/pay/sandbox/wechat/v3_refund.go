package wechat

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"tillgate/agent/pay/sandbox"
	"tillgate/store/money"
)

// refundStates are the states of refunds in API v3's words.
var refundStates = map[sandbox.RefundState]string{
	sandbox.Processing: "PROCESSING", sandbox.Arrived: "SUCCESS", sandbox.Bounced: "ABNORMAL", sandbox.CameBack: "CLOSED",
}

// giveBack takes a refund on, or answers why not. The same again is taken as
// the one that is there.
func (n *Network) giveBack(q request3, do sandbox.Behaviour) *result {
	var in refundBody
	if err := json.Unmarshal(q.body, &in); err != nil { // it was checked
		return wrong("请求体: %v", err)
	}
	account := q.merchant.account()
	o, ok := n.orderOf(q.merchant, in.Number, in.Transaction)
	if ok && o.State.Taken() && o.Charged != money.Fen(in.Amount.Total) {
		return failed3("INVALID_REQUEST", "订单金额不一致")
	}
	_, refusal := n.s.Refund(sandbox.Giving{Account: account, Number: o.Number, Refund: in.Refund, Amount: money.Fen(in.Amount.Refund), Print: fmt.Sprintf("%+v", in),
		Within: refundWithin, Apart: refundApart, Most: refundsMost}, do)
	switch refusal {
	case "":
		return nil
	case sandbox.NoOrder, sandbox.IsNotPaid:
		return failed3("RESOURCE_NOT_EXISTS", "订单不存在或未支付")
	case sandbox.OtherRefund:
		return failed3("INVALID_REQUEST", "退款单号重复，参数不一致")
	case sandbox.IsGoneBack:
		return failed3("INVALID_REQUEST", "订单已撤销，不能退款")
	case sandbox.TooLate:
		return failed3("INVALID_REQUEST", "订单已超过可退款的最大期限")
	case sandbox.TooMany:
		return failed3("INVALID_REQUEST", "退款次数超过上限")
	case sandbox.TooSoon:
		return failed3("FREQUENCY_LIMITED", "同一订单退款间隔不得少于1分钟")
	}
	return failed3("INVALID_REQUEST", "退款金额大于可退金额")
}

// When a payment goes back (refund page).
const (
	refundWithin = 365 * 24 * time.Hour
	refundApart  = time.Minute
	refundsMost  = 50
)

// orderOf is the order that a request about refunds names, by our number or by
// WeChat Pay's.
func (n *Network) orderOf(m Merchant, number, transaction string) (sandbox.Order, bool) {
	if number != "" {
		return n.order(m, number)
	}
	return n.s.Search(sandbox.WeChat, func(o sandbox.Order) bool {
		return o.Transaction == transaction && o.Account == m.account() && payment(o)
	})
}

// refundID is WeChat Pay's number of a refund.
func refundID(r sandbox.Return) string { return fmt.Sprintf("5030%016d", r.Serial) }

// refundOf is what a refund has come to.
func (n *Network) refundOf(q request3) *result {
	account := q.merchant.account()
	r, ok := n.s.Return(account, q.refund)
	o, known := n.order(q.merchant, r.Order)
	if !ok || !known {
		return failed3("RESOURCE_NOT_EXISTS", "退款单不存在")
	}
	discount := o.CouponOf(r)
	f := map[string]any{
		"refund_id": refundID(r), "out_refund_no": r.Number, "transaction_id": o.Transaction, "out_trade_no": o.Number,
		"channel": "ORIGINAL", "user_received_account": "支付用户零钱", "create_time": stamp3(r.AskedAt), "status": refundStates[r.State], "funds_account": "AVAILABLE",
		"amount": map[string]any{"total": int64(o.Charged), "refund": int64(r.Amount), "payer_total": int64(o.Charged - o.Coupon),
			"payer_refund": int64(r.Amount - discount), "settlement_refund": int64(r.Amount - discount), "settlement_total": int64(o.Charged - o.Coupon),
			"discount_refund": int64(discount), "currency": "CNY"},
	}
	if r.State == sandbox.Arrived {
		f["success_time"] = stamp3(r.DoneAt)
	}
	return &result{http.StatusOK, f}
}
