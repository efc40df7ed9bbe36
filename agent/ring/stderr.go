package ring

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"syscall"

	slogjournal "github.com/systemd/slog-journal"
)

// Stderr logs to where standard error goes: with fields to the system's journal
// when that is what reads it, else as lines of text.
func Stderr(stderr io.Writer, level slog.Leveler) slog.Handler {
	if journalReads(stderr, os.Getenv("JOURNAL_STREAM")) {
		if h, err := slogjournal.NewHandler(&slogjournal.Options{Level: level}); err == nil {
			return fielded{next: h}
		}
	}
	return slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: level})
}

// journalReads tells whether standard error is the stream that systemd names
// for its journal, by device and inode (systemd.exec, $JOURNAL_STREAM): a unit
// may have sent it elsewhere since.
func journalReads(stderr io.Writer, stream string) bool {
	file, ok := stderr.(*os.File)
	if !ok || stream == "" {
		return false
	}
	info, err := file.Stat()
	if err != nil {
		return false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && stream == fmt.Sprintf("%d:%d", stat.Dev, stat.Ino)
}

// fielded makes records fit for the journal: its readers show nothing but the
// message, so that has it all, and its fields have names in capitals.
type fielded struct {
	next  slog.Handler
	words words
}

func (f fielded) Enabled(ctx context.Context, level slog.Level) bool {
	return f.next.Enabled(ctx, level)
}

func (f fielded) Handle(ctx context.Context, r slog.Record) error {
	out := slog.NewRecord(r.Time, r.Level, f.words.of(r), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		out.AddAttrs(field(a))
		return true
	})
	return f.next.Handle(ctx, out)
}

func (f fielded) WithAttrs(attrs []slog.Attr) slog.Handler {
	return fielded{f.next.WithAttrs(fields(attrs)), f.words.with(attrs)}
}

func (f fielded) WithGroup(name string) slog.Handler {
	return fielded{f.next.WithGroup(fieldName(name)), f.words.in(name)}
}

func fields(attrs []slog.Attr) []slog.Attr {
	all := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		all[i] = field(a)
	}
	return all
}

func field(a slog.Attr) slog.Attr {
	value := a.Value.Resolve()
	if value.Kind() == slog.KindGroup {
		value = slog.GroupValue(fields(value.Group())...)
	}
	return slog.Attr{Key: fieldName(a.Key), Value: value}
}

// fieldName is a key as the journal takes it, which drops all others: capitals,
// digits and underscores, a capital first.
func fieldName(key string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return '_'
	}, key)
	return strings.TrimLeft(name, "_0123456789")
}
