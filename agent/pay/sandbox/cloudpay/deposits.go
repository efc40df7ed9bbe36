package cloudpay

import (
	"fmt"
	"time"

	"tillgate/agent/pay/sandbox"
	"tillgate/store/money"
)

// depositLasts is after which the platform releases what is left (pages 37676 to 37681).
const depositLasts = 30 * 24 * time.Hour

// freezeContent is a deposit that is asked for (pages 37676 to 37681).
type freezeContent struct {
	OutFreezeNo string    `json:"out_freeze_no"`
	AuthorCode  string    `json:"author_code"`
	FreezeFee   money.Fen `json:"freeze_fee"`
	FeeType     string    `json:"fee_type"`
	Body        string    `json:"body"`
	Detail      string    `json:"detail"`
	Remark      string    `json:"remark"`
	TimeExpire  int64     `json:"time_expire"`
	WeChat      *struct {
		Attach   string `json:"attach"`
		GoodsTag string `json:"goods_tag"`
		LimitPay string `json:"limit_pay"`
	} `json:"wxpay_freeze_content_ext"`
	Alipay *struct {
		Channels string `json:"enable_pay_channels"`
	} `json:"alipay_freeze_content_ext"`
}

type freezeIn struct {
	Content freezeContent `json:"freeze_content"`
	Key     mchKey        `json:"pay_mch_key"`
	Client  client        `json:"order_client"`
	Nonce   string        `json:"nonce_str"`
}

// refuseFreeze is why a deposit is not taken.
func (n *network) refuseFreeze(m Merchant, in freezeIn) reply {
	p := in.Content
	if r := n.refuse(m, in.Key, in.Client, in.Nonce, true); r != nil {
		return r
	}
	if r := m.refuseNumber("out_freeze_no", p.OutFreezeNo); r != nil {
		return r
	}
	platform := in.Key.Platform
	switch {
	case in.Client.MachineNo == "":
		return wrongCall("machine_no 不能为空")
	case p.FreezeFee < 1 || p.FreezeFee > 1e10:
		return wrongCall("freeze_fee 不正确")
	case p.FeeType != "CNY":
		return wrongCall("fee_type 应为 CNY")
	case p.Body == "" || len(p.Body) > 128 || len(p.Remark) > 127:
		return wrongCall("body 缺失或字段过长")
	case p.WeChat != nil && platform != platformWeChat || p.Alipay != nil && platform != platformAlipay:
		return wrongCall("扩展字段与支付平台不符")
	}
	return nil
}

// microFreeze takes a deposit with a payment code.
func (n *network) microFreeze(m Merchant, in freezeIn) *call {
	p := in.Content
	planned := n.s.Arrived(Network, sandbox.Hold, p.OutFreezeNo)
	c := &call{name: "micro_freeze", do: n.s.Behave(planned, p.AuthorCode, p.FreezeFee), refusal: n.refuseFreeze(m, in)}
	switch {
	case c.refusal != nil:
	case p.TimeExpire != 0:
		c.refusal = wrongCall("time_expire 不应上送")
	case sandbox.WalletOf(p.AuthorCode) != platforms[in.Key.Platform]:
		c.refusal = wrongCall("author_code 与 pay_platform 不符")
	}
	c.act = func() reply {
		_, refusal := n.s.Charge(sandbox.Ask{Account: m.account(), Number: p.OutFreezeNo, Code: p.AuthorCode, Wallets: []string{sandbox.WeChat, sandbox.Alipay},
			Amount: p.FreezeFee, Print: fmt.Sprintf("%d|%s|%s", p.FreezeFee, p.Body, p.AuthorCode), Deposit: true, Lasts: depositLasts,
			Memo: memo{body: p.Body, wallet: sandbox.WalletOf(p.AuthorCode)}}, c.do)
		switch refusal {
		case "", sandbox.Repeated:
			return nil
		case sandbox.Reused:
			return failed(102, 0, "押金单号已被使用")
		}
		return failed(104, 0, "付款码无效、已过期或已被使用")
	}
	c.good = func() reply {
		o, ok := n.freeze(m, p.OutFreezeNo)
		switch {
		case !ok:
			return failed(103, 0, "结果未知")
		case o.State == sandbox.Failing:
			return failed(104, 0, "余额不足")
		}
		return n.frozen(m, o)
	}
	return c
}

// scanCodeFreeze makes a code for phones of Alipay.
func (n *network) scanCodeFreeze(m Merchant, in freezeIn) *call {
	p := in.Content
	planned := n.s.Arrived(Network, sandbox.ShowHold, p.OutFreezeNo)
	c := &call{name: "scan_code_freeze", do: n.s.Behave(planned, "", p.FreezeFee), refusal: n.refuseFreeze(m, in)}
	expires := n.s.Now().Add(linkLives)
	if p.TimeExpire > 0 {
		expires = time.Unix(p.TimeExpire, 0)
	}
	switch {
	case c.refusal != nil:
	case in.Key.Platform != platformAlipay:
		c.refusal = wrongCall("扫码押金仅支持支付宝")
	case p.AuthorCode != "":
		c.refusal = wrongCall("author_code 不应上送")
	case !expires.After(n.s.Now()):
		c.refusal = wrongCall("time_expire 已过")
	}
	c.act = func() reply {
		_, refusal := n.s.Show(sandbox.Offer{Account: m.account(), Number: p.OutFreezeNo, Wallets: []string{sandbox.Alipay}, Amount: p.FreezeFee,
			Print: fmt.Sprintf("%d|%s|%d", p.FreezeFee, p.Body, p.TimeExpire), Again: true, Expires: expires, Closes: expires, Deposit: true, Lasts: depositLasts,
			Link: func(serial, nth int) string { return fmt.Sprintf("https://qr.alipay.com/cf%06d%d", serial, nth) },
			Memo: memo{body: p.Body, wallet: sandbox.Alipay}}, c.do)
		if refusal != "" {
			return failed(102, 0, "押金单号重复")
		}
		return nil
	}
	c.good = func() reply {
		o, ok := n.freeze(m, p.OutFreezeNo)
		if !ok {
			return failed(103, 0, "结果未知")
		}
		return reply{"code_url": o.Link, "nonce_str": "Zm9v"}
	}
	return c
}

// freeze is the deposit of that number.
func (n *network) freeze(m Merchant, number string) (sandbox.Order, bool) {
	o, ok := n.s.Order(m.account(), number)
	return o, ok && o.Deposit != nil
}

// frozen is a deposit in its reply.
func (n *network) frozen(m Merchant, o sandbox.Order) reply {
	kept, d := o.Memo.(memo), o.Deposit
	var refunded money.Fen
	for _, move := range d.Moves {
		if capture, ok := n.s.Order(m.account(), move.Number); ok && move.Kind == sandbox.MoveCapture {
			refunded += capture.Returned
		}
	}
	content := reply{
		"out_freeze_no": o.Number, "trade_type": 1, "freeze_fee": o.Asked, "is_transforming": o.State == sandbox.NotPaid && !o.Shown, "body": kept.body,
		"total_consume_fee": d.Captured, "total_auto_unfreeze_fee": d.Sum(sandbox.MoveLapse), "total_manual_unfreeze_fee": d.Released - d.Sum(sandbox.MoveLapse),
		"total_refund_fee": refunded, extOf(kept.wallet, "freeze"): reply{"current_trade_state": freezeState(o, kept.wallet)},
	}
	if o.Shown {
		content["trade_type"], content["time_expire"] = 2, o.Expires.Unix()
	}
	if o.State.Taken() {
		content["freeze_fee"], content["freeze_id"], content["time_end"] = o.Charged, o.Transaction, o.PaidAt.Unix()
		content["cash_fee"], content["settlement_total_fee"] = o.Charged, o.Charged
	}
	return reply{"freeze_order_content": content, "nonce_str": "Zm9v", "pay_mch_key": m.echo(kept.wallet)}
}

// echo is the merchant as replies name him.
func (m Merchant) echo(wallet string) reply {
	return reply{"pay_platform": platformOf(wallet), "out_mch_id": m.OutMchID, "out_sub_mch_id": m.OutSubMchID, "out_shop_id": m.OutShopID}
}

// extOf is the part of an order of some kind that is its platform's: the names of
// those of deposits are inferred from those of payments and refunds.
func extOf(wallet, kind string) string {
	if wallet == sandbox.Alipay {
		return "alipay_" + kind + "_order_content_ext"
	}
	return "wxpay_" + kind + "_order_content_ext"
}

// freezeState is a deposit's state in its platform's numbers (page 37628).
func freezeState(o sandbox.Order, wallet string) int {
	over := o.State.Taken() && o.Deposit.Left == 0
	if wallet == sandbox.Alipay {
		switch {
		case over, o.State == sandbox.Closed, o.State == sandbox.Failing:
			return 3
		case o.State.Taken():
			return 2
		case o.Shown && !o.Opened:
			return 4 // the platform knows it when it was scanned
		}
		return 1
	}
	switch {
	case over:
		return 5
	case o.State.Taken():
		return 2
	case o.State == sandbox.Failing:
		return 6
	case o.State == sandbox.Asking:
		return 3
	}
	return 1
}

// queryFreeze tells what became of a deposit.
func (n *network) queryFreeze(m Merchant, in struct {
	OutFreezeNo string `json:"out_freeze_no"`
	Key         mchKey `json:"pay_mch_key"`
	Client      client `json:"order_client"`
	Nonce       string `json:"nonce_str"`
}) *call {
	planned := n.s.Arrived(Network, sandbox.HoldQuery, in.OutFreezeNo)
	c := &call{name: "query_freeze_order", do: n.s.Behave(planned, "", 0), refusal: n.refuse(m, in.Key, in.Client, in.Nonce, false)}
	c.act = func() reply { return nil }
	c.good = func() reply {
		o, ok := n.freeze(m, in.OutFreezeNo)
		if !ok {
			return failed(102, 0, "押金单不存在")
		}
		return n.frozen(m, o)
	}
	return c
}
