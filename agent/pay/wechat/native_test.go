package wechat

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"tillgate/agent/pay"
)

const (
	directBody = `{"appid":"wx8888888888888888","mchid":"1900000109","description":"停车费","out_trade_no":"880100520001004210000171","time_expire":"2026-11-25T09:32:00+08:00",` +
		`"notify_url":"https://pay.example.com/wechat","amount":{"total":500,"currency":"CNY"},"scene_info":{"payer_client_ip":"127.0.0.1","device_id":"gate-7","store_info":{"id":"exit"}}}`
	partnerBody = `{"sp_appid":"wx8888888888888888","sp_mchid":"1900000109","sub_appid":"wx6666666666666666","sub_mchid":"1900000200",` + "\x00"
)

// TestShowRequests looks at every byte that asks for a code.
func TestShowRequests(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		o          Options
		path, body string
	}{
		"direct":   {directOptions, "/v3/pay/transactions/native", directBody},
		"provider": {partnerOptions, "/v3/pay/partner/transactions/native", strings.Replace(partnerBody, "\x00", directBody[len(`{"appid":"wx8888888888888888","mchid":"1900000109",`):], 1)},
	} {
		n := &network3{answer: func(call3) answer3 {
			return answer3{body: `{"code_url":"weixin://wxpay/bizpayurl/up?pr=NwY5Mz9&groupid=00"}`}
		}}
		r := n.shower(t, c.o).Show(context.Background(), offer)
		got := n.calls[0]
		if got.method != http.MethodPost || got.path != c.path || got.body != c.body {
			t.Errorf("%s: %s %s was sent\n%s, want\n%s", name, got.method, got.path, got.body, c.body)
		}
		if want := (pay.Result{State: pay.Waiting, Code: "shown", Link: "weixin://wxpay/bizpayurl/up?pr=NwY5Mz9&groupid=00", Date: asked.UTC(), Detail: "request 08CF-1"}); r != want {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// TestTextsOfOffersFitTheirFields cuts what people have typed, and leaves marks as they are.
func TestTextsOfOffersFitTheirFields(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, has string }{
		{"marks", `a & b <c> "d"`, `"description":"a & b <c> \"d\""`},
		{"nothing", "", `"description":"付款"`},
		{"nothing, in scene_info", "", `"scene_info":{"payer_client_ip":"127.0.0.1"}}`},
		{"beyond the basic plane", "茶🍵", `"description":"茶"`},
		{"what cannot be seen", "a\x00\nb", `"description":"ab"`},
		{"long", strings.Repeat("车", 50), `"description":"` + strings.Repeat("车", 42) + `"`},
		{"long, as a device", strings.Repeat("车", 50), `"device_id":"` + strings.Repeat("车", 10) + `"`},
		{"long, as a lane", strings.Repeat("车", 50), `"store_info":{"id":"` + strings.Repeat("车", 10) + `"}`},
	} {
		n := &network3{answer: func(call3) answer3 { return answer3{body: `{"code_url":"weixin://a"}`} }}
		o := offer
		o.Title, o.Device, o.Lane, o.Life = c.text, c.text, c.text, 0
		n.shower(t, directOptions).Show(context.Background(), o)
		if body := n.calls[0].body; !strings.Contains(body, c.has) || !strings.Contains(body, `"time_expire":"2026-11-25T09:32:00+08:00"`) {
			t.Errorf("%s: %s", c.name, body)
		}
	}
}

// TestLinksThatAreNone are verified replies without a link that a phone could open.
func TestLinksThatAreNone(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"", "{}", "[]", `{"code_url":""}`, `{"code_url":7}`, `{"code_url":"weixin"}`, `{"code_url":"weixin://a b"}`, `{"code_url":"weixin://茶"}`,
		`{"code_url":"weixin://a\n"}`, `{"code_url":"weixin://` + strings.Repeat("a", 512) + `"}`} {
		n := &network3{answer: func(call3) answer3 { return answer3{body: body} }}
		if r := n.shower(t, directOptions).Show(context.Background(), offer); r.State != pay.Unknown || r.Code != pay.CodeIncomplete || r.Link != "" {
			t.Errorf("%.60s: %+v", body, r)
		}
	}
}

// documented3 are the error codes of transactions/native and what each proves,
// written down apart from the product's own table.
var documented3 = map[string]struct {
	status int
	want   pay.Result
}{
	"SYSTEM_ERROR":          {500, pay.Result{}},
	"BANK_ERROR":            {500, pay.Result{}},
	"FREQUENCY_LIMITED":     {429, pay.Result{}},
	"RATELIMIT_EXCEEDED":    {429, pay.Result{}},
	"OUT_TRADE_NO_USED":     {403, pay.Result{}},
	"ORDER_PAID":            {400, pay.Result{}},
	"ORDERPAID":             {400, pay.Result{}},
	"INVALID_REQUEST":       {400, pay.Result{}},
	"ORDER_NOT_EXIST":       {404, pay.Result{}},
	"RESOURCE_NOT_EXISTS":   {404, pay.Result{}},
	"NOT_FOUND":             {404, pay.Result{}},
	"OPENID_MISMATCH":       {500, pay.Result{}},
	"INVALID_TRANSACTIONID": {500, pay.Result{}},
	"A_CODE_OF_TOMORROW":    {400, pay.Result{}},
	"ORDER_CLOSED":          {400, pay.Result{State: pay.Declined}},
	"RULE_LIMIT":            {403, pay.Result{State: pay.Declined}},
	"TRADE_ERROR":           {403, pay.Result{State: pay.Declined}},
	"NO_AUTH":               {403, pay.Result{State: pay.Declined, Fault: true}},
	"ACCOUNT_ERROR":         {403, pay.Result{State: pay.Declined, Fault: true}},
	"PARAM_ERROR":           {400, pay.Result{State: pay.Declined, Fault: true}},
	"SIGN_ERROR":            {401, pay.Result{State: pay.Declined, Fault: true}},
	"MCH_NOT_EXISTS":        {400, pay.Result{State: pay.Declined, Fault: true}},
	"APPID_MCHID_NOT_MATCH": {400, pay.Result{State: pay.Declined, Fault: true}},
}

func TestEveryCodeOfShow(t *testing.T) {
	t.Parallel()
	for name := range showCodes {
		if _, ok := documented3[name]; !ok {
			t.Errorf("%s is in the table and not documented", name)
		}
	}
	for name, c := range documented3 {
		for _, status := range []int{c.status, 429, 500, 503} {
			n := &network3{answer: func(call3) answer3 { return refusal(status, name) }}
			got, want := n.shower(t, directOptions).Show(context.Background(), offer), c.want
			if status != c.status {
				want = pay.Result{}
			}
			want.Code, want.Date, want.Detail = name, asked.UTC(), words+" request 08CF-1"
			if want.State == pay.Declined && !want.Fault {
				want.Message, want.Detail = words, "request 08CF-1"
			}
			if got != want || len(n.calls) != 2 { // and one for the certificates
				t.Errorf("%s with status %d: %+v after %d calls, want %+v", name, status, got, len(n.calls), want)
			}
		}
	}
}

// TestAShowThatIsLost is Unknown once it may have left, and NotSent before.
func TestAShowThatIsLost(t *testing.T) {
	t.Parallel()
	n := &network3{}
	s := n.shower(t, directOptions)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	transport := pay.NewTransport(nil, nil)
	wire, err := pay.NewWire(&http.Client{Transport: transport})
	if err != nil {
		t.Fatal(err)
	}
	s.v3.wire = wire
	if r := s.Show(ctx, offer); r.State != pay.NotSent {
		t.Errorf("show: %+v", r)
	}
	for what, r := range map[string]pay.Result{"query": s.Query(ctx, shownAttempt), "undo": s.Undo(ctx, shownAttempt)} {
		if r.State != pay.Unknown || r.NotFound || r.Fault {
			t.Errorf("%s: %+v", what, r)
		}
	}
}

// TestWithoutAnAPIv3Key nobody can ask about a code, and a person must know.
func TestWithoutAnAPIv3Key(t *testing.T) {
	t.Parallel()
	n := &network{}
	p := n.provider(t, directOptions)
	for what, r := range map[string]pay.Result{"query": p.Query(context.Background(), shownAttempt), "undo": p.Undo(context.Background(), shownAttempt)} {
		if r.State != pay.Unknown || !r.Fault || r.Code != "no API v3" {
			t.Errorf("%s: %+v", what, r)
		}
	}
	if len(n.asked) != 0 || p.Signatures() != 0 {
		t.Errorf("asked %v", n.asked)
	}
	if _, shows := any(p).(pay.Shower); shows {
		t.Error("it offers to show codes")
	}
	o := directOptions
	o.Client, o.CertClient = p.o.Client, p.o.CertClient
	if _, err := NewShower("shop", o); err == nil || !strings.Contains(err.Error(), "merchant shop: the APIv3 key is missing") {
		t.Errorf("a shower: %v", err)
	}
}

// TestScannedCodesStayWithAPIv2 although the merchant has both.
func TestScannedCodesStayWithAPIv2(t *testing.T) {
	t.Parallel()
	var paths []string
	way := &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		paths = append(paths, r.URL.Path)
		return nil, http.ErrServerClosed
	})}
	o := directOptions
	o.Client, o.CertClient, o.BaseURL = way, way, "https://pay.example"
	o.V3Key, o.NotifyURL, o.Cert = testV3Key, notifyURL, ourCert()
	s, err := NewShower("shop", o)
	if err != nil {
		t.Fatal(err)
	}
	s.Charge(context.Background(), charge)
	s.Query(context.Background(), attempt)
	s.Undo(context.Background(), attempt)
	if want := []string{callMicropay, callQuery, callReverse}; !slices.Equal(paths, want) || s.Signatures() != 0 {
		t.Errorf("asked %v with %d signatures", paths, s.Signatures())
	}
}

// wrongClock is a device in another year than its network, whose refusals may be signed.
func wrongClock(t *testing.T, n *network3, now *time.Time, signed bool) *Shower {
	n.now = func() time.Time { return asked }
	answer := n.answer
	n.answer = func(c call3) answer3 {
		if c.auth["timestamp"] != "1795570200" {
			a := refusal(401, "SIGN_ERROR")
			if !signed {
				a.spoil = func(h http.Header) { h.Del("Wechatpay-Signature") }
			}
			return a
		}
		return answer(c)
	}
	return n.shower(t, with(with(directOptions, byPublicKey), func(o *Options) { o.Now = func() time.Time { return *now } }))
}

// TestAWrongClockHeals: the network names its time in a refusal, with that the
// same request is signed once more, and only the reply to it sets the clock.
func TestAWrongClockHeals(t *testing.T) {
	t.Parallel()
	if asked.Unix() != 1795570200 {
		t.Fatal(asked.Unix())
	}
	for _, year := range []int{1970, 2026, 2038} {
		for _, signed := range []bool{false, true} {
			now := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
			n := &network3{answer: func(call3) answer3 { return answer3{body: `{"code_url":"weixin://a"}`} }}
			s := wrongClock(t, n, &now, signed)
			r := s.Show(context.Background(), offer)
			if r.State != pay.Unknown || r.Code != "reply of another time" || r.Link != "" || !r.Date.Equal(asked) || s.Signatures() != 2 {
				t.Errorf("%d: %+v with %d signatures", year, r, s.Signatures())
			}
			if body := n.calls[1].body; !strings.Contains(body, `"time_expire":"2026-11-25T09:32:00+08:00"`) {
				t.Errorf("%d: asked again with %s", year, body)
			}
			now = r.Date
			if r := s.Show(context.Background(), offer); r.State != pay.Waiting || r.Link == "" || s.Signatures() != 3 {
				t.Errorf("%d: then %+v with %d signatures", year, r, s.Signatures())
			}
		}
	}
}

// TestARefusedSignatureIsNotTriedForEver, nor where the time is not the reason.
func TestARefusedSignatureIsNotTriedForEver(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		at         time.Time // of the network
		spoil      func(h http.Header)
		signatures int64
		want       pay.Result
	}{
		"another year":        {asked.AddDate(1, 0, 0), nil, 2, pay.Result{Code: "reply of another time", Date: asked.AddDate(1, 0, 0).UTC()}},
		"the same time":       {asked, nil, 1, pay.Result{State: pay.Declined, Fault: true, Code: "SIGN_ERROR", Date: asked.UTC()}},
		"no Date":             {asked, func(h http.Header) { h.Del("Date") }, 1, pay.Result{State: pay.Declined, Fault: true, Code: "SIGN_ERROR", Date: asked.UTC()}},
		"the same, unsigned":  {asked, func(h http.Header) { h.Del("Wechatpay-Nonce") }, 1, pay.Result{Code: "HTTP 401"}},
		"a Date out of order": {asked, func(h http.Header) { h.Set("Date", "noon") }, 1, pay.Result{State: pay.Declined, Fault: true, Code: "SIGN_ERROR", Date: asked.UTC()}},
	} {
		n := &network3{answer: func(call3) answer3 { a := refusal(401, "SIGN_ERROR"); a.at, a.spoil = c.at, c.spoil; return a }}
		s := n.shower(t, with(directOptions, byPublicKey))
		got := s.Show(context.Background(), offer)
		got.Detail = ""
		if got != c.want || s.Signatures() != c.signatures {
			t.Errorf("%s: %+v with %d signatures", name, got, s.Signatures())
		}
	}
}
