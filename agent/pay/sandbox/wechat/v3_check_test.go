package wechat

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tillgate/agent/pay/sandbox"
	"tillgate/store/money"
)

// TestWrongOrdersAreRefused changes one field of a good order.
func TestWrongOrdersAreRefused(t *testing.T) {
	t.Parallel()
	long := strings.Repeat
	amount := func(total, currency any) map[string]any { return map[string]any{"total": total, "currency": currency} }
	scene := func(more map[string]any) map[string]any { return more }
	for _, c := range []struct {
		field string
		value any
		want  string
	}{
		{"description", nil, "PARAM_ERROR"},
		{"description", long("车", 43), "PARAM_ERROR"},
		{"description", "茶🍵", "PARAM_ERROR"},
		{"out_trade_no", nil, "PARAM_ERROR"},
		{"out_trade_no", "12345", "PARAM_ERROR"},
		{"out_trade_no", long("8", 33), "PARAM_ERROR"},
		{"out_trade_no", "8801 0052", "PARAM_ERROR"},
		{"notify_url", nil, "PARAM_ERROR"},
		{"notify_url", "http://pay.example.com", "PARAM_ERROR"},
		{"notify_url", "https://pay.example.com?a=1", "PARAM_ERROR"},
		{"notify_url", "https://" + long("a", 250), "PARAM_ERROR"},
		{"time_expire", "2026-11-25T01:32:00Z", "PARAM_ERROR"},
		{"time_expire", "2026-11-25T09:32:00.5+08:00", "PARAM_ERROR"},
		{"time_expire", "20261125093200", "PARAM_ERROR"},
		{"amount", nil, "PARAM_ERROR"},
		{"amount", amount(0, "CNY"), "PARAM_ERROR"},
		{"amount", amount("500", "CNY"), "PARAM_ERROR"},
		{"amount", amount(5.5, "CNY"), "PARAM_ERROR"},
		{"amount", amount(500, "USD"), "PARAM_ERROR"},
		{"amount", map[string]any{"total": 500, "cents": 1}, "PARAM_ERROR"},
		{"scene_info", scene(map[string]any{"device_id": "gate-7"}), "PARAM_ERROR"},
		{"scene_info", scene(map[string]any{"payer_client_ip": "127.0.0.1", "device_id": long("7", 33)}), "PARAM_ERROR"},
		{"scene_info", scene(map[string]any{"payer_client_ip": "127.0.0.1", "store_info": map[string]any{"id": ""}}), "PARAM_ERROR"},
		{"scene_info", scene(map[string]any{"payer_client_ip": "127.0.0.1", "lane": "x"}), "PARAM_ERROR"},
		{"no_such_field", 1, "PARAM_ERROR"},
		{"Attach", "x", "PARAM_ERROR"},
		{"attach", long("a", 129), "PARAM_ERROR"},
		{"goods_tag", []any{nil}, "PARAM_ERROR"},
		{"auth_code", "134567890123456789", "PARAM_ERROR"},
		{"sp_appid", "wx0000000000000000", "APPID_MCHID_NOT_MATCH"},
		{"sub_appid", "wx0000000000000000", "APPID_MCHID_NOT_MATCH"},
		{"appid", "wx7777777777777777", "APPID_MCHID_NOT_MATCH"},
		{"sp_mchid", "1999999999", "INVALID_REQUEST"},
		{"sp_mchid", nil, "PARAM_ERROR"},
		{"sub_mchid", nil, "PARAM_ERROR"},
		{"sub_mchid", "1900000999", "NO_AUTH"},
		{"mchid", "1900000200", "PARAM_ERROR"},
	} {
		b := newBench3(t, sandbox.Options{})
		if got, _ := b.show(t, partly, number, map[string]any{c.field: c.value}); got != c.want || len(b.Ledger()) > 0 {
			t.Errorf("%s %v: %s, want %s; %d in the books", c.field, c.value, got, c.want, len(b.Ledger()))
		}
	}
}

// TestGoodOrdersAreTaken is the other side: the strict checks refuse nothing good.
func TestGoodOrdersAreTaken(t *testing.T) {
	t.Parallel()
	for _, more := range []map[string]any{
		{}, {"time_expire": nil}, {"scene_info": nil}, {"attach": "x"}, {"sub_appid": nil}, {"description": `a & b <c> "d"`},
		{"amount": map[string]any{"total": 1}}, {"scene_info": map[string]any{"payer_client_ip": "2001:db8::7"}}, {"out_trade_no": "ABC_-|*"},
		{"settle_info": map[string]any{"profit_sharing": false}}, {"detail": map[string]any{"cost_price": 1}},
	} {
		b := newBench3(t, sandbox.Options{})
		if got, link := b.show(t, partly, number, more); got != "200" || !strings.HasPrefix(link, "weixin://wxpay/bizpayurl/up?pr=") {
			t.Errorf("with %v: %s %s", more, got, link)
		}
	}
}

func TestBodiesOfAPIv3AreChecked(t *testing.T) {
	t.Parallel()
	b := newBench3(t, sandbox.Options{})
	good := direct.order(b, number, nil)
	for name, body := range map[string]string{
		"nothing":             "",
		"XML":                 "<xml/>",
		"a list":              "[" + good + "]",
		"cut":                 good[:len(good)/2],
		"two":                 good + good,
		"a field twice":       strings.Replace(good, "{", `{"out_trade_no":"x",`, 1),
		"a null":              strings.Replace(good, "{", `{"attach":null,`, 1),
		"GBK":                 strings.Replace(good, "停车费", "\xcd\xa3\xb3\xb5", 1),
		"an escaped emoji":    strings.Replace(good, "停车费", `\ud83c\udf75`, 1),
		"a name in capitals":  strings.Replace(good, `"description"`, `"Description"`, 1),
		"a null deeper in it": strings.Replace(good, `"device_id":"gate-7"`, `"device_id":null`, 1),
	} {
		if got, _ := b.tell(t, call{method: "POST", path: "/v3/pay/transactions/native", body: body, mchID: direct.MchID}); got != "PARAM_ERROR" {
			t.Errorf("%s: %s", name, got)
		}
	}
	if len(b.Ledger()) > 0 {
		t.Error("something is in the books")
	}
}

// TestWrongCallsAreRefused has the other operations with something wrong about them.
func TestWrongCallsAreRefused(t *testing.T) {
	t.Parallel()
	refund := func(more string) string {
		return `{"out_trade_no":"` + number + `","out_refund_no":"` + number + `99","amount":{"refund":500,"total":500,"currency":"CNY"}` + more + `}`
	}
	paths := map[string]string{"look": "/v3/pay/transactions/out-trade-no/" + number, "close": "/v3/pay/transactions/out-trade-no/" + number + "/close", "refund": "/v3/refund/domestic/refunds"}
	for _, c := range []struct{ method, path, body, want string }{
		{"GET", paths["look"], "", "PARAM_ERROR"},
		{"GET", paths["look"] + "?mchid=1999999999", "", "INVALID_REQUEST"},
		{"GET", paths["look"] + "?mchid=1900000109&x=1", "", "PARAM_ERROR"},
		{"GET", paths["look"] + "?sp_mchid=1900000109&sub_mchid=1", "", "PARAM_ERROR"},
		{"POST", paths["close"], `{}`, "PARAM_ERROR"},
		{"POST", paths["close"], `{"mchid":"1900000109","appid":"wx8888888888888888"}`, "PARAM_ERROR"},
		{"POST", paths["close"], `{"mchid":"1900000109","x":1}`, "PARAM_ERROR"},
		{"POST", paths["refund"], refund(`,"x":1`), "PARAM_ERROR"},
		{"POST", paths["refund"], refund(`,"transaction_id":"1"`), "PARAM_ERROR"},
		{"POST", paths["refund"], refund(`,"sub_mchid":"1"`), "NO_AUTH"},
		{"POST", paths["refund"], refund(`,"reason":"` + strings.Repeat("a", 81) + `"`), "PARAM_ERROR"},
		{"POST", paths["refund"], strings.Replace(refund(""), `"refund":500`, `"refund":0`, 1), "PARAM_ERROR"},
		{"POST", paths["refund"], strings.Replace(refund(""), `99"`, `#"`, 1), "PARAM_ERROR"},
		{"POST", paths["refund"], strings.Replace(refund(""), `CNY`, ``, 1), "PARAM_ERROR"},
		{"POST", paths["refund"], strings.Replace(refund(""), `"total":500`, `"total":600`, 1), "INVALID_REQUEST"},
		{"POST", paths["refund"], strings.Replace(refund(""), `"refund":500`, `"refund":501`, 1), "INVALID_REQUEST"},
	} {
		b := newBench3(t, sandbox.Options{})
		_, link := b.show(t, direct, number, nil)
		if err := b.Scan(link, sandbox.Behaviour{}); err != nil {
			t.Fatal(err)
		}
		if got, _ := b.tell(t, call{method: c.method, path: c.path, body: c.body, mchID: direct.MchID}); got != c.want {
			t.Errorf("%s %s %s: %s, want %s", c.method, c.path, c.body, got, c.want)
		}
		if b.Net(number) != 500 {
			t.Errorf("%s %s %s: the payer is without %v", c.method, c.path, c.body, b.Net(number))
		}
	}
}

// TestOneRefundNumberIsOneRefund sends it again, the same and changed. Two of one
// payment are a minute apart, and all within a year.
func TestOneRefundNumberIsOneRefund(t *testing.T) {
	t.Parallel()
	b := newBench3(t, sandbox.Options{})
	_, link := b.show(t, direct, number, nil)
	if err := b.Scan(link, sandbox.Behaviour{}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		later  time.Duration
		refund string
		fen    int
		want   string
		net    int
	}{
		{0, "a-1", 100, "SUCCESS", 400}, {0, "a-1", 100, "SUCCESS", 400}, {0, "a-1", 200, "INVALID_REQUEST", 400},
		{59 * time.Second, "a-2", 300, "FREQUENCY_LIMITED", 400}, {time.Second, "a-2", 300, "SUCCESS", 100}, {time.Minute, "a-3", 101, "INVALID_REQUEST", 100},
		{364 * 24 * time.Hour, "a-4", 50, "SUCCESS", 50}, {24 * time.Hour, "a-5", 50, "INVALID_REQUEST", 50},
	} {
		b.clock.move(c.later)
		if got := b.refund(t, direct, number, c.refund, c.fen, 500); got != c.want || int(b.Net(number)) != c.net {
			t.Errorf("%s of %d: %s, and the payer is without %v", c.refund, c.fen, got, b.Net(number))
		}
	}
}

// TestARefundHasItsShareOfTheCoupon, and all of them have all of it.
func TestARefundHasItsShareOfTheCoupon(t *testing.T) {
	t.Parallel()
	o := sandbox.Order{Charged: 500, Coupon: 100}
	for i, sum := range []money.Fen{1, 299, 200} {
		o.Refunds = append(o.Refunds, sandbox.Return{Number: fmt.Sprint(i), Amount: sum}, sandbox.Return{Number: fmt.Sprint("back", i), Amount: 100, State: sandbox.CameBack})
	}
	for i, want := range []money.Fen{0, 60, 40} {
		if got := o.CouponOf(o.Refunds[2*i]); got != want {
			t.Errorf("refund %d has %v of the coupon, want %v", i, got, want)
		}
	}
}

// TestBothFamiliesShareTheBooks: numbers are unique over both, and each undoes its own.
func TestBothFamiliesShareTheBooks(t *testing.T) {
	t.Parallel()
	b := newBench3(t, sandbox.Options{})
	const other = "880100520001004210000189"
	b.show(t, direct, number, nil)
	if got := b.charge(t, direct, other, b.NewCode(sandbox.Behaviour{})); got != "SUCCESS" {
		t.Fatal(got)
	}
	look, _ := b.look(t, direct, other)
	show, _ := b.show(t, direct, other, nil)
	for what, got := range map[string]string{
		"NOTPAY orderquery":         b.query(t, direct, number) + " orderquery",
		"INVALID_REQUEST reverse":   b.undo(t, direct, number) + " reverse",
		"OUT_TRADE_NO_USED charge":  b.charge(t, direct, number, b.NewCode(sandbox.Behaviour{})) + " charge",
		"SUCCESS look":              look + " look",
		"INVALID_REQUEST close":     b.closed(t, direct, other) + " close",
		"ORDERPAID show":            show + " show",
		"INVALID_REQUEST overdrawn": b.refund(t, direct, other, other+"99", 501, 500) + " overdrawn",
		"SUCCESS refund":            b.refund(t, direct, other, other+"98", 500, 500) + " refund",
	} {
		if what != got {
			t.Errorf("got %s, want %s", got, what)
		}
	}
}
