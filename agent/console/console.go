// Package console is the pages that people at the terminal look at, and the
// little HTTP API behind them: the cashier's page and the customer display of
// each lane, the technician's page, and what can be done from them. It shows
// what the lanes publish and hands them events. Signed-in people reach it from
// other machines over TLS, where Locked has everybody sign in. It keeps sessions in
// memory and no facts; it is not for deciding anything, and never calls a network.
package console

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"

	"tillgate/agent/console/qr"
	"tillgate/agent/duty"
	"tillgate/agent/flow"
	"tillgate/agent/throttle"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

//go:generate go tool -modfile=../../.ci/tools/go.mod templ generate

// Lane is what the pages need of a lane.
type Lane interface {
	// View is the lane as it is now, and a channel that closes when it changes.
	View() (flow.View, <-chan struct{})
	// Offer gives the lane an event; false when it has too much to do.
	Offer(flow.Event) bool
}

var _ Lane = (*flow.Lane)(nil)

// Options say what the pages show. Its functions may be called from several
// goroutines. Devices, Recent and Changed are a Board's, or anything like it;
// what is nil is not shown.
type Options struct {
	Site    string // the terminal's name, the pages' heading
	Lanes   []Lane
	Devices func() []Device
	Recent  func() []Event // oldest first
	Status  func() Status
	Changed func() <-chan struct{} // closes at the next change of Devices, Recent or Status
	// Takes are the ways to pay that a lane takes; nil: all of them.
	Takes func(lane string) []words.Tender
	// AsksFull tells whether the clerk of a lane also types how much of an amount
	// takes part in no discount; nil: nowhere.
	AsksFull func(lane string) bool
	// AsksDeposit tells whether the clerk of a lane also types a deposit, which is
	// taken in the same visit once the amount is paid; nil: nobody does.
	AsksDeposit func(lane string) bool
	// HoldsBy are the ways in which a lane takes deposits: ByCode, ByQR; nil: both.
	HoldsBy func(lane string) []words.Tender
	// Deposit is one deposit of this device as it stands now; nil: there is nothing to look at.
	Deposit func(ctx context.Context, key entry.Seq) (words.Deposit, error)
	// Sales are a lane's newest sales, newest first, at most max.
	Sales func(ctx context.Context, lane string, max int) ([]Sale, error)
	// Order is one order as it stands now; nil: only paid ones have a page.
	Order func(ctx context.Context, key entry.Seq) (words.Order, error)
	// Refunds are what has gone back of an order, or may, each as it stands now.
	Refunds func(ctx context.Context, order entry.Seq) ([]words.Refund, error)
	// Desk is who works here and who is on duty; nil: nobody signs in.
	Desk *duty.Desk
	// Phone is the https address at which supervisors' phones find the page
	// /phone/; empty: codes for phones have their text alone.
	Phone string
	// DisplayKey is the key that opens a lane's display where the pages are locked,
	// the same after a restart; nil: there is none.
	DisplayKey func(lane string) string
	Mono       func() int64 // the boot clock in ms, which QR codes expire by
	Metrics    http.Handler // GET /metrics
	// Extra plays customers in a demo; nil on a device. It is asked below
	// /extra/ without that prefix: GET /list answers [{"id","label_zh","label_en"}],
	// POST /{id}?lane=NAME lets that customer act on a lane.
	Extra http.Handler
	Hosts []string // names that these pages may be called by; in lower case, without port; nil is the loopback names
	// Locked says that other machines reach the pages: whoever is not signed in
	// sees the page to sign in at, and nothing else.
	Locked bool
	Limit  *throttle.Addresses // of requests; nil: its own
	Log    *slog.Logger
}

// streamsMax bounds the event streams that are open at a time.
const streamsMax = 256

type console struct {
	Options
	names   []string // of the lanes
	life    string   // of this console, in what pages saw
	looks   []byte   // hash of all that a page is drawn with
	feed    string   // address of the script that listens; another one for each release
	streams atomic.Int32
	once    once
	panels  panels
	fade    fade
	codes   qr.Cache
	sales   []sales // by lane
	held    held
	begun   begun

	sessions sessions
	files    files
	people   sync.Mutex // held from the look at a person to what is made of it
}

//go:embed static
var static embed.FS

// New makes the pages; Serve shows them. Event streams end when the context of
// their request ends, which is why a server needs a BaseContext that is done at
// shutdown.
func New(o Options) http.Handler { return newConsole(o).handler() }

func newConsole(o Options) *console {
	c := &console{Options: o, life: rand.Text()[:8], looks: hashOf(static), sales: make([]sales, len(o.Lanes))}
	c.feed = "/static/feed.js?v=" + hex.EncodeToString(c.looks[:4])
	if c.Hosts == nil {
		c.Hosts = []string{"localhost", "127.0.0.1", "::1"}
	}
	if c.Limit == nil {
		c.Limit = &throttle.Addresses{}
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Mono == nil {
		c.Mono = func() int64 { return 0 }
	}
	for _, l := range c.Lanes {
		view, _ := l.View()
		c.names = append(c.names, view.Lane)
	}
	return c
}

func (c *console) handler() http.Handler { return c.guard(c.locked(c.routes())) }

func (c *console) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", c.serveIndex)
	mux.HandleFunc("GET /lanes/{lane}", c.servePage(cashierPage))
	mux.HandleFunc("GET /lanes/{lane}/display", c.servePage(displayPage))
	mux.HandleFunc("GET /lanes/{lane}/deposit", c.servePage(deskPage))
	mux.HandleFunc("GET /technician", c.servePage(technicianPage))
	mux.HandleFunc("GET /state", c.serveState)
	mux.HandleFunc("GET /events", c.serveEvents)
	for _, a := range actions {
		mux.HandleFunc("POST /lanes/{lane}/"+a.verb, c.act(a))
	}
	for _, a := range deskActions {
		mux.HandleFunc("POST /lanes/{lane}/deposit/"+a.verb, c.actDeposit(a))
	}
	mux.HandleFunc("POST /lanes/{lane}/display/drawn", c.serveDrawn)
	if c.Desk != nil {
		c.routeStaff(mux)
		c.routeDeposits(mux)
	}
	mux.Handle("GET /static/{file}", http.FileServerFS(static))
	if c.Metrics != nil {
		mux.Handle("GET /metrics", c.Metrics)
	}
	if c.Extra != nil {
		mux.Handle("/extra/", http.StripPrefix("/extra", c.Extra))
	}
	return mux
}

// hashOf is the hash of all that a page is drawn with.
func hashOf(files fs.FS) []byte {
	sum := sha256.New()
	for _, name := range []string{"static/page.css", "static/page.js", "static/feed.js"} {
		text, _ := fs.ReadFile(files, name) // it is in the program
		sum.Write(text)
	}
	return sum.Sum(nil)
}

// layoutOf names a page without what changes while the agent runs, and what it
// is drawn with: a page that was open over an update or a change of lanes would
// show one lane under the name of another.
func layoutOf(frame string, looks []byte) string {
	sum := sha256.New()
	sum.Write([]byte(frame))
	sum.Write(looks)
	return hex.EncodeToString(sum.Sum(nil)[:8])
}
