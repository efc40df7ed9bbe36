package alipay

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"tillgate/agent/pay"
	"tillgate/store/money"
)

// TestRequests looks at every parameter and field that goes out.
func TestRequests(t *testing.T) {
	t.Parallel()
	direct := node{"store_id": "exit"}
	partner := node{"store_id": "NJ_001", "seller_id": seller, "extend_params": node{"sys_service_provider_id": "2088511833207846"}}
	order := node{"out_trade_no": number, "product_code": "FACE_TO_FACE_PAYMENT", "subject": "停车费", "total_amount": "5.00", "timeout_express": "5m", "operator_id": "0042", "terminal_id": "gate-7"}
	trade := node{"out_trade_no": number}
	giving := node{"out_trade_no": number, "out_request_no": number + "01", "refund_amount": "2.00", "refund_reason": "停车券", "operator_id": "0042", "terminal_id": "gate-7",
		"query_options": []any{"refund_detail_item_list", "gmt_refund_pay"}}
	found := node{"out_trade_no": number, "out_request_no": number + "01", "query_options": []any{"refund_detail_item_list", "gmt_refund_pay"}}
	for name, c := range map[string]struct {
		o        Options
		ordering node // of it
		giving   node
		params   []string
	}{
		"direct":  {directOptions, direct, nil, nil},
		"partner": {partnerOptions, partner, node{"store_id": "NJ_001"}, []string{"app_auth_token"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := playing(map[string][]answer{methodRefund: {done(node{"fund_change": "Y", "refund_fee": "2.00"})}, methodRefundQuery: {done()}})
			p := n.provider(t, c.o)
			ctx := context.Background()
			p.Charge(ctx, charge)
			p.Show(ctx, offer)
			p.Query(ctx, attempt)
			p.Undo(ctx, attempt)
			p.Undo(ctx, shownAttempt)
			p.Refund(ctx, refund)
			p.QueryRefund(ctx, refund)
			want := []struct {
				method  string
				content node
			}{
				{methodPay, with(order, node{"scene": "bar_code", "auth_code": code}, c.ordering)},
				{methodPrecreate, with(order, node{"qr_code_timeout_express": "2m"}, c.ordering)},
				{methodQuery, trade}, {methodCancel, trade}, {methodClose, trade},
				{methodRefund, with(giving, c.giving)}, {methodRefundQuery, found},
			}
			if len(n.calls) != len(want) {
				t.Fatalf("asked %v", n.methods())
			}
			params := slices.Sorted(slices.Values(append(strings.Fields("app_id biz_content charset format method sign sign_type timestamp version"), c.params...)))
			for i, got := range n.calls {
				if got.method != want[i].method || !reflect.DeepEqual(got.content, want[i].content) {
					t.Errorf("call %d is %s of %v, want %s of %v", i, got.method, got.content, want[i].method, want[i].content)
				}
				if names := slices.Sorted(maps.Keys(got.form)); !slices.Equal(names, params) {
					t.Errorf("%s carries %v", got.method, names)
				}
				for param, value := range map[string]string{"app_id": c.o.AppID, "charset": "utf-8", "format": "JSON", "sign_type": "RSA2", "timestamp": "2026-11-25 09:30:00", "version": "1.0", "app_auth_token": string(c.o.AppAuthToken)} {
					if got.form.Get(param) != value {
						t.Errorf("%s: %s is %q", got.method, param, got.form.Get(param))
					}
				}
			}
			if p.Signatures() != int64(len(want)) {
				t.Errorf("%d calls took %d signatures", len(want), p.Signatures())
			}
		})
	}
}

func with(all ...node) node {
	f := node{}
	for _, more := range all {
		maps.Copy(f, more)
	}
	return f
}

// TestTheSumOfWhatIsDiscounted holds both parts against the total.
func TestTheSumOfWhatIsDiscounted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		full                         money.Fen
		undiscountable, discountable any
	}{{0, nil, nil}, {1, "0.01", "4.99"}, {200, "2.00", "3.00"}, {499, "4.99", "0.01"}, {500, "5.00", nil}, {501, "5.00", nil}, {-1, nil, nil}} {
		n := playing(nil)
		p := n.provider(t, directOptions)
		scanned, shown := charge, offer
		scanned.Full, shown.Full = c.full, c.full
		p.Charge(context.Background(), scanned)
		p.Show(context.Background(), shown)
		for _, call := range n.calls {
			if call.method == methodQuery {
				continue
			}
			if call.content["undiscountable_amount"] != c.undiscountable || call.content["discountable_amount"] != c.discountable || call.content["total_amount"] != "5.00" {
				t.Errorf("%s, %d undiscounted: %v", call.method, c.full, call.content)
			}
		}
	}
}

// TestTexts cuts what is too long and leaves out what may not be there.
func TestTexts(t *testing.T) {
	t.Parallel()
	for title, want := range map[string]string{
		"":                             "付款",
		" \t":                          "付款",
		"停车费 A/B":                      "停车费 A B",
		"a=1&b=2":                      "a 1 b 2",
		"/=&":                          "付款",
		"早餐\n🥐<b>'\"\\":                "早餐<b>'\"\\",
		strings.Repeat("长", 100):       strings.Repeat("长", 85),
		strings.Repeat("a", 255) + "长": strings.Repeat("a", 255),
	} {
		if got := subject(title); got != want {
			t.Errorf("%q becomes %q", title, got)
		}
	}
	n := playing(nil)
	c := charge
	c.Title, c.Lane, c.Device, c.Staff = `<停>&"`, strings.Repeat("道", 20), strings.Repeat("d", 40), strings.Repeat("员", 20)
	n.provider(t, directOptions).Charge(context.Background(), c)
	got := n.calls[0].content
	if got["subject"] != `<停> "` || got["store_id"] != strings.Repeat("道", 10) || got["terminal_id"] != strings.Repeat("d", 32) || got["operator_id"] != strings.Repeat("员", 9) {
		t.Errorf("sent %v", got)
	}
	if raw := n.calls[0].form.Get("biz_content"); !strings.Contains(raw, `"subject":"<停> \""`) {
		t.Errorf("marks are escaped: %s", raw)
	}
}

func TestYuan(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]money.Fen{"0.00": 0, "0.01": 1, "5.00": 500, "12.50": 1250, "100000000.00": 1e10} {
		if got, ok := yuan(text); !ok || got != want || got.String() != text {
			t.Errorf("%s: %d, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "1", "1.5", "1.500", "01.50", ".50", "-1.00", "+1.00", " 1.00", "1.00 ", "1,00", "1e2", "1.0O", "１.00", "99999999999999999999.00"} {
		if got, ok := yuan(text); ok {
			t.Errorf("%q is taken for %d", text, got)
		}
	}
}

// TestAPreparedChargeIsSentLater: to make a request sends nothing; calling what
// came back is Charge, with the stamp of its making.
func TestAPreparedChargeIsSentLater(t *testing.T) {
	t.Parallel()
	now := asked
	n := playing(map[string][]answer{methodPay: {paid()}})
	o := directOptions
	o.Now = func() time.Time { return now }
	p := n.provider(t, o)
	send := p.Prepare(charge)
	if len(n.calls) > 0 || p.Signatures() != 1 {
		t.Fatalf("asked %v before it was let go, with %d signatures", n.methods(), p.Signatures())
	}
	now = now.Add(time.Second)
	if r := send(t.Context()); r.State != pay.Paid {
		t.Errorf("answered %+v", r)
	}
	if len(n.calls) != 1 || n.calls[0].form.Get("timestamp") != "2026-11-25 09:30:00" || p.Signatures() != 1 {
		t.Errorf("asked %v with %d signatures", n.methods(), p.Signatures())
	}
}

// TestThePaymentCodeIsNotTold lets the network and the wire echo the code.
func TestThePaymentCodeIsNotTold(t *testing.T) {
	t.Parallel()
	echo := "bad auth_code " + code + " of " + token
	refusal := answer{node: node{"code": "40004", "sub_code": "ACQ.PAYMENT_AUTH_CODE_INVALID", "sub_msg": echo}}
	unsigned := refusal
	unsigned.unsigned = true
	for name, a := range map[string]answer{
		"signed": refusal, "unsigned": unsigned,
		"setup":     {node: node{"code": "40002", "sub_code": "isv.invalid-auth_code-" + code, "sub_msg": echo}},
		"transport": {err: errors.New("lost after " + echo)},
		"waiting":   {node: node{"code": "10003", "sub_msg": echo}},
	} {
		n := playing(map[string][]answer{methodPay: {a}, methodFreeze: {a}})
		p := n.provider(t, partnerOptions)
		for what, r := range map[string]pay.Result{"charge": p.Charge(context.Background(), charge), "hold": p.Hold(context.Background(), holdCharge)} {
			if all := r.Code + r.Message + r.Detail; strings.Contains(all, code) || strings.Contains(all, token) || !strings.Contains(all, "***") {
				t.Errorf("%s, %s: %+v", what, name, r)
			}
		}
	}
	n := playing(map[string][]answer{methodFreeze: {auth(node{"auth_no": code, "payer_user_id": token + code, "status": "IN" + code})}})
	r := n.provider(t, partnerOptions).Hold(context.Background(), holdCharge)
	if all := r.Code + r.Network + r.Payer + r.Detail; strings.Contains(all, code) || strings.Contains(all, token) || !strings.Contains(all, "***") {
		t.Errorf("a deposit that names it: %+v", r)
	}
}

// TestNotSent: only a charge and an offer, of a deposit too, may say that nothing left.
func TestNotSent(t *testing.T) {
	t.Parallel()
	p := playing(nil).provider(t, partnerOptions)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	down, err := pay.NewWire(&http.Client{Transport: pay.NewTransport(nil, nil)})
	if err != nil {
		t.Fatal(err)
	}
	p.wire = down
	results := map[string]pay.Result{
		"charge": p.Charge(ctx, charge), "show": p.Show(ctx, offer), "query": p.Query(ctx, attempt), "undo": p.Undo(ctx, attempt), "close": p.Undo(ctx, shownAttempt),
		"refund": p.Refund(ctx, refund), "refund-query": p.QueryRefund(ctx, refund),
		"hold": p.Hold(ctx, holdCharge), "show-hold": p.ShowHold(ctx, holdOffer), "hold-query": p.QueryHold(ctx, deposit), "hold-undo": p.UndoHold(ctx, deposit),
		"capture": p.Capture(ctx, taken), "capture-query": p.QueryCapture(ctx, taken), "release": p.Release(ctx, freed), "release-query": p.QueryRelease(ctx, freed),
	}
	for op, r := range results {
		want := pay.Unknown
		if op == "charge" || op == "show" || op == "hold" || op == "show-hold" {
			want = pay.NotSent
		}
		if r.State != want || r.NotFound || r.Fault || r.Code != pay.CodeNotSent || !r.Date.IsZero() {
			t.Errorf("%s: %+v, want %v", op, r, want)
		}
	}
}
