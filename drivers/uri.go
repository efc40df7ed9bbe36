package drivers

import (
	"errors"
	"fmt"
	"strings"
)

// URI names a device: [model+]transport:address[?option=value[&option=value]].
//
//	fk+serial:/dev/serial/by-id/usb-x?baud=9600
//	gpio:gpiochip0:17?pulse=500ms
//	sim:printer
//
// Model, transport and option names are lower-case letters, digits and hyphens,
// beginning with a letter. Address and values are printable ASCII without blanks,
// '?' or '#'; a value has no '&' or '=' either. There are no escapes: a secret
// is named in the config (cred:NAME) and never written into a URI.
type URI struct {
	Model     string // empty where the transport says it all
	Transport string
	Address   string
	options   []option // as written
}

type option struct{ name, value string }

// ErrURI is wrapped by everything that ParseURI and Options refuse.
var ErrURI = errors.New("not a device address")

// ParseURI reads a device's address. URI.String gives the same text back.
func ParseURI(text string) (URI, error) {
	refuse := func(format string, args ...any) (URI, error) {
		return URI{}, fmt.Errorf("%w: %q: %s", ErrURI, text, fmt.Sprintf(format, args...))
	}
	rest, query, asked := strings.Cut(text, "?")
	scheme, address, colon := strings.Cut(rest, ":")
	if !colon {
		return refuse("there is no transport; write [model+]transport:address")
	}
	var u URI
	u.Address, u.Transport = address, scheme
	if model, transport, plus := strings.Cut(scheme, "+"); plus {
		u.Model, u.Transport = model, transport
		if !isName(model) {
			return refuse("the model %q is not a name of lower-case letters, digits and hyphens", model)
		}
	}
	switch {
	case !isName(u.Transport):
		return refuse("the transport %q is not a name of lower-case letters, digits and hyphens", u.Transport)
	case address == "":
		return refuse("the address after %q is missing", scheme+":")
	case !printable(address, "#"):
		return refuse("the address has a blank or a sign that it cannot have")
	case !asked:
		return u, nil
	}
	for pair := range strings.SplitSeq(query, "&") {
		name, value, eq := strings.Cut(pair, "=")
		switch {
		case !eq || !isName(name):
			return refuse("%q is not option=value", pair)
		case value == "" || !printable(value, "?#="):
			return refuse("the value of %s is empty or has a blank or a sign that it cannot have", name)
		case u.has(name):
			return refuse("%s is given twice", name)
		}
		u.options = append(u.options, option{name, value})
	}
	return u, nil
}

// String is the address as it was written.
func (u URI) String() string {
	var b strings.Builder
	b.WriteString(u.Scheme() + ":" + u.Address)
	for i, o := range u.options {
		sep := "&"
		if i == 0 {
			sep = "?"
		}
		b.WriteString(sep + o.name + "=" + o.value)
	}
	return b.String()
}

// Scheme is the part that chooses a driver: "fk+serial", "gpio".
func (u URI) Scheme() string {
	if u.Model == "" {
		return u.Transport
	}
	return u.Model + "+" + u.Transport
}

func (u URI) has(name string) bool {
	for _, o := range u.options {
		if o.name == name {
			return true
		}
	}
	return false
}

func isName(s string) bool {
	for i, c := range []byte(s) {
		letter := c >= 'a' && c <= 'z'
		if !letter && (i == 0 || !(c >= '0' && c <= '9' || c == '-')) {
			return false
		}
	}
	return s != ""
}

// printable says whether s is ASCII that can be seen and has none of the signs in not.
func printable(s, not string) bool {
	for _, c := range []byte(s) {
		if c <= ' ' || c > '~' || strings.IndexByte(not, c) >= 0 {
			return false
		}
	}
	return true
}
