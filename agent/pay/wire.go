package pay

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"
)

// Limits of the wire. No network answers a call with more than a few kilobytes.
const (
	replyBytesMax = 1 << 20
	dialMax       = 3 * time.Second
	handshakeMax  = 5 * time.Second
	idleMax       = 5 * time.Minute // sales a few minutes apart share a connection
	probeEvery    = 20 * time.Second
)

// The words of the wire for a call that brought no whole reply, as Result.Code.
const (
	CodeNotSent   = "not sent"
	CodeTimeout   = "timeout"
	CodeCancelled = "cancelled"
	CodeLost      = "connection lost"
	CodeTooLong   = "reply too long"
)

// Wire carries requests to a network and is the only one to say that nothing
// left. It sends each request once: it follows no redirect, keeps no cookie,
// and gives the transport nothing to send a body again from. Only a GET, which
// changes nothing, may go out again when a kept connection breaks under it.
type Wire struct {
	client         http.Client
	opened, reused atomic.Int64
}

// NewWire makes a wire over a client, of which it takes transport and timeout.
// A transport of net/http must be one of NewTransport: with HTTP/2 a header may
// have left before the trace says so, and the default one waits 30 s to connect.
func NewWire(client *http.Client) (*Wire, error) {
	if client == nil || client.Transport == nil {
		return nil, errors.New("wire: the client has no transport of its own")
	}
	if t, ok := client.Transport.(*http.Transport); ok && (t.Protocols == nil || t.Protocols.HTTP2() || t.Protocols.UnencryptedHTTP2()) {
		return nil, errors.New("wire: the transport speaks HTTP/2, make it with NewTransport")
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Wire{client: http.Client{Transport: client.Transport, Timeout: client.Timeout, CheckRedirect: stay}}, nil
}

// NewTransport makes a transport for wires: HTTP/1.1 with kept connections, 3 s
// to connect, no proxy, one answer per request. A nil dial is the system's, a
// nil config its roots.
func NewTransport(config *tls.Config, dial dialFunc) *http.Transport {
	if dial == nil {
		dial = (&net.Dialer{KeepAlive: probeEvery}).DialContext
	}
	if config == nil {
		config = &tls.Config{}
	}
	config = config.Clone()
	if config.ClientSessionCache == nil {
		config.ClientSessionCache = tls.NewLRUClientSessionCache(0)
	}
	http1 := new(http.Protocols)
	http1.SetHTTP1(true)
	short := func(ctx context.Context, network, addr string) (net.Conn, error) {
		ctx, cancel := context.WithTimeout(ctx, dialMax)
		defer cancel()
		return dial(ctx, network, addr)
	}
	return &http.Transport{
		DialContext:         answering(short),
		DialTLSContext:      answering(overTLS(config, short)),
		TLSClientConfig:     config,
		IdleConnTimeout:     idleMax,
		MaxIdleConnsPerHost: 4,
		DisableCompression:  true,
		Protocols:           http1,
	}
}

// Request is one call of a network.
type Request struct {
	Method string
	URLs   []string // the further ones only while no byte can have left to those before
	Header http.Header
	Body   []byte
}

// Reply is what came of a request. Status is 0 unless the whole reply came.
type Reply struct {
	Sent   bool // a byte may have left
	Status int
	Header http.Header
	Body   []byte
	Date   time.Time // of the Date header; not verified
	Code   string    // why there is no whole reply, else empty
	Err    error     // the same in the transport's words
}

// Result is the result of a charge that brought no whole reply.
func (r Reply) Result() Result {
	result := Result{State: Unknown, Code: r.Code}
	if r.Err != nil {
		result.Detail = r.Err.Error()
	}
	if !r.Sent {
		result.State = NotSent
	}
	return result
}

// Send sends a request once. It goes to a further host only when nothing can
// have left to those before.
func (w *Wire) Send(ctx context.Context, r Request) Reply {
	reply := Reply{Code: CodeNotSent, Err: errors.New("no host to send to")}
	for _, url := range r.URLs {
		if reply = w.try(ctx, r, url); reply.Sent || ctx.Err() != nil {
			break
		}
	}
	return reply
}

// Connections counts the requests that had to open a connection and those that
// went over one that was open.
func (w *Wire) Connections() (opened, reused int64) { return w.opened.Load(), w.reused.Load() }

func (w *Wire) try(ctx context.Context, r Request, url string) Reply {
	var g gate
	ctx = httptrace.WithClientTrace(ctx, w.trace(&g, len(r.Body) > 0))
	req, err := http.NewRequestWithContext(ctx, r.Method, url, nil)
	if err != nil {
		return Reply{Code: CodeNotSent, Err: err}
	}
	for name, values := range r.Header {
		req.Header[name] = values
	}
	req.Header.Del("Idempotency-Key") // either would let the transport send a body-less POST again
	req.Header.Del("X-Idempotency-Key")
	if len(r.Body) > 0 { // set by hand, so that there is no GetBody
		req.Body, req.ContentLength = io.NopCloser(&gated{&g, bytes.NewReader(r.Body)}), int64(len(r.Body))
	}
	resp, err := w.client.Do(req)
	if err != nil {
		return broken(ctx, &g, err)
	}
	defer resp.Body.Close()
	g.leave()
	body, err := io.ReadAll(io.LimitReader(resp.Body, replyBytesMax+1))
	switch {
	case err != nil:
		return broken(ctx, &g, err)
	case len(body) > replyBytesMax:
		return Reply{Sent: true, Code: CodeTooLong, Err: fmt.Errorf("reply has more than %d bytes", replyBytesMax)}
	}
	date, _ := http.ParseTime(resp.Header.Get("Date")) // none is the zero time
	return Reply{Sent: true, Status: resp.StatusCode, Header: resp.Header, Body: body, Date: date}
}

// broken tells a request that brought no whole reply. Whether it was sent is
// the gate's word; the text of the error only chooses between words.
func broken(ctx context.Context, g *gate, err error) Reply {
	reply := Reply{Sent: !g.shut(), Code: CodeLost, Err: err}
	var timed net.Error
	switch {
	case !reply.Sent:
		reply.Code = CodeNotSent
	case errors.Is(ctx.Err(), context.Canceled):
		reply.Code = CodeCancelled
	case ctx.Err() != nil, errors.As(err, &timed) && timed.Timeout():
		reply.Code = CodeTimeout
	}
	return reply
}

func (w *Wire) trace(g *gate, body bool) *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GotConn: func(c httptrace.GotConnInfo) {
			if conn, ours := c.Conn.(*answers); ours {
				conn.begin(body)
			}
			if c.Reused {
				w.reused.Add(1)
			} else {
				w.opened.Add(1)
			}
		},
		WroteHeaders: func() { g.leave() },
	}
}

// gate lets a request leave or the verdict "not sent" fall, never both.
type gate struct{ state atomic.Int32 }

const (
	gateOpen int32 = iota
	gateLeft
	gateShut
)

// leave tells whether bytes may leave; from then on the request counts as sent.
func (g *gate) leave() bool {
	return g.state.CompareAndSwap(gateOpen, gateLeft) || g.state.Load() == gateLeft
}

// shut tells whether nothing has left; from then on nothing will.
func (g *gate) shut() bool {
	return g.state.CompareAndSwap(gateOpen, gateShut) || g.state.Load() == gateShut
}

// gated is a body that cannot be read once the request was called not sent: a
// transport that is late finds no body, and the network half a request.
type gated struct {
	gate *gate
	body *bytes.Reader
}

func (b *gated) Read(p []byte) (int, error) {
	if !b.gate.leave() {
		return 0, errors.New("the request was given up before it was sent")
	}
	return b.body.Read(p)
}
