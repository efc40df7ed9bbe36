package drivers_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tillgate/drivers"
)

func TestParseURI(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ text, model, transport, address string }{
		{"fk+serial:/dev/serial/by-id/usb-x?baud=9600", "fk", "serial", "/dev/serial/by-id/usb-x"},
		{"gm65+serial:/dev/ttyS1", "gm65", "serial", "/dev/ttyS1"},
		{"serial:/dev/pts/3?baud=115200", "", "serial", "/dev/pts/3"},
		{"gpio:gpiochip0:17?pulse=500ms", "", "gpio", "gpiochip0:17"},
		{"usb:/dev/usb/lp0", "", "usb", "/dev/usb/lp0"},
		{"sim:printer", "", "sim", "printer"},
		{"escpos+tcp:[fe80::1]:9100?width=80&cut=true", "escpos", "tcp", "[fe80::1]:9100"},
		{"vz-r3+http:http://10.0.0.9:8080/", "vz-r3", "http", "http://10.0.0.9:8080/"},
		{"serial:/dev/serial/by-path/pci-0000:00:14.0-usb-0:1.4:1.0-port0", "", "serial", "/dev/serial/by-path/pci-0000:00:14.0-usb-0:1.4:1.0-port0"},
		{`serial:/dev/serial/by-id/usb-a\x20b+c=d&e`, "", "serial", `/dev/serial/by-id/usb-a\x20b+c=d&e`},
	} {
		u, err := drivers.ParseURI(row.text)
		if err != nil {
			t.Errorf("%s: %v", row.text, err)
			continue
		}
		if u.Model != row.model || u.Transport != row.transport || u.Address != row.address {
			t.Errorf("%s is %q %q %q", row.text, u.Model, u.Transport, u.Address)
		}
		if u.String() != row.text {
			t.Errorf("%s came back as %s", row.text, u)
		}
	}
}

func TestParseURIRefuses(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		"":                        "no transport",
		"/dev/ttyS1":              "no transport",
		"serial":                  "no transport",
		":x":                      "transport",
		"serial:":                 "missing",
		"serial:?baud=1":          "missing",
		"+serial:/dev/x":          "model",
		"fk+:/dev/x":              "transport",
		"a+b+c:/dev/x":            "transport",
		"FK+serial:/dev/x":        "model",
		"Serial:/dev/x":           "transport",
		"9k+serial:/dev/x":        "model",
		" serial:/dev/x":          "transport",
		"serial: /dev/x":          "address",
		"serial:/dev/x ":          "address",
		"serial:/dev/\x00":        "address",
		"serial:/dev/ö":           "address",
		"serial:/dev/x#y":         "address",
		"serial:/dev/x?":          "option=value",
		"serial:/dev/x?baud":      "option=value",
		"serial:/dev/x?baud=":     "value of baud",
		"serial:/dev/x?=9600":     "option=value",
		"serial:/dev/x?b=1&":      "option=value",
		"serial:/dev/x?b=1&&c=2":  "option=value",
		"serial:/dev/x?b=1?c=2":   "value of b",
		"serial:/dev/x?b=1=2":     "value of b",
		"serial:/dev/x?b=1 2":     "value of b",
		"serial:/dev/x?B=1":       "option=value",
		"serial:/dev/x?b=1&b=1":   "b is given twice",
		"serial:/dev/x?b=1#frag":  "value of b",
		"serial:/dev/x?a=1;b=2\n": "value of a",
	} {
		u, err := drivers.ParseURI(text)
		if err == nil {
			t.Errorf("%q was taken as %#v", text, u)
			continue
		}
		if !errors.Is(err, drivers.ErrURI) || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v; want a word about %q", text, err, says)
		}
	}
}

// Whatever is taken is given back as it was, and never panics.
func TestURIRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`([a-z+]{0,4}\+)?[a-z0-9-]{0,6}:?[!-~ ]{0,12}(\?[a-z=&0-9]{0,12})?`).Draw(t, "text")
		u, err := drivers.ParseURI(text)
		if err != nil {
			return
		}
		if u.String() != text {
			t.Fatalf("%q came back as %q", text, u.String())
		}
	})
}

func TestOptionsAreTyped(t *testing.T) {
	t.Parallel()
	u, err := drivers.ParseURI("fk+serial:/dev/x?baud=19200&pulse=1s&low=true&flow=rtscts&tag=a,b")
	if err != nil {
		t.Fatal(err)
	}
	type values struct {
		Baud, Width int
		Pulse, Gap  time.Duration
		Low, High   bool
		Flow, Tag   string
	}
	o := u.Options()
	got := values{
		Baud: o.Int("baud", 9600, 300, 921600), Width: o.Int("width", 58, 1, 100),
		Pulse: o.Duration("pulse", 0, 200*time.Millisecond, time.Second), Gap: o.Duration("gap", time.Minute, 0, time.Hour),
		Low: o.Bool("low", false), High: o.Bool("high", true),
		Flow: o.Word("flow", "none", "none", "rtscts"), Tag: o.Text("tag", ""),
	}
	want := values{19200, 58, time.Second, time.Minute, true, true, "rtscts", "a,b"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := o.Done(); err != nil {
		t.Error(err)
	}
}

func TestOptionsRefuse(t *testing.T) {
	t.Parallel()
	take := func(o *drivers.Options) {
		o.Int("baud", 9600, 300, 921600)
		o.Int("baud", 9600, 300, 921600) // two drivers of one device may ask
		o.Duration("pulse", time.Second, 200*time.Millisecond, time.Second)
		o.Bool("low", false)
		o.Word("flow", "none", "none", "rtscts")
	}
	for query, says := range map[string]string{
		"baud=fast":            "baud=fast is not a whole number between 300 and 921600",
		"baud=299":             "between 300 and 921600",
		"baud=921601":          "between 300 and 921600",
		"baud=0x10":            "baud=0x10",
		"pulse=500":            "such as 500ms",
		"pulse=199ms":          "between 200ms and 1s",
		"pulse=-1s":            "between 200ms and 1s",
		"low=yes":              "one of true, false",
		"flow=xonxoff":         "one of none, rtscts",
		"bod=9600":             "fk+serial has no option bod; there are baud, pulse, low, flow",
		"baud=9600&colour=red": "no option colour",
	} {
		u, err := drivers.ParseURI("fk+serial:/dev/x?" + query)
		if err != nil {
			t.Errorf("%s: %v", query, err)
			continue
		}
		o := u.Options()
		take(o)
		if err := o.Done(); err == nil || !errors.Is(err, drivers.ErrURI) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v; want %q", query, err, says)
		}
	}
	u, err := drivers.ParseURI("sim:printer?baud=1")
	if err != nil {
		t.Fatal(err)
	}
	if err := u.Options().Done(); err == nil || !strings.Contains(err.Error(), "sim has no options") {
		t.Errorf("an option of nothing: %v", err)
	}
}
