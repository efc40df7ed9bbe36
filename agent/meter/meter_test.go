package meter_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/meter"
	"tillgate/agent/pay"
	"tillgate/drivers"
	"tillgate/store"
	"tillgate/store/entry"
)

const code = "134567890123456789"

// scrape reads all numbers, as Prometheus would, and complains about what is
// not in its format.
func scrape(t *testing.T, m *meter.Meter) map[string]string {
	t.Helper()
	w := httptest.NewRecorder()
	m.ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if got := w.Header().Get("Content-Type"); got != "text/plain; version=0.0.4; charset=utf-8" {
		t.Errorf("the format is said to be %s", got)
	}
	series, kind := map[string]string{}, map[string]string{}
	for line := range strings.Lines(w.Body.String()) {
		line = strings.TrimSuffix(line, "\n")
		if rest, ok := strings.CutPrefix(line, "# TYPE "); ok {
			family, is, _ := strings.Cut(rest, " ")
			if kind[family] != "" {
				t.Errorf("%s has two types", family)
			}
			kind[family] = is
			continue
		} else if strings.HasPrefix(line, "# HELP ") {
			continue
		}
		found := sampleLine.FindStringSubmatch(line)
		if found == nil {
			t.Errorf("not a sample: %q", line)
			continue
		}
		if _, twice := series[found[1]]; twice {
			t.Errorf("%s is told twice", found[1])
		}
		series[found[1]] = found[4]
		if family := strings.TrimSuffix(found[2], "_total"); kind[found[2]] == "counter" && family == found[2] && !strings.HasPrefix(family, "process_") {
			t.Errorf("counter %s does not end with _total", family)
		}
		if kind[found[2]] == "gauge" && strings.HasSuffix(found[2], "_total") && !strings.HasPrefix(found[2], "process_io_") { // the library's own
			t.Errorf("gauge %s ends with _total", found[2])
		}
	}
	return series
}

var sampleLine = regexp.MustCompile(`^(([a-z_]+)(\{[a-z_]+="(?:[^"\\\n]|\\["\\n])*"(?:,[a-z_]+="(?:[^"\\\n]|\\["\\n])*")*\})?) (-?[0-9.e+-]+|NaN)$`)

// expect compares the numbers of some series.
func expect(t *testing.T, m *meter.Meter, want map[string]string) {
	t.Helper()
	got := scrape(t, m)
	for series, value := range want {
		if got[series] != value {
			t.Errorf("%s is %q, want %q", series, got[series], value)
		}
	}
}

// network answers what it is told to, and takes its time.
type network struct {
	state pay.State
	takes time.Duration
}

func (n network) Charge(context.Context, pay.Charge) pay.Result { return n.answer() }
func (n network) Query(context.Context, pay.Attempt) pay.Result { return n.answer() }
func (n network) Undo(context.Context, pay.Attempt) pay.Result  { return n.answer() }
func (network) Connections() (opened, reused int64)             { return 2, 40 }

func (network) Signatures() int64 { return 7 }

func (n network) answer() pay.Result {
	time.Sleep(n.takes) // of the bubble's clock
	return pay.Result{State: n.state, Code: "CODE", Message: code}
}

// signer is a network that makes its requests before they leave.
type signer struct{ network }

func (s signer) Prepare(pay.Charge) func(context.Context) pay.Result {
	return func(context.Context) pay.Result { return s.answer() }
}

// TestPreparedCharges are counted when they are sent, whether the client makes
// requests beforehand or not.
func TestPreparedCharges(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := meter.New("test")
		for name, p := range map[string]pay.Provider{"plain": network{pay.Paid, time.Second}, "signer": signer{network{pay.Paid, time.Second}}} {
			start := time.Now()
			send := m.Provider(name, p).(pay.Preparer).Prepare(pay.Charge{})
			if took := time.Since(start); took > 0 || len(send(t.Context()).Code) == 0 {
				t.Errorf("%s: a request took %s to make", name, took)
			}
			m.Provider(name+" forgotten", p).(pay.Preparer).Prepare(pay.Charge{})
			expect(t, m, map[string]string{
				`tillgate_network_calls_total{merchant="` + name + `",verb="charge",state="paid"}`:           "1",
				`tillgate_network_call_seconds_sum{merchant="` + name + `",verb="charge"}`:                   "1",
				`tillgate_network_calls_total{merchant="` + name + ` forgotten",verb="charge",state="paid"}`: "",
			})
		}
	})
}

// screen is a network whose codes can be shown.
type screen struct{ network }

func (s screen) Show(context.Context, pay.Offer) pay.Result { return s.answer() }

// giver is a network that gives money back.
type giver struct{ network }

func (g giver) Refund(context.Context, pay.Refund) pay.Result      { return g.answer() }
func (g giver) QueryRefund(context.Context, pay.Refund) pay.Result { return g.answer() }

// TestRefunds are counted where the network has them; where it has none the
// answer is final.
func TestRefunds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := meter.New("test")
		can := m.Provider("shop", giver{network{pay.Returned, time.Second}}).(pay.Refunder)
		cannot := m.Provider("other", network{pay.Paid, time.Second}).(pay.Refunder)
		for _, ask := range []func(context.Context, pay.Refund) pay.Result{cannot.Refund, cannot.QueryRefund} {
			if r := ask(t.Context(), pay.Refund{}); r != pay.NoRefunds() || !r.State.Final() {
				t.Errorf("a network without refunds answers %+v", r)
			}
		}
		can.Refund(t.Context(), pay.Refund{})
		can.QueryRefund(t.Context(), pay.Refund{})
		expect(t, m, map[string]string{
			`tillgate_network_calls_total{merchant="shop",verb="refund",state="returned"}`:       "1",
			`tillgate_network_calls_total{merchant="shop",verb="query_refund",state="returned"}`: "1",
			`tillgate_network_calls_total{merchant="other",verb="refund",state="declined"}`:      "",
		})
	})
}

// safe is a network that takes deposits.
type safe struct{ network }

func (s safe) Terms(string) pay.HoldTerms                        { return pay.HoldTerms{Code: true} }
func (s safe) Hold(context.Context, pay.Charge) pay.Result       { return s.answer() }
func (s safe) ShowHold(context.Context, pay.Offer) pay.Result    { return s.answer() }
func (s safe) QueryHold(context.Context, pay.Attempt) pay.Result { return s.answer() }
func (s safe) UndoHold(context.Context, pay.Attempt) pay.Result  { return s.answer() }
func (s safe) Capture(context.Context, pay.Move) pay.Result      { return s.answer() }
func (s safe) QueryCapture(context.Context, pay.Move) pay.Result { return s.answer() }
func (s safe) Release(context.Context, pay.Move) pay.Result      { return s.answer() }
func (s safe) QueryRelease(context.Context, pay.Move) pay.Result { return s.answer() }

// TestDeposits are counted where the network has them; elsewhere there are no terms.
func TestDeposits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := meter.New("test")
		can := m.Provider("hotel", safe{network{pay.Paid, time.Second}})
		cannot := m.Provider("other", network{})
		if terms := cannot.(pay.Holder).Terms(""); terms != (pay.HoldTerms{}) {
			t.Errorf("a network without deposits offers %+v", terms)
		}
		if r := cannot.(pay.Mover).Capture(t.Context(), pay.Move{}); r.State != pay.Unknown || !r.Fault {
			t.Errorf("a network without deposits answers a capture with %+v", r)
		}
		can.(pay.Holder).Hold(t.Context(), pay.Charge{})
		can.(pay.HoldShower).ShowHold(t.Context(), pay.Offer{})
		can.(pay.Holder).QueryHold(t.Context(), pay.Attempt{})
		can.(pay.Holder).UndoHold(t.Context(), pay.Attempt{})
		mover := can.(pay.Mover)
		want := map[string]string{`tillgate_network_calls_total{merchant="other",verb="capture",state="unknown"}`: ""}
		for verb, ask := range map[string]func(context.Context, pay.Move) pay.Result{
			"capture": mover.Capture, "query_capture": mover.QueryCapture, "release": mover.Release, "query_release": mover.QueryRelease,
		} {
			ask(t.Context(), pay.Move{})
			want[`tillgate_network_calls_total{merchant="hotel",verb="`+verb+`",state="paid"}`] = "1"
		}
		for _, verb := range []string{"hold", "show_hold", "query_hold", "undo_hold"} {
			want[`tillgate_network_calls_total{merchant="hotel",verb="`+verb+`",state="paid"}`] = "1"
		}
		expect(t, m, want)
	})
}

func TestProvider(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := meter.New("test")
		p := m.Provider("shop", network{pay.Paid, time.Second})
		if _, can := p.(pay.Shower); can {
			t.Error("it shows codes that its network does not have")
		}
		if r := p.Charge(t.Context(), pay.Charge{Code: code}); r.State != pay.Paid || r.Code != "CODE" {
			t.Errorf("the answer was changed: %+v", r)
		}
		p.Query(t.Context(), pay.Attempt{})
		q, can := m.Provider("café \"1\"\n", screen{network{pay.NotSent, time.Second}}).(pay.Shower)
		if !can {
			t.Fatal("it does not show codes any more")
		}
		q.Undo(t.Context(), pay.Attempt{})
		q.Show(t.Context(), pay.Offer{})
		q.Show(t.Context(), pay.Offer{})
		expect(t, m, map[string]string{
			`tillgate_network_calls_total{merchant="shop",verb="charge",state="paid"}`:           "1",
			`tillgate_network_calls_total{merchant="shop",verb="query",state="paid"}`:            "1",
			`tillgate_network_calls_total{merchant="café \"1\"\n",verb="undo",state="not_sent"}`: "1",
			`tillgate_network_calls_total{merchant="café \"1\"\n",verb="show",state="not_sent"}`: "2",
			`tillgate_network_call_seconds_sum{merchant="café \"1\"\n",verb="show"}`:             "2",
			`tillgate_network_call_seconds_bucket{merchant="shop",verb="charge",le="0.75"}`:      "0",
			`tillgate_network_call_seconds_bucket{merchant="shop",verb="charge",le="1"}`:         "1",
			`tillgate_network_connections_opened_total{merchant="shop"}`:                         "2",
			`tillgate_network_connections_reused_total{merchant="shop"}`:                         "40",
			`tillgate_network_signatures_total{merchant="shop"}`:                                 "7",
		})
	})
}

// book answers commits with what it is given.
type book struct {
	flow.Journal
	entries []entry.Entry
	rode    [][]entry.Entry
	err     error
}

func (b book) CommitWith(context.Context, store.Step, ...store.Step) ([]entry.Entry, [][]entry.Entry, error) {
	return b.entries, b.rode, b.err
}

func of(kind entry.Kind, body any) entry.Entry {
	return entry.Entry{Kind: kind, Body: entry.Encode(body)}
}

func TestJournal(t *testing.T) {
	t.Parallel()
	m := meter.New("test")
	commit := func(b book) {
		entries, rode, err := m.Journal("counter-1", b).CommitWith(t.Context(), store.Step{})
		if len(entries) != len(b.entries) || len(rode) != len(b.rode) || err != b.err {
			t.Errorf("the answer was changed: %v, %v, %v", entries, rode, err)
		}
	}
	expect(t, m, map[string]string{`tillgate_orders_total{lane="counter-1",outcome="settled"}`: ""})
	commit(book{entries: []entry.Entry{of(entry.Opened, entry.OpenedBody{}), of(entry.Asked, entry.AskedBody{})}})
	commit(book{entries: []entry.Entry{of(entry.Settled, entry.SettledBody{})}, rode: [][]entry.Entry{nil, {of(entry.Outputs, entry.OutputsBody{}), of(entry.Cancelled, entry.CancelledBody{})}}})
	for _, s := range []pay.State{pay.Declined, pay.Declined, pay.NotSent, pay.Absent, pay.Returned} {
		commit(book{entries: []entry.Entry{of(entry.Ended, entry.EndedBody{State: uint8(s), Text: code})}})
	}
	commit(book{entries: []entry.Entry{of(entry.Frozen, entry.FrozenBody{}), of(entry.Asked, entry.AskedBody{Way: "cash"}), of(entry.Asked, entry.AskedBody{Way: "cash"}), {Kind: entry.Asked, Body: []byte("{")}, {Kind: entry.Ended, Body: []byte("{")}, of(entry.Ended, entry.EndedBody{State: 99})}})
	for _, err := range []error{store.ErrStale, fmt.Errorf("commit: %w", store.ErrFull), store.ErrCeiling, store.ErrCodeUsed, store.ErrUnwritten, store.ErrDamaged, context.Canceled} {
		commit(book{err: err})
	}
	expect(t, m, map[string]string{
		`tillgate_orders_total{lane="counter-1",outcome="opened"}`:     "1",
		`tillgate_orders_total{lane="counter-1",outcome="settled"}`:    "1",
		`tillgate_orders_total{lane="counter-1",outcome="cancelled"}`:  "1",
		`tillgate_orders_total{lane="counter-1",outcome="frozen"}`:     "1",
		`tillgate_tenders_total{lane="counter-1",tender="code"}`:       "1",
		`tillgate_tenders_total{lane="counter-1",tender="qr"}`:         "0",
		`tillgate_tenders_total{lane="counter-1",tender="cash"}`:       "2",
		`tillgate_attempts_total{lane="counter-1",outcome="settled"}`:  "1",
		`tillgate_attempts_total{lane="counter-1",outcome="declined"}`: "2",
		`tillgate_attempts_total{lane="counter-1",outcome="not_sent"}`: "1",
		`tillgate_attempts_total{lane="counter-1",outcome="absent"}`:   "1",
		`tillgate_attempts_total{lane="counter-1",outcome="returned"}`: "1",
		`tillgate_attempts_total{lane="counter-1",outcome="frozen"}`:   "1",
		`tillgate_commit_seconds_count`:                                "15",
		`tillgate_commit_refusals_total{reason="stale"}`:               "1",
		`tillgate_commit_refusals_total{reason="full"}`:                "1",
		`tillgate_commit_refusals_total{reason="code_used"}`:           "1",
		`tillgate_commit_refusals_total{reason="ceiling"}`:             "1",
		`tillgate_commit_refusals_total{reason="unwritten"}`:           "1",
		`tillgate_commit_refusals_total{reason="damaged"}`:             "1",
		`tillgate_commit_refusals_total{reason="other"}`:               "1",
	})
}

// shelf is a store as far as it is told of.
type shelf struct {
	room   func() (int64, int64, error)
	broken error
}

func (shelf) Head() (entry.Epoch, entry.Seq, entry.Hash) {
	return entry.Epoch{Number: 3}, 100, entry.Hash{}
}
func (shelf) Acked() (entry.Seq, entry.Hash)        { return 90, entry.Hash{} }
func (s shelf) Room() (free, used int64, err error) { return s.room() }
func (s shelf) Broken() error                       { return s.broken }

func TestStore(t *testing.T) {
	t.Parallel()
	m := meter.New("test")
	m.Store(shelf{room: func() (int64, int64, error) { return 1 << 40, 4096, nil }})
	expect(t, m, map[string]string{
		"tillgate_journal_epoch": "3", "tillgate_journal_entries": "100", "tillgate_journal_acknowledged_entries": "90",
		"tillgate_journal_unacknowledged_entries": "10", "tillgate_journal_writable": "1",
		"tillgate_disk_free_bytes": "1099511627776", "tillgate_journal_used_bytes": "4096",
	})
	m = meter.New("test")
	m.Store(shelf{room: func() (int64, int64, error) { return 0, 0, errors.New("no disk") }, broken: errors.New("no disk")})
	expect(t, m, map[string]string{"tillgate_journal_writable": "0", "tillgate_disk_free_bytes": "NaN", "tillgate_journal_used_bytes": "NaN"})
}

// TestLookingBlocksNoSale: while a reader waits for a disk that does not answer,
// commits, calls, outputs and other readers' counts go on.
func TestLookingBlocksNoSale(t *testing.T) {
	t.Parallel()
	m := meter.New("test")
	asked, free := make(chan struct{}, 8), make(chan struct{})
	m.Store(shelf{room: func() (int64, int64, error) { asked <- struct{}{}; <-free; return 1, 1, nil }})
	done := make(chan map[string]string)
	go func() { done <- scrape(t, m) }()
	<-asked
	m.Journal("counter-1", book{}).CommitWith(t.Context(), store.Step{}) //nolint:errcheck // it has none
	m.Output("printer", flow.Slip, func(context.Context, flow.Effect) error { return nil })(t.Context(), flow.Effect{})
	m.Device("late", func() (bool, bool) { return true, true })
	close(free)
	<-done
	expect(t, m, map[string]string{"tillgate_commit_seconds_count": "1"})
}

func TestOutput(t *testing.T) {
	t.Parallel()
	m := meter.New("test")
	var answer error
	do := m.Output("printer", flow.Slip, func(_ context.Context, e flow.Effect) error {
		if e.Key != 7 {
			t.Errorf("another effect: %+v", e)
		}
		return answer
	})
	for _, answer = range []error{nil, nil, errors.New("no paper"), fmt.Errorf("%w: no printer", flow.ErrNotStarted)} {
		if err := do(t.Context(), flow.Effect{Key: 7}); err != answer {
			t.Errorf("the answer was changed: %v", err)
		}
	}
	expect(t, m, map[string]string{
		`tillgate_outputs_total{device="printer",what="slip",result="done"}`:        "2",
		`tillgate_outputs_total{device="printer",what="slip",result="failed"}`:      "1",
		`tillgate_outputs_total{device="printer",what="slip",result="not_started"}`: "1",
		`tillgate_output_seconds_count{device="printer",what="slip"}`:               "4",
	})
}

// reader is a scanner that says a few things.
type reader struct{ say []drivers.Event }

func (reader) Name() string { return "scanner" }

func (r reader) Run(_ context.Context, emit func(drivers.Event)) error {
	for _, ev := range r.say {
		emit(ev)
	}
	return errors.New("unplugged")
}

func TestScans(t *testing.T) {
	t.Parallel()
	m := meter.New("test")
	own := "100000010001971980000010"
	said := []drivers.Event{{Kind: drivers.Found}, {Kind: drivers.Scanned, Text: code}, {Kind: drivers.Scanned, Text: code}, {Kind: drivers.Scanned, Text: own},
		{Kind: drivers.Scanned, Text: "6901234567892"}, {Kind: drivers.Scanned, Text: "x"}, {Kind: drivers.Rejected, Text: "too long"}, {Kind: drivers.Loop, Text: drivers.On}}
	var heard []drivers.Event
	src := m.Scans(reader{said}, func(text string) bool { return text == own })
	if err := src.Run(t.Context(), func(ev drivers.Event) { heard = append(heard, ev) }); err == nil || src.Name() != "scanner" || !slices.Equal(heard, said) {
		t.Errorf("%s says %v: %v", src.Name(), heard, err)
	}
	expect(t, m, map[string]string{
		`tillgate_scans_total{device="scanner",kind="wechat"}`:       "2",
		`tillgate_scans_total{device="scanner",kind="own_number"}`:   "1",
		`tillgate_scans_total{device="scanner",kind="shop_barcode"}`: "1",
		`tillgate_scans_total{device="scanner",kind="rubbish"}`:      "1",
		`tillgate_scans_total{device="scanner",kind="rejected"}`:     "1",
	})
}

func TestDevicesAndClock(t *testing.T) {
	t.Parallel()
	m := meter.New(`v1 "x"\`)
	up, tried, there := false, false, true
	m.Device("gate", func() (bool, bool) { return up, tried })
	m.Cloud(func() bool { return there })
	m.Clock(func() (entry.Trust, time.Duration) { return entry.Trusted, -1500 * time.Millisecond })
	expect(t, m, map[string]string{`tillgate_device_up{device="gate"}`: "NaN", "tillgate_cloud_connected": "1",
		"tillgate_clock_trust": "2", "tillgate_clock_offset_seconds": "-1.5", `tillgate_build_info{version="v1 \"x\"\\"}`: "1"})
	tried, there = true, false
	expect(t, m, map[string]string{`tillgate_device_up{device="gate"}`: "0", "tillgate_cloud_connected": "0"})
	up = true
	expect(t, m, map[string]string{`tillgate_device_up{device="gate"}`: "1"})
}

func TestStreams(t *testing.T) {
	t.Parallel()
	m := meter.New("test")
	for path, want := range map[string]string{"/events": "1", "/events/counter-1": "1", "/state": "0", "/": "0"} {
		m.Streams(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
			expect(t, m, map[string]string{"tillgate_event_streams": want})
		})).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", path, nil))
		expect(t, m, map[string]string{"tillgate_event_streams": "0"})
	}
}

// TestEveryNumberIsExplained: the table in DESIGN.md has every family with its
// labels, and no other.
func TestEveryNumberIsExplained(t *testing.T) {
	t.Parallel()
	m := meter.New("test")
	m.Journal("counter-1", book{err: store.ErrFull}).CommitWith(t.Context(), store.Step{}) //nolint:errcheck // it is counted
	m.Provider("shop", network{}).Query(t.Context(), pay.Attempt{})
	m.Output("printer", flow.Slip, func(context.Context, flow.Effect) error { return nil })(t.Context(), flow.Effect{}) //nolint:errcheck // it has none
	m.Scans(reader{[]drivers.Event{{Kind: drivers.Scanned}}}, nil).Run(t.Context(), func(drivers.Event) {})             //nolint:errcheck // it is unplugged
	m.Store(shelf{room: func() (int64, int64, error) { return 0, 0, nil }})
	m.Device("gate", func() (bool, bool) { return true, true })
	m.Cloud(func() bool { return true })
	m.Clock(func() (entry.Trust, time.Duration) { return entry.Floor, 0 })
	told := map[string]bool{}
	for series := range scrape(t, m) {
		if strings.HasPrefix(series, "tillgate_") {
			told[shape(series)] = true
		}
	}
	text, err := os.ReadFile("DESIGN.md")
	if err != nil {
		t.Fatal(err)
	}
	explained := map[string]bool{}
	for _, row := range explainedRow.FindAllStringSubmatch(string(text), -1) {
		explained[row[1]] = true
	}
	if !maps.Equal(told, explained) {
		t.Errorf("told:\n%s\nexplained:\n%s", strings.Join(slices.Sorted(maps.Keys(told)), "\n"), strings.Join(slices.Sorted(maps.Keys(explained)), "\n"))
	}
}

var (
	explainedRow = regexp.MustCompile("(?m)^\\| `(tillgate_[^`]*)` \\|")
	labelValue   = regexp.MustCompile(`="[^"]*"`)
	histogram    = regexp.MustCompile(`_seconds_(bucket|sum|count)`)
)

// shape is a series without the values of its labels and what a histogram adds.
func shape(series string) string {
	series = histogram.ReplaceAllString(labelValue.ReplaceAllString(series, ""), "_seconds")
	return strings.NewReplacer(",le}", "}", "{le}", "").Replace(series)
}

// TestSelf: the process and its runtime are told of, and no label is a secret.
func TestSelf(t *testing.T) {
	t.Parallel()
	m := meter.New(code)
	m.Journal("lane "+code, book{})
	got := scrape(t, m)
	for _, family := range []string{"go_goroutines", "go_memory_mapped_bytes", "go_heap_objects_bytes", "process_resident_memory_bytes", "process_cpu_seconds_total", "process_start_time_seconds"} {
		if v := got[family]; v == "" || v == "NaN" || family != "process_cpu_seconds_total" && v == "0" {
			t.Errorf("%s is %q", family, v)
		}
	}
	if all := strings.Join(slices.Sorted(maps.Keys(got)), "\n"); strings.Contains(all, code) || !strings.Contains(all, `lane="lane ***"`) {
		t.Errorf("a code is in a label:\n%s", all)
	}
}
