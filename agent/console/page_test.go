package console

import (
	"encoding/json"
	"html"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"testing/synctest"

	"tillgate/agent/flow"
	"tillgate/agent/words"
)

// TestWithoutScripts plays a browser that has none: forms lead back to the page.
func TestWithoutScripts(t *testing.T) {
	t.Parallel()
	b := newBench()
	browser := []string{"Accept", "text/html,application/xhtml+xml", "Sec-Fetch-Site", "same-origin"}
	if got := b.ask("POST", "/lanes/exit-1/amount", "amount=0.001", browser...); got.Code != 422 ||
		!strings.Contains(got.Body.String(), "finer than one fen") || !strings.Contains(got.Body.String(), "不四舍五入") {
		t.Errorf("a refusal: %d %s", got.Code, got.Body)
	}
	if got := b.ask("POST", "/lanes/exit-1/amount", "amount=15", browser...); got.Code != 303 || got.Header().Get("Location") != "/lanes/exit-1" {
		t.Errorf("an amount: %d to %q", got.Code, got.Header().Get("Location"))
	}
	page := b.ask("GET", "/lanes/exit-1", "").Body.String()
	for _, want := range []string{"15.00", "待付款", "To be paid", "尚未扣款", "Nothing has been charged", "East &lt;car&gt; park",
		`action="/lanes/exit-1/amount"`, `action="/lanes/exit-1/cash"`, `data-can="code qr cash card cancel amount"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(page, "customers") {
		t.Error("a device's page has customers")
	}
	if shown := b.ask("GET", "/lanes/exit-1/display", "").Body.String(); !strings.Contains(shown, "15.00") || !strings.Contains(shown, "请出示付款码") ||
		!strings.Contains(shown, `<noscript><meta http-equiv="refresh"`) || strings.Contains(shown, "<form") || strings.Contains(shown, "<a ") {
		t.Errorf("the display lacks words or a refresh, or has controls: %s", shown)
	}
}

// TestFormsOfAPageWithoutScripts: what is in the page as it was loaded is enough.
func TestFormsOfAPageWithoutScripts(t *testing.T) {
	t.Parallel()
	b := newBench()
	fields := regexp.MustCompile(`name="(token|seen)" value="([^"]+)"`)
	load := func() (body string) {
		for _, field := range fields.FindAllStringSubmatch(b.ask("GET", "/lanes/counter-1", "").Body.String(), 2) {
			body += "&" + field[1] + "=" + field[2]
		}
		return body
	}
	first := load()
	for range 2 { // a double click
		if got := b.ask("POST", "/lanes/counter-1/amount", "amount=12.50"+first); got.Code != 200 {
			t.Fatalf("%d %s", got.Code, got.Body)
		}
	}
	if got := b.counter.events(); len(got) != 1 {
		t.Errorf("a double click made %d orders", len(got))
	}
	if got := b.ask("POST", "/lanes/counter-1/cash", "given=20"+load()); got.Code != 200 {
		t.Errorf("cash of a page that was loaded again: %d %s", got.Code, got.Body)
	}
}

func TestIndex(t *testing.T) {
	t.Parallel()
	b := newBench()
	page := b.ask("GET", "/", "").Body.String()
	for _, want := range []string{`href="/lanes/counter-1"`, `href="/lanes/exit-1/display"`, `href="/technician"`, "停车场出口"} {
		if !strings.Contains(page, want) {
			t.Errorf("the index lacks %s", want)
		}
	}
	one := newBench(func(o *Options) { o.Lanes = o.Lanes[:1] })
	if got := one.ask("GET", "/", ""); got.Code != 303 || got.Header().Get("Location") != "/lanes/counter-1" {
		t.Errorf("with one lane: %d to %q", got.Code, got.Header().Get("Location"))
	}
	for _, path := range []string{"/lanes/counter-9", "/lanes/counter-9/display", "/lanes/", "/technician/x"} {
		if got := b.ask("GET", path, ""); got.Code != 404 {
			t.Errorf("%s: %d", path, got.Code)
		}
	}
}

func TestEveryPhaseHasItsThreeLines(t *testing.T) {
	t.Parallel()
	for _, phase := range words.Phases() {
		b := newBench()
		b.counter.change(func(v *flow.View) { v.Order.Phase, v.Order.Amount = phase, 1250 })
		order := words.Order{Phase: phase}
		for path, show := range map[string]func(words.Order, words.Lang) words.Screen{
			"/lanes/counter-1": words.ShowStaff, "/lanes/counter-1/display": words.Show,
		} {
			if phase == words.Idle && strings.HasSuffix(path, "display") {
				continue // an idle display greets, see TestIdleDisplay
			}
			page := b.ask("GET", path, "").Body.String()
			for _, lang := range []words.Lang{words.Zh, words.En} {
				s := show(order, lang)
				for _, line := range []string{s.What, s.Do, s.Money} {
					if !strings.Contains(page, `">`+html.EscapeString(line)+`</p>`) {
						t.Errorf("%s at %s: the page lacks %q", phase, path, line)
					}
				}
			}
		}
		if _, known := looks[phase]; !known {
			t.Errorf("%s has no look", phase)
		}
	}
}

func TestIdleDisplay(t *testing.T) {
	t.Parallel()
	b := newBench()
	counter, exit := b.ask("GET", "/lanes/counter-1/display", "").Body.String(), b.ask("GET", "/lanes/exit-1/display", "").Body.String()
	for _, page := range []string{counter, exit} {
		if !strings.Contains(page, "欢迎光临") || !strings.Contains(page, "Welcome") || !strings.Contains(page, "idle-picture") {
			t.Errorf("an idle display shows %s", page)
		}
	}
	if counter == exit {
		t.Error("a counter and an exit have one picture")
	}
}

func TestTextsAreShownAsTheyAre(t *testing.T) {
	t.Parallel()
	page := html.UnescapeString(texts(`<b>"1" & '2'</b> 100%`))
	if n := strings.Count(page, `<b>"1" & '2'</b> 100%`); n < 50 {
		t.Errorf("the text is there %d times:\n%s", n, page)
	}
}

var layoutMark = regexp.MustCompile(`data-layout="(\w{16})"`)

// TestLayout: a page that is open over a change of lanes is told to load again.
func TestLayout(t *testing.T) {
	t.Parallel()
	layout := func(b bench, page string) string { return layoutMark.FindString(b.ask("GET", page, "").Body.String()) }
	b := newBench()
	first := map[string]string{}
	for _, page := range pages {
		first[page] = layout(b, page)
	}
	b.counter.Offer(flow.Amount{Amount: 1250})
	b.exit.change(func(v *flow.View) { v.Order.Phase, v.Present = words.FrozenOrder, true })
	b.board.Note(Event{From: "a", Text: "b"})
	for _, page := range pages {
		if again := layout(b, page); first[page] == "" || again != first[page] || layout(newBench(), page) != first[page] {
			t.Errorf("the layout of %s was %q and is %q, though only the state changed", page, first[page], again)
		}
	}
	for name, other := range map[string]bench{
		"lanes swapped":    newBench(func(o *Options) { slices.Reverse(o.Lanes) }),
		"another role":     newBench(func(o *Options) { o.Lanes[0].(*fakeLane).view.Role = flow.ParkingExit }),
		"another terminal": newBench(func(o *Options) { o.Site = "West" }),
	} {
		if layout(other, "/") == first["/"] {
			t.Errorf("%s: the layout has the same name", name)
		}
	}
	if layout(newBench(func(o *Options) { o.Extra = http.NotFoundHandler() }), "/lanes/counter-1") == first["/lanes/counter-1"] {
		t.Error("customers: the layout has the same name")
	}
}

// TestStreamNamesTheLayout: the page compares it with its own.
func TestStreamNamesTheLayout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(func(o *Options) { o.Mono = func() int64 { return 4711 } })
		for page, query := range map[string]string{"/": "page=index", "/lanes/exit-1/display": "page=display:exit-1"} {
			own := layoutMark.FindStringSubmatch(b.ask("GET", page, "").Body.String())
			stream, leave := b.listen(t, query)
			var told []string
			for len(told) < 6 && stream.lines.Scan() {
				told = append(told, stream.lines.Text())
			}
			if want := []string{"retry: 1000", "event: layout", `data: {"page":"` + strings.TrimPrefix(query, "page=") + `","layout":"` + own[1] + `"}`, "", "event: clock", `data: {"mono":4711}`}; !slices.Equal(told, want) {
				t.Errorf("%s: a stream begins with %q, want %q", page, told, want)
			}
			leave()
		}
	})
	old := fstest.MapFS{"static/page.css": {Data: []byte("a{}")}, "static/page.js": {Data: []byte("1")}}
	updated := fstest.MapFS{"static/page.css": old["static/page.css"], "static/page.js": {Data: []byte("2")}}
	if layoutOf("x", hashOf(old)) == layoutOf("x", hashOf(updated)) {
		t.Error("an update of the script has the same name")
	}
}

// TestPartsOfTheStreamAreThoseOfThePage: a page that is loaded and one that
// listens show the same.
func TestPartsOfTheStreamAreThoseOfThePage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench()
		b.counter.change(func(v *flow.View) {
			v.Order = words.Order{Phase: words.Refused, Amount: 1250, Code: "NOTENOUGH", Turn: 1}
		})
		for page, query := range map[string]string{
			"/": "page=index", "/technician": "page=technician", "/lanes/counter-1": "page=cashier:counter-1", "/lanes/counter-1/display": "page=display:counter-1",
		} {
			loaded := b.ask("GET", page, "").Body.String()
			stream, leave := b.listen(t, query)
			for range strings.Count(loaded, "data-part=") {
				var p message
				if p = stream.next(t); !strings.Contains(loaded, p.HTML) || len(p.HTML) < 20 {
					t.Errorf("%s: part %s is in the stream\n%s\nand not on the page\n%s", page, p.Part, p.HTML, loaded)
				}
			}
			leave()
		}
	})
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	b := newBench(func(o *Options) {
		o.Metrics = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("sales_total 3\n")) })
	})
	if got := b.ask("GET", "/metrics", ""); got.Code != 200 || got.Body.String() != "sales_total 3\n" {
		t.Errorf("%d %s", got.Code, got.Body)
	}
	if !strings.Contains(b.ask("GET", "/technician", "").Body.String(), `href="/metrics"`) {
		t.Error("the technician finds no way to the metrics")
	}
	plain := newBench()
	if got := plain.ask("GET", "/metrics", ""); got.Code != 404 || strings.Contains(plain.all(), "/metrics") {
		t.Errorf("without metrics: %d, or a link", got.Code)
	}
}

func TestUnreadableJSONIsNoEvent(t *testing.T) {
	t.Parallel()
	b := newBench()
	body, _ := json.Marshal(map[string]any{"given": 20})
	if got := b.ask("POST", "/lanes/counter-1/cash", string(body), "Content-Type", "application/json"); got.Code != 400 || len(b.counter.events()) > 0 {
		t.Errorf("a number for a sum: %d, lane got %v", got.Code, b.counter.events())
	}
}
