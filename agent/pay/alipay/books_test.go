package alipay_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/pay/alipay"
	"tillgate/agent/pay/paytest"
	"tillgate/agent/pay/sandbox"
)

// shop is a merchant at the stand-in, whose time passes by hand. What is
// Alipay's alone is played here: the rest is the suite's.
type shop struct {
	t       *testing.T
	now     time.Time
	wrong   time.Duration // of the device's clock
	network paytest.Network
	p       *alipay.Provider
}

func openShop(t *testing.T) *shop {
	s := &shop{t: t, now: time.Date(2026, 11, 25, 9, 30, 0, 0, sandbox.Beijing)}
	carry := func(box *sandbox.Sandbox) paytest.Way {
		return paytest.Way{URL: "http://sandbox.example", Plain: &http.Client{Transport: straight{box.Handler()}}, Now: func() time.Time { return s.now.Add(s.wrong) }}
	}
	s.network = start(merchants["direct"])(t, sandbox.Options{Now: func() time.Time { return s.now }}, carry)
	s.p = s.network.Provider.(*alipay.Provider)
	return s
}

// straight calls a handler without a connection between.
type straight struct{ http.Handler }

func (h straight) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	defer func() {
		if recover() != nil { // http.ErrAbortHandler
			resp, err = nil, errors.New("connection reset")
		}
	}()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result(), nil
}

const number = "880100520001004210000171"

func (s *shop) attempt(shown bool) pay.Attempt {
	return pay.Attempt{Number: number, Merchant: "shop", Amount: 500, Asked: s.now, Shown: shown}
}

// show asks for a code.
func (s *shop) show() (pay.Attempt, string) {
	a := s.attempt(true)
	r := s.p.Show(s.t.Context(), pay.Offer{Attempt: a, Title: "停车费", Life: alipay.Timing.Show.Life, Device: "gate-7", Lane: "exit"})
	if r.State != pay.Waiting || r.Link == "" {
		s.t.Fatalf("show: %+v", r)
	}
	return a, r.Link
}

func (s *shop) charge(customer string) (pay.Attempt, pay.Result) {
	a := s.attempt(false)
	code := pay.Secret(s.network.NewCode(sandbox.Do(customer)))
	return a, s.p.Charge(s.t.Context(), pay.Charge{Attempt: a, Code: code, Title: "停车费", Device: "gate-7", Lane: "exit"})
}

func (s *shop) scan(link, customer string, in bool) {
	s.t.Helper()
	if err := s.network.Sandbox.Scan(link, sandbox.Do(customer)); (err == nil) != in {
		s.t.Errorf("scan by one who %s: %v", customer, err)
	}
}

// want sees what is said of an attempt, and what its payer is without.
func (s *shop) want(what string, r pay.Result, state pay.State, notFound, returned bool, net int64) {
	s.t.Helper()
	if got := int64(s.network.Sandbox.Net(number)); r.State != state || r.NotFound != notFound || r.Returned != returned || got != net {
		s.t.Errorf("%s: %+v, and the payer is without %d fen; want %v, not found %v, returned %v, %d", what, r, got, state, notFound, returned, net)
	}
}

// TestACodeComesIntoBeingWithItsScan: until then the network knows nothing of it,
// and that is no end.
func TestACodeComesIntoBeingWithItsScan(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	a, link := s.show()
	s.want("before the scan", s.p.Query(t.Context(), a), pay.Unknown, true, false, 0)
	s.scan(link, "password:10s", true)
	s.want("after the scan", s.p.Query(t.Context(), a), pay.Waiting, false, false, 0)
	s.now = s.now.Add(10 * time.Second)
	s.want("after the password", s.p.Query(t.Context(), a), pay.Paid, false, false, 500)
}

// TestAnAbandonedCode is taken down before anybody has scanned it. Where that
// does not bar it, a late payment goes back, once.
func TestAnAbandonedCode(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	a, link := s.show()
	a.Returning = true
	s.want("taken down", s.p.Undo(t.Context(), a), pay.Unknown, true, false, 0)
	s.want("not there", s.p.Query(t.Context(), a), pay.Unknown, true, false, 0)
	if err := s.network.Sandbox.Scan(link, sandbox.Do(sandbox.Pays)); err == nil {
		s.want("paid late", s.p.Query(t.Context(), a), pay.Paid, false, false, 500)
		s.want("given back", s.p.Undo(t.Context(), a), pay.Declined, false, true, 0)
		s.want("given back again", s.p.Undo(t.Context(), a), pay.Declined, false, true, 0)
		s.want("over", s.p.Query(t.Context(), a), pay.Declined, false, true, 0)
		if n := s.network.Sandbox.Seen(sandbox.Refund, number+"99"); n != 1 {
			t.Errorf("refunded %d times", n)
		}
	}
}

// TestAnExpiredCode cannot be scanned any more.
func TestAnExpiredCode(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	a, link := s.show()
	s.now = s.now.Add(alipay.Timing.Show.Life + time.Second)
	s.scan(link, sandbox.Pays, false)
	s.want("taken down", s.p.Undo(t.Context(), a), pay.Unknown, true, false, 0)
}

// TestACodeThatIsBeingPaid is closed while its payer types a password.
func TestACodeThatIsBeingPaid(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	a, link := s.show()
	s.scan(link, "password:10s", true)
	s.want("closed", s.p.Undo(t.Context(), a), pay.Declined, false, false, 0)
	s.now = s.now.Add(time.Hour)
	s.want("never paid", s.p.Query(t.Context(), a), pay.Declined, false, false, 0)
}

// TestACancelThatIsTooLate: after 24 h the network cancels nothing, and what was
// paid is refunded.
func TestACancelThatIsTooLate(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	a, r := s.charge(sandbox.Pays)
	s.want("charge", r, pay.Paid, false, false, 500)
	s.now = s.now.Add(25 * time.Hour)
	a.Returning = true
	s.want("given back", s.p.Undo(t.Context(), a), pay.Declined, false, true, 0)
	s.want("given back again", s.p.Undo(t.Context(), a), pay.Declined, false, true, 0)
	s.want("over", s.p.Query(t.Context(), a), pay.Declined, false, true, 0)
	if all := s.network.Sandbox.Ledger(); len(all) != 1 || all[0].Returned != 500 {
		t.Errorf("in the books: %+v", all)
	}
}

// TestNothingIsLeftOpenByARefusal: the trade of a payer without money is closed.
func TestNothingIsLeftOpenByARefusal(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	a, r := s.charge(sandbox.NoMoney)
	s.want("charge", r, pay.Declined, false, false, 0)
	if r.Code != "ACQ.BUYER_BALANCE_NOT_ENOUGH" || r.Message == "" {
		t.Errorf("charge: %+v", r)
	}
	if r := s.p.Query(t.Context(), a); r.State != pay.Declined || r.Code != "TRADE_CLOSED" {
		t.Errorf("query: %+v", r)
	}
}

// TestAWrongClock asks for a code at another time than the network's: the code
// comes all the same, and with it the time.
func TestAWrongClock(t *testing.T) {
	t.Parallel()
	for _, wrong := range []time.Duration{-50 * 365 * 24 * time.Hour, -time.Hour, 12 * 365 * 24 * time.Hour} {
		s := openShop(t)
		s.wrong = wrong
		a, _ := s.charge(sandbox.Pays)
		a.Asked = time.Time{}
		s.want("charge", s.p.Query(t.Context(), a), pay.Unknown, true, false, 0)
		if r := s.p.Query(t.Context(), a); !r.Date.Equal(s.now) {
			t.Errorf("the clock is %v off and learns %v", wrong, r.Date)
		}
	}
}
