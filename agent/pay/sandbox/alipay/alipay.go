// Package alipay is Alipay's gateway before the books of package sandbox: face
// to face payment and pre-authorised deposits, signed with RSA2 both ways. It is
// written from the public pages at opendocs.alipay.com, which comments name, and
// shares nothing with the client.
//
// Where they have no word, the stand-in has its own, and says so here: a
// clock that is more than ten minutes off is isv.invalid-timestamp, a refund
// that comes sooner than three seconds after the last is ACQ.REFUND_CHARGE_ERROR,
// and a password is asked of those payers alone who behave so, whatever the amount.
// A deposit by QR code is there when it was scanned, like a trade; it may be
// captured and released in parts as long as something is left of it.
package alipay

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
)

// Network is the name under which the books know it.
const Network = "alipay"

// Merchant is an account with an application of its own, or one whose service
// provider's application acts for it (page 00f7nr).
type Merchant struct {
	AppID        string         // of the merchant or of its service provider
	Public       *rsa.PublicKey // of the application
	Seller       string         // PID whose money it is, 16 digits
	AppAuthToken pay.Secret     // empty: the application is the merchant's own
	Provider     string         // PID of the service provider; needed with a token
	UserIDs      bool           // an old application: it is told user ids, and not open ids
	DepositLasts time.Duration  // after which the contract releases a deposit; 0: never
	Contracts    []string       // what is not here is answered ACQ.ACCESS_FORBIDDEN; empty: all that is played
}

// Options say whom the network knows.
type Options struct {
	Merchants []Merchant
}

type network struct {
	s *sandbox.Sandbox
	o Options
}

// Attach puts Alipay before a sandbox's books.
func Attach(s *sandbox.Sandbox, o Options) {
	n := &network{s, o}
	s.Attach(sandbox.Network{Name: Network, Serve: n.serve, Transaction: func(serial int, at time.Time) string {
		return fmt.Sprintf("%s2200141%013d", at.In(sandbox.Beijing).Format("20060102"), serial)
	}})
}

// PublicKeyPEM is the key that answers are verified by, as Alipay's console gives it out.
func PublicKeyPEM() []byte {
	der, err := x509.MarshalPKIXPublicKey(sandbox.Signer(keyName).Public())
	if err != nil {
		panic(err) // it is an RSA key
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

// keyName is the key that signs answers.
const keyName = "alipay platform"

func (n *network) serve(mux *http.ServeMux) { mux.HandleFunc("POST /gateway.do", n.gateway) }

// methods are what is played, by the name that a request gives.
var methods = map[string]func(n *network, m Merchant, biz []byte) (*call, error){
	"alipay.trade.pay":                  begin((*network).pay),
	"alipay.trade.precreate":            begin((*network).precreate),
	"alipay.trade.query":                begin((*network).query),
	"alipay.trade.cancel":               begin((*network).cancel),
	"alipay.trade.close":                begin((*network).close),
	"alipay.trade.refund":               begin((*network).refund),
	"alipay.trade.fastpay.refund.query": begin((*network).refundQuery),

	"alipay.fund.auth.order.freeze":           begin((*network).freeze),
	"alipay.fund.auth.order.voucher.create":   begin((*network).voucher),
	"alipay.fund.auth.order.unfreeze":         begin((*network).unfreeze),
	"alipay.fund.auth.operation.detail.query": begin((*network).detail),
	"alipay.fund.auth.operation.cancel":       begin((*network).cancelDeposit),
}

// begin decodes a request's business content for its method.
func begin[T any](method func(n *network, m Merchant, in T) *call) func(n *network, m Merchant, biz []byte) (*call, error) {
	return func(n *network, m Merchant, biz []byte) (*call, error) {
		var in T
		if err := sandbox.StrictJSON(biz, &in); err != nil {
			return nil, err
		}
		return method(n, m, in), nil
	}
}

func (n *network) gateway(w http.ResponseWriter, r *http.Request) {
	m, form, refusal := n.admit(r)
	if refusal != nil {
		n.s.Write(w, unsigned("error_response", refusal))
		return
	}
	method, node := form.Get("method"), nodeOf(form.Get("method"))
	play, known := methods[method]
	if !known {
		n.s.Write(w, unsigned("error_response", failed("40002", "isv.invalid-method", "不存在的方法名")))
		return
	}
	c, err := play(n, m, []byte(form.Get("biz_content")))
	if err != nil {
		n.s.Write(w, unsigned(node, failed("40002", "isv.invalid-parameter", "业务参数错误: "+err.Error())))
		return
	}
	c.node = node
	n.s.Play(w, r, c.do.Network, c)
}

func (m Merchant) account() sandbox.Account {
	return sandbox.Account{Network: Network, Name: m.Seller}
}

// call is one request whose sender is known.
type call struct {
	node    string
	fund    bool // of deposits, whose sub-codes have no prefix
	do      sandbox.Doing
	refusal reply // set: it is not taken
	act     func() reply
	good    func() reply // what is true now
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
	return c.pack(c.spoilt(out))
}

// gateways are the codes of documented sub-codes that are not about business (page common/02km9f).
var gateways = map[string]string{
	"isp.unknow-error": "20000", "aop.unknow-error": "20000",
	"aop.invalid-auth-token": "20001", "aop.invalid-app-auth-token": "20001", "aop.app-auth-token-time-out": "20001",
	"aop.invalid-app-auth-token-no-api": "20001", "aop.no-product-reg-by-partner": "20001",
	"isv.invalid-signature": "40002", "isv.invalid-app-id": "40002", "isv.invalid-timestamp": "40002", "isv.invalid-encrypt": "40002",
	"isv.missing-signature-config": "40003", "isv.invalid-auth-relations": "40003",
	"isv.app-call-limited": "40005", "isv.method-call-limited": "40005",
	"isv.insufficient-isv-permissions": "40006",
}

// Fail is a refusal with a documented code: a business one, "ACQ.SYSTEM_ERROR",
// or one of the gateway's, "40005", "isv.app-call-limited" or both.
func (c *call) Fail(why string) sandbox.Parcel {
	switch {
	case why == sandbox.Busy && c.fund:
		return c.pack(barred("SYSTEM_ERROR", "系统繁忙"))
	case why == sandbox.Busy:
		return c.pack(failed("20000", "ACQ.SYSTEM_ERROR", "系统繁忙"))
	case why == sandbox.TooOften:
		return c.pack(failed("40005", "isv.app-call-limited", "应用调用次数超限"))
	}
	code, sub := "40004", why
	if gateway, known := gateways[why]; known {
		code = gateway
	} else if len(why) >= 5 && why[0] >= '1' && why[0] <= '4' {
		if code, sub = why[:5], ""; len(why) > 6 {
			sub = why[6:]
		}
	}
	return c.pack(failed(code, sub, "按测试要求返回: "+why))
}

// Garbage is one of the sandbox's, made of a good answer.
func (c *call) Garbage(name string) sandbox.Parcel {
	switch name {
	case "fail":
		return unsigned(c.node, failed("40004", "ACQ.BUYER_BALANCE_NOT_ENOUGH", "余额不足"))
	case "fail-signed":
		return c.pack(failed("20000", "isp.unknow-error", "服务暂不可用"))
	}
	good := c.Good()
	good.Body = sandbox.SpoilJSON(name, good.Body, `"`+c.node+`":{"code":"10000","msg":"Success"}`)
	return good
}
