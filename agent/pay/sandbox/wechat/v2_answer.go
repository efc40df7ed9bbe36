package wechat

import (
	"bytes"
	"crypto/rand"
	"net/http"
	"slices"
	"strings"
	"time"

	"tillgate/agent/pay/sandbox"
)

// answer2 is an answer of API v2.
type answer2 struct {
	n       *Network
	q       request2
	do      sandbox.Doing
	refusal fields // why nothing was done
	done    fields // what was done, where that is not looked up again
}

func pack2(body []byte) sandbox.Parcel {
	return sandbox.Parcel{Status: http.StatusOK, Header: http.Header{"Content-Type": {"text/xml; charset=utf-8"}}, Body: body}
}

// Good is what is true now.
func (a *answer2) Good() sandbox.Parcel { return pack2(a.finish(a.answer())) }

func failed2Busy() fields { return failed("SYSTEMERROR", "系统繁忙，请稍后再试") }

// Fail is a refusal in API v2's words.
func (a *answer2) Fail(why string) sandbox.Parcel {
	switch why {
	case sandbox.Busy:
		return pack2(a.finish(failed2Busy()))
	case sandbox.TooOften:
		code := "INVALID_REQUEST" // micropay page; the refund page has a code for it
		if a.q.op == sandbox.Refund || a.q.op == sandbox.RefundQuery {
			code = "FREQUENCY_LIMITED"
		}
		return pack2(a.finish(failed(code, "请求过于频繁，请稍后再试")))
	}
	return pack2(a.finish(failed(why, "按测试要求返回: "+why)))
}

// Garbage is something that nobody should believe.
func (a *answer2) Garbage(name string) sandbox.Parcel {
	return pack2(garbages2[name](a.q, a.Good().Body))
}

// finish adds the envelope to an answer and signs it, wrongly where that is wanted.
func (a *answer2) finish(f fields) []byte {
	q, how := a.q, a.do.Network.Kind
	m, out := q.merchant, fields{"return_code": "SUCCESS", "return_msg": "OK", "nonce_str": rand.Text()}
	out["appid"], out["mch_id"], out["field_of_tomorrow"] = m.AppID, m.MchID, "明天"
	if m.SubMchID != "" {
		out["sub_mch_id"], out["sub_appid"] = m.SubMchID, q.fields["sub_appid"]
	}
	for name, value := range f {
		out[name] = value
	}
	asks := slices.Contains([]sandbox.Op{sandbox.Charge, sandbox.Hold, sandbox.Capture}, q.op) // then the books have another amount
	for _, name := range []string{"total_fee", "refund_fee", "refund_fee_0"} {
		if how == sandbox.WrongAmount && !asks && out[name] != "" {
			out[name] += "0"
		}
	}
	if at, err := time.ParseInLocation("20060102150405", out["time_end"], sandbox.Beijing); err == nil && how == sandbox.WrongTime {
		out["time_end"] = at.Add(-time.Hour).Format("20060102150405")
	}
	if how == sandbox.WrongNumber {
		out.renumber()
	}
	if how == sandbox.WrongMerchant {
		name := "mch_id"
		if m.SubMchID != "" {
			name = "sub_mch_id"
		}
		out[name] = "1999999999"
	}
	key := string(m.Key)
	if how == sandbox.WrongSignature {
		key = strings.Repeat("0", len(key))
	}
	if how != sandbox.NoSignature {
		out["sign"] = out.sign(q.hmac, key)
	}
	return out.encode()
}

// renumber has an answer name another order, or another refund where it names no order.
func (f fields) renumber() {
	for _, name := range []string{"out_trade_no", "out_refund_no"} {
		if text := f[name]; text != "" {
			f[name] = "9" + text[1:len(text)-1] + "x"
			return
		}
	}
}

// garbages2 are answers that nobody should believe, each made of a good one.
var garbages2 = map[string]func(q request2, good []byte) []byte{
	"empty": func(request2, []byte) []byte { return nil },
	"html": func(request2, []byte) []byte {
		return []byte("<!DOCTYPE html><html><body>Sign in to this Wi-Fi</body></html>")
	},
	"truncated": func(_ request2, good []byte) []byte { return good[:len(good)/2] },
	"doctype": func(_ request2, good []byte) []byte {
		return append([]byte(`<!DOCTYPE xml [<!ENTITY a SYSTEM "file:///etc/passwd">]>`), good...)
	},
	"entity": func(_ request2, good []byte) []byte {
		return bytes.Replace(good, []byte("<![CDATA[OK]]>"), []byte("&lol;"), 1)
	},
	"twice":  func(_ request2, good []byte) []byte { return append(good, good...) },
	"nested": func(_ request2, good []byte) []byte { return []byte("<xml>" + string(good) + "</xml>") },
	"doubled": func(_ request2, good []byte) []byte {
		return bytes.Replace(good, []byte("<xml>"), []byte("<xml><result_code>SUCCESS</result_code><trade_state>SUCCESS</trade_state>"+
			"<result_code>SUCCESS</result_code><trade_state>SUCCESS</trade_state>"), 1)
	},
	"huge": func(_ request2, good []byte) []byte { return append(good, bytes.Repeat([]byte(" "), 2<<20)...) },
	"not-utf8": func(_ request2, good []byte) []byte {
		return bytes.Replace(good, []byte("明天"), []byte("\xc3\xf7\xcc\xec"), 1)
	},
	"fail": func(request2, []byte) []byte {
		return fields{"return_code": "FAIL", "return_msg": "签名错误"}.encode()
	},
	"fail-signed": func(q request2, _ []byte) []byte {
		f := fields{"return_code": "FAIL", "return_msg": "系统繁忙", "result_code": "FAIL", "err_code": "NOTENOUGH"}
		f["sign"] = f.sign(q.hmac, string(q.merchant.Key))
		return f.encode()
	},
}
