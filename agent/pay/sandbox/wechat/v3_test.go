package wechat

import (
	"bytes"
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"tillgate/agent/pay/sandbox"
	"tillgate/store/money"
)

const testV3Key = "fedcba9876543210fedcba9876543210"

// vouched is who vouches for the merchants of all tests.
var vouched = sync.OnceValues(sandbox.NewAuthority)

// withV3 are merchants that may use API v3.
func withV3(t *testing.T, merchants ...Merchant) []Merchant {
	t.Helper()
	a, err := vouched()
	if err != nil {
		t.Fatal(err)
	}
	for i := range merchants {
		merchants[i].V3Key, merchants[i].Cert = testV3Key, a.Merchant().Leaf
	}
	return merchants
}

func newBench3(t *testing.T, o sandbox.Options) bench {
	t.Helper()
	return newBench(o, withV3(t, direct, partly)...)
}

// call is a request of API v3 by hand.
type call struct {
	method, path, body string
	header             http.Header // more of it
	at                 time.Time   // zero: now
	signed             string      // another body than is sent, where it is not empty
	mchID              string
	serial             string // of the merchant's certificate
}

// send signs and sends a request; lost tells that the connection was broken off.
func (b bench) send(c call) (w *httptest.ResponseRecorder, lost bool) {
	a, err := vouched()
	if err != nil {
		panic(err)
	}
	merchant := a.Merchant()
	if c.at.IsZero() {
		c.at = b.clock.Now()
	}
	if c.signed == "" {
		c.signed = c.body
	}
	if c.serial == "" {
		c.serial = fmt.Sprintf("%X", merchant.Leaf.SerialNumber.Bytes())
	}
	stamp := strconv.FormatInt(c.at.Unix(), 10)
	sum := sha256.Sum256([]byte(c.method + "\n" + c.path + "\n" + stamp + "\nn0nce\n" + c.signed + "\n"))
	signature, err := rsa.SignPKCS1v15(nil, merchant.PrivateKey.(*rsa.PrivateKey), crypto.SHA256, sum[:])
	if err != nil {
		panic(err)
	}
	r := httptest.NewRequest(c.method, c.path, strings.NewReader(c.body))
	r.Header = http.Header{"Accept": {"application/json"}, "Content-Type": {"application/json"}, "User-Agent": {"test"},
		"Authorization": {fmt.Sprintf(`WECHATPAY2-SHA256-RSA2048 mchid="%s",nonce_str="n0nce",timestamp="%s",serial_no="%s",signature="%s"`,
			c.mchID, stamp, c.serial, base64.StdEncoding.EncodeToString(signature))}}
	maps.Copy(r.Header, c.header)
	w = httptest.NewRecorder()
	defer func() {
		if recover() != nil {
			lost = true
		}
	}()
	b.Handler().ServeHTTP(w, r)
	return w, false
}

// tell is an answer in one word, whose signature has to be good.
func (b bench) tell(t *testing.T, c call) (word string, fields map[string]any) {
	t.Helper()
	w, lost := b.send(c)
	if lost {
		return "lost", nil
	}
	if w.Body.Len() > 0 && json.Unmarshal(w.Body.Bytes(), &fields) != nil {
		return strconv.Itoa(w.Code), nil
	}
	if !b.verified(w) {
		t.Errorf("%s %s is answered with %d %s and a bad signature", c.method, c.path, w.Code, w.Body)
	}
	for _, name := range []string{"code", "trade_state", "status"} {
		if text, ok := fields[name].(string); ok {
			return text, fields
		}
	}
	return strconv.Itoa(w.Code), fields
}

// verified holds an answer against the key that its serial names.
func (b bench) verified(w *httptest.ResponseRecorder) bool {
	signature, err := base64.StdEncoding.DecodeString(w.Header().Get("Wechatpay-Signature"))
	serial, key := w.Header().Get("Wechatpay-Serial"), publicKey().Public().(*rsa.PublicKey)
	if serial != PublicKeyID {
		key = nil
		for _, p := range b.Network.platforms {
			if p.serial == serial {
				key = p.key.Public().(*rsa.PublicKey)
			}
		}
	}
	sum := sha256.Sum256([]byte(w.Header().Get("Wechatpay-Timestamp") + "\n" + w.Header().Get("Wechatpay-Nonce") + "\n" + w.Body.String() + "\n"))
	return err == nil && key != nil && rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature) == nil
}

// base is the path of a merchant's orders.
func base(m Merchant) string {
	if m.SubMchID != "" {
		return "/v3/pay/partner/transactions"
	}
	return "/v3/pay/transactions"
}

// order is the body that makes a code, with more in it; nil takes a field out.
func (m Merchant) order(b bench, number string, more map[string]any) string {
	f := map[string]any{"description": "停车费", "out_trade_no": number, "notify_url": "https://pay.example.com/n",
		"time_expire": b.clock.Now().Add(2 * time.Minute).In(sandbox.Beijing).Format(time.RFC3339),
		"amount":      map[string]any{"total": 500, "currency": "CNY"},
		"scene_info":  map[string]any{"payer_client_ip": "127.0.0.1", "device_id": "gate-7", "store_info": map[string]any{"id": "exit"}}}
	if m.SubMchID == "" {
		f["appid"], f["mchid"] = m.AppID, m.MchID
	} else {
		f["sp_appid"], f["sp_mchid"], f["sub_appid"], f["sub_mchid"] = m.AppID, m.MchID, m.SubAppID, m.SubMchID
	}
	for name, value := range more {
		if f[name] = value; value == nil {
			delete(f, name)
		}
	}
	return text(f)
}

func text(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err)
	}
	return b.String()
}

func (b bench) show(t *testing.T, m Merchant, number string, more map[string]any) (word, link string) {
	t.Helper()
	word, f := b.tell(t, call{method: "POST", path: base(m) + "/native", body: m.order(b, number, more), mchID: m.MchID})
	link, _ = f["code_url"].(string)
	return word, link
}

func (b bench) look(t *testing.T, m Merchant, number string) (string, map[string]any) {
	t.Helper()
	query := "?mchid=" + m.MchID
	if m.SubMchID != "" {
		query = "?sp_mchid=" + m.MchID + "&sub_mchid=" + m.SubMchID
	}
	return b.tell(t, call{method: "GET", path: base(m) + "/out-trade-no/" + number + query, mchID: m.MchID})
}

func (b bench) closed(t *testing.T, m Merchant, number string) string {
	t.Helper()
	f := map[string]any{"mchid": m.MchID}
	if m.SubMchID != "" {
		f = map[string]any{"sp_mchid": m.MchID, "sub_mchid": m.SubMchID}
	}
	word, _ := b.tell(t, call{method: "POST", path: base(m) + "/out-trade-no/" + number + "/close", body: text(f), mchID: m.MchID})
	return word
}

// refund asks for a refund of fen of 500.
func (b bench) refund(t *testing.T, m Merchant, number, refund string, fen, total int) string {
	t.Helper()
	f := map[string]any{"out_trade_no": number, "out_refund_no": refund, "amount": map[string]any{"refund": fen, "total": total, "currency": "CNY"}}
	if m.SubMchID != "" {
		f["sub_mchid"] = m.SubMchID
	}
	word, _ := b.tell(t, call{method: "POST", path: "/v3/refund/domestic/refunds", body: text(f), mchID: m.MchID})
	return word
}

func (b bench) refunded(t *testing.T, m Merchant, refund string) string {
	t.Helper()
	path := "/v3/refund/domestic/refunds/" + refund
	if m.SubMchID != "" {
		path += "?sub_mchid=" + m.SubMchID
	}
	word, _ := b.tell(t, call{method: "GET", path: path, mchID: m.MchID})
	return word
}

// TestAShownOrdersLife walks what phones and merchants do with a code, over time.
func TestAShownOrdersLife(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		takes time.Duration // refunds
		steps string        // asked:answered; "+1s" moves the clock, "scan:pays" is a phone
		net   money.Fen
	}{
		"pays at once":             {0, "show:200 query:NOTPAY scan:pays query:SUCCESS close:ORDER_PAID query:SUCCESS", 500},
		"pays after a while":       {0, "show:200 scan:password:20s query:NOTPAY +19s query:NOTPAY +1s query:SUCCESS", 500},
		"opens it and never pays":  {0, "show:200 scan:password-never +1m query:NOTPAY close:204 query:CLOSED", 0},
		"has no money":             {0, "show:200 scan:no-money +1m query:NOTPAY", 0},
		"fails":                    {0, "show:200 scan:password-fails +1m query:NOTPAY", 0},
		"pays with a coupon":       {0, "show:200 scan:coupon query:SUCCESS", 500},
		"comes too late":           {0, "show:200 close:204 scan!pays query:CLOSED close:204", 0},
		"pays too late":            {0, "show:200 scan:password:20s +10s close:204 +1m query:CLOSED", 0},
		"is faster than the close": {0, "show:200 scan:race query:NOTPAY close:ORDER_PAID query:SUCCESS", 500},
		"two phones":               {0, "show:200 scan:password:20s scan!pays +20s query:SUCCESS scan!pays", 500},
		"after its end":            {0, "show:200 +2m scan!pays query:NOTPAY close:204", 0},
		"pays after its end":       {0, "show:200 scan:password:2m +40s query:NOTPAY +40s query:NOTPAY +40s query:NOTPAY close:204", 0},
		"begins too late to pay":   {0, "show:200 +1m scan:password:60s +61s query:NOTPAY scan!pays", 0},
		"nobody":                   {0, "query:ORDER_NOT_EXIST close:ORDER_NOT_EXIST refund:RESOURCE_NOT_EXISTS refunded:RESOURCE_NOT_EXISTS", 0},
		"shown again":              {0, "show:200 again:200 old!pays scan:pays show:ORDERPAID", 500},
		"shown again, closed":      {0, "show:200 close:204 show:ORDER_CLOSED", 0},
		"other data":               {0, "show:200 other:OUT_TRADE_NO_USED scan:pays", 500},
		"given back":               {0, "show:200 scan:pays refund:SUCCESS query:REFUND refunded:SUCCESS refund:SUCCESS close:ORDER_PAID", 0},
		"given back slowly":        {30 * time.Second, "show:200 scan:pays refund:PROCESSING query:REFUND +29s refunded:PROCESSING refund:PROCESSING +1s refunded:SUCCESS", 0},
		"a part given back":        {0, "show:200 scan:pays part:SUCCESS query:REFUND refund:INVALID_REQUEST", 400},
		"not paid":                 {0, "show:200 refund:RESOURCE_NOT_EXISTS", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, m := range []Merchant{direct, partly} {
				b, link, old := newBench3(t, sandbox.Options{RefundTakes: c.takes}), "", ""
				for _, step := range strings.Fields(c.steps) {
					what, want, _ := strings.Cut(step, ":")
					got, refuses := "", strings.Contains(step, "!")
					switch {
					case step[0] == '+':
						d, err := time.ParseDuration(step[1:])
						if err != nil {
							t.Fatal(err)
						}
						b.clock.move(d)
						continue
					case strings.HasPrefix(step, "scan") || strings.HasPrefix(step, "old!"):
						scanned := link
						if step[0] == 'o' {
							scanned = old
						}
						if err := b.Scan(scanned, sandbox.Do(strings.TrimLeft(strings.TrimPrefix(strings.TrimPrefix(step, "scan"), "old"), ":!"))); (err != nil) != refuses {
							t.Errorf("%s: %v", step, err)
						}
						continue
					case what == "show" || what == "again":
						old = link
						got, link = b.show(t, m, number, nil)
						if link == old && got == "200" {
							t.Errorf("the link is %q again", link)
						}
					case what == "other":
						got, _ = b.show(t, m, number, map[string]any{"description": "别的"})
					case what == "query":
						got, _ = b.look(t, m, number)
					case what == "close":
						got = b.closed(t, m, number)
					case what == "refund":
						got = b.refund(t, m, number, number+"99", 500, 500)
					case what == "part":
						got = b.refund(t, m, number, number+"01", 100, 500)
					case what == "refunded":
						got = b.refunded(t, m, number+"99")
					}
					if got != want {
						t.Fatalf("%s is answered with %s", step, got)
					}
				}
				if net := b.Net(number); net != c.net {
					t.Errorf("the payer is without %v, not %v", net, c.net)
				}
			}
		})
	}
}

// TestWhatAQueryTells looks at every field of a paid order.
func TestWhatAQueryTells(t *testing.T) {
	t.Parallel()
	b := newBench3(t, sandbox.Options{})
	_, link := b.show(t, partly, number, nil)
	if err := b.Scan(link, sandbox.Do(sandbox.Coupon)); err != nil {
		t.Fatal(err)
	}
	_, got := b.look(t, partly, number)
	want := `{"amount":{"currency":"CNY","payer_currency":"CNY","payer_total":499,"total":500},"attach":"","bank_type":"OTHERS","field_of_tomorrow":"明天",` +
		`"out_trade_no":"880100520001004210000171","payer":{"openid":"oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},` +
		`"promotion_detail":[{"amount":1,"coupon_id":"109519","currency":"CNY","name":"满减 <春&秋>","scope":"GLOBAL","type":"NOCASH"}],` +
		`"scene_info":{"device_id":"gate-7"},"sp_appid":"wx7777777777777777","sp_mchid":"1900000200","sub_appid":"wx6666666666666666","sub_mchid":"1900000201",` +
		`"success_time":"2026-11-25T09:30:00+08:00","trade_state":"SUCCESS","trade_state_desc":"支付成功","trade_type":"NATIVE","transaction_id":"4200202611250000000000000001"}`
	if strings.TrimSpace(text(got)) != want {
		t.Errorf("got\n%s, want\n%s", text(got), want)
	}
	e := b.Ledger()[0]
	if !e.Shown || e.Charged != 500 || e.Settled != 499 || e.Merchant != partly.SubMchID {
		t.Errorf("in the books: %+v", e)
	}
}

// TestRequestsAreAdmitted spoils what a request of API v3 needs before anybody looks at its body.
func TestRequestsAreAdmitted(t *testing.T) {
	t.Parallel()
	b := newBench3(t, sandbox.Options{})
	header := func(name, value string) func(c *call) {
		return func(c *call) { c.header = http.Header{name: {value}} }
	}
	for _, c := range []struct {
		name   string
		spoil  func(c *call)
		status int
		says   string
	}{
		{"good", func(*call) {}, 200, ""},
		{"nearly five minutes behind", func(c *call) { c.at = b.clock.Now().Add(-5 * time.Minute) }, 200, ""},
		{"five minutes behind", func(c *call) { c.at = b.clock.Now().Add(-5*time.Minute - time.Second) }, 401, "SIGN_ERROR"},
		{"five minutes ahead", func(c *call) { c.at = b.clock.Now().Add(5*time.Minute + time.Second) }, 401, "SIGN_ERROR"},
		{"of 1970", func(c *call) { c.at = time.Unix(60, 0) }, 401, "SIGN_ERROR"},
		{"another body", func(c *call) { c.signed = "{}" }, 401, "SIGN_ERROR"},
		{"another merchant", func(c *call) { c.mchID = "1999999999" }, 401, "SIGN_ERROR"},
		{"another certificate", func(c *call) { c.serial = "7777" }, 401, "SIGN_ERROR"},
		{"no Authorization", header("Authorization", ""), 401, "SIGN_ERROR"},
		{"another scheme", header("Authorization", `WECHATPAY2-SM2-WITH-SM3 mchid="1"`), 401, "SIGN_ERROR"},
		{"no User-Agent", header("User-Agent", ""), 400, "PARAM_ERROR"},
		{"no Accept", header("Accept", ""), 400, "PARAM_ERROR"},
		{"a form", header("Content-Type", "application/x-www-form-urlencoded"), 400, "PARAM_ERROR"},
		{"for an unknown key", header("Wechatpay-Serial", "PUB_KEY_ID_1"), 400, "PARAM_ERROR"},
		{"for the public key", header("Wechatpay-Serial", PublicKeyID), 200, ""},
	} {
		request := call{method: "POST", path: "/v3/pay/transactions/native", mchID: direct.MchID, body: direct.order(b, number, nil)}
		c.spoil(&request)
		w, _ := b.send(request)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.says) || w.Header().Get("Date") == "" {
			t.Errorf("%s: %d %s", c.name, w.Code, w.Body)
		}
		if signed := w.Header().Get("Wechatpay-Signature") != ""; signed != (w.Code == 200 || c.name == "for an unknown key") {
			t.Errorf("%s: signed %v", c.name, signed)
		}
		if c.name == "for the public key" && w.Header().Get("Wechatpay-Serial") != PublicKeyID {
			t.Errorf("signed with %s", w.Header().Get("Wechatpay-Serial"))
		}
	}
	stranger := newBench(sandbox.Options{})
	if w, _ := stranger.send(call{method: "GET", path: "/v3/certificates", mchID: direct.MchID}); w.Code != 401 {
		t.Errorf("a merchant without a certificate: %d", w.Code)
	}
}

// TestCertificatesAreSealed reads the list as a merchant does.
func TestCertificatesAreSealed(t *testing.T) {
	t.Parallel()
	b := newBench3(t, sandbox.Options{})
	if word, _ := b.look(t, direct, number); word != "ORDER_NOT_EXIST" {
		t.Fatal(word)
	}
	b.NewPlatformCertificate()
	_, list := b.tell(t, call{method: "GET", path: "/v3/certificates", mchID: direct.MchID})
	block, _ := aes.NewCipher([]byte(testV3Key))
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	entries := list["data"].([]any)
	for i, entry := range entries {
		e := entry.(map[string]any)
		sealed := e["encrypt_certificate"].(map[string]any)
		text, err := base64.StdEncoding.DecodeString(sealed["ciphertext"].(string))
		if err != nil {
			t.Fatal(err)
		}
		plain, err := gcm.Open(nil, []byte(sealed["nonce"].(string)), text, []byte(sealed["associated_data"].(string)))
		if err != nil {
			t.Fatal(err)
		}
		found, _ := pem.Decode(plain)
		cert, err := x509.ParseCertificate(found.Bytes)
		if err != nil || !cert.PublicKey.(*rsa.PublicKey).Equal(b.Network.platforms[i].key.Public()) || e["serial_no"] != b.Network.platforms[i].serial || len(b.Network.platforms[i].serial) != 40 {
			t.Errorf("certificate %d: %v, %v", i, err, e["serial_no"])
		}
	}
	if len(entries) != 2 {
		t.Errorf("%d certificates", len(entries))
	}
	found, _ := pem.Decode(PublicKeyPEM())
	if key, err := x509.ParsePKIXPublicKey(found.Bytes); err != nil || !publicKey().Public().(*rsa.PublicKey).Equal(key) || len(PublicKeyID) != len("PUB_KEY_ID_")+28 {
		t.Errorf("the public key: %v", err)
	}
}

// TestScanRefuses has what a phone cannot do.
func TestScanRefuses(t *testing.T) {
	t.Parallel()
	b := newBench3(t, sandbox.Options{})
	_, link := b.show(t, direct, number, map[string]any{"time_expire": nil})
	for says, err := range map[string]error{
		"not a customer's": b.Scan(link, sandbox.Do(sandbox.LostAfter)),
		"not a code":       b.Scan("weixin://wxpay/bizpayurl/up?pr=nobodys", sandbox.Behaviour{}),
	} {
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("want %q: %v", says, err)
		}
	}
	b.clock.move(linkLife + time.Second)
	if err := b.Scan(link, sandbox.Behaviour{}); err != sandbox.ErrExpired {
		t.Errorf("two hours later: %v", err)
	}
	if _, link = b.show(t, direct, number, map[string]any{"time_expire": nil}); b.Scan(link, sandbox.Behaviour{}) != nil {
		t.Error("its new code cannot be scanned")
	}
}
