package pay_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"tillgate/agent/pay"
)

// many is an object of so many members.
func many(n int) string {
	var members []string
	for i := range n {
		members = append(members, fmt.Sprintf(`"m%d":%d`, i, i))
	}
	return "{" + strings.Join(members, ",") + "}"
}

func TestReadObject(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		want string // names and values, in a row; empty: refused
	}{
		"texts":           {`{"a":"1","b":"\"}\\"}`, `a "1" b "\"}\\"`},
		"blanks":          {" {\n\t\"a\" : 1 ,\r\n\"b\":[ ]} \n", `a 1 b [ ]`},
		"numbers":         {`{"a":0,"b":-1.5e+3,"c":10E2,"d":0.0}`, `a 0 b -1.5e+3 c 10E2 d 0.0`},
		"words":           {`{"a":true,"b":false,"c":null}`, `a true b false c null`},
		"objects":         {`{"a":{"a":{"a":1},"b":[{"a":1},{"a":2}]},"b":{}}`, `a {"a":{"a":1},"b":[{"a":1},{"a":2}]} b {}`},
		"lists":           {`{"a":[1,"]",[2,[]]]}`, `a [1,"]",[2,[]]]`},
		"escapes":         {`{"a":"\u505C\/\b\f\n\r\t"}`, `a "\u505C\/\b\f\n\r\t"`},
		"Chinese":         {`{"停":"车"}`, `停 "车"`},
		"half a char":     {"{\"a\":\"\xe5\x81\"}", "a \"\xe5\x81\""},
		"as deep as may":  {strings.Repeat(`{"a":`, 15) + "{}" + strings.Repeat("}", 15), "a " + strings.Repeat(`{"a":`, 14) + "{}" + strings.Repeat("}", 14)},
		"an empty name":   {`{"":1}`, ` 1`},
		"names in layers": {`{"a":{"b":1},"b":2}`, `a {"b":1} b 2`},

		"nothing":                   {text: ""},
		"blanks alone":              {text: " \n"},
		"a text":                    {text: `"a"`},
		"a list":                    {text: `[{"a":1}]`},
		"null":                      {text: "null"},
		"HTML":                      {text: "<html></html>"},
		"a mark of order":           {text: "\ufeff{\"a\":1}"},
		"half":                      {text: `{"a":1`},
		"half a text":               {text: `{"a":"1`},
		"half an escape":            {text: `{"a":"\`},
		"half a character's escape": {text: `{"a":"\u12"}`},
		"another escape":            {text: `{"a":"\x41"}`},
		"a line in a text":          {text: "{\"a\":\"1\n2\"}"},
		"two objects":               {text: `{"a":1}{"b":2}`},
		"something behind it":       {text: `{"a":1} x`},
		"a name twice":              {text: `{"a":1,"b":2,"a":3}`},
		"a name twice below":        {text: `{"a":{"b":1,"b":1}}`},
		"a name twice in a list":    {text: `{"a":[{"b":1,"b":1}]}`},
		"a name with an escape":     {text: `{"\u0061":1}`},
		"no name":                   {text: `{1:1}`},
		"half a char in a name":     {text: "{\"\xe5\x81\":1}"},
		"a name without quotes":     {text: `{a:1}`},
		"no value":                  {text: `{"a":}`},
		"no colon":                  {text: `{"a" 1}`},
		"no comma":                  {text: `{"a":1 "b":2}`},
		"a comma too many":          {text: `{"a":1,}`},
		"a comma too many in lists": {text: `{"a":[1,]}`},
		"a zero before":             {text: `{"a":01}`},
		"a plus":                    {text: `{"a":+1}`},
		"no digit":                  {text: `{"a":-}`},
		"no digit behind":           {text: `{"a":1.}`},
		"no exponent":               {text: `{"a":1e}`},
		"another word":              {text: `{"a":nil}`},
		"half a word":               {text: `{"a":tru`},
		"too deep":                  {text: strings.Repeat(`{"a":`, 16) + "{}" + strings.Repeat("}", 16)},
		"too deep lists":            {text: `{"a":` + strings.Repeat("[", 16) + strings.Repeat("]", 16) + "}"},
		"too many":                  {text: many(257)},
	} {
		o, err := pay.ReadObject(c.text)
		var got []string
		for _, m := range o {
			got = append(got, m.Name+" "+m.Value)
		}
		if joined := strings.Join(got, " "); (err == nil) != (c.want != "") || joined != c.want {
			t.Errorf("%s: %s is read as %q, %v", name, c.text, joined, err)
		}
	}
	if o, err := pay.ReadObject("{}"); err != nil || len(o) != 0 {
		t.Errorf("nothing in it: %v, %v", o, err)
	}
	if o, err := pay.ReadObject(many(256)); err != nil || o.Value("m255") != "255" || o.Value("m256") != "" {
		t.Errorf("as many as may be: %d, %v", len(o), err)
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{`"a"`: "a", `""`: "", `"停\u8f66\/\""`: `停车/"`, "\"\xe5\x81\"": "\ufffd\ufffd", `"\ud800"`: "\ufffd"} {
		if got, ok := pay.Text(value); !ok || got != want {
			t.Errorf("%s is read as %q, %v", value, got, ok)
		}
	}
	for _, value := range []string{"", `"`, "1", "null", "{}", `"\x"`} {
		if got, ok := pay.Text(value); ok {
			t.Errorf("%s is read as %q", value, got)
		}
	}
}

// FuzzReadObject holds what is read against what encoding/json makes of the same text.
func FuzzReadObject(f *testing.F) {
	for _, seed := range []string{
		`{"a":"1","b":{"c":[1,-2.5e3,true,null,"]"]}}`, `{"a":1,"a":2}`, `{ "a" : [ ] }`, `{"\u0061":1}`, "{\"a\":\"\xe5\"}", `{"a":"\ud800\/"}`, `{"a":01}`, `{}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(agree)
}

// agree fails where the two readers of JSON see two things, or where ours refuses
// what it has no reason to.
func agree(t *testing.T, text []byte) {
	o, err := pay.ReadObject(string(text))
	var theirs map[string]json.RawMessage
	other := json.Unmarshal(text, &theirs)
	if err != nil {
		if other == nil && theirs != nil && bytes.IndexByte(text, '\\') < 0 && bytes.Count(text, []byte(`"`)) <= 2 && utf8.Valid(text) && len(text) < 36 {
			t.Errorf("%q has one name at most, and is refused", text)
		}
		return
	}
	if other != nil || len(theirs) != len(o) {
		t.Fatalf("took %q with %d members; encoding/json reads %d, %v", text, len(o), len(theirs), other)
	}
	for _, m := range o {
		if raw, there := theirs[m.Name]; !there || string(raw) != m.Value {
			t.Errorf("%q: %q is %q, elsewhere %q", text, m.Name, m.Value, raw)
		}
		var want string
		same := m.Value[0] == '"' && json.Unmarshal([]byte(m.Value), &want) == nil
		if got, ok := pay.Text(m.Value); ok != same || got != want {
			t.Errorf("%q: %q is the text %q, elsewhere %q", text, m.Value, got, want)
		}
	}
}

// TestWhatIsWrittenIsRead: whatever encoding/json writes of names without marks.
func TestWhatIsWrittenIsRead(t *testing.T) {
	t.Parallel()
	name := rapid.StringMatching(`[a-z_]{1,4}`)
	leaf := rapid.OneOf(rapid.Map(rapid.String(), func(s string) any { return s }), rapid.Map(rapid.Float64Range(-1e9, 1e9), func(n float64) any { return n }),
		rapid.Map(rapid.Bool(), func(b bool) any { return b }), rapid.Just[any](nil))
	branch := rapid.Map(rapid.MapOf(name, leaf), func(m map[string]any) any { return m })
	list := rapid.Map(rapid.SliceOf(rapid.OneOf(leaf, branch)), func(l []any) any { return l })
	rapid.Check(t, func(rt *rapid.T) {
		said := rapid.MapOf(name, rapid.OneOf(leaf, branch, list)).Draw(rt, "object")
		text, err := json.Marshal(said)
		if err != nil {
			rt.Fatal(err)
		}
		o, err := pay.ReadObject(string(text))
		if err != nil {
			rt.Fatalf("%s: %v", text, err)
		}
		var names []string
		for _, m := range o {
			names = append(names, m.Name)
		}
		if want := slices.Sorted(maps.Keys(said)); !slices.Equal(names, want) {
			rt.Fatalf("%s has %q", text, names)
		}
		agree(t, text)
	})
}
