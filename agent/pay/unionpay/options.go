package unionpay

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"tillgate/agent/pay"
)

// mainHost is ChinaUMS' production host. One client in the
// field has a second one, which nobody confirms: it is for the config to name.
const mainHost = "https://api-mop.chinaums.com"

// Options say on whose behalf to ask, and how. All numbers are of the contract
// with ChinaUMS.
type Options struct {
	BaseURL  string     // empty: ChinaUMS' production host
	SpareURL string     // asked when no connection to BaseURL could be made; empty: none
	Paths    Paths      // of the operations on scanned codes, where the contract names others than v6
	AppID    string     // 32 hex digits
	AppKey   pay.Secret // of AppID, 32 hex digits

	MID string // merchant number for codes that we scan, 15 characters
	TID string // terminal number beside it, 8 characters

	// What follows is for codes that we show. The pair is mostly another one.
	QRMID  string // merchant number, 15 characters; empty: no codes are shown
	QRTID  string // terminal number, 8 characters
	Source string // source number (msgSrcId), 4 letters or digits, which every bill begins with

	// About this device (page kXOZy68D).
	DeviceType string // two characters; empty: "02", a physical terminal; 01, 11, 12 and 13 are none
	Serial     string // serial number, may be empty
	Longitude  string // where it stands in decimal degrees, such as "119.29129"; a physical terminal needs both
	Latitude   string // such as "26.063591"
	IP         string // its address; what is no physical terminal needs this or where it stands

	Client *http.Client     // over a transport of pay.NewTransport
	Now    func() time.Time // the corrected time, for signatures and dates; nil: time.Now
}

// Paths are where the operations of POS通 are: a path, or a whole address where
// the contract names a host for one. Empty ones are those of v6 (page kXOZy68D); the version that is granted is written in the contract.
type Paths struct {
	Pay, Void, Refund, Query, QueryRefund string
}

// Lengths of what ChinaUMS gives out.
const (
	keyChars    = 32
	midChars    = 15
	tidChars    = 8
	sourceChars = 4
)

// Where a device may be, and how exactly that is said (page kXOZy68D).
const (
	longitudeMax, longitudeDecimals = 180, 5
	latitudeMax, latitudeDecimals   = 90, 6
)

// physicalType is the device type of the samples: any but those of unattached is
// a physical terminal.
const physicalType = "02"

var unattached = []string{"01", "11", "12", "13"}

// defaults fills in what may be left out, in the network's form.
func (o *Options) defaults() {
	def := func(text *string, value string) {
		if *text == "" {
			*text = value
		}
	}
	def(&o.BaseURL, mainHost)
	def(&o.DeviceType, physicalType)
	def(&o.Paths.Pay, "/v6/poslink/transaction/pay")
	def(&o.Paths.Void, "/v6/poslink/transaction/voidpayment")
	def(&o.Paths.Refund, "/v6/poslink/transaction/refund")
	def(&o.Paths.Query, "/v6/poslink/transaction/query")
	def(&o.Paths.QueryRefund, "/v6/poslink/transaction/query-refund")
	if o.Now == nil {
		o.Now = time.Now
	}
}

// check is for options with their defaults.
func (o Options) check() error {
	if err := o.checkAddresses(); err != nil {
		return err
	}
	switch {
	case !hexKey(o.AppID):
		return fmt.Errorf("app id %q is not %d hex digits", o.AppID, keyChars)
	case len(o.AppKey) != keyChars:
		return fmt.Errorf("the app key has %d characters, not %d", len(o.AppKey), keyChars)
	case !hexKey(string(o.AppKey)):
		return errors.New("the app key has other characters than hex digits")
	case pay.Printed(o.AppKey):
		return errors.New("the app key is printed in a public guide: ask ChinaUMS for another")
	case !letters(o.MID, midChars):
		return fmt.Errorf("merchant number %q does not have %d letters or digits", o.MID, midChars)
	case !letters(o.TID, tidChars):
		return fmt.Errorf("terminal number %q does not have %d letters or digits", o.TID, tidChars)
	}
	return o.checkDevice()
}

// checkQR is for a merchant that shows codes.
func (o Options) checkQR() error {
	switch {
	case !letters(o.QRMID, midChars):
		return fmt.Errorf("merchant number for codes that are shown, %q, does not have %d letters or digits", o.QRMID, midChars)
	case !letters(o.QRTID, tidChars):
		return fmt.Errorf("terminal number for codes that are shown, %q, does not have %d letters or digits", o.QRTID, tidChars)
	case !letters(o.Source, sourceChars):
		return fmt.Errorf("source number %q does not have %d letters or digits", o.Source, sourceChars)
	}
	return nil
}

func (o Options) checkAddresses() error {
	for _, host := range []string{o.BaseURL, o.SpareURL} {
		if host != "" && !address(host) {
			return fmt.Errorf("%q is not the address of a host", host)
		}
	}
	for _, path := range []string{o.Paths.Pay, o.Paths.Void, o.Paths.Refund, o.Paths.Query, o.Paths.QueryRefund} {
		if strings.HasPrefix(path, "/") {
			path = mainHost + path
		}
		if !address(path) {
			return fmt.Errorf("%q is neither a path nor an address", path)
		}
	}
	return nil
}

func (o Options) checkDevice() error {
	placed := o.Longitude != "" && o.Latitude != ""
	if _, ok := degrees(o.Longitude, longitudeMax, longitudeDecimals); placed && !ok {
		return fmt.Errorf("longitude %q is not a number of degrees", o.Longitude)
	}
	if _, ok := degrees(o.Latitude, latitudeMax, latitudeDecimals); placed && !ok {
		return fmt.Errorf("latitude %q is not a number of degrees", o.Latitude)
	}
	if _, err := netip.ParseAddr(o.IP); o.IP != "" && err != nil {
		return fmt.Errorf("%q is not an IP address", o.IP)
	}
	physical := !slices.Contains(unattached, o.DeviceType)
	switch {
	case !letters(o.DeviceType, 2):
		return fmt.Errorf("device type %q does not have two letters or digits", o.DeviceType)
	case (o.Longitude == "") != (o.Latitude == ""):
		return errors.New("longitude and latitude belong together")
	case physical && !placed:
		return errors.New("a physical terminal has to say where it stands: longitude and latitude are missing")
	case !physical && !placed && o.IP == "":
		return errors.New("neither an IP address nor longitude and latitude are given")
	}
	return nil
}

// address tells whether a text is an address without a query.
func address(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http") && u.RawQuery == "" && !u.ForceQuery && u.Fragment == ""
}

// degrees writes a coordinate of at most this many degrees as the network wants
// it: ten characters, with its sign and so many decimals (page kXOZy68D).
func degrees(text string, most float64, decimals int) (string, bool) {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || !(f >= -most && f <= most) {
		return "", false
	}
	return fmt.Sprintf("%+010.*f", decimals, f), true
}

// letters tells whether a text is so many letters and digits.
func letters(text string, n int) bool {
	odd := func(r rune) bool { return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') }
	return len(text) == n && strings.IndexFunc(text, odd) < 0
}

// hexKey tells whether a text is as an app id or key is.
func hexKey(text string) bool {
	return len(text) == keyChars && strings.Trim(text, "0123456789abcdefABCDEF") == ""
}
