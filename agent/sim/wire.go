package sim

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"time"
)

// weather is how the way to the network is.
type weather string

const (
	perfect weather = "perfect"
	fair    weather = "fair"    // a connection breaks now and then
	rough   weather = "rough"   // connections break in the middle of a request or an answer
	refused weather = "refused" // nobody takes a connection, and those that were open break
	silent  weather = "silent"  // bytes leave and never arrive
)

var (
	errUnreachable = errors.New("network is unreachable")
	errReset       = errors.New("connection reset by peer")
)

type dialer func(ctx context.Context, network, addr string) (net.Conn, error)

// wire is the way to the network: connections in memory that take their time,
// and break. Each connection has randoms of its own, so that what happens on one
// does not change what happens on another.
type wire struct {
	dialOn dialer
	seed   uint64

	mu      sync.Mutex
	weather weather
	dialled uint64
	live    []*conn
}

func newWire(seed uint64, on dialer) *wire { return &wire{dialOn: on, seed: seed, weather: fair} }

// Dial is the client's side, for pay.NewTransport.
func (w *wire) Dial(ctx context.Context, network, addr string) (net.Conn, error) {
	w.mu.Lock()
	w.dialled++
	c := &conn{wire: w, out: w.dice(2), in: w.dice(3), closed: make(chan struct{})}
	delay := between(w.dice(1), time.Millisecond, 40*time.Millisecond)
	w.mu.Unlock()
	if !c.sleep(ctx, delay) {
		return nil, ctx.Err()
	}
	switch w.now() {
	case refused:
		return nil, errUnreachable
	case silent:
		<-ctx.Done()
		return nil, ctx.Err()
	}
	inner, err := w.dialOn(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	c.Conn = inner
	w.mu.Lock()
	defer w.mu.Unlock()
	w.live = append(w.live, c)
	return c, nil
}

// dice are randoms of the newest connection.
func (w *wire) dice(what uint64) *rand.Rand { return rand.New(rand.NewPCG(w.seed+what, w.dialled)) }

func (w *wire) now() weather {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.weather
}

// set changes the weather. What breaks with it breaks one after the other.
func (w *wire) set(to weather) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.weather = to
	if to == refused {
		for i, c := range w.live {
			time.AfterFunc(time.Duration(i+1)*1_000_003, c.cut)
		}
	}
}

// drop breaks every connection at once: the board has lost its power.
func (w *wire) drop() {
	w.mu.Lock()
	live := slices.Clone(w.live)
	w.mu.Unlock()
	for _, c := range live {
		c.cut()
	}
}

func (w *wire) forget(c *conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.live = slices.DeleteFunc(w.live, func(l *conn) bool { return l == c })
}

// conn is the client's end of a connection.
type conn struct {
	net.Conn
	wire    *wire
	out, in *rand.Rand // of the one who writes, of the one who reads
	once    sync.Once
	closed  chan struct{}
}

// Write takes its time and then hands all of p over, or only its beginning, or nothing.
func (c *conn) Write(p []byte) (int, error) {
	if !c.sleep(context.Background(), between(c.out, time.Millisecond, 60*time.Millisecond)) {
		return 0, net.ErrClosed
	}
	switch {
	case c.wire.now() == silent:
		return len(p), nil // into a buffer, and no further
	case c.breaks(c.out):
		n, _ := c.Conn.Write(p[:c.out.IntN(len(p)+1)]) // the connection breaks anyway
		c.cut()
		return n, errReset
	}
	return c.Conn.Write(p)
}

// Read takes its time after something has come.
func (c *conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if err != nil {
		return n, err
	}
	if !c.sleep(context.Background(), between(c.in, time.Millisecond, 60*time.Millisecond)) {
		return 0, net.ErrClosed
	}
	switch {
	case c.wire.now() == silent:
		<-c.closed
		return 0, net.ErrClosed
	case c.breaks(c.in):
		c.cut()
		return 0, errReset
	}
	return n, nil
}

// Close ends the connection.
func (c *conn) Close() error {
	c.cut()
	return nil
}

func (c *conn) cut() {
	c.once.Do(func() {
		close(c.closed)
		c.Conn.Close()
		c.wire.forget(c)
	})
}

func (c *conn) breaks(dice *rand.Rand) bool {
	switch c.wire.now() {
	case rough:
		return dice.IntN(5) == 0
	case perfect:
		return false
	}
	return dice.IntN(200) == 0
}

func (c *conn) sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
	case <-c.closed:
	}
	return false
}

// between draws to the nanosecond, so that no two things happen at one moment.
func between(dice *rand.Rand, low, high time.Duration) time.Duration {
	return low + time.Duration(dice.Int64N(int64(high-low)))
}
