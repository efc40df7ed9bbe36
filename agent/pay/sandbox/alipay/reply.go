package alipay

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"tillgate/agent/pay/sandbox"
	"tillgate/store/money"
)

// reply are the fields of an answer's node; nil for none yet.
type reply map[string]any

func failed(code, sub, words string) reply {
	r := reply{"code": code, "msg": map[string]string{"20000": "Service Currently Unavailable", "40004": "Business Failed"}[code]}
	if sub != "" {
		r["sub_code"], r["sub_msg"] = sub, words
	}
	return r
}

// denied is a refusal by the business.
func denied(sub, words string) reply { return failed("40004", "ACQ."+sub, words) }

func success(r reply) reply {
	r["code"], r["msg"], r["field_of_tomorrow"] = "10000", "Success", "明天 / <b>"
	return r
}

// yuan writes an amount as Alipay does.
func yuan(sum money.Fen) string { return fmt.Sprintf("%d.%02d", sum/100, sum%100) }

// fen reads an amount: yuan with at most two decimals.
func fen(text string) (money.Fen, bool) {
	whole, part, dotted := strings.Cut(text, ".")
	if whole == "" || len(whole) > 9 || dotted && (part == "" || len(part) > 2) || strings.Trim(whole+part, "0123456789") != "" {
		return 0, false
	}
	var sum money.Fen
	for _, digit := range whole + (part + "00")[:2] {
		sum = sum*10 + money.Fen(digit-'0')
	}
	return sum, true
}

// unsigned is what is said to a stranger: error replies frequently have no sign (page common/02mse7).
func unsigned(node string, r reply) sandbox.Parcel {
	return parcel(append(append([]byte(`{"`+node+`":`), encode(r)...), '}'))
}

func encode(r reply) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(map[string]any(r)); err != nil {
		panic(err) // strings and lists only
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// parcel is an answer as it comes: always 200, and called text/html.
func parcel(body []byte) sandbox.Parcel {
	return sandbox.Parcel{Status: http.StatusOK, Header: http.Header{"Content-Type": {"text/html;charset=utf-8"}}, Body: body}
}

// pack signs an answer over its node's raw text, as its behaviour wants it.
func (c *call) pack(r reply) sandbox.Parcel {
	node := encode(r)
	if c.do.Network.Kind == sandbox.NoSignature {
		return unsigned(c.node, r)
	}
	name := keyName
	if c.do.Network.Kind == sandbox.WrongSignature || c.do.Network.Kind == sandbox.UnknownSerial {
		name = "a stranger"
	}
	hash := sha256.Sum256(node)
	sign, err := sandbox.Signer(name).Sign(rand.Reader, hash[:], crypto.SHA256)
	if err != nil {
		panic(err) // the key is good
	}
	return parcel([]byte(`{"` + c.node + `":` + string(node) + `,"sign":"` + base64.StdEncoding.EncodeToString(sign) + `"}`))
}

// spoilt is an answer as its behaviour wants it: about another amount, order,
// merchant or moment than it should be. A charge of a wrong amount has a fen
// more in the books already.
func (c *call) spoilt(r reply) reply {
	switch c.do.Network.Kind {
	case sandbox.WrongNumber:
		for _, name := range []string{"out_trade_no", "out_order_no"} {
			if number, _ := r[name].(string); number != "" {
				r[name] = "9" + number[1:len(number)-1] + "x"
			}
		}
	case sandbox.WrongMerchant:
		if r["out_trade_no"] != nil && r["out_trade_no"] != "" {
			r["seller_id"] = "2088999999999999"
		}
	case sandbox.WrongAmount:
		if sum, ok := r["total_amount"].(string); ok && r["trade_status"] != nil {
			r["total_amount"] = "9" + sum
		}
		if sum, ok := r["refund_amount"].(string); ok {
			r["refund_amount"] = "9" + sum
		}
		if r["order_status"] != nil { // of a deposit
			for _, name := range []string{"amount", "total_freeze_amount"} {
				r[name] = "9" + r[name].(string)
			}
		}
	case sandbox.WrongTime:
		for _, name := range []string{"gmt_payment", "send_pay_date", "gmt_trans"} {
			text, _ := r[name].(string)
			if at, err := time.Parse(time.DateTime, text); err == nil {
				r[name] = at.Add(-time.Hour).Format(time.DateTime)
			}
		}
	}
	return r
}
