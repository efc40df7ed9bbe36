package alipay

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestTakeApart(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		body string
		want message // the zero message: refused
	}{
		{`{"a_response":{"code":"1"},"sign":"c2ln"}`, message{"a_response", []byte(`{"code":"1"}`), "c2ln"}},
		{`{"sign":"c2ln","a_response":{"code":"1"}}`, message{"a_response", []byte(`{"code":"1"}`), "c2ln"}},
		{"\r\n{ \"a_response\" :\t{ \"code\" : \"1\" } , \"sign\" : \"c2ln\" } \n", message{"a_response", []byte(`{ "code" : "1" }`), "c2ln"}},
		{`{"error_response":{"code":"20000"}}`, message{"error_response", []byte(`{"code":"20000"}`), ""}},
		{`{"a":{},"sign":"a\/b\u003d","alipay_cert_sn":"x","n":-1.5e3,"t":true,"z":null}`, message{"a", []byte(`{}`), "a/b="}},
		{`{"a":{"b":"}\\","c":"\"{","d":{"e":[1,{"f":"]"}]},"g":[]}}`, message{"a", []byte(`{"b":"}\\","c":"\"{","d":{"e":[1,{"f":"]"}]},"g":[]}`), ""}},
		{`{"a":{"b":"\\\"}"},"sign":""}`, message{"a", []byte(`{"b":"\\\"}"}`), ""}},

		{body: ``}, {body: ` `}, {body: `null`}, {body: `[]`}, {body: `"a"`}, {body: `1`}, {body: `{}`}, {body: `<html></html>`},
		{body: `{"sign":"c2ln"}`},
		{body: `{"a":"text","sign":"c2ln"}`},
		{body: `{"a":[{"code":"1"}],"sign":"c2ln"}`},
		{body: `{"a":{"code":"1"},"b":[]}`},
		{body: `{"a":{"code":"1"},"b":{"code":"2"},"sign":"c2ln"}`},
		{body: `{"a":{"code":"1"},"a":{"code":"2"},"sign":"c2ln"}`},
		{body: `{"a":{"code":"1"},"sign":"c2ln","sign":"c2ln"}`},
		{body: `{"a":{"code":"1"},"sign":"c2ln"}{"a":{"code":"2"}}`},
		{body: `{"a":{"code":"1"},"sign":"c2ln"} x`},
		{body: `x{"a":{"code":"1"},"sign":"c2ln"}`},
		{body: `{"a":{"code":"1"},"sign":"c2ln"`},
		{body: `{"a":{"code":"1"},"sign":12}`},
		{body: `{"a":{"code":"1"},"sign":null,"\u0073ign":"c2ln"}`},
		{body: `{"\u0061":{"code":"1"},"sign":"c2ln"}`},
		{body: `{"a":{"code":"1",},"sign":"c2ln"}`},
		{body: `{"a":{code:"1"},"sign":"c2ln"}`},
		{body: "\ufeff" + `{"a":{"code":"1"},"sign":"c2ln"}`},
	} {
		got, err := takeApart([]byte(c.body))
		if (err == nil) != (c.want.node != nil) {
			t.Errorf("%s: %v", c.body, err)
		}
		if err == nil && (got.name != c.want.name || string(got.node) != string(c.want.node) || got.sign != c.want.sign) {
			t.Errorf("%s: %s %s %s", c.body, got.name, got.node, got.sign)
		}
	}
}

func TestReadFields(t *testing.T) {
	t.Parallel()
	got, err := readFields([]byte(`{"code":"10000","n":10000,"b":true,"list":[{"code":"1"}],"inner":{"code":"2"},"e":"\u505c\/\"","empty":"","z":null}`))
	if want := (fields{"code": "10000", "e": `停/"`, "empty": ""}); err != nil || !maps.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	for _, text := range []string{`{"code":"10000","code":"40004"}`, `{"code":"10000","\u0063ode":"40004"}`} {
		if got, err := readFields([]byte(text)); err == nil {
			t.Errorf("%s: %v", text, got)
		}
	}
}

// FuzzTakeApart holds what is cut out against what encoding/json makes of the
// same text: its raw values are copies of the text.
func FuzzTakeApart(f *testing.F) {
	for _, seed := range []string{
		`{"a_response":{"code":"1"},"sign":"c2ln"}`, `{"a":{"b":"}\\","c":"\"{","d":{"e":[1,{"f":"]"}]}},"sign":"c2ln","alipay_cert_sn":"x"}`,
		`{"a":{},"n":-1.5e3,"t":true,"z":null}`, `{"a":{},"a":{}}`, `{ "a" : { } }`, `{"a":{"x":"\u0022}"}}`, `{`, `{"a":{"b":1}]`, `{"\u0061":{}}`, "{\"\xf6\":{}}", `{"a":{"b":[[[{"c":"]"}]]]}}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		m, err := takeApart([]byte(body))
		if err != nil {
			return
		}
		var raw map[string]json.RawMessage
		if err := json.Unmarshal([]byte(body), &raw); err != nil {
			t.Fatalf("took what is no JSON: %v", err)
		}
		if string(raw[m.name]) != string(m.node) {
			t.Errorf("cut out %q, and it is %q", m.node, raw[m.name])
		}
		if _, err := readFields(m.node); err == nil && !json.Valid(m.node) {
			t.Errorf("read %q", m.node)
		}
		names := slices.Collect(maps.Keys(raw))
		if strings.Count(body, "{") < 2 || !slices.Contains(names, m.name) {
			t.Errorf("%q of %q", m.name, names)
		}
	})
}
