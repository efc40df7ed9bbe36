package console

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
)

// TestReports: a manager sees every lane, a clerk on duty the own one, with the
// chart and the file of the same figures; what leaves is written down before.
func TestReports(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.open()
	s.sells("counter-1", 1250)
	s.sells("exit-1", 700)
	chief, kate := s.signIn("Chief"), s.signIn("Kate")
	if re := s.ask("GET", "/reports", "", "Cookie", kate); re.Code != http.StatusForbidden || !strings.Contains(re.Body.String(), "您现在没有当班") {
		t.Errorf("a clerk off duty: %d %s", re.Code, notes(re.Body.String()))
	}
	s.on("Kate", "counter-1")
	for _, by := range reportsBy {
		re := s.ask("GET", "/reports?by="+nameOfBy(by), "", "Cookie", chief)
		text := re.Body.String()
		if re.Code != http.StatusOK || !strings.Contains(text, "19.50") || !strings.Contains(text, "<svg") || strings.Contains(text, "style=") {
			t.Errorf("by %s: %d %s", nameOfBy(by), re.Code, notes(text))
		}
		if text := s.ask("GET", "/reports?by="+nameOfBy(by), "", "Cookie", kate).Body.String(); !strings.Contains(text, "12.50") || strings.Contains(text, "19.50") || strings.Contains(text, "7.00") {
			t.Errorf("by %s a clerk sees another lane's figures", nameOfBy(by))
		}
	}
	for _, query := range []string{"by=moon", "from=yesterday", "to=2026-02-30", "from=2026-13-01"} {
		if re := s.ask("GET", "/reports?"+query, "", "Cookie", chief); re.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", query, re.Code)
		}
	}
	_, before, _ := s.store.Head()
	for _, c := range []struct{ query, has string }{{"by=lane", "19.50"}, {"by=lane&what=details", "Noodles"}} {
		re := s.ask("GET", "/reports.csv?"+c.query, "", "Cookie", chief)
		if re.Code != http.StatusOK || !strings.HasPrefix(re.Header().Get("Content-Type"), "text/csv") || !strings.Contains(re.Header().Get("Content-Disposition"), "attachment") || !strings.Contains(re.Body.String(), c.has) {
			t.Errorf("%s: %d %v %s", c.query, re.Code, re.Header(), re.Body)
		}
	}
	entries, err := s.store.Entries(t.Context(), before, 10)
	if err != nil || len(entries) != 2 || entries[0].Kind != entry.Exported || entry.Must[entry.ExportedBody](entries[1]).Rows != 2 {
		t.Errorf("what left is written down as %+v, %v", entries, err)
	}
}

// TestRequestsAreTasks: who may approve sees what waits for it, on whichever page it
// was asked; the clerk who asks, and a manager of their own wish, do not.
func TestRequestsAreTasks(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.open()
	number, key := s.sells("counter-1", 1_000_000)
	own, second := s.sells("counter-1", 1_000_000)
	s.on("Kate", "counter-1")
	chief, kate := s.signIn("Chief"), s.signIn("Kate")
	for cookie, order := range map[string]entry.Seq{kate: key, chief: second} {
		if status, text := s.send(cookie, orderPath(order), orderPath(order), url.Values{"amount": {"9500.00"}, "reason": {"broken lamp"}}); status != http.StatusOK || !strings.Contains(text, orderPath(order)+"/approve") {
			t.Fatalf("above the limit: %d %s", status, notes(text))
		}
	}
	page := s.ask("GET", "/tasks", "", "Cookie", chief).Body.String()
	for _, says := range []string{number, "9500.00", "<dd class=\"\">Kate</dd>", "broken lamp", "counter-1", clockText(s.now().Wall), `href="` + orderPath(key) + `"`,
		words.PageToApproveHelp.In(words.Zh), words.PageToApproveHelp.In(words.En)} {
		if !strings.Contains(page, says) {
			t.Errorf("a manager does not read %q", says)
		}
	}
	if strings.Contains(page, own) {
		t.Error("a manager is to approve their own wish")
	}
	if text := s.ask("GET", "/tasks", "", "Cookie", kate).Body.String(); strings.Contains(text, "9500.00") {
		t.Error("a clerk is to approve")
	}
	s.ask("POST", orderPath(key)+"/withdraw", "x=1", "Cookie", kate)
	if text := s.ask("GET", "/tasks", "", "Cookie", chief).Body.String(); strings.Contains(text, number) {
		t.Error("what was withdrawn still waits")
	}
}

// TestTasks: a manager sees what waits, decides about a frozen order once and says
// why; a clerk sees it and decides nothing.
func TestTasks(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.open()
	chief, kate := s.signIn("Chief"), s.signIn("Kate")
	if re := s.ask("GET", "/tasks", "", "Cookie", chief); re.Code != http.StatusOK || !strings.Contains(re.Body.String(), "没有待处理的事项") {
		t.Errorf("without any: %d %s", re.Code, notes(re.Body.String()))
	}
	number := s.store.Number()
	entries, err := s.store.Commit(t.Context(), store.Step{Entries: []entry.Draft{
		entry.New(entry.Opened, entry.OpenedBody{Lane: "counter-1", Amount: 1250}),
		entry.New(entry.Asked, entry.AskedBody{Number: number, Merchant: "shop", Network: "wechat"}),
		entry.New(entry.Frozen, entry.FrozenBody{Number: number, Amount: 1200}),
	}})
	if err != nil {
		t.Fatal(err)
	}
	s.on("Kate", "counter-1")
	if text := s.ask("GET", "/tasks", "", "Cookie", kate).Body.String(); !strings.Contains(text, number) || strings.Contains(text, `name="what"`) {
		t.Error("a clerk on duty sees the task, and no way to decide about it")
	}
	page := s.ask("GET", "/tasks", "", "Cookie", chief).Body.String()
	if !strings.Contains(page, number) || !strings.Contains(page, "12.00") || !strings.Contains(page, `value="goes back"`) {
		t.Fatalf("a manager does not see it: %s", page)
	}
	key, of := strconv.FormatInt(int64(entries[0].Key), 10), strconv.FormatInt(int64(entries[2].Seq), 10)
	decide := func(cookie, why string) (int, string) {
		return s.send(cookie, "/tasks", "/tasks", url.Values{"key": {key}, "of": {of}, "amount": {"1200"}, "what": {"goes back"}, "why": {why}})
	}
	if status, text := decide(chief, ""); status != http.StatusConflict || !strings.Contains(text, "No reason") {
		t.Errorf("without a reason: %d %s", status, notes(text))
	}
	if status, text := decide(chief, "theirs"); status != http.StatusOK {
		t.Errorf("a decision: %d %s", status, notes(text))
	}
	if status, _ := decide(kate, "theirs"); status == http.StatusOK {
		t.Error("a clerk has decided")
	}
	s.counter.mu.Lock()
	defer s.counter.mu.Unlock()
	if len(s.counter.got) != 1 {
		t.Errorf("the lane was told %d times", len(s.counter.got))
	}
}
