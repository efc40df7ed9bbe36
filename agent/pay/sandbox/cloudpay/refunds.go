package cloudpay

import (
	"fmt"
	"slices"

	"tillgate/agent/pay/sandbox"
	"tillgate/store/money"
)

type refundContent struct {
	OutTradeNo  string    `json:"out_trade_no"`
	OutRefundNo string    `json:"out_refund_no"`
	TotalFee    money.Fen `json:"total_fee"`
	RefundFee   money.Fen `json:"refund_fee"`
	FeeType     string    `json:"refund_fee_type"`
	Reason      string    `json:"refund_reason"`
	FlowID      string    `json:"client_refund_flow_id"`
	OutFreezeNo string    `json:"out_freeze_no"` // of a deposit's consumption
}

// refund gives a part of an order back (pages 37673 and 37675).
func (n *network) refund(m Merchant, in struct {
	Content refundContent `json:"refund_content"`
	Key     mchKey        `json:"pay_mch_key"`
	Client  client        `json:"order_client"`
	Version int           `json:"api_version"`
	Nonce   string        `json:"nonce_str"`
}) *call {
	p := in.Content
	planned := n.s.Arrived(Network, sandbox.Refund, p.OutRefundNo)
	c := &call{name: "refund", do: n.s.Behave(planned, "", 0), refusal: n.refuse(m, in.Key, in.Client, in.Nonce, true)}
	if c.refusal == nil {
		c.refusal = p.refuse(m)
	}
	if c.refusal == nil {
		c.refusal = in.Key.mayRefund(m, in.Version)
	}
	c.act = func() reply {
		o, ok := n.order(m, p.OutTradeNo)
		switch {
		case !ok:
			return failed(102, 0, "订单不存在")
		case p.OutFreezeNo != o.Of:
			return wrongCall("out_freeze_no 与订单不符")
		case o.State.Taken() && p.TotalFee != o.Charged:
			return failed(104, 0, "订单金额不一致")
		}
		_, refusal := n.s.Refund(sandbox.Giving{Account: m.account(), Number: p.OutTradeNo, Refund: p.OutRefundNo, Amount: p.RefundFee,
			Print: fmt.Sprintf("%s|%d", p.OutTradeNo, p.RefundFee)}, c.do.Network)
		switch refusal {
		case "":
			return nil
		case sandbox.OtherRefund:
			return failed(102, 0, "退款单号重复，参数不一致")
		case sandbox.IsNotPaid:
			return failed(104, 0, "订单未支付")
		}
		return failed(104, 0, "退款金额大于可退金额")
	}
	c.good = func() reply {
		r := n.refundNow(m, p.OutTradeNo, p.OutRefundNo)
		if r == nil {
			return failed(103, 0, "结果未知")
		}
		return reply{"refund_order_content": r, "nonce_str": "Zm9v"}
	}
	return c
}

func (p refundContent) refuse(m Merchant) reply {
	if r := m.refuseNumber("out_refund_no", p.OutRefundNo); r != nil {
		return r
	}
	switch {
	case p.RefundFee < 1 || p.RefundFee > p.TotalFee:
		return wrongCall("refund_fee 不正确")
	case p.FeeType != "CNY":
		return wrongCall("refund_fee_type 应为 CNY")
	case len(p.Reason) > 64:
		return wrongCall("refund_reason 过长")
	}
	return nil
}

// mayRefund checks who asks, as version 2 of the interface does; a terminal
// should always send that (pages 37673 and 37675), so that no other is taken here.
func (k mchKey) mayRefund(m Merchant, version int) reply {
	if version != 2 {
		return wrongCall("api_version 应为 2")
	}
	return k.mayGiveBack(m)
}

// mayGiveBack checks the permission fields (page 37632).
func (k mchKey) mayGiveBack(m Merchant) reply {
	switch {
	case k.Admin == nil:
		return wrongCall("is_sub_mch_admin 不能为空")
	case !*k.Admin && !slices.Contains(m.Clerks, k.Staff):
		return failed(104, 0, "店员没有退款权限")
	}
	return nil
}

// queryRefund tells what became of a refund (pages 37673 and 37675).
func (n *network) queryRefund(m Merchant, in struct {
	OutTradeNo  string `json:"out_trade_no"`
	OutRefundNo string `json:"out_refund_no"`
	Key         mchKey `json:"pay_mch_key"`
	Client      client `json:"order_client"`
	Nonce       string `json:"nonce_str"`
}) *call {
	planned := n.s.Arrived(Network, sandbox.RefundQuery, in.OutRefundNo)
	c := &call{name: "query_refund_order", do: n.s.Behave(planned, "", 0), refusal: n.refuse(m, in.Key, in.Client, in.Nonce, false)}
	c.act = func() reply { return nil }
	c.good = func() reply {
		r := n.refundNow(m, in.OutTradeNo, in.OutRefundNo)
		if r == nil {
			return failed(102, 0, "退款单不存在")
		}
		return reply{"refund_order_content": []reply{r}, "nonce_str": "Zm9v"}
	}
	return c
}

// refundStates are the states of a refund in a platform's numbers (page 37628).
var refundStates = map[sandbox.RefundState]int{sandbox.Arrived: 2, sandbox.Processing: 4, sandbox.Bounced: 5, sandbox.CameBack: 3}

// refundNow is what a refund has come to; nil: nobody knows it.
func (n *network) refundNow(m Merchant, number, refund string) reply {
	back, ok := n.s.Return(m.account(), refund)
	o, known := n.order(m, number)
	if !ok || !known || back.Order != number {
		return nil
	}
	r := reply{"out_refund_no": refund, "refund_id": fmt.Sprintf("5030%014d", back.Serial), "out_trade_no": number, "create_time": back.AskedAt.Unix(),
		"total_fee": o.Charged, "refund_fee": back.Amount}
	state := refundStates[back.State]
	if kept, _ := o.Memo.(memo); kept.wallet == sandbox.Alipay {
		if state == 5 { // there it would say that the refund does not exist
			state = 3
		}
		r["alipay_refund_order_content_ext"] = reply{"refund_status": state, "fund_change": map[bool]string{true: "Y", false: "N"}[back.State == sandbox.Arrived]}
	} else {
		r["wxpay_refund_order_content_ext"] = reply{"state": state, "cash_refund_fee": back.Amount - o.CouponOf(back), "refund_channel": "ORIGINAL"}
	}
	if share := o.CouponOf(back); share > 0 { // at the merchant's expense
		r["coupon_infos"] = []reply{{"coupon_id": "109519", "coupon_fee": share, "coupon_type": "NO_CASH", "contribute_type": 1}}
	}
	if freeze, ok := n.freeze(m, o.Of); ok {
		r["is_deposit_mode"], r["out_freeze_no"], r["freeze_fee"] = true, o.Of, freeze.Charged
	}
	if !back.DoneAt.IsZero() {
		r["refund_success_time"] = back.DoneAt.Unix()
	}
	return r
}
