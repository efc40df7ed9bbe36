package cloudpay

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"tillgate/agent/pay"
)

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	way := &http.Client{Transport: pay.NewTransport(nil, nil)}
	for _, c := range []struct {
		name  string
		spoil func(o *Options)
		says  string // "": taken
	}{
		{"good", func(*Options) {}, ""},
		{"the four hosts", func(o *Options) { o.Hosts = nil }, ""},
		{"an old key", func(o *Options) { o.OldKey = lastKey }, ""},
		{"the administrator", func(o *Options) { o.Admin, o.StaffID = true, "" }, ""},
		{"all that may be there", func(o *Options) {
			o.Serial, o.MachineNo, o.Version, o.IP, o.StaffName, o.QRWallet, o.Reverse = "LANDI_QM500_1", "00:1A", "1.2.3", "10.0.0.7", "老王", alipay, true
		}, ""},
		{"no clock of its own", func(o *Options) { o.Now = nil }, ""},

		{"no provider", func(o *Options) { o.OutMchID = "" }, "out_mch_id"},
		{"no merchant", func(o *Options) { o.SubMchID = "" }, "out_sub_mch_id"},
		{"no store", func(o *Options) { o.ShopID = "" }, "out_shop_id"},
		{"no device", func(o *Options) { o.DeviceID = "" }, "device_id"},
		{"no clerk", func(o *Options) { o.StaffID = "" }, "staff_id"},
		{"no number range", func(o *Options) { o.SubTerminalType = 0 }, "sub terminal type"},
		{"a long store", func(o *Options) { o.ShopID = strings.Repeat("s", 33) }, "longer than 32"},
		{"a long device", func(o *Options) { o.DeviceID = strings.Repeat("d", 65) }, "longer than 64"},
		{"a long version", func(o *Options) { o.Version = "1.2.3-beta4" }, "longer than 10"},
		{"a device with a line break", func(o *Options) { o.DeviceID = "gate\n7" }, "cannot be seen"},

		{"no prefix", func(o *Options) { o.CashierID = "" }, "8 digits"},
		{"the prefix with letters", func(o *Options) { o.CashierID = "sz0100lmnx" }, "8 digits"},
		{"a prefix of 7", func(o *Options) { o.CashierID = "0100005" }, "8 digits"},

		{"no key", func(o *Options) { o.Key = "" }, "0 characters"},
		{"a short key", func(o *Options) { o.Key = o.Key[:31] }, "31 characters"},
		{"a key with a blank", func(o *Options) { o.Key = " " + o.Key[1:] }, "ASCII"},
		{"a key of the vendor's page", func(o *Options) { o.Key = "c852274d372982d5530b692fd77124d3" }, "printed"},
		{"a short old key", func(o *Options) { o.OldKey = "old" }, "old authen key has 3"},
		{"the same old key", func(o *Options) { o.OldKey = o.Key }, "same"},

		{"a host without its scheme", func(o *Options) { o.Hosts = []string{"pay.qcloud.com"} }, "not the address"},
		{"a host with a path", func(o *Options) { o.Hosts = []string{"https://pay.qcloud.com/cpay"} }, "not the address"},
		{"a file", func(o *Options) { o.Hosts = []string{"file:///etc"} }, "not the address"},
		{"a name for an IP address", func(o *Options) { o.IP = "localhost" }, "IPv4"},
		{"an IPv6 address", func(o *Options) { o.IP = "2001:db8::7" }, "IPv4"},
		{"a wallet of others", func(o *Options) { o.QRWallet = "unionpay" }, "unionpay"},
		{"no client", func(o *Options) { o.Client = nil }, "transport"},
		{"a client that speaks HTTP/2", func(o *Options) { o.Client = &http.Client{Transport: http.DefaultTransport} }, "HTTP/2"},
	} {
		o := testOptions()
		o.Client = way
		c.spoil(&o)
		p, err := New("shop", o)
		switch {
		case (p == nil) != (err != nil) || (err == nil) != (c.says == ""):
			t.Errorf("%s: %v", c.name, err)
		case err != nil && (!strings.Contains(err.Error(), c.says) || !strings.HasPrefix(err.Error(), "merchant shop: ") || o.Key != "" && strings.Contains(err.Error(), string(o.Key))):
			t.Errorf("%s: says %v", c.name, err)
		}
	}
}

// TestTiming: the machine skips an undo without a name, and after 103 the network
// wants 3 s (page 37627).
func TestTiming(t *testing.T) {
	t.Parallel()
	if Timing.Undo.Kind == "" || Timing.Show.Undo.Kind == "" || len(Timing.UndoAgain) == 0 {
		t.Error("there is an undo that is never sent")
	}
	for what, gap := range map[string]time.Duration{
		"the first query": Timing.Queries[0], "the next": Timing.QueryEvery, "of a code": Timing.Show.QueryEvery, "the next undo": Timing.UndoAgain[0],
	} {
		if gap < 3*time.Second {
			t.Errorf("%s comes after %v", what, gap)
		}
	}
}
