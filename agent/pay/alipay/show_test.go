package alipay

import (
	"context"
	"strings"
	"testing"
	"time"

	"tillgate/agent/pay"
)

// TestShow has every answer that is done.
func TestShow(t *testing.T) {
	t.Parallel()
	const link = "https://qr.alipay.com/bavh4wjlxf12tper3a"
	for name, c := range map[string]struct {
		fields node
		want   pay.Result
	}{
		"a code":                {node{"qr_code": link}, pay.Result{State: pay.Waiting, Code: "shown", Link: link}},
		"no code":               {nil, pay.Result{Code: pay.CodeIncomplete}},
		"a code of two lines":   {node{"qr_code": link + "\n"}, pay.Result{Code: pay.CodeIncomplete}},
		"a code in Chinese":     {node{"qr_code": link + "码"}, pay.Result{Code: pay.CodeIncomplete}},
		"a code that is a word": {node{"qr_code": "bavh4wjlxf12tper3a"}, pay.Result{Code: pay.CodeIncomplete}},
		"a long code":           {node{"qr_code": link + strings.Repeat("a", 500)}, pay.Result{Code: pay.CodeIncomplete}},
		"another's":             {node{"qr_code": link, "out_trade_no": "1"}, pay.Result{Code: pay.CodeNumber}},
		"nobody's":              {node{"qr_code": link, "out_trade_no": nil}, pay.Result{Code: pay.CodeNumber}},
	} {
		n := playing(map[string][]answer{methodPrecreate: {done(c.fields)}})
		c.want.Date = asked.UTC()
		if got := n.provider(t, directOptions).Show(context.Background(), offer); !same(got, c.want) {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

// TestTheLifeOfACode is told in whole minutes, so that ours is never longer than the network's.
func TestTheLifeOfACode(t *testing.T) {
	t.Parallel()
	for life, want := range map[time.Duration]string{0: "2m", time.Second: "1m", time.Minute: "1m", 61 * time.Second: "2m", 2 * time.Minute: "2m", 5 * time.Minute: "5m", 2 * time.Hour: "120m"} {
		n := playing(nil)
		o := offer
		o.Life = life
		n.provider(t, directOptions).Show(context.Background(), o)
		if got := n.calls[0].content["qr_code_timeout_express"]; got != want {
			t.Errorf("%v is sent as %v, want %s", life, got, want)
		}
	}
}

// TestTiming holds the patience against what the documents ask for (pages 05osv9, 02ekfs, 02ekft and 01rfnt) and against itself.
func TestTiming(t *testing.T) {
	t.Parallel()
	s := Timing.Shown()
	for name, ok := range map[string]bool{
		"the second query comes 5 s after the answer":          Timing.Queries[1] == 5*time.Second,
		"queries are 3 to 6 s apart":                           Timing.QueryEvery >= 3*time.Second && Timing.QueryEvery <= 6*time.Second,
		"a payer is waited for 30 to 60 s":                     Timing.Patience >= 30*time.Second && Timing.Patience <= 60*time.Second,
		"the network keeps a trade open for longer than we do": Timing.Patience < 5*time.Minute && s.Patience < 5*time.Minute,
		"a cancel may come at once":                            Timing.Undo.NotBefore == 0 && s.Undo.NotBefore == 0,
		"a cancel goes out again after 2 s":                    Timing.UndoAgain[0] == 2*time.Second,
		"a code lives for 2 to 5 minutes, whole ones":          s.Patience >= 2*time.Minute && s.Patience <= 5*time.Minute && s.Patience%time.Minute == 0,
		"a refund is asked about after 10 s":                   Timing.Refund.Queries[0] >= 10*time.Second && Timing.Refund.Again >= 3*time.Second,
		"refunds of one payment are 3 s apart":                 Timing.Refund.Apart >= 3*time.Second,
		"refunds are for 12 months":                            Timing.Refund.Window <= 365*24*time.Hour && Timing.Undo.NotAfter == Timing.Refund.Window,
		"a look at a refusal is within a call":                 pay.ConfirmMax < Timing.Call,
		"a deposit's cancel may come at once":                  Timing.Holding().Undo.NotBefore == 0 && Timing.Hold.Undo.NotAfter > 24*time.Hour,
		"a move that is not there is waited for for 10 s":      Timing.Hold.Again >= 10*time.Second,
		"queries of moves are 3 to 6 s apart":                  Timing.Hold.QueryEvery >= 3*time.Second && Timing.Hold.QueryEvery <= 6*time.Second,
	} {
		if !ok {
			t.Errorf("not so: %s", name)
		}
	}
}
