package sandbox

import (
	"bytes"
	"slices"
)

// portal is what a Wi-Fi network puts in the place of every page.
const portal = "<!DOCTYPE html><html><body>Sign in to this Wi-Fi</body></html>"

// Garbages are the codes of the behaviour "garbage".
func Garbages() []string { return slices.Clone(garbageNames) }

// garbageNames are the answers that nobody should believe, by name. What they
// are in a network's format is the network's. "fail" is an unsigned envelope
// that says in the network's words that the request failed, "fail-signed" a
// signed one that proves nothing.
var garbageNames = []string{"doctype", "doubled", "empty", "entity", "fail", "fail-signed", "html", "huge", "nested", "not-utf8", "truncated", "twice"}

// SpoilJSON makes garbage of an answer in JSON: of every name but "fail" and
// "fail-signed", which are answered with nil. The lie is a field that the answer
// may have as well, as `"trade_state":"SUCCESS"`: it comes first, and so twice
// where it is there.
func SpoilJSON(name string, good []byte, lie string) []byte {
	switch name {
	case "empty":
		return []byte{}
	case "html":
		return []byte(portal)
	case "truncated":
		return append([]byte("{"), good[:len(good)/2]...)
	case "doctype", "entity", "doubled":
		return append([]byte("{"+lie+","), bytes.TrimPrefix(good, []byte("{"))...)
	case "twice":
		return append(bytes.Clone(good), "{}"...)
	case "nested":
		return append(append([]byte(`{"data":`), good...), '}')
	case "huge":
		return append(bytes.Clone(good), bytes.Repeat([]byte(" "), 2<<20)...)
	case "not-utf8":
		return append([]byte("\xc3\xf7"), good...)
	}
	return nil
}
