package cloudpay

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"tillgate/agent/pay"
	"tillgate/store/money"
)

// wanted reads what a request should be; its nonce is not known beforehand.
func wanted(text string) (m message) {
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		panic(text + ": " + err.Error())
	}
	return m
}

const (
	wantKey    = `"out_mch_id":"sz01provider","out_sub_mch_id":"sz01merchant","out_shop_id":"sz01store"`
	wantClient = `"device_id":"gate 7","terminal_type":4,"sub_terminal_type":331,"machine_no":"gate 7","sdk_version":"1","spbill_create_ip":"127.0.0.1"`
)

// TestRequests looks at every field that goes out.
func TestRequests(t *testing.T) {
	t.Parallel()
	full := func(o *Options) {
		o.Serial, o.MachineNo, o.Version, o.IP = "LANDI_QM500_19230", "00:1A:2B", "1.2", "10.0.0.7"
		o.StaffName, o.Reverse, o.QRWallet = "老王", true, alipay
	}
	n, bound := &network{}, &network{}
	p, q := n.provider(t), bound.provider(t, full)
	p.Charge(t.Context(), charge)
	p.Show(t.Context(), offer)
	n.open(wechat, 2)
	p.Refund(t.Context(), part)
	p.QueryRefund(t.Context(), part)
	n.open(wechat, 1)
	shown := attempt
	shown.Shown = true
	p.Undo(t.Context(), shown)

	discounted := charge
	discounted.Code, discounted.Full, discounted.Staff = aliCode, 120, "0031"
	q.Charge(t.Context(), discounted)
	bound.open(alipay, 1)
	q.Undo(t.Context(), attempt)

	client := `"order_client":{` + wantClient + `,"staff_id":"0007"}`
	exit := `"order_client":{` + wantClient + `,"staff_id":"0007","shop_id":"exit"}`
	inside := strings.NewReplacer(`"machine_no":"gate 7"`, `"machine_no":"00:1A:2B"`, `"1"`, `"1.2"`, "127.0.0.1", "10.0.0.7").Replace(wantClient) + `,"sn_code":"LANDI_QM500_19230"`
	for _, c := range []struct {
		n          *network
		call, want string
	}{
		{n, "micro_pay", `{"pay_content":{"out_trade_no":"` + number + `","author_code":"` + wxCode + `","total_fee":500,"fee_type":"CNY","body":"停车费"},"pay_mch_key":{"pay_platform":1,` + wantKey + `},` + exit + `}`},
		{n, "scan_code_pay", `{"pay_content":{"out_trade_no":"` + number + `","total_fee":500,"fee_type":"CNY","body":"停车费","time_expire":1795512690},"pay_mch_key":{"pay_platform":1,` + wantKey + `},` + exit + `}`},
		{n, "query_order", `{"out_trade_no":"` + number + `","pay_mch_key":{` + wantKey + `},` + client + `}`},
		{n, "close_order", `{"out_trade_no":"` + number + `","trade_type":2,"pay_mch_key":{"pay_platform":1,` + wantKey + `},` + client + `}`},
		{n, "refund", `{"refund_content":{"out_trade_no":"` + number + `","out_refund_no":"` + number + `01","total_fee":500,"refund_fee":200,"refund_fee_type":"CNY","refund_reason":"少停一小时"},"api_version":2,
			"pay_mch_key":{"pay_platform":1,` + wantKey + `,"is_sub_mch_admin":false,"authorization_staff_id":"0007"},"order_client":{` + wantClient + `,"staff_id":"0031"}}`},
		{n, "query_refund_order", `{"out_trade_no":"` + number + `","out_refund_no":"` + number + `01","pay_mch_key":{` + wantKey + `},` + client + `}`},
		{bound, "micro_pay", `{"pay_content":{"out_trade_no":"` + number + `","author_code":"` + aliCode + `","total_fee":500,"fee_type":"CNY","body":"停车费",
			"alipay_pay_content_ext":{"discountable_amount":380,"undiscountable_amount":120}},"pay_mch_key":{"pay_platform":2,` + wantKey + `},"order_client":{` + inside + `,"staff_id":"0031","shop_id":"exit"}}`},
		{bound, "reverse", `{"out_trade_no":"` + number + `","pay_mch_key":{"pay_platform":2,` + wantKey + `},"order_client":{` + inside + `,"staff_id":"0007"}}`},
	} {
		got := maps.Clone(c.n.got[c.call])
		nonce := str(got, "nonce_str")
		if len(nonce) < 16 || len(nonce) > 32 || strings.Trim(nonce, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
			t.Errorf("%s has the nonce %q", c.call, nonce)
		}
		delete(got, "nonce_str")
		if want := wanted(c.want); !reflect.DeepEqual(got, want) {
			t.Errorf("%s asks\n%v, want\n%v", c.call, got, want)
		}
	}
}

// TestWhoGivesBack: a refund is asked for by the clerk of the config, or by the
// merchant's administrator.
func TestWhoGivesBack(t *testing.T) {
	t.Parallel()
	n := &network{}
	p := n.provider(t, func(o *Options) { o.Admin, o.StaffID, o.StaffName = true, "", "老王" })
	n.open(alipay, 2)
	if r := p.Refund(t.Context(), part); r.State != pay.Returned {
		t.Fatalf("%+v", r)
	}
	key := object(n.got["refund"], "pay_mch_key")
	if key["is_sub_mch_admin"] != true || key["authorization_name"] != "老王" || key["authorization_staff_id"] != nil || key["pay_platform"] != 2.0 {
		t.Errorf("asked for by %v", key)
	}
}

// TestNoNonceTwice: also what is asked again has a new one.
func TestNoNonceTwice(t *testing.T) {
	t.Parallel()
	n := &network{}
	p := n.provider(t)
	var seen []string
	for range 20 {
		p.Query(t.Context(), attempt)
		nonce := str(n.got["query_order"], "nonce_str")
		if slices.Contains(seen, nonce) {
			t.Fatalf("%s came twice", nonce)
		}
		seen = append(seen, nonce)
	}
}

// TestTextsFitTheirFields cuts what people have typed.
func TestTextsFitTheirFields(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, body, shop, staff string }{
		{"plain", "a", "a", "a", "a"},
		{"nothing", "", "付款", "", "0007"},
		{"blanks", " \t\r\n ", "付款", "", "0007"},
		{"broken UTF-8", "茶\xe8\x8c", "茶", "茶", "茶"},
		{"marks", `<a>&"\/`, `<a>&"\/`, `<a>&"\/`, `<a>&"\/`},
		{"long", strings.Repeat("车", 50), strings.Repeat("车", 42), strings.Repeat("车", 21), strings.Repeat("车", 21)},
	} {
		n := &network{}
		ch := charge
		ch.Title, ch.Lane, ch.Staff = c.text, c.text, c.text
		n.provider(t).Charge(t.Context(), ch)
		got := n.got["micro_pay"]
		client := object(got, "order_client")
		if body := str(object(got, "pay_content"), "body"); body != c.body || str(client, "shop_id") != c.shop || str(client, "staff_id") != c.staff {
			t.Errorf("%s: sent %q, %q, %q", c.name, body, str(client, "shop_id"), str(client, "staff_id"))
		}
	}
}

// TestDiscounts: what takes part in none is told to Alipay, which alone has the fields.
func TestDiscounts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		code      pay.Secret
		full      int64
		want, not any // discountable, undiscountable; nil: not told
	}{
		{aliCode, 0, nil, nil},
		{aliCode, 120, 380.0, 120.0},
		{aliCode, 500, nil, 500.0},
		{aliCode, 900, nil, 500.0}, // never more than all
		{aliCode, -1, nil, nil},
		{wxCode, 120, nil, nil},
	} {
		n := &network{}
		ch := charge
		ch.Code, ch.Full = c.code, money.Fen(c.full)
		n.provider(t).Charge(t.Context(), ch)
		ext := object(object(n.got["micro_pay"], "pay_content"), "alipay_pay_content_ext")
		if ext["discountable_amount"] != c.want || ext["undiscountable_amount"] != c.not {
			t.Errorf("%v of which %d without discount: told %v", c.code, c.full, ext)
		}
	}
}

// TestCodesOfNobody are not sent at all.
func TestCodesOfNobody(t *testing.T) {
	t.Parallel()
	for _, code := range []pay.Secret{"", "6212345678901234567", "0112345678901234567", "991234567890123456", "13456789012345678", "123456789012345678901", number} {
		n := &network{}
		ch := charge
		ch.Code = code
		if r := n.provider(t).Charge(t.Context(), ch); r.State != pay.NotSent || r.Code == "" || len(n.log) > 0 {
			t.Errorf("%q: %+v after %v", string(code), r, n.log)
		}
	}
}

// TestAPreparedChargeIsSentLater: to make a request sends nothing; calling what
// came back is Charge.
func TestAPreparedChargeIsSentLater(t *testing.T) {
	t.Parallel()
	n := &network{say: map[string]func(message) message{"micro_pay": func(message) message { return message{"status": 104, "description": "余额不足"} }}}
	p := n.provider(t)
	send := p.Prepare(charge)
	if len(n.log) > 0 {
		t.Fatalf("asked %v before it was let go", n.log)
	}
	if r := send(t.Context()); r.State != pay.Declined || r.Code != "104" || r.Message != "余额不足" {
		t.Errorf("answered %+v", r)
	}
	if got, want := n.calls(), []string{"micro_pay", "query_order"}; !slices.Equal(got, want) {
		t.Errorf("asked %v, want %v", got, want)
	}
}
