package sandbox

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"tillgate/store/money"
)

var (
	mine   = Account{Network: "acme", Name: "shop-1", Within: "chain"}
	sister = Account{Network: "acme", Name: "shop-2", Within: "chain"}
)

// clock stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now }

func (c *clock) move(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.now = c.now.Add(d) }

// bank is a sandbox with one network that has no wire.
type bank struct {
	*Sandbox
	*clock
}

func newBank(o Options) bank {
	c := &clock{now: time.Date(2026, 11, 25, 1, 30, 0, 0, time.UTC)}
	o.Now = c.Now
	s := New(o)
	s.Attach(Network{Name: "acme", Transaction: func(serial int, at time.Time) string {
		return fmt.Sprintf("T%s-%d", at.In(Beijing).Format("20060102"), serial)
	}})
	return bank{s, c}
}

// charge asks for 5.00 of a customer who behaves so.
func (b bank) charge(number, wallet, customer string) (Order, Refusal) {
	code := b.NewWalletCode(wallet, Do(customer))
	return b.Charge(Ask{Account: mine, Number: number, Code: code, Wallets: []string{WeChat, Alipay}, Amount: 500, Print: "p"}, b.Behave(Behaviour{}, code, 500))
}

// show shows 5.00, payable for two minutes.
func (b bank) show(number string, do Doing) Order {
	o, _ := b.Show(Offer{Account: mine, Number: number, Wallets: []string{WeChat, Alipay}, Amount: 500, Print: "p",
		Link:    func(serial, nth int) string { return fmt.Sprintf("https://qr.example/%d/%d", serial, nth) },
		Expires: b.Now().Add(2 * time.Minute)}, do)
	return o
}

func (b bank) Now() time.Time { return b.clock.Now() }

// TestAnOrderInTheBooks walks what payers and merchants do, over time.
func TestAnOrderInTheBooks(t *testing.T) {
	t.Parallel()
	undo := func(b bank, kind UndoKind, do Behaviour) string {
		_, refusal := b.Undo(Undoing{Account: mine, Number: "n", Kind: kind, NotBefore: 15 * time.Second, NotAfter: time.Hour}, do)
		return string(refusal)
	}
	for _, c := range []struct {
		customer string
		steps    []string // what is done, and the state or the refusal then
		net      money.Fen
	}{
		{Pays, []string{"", "paid", "reverse", string(TooEarly), "+15s", "paid", "close", string(IsPaid), "reverse", "refunded", "reverse", "refunded", "void", "refunded"}, 0},
		{Pays, []string{"+15s", "paid", "void", "refunded"}, 0},
		{Pays, []string{"+61m", "paid", "reverse", string(TooLate)}, 500},
		{"password:20s", []string{"", "asking", "+15s", "asking", "void", string(IsNotPaid), "reverse", "revoked", "+20s", "revoked", "close", "revoked"}, 0},
		{"password:20s", []string{"", "asking", "+20s", "paid"}, 500},
		{"password-never:10s", []string{"+15s", "not paid", "close", "closed", "reverse", "closed"}, 0},
		{"password-fails:10s", []string{"", "asking", "+15s", "failing", "close", "closed"}, 0},
		{"undo-again:1", []string{"+15s", "paid", "reverse", string(CallAgain), "reverse", "refunded"}, 0},
		{"undo-lies:1", []string{"+15s", "paid", "reverse", "paid", "reverse", "refunded"}, 0},
		{"wrong-amount", []string{"", "paid"}, 501},
		{Race, []string{"", "asking", "+16s", "asking", "close", string(IsPaid)}, 500},
		{Race, []string{"+15s", "asking", "reverse", "refunded"}, 0},
		{"slow:20s", []string{"+19s", "not paid", "+1s", "paid"}, 500},
		{"late:20s", []string{"+19s", "not paid", "reverse", "revoked", "+1s", "revoked"}, 0},
	} {
		b := newBank(Options{})
		if _, refusal := b.charge("n", Alipay, c.customer); refusal != "" {
			t.Fatalf("%s: %s", c.customer, refusal)
		}
		for i := 0; i < len(c.steps); i += 2 {
			got, step := "", c.steps[i]
			if strings.HasPrefix(step, "+") {
				d, err := time.ParseDuration(step[1:])
				if err != nil {
					t.Fatal(err)
				}
				b.move(d)
			} else if step != "" {
				got = undo(b, UndoKind(step), Behaviour{})
			}
			if o, ok := b.Order(mine, "n"); got == "" && ok {
				got = string(o.State)
			}
			if got != c.steps[i+1] {
				t.Fatalf("%s: step %d, %s, comes to %s, not %s", c.customer, i/2, step, got, c.steps[i+1])
			}
		}
		if net := b.Net("n"); net != c.net {
			t.Errorf("%s: the payer is without %v, not %v", c.customer, net, c.net)
		}
	}
}

// TestWhatTheBooksRefuse has codes and numbers that cannot be charged.
func TestWhatTheBooksRefuse(t *testing.T) {
	t.Parallel()
	b := newBank(Options{Prefixes: map[string]Behaviour{"2899": Do(NoMoney)}})
	ask := func(a Account, number, code, print string) Refusal {
		_, refusal := b.Charge(Ask{Account: a, Number: number, Code: code, Wallets: []string{Alipay}, Amount: 500, Print: print}, Doing{})
		return refusal
	}
	old, used := b.NewWalletCode(Alipay, Behaviour{}), b.NewWalletCode(Alipay, Behaviour{})
	b.move(time.Minute)
	if got := ask(mine, "n", used, "p"); got != "" {
		t.Fatal(got)
	}
	b.move(time.Second)
	fresh := func() string { return b.NewWalletCode(Alipay, Behaviour{}) }
	for name, c := range map[string]struct{ got, want Refusal }{
		"an old code":             {ask(mine, "1", old, "p"), CodeExpired},
		"a used code":             {ask(mine, "2", used, "p"), CodeSpent},
		"another wallet's":        {ask(mine, "3", b.NewCode(Behaviour{}), "p"), CodeWrongWallet},
		"a card's":                {ask(mine, "4", b.NewWalletCode(UnionPay, Behaviour{}), "p"), CodeWrongWallet},
		"nobody's":                {ask(mine, "5", "281234567890123456", "p"), CodeUnknown},
		"no code at all":          {ask(mine, "6", "hello", "p"), CodeUnknown},
		"by its prefix":           {ask(mine, "7", "289934567890123456789012", "p"), ""},
		"the number again":        {ask(mine, "n", fresh(), "p"), Repeated},
		"the number, other data":  {ask(mine, "n", fresh(), "q"), Reused},
		"the number of a sister":  {ask(sister, "n", fresh(), "p"), Reused},
		"a number of no relation": {ask(Account{Network: "acme", Name: "chain-2"}, "n", fresh(), "p"), ""},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", name, c.got, c.want)
		}
	}
	if _, ok := b.Order(sister, "n"); ok {
		t.Error("a sister is told of it")
	}
	if net := b.Net("n"); net != 1000 { // two merchants that have nothing to do with each other
		t.Errorf("net %v", net)
	}
}

// TestCodesOfEveryWallet differ, and are what their wallet's look like.
func TestCodesOfEveryWallet(t *testing.T) {
	t.Parallel()
	b, seen := newBank(Options{}), map[string]bool{}
	for _, wallet := range Wallets() {
		for range 500 {
			code := b.NewWalletCode(wallet, Behaviour{})
			if WalletOf(code) != wallet || seen[code] {
				t.Fatalf("%s: code %s is another's or comes twice", wallet, code)
			}
			seen[code] = true
		}
	}
	for text, want := range map[string]string{"150000000000000000": WeChat, "160000000000000000": "", "1300000000000000000": "", "2500000000000000": Alipay,
		"250000000000000": "", "300000000000000000000000": Alipay, "3100000000000000": "", "6200000000000000000": UnionPay, "620000000000000000": "", "": "", "13000000000000000x": ""} {
		if got := WalletOf(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("a wallet that is not played makes codes")
		}
	}()
	b.NewWalletCode("gold", Behaviour{})
}

// TestLinksInTheBooks has phones of several wallets, and what ends a link.
func TestLinksInTheBooks(t *testing.T) {
	t.Parallel()
	b := newBank(Options{})
	o := b.show("n", Doing{})
	if o.Opened || o.Wallet != "" || o.Link != "https://qr.example/1/1" || !o.Shown || o.Transaction != "T20261125-1" {
		t.Fatalf("%+v", o)
	}
	if err := b.ScanWith(UnionPay, o.Link, Behaviour{}); err != ErrNoLink {
		t.Errorf("another wallet's phone: %v", err)
	}
	if err := b.ScanWith(Alipay, o.Link, Do("password:5s")); err != nil {
		t.Error(err)
	}
	if o, _ = b.Order(mine, "n"); !o.Opened || o.Wallet != Alipay || o.State != NotPaid {
		t.Errorf("scanned: %+v", o)
	}
	b.move(5 * time.Second)
	if found, ok := b.Search("acme", func(o Order) bool { return o.Transaction == "T20261125-1" }); !ok || found.State != Paid || found.Number != "n" {
		t.Errorf("by its transaction: %+v, %v", found, ok)
	}
	if _, ok := b.Search("other", func(Order) bool { return true }); ok {
		t.Error("another network is told of it")
	}

	o = b.show("late", Doing{})
	b.move(2 * time.Minute)
	if err := b.Scan(o.Link, Behaviour{}); err != ErrExpired {
		t.Errorf("too late: %v", err)
	}
	o = b.show("shut", Doing{})
	if after, refusal := b.Undo(Undoing{Account: mine, Number: "shut", Kind: Reverse}, Behaviour{}); refusal != "" || after.State != Revoked || after.Undone != Reverse {
		t.Errorf("%s, %+v", refusal, after)
	}
	if err := b.Scan(o.Link, Behaviour{}); err != ErrClosed {
		t.Errorf("a dead link: %v", err)
	}
	o = b.show("race", Doing{})
	if err := b.Scan(o.Link, Do(Race)); err != nil {
		t.Error(err)
	}
	if _, refusal := b.Undo(Undoing{Account: mine, Number: "race", Kind: Close}, Behaviour{}); refusal != IsPaid {
		t.Errorf("a race: %q", refusal)
	}
	if e := b.Ledger()[0]; e.Network != "acme" || e.Merchant != "shop-1" || e.Wallet != Alipay || e.State != Paid || e.Settled != 500 {
		t.Errorf("%+v", e)
	}
}

// TestTheNetworkClosesWhatNobodyPays at the time that the network has set.
func TestTheNetworkClosesWhatNobodyPays(t *testing.T) {
	t.Parallel()
	for customer, want := range map[string]State{"password-never:10s": Closed, "password:2m": Closed, NoMoney: Closed, "password:20s": Paid} {
		b := newBank(Options{})
		code := b.NewCode(Do(customer))
		_, refusal := b.Charge(Ask{Account: mine, Number: "n", Code: code, Wallets: Wallets(), Amount: 500, Closes: b.Now().Add(time.Minute)}, b.Behave(Behaviour{}, code, 500))
		if refusal != "" {
			t.Fatal(refusal)
		}
		b.move(59 * time.Second)
		if o, _ := b.Order(mine, "n"); o.State == Closed {
			t.Errorf("%s: closed too early", customer)
		}
		b.move(3 * time.Minute)
		if o, _ := b.Order(mine, "n"); o.State != want || want == Closed && !o.ClosedAt.Equal(o.CreatedAt.Add(time.Minute)) {
			t.Errorf("%s: %+v", customer, o)
		}
	}
}

// TestAWireMayHaveAnotherNumber than the one that the ledger is asked for.
func TestAWireMayHaveAnotherNumber(t *testing.T) {
	t.Parallel()
	b := newBank(Options{})
	code := b.NewCode(Behaviour{})
	o, _ := b.Charge(Ask{Account: mine, Number: "10170052", Ours: "88010052", Code: code, Wallets: Wallets(), Amount: 500}, Doing{})
	if o.Number != "10170052" || b.Net("88010052") != 500 || b.Net("10170052") != 0 || b.Ledger()[0].Number != "88010052" {
		t.Errorf("%+v, %+v", o, b.Ledger())
	}
}
