package unionpay

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"
	"time"

	"tillgate/agent/pay"
)

// names are the fields in which a reply echoes whom and what it is about. What
// is echoed has to be ours; the documents promise no echo.
type names struct{ merchant, number, refund string }

var (
	posNames  = names{merchant: "merchantCode", number: "merchantOrderId", refund: "refundRequestId"}
	billNames = names{merchant: "mid", number: "billNo", refund: "refundOrderId"}
)

// subject is what a call is about, as the network knows it.
type subject struct {
	names
	merchantIs, numberIs, refundIs string
	code                           string // the payment code, which goes no further
}

// reply is a believed reply, or the result that stands for one that is not.
type reply struct {
	o             object // nil: nothing may be concluded
	code          string // errCode, as it came
	words         string // the network's
	otherMerchant bool
	otherClock    bool // our signature was refused at a time that is not ours
	result        pay.Result
}

// request is a signed request. Its body is made once: what is signed is what
// leaves.
func (p *Provider) request(path string, f fields) pay.Request {
	body := f.encode()
	request := pay.Request{Method: http.MethodPost, Body: body, Header: http.Header{
		"Content-Type":  {"application/json"},
		"Accept":        {"application/json"},
		"Authorization": {authorization(p.o.AppID, p.o.AppKey, p.o.Now(), rand.Text(), body)},
	}}
	if !strings.HasPrefix(path, "/") {
		request.URLs = []string{path}
		return request
	}
	for _, host := range []string{p.o.BaseURL, p.o.SpareURL} {
		if host != "" {
			request.URLs = append(request.URLs, strings.TrimSuffix(host, "/")+path)
		}
	}
	return request
}

func (p *Provider) ask(ctx context.Context, path string, f fields, s subject) reply {
	return p.read(p.wire.Send(ctx, p.request(path, f)), s)
}

// read tells what may be believed of what came back. Replies carry no signature:
// trust is the connection's. Only a whole reply with status 200
// counts, of one JSON object without a name twice, that is about nobody else's
// number; and the gateway's refusal of our signature, which is a 4xx.
func (p *Provider) read(sent pay.Reply, s subject) reply {
	if sent.Code != "" {
		result := sent.Result()
		result.Detail = pay.Hide(result.Detail, s.code)
		return reply{result: result}
	}
	o, err := decode(sent.Body)
	if err != nil {
		if sent.Status != http.StatusOK {
			return doubt(httpCode(sent.Status), "")
		}
		return doubt(pay.CodeBadReply, "")
	}
	o.hide(s.code)
	r := reply{o: o, code: o.text("errCode"), words: pay.Cut(o.first("errInfo", "errMsg"), wordsBytesMax)}
	refused := sent.Status/100 == 4 && (r.code == codeNoKey || r.code == codeNoRight)
	other := func(name, ours string) bool { got := o.text(name); return got != "" && got != ours }
	switch {
	case sent.Status != http.StatusOK && !refused && r.code != "":
		return doubt(pay.Cut(r.code, codeBytesMax), httpCode(sent.Status)+" "+r.words)
	case sent.Status != http.StatusOK && !refused:
		return doubt(httpCode(sent.Status), r.words)
	case r.code == "":
		return doubt(pay.CodeIncomplete, r.words)
	case other(s.number, s.numberIs), s.refundIs != "" && other(s.refund, s.refundIs):
		return doubt(pay.CodeNumber, r.words)
	}
	r.otherMerchant = other(s.merchant, s.merchantIs)
	r.otherClock = timed[r.code] && !sent.Date.IsZero() && sent.Date.Sub(p.o.Now()).Abs() >= clockMax
	r.result.Date = sent.Date
	return r
}

// timed are the codes with which a wrong clock is refused, and clockMax how far
// off it has to be for us to take them so. The reply's Date mends it.
var timed = map[string]bool{codeNoKey: true, codeNoTime: true}

const clockMax = 5 * time.Minute

func httpCode(status int) string { return fmt.Sprintf("HTTP %d", status) }

func doubt(code, detail string) reply {
	return reply{result: pay.Result{Code: code, Detail: strings.TrimSpace(detail)}}
}

// judged is the result of a believed reply.
func (r reply) judged(v verdict, code string) pay.Result { return r.judgedWith(v, code, r.words) }

func (r reply) judgedWith(v verdict, code, words string) pay.Result {
	result := r.result
	result.State, result.NotFound, result.Fault, result.Code = v.state, v.notFound, v.fault, pay.Cut(code, 2*codeBytesMax)
	if words = pay.Cut(words, wordsBytesMax); v.tell {
		result.Message = words
	} else {
		result.Detail = words
	}
	return result
}

// refusal is the result of a believed reply by its errCode. One that names
// another merchant says nothing of ours, and no person need mend a clock.
func (r reply) refusal(call func(meaning) verdict) pay.Result {
	if r.otherMerchant {
		return r.judged(unknown, pay.CodeMerchant)
	}
	v := call(codes[r.code])
	v.fault = v.fault && !r.otherClock
	return r.judged(v, r.code)
}
