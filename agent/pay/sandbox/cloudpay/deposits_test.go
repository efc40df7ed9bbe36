package cloudpay

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"tillgate/agent/pay/sandbox"
)

const freezeNo = "010000520001346560000021"

// merge is a content with some of its parts' fields otherwise; nil takes one out.
func merge(part map[string]any, fields ...any) map[string]any {
	out := maps.Clone(part)
	for i := 0; i < len(fields); i += 2 {
		if out[fields[i].(string)] = fields[i+1]; fields[i+1] == nil {
			delete(out, fields[i].(string))
		}
	}
	return out
}

// request is what all requests have beside their content.
func request(platform int, name string, content map[string]any) map[string]any {
	return map[string]any{name: content, "pay_mch_key": merge(key(platform), "is_sub_mch_admin", false, "authorization_staff_id", "1001"), "order_client": device(), "nonce_str": "n1"}
}

// guest freezes 300.00 of a payer.
func (b *box) guest(platform int, customer string) map[string]any {
	b.t.Helper()
	code := b.s.NewWalletCode(platforms[platform], sandbox.Do(customer))
	out, _ := b.ask("micro_freeze", request(platform, "freeze_content", map[string]any{"out_freeze_no": freezeNo, "author_code": code, "freeze_fee": 30000, "fee_type": "CNY", "body": "押金 801"}))
	return out
}

func (b *box) consume(number string, sum int, last bool) map[string]any {
	b.t.Helper()
	out, _ := b.ask("deposit_consume", request(1, "pay_content", map[string]any{"out_trade_no": "01000052" + number, "total_fee": sum, "fee_type": "CNY", "body": "房费",
		"out_freeze_no": freezeNo, "is_confirm_unfreeze": last}))
	return out
}

func (b *box) release(platform int, number string, sum int) map[string]any {
	b.t.Helper()
	out, _ := b.ask("unfreeze", request(platform, "unfreeze_content", map[string]any{"out_freeze_no": freezeNo, "out_unfreeze_no": "01000052" + number, "unfreeze_fee": sum, "remark": "退房"}))
	return out
}

// inside are the fields of a result's content, with its platform's own among
// them; of an array, of the only one.
func inside(t *testing.T, out map[string]any, name, content string) map[string]any {
	t.Helper()
	result, _ := out[name].(map[string]any)
	part, ok := result[content].(map[string]any)
	if all, many := result[content].([]any); many && len(all) == 1 {
		part, ok = all[0].(map[string]any)
	}
	if !ok {
		t.Fatalf("no %s in %v", content, out)
	}
	flat := maps.Clone(part)
	for _, ext := range part {
		if fields, ok := ext.(map[string]any); ok {
			maps.Copy(flat, fields)
		}
	}
	return flat
}

// deposit is what a query tells of it.
func (b *box) deposit() map[string]any {
	b.t.Helper()
	out, _ := b.ask("query_freeze_order", map[string]any{"pay_mch_key": key(1), "order_client": device(), "out_freeze_no": freezeNo, "nonce_str": "n1"})
	return inside(b.t, out, "query_freeze_order", "freeze_order_content")
}

// has sees that a content has these fields: a name, its value, and so on.
func has(t *testing.T, what string, content map[string]any, want ...any) {
	t.Helper()
	for i := 0; i < len(want); i += 2 {
		got := content[want[i].(string)]
		if n, ok := got.(float64); ok {
			got = int64(n)
		}
		if fmt.Sprint(got) != fmt.Sprint(want[i+1]) {
			t.Errorf("%s: %s is %v, want %v: %v", what, want[i], got, want[i+1], content)
		}
	}
}

// TestAGuestOfAlipay pays twice, gets a part back between, and the rest with the last.
func TestAGuestOfAlipay(t *testing.T) {
	t.Parallel()
	b := newBox(t, shop, 0)
	has(t, "freeze", inside(t, b.guest(2, "pays"), "micro_freeze", "freeze_order_content"), "out_freeze_no", freezeNo, "freeze_fee", 30000, "current_trade_state", 2, "total_consume_fee", 0)
	has(t, "consume", inside(t, b.consume("c1", 8850, false), "deposit_consume", "order_content"), "total_fee", 8850, "current_trade_state", 2, "out_freeze_no", freezeNo,
		"freeze_fee", 30000, "is_deposit_mode", true, "is_confirm_unfreeze", false, "manual_unfreeze_fee", 0)
	wantStatus(t, "the same again", b.consume("c1", 8850, false), 0, 0)
	wantStatus(t, "another amount", b.consume("c1", 8851, false), 102, 0)
	wantStatus(t, "too much", b.consume("c2", 21151, true), 104, 0)
	has(t, "unfreeze", inside(t, b.release(2, "r1", 5000), "unfreeze", "unfreeze_order_content"), "unfreeze_fee", 5000, "current_trade_state", 2, "fund_amount", 5000)
	wantStatus(t, "the same again", b.release(2, "r1", 5000), 0, 0)
	wantStatus(t, "another amount", b.release(2, "r1", 5001), 102, 0)
	wantStatus(t, "too much", b.release(2, "r2", 16151), 104, 0)
	has(t, "query", b.deposit(), "current_trade_state", 2, "total_consume_fee", 8850, "total_manual_unfreeze_fee", 5000, "total_auto_unfreeze_fee", 0)
	has(t, "the last", inside(t, b.consume("c2", 6150, true), "deposit_consume", "order_content"), "is_confirm_unfreeze", true, "manual_unfreeze_fee", 10000)
	has(t, "query", b.deposit(), "current_trade_state", 3, "total_consume_fee", 15000, "total_manual_unfreeze_fee", 15000)
	wantStatus(t, "one more", b.consume("c3", 1, true), 104, 0)
	wantStatus(t, "one more", b.release(2, "r3", 1), 104, 0)
	out, _ := b.ask("query_unfreeze_order", map[string]any{"pay_mch_key": key(2), "order_client": device(), "out_freeze_no": freezeNo, "out_unfreeze_no": "01000052r1", "nonce_str": "n1"})
	has(t, "query of r1", inside(t, out, "query_unfreeze_order", "unfreeze_order_content"), "unfreeze_fee", 5000, "current_trade_state", 2)
	out, _ = b.ask("query_unfreeze_order", map[string]any{"pay_mch_key": key(2), "order_client": device(), "out_freeze_no": freezeNo, "out_unfreeze_no": "01000052r9", "nonce_str": "n1"})
	wantStatus(t, "query of r9", out, 102, 0)
	if b.s.Seen(sandbox.ReleaseQuery, "01000052r9") != 1 || b.s.Net(freezeNo) != 15000 {
		t.Error("it is not counted, or the payer is without something else")
	}
}

// TestAGuestOfWeChat pays once: the rest goes back with it.
func TestAGuestOfWeChat(t *testing.T) {
	t.Parallel()
	b := newBox(t, shop, 0)
	has(t, "freeze", inside(t, b.guest(1, "pays"), "micro_freeze", "freeze_order_content"), "current_trade_state", 2)
	wantStatus(t, "a part", b.release(1, "r1", 29999), 104, 0)
	wantStatus(t, "without the rest", b.consume("c1", 8850, false), 101, 2)
	has(t, "consume", inside(t, b.consume("c1", 8850, true), "deposit_consume", "order_content"), "current_trade_state", 14, "manual_unfreeze_fee", 21150)
	wantStatus(t, "twice", b.consume("c2", 1, true), 104, 0)
	wantStatus(t, "unfreeze", b.release(1, "r1", 21150), 104, 0)
	has(t, "query", b.deposit(), "current_trade_state", 5, "total_consume_fee", 8850, "total_manual_unfreeze_fee", 21150)
	in := request(1, "refund_content", map[string]any{"out_trade_no": "01000052c1", "out_refund_no": "01000052x1", "total_fee": 8850, "refund_fee": 50, "refund_fee_type": "CNY"})
	in["api_version"] = 2
	out, _ := b.ask("refund", in)
	wantStatus(t, "refund without the deposit", out, 101, 2)
	in["refund_content"] = merge(in["refund_content"].(map[string]any), "out_freeze_no", freezeNo)
	out, _ = b.ask("refund", in)
	has(t, "refund", inside(t, out, "refund", "refund_order_content"), "refund_fee", 50, "is_deposit_mode", true, "out_freeze_no", freezeNo, "freeze_fee", 30000)
	has(t, "query", b.deposit(), "total_refund_fee", 50, "total_consume_fee", 8850)
	if b.s.Net(freezeNo) != 8800 {
		t.Errorf("the payer is without %v", b.s.Net(freezeNo))
	}
}

// TestWhatBecomesOfADeposit without anybody who captures of it.
func TestWhatBecomesOfADeposit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		platform int
		customer string
		status   float64
		first    int
		wait     time.Duration
		then     int
		auto     int
	}{
		{1, "pays", 0, 2, 29 * 24 * time.Hour, 2, 0},
		{1, "pays", 0, 2, 30 * 24 * time.Hour, 5, 30000},
		{2, "pays", 0, 2, 30 * 24 * time.Hour, 3, 30000},
		{1, "password:8s", 0, 3, 8 * time.Second, 2, 0},
		{2, "password:8s", 0, 1, 8 * time.Second, 2, 0},
		{1, "password-never:8s", 0, 3, 8 * time.Second, 1, 0},
		{1, "no-money", 104, 6, time.Hour, 6, 0},
		{2, "no-money", 104, 3, time.Hour, 3, 0},
	} {
		b := newBox(t, shop, 0)
		wantStatus(t, c.customer, b.guest(c.platform, c.customer), c.status, 0)
		has(t, c.customer, b.deposit(), "current_trade_state", c.first)
		b.now = b.now.Add(c.wait)
		has(t, fmt.Sprintf("%+v", c), b.deposit(), "current_trade_state", c.then, "total_auto_unfreeze_fee", c.auto, "total_consume_fee", 0)
	}
}

// TestADepositByQRCode is Alipay's alone.
func TestADepositByQRCode(t *testing.T) {
	t.Parallel()
	b := newBox(t, shop, 0)
	content := map[string]any{"out_freeze_no": freezeNo, "freeze_fee": 30000, "fee_type": "CNY", "body": "押金", "time_expire": b.now.Add(time.Minute).Unix()}
	out, _ := b.ask("scancode_freeze", request(1, "freeze_content", content))
	wantStatus(t, "of WeChat", out, 101, 2)
	out, _ = b.ask("scancode_freeze", request(2, "freeze_content", content))
	result, _ := out["scan_code_freeze"].(map[string]any)
	link, _ := result["code_url"].(string)
	has(t, "not scanned", b.deposit(), "current_trade_state", 4, "trade_type", 2)
	if err := b.s.Scan(link, sandbox.Do("pays")); err != nil {
		t.Fatal(err)
	}
	has(t, "paid", b.deposit(), "current_trade_state", 2, "freeze_fee", 30000)
	out, _ = b.ask("scancode_freeze", request(2, "freeze_content", content))
	wantStatus(t, "again", out, 102, 0)
	late := merge(content, "out_freeze_no", "01000052d2")
	out, _ = b.ask("scancode_freeze", request(2, "freeze_content", late))
	wantStatus(t, "another", out, 0, 0)
	b.now = b.now.Add(time.Minute)
	out, _ = b.ask("scancode_freeze", request(2, "freeze_content", late))
	wantStatus(t, "its time is over", out, 101, 2)
}

// TestDepositFields spoils good requests, one field at a time.
func TestDepositFields(t *testing.T) {
	t.Parallel()
	b := newBox(t, shop, 0)
	b.guest(2, "pays")
	freeze := func(fields ...any) map[string]any {
		return request(2, "freeze_content", merge(map[string]any{"out_freeze_no": "01000052d2", "author_code": b.s.NewWalletCode(sandbox.Alipay, sandbox.Behaviour{}), "freeze_fee": 100,
			"fee_type": "CNY", "body": "押金"}, fields...))
	}
	consume := func(fields ...any) map[string]any {
		return request(2, "pay_content", merge(map[string]any{"out_trade_no": "01000052c1", "total_fee": 100, "fee_type": "CNY", "body": "房费", "out_freeze_no": freezeNo, "is_confirm_unfreeze": true}, fields...))
	}
	unfreeze := func(fields ...any) map[string]any {
		return request(2, "unfreeze_content", merge(map[string]any{"out_freeze_no": freezeNo, "out_unfreeze_no": "01000052r1", "unfreeze_fee": 100}, fields...))
	}
	noRight := unfreeze()
	noRight["pay_mch_key"] = merge(key(2), "is_sub_mch_admin", false, "authorization_staff_id", "1002")
	unsaid := unfreeze()
	unsaid["pay_mch_key"] = key(2)
	for what, c := range map[string]struct {
		name   string
		in     map[string]any
		status float64
	}{
		"a number of nobody":   {"micro_freeze", freeze("out_freeze_no", "d2"), 102},
		"another's code":       {"micro_freeze", freeze("author_code", b.s.NewCode(sandbox.Behaviour{})), 101},
		"a stranger's code":    {"micro_freeze", freeze("author_code", "280000000000000009"), 104},
		"no amount":            {"micro_freeze", freeze("freeze_fee", 0), 101},
		"no currency":          {"micro_freeze", freeze("fee_type", nil), 101},
		"no body":              {"micro_freeze", freeze("body", nil), 101},
		"an end":               {"micro_freeze", freeze("time_expire", 1), 101},
		"another's extension":  {"micro_freeze", freeze("wxpay_freeze_content_ext", map[string]any{"attach": "x"}), 101},
		"the number again":     {"micro_freeze", freeze("out_freeze_no", freezeNo), 102},
		"a surprise":           {"micro_freeze", freeze("surprise", 1), 101},
		"a code in a QR":       {"scancode_freeze", freeze(), 101},
		"whether it is all":    {"deposit_consume", consume("is_confirm_unfreeze", nil), 101},
		"no such deposit":      {"deposit_consume", consume("out_freeze_no", "01000052d9"), 102},
		"consume, no body":     {"deposit_consume", consume("body", ""), 101},
		"consume, no currency": {"deposit_consume", consume("fee_type", "USD"), 101},
		"consume nothing":      {"deposit_consume", consume("total_fee", 0), 101},
		"consume a code":       {"deposit_consume", consume("author_code", "28"), 101},
		"consume, its number":  {"deposit_consume", consume("out_trade_no", "c1"), 102},
		"unfreeze nothing":     {"unfreeze", unfreeze("unfreeze_fee", 0), 101},
		"unfreeze, its number": {"unfreeze", unfreeze("out_unfreeze_no", "r1"), 102},
		"unfreeze no deposit":  {"unfreeze", unfreeze("out_freeze_no", "01000052d9"), 102},
		"no right":             {"unfreeze", noRight, 104},
		"nobody asks":          {"unfreeze", unsaid, 101},
	} {
		if out, _ := b.ask(c.name, c.in); out["status"] != c.status {
			t.Errorf("%s: %v, want %v", what, out, c.status)
		}
	}
	wantStatus(t, "a deposit is no order", b.named("query_order"), 102, 0)
	wantStatus(t, "and is not reversed", b.named("reverse"), 102, 0)
	if sum := b.s.Totals(freezeNo); sum.Left != 30000 {
		t.Errorf("%+v", sum)
	}
}

// named asks for the deposit as for an order.
func (b *box) named(name string) map[string]any {
	b.t.Helper()
	out, _ := b.ask(name, map[string]any{"pay_mch_key": key(1), "order_client": device(), "out_trade_no": freezeNo, "nonce_str": "n1"})
	return out
}

// TestDepositsGoWrong in the ways that only deposits have.
func TestDepositsGoWrong(t *testing.T) {
	t.Parallel()
	b := newBox(t, shop, 0)
	b.guest(2, "pays")
	for how, want := range map[string][]any{
		"wrong-amount": {"freeze_fee", 300000}, "wrong-number": {"out_freeze_no", freezeNo[:len(freezeNo)-1] + "x"}, "wrong-time": {"time_end", b.now.Unix() - 3600},
	} {
		b.s.Next(sandbox.HoldQuery, sandbox.Do(how))
		has(t, how, b.deposit(), want...)
	}
	b.s.Next(sandbox.Capture, sandbox.Do("late:5s"))
	wantStatus(t, "late", b.consume("c1", 100, false), 103, 0)
	b.s.Next(sandbox.CaptureQuery, sandbox.Do("error:104"))
	out, _ := b.ask("query_order", map[string]any{"pay_mch_key": key(1), "order_client": device(), "out_trade_no": "01000052c1", "nonce_str": "n1"})
	wantStatus(t, "a query of a consumption", out, 104, 0)
	has(t, "on its way", b.deposit(), "total_consume_fee", 0)
	b.now = b.now.Add(5 * time.Second)
	has(t, "later", b.deposit(), "total_consume_fee", 100)
	b.s.Next(sandbox.Release, sandbox.Do("undo-again:1"))
	wantStatus(t, "again", b.release(2, "r1", 100), 103, 0)
	b.s.Next(sandbox.Release, sandbox.Do("late:5s"))
	wantStatus(t, "late", b.release(2, "r1", 100), 103, 0)
	has(t, "taken on", inside(t, b.release(2, "r1", 100), "unfreeze", "unfreeze_order_content"), "current_trade_state", 1)
}
