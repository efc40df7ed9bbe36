package cloudpay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"tillgate/agent/pay"
)

const (
	configLink = "https://pay.qcloud.com/cpay/use_device_setting?osi=sz01store&si=8f3a9c"
	serial     = "LANDI_QM500_19230001"
)

// console answers a config code's link.
type console struct {
	body   string
	status int
	err    error
	asked  []string
}

func (c *console) RoundTrip(r *http.Request) (*http.Response, error) {
	c.asked = append(c.asked, r.Method+" "+r.URL.String())
	if c.err != nil {
		return nil, c.err
	}
	status := c.status
	if status == 0 {
		status = http.StatusOK
	}
	return reply200(r, status, c.body), nil
}

func (c *console) client() *http.Client { return &http.Client{Transport: c} }

func settings(spoil func(all, setting message)) string {
	setting := message{
		"out_mch_id": "sz01provider", "out_sub_mch_id": "sz01merchant", "cloud_cashier_id": "01000052", "authen_type": 1, "authen_key": testKey,
		"out_shop_id": "sz01store", "shop_name": "东门店", "device_id": "gate 7", "device_name": "七号口", "staff_id": "0007", "staff_name": "老王",
	}
	all := message{"status": 0, "description": "ok", "log_id": 5, "internal_status": 0, "use_device_setting": setting}
	if spoil != nil {
		spoil(all, setting)
	}
	text, err := json.Marshal(all)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func TestBind(t *testing.T) {
	t.Parallel()
	c := &console{body: settings(nil)}
	got, err := Bind(t.Context(), configLink+"\r\n", serial, c.client()) // as a scanner reads it
	if err != nil {
		t.Fatal(err)
	}
	want := Binding{OutMchID: "sz01provider", SubMchID: "sz01merchant", CashierID: "01000052", Key: testKey, ShopID: "sz01store", ShopName: "东门店",
		DeviceID: "gate 7", DeviceName: "七号口", StaffID: "0007", StaffName: "老王"}
	if got != want {
		t.Errorf("bound to %+v, want %+v", got, want)
	}
	if asked := "GET " + configLink + "&sn=" + serial; len(c.asked) != 1 || c.asked[0] != asked {
		t.Errorf("asked %v, want %s", c.asked, asked)
	}
	if text := fmt.Sprintf("%v %+v %#v", got, got, got); strings.Contains(text, testKey) {
		t.Errorf("the key can be seen in %s", text)
	}
}

// TestBindByOtherHosts: the three alternates, and those that a test or a config names.
func TestBindByOtherHosts(t *testing.T) {
	t.Parallel()
	for _, host := range hosts {
		c := &console{body: settings(nil)}
		if _, err := Bind(t.Context(), strings.Replace(configLink, "https://pay.qcloud.com", host, 1), serial, c.client()); err != nil || len(c.asked) != 1 {
			t.Errorf("%s: %v", host, err)
		}
	}
	c := &console{body: settings(nil)}
	link := strings.Replace(configLink, "https://pay.qcloud.com", "http://127.0.0.1:8080", 1)
	if _, err := Bind(t.Context(), link, serial, c.client(), "http://127.0.0.1:8080/"); err != nil || len(c.asked) != 1 {
		t.Errorf("a host of our own: %v", err)
	}
	if _, err := Bind(t.Context(), configLink, serial, c.client(), "http://127.0.0.1:8080"); err == nil || len(c.asked) != 1 {
		t.Errorf("Cloud Pay's, where another is named: %v", err)
	}
}

// TestBindGoesNowhereElse: a code on a wall must not make the terminal call a
// stranger, nor take a key from him.
func TestBindGoesNowhereElse(t *testing.T) {
	t.Parallel()
	for name, link := range map[string]string{
		"nothing": "", "a text": "hello", "a payment code": wxCode, "another host": strings.Replace(configLink, "pay.qcloud.com", "pay.qcloud.com.example", 1),
		"a host before ours": strings.Replace(configLink, "https://", "https://evil.example/https://", 1), "no TLS": strings.Replace(configLink, "https", "http", 1),
		"a port": strings.Replace(configLink, "pay.qcloud.com", "pay.qcloud.com:8443", 1), "a name in it": strings.Replace(configLink, "https://", "https://pay.qcloud.com@evil.example/", 1),
		"a user": strings.Replace(configLink, "https://", "https://a:b@", 1), "another path": strings.Replace(configLink, "use_device_setting", "micro_pay", 1),
		"a longer path": strings.Replace(configLink, "use_device_setting", "use_device_setting/../ping", 1),
		"no store":      strings.Replace(configLink, "osi=", "x=", 1), "no secret": strings.Replace(configLink, "&si=", "&x=", 1), "two stores": configLink + "&osi=other",
		"a serial number": configLink + "&sn=LANDI_QM500_2", "a fragment": configLink + "#sn", "a payment link": "weixin://wxpay/bizpayurl?pr=x",
	} {
		c := &console{body: settings(nil)}
		got, err := Bind(t.Context(), link, serial, c.client())
		if err == nil || !strings.HasPrefix(err.Error(), "bind: ") || len(c.asked) > 0 || got != (Binding{}) {
			t.Errorf("%s: %v after %v", name, err, c.asked)
		}
	}
}

func TestSerialNumbers(t *testing.T) {
	t.Parallel()
	for number, good := range map[string]bool{
		serial: true, "LANDI_QM-600_LA190000000": true, "A_1_b": true, "A_1_b_2": true,
		"": false, "LANDI": false, "LANDI_QM500": false, "LANDI_QM500_": false, "_QM500_1": false, "LANDI__1": false, "Landi_QM500_1": false, "LANDI_qm500_1": false,
		"LANDI_QM500_1 2": false, "LANDI_QM500_\n1": false, "LANDI_QM500_" + strings.Repeat("1", 53): false,
	} {
		c := &console{body: settings(nil)}
		if _, err := Bind(t.Context(), configLink, number, c.client()); (err == nil) != good || (len(c.asked) == 1) != good {
			t.Errorf("%q: %v", number, err)
		}
	}
}

// TestBindRefused has a sentence for each, and no key in any.
func TestBindRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		c    console
		says string
	}{
		{"bound to another", console{body: `{"status":104,"internal_status":3214,"description":"already bound"}`}, "bound to another terminal"},
		{"too late", console{body: `{"status":104,"internal_status":3216,"description":"二维码已过期"}`}, "二维码已过期"},
		{"a portal", console{body: "<html>Sign in</html>"}, "not one of Cloud Pay"},
		{"an empty object", console{body: "{}"}, "not one of Cloud Pay"},
		{"404", console{body: settings(nil), status: 404}, "HTTP 404"},
		{"a redirect", console{body: settings(nil), status: 302}, "HTTP 302"},
		{"no answer", console{err: errors.New("no route to host")}, "no route to host"},
		{"no settings", console{body: settings(func(all, _ message) { delete(all, "use_device_setting") })}, "not what the device is set to"},
		{"MD5", console{body: settings(func(_, s message) { s["authen_type"] = 2 })}, "authen type 2"},
		{"a short key", console{body: settings(func(_, s message) { s["authen_key"] = testKey[:20] })}, "20 characters"},
		{"a key as a number", console{body: settings(func(_, s message) { s["authen_key"] = 12345678 })}, "not one of Cloud Pay"},
		{"the prefix with letters", console{body: settings(func(_, s message) { s["cloud_cashier_id"] = "sz0100lmnx" })}, "8 digits"},
		{"no store", console{body: settings(func(_, s message) { delete(s, "out_shop_id") })}, "out_shop_id"},
	} {
		got, err := Bind(t.Context(), configLink, serial, c.c.client())
		switch {
		case err == nil || got != (Binding{}) || !strings.HasPrefix(err.Error(), "bind: ") || !strings.Contains(err.Error(), c.says):
			t.Errorf("%s: %v", c.name, err)
		case strings.Contains(err.Error(), testKey[:20]) || strings.Contains(err.Error(), "8f3a9c") || strings.Contains(err.Error(), "12345678"):
			t.Errorf("%s: tells a secret: %v", c.name, err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), -time.Second)
	defer cancel()
	if _, err := Bind(ctx, configLink, serial, &http.Client{Transport: pay.NewTransport(nil, nil)}); err == nil || strings.Contains(err.Error(), "8f3a9c") {
		t.Errorf("a caller who has gone away: %v", err)
	}
	if _, err := Bind(t.Context(), configLink, serial, http.DefaultClient); err == nil || !strings.Contains(err.Error(), "transport") {
		t.Errorf("a client without a transport: %v", err)
	}
}

func TestUnbind(t *testing.T) {
	t.Parallel()
	bound := func(o *Options) { o.Serial = serial }
	for _, c := range []struct {
		name   string
		answer message
		says   string // "": done
	}{
		{"done", message{"status": 0}, ""},
		{"done before", message{"status": 104, "internal_status": 3215}, ""},
		{"refused", message{"status": 104, "description": "no right"}, "no right"},
		{"busy", message{"status": 103}, "103"},
	} {
		n := &network{say: map[string]func(message) message{"unbind_device_sn_code": func(message) message { return c.answer }}}
		err := n.provider(t, bound).Unbind(t.Context())
		if (err == nil) != (c.says == "") || err != nil && (!strings.Contains(err.Error(), c.says) || !strings.HasPrefix(err.Error(), "merchant shop: unbind: ")) {
			t.Errorf("%s: %v", c.name, err)
		}
		got := n.got["unbind_device_sn_code"]
		if got["out_sub_mch_id"] != "sz01merchant" || got["out_shop_id"] != "sz01store" || got["device_id"] != "gate 7" || got["sn_code"] != serial || len(got) != 5 {
			t.Errorf("%s: asked %v", c.name, got)
		}
	}
	n := &network{}
	if err := n.provider(t).Unbind(t.Context()); err == nil || len(n.log) > 0 {
		t.Errorf("a device that was never bound: %v", err)
	}
	n.raw = func(string, string) (int, string) { return 200, envelope(message{"status": 0}, lastKey) }
	if err := n.provider(t, bound).Unbind(t.Context()); err == nil || !strings.Contains(err.Error(), pay.CodeBadSignature) {
		t.Errorf("an answer of somebody else: %v", err)
	}
}
