package wechat

import (
	"bytes"
	"slices"
	"strings"
)

// fields are the elements of a message of one level. All that are received
// take part in the signature, so a reply is never decoded into a fixed shape.
type fields map[string]string

// messageBytes is more than most messages have.
const messageBytes = 1 << 10

// encode writes the message, free text as CDATA.
func (f fields) encode() []byte {
	var b bytes.Buffer
	b.Grow(messageBytes)
	b.WriteString("<xml>")
	for _, name := range f.names() {
		value := f[name]
		if strings.ContainsAny(value, `<>&"'`) {
			value = "<![CDATA[" + strings.ReplaceAll(value, "]]>", "]]]]><![CDATA[>") + "]]>"
		}
		for _, part := range [...]string{"<", name, ">", value, "</", name, ">"} {
			b.WriteString(part)
		}
	}
	b.WriteString("</xml>")
	return b.Bytes()
}

// names are those of the fields that say something, in their order.
func (f fields) names() []string {
	names := make([]string, 0, len(f))
	for name, value := range f {
		if value != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
