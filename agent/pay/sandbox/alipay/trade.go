package alipay

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"tillgate/agent/pay/sandbox"
	"tillgate/store/money"
)

// order are the fields of an order, for a payment code, for a QR code or out of
// a deposit (pages 02ekfp, 05osv9 and 318/106393).
type order struct {
	OutTradeNo     string          `json:"out_trade_no"`
	Scene          string          `json:"scene"`
	AuthCode       string          `json:"auth_code"`
	Subject        string          `json:"subject"`
	Body           string          `json:"body"`
	Total          string          `json:"total_amount"`
	Discountable   string          `json:"discountable_amount"`
	Undiscountable string          `json:"undiscountable_amount"`
	Product        string          `json:"product_code"`
	Seller         string          `json:"seller_id"`
	Store          string          `json:"store_id"`
	Operator       string          `json:"operator_id"`
	Terminal       string          `json:"terminal_id"`
	Extend         json.RawMessage `json:"extend_params"`
	Timeout        string          `json:"timeout_express"`
	CodeTimeout    string          `json:"qr_code_timeout_express"`
	Business       json.RawMessage `json:"business_params"`
	QueryOptions   []string        `json:"query_options"`

	AuthNo      string `json:"auth_no"`
	BuyerID     string `json:"buyer_id"`
	BuyerOpenID string `json:"buyer_open_id"`
	ConfirmMode string `json:"auth_confirm_mode"`
}

const (
	totalMost   = money.Fen(10_000_000_000) // 100,000,000 yuan
	tradeLife   = 3 * time.Hour             // default of face to face payment (page 02ekfp)
	codeLife    = 2 * time.Hour             // of a QR code at most (page 05osv9)
	cancelMost  = 24 * time.Hour
	refundApart = 3 * time.Second
	refundMost  = 365 * 24 * time.Hour
)

var (
	tradeNo = regexp.MustCompile(`^[A-Za-z0-9_]{1,64}$`)
	express = regexp.MustCompile(`^([1-9]\d?\d?\d?\d?)([mhd])$`)
)

// life is a time such as "90m"; false: it is none, or not from a minute to 15 days.
func life(text string, usual time.Duration) (time.Duration, bool) {
	if text == "" {
		return usual, true
	}
	parts := express.FindStringSubmatch(text)
	if parts == nil {
		return 0, false
	}
	n, err := strconv.Atoi(parts[1])
	d := time.Duration(n) * map[string]time.Duration{"m": time.Minute, "h": time.Hour, "d": 24 * time.Hour}[parts[2]]
	return d, err == nil && d <= 15*24*time.Hour
}

// refuse is why an order's fields are not taken from a merchant.
func (in order) refuse(m Merchant) (total money.Fen, refusal reply) {
	total, ok := fen(in.Total)
	wrong := func(words string) reply { return denied("INVALID_PARAMETER", "参数无效: "+words) }
	switch {
	case !tradeNo.MatchString(in.OutTradeNo):
		return 0, wrong("out_trade_no")
	case in.Subject == "" || utf8.RuneCountInString(in.Subject) > 256 || strings.ContainsAny(in.Subject, "/=&"):
		return 0, wrong("subject")
	case !ok || total < 1:
		return 0, wrong("total_amount")
	case total > totalMost:
		return 0, denied("TOTAL_FEE_EXCEED", "订单总金额超过限额")
	case len(in.Store) > 32 || len(in.Operator) > 28 || len(in.Terminal) > 32 || utf8.RuneCountInString(in.Body) > 128:
		return 0, wrong("字段过长")
	case in.Seller != "" && in.Seller != m.Seller:
		return 0, denied("PARTNER_ERROR", "seller_id 与签约账号不符")
	case in.AuthNo == "" && in.BuyerID+in.BuyerOpenID+in.ConfirmMode != "":
		return 0, wrong("auth_no")
	case in.AuthNo == "" && in.Product != "" && in.Product != "FACE_TO_FACE_PAYMENT" && in.Product != "OFFLINE_PAYMENT":
		return 0, denied("ACCESS_FORBIDDEN", "无权限使用接口")
	}
	if _, ok := life(in.Timeout, tradeLife); !ok {
		return 0, wrong("timeout_express")
	}
	if refusal := in.refuseParts(total); refusal != nil {
		return 0, refusal
	}
	return total, in.refuseProvider(m)
}

// refuseParts sees that the two amounts make the whole (page 02ekfp).
func (in order) refuseParts(total money.Fen) reply {
	if in.Discountable == "" && in.Undiscountable == "" {
		return nil
	}
	part, ok := fen(in.Discountable)
	full, too := fen(in.Undiscountable)
	switch {
	case in.Discountable != "" && !ok || in.Undiscountable != "" && !too || full > total || part > total:
		return denied("INVALID_PARAMETER", "参数无效: 打折金额")
	case in.Discountable != "" && in.Undiscountable != "" && part+full != total:
		return denied("INVALID_PARAMETER", "总金额应等于可打折金额与不可打折金额之和")
	}
	return nil
}

// refuseProvider sees that a provider's order names the provider (page 00f7nr).
func (in order) refuseProvider(m Merchant) reply {
	var extend struct {
		Provider string `json:"sys_service_provider_id"`
	}
	if len(in.Extend) > 0 {
		if err := sandbox.StrictJSON(in.Extend, &extend); err != nil {
			return denied("INVALID_PARAMETER", "参数无效: extend_params")
		}
	}
	if extend.Provider != m.Provider {
		return denied("INVALID_PARAMETER", "sys_service_provider_id 不正确")
	}
	return nil
}

func (m Merchant) has(method string) bool {
	return len(m.Contracts) == 0 || slices.Contains(m.Contracts, method)
}

// memo is what is kept of an order beside the books.
type memo struct{ store, terminal, payer string }

// pay charges a payment code (page 02ekfp), or captures of a deposit.
func (n *network) pay(m Merchant, in order) *call {
	if in.AuthNo != "" {
		return n.capture(m, in)
	}
	planned := n.s.Arrived(Network, sandbox.Charge, in.OutTradeNo)
	total, refusal := in.refuse(m)
	c := &call{do: n.s.Behave(planned, in.AuthCode, total), refusal: refusal}
	closes, _ := life(in.Timeout, tradeLife) // it was checked
	switch {
	case refusal != nil:
	case !m.has("pay"):
		c.refusal = denied("ACCESS_FORBIDDEN", "无权限使用接口")
	case in.Scene != "bar_code" || in.CodeTimeout != "":
		c.refusal = denied("INVALID_PARAMETER", "参数无效: scene")
	}
	c.act = func() reply {
		_, refusal := n.s.Charge(sandbox.Ask{Account: m.account(), Number: in.OutTradeNo, Code: in.AuthCode, Wallets: []string{sandbox.Alipay}, Amount: total,
			Print: fmt.Sprintf("%d|%s|%s", total, in.Subject, in.AuthCode), Closes: n.s.Now().Add(closes), Memo: memo{in.Store, in.Terminal, ""}}, c.do)
		switch refusal {
		case "", sandbox.Repeated:
			return nil
		case sandbox.Reused:
			return denied("CONTEXT_INCONSISTENT", "交易信息被篡改")
		}
		return denied("PAYMENT_AUTH_CODE_INVALID", "支付失败，获取顾客账户信息失败，请顾客刷新付款码后重新收款")
	}
	c.good = func() reply { return n.charged(m, in.OutTradeNo) }
	return c
}

// charged is the answer to a charge that is in the books.
func (n *network) charged(m Merchant, number string) reply {
	o, ok := n.s.Order(m.account(), number)
	switch {
	case !ok:
		return failed("20000", "ACQ.SYSTEM_ERROR", "系统繁忙")
	case o.State == sandbox.Asking, o.State == sandbox.NotPaid:
		r := reply{"code": "10003", "msg": " order success pay inprocess", "out_trade_no": number, "trade_no": o.Transaction, "total_amount": yuan(o.Asked)}
		return r
	case o.State == sandbox.Failing:
		return denied("BUYER_BALANCE_NOT_ENOUGH", "买家余额不足")
	case o.State == sandbox.Paid:
		r := m.paid(o)
		r["gmt_payment"] = stamp(o.PaidAt)
		return success(r)
	}
	return denied("TRADE_HAS_CLOSE", "交易已经关闭")
}

func stamp(at time.Time) string { return at.In(sandbox.Beijing).Format(time.DateTime) }

// paid are the fields of a payment.
func (m Merchant) paid(o sandbox.Order) reply {
	kept, _ := o.Memo.(memo)
	return reply{
		"trade_no": o.Transaction, "out_trade_no": o.Number, "buyer_logon_id": "159****5620", "buyer_open_id": cmp.Or(kept.payer, "0740pnJ1mm5Kx"), "seller_id": m.Seller,
		"total_amount": yuan(o.Charged), "receipt_amount": yuan(o.Charged - o.Coupon), "buyer_pay_amount": yuan(o.Charged - o.Coupon), "point_amount": "0.00",
		"invoice_amount": yuan(o.Charged - o.Coupon), "mdiscount_amount": yuan(o.Coupon), "store_id": kept.store, "terminal_id": kept.terminal,
		"fund_bill_list": []map[string]string{{"fund_channel": "PCREDIT", "amount": yuan(o.Charged - o.Coupon)}},
	}
}

// precreate makes a QR code (page 05osv9). Its trade is there when it was scanned.
func (n *network) precreate(m Merchant, in order) *call {
	planned := n.s.Arrived(Network, sandbox.Show, in.OutTradeNo)
	total, refusal := in.refuse(m)
	c := &call{do: n.s.Behave(planned, "", total), refusal: refusal}
	lives, ok := life(in.CodeTimeout, codeLife)
	switch {
	case refusal != nil:
	case !m.has("precreate"):
		c.refusal = denied("ACCESS_FORBIDDEN", "无权限使用接口")
	case !ok || lives > codeLife:
		c.refusal = denied("INVALID_PARAMETER", "参数无效: qr_code_timeout_express")
	case in.Scene+in.AuthCode+in.AuthNo != "":
		c.refusal = denied("INVALID_PARAMETER", "参数无效: auth_code")
	}
	expires := n.s.Now().Add(lives)
	c.act = func() reply {
		_, refusal := n.s.Show(sandbox.Offer{Account: m.account(), Number: in.OutTradeNo, Wallets: []string{sandbox.Alipay}, Amount: total,
			Print: fmt.Sprintf("%d|%s", total, in.Subject), Expires: expires, Closes: expires, Memo: memo{in.Store, in.Terminal, ""},
			Link: func(serial, _ int) string { return fmt.Sprintf("https://qr.alipay.com/bax%08d", serial) }}, c.do)
		if refusal != "" {
			return denied("APPLY_PC_MERCHANT_CODE_ERROR", "申请二维码失败")
		}
		return nil
	}
	c.good = func() reply {
		o, ok := n.s.Order(m.account(), in.OutTradeNo)
		if !ok {
			return failed("20000", "ACQ.SYSTEM_ERROR", "系统繁忙")
		}
		return success(reply{"out_trade_no": o.Number, "qr_code": o.Link})
	}
	return c
}

// which names an order (pages 02ekfq and 02ekfr).
type which struct {
	OutTradeNo   string   `json:"out_trade_no"`
	TradeNo      string   `json:"trade_no"`
	Operator     string   `json:"operator_id"`
	QueryOptions []string `json:"query_options"`
}

// find is the order that is meant; a QR code that nobody has scanned is none.
func (n *network) find(m Merchant, in which) (o sandbox.Order, exists bool) {
	o, exists = n.s.Order(m.account(), in.OutTradeNo)
	if in.TradeNo != "" { // it has precedence
		o, exists = n.s.Search(Network, func(o sandbox.Order) bool { return o.Transaction == in.TradeNo && o.Account == m.account() })
	}
	return o, exists && o.Deposit == nil && (!o.Shown || o.Opened)
}

var notThere = denied("TRADE_NOT_EXIST", "交易不存在")

// statuses are the states of a trade (pages 02ekfq and 02ekfr).
var statuses = map[sandbox.State]string{
	sandbox.NotPaid: "WAIT_BUYER_PAY", sandbox.Asking: "WAIT_BUYER_PAY", sandbox.Failing: "WAIT_BUYER_PAY", sandbox.Paid: "TRADE_SUCCESS",
	sandbox.Revoked: "TRADE_CLOSED", sandbox.Closed: "TRADE_CLOSED", sandbox.Refunded: "TRADE_SUCCESS",
}

func (n *network) query(m Merchant, in which) *call {
	op := sandbox.Query
	if o, _ := n.find(m, in); o.Of != "" {
		op = sandbox.CaptureQuery
	}
	planned := n.s.Arrived(Network, op, in.OutTradeNo)
	c := &call{do: n.s.Behave(planned, "", 0), act: func() reply { return nil }}
	if in.OutTradeNo+in.TradeNo == "" {
		c.refusal = denied("INVALID_PARAMETER", "参数无效")
	}
	c.good = func() reply {
		o, ok := n.find(m, in)
		if !ok {
			return notThere
		}
		r := reply{"trade_no": o.Transaction, "out_trade_no": o.Number, "total_amount": yuan(o.Asked)}
		if o.State.Taken() {
			r = m.paid(o)
			r["send_pay_date"] = stamp(o.PaidAt)
		}
		r["trade_status"] = statuses[o.State]
		if o.State == sandbox.Refunded && o.Returned == o.Charged {
			r["trade_status"] = "TRADE_CLOSED"
		}
		return success(r)
	}
	return c
}
