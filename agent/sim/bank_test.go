package sim

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
	"tillgate/store/entry"
)

// network opens a bank whose journal knows one attempt, at a merchant.
func network(t *testing.T, a account, does func(b *bank, c *court)) {
	t.Helper()
	keysOnce() // not in a bubble's time
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(opening))
		c := newCourt()
		c.writes(1, opened("till"), entry.New(entry.Asked, entry.AskedBody{Number: first, Network: a.network, Merchant: a.name, Account: marks[a.name]}))
		b := newBank(9, c.Oracle)
		for _, network := range networks {
			b.set(perfect, hosts[network]...)
		}
		does(b, c)
		b.stop()
		if broken := c.Broken(); len(broken) > 0 {
			t.Errorf("found %v", broken)
		}
	})
}

func charge(b *bank, a account, code string) pay.Charge {
	b.shown(code, first)
	return pay.Charge{Attempt: attemptAt(a, false), Code: pay.Secret(code), Title: "Parking"}
}

func attemptAt(a account, shown bool) pay.Attempt {
	return pay.Attempt{Number: first, Merchant: a.name, Amount: 1250, Asked: time.Now(), Stamp: time.Now(), Shown: shown}
}

// Every merchant's real client talks to its network through the wire: a payment
// code is charged, asked about, and given back in part.
func TestEveryMerchantIsAnswered(t *testing.T) {
	t.Parallel()
	for _, a := range accounts {
		for _, wallet := range a.codes {
			t.Run(a.name+"/"+wallet, func(t *testing.T) {
				t.Parallel()
				network(t, a, func(b *bank, c *court) {
					p, hangUp := b.provider(a, time.Now, NoBug)
					defer hangUp()
					paid := charge(b, a, b.code(wallet, pays))
					p.Query(context.Background(), paid.Attempt) // which finds out with which key to sign, where one is being changed
					if r := p.Charge(context.Background(), paid); r.State != pay.Paid || r.Settled != 1250 {
						t.Errorf("the charge is answered %v %s %s", r.State, r.Code, r.Detail)
						return
					}
					if r := p.Query(context.Background(), paid.Attempt); r.State != pay.Paid {
						t.Errorf("the query is answered %v %s %s", r.State, r.Code, r.Detail)
					}
					c.writes(1, settledBy(first, 1250, false))
					c.Wished("wish", 250)
					c.writes(7, refundAskedAs(1, 250))
					back := pay.Refund{Of: paid.Attempt, Number: first + "01", Amount: 250}
					c.Giving(back)
					if r := p.Refund(context.Background(), back); r.State != pay.Returned && r.State != pay.Waiting {
						t.Errorf("the refund is answered %v %s %s", r.State, r.Code, r.Detail)
					}
					time.Sleep(24 * time.Hour) // some take their time
					if r := p.QueryRefund(context.Background(), back); r.State != pay.Returned || r.Settled != 250 {
						t.Errorf("the query of the refund is answered %v %s %s", r.State, r.Code, r.Detail)
					}
					if books := b.Ledger(); len(books) != 1 || books[0].Charged != 1250 || books[0].Returned != 250 || books[0].Network != a.network {
						t.Errorf("the books are %+v", books)
					}
				})
			})
		}
	}
}

func TestAMoodIsForRequestsOfANetwork(t *testing.T) {
	t.Parallel()
	for _, name := range networks {
		a := accounts[slices.IndexFunc(accounts, func(a account) bool { return a.network == name })]
		network(t, a, func(b *bank, c *court) {
			b.behave(1, name)
			seen := map[string]bool{}
			for range 4000 {
				for _, op := range ops[:len(ops)-1] {
					c.attempts[first].charges = 0
					do := b.plan(op, first)
					if do.Kind == "" {
						t.Fatalf("a %s goes well in the worst of moods", op)
					}
					seen[behaviour(name, string(op), do.Kind)] = true
					if slices.Contains(untrue, do.Kind) && op == sandbox.Query && !c.attempts[first].doubt {
						t.Fatalf("the oracle was not told of %s", do)
					}
					codes := codesOf(name, op, func(pay.Case) bool { return true })
					if do.After > 70*time.Second || do.Times > 4 || do.Kind == sandbox.Garbage && !slices.Contains(garbages, do.Code) || do.Kind == sandbox.Failed && !slices.Contains(codes, do.Code) {
						t.Fatalf("a behaviour out of bounds: %s", do)
					}
				}
			}
			for _, op := range ops[:len(ops)-1] {
				for _, kind := range slices.Concat(troubles(name, op, false), lies(name, op)) {
					if !seen[behaviour(name, string(op), sandbox.Do(kind).Kind)] {
						t.Errorf("%s: %s never happens to a %s", name, kind, op)
					}
				}
			}
			if !maps.Equal(seen, has(c.Covered())) {
				t.Errorf("%s: %d behaviours happened, %d were counted", name, len(seen), len(c.Covered()))
			}
			b.behave(0, name)
			for _, other := range networks {
				if other != name {
					b.behave(1, other)
				}
			}
			for range 100 {
				if do := b.plan(sandbox.Charge, first[:entry.NumberDigits]); do.Kind != "" {
					t.Fatalf("%s in the best of moods", do)
				}
				c.attempts[first].charges = 0
			}
		})
	}
}

func has(c Coverage) map[string]bool {
	names := map[string]bool{}
	for name := range c {
		names[name] = true
	}
	return names
}

func TestEveryCustomerComes(t *testing.T) {
	t.Parallel()
	network(t, accounts[0], func(b *bank, c *court) {
		seen := map[string]bool{}
		for range 2000 {
			how, code := b.customer(sandbox.Wallets())
			if seen[how.Kind], seen[sandbox.WalletOf(code)] = true, true; c.codes[code] == nil {
				t.Fatal("the oracle does not know a payment code")
			}
		}
		for _, text := range slices.Concat(customers, sandbox.Wallets()) {
			if kind, _, _ := strings.Cut(text, ":"); !seen[kind] {
				t.Errorf("nobody comes with %s", kind)
			}
		}
	})
}

func TestADoubtfulCodeMakesItsNumberDoubtful(t *testing.T) {
	t.Parallel()
	a := accountOf("wechat")
	network(t, a, func(b *bank, c *court) {
		b.shown(b.code(sandbox.WeChat, pays), first)
		if c.attempts[first].doubt {
			t.Error("a good customer is doubted")
		}
		p, hangUp := b.provider(a, time.Now, NoBug)
		defer hangUp()
		r := p.Charge(context.Background(), charge(b, a, b.code(sandbox.WeChat, sandbox.Do(sandbox.WrongAmount))))
		if r.State != pay.Mismatch || !c.attempts[first].doubt {
			t.Errorf("the charge is answered %v, doubted: %v", r.State, c.attempts[first].doubt)
		}
	})
}

// A request about a number that no intent stands for is found where it arrives.
func TestARequestOutOfNowhereIsFound(t *testing.T) {
	t.Parallel()
	keysOnce()
	synctest.Test(t, func(t *testing.T) {
		b := newBank(9, NewOracle())
		b.set(perfect, hosts[weChat]...)
		p, hangUp := b.provider(accounts[0], time.Now, NoBug)
		p.Query(t.Context(), pay.Attempt{Number: entry.Number(site, device, 3, 3)})
		hangUp()
		b.stop()
		if broken := b.oracle.Broken(); len(broken) != 1 {
			t.Errorf("found %v", broken)
		}
	})
}

// A bill's number has the source number in the place of our first digits.
func TestOurNumberOfABill(t *testing.T) {
	t.Parallel()
	for wire, want := range map[string]string{first: first, "10DH" + first[4:]: first, "10DJ" + first[4:] + "01": first + "01", "": ""} {
		if got := ours(wire); got != want {
			t.Errorf("%q is our %q, want %q", wire, got, want)
		}
	}
}
