package alipay

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"tillgate/agent/pay/sandbox"
)

const (
	bodyBytesMax = 64 << 10
	skewMost     = 10 * time.Minute // this stand-in's own
)

// public are the parameters of every request (page common/02km9f).
var public = []string{"app_id", "method", "format", "charset", "sign_type", "sign", "timestamp", "version", "notify_url", "app_auth_token", "biz_content"}

// admit finds out who asks, and holds the signature against his application's key.
func (n *network) admit(r *http.Request) (Merchant, url.Values, reply) {
	wrong := func(sub, words string) (Merchant, url.Values, reply) {
		return Merchant{}, nil, failed("40002", sub, words)
	}
	kind, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	body, err := io.ReadAll(io.LimitReader(r.Body, bodyBytesMax))
	if err != nil || kind != "application/x-www-form-urlencoded" || !strings.EqualFold(params["charset"], "utf-8") {
		return wrong("isv.invalid-content-type", "应为 application/x-www-form-urlencoded;charset=utf-8")
	}
	form, err := url.ParseQuery(string(body))
	if err != nil || r.URL.RawQuery != "" {
		return wrong("isv.invalid-parameter", "表单错误")
	}
	for name, values := range form {
		if len(values) != 1 || !slices.Contains(public, name) {
			return wrong("isv.invalid-parameter", "参数 "+name+" 不正确")
		}
	}
	for name, want := range map[string]string{"format": "JSON", "charset": "utf-8", "sign_type": "RSA2", "version": "1.0"} {
		if form.Get(name) != want {
			return wrong("isv.invalid-"+strings.ReplaceAll(name, "_", "-"), name+" 应为 "+want)
		}
	}
	if at, err := time.ParseInLocation(time.DateTime, form.Get("timestamp"), sandbox.Beijing); err != nil || n.s.Skewed(at, skewMost) {
		return wrong("isv.invalid-timestamp", "非法的时间戳参数")
	}
	i := slices.IndexFunc(n.o.Merchants, func(m Merchant) bool { return m.AppID == form.Get("app_id") })
	if i < 0 {
		return wrong("isv.invalid-app-id", "无效的AppID参数")
	}
	if err := verify(n.o.Merchants[i].Public, form); err != nil {
		return wrong("isv.invalid-signature", "验签出错，建议检查签名字符串或签名私钥与应用公钥是否匹配，待签字符串为: "+toSign(form))
	}
	return n.byToken(form)
}

// byToken is the merchant for whom an application acts (page 00f7nr).
func (n *network) byToken(form url.Values) (Merchant, url.Values, reply) {
	for _, m := range n.o.Merchants {
		if m.AppID == form.Get("app_id") && string(m.AppAuthToken) == form.Get("app_auth_token") {
			return m, form, nil
		}
	}
	return Merchant{}, nil, failed("20001", "aop.invalid-app-auth-token", "无效的应用授权令牌")
}

// toSign is what a request's signature is of: all parameters but sign and the
// empty ones, by their names, as they are before they are encoded (page common/02mse7).
func toSign(form url.Values) string {
	var pairs []string
	for name, values := range form {
		if name != "sign" && values[0] != "" {
			pairs = append(pairs, name+"="+values[0])
		}
	}
	slices.Sort(pairs)
	return strings.Join(pairs, "&")
}

func verify(key *rsa.PublicKey, form url.Values) error {
	sign, err := base64.StdEncoding.DecodeString(form.Get("sign"))
	if err != nil {
		return err
	}
	hash := sha256.Sum256([]byte(toSign(form)))
	return rsa.VerifyPKCS1v15(key, crypto.SHA256, hash[:], sign)
}

// nodeOf is the name under which a method is answered.
func nodeOf(method string) string { return strings.ReplaceAll(method, ".", "_") + "_response" }
