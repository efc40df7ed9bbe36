package printer

import (
	"fmt"
	"io"
	"strings"
)

// Write shows lines as plain text, for terminals and for tests: centred text is
// centred, double width takes double width, white on black is in brackets, and
// codes are named.
func Write(w io.Writer, lines []Line, columns int) error {
	for _, line := range lines {
		if _, err := fmt.Fprintln(w, line.show(columns)); err != nil {
			return fmt.Errorf("write a slip as text: %w", err)
		}
	}
	return nil
}

func (l Line) show(columns int) string {
	text := l.Text
	switch l.Kind {
	case Gap:
		return ""
	case Barcode:
		text = "|| " + text + " ||"
	case QR:
		text = "[QR " + text + "]"
	case Tear:
		return strings.Repeat("~", columns)
	case Cut:
		return strings.Repeat("- ", columns/2-2) + "8<"
	case Text:
		text = l.showText()
	}
	if blank := columns - textColumns(text); l.Center && blank > 1 {
		text = strings.Repeat(" ", blank/2) + text
	}
	return strings.TrimRight(text, " ")
}

func (l Line) showText() string {
	text := l.Text
	if l.Inverse {
		text = "[" + strings.TrimSpace(text) + "]"
	}
	if l.Size != Double {
		return text
	}
	var spread strings.Builder
	for _, r := range text {
		spread.WriteRune(r)
		spread.WriteString(strings.Repeat(" ", runeColumns(r)))
	}
	return spread.String()
}
