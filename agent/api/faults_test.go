package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/api/client"
	"tillgate/agent/flow"
)

// TestAKeyActsOnce: repeated, with other parameters, by another token, after a
// restart, and after what was refused.
func TestAKeyActsOnce(t *testing.T) {
	t.Parallel()
	inShop(t, func(t *testing.T, s *shop) {
		o := s.sells("sale")
		at := fmt.Sprintf("/orders/%d", o.Key)
		s.post("/refunds", "back", fmt.Sprintf(`{"order":%d,"amount_fen":250,"reason":"one dish"}`, o.Key)).answer(t)
		s.post(at+"/reprint", "print", "").answer(t)
		a := s.post("/sales", "cash", owes).answer(t)
		cash := fmt.Sprintf("/orders/%d/cash", a.Order.Key)
		s.post(cash, "given", `{"given_fen":2000}`).answer(t)
		for _, life := range []string{"in the same life", "after a restart"} {
			synctest.Wait()
			for _, c := range []struct{ path, key, body, other string }{
				{"/sales", "cash", owes, strings.Replace(owes, "1250", "1251", 1)},
				{"/sales", "cash", strings.ReplaceAll(owes, `":`, `" : `), strings.Replace(owes, "lane-0", "lane-1", 1)},
				{"/refunds", "back", fmt.Sprintf(`{"order":%d,"amount_fen":250,"reason":"one dish"}`, o.Key), fmt.Sprintf(`{"order":%d,"amount_fen":251,"reason":"one dish"}`, o.Key)},
				{at + "/reprint", "print", "", "-"},
				{cash, "given", `{"given_fen":2000}`, `{"given_fen":1250}`},
			} {
				entries := s.entries()
				got := s.post(c.path, c.key, c.body)
				if got.status != http.StatusAccepted || s.entries() != entries {
					t.Errorf("%s, %s %s again: %d, %d entries more", life, c.path, c.key, got.status, s.entries()-entries)
				}
				if c.other == "-" { // it takes no parameters: another path is another request
					c.path, c.other = cash, `{"given_fen":2000}`
				}
				if got := s.post(c.path, c.key, c.other); got.status != http.StatusConflict || got.cause() != string(keyReused) {
					t.Errorf("%s, %s %s with other parameters: %d %s", life, c.path, c.key, got.status, got.text)
				}
			}
			s.restart()
		}
		if len(s.bank.charged) != 1 || len(s.bank.given) != 1 || s.orders() != 2 {
			t.Errorf("%d charges, %d refunds, %d orders", len(s.bank.charged), len(s.bank.given), s.orders())
		}
		if got := s.serve(request(http.MethodPost, "/sales", lane0Token, "cash", owes)); got.status != http.StatusAccepted || s.orders() != 3 {
			t.Errorf("another program's own key: %d, %d orders", got.status, s.orders())
		}
	})
}

// TestARefusedKeyIsFree: what was refused has done nothing, and may be asked for again.
func TestARefusedKeyIsFree(t *testing.T) {
	t.Parallel()
	inShop(t, func(t *testing.T, s *shop) {
		s.bank.hold = make(chan struct{})
		s.post("/sales", "first", strings.Replace(owes, "}", `,"code":"`+code+`"}`, 1)).answer(t)
		if got := s.post("/sales", "second", owes); got.status != http.StatusConflict || got.cause() != "last-open" {
			t.Fatalf("beside a payment that is under way: %d %s", got.status, got.text)
		}
		close(s.bank.hold)
		synctest.Wait()
		if got := s.post("/sales", "second", owes); got.status != http.StatusAccepted {
			t.Errorf("after it: %d %s", got.status, got.text)
		}
	})
}

// TestAKeyIsKeptSevenDays: longer is not promised, and costs memory.
func TestAKeyIsKeptSevenDays(t *testing.T) {
	t.Parallel()
	inShop(t, func(t *testing.T, s *shop) {
		for day := range 20 { // so that the beginning has to be looked for
			s.post("/sales", fmt.Sprint("day-", day), owes).answer(t)
			time.Sleep(24 * time.Hour)
		}
		s.restart()
		for _, day := range []int{0, 11, 14, 19} {
			before := s.orders()
			s.post("/sales", fmt.Sprint("day-", day), owes).answer(t)
			if began := s.orders() > before; began != (day < 13) {
				t.Errorf("day %d: a new order is %v", day, began)
			}
		}
	})
}

// TestTwoClientsAtOnce: the same key from many at once is one order, for all of them.
func TestTwoClientsAtOnce(t *testing.T) {
	t.Parallel()
	inShop(t, func(t *testing.T, s *shop) {
		var mu sync.Mutex
		keys := map[int64]int{}
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				a := s.post("/sales", "same", strings.Replace(owes, "}", `,"code":"`+code+`"}`, 1)).answer(t)
				mu.Lock()
				defer mu.Unlock()
				keys[a.Order.Key]++
			})
		}
		group.Wait()
		synctest.Wait()
		if len(keys) != 1 || s.orders() != 1 || len(s.bank.charged) != 1 {
			t.Errorf("orders %v, %d in the journal, %d charges", keys, s.orders(), len(s.bank.charged))
		}
	})
}

// TestAClientThatLeaves: the order that it asked for is there when it asks again.
func TestAClientThatLeaves(t *testing.T) {
	t.Parallel()
	inShop(t, func(t *testing.T, s *shop) {
		gone, leave := context.WithCancel(context.Background())
		leave()
		if got := s.serve(request(http.MethodPost, "/sales", tillToken, "k", owes).WithContext(gone)); got.status != http.StatusServiceUnavailable && got.status != http.StatusAccepted {
			t.Errorf("it is told %d", got.status)
		}
		s.post("/sales", "k", owes).answer(t)
		if s.orders() != 1 {
			t.Errorf("%d orders", s.orders())
		}
	})
}

// TestALaneThatIsSlow: what it was not waited for may be done yet, so nobody is told
// that it is not; the same key then finds it.
func TestALaneThatIsSlow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := openShop(t)
		defer func() { s.stop() }()
		goOn := make(chan struct{})
		s.lanes[0].Offer(flow.Call{Of: flow.Tick{}, Done: func(flow.Said) { <-goOn }})
		hold := `{"lane":"lane-0","amount_fen":30000,"code":"` + code + `"}`
		if got := s.post("/deposits", "k", hold); got.status != http.StatusServiceUnavailable || got.cause() != string(ending) {
			t.Errorf("after %s it is told %d %s", answerWithin, got.status, got.text)
		}
		for s.lanes[0].Offer(flow.Tick{}) { //nolint:revive // until its queue is full
		}
		for _, path := range []string{"/sales", "/deposits"} {
			if got := s.post(path, "full", `{"lane":"lane-0","amount_fen":1250}`); got.status != http.StatusServiceUnavailable || got.cause() != string(laneBusy) {
				t.Errorf("%s of a lane with too much to do: %d %s", path, got.status, got.text)
			}
		}
		close(goOn)
		synctest.Wait()
		entries := s.entries()
		if got := s.post("/deposits", "k", hold); got.status != http.StatusAccepted || s.entries() != entries || len(s.bank.held) != 1 {
			t.Errorf("again: %d %s, %d entries more, %d deposits at the network", got.status, got.text, s.entries()-entries, len(s.bank.held))
		}
	})
}

// TestWhatIsRefused: nothing of it reaches a lane or the journal, and each answer
// says why, what became of the money, and what to do.
func TestWhatIsRefused(t *testing.T) {
	t.Parallel()
	inShop(t, func(t *testing.T, s *shop) {
		key := s.post("/sales", "there", strings.Replace(owes, "lane-0", "lane-1", 1)).answer(t).Order.Key
		entries := s.entries()
		post := func(path, token, key, body string) *http.Request {
			return request(http.MethodPost, path, token, key, body)
		}
		with := func(r *http.Request, name, value string) *http.Request {
			r.Header.Set(name, value)
			return r
		}
		host := post("/sales", tillToken, "k", owes)
		host.Host = "pay.example.com"
		for name, c := range map[string]struct {
			r      *http.Request
			status int
			cause  reason
		}{
			"10 MB":                   {post("/sales", tillToken, "k", strings.Repeat(" ", 10<<20)+owes), 413, tooLong},
			"broken JSON":             {post("/sales", tillToken, "k", owes[:20]), 400, unreadable},
			"two values":              {post("/sales", tillToken, "k", owes+owes), 400, unreadable},
			"a field nobody knows":    {post("/sales", tillToken, "k", `{"lane":"lane-0","amount":12.5}`), 400, unreadable},
			"an amount with a point":  {post("/sales", tillToken, "k", strings.Replace(owes, "1250", "12.50", 1)), 400, unreadable},
			"no amount":               {post("/sales", tillToken, "k", `{"lane":"lane-0"}`), 400, unreadable},
			"a text":                  {post("/sales", tillToken, "k", `"lane-0"`), 400, unreadable},
			"a field of another act":  {post(fmt.Sprintf("/orders/%d/cash", key), tillToken, "k", `{"given_fen":2000,"code":"1"}`), 400, unreadable},
			"no key":                  {post("/sales", tillToken, "", owes), 400, noKey},
			"a long key":              {post("/sales", tillToken, strings.Repeat("k", 129), owes), 400, noKey},
			"no lane":                 {post("/sales", tillToken, "k", strings.Replace(owes, "lane-0", "lane-9", 1)), 404, noLane},
			"a device's other token":  {post("/sales", "token-of-the-next-device-0123", "k", owes), 401, noToken},
			"no token":                {post("/sales", "", "k", owes), 401, noToken},
			"a password":              {with(post("/sales", tillToken, "k", owes), "Authorization", "Basic "+tillToken), 401, noToken},
			"no right to sell":        {post("/sales", readerToken, "k", owes), 403, noRight},
			"no right to give back":   {post("/refunds", readerToken, "k", fmt.Sprintf(`{"order":%d,"amount_fen":0,"reason":"r"}`, key)), 403, noRight},
			"another lane":            {post("/sales", lane0Token, "k", strings.Replace(owes, "lane-0", "lane-1", 1)), 403, noRight},
			"an order of another":     {post(fmt.Sprintf("/orders/%d/cancel", key), lane0Token, "k", ""), 403, noRight},
			"another lane's order":    {request(http.MethodGet, fmt.Sprintf("/orders/%d", key), lane0Token, "", ""), 403, noRight},
			"a page":                  {with(post("/sales", tillToken, "k", owes), "Origin", "http://localhost"), 403, aPage},
			"a page that only looks":  {with(request(http.MethodGet, "/lanes", tillToken, "", ""), "Sec-Fetch-Site", "cross-site"), 403, aPage},
			"another name":            {host, 421, otherHost},
			"a refund of nothing":     {post("/refunds", tillToken, "k", `{"amount_fen":0,"reason":"r"}`), 400, unreadable},
			"a refund of no order":    {post("/refunds", tillToken, "k", `{"number":"100000010001844610000033","amount_fen":0,"reason":"r"}`), 404, noOrder},
			"an order that is none":   {request(http.MethodGet, "/orders/x", tillToken, "", ""), 404, noOrder},
			"a path that is none":     {request(http.MethodGet, "/money", tillToken, "", ""), 404, noPath},
			"a method that is none":   {request(http.MethodDelete, fmt.Sprintf("/orders/%d", key), tillToken, "", ""), 404, noPath},
			"a refund that is unpaid": {post("/refunds", tillToken, "k", fmt.Sprintf(`{"order":%d,"amount_fen":0,"reason":"r"}`, key)), 409, "refund-none"},
		} {
			got := s.serve(c.r)
			var p client.Problem
			if got.status != c.status || got.cause() != string(c.cause) {
				t.Errorf("%s: %d %s, want %d %s", name, got.status, got.text, c.status, c.cause)
			}
			if got.header.Get("Cache-Control") != "no-store" || got.header.Get("Access-Control-Allow-Origin") != "" || !strings.Contains(got.header.Get("Content-Security-Policy"), "default-src 'none'") {
				t.Errorf("%s: headers %v", name, got.header)
			}
			if err := json.Unmarshal(got.text, &p); err != nil || p.Title == "" || p.TitleZh == "" || p.Money == "" || p.MoneyZh == "" || p.Next == "" || p.NextZh == "" {
				t.Errorf("%s: %s, %v", name, got.text, err)
			}
		}
		if now := s.entries(); now != entries {
			t.Errorf("%d entries were written", now-entries)
		}
	})
}

// TestTooManyRequests: one token that asks too often does not shut out another,
// and guessing tokens shuts out nobody.
func TestTooManyRequests(t *testing.T) {
	t.Parallel()
	inShop(t, func(t *testing.T, s *shop) {
		ask := func(token string) int { return s.serve(request(http.MethodGet, "/lanes", token, "", "")).status }
		for _, c := range []struct {
			token      string
			first, per int
		}{{readerToken, atOnce, perSecond}, {"guess", unknownAtOnce, unknownPerSecond}} {
			for range c.first {
				if ask(c.token) == http.StatusTooManyRequests {
					t.Fatalf("%s is refused within the first %d", c.token, c.first)
				}
			}
			if got := ask(c.token); got != http.StatusTooManyRequests {
				t.Errorf("%s: %d after %d at once", c.token, got, c.first)
			}
			time.Sleep(time.Second)
			for range c.per {
				if ask(c.token) == http.StatusTooManyRequests {
					t.Errorf("%s is refused within %d a second", c.token, c.per)
				}
			}
			if got := ask(tillToken); got != http.StatusOK {
				t.Errorf("beside %s, another token: %d", c.token, got)
			}
		}
	})
}

// pipes is a listener without a network, so that time is the test's.
type pipes chan net.Conn

func (p pipes) Accept() (net.Conn, error) {
	if c, ok := <-p; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}
func (p pipes) Close() error   { close(p); return nil }
func (p pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

// TestASlowBody: who sends a byte now and then is told so after 5 s, and nothing
// of what came is done.
func TestASlowBody(t *testing.T) {
	t.Parallel()
	inShop(t, func(t *testing.T, s *shop) {
		listener := make(pipes, 1)
		server := &http.Server{Handler: s.api}
		ended, sent := make(chan struct{}), make(chan struct{})
		go func() { server.Serve(listener); close(ended) }() //nolint:errcheck // it ends when it is closed
		ours, theirs := net.Pipe()
		listener <- theirs
		began := time.Now()
		go func() {
			defer close(sent)
			fmt.Fprintf(ours, "POST %s/sales HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nIdempotency-Key: k\r\nContent-Length: %d\r\n\r\n", Prefix, tillToken, len(owes))
			for i := range owes {
				if _, err := io.WriteString(ours, owes[i:i+1]); err != nil {
					return
				}
				time.Sleep(time.Second)
			}
		}()
		text, _ := io.ReadAll(ours) // the server closes it
		if took := time.Since(began); took < bodyWithin || took > 2*bodyWithin || !bytes.Contains(text, []byte("408 Request Timeout")) || !bytes.Contains(text, []byte(string(tooSlow))) {
			t.Errorf("after %s: %s", took, text)
		}
		if s.orders() != 0 {
			t.Errorf("%d orders", s.orders())
		}
		ours.Close()
		<-sent
		server.Close()
		<-ended
	})
}
