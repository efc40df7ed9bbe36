package sandbox

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
)

// Pipe serves a sandbox over connections in memory, inside or outside a bubble
// of fake time.
type Pipe struct {
	server http.Server
	conns  chan net.Conn
	closed chan struct{}
	close  sync.Once
}

// Pipe makes a way to the sandbox without sockets. Run serves it; Dial is for
// pay.NewTransport, with any http address.
func (s *Sandbox) Pipe() *Pipe {
	mark := func(ctx context.Context, _ net.Conn) context.Context { return context.WithValue(ctx, inMemory{}, true) }
	return &Pipe{server: http.Server{Handler: s.Handler(), ConnContext: mark}, conns: make(chan net.Conn), closed: make(chan struct{})}
}

type inMemory struct{}

// Certified tells whether a request came with a client certificate that our
// authority vouches for, or through a Pipe, where nobody can show one and
// nobody else can be.
func Certified(r *http.Request) bool {
	return r.Context().Value(inMemory{}) != nil || r.TLS != nil && len(r.TLS.VerifiedChains) > 0
}

// Run serves until ctx is done; then every connection breaks.
func (p *Pipe) Run(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { p.server.Close() })
	defer stop()
	if err := p.server.Serve(listener{p}); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

var errGone = errors.New("the sandbox is not running")

// Dial opens a connection.
func (p *Pipe) Dial(ctx context.Context, _, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	err := errGone
	select {
	case p.conns <- theirs:
		return ours, nil
	case <-p.closed:
	case <-ctx.Done():
		err = ctx.Err()
	}
	ours.Close()
	theirs.Close()
	return nil, err
}

// listener is the server's end of a Pipe.
type listener struct{ p *Pipe }

func (l listener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.p.conns:
		return conn, nil
	case <-l.p.closed:
		return nil, errGone
	}
}

func (l listener) Close() error {
	l.p.close.Do(func() { close(l.p.closed) })
	return nil
}

func (l listener) Addr() net.Addr { return &net.UnixAddr{Name: "sandbox", Net: "pipe"} }
