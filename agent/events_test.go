//go:build demo

package main

import (
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tillgate/agent/ring"
)

// TestEventsAreThereAfterAKill: kill -9 takes nothing of what was written, and
// the next life's page begins with it.
func TestEventsAreThereAfterAKill(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	s.start(0)
	s.owe("counter-1", "7.31")
	owed := func(l ring.Line) bool { return l.From == "counter-1" && strings.Contains(l.Text, "7.31") }
	for {
		lines, err := ring.Read(filepath.Join(s.dir, "data"))
		if err != nil || t.Context().Err() != nil {
			t.Fatal(err)
		}
		if slices.ContainsFunc(lines, owed) {
			break
		}
	}
	s.kill()
	if code, out, complaint := call(t, "events", "--config", s.cfg); code != exitOK || !strings.Contains(out, "7.31") {
		t.Errorf("exit %d, %q, %q", code, out, complaint)
	}
	s.start(0)
	answer, err := http.Get("http://" + s.page + "/state")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if text, err := io.ReadAll(answer.Body); err != nil || !strings.Contains(string(text), "7.31") {
		t.Errorf("the page does not show it: %s, %v", text, err)
	}
}
