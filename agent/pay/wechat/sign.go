package wechat

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"tillgate/agent/pay"
)

// The signature types of API v2.
const (
	signMD5  = "MD5"
	signHMAC = "HMAC-SHA256"
)

// sign signs all fields but the signature and the empty ones, in the order of
// their names, values as they are (pay.weixin.qq.com/doc/v2/merchant/4011985891).
func sign(f fields, kind string, key pay.Secret) string {
	var sum []byte
	if kind == signMD5 {
		hash := md5.Sum(f.signed(key))
		sum = hash[:]
	} else {
		mac := hmac.New(sha256.New, []byte(key))
		mac.Write(f.signed(key))
		sum = mac.Sum(nil)
	}
	return strings.ToUpper(hex.EncodeToString(sum))
}

// signed is the text that is signed.
func (f fields) signed(key pay.Secret) []byte {
	text := make([]byte, 0, messageBytes)
	for _, name := range f.names() {
		if name != "sign" {
			text = append(append(append(append(text, name...), '='), f[name]...), '&')
		}
	}
	return append(append(text, "key="...), key...)
}

// signed tells whether the fields carry the signature that they should.
func signed(f fields, kind string, key pay.Secret) bool {
	return hmac.Equal([]byte(f["sign"]), []byte(sign(f, kind, key)))
}
