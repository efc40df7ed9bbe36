package pay

import (
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"
)

// Object is the members of a JSON object, in their order.
type Object []Member

// Member is a member of an object, its value as it is written.
type Member struct{ Name, Value string }

// Limits of an object: more than any answer has.
const (
	levelsMax  = 16
	membersMax = 256 // of one object
)

var errObject = errors.New("not one JSON object")

// ReadObject cuts a JSON object into its members. It takes less than JSON is: in
// no object, on no level, a name twice, for two readers could see two values, nor
// one written with an escape or not in UTF-8; and nothing around it but blanks.
// Values are pieces of the text. Whether they are UTF-8 it does not look at.
func ReadObject(text string) (Object, error) {
	c := cutter{text: text, found: make(Object, 0, 24)}
	c.blanks()
	if !c.object(0) {
		return nil, errObject
	}
	if c.blanks(); c.at != len(text) {
		return nil, errObject
	}
	return c.found, nil
}

// Value is a member's value as it is written; empty: there is none.
func (o Object) Value(name string) string {
	for _, m := range o {
		if m.Name == name {
			return m.Value
		}
	}
	return ""
}

// Text is the text that a value is. What is no UTF-8 in it becomes U+FFFD.
func Text(value string) (text string, ok bool) {
	if len(value) < 2 || value[0] != '"' {
		return "", false
	}
	if plain := value[1 : len(value)-1]; strings.IndexByte(plain, '\\') < 0 && utf8.ValidString(plain) {
		return plain, true
	}
	return unquote(value)
}

func unquote(value string) (text string, ok bool) {
	err := json.Unmarshal([]byte(value), &text)
	return text, err == nil
}

// cutter is a place in a text, and what has been found before it: of the object
// that it is in at the end of found, before that of those around it.
type cutter struct {
	text  string
	at    int
	found Object
}

// take takes a byte, if it comes next.
func (c *cutter) take(want byte) bool {
	if c.at < len(c.text) && c.text[c.at] == want {
		c.at++
		return true
	}
	return false
}

// any takes all bytes of a kind, and tells whether there was one.
func (c *cutter) any(kind string) bool {
	from := c.at
	for c.at < len(c.text) && strings.IndexByte(kind, c.text[c.at]) >= 0 {
		c.at++
	}
	return c.at > from
}

func (c *cutter) blanks() {
	for c.at < len(c.text) {
		switch c.text[c.at] {
		case ' ', '\t', '\r', '\n':
			c.at++
		default:
			return
		}
	}
}

// object takes an object. Only the outermost leaves its members in found.
func (c *cutter) object(level int) bool {
	first := len(c.found)
	if !c.take('{') || level == levelsMax {
		return false
	}
	if c.blanks(); c.take('}') {
		return true
	}
	for {
		if !c.member(first, level) {
			return false
		}
		if c.blanks(); c.take('}') {
			break
		}
		if !c.take(',') {
			return false
		}
		c.blanks()
	}
	if level > 0 {
		c.found = c.found[:first]
	}
	return true
}

func (c *cutter) member(first, level int) bool {
	name, plain, ok := c.string()
	if !ok || !plain || !utf8.ValidString(name) || len(c.found)-first == membersMax {
		return false
	}
	for _, m := range c.found[first:] {
		if m.Name == name {
			return false
		}
	}
	if c.blanks(); !c.take(':') {
		return false
	}
	c.blanks()
	from, mine := c.at, len(c.found)
	c.found = append(c.found, Member{Name: name})
	if !c.value(level) {
		return false
	}
	c.found[mine].Value = c.text[from:c.at]
	return true
}

func (c *cutter) value(level int) bool {
	if c.at == len(c.text) {
		return false
	}
	switch c.text[c.at] {
	case '{':
		return c.object(level + 1)
	case '[':
		return c.list(level + 1)
	case '"':
		_, _, ok := c.string()
		return ok
	case 't':
		return c.word("true")
	case 'f':
		return c.word("false")
	case 'n':
		return c.word("null")
	}
	return c.number()
}

func (c *cutter) list(level int) bool {
	if !c.take('[') || level == levelsMax {
		return false
	}
	if c.blanks(); c.take(']') {
		return true
	}
	for {
		if !c.value(level) {
			return false
		}
		if c.blanks(); c.take(']') {
			return true
		}
		if !c.take(',') {
			return false
		}
		c.blanks()
	}
}

func (c *cutter) word(want string) bool {
	if !strings.HasPrefix(c.text[c.at:], want) {
		return false
	}
	c.at += len(want)
	return true
}

const digits = "0123456789"

// number takes what JSON calls one (RFC 8259, section 6).
func (c *cutter) number() bool {
	c.take('-')
	if !c.take('0') && !c.any(digits) {
		return false
	}
	if c.take('.') && !c.any(digits) {
		return false
	}
	if c.take('e') || c.take('E') {
		if !c.take('+') {
			c.take('-')
		}
		return c.any(digits)
	}
	return true
}

// string takes a text, and tells what is between its quotes and whether it is
// plain: without escapes.
func (c *cutter) string() (inner string, plain, ok bool) {
	if !c.take('"') {
		return "", false, false
	}
	from := c.at
	for plain = true; c.at < len(c.text); c.at++ {
		switch b := c.text[c.at]; {
		case b == '"':
			c.at++
			return c.text[from : c.at-1], plain, true
		case b < ' ':
			return "", false, false
		case b == '\\':
			plain = false
			if c.at++; !c.escape() {
				return "", false, false
			}
		}
	}
	return "", false, false
}

// escape goes to the last byte of what stands after a backslash.
func (c *cutter) escape() bool {
	if c.at == len(c.text) {
		return false
	}
	if c.text[c.at] != 'u' {
		return strings.IndexByte(`"\/bfnrt`, c.text[c.at]) >= 0
	}
	from := c.at + 1
	if from+4 > len(c.text) {
		return false
	}
	for _, b := range []byte(c.text[from : from+4]) {
		if (b < '0' || b > '9') && (b|' ' < 'a' || b|' ' > 'f') {
			return false
		}
	}
	c.at += 4
	return true
}
