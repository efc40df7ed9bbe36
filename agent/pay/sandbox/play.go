package sandbox

import (
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"time"
)

// Parcel is an answer as it goes over the wire.
type Parcel struct {
	Status int
	Header http.Header
	Body   []byte
}

// Why an answer of Packer.Fail is a failure, beside the documented codes.
const (
	Busy     = "busy"      // "system error": nothing is promised
	TooOften = "too often" // the documented error of who asks too often
)

// Packer carries out one request and makes the parcels of its answer, spoilt as
// its behaviour wants: what is signed wrongly, or says something untrue, is the
// packer's own affair.
type Packer interface {
	// Act does in the books what is asked for. It is not called where nothing is to be done.
	Act()
	// Good is what is true now; a slow answer is made when it is sent.
	Good() Parcel
	// Fail is a refusal for Busy, for TooOften, or with one of the network's documented codes.
	Fail(why string) Parcel
	// Garbage is one of Garbages in the place of an answer: nobody should believe it.
	Garbage(name string) Parcel
}

// Play answers a request whose signature was good, or has come in its place what
// the network's behaviour wants.
func (s *Sandbox) Play(w http.ResponseWriter, r *http.Request, do Behaviour, p Packer) {
	switch do.Kind {
	case LostBefore:
		panic(http.ErrAbortHandler)
	case BadGateway:
		s.Page(w, http.StatusBadGateway, "502 Bad Gateway")
		return
	case SystemErrorBefore:
		s.Write(w, p.Fail(Busy))
		return
	case RateLimit:
		s.Write(w, p.Fail(TooOften))
		return
	case Failed:
		s.Write(w, p.Fail(do.Code))
		return
	}
	p.Act()
	switch do.Kind {
	case LostAfter, Hidden:
		panic(http.ErrAbortHandler)
	case BadGatewayAfter:
		s.Page(w, http.StatusBadGateway, "502 Bad Gateway")
	case Late, SystemErrorAfter:
		s.Write(w, p.Fail(Busy))
	case Garbage:
		s.Write(w, p.Garbage(do.Code))
	case Twice:
		s.writeTwice(w, p.Good())
	case Slow:
		if !stays(r, do.After) {
			panic(http.ErrAbortHandler)
		}
		s.Write(w, p.Good())
	default:
		s.Write(w, p.Good())
	}
}

// stays tells whether the client stayed so long.
func stays(r *http.Request, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

func (s *Sandbox) stamp() string { return s.Now().UTC().Format(http.TimeFormat) }

// Write sends an answer: for those that need no packer, as what is said to a
// stranger.
func (s *Sandbox) Write(w http.ResponseWriter, p Parcel) {
	maps.Copy(w.Header(), p.Header)
	w.Header().Set("Date", s.stamp())
	if p.Status != http.StatusNoContent {
		w.Header().Set("Content-Length", strconv.Itoa(len(p.Body)))
	}
	w.WriteHeader(p.Status)
	w.Write(p.Body) //nolint:errcheck // a client that has gone away asks again
}

// Page sends a page of HTML, as the servers before a network do.
func (s *Sandbox) Page(w http.ResponseWriter, status int, title string) {
	text := fmt.Sprintf("<html><head><title>%s</title></head><body><center><h1>%s</h1></center></body></html>", title, title)
	s.Write(w, Parcel{status, http.Header{"Content-Type": {"text/html"}}, []byte(text)})
}

// writeTwice writes a whole answer two times, as a confused proxy may.
func (s *Sandbox) writeTwice(w http.ResponseWriter, p Parcel) {
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer conn.Close()
	header := http.Header{"Date": {s.stamp()}}
	maps.Copy(header, p.Header)
	if p.Status != http.StatusNoContent {
		header.Set("Content-Length", strconv.Itoa(len(p.Body)))
	}
	for range 2 {
		fmt.Fprintf(buffered, "HTTP/1.1 %d %s\r\n", p.Status, http.StatusText(p.Status))
		header.Write(buffered) //nolint:errcheck // as below
		fmt.Fprintf(buffered, "\r\n%s", p.Body)
	}
	buffered.Flush() //nolint:errcheck // the client may close before the second
}
