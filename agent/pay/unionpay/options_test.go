package unionpay

import (
	"net/http"
	"strings"
	"testing"

	"tillgate/agent/pay"
)

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	way := &http.Client{Transport: pay.NewTransport(nil, nil)}
	for _, c := range []struct {
		name  string
		spoil func(o *Options)
		says  string // "": taken
	}{
		{"good", func(*Options) {}, ""},
		{"only codes that are scanned", func(o *Options) { o.QRMID, o.QRTID, o.Source = "", "", "" }, ""},
		{"other hosts", func(o *Options) { o.BaseURL, o.SpareURL = "http://127.0.0.1:1/", "https://b.example" }, ""},
		{"a spare host alone", func(o *Options) { o.SpareURL = "https://b.example" }, ""},
		{"an older version", func(o *Options) {
			o.Paths.Pay, o.Paths.Void = "/v4/poslink/transaction/pay", "/v2/poslink/transaction/voidpayment"
		}, ""},
		{"another host for one operation", func(o *Options) { o.Paths.Refund = "https://b.example/v6/poslink/transaction/refund" }, ""},
		{"no physical terminal, by its address", func(o *Options) { o.DeviceType, o.Longitude, o.Latitude, o.IP = "11", "", "", "2001:db8::7" }, ""},
		{"no physical terminal, by its place", func(o *Options) { o.DeviceType = "13" }, ""},
		{"capital hex digits", func(o *Options) { o.AppKey = pay.Secret(strings.ToUpper(string(o.AppKey))) }, ""},

		{"no app", func(o *Options) { o.AppID = "" }, "app id"},
		{"a long app id", func(o *Options) { o.AppID += "0" }, "32 hex digits"},
		{"no key", func(o *Options) { o.AppKey = "" }, "0 characters"},
		{"a short key", func(o *Options) { o.AppKey = o.AppKey[:31] }, "31 characters"},
		{"a key of other characters", func(o *Options) { o.AppKey = o.AppKey[:31] + "g" }, "hex digits"},
		{"the key of the sample", func(o *Options) { o.AppKey = sampleKey }, "printed"},
		{"no merchant", func(o *Options) { o.MID = "" }, "merchant number"},
		{"a short merchant number", func(o *Options) { o.MID = o.MID[1:] }, "15"},
		{"a merchant number with a blank", func(o *Options) { o.MID = o.MID[1:] + " " }, "merchant number"},
		{"no terminal", func(o *Options) { o.TID = "" }, "terminal number"},
		{"a short merchant number for codes", func(o *Options) { o.QRMID = "8983" }, "are shown"},
		{"no terminal for codes", func(o *Options) { o.QRTID = "" }, "are shown"},
		{"no source", func(o *Options) { o.Source = "" }, "source number"},
		{"a long source", func(o *Options) { o.Source = "31945" }, "source number"},
		{"a host without its scheme", func(o *Options) { o.BaseURL = "api-mop.chinaums.com" }, "not the address"},
		{"a file", func(o *Options) { o.BaseURL = "file:///etc" }, "not the address"},
		{"a host with a query", func(o *Options) { o.BaseURL = "https://a.example?x=1" }, "not the address"},
		{"an odd spare host", func(o *Options) { o.SpareURL = "b" }, "not the address"},
		{"an odd path", func(o *Options) { o.Paths.Query = "v6/query" }, "neither a path"},
		{"a path with a query", func(o *Options) { o.Paths.Query = "/v6/query?x=1" }, "neither a path"},
		{"nowhere", func(o *Options) { o.Longitude, o.Latitude = "", "" }, "where it stands"},
		{"half a place", func(o *Options) { o.Latitude = "" }, "belong together"},
		{"beyond the earth", func(o *Options) { o.Longitude = "180.1" }, "longitude"},
		{"beyond the pole", func(o *Options) { o.Latitude = "-90.5" }, "latitude"},
		{"a place in words", func(o *Options) { o.Latitude = "26°3'N" }, "latitude"},
		{"no number", func(o *Options) { o.Latitude = "NaN" }, "latitude"},
		{"neither place nor address", func(o *Options) { o.DeviceType, o.Longitude, o.Latitude = "01", "", "" }, "neither"},
		{"a name for an IP address", func(o *Options) { o.IP = "localhost" }, "not an IP"},
		{"a long device type", func(o *Options) { o.DeviceType = "002" }, "device type"},
		{"no client", func(o *Options) { o.Client = nil }, "transport"},
		{"a client that speaks HTTP/2", func(o *Options) { o.Client = &http.Client{Transport: http.DefaultTransport} }, "HTTP/2"},
	} {
		o := testOptions
		o.Client = way
		c.spoil(&o)
		p, err := New("shop", o)
		switch {
		case (p == nil) != (err != nil) || (err == nil) != (c.says == ""):
			t.Errorf("%s: %v", c.name, err)
		case err != nil && (!strings.Contains(err.Error(), c.says) || !strings.HasPrefix(err.Error(), "merchant shop: ") || o.AppKey != "" && strings.Contains(err.Error(), string(o.AppKey))):
			t.Errorf("%s: says %v", c.name, err)
		}
	}
}

func TestAShowerNeedsItsNumbers(t *testing.T) {
	t.Parallel()
	o := testOptions
	o.Client = &http.Client{Transport: pay.NewTransport(nil, nil)}
	if s, err := NewShower("shop", o); s == nil || err != nil {
		t.Errorf("with its numbers: %v", err)
	}
	o.QRMID = ""
	if s, err := NewShower("shop", o); s != nil || err == nil || !strings.Contains(err.Error(), "are shown") {
		t.Errorf("without: %v", err)
	}
}

// TestHosts looks at where a request goes.
func TestHosts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		base, spare, path string
		want              string
	}{
		{"", "", "", "https://api-mop.chinaums.com" + callQuery},
		{"", "https://api-mop-wh.open.chinaums.com", "", "https://api-mop.chinaums.com" + callQuery + " https://api-mop-wh.open.chinaums.com" + callQuery},
		{"http://127.0.0.1:1/", "", "/v2/q", "http://127.0.0.1:1/v2/q"},
		{"https://a.example/base", "https://b.example", "", "https://a.example/base" + callQuery + " https://b.example" + callQuery},
		{"https://a.example", "https://b.example", "https://c.example/v6/q", "https://c.example/v6/q"},
	} {
		var asked []string
		o := testOptions
		o.BaseURL, o.SpareURL, o.Paths.Query = c.base, c.spare, c.path
		o.Client = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			asked = append(asked, r.URL.String())
			return nil, http.ErrServerClosed // before a byte was read: the next host may be asked
		})}
		p, err := New("shop", o)
		if err != nil {
			t.Fatal(err)
		}
		if result := p.Query(t.Context(), attempt); result.State != pay.Unknown || result.Code != pay.CodeNotSent {
			t.Errorf("a query that did not leave: %+v", result)
		}
		if got := strings.Join(asked, " "); got != c.want {
			t.Errorf("asked %s, want %s", got, c.want)
		}
	}
}

type roundTrip func(r *http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestCoordinates: ten characters with a sign (page kXOZy68D).
func TestCoordinates(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"119.29129": "+119.29129", "+119.29129": "+119.29129", "-0.5": "-000.50000", "87.6": "+087.60000", "119.291294": "+119.29129"} {
		if got, ok := degrees(text, longitudeMax, longitudeDecimals); got != want || !ok {
			t.Errorf("longitude %s is written %s, want %s", text, got, want)
		}
	}
	for text, want := range map[string]string{"26.063591": "+26.063591", "-26.063591": "-26.063591", "5": "+05.000000"} {
		if got, ok := degrees(text, latitudeMax, latitudeDecimals); got != want || !ok {
			t.Errorf("latitude %s is written %s, want %s", text, got, want)
		}
	}
}
