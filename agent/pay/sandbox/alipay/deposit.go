package alipay

import (
	"encoding/json"
	"fmt"
	"time"
	"unicode/utf8"

	"tillgate/agent/pay/sandbox"
	"tillgate/store/money"
)

// deposit are the fields of a pre-authorisation, by payment code or by QR code
// (page 318/106393).
type deposit struct {
	AuthCode     string `json:"auth_code"`
	AuthCodeType string `json:"auth_code_type"`
	OutOrderNo   string `json:"out_order_no"`
	OutRequestNo string `json:"out_request_no"`
	Title        string `json:"order_title"`
	Amount       string `json:"amount"`
	Payee        string `json:"payee_user_id"`
	PayeeLogon   string `json:"payee_logon_id"`
	Product      string `json:"product_code"`
	PayTimeout   string `json:"pay_timeout"`
	Timeout      string `json:"timeout_express"`
	Extra        string `json:"extra_param"` // JSON
	Enabled      string `json:"enable_pay_channels"`
	Disabled     string `json:"disable_pay_channels"`
	Mode         string `json:"deposit_product_mode"`
	Terminal     string `json:"terminal_params"`
	Scene        string `json:"scene_code"`
}

// depositPayLife is how long a payer may take to agree (page 318/106393).
const depositPayLife = 15 * time.Minute

// barred is a refusal of a method of deposits: their sub-codes have no prefix.
func barred(sub, words string) reply { return failed("40004", sub, words) }

func wrongField(name string) reply { return barred("ILLEGAL_ARGUMENT", "参数有误: "+name) }

// refuse is why a deposit's fields are not taken from a merchant.
func (in deposit) refuse(m Merchant) (sum money.Fen, lives time.Duration, refusal reply) {
	sum, ok := fen(in.Amount)
	text := in.PayTimeout
	if text == "" {
		text = in.Timeout
	}
	lives, lifeOK := life(text, depositPayLife)
	switch {
	case !m.has("deposit"):
		refusal = barred("ACCESS_FORBIDDEN", "无权限使用接口")
	case !tradeNo.MatchString(in.OutOrderNo):
		refusal = wrongField("out_order_no")
	case !tradeNo.MatchString(in.OutRequestNo):
		refusal = wrongField("out_request_no")
	case in.Title == "" || utf8.RuneCountInString(in.Title) > 100:
		refusal = wrongField("order_title")
	case !ok || sum < 1 || sum > totalMost:
		refusal = wrongField("amount")
	case in.Product != "PRE_AUTH":
		refusal = wrongField("product_code")
	case in.Payee != "" && in.Payee != m.Seller:
		refusal = wrongField("payee_user_id")
	case !lifeOK:
		refusal = wrongField("pay_timeout")
	case in.Extra != "" && !json.Valid([]byte(in.Extra)), in.Enabled != "" && !json.Valid([]byte(in.Enabled)), in.Disabled != "" && !json.Valid([]byte(in.Disabled)):
		refusal = wrongField("extra_param")
	}
	return sum, lives, refusal
}

// depositMemo is what is kept of a deposit beside the books.
type depositMemo struct{ request, title string }

// freeze takes a deposit with a payment code.
func (n *network) freeze(m Merchant, in deposit) *call {
	planned := n.s.Arrived(Network, sandbox.Hold, in.OutOrderNo)
	sum, lives, refusal := in.refuse(m)
	c := &call{do: n.s.Behave(planned, in.AuthCode, sum), refusal: refusal, fund: true}
	if refusal == nil && in.AuthCodeType != "bar_code" {
		c.refusal = wrongField("auth_code_type")
	}
	c.act = func() reply {
		_, refusal := n.s.Charge(sandbox.Ask{Account: m.account(), Number: in.OutOrderNo, Code: in.AuthCode, Wallets: []string{sandbox.Alipay}, Amount: sum,
			Print: in.print(sum), Closes: n.s.Now().Add(lives), Deposit: true, Lasts: m.DepositLasts, Memo: depositMemo{in.OutRequestNo, in.Title}}, c.do)
		switch refusal {
		case "", sandbox.Repeated:
			return nil
		case sandbox.Reused:
			return barred("UNIQUE_VIOLATION", "商户订单号重复")
		}
		return barred("PAYMENT_AUTH_CODE_INVALID", "支付授权码无效，请刷新付款码后重试")
	}
	c.good = func() reply { return n.frozen(m, in.OutOrderNo) }
	return c
}

func (in deposit) print(sum money.Fen) string {
	return fmt.Sprintf("%d|%s|%s|%s", sum, in.OutRequestNo, in.Title, in.AuthCode)
}

// frozen is the answer to a deposit that is in the books.
func (n *network) frozen(m Merchant, number string) reply {
	o, ok := n.s.Order(m.account(), number)
	if !ok {
		return barred("SYSTEM_ERROR", "系统繁忙")
	}
	switch o.State {
	case sandbox.Asking, sandbox.NotPaid:
		r := m.freezing(o, "INIT")
		r["code"], r["msg"] = "10003", " order success pay inprocess"
		return r
	case sandbox.Failing:
		return barred("MONEY_NOT_ENOUGH", "账户余额不足")
	case sandbox.Paid:
		return success(m.freezing(o, "SUCCESS"))
	case sandbox.Refunded:
		return barred("ORDER_ALREADY_FINISH", "订单已经完结")
	}
	return barred("ORDER_ALREADY_CLOSED", "订单已经关闭")
}

// freezing are the fields of the operation that a freeze is.
func (m Merchant) freezing(o sandbox.Order, status string) reply {
	kept, _ := o.Memo.(depositMemo)
	r := reply{"auth_no": o.Transaction, "operation_id": operationID(o, 0), "out_order_no": o.Number, "out_request_no": kept.request, "status": status}
	sum := o.Asked
	if o.State.Taken() {
		sum = o.Charged
		r["gmt_trans"] = stamp(o.PaidAt)
	}
	r["amount"], r["fund_amount"], r["credit_amount"] = yuan(sum), yuan(sum), yuan(0)
	m.payer(r, o)
	return r
}

// operationID is Alipay's number of a deposit's nth operation; its freeze is the first.
func operationID(o sandbox.Order, nth int) string {
	return fmt.Sprintf("%s4057%06d%02d", o.CreatedAt.In(sandbox.Beijing).Format("20060102"), o.Serial, nth)
}

// payer says who has paid a deposit: old applications are told his user id.
func (m Merchant) payer(r reply, o sandbox.Order) {
	if o.Wallet == "" {
		return
	}
	r["payer_logon_id"] = "159****5620"
	if name, id := m.payerOf(o); name == "buyer_id" {
		r["payer_user_id"] = id
	} else {
		r["payer_open_id"] = id
	}
}

// payerOf is the field that names a deposit's payer to a trade, and what it says.
func (m Merchant) payerOf(o sandbox.Order) (name, id string) {
	if m.UserIDs {
		return "buyer_id", fmt.Sprintf("2088201%09d", o.Serial)
	}
	return "buyer_open_id", fmt.Sprintf("074a1CcTG1LelxKe%04d", o.Serial)
}

// voucher makes a QR code for a deposit.
func (n *network) voucher(m Merchant, in deposit) *call {
	planned := n.s.Arrived(Network, sandbox.ShowHold, in.OutOrderNo)
	sum, lives, refusal := in.refuse(m)
	c := &call{do: n.s.Behave(planned, "", sum), refusal: refusal, fund: true}
	if refusal == nil && in.AuthCode+in.AuthCodeType != "" {
		c.refusal = wrongField("auth_code")
	}
	expires := n.s.Now().Add(lives)
	c.act = func() reply {
		o, refusal := n.s.Show(sandbox.Offer{Account: m.account(), Number: in.OutOrderNo, Wallets: []string{sandbox.Alipay}, Amount: sum, Print: in.print(sum),
			Expires: expires, Closes: expires, Deposit: true, Lasts: m.DepositLasts, Memo: depositMemo{in.OutRequestNo, in.Title},
			Link: func(serial, _ int) string { return fmt.Sprintf("https://qr.alipay.com/fux%08d", serial) }}, c.do)
		switch {
		case refusal == "":
			return nil
		case refusal == sandbox.Reused:
			return barred("UNIQUE_VIOLATION", "商户订单号重复")
		case o.State.Taken():
			return barred("FREEZE_ALREADY_SUCCESS", "订单已授权成功")
		case o.State == sandbox.Closed || o.State == sandbox.Revoked:
			return barred("ORDER_ALREADY_CLOSED", "订单已经关闭")
		}
		return nil
	}
	c.good = func() reply {
		o, ok := n.s.Order(m.account(), in.OutOrderNo)
		if !ok {
			return barred("SYSTEM_ERROR", "系统繁忙")
		}
		return success(reply{"out_order_no": o.Number, "out_request_no": in.OutRequestNo, "code_type": "bar_code", "code_value": o.Link,
			"code_url": "https://mobilecodec.alipay.com/show.htm?code=" + o.Link[len("https://qr.alipay.com/"):]})
	}
	return c
}
