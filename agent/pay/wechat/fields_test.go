package wechat

import (
	"bytes"
	"encoding/xml"
	"io"
	"maps"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestDecode(t *testing.T) {
	t.Parallel()
	ab := fields{"a": "1", "b": "2"}
	for _, c := range []struct {
		name, text string
		want       fields // nil: refused
	}{
		{"plain", "<xml><a>1</a><b>2</b></xml>", ab},
		{"with blanks between", "\n<xml>\n <a>1</a>\r\n\t<b>2</b>\n</xml>\n ", ab},
		{"with a declaration", `<?xml version="1.0" encoding="UTF-8"?><xml><a>1</a><b>2</b></xml>`, ab},
		{"CDATA", "<xml><a><![CDATA[1]]></a><b><![CDATA[2]]></b></xml>", ab},
		{"CDATA in parts", "<xml><a><![CDATA[x]]]]><![CDATA[>y]]></a></xml>", fields{"a": "x]]>y"}},
		{"CDATA with marks", "<xml><a><![CDATA[<b>&amp;</b>]]></a></xml>", fields{"a": "<b>&amp;</b>"}},
		{"escapes", "<xml><a>&lt;&amp;&gt;&#65;</a></xml>", fields{"a": "<&>A"}},
		{"blanks in a value stay", "<xml><a> 1 </a></xml>", fields{"a": " 1 "}},
		{"an empty value", "<xml><a></a><b/></xml>", fields{"a": "", "b": ""}},
		{"Chinese", "<xml><a_1.b-C>车</a_1.b-C></xml>", fields{"a_1.b-C": "车"}},
		{"all entities", "<xml><a>&quot;&apos;&#x4e2d;&#20013;</a></xml>", fields{"a": `"'中中`}},
		{"a return by its number", "<xml><a>&#13;&#10;</a></xml>", fields{"a": "\r\n"}},
		{"ends of lines", "<xml><a>1\r\n2\r3</a><b><![CDATA[1\r\n2]]></b></xml>", fields{"a": "1\n2\n3", "b": "1\n2"}},
		{"text and CDATA", "<xml><a>1<![CDATA[<]]>&gt;</a></xml>", fields{"a": "1<>"}},
		{"blanks in tags", "<xml ><a >1</a\n><b />\n</xml\t>", fields{"a": "1", "b": ""}},
		{"a longer declaration", "<?xml version='1.0' encoding='utf-8' standalone='yes' ?>\n<xml><a>1</a></xml>", fields{"a": "1"}},

		{"nothing", "", nil},
		{"blanks", " \n", nil},
		{"text", "SUCCESS", nil},
		{"JSON", `{"a":"1"}`, nil},
		{"HTML", "<!DOCTYPE html><html><body>x</body></html>", nil},
		{"no fields", "<xml></xml>", nil},
		{"another root", "<root><a>1</a></root>", nil},
		{"a capital root", "<XML><a>1</a></XML>", nil},
		{"cut", "<xml><a>1</a><b>2", nil},
		{"cut at the end", "<xml><a>1</a></xml", nil},
		{"not closed", "<xml><a>1</b></xml>", nil},
		{"two messages", "<xml><a>1</a></xml><xml><b>2</b></xml>", nil},
		{"an empty message before", "<xml></xml><xml><a>1</a></xml>", nil},
		{"text after", "<xml><a>1</a></xml>x", nil},
		{"text before", "x<xml><a>1</a></xml>", nil},
		{"text between", "<xml>x<a>1</a></xml>", nil},
		{"a field twice", "<xml><a>1</a><a>1</a></xml>", nil},
		{"a field twice, once empty", "<xml><a>1</a><a/></xml>", nil},
		{"two levels", "<xml><a><b>1</b></a></xml>", nil},
		{"a message in a message", "<xml><xml><a>1</a></xml></xml>", nil},
		{"a document type", "<!DOCTYPE xml><xml><a>1</a></xml>", nil},
		{"an entity of its own", `<!DOCTYPE xml [<!ENTITY e "1">]><xml><a>&e;</a></xml>`, nil},
		{"an outer entity", `<!DOCTYPE xml [<!ENTITY e SYSTEM "file:///etc/passwd">]><xml><a>&e;</a></xml>`, nil},
		{"an entity that nobody declared", "<xml><a>&nbsp;</a></xml>", nil},
		{"a comment", "<xml><a>1<!-- -->2</a></xml>", nil},
		{"an instruction", "<xml><a>1<?x y?></a></xml>", nil},
		{"a late declaration", `<xml><a>1</a></xml><?xml version="1.0"?>`, nil},
		{"a prefix", `<xml xmlns:p="q"><p:a>1</p:a></xml>`, nil},
		{"another name space", `<xml xmlns="q"><a>1</a></xml>`, nil},
		{"GBK", "<xml><a>\xc3\xf7</a></xml>", nil},
		{"said to be GBK", `<?xml version="1.0" encoding="GBK"?><xml><a>1</a></xml>`, nil},
		{"a control character", "<xml><a>\x01</a></xml>", nil},
		{"a control character by its number", "<xml><a>&#1;</a></xml>", nil},
		{"half a pair by its number", "<xml><a>&#xD800;</a></xml>", nil},
		{"a number beyond all", "<xml><a>&#1114112;</a></xml>", nil},
		{"no number", "<xml><a>&#;</a></xml>", nil},
		{"an entity that does not end", "<xml><a>&amp</a></xml>", nil},
		{"an end of CDATA alone", "<xml><a>]]></a></xml>", nil},
		{"CDATA that does not end", "<xml><a><![CDATA[1]]</a></xml>", nil},
		{"CDATA between", "<xml><![CDATA[ ]]><a>1</a></xml>", nil},
		{"an attribute", `<xml><a b="c">1</a></xml>`, nil},
		{"an attribute of the root", `<xml v="1"><a>1</a></xml>`, nil},
		{"a Chinese name", "<xml><停>车</停></xml>", nil},
		{"no name", "<xml><>1</></xml>", nil},
		{"a name that is a number", "<xml><1>1</1></xml>", nil},
		{"an empty root", "<xml/>", nil},
		{"a root that only begins so", "<xmlx><a>1</a></xmlx>", nil},
		{"two declarations", `<?xml version="1.0"?><?xml version="1.0"?><xml><a>1</a></xml>`, nil},
		{"XML 1.1", `<?xml version="1.1"?><xml><a>1</a></xml>`, nil},
		{"half a declaration", `<?xml version="1.0"><xml><a>1</a></xml>`, nil},
		{"another instruction", `<?xml-stylesheet version="1.0"?><xml><a>1</a></xml>`, nil},
		{"said twice", `<?xml version="1.0" version="1.0"?><xml><a>1</a></xml>`, nil},
	} {
		got, err := decode([]byte(c.text))
		if (err == nil) != (c.want != nil) || !maps.Equal(got, c.want) {
			t.Errorf("%s: decode(%q) = %v, %v", c.name, c.text, got, err)
		}
	}
}

func TestEncodeLeavesEmptyFieldsOut(t *testing.T) {
	t.Parallel()
	got := string(fields{"b": "2", "a": "]]>", "c": "", "d": "x & y"}.encode())
	if want := "<xml><a><![CDATA[]]]]><![CDATA[>]]></a><b>2</b><d><![CDATA[x & y]]></d></xml>"; got != want {
		t.Errorf("got %s", got)
	}
}

// FuzzDecode holds what is read against what encoding/xml reads, which takes more,
// and against what the encoder makes of it.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		"<xml><a>1</a><b><![CDATA[2]]></b></xml>", "<xml><a>&lt;]]&gt;</a></xml>", "<xml><a><b>1</b></a></xml>", "<xml><a/><a/></xml>",
		`<!DOCTYPE xml [<!ENTITY e "1">]><xml><a>&e;</a></xml>`, "<xml>", "<xml><return_code><![CDATA[SUCCESS]]></return_code></xml>", "<xml><a>\r\n</a></xml>",
		"<?xml version='1.0' encoding='utf-8'?>\n<xml ><a >&#x4e2d;&#13;\r</a\n></xml >", "<xml><a>1<!-- -->2</a></xml>", "<xml><a b='c'>1</a></xml>", "<xml><p:a>1</p:a></xml>",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := decode(body)
		if err != nil {
			return
		}
		if peers, err := decodeElsewhere(body); err != nil || !maps.Equal(got, peers) {
			t.Fatalf("%q is read as %v, elsewhere as %v, %v", body, got, peers, err)
		}
		maps.DeleteFunc(got, func(_, value string) bool { return value == "" || strings.Contains(value, "\r") }) // neither is ever sent
		if len(got) == 0 {
			return
		}
		again, err := decode(got.encode())
		if err != nil || !maps.Equal(again, got) {
			t.Fatalf("%v is encoded as %s and read as %v, %v", got, got.encode(), again, err)
		}
	})
}

// decodeElsewhere reads a message with encoding/xml.
func decodeElsewhere(body []byte) (fields, error) {
	var path []string
	f, value := fields{}, ""
	for d := xml.NewDecoder(bytes.NewReader(body)); ; {
		token, err := d.Token()
		if err == io.EOF {
			return f, nil
		}
		if err != nil {
			return nil, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			path, value = append(path, token.Name.Local), ""
		case xml.CharData:
			value += string(token)
		case xml.EndElement:
			if len(path) == 2 {
				f[path[1]] = value
			}
			path = path[:len(path)-1]
		}
	}
}

// TestOneReaderReadsWhatAnotherDoes has messages put together of pieces that
// belong together and of some that do not.
func TestOneReaderReadsWhatAnotherDoes(t *testing.T) {
	t.Parallel()
	pieces := []string{"<xml>", "</xml>", "<a>", "</a>", "<b>", "</b>", "<c/>", "1", " ", "\r\n", "&amp;", "&#x41;", "&lt", "<![CDATA[", "]]>", "停", "<", ">", "<?xml version=\"1.0\"?>"}
	taken := 0
	rapid.Check(t, func(t *rapid.T) {
		inner := rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 6)
		body := "<xml><a>" + strings.Join(inner.Draw(t, "a"), "") + "</a>" + strings.Join(inner.Draw(t, "between"), "") + "</xml>"
		got, err := decode([]byte(body))
		if err != nil {
			return
		}
		taken++
		if peers, err := decodeElsewhere([]byte(body)); err != nil || !maps.Equal(got, peers) {
			t.Fatalf("%q is read as %v, elsewhere as %v, %v", body, got, peers, err)
		}
	})
	if taken == 0 && !testing.Short() { // of the few short ones all may be rubbish
		t.Error("nothing was taken: the pieces say nothing")
	}
}
