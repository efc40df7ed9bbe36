package cloudpay

import (
	"slices"
	"testing"

	"tillgate/agent/pay"
	"tillgate/store/money"
)

// TestALifeOfADeposit: captured in parts, released in parts, each as often as it is sent.
func TestALifeOfADeposit(t *testing.T) {
	t.Parallel()
	n := &network{}
	p := n.provider(t)
	c := holding
	c.Code = aliCode
	if r := p.Hold(t.Context(), c); r.State != pay.Paid || r.Wallet != alipay {
		t.Fatalf("%+v", r)
	}
	if r := p.QueryCapture(t.Context(), taken); r.State != pay.Unknown || !r.NotFound {
		t.Errorf("before it was asked for: %+v", r)
	}
	if r := p.QueryRelease(t.Context(), freed); r.State != pay.Unknown || !r.NotFound {
		t.Errorf("before it was asked for: %+v", r)
	}
	second, part := taken, freed
	second.Number, second.Amount, part.Amount = number+"52", 1150, 10000
	for range 2 {
		for _, m := range []pay.Move{taken, second} {
			for what, r := range map[string]pay.Result{"capture": p.Capture(t.Context(), m), "query": p.QueryCapture(t.Context(), m)} {
				if r.State != pay.Paid || r.Amount != m.Amount || r.Settled != m.Amount || r.Wallet != alipay {
					t.Errorf("%s %s: %+v", what, m.Number, r)
				}
			}
		}
		for what, r := range map[string]pay.Result{"release": p.Release(t.Context(), part), "query": p.QueryRelease(t.Context(), part)} {
			if r.State != pay.Returned || r.Amount != part.Amount || r.Network != "5030001" {
				t.Errorf("%s: %+v", what, r)
			}
		}
	}
	if r := p.QueryHold(t.Context(), hold); r.State != pay.Paid || *r.Held != (pay.Held{Captured: 10000, Released: 10000, Left: 10000}) {
		t.Errorf("%+v with %+v", r, r.Held)
	}
	more := taken
	more.Number, more.Amount = number+"53", 10001
	if r := p.Capture(t.Context(), more); r.State != pay.Declined || r.Code != "104" || r.Detail == "" {
		t.Errorf("more than is left: %+v", r)
	}
	other, otherPart := taken, part
	other.Amount, otherPart.Amount = 8851, 10001
	for what, r := range map[string]pay.Result{"capture": p.Capture(t.Context(), other), "query": p.QueryCapture(t.Context(), other)} {
		if r.State != pay.Mismatch || r.Code != pay.CodeAmount || r.Amount != taken.Amount {
			t.Errorf("another amount, %s: %+v", what, r)
		}
	}
	for what, r := range map[string]pay.Result{"release": p.Release(t.Context(), otherPart), "query": p.QueryRelease(t.Context(), otherPart)} {
		if r.State != pay.Mismatch || r.Code != pay.CodeAmount || r.Amount != part.Amount {
			t.Errorf("another amount, %s: %+v", what, r)
		}
	}
	if d := n.holds[number]; len(d.captures) != 2 || len(d.releases) != 1 || d.left() != 10000 {
		t.Errorf("in the books: %+v", d)
	}
}

// TestWeChatReleasesTheRest with its one capture, whatever is asked for.
func TestWeChatReleasesTheRest(t *testing.T) {
	t.Parallel()
	n := &network{}
	p := n.provider(t)
	p.Hold(t.Context(), holding)
	m := taken
	m.Wallet = wechat
	if r := p.Capture(t.Context(), m); r.State != pay.Paid {
		t.Fatalf("%+v", r)
	}
	if r := p.QueryHold(t.Context(), hold); r.State != pay.Paid || *r.Held != (pay.Held{Captured: 8850, Released: 21150}) {
		t.Errorf("%+v with %+v", r, r.Held)
	}
	m.Number = number + "52"
	if r := p.Capture(t.Context(), m); r.State != pay.Declined {
		t.Errorf("a second capture: %+v", r)
	}
	back := pay.Refund{Of: captured(taken), Hold: &hold, Number: number + "01", Amount: 200}
	if r := p.Refund(t.Context(), back); r.State != pay.Returned || r.Amount != 200 {
		t.Errorf("a refund of it: %+v", r)
	}
}

// TestAMoveOfNoWallet is not sent.
func TestAMoveOfNoWallet(t *testing.T) {
	t.Parallel()
	n := &network{}
	p := n.provider(t)
	m := taken
	m.Wallet = ""
	for _, r := range []pay.Result{p.Capture(t.Context(), m), p.Release(t.Context(), m)} {
		if r.State != pay.Unknown || !r.Fault || r.Code == "" || len(n.log) > 0 {
			t.Errorf("%+v after %v", r, n.log)
		}
	}
}

// TestStatesOfCaptures has every state of an order that takes money out of a
// deposit. One that was refunded since was captured.
func TestStatesOfCaptures(t *testing.T) {
	t.Parallel()
	const (
		paid, no, waits, dunno = pay.Paid, pay.Declined, pay.Waiting, pay.Unknown
	)
	for wallet, states := range map[string]map[int]pay.State{
		wechat: {1: waits, 2: paid, 3: paid, 4: paid, 5: no, 6: waits, 7: no, 8: no, 9: waits, 10: no, 11: no, 12: waits, 13: dunno, 14: paid, 15: dunno},
		alipay: {1: waits, 2: paid, 3: dunno, 4: waits, 5: no, 6: paid, 7: no, 8: dunno},
		record: {1: dunno, 2: dunno, 3: dunno},
	} {
		for state, want := range states {
			trade := tradeOf(takenNo, wallet, state, taken.Amount)
			n := &network{say: map[string]func(message) message{
				"deposit_consume": func(message) message { return message{"deposit_consume": trade} }, "query_order": func(message) message { return message{"query_order": trade} },
			}}
			p := n.provider(t)
			for what, r := range map[string]pay.Result{"capture": p.Capture(t.Context(), taken), "query": p.QueryCapture(t.Context(), taken)} {
				if r.State != want || r.NotFound || r.Date.IsZero() {
					t.Errorf("%s %d, %s: %+v, want %v", wallet, state, what, r, want)
				}
			}
		}
	}
	trade := tradeOf(takenNo, alipay, 5, taken.Amount)
	object(object(trade, "order_content"), "alipay_order_content_ext")["refund_fee"] = 8850
	if r := sayCapture(t, trade); r.State != pay.Paid || r.Code != "alipay 5" {
		t.Errorf("Alipay's, refunded since: %+v", r)
	}
	object(trade, "order_content")["total_fee"] = 8851
	if r := sayCapture(t, trade); r.State != pay.Mismatch || r.Code != pay.CodeAmount {
		t.Errorf("Alipay's, of another amount, refunded since: %+v", r)
	}
	for of, want := range map[string]pay.State{number: pay.Paid, number[:23] + "2": pay.Unknown} {
		trade := tradeOf(takenNo, alipay, 2, taken.Amount)
		object(trade, "order_content")["out_freeze_no"] = of
		if r := sayCapture(t, trade); r.State != want || want == pay.Unknown && r.Code != pay.CodeNumber {
			t.Errorf("of the deposit %s: %+v", of, r)
		}
	}
	if r := sayCapture(t, nil); r.State != pay.Unknown || r.Code != pay.CodeIncomplete {
		t.Errorf("of nothing: %+v", r)
	}
}

func sayCapture(t *testing.T, trade message) pay.Result {
	n := &network{say: map[string]func(message) message{"query_order": func(message) message { return message{"query_order": trade} }}}
	return n.provider(t).QueryCapture(t.Context(), taken)
}

// TestStatesOfReleases has every state of a release, under either name of its field.
func TestStatesOfReleases(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		wallet   string
		state    int
		want     pay.State
		notFound bool
	}{
		{wechat, 1, pay.Waiting, false}, {wechat, 2, pay.Returned, false}, {wechat, 3, pay.Declined, false}, {wechat, 4, pay.Unknown, true}, {wechat, 5, pay.Unknown, false},
		{alipay, 1, pay.Waiting, false}, {alipay, 2, pay.Returned, false}, {alipay, 3, pay.Declined, false}, {alipay, 4, pay.Unknown, true}, {alipay, 5, pay.Unknown, true}, {alipay, 0, pay.Unknown, false},
	} {
		for _, field := range []string{"current_trade_state", "state"} {
			o := unfreezeOf(freedNo, c.wallet, &giving{fee: freed.Amount})
			ext := map[string]string{wechat: "wxpay", alipay: "alipay"}[c.wallet] + "_unfreeze_order_content_ext"
			o[ext], o["time_end"] = message{field: c.state}, asked.Unix()
			for what, r := range sayRelease(t, o) {
				if r.State != c.want || r.NotFound != c.notFound || r.Fault || r.Date.IsZero() || r.Amount != freed.Amount || (r.State == pay.Returned) != r.PaidAt.Equal(asked) {
					t.Errorf("%s %d, %s: %+v, want %v", c.wallet, c.state, what, r, c.want)
				}
			}
		}
	}
}

// TestWhatReleasesSay: an answer about another release is none.
func TestWhatReleasesSay(t *testing.T) {
	t.Parallel()
	good := &giving{state: 2, fee: freed.Amount}
	for name, spoil := range map[string]func(o message){
		"another deposit": func(o message) { o["out_freeze_no"] = number[:23] + "2" },
		"another release": func(o message) { o["out_unfreeze_no"] = number + "82" },
		"no amount":       func(o message) { delete(o, "unfreeze_fee") },
		"no state":        func(o message) { delete(o, "alipay_unfreeze_order_content_ext") },
		"two wallets":     func(o message) { o["wxpay_unfreeze_order_content_ext"] = message{"state": 2} },
		"two states":      func(o message) { object(o, "alipay_unfreeze_order_content_ext")["state"] = 3 },
	} {
		o := unfreezeOf(freedNo, alipay, good)
		spoil(o)
		for what, r := range sayRelease(t, o) {
			if r.State != pay.Unknown || r.NotFound {
				t.Errorf("%s, %s: %+v", name, what, r)
			}
		}
	}
	for what, r := range sayRelease(t, unfreezeOf(freedNo, alipay, &giving{state: 1, fee: 1})) {
		if r.State != pay.Mismatch || r.Amount != 1 || r.Code != pay.CodeAmount {
			t.Errorf("another amount, %s: %+v", what, r)
		}
	}
}

// sayRelease is what a release and its query come to whose answer is given.
func sayRelease(t *testing.T, o message) map[string]pay.Result {
	n := &network{say: map[string]func(message) message{
		"unfreeze": func(message) message { return message{"unfreeze": message{"unfreeze_order_content": o}} },
		"query_unfreeze_order": func(message) message {
			return message{"query_unfreeze_order": message{"unfreeze_order_content": []message{o}}}
		},
	}}
	p := n.provider(t)
	return map[string]pay.Result{"release": p.Release(t.Context(), freed), "query": p.QueryRelease(t.Context(), freed)}
}

// TestRefusedMoves: a refusal is final only where nothing is under the number; an
// earlier copy may have been taken on.
func TestRefusedMoves(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		refusal string
		state   int // of what is there; 0: nothing, -1: no answer
		fee     money.Fen
		capture pay.State
		release pay.State
		fault   bool
	}{
		{"no", "104", 0, 0, pay.Declined, pay.Declined, false},
		{"it is done", "104", 2, 0, pay.Paid, pay.Returned, false},
		{"it is under way", "104", 1, 0, pay.Waiting, pay.Waiting, false},
		{"another amount is done", "104", 2, 1, pay.Mismatch, pay.Mismatch, false},
		{"nobody answers", "104", -1, 0, pay.Unknown, pay.Unknown, false},
		{"a number that the network does not like", "102", 0, 0, pay.Declined, pay.Declined, true},
		{"the number is taken by itself", "102", 2, 0, pay.Paid, pay.Returned, false},
		{"a number, and nobody answers", "102", -1, 0, pay.Unknown, pay.Unknown, false},
		{"the number is another's", "407", 0, 0, pay.Mismatch, pay.Mismatch, false},
		{"the number is another's, and nobody answers", "407", -1, 0, pay.Mismatch, pay.Mismatch, false},
		{"the number is its own", "407", 2, 0, pay.Paid, pay.Returned, false},
	} {
		no := statuses[c.refusal]
		refuse := func(message) message {
			return message{"status": no.status, "internal_status": no.internal, "description": "no"}
		}
		n := &network{say: map[string]func(message) message{"deposit_consume": refuse, "unfreeze": refuse}}
		busy := func(message) message { return message{"status": 103} }
		if c.state < 0 {
			n.say["query_order"], n.say["query_unfreeze_order"] = busy, busy
		}
		p := n.provider(t)
		d := n.hold(alipay, 2)
		if c.state > 0 {
			fee := func(of pay.Move) money.Fen { return max(c.fee, of.Amount*money.Fen(1-min(c.fee, 1))) }
			n.books[takenNo] = &sale{wallet: alipay, state: c.state, total: fee(taken), refunds: map[string]*giving{}}
			d.releases[freedNo] = &giving{state: c.state, fee: fee(freed)}
		}
		for what, r := range map[string]struct {
			got  pay.Result
			want pay.State
		}{"capture": {p.Capture(t.Context(), taken), c.capture}, "release": {p.Release(t.Context(), freed), c.release}} {
			if r.got.State != r.want || r.got.Fault != c.fault || r.got.NotFound {
				t.Errorf("%s, %s: %+v", c.name, what, r.got)
			}
		}
		got := n.calls()
		slices.Sort(got)
		if !slices.Equal(got, []string{"deposit_consume", "query_order", "query_unfreeze_order", "unfreeze"}) {
			t.Errorf("%s: asked %v", c.name, got)
		}
	}
}
