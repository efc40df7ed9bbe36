// Package cloudpay is Tencent Cloud Pay before the books of package sandbox. It
// is written from the public pages at cloud.tencent.com/document/product/569, which
// comments name, and shares nothing with the client.
//
// Where they have no word, the stand-in has its own, and says so here:
// an order or a refund that is not known is status 102, a payer without money or
// with a bad code is 104, who asks too often is 103, and a key is changed at the
// moment that Merchant.NextFrom names. A deposit or a release that is not known is
// 102, and so is a number that comes again with other data; nothing closes a deposit
// that its payer has not agreed to; one of WeChat's is released whole.
package cloudpay

import (
	"fmt"
	"net/http"
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
)

// Network is the name under which the books know it.
const Network = "cloudpay"

// Merchant is a sub-merchant of Cloud Pay with one store (page 37627).
type Merchant struct {
	OutMchID    string // the provider's
	OutSubMchID string
	OutShopID   string
	CashierID   string     // 8 digits: every number begins with it
	Key         pay.Secret // authen_key
	NextKey     pay.Secret // the only good one from NextFrom on; empty: there is no change
	NextFrom    time.Time
	Clerks      []string // staff_ids with the right to give money back
	Reverse     bool     // the old interface is still there
	Devices     []Device
}

// Device is one of a store's devices.
type Device struct {
	ID        string // device_id
	StaffID   string // the clerk that was chosen for it
	Type      int    // sub_terminal_type of its brand
	ConfigURL string // si of the QR code that binds it; empty: it cannot be bound
}

// Options say whom the network knows.
type Options struct {
	Merchants []Merchant
}

type network struct {
	s     *sandbox.Sandbox
	o     Options
	bound *bindings
}

// Attach puts Cloud Pay before a sandbox's books.
func Attach(s *sandbox.Sandbox, o Options) {
	n := &network{s: s, o: o, bound: newBindings()}
	s.Attach(sandbox.Network{Name: Network, Serve: n.serve, Transaction: func(serial int, at time.Time) string {
		return fmt.Sprintf("4200%s%014d", at.In(sandbox.Beijing).Format("20060102"), serial)
	}})
}

func (n *network) serve(mux *http.ServeMux) {
	mux.HandleFunc("POST /cpay/micro_pay", serve(n, n.microPay))
	mux.HandleFunc("POST /cpay/scan_code_pay", serve(n, n.scanCodePay))
	mux.HandleFunc("POST /cpay/query_order", serve(n, n.queryOrder))
	mux.HandleFunc("POST /cpay/close_order", serve(n, n.closeOrder))
	mux.HandleFunc("POST /cpay/reverse", serve(n, n.reverse))
	mux.HandleFunc("POST /cpay/refund", serve(n, n.refund))
	mux.HandleFunc("POST /cpay/query_refund_order", serve(n, n.queryRefund))
	mux.HandleFunc("POST /cpay/micro_freeze", serve(n, n.microFreeze))
	mux.HandleFunc("POST /cpay/scancode_freeze", serve(n, n.scanCodeFreeze))
	mux.HandleFunc("POST /cpay/query_freeze_order", serve(n, n.queryFreeze))
	mux.HandleFunc("POST /cpay/deposit_consume", serve(n, n.depositConsume))
	mux.HandleFunc("POST /cpay/unfreeze", serve(n, n.unfreeze))
	mux.HandleFunc("POST /cpay/query_unfreeze_order", serve(n, n.queryUnfreeze))
	mux.HandleFunc("POST /cpay/ping", n.ping)
	mux.HandleFunc("GET /cpay/use_device_setting", n.useDeviceSetting)
	mux.HandleFunc("POST /cpay/unbind_device_sn_code", serve(n, n.unbind))
}

// ping is the probe of a host (page 37627).
func (n *network) ping(w http.ResponseWriter, _ *http.Request) {
	n.s.Write(w, bare(reply{"timestamp": n.s.Now().Unix(), "status": 0, "description": "ok"}))
}

// begins takes a request whose body is decoded: it counts it, checks it, and
// says what is to be done.
type begins[T any] func(m Merchant, in T) *call

// serve is the way of every request in an envelope.
func serve[T any](n *network, begin begins[T]) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, code, err := open(r)
		if err != nil {
			n.s.Write(w, unsigned(reply{"status": 101, "description": err.Error(), "internal_status": 1}))
			return
		}
		m, refusal := n.whose(body, code)
		if refusal != nil {
			n.s.Write(w, unsigned(refusal))
			return
		}
		var in T
		if err := sandbox.StrictJSON([]byte(body), &in); err != nil {
			n.s.Write(w, unsigned(reply{"status": 101, "description": "参数错误: " + err.Error(), "internal_status": 2}))
			return
		}
		c := begin(m, in)
		c.key, c.s = m.key(n.s.Now()), n.s
		n.s.Play(w, r, c.do.Network, c)
	}
}

// key is the merchant's good key at a moment.
func (m Merchant) key(at time.Time) pay.Secret {
	if m.NextKey != "" && !at.Before(m.NextFrom) {
		return m.NextKey
	}
	return m.Key
}

func (m Merchant) account() sandbox.Account {
	return sandbox.Account{Network: Network, Name: m.OutSubMchID}
}

// call is one request whose sender is known.
type call struct {
	s       *sandbox.Sandbox
	key     pay.Secret
	name    string // the interface, whose name its result has
	do      sandbox.Doing
	refusal reply // set: it is not taken
	act     func() reply
	good    func() reply // the result, as is true now
}

// Act does what is asked for, unless it was refused already.
func (c *call) Act() {
	if c.refusal == nil {
		c.refusal = c.act()
	}
}

// Good is the answer that is true now.
func (c *call) Good() sandbox.Parcel {
	if c.refusal != nil {
		return c.pack(c.refusal)
	}
	result := c.good()
	if result["status"] != nil { // only by now it is a refusal
		return c.pack(result)
	}
	return c.pack(c.spoilt(reply{"status": 0, "description": "ok", c.name: result}))
}

// internals are the documented internal statuses, with the statuses that they
// come with (pages 32387 and 37627).
var internals = map[string][2]int{"7": {101, 7}, "407": {104, 407}, "3214": {104, 3214}, "3215": {104, 3215}}

// Fail is a refusal: a status, "104 407" with the internal one behind it, or a
// documented internal one alone.
func (c *call) Fail(why string) sandbox.Parcel {
	status, internal := 103, 0
	if pair, known := internals[why]; known {
		status, internal = pair[0], pair[1]
	} else if why != sandbox.Busy && why != sandbox.TooOften {
		if _, err := fmt.Sscanf(why, "%d %d", &status, &internal); err != nil {
			fmt.Sscanf(why, "%d", &status) //nolint:errcheck // what is no number stays 103
		}
	}
	return c.pack(reply{"status": status, "description": "按测试要求返回: " + why, "internal_status": internal})
}

// Garbage is one of the sandbox's, made of a good answer.
func (c *call) Garbage(name string) sandbox.Parcel {
	good := c.Good()
	switch name {
	case "fail":
		return unsigned(reply{"status": 101, "description": "系统异常", "internal_status": 7})
	case "fail-signed":
		return c.pack(reply{"status": 103, "description": "结果未知"})
	}
	good.Body = sandbox.SpoilJSON(name, good.Body, `"response_content":"{}"`)
	return good
}
