package wechat

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/pay/sandbox"
	"tillgate/store/money"
)

// TestTheNetworkMisbehaves holds every way against what is then in the books,
// asked for through a payment code, with Next, and by the plan.
func TestTheNetworkMisbehaves(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		how    string
		lost   bool
		status int
		has    string // in the answer
		books  sandbox.State
		later  sandbox.State // in the books, an hour on
		taken  money.Fen
	}{
		{how: sandbox.LostBefore, lost: true},
		{how: sandbox.LostAfter, lost: true, books: sandbox.Paid, later: sandbox.Paid, taken: 500},
		{how: sandbox.Hidden, lost: true, later: sandbox.Paid, taken: 500},
		{how: sandbox.Late, has: "SYSTEMERROR", books: sandbox.NotPaid, later: sandbox.Paid, taken: 500},
		{how: sandbox.BadGateway, status: 502, has: "<html>"},
		{how: sandbox.BadGatewayAfter, status: 502, has: "<html>", books: sandbox.Paid, later: sandbox.Paid, taken: 500},
		{how: sandbox.SystemErrorBefore, has: "SYSTEMERROR"},
		{how: sandbox.SystemErrorAfter, has: "SYSTEMERROR", books: sandbox.Paid, later: sandbox.Paid, taken: 500},
		{how: "error:BANKERROR", has: "BANKERROR"},
		{how: sandbox.WrongSignature, has: "<sign>", books: sandbox.Paid, later: sandbox.Paid, taken: 500},
		{how: sandbox.NoSignature, has: "SUCCESS", books: sandbox.Paid, later: sandbox.Paid, taken: 500},
		{how: sandbox.WrongAmount, has: "501", books: sandbox.Paid, later: sandbox.Paid, taken: 501},
		{how: sandbox.WrongMerchant, has: "1999999999", books: sandbox.Paid, later: sandbox.Paid, taken: 500},
		{how: sandbox.WrongNumber, has: "9801005200010042100001", books: sandbox.Paid, later: sandbox.Paid, taken: 500},
		{how: sandbox.WrongTime, has: "20261125083000", books: sandbox.Paid, later: sandbox.Paid, taken: 500},
		{how: "garbage:empty", books: sandbox.Paid, later: sandbox.Paid, taken: 500},
		{how: "garbage:fail", has: "签名错误", books: sandbox.Paid, later: sandbox.Paid, taken: 500},
	} {
		for _, by := range []string{"code", "next", "plan"} {
			t.Run(c.how+" by "+by, func(t *testing.T) {
				t.Parallel()
				misbehave := sandbox.Do(c.how)
				o, customer := sandbox.Options{}, sandbox.Behaviour{}
				switch by {
				case "code":
					customer = misbehave
				case "plan":
					o.Plan = func(op sandbox.Op, _ string) sandbox.Behaviour {
						if op == sandbox.Charge {
							return misbehave
						}
						return sandbox.Behaviour{}
					}
				}
				b := newBench(o)
				if by == "next" {
					b.Next(sandbox.Charge, misbehave)
				}
				f := direct.request(sandbox.Charge, number, b.NewCode(customer))
				f["sign"] = f.sign(true, testKey)
				status, body, lost := b.post(sandbox.Charge, f.encode())
				if lost != c.lost || !lost && status != max(c.status, 200) || !strings.Contains(string(body), c.has) {
					t.Errorf("status %d, lost %v: %s", status, lost, body)
				}
				b.expect(t, c.books)
				b.clock.move(time.Hour)
				b.expect(t, c.later)
				if net := b.Net(number); net != c.taken {
					t.Errorf("the payer is without %v, not %v", net, c.taken)
				}
			})
		}
	}
}

// expect looks for the one order in the books, "" for none.
func (b bench) expect(t *testing.T, state sandbox.State) {
	t.Helper()
	got := sandbox.State("")
	for _, e := range b.Ledger() {
		got += e.State
		if e.State == sandbox.Paid && (e.Charged == 0 || e.PaidAt.IsZero() || e.CreatedAt.IsZero()) {
			t.Errorf("paid, but %+v", e)
		}
	}
	if got != state {
		t.Errorf("the books say %q, not %q", got, state)
	}
}

// timed is a bench that goes by package time.
func timed() bench {
	s := sandbox.New(sandbox.Options{})
	return bench{s, Attach(s, Options{Merchants: []Merchant{direct}}), nil}
}

// TestASlowNetwork answers what is true when it answers.
func TestASlowNetwork(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := timed()
		start := time.Now()
		if got := b.charge(t, direct, number, b.NewCode(sandbox.Do("slow:8s"))); got != "SUCCESS" || time.Since(start) != 8*time.Second {
			t.Errorf("after %v: %s", time.Since(start), got)
		}
	})
}

// TestASlowAnswerTellsWhatIsTrueByThen undoes a charge before its answer is sent.
func TestASlowAnswerTellsWhatIsTrueByThen(t *testing.T) {
	t.Parallel()
	for customer, want := range map[string]string{"slow:20s": "ORDERREVERSED", "password:1h": "ORDERREVERSED"} {
		synctest.Test(t, func(t *testing.T) {
			b := timed()
			b.Next(sandbox.Charge, sandbox.Do("slow:20s"))
			answer := make(chan string)
			go func() { answer <- b.charge(t, direct, number, b.NewCode(sandbox.Do(customer))) }()
			synctest.Wait()
			time.Sleep(16 * time.Second) // of the bubble
			if got := b.undo(t, direct, number); got != "N" {
				t.Errorf("undo: %s", got)
			}
			if got := <-answer; got != want || b.Net(number) != 0 {
				t.Errorf("%s: %s, and the payer is without %v", customer, got, b.Net(number))
			}
		})
	}
}

// TestAHiddenChargeMayComeTooLate lets a charge arrive when its code is dead.
func TestAHiddenChargeMayComeTooLate(t *testing.T) {
	t.Parallel()
	b := newBench(sandbox.Options{})
	f := direct.request(sandbox.Charge, number, b.NewCode(sandbox.Do("hidden:61s")))
	f["sign"] = f.sign(true, testKey)
	b.post(sandbox.Charge, f.encode())
	if got := b.query(t, direct, number); got != "ORDERNOTEXIST" {
		t.Errorf("under way: %s", got)
	}
	b.clock.move(2 * time.Minute)
	if got := b.query(t, direct, number); got != "ORDERNOTEXIST" || b.Net(number) != 0 {
		t.Errorf("arrived with a dead code: %s", got)
	}
}

func TestACouponIsTheMerchantsCost(t *testing.T) {
	t.Parallel()
	b := newBench(sandbox.Options{})
	answer := b.ask(t, sandbox.Charge, direct, direct.request(sandbox.Charge, number, b.NewCode(sandbox.Do(sandbox.Coupon))))
	for name, want := range map[string]string{"total_fee": "500", "cash_fee": "499", "coupon_fee": "1", "settlement_total_fee": "499"} {
		if answer[name] != want {
			t.Errorf("%s is %q, not %s", name, answer[name], want)
		}
	}
	if e := b.Ledger()[0]; e.Settled != 499 || e.Charged != 500 {
		t.Errorf("in the books: %+v", e)
	}
}

// TestNextIsForTheNextOnly queues behaviours for one kind of request and for any.
func TestNextIsForTheNextOnly(t *testing.T) {
	t.Parallel()
	b := newBench(sandbox.Options{})
	b.Next(sandbox.Query, sandbox.Do("error:SYSTEMERROR"))
	b.Next("", sandbox.Do(sandbox.NoMoney))
	if got := b.charge(t, direct, number, b.NewCode(sandbox.Behaviour{})); got != "NOTENOUGH" {
		t.Errorf("charge: %s", got)
	}
	if got := b.query(t, direct, number); got != "SYSTEMERROR" {
		t.Errorf("first query: %s", got)
	}
	if got := b.query(t, direct, number); got != "PAYERROR" {
		t.Errorf("second query: %s", got)
	}
	if b.Seen(sandbox.Query, number) != 2 || b.Seen(sandbox.Undo, number) != 0 {
		t.Errorf("saw %d queries, %d undos", b.Seen(sandbox.Query, number), b.Seen(sandbox.Undo, number))
	}
}

// TestGarbageIsNotAMessage holds each kind of garbage against the sandbox's own reader.
func TestGarbageIsNotAMessage(t *testing.T) {
	t.Parallel()
	for _, name := range sandbox.Garbages() {
		b := newBench(sandbox.Options{})
		f := direct.request(sandbox.Charge, number, b.NewCode(sandbox.Do("garbage:"+name)))
		f["sign"] = f.sign(true, testKey)
		status, body, _ := b.post(sandbox.Charge, f.encode())
		m, err := readMessage(bytes.NewReader(body))
		believable := err == nil && len(body) <= 1<<20 && m["return_code"] == "SUCCESS" && m["sign"] == m.sign(true, testKey)
		if status != http.StatusOK || believable {
			t.Errorf("%s: status %d, %.200s", name, status, body)
		}
		b.expect(t, sandbox.Paid)
	}
}
