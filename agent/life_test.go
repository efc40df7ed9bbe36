//go:build demo

package main

import (
	"bufio"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"periph.io/x/conn/v3/gpio"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
	"tillgate/drivers"
	"tillgate/drivers/drivertest"
	"tillgate/drivers/gate"
	"tillgate/speaker"
	"tillgate/store"
	"tillgate/store/entry"
)

// The environment of a test program that is to be the agent itself.
const (
	envConfig = "TILLGATE_TEST_CONFIG"
	envKill   = "TILLGATE_TEST_KILL" // kills itself after this many commits of lanes
)

func TestMain(m *testing.M) {
	if path := os.Getenv(envConfig); path != "" {
		os.Exit(beAgent(path))
	}
	os.Exit(m.Run())
}

// beAgent runs the real agent on a config of the demo, and tells on standard
// output when it is up and what its gate and its speaker do.
func beAgent(path string) int {
	cfg, err := loadConfig(path, true)
	if err != nil {
		fmt.Println("error", err)
		return exitConfig
	}
	kill, _ := strconv.Atoi(os.Getenv(envKill)) // not given: never
	m := deviceMakers()
	relay := &demoRelay{moved: func(l gpio.Level) {
		if l == gpio.High {
			fmt.Println("pulse")
		}
	}}
	m.gates["sim"] = func(name string, _ drivers.URI, o *drivers.Options) (opener, error) {
		return newRelay(name, func() (gpio.PinOut, error) { return relay, nil }, gate.ReadOptions(o))
	}
	m.loops["sim"] = func(name string, _ drivers.URI, o *drivers.Options) (drivers.Source, error) {
		return gate.NewLoop(name, drivertest.NewInput(gpio.High), gate.ReadLoopOptions(o)), nil
	}
	m.speakers["sim"] = func(string, drivers.URI, *drivers.Options) (speaker.Speaker, error) {
		return demoSpeaker(func(p speaker.Phrase) {
			if strings.HasSuffix(p.ID, " declined") {
				fmt.Println("refusal:" + p.Chinese())
			} else {
				fmt.Println("voice")
			}
		}), nil
	}
	quick := pay.WeChat // what takes a minute and a half at the network takes half a minute here
	quick.Queries, quick.QueryEvery, quick.Patience, quick.CodeLife, quick.Undo.NotBefore = nil, time.Second, 8*time.Second, 0, 0
	quick.UndoAgain = []time.Duration{time.Second}
	err = run(context.Background(), cfg, slog.New(slog.NewTextHandler(os.Stderr, nil)), &extras{
		makers: &m, timing: func(string) pay.Timing { return quick },
		started: func(a *agent) { fmt.Println("up", a.page.Addr()) },
		journal: func(j flow.Journal) flow.Journal { return &mortal{Journal: j, after: kill} },
	})
	fmt.Println("error", err)
	return exitFailed
}

// mortal kills the process right after a commit, before anything follows from it.
type mortal struct {
	flow.Journal
	mu    sync.Mutex
	after int
}

func (m *mortal) CommitWith(ctx context.Context, step store.Step, riders ...store.Step) ([]entry.Entry, [][]entry.Entry, error) {
	entries, rode, err := m.Journal.CommitWith(ctx, step, riders...)
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, e := range slices.Concat(append(rode, entries)...) {
		fmt.Println("entry:" + e.Kind.String())
	}
	if m.after--; m.after == 0 {
		syscall.Kill(os.Getpid(), syscall.SIGKILL) //nolint:errcheck // it does not return
	}
	return entries, rode, err
}

// street is a shop with an agent in a process of its own, which can be killed.
type street struct {
	*shop
	t     *testing.T
	cfg   string
	mu    sync.Mutex
	heard map[string]int // first words of all agents' lines: "pulse", "voice", "entry:settled"
	more  chan struct{}  // closed with the next line
	child *exec.Cmd
	page  string
	up    chan string
	ended chan error
}

//go:embed testdata/street.toml
var streetConfig string

func newStreet(t *testing.T) *street {
	t.Helper()
	dir, err := emptyFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	tell, err := newTeller(io.Discard, filepath.Join(dir, "transcript.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	shop, err := openShop(t.Context(), dir, tell, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	shop.toml = streetConfig
	if _, err := shop.config("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- shop.run(ctx) }()
	s := &street{shop: shop, t: t, cfg: filepath.Join(dir, "demo.toml"), heard: map[string]int{}, more: make(chan struct{})}
	t.Cleanup(func() {
		if s.child != nil {
			s.kill()
		}
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the shop: %v", err)
		}
		shop.Close()
		tell.Close()
	})
	return s
}

// listen gives the agents' page one address for all their lives.
func (s *street) listen(t *testing.T) {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer free.Close()
	if _, err := s.config(free.Addr().String()); err != nil {
		t.Fatal(err)
	}
}

// start starts an agent that kills itself after so many commits, 0 for never.
func (s *street) start(kill int) {
	s.t.Helper()
	me, err := os.Executable()
	if err != nil {
		s.t.Fatal(err)
	}
	child := exec.Command(me)
	child.Env = append(os.Environ(), envConfig+"="+s.cfg, envKill+"="+strconv.Itoa(kill))
	out, err := child.StdoutPipe()
	if err == nil {
		err = child.Start()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	s.child, s.up, s.ended = child, make(chan string, 1), make(chan error, 1)
	up, ended := s.up, s.ended
	go func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			word, rest, _ := strings.Cut(lines.Text(), " ")
			switch word {
			case "up":
				up <- rest
			case "error":
				s.t.Errorf("the agent ended: %s", rest)
			}
			s.mu.Lock()
			s.heard[word]++
			close(s.more)
			s.more = make(chan struct{})
			s.mu.Unlock()
		}
		ended <- child.Wait()
	}()
	select {
	case s.page = <-s.up:
	case <-time.After(30 * time.Second):
		s.t.Fatal("the agent does not come up")
	}
}

// kill is kill -9.
func (s *street) kill() {
	s.child.Process.Kill() //nolint:errcheck // it may be dead
	s.dead()
}

// dead waits until the agent is.
func (s *street) dead() {
	s.t.Helper()
	select {
	case <-s.ended:
	case <-time.After(30 * time.Second):
		s.t.Fatal("the agent does not die")
	}
	s.child = nil
}

func (s *street) count(what string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.heard[what]
}

// hears waits until the agents have said something so often.
func (s *street) hears(what string, times int) {
	s.t.Helper()
	late := time.After(90 * time.Second)
	for {
		s.mu.Lock()
		n, more := s.heard[what], s.more
		s.mu.Unlock()
		if n >= times {
			return
		}
		select {
		case <-more:
		case <-late:
			s.t.Fatalf("the agents said %q %d times, want %d; the journal is %v", what, n, times, s.journal())
		}
	}
}

// owe enters an amount on the page and waits until the lane shows it.
func (s *street) owe(lane, amount string) {
	s.t.Helper()
	answer, err := http.PostForm("http://"+s.page+"/lanes/"+lane+"/amount", url.Values{"amount": {amount}, "title": {"x"}})
	if err != nil {
		s.t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		s.t.Fatalf("amount: %s", answer.Status)
	}
	s.until(lane, "ready")
}

// until follows the page's events until a lane is in a phase.
func (s *street) until(lane string, phases ...string) {
	s.t.Helper()
	s.see(lane, fmt.Sprint("one of ", phases), 90*time.Second, func(v flow.View) bool { return slices.Contains(phases, string(v.Order.Phase)) })
}

// car waits until a lane's loop has been read and is occupied, as it is from the beginning.
func (s *street) car(lane string) {
	s.t.Helper()
	s.see(lane, "a car", 90*time.Second, func(v flow.View) bool { return v.Present })
}

// see follows the page's events until a lane is as wanted.
func (s *street) see(lane, what string, within time.Duration, wanted func(flow.View) bool) flow.View {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.page+"/events", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	events, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer events.Body.Close()
	for lines := bufio.NewReader(events.Body); ; {
		v := s.laneView(lane)
		if wanted(v) {
			return v
		}
		if _, err := lines.ReadString('\n'); err != nil {
			s.t.Fatalf("%s shows %+v, want %s: %v", lane, v, what, err)
		}
	}
}

// laneView is what a lane shows now.
func (s *street) laneView(lane string) flow.View {
	s.t.Helper()
	answer, err := http.Get("http://" + s.page + "/state")
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	var state struct{ Lanes []flow.View }
	if err := json.NewDecoder(answer.Body).Decode(&state); err != nil {
		s.t.Fatal(err)
	}
	for _, l := range state.Lanes {
		if l.Lane == lane {
			return l
		}
	}
	s.t.Fatalf("there is no lane %s", lane)
	return flow.View{}
}

func (s *street) show(lane, behaviour string) {
	s.t.Helper()
	if err := s.scanners[lane].scan(s.t.Context(), s.bank.NewCode(sandbox.Do(behaviour))); err != nil {
		s.t.Fatal(err)
	}
}

// slip waits for a slip to come out.
func (s *street) slip() {
	s.t.Helper()
	select {
	case <-s.slips:
	case <-time.After(90 * time.Second):
		s.t.Fatalf("no slip comes out; the journal is %v, the exit shows %+v", s.journal(), s.laneView("exit-1"))
	}
}

// journal is everything on record, read by the command while the agent runs.
func (s *street) journal() (kinds []string) {
	s.t.Helper()
	cfg, err := loadConfig(s.cfg, true)
	if err != nil {
		s.t.Fatal(err)
	}
	untilSocket(s.t, cfg)
	var out strings.Builder
	if code := execute(s.t.Context(), []string{"export", "--config", s.cfg}, &out, io.Discard); code != exitOK {
		s.t.Fatalf("export: exit code %d", code)
	}
	for line := range strings.Lines(out.String()) {
		var e struct{ Kind string }
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			s.t.Fatalf("export line %q: %v", line, err)
		}
		kinds = append(kinds, e.Kind)
	}
	return kinds
}
