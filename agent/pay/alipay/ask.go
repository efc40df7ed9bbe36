package alipay

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"tillgate/agent/pay"
)

// The methods of the gateway.
const (
	methodPay         = "alipay.trade.pay"
	methodPrecreate   = "alipay.trade.precreate"
	methodQuery       = "alipay.trade.query"
	methodCancel      = "alipay.trade.cancel"
	methodClose       = "alipay.trade.close"
	methodRefund      = "alipay.trade.refund"
	methodRefundQuery = "alipay.trade.fastpay.refund.query"

	methodFreeze     = "alipay.fund.auth.order.freeze"
	methodVoucher    = "alipay.fund.auth.order.voucher.create"
	methodUnfreeze   = "alipay.fund.auth.order.unfreeze"
	methodHoldQuery  = "alipay.fund.auth.operation.detail.query"
	methodHoldCancel = "alipay.fund.auth.operation.cancel"
)

// errorNode is the node of a reply that no method has made.
const errorNode = "error_response"

// skewMin is how far our clock must be from the network's before a request that
// was refused for its stamp is stamped anew. It is ours: no page says what the
// network allows.
const skewMin = time.Minute

// reply is a verified reply, or the result that stands for one that cannot be believed.
type reply struct {
	fields fields
	node   []byte // that they were read from
	code   string // the gateway's, of a verified reply
	sub    string // the reason, of any reply
	result pay.Result
}

// ask sends a request that may be sent again, and verifies what comes back. A
// request that was refused for its time has done nothing: it is stamped once
// more with the time of the refusal. Nobody vouches for that Date but the
// connection's certificate, so it goes into this one stamp and no further; the
// reply to it is verified.
func (p *Provider) ask(ctx context.Context, method string, content any) reply {
	now := p.o.Now()
	sent := p.send(ctx, p.request(method, content, now))
	r := p.read(sent, method, "")
	if r.sub != subTimestamp || sent.Date.IsZero() || sent.Date.Sub(now).Abs() < skewMin {
		return r
	}
	return p.read(p.send(ctx, p.request(method, content, sent.Date)), method, "")
}

// request makes and signs a request.
func (p *Provider) request(method string, content any, now time.Time) prepared {
	form, err := params{
		"app_id":         p.o.AppID,
		"method":         method,
		"format":         "JSON",
		"charset":        "utf-8",
		"sign_type":      "RSA2",
		"timestamp":      now.In(pay.Beijing).Format(stampForm),
		"version":        "1.0",
		"app_auth_token": string(p.o.AppAuthToken),
		"biz_content":    encode(content),
	}.form(p.key)
	p.signatures.Add(1)
	return prepared{pay.Request{
		Method: http.MethodPost,
		URLs:   []string{p.o.gateway()},
		Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded;charset=utf-8"}},
		Body:   form,
	}, err}
}

// prepared is a signed request, or why it could not be signed.
type prepared struct {
	request pay.Request
	err     error
}

func (p *Provider) send(ctx context.Context, r prepared) pay.Reply {
	if r.err != nil {
		return pay.Reply{Code: pay.CodeNotSent, Err: r.err}
	}
	return p.wire.Send(ctx, r.request)
}

// encode writes the content of a request as it is signed and sent: marks as
// they are, as the network's own clients write them.
func encode(content any) string {
	var text strings.Builder
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if e.Encode(content) != nil { // our own types always encode
		return ""
	}
	return strings.TrimSuffix(text.String(), "\n")
}

// read verifies what came back, refusals included. A payment code or a token
// that it echoes goes no further.
func (p *Provider) read(sent pay.Reply, method, code string) reply {
	veiled := func(text string) string { return pay.Hide(pay.Hide(text, code), string(p.o.AppAuthToken)) }
	if sent.Code != "" {
		result := sent.Result()
		result.Detail = veiled(result.Detail)
		return reply{result: result}
	}
	if sent.Status != http.StatusOK {
		return doubt(fmt.Sprintf("HTTP %d", sent.Status), nil)
	}
	m, err := takeApart(sent.Body)
	if err != nil || m.name != errorNode && m.name != strings.ReplaceAll(method, ".", "_")+"_response" {
		return doubt(pay.CodeBadReply, nil)
	}
	f, err := readFields(m.node)
	if err != nil {
		return doubt(pay.CodeBadReply, nil)
	}
	for _, name := range shown {
		f[name] = veiled(f[name])
	}
	switch {
	case m.sign == "": // refusals often have none
		return doubt(pay.CodeNoSignature, f)
	case !signed(m.node, m.sign, p.o.PublicKey):
		return doubt(pay.CodeBadSignature, f)
	}
	return reply{fields: f, node: m.node, code: f["code"], sub: f["sub_code"], result: pay.Result{Date: sent.Date}}
}

// shown are the fields of a reply whose text people may get to see.
var shown = []string{"code", "msg", "sub_code", "sub_msg", "trade_no", "trade_status", "refund_status", "action", "fund_change",
	"status", "auth_no", "operation_id", "payer_user_id", "payer_open_id"}

// doubt is a reply of which nothing may be concluded.
func doubt(code string, f fields) reply {
	detail := strings.Join([]string{f["code"], f["sub_code"], f["sub_msg"]}, " ")
	return reply{sub: f["sub_code"], result: pay.Result{Code: code, Detail: pay.CutBasic(detail, wordsBytesMax)}}
}

// verified tells whether the reply may be believed at all.
func (r reply) verified() bool { return r.fields != nil }

// done tells whether the reply says that the call was carried out.
func (r reply) done() bool { return r.code == codeDone }

// judged is the result of a verified reply.
func (r reply) judged(v verdict, code, words string) pay.Result {
	result := r.result
	result.State, result.NotFound, result.Fault, result.Code = v.state, v.notFound, v.fault, code
	if words = pay.CutBasic(words, wordsBytesMax); v.tell {
		result.Message = words
	} else {
		result.Detail = words
	}
	return result
}

// doubtful is the result of a verified reply that cannot be taken as it is.
func (r reply) doubtful(code string) pay.Result {
	return r.judged(unknown, code, strings.TrimSpace(r.sub+" "+r.fields["sub_msg"]))
}

// refused judges a verified reply that is not done by the call's table, and
// says whether a look has to come before its word counts.
func (r reply) refused(o operation, a pay.Attempt) (result pay.Result, look bool) {
	f := r.fields
	other := func(name, ours string) bool { return f[name] != "" && f[name] != ours }
	switch {
	case r.code == "" || r.code == codeBusiness && r.sub == "":
		return r.doubtful(pay.CodeIncomplete), false
	case other("out_trade_no", a.Number) || other("out_order_no", a.Number):
		return r.doubtful(pay.CodeNumber), false
	}
	v, code := o.verdict(r.code, r.sub), r.sub
	if code == "" {
		code = r.code
	}
	return r.judged(v, pay.CutBasic(code, codeBytesMax), f["sub_msg"]), v.look
}
