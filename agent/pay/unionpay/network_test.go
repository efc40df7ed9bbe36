package unionpay

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tillgate/agent/pay"
)

const (
	testAppID = "10037e6f6823b20801682b6a5e5a0006"
	testKey   = "1c4e3b16066244ae9b236a09e5b312e8"
	number    = "880100520001004210000171"
	bill      = "3194" + "00520001004210000171"
	code      = "6220001234567890123"
	words     = "银行的话"
	network26 = "20261125093001000000000123"
)

const (
	callPay         = "/v6/poslink/transaction/pay"
	callQuery       = "/v6/poslink/transaction/query"
	callVoid        = "/v6/poslink/transaction/voidpayment"
	callRefund      = "/v6/poslink/transaction/refund"
	callRefundQuery = "/v6/poslink/transaction/query-refund"
)

var asked = time.Date(2026, 11, 25, 9, 30, 0, 0, pay.Beijing)

var (
	attempt = pay.Attempt{Number: number, Merchant: "shop", Amount: 500, Asked: asked, Stamp: asked}
	charge  = pay.Charge{Attempt: attempt, Code: code, Title: "停车费", Device: "gate-7", Lane: "exit", Staff: "8"}
)

var testOptions = Options{
	AppID: testAppID, AppKey: testKey, MID: "898310148160568", TID: "12345678",
	QRMID: "898310148160569", QRTID: "00000001", Source: "3194", Serial: "TG-0001", Longitude: "119.29129", Latitude: "26.063591",
}

// call is a request as the network got it.
type call struct {
	path string
	got  object
}

// network answers calls as a test wants, and keeps what it was asked. It takes
// nothing that is not signed.
type network struct {
	t      *testing.T
	answer func(c call) object                 // nil, or a nil object: 25, or NO_ORDER
	raw    func(c call) (status int, _ string) // in its place
	now    func() time.Time                    // nil: asked, a second later

	mu    sync.Mutex
	calls []call
}

func (n *network) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	c := call{path: r.URL.Path}
	if c.got, err = decode(body); err != nil {
		n.t.Errorf("sent a bad message: %v", err)
	}
	stamp, good := verifies(r.Header.Get("Authorization"), testAppID, testKey, body)
	if !good || stamp != n.time().In(pay.Beijing).Format("20060102150405") {
		n.t.Errorf("%s came with the header %s", c.path, r.Header.Get("Authorization"))
	}
	if r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" {
		n.t.Errorf("%s came as %s with %v", c.path, r.Method, r.Header)
	}
	n.mu.Lock()
	n.calls = append(n.calls, c)
	n.mu.Unlock()
	status, text := http.StatusOK, ""
	if n.raw != nil {
		status, text = n.raw(c)
	} else {
		text = n.reply(c)
	}
	header := http.Header{"Date": {n.time().UTC().Format(http.TimeFormat)}}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(text)), Request: r}, nil
}

func (n *network) time() time.Time {
	if n.now == nil {
		return asked.Add(time.Second)
	}
	return n.now()
}

// reply is an answer with the echo of whom and what it is about.
func (n *network) reply(c call) string {
	var answer object
	if n.answer != nil {
		answer = n.answer(c)
	}
	if answer == nil {
		answer = object{"errCode": "25", "errInfo": words}
		if strings.HasPrefix(c.path, "/v1/netpay/") {
			answer = object{"errCode": "NO_ORDER", "errMsg": words}
		}
	}
	full := object{}
	for _, name := range []string{"merchantCode", "merchantOrderId", "refundRequestId", "mid", "billNo"} {
		if value, ok := c.got[name]; ok {
			full[name] = value
		}
	}
	for name, value := range answer {
		if full[name] = value; value == nil {
			delete(full, name)
		}
	}
	text, err := json.Marshal(full)
	if err != nil {
		n.t.Error(err)
	}
	return string(text)
}

// asked are the paths of the calls so far, without what they have in common.
func (n *network) asked() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	var paths []string
	for _, c := range n.calls {
		paths = append(paths, c.path[strings.LastIndex(c.path, "/")+1:])
	}
	return paths
}

// last is the newest call of a path.
func (n *network) last(path string) object {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, c := range slices.Backward(n.calls) {
		if c.path == path {
			return c.got
		}
	}
	n.t.Errorf("%s was not asked", path)
	return nil
}

// shower makes a provider that asks the network.
func (n *network) shower(t *testing.T, o Options) *Shower {
	t.Helper()
	n.t = t
	o.Client, o.Now = &http.Client{Transport: n}, n.time
	s, err := NewShower("shop", o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// saying answers each call of a path with an object, others with "not found".
func saying(answers map[string]object) *network {
	return &network{answer: func(c call) object { return answers[c.path] }}
}

// with is an object with more fields; nil takes one away.
func with(o object, more object) object {
	all := object{}
	for _, part := range []object{o, more} {
		for name, value := range part {
			if all[name] = value; value == nil {
				delete(all, name)
			}
		}
	}
	return all
}

// paidByCode is a good answer to a charge, queriedPaid one to a query of it.
var (
	paidByCode = object{"errCode": "00", "errInfo": "成功", "orderId": network26, "transactionAmount": 500, "amount": 500, "actualTransactionAmount": 500,
		"chnlType": "WXPay", "transactionDateWithYear": "20261125", "transactionTime": "093001"}
	queriedPaid = object{"errCode": "00", "errInfo": "成功", "queryResCode": "0", "orderStatus": "TRADE_SUCCESS", "orderId": network26,
		"originalTransactionAmount": 500, "amount": 500, "actualTransactionAmount": 500, "chnlType": "WXPay", "originalTransactionTime": "20261125093001", "refundedAmount": 0}
)

// queried is an answer to a query with this queryResCode.
func queried(res any) object {
	return with(queriedPaid, object{"queryResCode": res, "orderStatus": nil})
}

// failed is a refusal.
func failed(code string) object { return object{"errCode": code, "errInfo": words} }
