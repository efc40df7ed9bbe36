package printer

import (
	"strings"

	"tillgate/store/money"
)

// Kind is what a line is.
type Kind int

// The kinds of lines.
const (
	Text    Kind = iota
	Gap          // Dots of white
	Barcode      // Text as Code 128
	QR           // Text as a QR code
	Tear         // feed past the edge at which slips are torn off
	Cut          // the same, and cut
)

// Size is how large a line of text is.
type Size int

// The sizes. Tall is twice as high, Double is twice as high and wide.
const (
	Normal Size = iota
	Tall
	Double
)

// Line is one line of a slip as it is printed. Its text fits the paper and is
// already padded.
type Line struct {
	Kind    Kind
	Text    string
	Dots    int // of a Gap, 8 to the millimetre
	Center  bool
	Size    Size
	Bold    bool
	Inverse bool // white on black
}

// White space, in dots of an eighth of a millimetre.
const (
	gapDigits = 4 // between a barcode and its digits
	gapTitle  = 8
	gapMark   = 12
	gapCode   = 12
)

// Columns of the two usual papers, in characters of 12 dots.
const (
	Columns58mm = 32
	Columns80mm = 48
)

// Layout sets a slip for paper of so many columns. It is pure: the same slip
// gives the same lines.
func Layout(slip Slip, columns int) []Line {
	p := page{columns: max(columns, 8)}
	if slip.Mark != "" {
		p.text(" "+slip.Mark+" ", Line{Center: true, Size: Double, Bold: true, Inverse: true})
		p.gap(gapMark)
	}
	if slip.Title != "" {
		p.text(slip.Title, Line{Center: true, Size: Double})
		p.gap(gapTitle)
	}
	for _, text := range slip.Lead {
		p.text(text, Line{Center: true})
	}
	p.items(slip.Items)
	p.total(slip.Total)
	p.items(slip.More)
	if len(slip.Lines) > 0 {
		p.rule()
	}
	for _, text := range slip.Lines {
		p.text(text, Line{})
	}
	p.codes(slip)
	if slip.Foot != "" {
		p.gap(gapTitle)
		p.text(slip.Foot, Line{Center: true})
	}
	end := Tear
	if slip.Cut {
		end = Cut
	}
	return append(p.lines, Line{Kind: end})
}

func (i Item) value() string {
	if i.Value != "" {
		return i.Value
	}
	return i.Amount.String()
}

// page collects lines.
type page struct {
	columns int
	lines   []Line
}

// text adds a text, wrapped; like says how it looks.
func (p *page) text(text string, like Line) {
	columns := p.columns
	if like.Size == Double {
		columns /= 2
	}
	for part := range strings.SplitSeq(text, "\n") {
		part = clean(part)
		if like.Inverse && textColumns(part) > columns {
			part = strings.TrimSpace(part) // the black border goes before the words do
		}
		for _, line := range wrapKeep(part, columns, like.Inverse) {
			like.Text = line
			p.lines = append(p.lines, like)
		}
	}
}

// wrapKeep wraps, but keeps the blanks around a text that fits: on black they
// are its border.
func wrapKeep(text string, columns int, keep bool) []string {
	if keep && textColumns(text) <= columns {
		return []string{text}
	}
	return wrap(text, columns)
}

func (p *page) gap(dots int) {
	p.lines = append(p.lines, Line{Kind: Gap, Dots: dots})
}

// rule adds a rule, unless there is one already.
func (p *page) rule() {
	dashes := strings.Repeat("-", p.columns)
	if n := len(p.lines); n > 0 && p.lines[n-1].Text != dashes {
		p.lines = append(p.lines, Line{Text: dashes})
	}
}

// items adds rows beneath a rule.
func (p *page) items(items []Item) {
	if len(items) > 0 {
		p.rule()
	}
	for _, item := range items {
		if item == (Item{}) {
			p.rule()
			continue
		}
		p.row(item.Name, item.value(), Line{})
	}
}

// row adds a name at the left and a value at the right, on one line where they
// fit with a blank between them.
func (p *page) row(name, value string, like Line) {
	columns := p.columns
	if like.Size == Double {
		columns /= 2
	}
	name, value = clean(name), clean(value)
	names := wrap(name, columns)
	last := names[len(names)-1]
	if textColumns(last)+1+textColumns(value) > columns {
		last = ""
	} else {
		names = names[:len(names)-1]
	}
	for _, line := range names {
		like.Text = line
		p.lines = append(p.lines, like)
	}
	for _, line := range wrap(value, columns) {
		like.Text = last + strings.Repeat(" ", columns-textColumns(last)-textColumns(line)) + line
		last = ""
		p.lines = append(p.lines, like)
	}
}

// total adds the total between rules: as large as it fits on one line.
func (p *page) total(total Item) {
	if total == (Item{}) {
		return
	}
	if total.Value == "" {
		total.Value = currency(total.Amount)
	}
	like := Line{Size: Tall, Bold: true}
	if textColumns(clean(total.Name))+1+textColumns(clean(total.Value)) <= p.columns/2 {
		like.Size = Double
	}
	p.rule()
	p.row(total.Name, total.Value, like)
}

// currency is an amount with the sign of the yuan: ￥12.50, -￥2.50.
func currency(f money.Fen) string {
	if text, minus := strings.CutPrefix(f.String(), "-"); minus {
		return "-￥" + text
	}
	return "￥" + f.String()
}

// codes adds barcode and QR code.
func (p *page) codes(slip Slip) {
	if slip.Barcode != "" {
		p.gap(gapCode)
		p.lines = append(p.lines, Line{Kind: Barcode, Text: slip.Barcode, Center: true})
		p.gap(gapDigits)
		p.text(grouped(slip.Barcode), Line{Center: true})
	}
	if slip.QR == "" {
		return
	}
	p.gap(gapCode)
	if slip.QRText != "" {
		p.text(slip.QRText, Line{Center: true})
	}
	p.lines = append(p.lines, Line{Kind: QR, Text: slip.QR, Center: true})
}

// grouped writes a number in groups of four, as people read it to each other.
func grouped(number string) string {
	var text strings.Builder
	for i, r := range number {
		if i > 0 && i%4 == 0 {
			text.WriteByte(' ')
		}
		text.WriteRune(r)
	}
	return text.String()
}
