package unionpay

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"time"

	"tillgate/agent/pay"
)

// stampForm is the time of a signature (OPEN-BODY-SIG).
const stampForm = "20060102150405"

// sign is the signature of OPEN-BODY-SIG over a body's bytes as they are sent.
func sign(appID string, key pay.Secret, stamp, nonce string, body []byte) string {
	sum := sha256.Sum256(body)
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(appID + stamp + nonce + hex.EncodeToString(sum[:])))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// authorization is the header that signs a body at a time.
func authorization(appID string, key pay.Secret, now time.Time, nonce string, body []byte) string {
	stamp := now.In(pay.Beijing).Format(stampForm)
	return `OPEN-BODY-SIG AppId="` + appID + `", Timestamp="` + stamp + `", Nonce="` + nonce +
		`", Signature="` + sign(appID, key, stamp, nonce, body) + `"`
}
