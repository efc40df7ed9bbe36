package cloudpay

import (
	"fmt"

	"tillgate/agent/pay/sandbox"
	"tillgate/store/money"
)

type consumeContent struct {
	OutTradeNo  string    `json:"out_trade_no"`
	TotalFee    money.Fen `json:"total_fee"`
	FeeType     string    `json:"fee_type"`
	Body        string    `json:"body"`
	OutFreezeNo string    `json:"out_freeze_no"`
	Last        *bool     `json:"is_confirm_unfreeze"`
	FlowID      string    `json:"client_flow_id"`
	Detail      string    `json:"detail"`
	Remark      string    `json:"remark"`
}

func (p consumeContent) refuse(m Merchant) reply {
	if r := m.refuseNumber("out_trade_no", p.OutTradeNo); r != nil {
		return r
	}
	switch {
	case p.TotalFee < 1 || p.TotalFee > 1e10:
		return wrongCall("total_fee 不正确")
	case p.FeeType != "CNY":
		return wrongCall("fee_type 应为 CNY")
	case p.Body == "" || len(p.Body) > 128 || len(p.Remark) > 127:
		return wrongCall("body 缺失或字段过长")
	case p.Last == nil:
		return wrongCall("is_confirm_unfreeze 不能为空")
	}
	return nil
}

// depositConsume takes money out of a deposit (pages 37676 to 37681): of WeChat's once, with
// the rest released.
func (n *network) depositConsume(m Merchant, in struct {
	Content consumeContent `json:"pay_content"`
	Key     mchKey         `json:"pay_mch_key"`
	Client  client         `json:"order_client"`
	Nonce   string         `json:"nonce_str"`
}) *call {
	p := in.Content
	planned := n.s.Arrived(Network, sandbox.Capture, p.OutTradeNo)
	c := &call{name: "deposit_consume", do: n.s.Behave(planned, "", p.TotalFee), refusal: n.refuse(m, in.Key, in.Client, in.Nonce, false)}
	if c.refusal == nil {
		c.refusal = p.refuse(m)
	}
	o, ok := n.freeze(m, p.OutFreezeNo)
	kept, _ := o.Memo.(memo)
	once := map[string]int{sandbox.WeChat: 1}[kept.wallet]
	switch {
	case c.refusal != nil:
	case !ok:
		c.refusal = failed(102, 0, "押金单不存在")
	case once > 0 && !*p.Last:
		c.refusal = wrongCall("微信押金消费时 is_confirm_unfreeze 应为 true")
	}
	c.act = func() reply {
		_, refusal := n.s.Capture(sandbox.Capturing{Account: m.account(), Number: p.OutFreezeNo, Capture: p.OutTradeNo, Amount: p.TotalFee, Last: *p.Last, Most: once,
			Print: fmt.Sprintf("%d|%s|%v", p.TotalFee, p.OutFreezeNo, *p.Last), Memo: memo{p.Body, kept.wallet, *p.Last}}, c.do.Network)
		switch refusal {
		case "", sandbox.Repeated:
			return nil
		case sandbox.Reused:
			return failed(102, 0, "订单号重复，参数不一致")
		}
		return failed(104, 0, "押金未支付、已完结或可用余额不足")
	}
	c.good = func() reply { return n.charged(m, p.OutTradeNo) }
	return c
}

// ofDeposit adds to an order what it has as a consumption of a deposit (page 37674).
func (n *network) ofDeposit(m Merchant, o sandbox.Order, content reply) {
	freeze, ok := n.freeze(m, o.Of)
	if !ok {
		return
	}
	kept, _ := o.Memo.(memo)
	rest, _ := freeze.Deposit.Move(sandbox.MoveRest, o.Number)
	content["out_freeze_no"], content["freeze_id"], content["freeze_fee"] = freeze.Number, freeze.Transaction, freeze.Charged
	content["is_deposit_mode"], content["is_confirm_unfreeze"], content["manual_unfreeze_fee"] = true, kept.last, rest.Amount
}

type unfreezeContent struct {
	OutFreezeNo   string    `json:"out_freeze_no"`
	OutUnfreezeNo string    `json:"out_unfreeze_no"`
	UnfreezeFee   money.Fen `json:"unfreeze_fee"`
	Remark        string    `json:"remark"`
}

// unfreeze gives a deposit back: of WeChat's all that is left, which is what its
// own interface does; of Alipay's a part, too. It needs the right to refund.
func (n *network) unfreeze(m Merchant, in struct {
	Content unfreezeContent `json:"unfreeze_content"`
	Key     mchKey          `json:"pay_mch_key"`
	Client  client          `json:"order_client"`
	Nonce   string          `json:"nonce_str"`
}) *call {
	p := in.Content
	planned := n.s.Arrived(Network, sandbox.Release, p.OutUnfreezeNo)
	c := &call{name: "unfreeze", do: n.s.Behave(planned, "", 0), refusal: n.refuse(m, in.Key, in.Client, in.Nonce, true)}
	for _, check := range []func() reply{
		func() reply { return m.refuseNumber("out_unfreeze_no", p.OutUnfreezeNo) },
		func() reply { return in.Key.mayGiveBack(m) },
	} {
		if c.refusal == nil {
			c.refusal = check()
		}
	}
	o, ok := n.freeze(m, p.OutFreezeNo)
	kept, _ := o.Memo.(memo)
	switch {
	case c.refusal != nil:
	case p.UnfreezeFee < 1 || len(p.Remark) > 127:
		c.refusal = wrongCall("unfreeze_fee 不正确")
	case !ok:
		c.refusal = failed(102, 0, "押金单不存在")
	}
	c.act = func() reply {
		if _, known := o.Deposit.Move(sandbox.MoveRelease, p.OutUnfreezeNo); !known && kept.wallet == sandbox.WeChat && p.UnfreezeFee != o.Deposit.Left {
			return failed(104, 0, "微信押金仅支持全额解冻")
		}
		_, refusal := n.s.Release(sandbox.Releasing{Account: m.account(), Number: p.OutFreezeNo, Release: p.OutUnfreezeNo, Amount: p.UnfreezeFee}, c.do.Network)
		switch refusal {
		case "":
			return nil
		case sandbox.Reused:
			return failed(102, 0, "解冻单号重复，参数不一致")
		case sandbox.CallAgain:
			return failed(103, 0, "处理中，请稍后再试")
		}
		return failed(104, 0, "押金未支付、已完结或可解冻余额不足")
	}
	c.good = func() reply {
		all := n.unfrozen(m, p.OutFreezeNo, p.OutUnfreezeNo)
		if len(all) == 0 {
			return failed(103, 0, "结果未知")
		}
		return reply{"unfreeze_order_content": all[0], "nonce_str": "Zm9v", "pay_mch_key": m.echo(kept.wallet)}
	}
	return c
}

// unfrozen are a deposit's releases that were asked for, or the one of a number.
func (n *network) unfrozen(m Merchant, number, unfreeze string) (all []reply) {
	o, ok := n.freeze(m, number)
	if !ok {
		return nil
	}
	kept, _ := o.Memo.(memo)
	for i, move := range o.Deposit.Moves {
		if move.Kind != sandbox.MoveRelease || unfreeze != "" && move.Number != unfreeze {
			continue
		}
		ext := reply{"current_trade_state": 1}
		r := reply{"out_freeze_no": number, "out_unfreeze_no": move.Number, "unfreeze_id": fmt.Sprintf("%s%02d", o.Transaction, i+1), "freeze_fee": o.Charged,
			"unfreeze_fee": move.Amount, "create_time": move.AskedAt.Unix(), extOf(kept.wallet, "unfreeze"): ext}
		if !move.DoneAt.IsZero() {
			ext["current_trade_state"], r["unfreeze_success_time"] = 2, move.DoneAt.Unix()
		}
		if kept.wallet == sandbox.Alipay {
			ext["fund_amount"], ext["credit_amount"] = move.Amount, 0
		}
		all = append(all, r)
	}
	return all
}

// queryUnfreeze tells what became of a deposit's releases.
func (n *network) queryUnfreeze(m Merchant, in struct {
	OutFreezeNo   string `json:"out_freeze_no"`
	OutUnfreezeNo string `json:"out_unfreeze_no"`
	Key           mchKey `json:"pay_mch_key"`
	Client        client `json:"order_client"`
	Nonce         string `json:"nonce_str"`
}) *call {
	planned := n.s.Arrived(Network, sandbox.ReleaseQuery, in.OutUnfreezeNo)
	c := &call{name: "query_unfreeze_order", do: n.s.Behave(planned, "", 0), refusal: n.refuse(m, in.Key, in.Client, in.Nonce, false)}
	c.act = func() reply { return nil }
	c.good = func() reply {
		all := n.unfrozen(m, in.OutFreezeNo, in.OutUnfreezeNo)
		if len(all) == 0 {
			return failed(102, 0, "解冻单不存在")
		}
		return reply{"unfreeze_order_content": all, "nonce_str": "Zm9v"}
	}
	return c
}
