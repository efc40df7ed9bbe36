package wechat

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

var errShape = errors.New("not a message of one level")

// decode reads a message. It takes the little of XML that a message is made of:
// a declaration, one root, fields with text and CDATA, the five entities and
// characters by number. A document type would be a field without a name, so no
// entity of the sender's is ever looked at; neither comments, attributes,
// prefixes nor a field twice: two readers could see two values.
func decode(body []byte) (fields, error) {
	text := string(body)
	if !isText(text) {
		return nil, fmt.Errorf("read message: %w: not all of it is text", errShape)
	}
	r := reader{rest: text}
	f, err := r.message()
	if err != nil {
		return nil, fmt.Errorf("read message: %w", err)
	}
	return f, nil
}

// isText tells whether a text has no other characters than XML may have.
func isText(text string) bool {
	for _, c := range []byte(text) {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' {
			return false
		}
	}
	return utf8.ValidString(text) && !strings.Contains(text, "\uFFFE") && !strings.Contains(text, "\uFFFF")
}

// reader is what is still to be read of a message.
type reader struct{ rest string }

const blanks = " \t\r\n"

func (r *reader) blanks() { r.rest = strings.TrimLeft(r.rest, blanks) }

// take takes a text, if it comes next.
func (r *reader) take(text string) (taken bool) {
	r.rest, taken = strings.CutPrefix(r.rest, text)
	return taken
}

// until takes what stands before a mark, and the mark.
func (r *reader) until(mark string) (text string, ok bool) {
	text, rest, ok := strings.Cut(r.rest, mark)
	if ok {
		r.rest = rest
	}
	return text, ok
}

func (r *reader) message() (fields, error) {
	r.blanks()
	if r.take("<?xml") {
		if said, ok := r.until("?>"); !ok || !declares(said) {
			return nil, errShape
		}
		r.blanks()
	}
	if name, empty, ok := r.open(); !ok || name != "xml" || empty {
		return nil, errShape
	}
	f := fields{}
	for r.blanks(); !strings.HasPrefix(r.rest, "</"); r.blanks() {
		name, empty, ok := r.open()
		_, twice := f[name]
		switch {
		case !ok:
			return nil, errShape
		case twice:
			return nil, fmt.Errorf("%w: %s comes twice", errShape, name)
		case empty:
			f[name] = ""
			continue
		}
		value, err := r.value()
		if err != nil || !r.shut(name) {
			return nil, errShape
		}
		f[name] = value
	}
	shut := r.shut("xml")
	if r.blanks(); !shut || r.rest != "" || len(f) == 0 {
		return nil, errShape
	}
	return f, nil
}

// declares tells whether a declaration is of XML 1.0 in UTF-8.
func declares(said string) bool {
	if said == "" || !strings.ContainsRune(blanks, rune(said[0])) {
		return false
	}
	for at, part := range strings.Fields(strings.ReplaceAll(said, "'", `"`)) {
		switch strings.ToLower(part) {
		case `version="1.0"`:
			if at != 0 {
				return false
			}
		case `encoding="utf-8"`, `standalone="yes"`, `standalone="no"`:
		default:
			return false
		}
	}
	return true
}

// open takes the tag that opens an element, or is all of an empty one.
func (r *reader) open() (name string, empty, ok bool) {
	if !r.take("<") {
		return "", false, false
	}
	name, ok = r.until(">")
	name, empty = strings.CutSuffix(name, "/")
	name = strings.TrimRight(name, blanks)
	return name, empty, ok && isName(name)
}

// shut takes the tag that closes an element.
func (r *reader) shut(name string) bool {
	if !r.take("</" + name) {
		return false
	}
	r.blanks()
	return r.take(">")
}

// isName tells whether a text is the name of a field, without a prefix. The
// network's are of Latin letters, digits and lines.
func isName(text string) bool {
	for at, c := range []byte(text) {
		letter := c|' ' >= 'a' && c|' ' <= 'z' || c == '_'
		if !letter && (at == 0 || (c < '0' || c > '9') && c != '-' && c != '.') {
			return false
		}
	}
	return text != ""
}

// value takes the text of a field.
func (r *reader) value() (string, error) {
	parts := make([]string, 0, 2) // mostly there is one
	for !strings.HasPrefix(r.rest, "</") {
		part, ok := "", false
		if r.take("<![CDATA[") {
			part, ok = r.until("]]>")
			part = endLines(part)
		} else if end := strings.IndexByte(r.rest, '<'); end > 0 {
			part, ok = plain(endLines(r.rest[:end]))
			r.rest = r.rest[end:]
		}
		if !ok {
			return "", errShape
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ""), nil
}

// endLines ends lines as readers of XML see them (XML 1.0, section 2.11).
func endLines(text string) string {
	if !strings.Contains(text, "\r") {
		return text
	}
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
}

// entities are those that need no declaration.
var entities = map[string]string{"lt": "<", "gt": ">", "amp": "&", "apos": "'", "quot": `"`}

// plain is a text without its escapes.
func plain(text string) (string, bool) {
	if strings.Contains(text, "]]>") {
		return "", false
	}
	before, rest, escaped := strings.Cut(text, "&")
	if !escaped {
		return text, true
	}
	var b strings.Builder
	for escaped {
		b.WriteString(before)
		name, after, ended := strings.Cut(rest, ";")
		char, known := entities[name]
		if digits, ok := strings.CutPrefix(name, "#"); ok {
			char, known = numbered(digits)
		}
		if !ended || !known {
			return "", false
		}
		b.WriteString(char)
		before, rest, escaped = strings.Cut(after, "&")
	}
	b.WriteString(before)
	return b.String(), true
}

// numbered is a character by its number.
func numbered(digits string) (string, bool) {
	base := 10
	if hex, ok := strings.CutPrefix(digits, "x"); ok {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 21)
	if err != nil || !utf8.ValidRune(rune(n)) {
		return "", false
	}
	char := string(rune(n))
	return char, isText(char)
}
