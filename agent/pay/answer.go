package pay

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
)

// answers is a connection that lets one answer through per request. Bytes that
// nobody asked for would pass for the answer of the next customer, and the
// transport would write them to a log; here they end the connection.
type answers struct {
	net.Conn
	mu    sync.Mutex
	asked bool // a request has begun to leave, and its answer is not over
	spilt bool // there was more than was asked for
	frame frame
	joins bool   // the next write waits for the one after it
	head  []byte // of a request, waiting for its body
}

var errSpilt = errors.New("the connection brought more than was asked for")

// begin tells that a request comes. The transport writes the head of one with a
// body by itself; here it waits for the body, so that both are one write: one
// record of TLS less, and the peer wakes once. What was never given its body
// does not leave at all.
func (c *answers) begin(body bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.joins, c.head = body, c.head[:0]
}

func (c *answers) Write(p []byte) (int, error) {
	c.mu.Lock()
	whole, waits, head := p, c.joins, len(c.head)
	if waits || head > 0 {
		c.head = append(c.head, p...)
		whole, c.joins = c.head, false
	}
	if c.spilt {
		c.mu.Unlock()
		return 0, errSpilt
	}
	if waits {
		c.mu.Unlock()
		return len(p), nil
	}
	c.asked, c.head = true, c.head[:0]
	c.mu.Unlock()
	n, err := c.Conn.Write(whole)
	return max(n-head, 0), err
}

func (c *answers) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.spilt || n > 0 && !c.asked {
		c.spilt = true
		return 0, io.EOF
	}
	taken := c.frame.take(p[:n])
	if c.frame.at == atEnd {
		c.asked, c.frame = false, frame{}
	}
	if taken < n {
		c.spilt = true
		return taken, io.EOF // and no request will follow on this connection
	}
	return n, err
}

// dialFunc opens a connection.
type dialFunc = func(ctx context.Context, network, addr string) (net.Conn, error)

// answering makes the connections of a dial bring one answer per request.
func answering(dial dialFunc) dialFunc {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return &answers{Conn: conn}, nil
	}
}

// overTLS makes the connections of a dial secure.
func overTLS(config *tls.Config, dial dialFunc) dialFunc {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		host, _, err := net.SplitHostPort(addr)
		if err != nil {
			return nil, err
		}
		conn, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		ctx, cancel := context.WithTimeout(ctx, handshakeMax)
		defer cancel()
		own := config.Clone()
		own.ServerName = cmp.Or(config.ServerName, host)
		secure := tls.Client(conn, own)
		if err := secure.HandshakeContext(ctx); err != nil {
			conn.Close()
			return nil, err
		}
		return secure, nil
	}
}

// Where a frame is.
const (
	atHead = iota // a line of the head
	atBody
	atSize // of a chunk
	atChunk
	atTrailer
	atClose // the answer lasts until the connection ends
	atEnd
)

// lineBytesMax is more than a line of a head has.
const lineBytesMax = 16 << 10

// frame finds where an HTTP/1.1 answer ends. It judges nothing: what it cannot
// read it leaves to the transport, as an answer that lasts until the end.
type frame struct {
	at      int
	line    []byte // what has come of a line
	status  string
	length  int64 // of the body, where it is sized
	sized   bool
	chunked bool
	left    int64 // of the body or chunk
}

// take answers how many of these bytes belong to the answer.
func (f *frame) take(p []byte) (taken int) {
	for taken < len(p) && f.at != atEnd {
		rest := p[taken:]
		switch f.at {
		case atBody, atChunk:
			n := min(int64(len(rest)), f.left)
			taken += int(n)
			f.left -= n
			switch {
			case f.left > 0:
			case f.at == atBody:
				f.at = atEnd
			default:
				f.at = atSize
			}
		case atClose:
			return len(p)
		default:
			line, _, whole := bytes.Cut(rest, []byte("\n"))
			f.line = append(f.line, line...)
			taken += len(line)
			if whole {
				taken++
				f.end(strings.TrimSuffix(string(f.line), "\r"))
				f.line = f.line[:0]
			}
			if len(f.line) > lineBytesMax {
				f.at = atClose
			}
		}
	}
	return taken
}

// end takes a whole line.
func (f *frame) end(line string) {
	switch {
	case f.at == atSize:
		text, _, _ := strings.Cut(line, ";")
		size, err := strconv.ParseInt(strings.TrimSpace(text), 16, 62)
		switch {
		case err != nil || size < 0:
			f.at = atClose
		case size == 0:
			f.at = atTrailer
		default:
			f.at, f.left = atChunk, size+int64(len("\r\n"))
		}
	case f.at == atTrailer:
		if line == "" {
			f.at = atEnd
		}
	case f.status == "":
		_, status, _ := strings.Cut(line, " ")
		f.status = status + " " // never empty again
	case line == "":
		f.body()
	default:
		f.header(line)
	}
}

func (f *frame) header(line string) {
	name, value, _ := strings.Cut(line, ":")
	value = strings.TrimSpace(value)
	switch strings.ToLower(name) {
	case "content-length":
		n, err := strconv.ParseInt(value, 10, 63)
		f.length, f.sized = n, err == nil && n >= 0
	case "transfer-encoding":
		f.chunked = strings.EqualFold(value, "chunked")
	}
}

// body is what follows the head.
func (f *frame) body() {
	switch {
	case strings.HasPrefix(f.status, "1") && !strings.HasPrefix(f.status, "101"):
		*f = frame{} // only a sign of life: the answer is to come
	case strings.HasPrefix(f.status, "204") || strings.HasPrefix(f.status, "304"):
		f.at = atEnd
	case f.chunked:
		f.at = atSize
	case f.sized && f.length == 0:
		f.at = atEnd
	case f.sized:
		f.at, f.left = atBody, f.length
	default:
		f.at = atClose
	}
}
