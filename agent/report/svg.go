package report

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// tenth is a length in tenths of a pixel: pictures are drawn in whole numbers.
type tenth int64

const px tenth = 10

// String writes the length in pixels: 125 is "12.5".
func (t tenth) String() string {
	sign := ""
	if t < 0 {
		sign, t = "-", -t
	}
	if t%px == 0 {
		return sign + strconv.FormatInt(int64(t/px), 10)
	}
	return sign + strconv.FormatInt(int64(t/px), 10) + "." + strconv.FormatInt(int64(t%px), 10)
}

// svg writes a picture that may stand in a page of strict policy: no script, no
// style, no font and no address from elsewhere, only elements with attributes.
type svg struct {
	b    strings.Builder
	open []string
}

// start opens an element. attributes are names and values in turns; an empty
// value leaves its attribute out.
func (s *svg) start(name string, attributes ...string) {
	s.tag(name, attributes)
	s.b.WriteByte('>')
	s.open = append(s.open, name)
}

// end closes the newest element that is open.
func (s *svg) end() {
	last := len(s.open) - 1
	s.b.WriteString("</" + s.open[last] + ">")
	s.open = s.open[:last]
}

// leaf is an element with nothing in it.
func (s *svg) leaf(name string, attributes ...string) {
	s.tag(name, attributes)
	s.b.WriteString("/>")
}

// words is an element with text in it.
func (s *svg) words(name, text string, attributes ...string) {
	s.start(name, attributes...)
	s.text(text)
	s.end()
}

func (s *svg) text(text string) { s.b.WriteString(escape(text)) }

func (s *svg) tag(name string, attributes []string) {
	s.b.WriteString("<" + name)
	for i := 0; i+1 < len(attributes); i += 2 {
		if attributes[i+1] != "" {
			s.b.WriteString(" " + attributes[i] + `="` + escape(attributes[i+1]) + `"`)
		}
	}
}

// bytes is the picture. One that was not closed is a mistake in the program.
func (s *svg) bytes() []byte {
	if len(s.open) != 0 {
		panic("report: " + s.open[len(s.open)-1] + " was not closed")
	}
	return []byte(s.b.String())
}

// escape is a text as XML 1.0 (section 2.2) may have it, within an element or an
// attribute; what it may not have becomes U+FFFD.
func escape(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '"':
			b.WriteString("&#34;")
		case r == '\'':
			b.WriteString("&#39;")
		case r < ' ' && r != '\t' && r != '\n', r == 0xfffe, r == 0xffff:
			b.WriteRune(utf8.RuneError)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// path is the shape of a path.
type path struct{ b strings.Builder }

func (p *path) to(command byte, at ...tenth) *path {
	p.b.WriteByte(command)
	for i, v := range at {
		if i > 0 {
			p.b.WriteByte(' ')
		}
		p.b.WriteString(v.String())
	}
	return p
}
