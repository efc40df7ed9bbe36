// Package api is how another program drives the terminal, from this machine or
// over TLS from elsewhere: JSON over HTTP below /api/v1, described by openapi.yaml.
// It hands lanes events and says what the journal has; it decides nothing, calls
// no network, and no request waits for a payer.
package api

import (
	_ "embed"
	"encoding/json"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"

	"tillgate/agent/api/client"
	"tillgate/agent/duty"
	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/throttle"
	"tillgate/store"
)

// Lane is what the API needs of a lane.
type Lane interface {
	// View is the lane as it is now, and a channel that closes when it changes.
	View() (flow.View, <-chan struct{})
	// Offer gives the lane an event; false when it has too much to do.
	Offer(flow.Event) bool
}

// Right is what an integrator may do.
type Right string

// The rights. Whoever has one may look at an order; lists, lanes, devices and
// events take Read.
const (
	Sell    Right = "sell" // and take deposits
	Refund  Right = "refund"
	Capture Right = "capture" // a part of a deposit, for the shop
	Release Right = "release" // a deposit, back to the guest
	Read    Right = "read"
	Shifts  Right = "shifts"  // who is on duty, who was, and with what figures
	Reports Right = "reports" // figures, and files of them
	Display Right = "display" // a text on a lane's customer display
	Print   Right = "print"   // a slip of its own
	Speak   Right = "speak"   // a phrase of its own
)

// Rights are all of them.
func Rights() []Right {
	return []Right{Sell, Refund, Capture, Release, Read, Shifts, Reports, Display, Print, Speak}
}

// Integrator is a program that may ask.
type Integrator struct {
	Name   string
	Token  pay.Secret
	Rights []Right
	Lanes  []string // that it may use and see; empty: all
}

// Options are what the API works with.
type Options struct {
	Integrators []Integrator
	Lanes       []Lane
	Store       *store.Store
	Timing      func(network string) pay.Timing
	Devices     func() []client.Device
	Outputs     func(lane string, what flow.Verb) *flow.Output // what prints slips or speaks there; nil: the lane has none
	Desk        *duty.Desk                                     // the rules of money that goes back, shifts and figures
	Hosts       []string                                       // names that it may be called by, in lower case, without port; nil: the loopback names
	Limit       *throttle.Addresses                            // of requests; nil: its own
	Log         *slog.Logger
}

type api struct {
	Options
	callers  []*caller
	unknown  throttle.Bucket // of requests without a token that is known
	streams  atomic.Int64
	mu       sync.Mutex
	underWay map[string]chan struct{}    // keys that are being worked on
	telling  map[string]bool             // printers and speakers, by lane, that a program has at work
	tells    map[string]*throttle.Bucket // by lane: what programs have had told
}

//go:embed openapi.yaml
var document []byte

// Prefix is where the API is served.
const Prefix = "/api/v1"

// route is one thing that can be asked for.
type route struct {
	method, path string
	right        Right // that it takes; empty: any
	serve        func(*api, http.ResponseWriter, *http.Request, *caller) error
}

var routes = []route{
	{http.MethodPost, "/sales", Sell, (*api).postSale},
	{http.MethodPost, "/orders/{key}/code", Sell, (*api).postAct},
	{http.MethodPost, "/orders/{key}/qr", Sell, (*api).postAct},
	{http.MethodPost, "/orders/{key}/cash", Sell, (*api).postAct},
	{http.MethodPost, "/orders/{key}/card", Sell, (*api).postAct},
	{http.MethodPost, "/orders/{key}/cancel", Sell, (*api).postAct},
	{http.MethodPost, "/orders/{key}/reprint", Sell, (*api).postAct},
	{http.MethodPost, "/refunds", Refund, (*api).postRefund},
	{http.MethodPost, "/deposits", Sell, (*api).postDeposit},
	{http.MethodPost, "/deposits/take-over", Sell, (*api).postTakeOver},
	{http.MethodPost, "/deposits/cancel", Sell, (*api).postDrop},
	{http.MethodPost, "/deposits/{key}/refund", Refund, (*api).postBackOf},
	{http.MethodPost, "/deposits/{key}/capture", Capture, (*api).postMove},
	{http.MethodPost, "/deposits/{key}/release", Release, (*api).postMove},
	{http.MethodPost, "/deposits/{key}/reprint", Sell, (*api).postReprint},
	{http.MethodGet, "/deposits/{key}", "", (*api).getDeposit},
	{http.MethodGet, "/deposits", Read, (*api).getDeposits},
	{http.MethodPost, "/display", Display, (*api).postDisplay},
	{http.MethodPost, "/print", Print, (*api).postPrint},
	{http.MethodPost, "/speak", Speak, (*api).postSpeak},
	{http.MethodGet, "/orders/{key}", "", (*api).getOrder},
	{http.MethodGet, "/orders", Read, (*api).getOrders},
	{http.MethodGet, "/lanes", Read, (*api).getLanes},
	{http.MethodGet, "/devices", Read, (*api).getDevices},
	{http.MethodGet, "/tasks", Read, (*api).getTasks},
	{http.MethodGet, "/events", Read, (*api).getEvents},
	{http.MethodGet, "/shifts", Shifts, (*api).getShifts},
	{http.MethodGet, "/shifts/current", Shifts, (*api).getOnDuty},
	{http.MethodGet, "/shifts/{key}", Shifts, (*api).getShift},
	{http.MethodGet, "/reports", Reports, (*api).getReport},
}

// New makes the API; it answers everything below Prefix.
func New(o Options) http.Handler {
	a := &api{Options: o, underWay: map[string]chan struct{}{}, telling: map[string]bool{}, tells: map[string]*throttle.Bucket{}}
	for _, l := range o.Lanes {
		v, _ := l.View()
		a.tells[v.Lane] = &throttle.Bucket{}
	}
	if a.Hosts == nil {
		a.Hosts = []string{"localhost", "127.0.0.1", "::1"}
	}
	if a.Limit == nil {
		a.Limit = &throttle.Addresses{}
	}
	if a.Log == nil {
		a.Log = slog.New(slog.DiscardHandler)
	}
	for _, i := range o.Integrators {
		a.callers = append(a.callers, newCaller(i))
	}
	mux := http.NewServeMux()
	for _, r := range routes {
		mux.HandleFunc(r.method+" "+Prefix+r.path, a.known(r))
	}
	mux.HandleFunc("GET "+Prefix+"/openapi.yaml", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/yaml")
		w.Write(document) //nolint:errcheck // whoever went away needs no answer
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { a.fail(w, r, &problem{reason: noPath}) })
	return a.guard(mux)
}

// known serves those who may ask for a route.
func (a *api) known(rt route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		who, err := a.caller(r, rt.right)
		if err == nil {
			err = rt.serve(a, w, r, who)
		}
		if err != nil {
			a.fail(w, r, err)
		}
	}
}

func answer(w http.ResponseWriter, status int, body any) error {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body) //nolint:errcheck // whoever went away needs no answer
	return nil
}
