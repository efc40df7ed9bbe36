package paytest

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/pay/alipay"
	"tillgate/agent/pay/sandbox"
	alibox "tillgate/agent/pay/sandbox/alipay"
)

// desk is a provider of deposits.
type desk interface {
	pay.Holder
	pay.Mover
	pay.Refunder
}

// spoiltDesk is one whose answers pass through what a test makes of them, and
// whose moves through what a test makes of those.
type spoiltDesk struct {
	desk
	each func(op string, r *pay.Result)
	move func(m *pay.Move)
	hold func(d desk, ctx context.Context, c pay.Charge) pay.Result
}

func (s *spoiltDesk) result(op string, r pay.Result) pay.Result {
	if s.each != nil {
		s.each(op, &r)
	}
	return r
}

func (s *spoiltDesk) Hold(ctx context.Context, c pay.Charge) pay.Result {
	if s.hold != nil {
		return s.hold(s.desk, ctx, c)
	}
	return s.result("hold", s.desk.Hold(ctx, c))
}

func (s *spoiltDesk) ShowHold(ctx context.Context, o pay.Offer) pay.Result {
	return s.result("show", s.desk.(pay.HoldShower).ShowHold(ctx, o))
}

func (s *spoiltDesk) QueryHold(ctx context.Context, a pay.Attempt) pay.Result {
	return s.result("query hold", s.desk.QueryHold(ctx, a))
}

func (s *spoiltDesk) UndoHold(ctx context.Context, a pay.Attempt) pay.Result {
	return s.result("undo hold", s.desk.UndoHold(ctx, a))
}

func (s *spoiltDesk) Capture(ctx context.Context, m pay.Move) pay.Result {
	s.change(&m)
	return s.result("capture", s.desk.Capture(ctx, m))
}

func (s *spoiltDesk) QueryCapture(ctx context.Context, m pay.Move) pay.Result {
	return s.result("query capture", s.desk.QueryCapture(ctx, m))
}

func (s *spoiltDesk) Release(ctx context.Context, m pay.Move) pay.Result {
	s.change(&m)
	return s.result("release", s.desk.Release(ctx, m))
}

func (s *spoiltDesk) QueryRelease(ctx context.Context, m pay.Move) pay.Result {
	return s.result("query release", s.desk.QueryRelease(ctx, m))
}

func (s *spoiltDesk) Refund(ctx context.Context, r pay.Refund) pay.Result {
	return s.result("refund", s.desk.Refund(ctx, r))
}

func (s *spoiltDesk) change(m *pay.Move) {
	if s.move != nil {
		s.move(m)
	}
}

// deskBugs are what a provider of deposits may do wrong, by what it is called.
func deskBugs() map[string]*spoiltDesk {
	each := func(change func(op string, r *pay.Result)) *spoiltDesk { return &spoiltDesk{each: change} }
	when := func(from, to pay.State, ops ...string) *spoiltDesk {
		return each(func(op string, r *pay.Result) {
			if r.State == from && (len(ops) == 0 || slices.Contains(ops, op)) {
				r.State = to
			}
		})
	}
	held := func(change func(h *pay.Held)) *spoiltDesk {
		return each(func(_ string, r *pay.Result) {
			if r.Held != nil {
				h := *r.Held
				change(&h)
				r.Held = &h
			}
		})
	}
	move := func(change func(m *pay.Move)) *spoiltDesk { return &spoiltDesk{move: change} }
	return map[string]*spoiltDesk{
		"none":                             {},
		"unknown taken for declined":       when(pay.Unknown, pay.Declined, "hold"),
		"an unknown capture is a no":       when(pay.Unknown, pay.Declined, "capture"),
		"an unknown release is a no":       when(pay.Unknown, pay.Declined, "release"),
		"an unknown capture is done":       when(pay.Unknown, pay.Paid, "capture"),
		"an unknown release is done":       when(pay.Unknown, pay.Returned, "release"),
		"an unknown question is a no":      when(pay.Unknown, pay.Declined, "query capture", "query release", "query hold"),
		"a refused capture is unknown":     when(pay.Declined, pay.Unknown, "capture"),
		"a refused release is unknown":     when(pay.Declined, pay.Unknown, "release"),
		"a refused guest is unknown":       when(pay.Declined, pay.Unknown, "hold"),
		"another capture is ours":          when(pay.Mismatch, pay.Paid, "capture", "query capture"),
		"another release is ours":          when(pay.Mismatch, pay.Returned, "release", "query release"),
		"another deposit is ours":          when(pay.Mismatch, pay.Paid, "hold", "query hold"),
		"a release is called paid":         when(pay.Returned, pay.Paid, "release"),
		"who waits is taken for unknown":   when(pay.Waiting, pay.Unknown),
		"an undo is always done":           when(pay.Unknown, pay.Declined, "undo hold"),
		"an undo is never done":            when(pay.Declined, pay.Unknown, "undo hold", "query hold"),
		"not sent is not told":             when(pay.NotSent, pay.Unknown, "hold"),
		"not found is not told":            each(func(_ string, r *pay.Result) { r.NotFound = false }),
		"nobody is asked for":              each(func(_ string, r *pay.Result) { r.Fault = false }),
		"somebody is always asked for":     each(func(_ string, r *pay.Result) { r.Fault = r.State == pay.Unknown }),
		"why is not told":                  each(func(_ string, r *pay.Result) { r.Code = "" }),
		"the guest is told nothing":        each(func(_ string, r *pay.Result) { r.Message = "" }),
		"when it was is not told":          each(func(_ string, r *pay.Result) { r.PaidAt = time.Time{} }),
		"the date is not told":             each(func(_ string, r *pay.Result) { r.Date = time.Time{} }),
		"the amount is not told":           each(func(_ string, r *pay.Result) { r.Amount = 0 }),
		"the payer is not told":            each(func(_ string, r *pay.Result) { r.Payer = "" }),
		"the network's number is not told": each(func(_ string, r *pay.Result) { r.Network = "" }),
		"what is held is the merchant's":   each(func(_ string, r *pay.Result) { r.Settled = r.Amount }),
		"that it came back is not told":    each(func(_ string, r *pay.Result) { r.Returned = false }),
		"the totals are not told":          each(func(_ string, r *pay.Result) { r.Held = nil }),
		"what was captured is left":        held(func(h *pay.Held) { h.Left, h.Captured = h.Left+h.Captured, 0 }),
		"what was released is left":        held(func(h *pay.Held) { h.Left, h.Released = h.Left+h.Released, 0 }),
		"a fen is lost":                    held(func(h *pay.Held) { h.Left = max(0, h.Left-1) }),
		"no answer taken for not found": each(func(op string, r *pay.Result) {
			r.NotFound = strings.HasPrefix(op, "query") && r.State == pay.Unknown
		}),
		"the key is told": each(func(_ string, r *pay.Result) { r.Detail += deskSecret() }),

		"the rest always stays":          move(func(m *pay.Move) { m.Last = false }),
		"the rest always goes":           move(func(m *pay.Move) { m.Last = true }),
		"a fen more moves":               move(func(m *pay.Move) { m.Amount++ }),
		"a fen less moves":               move(func(m *pay.Move) { m.Amount = max(1, m.Amount-1) }),
		"all of it moves":                move(func(m *pay.Move) { m.Amount = m.Of.Amount }),
		"each time it is another number": move(func(m *pay.Move) { m.Number += time.Now().Format("150405") }),
		"all moves have one number":      move(func(m *pay.Move) { m.Number = m.Of.Number + "51" }),
		"the code is sent again": {hold: func(d desk, ctx context.Context, c pay.Charge) pay.Result {
			if r := d.Hold(ctx, c); r.State != pay.Unknown {
				return r
			}
			return d.Hold(ctx, c)
		}},
		"it goes on without its caller": {hold: func(d desk, ctx context.Context, c pay.Charge) pay.Result {
			return d.Hold(context.WithoutCancel(ctx), c)
		}},
		"the code is told": {hold: func(d desk, ctx context.Context, c pay.Charge) pay.Result {
			r := d.Hold(ctx, c)
			r.Detail += string(c.Code)
			return r
		}},
	}
}

// onceBugs are what a provider may do wrong whose network captures once, without a number.
func onceBugs() map[string]*spoiltDesk {
	all := map[string]*spoiltDesk{
		"all of it goes back where a part should": {move: func(m *pay.Move) {
			if m.Number > m.Of.Number+"80" {
				m.Amount = m.Of.Amount
			}
		}},
		"what took its place is a no": {each: func(op string, r *pay.Result) {
			if r.State == pay.Mismatch && strings.HasSuffix(op, "capture") {
				r.State = pay.Declined
			}
		}},
	}
	for _, name := range []string{"none", "another capture is ours", "an unknown capture is a no", "an unknown release is done", "what was released is left", "not found is not told"} {
		all[name] = deskBugs()[name]
	}
	return all
}

// startOnce is WeChat Pay with what a test spoils about it.
func startOnce(bug *spoiltDesk) Start {
	good := start(func(p pay.Provider) pay.Provider { return p })
	return func(t *testing.T, o sandbox.Options, carry Carry) Network {
		n := good(t, o, carry)
		d := &spoiltDesk{desk: n.Provider.(desk), each: bug.each, move: bug.move, hold: bug.hold}
		n.Holder, n.Mover, n.Refunder, n.HoldWallet, n.Cases = d, d, d, sandbox.WeChat, []pay.Case{
			{Op: "hold", Code: "NOTENOUGH", State: pay.Declined}, {Op: "hold-query", Code: "ORDERNOTEXIST", NotFound: true}, {Op: "hold-undo", Code: "TRADE_ERROR"},
			{Op: "capture", Code: "NOAUTH", Fault: true}, {Op: "release", Code: "NOAUTH", Fault: true}}
		return n
	}
}

// deskSecret is the key that Alipay's requests are signed with here.
func deskSecret() string {
	return base64.StdEncoding.EncodeToString(x509.MarshalPKCS1PrivateKey(sandbox.Key("test app")))
}

// startHold is Alipay with what a test spoils about it.
func startHold(bug *spoiltDesk) Start {
	m := alibox.Merchant{AppID: "2021000000000001", Seller: "2088102146225135", DepositLasts: 60 * 24 * time.Hour}
	return func(t *testing.T, o sandbox.Options, carry Carry) Network {
		m.Public = &sandbox.Key("test app").PublicKey
		o.RefundTakes = 0
		s := sandbox.New(o)
		alibox.Attach(s, alibox.Options{Merchants: []alibox.Merchant{m}})
		way := carry(s)
		public, err := alipay.ReadPublicKey(string(alibox.PublicKeyPEM()))
		if err != nil {
			t.Fatal(err)
		}
		p, err := alipay.New("shop", alipay.Options{BaseURL: way.URL, AppID: m.AppID, PrivateKey: pay.Secret(deskSecret()), PublicKey: public, SellerID: m.Seller, Client: way.Plain, Now: way.Now})
		if err != nil {
			t.Fatal(err)
		}
		d := &spoiltDesk{desk: p, each: bug.each, move: bug.move, hold: bug.hold}
		return Network{Provider: p, Holder: d, HoldShower: d, Mover: d, Refunder: d, Sandbox: s, Timing: alipay.Timing, Secrets: []string{deskSecret()}, Unscanned: true, RefundAtOnce: true,
			HoldWallet: sandbox.Alipay, HoldLife: m.DepositLasts, NewCode: func(b sandbox.Behaviour) string { return s.NewWalletCode(sandbox.Alipay, b) },
			Cases: []pay.Case{{Op: "hold", Code: "MONEY_NOT_ENOUGH", State: pay.Declined}, {Op: "show-hold", Code: "HAS_NO_PRIVILEGE", State: pay.Declined, Fault: true},
				{Op: "hold-query", Code: "AUTH_ORDER_NOT_EXIST", NotFound: true}, {Op: "hold-undo", Code: "ACCESS_FORBIDDEN", Fault: true},
				{Op: "capture", Code: "ACQ.AUTH_ORDER_HAS_CLOSED", State: pay.Declined}, {Op: "release", Code: "ILLEGAL_STATUS", State: pay.Declined}},
			Unlike: maps.Clone(unlikeDesk)}
	}
}

// unlikeDesk are the scenarios that have no like at Alipay.
var unlikeDesk = map[string]string{"hold wrong-merchant": "no merchant is named", "hold query wrong-merchant": "no merchant is named", "hold undo too early": "a cancel may come at once"}

// TestTheSuiteSeesBugsOfDesks puts bugs into good providers of deposits, one at
// a time: each has to be seen by some scenario, and the good ones by none.
func TestTheSuiteSeesBugsOfDesks(t *testing.T) {
	if testing.Short() {
		t.Skip("not among the short ones")
	}
	t.Parallel()
	deskSecret() // before time is fake
	for kind, desks := range map[string]struct {
		start func(bug *spoiltDesk) Start
		bugs  map[string]*spoiltDesk
	}{"many captures": {startHold, deskBugs()}, "one capture": {startOnce, onceBugs()}} {
		for name, bug := range desks.bugs {
			t.Run(kind+"/"+name, func(t *testing.T) {
				t.Parallel()
				seen := seenBy(t, desks.start(bug))
				if name == "none" && seen != "" {
					t.Errorf("a good provider: %s", seen)
				}
				if name != "none" && seen == "" {
					t.Errorf("none of %d scenarios sees it", len(holds()))
				}
			})
		}
	}
}

// seenBy is the first scenario that has something against a provider, and what.
func seenBy(t *testing.T, start Start) string {
	for _, c := range holds() {
		if problems := inMemory(t, start, c); len(problems) > 0 {
			return c.name + ": " + strings.Join(problems, "; ")
		}
	}
	return ""
}

// TestAHoldWalkSeesAMoveThatIsForgotten: on random ways, too, a lost answer taken for a no is seen.
func TestAHoldWalkSeesAMoveThatIsForgotten(t *testing.T) {
	t.Parallel()
	deskSecret()
	for _, c := range holdWalks() {
		if len(inMemory(t, startHold(deskBugs()["an unknown capture is a no"]), c)) > 0 {
			return
		}
	}
	t.Errorf("none of %d walks sees it", len(holdWalks()))
}

// TestScenariosOfDepositsHaveNames of their own.
func TestScenariosOfDepositsHaveNames(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, c := range slices.Concat(scenarios(), shows(), refunds(), holds()) {
		if names[c.name] || c.name == "" {
			t.Errorf("two scenarios are called %q", c.name)
		}
		names[c.name] = true
	}
}
