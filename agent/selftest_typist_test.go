package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"tillgate/agent/acceptance"
)

// TestTheScriptSignsIn: where people are set up, amounts are typed by one of them,
// also after the session has ended; whoever is not let in plays nothing.
func TestTheScriptSignsIn(t *testing.T) {
	t.Parallel()
	w := newLedger(t)
	ctx := t.Context()
	nobody := typist{page: w.base}
	if err := nobody.begins(ctx, w.a.desk.Staffed()); err == nil || !strings.Contains(err.Error(), "--clerk") {
		t.Errorf("without a clerk: %v", err)
	}
	if refusal, err := nobody.types(ctx, "exit-1", "0.001"); err == nil || !strings.Contains(err.Error(), "401") || refusal != "" {
		t.Errorf("an amount of nobody's passes for one that is refused: %q, %v", refusal, err)
	}
	if err := nobody.begins(ctx, false); err != nil {
		t.Errorf("where nobody is set up: %v", err)
	}
	wang := typist{name: "Wang", pin: wangPIN, page: w.base}
	w.must(wang.begins(ctx, w.a.desk.Staffed()))
	for range 2 {
		if refusal, err := wang.types(ctx, "exit-1", "0.02"); refusal != "" || err != nil {
			t.Errorf("an amount of the clerk's: %q, %v", refusal, err)
		}
		wang.cookie = &http.Cookie{Name: wang.cookie.Name, Value: "of a session that has ended"}
	}
	if refusal, err := wang.types(ctx, "exit-1", "0"); err != nil || !strings.HasPrefix(refusal, "422") && !strings.HasPrefix(refusal, "400") {
		t.Errorf("no amount: %q, %v", refusal, err)
	}
	wrong := typist{name: "Wang", pin: "999999", page: w.base}
	if err := wrong.begins(ctx, true); err == nil || strings.Contains(err.Error(), "999999") {
		t.Errorf("a wrong PIN: %v", err)
	}
}

// TestTheScriptAtAStaffedTill: it plays as the clerk who has typed a PIN; without
// one, or with a wrong PIN, it says so and plays nothing.
func TestTheScriptAtAStaffedTill(t *testing.T) {
	t.Parallel()
	cfg, _ := outsideConfig(t)
	ctx, stop := context.WithCancel(t.Context())
	up, done := make(chan *agent, 1), make(chan error, 1)
	log := slog.New(slog.DiscardHandler)
	go func() { done <- run(ctx, cfg, log, &extras{started: func(a *agent) { up <- a }}) }()
	select {
	case a := <-up:
		hired(t, a, "Li", "830174")
	case err := <-done:
		t.Fatal(err)
	}
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	lane := &cfg.Lanes[0]
	for _, c := range []struct {
		who  typist
		says string // empty: it plays
	}{{typist{}, "--clerk"}, {typist{name: "Nobody", pin: "830174"}, "was not signed in"}, {typist{name: "Li", pin: "830174"}, ""}} {
		ctx, stop := context.WithCancel(t.Context())
		var played []acceptance.Step
		people := newCustomers(strings.NewReader(strings.Repeat("s\n", 100)), io.Discard)
		_, err := acceptOne(ctx, cfg.only(lane, lane.Merchants[0]), log, &extras{}, c.who, people.at, func(s acceptance.Step) {
			if played = append(played, s); len(played) == 2 { // the rest takes a network
				stop()
			}
		})
		stop()
		switch {
		case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says) || len(played) != 0):
			t.Errorf("%q: %v, %d steps were played", c.who.name, err, len(played))
		case c.says == "" && (err != nil || len(played) < 2 || played[0].Result != acceptance.Passed || played[1].Result != acceptance.Passed):
			t.Errorf("%q: %v, %+v", c.who.name, err, played)
		}
	}
}
