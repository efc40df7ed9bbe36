package ring

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// stuck is a handler that takes nothing until it is let.
type stuck struct {
	slog.Handler
	let  chan struct{}
	took *[]string
}

func (stuck) Enabled(context.Context, slog.Level) bool { return true }

func (s stuck) Handle(_ context.Context, r slog.Record) error {
	<-s.let
	*s.took = append(*s.took, words{}.of(r))
	return nil
}

// TestNobodyWaitsForStderr: a journal that takes nothing keeps neither who logs
// nor the end waiting, and what it missed is said when it is back.
func TestNobodyWaitsForStderr(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		let, took := make(chan struct{}), []string{}
		r := New(dir, hide())
		log := slog.New(r.Handler(stuck{slog.DiscardHandler, let, &took}))
		ctx, cancel := context.WithCancel(t.Context())
		start := time.Now()
		log.InfoContext(ctx, "first")
		synctest.Wait() // it is in the handler
		for i := range waitingMax + 3 {
			log.InfoContext(ctx, fmt.Sprint(i))
		}
		cancel() // who logged has gone
		if took := time.Since(start); took > 0 {
			t.Errorf("logging waited for %v", took)
		}
		if err := r.Close(); err != nil || time.Since(start) != leaveWithin {
			t.Errorf("the end took %v: %v", time.Since(start), err)
		}
		if lines, err := Read(dir); err != nil || len(lines) != linesMax {
			t.Errorf("the ring has %d lines: %v", len(lines), err)
		}
		close(let)
		r.out.wait()
		if n := len(took); n != waitingMax+2 || took[0] != "first" || took[1] != "0" || took[n-2] != fmt.Sprint(waitingMax-1) || !strings.HasSuffix(took[n-1], "lines=3") {
			t.Errorf("%d lines were taken: %q", n, took)
		}
		log.Info("again")
		if err := r.Close(); err != nil || took[len(took)-1] != "again" || !slices.Contains(took, "7") {
			t.Errorf("it takes %q at the end: %v", took[len(took)-1], err)
		}
	})
}
