package sim

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"testing"
	"time"
)

// manySeeds are enough to have come to everything: from there on an outcome
// that was never reached is a failure.
const manySeeds = 500

// allSeeds are enough for every network to have done everything with every call, and
// for a hotel to have had every fault at every commit.
const allSeeds = 2000

// Report is what a run came to.
type Report struct {
	Options
	Played  int           `json:"played"`
	Took    time.Duration `json:"took_ns"`
	Stats   Stats         `json:"stats"`
	Missing []string      `json:"missing"`          // outcomes that were never reached
	Covered Coverage      `json:"covered"`          // what the networks were seen doing
	Unseen  []string      `json:"unseen"`           // what they were never seen doing; of hotels, faults that never were
	Strange []string      `json:"strange"`          // what they were seen doing although it cannot be
	Failed  *Outcome      `json:"failed,omitempty"` // the first seed that broke a promise
	Only    *Story        `json:"story,omitempty"`  // of a run of one seed
}

// Simulate plays seeds until one breaks a promise, they are all played, or ctx
// is done. It calls progress after each.
func Simulate(ctx context.Context, t *testing.T, o Options, progress func(Report)) Report {
	began := time.Now()
	r := Report{Options: o, Stats: Stats{}, Covered: Coverage{}}
	Run(t, o, func(out Outcome) bool {
		if len(out.Broken) > 0 && (r.Failed == nil || out.Seed < r.Failed.Seed) { // those before it are played or being played
			r.Failed = &out
		}
		if r.Played++; o.Seeds == 1 {
			r.Only = out.Story
		}
		r.Stats.Add(out.Stats)
		r.Covered.Add(out.Covered)
		r.Took = time.Since(began)
		progress(r)
		return r.Failed == nil && ctx.Err() == nil
	})
	r.Missing = r.Stats.Missing(o.Scene)
	switch o.Scene {
	case Shop:
		r.Unseen, r.Strange = r.Covered.Missing(), r.Covered.Impossible()
	case Hotel:
		r.Unseen = r.Stats.unseen(faultsSeen())
	}
	return r
}

// OK tells whether every promise was kept and, in a long run, every outcome reached.
func (r Report) OK() bool {
	whole := len(r.Strange) == 0 && (r.Played < manySeeds || len(r.Missing) == 0) && (r.Played < allSeeds || len(r.Unseen) == 0)
	return r.Failed == nil && r.Played > 0 && (whole || r.Bug != NoBug)
}

// PerSecond is how many seeds were played in a second, on all cores together.
func (r Report) PerSecond() float64 { return float64(r.Played) / max(r.Took.Seconds(), 1e-9) }

// WriteText tells people what the run came to; a run of one seed, or a seed
// that failed, tells its story.
func (r Report) WriteText(w io.Writer) error {
	story := r.Only
	if r.Failed != nil {
		story = r.Failed.Story
	}
	if story != nil {
		if _, err := story.WriteTo(w); err != nil {
			return err
		}
	}
	for _, line := range r.Stats.Lines() {
		fmt.Fprintln(w, line)
	}
	if r.Played > 1 && r.Scene == Shop {
		fmt.Fprintln(w, r.Covered)
	}
	for _, list := range []struct {
		what  string
		names []string
		after int
	}{{"never reached", r.Missing, 2}, {"never seen", r.Unseen, allSeeds}, {"seen, and cannot be", r.Strange, 1}} {
		if len(list.names) > 0 && r.Played >= list.after {
			fmt.Fprintf(w, "%s: %q\n", list.what, list.names)
		}
	}
	if f := r.Failed; f != nil {
		fmt.Fprintf(w, "seed %d broke what is promised:\n", f.Seed)
		for _, b := range f.Broken {
			fmt.Fprintln(w, "  "+b)
		}
		fmt.Fprintln(w, "play it again: tillgate-demo", r.again(f.Seed))
		return nil
	}
	_, err := fmt.Fprintf(w, "%d seeds from %d on kept every promise, in %s, %.1f a second\n", r.Played, r.From, r.Took.Round(time.Millisecond), r.PerSecond())
	return err
}

func (r Report) again(seed uint64) string {
	text := fmt.Sprintf("simulate --seed %d", seed)
	if r.Scene != Shop {
		text += " --scene " + string(r.Scene)
	}
	if r.Steps != 0 && r.Steps != Steps {
		text += fmt.Sprintf(" --steps %d", r.Steps)
	}
	if r.Bug != NoBug {
		text += " --bug " + string(r.Bug)
	}
	return text
}

// WriteJSON tells programs.
func (r Report) WriteJSON(w io.Writer) error { return json.NewEncoder(w).Encode(r) }
