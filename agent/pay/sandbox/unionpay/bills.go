package unionpay

import (
	"fmt"
	"strings"
	"time"

	"tillgate/agent/pay/sandbox"
)

// envelope are the fields of every call about bills (pages je24KjzL and m32QOBX0).
type envelope struct {
	Timestamp string `json:"requestTimestamp"`
	MID       string `json:"mid"`
	TID       string `json:"tid"`
	InstMID   string `json:"instMid"`
	MsgID     string `json:"msgId"`
	Reserve   string `json:"srcReserve"`
}

// expireUsual is how long a code for one payment lives (pages je24KjzL and m32QOBX0).
const expireUsual = 30 * time.Minute

func (e envelope) refuse(n *network, m Merchant) reply {
	at, err := time.ParseInLocation(time.DateTime, e.Timestamp, sandbox.Beijing)
	switch {
	case err != nil:
		return failed("BAD_REQUEST", "requestTimestamp 应为 yyyy-MM-dd HH:mm:ss")
	case n.s.Skewed(at, skewMost):
		return failed("ABNORMAL_REQUEST_TIME", "请求时间异常")
	case m.QRMID == "" || e.MID != m.QRMID:
		return failed("NO_MERCHANT", "商户不存在")
	case e.TID != m.QRTID:
		return failed("INVLID_MERCHANT_CONFIG", "终端号不符")
	case e.InstMID != "QRPAYDEFAULT":
		return failed("BAD_REQUEST", "instMid 应为 QRPAYDEFAULT")
	}
	return nil
}

// bill is what names one.
type bill struct {
	BillNo   string `json:"billNo"`
	BillDate string `json:"billDate"`
}

func (b bill) refuse(m Merchant) reply {
	_, err := time.Parse(time.DateOnly, b.BillDate)
	switch {
	case len(b.BillNo) < 6 || len(b.BillNo) > 32 || m.Source == "" || !strings.HasPrefix(b.BillNo, m.Source):
		return failed("BAD_REQUEST", "billNo 应以来源编号开头，6至32位")
	case err != nil:
		return failed("BAD_REQUEST", "billDate 应为 yyyy-MM-dd")
	}
	return nil
}

// key is the number in the books: a bill is found by its number and its date.
func (b bill) key() string { return b.BillDate + "/" + b.BillNo }

// ours is the number without the source number in the place of its beginning.
func (b bill) ours(m Merchant) string { return m.ours(b.BillNo) }

// ours is one of the merchant's own numbers, a refund's too, as it was before the
// source number took four digits' place; another one stays as it is.
func (m Merchant) ours(number string) string {
	if rest, ok := strings.CutPrefix(number, m.Source); ok && m.Source != "" {
		return m.InPlaceOf + rest
	}
	return number
}

// billAccount is whose numbers a merchant's bills have.
func (m Merchant) billAccount() sandbox.Account {
	return sandbox.Account{Network: Network, Name: m.QRMID, Within: m.QRMID + "/bills"}
}

type getIn struct {
	envelope
	bill
	Total    number   `json:"totalAmount"`
	Desc     string   `json:"billDesc"`
	Expire   string   `json:"expireTime"`
	Notify   string   `json:"notifyUrl"`
	Return   string   `json:"returnUrl"`
	QRCodeID string   `json:"qrCodeId"`
	Counter  string   `json:"counterNo"`
	Member   string   `json:"memberId"`
	NoCredit flexBool `json:"limitCreditCard"`
	Wallets  string   `json:"walletOption"`
}

// getQRCode makes a bill that phones pay by scanning its code.
func (n *network) getQRCode(m Merchant, in getIn) *call {
	planned := n.s.Arrived(Network, sandbox.Show, in.ours(m))
	c := &call{s: n.s, merchant: m, bills: true, do: n.s.Behave(planned, "", in.Total.fen()), refusal: in.refuse(n, m)}
	expires := n.s.Now().Add(expireUsual)
	if in.Expire != "" {
		var err error
		if expires, err = time.ParseInLocation(time.DateTime, in.Expire, sandbox.Beijing); err != nil && c.refusal == nil {
			c.refusal = failed("BAD_REQUEST", "expireTime 应为 yyyy-MM-dd HH:mm:ss")
		}
	}
	id := in.QRCodeID
	if id == "" {
		id = "Q" + in.BillNo
	}
	c.act = func() reply {
		_, refusal := n.s.Show(sandbox.Offer{
			Account: m.billAccount(), Number: in.key(), Ours: in.ours(m), Wallets: []string{sandbox.WeChat, sandbox.Alipay, sandbox.UnionPay},
			Amount: in.Total.fen(), Print: fmt.Sprintf("%d|%s", in.Total, in.Desc), Expires: expires, Closes: expires, Memo: id,
			Link: func(serial, _ int) string {
				return fmt.Sprintf("https://qr.chinaums.com/bills/%s%06d", m.Source, serial)
			},
		}, c.do)
		if refusal != "" {
			return failed("DUP_ORDER", "账单号重复")
		}
		return nil
	}
	c.good = func() reply {
		o, ok := n.s.Order(m.billAccount(), in.key())
		if !ok { // it is on its way
			return failed("INTERNAL_ERROR", "系统繁忙")
		}
		return m.told(reply{"billNo": in.BillNo, "billDate": in.BillDate, "billQRCode": o.Link, "qrCodeId": id, "counterNo": in.Counter})
	}
	return c
}

func (in getIn) refuse(n *network, m Merchant) reply {
	if r := in.envelope.refuse(n, m); r != nil {
		return r
	}
	if r := in.bill.refuse(m); r != nil {
		return r
	}
	switch {
	case in.BillDate != n.s.Now().In(sandbox.Beijing).Format(time.DateOnly):
		return failed("BAD_REQUEST", "billDate 应为当日")
	case in.Total < 1 || in.Total > 1e10:
		return failed("BAD_REQUEST", "totalAmount 不正确")
	case len(in.QRCodeID) > 64 || len(in.Counter) > 64 || len(in.Desc) > 255:
		return failed("BAD_REQUEST", "字段过长")
	case in.Wallets != "" && in.Wallets != "SINGLE" && in.Wallets != "MULTIPLE":
		return failed("BAD_REQUEST", "walletOption 不正确")
	}
	return nil
}

// told is an answer that the call succeeded, which does not say that anybody has paid.
func (m Merchant) told(r reply) reply {
	r["errCode"], r["mid"], r["tid"], r["instMid"], r["fieldOfTomorrow"] = "SUCCESS", m.QRMID, m.QRTID, "QRPAYDEFAULT", "明天"
	return r
}

// billWords are the states of a bill in the two editions of the documents (pages je24KjzL and m32QOBX0).
var billWords = map[bool]map[sandbox.State]string{
	false: {sandbox.NotPaid: "UNPAID", sandbox.Paid: "PAID", sandbox.Closed: "CLOSED", sandbox.Refunded: "REFUND"},
	true:  {sandbox.NotPaid: "NEW_ORDER", sandbox.Paid: "TRADE_SUCCESS", sandbox.Closed: "TRADE_CLOSED", sandbox.Refunded: "TRADE_REFUND"},
}

func (m Merchant) billStatus(o sandbox.Order) string {
	if m.TradeWords && o.State == sandbox.NotPaid && o.Opened {
		return "WAIT_BUYER_PAY"
	}
	return billWords[m.TradeWords][o.State]
}

func (n *network) billQuery(m Merchant, in struct {
	envelope
	bill
	Refund string `json:"refundOrderId"`
}) *call {
	planned := n.s.Arrived(Network, sandbox.Query, in.ours(m))
	if in.Refund != "" {
		planned = n.s.Arrived(Network, sandbox.RefundQuery, m.ours(in.Refund))
	}
	c := &call{s: n.s, merchant: m, bills: true, do: n.s.Behave(planned, "", 0), refusal: in.envelope.refuse(n, m)}
	if c.refusal == nil {
		c.refusal = in.bill.refuse(m)
	}
	c.act = func() reply { return nil }
	c.good = func() reply {
		o, ok := n.s.Order(m.billAccount(), in.key())
		if !ok {
			return failed("NO_ORDER", "账单不存在")
		}
		r := m.told(reply{"billNo": in.BillNo, "billDate": in.BillDate, "billStatus": m.billStatus(o), "totalAmount": o.Asked})
		if o.State.Taken() {
			r["totalAmount"], r["billPayment"] = o.Charged, payment(o)
		}
		if in.Refund != "" {
			if back, ok := n.s.Return(m.billAccount(), in.Refund); ok {
				r["refundBillPayment"] = reply{"refundOrderId": in.Refund, "refundAmount": back.Amount, "refundStatus": refundWords[back.State], "status": "TRADE_REFUND"}
			}
		}
		return r
	}
	return c
}

// payment is who has paid a bill, how much, and when.
func payment(o sandbox.Order) reply {
	status := "TRADE_SUCCESS"
	if o.State == sandbox.Refunded {
		status = "TRADE_REFUND"
	}
	at := o.PaidAt.In(sandbox.Beijing)
	return reply{
		"merOrderId": "M" + o.Transaction, "payTime": at.Format(time.DateTime), "settleDate": at.Format(time.DateOnly), "paySeqId": o.Transaction,
		"buyerPayAmount": o.Charged - o.Coupon, "invoiceAmount": o.Charged - o.Coupon, "receiptAmount": o.Charged - o.Coupon, "couponAmount": o.Coupon,
		"totalAmount": o.Charged, "status": status, "targetOrderId": "4200" + o.Transaction, "targetSys": systems[o.Wallet],
	}
}

// refundWords are what refunds of bills come to (pages je24KjzL and m32QOBX0).
var refundWords = map[sandbox.RefundState]string{
	sandbox.Arrived: "SUCCESS", sandbox.Processing: "PROCESSING", sandbox.Bounced: "UNKNOWN", sandbox.CameBack: "FAIL",
}

func (n *network) billRefund(m Merchant, in struct {
	envelope
	bill
	Refund string `json:"refundOrderId"`
	Amount number `json:"refundAmount"`
	Desc   string `json:"refundDesc"`
}) *call {
	planned := n.s.Arrived(Network, sandbox.Refund, m.ours(in.Refund))
	c := &call{s: n.s, merchant: m, bills: true, do: n.s.Behave(planned, "", 0), refusal: in.envelope.refuse(n, m)}
	if c.refusal == nil {
		c.refusal = in.bill.refuse(m)
	}
	if c.refusal == nil && (in.Refund == "" || len(in.Refund) > 50 || in.Amount < 1) {
		c.refusal = failed("BAD_REQUEST", "refundOrderId 或 refundAmount 不正确")
	}
	c.act = func() reply {
		_, refusal := n.s.Refund(giving(m.billAccount(), in.key(), in.Refund, in.Amount), c.do.Network)
		return billRefusals[refusal]
	}
	c.good = func() reply {
		r := m.told(reply{"billNo": in.BillNo, "billDate": in.BillDate, "refundOrderId": in.Refund})
		back, ok := n.s.Return(m.billAccount(), in.Refund)
		if !ok {
			r["refundStatus"] = "UNKNOWN"
			return r
		}
		r["refundStatus"], r["refundAmount"] = refundWords[back.State], back.Amount
		return r
	}
	return c
}

// billRefusals are why a bill's money does not go back.
var billRefusals = map[sandbox.Refusal]reply{
	sandbox.NoOrder:     failed("NO_ORDER", "账单不存在"),
	sandbox.IsNotPaid:   failed("OPERATION_NOT_ALLOWED", "账单未支付"),
	sandbox.OtherRefund: failed("DUP_ORDER", "退款单号重复，参数不一致"),
	sandbox.TooMuch:     failed("OPERATION_NOT_ALLOWED", "退款金额大于可退金额"),
	sandbox.IsGoneBack:  failed("OPERATION_NOT_ALLOWED", "账单已全额退款"),
	sandbox.TooLate:     failed("OPERATION_NOT_ALLOWED", "超过退款期限"),
}

// closeQRCode sees that a bill is not paid any more. It is found by its code's
// own number alone.
func (n *network) closeQRCode(m Merchant, in struct {
	envelope
	QRCodeID string `json:"qrCodeId"`
}) *call {
	found, ok := n.s.Search(Network, func(o sandbox.Order) bool { return o.Account == m.billAccount() && o.Memo == in.QRCodeID })
	ours := ""
	if date, no, cut := strings.Cut(found.Number, "/"); cut {
		ours = bill{no, date}.ours(m)
	}
	planned := n.s.Arrived(Network, sandbox.Undo, ours)
	c := &call{s: n.s, merchant: m, bills: true, do: n.s.Behave(planned, "", 0), refusal: in.envelope.refuse(n, m)}
	c.act = func() reply {
		switch {
		case !ok:
			return failed("NO_ORDER", "二维码不存在")
		case found.State == sandbox.Closed:
			return failed("OPERATION_NOT_ALLOWED", "二维码已关闭")
		}
		_, refusal := n.s.Undo(sandbox.Undoing{Account: m.billAccount(), Number: found.Number, Kind: sandbox.Close}, c.do.Network)
		switch refusal {
		case "":
			return nil
		case sandbox.CallAgain:
			return failed("ORDER_PROCESSING", "订单处理中，请稍后再试")
		}
		return failed("OPERATION_NOT_ALLOWED", "账单已支付")
	}
	c.good = func() reply { return m.told(reply{"qrCodeId": in.QRCodeID}) }
	return c
}
