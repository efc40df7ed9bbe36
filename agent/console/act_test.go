package console

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"tillgate/agent/flow"
	"tillgate/store/money"
)

func TestAmountsAsTyped(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		fen money.Fen
		en  string // part of what is said
	}{
		"12.50": {1250, ""}, "12.5": {1250, ""}, " 12 ": {1200, ""}, "0.01": {1, ""},
		"0":             {0, "must be more than zero"},
		"0.00":          {0, "must be more than zero"},
		"-1":            {0, `"-1", type a sum in yuan`},
		"0.001":         {0, `"0.001" is finer than one fen`},
		"":              {0, "type a sum in yuan"},
		"1e3":           {0, `"1e3", type a sum in yuan`},
		"1,000":         {0, `"1,000"`},
		"<b>1</b>":      {0, "type a sum"},
		"NaN":           {0, "NaN"},
		wechatCode:      {0, "not an amount"},
		"1 3 4 5678901": {0, "type a sum"},
	} {
		form, asJSON := newBench(), newBench()
		body, _ := json.Marshal(map[string]string{"amount": text})
		for b, got := range map[*bench]*httptest.ResponseRecorder{
			&form:   form.ask("POST", "/lanes/counter-1/amount", url.Values{"amount": {text}}.Encode()),
			&asJSON: asJSON.ask("POST", "/lanes/counter-1/amount", string(body), "Content-Type", "application/json"),
		} {
			var re reply
			if err := json.Unmarshal(got.Body.Bytes(), &re); err != nil {
				t.Fatalf("%q: %v in %s", text, err, got.Body)
			}
			events := b.counter.events()
			switch {
			case want.fen > 0:
				if got.Code != 200 || !re.OK || len(events) != 1 || events[0] != (flow.Amount{Amount: want.fen}) {
					t.Errorf("%q: %d %s, lane got %v", text, got.Code, got.Body, events)
				}
			case got.Code != 422 || re.OK || !strings.Contains(re.En, want.en) || re.Zh == "" || len(events) > 0:
				t.Errorf("%q: %d %s, lane got %v; want words with %q", text, got.Code, got.Body, events, want.en)
			}
		}
	}
}

// TestTwoAmounts: what takes part in no discount is read like the amount, is
// not more than it, and is taken only on a lane that asks for it.
func TestTwoAmounts(t *testing.T) {
	t.Parallel()
	for full, want := range map[string]struct {
		fen money.Fen
		en  string // part of what is said
	}{
		"": {}, " ": {}, "0": {}, "0.00": {}, "12.50": {1250, ""}, " 12.5 ": {1250, ""}, "0.01": {1, ""},
		"12.51":    {0, "cannot be more than the whole amount"},
		"-1":       {0, `"-1", type a sum in yuan`},
		"0.001":    {0, "finer than one fen"},
		wechatCode: {0, "not an amount"},
	} {
		b := newBench(func(o *Options) { o.AsksFull = func(lane string) bool { return lane == "counter-1" } })
		got := b.ask("POST", "/lanes/counter-1/amount", url.Values{"amount": {"12.50"}, "full": {full}}.Encode())
		events := b.counter.events()
		switch {
		case want.en == "":
			if got.Code != 200 || len(events) != 1 || events[0] != (flow.Amount{Amount: 1250, Full: want.fen}) {
				t.Errorf("%q: %d %s, lane got %v", full, got.Code, got.Body, events)
			}
		case got.Code != 422 || !strings.Contains(got.Body.String(), want.en) && !strings.Contains(strings.ReplaceAll(got.Body.String(), `\"`, `"`), want.en) || len(events) > 0:
			t.Errorf("%q: %d %s, lane got %v; want words with %q", full, got.Code, got.Body, events, want.en)
		}
		for path, b := range map[string]bench{"/lanes/exit-1/amount": b, "/lanes/counter-1/amount": newBench()} {
			got := b.ask("POST", path, `{"amount":"12.50","full":"1.00"}`, "Content-Type", "application/json")
			if got.Code != 422 || !strings.Contains(got.Body.String(), "one amount") || len(b.exit.events()) > 0 {
				t.Errorf("%s, which takes one amount: %d %s", path, got.Code, got.Body)
			}
		}
	}
	asks := newBench(func(o *Options) { o.AsksFull = func(lane string) bool { return lane == "exit-1" } })
	if strings.Contains(asks.ask("GET", "/lanes/counter-1", "").Body.String(), `name="full"`) || !strings.Contains(asks.ask("GET", "/lanes/exit-1", "").Body.String(), `name="full"`) {
		t.Error("the wrong page has a second field")
	}
}

func TestActions(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		path, kind, body string
		status           int
	}{
		{"/lanes/counter-1/cancel", "", "", 200},
		{"/lanes/counter-1/cancel", "application/x-www-form-urlencoded", "x=1", 200},
		{"/lanes/counter-1/code", "application/x-www-form-urlencoded", "code=" + wechatCode, 200},
		{"/lanes/counter-1/code", "application/json", `{"code":"` + wechatCode + `"}`, 200},
		{"/lanes/counter-1/code", "application/x-www-form-urlencoded", "code=", 422},
		{"/lanes/counter-1/code?code=" + wechatCode, "application/x-www-form-urlencoded", "x=1", 422}, // never from an address
		{"/lanes/counter-1/code", "application/x-www-form-urlencoded", "code=" + strings.Repeat("1", 10_000), 413},
		{"/lanes/counter-1/code", "application/json", `{"code":"` + strings.Repeat("1", 10_000) + `"}`, 413},
		{"/lanes/counter-1/amount", "application/json", `{"amount":12.5}`, 400}, // a number was rounded on its way
		{"/lanes/counter-1/amount", "application/json", `{"amount":"1","price":"2"}`, 400},
		{"/lanes/counter-1/amount", "application/json", `{"amount":"1"}{"amount":"2"}`, 400},
		{"/lanes/counter-1/amount", "application/json", `[]`, 400},
		{"/lanes/counter-1/amount", "application/x-www-form-urlencoded", "amount=%zz", 400},
		{"/lanes/counter-1/amount", ";;", "amount=1", 400},
		{"/lanes/counter-1/amount", "application/x-www-form-urlencoded", "amount=1&title=%E5%81%9C%E8%BD%A6", 200},
		{"/lanes/counter-1/amount", "application/x-www-form-urlencoded", "amount=1&title=" + strings.Repeat("x", 43), 422},
		{"/lanes/counter-1/amount", "application/x-www-form-urlencoded", "amount=1&title=a%0Ab", 422},
		{"/lanes/counter-1/amount", "application/x-www-form-urlencoded", "amount=1&title=a%E2%80%8Bb", 422}, // a blank without a width
		{"/lanes/counter-1/amount", "application/x-www-form-urlencoded", "amount=1&title=pay+" + alipayCode, 422},
		{"/lanes/counter-1/amount", "application/x-www-form-urlencoded", "amount=1&ref=" + wechatCode, 422},
		{"/lanes/counter-1/qr", "", "", 200},
		{"/lanes/counter-1/cash", "application/x-www-form-urlencoded", "given=20", 200},
		{"/lanes/counter-1/cash", "application/json", `{"given":"20.00"}`, 200},
		{"/lanes/counter-1/cash", "application/x-www-form-urlencoded", "given=0", 422},
		{"/lanes/counter-1/cash", "application/x-www-form-urlencoded", "given=-5", 422},
		{"/lanes/counter-1/cash", "application/x-www-form-urlencoded", "given=12.505", 422},
		{"/lanes/counter-1/cash", "application/x-www-form-urlencoded", "", 422},
		{"/lanes/counter-1/card", "application/x-www-form-urlencoded", "ref=004211", 200},
		{"/lanes/counter-1/card", "application/x-www-form-urlencoded", "ref=RRN+123456789012", 200},
		{"/lanes/counter-1/card", "application/x-www-form-urlencoded", "ref=", 422},
		{"/lanes/counter-1/card", "application/x-www-form-urlencoded", "ref=4111111111111111", 422}, // a card's number
		{"/lanes/counter-1/card", "application/x-www-form-urlencoded", "ref=4111-1111-1111-1111", 422},
		{"/lanes/counter-1/card", "application/x-www-form-urlencoded", "ref=a%0Ab", 422},
		{"/lanes/counter-1/reprint", "application/x-www-form-urlencoded", "key=41", 200},
		{"/lanes/counter-1/reprint", "application/x-www-form-urlencoded", "key=0", 422},
		{"/lanes/counter-1/reprint", "application/x-www-form-urlencoded", "key=x", 422},
		{"/lanes/counter-1/reprint", "", "", 422},
		{"/lanes/counter-1/amount", "application/x-www-form-urlencoded", "amount=1&token=" + strings.Repeat("x", 65), 400},
		{"/lanes/counter-1/amount", "application/x-www-form-urlencoded", "amount=1&seen=" + strings.Repeat("x", 65), 400},
		{"/lanes/counter-9/amount", "application/x-www-form-urlencoded", "amount=1", 404},
		{"/lanes/%2e%2e/amount", "application/x-www-form-urlencoded", "amount=1", 404},
	} {
		b := newBench()
		got := b.ask("POST", row.path, row.body, "Content-Type", row.kind)
		if got.Code != row.status {
			t.Errorf("%s %q: %d %s, want %d", row.path, row.body, got.Code, got.Body, row.status)
		}
		if n := len(b.counter.events()) + len(b.exit.events()); (n == 1) != (row.status == 200) {
			t.Errorf("%s %q: %d events", row.path, row.body, n)
		}
	}
	b := newBench()
	for _, a := range actions {
		if got := b.ask("GET", "/lanes/counter-1/"+a.verb, ""); got.Code != 405 {
			t.Errorf("GET %s: %d; a link must not act", a.verb, got.Code)
		}
	}
	if got := b.ask("GET", "/extra/list", ""); got.Code != 404 {
		t.Errorf("a device has no customers: %d", got.Code)
	}
	b.counter.full = true
	if got := b.ask("POST", "/lanes/counter-1/amount", "amount=1"); got.Code != 503 || !strings.Contains(got.Body.String(), "busy") {
		t.Errorf("a lane with a full queue: %d %s", got.Code, got.Body)
	}
}

// TestWhatALaneGets: the events are what was typed.
func TestWhatALaneGets(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		verb, body string
		want       flow.Event
	}{
		{"amount", "amount=12.5&title=Coffee&ref=7", flow.Amount{Amount: 1250, Title: "Coffee", Ref: "7"}},
		{"code", "code=" + wechatCode, flow.Scanned{Text: wechatCode}},
		{"qr", "", flow.ShowQR{}},
		{"cash", "given=+20.00+", flow.Cash{Given: 2000}},
		{"card", "ref=+004211+", flow.Card{Ref: "004211"}},
		{"cancel", "", flow.Cancel{Why: "clerk"}},
		{"reprint", "key=41", flow.Reprint{Key: 41}},
	} {
		b := newBench()
		b.ask("POST", "/lanes/counter-1/"+row.verb, row.body)
		if got := b.counter.events(); len(got) != 1 || got[0] != row.want {
			t.Errorf("%s: the lane got %#v, want %#v", row.verb, got, row.want)
		}
	}
}

func TestExtraIsMountedWithoutItsPrefix(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /list", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "[]") })
	mux.HandleFunc("POST /{id}", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.PathValue("id"), " at ", r.URL.Query().Get("lane"))
	})
	b := newBench(func(o *Options) { o.Extra = mux })
	if got := b.ask("GET", "/extra/list", ""); got.Code != 200 || got.Body.String() != "[]" {
		t.Errorf("list: %d %s", got.Code, got.Body)
	}
	if got := b.ask("POST", "/extra/payer?lane=exit-1", ""); got.Body.String() != "payer at exit-1" {
		t.Errorf("customer: %d %s", got.Code, got.Body)
	}
	if page := b.ask("GET", "/lanes/exit-1", "").Body.String(); !strings.Contains(page, `class="panel customers" data-lane="exit-1"`) {
		t.Error("the page has no place for customers")
	}
}
