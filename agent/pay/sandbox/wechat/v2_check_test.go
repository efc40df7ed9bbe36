package wechat

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"tillgate/agent/pay/sandbox"
)

// refusal signs and sends a request, and answers what was said to it in one word.
func (b bench) refusal(t *testing.T, op sandbox.Op, m Merchant, f fields) string {
	t.Helper()
	answer := b.ask(t, op, m, f)
	if answer["return_code"] == "FAIL" {
		if answer["sign"] != "" {
			t.Error("a refusal of the envelope is signed")
		}
		return answer["return_msg"]
	}
	return word(answer)
}

func TestEveryFieldIsNeeded(t *testing.T) {
	t.Parallel()
	needed := map[sandbox.Op][]string{
		sandbox.Charge: {"nonce_str", "body", "out_trade_no", "total_fee", "spbill_create_ip", "auth_code", "appid"},
		sandbox.Query:  {"nonce_str", "out_trade_no", "appid"},
		sandbox.Undo:   {"nonce_str", "out_trade_no", "appid"},
	}
	for op, names := range needed {
		for _, name := range names {
			for _, m := range []Merchant{direct, partly} {
				for _, value := range []string{"absent", ""} {
					b := newBench(sandbox.Options{})
					f := m.request(op, number, b.NewCode(sandbox.Behaviour{}))
					if f[name] = value; value == "absent" {
						delete(f, name)
					}
					if got := b.refusal(t, op, m, f); got != "LACK_PARAMS" {
						t.Errorf("%s with %s %q: %s", op, name, value, got)
					}
				}
			}
		}
	}
}

func TestWrongFieldsAreRefused(t *testing.T) {
	t.Parallel()
	long := strings.Repeat
	for _, c := range []struct{ field, value, want string }{
		{"mch_id", "1999999999", "商户号mch_id与appid不匹配"},
		{"mch_id", "", "商户号mch_id与appid不匹配"},
		{"sign_type", "SHA1", "签名错误"},
		{"appid", "wx0000000000000000", "APPID_MCHID_NOT_MATCH"},
		{"sub_appid", "wx0000000000000000", "APPID_MCHID_NOT_MATCH"},
		{"sub_mch_id", "1900000999", "MCHID_NOT_EXIST"},
		{"sub_mch_id", "", "MCHID_NOT_EXIST"},
		{"no_such_field", "1", "PARAM_ERROR"},
		{"deposit", "Y", "PARAM_ERROR"},
		{"notify_url", "https://example.com", "PARAM_ERROR"},
		{"body", long("车", 43), "PARAM_ERROR"},
		{"device_info", long("7", 33), "PARAM_ERROR"},
		{"nonce_str", long("n", 33), "PARAM_ERROR"},
		{"out_trade_no", long("8", 33), "PARAM_ERROR"},
		{"out_trade_no", "12345", "PARAM_ERROR"},
		{"out_trade_no", "8801 0052", "PARAM_ERROR"},
		{"out_trade_no", "停车12", "PARAM_ERROR"},
		{"total_fee", "0", "PARAM_ERROR"},
		{"total_fee", "-1", "PARAM_ERROR"},
		{"total_fee", "5.00", "PARAM_ERROR"},
		{"total_fee", "0500", "PARAM_ERROR"},
		{"total_fee", "+500", "PARAM_ERROR"},
		{"total_fee", " 500", "PARAM_ERROR"},
		{"total_fee", "99999999999999", "PARAM_ERROR"},
		{"fee_type", "USD", "PARAM_ERROR"},
		{"spbill_create_ip", "localhost", "PARAM_ERROR"},
		{"scene_info", "exit", "PARAM_ERROR"},
		{"scene_info", `{"store_info":{"id":""}}`, "PARAM_ERROR"},
		{"scene_info", `{"store_info":{"id":"a","lane":"b"}}`, "PARAM_ERROR"},
		{"scene_info", `{"store_info":{"id":"a"}}{}`, "PARAM_ERROR"},
		{"auth_code", long("1", 129), "PARAM_ERROR"},
		{"auth_code", "hello", "AUTH_CODE_INVALID"},
	} {
		b := newBench(sandbox.Options{})
		f := partly.request(sandbox.Charge, number, b.NewCode(sandbox.Behaviour{}))
		f[c.field] = c.value
		if got := b.refusal(t, sandbox.Charge, partly, f); got != c.want {
			t.Errorf("%s %q: %s, want %s", c.field, c.value, got, c.want)
		}
		if len(b.Ledger()) > 0 {
			t.Errorf("%s %q is in the books", c.field, c.value)
		}
	}
}

// TestGoodFieldsAreTaken is the other side: the strict checks refuse nothing good.
func TestGoodFieldsAreTaken(t *testing.T) {
	t.Parallel()
	for _, c := range []fields{
		{}, {"sign_type": "MD5"}, {"sign_type": ""}, {"fee_type": ""}, {"scene_info": ""}, {"device_info": ""}, {"sub_appid": ""},
		{"spbill_create_ip": "2001:db8::7"}, {"body": strings.Repeat("车", 42)}, {"body": `a & b <c> ]]> "d"`},
		{"out_trade_no": "ABC_-|*"}, {"out_trade_no": strings.Repeat("8", 32)}, {"total_fee": "1"},
		{"scene_info": `{"store_info":{"id":"东门","name":"n","area_code":"440305","address":"a"}}`},
	} {
		b := newBench(sandbox.Options{})
		f := partly.request(sandbox.Charge, number, b.NewCode(sandbox.Behaviour{}))
		maps.Copy(f, c)
		if f["sign_type"] == "" || f["sign_type"] == "MD5" {
			if f["sign"] = f.sign(false, string(partly.Key)); len(f["sign"]) != 32 {
				t.Error("MD5 has not 32 characters")
			}
		}
		if got := b.refusal(t, sandbox.Charge, partly, f); got != "SUCCESS" {
			t.Errorf("with %v: %s", c, got)
		}
	}
}

func TestSignaturesAreChecked(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(f fields){
		"none":             func(f fields) { delete(f, "sign") },
		"empty":            func(f fields) { f["sign"] = "" },
		"another key":      func(f fields) { f["sign"] = f.sign(true, string(partly.Key)) },
		"another type":     func(f fields) { f["sign"] = f.sign(false, testKey) },
		"small letters":    func(f fields) { f["sign"] = strings.ToLower(f["sign"]) },
		"more to pay":      func(f fields) { f["total_fee"] = "501" },
		"one field more":   func(f fields) { f["attach"] = "x" },
		"another merchant": func(f fields) { f["mch_id"], f["appid"] = partly.MchID, partly.AppID },
	} {
		b := newBench(sandbox.Options{})
		f := direct.request(sandbox.Charge, number, b.NewCode(sandbox.Behaviour{}))
		f["sign"] = f.sign(true, testKey)
		spoil(f)
		_, body, _ := b.post(sandbox.Charge, f.encode())
		if !strings.Contains(string(body), "签名错误") || len(b.Ledger()) > 0 {
			t.Errorf("signature: %s: answered with %s", name, body)
		}
	}
}

func TestBodiesAreChecked(t *testing.T) {
	t.Parallel()
	b := newBench(sandbox.Options{})
	f := direct.request(sandbox.Charge, number, b.NewCode(sandbox.Behaviour{}))
	f["sign"] = f.sign(true, testKey)
	good := string(f.encode())
	for name, body := range map[string]string{
		"nothing":       "",
		"JSON":          `{"appid":"wx"}`,
		"cut":           good[:len(good)/2],
		"another root":  strings.ReplaceAll(strings.ReplaceAll(good, "<xml>", "<root>"), "</xml>", "</root>"),
		"document type": `<!DOCTYPE xml [<!ENTITY a "b">]>` + good,
		"an entity":     strings.Replace(good, "<![CDATA[n]]>", "&a;", 1),
		"GBK":           strings.Replace(good, "停车费", "\xcd\xa3\xb3\xb5", 1),
		"a field twice": strings.Replace(good, "<xml>", "<xml><total_fee>1</total_fee>", 1),
		"two levels":    strings.Replace(good, "<xml>", "<xml><a><b>1</b></a>", 1),
		"two messages":  good + good,
		"a form":        "appid=wx&mch_id=1900000109",
		"too much":      strings.Replace(good, "<xml>", "<xml>"+strings.Repeat(" ", 70<<10), 1),
	} {
		if _, answer, _ := b.post(sandbox.Charge, []byte(body)); !strings.Contains(string(answer), "XML格式错误") {
			t.Errorf("%s: answered with %s", name, answer)
		}
	}
	w := httptest.NewRecorder()
	b.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, paths[sandbox.Charge], nil))
	if !strings.Contains(w.Body.String(), "请使用post方法") {
		t.Errorf("GET is answered with %s", w.Body)
	}
	if len(b.Ledger()) > 0 {
		t.Error("something is in the books")
	}
	if got := b.refusal(t, sandbox.Charge, direct, f); got != "SUCCESS" {
		t.Errorf("the good one: %s", got)
	}
}

// TestSignVectors are the samples of the signature page, and one in Chinese.
func TestSignVectors(t *testing.T) {
	t.Parallel()
	f := fields{"appid": "wxd930ea5d5a258f4f", "body": "test", "device_info": "1000", "mch_id": "10000100", "nonce_str": "ibuaiVcKdpRxkhJA",
		"attach": "", "sign": "not signed itself"}
	const key = "192006250b4c09247ec02edce69f6a2d"
	if got := f.sign(false, key); got != "9A0A8659F005D6984697E2CA0A9CF3B7" {
		t.Errorf("MD5 %s", got)
	}
	if got := f.sign(true, key); got != "6A9AE1657590FD6257D693A078E1C3E4BB6BA4DC30B23E0EE2496E54170DACD6" {
		t.Errorf("HMAC-SHA256 %s", got)
	}
}
