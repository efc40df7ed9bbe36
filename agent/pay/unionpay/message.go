package unionpay

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"

	"tillgate/agent/pay"
	"tillgate/store/money"
)

// fields are what a request says. Empty texts are left out.
type fields map[string]any

// encode writes a request as it is signed and sent.
func (f fields) encode() []byte {
	names := make([]string, 0, len(f))
	for name, value := range f {
		if value != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	b := append(make([]byte, 0, messageBytes), '{')
	for i, name := range names {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, '"'), name...), `":`...)
		switch value := f[name].(type) {
		case string:
			b = appendText(b, value)
		case int64:
			b = strconv.AppendInt(b, value, 10)
		default:
			b = appendJSON(b, value)
		}
	}
	return append(b, '}')
}

// messageBytes is more than most requests have.
const messageBytes = 1 << 10

// appendText writes a text, marks of HTML as they are.
func appendText(b []byte, text string) []byte {
	for _, c := range []byte(text) {
		if c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			return appendJSON(b, text)
		}
	}
	return append(append(append(b, '"'), text...), '"')
}

func appendJSON(b []byte, value any) []byte {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if e.Encode(value) != nil { // what we say always encodes
		return append(b, "null"...)
	}
	return append(b, bytes.TrimSuffix(text.Bytes(), []byte("\n"))...)
}

// object is what a reply says: texts, numbers as they are written, objects.
type object map[string]any

// decode reads a reply: one object, nothing after it, and no name twice on any
// level, since two readers could see two values.
func decode(body []byte) (object, error) {
	o, err := readObject(string(body))
	if err != nil {
		return nil, fmt.Errorf("read message: %w", err)
	}
	return o, nil
}

func readObject(text string) (object, error) {
	all, err := pay.ReadObject(text)
	if err != nil {
		return nil, err
	}
	o := make(object, len(all))
	for _, m := range all {
		switch kind := m.Value[0]; {
		case kind == '"':
			o[m.Name], _ = pay.Text(m.Value)
		case kind == '-' || kind >= '0' && kind <= '9':
			o[m.Name] = json.Number(m.Value)
		case kind == '{':
			if o[m.Name], err = readObject(m.Value); err != nil {
				return nil, err
			}
		case kind == 'n':
			o[m.Name] = nil
		default: // lists and words, which nobody asks for
			o[m.Name] = json.RawMessage(m.Value)
		}
	}
	return o, nil
}

// text is a field's text: numbers may come as texts and texts as numbers.
func (o object) text(name string) string {
	switch value := o[name].(type) {
	case string:
		return value
	case json.Number:
		return value.String()
	}
	return ""
}

// first is the text of the first field that says something.
func (o object) first(names ...string) string {
	for _, name := range names {
		if text := o.text(name); text != "" {
			return text
		}
	}
	return ""
}

// part is an object in an object; without it, an empty one.
func (o object) part(name string) object {
	part, _ := o[name].(object)
	return part
}

// fen is an amount; good is also one that is not there, with zero.
func (o object) fen(name string) (sum money.Fen, given, good bool) {
	text := o.text(name)
	if text == "" {
		value, there := o[name]
		return 0, false, !there || value == nil || value == ""
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return money.Fen(n), err == nil, err == nil && n >= 0
}

// hide puts *** in the place of a payment code, in every text.
func (o object) hide(code string) {
	for name, value := range o {
		switch value := value.(type) {
		case string:
			if veiled := pay.Hide(value, code); veiled != value {
				o[name] = veiled
			}
		case object:
			value.hide(code)
		}
	}
}
