package sim

import (
	"context"
	"testing"
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
	"tillgate/store/entry"
)

// Every merchant that shows codes opens an order, a phone of each of its wallets
// pays it, nobody else can, and all of it goes back.
func TestAPhonePaysWhatIsShown(t *testing.T) {
	t.Parallel()
	for _, a := range accounts {
		for _, wallet := range a.shows {
			t.Run(a.name+"/"+wallet, func(t *testing.T) {
				t.Parallel()
				network(t, a, func(b *bank, c *court) { paidByPhone(t, b, c, a, wallet) })
			})
		}
	}
}

func paidByPhone(t *testing.T, b *bank, c *court, a account, wallet string) {
	t.Helper()
	c.attempts[first].way = byQR
	refunder, hangUp := b.provider(a, time.Now, NoBug)
	defer hangUp()
	p, shown := refunder.(pay.Shower), attemptAt(a, true)
	p.Query(context.Background(), shown) // which finds out with which key to sign, where one is being changed
	r := p.Show(context.Background(), pay.Offer{Attempt: shown, Title: "Parking", Life: time.Minute})
	if _, open := b.payable(first); r.State != pay.Waiting || r.Link == "" || !open {
		t.Errorf("shown: %v %s %s, payable %v", r.State, r.Code, r.Detail, open)
		return
	}
	if err := b.ScanWith(wallet, r.Link, pays); err != nil {
		t.Error(err)
		return
	}
	if _, err := b.phone(r.Link, a.shows); err == nil {
		t.Error("a paid code can be paid")
	}
	if known, open := b.payable(first); !known || open {
		t.Errorf("a paid code: known %v, open %v", known, open)
	}
	if r = p.Query(context.Background(), shown); r.State != pay.Paid || r.Settled != 1250 {
		t.Errorf("the query is answered %v %s %s", r.State, r.Code, r.Detail)
	}
	c.writes(1, entry.New(entry.Returning, entry.ReturningBody{Number: first, Why: "clerk"}))
	shown.Returning = true
	for range 70 {
		p.Undo(context.Background(), shown)
		if r = p.Query(context.Background(), shown); r.State == pay.Declined {
			break
		}
		time.Sleep(time.Second)
	}
	if r.State != pay.Declined || !r.Returned || b.Net(first) != 0 {
		t.Errorf("given back: %v %s, the payer is without %s", r.State, r.Code, b.Net(first))
	}
}

// What Alipay has shown it knows when somebody has scanned it, WeChat Pay at once.
func TestWhoKnowsACodeThatNobodyHasScanned(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{"wechat": true, "ums": true, "alipay": false, "cloud-old": false} {
		a := accountOf(name)
		network(t, a, func(b *bank, c *court) {
			c.attempts[first].way = byQR
			p, hangUp := b.provider(a, time.Now, NoBug)
			defer hangUp()
			p.(pay.Shower).Show(context.Background(), pay.Offer{Attempt: attemptAt(a, true), Title: "Parking", Life: time.Minute})
			if known, _ := b.payable(first); known != want {
				t.Errorf("%s: known %v", name, known)
			}
		})
	}
}

func TestEveryPhoneComes(t *testing.T) {
	t.Parallel()
	network(t, accountOf("ums"), func(b *bank, _ *court) {
		seen := map[string]bool{}
		for range 500 {
			how, _ := b.phone("weixin://nobody", sandbox.Wallets())
			if seen[how.Kind] = true; how.After > 20*time.Second {
				t.Fatalf("a phone takes %s", how.After)
			}
		}
		for _, text := range phones {
			if kind := sandbox.Do(text).Kind; !seen[kind] {
				t.Errorf("no phone %s", kind)
			}
		}
	})
}
