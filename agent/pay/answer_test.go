package pay

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"pgregory.net/rapid"
)

// framed are answers, and whether their end can be told.
var framed = []struct {
	name, text string
	ends       bool
}{
	{"sized", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", true},
	{"sized, in small letters", "HTTP/1.1 200 OK\r\nX: y\r\ncontent-length:2 \r\n\r\nok", true},
	{"empty", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", true},
	{"a body like a head", "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n\r\n\r\n\r\n\r\n", true},
	{"without carriage returns", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok", true},
	{"chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n", true},
	{"chunks and a trailer", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX: y\r\n\r\n", true},
	{"no content", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", true},
	{"not modified", "HTTP/1.1 304 Not Modified\r\n\r\n", true},
	{"after a sign of life", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", true},
	{"an error", "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 2\r\n\r\nno", true},

	{"until the end", "HTTP/1.1 200 OK\r\n\r\nok", false},
	{"a bad size", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nok", false},
	{"a negative size", "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok", false},
	{"a bad chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\nok", false},
	{"a negative chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\nok", false},
	{"not HTTP", "<html>" + strings.Repeat("x", lineBytesMax) + "\n", false},
	{"nothing that ends", "HTTP/1.1 200 OK\r\n", false},
}

// TestWhereAnAnswerEnds cuts each answer anywhere and puts another behind it.
func TestWhereAnAnswerEnds(t *testing.T) {
	t.Parallel()
	for _, c := range framed {
		rapid.Check(t, func(t *rapid.T) {
			var f frame
			stream, taken := c.text+"HTTP/1.1 200 OK\r\n", 0
			for left := stream; left != ""; {
				n := rapid.IntRange(1, len(left)).Draw(t, "bytes")
				got := f.take([]byte(left[:n]))
				if taken += got; got < n {
					break
				}
				left = left[n:]
			}
			want := len(stream)
			if c.ends {
				want = len(c.text)
			}
			if taken != want || (f.at == atEnd) != c.ends {
				t.Fatalf("%s: took %d of %d bytes, ended %v", c.name, taken, want, f.at == atEnd)
			}
		})
	}
}

// TestOneAnswerPerRequest plays a peer who says more than he was asked for,
// before, with and after his answer.
func TestOneAnswerPerRequest(t *testing.T) {
	t.Parallel()
	const answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
	for name, play := range map[string]func(conn net.Conn, in *bufio.Reader){
		"two at once": func(conn net.Conn, in *bufio.Reader) { http.ReadRequest(in); io.WriteString(conn, answer+answer) },
		"two in a row": func(conn net.Conn, in *bufio.Reader) {
			http.ReadRequest(in)
			io.WriteString(conn, answer)
			io.WriteString(conn, answer)
		},
		"one and a byte": func(conn net.Conn, in *bufio.Reader) { http.ReadRequest(in); io.WriteString(conn, answer+"\n") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				transport := NewTransport(nil, pipes(func(conn net.Conn) {
					in := bufio.NewReader(conn)
					play(conn, in)
					in.ReadByte() // stays as long as the other end does
				}))
				conn, err := transport.DialContext(t.Context(), "tcp", "network.example:80")
				if err != nil {
					t.Fatal(err)
				}
				io.WriteString(conn, "GET / HTTP/1.1\r\nHost: network.example\r\n\r\n")
				var got strings.Builder
				_, err = io.Copy(&got, io.LimitReader(conn, int64(len(answer))))
				if got.String() != answer || err != nil {
					t.Errorf("got %q, %v", got.String(), err)
				}
				if n, err := conn.Read(make([]byte, 100)); n != 0 || err != io.EOF {
					t.Errorf("and %d bytes more, %v", n, err)
				}
				if _, err := io.WriteString(conn, "GET"); !errors.Is(err, errSpilt) {
					t.Errorf("the next request: %v", err)
				}
				conn.Close()
			})
		})
	}
}

// TestAnEarlyAnswerIsNobodys has a peer who speaks first.
func TestAnEarlyAnswerIsNobodys(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		defer theirs.Close()
		conn := &answers{Conn: ours}
		defer conn.Close()
		go io.WriteString(theirs, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
		if n, err := conn.Read(make([]byte, 100)); n != 0 || err != io.EOF {
			t.Errorf("read %d bytes, %v", n, err)
		}
		if n, err := conn.Write([]byte("GET")); n != 0 || !errors.Is(err, errSpilt) {
			t.Errorf("wrote %d bytes, %v", n, err)
		}
		go io.WriteString(theirs, "more")
		if n, err := conn.Read(make([]byte, 100)); n != 0 || err != io.EOF {
			t.Errorf("read %d bytes more, %v", n, err)
		}
	})
}

// TestAHeadLeavesWithItsBody: in one write, and not without it.
func TestAHeadLeavesWithItsBody(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body   bool
		writes []string
		left   []string
	}{
		"nothing but a head":  {false, []string{"head"}, []string{"head"}},
		"a head and its body": {true, []string{"head ", "body"}, []string{"head body"}},
		"a body in parts":     {true, []string{"head ", "bo", "dy"}, []string{"head bo", "dy"}},
		"a body that is kept": {true, []string{"head"}, nil},
	} {
		for _, before := range []string{"", "a head of somebody else"} {
			peer := &listening{}
			conn := &answers{Conn: peer}
			if before != "" { // and whose body never came
				conn.begin(true)
				io.WriteString(conn, before)
			}
			conn.begin(c.body)
			for _, w := range c.writes {
				if n, err := io.WriteString(conn, w); n != len(w) || err != nil {
					t.Errorf("%s: wrote %d of %q, %v", name, n, w, err)
				}
			}
			if !slices.Equal(peer.got, c.left) {
				t.Errorf("%s, after %q: %q left, want %q", name, before, peer.got, c.left)
			}
		}
	}
}

// listening is a connection that keeps what was written.
type listening struct {
	net.Conn
	got []string
}

func (l *listening) Write(p []byte) (int, error) {
	l.got = append(l.got, string(p))
	return len(p), nil
}

// TestAnAnswerToAHeadThatWaits has a peer who speaks before the request has left.
func TestAnAnswerToAHeadThatWaits(t *testing.T) {
	t.Parallel()
	ours, theirs := net.Pipe()
	defer theirs.Close()
	conn := &answers{Conn: ours}
	defer conn.Close()
	conn.begin(true)
	if n, err := conn.Write([]byte("head")); n != 4 || err != nil {
		t.Fatalf("wrote %d bytes, %v", n, err)
	}
	go io.WriteString(theirs, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
	if n, err := conn.Read(make([]byte, 100)); n != 0 || err != io.EOF {
		t.Errorf("read %d bytes, %v", n, err)
	}
	if n, err := conn.Write([]byte("body")); n != 0 || !errors.Is(err, errSpilt) {
		t.Errorf("wrote %d bytes, %v", n, err)
	}
}

// TestARequestIsOneWrite sees the transport do so, on a new and on a kept connection.
func TestARequestIsOneWrite(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var writes []int
		w, err := NewWire(&http.Client{Transport: NewTransport(nil, func(context.Context, string, string) (net.Conn, error) {
			ours, theirs := net.Pipe()
			go func() {
				defer theirs.Close()
				for { // a write of a pipe is one read of its other end, where that takes enough
					n, err := theirs.Read(make([]byte, lineBytesMax))
					if err != nil {
						return
					}
					writes = append(writes, n)
					io.WriteString(theirs, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
				}
			}()
			return ours, nil
		})})
		if err != nil {
			t.Fatal(err)
		}
		for _, body := range []string{"please", "", strings.Repeat("x", 3000)} {
			writes = nil
			r := w.Send(t.Context(), Request{Method: http.MethodPost, URLs: []string{"http://network.example/pay"}, Body: []byte(body)})
			if r.Status != http.StatusOK || len(writes) != 1 || writes[0] < len(body)+len("POST /pay HTTP/1.1\r\n") {
				t.Errorf("a body of %d bytes: writes of %d bytes, %+v", len(body), writes, r)
			}
		}
		w.client.CloseIdleConnections()
	})
}

// pipes dials connections in memory whose other ends are served by play.
func pipes(play func(conn net.Conn)) dialFunc {
	return func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		go func() {
			defer theirs.Close()
			play(theirs)
		}()
		return ours, nil
	}
}

// TestSecureConnectionsToo sees that nothing goes round it over TLS.
func TestSecureConnectionsToo(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	transport := NewTransport(server.Client().Transport.(*http.Transport).TLSClientConfig, nil)
	conn, err := transport.DialTLSContext(t.Context(), "tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, ok := conn.(*answers); !ok {
		t.Errorf("got a %T", conn)
	}
	if conn, err := transport.DialTLSContext(t.Context(), "tcp", "no port"); err == nil {
		conn.Close()
		t.Error("it dials an address without a port")
	}
}
