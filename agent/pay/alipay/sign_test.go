package alipay

import (
	"net/url"
	"os"
	"strings"
	"testing"

	"tillgate/agent/pay"
)

// The vectors were made with another program, openssl dgst -sha256 -sign, and a
// key that is for them alone.
const (
	vectorText     = `app_id=2021000000000001&biz_content={"out_trade_no":"880100520001004210000171"}&charset=utf-8&format=JSON&method=alipay.trade.query&sign_type=RSA2&timestamp=2025-01-01 12:00:00&version=1.0`
	vectorSign     = `GCBHundFDCvU8RxeRN8rkNu9mn3nMmG5evL6B7CIoerPmzZf987YKGfrf87F/svFIJwpb/wjB/lyyr2Y8Wt8Io2WYZ8x+MO0HpvXKwzuRbyXyoS9taUzUL+1kMBkKaJ7Ei0m3Sv0AausW1CZcli13grnJpbPZyjInrGwpT2yR/CV2xKByatPZxOQmVbWzwArK3LIsHa3TKpZLyk2Gl8wb/VokSTglaHn6cNdi8Fplorf+qi9lTv2dwLlobWiafez6zxwOAQwaLHig4icV43phXaf4ulxGeo9l0jRCsvoZqyt8ibL0rlnVhwL3thgVzDBZoTYZPJMfOSxT7f3dzyQZg==`
	vectorNode     = `{"code":"10000","msg":"Success","out_trade_no":"880100520001004210000171","store_name":"停车场\/东门 \"A\" }","total_amount":"5.00","trade_status":"TRADE_SUCCESS"}`
	vectorNodeSign = `iqSExq1ttfh5f8eVD/qi1C+6ZUvbgP/Ah0SOtmdQ7ixmnBu7PtxP1/pAKpn93n14GvcM3EXeR9LVGg1qUFq0uy9F9NfnlhPOGFK2VpoT+Ckbu2Sx4HnVG12Ere/JB3HmCh+QHVPvw3v0d1v4Y3TEXbCwwUskqX97Py+YCVm3GqTGHXADsnrn4r4wFcvm+9n8MNQ9ekWJZe43OmT9gKPwt2gtxxF18onLoguAb99OGZqDA04ZAZ3sRwLP0O7Q2+Srm0TvSqLc8uulEzMiqJs3sZSUE3Qionh0cr9n9j8WtRSf0g57d3oqIT7TrNBcXd57G7TAm7ph7FjwM5Gk8Povlg==`
	// vectorBareSign is of the same node with its slash not escaped.
	vectorBareSign = `NfyV/22BIaRfRZQ91c4r4iT3GwgYTvV3xqXNlnrcodKxL5+u1hhUbON50pCa+DryUP2l4fwr9F7UUPJ+MRV9bYUar+0j7ZzH6cmg6IY9Zql02ZvRiQ/wRovx9bfDwbtKh3JIVWJ+9Ree1JbafjFtOMf53S5oBTRXD8dP+TTpyCPGTIOp1vcdGvGnwtRcf7TxXtwUiaOFnmGeit65lUcZeJqBSEIH2KZvSX6Tfx8emk9lh1PjmiHPfOEsZlopwAej9/tbqD41j8UbfkJqqPGiuTfv4dKvC6f6zdJ4zpXYDhb699EdY+3hord4JrbJhrV62On51FsBibEZMlgfcLyLog==`
)

// vectorParams are what the request's vector signs; the last two do not take part.
var vectorParams = params{
	"version": "1.0", "timestamp": "2025-01-01 12:00:00", "sign_type": "RSA2", "method": "alipay.trade.query", "format": "JSON",
	"charset": "utf-8", "biz_content": `{"out_trade_no":"880100520001004210000171"}`, "app_id": "2021000000000001", "app_auth_token": "", "sign": "x",
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/vector." + name + ".pem")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestRequestVector signs what page common/02mse7 shows, with a key in each of its forms.
func TestRequestVector(t *testing.T) {
	t.Parallel()
	if got := vectorParams.text(); got != vectorText {
		t.Errorf("signs %q", got)
	}
	for form, text := range keyForms(t, "pkcs1", "pkcs8") {
		key, err := ReadPrivateKey(pay.Secret(text))
		if err != nil {
			t.Errorf("%s: %v", form, err)
			continue
		}
		body, err := vectorParams.form(key)
		if err != nil {
			t.Fatal(err)
		}
		sent, err := url.ParseQuery(string(body))
		if err != nil || sent.Get("sign") != vectorSign || len(sent) != 9 {
			t.Errorf("%s: sends %v, %v", form, sent, err)
		}
		if text := string(body); !strings.Contains(text, "&timestamp=2025-01-01+12%3A00%3A00&") || !strings.Contains(text, "%7B%22out_trade_no%22%3A") {
			t.Errorf("%s: sends %q", form, text)
		}
	}
}

// TestReplyVector verifies a node as it came, and what its slashes may do to it.
func TestReplyVector(t *testing.T) {
	t.Parallel()
	bare := strings.ReplaceAll(vectorNode, `\/`, "/")
	for form, text := range keyForms(t, "pub", "pub1") {
		key, err := ReadPublicKey(text)
		if err != nil {
			t.Errorf("%s: %v", form, err)
			continue
		}
		for name, c := range map[string]struct {
			node, sign string
			want       bool
		}{
			"as it came":                    {vectorNode, vectorNodeSign, true},
			"bare as it came":               {bare, vectorBareSign, true},
			"signed before it was escaped":  {vectorNode, vectorBareSign, true},
			"signed escaped, sent bare":     {bare, vectorNodeSign, true},
			"another sum":                   {strings.Replace(vectorNode, "5.00", "5.01", 1), vectorNodeSign, false},
			"a blank more":                  {strings.Replace(vectorNode, ":", ": ", 1), vectorNodeSign, false},
			"a blank after":                 {vectorNode + " ", vectorNodeSign, false},
			"a slash more":                  {strings.Replace(vectorNode, "东门", "/东门", 1), vectorNodeSign, false},
			"no signature":                  {vectorNode, "", false},
			"a signature that is no base64": {vectorNode, vectorNodeSign[1:], false},
			"the request's":                 {vectorNode, vectorSign, false},
		} {
			if got := signed([]byte(c.node), c.sign, key); got != c.want {
				t.Errorf("%s, %s: %v", form, name, got)
			}
		}
	}
}

func TestOtherSlashes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		``:           ``,
		`a`:          `a`,
		`a/b`:        `a\/b`,
		`a\/b`:       `a/b`,
		`\/ and /`:   `/ and /`,
		`\\/`:        `\\\/`,
		`\\\/`:       `\\/`,
		`"\"\\","/"`: `"\"\\","\/"`,
	} {
		if got := string(otherSlashes([]byte(text))); got != want {
			t.Errorf("%s becomes %s, want %s", text, got, want)
		}
	}
}
