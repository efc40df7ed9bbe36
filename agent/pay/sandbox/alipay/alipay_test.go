package alipay

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"tillgate/agent/pay/sandbox"
)

var (
	direct   = Merchant{AppID: "2021000000000001", Public: &sandbox.Key("test app").PublicKey, Seller: "2088000000000001"}
	provided = Merchant{AppID: "2021000000000002", Public: &sandbox.Key("test app").PublicKey, Seller: "2088000000000002",
		AppAuthToken: "202611BBtoken", Provider: "2088000000000009"}
	lasting = Merchant{AppID: "2021000000000003", Public: &sandbox.Key("test app").PublicKey, Seller: "2088000000000003", UserIDs: true, DepositLasts: 60 * 24 * time.Hour}
	bare    = Merchant{AppID: "2021000000000004", Public: &sandbox.Key("test app").PublicKey, Seller: "2088000000000004", Contracts: []string{"pay"}}
)

// box is Alipay with two merchants and a clock that is moved by hand.
type box struct {
	t       *testing.T
	s       *sandbox.Sandbox
	now     time.Time
	handler http.Handler
}

func newBox(t *testing.T, takes time.Duration) *box {
	t.Helper()
	b := &box{t: t, now: time.Date(2026, 11, 25, 9, 0, 0, 0, sandbox.Beijing)}
	b.s = sandbox.New(sandbox.Options{Now: func() time.Time { return b.now }, RefundTakes: takes})
	Attach(b.s, Options{Merchants: []Merchant{direct, provided, lasting, bare}})
	b.handler = b.s.Handler()
	return b
}

// methodOf is the whole name of a method: of trades, unless it says that it is of deposits.
func methodOf(short string) string {
	if strings.HasPrefix(short, "fund.") {
		return "alipay." + short
	}
	return "alipay.trade." + short
}

// form is a signed request; change spoils it before it is signed.
func (b *box) form(m Merchant, method string, biz map[string]any, change func(f url.Values)) url.Values {
	b.t.Helper()
	text, err := json.Marshal(biz)
	if err != nil {
		b.t.Fatal(err)
	}
	f := url.Values{"app_id": {m.AppID}, "method": {methodOf(method)}, "format": {"JSON"}, "charset": {"utf-8"}, "sign_type": {"RSA2"},
		"timestamp": {b.now.Format(time.DateTime)}, "version": {"1.0"}, "biz_content": {string(text)}, "notify_url": {""}}
	if m.AppAuthToken != "" {
		f.Set("app_auth_token", string(m.AppAuthToken))
	}
	if change != nil {
		change(f)
	}
	hash := sha256.Sum256([]byte(toSign(f)))
	sign, err := rsa.SignPKCS1v15(rand.Reader, sandbox.Key("test app"), crypto.SHA256, hash[:])
	if err != nil {
		b.t.Fatal(err)
	}
	f.Set("sign", base64.StdEncoding.EncodeToString(sign))
	return f
}

// send answers the node's fields, its name, and whether it was signed by Alipay.
func (b *box) send(f url.Values) (out map[string]any, node string, proved bool) {
	b.t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/gateway.do", strings.NewReader(f.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded;charset=utf-8")
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(w.Body.Bytes(), &parts); err != nil {
		b.t.Fatalf("%s: %q: %v", f.Get("method"), w.Body, err)
	}
	var sign []byte
	for name, raw := range parts {
		if name == "sign" {
			if err := json.Unmarshal(raw, &sign); err != nil {
				b.t.Fatal(err)
			}
			continue
		}
		if node = name; json.Unmarshal(raw, &out) != nil {
			b.t.Fatalf("%s: %q", f.Get("method"), w.Body)
		}
		if !bytes.Contains(w.Body.Bytes(), raw) {
			b.t.Fatal("the node is not there as it is")
		}
	}
	hash := sha256.Sum256(parts[node])
	return out, node, rsa.VerifyPKCS1v15(sandbox.Signer(keyName).Public().(*rsa.PublicKey), crypto.SHA256, hash[:], sign) == nil
}

func (b *box) ask(m Merchant, method string, biz map[string]any) map[string]any {
	b.t.Helper()
	out, node, proved := b.send(b.form(m, method, biz, nil))
	if !proved || node != nodeOf(methodOf(method)) {
		b.t.Errorf("%s: answered in %s, proved %v: %v", method, node, proved, out)
	}
	return out
}

const orderNo = "100000010001346560000013"

func order1(code string) map[string]any {
	return map[string]any{"out_trade_no": orderNo, "scene": "bar_code", "auth_code": code, "subject": "停车费", "total_amount": "5.00"}
}

func named() map[string]any { return map[string]any{"out_trade_no": orderNo} }

// want sees how an answer ends: its code, and its sub_code where it has one.
func want(t *testing.T, what string, out map[string]any, code string) {
	t.Helper()
	got, _ := out["code"].(string)
	if sub, ok := out["sub_code"].(string); ok {
		got += " " + sub
	}
	if got != code {
		t.Errorf("%s: %v, want %s", what, out, code)
	}
}

func TestStrangers(t *testing.T) {
	t.Parallel()
	for sub, change := range map[string]func(f url.Values){
		"isv.invalid-app-id":    func(f url.Values) { f.Set("app_id", "2021000000000009") },
		"isv.invalid-timestamp": func(f url.Values) { f.Set("timestamp", "2026-11-25 01:00:00") },
		"isv.invalid-sign-type": func(f url.Values) { f.Set("sign_type", "RSA") },
		"isv.invalid-charset":   func(f url.Values) { f.Set("charset", "gbk") },
		"isv.invalid-method":    func(f url.Values) { f.Set("method", "alipay.trade.tomorrow") },
		"isv.invalid-parameter": func(f url.Values) { f.Set("surprise", "1") },
	} {
		b := newBox(t, 0)
		out, node, proved := b.send(b.form(direct, "pay", order1("28"), change))
		if want(t, sub, out, "40002 "+sub); node != "error_response" || proved {
			t.Errorf("%s: answered in %s, proved %v", sub, node, proved)
		}
	}
	b := newBox(t, 0)
	f := b.form(direct, "pay", order1("28"), nil)
	f.Set("biz_content", f.Get("biz_content")+" ")
	out, _, _ := b.send(f)
	want(t, "changed after it was signed", out, "40002 isv.invalid-signature")
	f = b.form(provided, "pay", order1("28"), func(f url.Values) { f.Set("app_auth_token", "another") })
	out, _, _ = b.send(f)
	want(t, "a token that is not given", out, "20001 aop.invalid-app-auth-token")
}

func TestFields(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		field string
		value any
		sub   string
	}{
		"no number": {"out_trade_no", "", "INVALID_PARAMETER"}, "a dash": {"out_trade_no", "1-2", "INVALID_PARAMETER"},
		"a slash": {"subject", "a/b", "INVALID_PARAMETER"}, "no scene": {"scene", "", "INVALID_PARAMETER"}, "nothing": {"total_amount", "0.00", "INVALID_PARAMETER"},
		"three decimals": {"total_amount", "5.001", "INVALID_PARAMETER"}, "a float": {"total_amount", "5e2", "INVALID_PARAMETER"},
		"too much": {"total_amount", "100000001.00", "TOTAL_FEE_EXCEED"}, "another seller": {"seller_id", "2088", "PARTNER_ERROR"},
		"another product": {"product_code", "PRE_AUTH", "ACCESS_FORBIDDEN"}, "half an hour": {"timeout_express", "30s", "INVALID_PARAMETER"},
		"parts of less": {"undiscountable_amount", "6.00", "INVALID_PARAMETER"}, "a provider's": {"extend_params", map[string]any{"sys_service_provider_id": "2088"}, "INVALID_PARAMETER"},
	} {
		b := newBox(t, 0)
		in := order1(b.s.NewWalletCode(sandbox.Alipay, sandbox.Behaviour{}))
		in[c.field] = c.value
		want(t, name, b.ask(direct, "pay", in), "40004 ACQ."+c.sub)
	}
	b := newBox(t, 0)
	in := order1(b.s.NewWalletCode(sandbox.Alipay, sandbox.Behaviour{}))
	in["discountable_amount"], in["undiscountable_amount"] = "2.00", "3.00"
	in["extend_params"] = map[string]any{"sys_service_provider_id": provided.Provider}
	want(t, "two amounts, by a provider", b.ask(provided, "pay", in), "10000")
	out, _, _ := b.send(b.form(direct, "pay", map[string]any{"surprise": 1}, nil))
	want(t, "a field that is not known", out, "40002 isv.invalid-parameter")
}

func TestPayers(t *testing.T) {
	t.Parallel()
	for how, c := range map[string][2]string{ // of the charge, and of a query
		"pays": {"10000", "TRADE_SUCCESS"}, "coupon": {"10000", "TRADE_SUCCESS"}, "password:8s": {"10003", "WAIT_BUYER_PAY"},
		"no-money": {"40004 ACQ.BUYER_BALANCE_NOT_ENOUGH", "WAIT_BUYER_PAY"},
	} {
		b := newBox(t, 0)
		in := order1(b.s.NewWalletCode(sandbox.Alipay, sandbox.Do(how)))
		out := b.ask(direct, "pay", in)
		if want(t, how, out, c[0]); how == "coupon" && (out["receipt_amount"] != "4.99" || out["total_amount"] != "5.00") {
			t.Errorf("coupon: %v", out)
		}
		if out := b.ask(direct, "query", named()); out["trade_status"] != c[1] {
			t.Errorf("%s: the query answers %v", how, out)
		}
		want(t, how+", again", b.ask(direct, "pay", in), c[0])
		in["auth_code"] = b.s.NewWalletCode(sandbox.Alipay, sandbox.Behaviour{})
		want(t, "another code under its number", b.ask(direct, "pay", in), "40004 ACQ.CONTEXT_INCONSISTENT")
	}
	b := newBox(t, 0)
	want(t, "WeChat's code", b.ask(direct, "pay", order1(b.s.NewCode(sandbox.Behaviour{}))), "40004 ACQ.PAYMENT_AUTH_CODE_INVALID")
	want(t, "nothing there", b.ask(direct, "query", named()), "40004 ACQ.TRADE_NOT_EXIST")
}

func TestCancel(t *testing.T) {
	t.Parallel()
	for how, action := range map[string]string{"pays": "refund", "password:1h": "close"} {
		b := newBox(t, 0)
		b.ask(direct, "pay", order1(b.s.NewWalletCode(sandbox.Alipay, sandbox.Do(how))))
		b.s.Next(sandbox.Undo, sandbox.Do("undo-again:1"))
		if out := b.ask(direct, "cancel", named()); out["retry_flag"] != "Y" || out["action"] != nil {
			t.Errorf("%s: call again: %v", how, out)
		}
		if out := b.ask(direct, "cancel", named()); out["retry_flag"] != "N" || out["action"] != action || b.s.Net(orderNo) != 0 {
			t.Errorf("%s: %v, and %v is gone", how, out, b.s.Net(orderNo))
		}
		if out := b.ask(direct, "query", named()); out["trade_status"] != "TRADE_CLOSED" {
			t.Errorf("%s: the query answers %v", how, out)
		}
	}
	b := newBox(t, 0)
	if out := b.ask(direct, "cancel", named()); out["action"] != nil || out["retry_flag"] != "N" {
		t.Errorf("what is not there: %v", out)
	}
	b.ask(direct, "pay", order1(b.s.NewWalletCode(sandbox.Alipay, sandbox.Behaviour{})))
	b.now = b.now.Add(25 * time.Hour)
	want(t, "a day later", b.ask(direct, "cancel", named()), "40004 ACQ.TRADE_CANCEL_TIME_OUT")
}

func TestQRCode(t *testing.T) {
	t.Parallel()
	b := newBox(t, 0)
	in := map[string]any{"out_trade_no": orderNo, "subject": "停车费", "total_amount": "5.00", "qr_code_timeout_express": "2m"}
	out := b.ask(direct, "precreate", in)
	link, _ := out["qr_code"].(string)
	want(t, "again", b.ask(direct, "precreate", in), "40004 ACQ.APPLY_PC_MERCHANT_CODE_ERROR")
	want(t, "nobody has scanned", b.ask(direct, "query", named()), "40004 ACQ.TRADE_NOT_EXIST")
	want(t, "close what nobody has scanned", b.ask(direct, "close", named()), "40004 ACQ.TRADE_NOT_EXIST")
	b.ask(direct, "cancel", named()) // it does nothing
	if err := b.s.Scan(link, sandbox.Do("password:8s")); err != nil {
		t.Fatal(err)
	}
	if out := b.ask(direct, "query", named()); out["trade_status"] != "WAIT_BUYER_PAY" {
		t.Errorf("scanned: %v", out)
	}
	b.now = b.now.Add(8 * time.Second)
	if out := b.ask(direct, "query", named()); out["trade_status"] != "TRADE_SUCCESS" || out["send_pay_date"] != "2026-11-25 09:00:08" {
		t.Errorf("paid: %v", out)
	}
	want(t, "close what is paid", b.ask(direct, "close", named()), "40004 ACQ.TRADE_STATUS_ERROR")
}

func TestRefunds(t *testing.T) {
	t.Parallel()
	b := newBox(t, time.Minute)
	b.ask(direct, "pay", order1(b.s.NewWalletCode(sandbox.Alipay, sandbox.Behaviour{})))
	give := func(id, sum string) map[string]any {
		return b.ask(direct, "refund", map[string]any{"out_trade_no": orderNo, "out_request_no": orderNo + id, "refund_amount": sum})
	}
	look := func(id string) map[string]any {
		return b.ask(direct, "fastpay.refund.query", map[string]any{"out_trade_no": orderNo, "out_request_no": orderNo + id})
	}
	if out := give("01", "2.00"); out["code"] != "10000" || out["fund_change"] != "N" || look("01")["refund_status"] != nil {
		t.Errorf("on its way: %v", out)
	}
	want(t, "too soon", give("02", "1.00"), "40004 ACQ.REFUND_CHARGE_ERROR")
	b.now = b.now.Add(time.Minute)
	if out := look("01"); out["refund_status"] != "REFUND_SUCCESS" || out["refund_amount"] != "2.00" || b.s.Net(orderNo) != 300 {
		t.Errorf("a minute later: %v, %v is gone", out, b.s.Net(orderNo))
	}
	want(t, "another amount", give("01", "1.00"), "40004 ACQ.DISCORDANT_REPEAT_REQUEST")
	want(t, "more than is left", give("02", "3.01"), "40004 ACQ.REASON_TRADE_REFUND_FEE_ERR")
	if out := give("02", "3.00"); out["refund_fee"] != "5.00" {
		t.Errorf("the total that goes back is cumulative: %v", out)
	}
	b.now = b.now.Add(time.Minute)
	if out := b.ask(direct, "query", named()); out["trade_status"] != "TRADE_CLOSED" || b.s.Net(orderNo) != 0 {
		t.Errorf("after all went back: %v", out)
	}
	if out := look("09"); out["code"] != "10000" || out["refund_status"] != nil {
		t.Errorf("a refund that nobody asked for: %v", out)
	}

	b = newBox(t, 0)
	b.ask(direct, "pay", order1(b.s.NewWalletCode(sandbox.Alipay, sandbox.Behaviour{})))
	if out := give("01", "5.00"); out["fund_change"] != "Y" {
		t.Errorf("at once: %v", out)
	}
	if out := give("01", "5.00"); out["fund_change"] != "N" {
		t.Errorf("the same again moves nothing: %v", out)
	}
}

// TestErrorsOnRequest sees that documented errors can be had, and that no spoilt
// signature is a good one.
func TestErrorsOnRequest(t *testing.T) {
	t.Parallel()
	b := newBox(t, 0)
	for code, answer := range map[string]string{"ACQ.SYSTEM_ERROR": "40004 ACQ.SYSTEM_ERROR", "40005 isv.app-call-limited": "40005 isv.app-call-limited",
		"20000 aop.unknow-error": "20000 aop.unknow-error", "40006": "40006"} {
		b.s.Next(sandbox.Query, sandbox.Behaviour{Kind: sandbox.Failed, Code: code})
		want(t, code, b.ask(direct, "query", named()), answer)
	}
	for _, kind := range []string{sandbox.WrongSignature, sandbox.NoSignature} {
		b.s.Next(sandbox.Query, sandbox.Do(kind))
		if out, _, proved := b.send(b.form(direct, "query", named(), nil)); proved {
			t.Errorf("%s: proved: %v", kind, out)
		}
	}
}
