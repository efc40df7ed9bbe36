package wechat

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tillgate/agent/pay/sandbox"
)

// deposit asks something of the deposit family; a field that is "absent" stays away.
func (b bench) deposit(t *testing.T, path string, m Merchant, more fields) fields {
	t.Helper()
	f := m.request(sandbox.Query, number, "")
	switch path {
	case "micropay":
		maps.Copy(f, fields{"deposit": "Y", "body": "押金 801", "total_fee": "30000", "fee_type": "CNY", "spbill_create_ip": "127.0.0.1", "device_info": "desk-1"})
	case "consume":
		maps.Copy(f, fields{"total_fee": "30000", "fee_type": "CNY"})
	case "refund":
		maps.Copy(f, fields{"total_fee": "30000", "out_trade_no": "absent"})
	case "refundquery":
		f["out_trade_no"] = "absent"
	}
	maps.Copy(f, more)
	maps.DeleteFunc(f, func(_, value string) bool { return value == "absent" })
	f["sign"] = f.sign(f["sign_type"] == "HMAC-SHA256", string(m.Key))
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodPost, "/deposit/"+path, bytes.NewReader(f.encode()))
	r.TLS = &tls.ConnectionState{VerifiedChains: [][]*x509.Certificate{{}}}
	b.Handler().ServeHTTP(w, r)
	answer, err := readMessage(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	if answer["return_code"] == "SUCCESS" && answer["sign"] != answer.sign(f["sign_type"] == "HMAC-SHA256", string(m.Key)) {
		t.Errorf("%s was answered with a bad signature", path)
	}
	return answer
}

// guest leaves 300.00 and answers what is said; his code is good for once.
func (b bench) guest(t *testing.T, m Merchant, customer string) fields {
	t.Helper()
	return b.deposit(t, "micropay", m, fields{"auth_code": b.NewCode(sandbox.Do(customer))})
}

// wantFields sees that an answer has fields, written name=value.
func wantFields(t *testing.T, what string, f fields, want ...string) {
	t.Helper()
	for _, pair := range want {
		if name, value, _ := strings.Cut(pair, "="); f[name] != value {
			t.Errorf("%s: %s is %q, want %q: %v", what, name, f[name], value, f)
		}
	}
}

// TestAGuest leaves a deposit of which a part is consumed; the rest goes back at
// once, and a part of what was consumed, later.
func TestAGuest(t *testing.T) {
	t.Parallel()
	for _, m := range []Merchant{direct, partly} {
		b := newBench(sandbox.Options{RefundTakes: time.Minute})
		f := b.guest(t, m, sandbox.Pays)
		wantFields(t, "micropay", f, "result_code=SUCCESS", "err_code=SUCCESS", "total_fee=30000", "out_trade_no="+number, "trade_type=MICROPAY", "time_end=20261125093000")
		id := f["transaction_id"]
		f = b.deposit(t, "orderquery", m, fields{"out_trade_no": "absent", "transaction_id": id})
		wantFields(t, "orderquery", f, "err_code=SUCCESS", "trade_state=SUCCESS", "total_fee=30000", "consume_fee=", "device_info=desk-1")
		wantFields(t, "refund of what is held", b.deposit(t, "refund", m, fields{"transaction_id": id, "out_refund_no": "x1", "refund_fee": "1"}), "err_code=INVALID_REQUEST")
		wantFields(t, "too much", b.deposit(t, "consume", m, fields{"consume_fee": "30001"}), "err_code=INVALID_REQUEST")
		wantFields(t, "another total", b.deposit(t, "consume", m, fields{"consume_fee": "1", "total_fee": "29999"}), "err_code=INVALID_REQUEST")

		f = b.deposit(t, "consume", m, fields{"consume_fee": "8850", "out_trade_no": "absent", "transaction_id": id})
		wantFields(t, "consume", f, "err_code=SUCCESS", "transaction_id="+id, "out_trade_no="+number, "total_fee=30000", "consume_fee=8850", "fee_type=CNY")
		wantFields(t, "twice", b.deposit(t, "consume", m, fields{"consume_fee": "8850"}), "err_code=TRADE_ERROR")
		wantFields(t, "orderquery", b.deposit(t, "orderquery", m, nil), "trade_state=REFUND", "consume_fee=8850", "total_fee=30000")
		b.clock.move(time.Minute)
		wantFields(t, "reverse", b.deposit(t, "reverse", m, nil), "err_code=TRADE_ERROR")

		back := fields{"transaction_id": id, "out_refund_no": "x1", "refund_fee": "50"}
		wantFields(t, "refund", b.deposit(t, "refund", m, back), "err_code=SUCCESS", "refund_fee=50", "out_refund_no=x1", "total_fee=30000")
		wantFields(t, "the same again", b.deposit(t, "refund", m, back), "err_code=SUCCESS")
		wantFields(t, "another amount", b.deposit(t, "refund", m, fields{"transaction_id": id, "out_refund_no": "x1", "refund_fee": "51"}), "err_code=REFUND_FEE_MISMATCH")
		wantFields(t, "more than was consumed", b.deposit(t, "refund", m, fields{"transaction_id": id, "out_refund_no": "x2", "refund_fee": "8801"}), "err_code=INVALID_REQUEST")
		f = b.deposit(t, "refundquery", m, fields{"out_refund_no": "x1"})
		wantFields(t, "refundquery", f, "err_code=SUCCESS", "refund_status=PROCESSING", "refund_fee=50", "settlement_total_fee=8850", "refund_status_0=", "out_trade_no=")
		b.clock.move(time.Minute)
		wantFields(t, "refundquery", b.deposit(t, "refundquery", m, fields{"refund_id": f["refund_id"]}), "refund_status=SUCCESS", "out_refund_no=x1", "refund_success_time=2026-11-25 09:32:00")
		wantFields(t, "of nobody", b.deposit(t, "refundquery", m, fields{"out_refund_no": "x9"}), "err_code=REFUNDNOTEXIST")
		if sum, net := b.Totals(number), b.Net(number); sum != (sandbox.Totals{Held: 30000, Captured: 8850, Released: 21150}) || net != 8800 {
			t.Errorf("%+v, and he is without %v", sum, net)
		}
		if b.Seen(sandbox.Capture, number) != 4 || b.Seen(sandbox.HoldQuery, number) != 2 || b.Seen(sandbox.Refund, "x1") != 4 {
			t.Error("it is not counted by its numbers")
		}
	}
}

// TestWhatBecomesOfADeposit without anybody who consumes of it.
func TestWhatBecomesOfADeposit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		customer  string
		says      string // micropay
		wait      time.Duration
		state     string // then
		back      string // the answer to a reverse
		end       string
		heldStill string // in the end
	}{
		{sandbox.Pays, "SUCCESS", 14 * time.Second, "SUCCESS", "USERPAYING", "SUCCESS", "300.00"},
		{sandbox.Pays, "SUCCESS", 15 * time.Second, "SUCCESS", "N", "REFUND", "0.00"},
		{sandbox.Pays, "SUCCESS", 29 * 24 * time.Hour, "SUCCESS", "N", "REFUND", "0.00"},
		{sandbox.Pays, "SUCCESS", 30 * 24 * time.Hour, "REFUND", "TRADE_ERROR", "REFUND", "0.00"},
		{"password:20s", "USERPAYING", 15 * time.Second, "USERPAYING", "N", "REVOKED", "0.00"},
		{"password:8s", "USERPAYING", 15 * time.Second, "SUCCESS", "N", "REFUND", "0.00"},
		{"password-never:8s", "USERPAYING", 15 * time.Second, "NOTPAY", "N", "REVOKED", "0.00"},
		{"password-fails:8s", "USERPAYING", 15 * time.Second, "PAYERROR", "N", "REVOKED", "0.00"},
		{sandbox.NoMoney, "NOTENOUGH", 15 * time.Second, "PAYERROR", "N", "REVOKED", "0.00"},
		{sandbox.Coupon, "SUCCESS", 15 * time.Second, "SUCCESS", "N", "REFUND", "0.00"},
		{sandbox.Race, "USERPAYING", 15 * time.Second, "USERPAYING", "N", "REFUND", "0.00"},
		{"undo-again:1", "SUCCESS", 15 * time.Second, "SUCCESS", "Y", "SUCCESS", "300.00"},
		{"undo-lies:1", "SUCCESS", 15 * time.Second, "SUCCESS", "N", "SUCCESS", "300.00"},
	} {
		b := newBench(sandbox.Options{})
		wantFields(t, c.customer, b.guest(t, partly, c.customer), "err_code="+c.says)
		b.clock.move(c.wait)
		wantFields(t, fmt.Sprintf("%+v", c), b.deposit(t, "orderquery", partly, nil), "trade_state="+c.state)
		f := b.deposit(t, "reverse", partly, nil)
		if got := f["recall"]; got != c.back && f["err_code"] != c.back {
			t.Errorf("%+v: reverse: %v", c, f)
		}
		wantFields(t, fmt.Sprintf("%+v, in the end", c), b.deposit(t, "orderquery", partly, nil), "trade_state="+c.end, "consume_fee=")
		if sum := b.Totals(number); sum.Left.String() != c.heldStill || b.Net(number) != 0 {
			t.Errorf("%+v: %+v", c, sum)
		}
	}
}

// TestDepositsAreNoPayments: what is asked of the one in the family of the other is not there.
func TestDepositsAreNoPayments(t *testing.T) {
	t.Parallel()
	b := newBench(sandbox.Options{})
	id := b.guest(t, direct, sandbox.Pays)["transaction_id"]
	if f := b.deposit(t, "consume", direct, fields{"consume_fee": "8850"}); f["err_code"] != "SUCCESS" {
		t.Fatal(f)
	}
	b.clock.move(time.Minute)
	for op, f := range map[sandbox.Op]fields{sandbox.Query: {}, sandbox.Undo: {}, sandbox.Refund: {"out_refund_no": "x1", "total_fee": "30000", "refund_fee": "1"},
		sandbox.RefundQuery: {}} {
		in := direct.request(op, number, "")
		maps.Copy(in, f)
		if got := word(b.ask(t, op, direct, in)); got != "ORDERNOTEXIST" && got != "REFUNDNOTEXIST" {
			t.Errorf("%s: %s", op, got)
		}
	}
	in := direct.request(sandbox.Refund, number, "")
	maps.Copy(in, fields{"transaction_id": id, "out_refund_no": "x1", "total_fee": "30000", "refund_fee": "1"})
	delete(in, "out_trade_no")
	if got := word(b.ask(t, sandbox.Refund, direct, in)); got != "ORDERNOTEXIST" {
		t.Errorf("a refund of the other family: %s", got)
	}
	if f := b.deposit(t, "refund", direct, fields{"transaction_id": id, "out_refund_no": "x1", "refund_fee": "1"}); f["err_code"] != "SUCCESS" {
		t.Fatal(f)
	}
	if f := b.lookBack(t, direct, fields{"out_refund_no": "x1"}); word(f) != "REFUNDNOTEXIST" {
		t.Errorf("a refund of a deposit, in the other family: %v", f)
	}
	const other = "8800000000000000000000000"
	b.charge(t, direct, other, b.NewCode(sandbox.Behaviour{}))
	paid := b.ask(t, sandbox.Query, direct, direct.request(sandbox.Query, other, ""))
	for _, path := range []string{"orderquery", "reverse"} {
		wantFields(t, path, b.deposit(t, path, direct, fields{"out_trade_no": other}), "err_code=ORDERNOTEXIST")
	}
	wantFields(t, "consume", b.deposit(t, "consume", direct, fields{"out_trade_no": "absent", "transaction_id": paid["transaction_id"], "consume_fee": "1", "total_fee": "500"}), "err_code=ORDERNOTEXIST")
	wantFields(t, "a number of a payment", b.deposit(t, "micropay", direct, fields{"out_trade_no": other, "auth_code": b.NewCode(sandbox.Behaviour{})}), "err_code=ORDERPAID")
	wantFields(t, "a sister's", b.deposit(t, "orderquery", partly, nil), "err_code=ORDERNOTEXIST")
}

// TestDepositFields takes one field after the other away from good requests, or spoils it.
func TestDepositFields(t *testing.T) {
	t.Parallel()
	b := newBench(sandbox.Options{})
	id := b.guest(t, partly, sandbox.Pays)["transaction_id"]
	for _, c := range []struct {
		path, name, value, want string
	}{
		{"micropay", "deposit", "absent", "LACK_PARAMS"}, {"micropay", "deposit", "N", "PARAM_ERROR"}, {"micropay", "sign_type", "absent", "LACK_PARAMS"},
		{"micropay", "fee_type", "absent", "LACK_PARAMS"}, {"micropay", "goods_tag", "1", "PARAM_ERROR"}, {"micropay", "total_fee", "0", "PARAM_ERROR"},
		{"micropay", "spbill_create_ip", "x", "PARAM_ERROR"}, {"micropay", "sign_type", "MD5", "AUTH_CODE_INVALID"},
		{"orderquery", "sign_type", "MD5", "PARAM_ERROR"}, {"orderquery", "out_trade_no", "absent", "LACK_PARAMS"}, {"orderquery", "transaction_id", id, "PARAM_ERROR"},
		{"reverse", "sign_type", "MD5", "PARAM_ERROR"}, {"reverse", "out_trade_no", "88", "PARAM_ERROR"}, {"reverse", "total_fee", "1", "PARAM_ERROR"},
		{"consume", "sign_type", "MD5", "PARAM_ERROR"}, {"consume", "consume_fee", "absent", "LACK_PARAMS"}, {"consume", "consume_fee", "0", "PARAM_ERROR"},
		{"consume", "fee_type", "USD", "PARAM_ERROR"}, {"consume", "total_fee", "absent", "LACK_PARAMS"}, {"consume", "out_consume_no", "1", "PARAM_ERROR"},
		{"refund", "transaction_id", "absent", "LACK_PARAMS"}, {"refund", "out_trade_no", number, "PARAM_ERROR"}, {"refund", "out_refund_no", "x x", "PARAM_ERROR"},
		{"refund", "transaction_id", "4200000000000000000000000099", "ORDERNOTEXIST"}, {"refund", "sub_mch_id", "absent", "MCHID_NOT_EXIST"},
		{"refundquery", "out_refund_no", "absent", "LACK_PARAMS"}, {"refundquery", "out_trade_no", number, "PARAM_ERROR"}, {"refundquery", "refund_id", "1", "PARAM_ERROR"},
	} {
		more := map[string]fields{"micropay": {"auth_code": "100000000000000009", "out_trade_no": "8800000000000000000000000"}, "consume": {"consume_fee": "1"},
			"refund": {"transaction_id": id, "out_refund_no": "x1", "refund_fee": "1"}, "refundquery": {"out_refund_no": "x1"}}[c.path]
		in := fields{}
		maps.Copy(in, more)
		in[c.name] = c.value
		wantFields(t, fmt.Sprintf("%+v", c), b.deposit(t, c.path, partly, in), "err_code="+c.want)
	}
	for _, path := range []string{"reverse", "consume", "refund"} {
		w := httptest.NewRecorder()
		b.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/deposit/"+path, strings.NewReader("<xml></xml>")))
		if w.Code != http.StatusBadRequest {
			t.Errorf("%s without a certificate: %d", path, w.Code)
		}
	}
	if sum := b.Totals(number); sum.Left != 30000 {
		t.Errorf("%+v", sum)
	}
}

// TestDepositsGoWrong in the ways that only deposits have.
func TestDepositsGoWrong(t *testing.T) {
	t.Parallel()
	b := newBench(sandbox.Options{})
	b.guest(t, partly, sandbox.Pays)
	for how, want := range map[string]string{sandbox.WrongAmount: "total_fee=300000", sandbox.WrongNumber: "out_trade_no=9" + number[1:len(number)-1] + "x", sandbox.WrongMerchant: "sub_mch_id=1999999999",
		sandbox.WrongTime: "time_end=20261125083000", sandbox.SystemErrorAfter: "err_code=SYSTEMERROR", "error:NOAUTH": "err_code=NOAUTH"} {
		b.Next(sandbox.HoldQuery, sandbox.Do(how))
		wantFields(t, how, b.deposit(t, "orderquery", partly, nil), want)
	}
	b.Next(sandbox.Capture, sandbox.Do("late:5s"))
	wantFields(t, "late", b.deposit(t, "consume", partly, fields{"consume_fee": "100"}), "err_code=SYSTEMERROR")
	wantFields(t, "on its way", b.deposit(t, "orderquery", partly, nil), "trade_state=SUCCESS", "consume_fee=")
	b.clock.move(5 * time.Second)
	wantFields(t, "later", b.deposit(t, "orderquery", partly, nil), "trade_state=REFUND", "consume_fee=100")

	b = newBench(sandbox.Options{})
	b.Next(sandbox.Hold, sandbox.Do(sandbox.WrongAmount))
	wantFields(t, "a fen more", b.guest(t, partly, sandbox.Pays), "total_fee=30001")
	b.Next(sandbox.Capture, sandbox.Do(sandbox.WrongAmount))
	wantFields(t, "and another", b.deposit(t, "consume", partly, fields{"consume_fee": "100", "total_fee": "30001"}), "consume_fee=101", "total_fee=30001")
	if got := b.Totals(number); got.Captured != 101 || got.Released != 29900 {
		t.Errorf("%+v", got)
	}
}
