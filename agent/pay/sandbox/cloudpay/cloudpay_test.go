package cloudpay

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
)

var shop = Merchant{
	OutMchID: "sz01provider00000000", OutSubMchID: "sz01merchant00000000", OutShopID: "sz01shop000000000000", CashierID: "01000052",
	Key: "abcdefghijklmnopqrstuvwxyz012345", Clerks: []string{"1001"}, Reverse: true,
	Devices: []Device{{ID: "2001", StaffID: "1001", Type: 70, ConfigURL: "secret-of-the-code"}},
}

// TestVectors are those of page 37627 that are of messages.
func TestVectors(t *testing.T) {
	t.Parallel()
	const key = "0123456789ABCDEF0123456789ABCDEF"
	for content, want := range map[string]string{
		`{"nonce_str":"n1","out_trade_no":"01000052T1"}`:                                   "06C31A6403E5BE5CACA03D2B156C7483A05A88AD63734FE6AD4F9FEA7B10A798",
		`{"nonce_str":"n1","out_trade_no":"01000052T1"}` + "\n":                            "D7ED835CA09010C76EADACE4AE4B0BDB66A25E037BB4016EDA938957A22B42BF",
		`{"status":0,"scan_code_pay":{"code_url":"weixin:\/\/wxpay\/x","nonce_str":"n2"}}`: "59A89D277D4BC7D6082286D0D8358A0B2F3EE1490F1EF32A6708003B3657239A",
	} {
		if got := hmacOf(key, content); got != want {
			t.Errorf("%q: %s, want %s", content, got, want)
		}
	}
	if got := escaped(`{"a":"操/😀"}`); got != `{"a":"\u64CD\/\uD83D\uDE00"}` {
		t.Errorf("escaped: %s", got)
	}
}

// box is Cloud Pay with one merchant and a clock that is moved by hand.
type box struct {
	t       *testing.T
	s       *sandbox.Sandbox
	m       Merchant
	key     pay.Secret
	now     time.Time
	handler http.Handler
}

func newBox(t *testing.T, m Merchant, takes time.Duration) *box {
	t.Helper()
	b := &box{t: t, m: m, key: m.Key, now: time.Date(2026, 11, 25, 9, 0, 0, 0, sandbox.Beijing)}
	b.s = sandbox.New(sandbox.Options{Now: func() time.Time { return b.now }, RefundTakes: takes})
	Attach(b.s, Options{Merchants: []Merchant{m}})
	b.handler = b.s.Handler()
	return b
}

// ask sends a content in its envelope, and takes the answer out of its own; proved
// tells whether that had a good proof.
func (b *box) ask(name string, content map[string]any) (out map[string]any, proved bool) {
	b.t.Helper()
	text, err := json.Marshal(content)
	if err != nil {
		b.t.Fatal(err)
	}
	body, err := json.Marshal(map[string]any{"request_content": string(text),
		"authen_info": map[string]any{"a": map[string]any{"authen_type": 1, "authen_code": hmacOf(b.key, string(text))}}})
	if err != nil {
		b.t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/cpay/"+name, bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	var e struct {
		Content string `json:"response_content"`
		Info    struct {
			A authen `json:"a"`
		} `json:"authen_info"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil {
		b.t.Fatalf("%s answers %q: %v", name, w.Body, err)
	}
	if err := json.Unmarshal([]byte(e.Content), &out); err != nil {
		b.t.Fatalf("%s answers %q: %v", name, e.Content, err)
	}
	return out, e.Info.A.Code == hmacOf(b.key, e.Content)
}

func key(platform int) map[string]any {
	return map[string]any{"pay_platform": platform, "out_mch_id": shop.OutMchID, "out_sub_mch_id": shop.OutSubMchID, "out_shop_id": shop.OutShopID}
}

func device() map[string]any {
	return map[string]any{"device_id": "2001", "terminal_type": 4, "sub_terminal_type": 70, "machine_no": "m1", "sdk_version": "1", "spbill_create_ip": "127.0.0.1"}
}

const orderNo = "010000520001346560000013"

func charge(platform int, code string) map[string]any {
	return map[string]any{"pay_content": map[string]any{"out_trade_no": orderNo, "author_code": code, "total_fee": 500, "fee_type": "CNY", "body": "停车费"},
		"pay_mch_key": key(platform), "order_client": device(), "nonce_str": "n1"}
}

func (b *box) query() map[string]any {
	out, _ := b.ask("query_order", map[string]any{"pay_mch_key": key(1), "order_client": device(), "out_trade_no": orderNo, "nonce_str": "n1"})
	return out
}

// state is the order's state in an answer, whichever platform's.
func state(out map[string]any, name string) float64 {
	result, _ := out[name].(map[string]any)
	order, _ := result["order_content"].(map[string]any)
	for _, ext := range []string{"wxpay_order_content_ext", "alipay_order_content_ext"} {
		if e, ok := order[ext].(map[string]any); ok {
			s, _ := e["current_trade_state"].(float64)
			return s
		}
	}
	return -1
}

func wantStatus(t *testing.T, what string, out map[string]any, status, internal float64) {
	t.Helper()
	if out["status"] != status || out["internal_status"] != internal {
		t.Errorf("%s: %v, want status %v internal %v", what, out, status, internal)
	}
}

func TestPayers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		platform int
		wallet   string
		how      string
		status   float64
		state    float64 // of the query
	}{
		{1, sandbox.WeChat, "pays", 0, 2}, {1, sandbox.WeChat, "password:8s", 0, 9}, {1, sandbox.WeChat, "no-money", 104, 10},
		{2, sandbox.Alipay, "pays", 0, 2}, {2, sandbox.Alipay, "password:8s", 0, 4}, {2, sandbox.Alipay, "no-money", 104, 5},
	} {
		b := newBox(t, shop, 0)
		in := charge(c.platform, b.s.NewWalletCode(c.wallet, sandbox.Do(c.how)))
		out, proved := b.ask("micro_pay", in)
		if out["status"] != c.status || !proved {
			t.Errorf("%s %s: %v, proved %v", c.wallet, c.how, out, proved)
		}
		if got := state(b.query(), "query_order"); got != c.state {
			t.Errorf("%s %s: state %v, want %v", c.wallet, c.how, got, c.state)
		}
		again, _ := b.ask("micro_pay", in)
		if c.how == "pays" && state(again, "micro_pay") != 2 {
			t.Errorf("%s: the same again: %v", c.wallet, again)
		}
		in["pay_content"].(map[string]any)["total_fee"] = 600
		other, _ := b.ask("micro_pay", in)
		wantStatus(t, "other details under its number", other, 104, 407)
	}
}

func TestStrangersAndFields(t *testing.T) {
	t.Parallel()
	b := newBox(t, shop, 0)
	b.key = "abcdefghijklmnopqrstuvwxyz012346"
	out, proved := b.ask("micro_pay", charge(1, "13"))
	if wantStatus(t, "another key", out, 101, 7); proved {
		t.Error("an answer to a stranger has a proof")
	}
	for name, change := range map[string]func(in map[string]any){
		"platform": func(in map[string]any) { in["pay_mch_key"] = key(2) },
		"shop":     func(in map[string]any) { in["pay_mch_key"].(map[string]any)["out_shop_id"] = "x" },
		"device":   func(in map[string]any) { in["order_client"].(map[string]any)["device_id"] = "9" },
		"brand":    func(in map[string]any) { in["order_client"].(map[string]any)["sub_terminal_type"] = 71 },
		"nonce":    func(in map[string]any) { in["nonce_str"] = "n-1" },
		"amount":   func(in map[string]any) { in["pay_content"].(map[string]any)["total_fee"] = 0 },
		"currency": func(in map[string]any) { in["pay_content"].(map[string]any)["fee_type"] = "USD" },
		"body":     func(in map[string]any) { in["pay_content"].(map[string]any)["body"] = strings.Repeat("x", 129) },
		"surprise": func(in map[string]any) { in["surprise"] = 1 },
		"two amounts": func(in map[string]any) {
			in["pay_content"].(map[string]any)["alipay_pay_content_ext"] = map[string]any{"discountable_amount": 1, "undiscountable_amount": 1}
		},
	} {
		b := newBox(t, shop, 0)
		in := charge(1, b.s.NewCode(sandbox.Behaviour{}))
		change(in)
		out, _ := b.ask("micro_pay", in)
		wantStatus(t, name, out, 101, 2)
	}
	b = newBox(t, shop, 0)
	in := charge(1, b.s.NewCode(sandbox.Behaviour{}))
	in["pay_content"].(map[string]any)["out_trade_no"] = "99" + orderNo
	out, _ = b.ask("micro_pay", in)
	wantStatus(t, "a number without the prefix", out, 102, 0)
}

func TestKeyChange(t *testing.T) {
	t.Parallel()
	m := shop
	m.NextKey, m.NextFrom = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345", time.Date(2026, 11, 25, 9, 2, 0, 0, sandbox.Beijing)
	b := newBox(t, m, 0)
	wantStatus(t, "the old key, before", b.query(), 102, 0)
	b.key = m.NextKey
	wantStatus(t, "the new key, before", b.query(), 101, 7)
	b.now = m.NextFrom
	wantStatus(t, "the new key, after", b.query(), 102, 0)
	b.key = m.Key
	wantStatus(t, "the old key, after", b.query(), 101, 7)
}

func TestCodesForPhones(t *testing.T) {
	t.Parallel()
	for platform, wallet := range platforms {
		b := newBox(t, shop, 0)
		in := charge(platform, "")
		out, _ := b.ask("scan_code_pay", in)
		result, _ := out["scan_code_pay"].(map[string]any)
		link, _ := result["code_url"].(string)
		if got := state(b.query(), "query_order"); got != map[string]float64{sandbox.WeChat: 6, sandbox.Alipay: 7}[wallet] {
			t.Errorf("%s: nobody has scanned, state %v", wallet, got)
		}
		if err := b.s.ScanWith(wallet, link, sandbox.Behaviour{}); err != nil {
			t.Fatalf("%s: %v", wallet, err)
		}
		if got := state(b.query(), "query_order"); got != map[string]float64{sandbox.WeChat: 3, sandbox.Alipay: 2}[wallet] {
			t.Errorf("%s: paid, state %v", wallet, got)
		}
		end := map[string]any{"pay_mch_key": key(platform), "order_client": device(), "out_trade_no": orderNo, "trade_type": 2, "nonce_str": "n1"}
		closed, _ := b.ask("close_order", end)
		wantStatus(t, "close what is paid", closed, 104, 0)
	}
	b := newBox(t, shop, 0)
	in := charge(1, "")
	in["pay_content"].(map[string]any)["time_expire"] = b.now.Add(time.Minute).Unix()
	out, _ := b.ask("scan_code_pay", in)
	b.now = b.now.Add(time.Minute)
	link := out["scan_code_pay"].(map[string]any)["code_url"].(string)
	if got := state(b.query(), "query_order"); got != 7 || b.s.Scan(link, sandbox.Behaviour{}) == nil {
		t.Errorf("after its end: state %v, and phones can pay", got)
	}
}

func TestRefunds(t *testing.T) {
	t.Parallel()
	b := newBox(t, shop, time.Minute)
	b.ask("micro_pay", charge(1, b.s.NewCode(sandbox.Behaviour{})))
	staff := key(1)
	staff["is_sub_mch_admin"], staff["authorization_staff_id"] = false, "1001"
	give := func(id string, sum int) map[string]any {
		out, _ := b.ask("refund", map[string]any{"refund_content": map[string]any{"out_trade_no": orderNo, "out_refund_no": orderNo + id, "total_fee": 500,
			"refund_fee": sum, "refund_fee_type": "CNY"}, "pay_mch_key": staff, "order_client": device(), "api_version": 2, "nonce_str": "n1"})
		return out
	}
	wantStatus(t, "a part", give("01", 200), 0, 0)
	wantStatus(t, "the same part", give("01", 200), 0, 0)
	wantStatus(t, "another part under its number", give("01", 100), 102, 0)
	wantStatus(t, "more than is left", give("02", 301), 104, 0)
	look := func(id string) float64 {
		out, _ := b.ask("query_refund_order", map[string]any{"out_trade_no": orderNo, "out_refund_no": orderNo + id, "pay_mch_key": key(1), "order_client": device(), "nonce_str": "n1"})
		if out["status"] != 0.0 {
			return -1
		}
		row := out["query_refund_order"].(map[string]any)["refund_order_content"].([]any)[0].(map[string]any)
		return row["wxpay_refund_order_content_ext"].(map[string]any)["state"].(float64)
	}
	if got := look("01"); got != 4 {
		t.Errorf("at once: state %v", got)
	}
	b.now = b.now.Add(time.Minute)
	if got := look("01"); got != 2 || look("09") != -1 || b.s.Net(orderNo) != 300 {
		t.Errorf("a minute later: state %v, %v is gone", got, b.s.Net(orderNo))
	}
	if got := state(b.query(), "query_order"); got != 2 {
		t.Errorf("a part has gone back: state %v, want still paid", got)
	}
	b.s.Next(sandbox.Refund, sandbox.Do(sandbox.Abnormal))
	wantStatus(t, "the rest", give("02", 300), 0, 0)
	b.now = b.now.Add(time.Minute)
	if got := look("02"); got != 5 {
		t.Errorf("a bank does not take it: state %v", got)
	}
	staff["authorization_staff_id"] = "1002"
	wantStatus(t, "a clerk without the right", give("03", 1), 104, 0)
}

func TestReverseAndTheBooks(t *testing.T) {
	t.Parallel()
	b := newBox(t, shop, 0)
	b.ask("micro_pay", charge(1, b.s.NewCode(sandbox.Behaviour{})))
	undo := map[string]any{"pay_mch_key": key(1), "order_client": device(), "out_trade_no": orderNo, "nonce_str": "n1"}
	out, _ := b.ask("reverse", undo)
	if wantStatus(t, "reverse", out, 0, 0); state(b.query(), "query_order") != 8 || b.s.Net(orderNo) != 0 {
		t.Errorf("after a reverse: state %v, %v is gone", state(b.query(), "query_order"), b.s.Net(orderNo))
	}
	b = newBox(t, shop, 0)
	b.ask("micro_pay", charge(2, b.s.NewWalletCode(sandbox.Alipay, sandbox.Behaviour{})))
	undo["pay_mch_key"] = key(2)
	b.ask("reverse", undo)
	order := b.query()["query_order"].(map[string]any)["order_content"].(map[string]any)
	if told := order["alipay_order_content_ext"].(map[string]any); told["current_trade_state"] != 5.0 || told["refund_fee"] != 500.0 {
		t.Errorf("Alipay says of what was reversed after it was paid: %v", told)
	}
	m := shop
	m.Reverse = false
	b = newBox(t, m, 0)
	out, _ = b.ask("reverse", undo)
	wantStatus(t, "where there is none", out, 101, 2)
	undo["trade_type"] = 1
	b.ask("micro_pay", charge(1, b.s.NewCode(sandbox.Behaviour{})))
	out, _ = b.ask("close_order", undo)
	wantStatus(t, "close a payment code's order", out, 104, 0)
}

func TestBinding(t *testing.T) {
	t.Parallel()
	b := newBox(t, shop, 0)
	bind := func(query string) map[string]any {
		w := httptest.NewRecorder()
		b.handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/cpay/use_device_setting?"+query, nil))
		var out map[string]any
		if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
			t.Fatal(err)
		}
		return out
	}
	good := "osi=" + shop.OutShopID + "&si=secret-of-the-code&sn="
	wantStatus(t, "another code", bind("osi="+shop.OutShopID+"&si=x&sn=LANDI_QM500_1"), 104, 1)
	wantStatus(t, "a serial number in small letters", bind(good+"landi_qm500_1"), 104, 2)
	out := bind(good + "LANDI_QM500_1")
	if setting, _ := out["use_device_setting"].(map[string]any); setting["authen_key"] != string(shop.Key) || setting["cloud_cashier_id"] != shop.CashierID {
		t.Errorf("bound: %v", out)
	}
	wantStatus(t, "another terminal", bind(good+"LANDI_QM500_2"), 104, 3214)
	in := charge(1, b.s.NewCode(sandbox.Behaviour{}))
	refused, _ := b.ask("micro_pay", in)
	wantStatus(t, "a bound device that does not say its number", refused, 101, 2)
	in["order_client"].(map[string]any)["sn_code"] = "LANDI_QM500_1"
	taken, _ := b.ask("micro_pay", in)
	wantStatus(t, "one that does", taken, 0, 0)
	end := map[string]any{"out_sub_mch_id": shop.OutSubMchID, "out_shop_id": shop.OutShopID, "device_id": "2001", "sn_code": "LANDI_QM500_1", "nonce_str": "n1"}
	ended, _ := b.ask("unbind_device_sn_code", end)
	wantStatus(t, "unbind", ended, 0, 0)
	ended, _ = b.ask("unbind_device_sn_code", end)
	wantStatus(t, "unbind again", ended, 104, 3215)
}

// TestErrorsOnRequest sees that each documented status can be had, and which of
// them are without a proof.
func TestErrorsOnRequest(t *testing.T) {
	t.Parallel()
	b := newBox(t, shop, 0)
	for code, want := range map[string]struct {
		status, internal float64
		proved           bool
	}{"3": {3, 0, false}, "101": {101, 0, false}, "102": {102, 0, true}, "103": {103, 0, true}, "104": {104, 0, true}, "104 407": {104, 407, true}, "101 7": {101, 7, false},
		"7": {101, 7, false}, "407": {104, 407, true}, "3215": {104, 3215, true}} {
		b.s.Next(sandbox.Charge, sandbox.Behaviour{Kind: sandbox.Failed, Code: code})
		out, proved := b.ask("micro_pay", charge(1, b.s.NewCode(sandbox.Behaviour{})))
		if wantStatus(t, code, out, want.status, want.internal); proved != want.proved {
			t.Errorf("%s: proved %v", code, proved)
		}
	}
	for _, kind := range []string{sandbox.WrongSignature, sandbox.NoSignature} {
		b.s.Next(sandbox.Query, sandbox.Do(kind))
		if _, proved := b.ask("query_order", map[string]any{"pay_mch_key": key(1), "order_client": device(), "out_trade_no": orderNo, "nonce_str": "n1"}); proved {
			t.Errorf("%s: proved", kind)
		}
	}
}
