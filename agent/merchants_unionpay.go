package main

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"tillgate/agent/pay"
	"tillgate/agent/pay/unionpay"
)

// unionpayNetwork is ChinaUMS (银联商务), whose one merchant number takes three
// wallets, by codes that we scan and by one code that we show for all of them.
var unionpayNetwork = network{
	wallets: []string{"wechat", "alipay", "unionpay"},
	mute:    true,
	qr: func(m *merchantConfig) ([]string, string) {
		if m.QRMchID != "" && m.QRTerminalID != "" && m.BillSource != "" {
			return []string{"wechat", "alipay", "unionpay"}, ""
		}
		return nil, "qr_mch_id, qr_terminal_id and bill_source"
	},
	timing: unionpay.Timing,
	keys: merchantKeys{
		need: map[string]string{
			"app_id":      "the app id, 32 hex digits",
			"key":         `"cred:NAME" or "file:/path" of the app key`,
			"mch_id":      "the merchant number for codes that we scan, 15 letters or digits",
			"terminal_id": "the terminal number beside it, 8 letters or digits",
		},
		may: []string{
			"qr_mch_id", "qr_terminal_id", "bill_source", "device_type", "serial", "longitude", "latitude", "ip",
			"base_url", "spare_url", "pay_path", "void_path", "refund_path", "query_path", "query_refund_path",
		},
	},
	check:  checkUnionPay,
	client: newUnionPay,
}

func newUnionPay(m *merchantConfig, a account) (pay.Provider, error) {
	o := unionpay.Options{
		BaseURL: m.BaseURL, SpareURL: m.SpareURL, AppID: m.AppID, MID: m.MchID, TID: m.TerminalID,
		Paths:      unionpay.Paths{Pay: m.PayPath, Void: m.VoidPath, Refund: m.RefundPath, Query: m.QueryPath, QueryRefund: m.QueryRefundPath},
		DeviceType: m.DeviceType, Serial: m.Serial, Longitude: m.Longitude, Latitude: m.Latitude, IP: m.IP,
		Client: a.client, Now: a.now,
	}
	if err := loadAll(map[*pay.Secret]source{&o.AppKey: m.Key}); err != nil {
		return nil, err
	}
	if !a.shows {
		return unionpay.New(m.Name, o)
	}
	o.QRMID, o.QRTID, o.Source = m.QRMchID, m.QRTerminalID, m.BillSource
	return unionpay.NewShower(m.Name, o)
}

func checkUnionPay(c configCheck, m *merchantConfig, wrong wrongFunc) {
	if m.AppID != "" && (len(m.AppID) != 32 || strings.Trim(m.AppID, "0123456789abcdefABCDEF") != "") {
		wrong("app_id", "app_id is %q; expected 32 hex digits", m.AppID)
	}
	for _, one := range []struct {
		key, text string
		chars     int // POS通 v6 pay, kXOZy68D
	}{
		{"mch_id", m.MchID, 15}, {"qr_mch_id", m.QRMchID, 15}, {"terminal_id", m.TerminalID, 8},
		{"qr_terminal_id", m.QRTerminalID, 8}, {"bill_source", m.BillSource, 4}, {"device_type", m.DeviceType, 2},
	} {
		if one.text != "" && (len(one.text) != one.chars || !lettersAndDigits(one.text)) {
			wrong(one.key, "%s is %q; expected %d letters or digits", one.key, one.text, one.chars)
		}
	}
	qr := map[string]string{"qr_mch_id": m.QRMchID, "qr_terminal_id": m.QRTerminalID, "bill_source": m.BillSource}
	for key, text := range qr {
		for other, empty := range qr {
			if text != "" && empty == "" {
				wrong(key, "%s is given and %s is not; QR codes need qr_mch_id, qr_terminal_id and bill_source", key, other)
			}
		}
	}
	for key, path := range map[string]string{
		"pay_path": m.PayPath, "void_path": m.VoidPath, "refund_path": m.RefundPath, "query_path": m.QueryPath, "query_refund_path": m.QueryRefundPath,
	} {
		if path != "" && (path[0] != '/' || strings.ContainsAny(path, "?# ")) && checkBaseURL(path, c.allowLoopback) != nil {
			wrong(key, "%s is %q; expected a path such as \"/v4/poslink/transaction/pay\", or an https address", key, withoutUser(path))
		}
	}
	checkUnionPayPlace(m, wrong)
}

// unattachedTypes are the device types of what is no physical terminal
// (page kXOZy68D).
var unattachedTypes = []string{"01", "11", "12", "13"}

// checkUnionPayPlace checks where the terminal stands: the network wants to know
// it of a physical one, and of others it or an address.
func checkUnionPayPlace(m *merchantConfig, wrong wrongFunc) {
	for _, one := range []struct {
		key, text, other, otherText string
		most                        float64
	}{{"longitude", m.Longitude, "latitude", m.Latitude, 180}, {"latitude", m.Latitude, "longitude", m.Longitude, 90}} {
		if one.text == "" {
			continue
		}
		if degrees, err := strconv.ParseFloat(one.text, 64); err != nil || !(degrees >= -one.most && degrees <= one.most) {
			wrong(one.key, "%s is %q; expected decimal degrees, such as \"119.29129\"", one.key, one.text)
		}
		if one.otherText == "" {
			wrong(one.key, "%s is given and %s is not; they go together", one.key, one.other)
		}
	}
	if _, err := netip.ParseAddr(m.IP); m.IP != "" && err != nil {
		wrong("ip", "ip is %q; expected an IP address", m.IP)
	}
	switch placed, attached := m.Longitude+m.Latitude != "", !slices.Contains(unattachedTypes, m.DeviceType); {
	case attached && !placed:
		wrong("longitude", "longitude and latitude are missing; ChinaUMS wants to know where a physical terminal stands (device_type 01, 11, 12 or 13 is none)")
	case !placed && m.IP == "":
		wrong("ip", "ip is missing; a device_type that is no physical terminal needs it, or longitude and latitude")
	}
}

func lettersAndDigits(s string) bool {
	return strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") == ""
}
