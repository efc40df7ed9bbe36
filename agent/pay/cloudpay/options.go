package cloudpay

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"tillgate/agent/pay"
)

// hosts are those of Cloud Pay, with the same paths (page 37627). Whether all of
// them live is unconfirmed, so a config may name others.
var hosts = []string{"https://pay.qcloud.com", "https://sz.pay.qcloud.com", "https://sh.pay.qcloud.com", "https://tj.pay.qcloud.com"}

// Lengths of the network's fields in bytes (pages 37627 and 37632).
const (
	keyBytes        = 32
	cashierDigits   = 8
	accountBytesMax = 32 // out_mch_id, out_sub_mch_id, out_shop_id
	deviceBytesMax  = 64 // device_id, staff_id, shop_id
	serialBytesMax  = 127
	machineBytesMax = 32
	versionBytesMax = 10
	staffNameMax    = 32 // authorization_name
)

// The wallets behind Cloud Pay, as in pay.Result.
const (
	wechat = "wechat"
	alipay = "alipay"
)

// Options say on whose behalf to ask, and how. What is said to be needed is
// refused by New when it is missing.
type Options struct {
	Hosts    []string   // addresses without a path, in the order in which they are tried; none: the four of Cloud Pay
	OutMchID string     // account of the provider (服务商), needed
	SubMchID string     // out_sub_mch_id: account of the merchant, needed
	ShopID   string     // out_shop_id: the store, needed
	Key      pay.Secret // authen_key of the merchant, 32 characters, needed
	OldKey   pay.Secret // the one before it, for the minutes of a change; may be empty for ever

	// CashierID is cloud_cashier_id, 8 digits, needed. The network wants every
	// number to begin with it: the config sees to it that our site's prefix is
	// the same, for a charge is no place to find that out.
	CashierID string

	DeviceID        string // device_id: this device in the store, as the console made it, needed
	SubTerminalType int    // sub_terminal_type: what Cloud Pay gave to the hardware's brand, needed, above 0
	StaffID         string // staff_id on calls that name nobody, and the clerk who answers for refunds and undos; needed unless Admin
	StaffName       string // authorization_name: stands behind a refund's reason; may be empty
	Admin           bool   // refunds are asked for by the merchant's administrator (is_sub_mch_admin), not by StaffID
	Serial          string // sn_code: needed for a device that was bound by a config code, else empty
	MachineNo       string // machine_no, unique, at most 32 characters; empty: DeviceID, cut to that
	Version         string // sdk_version: ours, at most 10 characters; empty: "1"
	IP              string // spbill_create_ip: of this device, IPv4; empty: 127.0.0.1

	QRWallet string // whose codes we show: "wechat" (also when empty) or "alipay"
	Reverse  bool   // undo scanned codes with reverse, which no document after 2018 offers, instead of query and refund

	Client *http.Client     // over a transport of pay.NewTransport
	Now    func() time.Time // the corrected time, for time_expire; nil: time.Now
}

// filled are the options with what an empty one stands for.
func (o Options) filled() Options {
	if len(o.Hosts) == 0 {
		o.Hosts = hosts
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	o.MachineNo = cmp.Or(o.MachineNo, pay.Cut(o.DeviceID, machineBytesMax))
	o.Version = cmp.Or(o.Version, "1")
	o.IP = cmp.Or(o.IP, "127.0.0.1")
	o.QRWallet = cmp.Or(o.QRWallet, wechat)
	return o
}

func (o Options) check() error {
	if err := o.checkHosts(); err != nil {
		return err
	}
	if err := o.checkLengths(); err != nil {
		return err
	}
	ip, err := netip.ParseAddr(o.IP)
	switch {
	case len(o.CashierID) != cashierDigits || strings.Trim(o.CashierID, "0123456789") != "":
		return fmt.Errorf("the cloud cashier id %q has not %d digits: of the merchant's two prefixes take the one without letters", o.CashierID, cashierDigits)
	case o.SubTerminalType <= 0:
		return errors.New("the sub terminal type that Cloud Pay gave to this hardware is missing")
	case err != nil || !ip.Is4():
		return fmt.Errorf("%q is not an IPv4 address", o.IP)
	case o.StaffID == "" && !o.Admin:
		return errors.New("the clerk (staff_id) is missing: without one, or the administrator's word, nothing can be given back")
	case o.QRWallet != wechat && o.QRWallet != alipay:
		return fmt.Errorf("the wallet of codes that we show is %s or %s, not %q", wechat, alipay, o.QRWallet)
	}
	if err := checkKey("authen key", o.Key); err != nil {
		return err
	}
	if o.OldKey == "" {
		return nil
	}
	if o.OldKey == o.Key {
		return errors.New("the old authen key is the same as the new one")
	}
	return checkKey("old authen key", o.OldKey)
}

func (o Options) checkHosts() error {
	for _, host := range o.Hosts {
		u, err := url.Parse(host)
		if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
			return fmt.Errorf("%q is not the address of a host", host)
		}
	}
	return nil
}

func (o Options) checkLengths() error {
	for _, f := range []struct {
		what, value string
		needed      bool
		max         int
	}{
		{"provider's account (out_mch_id)", o.OutMchID, true, accountBytesMax},
		{"merchant's account (out_sub_mch_id)", o.SubMchID, true, accountBytesMax},
		{"store (out_shop_id)", o.ShopID, true, accountBytesMax},
		{"device (device_id)", o.DeviceID, true, deviceBytesMax},
		{"clerk (staff_id)", o.StaffID, false, deviceBytesMax},
		{"clerk's name", o.StaffName, false, staffNameMax},
		{"serial number (sn_code)", o.Serial, false, serialBytesMax},
		{"machine number", o.MachineNo, true, machineBytesMax},
		{"version", o.Version, true, versionBytesMax},
	} {
		switch {
		case f.value == "" && f.needed:
			return fmt.Errorf("the %s is missing", f.what)
		case len(f.value) > f.max || pay.Cut(f.value, f.max) != f.value:
			return fmt.Errorf("the %s %q is longer than %d bytes, or has what cannot be seen", f.what, f.value, f.max)
		}
	}
	return nil
}

// checkKey never tells the key.
func checkKey(what string, key pay.Secret) error {
	visible := func(r rune) bool { return r > ' ' && r <= '~' }
	switch {
	case len(key) != keyBytes:
		return fmt.Errorf("the %s has %d characters, not %d", what, len(key), keyBytes)
	case strings.IndexFunc(string(key), func(r rune) bool { return !visible(r) }) >= 0:
		return fmt.Errorf("the %s has characters that are not of ASCII", what)
	case pay.Printed(key):
		return fmt.Errorf("the %s is printed in a public guide: set another in Cloud Pay's console", what)
	}
	return nil
}
