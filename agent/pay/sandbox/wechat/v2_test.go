package wechat

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"tillgate/agent/pay/sandbox"
	"tillgate/store/money"
)

const testKey = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"

var (
	direct = Merchant{AppID: "wx8888888888888888", MchID: "1900000109", Key: testKey}
	partly = Merchant{AppID: "wx7777777777777777", MchID: "1900000200", SubAppID: "wx6666666666666666", SubMchID: "1900000201", Key: "f9e8d7c6b5a493827160f5e4d3c2b1a0"}
)

// clock stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now }

func (c *clock) move(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.now = c.now.Add(d) }

// bench is a sandbox with a clock and hands that write requests.
type bench struct {
	*sandbox.Sandbox
	*Network
	clock *clock
}

// newBench is a bench for these merchants, a direct one and a provider's when there are none.
func newBench(o sandbox.Options, merchants ...Merchant) bench {
	c := &clock{now: time.Date(2026, 11, 25, 1, 30, 0, 0, time.UTC)}
	o.Now = c.Now
	if len(merchants) == 0 {
		merchants = []Merchant{direct, partly}
	}
	s := sandbox.New(o)
	return bench{s, Attach(s, Options{Merchants: merchants}), c}
}

var paths = map[sandbox.Op]string{sandbox.Charge: "/pay/micropay", sandbox.Query: "/pay/orderquery", sandbox.Undo: "/secapi/pay/reverse",
	sandbox.Refund: "/secapi/pay/refund", sandbox.RefundQuery: "/pay/refundquery"}

// request makes a request that has all it needs.
func (m Merchant) request(op sandbox.Op, number, code string) fields {
	f := fields{"appid": m.AppID, "mch_id": m.MchID, "nonce_str": "n", "sign_type": "HMAC-SHA256", "out_trade_no": number}
	if m.SubMchID != "" {
		f["sub_mch_id"], f["sub_appid"] = m.SubMchID, m.SubAppID
	}
	if op == sandbox.Charge {
		maps.Copy(f, fields{"body": "停车费", "total_fee": "500", "spbill_create_ip": "127.0.0.1", "auth_code": code, "fee_type": "CNY",
			"device_info": "gate-7", "scene_info": `{"store_info":{"id":"exit"}}`})
	}
	return f
}

// post sends a body; lost tells that the connection was broken off.
func (b bench) post(op sandbox.Op, body []byte) (status int, answer []byte, lost bool) {
	defer func() {
		if recover() != nil {
			lost = true
		}
	}()
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodPost, paths[op], bytes.NewReader(body))
	r.TLS = &tls.ConnectionState{VerifiedChains: [][]*x509.Certificate{{}}}
	b.Handler().ServeHTTP(w, r)
	return w.Code, w.Body.Bytes(), false
}

// ask signs and sends a request and reads the answer, whose signature has to be good.
func (b bench) ask(t *testing.T, op sandbox.Op, m Merchant, f fields) fields {
	t.Helper()
	f["sign"] = f.sign(f["sign_type"] == "HMAC-SHA256", string(m.Key))
	status, body, lost := b.post(op, f.encode())
	if lost || status != http.StatusOK {
		t.Fatalf("%s was answered with status %d, lost %v", op, status, lost)
	}
	answer, err := readMessage(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if answer["return_code"] == "SUCCESS" && answer["sign"] != answer.sign(f["sign_type"] == "HMAC-SHA256", string(m.Key)) {
		t.Errorf("%s was answered with a bad signature", op)
	}
	return answer
}

// word is an answer in one word.
func word(f fields) string {
	for _, name := range []string{"err_code", "trade_state", "recall", "result_code", "return_msg"} {
		if f[name] != "" {
			return f[name]
		}
	}
	return ""
}

func (b bench) charge(t *testing.T, m Merchant, number, code string) string {
	t.Helper()
	return word(b.ask(t, sandbox.Charge, m, m.request(sandbox.Charge, number, code)))
}

func (b bench) query(t *testing.T, m Merchant, number string) string {
	t.Helper()
	return word(b.ask(t, sandbox.Query, m, m.request(sandbox.Query, number, "")))
}

func (b bench) undo(t *testing.T, m Merchant, number string) string {
	t.Helper()
	return word(b.ask(t, sandbox.Undo, m, m.request(sandbox.Undo, number, "")))
}

const number = "880100520001004210000171"

// TestAnOrdersLife walks what payers do, over time: "+" moves the clock.
func TestAnOrdersLife(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		payer string
		steps []string // asked, answered
		net   money.Fen
	}{
		{sandbox.Pays, []string{"charge", "SUCCESS", "query", "SUCCESS"}, 500},
		{sandbox.Pays, []string{"charge", "SUCCESS", "undo", "USERPAYING", "+15s", "", "undo", "N", "query", "REFUND", "undo", "N", "query", "REFUND"}, 0},
		{sandbox.Pays, []string{"charge", "SUCCESS", "+168h", "", "undo", "N"}, 0},
		{sandbox.Pays, []string{"charge", "SUCCESS", "+168h1s", "", "undo", "REVERSE_EXPIRE"}, 500},
		{sandbox.Pays, []string{"query", "ORDERNOTEXIST", "undo", "ORDERNOTEXIST"}, 0},
		{"password:8s", []string{"charge", "USERPAYING", "+7s", "", "query", "USERPAYING", "+1s", "", "query", "SUCCESS"}, 500},
		{"password:40s", []string{"charge", "USERPAYING", "+15s", "", "undo", "N", "+60s", "", "query", "REVOKED"}, 0},
		{"password-never:10s", []string{"charge", "USERPAYING", "+10s", "", "query", "NOTPAY", "+5s", "", "undo", "N", "query", "REVOKED"}, 0},
		{"password-fails:8s", []string{"charge", "USERPAYING", "+8s", "", "query", "PAYERROR", "+7s", "", "undo", "N", "query", "REVOKED"}, 0},
		{sandbox.NoMoney, []string{"charge", "NOTENOUGH", "query", "PAYERROR"}, 0},
		{"undo-again:2", []string{"charge", "SUCCESS", "+15s", "", "undo", "Y", "undo", "Y", "query", "SUCCESS", "undo", "N", "query", "REFUND"}, 0},
		{"undo-lies:1", []string{"charge", "SUCCESS", "+15s", "", "undo", "N", "query", "SUCCESS", "undo", "N", "query", "REFUND"}, 0},
		{"late:5s", []string{"charge", "SYSTEMERROR", "query", "NOTPAY", "+5s", "", "query", "SUCCESS"}, 500},
		{"system-error-before", []string{"charge", "SYSTEMERROR", "query", "ORDERNOTEXIST"}, 0},
		{"system-error-after", []string{"charge", "SYSTEMERROR", "query", "SUCCESS"}, 500},
		{"error:RULELIMIT", []string{"charge", "RULELIMIT", "query", "ORDERNOTEXIST"}, 0},
		{"wrong-amount", []string{"charge", "SUCCESS", "query", "SUCCESS"}, 501},
	} {
		t.Run(c.payer, func(t *testing.T) {
			t.Parallel()
			for _, m := range []Merchant{direct, partly} {
				b := newBench(sandbox.Options{})
				code := b.NewCode(sandbox.Do(c.payer))
				for i := 0; i < len(c.steps); i += 2 {
					got := ""
					switch step := c.steps[i]; step {
					case "charge":
						got = b.charge(t, m, number, code)
					case "query":
						got = b.query(t, m, number)
					case "undo":
						got = b.undo(t, m, number)
					default:
						d, err := time.ParseDuration(step[1:])
						if err != nil {
							t.Fatal(err)
						}
						b.clock.move(d)
					}
					if got != c.steps[i+1] {
						t.Fatalf("step %d, %s, is answered with %s, not %s", i/2, c.steps[i], got, c.steps[i+1])
					}
				}
				if net := b.Net(number); net != c.net {
					t.Errorf("the payer is without %v, not %v", net, c.net)
				}
			}
		})
	}
}

func TestCodes(t *testing.T) {
	t.Parallel()
	b := newBench(sandbox.Options{Prefixes: map[string]sandbox.Behaviour{"13": sandbox.Do(sandbox.Pays), "1399": sandbox.Do(sandbox.NoMoney)}})
	fresh := func() string { return b.NewCode(sandbox.Behaviour{}) }
	used, old := fresh(), fresh()
	if got := b.charge(t, direct, number, used); got != "SUCCESS" {
		t.Fatal(got)
	}
	b.clock.move(time.Minute + time.Second)
	for i, c := range []struct{ name, code, want string }{
		{"used", used, "AUTH_CODE_ERROR"},
		{"older than a minute", old, "AUTHCODEEXPIRE"},
		{"nobody's", "100000000000000000", "AUTH_CODE_INVALID"},
		{"another wallet's", "287654321098765432", "AUTH_CODE_INVALID"},
		{"too short", "13000000000000000", "AUTH_CODE_INVALID"},
		{"made by nobody, known by its prefix", "130000000000000001", "SUCCESS"},
		{"the same again", "130000000000000001", "AUTH_CODE_ERROR"},
		{"known by its longer prefix", "139900000000000001", "NOTENOUGH"},
	} {
		if got := b.charge(t, direct, fmt.Sprintf("number-%d", i), c.code); got != c.want {
			t.Errorf("a code that is %s: %s, want %s", c.name, got, c.want)
		}
	}
	seen := map[string]bool{}
	for range 2000 {
		code := fresh()
		if sandbox.WalletOf(code) != sandbox.WeChat || seen[code] {
			t.Fatalf("code %s is no code or comes twice", code)
		}
		seen[code] = true
	}
}

func TestNumbersAreUsedOnce(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ first, again, want string }{
		{sandbox.Pays, "same", "ORDERPAID"},
		{sandbox.Pays, "other", "ORDERPAID"},
		{"password:8s", "same", "USERPAYING"},
		{"password:8s", "other", "INVALID_REQUEST"},
		{sandbox.NoMoney, "same", "ORDERCLOSED"},
		{sandbox.NoMoney, "other", "OUT_TRADE_NO_USED"},
		{"undone", "other", "ORDERREVERSED"},
	} {
		b := newBench(sandbox.Options{})
		how := c.first
		if how == "undone" {
			how = "password:40s"
		}
		code, other := b.NewCode(sandbox.Do(how)), b.NewCode(sandbox.Behaviour{})
		b.charge(t, direct, number, code)
		if c.first == "undone" {
			b.clock.move(15 * time.Second)
			b.undo(t, direct, number)
		}
		if c.again == "other" {
			code = other
		}
		if got := b.charge(t, direct, number, code); got != c.want {
			t.Errorf("%s, then the number again with the %s code: %s, want %s", c.first, c.again, got, c.want)
		}
		if b.Seen(sandbox.Charge, number) != 2 {
			t.Errorf("counted %d charges", b.Seen(sandbox.Charge, number))
		}
	}
}

// TestOneMerchantsOrderIsNotAnothers keeps sub-merchants of one provider apart.
func TestOneMerchantsOrderIsNotAnothers(t *testing.T) {
	t.Parallel()
	sister := partly
	sister.SubMchID = "1900000299"
	b := newBench(sandbox.Options{}, partly, sister)
	if got := b.charge(t, partly, number, b.NewCode(sandbox.Behaviour{})); got != "SUCCESS" {
		t.Fatal(got)
	}
	b.clock.move(15 * time.Second)
	if q, u := b.query(t, sister, number), b.undo(t, sister, number); q != "ORDERNOTEXIST" || u != "ORDERNOTEXIST" {
		t.Errorf("a sister is told %s and %s", q, u)
	}
	if net := b.Net(number); net != 500 {
		t.Errorf("two merchants of one provider count the payment as %v", net)
	}
}

// TestOneSeedOneLedger plays the same day twice: nothing in it may depend on chance.
func TestOneSeedOneLedger(t *testing.T) {
	t.Parallel()
	day := func() (ledger []sandbox.Entry, transactions []string) {
		b := newBench(sandbox.Options{Plan: func(op sandbox.Op, number string) sandbox.Behaviour {
			if op == sandbox.Charge && number[5]%3 == 0 {
				return sandbox.Do("hidden:3s")
			}
			return sandbox.Behaviour{}
		}})
		for i := range 40 {
			f := direct.request(sandbox.Charge, fmt.Sprintf("day-%02d", i), b.NewCode(sandbox.Behaviour{}))
			f["sign"] = f.sign(true, testKey)
			b.post(sandbox.Charge, f.encode())
		}
		b.clock.move(time.Minute)
		ledger = b.Ledger()
		for _, e := range ledger {
			transactions = append(transactions, b.ask(t, sandbox.Query, direct, direct.request(sandbox.Query, e.Number, ""))["transaction_id"])
		}
		return ledger, transactions
	}
	ledger, transactions := day()
	again, anew := day()
	if len(ledger) != 40 || !slices.Equal(ledger, again) || !slices.Equal(transactions, anew) {
		t.Errorf("%v\n%v, then\n%v\n%v", ledger, transactions, again, anew)
	}
}
