package alipay

import (
	"errors"
	"unicode/utf8"

	"tillgate/agent/pay"
)

// message is a reply taken apart. What is signed is the text of its node, so
// that is cut out and never written anew.
type message struct {
	name string // of the node: the method's, or error_response
	node []byte // from its { to the matching }, as it came
	sign string // base64; empty: there is none
}

var errShape = errors.New("not a reply with one node")

// takeApart finds the one node of a reply and its signature. It takes no second
// node, no member twice, nothing around the message and no broken characters:
// what one reader verifies another must not read differently.
func takeApart(body []byte) (message, error) {
	all, err := pay.ReadObject(string(body))
	if err != nil || !utf8.Valid(body) {
		return message{}, errShape
	}
	var m message
	for _, member := range all {
		sign, isText := pay.Text(member.Value)
		switch kind := member.Value[0]; {
		case kind == '{' && m.node == nil:
			m.name, m.node = member.Name, []byte(member.Value)
		case kind == '{' || kind == '[', member.Name == "sign" && !isText && member.Value != "null":
			return message{}, errShape
		case member.Name == "sign":
			m.sign = sign
		}
	}
	if m.node == nil {
		return message{}, errShape
	}
	return m, nil
}

// fields are the members of a node that are texts, which all are that we read.
type fields map[string]string

// readFields reads a node.
func readFields(node []byte) (fields, error) {
	all, err := pay.ReadObject(string(node))
	if err != nil {
		return nil, errShape
	}
	f := make(fields, len(all)+len(shown))
	for _, m := range all {
		if text, ok := pay.Text(m.Value); ok {
			f[m.Name] = text
		}
	}
	return f, nil
}
