package sandbox

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func (b bank) control(method, path, body string) (int, string) {
	w := httptest.NewRecorder()
	b.Handler().ServeHTTP(w, httptest.NewRequest(method, path, strings.NewReader(body)))
	return w.Code, w.Body.String()
}

func TestControlMakesCustomers(t *testing.T) {
	t.Parallel()
	b := newBank(Options{})
	for body, want := range map[string]struct {
		wallet string
		state  State
	}{
		`{}`:                     {WeChat, Paid},
		`{"wallet":"wechat"}`:    {WeChat, Paid},
		`{"behaviour":"pays"}`:   {WeChat, Paid},
		`{"behaviour":"coupon"}`: {WeChat, Paid},
		`{"wallet":"alipay","behaviour":"no-money"}`:      {Alipay, Failing},
		`{"wallet":"unionpay","behaviour":"password:5s"}`: {UnionPay, Asking},
	} {
		status, answer := b.control(http.MethodPost, "/sandbox/code", body)
		var out struct{ Code string }
		if err := json.Unmarshal([]byte(answer), &out); err != nil || status != http.StatusOK || WalletOf(out.Code) != want.wallet {
			t.Fatalf("%s: %d %s", body, status, answer)
		}
		o, refusal := b.Charge(Ask{Account: mine, Number: body, Code: out.Code, Wallets: Wallets(), Amount: 500}, b.Behave(Behaviour{}, out.Code, 500))
		if o.State != want.state || o.Wallet != want.wallet {
			t.Errorf("%s: %q, %+v", body, refusal, o)
		}
	}
}

func TestControlSetsWhatComesNext(t *testing.T) {
	t.Parallel()
	b := newBank(Options{})
	for _, body := range []string{`{"behaviour":"error:BUSY","op":"query"}`, `{"behaviour":"slow","network":"acme","op":"charge"}`, `{"behaviour":"no-money"}`} {
		if status, answer := b.control(http.MethodPost, "/sandbox/next", body); status != http.StatusNoContent {
			t.Fatalf("%s: %d %s", body, status, answer)
		}
	}
	for i, c := range []struct {
		network string
		op      Op
		want    string
	}{{"other", Charge, NoMoney}, {"acme", Charge, Slow}, {"other", Query, Failed}, {"acme", Charge, ""}} {
		if got := b.Arrived(c.network, c.op, "n"); got.Kind != c.want {
			t.Errorf("%d: %v, want %s", i, got, c.want)
		}
	}
}

func TestControlScriptsAnAmount(t *testing.T) {
	t.Parallel()
	b := newBank(Options{})
	for _, c := range []struct{ body, does string }{{`{"amount":1234,"behaviour":"no-money"}`, NoMoney}, {`{"amount":1234}`, ""}} {
		if status, answer := b.control(http.MethodPost, "/sandbox/amount", c.body); status != http.StatusNoContent {
			t.Fatalf("%s: %d %s", c.body, status, answer)
		}
		if do := b.Behave(Behaviour{}, "", 1234); do.Payer.Kind != c.does {
			t.Errorf("%s: %+v", c.body, do)
		}
	}
}

func TestControlScans(t *testing.T) {
	t.Parallel()
	b := newBank(Options{})
	o := b.show("n", Doing{})
	for _, c := range []struct {
		body   string
		status int
	}{
		{`{"link":"x"}`, http.StatusConflict},
		{`{"link":"` + o.Link + `","wallet":"unionpay"}`, http.StatusConflict},
		{`{"link":"` + o.Link + `","behaviour":"lost-after"}`, http.StatusConflict},
		{`{"link":"` + o.Link + `","wallet":"alipay","behaviour":"pays"}`, http.StatusNoContent},
		{`{"link":"` + o.Link + `"}`, http.StatusConflict},
	} {
		if status, answer := b.control(http.MethodPost, "/sandbox/scan", c.body); status != c.status {
			t.Errorf("%s: %d %s", c.body, status, answer)
		}
	}
	if e := b.Ledger()[0]; e.State != Paid || e.Wallet != Alipay || b.Net("n") != 500 {
		t.Errorf("%+v", e)
	}
}

func TestControlRefuses(t *testing.T) {
	t.Parallel()
	b := newBank(Options{})
	for _, c := range []struct{ path, body, says string }{
		{"/sandbox/next", `{"behaviour":"explode"}`, "not one of"},
		{"/sandbox/next", `{"behaviour":"pays","op":"give-back"}`, "not one of [charge"},
		{"/sandbox/next", `{"behaviour":"pays","network":"gold"}`, "not played here"},
		{"/sandbox/scan", `{"behaviour":"explode"}`, "not one of"},
		{"/sandbox/next", `{"behavior":"pays"}`, "unknown field"},
		{"/sandbox/next", ``, "read request"},
		{"/sandbox/next", `{"behaviour":"` + strings.Repeat("x", 5<<10) + `"}`, "too large"},
		{"/sandbox/code", `{"wallet":"gold"}`, "not played here"},
		{"/sandbox/code", `{"behaviour":"password:x"}`, "password"},
		{"/sandbox/code", `[]`, "read request"},
		{"/sandbox/amount", `{"behaviour":"pays"}`, "not one to be charged"},
		{"/sandbox/amount", `{"amount":-1,"behaviour":"pays"}`, "not one to be charged"},
		{"/sandbox/amount", `{"amount":1,"behaviour":"explode"}`, "not one of"},
		{"/sandbox/clock", `{}`, "duration"},
		{"/sandbox/clock", `{"forward":"-1h"}`, "not a time to go on by"},
		{"/sandbox/clock", `{"back":"1h"}`, "unknown field"},
	} {
		if status, answer := b.control(http.MethodPost, c.path, c.body); status != http.StatusBadRequest || !strings.Contains(answer, c.says) {
			t.Errorf("%s %.60s: %d %s", c.path, c.body, status, answer)
		}
	}
	for path, method := range map[string]string{"/sandbox/next": http.MethodGet, "/sandbox/code": http.MethodGet, "/sandbox/amount": http.MethodGet, "/sandbox/ledger": http.MethodPost} {
		if status, _ := b.control(method, path, "{}"); status != http.StatusMethodNotAllowed {
			t.Errorf("%s %s: %d", method, path, status)
		}
	}
	if got := b.Arrived("acme", Charge, "n"); got.Kind != "" {
		t.Errorf("something that was refused was set all the same: %s", got)
	}
}

func TestControlShowsTheLedger(t *testing.T) {
	t.Parallel()
	b := newBank(Options{})
	if status, answer := b.control(http.MethodGet, "/sandbox/ledger", ""); status != http.StatusOK || strings.TrimSpace(answer) != "[]" {
		t.Errorf("empty: %d %s", status, answer)
	}
	code := b.NewCode(Behaviour{})
	if _, refusal := b.Charge(Ask{Account: mine, Number: "n", Code: code, Wallets: Wallets(), Amount: 500}, Doing{}); refusal != "" {
		t.Fatal(refusal)
	}
	status, answer := b.control(http.MethodGet, "/sandbox/ledger", "")
	var entries []Entry
	if err := json.Unmarshal([]byte(answer), &entries); err != nil || status != http.StatusOK || len(entries) != 1 {
		t.Fatalf("%d %s, %v", status, answer, err)
	}
	e := entries[0]
	if e.Network != "acme" || e.Merchant != "shop-1" || e.Wallet != WeChat || e.Number != "n" || e.State != Paid || e.Asked != 500 || e.Charged != 500 || e.Settled != 500 || e.Returned != 0 {
		t.Errorf("got %+v", e)
	}
	if strings.Contains(answer, code) {
		t.Error("the ledger tells a payment code")
	}
}
