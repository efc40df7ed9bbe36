// Package unionpay is ChinaUMS before the books of package sandbox: code payment
// (POS通 v6) and bills that phones scan, authenticated by OPEN-BODY-SIG. It is
// written from the public pages at open.chinaums.com, which comments name, and
// shares nothing with the client.
//
// Where they have no word, the stand-in has its own, and says so here:
// a payer's refusal carries the ISO 8583 code of its kind (14 no such code, 33
// too old, 34 used, 51 no money), a repeated nonce and a clock that is more than
// five minutes off are authentication failures, and who asks too often gets the
// HTTP 412 with 9200 that was seen in the field. Replies carry no signature, so
// that the behaviours which spoil one do nothing.
package unionpay

import (
	"fmt"
	"net/http"
	"sync"
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
)

// Network is the name under which the books know it.
const Network = "unionpay"

// Merchant is a merchant of ChinaUMS, with the two pairs of numbers that a
// contract gives.
type Merchant struct {
	AppID      string // 32 characters
	AppKey     pay.Secret
	MID, TID   string // of code payment
	QRMID      string // of bills; empty: none are made
	QRTID      string
	Source     string // the 4 characters with which every bill number begins
	InPlaceOf  string // the 4 digits of our numbers whose place Source takes
	TradeWords bool   // bills are told in the words TRADE_SUCCESS ... and not PAID ...
}

// Options say whom the network knows.
type Options struct {
	Merchants []Merchant
}

// network is ChinaUMS.
type network struct {
	s *sandbox.Sandbox
	o Options

	mu     sync.Mutex
	nonces map[string]time.Time // of each app: no request is taken twice
}

// Attach puts ChinaUMS before a sandbox's books.
func Attach(s *sandbox.Sandbox, o Options) {
	n := &network{s: s, o: o, nonces: map[string]time.Time{}}
	s.Attach(sandbox.Network{Name: Network, Serve: n.serve, Transaction: transaction})
}

// transaction is a ChinaUMS order number, 26 characters at most (page kXOZy68D).
func transaction(serial int, at time.Time) string {
	return fmt.Sprintf("%s%08d", at.In(sandbox.Beijing).Format("20060102150405"), serial)
}

func (n *network) serve(mux *http.ServeMux) {
	const poslink, bills = "POST /v6/poslink/transaction/", "POST /v1/netpay/bills/"
	mux.HandleFunc(poslink+"pay", serve(n, n.pay))
	mux.HandleFunc(poslink+"query", serve(n, n.query))
	mux.HandleFunc(poslink+"voidpayment", serve(n, n.void))
	mux.HandleFunc(poslink+"refund", serve(n, n.refund))
	mux.HandleFunc(poslink+"query-refund", serve(n, n.queryRefund))
	mux.HandleFunc(bills+"get-qrcode", serve(n, n.getQRCode))
	mux.HandleFunc(bills+"query", serve(n, n.billQuery))
	mux.HandleFunc(bills+"refund", serve(n, n.billRefund))
	mux.HandleFunc(bills+"close-qrcode", serve(n, n.closeQRCode))
}

// call is one request whose sender is known.
type call struct {
	s        *sandbox.Sandbox
	merchant Merchant
	do       sandbox.Doing
	refusal  reply // set: it is not taken
	bills    bool
	act      func() reply // does it, and answers why not
	good     func() reply // what is true now
}

// start takes a request of one kind: it counts it, checks it, and says what is
// to be done. It has the body decoded.
type start[T any] func(m Merchant, in T) *call

// serve is the way of every request: authentication, fields, then the books.
func serve[T any](n *network, begin start[T]) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		m, body, refusal := n.admit(r)
		if refusal != nil {
			n.s.Write(w, refusal.parcel(http.StatusUnauthorized))
			return
		}
		var in T
		if err := sandbox.StrictJSON(body, &in); err != nil {
			n.s.Write(w, failed("9001", "参数校验失败: "+err.Error()).parcel(http.StatusOK))
			return
		}
		c := begin(m, in)
		n.s.Play(w, r, c.do.Network, c)
	}
}

// Act does what is asked for, unless it was refused already.
func (c *call) Act() {
	if c.refusal == nil {
		c.refusal = c.act()
	}
}

// Good is the answer that is true now.
func (c *call) Good() sandbox.Parcel {
	out := c.refusal
	if out == nil {
		out = c.good()
	}
	return c.spoilt(out).parcel(http.StatusOK)
}

// Fail is a refusal.
func (c *call) Fail(why string) sandbox.Parcel {
	switch {
	case why == sandbox.TooOften:
		return failed("9200", "请求过于频繁").parcel(http.StatusPreconditionFailed)
	case why == sandbox.Busy && c.bills:
		return failed("INTERNAL_ERROR", "系统繁忙").parcel(http.StatusOK)
	case why == sandbox.Busy:
		return failed("96", "系统异常").parcel(http.StatusOK)
	}
	return failed(why, "按测试要求返回: "+why).parcel(http.StatusOK)
}

// Garbage is one of the sandbox's, made of a good answer.
func (c *call) Garbage(name string) sandbox.Parcel {
	good := c.Good()
	switch name {
	case "fail", "fail-signed":
		return failed("9999", "系统异常").parcel(http.StatusOK)
	case "doctype", "entity", "doubled":
		lie := `"errCode":"00"`
		if c.bills {
			lie = `"errCode":"SUCCESS"`
		}
		good.Body = sandbox.SpoilJSON(name, good.Body, lie)
	default:
		good.Body = sandbox.SpoilJSON(name, good.Body, "")
	}
	return good
}
