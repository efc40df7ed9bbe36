package wechat_test

import (
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/pay/paytest"
	"tillgate/agent/pay/sandbox"
	wechatbox "tillgate/agent/pay/sandbox/wechat"
	"tillgate/agent/pay/wechat"
)

// shop is a merchant and its network over TLS on loopback.
type shop struct {
	t     *testing.T
	s     *sandbox.Sandbox
	p     *wechat.Shower
	n     int
	ahead atomic.Int64 // of the network's clock, ns
}

// openShop brings up a shop; config makes the clients' TLS out of the authority's,
// and each change is one to the options.
func openShop(t *testing.T, config func(a *sandbox.Authority) (plain, cert *tls.Config), changes ...func(o *wechat.Options)) *shop {
	t.Helper()
	a, err := sandbox.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	m, sh := merchants["provider"], &shop{t: t}
	m.V3Key, m.Cert = merchantV3, a.Merchant().Leaf
	sh.s = sandbox.New(sandbox.Options{Now: func() time.Time { return time.Now().Add(time.Duration(sh.ahead.Load())) }})
	wechatbox.Attach(sh.s, wechatbox.Options{Merchants: []wechatbox.Merchant{m}})
	server := httptest.NewUnstartedServer(sh.s.Handler())
	server.TLS, server.Config.ErrorLog = a.Server(), log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	client := func(c *tls.Config) *http.Client {
		transport := pay.NewTransport(c, nil)
		t.Cleanup(transport.CloseIdleConnections)
		return &http.Client{Transport: transport}
	}
	plain, cert := config(a)
	o := options(m, paytest.Way{URL: server.URL, Plain: client(plain), Cert: client(cert)})
	o.V3Key, o.Cert, o.NotifyURL, o.PublicKeyID, o.PublicKey = merchantV3, a.Merchant(), "https://pay.example.com/wechat", wechatbox.PublicKeyID, publicKey(t)
	for _, change := range changes {
		change(&o)
	}
	p, err := wechat.New("shop", o)
	if err != nil {
		t.Fatal(err)
	}
	sh.p = &wechat.Shower{Provider: p}
	return sh
}

func codesByV3(o *wechat.Options) { o.CodeV3 = true }

// withoutV3 is a merchant that has API v2 alone.
func withoutV3(o *wechat.Options) { o.V3Key = "" }

func uncertified(a *sandbox.Authority) (plain, cert *tls.Config) { return a.Client(), a.Client() }

func certified(a *sandbox.Authority) (plain, cert *tls.Config) { return a.Client(), a.ClientCert() }

// charge asks for the money of a customer who behaves as told.
func (s *shop) charge(customer string) (pay.Attempt, pay.Result) {
	s.n++
	a := pay.Attempt{Number: fmt.Sprintf("88010052000100%09d7", s.n), Merchant: "shop", Amount: 500, Asked: time.Now()}
	return a, s.p.Charge(s.t.Context(), pay.Charge{Attempt: a, Code: pay.Secret(s.s.NewCode(sandbox.Do(customer))), Title: "停车费"})
}

// show asks for a code.
func (s *shop) show() (pay.Attempt, pay.Result) {
	s.n++
	a := pay.Attempt{Number: fmt.Sprintf("88010052000100%09d7", s.n), Merchant: "shop", Amount: 500, Asked: time.Now(), Shown: true}
	return a, s.p.Show(s.t.Context(), pay.Offer{Attempt: a, Title: "停车费", Life: pay.WeChat.Show.Life})
}

// sellByCode sells by codes that a phone scans, and counts what the dearest of
// all calls takes in signatures.
func (s *shop) sellByCode(sales int) (most int64) {
	s.t.Helper()
	for range sales {
		before := s.p.Signatures()
		a, r := s.show()
		shown := s.p.Signatures()
		if err := s.s.Scan(r.Link, sandbox.Do(sandbox.Pays)); err != nil {
			s.t.Fatal(err)
		}
		if r := s.p.Query(s.t.Context(), a); r.State != pay.Paid {
			s.t.Fatalf("%+v", r)
		}
		most = max(most, shown-before, s.p.Signatures()-shown)
	}
	return most
}

// TestACodeNeedsNoCertificateInTheHandshake: API v3 signs with it instead, also what gives money back.
func TestACodeNeedsNoCertificateInTheHandshake(t *testing.T) {
	t.Parallel()
	s := openShop(t, uncertified)
	a, r := s.show()
	if err := s.s.Scan(r.Link, sandbox.Do(sandbox.Race)); err != nil {
		t.Fatal(err)
	}
	if r := s.p.Undo(t.Context(), a); r.State != pay.Declined || s.s.Net(a.Number) != 0 || s.s.Ledger()[0].Returned != 500 {
		t.Errorf("%+v, and the payer is without %v", r, s.s.Net(a.Number))
	}
}

// TestACodeAndAQueryAreSignedOnce, and over one connection.
func TestACodeAndAQueryAreSignedOnce(t *testing.T) {
	t.Parallel()
	s := openShop(t, certified)
	s.sellByCode(1)
	first, _ := s.p.Connections()
	if most := s.sellByCode(20); most != 1 {
		t.Errorf("a call takes %d signatures", most)
	}
	if opened, _ := s.p.Connections(); opened != first {
		t.Errorf("steady trade opens %d connections", opened-first)
	}
}

// TestAnUndoNeedsTheCertificate: without it no money goes back, and nobody believes that it did.
func TestAnUndoNeedsTheCertificate(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		config func(a *sandbox.Authority) (plain, cert *tls.Config)
		state  pay.State
		code   string
		net    int
	}{
		"with it":    {certified, pay.Declined, "reversed", 0},
		"without it": {uncertified, pay.Unknown, "HTTP 400", 500},
	} {
		s := openShop(t, c.config)
		a, r := s.charge(sandbox.Pays)
		if r.State != pay.Paid {
			t.Fatalf("%s: %+v", name, r)
		}
		s.ahead.Store(int64(pay.WeChat.Undo.NotBefore))
		if r := s.p.Undo(t.Context(), a); r.State != c.state || r.Code != c.code || int(s.s.Net(a.Number)) != c.net {
			t.Errorf("%s: %+v, and the payer is without %v", name, r, s.s.Net(a.Number))
		}
	}
}

// TestARefundNeedsTheCertificateOfItsAPI: of API v2, as an undo does; one of API v3 does not.
func TestARefundNeedsTheCertificateOfItsAPI(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		config func(a *sandbox.Authority) (plain, cert *tls.Config)
		change func(o *wechat.Options)
		state  pay.State
		code   string
		net    int
	}{
		"v2, with it":            {certified, withoutV3, pay.Waiting, "refund PROCESSING", 300},
		"v2, without it":         {uncertified, withoutV3, pay.Unknown, "HTTP 400", 500},
		"v3, without it":         {uncertified, func(*wechat.Options) {}, pay.Returned, "refund SUCCESS", 300},
		"v3 for all, without it": {uncertified, codesByV3, pay.Returned, "refund SUCCESS", 300},
	} {
		s := openShop(t, c.config, c.change)
		a, r := s.charge(sandbox.Pays)
		if r.State != pay.Paid {
			t.Fatalf("%s: %+v", name, r)
		}
		part := pay.Refund{Of: a, Number: a.Number + "01", Amount: 200}
		if r := s.p.Refund(t.Context(), part); r.State != c.state || r.Code != c.code || int(s.s.Net(a.Number)) != c.net {
			t.Errorf("%s: %+v, and the payer is without %v", name, r, s.s.Net(a.Number))
		}
	}
}

// TestACodeOfAPI3IsUndoneWithoutTheCertificate, and takes one signature a call.
func TestACodeOfAPI3IsUndoneWithoutTheCertificate(t *testing.T) {
	t.Parallel()
	s := openShop(t, uncertified, codesByV3)
	if most := s.sellCodes(10); most != 1 {
		t.Errorf("a sale takes %d signatures", most)
	}
	a, _ := s.charge(sandbox.Pays)
	s.ahead.Store(int64(pay.WeChat.Undo.NotBefore))
	before := s.p.Signatures()
	if r := s.p.Undo(t.Context(), a); r.State != pay.Declined || r.Code != "reversed" || s.s.Net(a.Number) != 0 || s.p.Signatures() != before+1 {
		t.Errorf("%+v, and the payer is without %v after %d signatures", r, s.s.Net(a.Number), s.p.Signatures()-before)
	}
}

// sellCodes sells to customers who pay at once, and counts what the dearest sale takes in signatures.
func (s *shop) sellCodes(sales int) (most int64) {
	s.t.Helper()
	for range sales {
		before := s.p.Signatures()
		if _, r := s.charge(sandbox.Pays); r.State != pay.Paid {
			s.t.Fatalf("%+v", r)
		}
		most = max(most, s.p.Signatures()-before)
	}
	return most
}

// TestAServerThatNobodyVouchesFor gets nothing: not even an encrypted code leaves.
func TestAServerThatNobodyVouchesFor(t *testing.T) {
	t.Parallel()
	others, err := sandbox.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	s := openShop(t, func(*sandbox.Authority) (plain, cert *tls.Config) { return others.Client(), others.ClientCert() })
	a, r := s.charge(sandbox.Pays)
	if r.State != pay.NotSent || !strings.Contains(r.Detail, "certificate") || s.s.Seen(sandbox.Charge, a.Number) != 0 {
		t.Errorf("charge: %+v", r)
	}
	if r := s.p.Query(t.Context(), a); r.State != pay.Unknown || r.NotFound {
		t.Errorf("query: %+v", r)
	}
	if r := s.p.Undo(t.Context(), a); r.State != pay.Unknown || r.NotFound {
		t.Errorf("undo: %+v", r)
	}
}

// trade sells, as a till does: now and then a customer enters a password and is asked about.
func (s *shop) trade(sales int) {
	s.t.Helper()
	for i := range sales {
		if i%10 == 9 {
			a, _ := s.charge("password:0s")
			if r := s.p.Query(s.t.Context(), a); r.State != pay.Paid {
				s.t.Fatalf("sale %d: %+v", i, r)
			}
			continue
		}
		if _, r := s.charge(sandbox.Pays); r.State != pay.Paid {
			s.t.Fatalf("sale %d: %+v", i, r)
		}
	}
}

// TestSteadyTradeOpensNoConnections after the first sale's.
func TestSteadyTradeOpensNoConnections(t *testing.T) {
	t.Parallel()
	s := openShop(t, certified)
	s.trade(1)
	first, _ := s.p.Connections()
	s.trade(50)
	if opened, reused := s.p.Connections(); first != 1 || opened != first || reused < 50 {
		t.Errorf("the first sale opened %d connections, fifty more opened %d and reused %d", first, opened-first, reused)
	}
}
