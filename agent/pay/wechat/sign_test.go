package wechat

import (
	"testing"

	"tillgate/agent/pay"
)

// TestSignVectors are the samples of the signature page
// (pay.weixin.qq.com/doc/v2/merchant/4011985891), and one in Chinese.
func TestSignVectors(t *testing.T) {
	t.Parallel()
	page := fields{"appid": "wxd930ea5d5a258f4f", "body": "test", "device_info": "1000", "mch_id": "10000100", "nonce_str": "ibuaiVcKdpRxkhJA"}
	parking := fields{"appid": "wx8888888888888888", "auth_code": code, "body": "停车费", "mch_id": "1900000109", "nonce_str": "abc123",
		"out_trade_no": "P20260101000001", "sign_type": signHMAC, "spbill_create_ip": "127.0.0.1", "total_fee": "500"}
	for _, c := range []struct {
		name string
		f    fields
		kind string
		key  pay.Secret
		want string
	}{
		{"the page's MD5", page, signMD5, "192006250b4c09247ec02edce69f6a2d", "9A0A8659F005D6984697E2CA0A9CF3B7"},
		{"the page's HMAC-SHA256", page, signHMAC, "192006250b4c09247ec02edce69f6a2d", "6A9AE1657590FD6257D693A078E1C3E4BB6BA4DC30B23E0EE2496E54170DACD6"},
		{"Chinese", parking, signHMAC, "0123456789abcdef0123456789ABCDEF", "2516868EB7CE8ABFB60CC2CD91139CF857BF69863580871ACC55ED30F6004E75"},
	} {
		if got := sign(c.f, c.kind, c.key); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		c.f["sign"], c.f["attach"] = c.want, ""
		if !signed(c.f, c.kind, c.key) {
			t.Errorf("%s: with its own signature and an empty field it is not signed", c.name)
		}
		delete(c.f, "sign")
		if signed(c.f, c.kind, c.key) {
			t.Errorf("%s: it is signed without a signature", c.name)
		}
	}
}
