package wechat

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// fields are the elements of a message.
type fields map[string]string

// failed is a refusal by the network's business rules.
func failed(code, words string) fields {
	return fields{"result_code": "FAIL", "err_code": code, "err_code_des": words}
}

// message is the form of all messages, requests and answers alike.
type message struct {
	XMLName xml.Name  `xml:"xml"`
	Fields  []element `xml:",any"`
}

type element struct {
	XMLName xml.Name
	Text    string    `xml:",chardata"`
	Below   []element `xml:",any"`
}

// readMessage decodes a request; WeChat Pay takes elements of one level only.
func readMessage(in io.Reader) (fields, error) {
	body, err := io.ReadAll(io.LimitReader(in, 64<<10))
	if err != nil {
		return nil, err
	}
	if !utf8.Valid(body) || bytes.Contains(body, []byte("<!DOCTYPE")) {
		return nil, errors.New("not UTF-8, or with a document type")
	}
	var m message
	d := xml.NewDecoder(bytes.NewReader(body))
	if err := d.Decode(&m); err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(body[d.InputOffset():])) > 0 {
		return nil, errors.New("more than one message")
	}
	f := fields{}
	for _, e := range m.Fields {
		name := e.XMLName.Local
		if _, twice := f[name]; twice || len(e.Below) > 0 {
			return nil, fmt.Errorf("element %s comes twice or is not flat", name)
		}
		f[name] = e.Text
	}
	return f, nil
}

// encode writes every value as CDATA, as the network does, and empty ones too.
func (f fields) encode() []byte {
	var b bytes.Buffer
	b.WriteString("<xml>")
	for _, name := range f.names() {
		fmt.Fprintf(&b, "<%s><![CDATA[%s]]></%s>\n", name, strings.ReplaceAll(f[name], "]]>", "]]]]><![CDATA[>"), name)
	}
	b.WriteString("</xml>")
	return b.Bytes()
}

func (f fields) names() []string {
	names := make([]string, 0, len(f))
	for name := range f {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// sign computes the signature of API v2 over all fields that are not empty.
func (f fields) sign(hmacSHA256 bool, key string) string {
	var pairs []string
	for _, name := range f.names() {
		if value := f[name]; value != "" && name != "sign" {
			pairs = append(pairs, name+"="+value)
		}
	}
	text := []byte(strings.Join(append(pairs, "key="+key), "&"))
	if !hmacSHA256 {
		return fmt.Sprintf("%X", md5.Sum(text))
	}
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write(text)
	return fmt.Sprintf("%X", mac.Sum(nil))
}
