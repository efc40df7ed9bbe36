package unionpay

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tillgate/agent/pay/sandbox"
	"tillgate/store/money"
)

var shop = Merchant{
	AppID: "12345678901234567890123456789012", AppKey: "67890123456789012345678901234567",
	MID: "898340149000005", TID: "88880001", QRMID: "898340149000006", QRTID: "88880002", Source: "WWWW", InPlaceOf: "1000",
}

// TestVector is the published sample of OPEN-BODY-SIG.
func TestVector(t *testing.T) {
	t.Parallel()
	err := verify(shop, "20170101120000", "09876543210987654321098765432109", "GINsCTyNKTpEI9KXO16KqZJ64fOyAytEKl8aaR/Dy08=", []byte("A"))
	if err != nil {
		t.Error(err)
	}
	if verify(shop, "20170101120001", "09876543210987654321098765432109", "GINsCTyNKTpEI9KXO16KqZJ64fOyAytEKl8aaR/Dy08=", []byte("A")) == nil {
		t.Error("another timestamp has the same signature")
	}
}

// box is ChinaUMS with one merchant and a clock that is moved by hand.
type box struct {
	t       *testing.T
	s       *sandbox.Sandbox
	m       Merchant
	now     time.Time
	nonce   int
	handler http.Handler
}

func newBox(t *testing.T, m Merchant) *box {
	t.Helper()
	b := &box{t: t, m: m, now: time.Date(2026, 11, 25, 9, 0, 0, 0, sandbox.Beijing)}
	b.s = sandbox.New(sandbox.Options{Now: func() time.Time { return b.now }})
	Attach(b.s, Options{Merchants: []Merchant{m}})
	b.handler = b.s.Handler()
	return b
}

// request is a signed one; change may spoil it.
func (b *box) request(path string, in map[string]any, change func(r *http.Request)) (status int, out map[string]any) {
	b.t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		b.t.Fatal(err)
	}
	b.nonce++
	stamp, nonce := b.now.In(sandbox.Beijing).Format("20060102150405"), fmt.Sprintf("nonce-%d", b.nonce)
	hash := sha256.Sum256(body)
	mac := hmac.New(sha256.New, []byte(b.m.AppKey))
	mac.Write([]byte(b.m.AppID + stamp + nonce + hex.EncodeToString(hash[:])))
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(string(body)))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", fmt.Sprintf(`OPEN-BODY-SIG AppId="%s", Timestamp="%s", Nonce="%s", Signature="%s"`,
		b.m.AppID, stamp, nonce, base64.StdEncoding.EncodeToString(mac.Sum(nil))))
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		b.t.Fatalf("%s answers %q: %v", path, w.Body, err)
	}
	return w.Code, out
}

func (b *box) pos(op string, in map[string]any) map[string]any {
	all := map[string]any{"merchantCode": b.m.MID, "terminalCode": b.m.TID}
	for name, value := range in {
		all[name] = value
	}
	_, out := b.request("/v6/poslink/transaction/"+op, all, nil)
	return out
}

func (b *box) bill(op string, in map[string]any) map[string]any {
	all := map[string]any{"requestTimestamp": b.now.Format(time.DateTime), "mid": b.m.QRMID, "tid": b.m.QRTID, "instMid": "QRPAYDEFAULT"}
	for name, value := range in {
		all[name] = value
	}
	_, out := b.request("/v1/netpay/bills/"+op, all, nil)
	return out
}

const orderNo = "100000010001346560000013"

func payment1(code string) map[string]any {
	return map[string]any{"transactionAmount": 500, "transactionCurrencyCode": "156", "merchantOrderId": orderNo, "merchantRemark": "停车费",
		"payMode": "CODE_SCAN", "payCode": code, "deviceType": "02", "longitude": "+119.29129", "latitude": "+26.063591"}
}

// wantCode sees which errCode an answer has.
func wantCode(t *testing.T, what string, out map[string]any, code string) {
	t.Helper()
	if out["errCode"] != code {
		t.Errorf("%s: %v, want errCode %s", what, out, code)
	}
}

func TestStrangersAreRefused(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(r *http.Request){
		"no authorization":  func(r *http.Request) { r.Header.Del("Authorization") },
		"another signature": func(r *http.Request) { edit(r, `Signature="`, `Signature="AAAA`) },
		"another app":       func(r *http.Request) { edit(r, shop.AppID, strings.Repeat("9", 32)) },
		"a token":           func(r *http.Request) { edit(r, "OPEN-BODY-SIG", "OPEN-ACCESS-TOKEN") },
		"a form":            func(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") },
	} {
		b := newBox(t, shop)
		status, out := b.request("/v6/poslink/transaction/pay", payment1("13"), change)
		if status != http.StatusUnauthorized || out["errCode"] != "1000" {
			t.Errorf("%s: %d %v", name, status, out)
		}
	}
	b := newBox(t, shop)
	wrongClock := func(r *http.Request) { b.now = b.now.Add(6 * time.Minute) } // signed before it jumped
	if status, out := b.request("/v6/poslink/transaction/pay", payment1("13"), wrongClock); status != http.StatusUnauthorized {
		t.Errorf("a clock that is six minutes off: %d %v", status, out)
	}
	b.nonce = 0
	b.pos("query", map[string]any{"merchantOrderId": orderNo})
	b.nonce = 0
	wantCode(t, "a nonce twice", b.pos("query", map[string]any{"merchantOrderId": orderNo}), "1000")
}

func edit(r *http.Request, old, to string) {
	r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), old, to, 1))
}

func TestFieldsAreChecked(t *testing.T) {
	t.Parallel()
	for field, c := range map[string]struct {
		value any
		code  string
	}{
		"merchantCode": {"898340149000009", "03"}, "terminalCode": {"1", "97"}, "transactionAmount": {0, "13"}, "transactionCurrencyCode": {"840", "9001"},
		"merchantRemark": {"", "9001"}, "payMode": {"NFC", "9001"}, "payCode": {"13abc", "9001"}, "deviceType": {"", "9001"},
		"longitude": {"119.29", "9001"}, "latitude": {"", "9001"}, "systemTraceNum": {"12", "9001"}, "surprise": {"x", "9001"}, "merchantOrderId": {strings.Repeat("1", 51), "9001"},
	} {
		b := newBox(t, shop)
		in := payment1(b.s.NewCode(sandbox.Behaviour{}))
		in[field] = c.value
		wantCode(t, field, b.pos("pay", in), c.code)
	}
	b := newBox(t, shop)
	in := payment1(b.s.NewCode(sandbox.Behaviour{}))
	in["deviceType"], in["longitude"], in["latitude"], in["ip"], in["transactionAmount"] = "11", "", "", "127.0.0.1", "500"
	wantCode(t, "no terminal, with an address and an amount in quotes", b.pos("pay", in), "00")
}

func TestCodesOfThreeWallets(t *testing.T) {
	t.Parallel()
	for wallet, system := range systems {
		b := newBox(t, shop)
		out := b.pos("pay", payment1(b.s.NewWalletCode(wallet, sandbox.Behaviour{})))
		wantCode(t, wallet, out, "00")
		if out["chnlType"] != system || b.s.Net(orderNo) != 500 {
			t.Errorf("%s: paid by %v, %v is gone", wallet, out["chnlType"], b.s.Net(orderNo))
		}
	}
}

func TestPayersAndNumbers(t *testing.T) {
	t.Parallel()
	for how, want := range map[string][2]string{ // of the charge, and of a query
		"pays": {"00", "0"}, "no-money": {"51", "5"}, "password:8s": {"0000", "FF"}, "password-fails:0s": {"51", "5"},
	} {
		b := newBox(t, shop)
		in := payment1(b.s.NewCode(sandbox.Do(how)))
		wantCode(t, how, b.pos("pay", in), want[0])
		if out := b.pos("query", map[string]any{"merchantOrderId": orderNo}); out["errCode"] != "00" || out["queryResCode"] != want[1] {
			t.Errorf("%s: the query answers %v, want %s", how, out, want[1])
		}
		wantCode(t, how+", again", b.pos("pay", in), "94")
		other := payment1(in["payCode"].(string))
		other["merchantOrderId"] = orderNo + "9"
		wantCode(t, "a code that was used", b.pos("pay", other), "34")
	}
	b := newBox(t, shop)
	wantCode(t, "nobody's code", b.pos("pay", payment1("130000000000000000")), "14")
	old := b.s.NewCode(sandbox.Behaviour{})
	b.now = b.now.Add(2 * time.Minute)
	wantCode(t, "an old code", b.pos("pay", payment1(old)), "33")
}

func TestTheDayMatters(t *testing.T) {
	t.Parallel()
	b := newBox(t, shop)
	b.now = time.Date(2026, 11, 25, 23, 59, 50, 0, sandbox.Beijing)
	wantCode(t, "pay", b.pos("pay", payment1(b.s.NewCode(sandbox.Behaviour{}))), "00")
	b.now = b.now.Add(20 * time.Second)
	wantCode(t, "without the day", b.pos("query", map[string]any{"merchantOrderId": orderNo}), "25")
	dated := map[string]any{"merchantOrderId": orderNo, "oriTransDate": "20261125"}
	wantCode(t, "with the day", b.pos("query", dated), "00")
	wantCode(t, "a void on the next day", b.pos("voidpayment", dated), "ER")
	if b.s.Net(orderNo) != 500 {
		t.Errorf("%v is gone, want all of it", b.s.Net(orderNo))
	}
}

func TestVoidAndRefunds(t *testing.T) {
	t.Parallel()
	b := newBox(t, shop)
	wantCode(t, "pay", b.pos("pay", payment1(b.s.NewCode(sandbox.Behaviour{}))), "00")
	give := func(id string, sum money.Fen) map[string]any {
		return b.pos("refund", map[string]any{"merchantOrderId": orderNo, "refundRequestId": orderNo + id, "transactionAmount": sum})
	}
	wantCode(t, "too much", give("01", 501), "64")
	wantCode(t, "a part", give("01", 200), "00")
	wantCode(t, "the same part", give("01", 200), "00")
	wantCode(t, "another part under its number", give("01", 300), "94")
	wantCode(t, "more than is left", give("02", 301), "64")
	if out := b.pos("query", map[string]any{"merchantOrderId": orderNo}); out["queryResCode"] != "3" || out["refundedAmount"] != 0.0 {
		t.Errorf("after a part went back: %v", out)
	}
	wantCode(t, "a void after a refund", b.pos("voidpayment", map[string]any{"merchantOrderId": orderNo}), "57")
	if out := b.pos("query-refund", map[string]any{"merchantOrderId": orderNo, "refundRequestId": orderNo + "01"}); out["queryResCode"] != "00" {
		t.Errorf("the refund: %v", out)
	}
	wantCode(t, "a refund that nobody asked for", b.pos("query-refund", map[string]any{"merchantOrderId": orderNo, "refundRequestId": "x"}), "25")

	b = newBox(t, shop)
	b.pos("pay", payment1(b.s.NewCode(sandbox.Behaviour{})))
	wantCode(t, "void", b.pos("voidpayment", map[string]any{"merchantOrderId": orderNo}), "00")
	if out := b.pos("query", map[string]any{"merchantOrderId": orderNo}); out["queryResCode"] != "2" || b.s.Net(orderNo) != 0 {
		t.Errorf("after a void: %v, and %v is gone", out, b.s.Net(orderNo))
	}
}

func TestBills(t *testing.T) {
	t.Parallel()
	for _, words := range []bool{false, true} {
		m := shop
		m.TradeWords = words
		b := newBox(t, m)
		made := map[string]any{"billNo": "WWWW" + orderNo[4:], "billDate": "2026-11-25", "totalAmount": 1880, "billDesc": "停车费", "qrCodeId": "WWWWQ1"}
		out := b.bill("get-qrcode", made)
		wantCode(t, "get-qrcode", out, "SUCCESS")
		link, _ := out["billQRCode"].(string)
		wantCode(t, "the same bill again", b.bill("get-qrcode", made), "DUP_ORDER")
		named := map[string]any{"billNo": made["billNo"], "billDate": "2026-11-25"}
		if out := b.bill("query", named); out["billStatus"] != billWords[words][sandbox.NotPaid] {
			t.Errorf("nobody has paid: %v", out)
		}
		if err := b.s.ScanWith(sandbox.Alipay, link, sandbox.Behaviour{}); err != nil {
			t.Fatal(err)
		}
		out = b.bill("query", named)
		paid, _ := out["billPayment"].(map[string]any)
		if out["billStatus"] != billWords[words][sandbox.Paid] || paid["targetSys"] != "Alipay 2.0" || paid["status"] != "TRADE_SUCCESS" || b.s.Net(orderNo) != 1880 {
			t.Errorf("paid: %v, and %v is gone", out, b.s.Net(orderNo))
		}
		wantCode(t, "close what is paid", b.bill("close-qrcode", map[string]any{"qrCodeId": "WWWWQ1"}), "OPERATION_NOT_ALLOWED")
		give := map[string]any{"billNo": made["billNo"], "billDate": "2026-11-25", "refundOrderId": "WWWW" + orderNo[4:] + "01", "refundAmount": 880}
		if out := b.bill("refund", give); out["refundStatus"] != "SUCCESS" || b.s.Net(orderNo) != 1000 {
			t.Errorf("refund: %v, and %v is gone", out, b.s.Net(orderNo))
		}
		if b.s.Seen(sandbox.Refund, orderNo+"01") != 1 {
			t.Error("the refund is not counted under our number")
		}
		named["refundOrderId"] = "WWWW" + orderNo[4:] + "01"
		if out := b.bill("query", named); out["refundBillPayment"].(map[string]any)["refundStatus"] != "SUCCESS" {
			t.Errorf("the refund: %v", out)
		}
	}
}

func TestBillsAreClosedAndExpire(t *testing.T) {
	t.Parallel()
	b := newBox(t, shop)
	made := map[string]any{"billNo": "WWWW" + orderNo[4:], "billDate": "2026-11-25", "totalAmount": 1880}
	out := b.bill("get-qrcode", made)
	id := map[string]any{"qrCodeId": out["qrCodeId"]}
	wantCode(t, "close", b.bill("close-qrcode", id), "SUCCESS")
	wantCode(t, "close again", b.bill("close-qrcode", id), "OPERATION_NOT_ALLOWED")
	if err := b.s.Scan(out["billQRCode"].(string), sandbox.Behaviour{}); err != sandbox.ErrClosed {
		t.Errorf("a phone scans what was closed: %v", err)
	}
	made["billNo"], made["expireTime"] = "WWWW2", "2026-11-25 09:02:00"
	wantCode(t, "too short a orderNo", b.bill("get-qrcode", made), "BAD_REQUEST")
	made["billNo"] = "WWWW22222222"
	wantCode(t, "with an end", b.bill("get-qrcode", made), "SUCCESS")
	b.now = b.now.Add(2 * time.Minute)
	if out := b.bill("query", map[string]any{"billNo": made["billNo"], "billDate": "2026-11-25"}); out["billStatus"] != "CLOSED" {
		t.Errorf("after its end: %v", out)
	}
	wantCode(t, "another day", b.bill("query", map[string]any{"billNo": made["billNo"], "billDate": "2026-11-26"}), "NO_ORDER")
	wantCode(t, "the other pair of numbers", b.bill("query", map[string]any{"billNo": made["billNo"], "billDate": "2026-11-25", "mid": shop.MID}), "NO_MERCHANT")
	wantCode(t, "a clock in another zone", b.bill("query", map[string]any{"billNo": made["billNo"], "billDate": "2026-11-25", "requestTimestamp": "2026-11-25 01:02:00"}), "ABNORMAL_REQUEST_TIME")
}

// TestDocumentedErrorsAndGarbage sees that each can be had, and what they look like.
func TestDocumentedErrorsAndGarbage(t *testing.T) {
	t.Parallel()
	b := newBox(t, shop)
	for _, code := range strings.Fields("0000 1001 9999 96 92 ER FF 94 03 13 61 64 22 25 30 57 A7") {
		b.s.Next(sandbox.Charge, sandbox.Behaviour{Kind: sandbox.Failed, Code: code})
		wantCode(t, code, b.pos("pay", payment1("130000000000000000")), code)
	}
	for _, code := range strings.Fields("TIMEOUT ORDER_PROCESSING NO_ORDER TARGET_FAIL BAD_SIGN DENIED_IP") {
		b.s.Next(sandbox.Query, sandbox.Behaviour{Kind: sandbox.Failed, Code: code})
		wantCode(t, code, b.bill("query", map[string]any{"billNo": "WWWW22222222", "billDate": "2026-11-25"}), code)
	}
	for _, name := range sandbox.Garbages() {
		c := &call{good: func() reply { return reply{"errCode": "00"} }, act: func() reply { return nil }}
		body := c.Garbage(name).Body
		var out map[string]any
		if json.Unmarshal(body, &out) == nil && out["errCode"] == "00" && name != "doubled" && name != "doctype" && name != "entity" && name != "huge" {
			t.Errorf("%s passes for a good answer: %s", name, body)
		}
	}
}
