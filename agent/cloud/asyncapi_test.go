package cloud_test

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"tillgate/agent/cloud"
	"tillgate/store/entry"
)

// api is asyncapi.yaml, as far as the code has to agree with it.
type api struct {
	Asyncapi string
	Channels map[string]struct {
		Address  string
		Messages map[string]ref
	}
	Operations map[string]struct {
		Action   string
		Channel  ref
		Bindings struct {
			MQTT struct {
				QoS    int
				Retain bool
			}
		}
	}
	Components struct {
		Messages map[string]struct {
			Payload  ref
			Examples []struct{ Payload any }
		}
		Schemas map[string]schema
	}
}

type ref struct {
	Ref string `yaml:"$ref"`
}

// name is the last part of a reference, which has to be into part.
func (r ref) name(t *testing.T, part string) string {
	t.Helper()
	name, found := strings.CutPrefix(r.Ref, part)
	if !found {
		t.Fatalf("%s is not a reference into %s", r.Ref, part)
	}
	return name
}

type schema struct {
	Ref        string `yaml:"$ref"`
	Type       string
	Required   []string
	Properties map[string]schema
	Items      *schema
	MinItems   int `yaml:"minItems"`
	MaxItems   int `yaml:"maxItems"`
	Pattern    string
}

const schemas, messages = "#/components/schemas/", "#/components/messages/"

// resolve follows references.
func (a api) resolve(t *testing.T, s schema) schema {
	t.Helper()
	for s.Ref != "" {
		next, known := a.Components.Schemas[ref{s.Ref}.name(t, schemas)]
		if !known {
			t.Fatalf("%s leads nowhere", s.Ref)
		}
		s = next
	}
	return s
}

func readAPI(t *testing.T) (a api) {
	t.Helper()
	text, err := os.ReadFile("asyncapi.yaml")
	must(t, err)
	must(t, yaml.Unmarshal(text, &a))
	if a.Asyncapi != "3.0.0" {
		t.Fatalf("its version is %q", a.Asyncapi)
	}
	return a
}

// topics is what the code sends where; a nil pointer of each type.
var topics = map[string]any{
	cloud.UpJournal: (*cloud.Batch)(nil), cloud.UpHello: (*cloud.Hello)(nil), cloud.UpState: (*cloud.Presence)(nil),
	cloud.DownAck: (*cloud.Ack)(nil), cloud.DownReplay: (*cloud.Replay)(nil),
	cloud.DownRights: (*cloud.Rights)(nil),
}

// TestTopicsAreAll keeps the list above whole: message.go declares no others.
func TestTopicsAreAll(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "message.go", nil, 0)
	must(t, err)
	var declared []string
	ast.Inspect(file, func(n ast.Node) bool {
		if v, is := n.(*ast.ValueSpec); is && regexp.MustCompile(`^(Up|Down)[A-Z]`).MatchString(v.Names[0].Name) {
			topic, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
			must(t, err)
			declared = append(declared, topic)
		}
		return true
	})
	slices.Sort(declared)
	if known := slices.Sorted(maps.Keys(topics)); !slices.Equal(declared, known) {
		t.Errorf("message.go declares %v, the test knows %v", declared, known)
	}
}

// TestChannels are those of the code and no others, in their directions.
func TestChannels(t *testing.T) {
	t.Parallel()
	a := readAPI(t)
	left := maps.Clone(topics)
	for name, c := range a.Channels {
		topic, found := strings.CutPrefix(c.Address, cloud.Address{Site: "{site}", Device: "{device}"}.Topic(""))
		body, known := topics[topic]
		if !found || !known {
			t.Errorf("channel %s: no message is sent to %s", name, c.Address)
			continue
		}
		delete(left, topic)
		if len(c.Messages) != 1 {
			t.Errorf("channel %s has %d messages", name, len(c.Messages))
		}
		want := strings.ToLower(reflect.TypeOf(body).Elem().Name())
		for key, m := range c.Messages {
			if m.name(t, messages) != want || key != want {
				t.Errorf("channel %s has the message %s, the code sends %s", name, m.Ref, want)
			}
		}
	}
	for topic := range left {
		t.Errorf("no channel has the topic %s", topic)
	}
	if len(a.Operations) != len(a.Channels) {
		t.Errorf("%d operations on %d channels", len(a.Operations), len(a.Channels))
	}
	for name, o := range a.Operations {
		c := a.Channels[o.Channel.name(t, "#/channels/")]
		if up := strings.Contains(c.Address, "/up/"); up != (o.Action == "send") || up == (o.Action == "receive") {
			t.Errorf("operation %s: a device cannot %s at %s", name, o.Action, c.Address)
		}
		retained := strings.HasSuffix(c.Address, cloud.UpState) || strings.HasSuffix(c.Address, cloud.DownRights)
		if o.Bindings.MQTT.QoS != 1 || o.Bindings.MQTT.Retain != retained {
			t.Errorf("operation %s: bindings %+v", name, o.Bindings.MQTT)
		}
	}
}

// TestMessages have the fields of the code and no others, of the same types.
func TestMessages(t *testing.T) {
	t.Parallel()
	a := readAPI(t)
	used := map[string]bool{}
	for _, body := range topics {
		kind := reflect.TypeOf(body).Elem()
		name := strings.ToLower(kind.Name())
		m, known := a.Components.Messages[name]
		if !known {
			t.Errorf("no message is %s", name)
			continue
		}
		used[name] = true
		a.compare(t, name, a.resolve(t, schema{Ref: m.Payload.Ref}), kind)
	}
	for name := range a.Components.Messages {
		if !used[name] {
			t.Errorf("no code has the message %s", name)
		}
	}
}

// compare compares a schema with a type.
func (a api) compare(t *testing.T, name string, s schema, kind reflect.Type) {
	t.Helper()
	s = a.resolve(t, s)
	if want := jsonType(kind); s.Type != want {
		t.Errorf("%s is %s in the file and %s in the code", name, s.Type, want)
	}
	if n := digits(kind); n > 0 && s.Pattern != "^[0-9a-f]{"+strconv.Itoa(n)+"}$" {
		t.Errorf("%s has the pattern %s for %d digits", name, s.Pattern, n)
	}
	switch {
	case s.Type == "array":
		if s.MinItems != 1 || s.MaxItems != cloud.BatchMax {
			t.Errorf("%s has %d to %d items, the code 1 to %d", name, s.MinItems, s.MaxItems, cloud.BatchMax)
		}
		a.compare(t, name+"[]", *s.Items, kind.Elem())
	case s.Type == "object" && kind.Kind() == reflect.Struct:
		var fields, required []string
		for field := range kind.Fields() {
			key, options, _ := strings.Cut(field.Tag.Get("json"), ",")
			fields = append(fields, key)
			if options != "omitempty" {
				required = append(required, key)
			}
			a.compare(t, name+"."+key, s.Properties[key], field.Type)
		}
		slices.Sort(fields)
		if known := slices.Sorted(maps.Keys(s.Properties)); !slices.Equal(known, fields) {
			t.Errorf("%s has the fields %v in the file and %v in the code", name, known, fields)
		}
		if !slices.Equal(s.Required, required) {
			t.Errorf("%s requires %v in the file and %v in the code", name, s.Required, required)
		}
	}
}

// digits is how many hexadecimal digits a type is written with, 0 for others.
func digits(kind reflect.Type) int {
	if kind.Kind() == reflect.Array {
		return 2 * kind.Len()
	}
	return 0
}

func jsonType(kind reflect.Type) string {
	switch {
	case kind == reflect.TypeFor[json.RawMessage]():
		return "object"
	case kind == reflect.TypeFor[[]byte](), kind.Kind() == reflect.String, digits(kind) > 0:
		return "string"
	case kind.Kind() == reflect.Slice:
		return "array"
	case kind.Kind() == reflect.Struct:
		return "object"
	case kind.Kind() == reflect.Bool:
		return "boolean"
	}
	return "integer"
}

// TestExamples are read by the code without a field left over, and their hashes
// are those of the chain that the file describes.
func TestExamples(t *testing.T) {
	t.Parallel()
	a := readAPI(t)
	read := map[string]any{}
	for topic, body := range topics {
		kind := reflect.TypeOf(body).Elem()
		examples := a.Components.Messages[strings.ToLower(kind.Name())].Examples
		if len(examples) != 1 {
			t.Fatalf("%s has %d examples", kind.Name(), len(examples))
		}
		text, err := json.Marshal(examples[0].Payload)
		must(t, err)
		message := reflect.New(kind)
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(message.Interface()); err != nil {
			t.Errorf("example of %s: %v", kind.Name(), err)
		}
		read[topic] = message.Elem().Interface()
	}
	batch := read[cloud.UpJournal].(cloud.Batch)
	hash := entry.Genesis(entry.Epoch{Number: batch.Epoch, Random: batch.Random})
	for _, r := range batch.Entries {
		hash = r.Entry().Link(hash)
	}
	hello, ack := read[cloud.UpHello].(cloud.Hello), read[cloud.DownAck].(cloud.Ack)
	for name, got := range map[string]cloud.Digest{"batch": batch.Hash, "hello": hello.Hash, "ack": ack.Hash} {
		if got != cloud.Digest(hash) {
			t.Errorf("the hash in the example of a %s is %x, the chain's is %x", name, got, hash)
		}
	}
}
