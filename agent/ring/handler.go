package ring

import (
	"context"
	"log/slog"
)

// Log is where lines come from that were logged, in Line.From.
const Log = "log"

// Handler keeps what is logged in the ring, from Info up, and hands it on
// without waiting for it to be taken.
func (r *Ring) Handler(next slog.Handler) slog.Handler { return kept{ring: r, next: next} }

type kept struct {
	ring  *Ring
	next  slog.Handler
	words words
}

func (k kept) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelInfo || k.next.Enabled(ctx, level)
}

func (k kept) Handle(ctx context.Context, r slog.Record) error {
	if r.Level >= slog.LevelInfo {
		k.ring.Add(Line{At: r.Time, Level: r.Level, From: Log, Text: k.words.of(r)})
	}
	if k.next.Enabled(ctx, r.Level) {
		k.ring.out.put(ctx, k.next, r)
	}
	return nil
}

func (k kept) WithAttrs(attrs []slog.Attr) slog.Handler {
	return kept{k.ring, k.next.WithAttrs(attrs), k.words.with(attrs)}
}

func (k kept) WithGroup(name string) slog.Handler {
	return kept{k.ring, k.next.WithGroup(name), k.words.in(name)}
}
