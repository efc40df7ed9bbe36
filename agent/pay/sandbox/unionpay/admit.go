package unionpay

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"regexp"
	"time"

	"tillgate/agent/pay/sandbox"
)

const (
	bodyBytesMax  = 64 << 10
	nonceBytesMax = 128             // OPEN-BODY-SIG
	skewMost      = 5 * time.Minute // this stand-in's own
)

// header is the Authorization of OPEN-BODY-SIG; blanks after the commas are optional.
var header = regexp.MustCompile(`^OPEN-BODY-SIG AppId="([^"]*)", ?Timestamp="(\d{14})", ?Nonce="([^"]+)", ?Signature="([^"]+)"$`)

// admit finds out who asks. What it refuses is answered before anything of the
// body is looked at.
func (n *network) admit(r *http.Request) (m Merchant, body []byte, refusal reply) {
	body, err := io.ReadAll(io.LimitReader(r.Body, bodyBytesMax))
	if err != nil {
		return m, nil, failed("1000", "请求体不完整")
	}
	if r.Header.Get("Content-Type") != "application/json" && r.Header.Get("Content-Type") != "application/json; charset=utf-8" {
		return m, nil, failed("1000", "Content-Type 应为 application/json")
	}
	parts := header.FindStringSubmatch(r.Header.Get("Authorization"))
	if parts == nil {
		return m, nil, failed("1000", "Authorization 格式错误")
	}
	appID, stamp, nonce, signature := parts[1], parts[2], parts[3], parts[4]
	m, known := n.byApp(appID)
	switch at, err := time.ParseInLocation("20060102150405", stamp, sandbox.Beijing); {
	case !known:
		return m, nil, failed("1000", "AppId 不存在")
	case err != nil || n.s.Skewed(at, skewMost):
		return m, nil, failed("1000", "时间戳超出允许范围")
	case len(nonce) > nonceBytesMax:
		return m, nil, failed("1000", "Nonce 过长")
	}
	if err := verify(m, stamp, nonce, signature, body); err != nil {
		return m, nil, failed("1000", "认证失败: "+err.Error())
	}
	if !n.fresh(appID + "/" + nonce) {
		return m, nil, failed("1000", "Nonce 重复")
	}
	return m, body, nil
}

// verify holds a signature against OPEN-BODY-SIG.
func verify(m Merchant, stamp, nonce, signature string, body []byte) error {
	hash := sha256.Sum256(body)
	mac := hmac.New(sha256.New, []byte(m.AppKey))
	mac.Write([]byte(m.AppID + stamp + nonce + hex.EncodeToString(hash[:])))
	got, err := base64.StdEncoding.DecodeString(signature)
	if err != nil || !hmac.Equal(got, mac.Sum(nil)) {
		return errors.New("签名不符")
	}
	return nil
}

func (n *network) byApp(id string) (Merchant, bool) {
	for _, m := range n.o.Merchants {
		if m.AppID == id && id != "" {
			return m, true
		}
	}
	return Merchant{}, false
}

// fresh tells whether a nonce is new, and takes it. Those that are too old for
// the clock check are forgotten.
func (n *network) fresh(nonce string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	now := n.s.Now()
	for old, at := range n.nonces {
		if now.Sub(at).Abs() > 2*skewMost {
			delete(n.nonces, old)
		}
	}
	if _, used := n.nonces[nonce]; used {
		return false
	}
	n.nonces[nonce] = now
	return true
}
