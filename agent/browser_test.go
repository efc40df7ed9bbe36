//go:build demo

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"tillgate/agent/pay/sandbox"
	"tillgate/agent/words"
)

// screens is where the browser's pictures go, for people to look at.
const screens = "../build/screens"

// pageWithin is for a browser on a machine that has much else to do.
const pageWithin = 3 * time.Minute

// browser is a Chromium that looks at an agent's pages.
type browser struct {
	t    *testing.T
	root context.Context
}

func newBrowser(t *testing.T) *browser {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatalf("the browser's tests need Debian's package chromium: %v", err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("hide-scrollbars", true))
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	root, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	if err := chromedp.Do(root); err != nil {
		t.Fatalf("start the browser: %v", err)
	}
	if err := os.MkdirAll(screens, 0o755); err != nil {
		t.Fatal(err)
	}
	return &browser{t, root}
}

// tab is one page of the browser.
type tab struct {
	*browser
	ctx context.Context
}

// open opens a page in a window of its own.
func (b *browser) open(url string, width, height int64) *tab {
	b.t.Helper()
	ctx, cancel := chromedp.NewContext(b.root)
	b.t.Cleanup(cancel)
	t := &tab{b, ctx}
	if err := chromedp.Do(ctx); err != nil { // the first call makes the window, and may not have an end of its own
		b.t.Fatal(err)
	}
	t.do(chromedp.EmulateViewport(width, height), chromedp.Navigate(url))
	return t
}

func (p *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, pageWithin)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatal(err)
	}
}

// shows waits until something is seen on the page.
func (p *tab) shows(selector string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, pageWithin)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.WaitVisible(chromedp.CSS(selector))); err != nil {
		p.picture("failed")
		p.t.Fatalf("the page does not show %s: %v", selector, err)
	}
}

// phase waits until the lane's state on the page is this one.
func (p *tab) phase(phase words.Phase) {
	p.t.Helper()
	p.shows(fmt.Sprintf(".screen[data-phase=%q]", string(phase)))
}

// click clicks on what a selector finds, also where the stream draws it anew in
// between: then nothing was clicked, and it is looked for again.
func (p *tab) click(selector string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, pageWithin)
	defer cancel()
	err := chromedp.Do(ctx, chromedp.Click(chromedp.CSS(selector)))
	for err != nil && strings.Contains(err.Error(), "Could not find node") && ctx.Err() == nil {
		err = chromedp.Do(ctx, chromedp.Click(chromedp.CSS(selector)))
	}
	if err != nil {
		p.t.Fatalf("click on %s: %v", selector, err)
	}
}

// types types into a field and presses enter.
func (p *tab) types(field, text string) {
	p.t.Helper()
	p.do(chromedp.SendKeys(chromedp.CSS(field), text+"\r"))
}

func (p *tab) text(selector string) string {
	p.t.Helper()
	text, err := chromedp.Run(p.ctx, chromedp.Text(chromedp.CSS(selector)))
	if err != nil {
		p.t.Fatal(err)
	}
	return text
}

// picture keeps what the page looks like.
func (p *tab) picture(name string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, pageWithin)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(screens, name+".png"), png, 0o644)
	}
	if err != nil {
		p.t.Error(err)
	}
}

// TestBrowser plays at the pages what a counter and an exit see on a day: a
// payment code, our QR code, cash, an answer that is lost and found again, a car
// that leaves. The pictures lie in build/screens.
func TestBrowser(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	s.start(0)
	b := newBrowser(t)
	counter := b.open("http://"+s.page+"/lanes/counter-1", 800, 480)
	display := b.open("http://"+s.page+"/lanes/counter-1/display", 800, 480)
	counter.phase(words.Idle)
	counter.picture("cashier-idle")
	display.picture("display-idle")

	t.Log("a payment code")
	counter.types("#amount", "12.50")
	counter.phase(words.Ready)
	display.phase(words.Ready)
	counter.picture("cashier-ready")
	display.picture("display-ready")
	s.show("counter-1", "pays")
	counter.phase(words.PaidOrder)
	display.phase(words.PaidOrder)
	counter.picture("cashier-paid")
	display.picture("display-paid")

	t.Log("our QR code")
	counter.types("#amount", "18.80")
	counter.phase(words.Ready)
	counter.click("form[action$='/qr'] button")
	counter.phase(words.ScanUs)
	display.shows("svg.code")
	counter.picture("cashier-qr")
	display.picture("display-qr")
	codes := zbar(t, filepath.Join(screens, "display-qr.png"))
	link := codes["QR-Code"]
	if !strings.HasPrefix(link, "weixin://") {
		t.Fatalf("the display's picture has the codes %v", codes)
	}
	if err := s.bank.Scan(link, sandbox.Do("pays")); err != nil {
		t.Fatal(err)
	}
	counter.phase(words.PaidOrder)
	display.phase(words.PaidOrder)

	t.Log("cash")
	counter.types("#amount", "7.40")
	counter.phase(words.Ready)
	counter.click("label.for-cash")
	counter.types("#given", "20")
	counter.phase(words.PaidOrder)
	counter.picture("cashier-cash")
	display.picture("display-cash")
	if text := counter.text(".screen"); !strings.Contains(text, "12.60") {
		t.Errorf("the cashier does not see the change: %q", text)
	}

	t.Log("an answer that is lost")
	counter.types("#amount", "30")
	counter.phase(words.Ready)
	s.show("counter-1", "lost-after")
	counter.phase(words.Checking)
	counter.picture("cashier-unknown")
	display.picture("display-unknown")
	counter.phase(words.PaidOrder)

	t.Log("a car leaves")
	exit := b.open("http://"+s.page+"/lanes/exit-1/display", 800, 480)
	exit.phase(words.Idle)
	exit.picture("exit-idle")
	s.owe("exit-1", "15.00")
	exit.phase(words.Ready)
	exit.picture("exit-ready")
	s.show("exit-1", "password:1200ms")
	exit.phase(words.Password)
	exit.picture("exit-password")
	exit.phase(words.PaidOrder)
	exit.picture("exit-paid")
	s.hears("pulse", 1)

	t.Log("the technician, a phone, a desk")
	b.open("http://"+s.page+"/technician", 1440, 900).picture("technician")
	b.open("http://"+s.page+"/lanes/counter-1", 390, 844).picture("cashier-phone")
	b.open("http://"+s.page+"/lanes/counter-1", 1440, 900).picture("cashier-desk")
	b.open("http://"+s.page+"/lanes/counter-1/display", 1440, 900).picture("display-desk")
}

// TestBrowserOverARestart: a page that is open while the agent is restarted says
// that it is old, and is right again by itself.
func TestBrowserOverARestart(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	s.listen(t)
	s.start(0)
	b := newBrowser(t)
	counter := b.open("http://"+s.page+"/lanes/counter-1", 800, 480)
	counter.types("#amount", "12.50")
	counter.phase(words.Ready)
	s.show("counter-1", "pays")
	counter.phase(words.PaidOrder)
	s.kill()
	counter.shows("#stale")
	counter.picture("cashier-stale")
	s.start(0)
	counter.do(chromedp.WaitNotVisible(chromedp.CSS("#stale")))
	counter.types("#amount", "3.00")
	counter.phase(words.Ready)
	s.show("counter-1", "pays")
	counter.phase(words.PaidOrder)
}
