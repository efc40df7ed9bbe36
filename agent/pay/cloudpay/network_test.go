package cloudpay

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tillgate/agent/pay"
	"tillgate/store/money"
)

const (
	testKey = "S7mQ2vXc9LpR4tYw8ZbN6kHd3GfJ5aUe"
	lastKey = "e5Kj8Pq2Wn4Rt6Yx9Vb3Mc7Lf0Hd1Gs4" // the one before it
	ours    = "https://cloud.example"
	number  = "010000520001004210000171"
	wxCode  = "134567890123456789"
	aliCode = "281234567890123456"
)

var asked = time.Unix(1795512600, 0)

var (
	attempt = pay.Attempt{Number: number, Merchant: "shop", Amount: 500, Asked: asked}
	charge  = pay.Charge{Attempt: attempt, Code: wxCode, Title: "停车费", Device: "gate-7", Lane: "exit"}
	offer   = pay.Offer{Attempt: attempt, Title: "停车费", Life: 90 * time.Second, Device: "gate-7", Lane: "exit"}
	part    = pay.Refund{Of: attempt, Number: number + "01", Amount: 200, Reason: "少停一小时", Staff: "0031"}
)

func testOptions() Options {
	return Options{
		Hosts: []string{ours}, OutMchID: "sz01provider", SubMchID: "sz01merchant", ShopID: "sz01store", CashierID: "01000052", Key: testKey,
		DeviceID: "gate 7", SubTerminalType: 331, StaffID: "0007", Now: func() time.Time { return asked },
	}
}

// message is a JSON object.
type message = map[string]any

// sale is an order in the network's books.
type sale struct {
	wallet  string
	state   int
	total   money.Fen
	refunds map[string]*giving
}

// giving is a refund in them.
type giving struct {
	state int
	fee   money.Fen
}

// network is Cloud Pay with its books. It sees to it that every call is signed as
// it should be, and does what it is told to do instead of what it should.
type network struct {
	t    *testing.T
	keys []pay.Secret // that it takes; it answers with the one that it was asked with

	mu    sync.Mutex
	log   []string // "host call", in the order in which they came
	got   map[string]message
	books map[string]*sale
	holds map[string]*deposit
	opens int                                // the state in which a code payment begins; 0: paid
	grows int                                // the state of a new refund; 0: done
	say   map[string]func(c message) message // by call: what is answered instead
	raw   func(host, call string) (int, string)
	fail  map[string]string // by host: "refuse", "lost", "lost-after", "hang", or an HTTP status
}

func (n *network) provider(t *testing.T, spoil ...func(o *Options)) *Provider {
	t.Helper()
	n.t = t
	if n.keys == nil {
		n.keys = []pay.Secret{testKey}
	}
	n.got, n.books, n.holds = map[string]message{}, map[string]*sale{}, map[string]*deposit{}
	o := testOptions()
	for _, f := range spoil {
		f(&o)
	}
	o.Client = &http.Client{Transport: n}
	p, err := New("shop", o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// RoundTrip is one call.
func (n *network) RoundTrip(r *http.Request) (*http.Response, error) {
	host, call := r.URL.Host, strings.TrimPrefix(r.URL.Path, "/cpay/")
	n.mu.Lock()
	how := n.fail[host]
	n.mu.Unlock()
	if how == "refuse" {
		return nil, errors.New("connection refused")
	}
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
	}
	n.mu.Lock()
	n.log = append(n.log, strings.TrimSpace(host+" "+call))
	n.mu.Unlock()
	switch how {
	case "lost":
		return nil, errors.New("connection reset")
	case "hang":
		<-r.Context().Done()
		return nil, r.Context().Err()
	case "502":
		return reply200(r, http.StatusBadGateway, "<html>bad gateway</html>"), nil
	}
	status, text := http.StatusOK, ""
	if n.raw != nil {
		status, text = n.raw(host, call)
	} else {
		text = n.answer(call, r, body)
	}
	if how == "lost-after" {
		return nil, errors.New("connection reset")
	}
	return reply200(r, status, text), nil
}

func reply200(r *http.Request, status int, text string) *http.Response {
	header := http.Header{"Date": {asked.UTC().Format(http.TimeFormat)}}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(text)), Request: r}
}

// answer checks an envelope and fills another.
func (n *network) answer(call string, r *http.Request, body []byte) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	if call == "ping" {
		return `{"timestamp":1795512600,"status":0,"description":"ok"}`
	}
	if r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" {
		n.t.Errorf("%s came as %s with %s", call, r.Method, r.Header)
	}
	var in struct {
		Content string `json:"request_content"`
		Info    struct {
			A struct {
				Type int    `json:"authen_type"`
				Code string `json:"authen_code"`
			} `json:"a"`
		} `json:"authen_info"`
	}
	var c message
	if err := json.Unmarshal(body, &in); err != nil {
		n.t.Errorf("%s came as %q: %v", call, body, err)
	}
	if err := json.Unmarshal([]byte(in.Content), &c); err != nil {
		n.t.Errorf("%s asks %q: %v", call, in.Content, err)
	}
	n.got[call] = c
	i := slices.IndexFunc(n.keys, func(key pay.Secret) bool { return in.Info.A.Code == hmacOf(in.Content, key) })
	if in.Info.A.Type != 1 || i < 0 {
		return envelope(message{"status": 101, "internal_status": 7, "description": "authen_code wrong", "log_id": 77}, "")
	}
	out := message{"status": 0, "description": "ok", "log_id": 78}
	if f := n.say[call]; f != nil {
		maps.Copy(out, f(c))
	} else {
		maps.Copy(out, n.carryOut(call, c))
	}
	return envelope(out, n.keys[i])
}

// hmacOf is the signature as page 37627 has it, made without the code under test.
func hmacOf(text string, key pay.Secret) string {
	m := hmac.New(sha256.New, []byte(key))
	m.Write([]byte(text))
	return fmt.Sprintf("%X", m.Sum(nil))
}

// envelope is a reply; without a key it is not signed.
func envelope(content message, key pay.Secret) string {
	text, err := json.Marshal(content)
	if err != nil {
		panic(err)
	}
	return wrap(strings.ReplaceAll(string(text), "/", `\/`), key)
}

func wrap(text string, key pay.Secret) string {
	out := message{"response_content": text}
	if key != "" {
		out["authen_info"] = message{"a": message{"authen_type": 1, "authen_code": hmacOf(text, key)}}
	}
	body, err := json.Marshal(out)
	if err != nil {
		panic(err)
	}
	return string(body)
}

func str(c message, name string) string { text, _ := c[name].(string); return text }

func object(c message, name string) message { m, _ := c[name].(message); return m }

// carryOut does what a call asks for.
func (n *network) carryOut(call string, c message) message {
	order := object(c, "pay_content")
	name := str(c, "out_trade_no")
	switch call {
	case "micro_freeze", "scancode_freeze", "query_freeze_order", "deposit_consume", "unfreeze", "query_unfreeze_order":
		return n.carryHold(call, c)
	case "micro_pay":
		name = str(order, "out_trade_no")
		n.books[name] = &sale{wallet: platformName(c), state: cmp.Or(n.opens, 2), total: fenOf(order, "total_fee"), refunds: map[string]*giving{}}
		return message{"micro_pay": n.trade(name)}
	case "scan_code_pay":
		name = str(order, "out_trade_no")
		n.books[name] = &sale{wallet: platformName(c), state: 1, total: fenOf(order, "total_fee"), refunds: map[string]*giving{}}
		return message{"scan_code_pay": message{"code_url": "weixin://wxpay/bizpayurl?pr=x", "nonce_str": "n"}}
	case "refund":
		name = str(object(c, "refund_content"), "out_trade_no")
	}
	s := n.books[name]
	if s == nil {
		return message{"status": 102, "description": "order does not exist"}
	}
	switch call {
	case "query_order":
		return message{"query_order": n.trade(name)}
	case "close_order", "reverse":
		return n.end(call, s)
	case "refund":
		return n.refund(s, object(c, "refund_content"))
	case "query_refund_order":
		return n.refundOf(s, name, str(c, "out_refund_no"))
	}
	n.t.Errorf("nobody knows %s", call)
	return nil
}

func platformName(c message) string {
	switch object(c, "pay_mch_key")["pay_platform"] {
	case 1.0:
		return wechat
	case 2.0:
		return alipay
	}
	return ""
}

func fenOf(c message, name string) money.Fen { f, _ := c[name].(float64); return money.Fen(f) }

// trade is what the books say of an order.
func (n *network) trade(name string) message {
	s := n.books[name]
	return tradeOf(name, s.wallet, s.state, s.total)
}

func tradeOf(name, wallet string, state int, total money.Fen) message {
	order := message{
		"out_trade_no": name, "transaction_id": "4200001234", "total_fee": total, "fee_type": "CNY", "cash_fee": total, "settlement_total_fee": total,
		"time_end": asked.Add(3 * time.Second).Unix(), "trade_state": 4, "author_code": "",
	}
	order[map[string]string{wechat: "wxpay", alipay: "alipay", record: "record"}[wallet]+"_order_content_ext"] = message{
		"current_trade_state": state, "trade_state_desc": "网络的话",
	}
	key := message{"pay_platform": platforms[wallet], "out_mch_id": "sz01provider", "out_sub_mch_id": "sz01merchant", "out_shop_id": "sz01store"}
	return message{"order_content": order, "pay_mch_key": key, "nonce_str": "n"}
}

// end closes or reverses what is open.
func (n *network) end(call string, s *sale) message {
	switch {
	case orderStates[s.wallet][s.state].state != pay.Waiting:
		return message{"status": 104, "description": "not open"}
	case s.wallet == alipay:
		s.state = 5
	case call == "reverse":
		s.state = 8
	default:
		s.state = 7
	}
	return message{call: message{"nonce_str": "n"}}
}

func (n *network) refund(s *sale, c message) message {
	name, fee := str(c, "out_refund_no"), fenOf(c, "refund_fee")
	if s.refunds[name] == nil {
		sum := fee
		for _, b := range s.refunds {
			sum += b.fee
		}
		if orderStates[s.wallet][s.state].state != pay.Paid || sum > s.total || fenOf(c, "total_fee") != s.total {
			return message{"status": 104, "description": "no"}
		}
		s.refunds[name] = &giving{state: cmp.Or(n.grows, 2), fee: fee}
		if sum == s.total {
			s.state = map[string]int{wechat: 4, alipay: 5}[s.wallet]
		}
	}
	order := refundOf(str(c, "out_trade_no"), name, s.wallet, s.refunds[name])
	order["total_fee"] = s.total
	return message{"refund": message{"refund_order_content": order}}
}

func (n *network) refundOf(s *sale, name, refund string) message {
	var all []message
	for no, b := range s.refunds {
		if refund == "" || no == refund {
			all = append(all, refundOf(name, no, s.wallet, b))
		}
	}
	return message{"query_refund_order": message{"refund_order_content": all, "nonce_str": "n"}}
}

func refundOf(name, refund, wallet string, b *giving) message {
	state := map[string]string{wechat: "state", alipay: "refund_status", record: "state"}[wallet]
	ext := map[string]string{wechat: "wxpay", alipay: "alipay", record: "record"}[wallet] + "_refund_order_content_ext"
	return message{"out_refund_no": refund, "out_trade_no": name, "total_fee": 500, "refund_fee": b.fee, ext: message{state: b.state}}
}

// sent is how often a call has come to any host.
func (n *network) sent(call string) (times int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, line := range n.log {
		if strings.HasSuffix(line, " "+call) {
			times++
		}
	}
	return times
}

// calls are the calls in the order in which they came, and forgets them.
func (n *network) calls() (all []string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, line := range n.log {
		_, call, _ := strings.Cut(line, " ")
		all = append(all, call)
	}
	n.log = nil
	return all
}

// open puts an order into the books.
func (n *network) open(wallet string, state int) {
	n.books[number] = &sale{wallet: wallet, state: state, total: 500, refunds: map[string]*giving{}}
}
