package alipay

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/pay"
)

// TestARefusalIsLookedAtOnce plays what a query may say after a refusal: of one
// that does not name its order, and of one that may leave an order open.
func TestARefusalIsLookedAtOnce(t *testing.T) {
	t.Parallel()
	lost := answer{err: errors.New("connection reset")}
	for _, c := range []struct {
		name       string
		look       answer
		no, unsure pay.State // after BUYER_BALANCE_NOT_ENOUGH and after PAYMENT_FAIL
		code       string    // of the result, where it is the look's; "-": none
	}{
		{"not there", refusing("ACQ.TRADE_NOT_EXIST"), pay.Declined, pay.Declined, ""},
		{"closed", traded(statusClosed), pay.Declined, pay.Declined, ""},
		{"lost", lost, pay.Declined, pay.Unknown, ""},
		{"unsigned", answer{node: traded(statusSuccess).node, unsigned: true}, pay.Declined, pay.Unknown, ""},
		{"busy", refusing("ACQ.SYSTEM_ERROR"), pay.Declined, pay.Unknown, ""},
		{"paid", traded(statusSuccess), pay.Paid, pay.Paid, "-"},
		{"paid by somebody", traded(statusSuccess, node{"total_amount": "6.00"}), pay.Mismatch, pay.Mismatch, pay.CodeAmount},
		{"paid and given back", traded(statusClosed, node{"send_pay_date": "2026-11-25 09:30:05"}), pay.Mismatch, pay.Mismatch, statusClosed},
	} {
		for sub, want := range map[string]pay.State{"ACQ.BUYER_BALANCE_NOT_ENOUGH": c.no, "ACQ.PAYMENT_FAIL": c.unsure, "ACQ.TRADE_HAS_CLOSE": c.unsure} {
			n := playing(map[string][]answer{methodPay: {refusing(sub)}, methodQuery: {c.look}})
			r := n.provider(t, directOptions).Charge(context.Background(), charge)
			code := sub
			if c.code == "-" {
				code = ""
			} else if c.code != "" {
				code = c.code
			}
			if r.State != want || r.Code != code || (r.Message == words) != (r.State == pay.Declined) || r.State == pay.Unknown && r.Detail != words {
				t.Errorf("%s, %s: %+v, want %v", sub, c.name, r, want)
			}
			if !slices.Equal(n.methods(), []string{methodPay, methodQuery}) {
				t.Errorf("%s, %s: asked %v", sub, c.name, n.methods())
			}
		}
	}
}

// TestARefusedOrderThatIsOpenIsClosed: its payer may find it on his phone, and
// who has paid it by then is not told that he was refused.
func TestARefusedOrderThatIsOpenIsClosed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		close answer
		want  pay.State
	}{
		"closed":          {done(), pay.Declined},
		"paid by then":    {refusing("ACQ.TRADE_STATUS_ERROR"), pay.Unknown},
		"gone by then":    {refusing("ACQ.TRADE_NOT_EXIST"), pay.Unknown},
		"lost":            {answer{err: errors.New("connection reset")}, pay.Unknown},
		"unsigned":        {answer{node: done().node, unsigned: true}, pay.Unknown},
		"another's order": {done(node{"out_trade_no": "1"}), pay.Unknown},
	} {
		for _, sub := range []string{"ACQ.BUYER_BALANCE_NOT_ENOUGH", "ACQ.PAYMENT_FAIL"} {
			n := playing(map[string][]answer{methodPay: {refusing(sub)}, methodQuery: {traded(statusWaiting)}, methodClose: {c.close}})
			r := n.provider(t, directOptions).Charge(context.Background(), charge)
			if r.State != c.want || r.Code != sub || (r.Message == words) != (c.want == pay.Declined) || r.NotFound || r.Fault {
				t.Errorf("%s, %s: %+v, want %v", sub, name, r, c.want)
			}
			if !slices.Equal(n.methods(), []string{methodPay, methodQuery, methodClose}) {
				t.Errorf("%s, %s: asked %v", sub, name, n.methods())
			}
		}
	}
}

// TestWhatNamesItsOrderIsNotLookedAt: nor is a refusal of our set-up, for nothing was tried.
func TestWhatNamesItsOrderIsNotLookedAt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sub, number string
		state       pay.State
		looks       bool
	}{
		{"ACQ.BUYER_BALANCE_NOT_ENOUGH", number, pay.Declined, false},
		{"ACQ.BUYER_BALANCE_NOT_ENOUGH", "", pay.Declined, true},
		{"ACQ.BUYER_BALANCE_NOT_ENOUGH", "2", pay.Unknown, false},
		{"ACQ.PAYMENT_FAIL", number, pay.Declined, true},
		{"ACQ.ACCESS_FORBIDDEN", "", pay.Declined, false},
		{"ACQ.ACCESS_FORBIDDEN", "2", pay.Unknown, false},
		{"ACQ.SYSTEM_ERROR", "", pay.Unknown, false},
	} {
		a := refusing(c.sub)
		a.node["out_trade_no"] = c.number
		n := playing(map[string][]answer{methodPay: {a}})
		r := n.provider(t, directOptions).Charge(context.Background(), charge)
		if r.State != c.state || len(n.calls) > 1 != c.looks || c.number == "2" && r.Code != pay.CodeNumber {
			t.Errorf("%v: %+v after %v", c, r, n.methods())
		}
	}
}

// silent answers a charge and then nothing, until the caller goes.
type silent struct{ network }

func (s *silent) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := s.network.RoundTrip(r)
	if len(s.calls) > 1 {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	return resp, err
}

// TestALookEndsInTime: who was refused waits no longer than 3 s for the look.
func TestALookEndsInTime(t *testing.T) {
	t.Parallel()
	ourKey()
	networkKey()
	synctest.Test(t, func(t *testing.T) {
		s := &silent{network{answer: func(call) answer { return refusing("ACQ.BUYER_BALANCE_NOT_ENOUGH") }}}
		p := s.provider(t, directOptions)
		wire, err := pay.NewWire(&http.Client{Transport: s})
		if err != nil {
			t.Fatal(err)
		}
		p.wire = wire
		start := time.Now()
		r := p.Charge(t.Context(), charge)
		if took := time.Since(start); r.State != pay.Declined || took != pay.ConfirmMax {
			t.Errorf("after %v: %+v", took, r)
		}
	})
}

// TestAStampIsMendedOnce: what may be sent again is, when it was refused for its
// time and the refusal has another; a charge never.
func TestAStampIsMendedOnce(t *testing.T) {
	t.Parallel()
	for _, clock := range []time.Time{time.Unix(0, 0), asked.Add(-2 * time.Minute), asked.AddDate(12, 0, 0)} {
		for _, unsigned := range []bool{true, false} {
			n := &network{}
			n.answer = func(c call) answer {
				if c.form.Get("timestamp") != "2026-11-25 09:30:00" {
					return answer{node: node{"code": "40002", "sub_code": subTimestamp, "sub_msg": words}, name: errorNode, unsigned: unsigned}
				}
				return map[string]answer{methodPrecreate: done(node{"qr_code": "https://qr.alipay.com/bax0"}), methodQuery: traded(statusWaiting)}[c.method]
			}
			o := directOptions
			o.Now = func() time.Time { return clock }
			p := n.provider(t, o)
			for what, r := range map[string]pay.Result{"show": p.Show(context.Background(), offer), "query": p.Query(context.Background(), attempt)} {
				if r.State != pay.Waiting || !r.Date.Equal(asked) {
					t.Errorf("%s at %v: %+v", what, clock, r)
				}
			}
			if len(n.calls) != 4 {
				t.Errorf("at %v: asked %v", clock, n.methods())
			}
			n.calls = nil
			r := p.Charge(context.Background(), charge)
			want := pay.Result{State: pay.Declined, Fault: true, Code: subTimestamp, Detail: words, Date: asked.UTC()}
			if unsigned {
				want = pay.Result{Code: "no signature", Detail: "40002 " + subTimestamp + " " + words}
			}
			if !same(r, want) || len(n.calls) != 1 {
				t.Errorf("charge at %v: %+v after %v", clock, r, n.methods())
			}
		}
	}
}

// TestAStampIsNotMendedForNothing: where the refusal's time is ours, or is not
// told, or is refused again, there is no further try.
func TestAStampIsNotMendedForNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		clock time.Time
		calls int
	}{
		"the same time": {asked.Add(-59 * time.Second), 1},
		"refused again": {asked.Add(-time.Hour), 2},
	} {
		n := playing(map[string][]answer{methodQuery: {{node: node{"code": "40002", "sub_code": subTimestamp}, name: errorNode}}})
		o := directOptions
		o.Now = func() time.Time { return c.clock }
		r := n.provider(t, o).Query(context.Background(), attempt)
		if r.State != pay.Unknown || len(n.calls) != c.calls {
			t.Errorf("%s: %+v after %v", name, r, n.methods())
		}
	}
}
