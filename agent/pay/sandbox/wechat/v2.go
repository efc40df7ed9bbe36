package wechat

import (
	"cmp"
	"net/http"
	"strconv"

	"tillgate/agent/pay/sandbox"
	"tillgate/store/money"
)

// v2 serves one operation of API v2, of payments or of deposits. An answer is
// made when it is sent, so that a slow one tells what is true by then.
func (n *Network) v2(op sandbox.Op, cert, deposit bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		f, err := readMessage(r.Body)
		if err != nil {
			f = nil
		}
		planned := n.s.Arrived(sandbox.WeChat, op, cmp.Or(f["out_trade_no"], f["out_refund_no"], n.numberOf(f["transaction_id"])))
		if cert && !sandbox.Certified(r) {
			n.s.Page(w, http.StatusBadRequest, "400 No required SSL certificate was sent")
			return
		}
		q, words := n.admit(r, op, f)
		if words != "" {
			n.s.Write(w, pack2(fields{"return_code": "FAIL", "return_msg": words}.encode()))
			return
		}
		q.deposit = deposit
		total := int64(0)
		if op == sandbox.Charge || op == sandbox.Hold {
			total, _ = strconv.ParseInt(f["total_fee"], 10, 64) // it is checked before it is charged
		}
		do := n.s.Behave(planned, f["auth_code"], money.Fen(total))
		refusal := n.check(&q)
		n.s.Play(w, r, do.Network, &answer2{n: n, q: q, do: do, refusal: refusal})
	}
}

// Act does what is asked for, unless that was refused.
func (a *answer2) Act() {
	if a.refusal != nil {
		return
	}
	if a.q.deposit {
		a.actDeposit()
		return
	}
	switch a.q.op {
	case sandbox.Charge:
		a.refusal = a.n.charge(a.q, a.do)
	case sandbox.Undo:
		a.done = a.n.undo(a.q, a.do.Network)
	case sandbox.Refund:
		a.refusal = a.n.giveBack2(a.q, a.do.Network)
	}
}

// answer is what is true now.
func (a *answer2) answer() fields {
	switch {
	case a.refusal != nil:
		return a.refusal
	case a.done != nil:
		return a.done
	case a.q.deposit:
		return a.tellDeposit()
	}
	switch a.q.op {
	case sandbox.Charge:
		return a.n.charged(a.q)
	case sandbox.Refund:
		return a.n.refunded2(a.q)
	case sandbox.RefundQuery:
		return a.n.refunds2(a.q)
	}
	return a.n.queried(a.q)
}

// charge puts an order into the books, or answers why not.
func (n *Network) charge(q request2, do sandbox.Doing) fields {
	f := q.fields
	total, _ := strconv.ParseInt(f["total_fee"], 10, 64) // checked
	o, refusal := n.s.Charge(sandbox.Ask{
		Account: q.merchant.account(), Number: q.number(), Code: f["auth_code"], Wallets: wallets, Amount: money.Fen(total),
		Print: f["total_fee"] + "|" + f["body"] + "|" + f["auth_code"], Memo: memo{merchant: q.merchant, device: f["device_info"]},
	}, do)
	return notCharged(o, refusal)
}

// notCharged is why a payment code was not charged; nil: it was.
func notCharged(o sandbox.Order, refusal sandbox.Refusal) fields {
	switch refusal {
	case "":
		return nil
	case sandbox.CodeSpent:
		return failed("AUTH_CODE_ERROR", "付款码已被使用，请刷新后重试")
	case sandbox.CodeExpired:
		return failed("AUTHCODEEXPIRE", "二维码已过期，请用户在微信上刷新后再试")
	case sandbox.Repeated, sandbox.Reused:
		return reused(o, refusal)
	}
	return failed("AUTH_CODE_INVALID", "请扫描微信支付被扫条码/二维码")
}

// order is the payment of that number: a deposit is none, nor what was consumed of one.
func (n *Network) order(m Merchant, number string) (sandbox.Order, bool) {
	o, ok := n.s.Order(m.account(), number)
	return o, ok && payment(o)
}

func payment(o sandbox.Order) bool { return o.Deposit == nil && o.Of == "" }

// reused is the answer to a number that the books have already.
func reused(old sandbox.Order, refusal sandbox.Refusal) fields {
	switch {
	case old.State.Taken():
		return failed("ORDERPAID", "该订单已支付")
	case old.Shown:
		return failed("OUT_TRADE_NO_USED", "商户订单号重复")
	case old.State == sandbox.Revoked:
		return failed("ORDERREVERSED", "该订单已撤销")
	case refusal == sandbox.Reused && old.State == sandbox.Failing:
		return failed("OUT_TRADE_NO_USED", "商户订单号重复")
	case refusal == sandbox.Reused:
		return failed("INVALID_REQUEST", "201 商户订单号重复")
	case old.State == sandbox.Failing:
		return failed("ORDERCLOSED", "订单已关闭")
	}
	return failed("USERPAYING", "需要用户输入支付密码")
}

// charged is the answer to a charge that is in the books.
func (n *Network) charged(q request2) fields {
	o, ok := n.order(q.merchant, q.number())
	if !ok {
		return failed2Busy()
	}
	return told(o)
}

// told is the answer to whoever has asked for the money of an order.
func told(o sandbox.Order) fields {
	switch o.State {
	case sandbox.Paid:
		return success(o)
	case sandbox.Failing:
		return failed("NOTENOUGH", "用户帐号余额不足")
	case sandbox.Asking:
		return failed("USERPAYING", "需要用户输入支付密码")
	case sandbox.Revoked, sandbox.Refunded:
		return failed("ORDERREVERSED", "该订单已撤销")
	}
	return failed2Busy()
}

func (n *Network) queried(q request2) fields {
	o, ok := n.order(q.merchant, q.number())
	if !ok {
		return failed("ORDERNOTEXIST", "订单不存在")
	}
	f := fields{"result_code": "SUCCESS", "out_trade_no": o.Number}
	if o.State.Taken() {
		f = success(o)
	}
	trade := tradeStates[o.State]
	f["trade_state"], f["trade_state_desc"], f["device_info"] = trade.state, trade.words, memoOf(o).device
	return f
}

// undo carries out a reverse.
func (n *Network) undo(q request2, do sandbox.Behaviour) fields {
	switch o, ok := n.order(q.merchant, q.number()); {
	case !ok:
		return failed("ORDERNOTEXIST", "订单不存在")
	case o.Shown:
		return failed("INVALID_REQUEST", "该订单不是付款码订单，请关闭订单")
	case memoOf(o).v3:
		return failed("INVALID_REQUEST", "该订单由APIv3创建，请使用APIv3撤销")
	}
	_, refusal := n.s.Undo(sandbox.Undoing{Account: q.merchant.account(), Number: q.number(), Kind: sandbox.Reverse, NotBefore: undoNotBefore, NotAfter: undoNotAfter}, do)
	switch refusal {
	case sandbox.TooEarly:
		return failed("USERPAYING", "正在支付中，不能撤销")
	case sandbox.TooLate:
		return failed("REVERSE_EXPIRE", "订单无法撤销，超过7天")
	case sandbox.CallAgain:
		return fields{"result_code": "SUCCESS", "recall": "Y"}
	case sandbox.IsGoneBack:
		return failed("INVALID_REQUEST", "订单已发生退款，不能撤销")
	}
	return fields{"result_code": "SUCCESS", "recall": "N"}
}

func fen(f money.Fen) string { return strconv.FormatInt(int64(f), 10) }

// success are the fields of a payment.
func success(o sandbox.Order) fields {
	f := fields{
		"result_code": "SUCCESS", "openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", "is_subscribe": "N", "trade_type": tradeType(o),
		"bank_type": "OTHERS", "fee_type": "CNY", "total_fee": fen(o.Charged), "cash_fee": fen(o.Charged - o.Coupon), "cash_fee_type": "CNY",
		"transaction_id": o.Transaction, "out_trade_no": o.Number, "attach": "", "time_end": o.PaidAt.In(sandbox.Beijing).Format("20060102150405"),
	}
	if o.Coupon > 0 {
		f["coupon_fee"], f["settlement_total_fee"] = fen(o.Coupon), fen(o.Charged-o.Coupon)
		f["promotion_detail"] = `{"promotion_detail":[{"name":"满减 <春&秋>","type":"DISCOUNT","amount":` + fen(o.Coupon) + `}]}`
	}
	return f
}
