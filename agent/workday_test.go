//go:build demo

package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	cdnetwork "github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"tillgate/agent/console"
	"tillgate/agent/console/axetest"
	"tillgate/agent/duty"
	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// tap lets the networks' answers to questions through, or holds them up, so that
// a payment stays unknown for as long as a test looks at it.
type tap struct {
	mu   sync.Mutex
	shut chan struct{} // nil: open
}

// merchantClient is all that a demo's merchants can do.
type merchantClient interface {
	pay.Shower
	pay.Refunder
	pay.Preparer
	pay.HoldShower
	pay.Mover
}

// tapped is a merchant's client behind a tap.
type tapped struct {
	merchantClient
	*tap
}

func (p tapped) Query(ctx context.Context, a pay.Attempt) pay.Result {
	if !p.waits(ctx) {
		return pay.Result{} // unknown, as a silent network is
	}
	return p.merchantClient.Query(ctx, a)
}

func (p tapped) QueryCapture(ctx context.Context, m pay.Move) pay.Result {
	if !p.waits(ctx) {
		return pay.Result{}
	}
	return p.merchantClient.QueryCapture(ctx, m)
}

// waits is until a tap is open; false: it is shut for longer than anybody waits.
func (t *tap) waits(ctx context.Context) bool {
	t.mu.Lock()
	shut := t.shut
	t.mu.Unlock()
	if shut == nil {
		return true
	}
	select {
	case <-shut:
		return true
	case <-ctx.Done():
		return false
	}
}

// turn shuts a tap, or opens it.
func (t *tap) turn(open bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case !open && t.shut == nil:
		t.shut = make(chan struct{})
	case open && t.shut != nil:
		close(t.shut)
		t.shut = nil
	}
}

// workday is a shop on one day: the agent, its networks and devices, and a browser.
type workday struct {
	*street
	tap
	named  string // how its pictures begin
	agent  *agent
	till   *tab
	pins   map[string]string // by name
	looked int
}

// newDay opens the shop, and waits for the scanner that the day begins with.
func newDay(t *testing.T, named, scanner string) *workday {
	t.Helper()
	d := &workday{street: newStreet(t), named: named, pins: map[string]string{"王芳": "830174", "李雷": "830275", "韩梅": "830376"}}
	d.toml = demoConfig
	cfg, err := d.config("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	up, ended := make(chan *agent, 1), make(chan error, 1)
	go func() {
		ended <- run(ctx, cfg, slog.New(slog.DiscardHandler), &extras{
			makers: d.makers(), started: func(a *agent) { up <- a }, provider: d.behindTap,
			timing: func(network string) pay.Timing { // nobody here gives up while a test looks around
				timing := timingOf(network)
				timing.Patience, timing.Show.Life, timing.Show.QueryEvery = time.Hour, time.Hour, time.Second
				timing.Queries, timing.QueryEvery, timing.Hold.QueryEvery = nil, time.Second, time.Second
				return timing
			},
		})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the agent: %v", err)
		}
	})
	select {
	case d.agent = <-up:
	case err := <-ended:
		ended <- nil
		t.Fatalf("the agent did not start: %v", err)
	}
	d.page = d.agent.page.Addr().String()
	untilSocket(t, cfg)
	d.opened(scanner)
	return d
}

func (d *workday) behindTap(p pay.Provider) pay.Provider {
	if all, can := p.(merchantClient); can {
		return tapped{all, &d.tap}
	}
	return p
}

// opened waits until the agent has opened a device: what a scanner sends before
// that is thrown away.
func (d *workday) opened(device string) {
	d.t.Helper()
	for late := time.After(pageWithin); ; {
		changed := d.agent.board.Changed()
		for _, one := range d.agent.board.Devices() {
			if one.Name == device && one.State == console.Up {
				return
			}
		}
		select {
		case <-changed:
		case <-late:
			d.t.Fatalf("%s was not opened", device)
		}
	}
}

// becomes waits until an expression is true on the page, over navigations too,
// which end what the browser was asked before.
func (d *workday) becomes(expression string) {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.till.ctx, pageWithin)
	defer cancel()
	for {
		if yes, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+expression+")")); err == nil && yes {
			return
		}
		select {
		case <-ctx.Done():
			d.till.picture("failed")
			text, _ := chromedp.Run(d.till.ctx, chromedp.Evaluate[string](`location.pathname + " " + document.body.innerText`))
			d.t.Fatalf("the page never has %s; it says %s", expression, text)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// is tells whether an expression is true on the page now.
func (d *workday) is(expression string) bool {
	d.t.Helper()
	yes, err := chromedp.Run(d.till.ctx, chromedp.Evaluate[bool]("!!("+expression+")"))
	if err != nil {
		d.t.Fatalf("%s: %v", expression, err)
	}
	return yes
}

// at waits until the page is at a path, whole, and has a text.
func (d *workday) at(path, text string) {
	d.t.Helper()
	d.becomes(fmt.Sprintf(`document.readyState === "complete" && location.pathname.startsWith(%q) && document.body.innerText.includes(%q)`, path, text))
}

// goes opens a page that has a text.
func (d *workday) goes(path, text string) {
	d.t.Helper()
	d.till.do(chromedp.Navigate("http://" + d.page + path))
	d.at(strings.Split(path, "?")[0], text)
}

// picture is what the newest picture is called.
func (d *workday) picture(name string) string {
	return fmt.Sprintf("%s-%02d-%s", d.named, d.looked, name)
}

// scansScreen is what a camera reads off the newest picture of the page.
func (d *workday) scansScreen(name string) string {
	d.t.Helper()
	return zbar(d.t, filepath.Join(screens, d.picture(name)+".png"))["QR-Code"]
}

// keeps puts a slip beside the pictures of the pages.
func (d *workday) keeps(slip, name string) {
	d.t.Helper()
	picture, err := os.ReadFile(slip)
	if err == nil {
		err = os.WriteFile(filepath.Join(screens, d.named+"-slip-"+name+".png"), picture, 0o644)
	}
	if err != nil {
		d.t.Fatal(err)
	}
}

// looks keeps a picture of the page, and holds it against axe-core.
func (d *workday) looks(name string) {
	d.t.Helper()
	d.looked++
	d.till.picture(d.picture(name))
	axetest.Check(d.t, d.till.ctx, name)
}

// fills types into fields, the last one with enter.
func (d *workday) fills(fields ...string) {
	d.t.Helper()
	for i := 0; i < len(fields); i += 2 {
		selector, text := chromedp.CSS(fields[i]), fields[i+1]
		if i+2 == len(fields) {
			text += "\r"
		}
		d.till.do(chromedp.Clear(selector), chromedp.SendKeys(selector, text))
	}
}

// shows waits until the till's order is in a phase, with a text somewhere on it.
func (d *workday) shows(phase words.Phase, text string) {
	d.t.Helper()
	d.becomes(fmt.Sprintf(`document.querySelector(".till .screen")?.dataset.phase === %q && document.querySelector(".till .screen").innerText.includes(%q)`, string(phase), text))
}

// owes enters an amount at the till and waits until it is shown.
func (d *workday) owes(amount string) {
	d.t.Helper()
	d.fills("#amount", amount)
	d.shows(words.Ready, amount)
}

// signsIn is somebody at the sign-in page, which leads on to where they came from.
func (d *workday) signsIn(name, to, text string) {
	d.t.Helper()
	d.at("/sign-in", "登录")
	d.fills("#name", name, "#pin", d.pins[name])
	d.at(to, text)
}

// activates follows a one-time link and sets the PIN.
func (d *workday) activates(path, name string) {
	d.t.Helper()
	d.goes(path, name)
	d.fills("#pin", d.pins[name], "#again", d.pins[name])
	d.at("/sign-in", "登录")
}

// hires has a clerk set up by a manager, and the clerk's link followed.
func (d *workday) hires(by, name string) {
	d.t.Helper()
	ctx := d.t.Context()
	spot := duty.Spot{Name: "王芳", PIN: pay.Secret(d.pins["王芳"])} // no network has told the time yet
	if err := d.agent.desk.SetPerson(ctx, by, staff.Person{Name: name, Role: staff.Clerk}, spot); err != nil {
		d.t.Fatal(err)
	}
	link, err := d.agent.desk.Activate(ctx, by, d.person(name))
	if err != nil {
		d.t.Fatal(err)
	}
	d.activates("/activate/"+string(link.Token), name)
}

func (d *workday) person(name string) string {
	d.t.Helper()
	for _, p := range d.agent.desk.Roster.People() {
		if p.Name == name {
			return p.ID
		}
	}
	d.t.Fatalf("nobody is called %s", name)
	return ""
}

// paper waits for the next slip, and for what is said with it; empty: nothing is.
func (d *workday) paper(said string) (slip string) {
	d.t.Helper()
	late := time.After(pageWithin)
	for {
		select {
		case slip = <-d.slips:
		case phrase := <-d.phrases:
			if phrase != said {
				d.t.Errorf("the speaker says %q, want %q", phrase, said)
			}
			said = ""
		case <-late:
			d.t.Fatalf("the slip %q, and %q is not said", slip, said)
		}
		if slip != "" && said == "" {
			return slip
		}
	}
}

// forgets takes the browser's cookies away, as it does itself when their time is over.
func (d *workday) forgets() {
	d.t.Helper()
	d.till.do(func(ctx context.Context, target *chromedp.Target) (none chromedp.Void, err error) {
		_, err = cdp.Call(ctx, target, cdnetwork.ClearBrowserCookies, cdp.Empty{})
		return none, err
	})
}

// opensShop sets up a manager by the terminal's command, two clerks and a limit for
// what they give back alone.
func (d *workday) opensShop(limit string) {
	d.at("/sign-in", "尚未设置人员")
	d.looks("nobody-is-set-up")
	code, out, complaint := call(d.t, "staff", "first", "王芳", "--config", d.cfg)
	link := regexp.MustCompile(`/activate/\S+`).FindString(out)
	if code != exitOK || link == "" {
		d.t.Fatalf("staff first: exit %d, %q, %q", code, out, complaint)
	}
	d.activates(link, "王芳")
	chief := d.person("王芳")
	if err := d.agent.desk.Set(d.t.Context(), chief, words.SettingRefundLimit, limit); err != nil {
		d.t.Fatal(err)
	}
	d.hires(chief, "李雷")
	d.hires(chief, "韩梅")
}

func (d *workday) ledger(of func(sandbox.Entry) money.Fen) (sum money.Fen) {
	for _, e := range d.bank.Ledger() {
		sum += of(e)
	}
	return sum
}

func (d *workday) entries() []entry.Entry {
	d.t.Helper()
	entries, err := d.agent.store.Entries(d.t.Context(), 0, 1000)
	if err != nil {
		d.t.Fatal(err)
	}
	return entries
}
