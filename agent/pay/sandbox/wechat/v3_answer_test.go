package wechat

import (
	"strings"
	"testing"
	"time"

	"tillgate/agent/pay/sandbox"
	"tillgate/store/money"
)

// TestAPIv3Misbehaves holds every way of misbehaving while a code is asked for
// against what is then in the books.
func TestAPIv3Misbehaves(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		how    string
		status int // 0: the connection was broken off
		signed bool
		books  sandbox.State
		later  sandbox.State
	}{
		{sandbox.LostBefore, 0, false, "", ""},
		{sandbox.LostAfter, 0, false, sandbox.NotPaid, sandbox.NotPaid},
		{sandbox.Hidden, 0, false, "", sandbox.NotPaid},
		{sandbox.Late, 500, true, sandbox.NotPaid, sandbox.NotPaid},
		{sandbox.BadGateway, 502, false, "", ""},
		{sandbox.BadGatewayAfter, 502, false, sandbox.NotPaid, sandbox.NotPaid},
		{sandbox.SystemErrorBefore, 500, true, "", ""},
		{sandbox.SystemErrorAfter, 500, true, sandbox.NotPaid, sandbox.NotPaid},
		{"error:RULE_LIMIT", 403, true, "", ""},
		{"error:FREQUENCY_LIMITED", 429, true, "", ""},
		{"error:ORDER_CLOSED", 400, true, "", ""},
		{"error:ORDER_NOT_EXIST", 404, true, "", ""},
		{sandbox.WrongSignature, 200, false, sandbox.NotPaid, sandbox.NotPaid},
		{sandbox.NoSignature, 200, false, sandbox.NotPaid, sandbox.NotPaid},
		{sandbox.UnknownSerial, 200, false, sandbox.NotPaid, sandbox.NotPaid},
		{sandbox.Stale, 200, true, sandbox.NotPaid, sandbox.NotPaid},
	} {
		b := newBench3(t, sandbox.Options{})
		b.Next(sandbox.Show, sandbox.Do(c.how))
		w, lost := b.send(call{method: "POST", path: "/v3/pay/transactions/native", body: direct.order(b, number, nil), mchID: direct.MchID})
		if lost != (c.status == 0) || !lost && w.Code != c.status || !lost && b.verified(w) != c.signed {
			t.Errorf("%s: status %d, lost %v", c.how, w.Code, lost)
		}
		b.expect(t, c.books)
		b.clock.move(time.Minute)
		b.expect(t, c.later)
	}
}

// TestGarbageOfAPIv3 is never a good answer, signed or not.
func TestGarbageOfAPIv3(t *testing.T) {
	t.Parallel()
	for _, name := range sandbox.Garbages() {
		b := newBench3(t, sandbox.Options{})
		b.show(t, direct, number, nil)
		for _, path := range []string{"/v3/pay/transactions/out-trade-no/" + number + "?mchid=" + direct.MchID, "/v3/pay/transactions/out-trade-no/" + number + "/close"} {
			c := call{method: "GET", path: path, mchID: direct.MchID}
			if strings.HasSuffix(path, "/close") {
				c.method, c.body = "POST", `{"mchid":"`+direct.MchID+`"}`
			}
			b.Next("", sandbox.Behaviour{Kind: sandbox.Garbage, Code: name})
			w, lost := b.send(c)
			if lost || w.Code == 204 || b.verified(w) != (name == "fail-signed") {
				t.Errorf("%s of %s: %d %.80s", name, path, w.Code, w.Body)
			}
		}
	}
}

// TestAPIv3Lies spoils what is said of a paid order, under a good signature.
func TestAPIv3Lies(t *testing.T) {
	t.Parallel()
	for how, c := range map[string]struct{ field, has string }{
		sandbox.WrongAmount:   {"amount", "total:5000"},
		sandbox.WrongMerchant: {"sub_mchid", "1999999999"},
		sandbox.WrongNumber:   {"out_trade_no", "98010052000100421000017x"},
		sandbox.WrongTime:     {"success_time", "2026-11-25T08:30:00+08:00"},
	} {
		b := newBench3(t, sandbox.Options{})
		_, link := b.show(t, partly, number, nil)
		if err := b.Scan(link, sandbox.Behaviour{}); err != nil {
			t.Fatal(err)
		}
		b.Next(sandbox.Query, sandbox.Do(how))
		if _, f := b.look(t, partly, number); !strings.Contains(strings.ReplaceAll(text(f[c.field]), `"`, ""), c.has) {
			t.Errorf("%s: %v", how, f)
		}
		if _, f := b.look(t, partly, number); strings.Contains(strings.ReplaceAll(text(f[c.field]), `"`, ""), c.has) {
			t.Errorf("%s: it goes on: %v", how, f)
		}
	}
}

// TestClosesAndRefundsThatGoWrong has what may happen on the way back.
func TestClosesAndRefundsThatGoWrong(t *testing.T) {
	t.Parallel()
	paidBench := func(o sandbox.Options) bench {
		b := newBench3(t, o)
		_, link := b.show(t, direct, number, nil)
		if err := b.Scan(link, sandbox.Behaviour{}); err != nil {
			t.Fatal(err)
		}
		return b
	}
	net := func(b bench, want money.Fen) {
		t.Helper()
		if got := b.Net(number); got != want {
			t.Errorf("the payer is without %v, not %v", got, want)
		}
	}
	b := newBench3(t, sandbox.Options{})
	b.show(t, direct, number, nil)
	b.Next(sandbox.Undo, sandbox.Do("undo-again:1"))
	if got := b.closed(t, direct, number); got != "INVALID_REQUEST" {
		t.Errorf("too early: %s", got)
	}
	b.Next(sandbox.Undo, sandbox.Do("undo-lies:1"))
	if got := b.closed(t, direct, number); got != "204" {
		t.Errorf("a lie: %s", got)
	}
	b.expect(t, sandbox.NotPaid)

	b = paidBench(sandbox.Options{RefundTakes: time.Minute})
	b.Next(sandbox.Refund, sandbox.Do(sandbox.Abnormal))
	if got := b.refund(t, direct, number, number+"99", 500, 500); got != "PROCESSING" || b.Ledger()[0].Refunding != 500 {
		t.Errorf("%s, %+v", got, b.Ledger())
	}
	b.clock.move(time.Minute)
	if got := b.refunded(t, direct, number+"99"); got != "ABNORMAL" || b.Ledger()[0].Refunding != 0 {
		t.Errorf("%s, %+v", got, b.Ledger())
	}
	net(b, 500)

	b = paidBench(sandbox.Options{})
	b.Next(sandbox.Refund, sandbox.Do("error:NOT_ENOUGH"))
	if got := b.refund(t, direct, number, number+"99", 500, 500); got != "NOT_ENOUGH" {
		t.Error(got)
	}
	net(b, 500)
	if got := b.refund(t, direct, number, number+"99", 500, 500); got != "SUCCESS" {
		t.Error(got)
	}
	net(b, 0)
	if e := b.Ledger()[0]; e.Returned != 500 || e.ReturnedAt.IsZero() || b.Seen(sandbox.Refund, number) != 2 || b.Seen(sandbox.Undo, number) != 0 {
		t.Errorf("%+v", e)
	}
}
