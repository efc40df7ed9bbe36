package console

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"

	"tillgate/agent/flow"
	"tillgate/agent/words"
)

// Payment codes as wallets make them; none may ever come back.
const (
	wechatCode = "134567890123456789"
	alipayCode = "281234567890123456"
)

// fakeLane takes amounts, codes and cancels like a lane, without a network.
type fakeLane struct {
	mu      sync.Mutex
	view    flow.View
	changed chan struct{}
	got     []flow.Event
	full    bool
	says    words.Key // to what is asked as a call
}

func newLane(name string, role flow.Role) *fakeLane {
	return &fakeLane{view: flow.View{Lane: name, Role: role, Order: words.Order{Phase: words.Idle, Lane: name}}, changed: make(chan struct{})}
}

func (l *fakeLane) View() (flow.View, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.view, l.changed
}

func (l *fakeLane) Offer(ev flow.Event) bool {
	l.mu.Lock()
	full := l.full
	if !full {
		l.got = append(l.got, ev)
	}
	l.mu.Unlock()
	if full {
		return false
	}
	call, asked := ev.(flow.Call)
	if asked {
		ev = call.Of
		defer call.Done(flow.Said{Tell: l.says})
	}
	if asked && l.says != "" {
		return true
	}
	l.change(func(v *flow.View) {
		switch ev := ev.(type) {
		case flow.DepositSpec:
			v.Deposit = words.Deposit{Phase: words.DepositReady, Lane: v.Lane, Amount: ev.Amount, Room: ev.Room, Title: ev.Title, Instead: int64(ev.Instead), Can: words.DepositCan{Cancel: true}}
			if ev.QR {
				v.Deposit.Phase, v.Deposit.Key, v.Deposit.QR = words.DepositScanUs, 7, []words.QR{{Network: "wechat", Link: payLink, Until: 60_000}}
			}
		case flow.DropDeposit:
			v.Deposit = words.Deposit{}
		case flow.Amount:
			v.Order = words.Order{Phase: words.Ready, Lane: v.Lane, Amount: ev.Amount, Title: ev.Title, Turn: v.Order.Turn + 1}
		case flow.ShowQR:
			v.Order.Phase = words.ScanUs
		case flow.Cash:
			v.Order.Phase, v.Order.Tender, v.Order.Given, v.Order.Change = words.PaidOrder, words.ByCash, ev.Given, ev.Given-v.Order.Amount
		case flow.Card:
			v.Order.Phase, v.Order.Tender = words.PaidOrder, words.ByCard
		case flow.Scanned:
			v.Order.Phase = words.PaidOrder
		case flow.Cancel:
			v.Order.Phase = words.CancelledOrder
		}
	})
	return true
}

func (l *fakeLane) change(by func(*flow.View)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	by(&l.view)
	l.view.Serial++
	close(l.changed)
	l.changed = make(chan struct{})
}

func (l *fakeLane) events() []flow.Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]flow.Event(nil), l.got...)
}

// pages are all the pages of a bench.
var pages = []string{"/", "/lanes/counter-1", "/lanes/exit-1", "/lanes/counter-1/display", "/lanes/exit-1/display", "/technician"}

// bench is a console with a cashier and an exit, and what it logged.
type bench struct {
	http.Handler
	counter, exit *fakeLane
	board         *Board
	log           *bytes.Buffer
	console       *console
}

func newBench(with ...func(*Options)) bench {
	b := bench{counter: newLane("counter-1", flow.Cashier), exit: newLane("exit-1", flow.ParkingExit), board: &Board{}, log: &bytes.Buffer{}}
	o := Options{
		Site: "East <car> park", Lanes: []Lane{b.counter, b.exit},
		Status: func() Status {
			return Status{Version: "v1", Networks: []Network{{Name: "shop", Network: "wechat", State: Up}}}
		},
		Devices: b.board.Devices, Recent: b.board.Recent, Changed: b.board.Changed,
		Log: slog.New(slog.NewTextHandler(b.log, nil)),
	}
	for _, w := range with {
		w(&o)
	}
	b.console = newConsole(o)
	b.Handler = b.console.handler()
	return b
}

// ask sends one request to the console, by its loopback name if not set otherwise.
func (b bench) ask(method, target, body string, set ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Host, r.RemoteAddr = "127.0.0.1:8080", "127.0.0.1:40000"
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(set); i += 2 {
		switch set[i] {
		case "Host":
			r.Host = set[i+1]
		case "From": // an address of the network
			r.RemoteAddr = set[i+1]
		}
		r.Header.Set(set[i], set[i+1])
	}
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	return w
}

// all is the text of all pages.
func (b bench) all() string {
	var all strings.Builder
	for _, page := range pages {
		all.WriteString(b.ask("GET", page, "").Body.String())
	}
	return all.String()
}
