package cloudpay

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"unicode/utf16"

	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
	"tillgate/store/money"
)

const bodyBytesMax = 64 << 10

// reply are the fields of an answer; nil for none yet.
type reply map[string]any

// authen is a message's proof: type 1 is HMAC-SHA256, the only one that is taken (page 37627).
type authen struct {
	Type int    `json:"authen_type"`
	Code string `json:"authen_code"`
}

type envelope struct {
	Content string `json:"request_content"`
	Info    struct {
		A authen `json:"a"`
	} `json:"authen_info"`
}

// open takes a request out of its envelope.
func open(r *http.Request) (content, code string, err error) {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
		return "", "", errors.New("content-type 应为 application/json")
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, bodyBytesMax))
	if err != nil {
		return "", "", errors.New("请求体不完整")
	}
	var e envelope
	if err := sandbox.StrictJSON(body, &e); err != nil {
		return "", "", fmt.Errorf("信封错误: %w", err)
	}
	if e.Info.A.Type != 1 || e.Content == "" {
		return "", "", errors.New("authen_type 应为 1")
	}
	return e.Content, e.Info.A.Code, nil
}

// hmacOf is the upper-case proof of a content, over its decoded bytes (page 37627).
func hmacOf(key pay.Secret, content string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(content))
	return fmt.Sprintf("%X", mac.Sum(nil))
}

// whose finds the merchant that a content names, and holds its proof against his key.
func (n *network) whose(content, code string) (Merchant, reply) {
	var named struct {
		Key struct {
			Sub string `json:"out_sub_mch_id"`
		} `json:"pay_mch_key"`
		Sub string `json:"out_sub_mch_id"`
	}
	if err := json.Unmarshal([]byte(content), &named); err != nil {
		return Merchant{}, reply{"status": 101, "description": "request_content 不是 JSON", "internal_status": 2}
	}
	for _, m := range n.o.Merchants {
		if m.OutSubMchID != named.Key.Sub && m.OutSubMchID != named.Sub {
			continue
		}
		if !hmac.Equal([]byte(code), []byte(hmacOf(m.key(n.s.Now()), content))) {
			return m, reply{"status": 101, "description": "authen_code 错误", "internal_status": 7}
		}
		return m, nil
	}
	return Merchant{}, reply{"status": 101, "description": "子商户不存在", "internal_status": 3}
}

// unsigned is what is said to a stranger.
func unsigned(r reply) sandbox.Parcel { return envelopeOf(r, "") }

// bare is an answer without an envelope: of ping and of the binding.
func bare(r reply) sandbox.Parcel { return parcel(r) }

func parcel(v any) sandbox.Parcel {
	body, err := json.Marshal(v)
	if err != nil {
		panic(err) // strings and numbers only
	}
	return sandbox.Parcel{Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: body}
}

func envelopeOf(r reply, key pay.Secret) sandbox.Parcel {
	r["log_id"] = rand.Text()
	if r["internal_status"] == nil {
		r["internal_status"] = 0
	}
	text, err := json.Marshal(map[string]any(r))
	if err != nil {
		panic(err) // strings and numbers only
	}
	content := escaped(string(text))
	out := map[string]any{"response_content": content}
	if key != "" {
		out["authen_info"] = map[string]any{"a": authen{1, hmacOf(key, content)}}
	}
	return parcel(out)
}

// escaped writes a content as the network does, with \/ and \uXXXX: who parses
// and writes it again has other bytes than were signed (page 37627).
func escaped(content string) string {
	var b strings.Builder
	for _, r := range content {
		switch {
		case r == '/':
			b.WriteString(`\/`)
		case r < 0x80:
			b.WriteRune(r)
		default:
			for _, unit := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, `\u%04X`, unit)
			}
		}
	}
	return b.String()
}

// pack signs an answer, as its behaviour wants it. Statuses 3 and 101 have no
// proof (page 37627).
func (c *call) pack(r reply) sandbox.Parcel {
	key := c.key
	switch status := r["status"]; {
	case c.do.Network.Kind == sandbox.NoSignature, status == 3, status == 101:
		key = ""
	case c.do.Network.Kind == sandbox.WrongSignature:
		key = pay.Secret(strings.Repeat("0", len(key)))
	}
	return envelopeOf(r, key)
}

// spoilt is an answer as its behaviour wants it: about another amount, order,
// merchant or moment than it should be.
func (c *call) spoilt(r reply) reply {
	result, _ := r[c.name].(reply)
	for _, part := range []struct{ content, number, amount string }{
		{"order_content", "out_trade_no", "total_fee"}, {"freeze_order_content", "out_freeze_no", "freeze_fee"}, {"unfreeze_order_content", "out_unfreeze_no", "unfreeze_fee"},
		{"refund_order_content", "out_refund_no", "refund_fee"},
	} {
		switch content := result[part.content].(type) {
		case reply:
			c.spoil(result, content, part.number, part.amount)
		case []reply:
			for _, one := range content {
				c.spoil(result, one, part.number, part.amount)
			}
		}
	}
	return r
}

// spoil spoils one content of a result: its field of the number, or that of the amount.
func (c *call) spoil(result, content reply, number, amount string) {
	switch c.do.Network.Kind {
	case sandbox.WrongNumber:
		text, _ := content[number].(string)
		content[number] = text[:len(text)-1] + "x"
	case sandbox.WrongMerchant:
		if key, ok := result["pay_mch_key"].(reply); ok {
			key["out_sub_mch_id"] = "sz01another000000000"
		}
	case sandbox.WrongAmount:
		if sum, ok := content[amount].(money.Fen); ok && (strings.HasPrefix(c.name, "query_") || c.name == "refund") {
			content[amount] = sum * 10
		}
	case sandbox.WrongTime:
		if at, ok := content["time_end"].(int64); ok {
			content["time_end"] = at - 3600
		}
	}
}
