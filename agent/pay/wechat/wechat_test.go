package wechat

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"tillgate/agent/pay"
)

const (
	testKey      = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
	number       = "880100520001004210000171"
	code         = "134567890123456789"
	callMicropay = "/pay/micropay"
	callQuery    = "/pay/orderquery"
	callReverse  = "/secapi/pay/reverse"
)

var asked = time.Date(2026, 11, 25, 9, 30, 0, 0, pay.Beijing)

var attempt = pay.Attempt{Number: number, Merchant: "shop", Amount: 500, Asked: asked}

var charge = pay.Charge{Attempt: attempt, Code: code, Title: "停车费", Device: "gate-7", Lane: "exit"}

// network answers calls with what a test wants, and keeps what it was asked.
type network struct {
	t      *testing.T
	answer func(path string, f fields) fields // nil: ORDERNOTEXIST
	raw    func(path string) (status int, body string)
	asked  []string
	got    map[string]fields
	cert   map[string]bool
}

// client is one of the two ways to the network.
type client struct {
	n    *network
	cert bool
}

func (c client) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	f, err := decode(body)
	if err != nil {
		c.n.t.Errorf("sent a bad message: %v", err)
	}
	n, path := c.n, r.URL.Path
	n.asked = append(n.asked, path)
	n.got[path], n.cert[path] = f, c.cert
	status, text := http.StatusOK, ""
	if n.raw != nil {
		status, text = n.raw(path)
	} else {
		text = string(n.reply(path, f))
	}
	header := http.Header{"Date": {asked.UTC().Format(http.TimeFormat)}}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(text)), Request: r}, nil
}

func (n *network) reply(path string, f fields) []byte {
	answer := fields{"return_code": "SUCCESS", "appid": f["appid"], "mch_id": f["mch_id"], "sub_mch_id": f["sub_mch_id"], "result_code": "FAIL", "err_code": "ORDERNOTEXIST"}
	if n.answer != nil {
		if own := n.answer(path, f); own != nil {
			maps.Copy(answer, own)
		}
	}
	kind := signMD5
	if f["sign_type"] != "" {
		kind = f["sign_type"]
	}
	if _, given := answer["sign"]; !given {
		answer["sign"] = sign(answer, kind, testKey)
	}
	return answer.encode()
}

var directOptions = Options{AppID: "wx8888888888888888", MchID: "1900000109", Key: testKey}

var partnerOptions = Options{AppID: "wx8888888888888888", MchID: "1900000109", SubAppID: "wx6666666666666666", SubMchID: "1900000200", Key: testKey}

// provider makes a provider that asks the network.
func (n *network) provider(t *testing.T, o Options) *Provider {
	t.Helper()
	n.t, n.got, n.cert = t, map[string]fields{}, map[string]bool{}
	o.Client, o.CertClient = &http.Client{Transport: client{n, false}}, &http.Client{Transport: client{n, true}}
	p, err := New("shop", o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestRequests looks at every field that goes out.
func TestRequests(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		o     Options
		names string // of the fields that say on whose behalf
	}{
		"direct":       {directOptions, "appid mch_id sign_type"},
		"direct, MD5":  {Options{AppID: "wx8888888888888888", MchID: "1900000109", Key: testKey, Sign: "MD5"}, "appid mch_id"},
		"provider":     {partnerOptions, "appid mch_id sub_appid sub_mch_id sign_type"},
		"no sub appid": {Options{AppID: "wx8888888888888888", MchID: "1900000109", SubMchID: "1900000200", Key: testKey}, "appid mch_id sub_mch_id sign_type"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := &network{}
			p := n.provider(t, c.o)
			p.Charge(context.Background(), charge)
			p.Query(context.Background(), attempt)
			p.Undo(context.Background(), attempt)
			own := map[string]fields{
				callMicropay: {"device_info": "gate-7", "body": "停车费", "total_fee": "500", "fee_type": "CNY", "spbill_create_ip": "127.0.0.1",
					"auth_code": code, "scene_info": `{"store_info":{"id":"exit"}}`, "out_trade_no": number},
				callQuery:   {"out_trade_no": number},
				callReverse: {"out_trade_no": number},
			}
			for path, want := range own {
				got := n.got[path]
				for _, field := range strings.Fields(c.names) {
					want[field] = map[string]string{"appid": c.o.AppID, "mch_id": c.o.MchID, "sub_appid": c.o.SubAppID, "sub_mch_id": c.o.SubMchID, "sign_type": signHMAC}[field]
				}
				want["nonce_str"], want["sign"] = got["nonce_str"], sign(got, cmp.Or(want["sign_type"], signMD5), testKey)
				if !maps.Equal(got, want) {
					t.Errorf("%s was sent\n%v, want\n%v", path, got, want)
				}
				if l := len(got["nonce_str"]); l < 16 || l > 32 {
					t.Errorf("%s has a nonce of %d characters", path, l)
				}
				if n.cert[path] != (path == callReverse) {
					t.Errorf("%s with a client certificate: %v", path, n.cert[path])
				}
			}
		})
	}
}

// TestTextsFitTheirFields cuts what people have typed.
func TestTextsFitTheirFields(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text, body, device, lane string
	}{
		{"plain", "a", "a", "a", `{"store_info":{"id":"a"}}`},
		{"nothing", "", "付款", "", ""},
		{"blanks", " \t\r\n ", "付款", "", ""},
		{"what cannot be seen", "\x00\x1b\u0085\ufeff\ufffe", "\ufeff", "\ufeff", "{\"store_info\":{\"id\":\"\ufeff\"}}"},
		{"beyond the basic plane", "茶🍵", "茶", "茶", `{"store_info":{"id":"茶"}}`},
		{"broken UTF-8", "茶\xe8\x8c", "茶", "茶", `{"store_info":{"id":"茶"}}`},
		{"marks", `<a>&"]]>'`, `<a>&"]]>'`, `<a>&"]]>'`, `{"store_info":{"id":"\u003ca\u003e\u0026\"]]\u003e'"}}`},
		{"long", strings.Repeat("车", 50), strings.Repeat("车", 42), strings.Repeat("车", 10), `{"store_info":{"id":"` + strings.Repeat("车", 10) + `"}}`},
		{"a blank where it is cut", strings.Repeat("a", 31) + " " + strings.Repeat("b", 94) + " c", strings.Repeat("a", 31) + " " + strings.Repeat("b", 94), strings.Repeat("a", 31), `{"store_info":{"id":"` + strings.Repeat("a", 31) + `"}}`},
	} {
		n := &network{}
		ch := charge
		ch.Title, ch.Device, ch.Lane = c.text, c.text, c.text
		n.provider(t, directOptions).Charge(context.Background(), ch)
		got := n.got[callMicropay]
		if got["body"] != c.body || got["device_info"] != c.device || got["scene_info"] != c.lane {
			t.Errorf("%s: sent %q, %q, %q", c.name, got["body"], got["device_info"], got["scene_info"])
		}
	}
}

// TestAPaymentCodeGoesNoFurther lets the network echo the code wherever it can.
func TestAPaymentCodeGoesNoFurther(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", wordsBytesMax-10) + code // a cut must not leave half of it
	echo := fields{"err_code": code, "err_code_des": long, "transaction_id": code, "trade_state": code, "trade_state_desc": code}
	for name, answer := range map[string]fields{
		"a refusal":         {"err_code": "RULELIMIT", "err_code_des": long},
		"an unknown code":   echo,
		"a success":         {"result_code": "SUCCESS", "transaction_id": code, "total_fee": "500", "out_trade_no": number, "time_end": "20261125093001"},
		"a state":           {"result_code": "SUCCESS", "trade_state": code, "out_trade_no": number},
		"an unsigned no":    {"return_code": "FAIL", "return_msg": long},
		"another merchant":  {"mch_id": code, "err_code_des": long},
		"another number":    {"out_trade_no": code, "err_code_des": long},
		"a bad signature":   {"sign": code},
		"a broken envelope": {"return_code": code, "return_msg": code},
	} {
		n := &network{answer: func(path string, _ fields) fields {
			if path == callQuery {
				return nil
			}
			return answer
		}}
		result := n.provider(t, directOptions).Charge(context.Background(), charge)
		if text := fmt.Sprintf("%+v", result); strings.Contains(text, code[:10]) || strings.Contains(text, testKey) {
			t.Errorf("%s: %s", name, text)
		}
	}
	broken := &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) { return nil, fmt.Errorf("malformed reply %q", code) })}
	o := directOptions
	o.Client, o.CertClient = broken, broken
	p, err := New("shop", o)
	if err != nil {
		t.Fatal(err)
	}
	if result := p.Charge(context.Background(), charge); strings.Contains(fmt.Sprintf("%+v", result), code) {
		t.Errorf("the transport's words: %+v", result)
	}
	charge := charge
	charge.Code = ""
	if result := p.Charge(context.Background(), charge); !strings.Contains(result.Detail, "malformed reply") {
		t.Errorf("without a code the words are spoilt: %q", result.Detail)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestUnbelievableReplies are replies of which nothing may be concluded.
func TestUnbelievableReplies(t *testing.T) {
	t.Parallel()
	good := fields{"return_code": "SUCCESS", "result_code": "SUCCESS", "trade_state": "SUCCESS", "appid": directOptions.AppID, "mch_id": directOptions.MchID,
		"out_trade_no": number, "total_fee": "500", "transaction_id": "4200", "time_end": "20261125093001", "recall": "N"}
	good["sign"] = sign(good, signHMAC, testKey)
	with := func(name, value string, kind string, key pay.Secret) string {
		f := maps.Clone(good)
		f[name] = value
		f["sign"] = sign(f, kind, key)
		return string(f.encode())
	}
	for _, c := range []struct {
		name   string
		status int
		body   string
		code   string
	}{
		{"nothing", 200, "", "bad reply"},
		{"HTML", 200, "<html><body>Sign in</body></html>", "bad reply"},
		{"a good one with an error's status", 500, string(good.encode()), "HTTP 500"},
		{"a redirect", 302, string(good.encode()), "HTTP 302"},
		{"accepted", 202, string(good.encode()), "HTTP 202"},
		{"cut", 200, string(good.encode()[:100]), "bad reply"},
		{"two", 200, string(append(good.encode(), good.encode()...)), "bad reply"},
		{"another key", 200, with("a", "b", signHMAC, "f9e8d7c6b5a493827160f5e4d3c2b1a0"), "bad signature"},
		{"another signature type", 200, with("a", "b", signMD5, testKey), "bad signature"},
		{"small letters", 200, strings.Replace(string(good.encode()), good["sign"], strings.ToLower(good["sign"]), 1), "bad signature"},
		{"no signature", 200, strings.Replace(string(good.encode()), "<sign>"+good["sign"]+"</sign>", "", 1), "bad signature"},
		{"another amount than was signed", 200, strings.Replace(string(good.encode()), ">500<", ">5<", 1), "bad signature"},
		{"a field more than was signed", 200, strings.Replace(string(good.encode()), "<xml>", "<xml><extra>1</extra>", 1), "bad signature"},
		{"return_code FAIL", 200, with("return_code", "FAIL", signHMAC, testKey), "refused unsigned"},
		{"no return_code", 200, with("return_code", "", signHMAC, testKey), "refused unsigned"},
		{"no result_code", 200, with("result_code", "", signHMAC, testKey), pay.CodeIncomplete},
		{"an odd result_code", 200, with("result_code", "success", signHMAC, testKey), pay.CodeIncomplete},
	} {
		n := &network{raw: func(string) (int, string) { return c.status, c.body }}
		p := n.provider(t, directOptions)
		for op, result := range map[string]pay.Result{
			"charge": p.Charge(context.Background(), charge), "query": p.Query(context.Background(), attempt), "undo": p.Undo(context.Background(), attempt),
		} {
			if result.State != pay.Unknown || result.Code != c.code || result.NotFound || result.Message != "" {
				t.Errorf("%s to %s: %+v", c.name, op, result)
			}
			if verified := c.code == pay.CodeIncomplete; result.Date.IsZero() == verified {
				t.Errorf("%s to %s: the date is %v", c.name, op, result.Date)
			}
		}
		if len(n.asked) != 3 {
			t.Errorf("%s: asked %v", c.name, n.asked)
		}
	}
	if n := (&network{raw: func(string) (int, string) { return 200, string(bytes.TrimSpace(good.encode())) }}); n.provider(t, directOptions).Query(context.Background(), attempt).State != pay.Paid {
		t.Error("the good one is not believed")
	}
}
