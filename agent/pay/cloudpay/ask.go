package cloudpay

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"tillgate/agent/pay"
)

// The numbers of replies (page 37627): the status, or the internal one where that
// says more and means something to us.
const (
	statusDone    = "0"
	statusAgain   = "3"             // not signed
	statusRefused = "101"           // not signed
	statusNumber  = pay.CodeRefused // 102
	statusBusy    = "103"
	statusNo      = "104"

	refusedKey  = "7"           // with 101: the authen code is wrong
	usedNumber  = pay.CodeTaken // 407, with 104: the number is another order's
	boundDevice = "3214"        // with 104: the device is bound to another terminal
	unbound     = "3215"        // with 104: the device has been unbound
)

// internals are the statuses with which those internal ones come.
var internals = map[int]int{7: 101, 407: 104, 3214: 104, 3215: 104}

// Lengths of texts of others, in bytes, as we pass them on.
const (
	wordsBytesMax   = 255
	networkBytesMax = 64
	logBytesMax     = 64
)

// reply is a verified reply, or the result that stands for one that cannot be believed.
type reply struct {
	answer *answer // nil: not verified
	code   string  // its number, also of an answer 3 or 101, which nobody signs
	copies bool    // a copy of the request was sent before and not answered: it may arrive yet
	result pay.Result
}

// ask sends what may be repeated: to host after host until one answers, and with
// the other key where the network does not know the first.
func (p *Provider) ask(ctx context.Context, call string, v any) reply {
	text := string(encode(v))
	key := p.keys.first()
	sent, copies := p.send(ctx, call, seal(text, key), true)
	r := p.read(sent, "")
	if r.code == refusedKey {
		if other := p.keys.refused(key); other != "" {
			var more bool
			sent, more = p.send(ctx, call, seal(text, other), true)
			r, copies = p.read(sent, ""), copies || more
		}
	}
	r.copies = copies
	return r
}

// prepare makes and signs what is sent once.
func (p *Provider) prepare(call string, v any, code string) func(context.Context) reply {
	key := p.keys.first()
	body := seal(string(encode(v)), key)
	return func(ctx context.Context) reply {
		sent, _ := p.send(ctx, call, body, false)
		r := p.read(sent, code)
		if r.code == refusedKey {
			p.keys.refused(key) // so that the query that follows tries both
		}
		return r
	}
}

// read verifies what came back. A payment code that it echoes goes no further.
func (p *Provider) read(sent pay.Reply, code string) reply {
	switch {
	case sent.Code != "":
		result := sent.Result()
		result.Detail = pay.Hide(result.Detail, code)
		return reply{result: result}
	case sent.Status != http.StatusOK:
		return doubt(fmt.Sprintf("HTTP %d", sent.Status), "")
	}
	got, ok := unseal(sent.Body)
	if !ok {
		return doubt(pay.CodeBadReply, "")
	}
	verified := got.authen != nil && got.authen.Type == authenHMAC && p.keys.signed(got.text, got.authen.Code)
	var a answer
	legible := json.Unmarshal([]byte(pay.Hide(got.text, code)), &a) == nil && a.Status != nil
	switch {
	case got.authen != nil && !verified:
		return doubt(pay.CodeBadSignature, "")
	case !legible && verified:
		return reply{result: pay.Result{Code: pay.CodeIncomplete, Date: sent.Date}}
	case verified:
		return reply{answer: &a, code: a.code(), result: pay.Result{Date: sent.Date, Detail: a.log()}}
	case legible && (*a.Status == 3 || *a.Status == 101):
		r := doubt(a.code(), strings.TrimSpace(pay.Cut(a.Description, wordsBytesMax)+" "+a.log()))
		r.code = a.code()
		return r
	}
	return doubt(pay.CodeNoSignature, "")
}

// code is the number that says most.
func (a *answer) code() string {
	if status, known := internals[a.Internal]; known && status == *a.Status {
		return strconv.Itoa(a.Internal)
	}
	return strconv.Itoa(*a.Status)
}

// log is what the network's support asks for: the number of the call, and the
// internal status where it is not documented.
func (a *answer) log() string {
	var words []string
	if id := pay.Cut(strings.Trim(string(a.LogID), `"`), logBytesMax); id != "" && id != "null" {
		words = append(words, "log "+id)
	}
	if a.Internal != 0 {
		words = append(words, "internal status "+strconv.Itoa(a.Internal))
	}
	return strings.Join(words, ", ")
}

// judged is what a verdict says of a verified reply.
func (r reply) judged(v verdict, code, words string) pay.Result {
	result := r.result
	result.State, result.NotFound, result.Fault, result.Code = v.state, v.notFound, v.fault, code
	if words = pay.Cut(words, wordsBytesMax); v.tell {
		result.Message = words
	} else {
		result.Detail = strings.TrimSpace(words + " " + result.Detail)
	}
	return result
}

// refused is what a table says of a verified reply whose status is not 0. No is not
// the last word while a copy of the same request may arrive yet and be taken on.
func (r reply) refused(table map[string]verdict) pay.Result {
	v := table[r.code]
	if r.copies && v.state == pay.Declined {
		v = unknown
	}
	return r.judged(v, r.code, r.answer.Description)
}

func doubt(code, detail string) reply {
	return reply{result: pay.Result{Code: code, Detail: detail}}
}

// unheard is NeverFinal for what has to get through: where the network does not
// know our signature it will not, before a person has seen to the key.
func unheard(r pay.Result) pay.Result {
	r.State, r.Fault = pay.Unknown, r.Code == statusRefused || r.Code == refusedKey
	return r
}
