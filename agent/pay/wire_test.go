package pay_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/pay"
)

type dialFunc = func(ctx context.Context, network, addr string) (net.Conn, error)

func wireOver(t *testing.T, rt http.RoundTripper) *pay.Wire {
	t.Helper()
	w, err := pay.NewWire(&http.Client{Transport: rt})
	if err != nil {
		t.Fatal(err)
	}
	if tr, ok := rt.(*http.Transport); ok {
		t.Cleanup(tr.CloseIdleConnections)
	}
	return w
}

func post(urls ...string) pay.Request {
	return pay.Request{Method: "POST", URLs: urls, Body: []byte("<xml>please</xml>")}
}

// piped dials in-memory connections, whose other ends are served by play.
func piped(play func(n int, conn net.Conn)) dialFunc {
	var dialled atomic.Int64
	return func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		n := int(dialled.Add(1))
		go func() {
			defer theirs.Close()
			play(n, theirs)
		}()
		return ours, nil
	}
}

// take reads one request and answers its body.
func take(in *bufio.Reader) (string, error) {
	req, err := http.ReadRequest(in)
	if err != nil {
		return "", err
	}
	body, err := io.ReadAll(req.Body)
	return string(body), err
}

const okReply = "HTTP/1.1 200 OK\r\nDate: Tue, 24 Nov 2026 08:00:00 GMT\r\nContent-Length: 2\r\n\r\nok"

func TestWireBringsTheReply(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := wireOver(t, pay.NewTransport(nil, piped(func(_ int, conn net.Conn) {
			in := bufio.NewReader(conn)
			for {
				body, err := take(in)
				if err != nil {
					return
				}
				if body != "<xml>please</xml>" {
					t.Errorf("the server got %q", body)
				}
				io.WriteString(conn, okReply)
			}
		})))
		for range 3 {
			r := w.Send(t.Context(), post("http://network.example/pay"))
			want := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
			if r.Status != 200 || string(r.Body) != "ok" || !r.Sent || r.Code != "" || !r.Date.Equal(want) {
				t.Errorf("got %+v", r)
			}
		}
		if opened, reused := w.Connections(); opened != 1 || reused != 2 {
			t.Errorf("three requests opened %d connections and reused %d", opened, reused)
		}
	})
}

func TestNothingLeft(t *testing.T) {
	t.Parallel()
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	for name, dial := range map[string]dialFunc{
		"refused":    func(context.Context, string, string) (net.Conn, error) { return nil, refused },
		"no name":    func(context.Context, string, string) (net.Conn, error) { return nil, &net.DNSError{IsNotFound: true} },
		"no answer":  func(ctx context.Context, _, _ string) (net.Conn, error) { <-ctx.Done(); return nil, ctx.Err() },
		"odd words":  func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("request was sent") },
		"no TLS":     piped(func(_ int, conn net.Conn) { conn.Read(make([]byte, 1)) }),
		"TLS stands": piped(func(_ int, conn net.Conn) { io.Copy(io.Discard, conn) }),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w, start := wireOver(t, pay.NewTransport(nil, dial)), time.Now()
				r := w.Send(t.Context(), post("https://network.example/pay"))
				if result := r.Result(); r.Sent || result.State != pay.NotSent || result.Code != pay.CodeNotSent || result.Detail == "" {
					t.Errorf("got %+v, %+v", r, result)
				}
				if took := time.Since(start); took > 8*time.Second {
					t.Errorf("it took %v to give up", took)
				}
			})
		})
	}
}

func TestACancelledRequestNeverLeaves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dial := func(ctx context.Context, _, _ string) (net.Conn, error) { <-ctx.Done(); return nil, ctx.Err() }
		w := wireOver(t, pay.NewTransport(nil, dial))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if r := w.Send(ctx, post("http://a.example", "http://b.example")); r.Sent {
			t.Errorf("cancelled while dialling: %+v", r)
		}
		if r := w.Send(ctx, post("http://a.example")); r.Sent {
			t.Errorf("cancelled before: %+v", r)
		}
	})
}

// TestSentIsSent plays networks that take a request, or may have, and bring no whole reply.
func TestSentIsSent(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		play func(conn net.Conn, in *bufio.Reader)
		code string
	}{
		"closes in the header": {func(_ net.Conn, in *bufio.Reader) { in.ReadByte() }, pay.CodeLost},
		"closes after the body": {func(_ net.Conn, in *bufio.Reader) {
			take(in)
		}, pay.CodeLost},
		"never answers": {func(conn net.Conn, in *bufio.Reader) { take(in); in.ReadByte() }, pay.CodeTimeout},
		"half a header": {func(conn net.Conn, in *bufio.Reader) { take(in); io.WriteString(conn, okReply[:20]) }, pay.CodeLost},
		"half a body":   {func(conn net.Conn, in *bufio.Reader) { take(in); io.WriteString(conn, okReply[:len(okReply)-1]) }, pay.CodeLost},
		"stops in the body": {func(conn net.Conn, in *bufio.Reader) {
			take(in)
			io.WriteString(conn, okReply[:len(okReply)-1])
			in.ReadByte()
		}, pay.CodeTimeout},
		"not HTTP": {func(conn net.Conn, in *bufio.Reader) {
			take(in)
			io.WriteString(conn, "dial tcp: connection refused\r\n\r\n")
		}, pay.CodeLost},
		"too long": {func(conn net.Conn, in *bufio.Reader) {
			take(in)
			fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", 2<<20, strings.Repeat("x", 2<<20))
		}, pay.CodeTooLong},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := wireOver(t, pay.NewTransport(nil, piped(func(n int, conn net.Conn) {
					if n > 1 {
						t.Error("it was sent again")
					}
					c.play(conn, bufio.NewReader(conn))
				})))
				ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
				defer cancel()
				r := w.Send(ctx, post("http://a.example/pay", "http://b.example/pay"))
				if !r.Sent || r.Code != c.code || r.Status != 0 || r.Err == nil || r.Result().State != pay.Unknown {
					t.Errorf("got %+v", r)
				}
			})
		})
	}
}

// TestAKeptConnectionThatDies is where net/http would send again, had it a way to get the body once more.
func TestAKeptConnectionThatDies(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var bodies atomic.Int64
		w := wireOver(t, pay.NewTransport(nil, piped(func(_ int, conn net.Conn) {
			in := bufio.NewReader(conn)
			for n := range 2 {
				if _, err := take(in); err != nil {
					return
				}
				bodies.Add(1)
				if n == 0 {
					io.WriteString(conn, okReply)
				}
			}
		})))
		request := post("http://a.example/pay")
		request.Header = http.Header{"Idempotency-Key": {"1"}, "X-Idempotency-Key": {"1"}}
		if r := w.Send(t.Context(), request); r.Status != 200 {
			t.Fatalf("first: %+v", r)
		}
		if r := w.Send(t.Context(), request); !r.Sent || r.Code != pay.CodeLost {
			t.Errorf("second: %+v", r)
		}
		if opened, _ := w.Connections(); opened != 1 || bodies.Load() != 2 {
			t.Errorf("%d bodies over %d connections", bodies.Load(), opened)
		}
	})
}

func TestFurtherHosts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		serve := piped(func(_ int, conn net.Conn) { take(bufio.NewReader(conn)); io.WriteString(conn, okReply) })
		var asked []string
		w := wireOver(t, pay.NewTransport(nil, func(ctx context.Context, network, addr string) (net.Conn, error) {
			asked = append(asked, addr)
			if addr == "a.example:80" {
				return nil, syscall.ECONNREFUSED
			}
			return serve(ctx, network, addr)
		}))
		if r := w.Send(t.Context(), post("http://a.example", "http://b.example", "http://c.example")); r.Status != 200 {
			t.Errorf("got %+v", r)
		}
		if got := strings.Join(asked, " "); got != "a.example:80 b.example:80" {
			t.Errorf("asked %s", got)
		}
		if r := w.Send(t.Context(), pay.Request{Method: "POST"}); r.Sent || r.Code != pay.CodeNotSent {
			t.Errorf("no host: %+v", r)
		}
		if r := w.Send(t.Context(), post("://")); r.Sent || r.Code != pay.CodeNotSent {
			t.Errorf("no address: %+v", r)
		}
	})
}

// late is a transport that reports failure first and reads the body afterwards.
type late struct{ body chan io.Reader }

func (l late) RoundTrip(r *http.Request) (*http.Response, error) {
	l.body <- r.Body
	return nil, errors.New("gave up")
}

func TestALateTransportFindsNoBody(t *testing.T) {
	t.Parallel()
	l := late{make(chan io.Reader, 1)}
	if r := wireOver(t, l).Send(t.Context(), post("http://a.example")); r.Sent {
		t.Fatalf("got %+v", r)
	}
	if body, err := io.ReadAll(<-l.body); err == nil || len(body) != 0 {
		t.Errorf("after the verdict it could read %q", body)
	}
}

// early is a transport without a trace that reads the body and then fails.
type early struct{}

func (early) RoundTrip(r *http.Request) (*http.Response, error) {
	io.CopyN(io.Discard, r.Body, 1)
	return nil, fmt.Errorf("dial tcp: %w", syscall.ECONNREFUSED)
}

func TestOneByteReadIsSent(t *testing.T) {
	t.Parallel()
	if r := wireOver(t, early{}).Send(t.Context(), post("http://a.example")); !r.Sent {
		t.Errorf("got %+v", r)
	}
}

func TestOverTLS(t *testing.T) {
	t.Parallel()
	var served atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		served.Add(1)
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // two clients turn away on purpose
	server.StartTLS()
	defer server.Close()
	config := server.Client().Transport.(*http.Transport).TLSClientConfig
	w := wireOver(t, pay.NewTransport(config, nil))
	for range 2 {
		if r := w.Send(t.Context(), post(server.URL)); r.Status != http.StatusTemporaryRedirect {
			t.Errorf("got %+v", r)
		}
	}
	if opened, _ := w.Connections(); opened != 1 || served.Load() != 2 {
		t.Errorf("%d connections, %d requests: a redirect was followed or a connection was not kept", opened, served.Load())
	}
	stranger := wireOver(t, pay.NewTransport(&tls.Config{ServerName: "other.example", RootCAs: config.RootCAs}, nil))
	if r := stranger.Send(t.Context(), post(server.URL)); r.Sent || served.Load() != 2 {
		t.Errorf("to a server with another name: %+v", r)
	}
	untrusting := wireOver(t, pay.NewTransport(nil, nil))
	if r := untrusting.Send(t.Context(), post(server.URL)); r.Sent || served.Load() != 2 {
		t.Errorf("to a server that nobody vouches for: %+v", r)
	}
}

func TestNewWireRefuses(t *testing.T) {
	t.Parallel()
	for name, client := range map[string]*http.Client{
		"none": nil, "the default transport": {}, "HTTP/2": {Transport: http.DefaultTransport}, "unsaid": {Transport: &http.Transport{}},
	} {
		if _, err := pay.NewWire(client); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}
