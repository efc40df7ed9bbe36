package wechat

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tillgate/agent/pay/sandbox"
	"tillgate/store/money"
)

// code is the body that charges a payment code, with more in it; nil takes a field out.
func (m Merchant) code(number, code string, more map[string]any) string {
	f := map[string]any{"description": "停车费", "out_trade_no": number, "payer": map[string]any{"auth_code": code}, "amount": map[string]any{"total": 500, "currency": "CNY"},
		"scene_info": map[string]any{"device_id": "gate-7", "device_ip": "10.0.0.7", "store_info": map[string]any{"out_id": "exit"}}}
	if m.SubMchID == "" {
		f["appid"], f["mchid"] = m.AppID, m.MchID
	} else {
		f["sp_appid"], f["sp_mchid"], f["sub_appid"], f["sub_mchid"] = m.AppID, m.MchID, m.SubAppID, m.SubMchID
	}
	for name, value := range more {
		if f[name] = value; value == nil {
			delete(f, name)
		}
	}
	return text(f)
}

// pay charges a payment code through API v3.
func (b bench) pay(t *testing.T, m Merchant, number, code string, more map[string]any) string {
	t.Helper()
	word, _ := b.tell(t, call{method: "POST", path: base(m) + "/codepay", body: m.code(number, code, more), mchID: m.MchID})
	return word
}

// reversed undoes a charge of API v3.
func (b bench) reversed(t *testing.T, m Merchant, number string) string {
	t.Helper()
	f := map[string]any{"appid": m.AppID, "mchid": m.MchID}
	if m.SubMchID != "" {
		f = map[string]any{"sp_mchid": m.MchID, "sub_mchid": m.SubMchID, "sub_appid": m.SubAppID}
	}
	word, _ := b.tell(t, call{method: "POST", path: base(m) + "/out-trade-no/" + number + "/reverse", body: text(f), mchID: m.MchID})
	return word
}

// TestAPaymentCodesLifeInAPIv3 walks what payers and merchants do, over time.
func TestAPaymentCodesLifeInAPIv3(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		payer, steps string // asked:answered; "+1s" moves the clock
		net          money.Fen
	}{
		{sandbox.Pays, "pay:SUCCESS query:SUCCESS reverse:INVALID_REQUEST +15s reverse:200 query:REFUND reverse:200 refund:INVALID_REQUEST", 0},
		{sandbox.Pays, "pay:SUCCESS +168h reverse:200", 0},
		{sandbox.Pays, "pay:SUCCESS +169h reverse:INVALID_REQUEST refund:SUCCESS reverse:INVALID_REQUEST", 0},
		{sandbox.Pays, "pay:SUCCESS pay:ORDER_PAID other:ORDER_PAID close:INVALID_REQUEST", 500},
		{sandbox.Pays, "query:ORDER_NOT_EXIST reverse:ORDER_NOT_EXIST", 0},
		{"password:8s", "pay:USERPAYING +7s query:USERPAYING other:OUT_TRADE_NO_USED +1s query:SUCCESS", 500},
		{"password:40s", "pay:USERPAYING +15s reverse:200 +60s query:REVOKED pay:ORDER_CLOSED", 0},
		{"password-never:10s", "pay:USERPAYING +10s query:NOTPAY +5s reverse:200 query:REVOKED", 0},
		{"password-fails:8s", "pay:USERPAYING +8s query:PAYERROR +7s reverse:200 query:REVOKED", 0},
		{sandbox.NoMoney, "pay:NOT_ENOUGH query:PAYERROR pay:ORDER_CLOSED other:OUT_TRADE_NO_USED", 0},
		{"undo-again:1", "pay:SUCCESS +15s reverse:SYSTEM_ERROR query:SUCCESS reverse:200 query:REFUND", 0},
		{"undo-lies:1", "pay:SUCCESS +15s reverse:200 query:SUCCESS reverse:200 query:REFUND", 0},
		{"late:5s", "pay:SYSTEM_ERROR query:NOTPAY +5s query:SUCCESS", 500},
		{"lost-after", "pay:lost query:SUCCESS", 500},
		{"hidden:5s", "pay:lost query:ORDER_NOT_EXIST +5s query:SUCCESS", 500},
		{"rate-limit", "pay:FREQUENCY_LIMITED query:ORDER_NOT_EXIST", 0},
		{"error:RULE_LIMIT", "pay:RULE_LIMIT query:ORDER_NOT_EXIST", 0},
		{"wrong-amount", "pay:SUCCESS query:SUCCESS", 501},
		{"coupon", "pay:SUCCESS refund:SUCCESS query:REFUND", 0},
	} {
		for _, m := range []Merchant{direct, partly} {
			b := newBench3(t, sandbox.Options{})
			code := b.NewCode(sandbox.Do(c.payer))
			for _, step := range strings.Fields(c.steps) {
				what, want, _ := strings.Cut(step, ":")
				got := ""
				switch what {
				case "pay":
					got = strings.Replace(b.pay(t, m, number, code, nil), "USER_PAYING", "USERPAYING", 1)
				case "other":
					got = b.pay(t, m, number, code, map[string]any{"description": "别的"})
				case "query":
					got, _ = b.look(t, m, number)
				case "reverse":
					got = b.reversed(t, m, number)
				case "close":
					got = b.closed(t, m, number)
				case "refund":
					got = b.refund(t, m, number, number+"99", 500, 500)
				default:
					d, err := time.ParseDuration(step[1:])
					if err != nil {
						t.Fatal(err)
					}
					b.clock.move(d)
				}
				if got != want {
					t.Fatalf("%s: %s is answered with %s", c.payer, step, got)
				}
			}
			if net := b.Net(number); net != c.net {
				t.Errorf("%s: the payer is without %v, not %v", c.payer, net, c.net)
			}
		}
	}
}

// TestAPasswordIsAskedForInThreeShapes, all of them 202.
func TestAPasswordIsAskedForInThreeShapes(t *testing.T) {
	t.Parallel()
	b, seen := newBench3(t, sandbox.Options{}), map[string]bool{}
	for n := range 6 {
		own := fmt.Sprintf("shape-%d", n)
		w, lost := b.send(call{method: "POST", path: base(direct) + "/codepay", body: direct.code(own, b.NewCode(sandbox.Do(sandbox.Password)), nil), mchID: direct.MchID})
		if lost || w.Code != 202 || !b.verified(w) {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		seen[strings.ReplaceAll(w.Body.String(), own, "")] = true
	}
	all := fmt.Sprint(seen)
	if len(seen) != 3 || !strings.Contains(all, `"trade_state":"USERPAYING"`) || !strings.Contains(all, `"code":"USERPAYING"`) || !strings.Contains(all, `"code":"USER_PAYING"`) {
		t.Error(all)
	}
}

// TestCodesOfAPIv3 that cannot be charged.
func TestCodesOfAPIv3(t *testing.T) {
	t.Parallel()
	b := newBench3(t, sandbox.Options{})
	used, old := b.NewCode(sandbox.Behaviour{}), b.NewCode(sandbox.Behaviour{})
	if got := b.pay(t, direct, number, used, nil); got != "SUCCESS" {
		t.Fatal(got)
	}
	b.clock.move(time.Minute + time.Second)
	for i, c := range []struct{ code, want string }{
		{used, "AUTH_CODE_ERROR"}, {old, "AUTH_CODE_EXPIRED"}, {"100000000000000000", "AUTH_CODE_INVALID"},
		{b.NewWalletCode(sandbox.Alipay, sandbox.Behaviour{}), "AUTH_CODE_INVALID"}, {"hello", "AUTH_CODE_INVALID"},
	} {
		if got := b.pay(t, direct, fmt.Sprintf("number-%d", i), c.code, nil); got != c.want {
			t.Errorf("code %s: %s, want %s", c.code, got, c.want)
		}
	}
}

// TestWrongCodeOrdersAreRefused changes one field of a good one.
func TestWrongCodeOrdersAreRefused(t *testing.T) {
	t.Parallel()
	long := strings.Repeat
	scene := func(more map[string]any) map[string]any {
		f := map[string]any{"store_info": map[string]any{"out_id": "exit"}}
		for name, value := range more {
			f[name] = value
		}
		return f
	}
	for _, c := range []struct {
		field string
		value any
		want  string
	}{
		{"scene_info", nil, "PARAM_ERROR"},
		{"scene_info", map[string]any{"device_id": "gate-7"}, "PARAM_ERROR"},
		{"scene_info", scene(map[string]any{"store_info": map[string]any{}}), "PARAM_ERROR"},
		{"scene_info", scene(map[string]any{"store_info": map[string]any{"id": long("7", 33)}}), "PARAM_ERROR"},
		{"scene_info", scene(map[string]any{"device_ip": "gate"}), "PARAM_ERROR"},
		{"scene_info", scene(map[string]any{"device_id": long("7", 33)}), "PARAM_ERROR"},
		{"scene_info", scene(map[string]any{"payer_client_ip": "10.0.0.7"}), "PARAM_ERROR"},
		{"payer", nil, "PARAM_ERROR"},
		{"payer", map[string]any{"auth_code": ""}, "PARAM_ERROR"},
		{"payer", map[string]any{"auth_code": 134567890123456789}, "PARAM_ERROR"},
		{"payer", map[string]any{"openid": "o"}, "PARAM_ERROR"},
		{"description", nil, "PARAM_ERROR"},
		{"description", long("车", 43), "PARAM_ERROR"},
		{"out_trade_no", "12345", "PARAM_ERROR"},
		{"out_trade_no", long("8", 33), "PARAM_ERROR"},
		{"amount", map[string]any{"total": 0}, "PARAM_ERROR"},
		{"amount", map[string]any{"total": "500"}, "PARAM_ERROR"},
		{"amount", map[string]any{"total": 500, "currency": "USD"}, "PARAM_ERROR"},
		{"attach", long("a", 129), "PARAM_ERROR"},
		{"detail", map[string]any{"goods_detail": []any{map[string]any{"goods_name": "tea"}}}, "PARAM_ERROR"},
		{"detail", map[string]any{"goods_detail": []any{map[string]any{"merchant_goods_id": "1", "wechatpay_goods_id": "1", "quantity": 1, "unit_price": 1}}}, "PARAM_ERROR"},
		{"settle_info", map[string]any{"profit_sharing": "Y"}, "PARAM_ERROR"},
		{"notify_url", "https://pay.example.com/n", "PARAM_ERROR"},
		{"time_expire", "2026-11-25T09:32:00+08:00", "PARAM_ERROR"},
		{"limit_pay", "no_credit", "PARAM_ERROR"},
		{"auth_code", "134567890123456789", "PARAM_ERROR"},
		{"sp_appid", "wx0000000000000000", "APPID_MCHID_NOT_MATCH"},
		{"sub_appid", "wx0000000000000000", "APPID_MCHID_NOT_MATCH"},
		{"sp_mchid", "1999999999", "INVALID_REQUEST"},
		{"sub_mchid", "1900000999", "NO_AUTH"},
	} {
		b := newBench3(t, sandbox.Options{})
		if got := b.pay(t, partly, number, b.NewCode(sandbox.Behaviour{}), map[string]any{c.field: c.value}); got != c.want || len(b.Ledger()) > 0 {
			t.Errorf("%s %v: %s, want %s; %d in the books", c.field, c.value, got, c.want, len(b.Ledger()))
		}
	}
	for _, more := range []map[string]any{
		{"sp_appid": nil}, {"sub_appid": nil}, {"scene_info": scene(nil)}, {"scene_info": scene(map[string]any{"store_info": map[string]any{"id": "7"}})},
		{"settle_info": map[string]any{"profit_sharing": true}}, {"attach": "x"}, {"support_fapiao": true},
		{"detail": map[string]any{"cost_price": 500, "goods_detail": []any{map[string]any{"merchant_goods_id": "1", "quantity": 1, "unit_price": 500}}}},
	} {
		b := newBench3(t, sandbox.Options{})
		if got := b.pay(t, partly, number, b.NewCode(sandbox.Behaviour{}), more); got != "SUCCESS" {
			t.Errorf("with %v: %s", more, got)
		}
	}
	b := newBench3(t, sandbox.Options{})
	if got := b.pay(t, direct, number, b.NewCode(sandbox.Behaviour{}), map[string]any{"appid": nil}); got != "APPID_MCHID_NOT_MATCH" {
		t.Errorf("a direct merchant without an appid: %s", got)
	}
}

// TestEachFamilyReversesItsOwn charges, and what a reverse may name.
func TestEachFamilyReversesItsOwn(t *testing.T) {
	t.Parallel()
	b := newBench3(t, sandbox.Options{})
	const old, shown = "880100520001004210000189", "880100520001004210000197"
	b.charge(t, direct, old, b.NewCode(sandbox.Behaviour{}))
	b.pay(t, direct, number, b.NewCode(sandbox.Behaviour{}), nil)
	b.show(t, direct, shown, nil)
	b.clock.move(15 * time.Second)
	for what, got := range map[string]string{
		"INVALID_REQUEST v3 of v2":    b.reversed(t, direct, old) + " v3 of v2",
		"INVALID_REQUEST v2 of v3":    b.undo(t, direct, number) + " v2 of v3",
		"INVALID_REQUEST v3 of shown": b.reversed(t, direct, shown) + " v3 of shown",
		"SUCCESS v2 query":            b.query(t, direct, number) + " v2 query",
		"200 v3":                      b.reversed(t, direct, number) + " v3",
	} {
		if what != got {
			t.Errorf("got %s, want %s", got, what)
		}
	}
	for _, c := range []struct{ body, want string }{
		{`{"mchid":"1900000109"}`, "APPID_MCHID_NOT_MATCH"},
		{`{"appid":"wx0000000000000000","mchid":"1900000109"}`, "APPID_MCHID_NOT_MATCH"},
		{`{"appid":"wx8888888888888888"}`, "PARAM_ERROR"},
		{`{"appid":"wx8888888888888888","mchid":"1900000109","recall":"Y"}`, "PARAM_ERROR"},
		{`{"appid":"wx8888888888888888","mchid":"1900000109","sub_mchid":"1"}`, "PARAM_ERROR"},
		{``, "PARAM_ERROR"},
	} {
		if got, _ := b.tell(t, call{method: "POST", path: base(direct) + "/out-trade-no/" + old + "/reverse", body: c.body, mchID: direct.MchID}); got != c.want {
			t.Errorf("%s: %s, want %s", c.body, got, c.want)
		}
	}
}

// TestAnAmountIsScripted for whoever is asked for it, in both families, by code or by phone.
func TestAnAmountIsScripted(t *testing.T) {
	t.Parallel()
	b := newBench3(t, sandbox.Options{Amounts: map[money.Fen]sandbox.Behaviour{500: sandbox.Do(sandbox.NoMoney)}})
	if got := b.charge(t, direct, "number-1", b.NewCode(sandbox.Behaviour{})); got != "NOTENOUGH" {
		t.Error(got)
	}
	if got := b.pay(t, direct, "number-2", b.NewCode(sandbox.Behaviour{}), nil); got != "NOT_ENOUGH" {
		t.Error(got)
	}
	_, link := b.show(t, direct, "number-3", nil)
	if err := b.Scan(link, sandbox.Behaviour{}); err != nil || b.Net("number-3") != 0 {
		t.Errorf("%v, and the payer is without %v", err, b.Net("number-3"))
	}
	b.SetAmount(500, sandbox.Do(sandbox.LostAfter))
	if got := b.pay(t, direct, "number-4", b.NewCode(sandbox.Behaviour{}), nil); got != "lost" || b.Net("number-4") != 500 {
		t.Error(got)
	}
	if got := b.refund(t, direct, "number-4", "r", 500, 500); got != "SUCCESS" {
		t.Errorf("a refund is no charge: %s", got)
	}
}

// TestTheNetworksKeyChanges, and the new one is good.
func TestTheNetworksKeyChanges(t *testing.T) {
	t.Parallel()
	b := newBench3(t, sandbox.Options{})
	b.show(t, direct, number, nil)
	for n := range 3 {
		b.Next(sandbox.Query, sandbox.Do(sandbox.KeyRotated))
		if got, _ := b.look(t, direct, number); got != "NOTPAY" || len(b.Network.platforms) != n+2 {
			t.Errorf("%s, %d certificates", got, len(b.Network.platforms))
		}
	}
}
