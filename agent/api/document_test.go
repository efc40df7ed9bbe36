package api

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"gopkg.in/yaml.v3"
)

// spec is openapi.yaml, as far as the code has to agree with it.
type spec struct {
	Paths      map[string]map[string]operation
	Components struct {
		Responses map[string]struct{ Content map[string]media }
		Schemas   map[string]schema
	}
}

type operation struct {
	Right       Right `yaml:"x-right"`
	Parameters  []schema
	RequestBody struct{ Content map[string]media } `yaml:"requestBody"`
	Responses   map[string]struct {
		Ref     string `yaml:"$ref"`
		Content map[string]media
	}
}

type media struct{ Schema schema }

type schema struct {
	Ref        string `yaml:"$ref"`
	Type       string
	Enum       []string
	Required   []string
	Properties map[string]schema
	Items      *schema
}

var loaded = sync.OnceValues(func() (s spec, err error) { return s, yaml.Unmarshal(document, &s) })

func load(t testing.TB) spec {
	t.Helper()
	s, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// documented sees that an answer is one that the document names for its path, in
// the form that the document gives it.
func documented(t testing.TB, r *http.Request, got reply) {
	t.Helper()
	s := load(t)
	path := regexp.MustCompile(`^/(orders|deposits|shifts|told)/[0-9]+`).ReplaceAllString(strings.TrimPrefix(r.URL.Path, Prefix), "/$1/{key}")
	op, ok := s.Paths[path][strings.ToLower(r.Method)]
	if !ok {
		if got.status != http.StatusNotFound {
			t.Errorf("%s %s is answered with %d and is not documented", r.Method, path, got.status)
		}
		return
	}
	response, ok := op.Responses[strconv.Itoa(got.status)]
	if !ok {
		t.Errorf("%s %s: status %d is not documented: %s", r.Method, path, got.status, got.text)
		return
	}
	content := response.Content
	if name, ok := strings.CutPrefix(response.Ref, "#/components/responses/"); ok {
		content = s.Components.Responses[name].Content
	}
	kind, _, _ := strings.Cut(got.header.Get("Content-Type"), ";")
	m, ok := content[kind]
	if !ok {
		t.Errorf("%s %s: %d as %s is not documented", r.Method, path, got.status, kind)
		return
	}
	if !strings.HasSuffix(kind, "json") {
		return
	}
	var value any
	if err := json.Unmarshal(got.text, &value); err != nil {
		t.Errorf("%s %s: %v: %s", r.Method, path, err, got.text)
	}
	s.fits(t, r.Method+" "+path, m.Schema, value)
}

// fits holds a value against a schema.
func (s spec) fits(t testing.TB, where string, sc schema, value any) {
	t.Helper()
	for sc.Ref != "" {
		sc = s.Components.Schemas[strings.TrimPrefix(sc.Ref, "#/components/schemas/")]
	}
	switch v := value.(type) {
	case map[string]any:
		if sc.Type != "object" {
			t.Errorf("%s is an object, and not %s", where, sc.Type)
		}
		for _, name := range sc.Required {
			if _, ok := v[name]; !ok {
				t.Errorf("%s has no %s", where, name)
			}
		}
		for name, one := range v {
			if p, ok := sc.Properties[name]; ok {
				s.fits(t, where+"."+name, p, one)
			} else if len(sc.Properties) > 0 {
				t.Errorf("%s has %s, which is not documented", where, name)
			}
		}
	case []any:
		if sc.Type != "array" || sc.Items == nil {
			t.Errorf("%s is an array, and not %s", where, sc.Type)
			return
		}
		for _, one := range v {
			s.fits(t, where+"[]", *sc.Items, one)
		}
	case string:
		if sc.Type != "string" || len(sc.Enum) > 0 && !slices.Contains(sc.Enum, v) {
			t.Errorf("%s is %q", where, v)
		}
	case float64:
		if sc.Type != "integer" || v != float64(int64(v)) {
			t.Errorf("%s is %v", where, v)
		}
	}
}

// TestTheDocumentIsTrue: every path that is documented is answered, and every one
// that is answered is documented, with what each takes.
func TestTheDocumentIsTrue(t *testing.T) {
	t.Parallel()
	s := load(t)
	answered := map[string]bool{"GET /openapi.yaml": true}
	for _, r := range routes {
		name := r.method + " " + r.path
		answered[name] = true
		op, ok := s.Paths[r.path][strings.ToLower(r.method)]
		if !ok {
			t.Errorf("%s is answered and not documented", name)
			continue
		}
		if op.Right != r.right {
			t.Errorf("%s takes the right %q, and the document says %q", name, r.right, op.Right)
		}
		takesKey := slices.ContainsFunc(op.Parameters, func(p schema) bool { return strings.HasSuffix(p.Ref, "/Key") })
		if takesKey != (r.method == http.MethodPost) || (len(op.RequestBody.Content) > 0) != takesKey {
			t.Errorf("%s: key %v, body %v", name, takesKey, op.RequestBody.Content)
		}
	}
	for path, ops := range s.Paths {
		for method := range ops {
			if name := strings.ToUpper(method) + " " + path; !answered[name] {
				t.Errorf("%s is documented and not answered", name)
			}
		}
	}
}
