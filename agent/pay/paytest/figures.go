//go:build bench

package paytest

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
)

// Limits of the figures. A ratio hangs on what else the machine does, so that it
// fails a fifth above its limit.
const (
	// SignedRatioMax is for networks that sign with RSA.
	SignedRatioMax = 1.3
	// MACRatioMax is for networks that sign with a MAC. The MACs of both messages take
	// about as long as the map of an answer's fields: 1.3 is out of reach of whoever
	// has to make the one message and read the other. This is what is reached, for
	// the day on which it gets worse (agent/pay/DESIGN.md).
	MACRatioMax = 15

	overheadRatioMax = 1.3
	ratioMargin      = 1.2
)

// How often things are measured: in rounds, of which the median counts, and which
// are short, for a machine that does other things interrupts long ones.
const (
	signedRounds   = 101
	signedTakes    = time.Millisecond // each side of a round, but at least one call
	overheadRounds = 9
	overheadCalls  = 60 // in a round
)

// TakenApart is a provider with its steps one by one: its package's tests add
// the two that nobody else needs.
type TakenApart interface {
	pay.Preparer
	// Judge verifies the answer to a charge and judges it. It sends nothing.
	Judge(c pay.Charge, answer pay.Reply) pay.Result
	// Crypto are the hashes, MACs and RSA operations that sign these bytes of a
	// request and verify these of its answer, and nothing else: what is hashed is
	// put together beforehand, keys are read, and neither base64, hex nor a nonce is
	// among them. A network that does not sign its answers has no verify.
	Crypto(request []byte, answer pay.Reply) (sign, verify func() error)
}

// Figures prints what a paid charge of a network costs beside the network:
// pay.sign_verify and pay.overhead. signedMost is the first one's limit.
func Figures(t *testing.T, name string, start Start, signedMost float64) {
	t.Helper()
	r := record(t, start)
	r.overhead(name, r.signed(name, signedMost))
}

// exchange is a charge that the sandbox has answered once, and everything that it
// takes to play it again.
type exchange struct {
	t        *testing.T
	provider TakenApart
	charge   pay.Charge
	request  *http.Request // as it came, its body aside
	body     []byte
	answer   pay.Reply
	client   *http.Client // net/http's own, that trusts the server

	sign, verify func() error
}

// record lets a charge be paid at the sandbox over TLS. From then on its server
// answers every request as it did that one.
func record(t *testing.T, start Start) *exchange {
	t.Helper()
	e := &exchange{t: t}
	a := vouched(t)
	var server *httptest.Server
	n := start(t, sandbox.Options{Now: time.Now}, func(s *sandbox.Sandbox) Way {
		server = httptest.NewUnstartedServer(e.server(s.Handler()))
		server.TLS, server.Config.ErrorLog = a.Server(), log.New(io.Discard, "", 0)
		server.StartTLS()
		t.Cleanup(server.Close)
		c := client(t, a.Client(), nil)
		return Way{URL: server.URL, Plain: c, Cert: c, Now: time.Now, Merchant: a.Merchant()}
	})
	e.provider = n.Provider.(TakenApart)
	s := &scene{Network: n, ctx: t.Context()}
	e.charge = s.order(sandbox.Pays)
	e.paid(e.provider.Charge(t.Context(), e.charge))
	e.sign, e.verify = e.provider.Crypto(e.body, e.answer)
	if e.verify == nil {
		e.verify = func() error { return nil }
	}
	e.request.URL.Scheme, e.request.URL.Host, e.request.RequestURI = "https", e.request.Host, ""
	bare := &http.Transport{TLSClientConfig: a.Client(), DisableCompression: true}
	t.Cleanup(bare.CloseIdleConnections)
	e.client = &http.Client{Transport: bare}
	return e
}

// server answers the first request as another does, and the others likewise.
func (e *exchange) server(first http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // the client has gone away, and complains
		}
		if e.answer.Status == 0 {
			r.Body = io.NopCloser(bytes.NewReader(body))
			said := httptest.NewRecorder()
			said.Header().Set("Date", time.Now().UTC().Format(http.TimeFormat))
			first.ServeHTTP(said, r)
			date, _ := http.ParseTime(said.Header().Get("Date"))
			e.request, e.body = r.Clone(e.t.Context()), body
			e.answer = pay.Reply{Sent: true, Status: said.Code, Header: said.Header(), Body: said.Body.Bytes(), Date: date}
		}
		maps.Copy(w.Header(), e.answer.Header)
		w.WriteHeader(e.answer.Status)
		w.Write(e.answer.Body) //nolint:errcheck // the client complains
	})
}

func (e *exchange) paid(r pay.Result) {
	if r.State != pay.Paid {
		e.t.Fatalf("%+v", r)
	}
}

func (e *exchange) good(err error) {
	if err != nil {
		e.t.Fatal(err)
	}
}

// signed: a charge's request is made and signed, its answer verified and judged,
// against the bare operations on the same bytes. It tells what those take.
func (e *exchange) signed(name string, most float64) (crypto time.Duration) {
	ours := func() { e.make(); e.judge() }
	bare := func() { e.good(e.sign()); e.good(e.verify()) }
	a, b := calls(ours), calls(bare)
	var ratios []float64
	var we, they []time.Duration
	for range signedRounds {
		we, they = append(we, each(a, ours)), append(they, each(b, bare))
		ratios = append(ratios, float64(we[len(we)-1])/float64(they[len(they)-1]))
	}
	e.figure("pay.sign_verify."+name, median(ratios), most)
	fmt.Printf("# request and answer %v, of which hashes and keys %v\n", median(we), median(they))
	return median(they)
}

func (e *exchange) make() { e.provider.Prepare(e.charge) }

func (e *exchange) judge() { e.paid(e.provider.Judge(e.charge, e.answer)) }

// overhead: a charge as it is asked for, less what pay.sign_verify measures of it,
// against a round trip of the same bytes through net/http alone. The bare one has
// a request made before it and an answer judged after it, so that both find the
// machine alike: what that takes is what is taken off.
func (e *exchange) overhead(name string, crypto time.Duration) {
	charge := func() { e.paid(e.provider.Charge(e.t.Context(), e.charge)) }
	trip := func() { e.good(e.trip()) }
	var ratios, all []float64
	var we, they, made []time.Duration
	for round := range overheadRounds + 1 {
		var charges, rest, trips []time.Duration
		for range overheadCalls {
			whole, make, bare, judge := each(1, charge), each(1, e.make), each(1, trip), each(1, e.judge)
			charges, rest, trips = append(charges, whole), append(rest, whole-make-judge), append(trips, bare)
		}
		if round == 0 {
			continue // it opens connections
		}
		bare := float64(median(trips))
		ratios, all = append(ratios, float64(median(rest))/bare), append(all, float64(median(charges)-crypto)/bare)
		we, they, made = append(we, median(rest)), append(they, median(trips)), append(made, median(charges))
	}
	e.figure("pay.overhead."+name, median(ratios), overheadRatioMax)
	fmt.Printf("# charge %v, without its request and answer %v, bare round trip %v; less hashes and keys alone, the ratio is %.2f\n",
		median(made), median(we), median(they), median(all))
}

// trip is a bare round trip.
func (e *exchange) trip() error {
	r, err := http.NewRequestWithContext(e.t.Context(), e.request.Method, e.request.URL.String(), bytes.NewReader(e.body))
	if err != nil {
		return err
	}
	maps.Copy(r.Header, e.request.Header)
	answer, err := e.client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err == nil && !bytes.Equal(body, e.answer.Body) {
		err = fmt.Errorf("the server answered %q", body)
	}
	return err
}

// figure prints a figure and complains about one beyond its limit.
func (e *exchange) figure(name string, ratio, most float64) {
	e.t.Helper()
	fmt.Printf("bench %s %.3f ratio\n", name, ratio)
	if ratio > most*ratioMargin {
		e.t.Errorf("%s is %.3f, beyond its limit of %.2f", name, ratio, most)
	}
}

// calls is how many calls one side of a round has.
func calls(do func()) int { return max(1, int(signedTakes/min(each(3, do), each(3, do), each(3, do)))) }

// each is what one of so many calls takes.
func each(times int, do func()) time.Duration {
	start := time.Now()
	for range times {
		do()
	}
	return time.Since(start) / time.Duration(times)
}

func median[T float64 | time.Duration](of []T) T {
	sorted := slices.Sorted(slices.Values(of))
	return sorted[len(sorted)/2]
}
