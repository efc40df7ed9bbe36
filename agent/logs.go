package main

import (
	"io"
	"log/slog"

	"tillgate/agent/console"
	"tillgate/agent/pay"
	"tillgate/agent/ring"
)

// logger logs to standard error, or to the system's journal where that reads it.
func logger(stderr io.Writer, level slog.Level) *slog.Logger {
	return slog.New(ring.Stderr(stderr, level))
}

// keepLog makes the ring of the newest lines in the folder of the journal, and a
// logger that feeds it and lets no secret pass.
func keepLog(cfg *config, log *slog.Logger) (*ring.Ring, *slog.Logger) {
	hide := pay.NewRedactor(cfg.secrets()...)
	kept := ring.New(cfg.Terminal.Data, hide)
	return kept, slog.New(ring.Hiding(kept.Handler(log.Handler()), hide))
}

// withoutSecrets is a logger that lets no secret pass.
func withoutSecrets(cfg *config, log *slog.Logger) *slog.Logger {
	return slog.New(ring.Hiding(log.Handler(), pay.NewRedactor(cfg.secrets()...)))
}

// secrets are the secrets that the config names. One that cannot be had is
// reported by checkSecrets.
func (c *config) secrets() (all []pay.Secret) {
	load := func(_ place, _ string, s source) {
		if secret, err := s.load(); err == nil {
			all = append(all, secret)
		}
	}
	c.sources(load, func(place, string, source) {})
	return all
}

// showEvents shows the last life's events on the page, and from now on this
// one's: what was noted for people, and what the log warns of.
func (a *agent) showEvents() {
	show := func(l ring.Line) {
		if l.From != ring.Log || l.Level >= slog.LevelWarn {
			a.board.Note(console.Event{At: l.At, From: l.From, Text: l.Text})
		}
	}
	for _, l := range a.ring.Lines() {
		show(l)
	}
	a.ring.Watch(show)
}
