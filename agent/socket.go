package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"tillgate/store"
	"tillgate/store/entry"
)

// While the agent runs it alone has the database; commands ask it over a unix
// socket in the run directory, which only its own user may open.

func socketPath(run string) string { return filepath.Join(run, "agent.sock") }

// serveSocket answers the commands until ctx is done.
func (a *agent) serveSocket(ctx context.Context) error {
	run, s := a.cfg.Terminal.Run, a.store
	path := socketPath(run)
	if err := os.MkdirAll(run, 0o750); err != nil {
		return fmt.Errorf("run directory: %w", err)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove old socket: %w", err)
	}
	listener, err := net.Listen("unix", path)
	if err != nil {
		return fmt.Errorf("open the commands' socket: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return fmt.Errorf("protect the commands' socket: %w", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /verify", func(w http.ResponseWriter, r *http.Request) { answerVerify(w, r, s) })
	mux.HandleFunc("GET /export", func(w http.ResponseWriter, r *http.Request) { answerExport(w, r, s) })
	mux.HandleFunc("GET /left", func(w http.ResponseWriter, r *http.Request) { answerLeft(w, r, s) })
	mux.HandleFunc("POST /staff/first", a.answerFirst)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	stop := context.AfterFunc(ctx, func() { server.Close() })
	defer stop()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve the commands' socket: %w", err)
	}
	return nil
}

// line is one line of an answer: progress, the result, or what went wrong.
type line struct {
	Done   int64         `json:"done,omitempty"`
	Total  int64         `json:"total,omitempty"`
	Report *store.Report `json:"report,omitempty"`
	Error  string        `json:"error,omitempty"`
}

func answerVerify(w http.ResponseWriter, r *http.Request, s *store.Store) {
	out := json.NewEncoder(w)
	last := time.Now()
	report, err := s.Verify(r.Context(), func(done, total int64) {
		if time.Since(last) > time.Second/4 {
			last = time.Now()
			out.Encode(line{Done: done, Total: total})
			http.NewResponseController(w).Flush()
		}
	})
	if err != nil {
		out.Encode(line{Error: err.Error()})
		return
	}
	out.Encode(line{Report: &report})
}

func answerExport(w http.ResponseWriter, r *http.Request, s *store.Store) {
	from := bound(r, "from")
	to, err := takenAway(r.Context(), s, from, bound(r, "to"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if err := s.Export(r.Context(), w, from, to, nil); err != nil {
		panic(http.ErrAbortHandler) // a cut answer must not look like a whole one
	}
}

// takenAway writes down that entries leave, and answers the last of them. On a disk
// that refuses they leave all the same: whoever asks has the disk itself in hand,
// and may be saving what is on it.
func takenAway(ctx context.Context, s *store.Store, from, to entry.Seq) (entry.Seq, error) {
	if _, head, _ := s.Head(); to <= 0 || to > head {
		to = head
	}
	left := entry.ExportedBody{What: "journal", Rows: max(int64(to-max(from, 1)+1), 0), By: "console", Where: "command"}
	_, err := s.Commit(ctx, store.Step{Entries: []entry.Draft{entry.New(entry.Exported, left)}, Done: true})
	if errors.Is(err, store.ErrUnwritten) || errors.Is(err, store.ErrFull) {
		err = nil
	}
	return to, err
}

func bound(r *http.Request, name string) entry.Seq {
	n, _ := strconv.ParseInt(r.URL.Query().Get(name), 10, 64)
	return entry.Seq(n)
}

// ask calls the running agent; errNoAgent when none runs.
func ask(ctx context.Context, run, path string) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://agent"+path, nil)
	if err != nil {
		return nil, err
	}
	return reach(run, req)
}

// send posts to the running agent; errNoAgent when none runs.
func send(ctx context.Context, run, path string, what any) (io.ReadCloser, error) {
	text, err := json.Marshal(what)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://agent"+path, bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	return reach(run, req)
}

// reach sends a request to the running agent.
func reach(run string, req *http.Request) (io.ReadCloser, error) {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socketPath(run))
	}
	client := &http.Client{Transport: &http.Transport{DialContext: dial}}
	reply, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoAgent, err)
	}
	if reply.StatusCode != http.StatusOK {
		reply.Body.Close()
		return nil, fmt.Errorf("the agent answered %s", reply.Status)
	}
	return reply.Body, nil
}

var errNoAgent = errors.New("no agent is running")
