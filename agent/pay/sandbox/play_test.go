package sandbox

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/store/money"
)

// clerk is a packer that writes down what it was asked for.
type clerk struct{ did []string }

func (c *clerk) pack(text string) Parcel {
	return Parcel{http.StatusOK, http.Header{"Content-Type": {"application/json"}}, []byte(text)}
}
func (c *clerk) Act()                       { c.did = append(c.did, "act") }
func (c *clerk) Good() Parcel               { return c.pack(`{"is":"good"}`) }
func (c *clerk) Fail(why string) Parcel     { return c.pack(`{"fails":"` + why + `"}`) }
func (c *clerk) Garbage(name string) Parcel { return c.pack(name) }

// TestPlay holds every behaviour of a network against what is done and said.
func TestPlay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		how, says string // nothing: the connection was broken off
		acts      bool
	}{
		{LostBefore, "", false},
		{LostAfter, "", true},
		{Hidden, "", true},
		{BadGateway, "502 Bad Gateway", false},
		{BadGatewayAfter, "502 Bad Gateway", true},
		{SystemErrorBefore, `{"fails":"busy"}`, false},
		{SystemErrorAfter, `{"fails":"busy"}`, true},
		{Late, `{"fails":"busy"}`, true},
		{RateLimit, `{"fails":"too often"}`, false},
		{"error:RULES", `{"fails":"RULES"}`, false},
		{"garbage:nested", "nested", true},
		{"slow:8s", `{"is":"good"}`, true},
		{Twice, `{"is":"good"}`, true},
		{WrongSignature, `{"is":"good"}`, true},
		{Pays, `{"is":"good"}`, true},
	} {
		synctest.Test(t, func(t *testing.T) {
			s, p := New(Options{}), &clerk{}
			s.Attach(Network{Name: "acme", Serve: func(mux *http.ServeMux) {
				mux.HandleFunc("/ask", func(w http.ResponseWriter, r *http.Request) {
					if !Certified(r) {
						t.Error("it did not come through the pipe")
					}
					s.Play(w, r, Do(c.how), p)
				})
			}})
			pipe := s.Pipe()
			go pipe.Run(t.Context()) //nolint:errcheck // TestPipe looks at it
			client := &http.Client{Transport: &http.Transport{DialContext: pipe.Dial, DisableKeepAlives: true}}
			start, body := time.Now(), []byte(nil)
			resp, err := client.Get("http://sandbox.example/ask")
			if err == nil {
				body, err = io.ReadAll(resp.Body)
				resp.Body.Close()
			}
			if (err != nil) != (c.says == "") || !strings.Contains(string(body), c.says) || len(p.did) > 0 != c.acts {
				t.Errorf("%s: %s, %v, and did %v", c.how, body, err, p.did)
			}
			if took := time.Since(start); took != Do(c.how).After && c.how == "slow:8s" {
				t.Errorf("%s took %v", c.how, took)
			}
		})
	}
}

// TestJSONGarbageIsNoAnswer of any kind.
func TestJSONGarbageIsNoAnswer(t *testing.T) {
	t.Parallel()
	good := []byte(`{"state":"PAID","name":"停车费"}`)
	for _, name := range Garbages() {
		var out struct {
			State string `json:"state"`
			Name  string `json:"name"`
		}
		spoilt := SpoilJSON(name, good, `"state":"PAID"`)
		if left := name == "fail" || name == "fail-signed"; left != (spoilt == nil) {
			t.Errorf("%s: %.60s", name, spoilt)
		}
		if StrictJSON(spoilt, &out) == nil && len(spoilt) < 1<<20 {
			t.Errorf("%s is an answer: %.60s", name, spoilt)
		}
		if string(good) != `{"state":"PAID","name":"停车费"}` {
			t.Fatalf("%s: the good one is spoilt", name)
		}
	}
}

// TestWhoHasASay in what becomes of a request: what was planned, the payer's
// code, and the amount.
func TestWhoHasASay(t *testing.T) {
	t.Parallel()
	b := newBank(Options{Amounts: map[money.Fen]Behaviour{1234: Do(NoMoney)}})
	b.SetAmount(1300, Do(LostAfter))
	b.SetAmount(1400, Do("undo-again:3"))
	for _, c := range []struct {
		planned, customer string
		amount            money.Fen
		network, payer    string
		undo              string
	}{
		{"", Pays, 500, "", Pays, ""},
		{"", "", 1234, "", NoMoney, ""},
		{"", "password:8s", 1234, "", Password, ""},
		{LostBefore, "", 1234, LostBefore, NoMoney, ""},
		{Coupon, "", 1234, "", Coupon, ""},
		{"", "", 1300, LostAfter, "", ""},
		{Slow, "", 1300, Slow, "", ""},
		{"", "", 1400, UndoAgain, "", UndoAgain},
		{"", "undo-lies:1", 500, UndoLies, "", UndoLies},
		{NoMoney, "undo-lies:1", 500, "", NoMoney, UndoLies},
		{NoMoney, LostBefore, 500, "", NoMoney, ""},
	} {
		planned, code := Behaviour{}, ""
		if c.planned != "" {
			planned = Do(c.planned)
		}
		if c.customer != "" {
			code = b.NewCode(Do(c.customer))
		}
		do := b.Behave(planned, code, c.amount)
		if do.Network.Kind != c.network || do.Payer.Kind != c.payer || do.Undo.Kind != c.undo {
			t.Errorf("%+v: %+v", c, do)
		}
	}
	b.SetAmount(1234, Behaviour{})
	if do := b.Behave(Behaviour{}, "", 1234); do != (Doing{}) {
		t.Errorf("a script that has ended: %+v", do)
	}
}

// TestArrivalsAreCounted for what one network was told to do next.
func TestArrivalsAreCounted(t *testing.T) {
	t.Parallel()
	b := newBank(Options{})
	b.NextAt("acme", Query, Do(LostBefore))
	if got := b.Arrived("other", Query, "n"); got.Kind != "" {
		t.Errorf("another network's: %v", got)
	}
	if got := b.Arrived("acme", Charge, "n"); got.Kind != "" {
		t.Errorf("another request: %v", got)
	}
	if got := b.Arrived("acme", Query, "n"); got.Kind != LostBefore || b.Seen(Query, "n") != 2 {
		t.Errorf("%v, seen %d", got, b.Seen(Query, "n"))
	}
	if !b.Skewed(b.Now().Add(-6*time.Minute), 5*time.Minute) || b.Skewed(b.Now().Add(5*time.Minute), 5*time.Minute) {
		t.Error("clocks")
	}
}

func TestNetworksAreAttachedOnce(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("a name is attached twice")
		}
	}()
	newBank(Options{}).Attach(Network{Name: "acme"})
}
