package pay

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// Payment codes as wallets make them.
const (
	wechatSample   = "134567890123456789"
	alipaySample   = "281234567890123456"
	unionpaySample = "6212345678901234567"
)

func TestRedact(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                     "",
		"paid 12.50 at 15:04:05":               "paid 12.50 at 15:04:05",
		"order 100000010007123450000017 12.50": "order 100000010007123450000017 12.50", // a number of ours
		"refund 10000001000712345000001701":    "refund 10000001000712345000001701",
		"4200001234202601151234567890":         "4200001234202601151234567890", // the network's number
		"6901234567892":                        "6901234567892",                // a product's barcode
		wechatSample:                           "***",
		"a" + wechatSample + "b":               "a***b",
		wechatSample + "," + alipaySample:      "***,***",
		wechatSample + " " + alipaySample:      "*** ***",
		wechatSample + alipaySample:            "***", // a scanner without a line end reads two in a row
		strings.Repeat(wechatSample, 3) + ".":  "***.",
		unionpaySample:                         "***",
		"0112345678901234567":                  "***",
		"1345 6789 0123 4567 89":               "***",
		"at 5: 1345-6789-0123-4567-89, twice":  "at 5: ***, twice",
		"12 134567890123456789":                "12 ***",
		"134567890123456789 12":                "*** 12",
		"１３４５６７８９０１２３４５６７８９":                     "***",
		"1345\u200b6789\u00a00123\n4567\u201089": "***",
		"1345.6789.0123.4567.89":                 "1345.6789.0123.4567.89", // no wallet and no scanner writes it so
		"2026-01-15 08:30 lane 2 took 3 slips":   "2026-01-15 08:30 lane 2 took 3 slips",
		strings.Repeat("9 ", 30):                 strings.Repeat("9 ", 30),
		"\xff" + wechatSample + "\xff":           "\xff***\xff",
	} {
		if got := Redact(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

// TestRedactorKnows looks for a secret in every form that a text carries it in.
func TestRedactorKnows(t *testing.T) {
	t.Parallel()
	const key, password = "0a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P", `p"ß & 7/+`
	r := NewRedactor(key, password)
	for _, secret := range []string{key, password} {
		sum := hex.EncodeToString([]byte(secret))
		for _, text := range []string{
			secret, fmt.Sprintf("%q", secret), url.Values{"k": {secret}}.Encode(), sum, strings.ToUpper(sum), fmt.Sprintf("%x", "user:"+secret),
		} {
			if got := r.Text("with " + text + "."); strings.Contains(got, secret[1:len(secret)-1]) || !strings.Contains(got, "***") || strings.Contains(got, sum[2:20]) {
				t.Errorf("%q becomes %q", text, got)
			}
		}
		for user := range 5 {
			whole := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("u", user) + secret + strings.Repeat("v", user)))
			safe := base64.URLEncoding.EncodeToString([]byte(strings.Repeat("u", user) + secret))
			for _, text := range []string{whole, safe} {
				got := r.Text(text)
				if left := len(strings.Replace(got, "***", "", 1)); got == text || left > len(text)-len(secret)*8/6+2 {
					t.Errorf("%q behind %d characters becomes %q", secret, user, got)
				}
			}
		}
	}
	if got := r.Text("code " + wechatSample + " key " + key); got != "code *** key ***" {
		t.Errorf("both together become %q", got)
	}
}

func TestRedactorKnowsPEM(t *testing.T) {
	t.Parallel()
	const pem = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcw\r\nggSjAgEAAoIBAQDGYx8ZxkPv\n-----END PRIVATE KEY-----\n"
	r := NewRedactor(pem)
	for text, want := range map[string]string{
		"key MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcw":             "key ***",
		"ggSjAgEAAoIBAQDGYx8ZxkPv":                             "***",
		"-----BEGIN PRIVATE KEY-----":                          "-----BEGIN PRIVATE KEY-----",
		fmt.Sprintf("%q", "-----\nggSjAgEAAoIBAQDGYx8ZxkPv\n"): `"-----\n***\n"`,
	} {
		if got := r.Text(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

// TestRedactorOfNothing: what is too short to be a secret would hide every text.
func TestRedactorOfNothing(t *testing.T) {
	t.Parallel()
	const text = "order 12 at counter-1 is paid"
	for _, r := range []*Redactor{NewRedactor(), NewRedactor(""), NewRedactor("a", "12\n1"), NewRedactor("\n\n")} {
		if got := r.Text(text); got != text {
			t.Errorf("it becomes %q", got)
		}
	}
}

func FuzzRedact(f *testing.F) {
	f.Add("scanned ", wechatSample, " at 15:04")
	f.Add("１２", alipaySample, "\xff")
	f.Fuzz(func(t *testing.T, before, code, after string) {
		whole := before + code + after
		if isCode(code) && !strings.ContainsFunc(before+after, unicode.IsDigit) && strings.Contains(Redact(whole), code) {
			t.Errorf("%q is in %q", code, Redact(whole))
		}
		if utf8.ValidString(whole) && !strings.ContainsFunc(whole, unicode.IsDigit) && Redact(whole) != whole {
			t.Errorf("a text without digits became %q", Redact(whole))
		}
	})
}
