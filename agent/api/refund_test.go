package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"tillgate/agent/api/client"
	"tillgate/agent/duty"
	"tillgate/store"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// gives asks for money to go back.
func (s *shop) gives(token, key string, back client.RefundRequest) (reply, client.Problem) {
	s.t.Helper()
	text, err := json.Marshal(back)
	s.must(err)
	got := s.serve(request(http.MethodPost, "/refunds", token, key, string(text)))
	var p client.Problem
	json.Unmarshal(got.text, &p) //nolint:errcheck // an answer is no problem
	return got, p
}

// costs puts an order of so much in front of a lane and has it paid.
func (s *shop) costs(key, lane string, amount money.Fen) client.Order {
	s.t.Helper()
	body := fmt.Sprintf(`{"lane":%q,"amount_fen":%d}`, lane, amount)
	a := s.post("/sales", key, body).answer(s.t)
	return s.post(fmt.Sprintf("/orders/%d/cash", a.Order.Key), key+"-paid", fmt.Sprintf(`{"given_fen":%d}`, amount)).answer(s.t).Order
}

// kinds are the journal's entries of a kind.
func kinds[T any](s *shop, kind entry.Kind) (all []T) {
	s.t.Helper()
	_, head, _ := s.store.Head()
	entries, err := s.store.Entries(context.Background(), 0, int(head))
	s.must(err)
	for _, e := range entries {
		if e.Kind == kind {
			all = append(all, entry.Must[T](e))
		}
	}
	return all
}

// TestARefundByTheRules: who is named, how much, and whose yes came along.
func TestARefundByTheRules(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lane     string
		amount   money.Fen
		staff    string
		approval *client.Approval
		reason   string
		status   int
		cause    string
		people   int
	}{
		"a small sum":                  {"lane-0", 2000, "", nil, "r", 202, "", 0},
		"of who is on duty":            {"lane-0", 2000, "wang", nil, "r", 202, "", 0},
		"of who is not on duty there":  {"lane-1", 2000, "Wang", nil, "r", 403, "off-duty", 0},
		"of a manager":                 {"lane-1", 2000, "Li", nil, "r", 202, "", 0},
		"of who is nobody":             {"lane-0", 2000, "Sun", nil, "r", 403, "nobody", 0},
		"without a reason":             {"lane-0", 2000, "", nil, " ", 400, "not-understood", 0},
		"a large sum":                  {"lane-0", 2001, "", nil, "r", 403, "approval", 1},
		"a large sum of a manager":     {"lane-0", 2001, "Li", nil, "r", 403, "approval", 1}, // who has typed no PIN
		"a very large sum":             {"lane-0", 100_001, "", nil, "r", 403, "approval", 2},
		"with a manager's PIN":         {"lane-0", 2001, "Wang", &client.Approval{Name: "Li", PIN: managerPIN}, "r", 202, "", 0},
		"with one's own PIN":           {"lane-0", 2001, "Li", &client.Approval{Name: "Li", PIN: managerPIN}, "r", 202, "", 0},
		"with a clerk's PIN":           {"lane-0", 2001, "", &client.Approval{Name: "Wang", PIN: clerkPIN}, "r", 403, "right", 0},
		"with a wrong PIN":             {"lane-0", 2001, "", &client.Approval{Name: "Li", PIN: "999999"}, "r", 403, "name-or-pin", 0},
		"with a request that is none":  {"lane-0", 2001, "", &client.Approval{Request: "AAAA", Name: "Li", PIN: managerPIN}, "r", 403, "expired", 0},
		"with one yes of two":          {"lane-0", 100_001, "", &client.Approval{Name: "Li", PIN: managerPIN}, "r", 403, "approval", 1},
		"with a PIN that nobody needs": {"lane-0", 2000, "", &client.Approval{Name: "Li", PIN: managerPIN}, "r", 202, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inShop(t, func(t *testing.T, s *shop) {
				o := s.costs("sale", c.lane, 200_000)
				got, p := s.gives(tillToken, "back", client.RefundRequest{Number: o.Number, Amount: c.amount, Reason: c.reason, Staff: c.staff, Approval: c.approval})
				people := 0
				if p.Approval != nil {
					people = p.Approval.People
				}
				if got.status != c.status || p.Cause != c.cause || people != c.people {
					t.Errorf("%d %s, want %d %s and %d people", got.status, got.text, c.status, c.cause, c.people)
				}
				if c.status != http.StatusAccepted && (p.Title == "" || p.TitleZh == "" || p.Money == "" || p.MoneyZh == "" || p.Next == "" || p.NextZh == "") {
					t.Errorf("it says %s", got.text)
				}
				if given := len(kinds[entry.RefundAskedBody](s, entry.RefundAsked)); given != map[bool]int{true: 1}[c.status == http.StatusAccepted] {
					t.Errorf("%d refunds are in the journal", given)
				}
			})
		})
	}
}

// TestAnApprovedRefund: it is asked for, approved from elsewhere by a code and on
// the spot by a PIN, done once, and the journal says by whom; the approval is
// good for nothing else, and no program has another's.
func TestAnApprovedRefund(t *testing.T) {
	t.Parallel()
	inShop(t, func(t *testing.T, s *shop) {
		o := s.costs("sale", "lane-0", 5000)
		li := duty.Spot{Name: "Li", PIN: managerPIN}
		_, err := s.desk.Enrol(t.Context(), li, "page", "")
		s.must(err)
		back := client.RefundRequest{Order: o.Key, Amount: 3000, Reason: "broken", Staff: "Wang"}
		_, p := s.gives(tillToken, "k", back)
		if p.Approval == nil || p.Approval.Amount != 3000 || p.Approval.ForS != 300 || !strings.Contains(p.Approval.Text, o.Number) {
			t.Fatalf("what has to be approved: %+v", p)
		}
		_, code, err := s.desk.Answer(t.Context(), li, "phone", p.Approval.Text, "broken")
		s.must(err)
		yes := client.Approval{Request: p.Approval.Request, Code: string(code)}
		for name, other := range map[string]client.RefundRequest{
			"another sum":    {Order: o.Key, Amount: 3001, Reason: "broken", Staff: "Wang", Approval: &client.Approval{Request: yes.Request}},
			"another reason": {Order: o.Key, Amount: 3000, Reason: "other", Staff: "Wang", Approval: &client.Approval{Request: yes.Request}},
			"another person": {Order: o.Key, Amount: 3000, Reason: "broken", Approval: &client.Approval{Request: yes.Request}},
		} {
			if got, p := s.gives(tillToken, strings.ReplaceAll(name, " ", "-"), other); p.Cause != "other" {
				t.Errorf("%s: %d %s", name, got.status, got.text)
			}
		}
		back.Approval = &client.Approval{Request: yes.Request, Code: "00000000"}
		if got, p := s.gives(tillToken, "k", back); p.Cause != "code" {
			t.Errorf("a wrong code: %d %s", got.status, got.text)
		}
		back.Approval = &yes
		if got, p := s.gives(lane0Token, "k", back); p.Cause != "other" { // it is approved, and for whom it was
			t.Errorf("another program: %d %s", got.status, got.text)
		}
		back.Approval = &client.Approval{Request: yes.Request}
		got, _ := s.gives(tillToken, "k", back)
		if got.status != http.StatusAccepted || len(got.answer(t).Order.Refunds) != 1 {
			t.Fatalf("approved: %d %s", got.status, got.text)
		}
		for _, again := range []*client.Approval{nil, &yes, {Name: "Li", PIN: "1"}} {
			entries := s.entries()
			back.Approval = again
			if got, _ := s.gives(tillToken, "k", back); got.status != http.StatusAccepted || s.entries() != entries {
				t.Errorf("the same again: %d %s, %d entries more", got.status, got.text, s.entries()-entries)
			}
		}
		asked, approved := kinds[entry.RefundAskedBody](s, entry.RefundAsked), kinds[entry.ApprovedBody](s, entry.Approved)
		if len(asked) != 1 || asked[0].Staff != "till.local-2" || !strings.HasPrefix(asked[0].By, "Wang (till)") || !strings.Contains(asked[0].By, "Li") {
			t.Errorf("the journal has %+v", asked)
		}
		last := approved[len(approved)-1]
		if last.For != "till.local-2" || last.By != "local-1" || last.How != "qr" || last.Amount != 3000 || len(last.Once) == 0 {
			t.Errorf("the journal has %+v", approved)
		}
	})
}

// TestRefundsWhileTheClockProvesNothing: the smallest takes a manager on the spot.
func TestRefundsWhileTheClockProvesNothing(t *testing.T) {
	t.Parallel()
	inShop(t, func(t *testing.T, s *shop) {
		o := s.costs("sale", "lane-0", 5000)
		s.clock = func() entry.Stamp { now := stamp(); now.Trust = entry.Untrusted; return now }
		back := client.RefundRequest{Order: o.Key, Amount: 100, Reason: "broken"}
		got, p := s.gives(tillToken, "k", back)
		if p.Cause != "approval" {
			t.Fatalf("%d %s", got.status, got.text)
		}
		back.Approval = &client.Approval{Request: p.Approval.Request, Name: "Li", PIN: "999999"}
		if got, p := s.gives(tillToken, "k", back); p.Cause != "name-or-pin" {
			t.Errorf("a wrong PIN: %d %s", got.status, got.text)
		}
		time.Sleep(2 * time.Second) // the door's pause
		back.Approval.PIN = managerPIN
		if got, _ := s.gives(tillToken, "k", back); got.status != http.StatusAccepted {
			t.Errorf("a manager: %d %s", got.status, got.text)
		}
	})
}

// TestARefundOfALaneThatHasGone: an order of a lane that the config has no more goes
// back at another, which is named; the token has to be for both.
func TestARefundOfALaneThatHasGone(t *testing.T) {
	t.Parallel()
	inShop(t, func(t *testing.T, s *shop) {
		number := s.store.Number()
		entries, err := s.store.Commit(t.Context(), store.Step{Done: true, Entries: []entry.Draft{
			entry.New(entry.Opened, entry.OpenedBody{Lane: "lane-9", Amount: 1250}),
			entry.New(entry.Asked, entry.AskedBody{Number: number, Merchant: "shop", Network: entry.ByCash, Way: entry.ByCash}),
			entry.New(entry.Settled, entry.SettledBody{Number: number, Amount: 1250, Settled: 1250}),
		}})
		s.must(err)
		back := client.RefundRequest{Order: int64(entries[0].Key), Amount: 250, Reason: "cold"}
		for i, c := range []struct {
			token, lane string
			status      int
			cause       string
		}{
			{tillToken, "", http.StatusNotFound, string(noLane)},
			{tillToken, "lane-8", http.StatusNotFound, string(noLane)},
			{lane0Token, "lane-0", http.StatusForbidden, string(noRight)},
			{tillToken, "lane-0", http.StatusAccepted, ""},
		} {
			back.Lane = c.lane
			if got, p := s.gives(c.token, fmt.Sprint("gone", i), back); got.status != c.status || p.Cause != c.cause {
				t.Errorf("at %q: %d %s", c.lane, got.status, got.text)
			}
		}
		if asked := kinds[entry.RefundAskedBody](s, entry.RefundAsked); len(asked) != 1 || asked[0].Lane != "lane-0" || asked[0].Amount != 250 {
			t.Errorf("asked for is %+v", asked)
		}
	})
}

// TestDoneAndNotWritten: where it cannot be written down that a request was carried
// out, the answer does not say that nothing was done.
func TestDoneAndNotWritten(t *testing.T) {
	t.Parallel()
	inShop(t, func(t *testing.T, s *shop) {
		o := s.sells("k")
		s.store.Close()
		a := &api{Options: Options{Store: s.store, Log: slog.New(slog.DiscardHandler)}}
		err := a.did(t.Context(), &entry.RequestedBody{Token: "till", Key: []byte{1}, Params: []byte{1}}, entry.Seq(o.Key))
		var p *problem
		if !errors.As(err, &p) || p.reason != ending {
			t.Fatalf("the answer is %v", err)
		}
		if said := p.wire(); strings.Contains(said.Money+said.Title, "was not sent") {
			t.Errorf("it says %+v", said)
		}
	})
}
