package cloudpay

import (
	"encoding/json"
	"strings"
	"testing"

	"tillgate/agent/pay"
)

// vectors are those of page 37627; the third keeps the escapes that are part of
// the text, the last is the vendor page's own.
var vectors = []struct {
	key  pay.Secret
	text string
	code string
}{
	{"0123456789ABCDEF0123456789ABCDEF", `{"nonce_str":"n1","out_trade_no":"01000052T1"}`, "06C31A6403E5BE5CACA03D2B156C7483A05A88AD63734FE6AD4F9FEA7B10A798"},
	{"0123456789ABCDEF0123456789ABCDEF", `{"nonce_str":"n1","out_trade_no":"01000052T1"}` + "\n", "D7ED835CA09010C76EADACE4AE4B0BDB66A25E037BB4016EDA938957A22B42BF"},
	{"0123456789ABCDEF0123456789ABCDEF", `{"status":0,"scan_code_pay":{"code_url":"weixin:\/\/wxpay\/x","nonce_str":"n2"}}`, "59A89D277D4BC7D6082286D0D8358A0B2F3EE1490F1EF32A6708003B3657239A"},
	{"c852274d372982d5530b692fd77124d3", "ac=p9fa01zex4mi&rs=c44f32e0&sn=LANDI_QM600_LA190000000", "E0CA8FDA56464BDF702FCA1AE9692EB99483E065879247763B3A46B576EBF5AC"},
}

// TestVectors signs and verifies the published ones.
func TestVectors(t *testing.T) {
	t.Parallel()
	for _, v := range vectors {
		if got := sign(v.text, v.key); got != v.code {
			t.Errorf("%q is signed as %s, want %s", v.text, got, v.code)
		}
		for name, c := range map[string]struct {
			text, code string
			key        pay.Secret
			good       bool
		}{
			"as it is":      {v.text, v.code, v.key, true},
			"small letters": {v.text, strings.ToLower(v.code), v.key, true},
			"another text":  {v.text + " ", v.code, v.key, false},
			"another key":   {v.text, v.code, testKey, false},
			"a short code":  {v.text, v.code[:62], v.key, false},
			"no code":       {v.text, "", v.key, false},
			"not hex":       {v.text, "Z" + v.code[1:], v.key, false},
			"upper-case key": {v.text, v.code, pay.Secret(strings.ToUpper(string(v.key))),
				string(v.key) == strings.ToUpper(string(v.key))},
		} {
			if signed(c.text, c.code, c.key) != c.good {
				t.Errorf("%s of %q: taken for good is %v", name, v.text, !c.good)
			}
		}
	}
}

// TestSeal puts the very bytes into the envelope that were signed.
func TestSeal(t *testing.T) {
	t.Parallel()
	for _, v := range vectors {
		var got struct {
			Content string `json:"request_content"`
			Info    map[string]struct {
				Type int    `json:"authen_type"`
				Code string `json:"authen_code"`
			} `json:"authen_info"`
		}
		if err := json.Unmarshal(seal(v.text, v.key), &got); err != nil {
			t.Fatal(err)
		}
		if a := got.Info["a"]; got.Content != v.text || a.Type != 1 || a.Code != v.code || len(got.Info) != 1 {
			t.Errorf("%q is sealed as %+v", v.text, got)
		}
	}
}

// TestTheTextIsVerifiedAsItCame: the escapes inside the text are part of it, those
// of the envelope around it are not.
func TestTheTextIsVerifiedAsItCame(t *testing.T) {
	t.Parallel()
	text := `{"status":0,"description":"\u64CD\/作 <&>","scan_code_pay":{"code_url":"weixin:\/\/wxpay\/bizpayurl?pr=x"}}`
	code := hmacOf(text, testKey)
	plain, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	slashes := strings.ReplaceAll(string(plain), "/", `\/`) // the envelope may be escaped as well
	for name, c := range map[string]struct {
		content string
		state   pay.State
	}{
		"as Go writes it":         {string(plain), pay.Waiting},
		"with more escapes":       {slashes, pay.Waiting},
		"with the text unescaped": {strings.ReplaceAll(string(plain), `\\/`, "/"), pay.Unknown},
	} {
		n := &network{raw: func(string, string) (int, string) {
			return 200, `{"response_content":` + c.content + `,"authen_info":{"a":{"authen_type":1,"authen_code":"` + strings.ToLower(code) + `"}}}`
		}}
		r := n.provider(t).Show(t.Context(), offer)
		if r.State != c.state || c.state == pay.Waiting && r.Link != "weixin://wxpay/bizpayurl?pr=x" {
			t.Errorf("%s: %+v", name, r)
		}
	}
}
