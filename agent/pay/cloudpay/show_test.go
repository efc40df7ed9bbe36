package cloudpay

import (
	"strings"
	"testing"
	"time"

	"tillgate/agent/pay"
)

// TestShow answers the link of a code that can be paid.
func TestShow(t *testing.T) {
	t.Parallel()
	for wallet, platform := range map[string]float64{"": 1, wechat: 1, alipay: 2} {
		n := &network{}
		r := n.provider(t, func(o *Options) { o.QRWallet = wallet }).Show(t.Context(), offer)
		if r.State != pay.Waiting || r.Link != "weixin://wxpay/bizpayurl?pr=x" || r.Date.IsZero() {
			t.Errorf("%q: %+v", wallet, r)
		}
		if key := object(n.got["scan_code_pay"], "pay_mch_key"); key["pay_platform"] != platform || r.Wallet == "" || platforms[r.Wallet] != int(platform) {
			t.Errorf("%q: asked for by %v, answered of %q", wallet, key, r.Wallet)
		}
	}
}

// TestLinks takes none that no phone could open.
func TestLinks(t *testing.T) {
	t.Parallel()
	for link, good := range map[string]bool{
		"weixin://wxpay/bizpayurl?pr=x": true, "https://qr.alipay.com/bax0123": true,
		"": false, "bizpayurl?pr=x": false, "https://qr.alipay.com/a b": false, "https://qr.alipay.com/\n": false, "https://付.example/": false,
		"https://qr.alipay.com/" + strings.Repeat("x", pay.LinkBytesMax): false,
	} {
		n := &network{say: map[string]func(message) message{"scan_code_pay": func(message) message {
			return message{"scan_code_pay": message{"code_url": link}}
		}}}
		r := n.provider(t).Show(t.Context(), offer)
		if good && (r.State != pay.Waiting || r.Link != link) || !good && (r.State != pay.Unknown || r.Link != "" || r.Code != pay.CodeIncomplete) {
			t.Errorf("%q: %+v", link, r)
		}
	}
}

// TestShownLife: a code lives as long as the offer says, else as the timing does.
func TestShownLife(t *testing.T) {
	t.Parallel()
	for life, want := range map[time.Duration]time.Duration{90 * time.Second: 90 * time.Second, 0: Timing.Show.Life} {
		n := &network{}
		o := offer
		o.Life = life
		n.provider(t).Show(t.Context(), o)
		if got := object(n.got["scan_code_pay"], "pay_content")["time_expire"]; got != float64(asked.Add(want).Unix()) {
			t.Errorf("%v: it expires at %v", life, got)
		}
	}
}

// TestANumberThatIsAnothers: also a code is never closed under it.
func TestANumberThatIsAnothers(t *testing.T) {
	t.Parallel()
	n := &network{say: map[string]func(message) message{"scan_code_pay": func(message) message {
		return message{"status": 104, "internal_status": 407, "description": "re-entry"}
	}}}
	p := n.provider(t)
	n.open(wechat, 3)
	if r := p.Show(t.Context(), offer); r.State != pay.Mismatch || r.Code != usedNumber || r.Amount != 500 || r.Link != "" {
		t.Errorf("%+v", r)
	}
}
