package pay_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/pay"
)

// network answers what it is told to, and counts what reaches it.
type network struct {
	mu      sync.Mutex
	answer  pay.Result
	takes   time.Duration
	charges map[string]int // by number
	at      []time.Time    // of everything else
}

func (n *network) call(ctx context.Context) pay.Result {
	n.mu.Lock()
	answer, takes := n.answer, n.takes
	n.mu.Unlock()
	select {
	case <-ctx.Done():
		return pay.Result{Code: pay.CodeTimeout}
	case <-time.After(takes):
		return answer
	}
}

func (n *network) begins(ctx context.Context, number string) pay.Result {
	n.mu.Lock()
	if n.charges == nil {
		n.charges = map[string]int{}
	}
	n.charges[number]++
	n.mu.Unlock()
	return n.call(ctx)
}

func (n *network) asked(ctx context.Context) pay.Result {
	n.mu.Lock()
	n.at = append(n.at, time.Now())
	n.mu.Unlock()
	return n.call(ctx)
}

func (n *network) Charge(ctx context.Context, c pay.Charge) pay.Result {
	return n.begins(ctx, c.Number)
}
func (n *network) Show(ctx context.Context, o pay.Offer) pay.Result    { return n.begins(ctx, o.Number) }
func (n *network) Query(ctx context.Context, _ pay.Attempt) pay.Result { return n.asked(ctx) }
func (n *network) Undo(ctx context.Context, _ pay.Attempt) pay.Result  { return n.asked(ctx) }
func (n *network) Refund(ctx context.Context, _ pay.Refund) pay.Result { return n.asked(ctx) }
func (n *network) QueryRefund(ctx context.Context, _ pay.Refund) pay.Result {
	return n.asked(ctx)
}

func (n *network) says(r pay.Result) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.answer = r
}

func (n *network) sent() (sum int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, times := range n.charges {
		sum += times
	}
	return sum
}

var (
	silence = pay.Result{Code: pay.CodeTimeout}
	good    = pay.Result{State: pay.Waiting, Date: time.Unix(1_790_000_000, 0)}
)

// charge begins a new order, with its number, as the executor does.
func charge(t *testing.T, p pay.Provider, number string) pay.Result {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	return p.Charge(ctx, pay.Charge{Attempt: pay.Attempt{Number: number}})
}

func query(t *testing.T, p pay.Provider) pay.Result {
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Second)
	defer cancel()
	return p.Query(ctx, pay.Attempt{Number: "q"})
}

// TestTooOftenIsAskedLessOften: whoever asks every second gets through at growing
// gaps, and as before after a good answer.
func TestTooOftenIsAskedLessOften(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"FREQUENCY_LIMITED", "RATELIMIT_EXCEEDED", "40005", "isv.app-call-limited", "9200", "103"} {
		synctest.Test(t, func(t *testing.T) {
			n := &network{answer: pay.Result{Code: code}}
			p := pay.Pace(n)
			for range 200 {
				if r := query(t, p); r.State != pay.Unknown || r.NotFound || r.Code != code {
					t.Fatalf("%s: a query that is held back says %+v", code, r)
				}
				time.Sleep(time.Second)
			}
			var gaps []time.Duration
			for i := range n.at[1:] {
				gaps = append(gaps, n.at[i+1].Sub(n.at[i]).Round(time.Second))
			}
			if want := []time.Duration{2, 4, 8, 16, 30, 30, 30, 30, 30}; !slices.EqualFunc(gaps[:min(len(gaps), len(want))], want, func(a, b time.Duration) bool { return a == b*time.Second }) || len(gaps) > len(want)+1 {
				t.Errorf("%s: the gaps are %v", code, gaps)
			}
			n.says(good)
			time.Sleep(time.Minute)
			query(t, p)
			before := len(n.at)
			for range 5 {
				query(t, p)
			}
			if len(n.at) != before+5 {
				t.Errorf("%s: after a good answer %d of 5 got through", code, len(n.at)-before)
			}
		})
	}
}

// TestNothingOfASlowMerchantIsLost: undos, refunds and their questions are paced
// with the queries, a charge is not, and none of them waits past its time.
func TestNothingOfASlowMerchantIsLost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := &network{answer: pay.Result{Code: "FREQUENCY_LIMITED"}}
		p := pay.Pace(n)
		for range 4 { // gaps of 2, 4, 8 and then 16 s
			query(t, p)
			time.Sleep(20 * time.Second)
		}
		query(t, p)
		before := len(n.at)
		ctx, cancel := context.WithTimeout(t.Context(), 8*time.Second)
		defer cancel()
		began := time.Now()
		for what, r := range map[string]pay.Result{
			"undo": p.Undo(ctx, pay.Attempt{}), "refund": p.(pay.Refunder).Refund(ctx, pay.Refund{}), "refund query": p.(pay.Refunder).QueryRefund(ctx, pay.Refund{}),
		} {
			if r.State != pay.Unknown || r.NotFound || r.Code != "FREQUENCY_LIMITED" {
				t.Errorf("%s: %+v", what, r)
			}
		}
		if len(n.at) != before || time.Since(began) != 0 {
			t.Errorf("%d got through, after %v", len(n.at)-before, time.Since(began))
		}
		if r := charge(t, p, "1"); r.Code != "FREQUENCY_LIMITED" || n.charges["1"] != 1 || time.Since(began) != 0 {
			t.Errorf("the charge was sent %d times after %v: %+v", n.charges["1"], time.Since(began), r)
		}
	})
}

// TestASilentNetworkIsLeftAlone: after so many calls without an answer nothing new
// is sent for a while, then one call tries; none is ever sent twice, and questions
// go on.
func TestASilentNetworkIsLeftAlone(t *testing.T) {
	t.Parallel()
	for name, silent := range map[string]pay.Result{"no answer": silence, "no connection": {State: pay.NotSent, Code: pay.CodeNotSent}, "nobody's answer": {Code: "bad signature"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				n := &network{answer: silent, takes: time.Second}
				p := pay.Pace(n)
				for i := range 5 {
					charge(t, p, string(rune('a'+i)))
				}
				began := time.Now()
				for range 9 {
					if r := charge(t, p, "not tried"); r.State != pay.NotSent || r.Code != pay.CodeNotSent {
						t.Fatalf("a charge that is not tried says %+v", r)
					}
					if r := p.(pay.Shower).Show(t.Context(), pay.Offer{Attempt: pay.Attempt{Number: "not tried"}}); r.State != pay.NotSent {
						t.Fatalf("a code that is not tried says %+v", r)
					}
					if r := p.(pay.Preparer).Prepare(pay.Charge{Attempt: pay.Attempt{Number: "not tried"}})(t.Context()); r.State != pay.NotSent {
						t.Fatalf("a prepared charge that is not tried says %+v", r)
					}
				}
				if n.charges["not tried"] != 0 || time.Since(began) != 0 {
					t.Errorf("sent %d times, after %v", n.charges["not tried"], time.Since(began))
				}
				query(t, p) // questions go out all the time, and may be the first to hear
				if len(n.at) != 1 {
					t.Error("a question was held back")
				}
				time.Sleep(10 * time.Second)
				var group sync.WaitGroup
				for i := range 4 { // of several at once one tries
					group.Go(func() { charge(t, p, string(rune('p'+i))) })
				}
				group.Wait()
				if n.sent() != 6 {
					t.Errorf("%d charges were sent, want 5 and one that tries", n.sent())
				}
				n.says(good)
				charge(t, p, "too early")
				query(t, p)
				charge(t, p, "heard again")
				if n.charges["too early"] != 0 || n.charges["heard again"] != 1 {
					t.Errorf("sent were %v", n.charges)
				}
				for number, times := range n.charges {
					if times > 1 {
						t.Errorf("%s was sent %d times", number, times)
					}
				}
			})
		})
	}
}

// TestWhatIsNoSilence: answers between, runs that take too long, and calls that we
// gave up ourselves leave the way open.
func TestWhatIsNoSilence(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		others pay.Result // of every fourth call
		apart  time.Duration
	}{
		"a verified answer between":    {good, 0},
		"a number that is not known":   {pay.Result{NotFound: true}, 0},
		"too often is an answer":       {pay.Result{Code: "9200"}, 0},
		"few in a long time":           {silence, 40 * time.Second},
		"calls that we gave up":        {pay.Result{Code: pay.CodeCancelled}, 31 * time.Second},
		"requests that we cannot make": {pay.Result{State: pay.NotSent, Code: "no QR codes"}, 31 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				n := &network{}
				p := pay.Pace(n)
				for i := range 40 {
					n.says(silence)
					if i%4 == 3 {
						n.says(row.others)
					}
					charge(t, p, string(rune('A'+i)))
					time.Sleep(row.apart)
				}
				if n.sent() != 40 {
					t.Errorf("%d of 40 were sent", n.sent())
				}
			})
		})
	}
}

// TestPaceKeepsWhatAClientCan.
func TestPaceKeepsWhatAClientCan(t *testing.T) {
	t.Parallel()
	if _, can := pay.Pace(struct{ pay.Provider }{&network{}}).(pay.Shower); can {
		t.Error("it shows codes for a client that cannot")
	}
	if r := pay.Pace(struct{ pay.Provider }{&network{}}).(pay.Refunder).Refund(t.Context(), pay.Refund{}); r.Code != pay.CodeNoRefunds {
		t.Errorf("a client without refunds answers %+v", r)
	}
	if _, can := pay.Pace(&network{}).(pay.Shower); !can {
		t.Error("a client that shows codes shows none")
	}
}
