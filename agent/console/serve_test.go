package console

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// pipes is a listener whose connections are pipes: a bubble's own time passes
// on them, they hold no byte back, and a goroutine that stays fails the test.
type pipes struct {
	arriving chan net.Conn
	closed   context.Context
	close    context.CancelFunc
}

func (p pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.arriving:
		return c, nil
	case <-p.closed.Done():
		return nil, net.ErrClosed
	}
}

func (p pipes) Close() error { p.close(); return nil }

func (pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "unix"} }

// served is a page being served in a bubble.
type served struct {
	pipes
	stop context.CancelFunc
	done chan error
}

func serveInBubble(t *testing.T, page http.Handler) served {
	s := served{pipes: pipes{arriving: make(chan net.Conn)}, done: make(chan error, 1)}
	s.closed, s.close = context.WithCancel(t.Context())
	ctx, stop := context.WithCancel(t.Context())
	s.stop = stop
	go func() { s.done <- Serve(ctx, s.pipes, page, slog.New(slog.DiscardHandler)) }()
	return s
}

// call connects and says something; what is said too late is not an error here.
func (s served) call(say string) net.Conn {
	near, far := net.Pipe()
	s.arriving <- far
	go io.WriteString(near, say)
	return near
}

const askEvents = "GET /events?page=cashier:counter-1 HTTP/1.1\r\nHost: localhost\r\n\r\n"

func TestStreamsEndAtShutdown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := serveInBubble(t, newBench())
		start := time.Now()
		var ended []chan struct{}
		for range 20 {
			near, end := s.call(askEvents), make(chan struct{})
			ended = append(ended, end)
			go func() {
				defer close(end)
				io.Copy(io.Discard, near)
			}()
		}
		time.Sleep(time.Minute) // streams outlive the deadlines of other requests
		for _, end := range ended {
			select {
			case <-end:
				t.Fatal("a stream ended by itself")
			default:
			}
		}
		s.stop()
		if err := <-s.done; err != nil {
			t.Error(err)
		}
		for _, end := range ended {
			<-end
		}
		if late := time.Since(start) - time.Minute; late >= leaveWithin {
			t.Errorf("it took %v to leave", late)
		}
	})
}

// TestSlowReadersAreLetGo: browsers that take nothing hold neither memory nor places.
func TestSlowReadersAreLetGo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := serveInBubble(t, newBench())
		for range streamsMax {
			s.call(askEvents) // and never read
		}
		synctest.Wait()
		full := s.call(askEvents)
		if line, err := bufio.NewReader(full).ReadString('\n'); err != nil || !strings.Contains(line, "503") {
			t.Errorf("with all places taken: %q, %v", line, err)
		}
		full.Close()
		time.Sleep(writeWithin + time.Millisecond)
		after := s.call(askEvents)
		if line, err := bufio.NewReader(after).ReadString('\n'); err != nil || !strings.Contains(line, "200") {
			t.Errorf("after %v: %q, %v", writeWithin, line, err)
		}
		after.Close()
		s.stop()
		if err := <-s.done; err != nil {
			t.Error(err)
		}
	})
}

func TestSlowWritersAreLetGo(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		say  string
		gone time.Duration
	}{
		"nothing":       {"", headWithin},
		"half a head":   {"GET / HTTP/1.1\r\nHost: local", headWithin},
		"no body":       {"POST /lanes/counter-1/amount HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n", bodyWithin},
		"an idle place": {"GET /state HTTP/1.1\r\nHost: localhost\r\n\r\n", idleFor},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := newBench()
				s := serveInBubble(t, b)
				start := time.Now()
				io.Copy(io.Discard, s.call(row.say))
				if since := time.Since(start); since < row.gone || since > row.gone+time.Second {
					t.Errorf("let go after %v, want %v", since, row.gone)
				}
				if got := b.counter.events(); len(got) > 0 {
					t.Errorf("the lane got %v", got)
				}
				s.stop()
				<-s.done
			})
		})
	}
}

func TestPageThatNobodyTakes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := serveInBubble(t, newBench())
		start := time.Now()
		near := s.call("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
		synctest.Wait()
		for { // without reading, only a write notices that the other end is closed
			if _, err := io.WriteString(near, "GET"); err != nil {
				break
			}
		}
		if since := time.Since(start); since != replyWithin {
			t.Errorf("let go after %v, want %v", since, replyWithin)
		}
		s.stop()
		<-s.done
	})
}

// TestShutdownDoesNotWaitForever has a customer who does not come back.
func TestShutdownDoesNotWaitForever(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		s := serveInBubble(t, newBench(func(o *Options) {
			o.Extra = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
				select {
				case <-release:
				case <-time.After(time.Hour):
				}
			})
		}))
		near := s.call("GET /extra/list HTTP/1.1\r\nHost: localhost\r\n\r\n")
		synctest.Wait()
		start := time.Now()
		s.stop()
		if err := <-s.done; err != nil || time.Since(start) != leaveWithin {
			t.Errorf("left after %v: %v", time.Since(start), err)
		}
		io.Copy(io.Discard, near) // the connection was closed all the same
		if time.Since(start) != leaveWithin {
			t.Errorf("the connection ended after %v", time.Since(start))
		}
		close(release)
	})
}

func TestServeTellsWhyItCannot(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
	err = Serve(t.Context(), listener, newBench(), slog.New(slog.DiscardHandler))
	if want := fmt.Sprintf("serve the page at %s: ", listener.Addr()); err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("it says %v, want %q and why", err, want)
	}
}
