package unionpay

import (
	"fmt"
	"strconv"
	"time"

	"tillgate/agent/pay/sandbox"
	"tillgate/store/money"
)

// account is whose numbers a merchant's codes are charged under.
func (m Merchant) account() sandbox.Account {
	return sandbox.Account{Network: Network, Name: m.MID}
}

// pay charges a payment code (page kXOZy68D).
func (n *network) pay(m Merchant, in payIn) *call {
	planned := n.s.Arrived(Network, sandbox.Charge, in.MerchantOrderID)
	c := &call{s: n.s, merchant: m, do: n.s.Behave(planned, in.PayCode, in.Amount.fen()), refusal: in.refuse(m)}
	c.act = func() reply {
		order, refusal := n.s.Charge(sandbox.Ask{
			Account: m.account(), Number: in.MerchantOrderID, Code: in.PayCode, Wallets: sandbox.Wallets(), Amount: in.Amount.fen(),
			Print: strconv.FormatInt(int64(in.Amount), 10) + "|" + in.PayCode, Memo: in.Remark,
		}, c.do)
		switch refusal {
		case "":
			return nil
		case sandbox.CodeUnknown, sandbox.CodeWrongWallet:
			return failed("14", "付款码无效")
		case sandbox.CodeExpired:
			return failed("33", "付款码已过期")
		case sandbox.CodeSpent:
			return failed("34", "付款码已使用")
		}
		return failed("94", "订单号重复: "+string(order.State))
	}
	c.good = func() reply { return n.paidNow(m, in.MerchantOrderID) }
	return c
}

// paidNow is the answer to a charge that is in the books.
func (n *network) paidNow(m Merchant, number string) reply {
	o, ok := n.s.Order(m.account(), number)
	switch {
	case !ok || o.State == sandbox.Asking || o.State == sandbox.NotPaid: // the payer types, or nobody knows
		return failed("0000", "交易处理中")
	case o.State == sandbox.Failing:
		return failed("51", "余额不足")
	case o.State == sandbox.Paid:
		return m.paid(o)
	}
	return failed("ER", "交易已撤销")
}

// paid are the fields of a payment.
func (m Merchant) paid(o sandbox.Order) reply {
	r := reply{
		"errCode": "00", "errInfo": "成功", "merchantCode": m.MID, "terminalCode": m.TID, "merchantOrderId": o.Number, "orderId": o.Transaction,
		"transactionAmount": o.Charged, "amount": o.Charged - o.Coupon, "actualTransactionAmount": o.Charged - o.Coupon, "totalDiscountAmount": o.Coupon,
		"thirdPartyName": thirdParties[o.Wallet], "thirdPartyOrderId": "4200" + o.Transaction, "chnlType": systems[o.Wallet],
		"retrievalRefNum": fmt.Sprintf("%012d", o.Serial), "mchntName": "测试商户", "fieldOfTomorrow": "明天",
	}
	r.when("transactionDateWithYear", "transactionTime", o.PaidAt)
	r["settlementDateWithYear"] = r["transactionDateWithYear"]
	return r
}

// The wallets in ChinaUMS' words: for people, and as targetSys and chnlType (pages je24KjzL and m32QOBX0).
var (
	thirdParties = map[string]string{sandbox.WeChat: "微信", sandbox.Alipay: "支付宝", sandbox.UnionPay: "银联"}
	systems      = map[string]string{sandbox.WeChat: "WXPay", sandbox.Alipay: "Alipay 2.0", sandbox.UnionPay: "UAC"}
)

// order finds what a request is about. Across days it has to say the day on
// which the order was made (page P81GPdzq).
func (n *network) order(m Merchant, w whose) (sandbox.Order, bool) {
	o, ok := n.s.Order(m.account(), w.MerchantOrderID)
	if w.OriginalOrderID != "" {
		o, ok = n.s.Search(Network, func(o sandbox.Order) bool { return o.Transaction == w.OriginalOrderID && o.Account == m.account() })
	}
	made, today := day(o.CreatedAt), day(n.s.Now())
	if w.OriTransDate == "" && made != today || w.OriTransDate != "" && made != w.OriTransDate {
		return sandbox.Order{}, false
	}
	return o, ok
}

func day(at time.Time) string { return at.In(sandbox.Beijing).Format("20060102") }

var unfound = failed("25", "原交易不存在")

// query tells what became of an order (page P81GPdzq).
func (n *network) query(m Merchant, in whose) *call {
	planned := n.s.Arrived(Network, sandbox.Query, in.MerchantOrderID)
	c := &call{s: n.s, merchant: m, do: n.s.Behave(planned, "", 0), refusal: in.refuse(m)}
	c.act = func() reply { return nil }
	c.good = func() reply {
		o, ok := n.order(m, in)
		if !ok {
			return unfound
		}
		r := reply{"errCode": "00", "errInfo": "成功", "merchantCode": m.MID, "terminalCode": m.TID, "merchantOrderId": o.Number, "orderId": o.Transaction,
			"queryResCode": resCodes[o.State], "queryResInfo": string(o.State), "originalTransactionAmount": o.Asked}
		if o.Undone != "" { // whole, by a void; a refund in part is still told as one
			r["queryResCode"] = "2"
		}
		if !o.State.Taken() {
			return r
		}
		for name, value := range m.paid(o) {
			if _, there := r[name]; !there && name != "transactionDateWithYear" && name != "transactionTime" && name != "transactionAmount" {
				r[name] = value
			}
		}
		r["originalTransactionAmount"], r["refundedAmount"] = o.Charged, money.Fen(0) // a real sample has 0 here whatever was refunded
		r["originalTransactionTime"] = o.PaidAt.In(sandbox.Beijing).Format("150405")
		r["orderStatus"] = "TRADE_SUCCESS"
		if o.State == sandbox.Refunded {
			r["orderStatus"] = "TRADE_REFUND"
		}
		return r
	}
	return c
}

// resCodes are the words for an order's state (page P81GPdzq).
var resCodes = map[sandbox.State]string{
	sandbox.NotPaid: "FF", sandbox.Asking: "FF", sandbox.Paid: "0", sandbox.Failing: "5", sandbox.Revoked: "4", sandbox.Closed: "1", sandbox.Refunded: "3",
}

// void undoes an order whole, on its own day (page wXP7gr8n).
func (n *network) void(m Merchant, in struct {
	whose
	Trace       string   `json:"systemTraceNum"`
	Remark      string   `json:"merchantRemark"`
	CrossDevice flexBool `json:"limitCrossDevice"`
	Business    string   `json:"bizIdentifier"`
}) *call {
	planned := n.s.Arrived(Network, sandbox.Undo, in.MerchantOrderID)
	c := &call{s: n.s, merchant: m, do: n.s.Behave(planned, "", 0), refusal: in.refuse(m)}
	c.act = func() reply {
		o, ok := n.order(m, in.whose)
		switch {
		case !ok:
			return unfound
		case day(o.CreatedAt) != day(n.s.Now()):
			return failed("ER", "NO_CROSS_DAY_TRADING 不支持隔日撤销，请退货")
		}
		_, refusal := n.s.Undo(sandbox.Undoing{Account: m.account(), Number: o.Number, Kind: sandbox.Reverse}, c.do.Network)
		switch refusal {
		case "":
			return nil
		case sandbox.CallAgain:
			return failed("96", "系统异常，请稍后再撤销")
		case sandbox.IsGoneBack:
			return failed("57", "已退货，不允许撤销")
		}
		return unfound
	}
	c.good = func() reply {
		return reply{"errCode": "00", "errInfo": "成功", "merchantCode": m.MID, "terminalCode": m.TID, "merchantOrderId": in.MerchantOrderID}
	}
	return c
}

// refundIn gives a part of an order back (pages 7zLnkm8Q and 42Gw1y2W).
type refundIn struct {
	whose
	Request     string   `json:"refundRequestId"`
	Amount      number   `json:"transactionAmount"`
	Currency    string   `json:"transactionCurrencyCode"`
	Trace       string   `json:"systemTraceNum"`
	Remark      string   `json:"merchantRemark"`
	CrossDevice flexBool `json:"limitCrossDevice"`
	Desc        string   `json:"refundDesc"`
	OperatorID  string   `json:"operatorId"`
	StoreID     string   `json:"storeId"`
	SrcReserved string   `json:"srcReserved"`
}

func (n *network) refund(m Merchant, in refundIn) *call {
	planned := n.s.Arrived(Network, sandbox.Refund, in.Request)
	c := &call{s: n.s, merchant: m, do: n.s.Behave(planned, "", 0), refusal: in.refuse(m)}
	switch {
	case c.refusal != nil:
	case in.Request == "" || len(in.Request) > 50:
		c.refusal = failed("9001", "refundRequestId 不能为空或过长")
	case in.Amount < 1:
		c.refusal = failed("13", "金额不正确")
	case in.Currency != "" && in.Currency != "156":
		c.refusal = failed("9001", "transactionCurrencyCode 应为 156")
	}
	c.act = func() reply {
		o, ok := n.order(m, in.whose)
		if !ok {
			return unfound
		}
		_, refusal := n.s.Refund(giving(m.account(), o.Number, in.Request, in.Amount), c.do.Network)
		return refundRefusals[refusal]
	}
	c.good = func() reply { return n.refundNow(m, in.Request, "errCode") }
	return c
}

// refundWithin is the longer of the windows that are written down.
const refundWithin = 365 * 24 * time.Hour

func giving(a sandbox.Account, number, refund string, amount number) sandbox.Giving {
	return sandbox.Giving{Account: a, Number: number, Refund: refund, Amount: amount.fen(), Print: strconv.FormatInt(int64(amount), 10), Within: refundWithin}
}

// refundRefusals are why a refund is not taken. Which codes they carry is this
// stand-in's own reading of page kXOZy68D's table.
var refundRefusals = map[sandbox.Refusal]reply{
	sandbox.NoOrder:     unfound,
	sandbox.IsNotPaid:   unfound,
	sandbox.OtherRefund: failed("94", "退货请求号重复，参数不一致"),
	sandbox.TooMuch:     failed("64", "退货金额大于可退金额"),
	sandbox.IsGoneBack:  failed("57", "原交易已撤销"),
	sandbox.TooLate:     failed("57", "超过退货期限"),
}

// queryRefund tells what became of a refund (pages 7zLnkm8Q and 42Gw1y2W).
func (n *network) queryRefund(m Merchant, in struct {
	whose
	Request string `json:"refundRequestId"`
	PayDate string `json:"payTransDate"`
}) *call {
	planned := n.s.Arrived(Network, sandbox.RefundQuery, in.Request)
	c := &call{s: n.s, merchant: m, do: n.s.Behave(planned, "", 0), refusal: in.refuse(m)}
	if c.refusal == nil && in.Request == "" {
		c.refusal = failed("9001", "refundRequestId 不能为空")
	}
	c.act = func() reply { return nil }
	c.good = func() reply { return n.refundNow(m, in.Request, "queryResCode") }
	return c
}

// refundNow is what a refund has come to; the field that says so has another
// name in the two calls.
func (n *network) refundNow(m Merchant, request, field string) reply {
	back, ok := n.s.Return(m.account(), request)
	if !ok {
		return unfound
	}
	o, _ := n.s.Order(m.account(), back.Order) // a refund has an order
	r := reply{"errCode": "00", "errInfo": "成功", "merchantCode": m.MID, "terminalCode": m.TID, "merchantOrderId": back.Order,
		"refundRequestId": request, "refundOrderId": fmt.Sprintf("R%015d", back.Serial), "refundInvoiceAmount": back.Amount - o.CouponOf(back), "transactionAmount": back.Amount}
	switch back.State {
	case sandbox.Arrived:
		r[field] = "00"
	case sandbox.Processing:
		r[field] = map[string]string{"errCode": "0000", "queryResCode": "FF"}[field]
	case sandbox.Bounced, sandbox.CameBack:
		r[field] = "ER"
	}
	return r
}
