package wechat

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"tillgate/agent/pay"
)

// TestRepliesAreVerified spoils one thing about a reply that would say that it was paid.
func TestRepliesAreVerified(t *testing.T) {
	t.Parallel()
	header := func(name, value string) func(a *answer3) {
		return func(a *answer3) { a.spoil = func(h http.Header) { h.Set(name, value) } }
	}
	at := func(d time.Duration) func(a *answer3) { return func(a *answer3) { a.at = asked.Add(d) } }
	for _, c := range []struct {
		name  string
		spoil func(a *answer3)
		code  string // "": paid
		dated bool   // its signature is good, at least
	}{
		{"good", func(*answer3) {}, "", true},
		{"nearly five minutes old", at(-299 * time.Second), "", true},
		{"nearly five minutes ahead", at(299 * time.Second), "", true},
		{"five minutes old", at(-300 * time.Second), "reply of another time", true},
		{"five minutes ahead", at(300 * time.Second), "reply of another time", true},
		{"of another month", at(-1000 * time.Hour), "reply of another time", true},
		{"older than its Date", func(a *answer3) {
			a.at = asked.Add(-10 * time.Minute)
			a.spoil = func(h http.Header) { h.Set("Date", asked.UTC().Format(http.TimeFormat)) }
		}, "reply of another time", false},

		{"no signature", header("Wechatpay-Signature", ""), "no signature", false},
		{"no nonce", header("Wechatpay-Nonce", ""), "no signature", false},
		{"no timestamp", header("Wechatpay-Timestamp", ""), "no signature", false},
		{"no serial", header("Wechatpay-Serial", ""), "no signature", false},
		{"not base64", header("Wechatpay-Signature", "***"), "no signature", false},
		{"a timestamp in words", header("Wechatpay-Timestamp", "noon"), "no signature", false},
		{"another timestamp", header("Wechatpay-Timestamp", strconv.FormatInt(asked.Unix()+1, 10)), "bad signature", false},
		{"another nonce", header("Wechatpay-Nonce", "other"), "bad signature", false},
		{"a probe", header("Wechatpay-Signature", "WECHATPAY/SIGNTEST/abc="), "no signature", false},
		{"another key", func(a *answer3) { a.key = ourKey() }, "bad signature", false},
		{"the other key under this serial", func(a *answer3) { a.serial, a.key = fmt.Sprintf("%X", platformSerial), publicKey() }, "bad signature", false},
		{"an unknown serial", func(a *answer3) { a.serial = "77" }, "unknown serial", false},
		{"an unknown public key", func(a *answer3) { a.serial = "PUB_KEY_ID_1" }, "unknown serial", false},
		{"an error's status", func(a *answer3) { a.status = 500 }, "HTTP 500", true},
		{"accepted", func(a *answer3) { a.status = 202 }, "HTTP 202", true},
		{"a redirect", func(a *answer3) { a.status = 302 }, "HTTP 302", true},
		{"an unsigned error", func(a *answer3) { a.status = 502; a.spoil = func(h http.Header) { h.Del("Wechatpay-Signature") } }, "HTTP 502", false},
	} {
		for name, o := range modes() {
			n := &network3{answer: func(call3) answer3 {
				a := trade(o, "SUCCESS", nil)
				c.spoil(&a)
				return a
			}}
			r := n.shower(t, o).Query(context.Background(), shownAttempt)
			if (r.State == pay.Paid) != (c.code == "") || r.State != pay.Paid && r.State != pay.Unknown || r.Code != c.code || r.NotFound || r.Message != "" {
				t.Errorf("%s, %s: %+v", name, c.name, r)
			}
			if r.Date.IsZero() == c.dated || c.dated && r.Date.Sub(asked).Abs()%time.Hour > 300*time.Second {
				t.Errorf("%s, %s: the date is %v", name, c.name, r.Date)
			}
		}
	}
}

// TestTheBodyIsVerifiedAsItCame changes one byte of what was signed.
func TestTheBodyIsVerifiedAsItCame(t *testing.T) {
	t.Parallel()
	n := &network3{answer: func(call3) answer3 { return trade(directOptions, "SUCCESS", nil) }}
	s := n.shower(t, directOptions)
	spoilt := &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		resp, err := n.RoundTrip(r)
		if err == nil && r.URL.Path != certificatesPath {
			resp.Body = io.NopCloser(io.MultiReader(resp.Body, strings.NewReader(" ")))
		}
		return resp, err
	})}
	wire, err := pay.NewWire(spoilt)
	if err != nil {
		t.Fatal(err)
	}
	s.v3.wire = wire
	if r := s.Query(context.Background(), shownAttempt); r.State != pay.Unknown || r.Code != "bad signature" {
		t.Errorf("a blank more than was signed: %+v", r)
	}
}

// TestBothKindsOfKeysCountDuringASwitch lets the network sign with either while
// the merchant asks for one.
func TestBothKindsOfKeysCountDuringASwitch(t *testing.T) {
	t.Parallel()
	o := with(directOptions, byPublicKey)
	serial := ""
	n := &network3{answer: func(call3) answer3 { a := trade(o, "SUCCESS", nil); a.serial = serial; return a }}
	s := n.shower(t, o)
	for _, serial = range []string{publicKeyID, fmt.Sprintf("%X", platformSerial), publicKeyID} {
		if r := s.Query(context.Background(), shownAttempt); r.State != pay.Paid {
			t.Errorf("signed with %s: %+v", serial, r)
		}
	}
	if len(n.calls) != 4 {
		t.Errorf("%d calls, want 3 and one for the certificates", len(n.calls))
	}
}
