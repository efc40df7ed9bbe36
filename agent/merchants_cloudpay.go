package main

import (
	"tillgate/agent/pay"
	"tillgate/agent/pay/cloudpay"
)

// cloudpayNetwork is Tencent Cloud Pay, which takes two wallets over one
// contract. A code that it shows is for one of them.
var cloudpayNetwork = network{
	wallets: []string{"wechat", "alipay"},
	qr: func(m *merchantConfig) ([]string, string) {
		if m.QRWallet == "alipay" {
			return []string{"alipay"}, ""
		}
		return []string{"wechat"}, ""
	},
	holds:  func(_ *merchantConfig, wallet string) (pay.HoldTerms, string) { return cloudpay.Terms(wallet), "" },
	timing: cloudpay.Timing,
	keys: merchantKeys{
		need: map[string]string{
			"provider":          "the service provider's account, out_mch_id",
			"mch_id":            "the merchant's account, out_sub_mch_id",
			"shop":              "the store's number, out_shop_id",
			"device":            "this device's number in the store, device_id",
			"cashier_id":        "8 digits, cloud_cashier_id, the same as [terminal].site",
			"sub_terminal_type": "the number that the hardware's brand was given, such as \"1234\"",
			"key":               `"cred:NAME" or "file:/path" of the authen key`,
		},
		may: []string{"staff", "staff_name", "admin", "old_key", "serial", "machine_no", "reverse", "qr_wallet", "base_urls"},
	},
	check:  checkCloudPay,
	client: newCloudPay,
}

// sdkVersionMax is the length of the network's field for our version.
const sdkVersionMax = 10

func newCloudPay(m *merchantConfig, a account) (pay.Provider, error) {
	o := cloudpay.Options{
		Hosts: m.BaseURLs, OutMchID: m.Provider, SubMchID: m.MchID, ShopID: m.Shop, DeviceID: m.Device,
		StaffID: m.Staff, StaffName: m.StaffName, Admin: m.Admin == "yes", CashierID: m.CashierID,
		SubTerminalType: int(m.SubTerminalType), Serial: m.Serial, MachineNo: m.MachineNo, Version: a.version[:min(sdkVersionMax, len(a.version))],
		QRWallet: m.QRWallet, Reverse: m.Reverse == "yes", Client: a.client, Now: a.now,
	}
	if err := loadAll(map[*pay.Secret]source{&o.Key: m.Key, &o.OldKey: m.OldKey}); err != nil {
		return nil, err
	}
	return cloudpay.New(m.Name, o)
}

func checkCloudPay(c configCheck, m *merchantConfig, wrong wrongFunc) {
	switch site := c.Terminal.Site; {
	case m.CashierID != "" && (!allDigits(m.CashierID) || len(m.CashierID) != 8):
		wrong("cashier_id", "cashier_id is %q; expected 8 digits: of the merchant's two prefixes take the one without letters", m.CashierID)
	case m.CashierID != "" && site != "" && m.CashierID != site:
		wrong("cashier_id", "cashier_id is %q, and [terminal].site is %q; Cloud Pay takes only numbers that begin with cashier_id, and all of ours begin with site: write site = %[1]q", m.CashierID, site)
	}
	if m.QRWallet != "" && m.QRWallet != "wechat" && m.QRWallet != "alipay" {
		wrong("qr_wallet", "qr_wallet is %q; expected \"wechat\" or \"alipay\"", m.QRWallet)
	}
	for key, word := range map[string]string{"reverse": m.Reverse, "admin": m.Admin} {
		if word != "" && word != "yes" && word != "no" {
			wrong(key, "%s is %q; expected \"yes\" or \"no\"", key, word)
		}
	}
	if m.Staff == "" && m.Admin != "yes" {
		wrong("staff", "staff is missing; nothing is given back without a clerk who may, or admin = \"yes\"")
	}
	if m.OldKey.given() && m.OldKey == m.Key {
		wrong("old_key", "old_key is the same as key; expected the key before it, or none")
	}
	// Lengths of the network's fields: cloud.tencent.com 569/37627 and 37632.
	checkLength("provider", m.Provider, 32, wrong)
	checkLength("mch_id", m.MchID, 32, wrong)
	checkLength("shop", m.Shop, 32, wrong)
	checkLength("device", m.Device, 64, wrong)
	checkLength("staff", m.Staff, 64, wrong)
	checkLength("staff_name", m.StaffName, 32, wrong)
	checkLength("serial", m.Serial, 127, wrong)
	checkLength("machine_no", m.MachineNo, 32, wrong)
}
