//go:build demo

package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"log/slog"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/acceptance"
	"tillgate/agent/clock"
	"tillgate/agent/flow"
	"tillgate/agent/meter"
	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
	"tillgate/agent/words"
	"tillgate/drivers"
	"tillgate/printer"
	"tillgate/store"
	"tillgate/store/money"
)

// till is a counter of one account in a bubble of fake time: config, client,
// lane and journal are the agent's, and the bank is reached in memory. Opened
// again on the same folder it is the next life of the same till.
type till struct {
	*agent
	people *bankPeople
	stop   context.CancelFunc
	group  sync.WaitGroup
}

func openTill(t *testing.T, b *bank, dir string, one bankAccount) *till {
	t.Helper()
	boot := time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	time.Sleep(time.Until(boot)) // no clock believes in the year 2000
	cfg, err := one.config(dir, "http://127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	c := clock.New(clock.Options{Wall: time.Now, Boot: func() int64 { return (time.Hour + time.Since(boot)).Milliseconds() }, Synced: func() bool { return true }})
	pipe := b.Pipe()
	transport := pay.NewTransport(nil, pipe.Dial)
	way := &http.Client{Transport: transport}
	client, err := cfg.Merchants[0].client(way, func(tls.Certificate) *http.Client { return way }, c.Time)
	if err != nil {
		t.Fatal(err)
	}
	x := &till{people: &bankPeople{bank: b, slips: make(chan string, 64)}}
	x.agent = &agent{cfg: cfg, log: log, extras: &extras{}, meter: meter.New(version), clock: c, outputs: map[outputKey]*flow.Output{}}
	x.networks = &flow.Networks{Providers: map[string]pay.Provider{one.name: pay.Pace(x.meter.Provider(one.name, client))}, Timing: timingOf, Device: bankSite + "0001", Log: log}
	if x.devices, err = makeDevices(cfg, *x.people.makers()); err != nil {
		t.Fatal(err)
	}
	options := storeOptions(cfg, c, log)
	options.Path, options.Boot = filepath.Join(dir, "tillgate.db"), "boot"
	ctx, cancel := context.WithCancel(t.Context())
	if x.store, err = store.Open(ctx, options); err != nil {
		t.Fatal(err)
	}
	x.makeOutputs()
	if err := x.makeLanes(ctx); err != nil {
		t.Fatal(err)
	}
	x.people.lane = x.lanes[0]
	x.group.Go(func() { pipe.Run(ctx) }) //nolint:errcheck // it ends with the test
	x.group.Go(func() { x.lanes[0].Run(ctx) })
	for _, out := range x.outputs {
		x.group.Go(func() { out.Run(ctx) })
	}
	x.stop = func() {
		cancel()
		transport.CloseIdleConnections()
		x.group.Wait()
		x.networks.Wait()
		if err := x.store.Close(); err != nil {
			t.Error(err)
		}
	}
	return x
}

// plan is what the till is accepted for; what is typed is read as its page reads it.
func (x *till) plan() acceptance.Plan {
	plan := planOf(x.cfg, &x.cfg.Lanes[0])
	plan.Type = func(_ context.Context, yuan string) (string, error) {
		sum, err := money.Parse(yuan)
		if err != nil {
			return err.Error(), nil
		}
		x.lanes[0].Offer(flow.Amount{Amount: sum})
		return "", nil
	}
	return plan
}

// TestAcceptance plays the script at every account of the bank: each network, in
// every mode that it has.
func TestAcceptance(t *testing.T) {
	t.Parallel()
	names, dir := bankNames(t)
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := openBank(t, filepath.Join(dir, name, "keys"))
			synctest.Test(t, func(t *testing.T) {
				x := openTill(t, b, filepath.Join(dir, name), b.account(name))
				defer x.stop()
				plan := x.plan()
				want := 2 + 11*len(plan.Codes) + 3*len(plan.QR)
				sheet := acceptance.Run(t.Context(), plan, x.lanes[0], x.people, nil)
				passed := 0
				for _, s := range sheet.Steps {
					if s.Result == acceptance.Passed {
						passed++
					}
				}
				if !sheet.Passed() || passed != want || len(plan.Codes) == 0 || len(plan.QR) == 0 {
					var text bytes.Buffer
					sheet.Write(&text) //nolint:errcheck // to memory
					t.Errorf("%d of %d steps passed:\n%s", passed, want, &text)
				}
				for _, e := range b.Ledger() {
					if e.Charged != 2 || e.Charged != e.Returned {
						t.Errorf("number %s: %s was charged and %s is back", e.Number, e.Charged, e.Returned)
					}
				}
			})
		})
	}
}

func openBank(t *testing.T, keys string) *bank {
	t.Helper()
	b, err := newBank(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.write(keys); err != nil {
		t.Fatal(err)
	}
	return b
}

func bankNames(t *testing.T) (names []string, dir string) {
	t.Helper()
	dir = t.TempDir()
	for _, a := range openBank(t, filepath.Join(dir, "keys")).accounts {
		names = append(names, a.name)
	}
	return names, dir
}

// wrongTill is a lane of which people see something else than it does.
type wrongTill struct {
	*flow.Lane
	offer func(ev flow.Event) flow.Event
	view  func(v flow.View) flow.View
}

func (w wrongTill) Offer(ev flow.Event) bool {
	if w.offer != nil {
		ev = w.offer(ev)
	}
	return w.Lane.Offer(ev)
}

func (w wrongTill) View() (flow.View, <-chan struct{}) {
	v, changed := w.Lane.View()
	if w.view != nil {
		v = w.view(v)
	}
	return v, changed
}

// TestAcceptanceFails sees that the script notices what is wrong with a till:
// each of them fails in the steps that are named, and in no others.
func TestAcceptanceFails(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		till   wrongTill
		people func(p *bankPeople) acceptance.People
		typed  func(ctx context.Context, yuan string) (string, error)
		failed []int
	}{
		"it takes less than a fen": {typed: func(context.Context, string) (string, error) { return "", nil }, failed: []int{2}},
		"it does not say that a password is asked for": {till: wrongTill{view: func(v flow.View) flow.View {
			if v.Order.Phase == words.Password {
				v.Order.Phase = words.Checking
			}
			return v
		}}, failed: []int{10}},
		"its refunds never leave it": {people: func(p *bankPeople) acceptance.People { return unheard{p} }, failed: []int{6, 8, 11, 13, 16}},
		"it takes an amount of zero for a fen": {till: wrongTill{offer: func(ev flow.Event) flow.Event {
			if a, ok := ev.(flow.Amount); ok && a.Amount == 0 {
				return flow.Amount{Amount: 1, Title: a.Title}
			}
			return ev
		}}, failed: []int{1}},
		"it gives back a fen where three are asked for": {till: wrongTill{offer: func(ev flow.Event) flow.Event {
			if r, ok := ev.(flow.Refund); ok && r.Amount == 3 {
				r.Amount = 1
				return r
			}
			return ev
		}}, failed: []int{5, 8, 15}},
		"it says that a paid order was not paid, first": {till: wrongTill{view: func(v flow.View) flow.View {
			if v.Order.Phase == "checking" {
				v.Order.Phase = "refused"
			}
			return v
		}}, failed: []int{12}},
		"its slip names another order": {people: func(p *bankPeople) acceptance.People { return misread{p} }, failed: []int{4}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			b := openBank(t, filepath.Join(dir, "keys"))
			synctest.Test(t, func(t *testing.T) {
				x := openTill(t, b, dir, b.account("alipay"))
				defer x.stop()
				c.till.Lane = x.lanes[0]
				var people acceptance.People = x.people
				if c.people != nil {
					people = c.people(x.people)
				}
				plan := x.plan()
				plan.Patience = time.Minute
				if c.typed != nil {
					plan.Type = c.typed
				}
				var failed []int
				for i, s := range acceptance.Run(t.Context(), plan, c.till, people, nil).Steps {
					if s.Result == acceptance.Failed {
						failed = append(failed, i+1)
					}
				}
				if !slices.Equal(failed, c.failed) {
					t.Errorf("the steps %v failed, want %v", failed, c.failed)
				}
			})
		})
	}
}

// misread are people whose slips bear another number.
type misread struct{ *bankPeople }

func (m misread) Slip(ctx context.Context) (string, error) {
	number, err := m.bankPeople.Slip(ctx)
	return strings.Replace(number, "1", "2", 1), err
}

// unheard is a network that has never heard of a refund.
type unheard struct{ *bankPeople }

func (unheard) Sent(string) (int, bool) { return 0, true }

// TestAcceptanceByPeople drives the live form of the script: prompts, typed
// codes, and what is skipped.
func TestAcceptanceByPeople(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b := openBank(t, filepath.Join(dir, "keys"))
	synctest.Test(t, func(t *testing.T) {
		x := openTill(t, b, dir, b.account("alipay"))
		defer x.stop()
		var prompts bytes.Buffer
		in := strings.NewReader(b.NewWalletCode(sandbox.Alipay, sandbox.Behaviour{}) + "\ns\ns\n")
		people := newCustomers(in, &prompts).at(x.lanes[0])
		plan := x.plan()
		plan.QR = nil
		results := map[acceptance.Outcome]int{}
		for _, s := range acceptance.Run(t.Context(), plan, x.lanes[0], people, nil).Steps {
			results[s.Result]++
			if s.Result == acceptance.Failed {
				t.Errorf("%s: %s", s.En, s.Got)
			}
		}
		// The payment and its refunds pass; slip, password and lost answer are skipped,
		// and the refunds of what was not paid with them.
		if results[acceptance.Passed] != 8 || results[acceptance.Skipped] != 5 || results[acceptance.Failed] != 0 {
			t.Errorf("the steps ended as %v", results)
		}
		for _, want := range []string{"请出示支付宝付款码", "Scan the barcode of the slip", "must enter its password"} {
			if !strings.Contains(prompts.String(), want) {
				t.Errorf("the people were not told %q:\n%s", want, &prompts)
			}
		}
	})
}

var (
	_ printer.Printer = (*bankPeople)(nil)
	_ drivers.Source  = overheard{}
)
