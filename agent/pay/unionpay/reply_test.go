package unionpay

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"tillgate/agent/pay"
)

// spoiltBodies are what comes in the place of a good answer.
func spoiltBodies(good string) map[string]string {
	return map[string]string{
		"nothing":              "",
		"a page":               "<html><body><h1>200 OK</h1></body></html>",
		"half":                 good[:len(good)/2],
		"without its end":      good[:len(good)-1],
		"twice":                good + good,
		"with more behind it":  good + "x",
		"in a list":            "[" + good + "]",
		"as a text":            fmt.Sprintf("%q", good),
		"a code twice":         `{"errCode":"51",` + good[1:],
		"a code twice, hidden": `{"err\u0043ode":"51",` + good[1:],
		"a number twice":       `{"merchantOrderId":"x","billNo":"x",` + good[1:],
		"an amount twice":      good[:len(good)-1] + `,"amount":1,"amount":1}`,
		"only white":           " \r\n",
		"null":                 "null",
	}
}

// TestSpoiltBodiesProveNothing, in any call, and whatever they pretend to be.
func TestSpoiltBodiesProveNothing(t *testing.T) {
	t.Parallel()
	good := map[string]string{
		callPay:         `{"errCode":"00","merchantOrderId":"` + number + `","orderId":"1","transactionAmount":500}`,
		callQuery:       `{"errCode":"00","queryResCode":"0","merchantOrderId":"` + number + `","orderId":"1","originalTransactionAmount":500}`,
		callVoid:        `{"errCode":"00","merchantOrderId":"` + number + `"}`,
		callRefund:      `{"errCode":"00","merchantOrderId":"` + number + `","transactionAmount":200}`,
		callRefundQuery: `{"errCode":"00","queryResCode":"00","merchantOrderId":"` + number + `","transactionAmount":200}`,
		pathShow:        `{"errCode":"SUCCESS","billNo":"` + bill + `","billQRCode":"` + link + `","totalAmount":500}`,
		pathBill:        `{"errCode":"SUCCESS","billNo":"` + bill + `","billStatus":"PAID","totalAmount":500,"billPayment":{"merOrderId":"1"}}`,
		pathRefund:      `{"errCode":"SUCCESS","billNo":"` + bill + `","refundStatus":"SUCCESS"}`,
		pathClose:       `{"errCode":"SUCCESS","billNo":"` + bill + `"}`,
	}
	calls := map[string]func(s *Shower) pay.Result{
		callPay:         func(s *Shower) pay.Result { return s.Charge(t.Context(), charge) },
		callQuery:       func(s *Shower) pay.Result { return s.Query(t.Context(), attempt) },
		callVoid:        func(s *Shower) pay.Result { return s.Undo(t.Context(), attempt) },
		callRefund:      func(s *Shower) pay.Result { return s.Refund(t.Context(), partBack) },
		callRefundQuery: func(s *Shower) pay.Result { return s.QueryRefund(t.Context(), partBack) },
		pathShow:        func(s *Shower) pay.Result { return s.Show(t.Context(), offer) },
		pathBill:        func(s *Shower) pay.Result { return s.Query(t.Context(), shownAttempt) },
		pathRefund:      func(s *Shower) pay.Result { return s.Refund(t.Context(), partShown) },
	}
	for path, ask := range calls {
		answering := func(status int, text string) *Shower {
			return (&network{raw: func(call) (int, string) { return status, text }}).shower(t, testOptions)
		}
		if r := ask(answering(http.StatusOK, good[path])); r.State == pay.Unknown || r.Date.IsZero() {
			t.Errorf("%s: the good answer proves nothing: %+v", path, r)
		}
		for name, text := range spoiltBodies(good[path]) {
			if r := ask(answering(http.StatusOK, text)); r.State != pay.Unknown || r.NotFound || r.Fault || !r.Date.IsZero() || r.Code == "" || r.Message != "" || r.Link != "" {
				t.Errorf("%s, %s: %+v", path, name, r)
			}
		}
		for _, status := range []int{201, 202, 204, 302, 400, 401, 403, 404, 412, 429, 500, 502, 503} {
			if r := ask(answering(status, good[path])); r.State != pay.Unknown || r.NotFound || r.Fault || !r.Date.IsZero() || r.Message != "" || r.Link != "" {
				t.Errorf("%s, status %d: %+v", path, status, r)
			}
		}
	}
}

// TestTheGatewaysRefusals: of the replies with another status only that of a
// signature is believed, as a 4xx; 412 with 9200 is unknown.
func TestTheGatewaysRefusals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status int
		text   string
		want   pay.Result
	}{
		{401, `{"errCode":"1000","errInfo":"认证失败"}`, pay.Result{State: pay.Declined, Code: "1000", Fault: true}},
		{403, `{"errCode":"1001","errInfo":"授权失败"}`, pay.Result{State: pay.Declined, Code: "1001", Fault: true}},
		{200, `{"errCode":"1000","errInfo":"认证失败"}`, pay.Result{State: pay.Declined, Code: "1000", Fault: true}},
		{500, `{"errCode":"1000","errInfo":"认证失败"}`, pay.Result{Code: "1000"}},
		{412, `{"errCode":"9200","errInfo":"x"}`, pay.Result{Code: "9200"}},
		{400, `{"errCode":"9001","errInfo":"x"}`, pay.Result{Code: "9001"}},
		{401, `{"errCode":"1000","errCode":"1000"}`, pay.Result{Code: "HTTP 401"}},
		{401, `<html>`, pay.Result{Code: "HTTP 401"}},
		{502, `{"error":"bad gateway"}`, pay.Result{Code: "HTTP 502"}},
	} {
		n := &network{raw: func(call) (int, string) { return c.status, c.text }}
		s := n.shower(t, testOptions)
		for op, got := range map[string]pay.Result{"charge": s.Charge(t.Context(), charge), "show": s.Show(t.Context(), offer)} {
			if got.State != c.want.State || got.Code != c.want.Code || got.Fault != c.want.Fault || got.Message != "" || got.Date.IsZero() == (c.want.Fault) {
				t.Errorf("%s, %d %s: %+v, want %+v", op, c.status, c.text, got, c.want)
			}
		}
	}
}

// TestAWrongClockIsNobodysFault: the signature is refused, the Date says why, and
// the next call is signed for the right time.
func TestAWrongClockIsNobodysFault(t *testing.T) {
	t.Parallel()
	for off, fault := range map[time.Duration]bool{0: true, 4 * time.Minute: true, 5 * time.Minute: false, -50 * 365 * 24 * time.Hour: false} {
		for _, code := range []string{"1000", "ABNORMAL_REQUEST_TIME"} {
			n := &network{t: t}
			o := testOptions
			o.Now = func() time.Time { return asked.Add(off) }
			o.Client = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
				w, err := n.RoundTrip(r)
				if err == nil {
					w.Header.Set("Date", asked.UTC().Format(http.TimeFormat))
				}
				return w, err
			})}
			n.now, n.answer = o.Now, func(call) object { return failed(code) }
			s, err := NewShower("shop", o)
			if err != nil {
				t.Fatal(err)
			}
			got, shown := s.Charge(t.Context(), charge), s.Show(t.Context(), offer)
			if got.State != pay.Declined || got.Fault != fault || !got.Date.Equal(asked) {
				t.Errorf("%s, %s off: %+v", code, off, got)
			}
			if want := map[bool]pay.State{true: pay.Declined, false: pay.Unknown}[fault]; shown.State != want || shown.Fault != fault || !shown.Date.Equal(asked) {
				t.Errorf("%s, %s off, shown: %+v", code, off, shown)
			}
		}
	}
}

// TestNothingTellsTheCode: a network that echoes it, in words, codes and numbers.
func TestNothingTellsTheCode(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]object{
		"a refusal":   {"errCode": "61", "errInfo": "付款码 " + code + " 无效"},
		"a code":      {"errCode": "E" + code, "errMsg": code},
		"a success":   with(paidByCode, object{"orderId": "4200" + code, "chnlType": code}),
		"an odd one":  with(paidByCode, object{"transactionAmount": nil, "errInfo": code}),
		"a deep echo": {"errCode": "00", "in": object{"deeper": code}},
	} {
		got := saying(map[string]object{callPay: answer}).shower(t, testOptions).Charge(t.Context(), charge)
		if text := fmt.Sprintf("%+v %#v", got, got); strings.Contains(text, code) {
			t.Errorf("%s: %s", name, text)
		}
	}
	lost := testOptions
	lost.Client = &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) { return nil, fmt.Errorf("lost %s", code) })}
	p, err := New("shop", lost)
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Charge(t.Context(), charge); strings.Contains(got.Detail, code) || got.State != pay.NotSent {
		t.Errorf("lost: %+v", got)
	}
}

// TestWhatDidNotLeave is not sent for a charge or an offer only.
func TestWhatDidNotLeave(t *testing.T) {
	t.Parallel()
	o := testOptions
	o.Client = &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) { return nil, http.ErrServerClosed })}
	s, err := NewShower("shop", o)
	if err != nil {
		t.Fatal(err)
	}
	for op, got := range map[string]pay.Result{"charge": s.Charge(t.Context(), charge), "show": s.Show(t.Context(), offer)} {
		if got.State != pay.NotSent || got.Code != pay.CodeNotSent {
			t.Errorf("%s: %+v", op, got)
		}
	}
	for op, got := range map[string]pay.Result{
		"query": s.Query(t.Context(), attempt), "bill query": s.Query(t.Context(), shownAttempt), "undo": s.Undo(t.Context(), attempt), "bill undo": s.Undo(t.Context(), shownAttempt),
		"refund": s.Refund(t.Context(), partBack), "bill refund": s.Refund(t.Context(), partShown), "look": s.QueryRefund(t.Context(), partBack), "bill look": s.QueryRefund(t.Context(), partShown),
	} {
		if got.State != pay.Unknown || got.NotFound || got.Fault || got.Code != pay.CodeNotSent {
			t.Errorf("%s: %+v", op, got)
		}
	}
}
