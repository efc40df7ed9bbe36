package sim

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestARunIsReported(t *testing.T) {
	t.Parallel()
	calls := 0
	r := Simulate(t.Context(), t, Options{From: 5, Seeds: 3, Steps: 5}, func(Report) { calls++ })
	if !r.OK() || r.Played != 3 || calls != 3 || r.Stats[Lives] < 3 || r.PerSecond() <= 0 {
		t.Errorf("report is %+v after %d calls", r, calls)
	}
	var text bytes.Buffer
	if err := r.WriteText(&text); err != nil || !strings.Contains(text.String(), "3 seeds from 5 on kept every promise") {
		t.Errorf("%v: %s", err, &text)
	}
	if strings.Contains(text.String(), "somebody owes") {
		t.Error("a run of several seeds that are fine tells a story")
	}
}

func TestARunOfOneSeedTellsItsStory(t *testing.T) {
	t.Parallel()
	r := Simulate(t.Context(), t, Options{From: 5, Seeds: 1, Steps: 20}, func(Report) {})
	var text, out bytes.Buffer
	if err := r.WriteText(&text); err != nil || !strings.Contains(text.String(), "the agent begins") {
		t.Errorf("%v: %s", err, &text)
	}
	if err := r.WriteJSON(&out); err != nil {
		t.Fatal(err)
	}
	var back struct {
		Played int
		Stats  map[string]int
		Story  []string
	}
	if err := json.Unmarshal(out.Bytes(), &back); err != nil || back.Played != 1 || back.Stats[Lives] == 0 || len(back.Story) == 0 {
		t.Errorf("%v: %s", err, &out)
	}
}

func TestARunStopsAtTheFirstThatFails(t *testing.T) {
	t.Parallel()
	r := Simulate(t.Context(), t, Options{From: 1, Seeds: 1000, Steps: 61, Bug: CodeInLog, Cores: 1}, func(Report) {})
	if r.OK() || r.Failed == nil || r.Played > 100 {
		t.Fatalf("%d played, failed: %v", r.Played, r.Failed)
	}
	var text bytes.Buffer
	if err := r.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"promise 12", "play it again: tillgate-demo simulate --seed", "--steps 61 --bug code-in-log", "somebody owes"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("it does not say %q:\n%s", want, &text)
		}
	}
}

func TestARunStopsWhenItIsToldTo(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	r := Simulate(ctx, t, Options{Seeds: 1000, Steps: 5, Cores: 1}, func(r Report) {
		if r.Played == 2 {
			cancel()
		}
	})
	if r.Played > 3 {
		t.Errorf("%d seeds were played", r.Played)
	}
}

func TestALongRunHasToReachEverything(t *testing.T) {
	t.Parallel()
	all := Stats{}
	for _, name := range slices.Concat(outcomes, shiftOutcomes) {
		all[name] = 1
	}
	short := Stats{Orders: 1}
	for _, row := range []struct {
		played int
		stats  Stats
		bug    Bug
		ok     bool
	}{
		{manySeeds, all, NoBug, true},
		{manySeeds, short, NoBug, false},
		{manySeeds - 1, short, NoBug, true},
		{manySeeds, short, PrintFirst, true},
		{0, all, NoBug, false},
	} {
		r := Report{Options: Options{Bug: row.bug}, Played: row.played, Stats: row.stats, Missing: row.stats.Missing(Shop)}
		if r.OK() != row.ok {
			t.Errorf("%d seeds that never reached %d outcomes: ok is %v", row.played, len(r.Missing), r.OK())
		}
	}
}

func TestStatsAddUp(t *testing.T) {
	t.Parallel()
	s := Stats{Orders: 1}
	s.Add(Stats{Orders: 2, Slips: 3})
	if got := strings.Join(s.Lines(), "|"); got != "       3  orders|       3  slips" {
		t.Errorf("lines are %q", got)
	}
}

func TestAStoryIsToldByTheClock(t *testing.T) {
	t.Parallel()
	s := &Story{}
	s.Tell("one %d", 1)
	s.begin = s.begin.Add(-90 * time.Second)
	s.Tell("two")
	var text strings.Builder
	n, err := s.WriteTo(&text)
	if err != nil || int(n) != text.Len() || !strings.Contains(text.String(), "   0.000s  one 1\n") || !strings.Contains(text.String(), "  90.0") {
		t.Errorf("%d, %v: %q", n, err, text.String())
	}
	if _, err := s.WriteTo(full{}); err == nil {
		t.Error("a story that could not be written says nothing")
	}
	if got := plain(errors.New("commit: disk I/O error: invalid argument")); got != "commit: disk I/O error" {
		t.Errorf("plain: %q", got)
	}
	if got := plain(errors.New("stale")); got != "stale" {
		t.Errorf("plain: %q", got)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space") }
