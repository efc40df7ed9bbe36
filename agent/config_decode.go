package main

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// place is where a table and its keys stand in the file.
type place struct {
	header int // line; 0: the table is not in the file
	keys   map[string]int
}

func (p *place) at() *place { return p }

// line is the key's line, or the table's when the key was left out.
func (p *place) line(key string) int {
	if line, ok := p.keys[key]; ok {
		return line
	}
	return p.header
}

// configDecoder walks the file's syntax tree, so that it can go on after a mistake
// and knows the line of everything; the library's own decoder stops at the
// first wrong type.
type configDecoder struct {
	*configProblems
	parser unstable.Parser
	config reflect.Value
	table  reflect.Value // being filled; invalid while an unknown table is passed over
	called string        // the table as it is written in the file
}

// decodeConfig fills c from the file's text. It answers false when the text is not
// TOML at all; other mistakes are noted and passed over.
func decodeConfig(data []byte, c *config, problems *configProblems) bool {
	if err := toml.Unmarshal(data, &map[string]any{}); err != nil {
		problems.add(syntaxLine(err), "this is not TOML: %s", strings.TrimPrefix(err.Error(), "toml: "))
		return false
	}
	d := &configDecoder{configProblems: problems, config: reflect.ValueOf(c).Elem()}
	d.parser.Reset(data)
	for d.parser.NextExpression() {
		switch node := d.parser.Expression(); node.Kind {
		case unstable.Table, unstable.ArrayTable:
			d.enter(node)
		case unstable.KeyValue:
			d.set(node)
		}
	}
	if err := d.parser.Error(); err != nil { // toml.Unmarshal has parsed the same text
		problems.add(0, "this is not TOML: %v", err)
		return false
	}
	d.missing()
	return true
}

func syntaxLine(err error) int {
	var at *toml.DecodeError
	if !errors.As(err, &at) {
		return 0
	}
	line, _ := at.Position()
	return line
}

// enter begins a table.
func (d *configDecoder) enter(node *unstable.Node) {
	name, line := d.key(node)
	d.table = reflect.Value{}
	d.called = "[" + name + "]"
	list := node.Kind == unstable.ArrayTable
	if list {
		d.called = "[[" + name + "]]"
	}
	field, _, ok := fieldOf(d.config, name)
	switch {
	case !ok:
		d.add(line, "%s is not a table of this file; %s", d.called, nearest(name, keysOf(d.config.Type())))
		return
	case list && field.Kind() != reflect.Slice:
		d.add(line, "%s is given once: write [%s]", d.called, name)
		return
	case !list && field.Kind() == reflect.Slice:
		d.add(line, "%s can be given many times: write [[%s]]", d.called, name)
		return
	case list:
		field.Set(reflect.Append(field, reflect.Zero(field.Type().Elem())))
		field = field.Index(field.Len() - 1)
	}
	d.table = field
	*placeOf(field) = place{header: line, keys: map[string]int{}}
}

// set takes one key and its value.
func (d *configDecoder) set(node *unstable.Node) {
	name, line := d.key(node)
	switch {
	case d.called == "":
		d.add(line, "%s stands before the first table; tables are %s", name, commaList(keysOf(d.config.Type())))
		return
	case !d.table.IsValid():
		return // the table itself has been complained about
	}
	field, want, ok := fieldOf(d.table, name)
	if !ok {
		d.add(line, "%s: key %q is not known; %s", d.called, name, d.advice(name))
		return
	}
	placeOf(d.table).keys[name] = line
	if found := d.assign(field, node.Value()); found != "" {
		d.add(line, "%s: %s is %s; expected %s", d.called, name, found, want)
	}
}

// advice is where an unknown key may belong.
func (d *configDecoder) advice(name string) string {
	for _, table := range keysOf(d.config.Type()) {
		field, _, _ := fieldOf(d.config, table)
		of, written := field.Type(), "["+table+"]"
		if of.Kind() == reflect.Slice {
			of, written = of.Elem(), "[["+table+"]]"
		}
		if written != d.called && slices.Contains(keysOf(of), name) {
			return "it belongs into " + written
		}
	}
	return nearest(name, keysOf(d.table.Type()))
}

// assign puts a value into a field, or answers what was found instead.
func (d *configDecoder) assign(field reflect.Value, value *unstable.Node) (found string) {
	if field.Kind() == reflect.Slice {
		return d.assignList(field, value)
	}
	text := string(value.Data)
	switch {
	case value.Kind != unstable.String:
		return d.describe(field, value)
	case strings.TrimSpace(text) == "":
		return "" // as if it were left out; missing() sees it
	}
	if into, ok := field.Addr().Interface().(encoding.TextUnmarshaler); ok {
		if err := into.UnmarshalText(value.Data); err != nil {
			return "not right (" + err.Error() + ")"
		}
		return ""
	}
	field.SetString(text)
	return ""
}

func (d *configDecoder) assignList(field reflect.Value, value *unstable.Node) (found string) {
	if value.Kind != unstable.Array {
		return d.describe(field, value)
	}
	var texts []string
	for it := value.Children(); it.Next(); {
		if it.Node().Kind != unstable.String {
			return "a list with " + d.describe(field, it.Node())
		}
		texts = append(texts, string(it.Node().Data))
	}
	field.Set(reflect.ValueOf(texts))
	return ""
}

// describe says what stands there. A value that might be a secret is not repeated.
func (d *configDecoder) describe(field reflect.Value, value *unstable.Node) string {
	_, hidden := field.Addr().Interface().(*source)
	switch raw := string(d.parser.Raw(value.Raw)); value.Kind {
	case unstable.String:
		return "a text"
	case unstable.Integer, unstable.Float:
		if hidden {
			return "a number"
		}
		return "the number " + raw + " (without quotes)"
	case unstable.Bool:
		return string(value.Data) + " (without quotes)"
	case unstable.Array:
		return "a list"
	case unstable.InlineTable:
		return "a table"
	}
	return "a date or a time"
}

// missing reports the keys that must be given and are not.
func (d *configDecoder) missing() {
	for _, name := range keysOf(d.config.Type()) {
		field, _, _ := fieldOf(d.config, name)
		if field.Kind() == reflect.Slice {
			for i := range field.Len() {
				d.missingIn("[["+name+"]]", field.Index(i))
			}
			continue
		}
		d.missingIn("["+name+"]", field)
	}
	if d.config.Addr().Interface().(*config).Terminal.header == 0 {
		d.add(0, "there is no [terminal]; expected one, with site, number, name and data")
	}
}

func (d *configDecoder) missingIn(called string, table reflect.Value) {
	at := placeOf(table)
	if at.header == 0 {
		return
	}
	for i := range table.NumField() {
		tag := table.Type().Field(i).Tag
		name, want := tag.Get("key"), tag.Get("need")
		_, given := at.keys[name]
		switch {
		case want == "" || !table.Field(i).IsZero():
		case !given:
			d.add(at.header, "%s: %s is missing; expected %s", called, name, want)
		case !d.has(at.keys[name]):
			d.add(at.keys[name], "%s: %s is empty; expected %s", called, name, want)
		}
	}
}

// key is the name of a table or key as it is written, and its line.
func (d *configDecoder) key(node *unstable.Node) (name string, line int) {
	var parts []string
	for it := node.Key(); it.Next(); {
		parts = append(parts, string(it.Node().Data))
		if line == 0 {
			line = d.parser.Shape(it.Node().Raw).Start.Line
		}
	}
	return strings.Join(parts, "."), line
}

func placeOf(table reflect.Value) *place {
	return table.Addr().Interface().(interface{ at() *place }).at()
}

// fieldOf finds a struct's field by its key, with what is expected there.
func fieldOf(table reflect.Value, name string) (field reflect.Value, want string, ok bool) {
	for i := range table.NumField() {
		if tag := table.Type().Field(i).Tag; tag.Get("key") == name && name != "" {
			return table.Field(i), tag.Get("need") + tag.Get("may"), true
		}
	}
	return reflect.Value{}, "", false
}

func keysOf(table reflect.Type) []string {
	var keys []string
	for i := range table.NumField() {
		if name := table.Field(i).Tag.Get("key"); name != "" {
			keys = append(keys, name)
		}
	}
	return keys
}

// nearest proposes the known name that is closest to what was written.
func nearest(name string, known []string) string {
	best, bestSteps := "", 1+max(2, len(name)/3)
	for _, k := range known {
		if s := editDistance(strings.ToLower(name), k); s < bestSteps {
			best, bestSteps = k, s
		}
	}
	if best == "" {
		return "known are " + commaList(known)
	}
	return fmt.Sprintf("did you mean %q?", best)
}

// editDistance is Levenshtein's distance: letters to add, drop or change.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}

func commaList(names []string) string { return strings.Join(names, ", ") }
