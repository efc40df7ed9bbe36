//go:build demo && bench

package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"periph.io/x/conn/v3/gpio"

	"tillgate/agent/console"
	"tillgate/agent/flow"
	"tillgate/agent/meter"
	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
)

// figure prints one figure and complains about one that is beyond its limit.
func figure(t *testing.T, name, unit string, value float64, good bool) {
	t.Helper()
	fmt.Printf("bench %s %.3f %s\n", name, value, unit)
	if !good {
		t.Errorf("%s is %.3f, beyond its limit", name, value)
	}
}

func median[T int64 | float64 | time.Duration](of []T) T {
	sorted := slices.Sorted(slices.Values(of))
	return sorted[len(sorted)/2]
}

// watch is the moments of one sale, in one process.
type watch struct {
	mu                                     sync.Mutex
	sent, asked, askedOn, wrote            time.Time // the intent
	answered, settled, settledOn, up, down time.Time // the outcome

	results chan int // how many results of outputs came on record, of each commit that has some
}

func (w *watch) note(at *time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	*at = time.Now()
}

// between is what two moments are apart.
func (w *watch) between(from, to *time.Time) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return to.Sub(*from)
}

// ledger notes when commits were called and returned.
type ledger struct {
	flow.Journal
	w *watch
}

func (l ledger) CommitWith(ctx context.Context, step store.Step, riders ...store.Step) ([]entry.Entry, [][]entry.Entry, error) {
	has := func(k entry.Kind) bool {
		return slices.ContainsFunc(step.Entries, func(d entry.Draft) bool { return d.Kind == k })
	}
	asked, settled := has(entry.Asked), has(entry.Settled)
	if asked {
		l.w.note(&l.w.asked)
	}
	if settled {
		l.w.note(&l.w.settled)
	}
	entries, rode, err := l.Journal.CommitWith(ctx, step, riders...)
	if asked {
		l.w.note(&l.w.askedOn)
	}
	if settled {
		l.w.note(&l.w.settledOn)
	}
	for _, e := range slices.Concat(append(rode, entries)...) {
		if e.Kind == entry.Outputs {
			l.w.results <- len(entry.Must[entry.OutputsBody](e).Of)
		}
	}
	return entries, rode, err
}

// phone notes when a charge's answer had been read.
type phone struct {
	pay.Preparer
	w *watch
}

// Prepare is all that a lane needs of it: Charge would be the same.
func (p phone) Prepare(c pay.Charge) func(context.Context) pay.Result {
	ask := p.Preparer.Prepare(c)
	return func(ctx context.Context) pay.Result {
		r := ask(ctx)
		p.w.note(&p.w.answered)
		return r
	}
}

// dialling makes a dialer of connections that note each time when the system
// has taken what was written.
func dialling(note func()) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, addr)
		return noting{conn, note}, err
	}
}

type noting struct {
	net.Conn
	note func()
}

func (n noting) Write(p []byte) (int, error) {
	defer n.note()
	return n.Conn.Write(p)
}

// measured is a shop whose agent runs in this process under a watch.
type measured struct {
	*shop
	watch
	agent *agent
}

// newMeasured starts one. Its payment network is one that can be watched, and
// shows no codes, unless it is to be left as it is.
func newMeasured(t *testing.T, asItIs bool) *measured {
	t.Helper()
	m := &measured{shop: newShop(t), watch: watch{results: make(chan int, 64)}}
	cfg, err := m.config("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m.relay.moved = func(l gpio.Level) {
		if l == gpio.High {
			m.note(&m.up)
		} else {
			m.note(&m.down)
		}
		m.pulses <- struct{}{}
	}
	ctx, cancel := context.WithCancel(context.Background())
	began, done := make(chan *agent, 1), make(chan error, 1)
	x := &extras{
		makers: m.makers(), started: func(a *agent) { began <- a },
		journal: func(j flow.Journal) flow.Journal { return ledger{j, &m.watch} },
	}
	if !asItIs {
		watched := m.network(t, cfg.Merchants[0])
		x.provider = func(pay.Provider) pay.Provider { return watched }
	}
	go func() { done <- run(ctx, cfg, slog.New(slog.DiscardHandler), x) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	go func() { // nobody looks at slips and phrases here
		for {
			select {
			case <-m.slips:
			case <-m.phrases:
			case <-ctx.Done():
				return
			}
		}
	}()
	m.agent = <-began
	m.open(t, "scanner-counter")
	m.open(t, "scanner-exit")
	return m
}

// network is the merchant's network, made as the agent makes it, over a watched line.
func (m *measured) network(t *testing.T, one merchantConfig) pay.Provider {
	t.Helper()
	trust, err := tlsConfig(one.CA)
	if err != nil {
		t.Fatal(err)
	}
	one.V3Key = source{}
	client := &http.Client{Transport: pay.NewTransport(trust, dialling(func() { m.note(&m.wrote) }))}
	p, err := one.client(client, func(tls.Certificate) *http.Client { return client }, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return phone{meter.New("figures").Provider(one.Name, p).(pay.Preparer), &m.watch}
}

// newShop is everything around an agent.
func newShop(t *testing.T) *shop {
	t.Helper()
	dir, err := emptyFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	tell, err := newTeller(io.Discard, filepath.Join(dir, "transcript.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := openShop(t.Context(), dir, tell, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	s.toml = streetConfig
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		s.Close()
		tell.Close()
	})
	return s
}

// open waits until the agent has opened a device: what a scanner sends before
// that is thrown away.
func (m *measured) open(t *testing.T, device string) {
	t.Helper()
	for {
		changed := m.agent.board.Changed()
		for _, d := range m.agent.board.Devices() {
			if d.Name == device && d.State == console.Up {
				return
			}
		}
		select {
		case <-changed:
		case <-time.After(20 * time.Second):
			t.Fatalf("%s was not opened", device)
		}
	}
}

// sell plays one sale; the code comes in one burst.
func (m *measured) sell(t *testing.T, lane string) {
	t.Helper()
	l := laneNamed(m.agent, lane)
	l.Offer(flow.Amount{Amount: 1250, Title: "x"})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := until(ctx, l, "amount", func(v flow.View) bool { return v.Order.Phase == words.Ready }); err != nil {
		t.Fatal(err)
	}
	code := m.bank.NewCode(sandbox.Do("pays")) + "\r"
	m.note(&m.sent)
	if _, err := m.scanners[lane].near.Write([]byte(code)); err != nil {
		t.Fatal(err)
	}
	if err := until(ctx, l, "paid", func(v flow.View) bool { return v.Order.Phase == words.PaidOrder }); err != nil {
		t.Fatal(err)
	}
}

// rest waits until so many results of outputs are on record: then the next
// customer meets a lane at rest, as customers do.
func (m *measured) rest(t *testing.T, results int) {
	t.Helper()
	for late := time.After(20 * time.Second); results > 0; {
		select {
		case n := <-m.results:
			results -= n
		case <-late:
			t.Fatalf("%d results of outputs did not come on record", results)
		}
	}
}
