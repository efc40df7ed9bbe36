package ring

import (
	"context"
	"log/slog"
	"reflect"

	"tillgate/agent/pay"
)

// Hiding hands records on without payment codes and known secrets: in the
// message, in keys, in groups and in values of every kind, which become texts
// where they have to.
func Hiding(next slog.Handler, hide *pay.Redactor) slog.Handler { return hiding{next, hide} }

type hiding struct {
	next slog.Handler
	hide *pay.Redactor
}

func (h hiding) Enabled(ctx context.Context, level slog.Level) bool {
	return h.next.Enabled(ctx, level)
}

func (h hiding) Handle(ctx context.Context, r slog.Record) error {
	clean := slog.NewRecord(r.Time, r.Level, h.hide.Text(r.Message), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		clean.AddAttrs(h.attr(a))
		return true
	})
	return h.next.Handle(ctx, clean)
}

func (h hiding) WithAttrs(attrs []slog.Attr) slog.Handler {
	return hiding{h.next.WithAttrs(h.attrs(attrs)), h.hide}
}

func (h hiding) WithGroup(name string) slog.Handler {
	return hiding{h.next.WithGroup(h.hide.Text(name)), h.hide}
}

func (h hiding) attrs(attrs []slog.Attr) []slog.Attr {
	clean := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		clean[i] = h.attr(a)
	}
	return clean
}

func (h hiding) attr(a slog.Attr) slog.Attr {
	return slog.Attr{Key: h.hide.Text(a.Key), Value: h.value(a.Value.Resolve())}
}

func (h hiding) value(v slog.Value) slog.Value {
	switch v.Kind() {
	case slog.KindGroup:
		return slog.GroupValue(h.attrs(v.Group())...)
	case slog.KindBool, slog.KindDuration, slog.KindTime, slog.KindFloat64:
		return v
	case slog.KindInt64, slog.KindUint64: // a code fits into one
		if text := v.String(); h.hide.Text(text) != text {
			return slog.StringValue(h.hide.Text(text))
		}
		return v
	case slog.KindAny:
		if v.Any() == nil {
			return v
		}
		if bytes := reflect.ValueOf(v.Any()); bytes.Kind() == reflect.Slice && bytes.Type().Elem().Kind() == reflect.Uint8 {
			return slog.StringValue(h.hide.Text(string(bytes.Bytes()))) // String would write each byte as a number
		}
	}
	return slog.StringValue(h.hide.Text(v.String()))
}
