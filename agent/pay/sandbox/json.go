package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"unicode/utf8"
)

// StrictJSON decodes a body as a strict network takes it: known fields only, in
// their exact letters and each once, no null, nothing behind it, and no character
// beyond the basic plane. What is decoded into a json.RawMessage is looked
// through for the same, but for its fields.
func StrictJSON(body []byte, into any) error {
	if !utf8.Valid(body) {
		return errors.New("not UTF-8")
	}
	names := map[string]string{}
	fieldNames(reflect.TypeOf(into), names)
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := walk(d, names); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("more than one value")
	}
	d = json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

// beyond tells whether a character has more than three bytes.
func beyond(r rune) bool { return r > 0xFFFF }

// fieldNames collects the fields of a type and of all below it, by their small letters.
func fieldNames(t reflect.Type, into map[string]string) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		fieldNames(t.Elem(), into)
	case reflect.Struct:
		for i := range t.NumField() {
			name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
			into[strings.ToLower(name)] = name
			fieldNames(t.Field(i).Type, into)
		}
	}
}

// walk reads one value and looks for nulls, for names that come twice, and for
// known ones in other letters, which package json would take.
func walk(d *json.Decoder, names map[string]string) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	text, _ := token.(string)
	delim, nested := token.(json.Delim)
	switch {
	case token == nil:
		return errors.New("a null")
	case strings.ContainsFunc(text, beyond):
		return errors.New("characters that are not taken")
	case !nested:
		return nil
	}
	seen := map[string]bool{}
	for d.More() {
		if delim == '{' {
			token, err := d.Token()
			name, _ := token.(string)
			known, ok := names[strings.ToLower(name)]
			if err != nil || seen[name] || ok && known != name {
				return fmt.Errorf("%q is not a name, or comes twice", name)
			}
			seen[name] = true
		}
		if err := walk(d, names); err != nil {
			return err
		}
	}
	_, err = d.Token() // the end of it
	return err
}
