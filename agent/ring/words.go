package ring

import (
	"log/slog"
	"strconv"
	"strings"
	"unicode"
)

// words puts records into one line of text: what happened, then key=value.
type words struct{ group, said string }

func (w words) with(attrs []slog.Attr) words {
	for _, a := range attrs {
		w.said += pairs(w.group, a)
	}
	return w
}

func (w words) in(group string) words {
	if group != "" {
		w.group += group + "."
	}
	return w
}

func (w words) of(r slog.Record) string {
	text := r.Message + w.said
	r.Attrs(func(a slog.Attr) bool {
		text += pairs(w.group, a)
		return true
	})
	return text
}

// pairs is an attribute as " key=value"; a group has several, or none.
func pairs(group string, a slog.Attr) (text string) {
	value := a.Value.Resolve()
	switch {
	case value.Kind() == slog.KindGroup:
		inner := words{group: group}.in(a.Key)
		return inner.with(value.Group()).said
	case a.Equal(slog.Attr{}):
		return ""
	}
	return " " + group + a.Key + "=" + quoted(value.String())
}

// quoted puts quotation marks round a text whose end would not be seen without.
func quoted(text string) string {
	if text == "" || strings.ContainsFunc(text, func(r rune) bool { return r == '=' || r == '"' || unicode.IsSpace(r) || !unicode.IsPrint(r) }) {
		return strconv.Quote(text)
	}
	return text
}
