package wechat

import (
	"cmp"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"tillgate/agent/pay/sandbox"
	"tillgate/store/money"
)

// clockMax is how far a request's time may be from ours (signature page).
const clockMax = 5 * time.Minute

// request3 is a request of API v3 that was signed by a merchant whom we know.
type request3 struct {
	op       sandbox.Op
	partner  bool // on the path of service providers
	number   string
	refund   string // number of the refund
	reverse  bool   // an undo by reverse, not by close
	query    url.Values
	body     []byte
	account  Merchant // who signed, any of its sub-merchants
	merchant Merchant // on whose behalf
	serial   string   // of the key that is to sign the answer; empty: a platform certificate
}

// v3 serves one operation of API v3. An answer is made when it is sent, as in API v2.
func (n *Network) v3(op sandbox.Op, partner bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(io.LimitReader(r.Body, 64<<10))
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		q := request3{op: op, partner: partner, body: body, query: r.URL.Query(), number: r.PathValue("number"), refund: r.PathValue("refund"), serial: r.Header.Get("Wechatpay-Serial")}
		q.reverse = strings.HasSuffix(r.URL.Path, "/reverse")
		seen := peek(body)
		q.number, q.refund = cmp.Or(q.number, seen.Number), cmp.Or(q.refund, seen.Refund)
		planned := n.s.Arrived(sandbox.WeChat, op, cmp.Or(q.number, q.refund))
		if refusal := n.admit3(r, &q); refusal != nil { // nobody knows for whom to sign
			n.s.Write(w, refusal.pack())
			return
		}
		if op != sandbox.Show && op != sandbox.Charge { // a refund names the sum as well
			seen = glance{}
		}
		do := n.s.Behave(planned, seen.Payer.Code, seen.Amount.Total)
		refusal := n.check3(&q)
		n.s.Play(w, r, do.Network, &answer3{n: n, q: q, do: do, refusal: refusal})
	}
}

// glance is what matters of a body before anybody has checked it.
type glance struct {
	Number string `json:"out_trade_no"`
	Refund string `json:"out_refund_no"`
	Amount struct {
		Total money.Fen `json:"total"`
	} `json:"amount"`
	Payer struct {
		Code string `json:"auth_code"`
	} `json:"payer"`
}

// peek reads a body as far as it can be read.
func peek(body []byte) (g glance) {
	if json.Unmarshal(body, &g) != nil {
		return glance{}
	}
	return g
}

// Act does what is asked for, unless that was refused.
func (a *answer3) Act() {
	if a.refusal != nil {
		return
	}
	switch a.q.op {
	case sandbox.Show:
		a.done = a.n.show(a.q, a.do)
	case sandbox.Charge:
		a.refusal = a.n.charge3(a.q, a.do)
	case sandbox.Undo:
		if a.q.reverse {
			a.done = a.n.reverse3(a.q, a.do.Network)
		} else {
			a.done = a.n.shut(a.q, a.do.Network)
		}
	case sandbox.Refund:
		a.refusal = a.n.giveBack(a.q, a.do.Network)
	case sandbox.Certificates:
		a.done = a.n.certificates(a.q)
	}
}

// answer is what is true now.
func (a *answer3) answer() *result {
	switch {
	case a.refusal != nil:
		return a.refusal
	case a.done != nil:
		return a.done
	}
	switch a.q.op {
	case sandbox.Charge:
		return a.n.charged3(a.q)
	case sandbox.Refund, sandbox.RefundQuery:
		return a.n.refundOf(a.q)
	}
	return a.n.queried3(a.q)
}

var authForm = regexp.MustCompile(`^WECHATPAY2-SHA256-RSA2048 (\w+="[^"]*")(,\w+="[^"]*")*$`)

var authPair = regexp.MustCompile(`(\w+)="([^"]*)"`)

// admit3 finds the merchant of a request and checks its headers and signature.
func (n *Network) admit3(r *http.Request, q *request3) *result {
	if r.UserAgent() == "" || r.Header.Get("Accept") != "application/json" || r.Method == http.MethodPost && r.Header.Get("Content-Type") != "application/json" {
		return failed3("PARAM_ERROR", "Http头缺少Accept、Content-Type或User-Agent")
	}
	text, auth := r.Header.Get("Authorization"), map[string]string{}
	if !authForm.MatchString(text) {
		return failed3("SIGN_ERROR", "Authorization不合法")
	}
	for _, pair := range authPair.FindAllStringSubmatch(text, -1) {
		auth[pair[1]] = pair[2]
	}
	i := slices.IndexFunc(n.o.Merchants, func(m Merchant) bool { return m.MchID == auth["mchid"] })
	if i < 0 || n.o.Merchants[i].Cert == nil || fmt.Sprintf("%X", n.o.Merchants[i].Cert.SerialNumber.Bytes()) != auth["serial_no"] {
		return failed3("SIGN_ERROR", "商户证书序列号有误")
	}
	q.account = n.o.Merchants[i]
	seconds, err := strconv.ParseInt(auth["timestamp"], 10, 64)
	if err != nil || n.s.Skewed(time.Unix(seconds, 0), clockMax) {
		return failed3("SIGN_ERROR", "Http头Authorization中的timestamp与发起请求的时间不得超过5分钟")
	}
	if digits := len(auth["nonce_str"]); digits == 0 || digits > 32 {
		return failed3("SIGN_ERROR", "Http头Authorization中的nonce_str有误")
	}
	signature, err := base64.StdEncoding.DecodeString(auth["signature"])
	sum := sha256.Sum256([]byte(strings.Join([]string{r.Method, r.URL.RequestURI(), auth["timestamp"], auth["nonce_str"], string(q.body)}, "\n") + "\n"))
	key, ok := q.account.Cert.PublicKey.(*rsa.PublicKey)
	if err != nil || !ok || rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature) != nil {
		return failed3("SIGN_ERROR", "错误的签名，验签失败")
	}
	return nil
}

// result is what an operation answers: a status and the fields of its JSON.
type result struct {
	status int
	fields map[string]any // nil: no body
}

// statuses are those of refusals; what is not here is 400.
var statuses = map[string]int{
	"SIGN_ERROR": 401, "NO_AUTH": 403, "RULE_LIMIT": 403, "OUT_TRADE_NO_USED": 403, "NOT_ENOUGH": 403, "TRADE_ERROR": 403,
	"ACCOUNT_ERROR": 403, "USER_ACCOUNT_ABNORMAL": 403, "ORDER_NOT_EXIST": 404, "RESOURCE_NOT_EXISTS": 404, "NOT_FOUND": 404,
	"FREQUENCY_LIMITED": 429, "RATELIMIT_EXCEEDED": 429, "SYSTEM_ERROR": 500, "BANK_ERROR": 500,
}

func failed3(code, words string) *result {
	status, ok := statuses[code]
	if !ok {
		status = http.StatusBadRequest
	}
	return &result{status, map[string]any{"code": code, "message": words}}
}

// pack is an answer without a signature.
func (r *result) pack() sandbox.Parcel {
	p := sandbox.Parcel{Status: r.status, Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}, "Request-Id": {"08CF-SANDBOX"}}}
	if r.fields != nil {
		p.Body, _ = json.Marshal(r.fields) // maps of texts and numbers can always be written
	}
	return p
}
