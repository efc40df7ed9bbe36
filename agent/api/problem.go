package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"tillgate/agent/api/client"
	"tillgate/agent/flow"
	"tillgate/agent/words"
	"tillgate/store"
)

// reason is why something was not done, for programs.
type reason string

const (
	otherHost   reason = "other-host"
	aPage       reason = "browser"
	noToken     reason = "no-token"
	noRight     reason = "no-right"
	noLane      reason = "no-lane"
	noOrder     reason = "no-order"
	noDeposit   reason = "no-deposit"
	noShift     reason = "no-shift"
	noDevice    reason = "no-device"
	underWay    reason = "payment-under-way"
	noPath      reason = "no-path"
	noKey       reason = "no-key"
	keyReused   reason = "key-reused"
	unreadable  reason = "not-understood"
	tooLong     reason = "too-long"
	tooSlow     reason = "too-slow"
	tooMany     reason = "too-many"
	laneBusy    reason = "lane-busy"
	laneRefused reason = "refused" // the lane's own passing line is the cause
	diskRefused reason = "unbooked"
	ending      reason = "ending"
	barred      reason = "barred" // a rule's own cause and words
)

// texts are a reason's status, and what it says: the title, whether the money is
// safe, and what to do; each in English and in Chinese.
type texts struct {
	status             int
	title, money, next [2]string
}

var (
	nothing = [2]string{"Nothing was charged and nothing was given back", "未扣款，也未退款"}
	asIs    = [2]string{"Whatever was asked for before stands in the journal", "此前的请求以记录为准"}
	fixIt   = [2]string{"Correct the request; a new one takes a new key", "请更正后用新的幂等键重新请求"}
	repeat  = [2]string{"Repeat it with the same key", "请用同一幂等键重试"}
)

var reasons = map[reason]texts{
	otherHost:   {http.StatusMisdirectedRequest, [2]string{"This terminal is not called by that name", "此地址不是本机"}, nothing, fixIt},
	aPage:       {http.StatusForbidden, [2]string{"The API is not for pages in a browser", "接口不接受网页请求"}, nothing, [2]string{"Ask from a program", "请由程序调用"}},
	noToken:     {http.StatusUnauthorized, [2]string{"The token is missing or not known", "令牌缺失或无效"}, nothing, [2]string{"Send the token that this terminal's config names", "请使用本机配置的令牌"}},
	noRight:     {http.StatusForbidden, [2]string{"The token may not do that", "此令牌没有该权限"}, nothing, [2]string{"Have the right added in the terminal's config", "请在终端配置中添加权限"}},
	noLane:      {http.StatusNotFound, [2]string{"There is no such lane", "没有这个通道"}, nothing, fixIt},
	noOrder:     {http.StatusNotFound, [2]string{"There is no such order", "没有这笔订单"}, nothing, fixIt},
	noDeposit:   {http.StatusNotFound, [2]string{"There is no such deposit", "没有这笔押金"}, nothing, fixIt},
	noShift:     {http.StatusNotFound, [2]string{"There is no such shift", "没有这个班次"}, nothing, fixIt},
	noDevice:    {http.StatusConflict, [2]string{"The lane has no such device", "该通道没有这种设备"}, nothing, [2]string{"Name one on the lane in the terminal's config", "请在终端配置中为该通道指定设备"}},
	underWay:    {http.StatusConflict, [2]string{"A payment is under way on the lane, and nothing was said", "通道正在收款，未播报"}, asIs, [2]string{"Ask again when it is over", "请在收款结束后再试"}},
	noPath:      {http.StatusNotFound, [2]string{"There is nothing to ask for here", "没有这个接口"}, nothing, [2]string{"Read /api/v1/openapi.yaml", "请阅读 /api/v1/openapi.yaml"}},
	noKey:       {http.StatusBadRequest, [2]string{"The header Idempotency-Key is missing or wrong", "缺少幂等键，或格式不对"}, nothing, fixIt},
	keyReused:   {http.StatusConflict, [2]string{"This key was used for something else", "此幂等键已用于另一请求"}, asIs, [2]string{"Use a new key for a new request", "新请求请用新的幂等键"}},
	unreadable:  {http.StatusBadRequest, [2]string{"The request is not understood", "请求无法识别"}, nothing, fixIt},
	tooLong:     {http.StatusRequestEntityTooLarge, [2]string{"The body is longer than 64 KiB", "请求超过 64 KiB"}, nothing, fixIt},
	tooSlow:     {http.StatusRequestTimeout, [2]string{"The body did not come within 5 seconds", "请求未在 5 秒内传完"}, nothing, repeat},
	tooMany:     {http.StatusTooManyRequests, [2]string{"Too many requests", "请求过于频繁"}, nothing, repeat},
	laneBusy:    {http.StatusServiceUnavailable, [2]string{"The lane has too much to do", "通道繁忙"}, nothing, repeat},
	laneRefused: {http.StatusConflict, [2]string{}, asIs, [2]string{"Look at the order before you ask again", "请先查询订单再操作"}},
	diskRefused: {http.StatusServiceUnavailable, [2]string{"The terminal cannot write it down", "终端无法记账"}, [2]string{"What is not written down was not sent", "未记账的请求不会发出"}, repeat},
	barred:      {http.StatusForbidden, [2]string{}, nothing, [2]string{"See to it, then repeat the request with the same key", "处理后请用同一幂等键重试"}},
	ending:      {http.StatusServiceUnavailable, [2]string{"The answer was not waited for", "未等到结果"}, asIs, repeat},
}

// problem is a reason with what is known of this case.
type problem struct {
	reason reason
	tell   words.Key // laneRefused, diskRefused: what the lane said
	detail string
	order  string // its address

	cause    string           // barred: the rule
	says     *[2]words.Screen // barred: in Chinese and English
	approval *client.ApprovalNeeded
}

func (p *problem) Error() string { return string(p.reason) + " " + p.detail }

// wire is the problem as it is sent.
func (p *problem) wire() *client.Problem {
	t := reasons[p.reason]
	cause := string(p.reason)
	if p.tell != "" {
		cause = string(p.tell)
		t.title = [2]string{words.Say(p.tell, words.En), words.Say(p.tell, words.Zh)}
	}
	if p.says != nil {
		cause = p.cause
		t.say(p.says[words.En], 0)
		t.say(p.says[words.Zh], 1)
	}
	return &client.Problem{
		Type: "urn:tillgate:problem:" + cause, Title: t.title[0], TitleZh: t.title[1], Status: t.status, Detail: p.detail, Cause: cause,
		Money: t.money[0], MoneyZh: t.money[1], Next: t.next[0], NextZh: t.next[1], Instance: p.order,
		Approval: p.approval,
	}
}

// say takes what a rule says in a language, as far as it says it.
func (t *texts) say(s words.Screen, lang int) {
	t.title[lang], t.next[lang], t.money[lang] = s.What, cmp.Or(s.Do, t.next[lang]), cmp.Or(s.Money, t.money[lang])
}

// fail answers an error; what is no problem of the caller's is the journal's.
func (a *api) fail(w http.ResponseWriter, r *http.Request, err error) {
	var p *problem
	switch {
	case errors.As(err, &p):
	case errors.Is(err, store.ErrNotFound):
		p = &problem{reason: noOrder}
	case errors.Is(err, flow.ErrBusy):
		p = &problem{reason: laneBusy}
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded): // what was asked for may be done yet
		p = &problem{reason: ending}
	default:
		a.Log.Error("the API could not use the journal", "path", r.URL.Path, "err", err)
		p = &problem{reason: diskRefused}
	}
	body := p.wire()
	h := w.Header()
	h.Set("Content-Type", "application/problem+json; charset=utf-8")
	switch body.Status {
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", "Bearer")
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		h.Set("Retry-After", "1")
	case http.StatusRequestTimeout, http.StatusRequestEntityTooLarge:
		h.Set("Connection", "close")
	}
	w.WriteHeader(body.Status)
	json.NewEncoder(w).Encode(body) //nolint:errcheck // whoever went away needs no answer
}

// done are the passing lines of what was done all the same.
var done = []words.Key{words.TellOneMoment, words.TellQRRefreshed, words.TellReprinted, words.TellSecondReturned, words.TellOurSlip, words.TellDecided}

// unwritten are those of a disk that refuses.
var unwritten = []words.Key{words.TellFull, words.TellUnbooked, words.TellRefundUnbooked, words.TellRefundLater, words.TellHoldUnbooked, words.TellHoldLater}

func misread(detail string) *problem {
	return &problem{reason: unreadable, detail: strings.TrimPrefix(detail, "json: ")}
}
