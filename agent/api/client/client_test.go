package client

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// asked is what a terminal was asked.
type asked struct{ method, path, key, token, body string }

// terminal answers one after the other; status 0 breaks the connection off.
func terminal(t *testing.T, answers ...int) (c *Client, got *[]asked) {
	t.Helper()
	got = new([]asked)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		*got = append(*got, asked{r.Method, r.URL.RequestURI(), r.Header.Get("Idempotency-Key"), r.Header.Get("Authorization"), string(text)})
		status := answers[min(len(*got), len(answers))-1]
		if status == 0 {
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(status)
		var out any = Answer{Order: Order{Key: 7, State: "paid", Final: true}}
		if status >= 400 {
			out = Problem{Title: "No", Cause: "refused", Money: "Nothing was charged", Next: "Look", Status: status}
		}
		json.NewEncoder(w).Encode(out) //nolint:errcheck // the client says so
	}))
	t.Cleanup(server.Close)
	return New(server.URL+"/", "token"), got
}

// TestNoAgent: where none listens the error says what to do.
func TestNoAgent(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(nil)
	server.Close()
	_, err := New(server.URL, "token").Sell(t.Context(), "k", Sale{})
	if err == nil || !strings.HasPrefix(err.Error(), "no agent listens there: start it with tillgate run") {
		t.Errorf("it says %v", err)
	}
}

// TestARepeatHasTheSameKey: what got no answer is asked again, with the same key
// and the same parameters; what was refused is not.
func TestARepeatHasTheSameKey(t *testing.T) {
	t.Parallel()
	sale := Sale{Lane: "counter-1", Amount: 1250}
	for name, c := range map[string]struct {
		answers []int
		times   int
		cause   string
	}{
		"answered":           {[]int{202}, 1, ""},
		"broken off":         {[]int{0, 202}, 2, ""},
		"a terminal at work": {[]int{503, 429, 202}, 3, ""},
		"refused":            {[]int{409}, 1, "refused"},
		"never there":        {[]int{503}, tries, "refused"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			till, got := terminal(t, c.answers...)
			a, err := till.Sell(t.Context(), "k", sale)
			var p *Problem
			errors.As(err, &p)
			if (p == nil) != (c.cause == "") || p != nil && p.Cause != c.cause || p == nil && (err != nil || a.Order.Key != 7) {
				t.Errorf("%+v, %v", a, err)
			}
			first := asked{http.MethodPost, "/api/v1/sales", "k", "Bearer token", `{"lane":"counter-1","amount_fen":1250}`}
			if len(*got) != c.times || slices.ContainsFunc(*got, func(one asked) bool { return one != first }) {
				t.Errorf("asked %+v, want %d times %+v", *got, c.times, first)
			}
		})
	}
}

// TestWhereItAsks: each call's method and address.
func TestWhereItAsks(t *testing.T) {
	t.Parallel()
	till, got := terminal(t, 200)
	ctx := t.Context()
	_, err1 := till.Act(ctx, "a", 7, "cash", Act{Given: 2000})
	_, err2 := till.Refund(ctx, "b", RefundRequest{Order: 7, Amount: 250, Reason: "one dish"})
	_, err3 := till.Order(ctx, 7)
	_, err4 := till.Orders(ctx, 9, 5)
	_, err5 := till.WaitState(ctx, 7, "ready")
	_, err6 := till.Find(ctx, "10 1")
	_, err7 := till.Display(ctx, "d", Notice{Lane: "a", Text: "x"})
	_, err8 := till.Print(ctx, "e", Slip{Lane: "a", Lines: []string{"x"}})
	_, err9 := till.Speak(ctx, "f", Phrase{Lane: "a", Text: "x", Amount: 5})
	_, err10 := till.OnDuty(ctx)
	_, err11 := till.Shifts(ctx, 9, 5)
	_, err12 := till.Shift(ctx, 7)
	_, err13 := till.Report(ctx, ReportQuery{By: []string{"day", "lane"}, Lane: "a b"})
	var file strings.Builder
	err14 := till.ReportFile(ctx, ReportQuery{Details: true}, &file)
	if !strings.Contains(file.String(), `"state":"paid"`) { // what came, as it came
		t.Errorf("the file has %q", file.String())
	}
	if err := errors.Join(err1, err2, err3, err4, err5, err7, err8, err9, err10, err11, err12, err13, err14); err != nil || err6 == nil { // the answer has no list of orders
		t.Fatalf("%v, %v", err, err6)
	}
	for i, want := range []asked{
		{http.MethodPost, "/api/v1/orders/7/cash", "a", "Bearer token", `{"given_fen":2000}`},
		{http.MethodPost, "/api/v1/refunds", "b", "Bearer token", `{"order":7,"amount_fen":250,"reason":"one dish"}`},
		{http.MethodGet, "/api/v1/orders/7", "", "Bearer token", ""},
		{http.MethodGet, "/api/v1/orders?before=9&limit=5", "", "Bearer token", ""},
		{http.MethodGet, "/api/v1/orders/7?wait=25s&state=ready", "", "Bearer token", ""},
		{http.MethodGet, "/api/v1/orders?number=10+1", "", "Bearer token", ""},
		{http.MethodPost, "/api/v1/display", "d", "Bearer token", `{"lane":"a","text":"x"}`},
		{http.MethodPost, "/api/v1/print", "e", "Bearer token", `{"lane":"a","lines":["x"]}`},
		{http.MethodPost, "/api/v1/speak", "f", "Bearer token", `{"lane":"a","text":"x","amount_fen":5}`},
		{http.MethodGet, "/api/v1/shifts/current", "", "Bearer token", ""},
		{http.MethodGet, "/api/v1/shifts?before=9&limit=5", "", "Bearer token", ""},
		{http.MethodGet, "/api/v1/shifts/7", "", "Bearer token", ""},
		{http.MethodGet, "/api/v1/reports?by=day%2Clane&format=json&lane=a+b", "", "Bearer token", ""},
		{http.MethodGet, "/api/v1/reports?format=csv&what=details", "", "Bearer token", ""},
	} {
		if (*got)[i] != want {
			t.Errorf("call %d: %+v, want %+v", i, (*got)[i], want)
		}
	}
	end, err := till.WaitFinal(ctx, Order{Key: 7, State: "asking"}, func(o Order) {
		if o.State != "paid" {
			t.Errorf("it hears of %s", o.State)
		}
	})
	if err != nil || end.State != "paid" {
		t.Errorf("%+v, %v", end, err)
	}
}
