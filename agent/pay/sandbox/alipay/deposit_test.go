package alipay

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"tillgate/agent/pay/sandbox"
)

// The methods of deposits, as the tests name them.
const (
	freezes   = "fund.auth.order.freeze"
	vouchers  = "fund.auth.order.voucher.create"
	unfreezes = "fund.auth.order.unfreeze"
	details   = "fund.auth.operation.detail.query"
	cancels   = "fund.auth.operation.cancel"
)

// with is a request's content with some fields otherwise; nil takes one out.
func with(biz map[string]any, fields ...any) map[string]any {
	out := maps.Clone(biz)
	for i := 0; i < len(fields); i += 2 {
		if out[fields[i].(string)] = fields[i+1]; fields[i+1] == nil {
			delete(out, fields[i].(string))
		}
	}
	return out
}

func deposit1(code string) map[string]any {
	return map[string]any{"auth_code": code, "auth_code_type": "bar_code", "out_order_no": orderNo, "out_request_no": orderNo, "order_title": "押金 801", "amount": "300.00", "product_code": "PRE_AUTH"}
}

// looks asks for an operation of the deposit: FREEZE, UNFREEZE or PAY.
func looks(kind, request string) map[string]any {
	return map[string]any{"out_order_no": orderNo, "out_request_no": request, "operation_type": kind}
}

// guest freezes 300.00 of a payer, and answers what is said.
func (b *box) guest(m Merchant, customer string) map[string]any {
	b.t.Helper()
	return b.ask(m, freezes, deposit1(b.s.NewWalletCode(sandbox.Alipay, sandbox.Do(customer))))
}

// capture is a trade out of the deposit that a freeze has told of.
func capture(frozen map[string]any, number, sum, mode string) map[string]any {
	return map[string]any{"out_trade_no": number, "auth_no": frozen["auth_no"], "total_amount": sum, "subject": "房费", "product_code": "PRE_AUTH", "seller_id": direct.Seller,
		"buyer_open_id": frozen["payer_open_id"], "auth_confirm_mode": mode}
}

func release(frozen map[string]any, number, sum string) map[string]any {
	return map[string]any{"auth_no": frozen["auth_no"], "out_request_no": number, "amount": sum, "remark": "退房"}
}

func has(t *testing.T, what string, out map[string]any, fields ...string) {
	t.Helper()
	for _, pair := range fields {
		if name, value, _ := strings.Cut(pair, "="); fmt.Sprint(out[name]) != value {
			t.Errorf("%s: %s is %v, want %s: %v", what, name, out[name], value, out)
		}
	}
}

// TestAGuest stays, pays a part of his deposit and more, and gets the rest back.
func TestAGuest(t *testing.T) {
	t.Parallel()
	b := newBox(t, 0)
	f := b.guest(direct, sandbox.Pays)
	want(t, "freeze", f, "10000")
	has(t, "freeze", f, "status=SUCCESS", "amount=300.00", "out_order_no="+orderNo, "out_request_no="+orderNo, "fund_amount=300.00", "gmt_trans=2026-11-25 09:00:00")
	out := b.ask(direct, details, looks("FREEZE", orderNo))
	has(t, "detail", out, "status=SUCCESS", "order_status=AUTHORIZED", "rest_amount=300.00", "total_freeze_amount=300.00", "total_pay_amount=0.00", "amount=300.00")

	out = b.ask(direct, "pay", capture(f, "c1", "88.50", "NOT_COMPLETE"))
	want(t, "capture", out, "10000")
	has(t, "capture", out, "total_amount=88.50", "out_trade_no=c1", "seller_id="+direct.Seller)
	want(t, "the same again", b.ask(direct, "pay", capture(f, "c1", "88.50", "NOT_COMPLETE")), "10000")
	want(t, "another amount", b.ask(direct, "pay", capture(f, "c1", "88.51", "NOT_COMPLETE")), "40004 ACQ.CONTEXT_INCONSISTENT")
	want(t, "too much", b.ask(direct, "pay", capture(f, "c2", "211.51", "COMPLETE")), "40004 ACQ.AUTH_AMOUNT_NOT_ENOUGH")
	has(t, "trade", b.ask(direct, "query", map[string]any{"out_trade_no": "c1"}), "trade_status=TRADE_SUCCESS", "total_amount=88.50")

	out = b.ask(direct, unfreezes, release(f, "r1", "50.00"))
	want(t, "release", out, "10000")
	has(t, "release", out, "status=SUCCESS", "amount=50.00", "out_request_no=r1")
	want(t, "the same again", b.ask(direct, unfreezes, release(f, "r1", "50.00")), "10000")
	want(t, "another amount", b.ask(direct, unfreezes, release(f, "r1", "51.00")), "40004 UNIQUE_VIOLATION")
	want(t, "too much", b.ask(direct, unfreezes, release(f, "r2", "161.51")), "40004 REQUEST_AMOUNT_EXCEED")
	want(t, "cancel", b.ask(direct, cancels, with(looks("", orderNo), "operation_type", nil, "remark", "不明")), "40004 REQUEST_AMOUNT_EXCEED")

	has(t, "detail of r1", b.ask(direct, details, looks("UNFREEZE", "r1")), "status=SUCCESS", "amount=50.00", "rest_amount=161.50", "total_pay_amount=88.50")
	want(t, "the last", b.ask(direct, "pay", capture(f, "c2", "61.50", "COMPLETE")), "10000")
	has(t, "detail of c2", b.ask(direct, details, looks("PAY", "c2")), "status=SUCCESS", "amount=61.50", "rest_amount=0.00", "total_pay_amount=150.00", "order_status=FINISH")
	want(t, "one more", b.ask(direct, "pay", capture(f, "c3", "0.01", "COMPLETE")), "40004 ACQ.AUTH_ORDER_HAS_FINISHED")
	want(t, "one more", b.ask(direct, unfreezes, release(f, "r3", "0.01")), "40004 ILLEGAL_STATUS")

	want(t, "cancel of a capture", b.ask(direct, "cancel", map[string]any{"out_trade_no": "c1"}), "40004 ACQ.CANCEL_NOT_ALLOWED")
	out = b.ask(direct, "refund", map[string]any{"out_trade_no": "c1", "refund_amount": "8.50", "out_request_no": "c101"})
	want(t, "refund", out, "10000")
	has(t, "refund", out, "fund_change=Y")
	if sum, net := b.s.Totals(orderNo), b.s.Net(orderNo); sum != (sandbox.Totals{Held: 30000, Captured: 15000, Released: 15000}) || net != 14150 {
		t.Errorf("%+v, and he is without %v", sum, net)
	}
}

// TestWhatBecomesOfADeposit without anybody who captures of it.
func TestWhatBecomesOfADeposit(t *testing.T) {
	t.Parallel()
	undo := with(looks("", orderNo), "operation_type", nil, "remark", "不明")
	for _, c := range []struct {
		customer string
		freeze   string // its code
		status   string // of the operation, and of the order
		wait     time.Duration
		then     string
		cancel   string // its code and its action
		end      string
	}{
		{sandbox.Pays, "10000", "SUCCESS AUTHORIZED", 0, "SUCCESS AUTHORIZED", "10000 unfreeze", "SUCCESS CLOSED"},
		{"password:8s", "10003", "INIT INIT", 8 * time.Second, "SUCCESS AUTHORIZED", "10000 unfreeze", "SUCCESS CLOSED"},
		{"password:8s", "10003", "INIT INIT", 0, "INIT INIT", "10000 close", "CLOSED CLOSED"},
		{"password-never:8s", "10003", "INIT INIT", 15 * time.Minute, "CLOSED CLOSED", "10000 close", "CLOSED CLOSED"},
		{sandbox.NoMoney, "40004 MONEY_NOT_ENOUGH", "INIT INIT", 0, "INIT INIT", "10000 close", "CLOSED CLOSED"},
		{sandbox.Race, "10003", "INIT INIT", 0, "INIT INIT", "10000 unfreeze", "SUCCESS CLOSED"},
		{sandbox.Pays, "10000", "SUCCESS AUTHORIZED", 25 * time.Hour, "SUCCESS AUTHORIZED", "40004 CANCEL_OPERATION_TIME_OUT ", "SUCCESS AUTHORIZED"},
		{"undo-again:1", "10000", "SUCCESS AUTHORIZED", 0, "SUCCESS AUTHORIZED", "40004 SYSTEM_ERROR ", "SUCCESS AUTHORIZED"},
		{"undo-lies:1", "10000", "SUCCESS AUTHORIZED", 0, "SUCCESS AUTHORIZED", "10000 unfreeze", "SUCCESS AUTHORIZED"},
	} {
		b := newBox(t, 0)
		look := func(want string) {
			t.Helper()
			if out := b.ask(direct, details, looks("FREEZE", orderNo)); fmt.Sprint(out["status"], " ", out["order_status"]) != want {
				t.Errorf("%+v: %v, want %s", c, out, want)
			}
		}
		want(t, c.customer, b.guest(direct, c.customer), c.freeze)
		look(c.status)
		b.now = b.now.Add(c.wait)
		look(c.then)
		code, action := c.cancel[:strings.LastIndex(c.cancel, " ")], c.cancel[strings.LastIndex(c.cancel, " ")+1:]
		out := b.ask(direct, cancels, undo)
		if want(t, "cancel", out, code); action != "" && out["action"] != action {
			t.Errorf("%s: %v", c.customer, out)
		}
		look(c.end)
		if sum := b.s.Totals(orderNo); b.s.Net(orderNo) != 0 || sum.Held != sum.Released+sum.Left {
			t.Errorf("%+v: %+v", c, sum)
		}
	}
}

// TestAContractEnds a deposit by itself.
func TestAContractEnds(t *testing.T) {
	t.Parallel()
	b := newBox(t, 0)
	f := b.guest(lasting, sandbox.Pays)
	want(t, "capture", b.ask(lasting, "pay", with(capture(f, "c1", "100.00", "NOT_COMPLETE"), "seller_id", lasting.Seller, "buyer_open_id", nil, "buyer_id", f["payer_user_id"])), "10000")
	b.now = b.now.Add(lasting.DepositLasts)
	has(t, "detail", b.ask(lasting, details, looks("FREEZE", orderNo)), "status=SUCCESS", "order_status=CLOSED", "rest_amount=0.00", "total_pay_amount=100.00")
	want(t, "capture", b.ask(lasting, "pay", with(capture(f, "c2", "100.00", "COMPLETE"), "seller_id", lasting.Seller, "buyer_open_id", nil, "buyer_id", f["payer_user_id"])),
		"40004 ACQ.AUTH_ORDER_HAS_CLOSED")
	want(t, "release", b.ask(lasting, unfreezes, release(f, "r1", "1.00")), "40004 ILLEGAL_STATUS")
}

// TestADepositByQRCode is not there before somebody has scanned it.
func TestADepositByQRCode(t *testing.T) {
	t.Parallel()
	b := newBox(t, 0)
	in := with(deposit1(""), "auth_code", nil, "auth_code_type", nil, "pay_timeout", "5m")
	first := b.ask(direct, vouchers, in)
	want(t, "voucher", first, "10000")
	link, _ := first["code_value"].(string)
	has(t, "the same again", b.ask(direct, vouchers, in), "code_value="+link)
	want(t, "another amount", b.ask(direct, vouchers, with(in, "amount", "1.00")), "40004 UNIQUE_VIOLATION")
	want(t, "detail", b.ask(direct, details, looks("FREEZE", orderNo)), "40004 AUTH_ORDER_NOT_EXIST")
	want(t, "cancel", b.ask(direct, cancels, with(looks("", orderNo), "operation_type", nil, "remark", "x")), "40004 AUTH_ORDER_NOT_EXIST")
	if err := b.s.Scan(link, sandbox.Do("password:10s")); err != nil {
		t.Fatal(err)
	}
	has(t, "scanned", b.ask(direct, details, looks("FREEZE", orderNo)), "status=INIT", "order_status=INIT")
	b.now = b.now.Add(10 * time.Second)
	has(t, "paid", b.ask(direct, details, looks("FREEZE", orderNo)), "status=SUCCESS", "order_status=AUTHORIZED")
	want(t, "the same again", b.ask(direct, vouchers, in), "40004 FREEZE_ALREADY_SUCCESS")

	late := with(in, "out_order_no", "d2")
	link, _ = b.ask(direct, vouchers, late)["code_value"].(string)
	b.now = b.now.Add(5 * time.Minute)
	if err := b.s.Scan(link, sandbox.Do(sandbox.Pays)); err == nil {
		t.Error("it can be paid when its time is over")
	}
	want(t, "again, when its time is over", b.ask(direct, vouchers, late), "40004 ORDER_ALREADY_CLOSED")
}

// TestDepositsAreNoTrades: what is asked of the one with the methods of the other is not there.
func TestDepositsAreNoTrades(t *testing.T) {
	t.Parallel()
	b := newBox(t, 0)
	f := b.guest(direct, sandbox.Pays)
	want(t, "query", b.ask(direct, "query", named()), "40004 ACQ.TRADE_NOT_EXIST")
	want(t, "close", b.ask(direct, "close", named()), "40004 ACQ.TRADE_NOT_EXIST")
	want(t, "refund", b.ask(direct, "refund", with(named(), "refund_amount", "1.00", "out_request_no", "r")), "40004 ACQ.TRADE_NOT_EXIST")
	if out := b.ask(direct, "cancel", named()); out["action"] != nil || b.s.Totals(orderNo).Left != 30000 {
		t.Errorf("cancel: %v", out)
	}
	paid := b.ask(direct, "pay", with(order1(b.s.NewWalletCode(sandbox.Alipay, sandbox.Behaviour{})), "out_trade_no", "t1"))
	want(t, "pay", paid, "10000")
	want(t, "capture of a trade", b.ask(direct, "pay", with(capture(f, "c1", "1.00", "COMPLETE"), "auth_no", paid["trade_no"])), "40004 ACQ.AUTH_NO_ERROR")
	want(t, "detail of a trade", b.ask(direct, details, with(looks("FREEZE", "t1"), "out_order_no", "t1")), "40004 AUTH_ORDER_NOT_EXIST")
	want(t, "a sister's", b.ask(lasting, details, with(looks("FREEZE", orderNo), "out_order_no", nil, "auth_no", f["auth_no"])), "40004 AUTH_ORDER_NOT_EXIST")
	want(t, "a used number", b.ask(direct, freezes, deposit1(b.s.NewWalletCode(sandbox.Alipay, sandbox.Behaviour{}))), "40004 UNIQUE_VIOLATION")
	want(t, "an operation that is none", b.ask(direct, details, looks("UNFREEZE", "r9")), "40004 AUTH_OPERATION_NOT_EXIST")
	want(t, "cancel of another operation", b.ask(direct, cancels, map[string]any{"out_order_no": orderNo, "out_request_no": "x", "remark": "x"}), "40004 AUTH_OPERATION_NOT_EXIST")
	wait := with(deposit1(b.s.NewWalletCode(sandbox.Alipay, sandbox.Do("password:8s"))), "out_order_no", "d2")
	asked := b.ask(direct, freezes, wait)
	want(t, "capture of what is not paid", b.ask(direct, "pay", capture(asked, "c1", "1.00", "COMPLETE")), "40004 ACQ.AUTH_ORDER_NOT_PAID")
	want(t, "release of what is not paid", b.ask(direct, unfreezes, release(asked, "r1", "1.00")), "40004 ILLEGAL_STATUS")
}

// TestDepositFields takes one field after the other away from good requests, or spoils it.
func TestDepositFields(t *testing.T) {
	t.Parallel()
	b := newBox(t, 0)
	f := b.guest(direct, sandbox.Pays)
	code := func() string { return b.s.NewWalletCode(sandbox.Alipay, sandbox.Behaviour{}) }
	freeze := func(fields ...any) map[string]any {
		return with(deposit1(code()), append([]any{"out_order_no", "d2"}, fields...)...)
	}
	const illegal = "40004 ILLEGAL_ARGUMENT"
	for what, c := range map[string]struct {
		method string
		biz    map[string]any
		code   string
	}{
		"no product":         {freezes, freeze("product_code", nil), illegal},
		"no request":         {freezes, freeze("out_request_no", nil), illegal},
		"no title":           {freezes, freeze("order_title", ""), illegal},
		"no type of code":    {freezes, freeze("auth_code_type", nil), illegal},
		"three decimals":     {freezes, freeze("amount", "1.001"), illegal},
		"no amount":          {freezes, freeze("amount", "0.00"), illegal},
		"another's money":    {freezes, freeze("payee_user_id", "2088000000000009"), illegal},
		"no JSON":            {freezes, freeze("extra_param", "{"), illegal},
		"16 days":            {freezes, freeze("pay_timeout", "16d"), illegal},
		"a dash":             {freezes, freeze("out_order_no", "d-2"), illegal},
		"a stranger's code":  {freezes, freeze("auth_code", "280000000000000009"), "40004 PAYMENT_AUTH_CODE_INVALID"},
		"surprise":           {freezes, freeze("surprise", "1"), "40002 isv.invalid-parameter"},
		"a code in a QR":     {vouchers, freeze(), illegal},
		"no kind":            {details, looks("", orderNo), illegal},
		"no operation":       {details, with(looks("FREEZE", orderNo), "out_request_no", nil), illegal},
		"no remark":          {unfreezes, with(release(f, "r1", "1.00"), "remark", nil), illegal},
		"no such deposit":    {unfreezes, with(release(f, "r1", "1.00"), "auth_no", "2026112522001410000000000099"), "40004 AUTH_ORDER_NOT_EXIST"},
		"cancel, no remark":  {cancels, with(looks("", orderNo), "operation_type", nil), illegal},
		"no buyer":           {"pay", with(capture(f, "c1", "1.00", "COMPLETE"), "buyer_open_id", nil), "40004 ACQ.TRADE_BUYER_NOT_MATCH"},
		"another buyer":      {"pay", with(capture(f, "c1", "1.00", "COMPLETE"), "buyer_open_id", "074a1CcTG1LelxKe9999"), "40004 ACQ.TRADE_BUYER_NOT_MATCH"},
		"another field":      {"pay", with(capture(f, "c1", "1.00", "COMPLETE"), "buyer_open_id", nil, "buyer_id", f["payer_open_id"]), "40004 ACQ.TRADE_BUYER_NOT_MATCH"},
		"no seller":          {"pay", with(capture(f, "c1", "1.00", "COMPLETE"), "seller_id", nil), "40004 ACQ.INVALID_PARAMETER"},
		"a scene":            {"pay", with(capture(f, "c1", "1.00", "COMPLETE"), "scene", "bar_code"), "40004 ACQ.INVALID_PARAMETER"},
		"a mode of tomorrow": {"pay", capture(f, "c1", "1.00", "MAYBE"), "40004 ACQ.INVALID_PARAMETER"},
		"face to face":       {"pay", with(capture(f, "c1", "1.00", "COMPLETE"), "product_code", "FACE_TO_FACE_PAYMENT"), "40004 ACQ.PRE_AUTH_PROD_CODE_INCONSISTENT"},
		"no deposit":         {"pay", with(capture(f, "c1", "1.00", "COMPLETE"), "auth_no", nil), "40004 ACQ.INVALID_PARAMETER"},
		"a QR of a deposit":  {"precreate", with(order1(""), "auth_code", nil, "scene", nil, "auth_no", "1"), "40004 ACQ.INVALID_PARAMETER"},
	} {
		out, _, _ := b.send(b.form(direct, c.method, c.biz, nil))
		want(t, what, out, c.code)
	}
	want(t, "no contract", b.ask(bare, freezes, freeze()), "40004 ACCESS_FORBIDDEN")
	want(t, "no contract", b.ask(bare, "pay", with(capture(f, "c1", "1.00", "COMPLETE"), "seller_id", bare.Seller)), "40004 ACQ.ACCESS_FORBIDDEN")
	if sum := b.s.Totals(orderNo); sum.Left != 30000 {
		t.Errorf("%+v", sum)
	}
}

// TestDepositsGoWrong in the ways that only deposits have.
func TestDepositsGoWrong(t *testing.T) {
	t.Parallel()
	b := newBox(t, 0)
	f := b.guest(direct, sandbox.Pays)
	for i, c := range []struct {
		op     sandbox.Op
		how    string
		method string
		biz    map[string]any
		want   string // a field of the answer
	}{
		{sandbox.HoldQuery, sandbox.WrongAmount, details, looks("FREEZE", orderNo), "amount=9300.00"},
		{sandbox.HoldQuery, sandbox.WrongNumber, details, looks("FREEZE", orderNo), "out_order_no=9" + orderNo[1:len(orderNo)-1] + "x"},
		{sandbox.HoldQuery, sandbox.WrongTime, details, looks("FREEZE", orderNo), "gmt_trans=2026-11-25 08:00:00"},
		{sandbox.HoldQuery, sandbox.SystemErrorBefore, details, looks("FREEZE", orderNo), "sub_code=SYSTEM_ERROR"},
		{sandbox.Capture, "error:ACQ.AUTH_ORDER_HAS_CLOSED", "pay", capture(f, "c1", "1.00", "NOT_COMPLETE"), "sub_code=ACQ.AUTH_ORDER_HAS_CLOSED"},
		{sandbox.Capture, "late:5s", "pay", capture(f, "c1", "1.00", "NOT_COMPLETE"), "code=20000"},
		{sandbox.CaptureQuery, sandbox.SystemErrorBefore, "query", map[string]any{"out_trade_no": "c1"}, "sub_code=ACQ.SYSTEM_ERROR"},
		{sandbox.CaptureQuery, sandbox.WrongAmount, details, looks("PAY", "c1"), "total_freeze_amount=9300.00"},
		{sandbox.Capture, sandbox.WrongAmount, "pay", capture(f, "c2", "1.00", "NOT_COMPLETE"), "total_amount=1.01"},
		{sandbox.Release, "undo-again:1", unfreezes, release(f, "r1", "1.00"), "sub_code=SYSTEM_ERROR"},
		{sandbox.Release, sandbox.WrongAmount, unfreezes, release(f, "r1", "1.00"), "amount=1.01"},
		{sandbox.ReleaseQuery, "error:AUTH_OPERATION_NOT_EXIST", details, looks("UNFREEZE", "r1"), "sub_code=AUTH_OPERATION_NOT_EXIST"},
		{sandbox.HoldUndo, "error:CANCEL_OPERATION_TIME_OUT", cancels, with(looks("", orderNo), "operation_type", nil, "remark", "x"), "sub_code=CANCEL_OPERATION_TIME_OUT"},
	} {
		b.s.Next(c.op, sandbox.Do(c.how))
		has(t, fmt.Sprint(i, ", ", c.how), b.ask(direct, c.method, c.biz), c.want)
	}
	has(t, "on its way", b.ask(direct, "query", map[string]any{"out_trade_no": "c1"}), "trade_status=WAIT_BUYER_PAY")
	b.now = b.now.Add(5 * time.Second)
	has(t, "then", b.ask(direct, "query", map[string]any{"out_trade_no": "c1"}), "trade_status=TRADE_SUCCESS")
	if n := b.s.Seen(sandbox.HoldQuery, orderNo); n != 4 {
		t.Errorf("the deposit was asked for %d times", n)
	}
}
