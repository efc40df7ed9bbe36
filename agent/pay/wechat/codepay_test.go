package wechat

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"tillgate/agent/pay"
)

func byCodeV3(o *Options) { byPublicKey(o); o.CodeV3 = true }

// codeWay is how the network answers the calls of a payment code; status 0: it
// should not be asked.
type codeWay struct{ charge, look, reverse answer3 }

func (w codeWay) network() *network3 {
	n := &network3{}
	n.answer = func(c call3) answer3 {
		a := w.look
		switch {
		case strings.HasSuffix(c.path, "/codepay"):
			a = w.charge
		case strings.HasSuffix(c.path, "/reverse"):
			a = w.reverse
		}
		if a.status == 0 {
			n.t.Errorf("%s %s should not be asked", c.method, c.path)
		}
		return a
	}
	return n
}

// asking is a 202: the payer has been asked for a password.
func asking(f map[string]any) answer3 { return answer3{status: http.StatusAccepted, body: text(f)} }

var unknownOrder = refusal(404, "ORDER_NOT_EXIST")

// TestCodeRequests3 looks at every byte that goes out for a payment code, in all
// four modes.
func TestCodeRequests3(t *testing.T) {
	t.Parallel()
	for mode, o := range modes() {
		n := codeWay{charge: ok(trade(o, "SUCCESS", nil)), look: ok(trade(o, "SUCCESS", nil)), reverse: ok(trade(o, "", nil))}.network()
		s := n.shower(t, with(o, func(o *Options) { o.CodeV3 = true }))
		for what, got := range map[string]pay.Result{"charge": s.Charge(t.Context(), charge), "query": s.Query(t.Context(), attempt)} {
			if got.State != pay.Paid || got.Amount != 500 || got.Network != "4200001" {
				t.Errorf("%s, %s: %+v", mode, what, got)
			}
		}
		if got := s.Undo(t.Context(), attempt); got.State != pay.Declined || got.Code != "reversed" {
			t.Errorf("%s: %+v", mode, got)
		}
		path, who, query := "/v3/pay/transactions", `"appid":"wx8888888888888888","mchid":"1900000109"`, "?mchid=1900000109"
		if o.SubMchID != "" {
			path, query = "/v3/pay/partner/transactions", "?sp_mchid=1900000109&sub_mchid=1900000200"
			who = `"sp_appid":"wx8888888888888888","sp_mchid":"1900000109","sub_appid":"wx6666666666666666","sub_mchid":"1900000200"`
		}
		want := []string{
			"POST " + path + "/codepay {" + who + `,"description":"停车费","out_trade_no":"` + number + `","payer":{"auth_code":"` + code + `"},"amount":{"total":500,"currency":"CNY"},` +
				`"scene_info":{"device_id":"gate-7","device_ip":"127.0.0.1","store_info":{"out_id":"exit"}}}`,
			"GET " + path + "/out-trade-no/" + number + query + " ",
			"POST " + path + "/out-trade-no/" + number + "/reverse {" + who + "}",
		}
		var sent []string
		for _, c := range n.calls {
			if c.path != certificatesPath {
				sent = append(sent, c.method+" "+c.path+" "+c.body)
			}
		}
		if !slices.Equal(sent, want) {
			t.Errorf("%s: sent\n%s, want\n%s", mode, strings.Join(sent, "\n"), strings.Join(want, "\n"))
		}
	}
}

// TestACodeAlwaysHasItsStore: the network refuses a request without one.
func TestACodeAlwaysHasItsStore(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ device, lane, scene string }{
		{"gate-7", "exit", `{"device_id":"gate-7","device_ip":"10.0.0.7","store_info":{"out_id":"exit"}}`},
		{"gate-7", "", `{"device_id":"gate-7","device_ip":"10.0.0.7","store_info":{"out_id":"gate-7"}}`},
		{"", "", `{"device_ip":"10.0.0.7","store_info":{"out_id":"1900000109"}}`},
	} {
		n := codeWay{charge: ok(trade(directOptions, "SUCCESS", nil))}.network()
		ch := charge
		ch.Device, ch.Lane, ch.Title = c.device, c.lane, ""
		n.shower(t, with(directOptions, func(o *Options) { byCodeV3(o); o.IP = "10.0.0.7" })).Charge(t.Context(), ch)
		if body := n.calls[0].body; !strings.Contains(body, `"scene_info":`+c.scene) || !strings.Contains(body, `"description":"付款"`) {
			t.Errorf("%s", body)
		}
	}
}

// TestEveryCodeOfACharge3: the same codes prove the same as over API v2.
func TestEveryCodeOfACharge3(t *testing.T) {
	t.Parallel()
	for _, name := range slices.Concat(slices.Sorted(maps.Keys(documented)), undocumented) {
		for _, status := range []int{400, 403, 404, 429, 500, 503} {
			n := codeWay{charge: refusal(status, name), look: unknownOrder}.network()
			got, want := n.shower(t, with(directOptions, byCodeV3)).Charge(t.Context(), charge), documented[name]
			if status == 429 || status >= 500 { // nothing was decided
				want = pay.Result{}
			}
			want.Code, want.Date, want.Detail = pay.CutBasic(name, 64), asked.UTC(), words+" request 08CF-1"
			if want.State == pay.Waiting || want.State == pay.Declined && !want.Fault {
				want.Message, want.Detail = words, "request 08CF-1"
			}
			if got != want {
				t.Errorf("%s with status %d: %+v, want %+v", name, status, got, want)
			}
			if looks := len(n.calls) - 1; (looks == 1) != (want.State == pay.Declined && !want.Fault) || looks > 1 {
				t.Errorf("%s with status %d: %d calls", name, status, len(n.calls))
			}
		}
	}
}

// TestWhatACharge3Proves are the answers to a charge that are no refusal.
func TestWhatACharge3Proves(t *testing.T) {
	t.Parallel()
	other := map[string]any{"trade_state": "USERPAYING", "out_trade_no": "8"}
	for name, c := range map[string]struct {
		answer answer3
		state  pay.State
		code   string
		words  string
	}{
		"paid":                              {ok(trade(directOptions, "SUCCESS", nil)), pay.Paid, "", ""},
		"paid, another amount":              {ok(trade(directOptions, "SUCCESS", map[string]any{"amount": map[string]any{"total": 501}})), pay.Mismatch, pay.CodeAmount, ""},
		"paid, another number":              {ok(trade(directOptions, "SUCCESS", map[string]any{"out_trade_no": "8"})), pay.Mismatch, pay.CodeNumber, ""},
		"paid, no number":                   {ok(trade(directOptions, "SUCCESS", map[string]any{"out_trade_no": nil})), pay.Unknown, pay.CodeIncomplete, ""},
		"paid, another merchant":            {ok(trade(directOptions, "SUCCESS", map[string]any{"mchid": "1999999999"})), pay.Mismatch, pay.CodeMerchant, ""},
		"paid, and given back":              {ok(trade(directOptions, "REFUND", nil)), pay.Mismatch, "REFUND", ""},
		"a password is asked for":           {asking(map[string]any{"trade_state": "USERPAYING", "trade_state_desc": words}), pay.Waiting, "USERPAYING", words},
		"a password, as an error":           {asking(map[string]any{"code": "USERPAYING", "message": words}), pay.Waiting, "USERPAYING", words},
		"a password, as another error":      {asking(map[string]any{"code": "USER_PAYING", "message": words}), pay.Waiting, "USER_PAYING", words},
		"a password, as a state":            {ok(trade(directOptions, "USERPAYING", nil)), pay.Waiting, "USERPAYING", words},
		"a password, with all":              {asking(map[string]any{"trade_state": "USERPAYING", "out_trade_no": number, "mchid": "1900000109"}), pay.Waiting, "USERPAYING", ""},
		"a password of another order":       {asking(other), pay.Unknown, pay.CodeNumber, ""},
		"a password of another's order":     {asking(map[string]any{"trade_state": "USERPAYING", "mchid": "1999999999"}), pay.Unknown, pay.CodeMerchant, ""},
		"taken on, and the money is moving": {asking(map[string]any{"trade_state": "ACCEPT"}), pay.Unknown, "ACCEPT", ""},
		"taken on, and paid, says a 202":    {asking(map[string]any{"trade_state": "SUCCESS"}), pay.Unknown, "SUCCESS", ""},
		"taken on, and no more":             {asking(map[string]any{}), pay.Unknown, "HTTP 202", ""},
		"taken on, and a refusal":           {asking(map[string]any{"code": "NOT_ENOUGH"}), pay.Unknown, "NOT_ENOUGH", ""},
		"taken on, and no JSON":             {answer3{status: 202, body: "OK"}, pay.Unknown, pay.CodeIncomplete, ""},
		"not paid":                          {ok(trade(directOptions, "NOTPAY", nil)), pay.Unknown, "NOTPAY", ""},
		"failed":                            {ok(trade(directOptions, "PAYERROR", nil)), pay.Unknown, "PAYERROR", ""},
		"no state":                          {ok(trade(directOptions, "", nil)), pay.Unknown, "trade_state", ""},
		"no JSON":                           {answer3{status: 200, body: "OK"}, pay.Unknown, pay.CodeIncomplete, ""},
		"nothing":                           {answer3{status: 204}, pay.Unknown, "HTTP 204", ""},
		"another key":                       {with3(ok(trade(directOptions, "SUCCESS", nil)), func(a *answer3) { a.key = ourKey() }), pay.Unknown, "bad signature", ""},
		"another time":                      {with3(ok(trade(directOptions, "SUCCESS", nil)), func(a *answer3) { a.at = asked.Add(-time.Hour) }), pay.Unknown, "reply of another time", ""},
	} {
		n := codeWay{charge: c.answer}.network()
		got := n.shower(t, with(directOptions, byCodeV3)).Charge(t.Context(), charge)
		if got.State != c.state || got.Code != c.code || got.Message != c.words || got.Fault || len(n.calls) != 1 {
			t.Errorf("%s: %+v after %d calls", name, got, len(n.calls))
		}
	}
}

// TestEveryTradeState3 holds the states of a payment code against what they
// prove: the same as over API v2.
func TestEveryTradeState3(t *testing.T) {
	t.Parallel()
	for state, want := range map[string]struct{ forth, back pay.State }{
		"SUCCESS": {pay.Paid, pay.Paid}, "REFUND": {pay.Mismatch, pay.Declined}, "USERPAYING": {pay.Waiting, pay.Waiting}, "NOTPAY": {}, "ACCEPT": {}, "PAYERROR": {},
		"REVOKED": {pay.Declined, pay.Declined}, "CLOSED": {pay.Declined, pay.Declined}, "TOMORROW": {}, "": {},
	} {
		for mode, o := range modes() {
			n := codeWay{look: ok(trade(o, state, nil))}.network()
			s := n.shower(t, with(o, func(o *Options) { o.CodeV3 = true }))
			back := attempt
			back.Returning = true
			if got := s.Query(t.Context(), attempt); got.State != want.forth || got.NotFound || got.Fault {
				t.Errorf("%s, %q: %+v", mode, state, got)
			}
			if got := s.Query(t.Context(), back); got.State != want.back || got.NotFound || got.Fault || got.Returned != (state == "REFUND") {
				t.Errorf("%s, %q on the way back: %+v", mode, state, got)
			}
		}
	}
}

// TestEveryAnswerToAReverse3: only the network's 200 of our number says done.
func TestEveryAnswerToAReverse3(t *testing.T) {
	t.Parallel()
	done := func(more map[string]any) answer3 { return ok(trade(directOptions, "", more)) }
	for name, c := range map[string]struct {
		answer answer3
		state  pay.State
		code   string
		fault  bool
		found  bool
	}{
		"done":                    {done(nil), pay.Declined, "reversed", false, true},
		"done, without a number":  {done(map[string]any{"out_trade_no": nil}), pay.Unknown, pay.CodeIncomplete, false, true},
		"done, another number":    {done(map[string]any{"out_trade_no": "8"}), pay.Unknown, pay.CodeNumber, false, true},
		"done, another merchant":  {done(map[string]any{"mchid": "1999999999"}), pay.Unknown, pay.CodeMerchant, false, true},
		"done, no JSON":           {answer3{status: 200, body: "OK"}, pay.Unknown, pay.CodeIncomplete, false, true},
		"taken on":                {answer3{status: 202, body: "{}"}, pay.Unknown, "HTTP 202", false, true},
		"no body":                 {answer3{status: 204}, pay.Unknown, "HTTP 204", false, true},
		"nobody's":                {unknownOrder, pay.Unknown, "ORDER_NOT_EXIST", false, false},
		"nobody's, in old words":  {refusal(404, "ORDERNOTEXIST"), pay.Unknown, "ORDERNOTEXIST", false, false},
		"being paid":              {refusal(400, "USERPAYING"), pay.Unknown, "USERPAYING", false, true},
		"too early":               {refusal(400, "INVALID_REQUEST"), pay.Unknown, "INVALID_REQUEST", false, true},
		"a cold":                  {refusal(500, "SYSTEM_ERROR"), pay.Unknown, "SYSTEM_ERROR", false, true},
		"a cold that blames us":   {refusal(500, "PARAM_ERROR"), pay.Unknown, "PARAM_ERROR", false, true},
		"too often":               {refusal(429, "FREQUENCY_LIMITED"), pay.Unknown, "FREQUENCY_LIMITED", false, true},
		"too late":                {refusal(400, "REVERSE_EXPIRE"), pay.Unknown, "REVERSE_EXPIRE", true, true},
		"not allowed":             {refusal(403, "NO_AUTH"), pay.Unknown, "NO_AUTH", true, true},
		"a mistake of ours":       {refusal(400, "PARAM_ERROR"), pay.Unknown, "PARAM_ERROR", true, true},
		"a code of tomorrow":      {refusal(400, "TOMORROW"), pay.Unknown, "TOMORROW", false, true},
		"that it was closed once": {refusal(400, "ORDER_CLOSED"), pay.Unknown, "ORDER_CLOSED", false, true},
		"another key":             {with3(done(nil), func(a *answer3) { a.key = ourKey() }), pay.Unknown, "bad signature", false, true},
	} {
		n := codeWay{reverse: c.answer}.network()
		got := n.shower(t, with(directOptions, byCodeV3)).Undo(t.Context(), attempt)
		if got.State != c.state || got.Code != c.code || got.Fault != c.fault || got.NotFound == c.found || len(n.calls) != 1 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// TestACodeIsSentOnceWithAWrongClock: all other calls are signed again for the
// time that a 401 names, a charge is not.
func TestACodeIsSentOnceWithAWrongClock(t *testing.T) {
	t.Parallel()
	unsigned := func(a answer3) answer3 {
		a.spoil = func(h http.Header) { h.Del(headerSignature) }
		return a
	}
	n := codeWay{charge: unsigned(refusal(401, "SIGN_ERROR")), look: unsigned(refusal(401, "SIGN_ERROR"))}.network()
	s := n.shower(t, with(directOptions, func(o *Options) { byCodeV3(o); o.Now = func() time.Time { return asked.AddDate(-1, 0, 0) } }))
	if got := s.Charge(t.Context(), charge); got.State != pay.Unknown || got.Code != "HTTP 401" || len(n.calls) != 1 {
		t.Errorf("%+v after %d calls", got, len(n.calls))
	}
	if s.Query(t.Context(), attempt); len(n.calls) != 3 {
		t.Errorf("a query made %d calls", len(n.calls)-1)
	}
}

// TestAPreparedCodeIsSignedAhead, once, and one sale takes one signature.
func TestAPreparedCodeIsSignedAhead(t *testing.T) {
	t.Parallel()
	n := codeWay{charge: ok(trade(directOptions, "SUCCESS", nil))}.network()
	s := n.shower(t, with(directOptions, byCodeV3))
	send := s.Prepare(charge)
	if signed := s.Signatures(); signed != 1 || len(n.calls) > 0 {
		t.Fatalf("%d signatures and %d calls before it was let go", signed, len(n.calls))
	}
	if got := send(t.Context()); got.State != pay.Paid || len(n.calls) != 1 || s.Signatures() != 1 {
		t.Errorf("%+v after %d calls and %d signatures", got, len(n.calls), s.Signatures())
	}
}

// TestAPaymentCodeGoesNoFurther3 lets the network echo the code wherever it can.
func TestAPaymentCodeGoesNoFurther3(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", wordsBytesMax-10) + code // a cut must not leave half of it
	echo := func(a answer3) answer3 {
		a.spoil = func(h http.Header) { h.Set("Request-Id", long) }
		return a
	}
	for name, a := range map[string]answer3{
		"a refusal":       {status: 403, body: text(map[string]any{"code": "RULE_LIMIT", "message": long})},
		"an unknown code": {status: 400, body: text(map[string]any{"code": code, "message": long})},
		"a success":       ok(trade(directOptions, "SUCCESS", map[string]any{"transaction_id": code})),
		"a state":         ok(trade(directOptions, code, map[string]any{"trade_state_desc": long})),
		"a 202":           asking(map[string]any{"trade_state": code, "trade_state_desc": long}),
		"not believed":    with3(ok(trade(directOptions, "SUCCESS", nil)), func(a *answer3) { a.serial = "7" }),
		"a bad gateway":   {status: 502, body: long},
	} {
		n := codeWay{charge: echo(a), look: unknownOrder}.network()
		got := n.shower(t, with(directOptions, byCodeV3)).Charge(t.Context(), charge)
		if told := text(map[string]any{"result": got}); strings.Contains(told, code) || strings.Contains(told, code[:10]) {
			t.Errorf("%s: %s", name, told)
		}
	}
}

// TestCodeAndRefundsOnTheSecondHost: it is asked while nothing can have left to
// the first, by all calls of both APIs.
func TestCodeAndRefundsOnTheSecondHost(t *testing.T) {
	t.Parallel()
	for api, change := range map[string]func(o *Options){
		"v2": func(*Options) {},
		"v3": func(o *Options) {
			byCodeV3(o)
			o.V3Key, o.NotifyURL, o.Cert, o.Now = testV3Key, notifyURL, ourCert(), func() time.Time { return asked }
		},
	} {
		for name, c := range map[string]struct {
			readsFirst bool // then it may have been done there
			hosts      string
		}{"the first is down": {false, "a b"}, "the first does not answer": {true, "a"}} {
			var hosts []string
			way := &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
				hosts = append(hosts, r.URL.Host[:1])
				if c.readsFirst && r.Body != nil {
					if _, err := r.Body.Read(make([]byte, 1)); err != nil {
						return nil, err
					}
				}
				return nil, http.ErrServerClosed
			})}
			o := with(directOptions, change)
			o.BaseURL, o.SpareURL, o.Client, o.CertClient = "https://a.example", "https://b.example", way, way
			p, err := New("shop", o)
			if err != nil {
				t.Fatal(err)
			}
			want := pay.Unknown
			if !c.readsFirst {
				want = pay.NotSent
			}
			if got := p.Charge(t.Context(), charge); got.State != want || strings.Join(hosts, " ") != c.hosts {
				t.Errorf("%s, charge, %s: %+v, asked %s", api, name, got, hosts)
			}
			hosts = nil
			if got := p.Refund(t.Context(), refund); got.State != pay.Unknown || got.NotFound || strings.Join(hosts, " ") != c.hosts {
				t.Errorf("%s, refund, %s: %+v, asked %s", api, name, got, hosts)
			}
		}
	}
}
