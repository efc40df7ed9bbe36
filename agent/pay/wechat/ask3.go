package wechat

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"tillgate/agent/pay"
)

// userAgent names us: the network may refuse who has no name.
const userAgent = "tillgate"

// v3 speaks the network's API v3 on behalf of one merchant.
type v3 struct {
	o            Options
	hosts        []string
	wire         *pay.Wire
	signer       *signer
	certificates *certificates
}

// body makes a request's body at the time at which it is signed.
type body func(now time.Time) []byte

// always makes the same body at any time.
func always(value any) body {
	text := encode(value)
	return func(time.Time) []byte { return text }
}

// reply3 is a verified reply, or the result that stands for one that cannot be believed.
type reply3 struct {
	verified bool
	status   int
	body     []byte
	code     string // the network's, of a refusal
	words    string
	request  string // the network's number of the call, for its support
	result   pay.Result
}

// send signs a request and sends it. When the network refuses the signature and
// names another time than ours, it is signed once more for that time: a refused
// request has done nothing, and whatever we ask of API v3 may be asked twice.
// Nobody vouches for that Date but the connection's certificate, so it goes into
// this one signature and no further; the reply to it is verified.
func (v *v3) send(ctx context.Context, method, path string, make body) pay.Reply {
	now := v.o.Now()
	sent := v.sendAt(ctx, method, path, make, now)
	if sent.Status != http.StatusUnauthorized || sent.Date.IsZero() || sent.Date.Sub(now).Abs() < freshMax {
		return sent
	}
	return v.sendAt(ctx, method, path, make, sent.Date)
}

func (v *v3) sendAt(ctx context.Context, method, path string, make body, now time.Time) pay.Reply {
	request, err := v.request(method, path, make, now)
	if err != nil {
		return pay.Reply{Code: pay.CodeNotSent, Err: err}
	}
	return v.wire.Send(ctx, request)
}

// request is a request with its signature.
func (v *v3) request(method, path string, make body, now time.Time) (pay.Request, error) {
	request := pay.Request{Method: method, Header: http.Header{"Accept": {"application/json"}, "User-Agent": {userAgent}}}
	if make != nil {
		request.Body = make(now)
		request.Header.Set("Content-Type", "application/json")
	}
	if v.o.PublicKeyID != "" { // so that the reply is signed with that key
		request.Header.Set(headerSerial, v.o.PublicKeyID)
	}
	authorization, err := v.signer.authorize(method, path, request.Body, now)
	if err != nil {
		return pay.Request{}, err
	}
	request.Header.Set("Authorization", authorization)
	for _, host := range v.hosts {
		request.URLs = append(request.URLs, strings.TrimSuffix(host, "/")+path)
	}
	return request, nil
}

// ask sends a request and verifies what comes back, refusals included: the
// network signs those of its business rules too.
func (v *v3) ask(ctx context.Context, method, path string, make body) reply3 {
	return v.read(ctx, v.send(ctx, method, path, make), "")
}

// read verifies what came back. A payment code that it echoes goes no further.
func (v *v3) read(ctx context.Context, sent pay.Reply, code string) reply3 {
	if sent.Code != "" {
		result := sent.Result()
		result.Detail = pay.Hide(result.Detail, code)
		return reply3{result: result}
	}
	r := reply3{status: sent.Status, request: pay.CutBasic(pay.Hide(sent.Header.Get("Request-Id"), code), wordsBytesMax)}
	shown := []byte(pay.Hide(string(sent.Body), code))
	if r.status >= http.StatusMultipleChoices || r.status == http.StatusAccepted {
		var refusal struct{ Code, Message string }
		if json.Unmarshal(shown, &refusal) == nil {
			r.code, r.words = refusal.Code, pay.CutBasic(refusal.Message, wordsBytesMax)
		}
	}
	p, ok := readProof(sent.Header)
	if !ok {
		return r.doubt(unsigned(r.status))
	}
	key, err := v.keyOf(ctx, p)
	switch {
	case err != nil:
		r.words = err.Error()
		return r.doubt("unknown serial")
	case !p.signs(sent.Body, key):
		return r.doubt(pay.CodeBadSignature)
	}
	r.result.Date = p.at                            // what is signed, not the Date header beside it
	if !sent.Date.IsZero() && !p.fresh(sent.Date) { // it was made before: no clock is set by it
		r.result.Date = time.Time{}
	}
	if !p.fresh(v.o.Now()) {
		return r.doubt("reply of another time")
	}
	r.verified, r.body = true, shown
	return r
}

func unsigned(status int) string {
	if status < http.StatusMultipleChoices {
		return pay.CodeNoSignature
	}
	return fmt.Sprintf("HTTP %d", status)
}

// doubt is a reply of which nothing may be concluded.
func (r reply3) doubt(code string) reply3 {
	r.result.Code, r.result.Detail = code, r.detail(pay.CutBasic(r.code, codeBytesMax), r.words)
	return r
}

// detail is what a technician may want to know.
func (r reply3) detail(parts ...string) string {
	if r.request != "" {
		parts = append(parts, "request "+r.request)
	}
	return strings.TrimSpace(strings.Join(parts, " "))
}

// judged is the result of a verified reply.
func (r reply3) judged(v verdict, code, words string) pay.Result {
	result := r.result
	result.State, result.NotFound, result.Fault, result.Code = v.state, v.notFound, v.fault, pay.CutBasic(code, codeBytesMax)
	if words = pay.CutBasic(words, wordsBytesMax); v.tell {
		result.Message, words = words, ""
	}
	result.Detail = r.detail(words)
	return result
}

// refused judges a verified refusal by a table. A network that is out of breath
// has not decided anything, whatever its code.
func (r reply3) refused(codes map[string]verdict) pay.Result {
	v := codes[r.code]
	if r.status < http.StatusBadRequest || r.status >= http.StatusInternalServerError || r.status == http.StatusTooManyRequests {
		v = unknown
	}
	if r.code == "" {
		return r.judged(unknown, fmt.Sprintf("HTTP %d", r.status), r.words)
	}
	return r.judged(v, r.code, r.words)
}

// encode writes a body as it is signed and sent: marks as they are, as the
// network's own clients write them.
func encode(value any) []byte {
	var text strings.Builder
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if e.Encode(value) != nil { // our own types always encode
		return nil
	}
	return []byte(strings.TrimSuffix(text.String(), "\n"))
}
