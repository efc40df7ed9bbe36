//go:build demo

package main

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	mochi "github.com/mochi-mqtt/server/v2"

	"tillgate/agent/clock"
	"tillgate/agent/cloud"
	"tillgate/agent/duty"
	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
	"tillgate/agent/ring"
	"tillgate/agent/staff"
	"tillgate/store"
	"tillgate/store/entry"
)

// headquarters signs documents of rights and has a broker keep them.
type headquarters struct {
	t       *testing.T
	private ed25519.PrivateKey
	ca      *sandbox.Authority
	close   func() // of the broker
	url     string
}

func newHeadquarters(t *testing.T) *headquarters {
	t.Helper()
	h := &headquarters{t: t}
	var err error
	if _, h.private, err = ed25519.GenerateKey(nil); err == nil {
		h.ca, err = sandbox.NewAuthority()
	}
	if err == nil {
		var broker *mochi.Server
		broker, h.url, err = startBroker(h.ca.Server(), slog.New(slog.DiscardHandler))
		h.close = sync.OnceFunc(func() { broker.Close() })
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.close)
	return h
}

// config is a terminal's whose people come from here.
func (h *headquarters) config() *config {
	h.t.Helper()
	path := withSecrets(h.t)
	text, err := os.ReadFile(path)
	if err != nil {
		h.t.Fatal(err)
	}
	root := filepath.Join(h.t.TempDir(), "root.pem")
	write(h.t, root, string(h.ca.RootPEM()))
	all, _, _ := strings.Cut(string(text), "[cloud]")
	all, _, _ = strings.Cut(all, "[console]")
	write(h.t, path+".cloud", all+fmt.Sprintf("[cloud]\nbroker = %q\nca = %q\nrights_key = %q\n[console]\nlisten = \"127.0.0.1:0\"\n",
		h.url, "file:"+root, base64.StdEncoding.EncodeToString(h.private.Public().(ed25519.PublicKey))))
	cfg, err := loadConfig(path+".cloud", true)
	if err != nil {
		h.t.Fatal(err)
	}
	cfg.Console.Listen = "127.0.0.1:0"
	return cfg
}

// signable is a document that says who works there: names with their roles.
func signable(site string, serial int, people ...string) []byte {
	var list []string
	for _, p := range people {
		name, role, _ := strings.Cut(p, " ")
		list = append(list, fmt.Sprintf(`{"id":"e-%s","name":%q,"role":%q}`, strings.ToLower(name), name, role))
	}
	return fmt.Appendf(nil, `{"tillgate":"rights/1","site":%q,"serial":%d,"people":[%s]}`, site, serial, strings.Join(list, ","))
}

// publish has the broker keep a document for a device.
func (h *headquarters) publish(device cloud.Address, document, signature []byte) {
	h.t.Helper()
	if signature == nil {
		signature = ed25519.Sign(h.private, document)
	}
	one := &publisher{message: cloud.Message{Topic: device.Topic(cloud.DownRights), Retained: true, Payload: entry.Encode(cloud.Rights{Document: document, Signature: signature})}}
	link, err := cloud.NewConnection(cloud.Broker{URL: h.url, ClientID: "headquarters", TLS: h.ca.Client()})
	if err != nil {
		h.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(h.t.Context(), time.Minute)
	defer cancel()
	one.link, one.done = link, cancel
	if err := link.Run(ctx, one); err != nil || one.err != nil {
		h.t.Fatal(err, one.err)
	}
}

// publisher says one thing and leaves.
type publisher struct {
	message cloud.Message
	link    *cloud.Connection
	done    func()
	err     error
}

func (p *publisher) Up() {
	p.err = p.link.Publish(p.message)
	p.done()
}
func (p *publisher) Down(error)             {}
func (p *publisher) Deliver(string, []byte) {}

// live is an agent that ends with stop.
func live(t *testing.T, cfg *config) (a *agent, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	up, done := make(chan *agent, 1), make(chan error, 1)
	go func() {
		done <- run(ctx, cfg, slog.New(slog.DiscardHandler), &extras{started: func(a *agent) { up <- a }})
	}()
	ended := false
	stop = func() {
		cancel()
		if !ended {
			ended = true
			if err := <-done; err != nil {
				t.Errorf("the agent ended with %v", err)
			}
		}
	}
	t.Cleanup(stop)
	select {
	case a = <-up:
	case err := <-done:
		ended = true
		t.Fatalf("the agent did not start: %v", err)
	}
	return a, stop
}

// awaitSerial waits until a document holds.
func awaitSerial(t *testing.T, a *agent, want int64) {
	t.Helper()
	late := time.After(time.Minute)
	for grown := a.store.Grown(); a.desk.Roster.Serial() != want; grown = a.store.Grown() {
		select {
		case <-grown:
		case <-time.After(20 * time.Millisecond): // it is folded a moment after it is written
		case <-late:
			t.Fatalf("serial %d holds, want %d", a.desk.Roster.Serial(), want)
		}
	}
}

// says waits until the page's events have a line.
func says(t *testing.T, a *agent, text string) {
	t.Helper()
	late := time.After(time.Minute)
	for changed := a.board.Changed(); !slices.ContainsFunc(a.ring.Lines(), lineHas(text)); changed = a.board.Changed() {
		select {
		case <-changed:
		case <-time.After(20 * time.Millisecond):
		case <-late:
			t.Fatalf("nothing says %q", text)
		}
	}
}

func lineHas(text string) func(ring.Line) bool {
	return func(l ring.Line) bool { return strings.Contains(l.Text, text) }
}

func namesOf(a *agent) (names []string) {
	for _, p := range a.desk.Roster.People() {
		names = append(names, p.Name+" "+string(p.Role))
	}
	return names
}

// TestRightsComeDown: what the cloud has signed is who works here, also for a
// terminal that connects later, and after a restart without any cloud; a forged
// document, another site's and an older one change nothing.
func TestRightsComeDown(t *testing.T) {
	t.Parallel()
	h := newHeadquarters(t)
	cfg := h.config()
	here := cloud.Address{Site: cfg.Terminal.Site, Device: cfg.Terminal.Number}
	h.publish(here, signable(here.Site, 7, "Wang manager", "Li clerk"), nil) // before anybody is there
	a, stop := live(t, cfg)
	awaitSerial(t, a, 7)
	if got := namesOf(a); !slices.Equal(got, []string{"Li clerk", "Wang manager"}) {
		t.Errorf("there are %v", got)
	}
	link, err := a.desk.First(t.Context(), "")
	if err != nil || link.Person != "e-wang" {
		t.Fatalf("the first link is %+v, %v", link, err)
	}
	if err := a.desk.Finish(t.Context(), link.Token, "830174"); err != nil {
		t.Fatal(err)
	}

	forged := signable(here.Site, 8, "Wang manager", "Thief manager")
	h.publish(here, forged, make([]byte, ed25519.SignatureSize))
	says(t, a, "not signed by our cloud")
	h.publish(here, signable("10000002", 9, "Wang manager", "Other clerk"), nil)
	says(t, a, "another site's")
	h.publish(here, signable(here.Site, 6, "Wang manager", "Old clerk"), nil)
	says(t, a, "older than those we have")
	h.publish(here, []byte(strings.Replace(string(signable(here.Site, 10, "Wang manager")), "rights/1", "rights/2", 1)), nil)
	says(t, a, "could not be read")
	h.publish(cloud.Address{Site: here.Site, Device: "0099"}, signable(here.Site, 11, "Wang manager", "Far clerk"), nil)
	if got := namesOf(a); !slices.Equal(got, []string{"Li clerk", "Wang manager"}) {
		t.Errorf("after what is not to be taken there are %v", got)
	}
	h.publish(here, signable(here.Site, 12, "Wang manager", "Zhao technician"), nil)
	awaitSerial(t, a, 12)
	stop()

	h.close() // from here on there is no cloud
	a, _ = live(t, cfg)
	if got := namesOf(a); !slices.Equal(got, []string{"Wang manager", "Zhao technician"}) || a.desk.Roster.Serial() != 12 {
		t.Errorf("offline after a restart there are %v", got)
	}
	if !a.desk.Roster.People()[0].PIN {
		t.Error("the PIN has gone")
	}
	untrusted := staff.Now{Stamp: entry.Stamp{Wall: 1, Mono: a.clock.Now().Mono, Trust: entry.Floor}}
	if err := a.desk.Roster.May("e-wang", staff.Refund, "exit-1", untrusted); err != nil {
		t.Errorf("a manager cannot refund while the clock proves nothing: %v", err)
	}
	if err := a.desk.Roster.May("e-zhao", staff.Refund, "exit-1", untrusted); err == nil {
		t.Error("a technician refunds")
	}
}

// sullen is a journal whose disk may refuse to write.
type sullen struct {
	*store.Store
	refuses atomic.Bool
	asked   atomic.Int32
}

func (s *sullen) Commit(ctx context.Context, step store.Step) ([]entry.Entry, error) {
	s.asked.Add(1)
	if s.refuses.Load() {
		return nil, fmt.Errorf("write: %w", store.ErrUnwritten)
	}
	return s.Store.Commit(ctx, step)
}

// TestRightsWaitForTheDisk: what it does not take is tried again after a minute,
// and what is refused is not.
func TestRightsWaitForTheDisk(t *testing.T) {
	t.Parallel()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	clockNow := func() entry.Stamp { return entry.Stamp{Wall: 1_760_000_000_000, Mono: 5000, Trust: entry.Floor} }
	path := filepath.Join(t.TempDir(), "tillgate.db")
	synctest.Test(t, func(t *testing.T) {
		open, err := store.Open(t.Context(), store.Options{Path: path, Prefix: "10000001", Device: "0007", Version: "test", Boot: "boot", Clock: clockNow})
		if err != nil {
			t.Fatal(err)
		}
		defer open.Close()
		disk := &sullen{Store: open}
		disk.refuses.Store(true)
		pins, err := staff.NewPins(nil)
		if err != nil {
			t.Fatal(err)
		}
		a := &agent{log: slog.New(slog.DiscardHandler), rights: newRightsPost(), clock: clock.New(clock.Options{}), ring: ring.New(filepath.Dir(path), pay.NewRedactor())}
		a.desk = duty.New(duty.Options{Device: "100000010007", Journal: disk, Pins: pins, Clock: clockNow, Lanes: deskLanes{},
			Roster: staff.New(staff.Options{Site: "10000001", Lanes: []string{"exit-1"}, Key: public})})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- a.takeRights(ctx) }()
		good := signable("10000001", 3, "Wang manager")
		a.rights.leave(cloud.Rights{Document: good, Signature: ed25519.Sign(private, good)})
		time.Sleep(rightsAgain * 5 / 2)
		synctest.Wait()
		if disk.asked.Load() != 3 || a.desk.Roster.Serial() != 0 {
			t.Errorf("in two and a half minutes the disk was asked %d times, and serial %d holds", disk.asked.Load(), a.desk.Roster.Serial())
		}
		disk.refuses.Store(false)
		time.Sleep(rightsAgain)
		synctest.Wait()
		if disk.asked.Load() != 4 || a.desk.Roster.Serial() != 3 {
			t.Errorf("after the repair the disk was asked %d times, and serial %d holds", disk.asked.Load(), a.desk.Roster.Serial())
		}
		a.rights.leave(cloud.Rights{Document: good, Signature: make([]byte, ed25519.SignatureSize)})
		time.Sleep(time.Hour)
		synctest.Wait()
		if disk.asked.Load() != 4 {
			t.Errorf("a forged one was written, or tried again: %d", disk.asked.Load())
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// TestRightsPost: it has the newest, and never waits for anybody.
func TestRightsPost(t *testing.T) {
	t.Parallel()
	post := newRightsPost()
	for i := range 5 {
		post.leave(cloud.Rights{Document: fmt.Append(nil, i)})
	}
	if got := string((<-post).Document); got != "4" {
		t.Errorf("the newest is %s", got)
	}
	select {
	case old := <-post:
		t.Errorf("an older one is there too: %s", old.Document)
	default:
	}
}
