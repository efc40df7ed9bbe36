package cloudpay

import (
	"fmt"
	"strings"
	"time"

	"tillgate/agent/pay/sandbox"
	"tillgate/store/money"
)

// The platforms, and the states of their orders (page 37628).
const (
	platformWeChat = 1
	platformAlipay = 2
)

var platforms = map[int]string{platformWeChat: sandbox.WeChat, platformAlipay: sandbox.Alipay}

func platformOf(wallet string) int {
	if wallet == sandbox.Alipay {
		return platformAlipay
	}
	return platformWeChat
}

// mchKey says for whom is asked (page 37632).
type mchKey struct {
	Platform    int    `json:"pay_platform"`
	SubPlatform int    `json:"sub_pay_platform"`
	OutMchID    string `json:"out_mch_id"`
	OutSubMchID string `json:"out_sub_mch_id"`
	OutShopID   string `json:"out_shop_id"`

	Admin     *bool  `json:"is_sub_mch_admin"`
	Staff     string `json:"authorization_staff_id"`
	StaffName string `json:"authorization_name"`
}

// client says who asks (page 37632).
type client struct {
	DeviceID   string `json:"device_id"`
	StaffID    string `json:"staff_id"`
	ShopID     string `json:"shop_id"`
	Type       int    `json:"terminal_type"`
	SubType    int    `json:"sub_terminal_type"`
	MachineNo  string `json:"machine_no"`
	SDKVersion string `json:"sdk_version"`
	IP         string `json:"spbill_create_ip"`
	SN         string `json:"sn_code"`
}

func wrongCall(words string) reply {
	return reply{"status": 101, "description": words, "internal_status": 2}
}

func failed(status, internal int, words string) reply {
	return reply{"status": status, "description": words, "internal_status": internal}
}

// refuse is why the fields about the merchant and the device are not taken.
func (n *network) refuse(m Merchant, key mchKey, c client, nonce string, platform bool) reply {
	d, known := m.device(c.DeviceID)
	switch {
	case key.OutMchID != m.OutMchID || key.OutShopID != m.OutShopID:
		return wrongCall("服务商或门店不符")
	case platform && platforms[key.Platform] == "":
		return wrongCall("pay_platform 不正确")
	case !known:
		return wrongCall("device_id 不存在")
	case c.Type < 1 || c.Type > 4 && c.Type != 100:
		return wrongCall("terminal_type 不正确")
	case c.SubType != d.Type:
		return wrongCall("sub_terminal_type 不在品牌号段内")
	case c.SDKVersion == "" || len(c.SDKVersion) > 10 || c.IP == "" || len(c.IP) > 16 || len(c.MachineNo) > 32 || len(c.StaffID) > 64:
		return wrongCall("order_client 字段缺失或过长")
	case nonce == "" || len(nonce) > 32 || strings.Trim(nonce, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") != "":
		return wrongCall("nonce_str 不正确")
	}
	return n.bound.refuse(m, c)
}

func (m Merchant) device(id string) (Device, bool) {
	for _, d := range m.Devices {
		if d.ID == id && id != "" {
			return d, true
		}
	}
	return Device{}, false
}

func (m Merchant) refuseNumber(name, number string) reply {
	if !strings.HasPrefix(number, m.CashierID) || len(number) > 32 {
		return failed(102, 0, name+" 应以 cloud_cashier_id 开头，最多32位")
	}
	return nil
}

// content is what is to be paid (pages 37632 and 37672).
type content struct {
	OutTradeNo string    `json:"out_trade_no"`
	AuthorCode string    `json:"author_code"`
	TotalFee   money.Fen `json:"total_fee"`
	FeeType    string    `json:"fee_type"`
	Body       string    `json:"body"`
	FlowID     string    `json:"client_flow_id"`
	Detail     string    `json:"detail"`
	Remark     string    `json:"remark"`
	TimeExpire int64     `json:"time_expire"`
	WeChat     *struct {
		Attach   string `json:"attach"`
		GoodsTag string `json:"goods_tag"`
		LimitPay string `json:"limit_pay"`
		Product  string `json:"product_id"`
	} `json:"wxpay_pay_content_ext"`
	Alipay *struct {
		Discountable   *money.Fen `json:"discountable_amount"`
		Undiscountable *money.Fen `json:"undiscountable_amount"`
	} `json:"alipay_pay_content_ext"`
}

func (p content) refuse(m Merchant, platform int) reply {
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
	case p.WeChat != nil && p.Alipay != nil || p.WeChat != nil && platform != platformWeChat || p.Alipay != nil && platform != platformAlipay:
		return wrongCall("扩展字段与支付平台不符")
	}
	if a := p.Alipay; a != nil && a.Discountable != nil && a.Undiscountable != nil && *a.Discountable+*a.Undiscountable != p.TotalFee {
		return wrongCall("可打折与不可打折金额之和应等于总金额")
	}
	return nil
}

type payIn struct {
	Content content `json:"pay_content"`
	Key     mchKey  `json:"pay_mch_key"`
	Client  client  `json:"order_client"`
	Nonce   string  `json:"nonce_str"`
}

// microPay charges a payment code (page 37632).
func (n *network) microPay(m Merchant, in payIn) *call {
	p := in.Content
	planned := n.s.Arrived(Network, sandbox.Charge, p.OutTradeNo)
	c := &call{name: "micro_pay", do: n.s.Behave(planned, p.AuthorCode, p.TotalFee), refusal: n.refuse(m, in.Key, in.Client, in.Nonce, true)}
	switch {
	case c.refusal != nil:
	case in.Client.MachineNo == "":
		c.refusal = wrongCall("machine_no 不能为空")
	case sandbox.WalletOf(p.AuthorCode) != platforms[in.Key.Platform]:
		c.refusal = wrongCall("author_code 与 pay_platform 不符")
	default:
		c.refusal = p.refuse(m, in.Key.Platform)
	}
	c.act = func() reply {
		_, refusal := n.s.Charge(sandbox.Ask{Account: m.account(), Number: p.OutTradeNo, Code: p.AuthorCode, Wallets: []string{sandbox.WeChat, sandbox.Alipay},
			Amount: p.TotalFee, Print: fmt.Sprintf("%d|%s|%s", p.TotalFee, p.Body, p.AuthorCode), Memo: memo{body: p.Body, wallet: sandbox.WalletOf(p.AuthorCode)}}, c.do)
		switch refusal {
		case "", sandbox.Repeated: // the same request again is answered with what became of the first
			return nil
		case sandbox.Reused:
			return failed(104, 407, "订单号已被使用，防重入拦截")
		case sandbox.CodeExpired:
			return failed(104, 0, "付款码已过期，请刷新")
		case sandbox.CodeSpent:
			return failed(104, 0, "付款码已被使用")
		}
		return failed(104, 0, "付款码无效")
	}
	c.good = func() reply { return n.charged(m, p.OutTradeNo) }
	return c
}

func (n *network) charged(m Merchant, number string) reply {
	o, ok := n.order(m, number)
	switch {
	case !ok:
		return failed(103, 0, "结果未知")
	case o.State == sandbox.Failing:
		return failed(104, 0, "余额不足")
	}
	return n.result(m, o)
}

// order is the one of that number; a deposit is none.
func (n *network) order(m Merchant, number string) (sandbox.Order, bool) {
	o, ok := n.s.Order(m.account(), number)
	return o, ok && o.Deposit == nil
}

// memo is what is kept of an order beside the books.
type memo struct {
	body, wallet string
	last         bool // of a consumption: with is_confirm_unfreeze
}

// result is an order in its reply (page 37674).
func (n *network) result(m Merchant, o sandbox.Order) reply {
	kept, _ := o.Memo.(memo)
	state, ext := stateOf(o, kept.wallet), "wxpay_order_content_ext"
	if kept.wallet == sandbox.Alipay {
		ext = "alipay_order_content_ext"
	}
	told := reply{"current_trade_state": state, "trade_state_desc": string(o.State)}
	if kept.wallet == sandbox.Alipay && o.Returned > 0 {
		told["refund_fee"] = o.Returned
	}
	content := reply{
		"out_trade_no": o.Number, "trade_type": 1, "total_fee": o.Asked, "fee_type": "CNY", "create_time": o.CreatedAt.Unix(), "is_transforming": o.State == sandbox.NotPaid && !o.Shown,
		"remark": "", "body": kept.body, "trade_state": 4, ext: told,
	}
	if o.Shown {
		content["trade_type"], content["code_url"], content["time_expire"] = 2, o.Link, o.Expires.Unix()
	}
	if o.State.Taken() {
		content["total_fee"], content["transaction_id"], content["time_end"] = o.Charged, o.Transaction, o.PaidAt.Unix()
		content["cash_fee"], content["settlement_total_fee"] = o.Charged-o.Coupon, o.Charged-o.Coupon
	}
	n.ofDeposit(m, o, content)
	return reply{"order_content": content, "nonce_str": "Zm9v", "pay_mch_key": m.echo(kept.wallet)}
}

// stateOf is an order's state in its platform's numbers (page 37628). Only what
// went back whole is told as refunded (pages 37673 and 37675).
func stateOf(o sandbox.Order, wallet string) int {
	whole := o.State == sandbox.Refunded && o.Returned == o.Charged
	if wallet == sandbox.Alipay {
		switch {
		case whole, o.State == sandbox.Closed, o.State == sandbox.Revoked, o.State == sandbox.Failing:
			return 5
		case o.State.Taken():
			return 2
		case o.Shown && !o.Opened:
			return 7 // the platform knows it when it was scanned
		}
		return 4
	}
	switch {
	case whole && o.Undone != "":
		return 8
	case whole:
		return 4
	case o.State.Taken() && o.Of != "":
		return 14
	case o.State.Taken() && o.Shown:
		return 3
	case o.State.Taken():
		return 2
	case o.State == sandbox.Closed:
		return 7
	case o.State == sandbox.Revoked:
		return 8
	case o.State == sandbox.Failing:
		return 10
	case o.State == sandbox.Asking:
		return 9
	case o.Shown:
		return 6
	}
	return 1
}

// linkLives is how long an order lives that says nothing of it (page 37632).
const linkLives = 120 * time.Second

// scanCodePay makes a code for phones of one wallet (page 37672).
func (n *network) scanCodePay(m Merchant, in payIn) *call {
	p, wallet := in.Content, platforms[in.Key.Platform]
	planned := n.s.Arrived(Network, sandbox.Show, p.OutTradeNo)
	c := &call{name: "scan_code_pay", do: n.s.Behave(planned, "", p.TotalFee), refusal: n.refuse(m, in.Key, in.Client, in.Nonce, true)}
	expires := n.s.Now().Add(linkLives)
	if p.TimeExpire > 0 {
		expires = time.Unix(p.TimeExpire, 0)
	}
	switch {
	case c.refusal != nil:
	case p.AuthorCode != "":
		c.refusal = wrongCall("author_code 不应上送")
	case in.Client.MachineNo == "":
		c.refusal = wrongCall("machine_no 不能为空")
	case !expires.After(n.s.Now()):
		c.refusal = wrongCall("time_expire 已过")
	default:
		c.refusal = p.refuse(m, in.Key.Platform)
	}
	link := func(serial, nth int) string { return fmt.Sprintf("weixin://wxpay/bizpayurl?pr=cp%06d%d", serial, nth) }
	if wallet == sandbox.Alipay {
		link = func(serial, nth int) string { return fmt.Sprintf("https://qr.alipay.com/cp%06d%d", serial, nth) }
	}
	c.act = func() reply {
		_, refusal := n.s.Show(sandbox.Offer{Account: m.account(), Number: p.OutTradeNo, Wallets: []string{wallet}, Amount: p.TotalFee,
			Print: fmt.Sprintf("%d|%s|%d", p.TotalFee, p.Body, p.TimeExpire), Link: link, Again: true, Expires: expires, Closes: expires, Memo: memo{body: p.Body, wallet: wallet}}, c.do)
		if refusal != "" {
			return failed(102, 0, "订单号重复")
		}
		return nil
	}
	c.good = func() reply {
		o, ok := n.s.Order(m.account(), p.OutTradeNo)
		if !ok {
			return failed(103, 0, "结果未知")
		}
		return reply{"code_url": o.Link, "nonce_str": "Zm9v"}
	}
	return c
}

type orderIn struct {
	OutTradeNo string `json:"out_trade_no"`
	TradeType  int    `json:"trade_type"`
	Key        mchKey `json:"pay_mch_key"`
	Client     client `json:"order_client"`
	Nonce      string `json:"nonce_str"`
}

// queryOrder tells what became of an order (page 37674).
func (n *network) queryOrder(m Merchant, in orderIn) *call {
	op := sandbox.Query
	if o, _ := n.order(m, in.OutTradeNo); o.Of != "" {
		op = sandbox.CaptureQuery
	}
	planned := n.s.Arrived(Network, op, in.OutTradeNo)
	c := &call{name: "query_order", do: n.s.Behave(planned, "", 0), refusal: n.refuse(m, in.Key, in.Client, in.Nonce, false)}
	c.act = func() reply { return nil }
	c.good = func() reply {
		o, ok := n.order(m, in.OutTradeNo)
		if !ok {
			return failed(102, 0, "订单不存在")
		}
		return n.result(m, o)
	}
	return c
}

// closeOrder closes what nobody has paid (close_order); not a code payment.
func (n *network) closeOrder(m Merchant, in orderIn) *call {
	c := n.undo(m, in, "close_order", sandbox.Close)
	if o, ok := n.order(m, in.OutTradeNo); ok && c.refusal == nil && (!o.Shown || in.TradeType != 2) {
		c.refusal = failed(104, 0, "该订单不能关闭")
	}
	return c
}

// reverse undoes a code payment, where the old interface is still there (page 11609).
func (n *network) reverse(m Merchant, in orderIn) *call {
	c := n.undo(m, in, "reverse", sandbox.Reverse)
	o, ok := n.order(m, in.OutTradeNo)
	switch {
	case c.refusal != nil:
	case !m.Reverse:
		c.refusal = wrongCall("接口已下线")
	case ok && o.Shown:
		c.refusal = failed(104, 0, "扫码订单不能撤销")
	}
	return c
}

func (n *network) undo(m Merchant, in orderIn, name string, kind sandbox.UndoKind) *call {
	planned := n.s.Arrived(Network, sandbox.Undo, in.OutTradeNo)
	c := &call{name: name, do: n.s.Behave(planned, "", 0), refusal: n.refuse(m, in.Key, in.Client, in.Nonce, false)}
	c.act = func() reply {
		if _, ok := n.order(m, in.OutTradeNo); !ok {
			return failed(102, 0, "订单不存在")
		}
		_, refusal := n.s.Undo(sandbox.Undoing{Account: m.account(), Number: in.OutTradeNo, Kind: kind}, c.do.Network)
		switch refusal {
		case "":
			return nil
		case sandbox.CallAgain:
			return failed(103, 0, "处理中，请稍后再试")
		}
		return failed(104, 0, "订单已支付")
	}
	c.good = func() reply { return reply{"nonce_str": "Zm9v"} }
	return c
}
