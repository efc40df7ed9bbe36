// Package wechat plays the wire of WeChat Pay on the books of a sandbox: code
// payment and deposits of API v2, in XML, code payment of API v3, in JSON, the
// codes that a phone scans, and their refunds. It is written from the public pages alone and not
// for learning how a client is made: it shares no code with the one that it tests.
package wechat

import (
	"crypto/x509"
	"fmt"
	"net/http"
	"sync"
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
)

// Merchant is an account at WeChat Pay.
type Merchant struct {
	AppID, MchID       string            // the merchant's, or its service provider's
	SubAppID, SubMchID string            // SubMchID empty: a direct merchant
	Key                pay.Secret        // APIv2 key of MchID
	V3Key              pay.Secret        // APIv3 key of MchID
	Cert               *x509.Certificate // of MchID, whose key signs API v3; nil: API v3 refuses the merchant
}

// account is the merchant in the books: numbers are unique per MchID.
func (m Merchant) account() sandbox.Account {
	return sandbox.Account{Network: sandbox.WeChat, Name: m.name(), Within: m.MchID}
}

// name is the one whose money it is.
func (m Merchant) name() string {
	if m.SubMchID != "" {
		return m.SubMchID
	}
	return m.MchID
}

// Options say whom WeChat Pay knows.
type Options struct {
	Merchants []Merchant
}

// Network is WeChat Pay. Its methods may be called from several goroutines.
type Network struct {
	s *sandbox.Sandbox
	o Options

	mu        sync.Mutex
	platforms []platform
}

// Attach puts WeChat Pay before the books of a sandbox.
func Attach(s *sandbox.Sandbox, o Options) *Network {
	n := &Network{s: s, o: o}
	s.Attach(sandbox.Network{Name: sandbox.WeChat, Serve: n.serve, Transaction: func(serial int, at time.Time) string {
		return fmt.Sprintf("4200%s%016d", at.In(sandbox.Beijing).Format("20060102"), serial)
	}})
	return n
}

func (n *Network) serve(mux *http.ServeMux) {
	mux.HandleFunc("/pay/micropay", n.v2(sandbox.Charge, false, false))
	mux.HandleFunc("/pay/orderquery", n.v2(sandbox.Query, false, false))
	mux.HandleFunc("/secapi/pay/reverse", n.v2(sandbox.Undo, true, false))
	mux.HandleFunc("/secapi/pay/refund", n.v2(sandbox.Refund, true, false))
	mux.HandleFunc("/pay/refundquery", n.v2(sandbox.RefundQuery, false, false))
	mux.HandleFunc("/deposit/micropay", n.v2(sandbox.Hold, false, true))
	mux.HandleFunc("/deposit/orderquery", n.v2(sandbox.HoldQuery, false, true))
	mux.HandleFunc("/deposit/reverse", n.v2(sandbox.HoldUndo, true, true))
	mux.HandleFunc("/deposit/consume", n.v2(sandbox.Capture, true, true))
	mux.HandleFunc("/deposit/refund", n.v2(sandbox.Refund, true, true))
	mux.HandleFunc("/deposit/refundquery", n.v2(sandbox.RefundQuery, false, true))
	for _, partner := range []bool{false, true} {
		base := "/v3/pay/transactions/"
		if partner {
			base = "/v3/pay/partner/transactions/"
		}
		mux.HandleFunc("POST "+base+"native", n.v3(sandbox.Show, partner))
		mux.HandleFunc("POST "+base+"codepay", n.v3(sandbox.Charge, partner))
		mux.HandleFunc("GET "+base+"out-trade-no/{number}", n.v3(sandbox.Query, partner))
		mux.HandleFunc("POST "+base+"out-trade-no/{number}/close", n.v3(sandbox.Undo, partner))
		mux.HandleFunc("POST "+base+"out-trade-no/{number}/reverse", n.v3(sandbox.Undo, partner))
	}
	mux.HandleFunc("POST /v3/refund/domestic/refunds", n.v3(sandbox.Refund, false))
	mux.HandleFunc("GET /v3/refund/domestic/refunds/{refund}", n.v3(sandbox.RefundQuery, false))
	mux.HandleFunc("GET /v3/certificates", n.v3(sandbox.Certificates, false))
}

// wallets are whose codes are taken, and whose phones pay.
var wallets = []string{sandbox.WeChat}

// When a charge may be undone (reverse pages of both families).
const (
	undoNotBefore = 15 * time.Second
	undoNotAfter  = 7 * 24 * time.Hour
)

// memo is what we keep of an order.
type memo struct {
	merchant Merchant
	device   string
	v3       bool // it came through API v3
}

func memoOf(o sandbox.Order) memo { return o.Memo.(memo) }

func tradeType(o sandbox.Order) string {
	if o.Shown {
		return "NATIVE"
	}
	return "MICROPAY"
}

// tradeStates are the states of orders in WeChat Pay's words.
var tradeStates = map[sandbox.State]struct{ state, words string }{
	sandbox.NotPaid:  {"NOTPAY", "订单未支付"},
	sandbox.Asking:   {"USERPAYING", "用户支付中，需要输入密码"},
	sandbox.Paid:     {"SUCCESS", "支付成功"},
	sandbox.Failing:  {"PAYERROR", "支付失败，请撤销订单"},
	sandbox.Closed:   {"CLOSED", "订单已关闭"},
	sandbox.Revoked:  {"REVOKED", "订单已撤销"},
	sandbox.Refunded: {"REFUND", "订单发生过退款，退款详情请查询退款单"},
}
