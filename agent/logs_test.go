package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"tillgate/agent/console"
	"tillgate/agent/pay"
	"tillgate/agent/ring"
)

// TestEventsSurviveARestart: the page begins with what happened in the life
// before, and the command prints it, with an agent and without.
func TestEventsSurviveARestart(t *testing.T) {
	t.Parallel()
	cfg, path := testConfig(t)
	live := func(see func(*agent)) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		err := run(ctx, cfg, slog.New(slog.DiscardHandler), &extras{started: func(a *agent) { see(a); cancel() }})
		if err != nil {
			t.Fatal(err)
		}
	}
	live(func(a *agent) {
		a.note("exit-1", "a car came in the first life")
		a.log.Warn("device lost", "device", "scanner-1", "err", errors.New("unplugged"))
		a.log.Info("for the log alone")
	})
	live(func(a *agent) {
		var shown []string
		for _, e := range a.board.Recent() {
			shown = append(shown, e.From+": "+e.Text)
		}
		car := slices.Index(shown, "exit-1: a car came in the first life")
		if car < 0 || slices.Index(shown, "log: device lost device=scanner-1 err=unplugged") != car+1 {
			t.Errorf("the page shows %q", shown)
		}
		if last := slices.Index(shown[car:], "agent: started, version dev"); last < 0 {
			t.Errorf("the page shows the second start before the first life: %q", shown)
		}
		if strings.Contains(strings.Join(shown, ""), "for the log alone") {
			t.Errorf("the page shows all of the log: %q", shown)
		}
	})
	code, out, complaint := call(t, "events", "--config", path)
	if code != exitOK || !strings.Contains(out, "a car came in the first life") || !strings.Contains(out, "INFO   log           for the log alone") {
		t.Errorf("events: exit %d, %q, %q", code, out, complaint)
	}
	code, out, _ = call(t, "events", "--json", "--config", path)
	for line := range strings.Lines(out) {
		var l ring.Line
		if err := json.Unmarshal([]byte(line), &l); err != nil || l.N == 0 || time.Since(l.At).Abs() > time.Hour || l.Text == "" {
			t.Errorf("line %q: %v", line, err)
		}
	}
	if code != exitOK || strings.Count(out, "started, version") != 2 {
		t.Errorf("events: exit %d, %q", code, out)
	}
}

func TestEventsOfNobody(t *testing.T) {
	t.Parallel()
	path := withSecrets(t)
	if code, out, complaint := call(t, "events", "--config", path); code != exitOK || out != "" || complaint != "" {
		t.Errorf("no agent ever ran: exit %d, %q, %q", code, out, complaint)
	}
	if err := os.MkdirAll(filepath.Join(filepath.Dir(path), "data", "events-a.jsonl"), 0o700); err != nil {
		t.Fatal(err)
	}
	if code, _, complaint := call(t, "events", "--config", path); code != exitFailed || !strings.Contains(complaint, "read the last events") {
		t.Errorf("a folder in the file's place: exit %d, %q", code, complaint)
	}
	if err := printEvents(closed{}, []ring.Line{{}}, false); err == nil {
		t.Error("a pipe that is closed is not told")
	}
}

// closed is a pipe that nobody reads.
type closed struct{}

func (closed) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// TestLogLevel: the flag is a level, and what is wrong with it is the command line's fault.
func TestLogLevel(t *testing.T) {
	t.Parallel()
	if code, _, complaint := call(t, "run", "--log-level", "loud"); code != exitConfig || !strings.Contains(complaint, "loud") {
		t.Errorf("exit %d, %q", code, complaint)
	}
	var out bytes.Buffer
	log := logger(&out, slog.LevelWarn)
	log.Info("quiet")
	log.Warn("loud")
	if got := out.String(); strings.Contains(got, "quiet") || !strings.Contains(got, "level=WARN msg=loud") {
		t.Errorf("it says %s", got)
	}
}

// TestNoComplaintHasASecret: what a command complains of may have been typed
// into the wrong place.
func TestNoComplaintHasASecret(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"134567890123456789"}, {"verify", "--config", "134567890123456789"}, {"export", "--from", "1345 6789 0123 4567 89"}} {
		if code, _, complaint := call(t, args...); code == exitOK || strings.Contains(complaint, "4567") || !strings.Contains(complaint, "***") {
			t.Errorf("%v: exit %d, %q", args, code, complaint)
		}
	}
}

// TestEverySourceIsChecked: a source that is added to the config is in the list
// of those that are checked before the start, and hidden from the log.
func TestEverySourceIsChecked(t *testing.T) {
	t.Parallel()
	count := func(table any) (n int) {
		for i := range reflect.TypeOf(table).NumField() {
			if reflect.TypeOf(table).Field(i).Type == reflect.TypeFor[source]() {
				n++
			}
		}
		return n
	}
	listed := 0
	list := func(place, string, source) { listed++ }
	(&config{Merchants: make([]merchantConfig, 1), Integrators: make([]integratorConfig, 1)}).sources(list, list)
	if want := count(terminalConfig{}) + count(merchantConfig{}) + count(laneConfig{}) + count(deviceConfig{}) + count(cloudConfig{}) + count(consoleConfig{}) + count(integratorConfig{}); listed != want {
		t.Errorf("%d sources are listed, the config has %d", listed, want)
	}
}

// TestTheLogKnowsTheSecrets: whatever the config names is hidden, in each of its forms.
func TestTheLogKnowsTheSecrets(t *testing.T) {
	t.Parallel()
	cfg, _ := testConfig(t)
	secrets := cfg.secrets()
	if len(secrets) != 2 { // the key, and that of the certificate; there is no cloud
		t.Fatalf("%d secrets", len(secrets))
	}
	var out bytes.Buffer
	text := slog.New(slog.NewTextHandler(&out, nil)) // one for both: its lock guards the buffer
	kept, log := keepLog(cfg, text)
	library := withoutSecrets(cfg, text)
	for _, secret := range secrets {
		log.Info("key "+string(secret), "err", errors.New(string(secret)))
		library.Info(string(secret))
	}
	kept.Add(ring.Line{From: "x", Text: string(secrets[0])})
	if err := kept.Close(); err != nil || !strings.Contains(out.String(), "***") {
		t.Errorf("the log is %s: %v", out.String(), err)
	}
	for _, l := range kept.Lines() {
		out.WriteString(l.Text)
	}
	for _, secret := range secrets {
		for line := range strings.Lines(string(secret)) {
			if line = strings.TrimSpace(line); !strings.HasPrefix(line, "-----") && strings.Contains(out.String(), line) {
				t.Errorf("%s is in %s", line, out.String())
			}
		}
	}
}

// TestThePageHasTheNumbers: for whoever may see the page, and with its streams counted.
func TestThePageHasTheNumbers(t *testing.T) {
	t.Parallel()
	cfg, _ := testConfig(t)
	a := start(t, cfg)
	get := func(path, host string) *http.Response {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+a.page.Addr().String()+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = host
		answer, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { answer.Body.Close() })
		return answer
	}
	if answer := get("/metrics", "evil.example"); answer.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("a stranger's name is answered %s", answer.Status)
	}
	get("/events?page=technician", "")
	answer := get("/metrics", "")
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK || !strings.HasPrefix(answer.Header.Get("Content-Type"), "text/plain; version=0.0.4") {
		t.Errorf("%s, %v, %v", answer.Status, answer.Header, err)
	}
	for _, want := range []string{"tillgate_event_streams 1\n", "tillgate_journal_entries 1\n", "process_resident_memory_bytes "} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
}

// TestMeasures: the numbers of an agent that has just started.
func TestMeasures(t *testing.T) {
	t.Parallel()
	cfg, _ := testConfig(t)
	a, err := build(t.Context(), cfg, slog.New(slog.DiscardHandler), ring.New(cfg.Terminal.Data, pay.NewRedactor()), &extras{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.close() //nolint:errcheck // it is not what is tested
	a.board.Set(console.Device{Name: "scanner-1", State: console.Up})
	a.board.Set(console.Device{Name: "gate-1", State: console.Lost})
	a.board.Set(console.Device{Name: "loop-1", State: console.Waiting})
	w := httptest.NewRecorder()
	a.meter.ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	for _, want := range []string{
		`tillgate_build_info{version="dev"} 1`,
		`tillgate_device_up{device="scanner-1"} 1`, `tillgate_device_up{device="gate-1"} 0`,
		`tillgate_device_up{device="loop-1"} NaN`, `tillgate_device_up{device="printer-1"} NaN`,
		"tillgate_journal_entries 1", "tillgate_journal_unacknowledged_entries 1", "tillgate_journal_writable 1", "tillgate_clock_trust ",
		`tillgate_network_connections_opened_total{merchant="shop"} 0`,
		`tillgate_orders_total{lane="exit-1",outcome="settled"} 0`, `tillgate_attempts_total{lane="exit-1",outcome="declined"} 0`, `tillgate_tenders_total{lane="exit-1",tender="code"} 0`,
		`tillgate_outputs_total{device="gate-1",what="gate",result="done"} 0`,
	} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s is missing in\n%s", want, w.Body.String())
		}
	}
	if strings.Contains(w.Body.String(), "tillgate_cloud_connected") {
		t.Error("it tells of a cloud that is not in the config")
	}
}
