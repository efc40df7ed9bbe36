package console

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"tillgate/store"
	"tillgate/store/entry"
)

var foundNumber = regexp.MustCompile(`<code>([0-9]{24,26})</code>`)

// TestSearchIsNarrowedDown: by kind, state, lane, way to pay, clerk and days, on
// every page of the list; a lane that somebody may not see finds nothing.
func TestSearchIsNarrowedDown(t *testing.T) {
	t.Parallel()
	var s *shop
	s = newShop(t, takesDeposits(&s))
	s.open()
	chief, kate := s.signIn("Chief"), s.signIn("Kate")
	nobodys, _ := s.sells("exit-1", 900)
	s.on("Kate", "counter-1")
	hers, _ := s.sells("counter-1", 1250)
	held, key := s.holds(30, anyTimes)
	capture := entry.CaptureNumber(held, 1)
	entries, err := s.store.Object(t.Context(), key, 0)
	if err == nil {
		_, err = s.store.Commit(t.Context(), store.Step{Key: key, After: entries[len(entries)-1].Seq, Entries: []entry.Draft{
			entry.New(entry.MoveAsked, entry.MoveAskedBody{Number: capture, What: entry.Capture, Amount: 8850, Lane: "counter-1"}),
			entry.New(entry.MoveDone, entry.MoveDoneBody{Number: capture, Amount: 8850})}})
	}
	if err != nil {
		t.Fatal(err)
	}
	finds := func(cookie, query string) (status int, numbers []string) {
		re := s.ask("GET", "/search?"+query, "", "Cookie", cookie)
		for _, m := range foundNumber.FindAllStringSubmatch(re.Body.String(), -1) {
			numbers = append(numbers, m[1])
		}
		return re.Code, numbers
	}
	today := s.desk.Calendar().Today(time.UnixMilli(s.now().Wall))
	for query, want := range map[string][]string{
		"":                         {held, capture, held, hers, nobodys},
		"kind=sale":                {capture, hers, nobodys},
		"kind=deposit":             {held, held},
		"kind=refund":              nil,
		"kind=sale&lane=counter-1": {capture, hers},
		"lane=exit-1":              {nobodys},
		"clerk=Kate&kind=sale":     {capture, hers},
		"wallet=cash":              nil,
		"wallet=wechat&kind=sale":  {capture, hers, nobodys},
		"state=unknown":            nil,
		"until=2020-01-01":         nil,
		"from=" + today + "&until=" + today + "&find=12.50": {hers},
	} {
		if status, got := finds(chief, query); status != http.StatusOK || !slices.Equal(got, want) {
			t.Errorf("%q: %d, finds %q, want %q", query, status, got, want)
		}
	}
	for _, query := range []string{"from=yesterday", "from=2026-02-01&until=2026-01-01"} {
		if status, _ := finds(chief, query); status != http.StatusUnprocessableEntity {
			t.Errorf("%q: %d", query, status)
		}
	}
	if status, got := finds(kate, "lane=exit-1"); status != http.StatusOK || len(got) != 0 {
		t.Errorf("another lane's: %d %q", status, got)
	}
	for range foundMax {
		s.sells("counter-1", 100)
	}
	page := s.ask("GET", "/search?kind=sale&lane=counter-1", "", "Cookie", chief).Body.String()
	next := regexp.MustCompile(`href="(/search\?before=[^"]+)"`).FindStringSubmatch(page)
	if next == nil || !strings.Contains(next[1], "kind=sale") || !strings.Contains(next[1], "lane=counter-1") || !strings.Contains(page, "<details class=\"filter\" open") {
		t.Errorf("the next page is not narrowed down: %q", next)
	}
	if re := s.ask("GET", "/search?find="+held, "", "Cookie", chief); re.Code != http.StatusSeeOther || re.Header().Get("Location") != depositPath(key) {
		t.Errorf("a deposit's slip leads to %d %s", re.Code, re.Header().Get("Location"))
	}
	if page := s.ask("GET", "/search?kind=deposit", "", "Cookie", chief).Body.String(); !strings.Contains(page, `href="`+depositPath(key)+`"`) {
		t.Error("a deposit in the list leads elsewhere")
	}
}
