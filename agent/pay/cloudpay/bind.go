package cloudpay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"tillgate/agent/pay"
)

// bindPath is the path of the links in the console's config codes (page 32387).
const bindPath = "/cpay/use_device_setting"

// serialMax is the longest serial number that can be bound, in bytes.
const serialMax = 64

// Binding is what a config code makes of a device: on whose behalf it may ask.
// The key in it is as secret as any; whoever binds keeps it, encrypted.
type Binding struct {
	OutMchID   string     // as in Options, and so on
	SubMchID   string     //
	CashierID  string     // has to be the prefix of our numbers
	Key        pay.Secret //
	ShopID     string     //
	ShopName   string     // for people
	DeviceID   string     //
	DeviceName string     // for people
	StaffID    string     //
	StaffName  string     // for people
}

// bound is the network's form of it, in a reply that nobody signs.
type bound struct {
	Status      *int   `json:"status"`
	Internal    int    `json:"internal_status"`
	Description string `json:"description"`
	Setting     *struct {
		OutMchID   string `json:"out_mch_id"`
		SubMchID   string `json:"out_sub_mch_id"`
		CashierID  string `json:"cloud_cashier_id"`
		AuthenType int    `json:"authen_type"`
		Key        string `json:"authen_key"`
		ShopID     string `json:"out_shop_id"`
		ShopName   string `json:"shop_name"`
		DeviceID   string `json:"device_id"`
		DeviceName string `json:"device_name"`
		StaffID    string `json:"staff_id"`
		StaffName  string `json:"staff_name"`
	} `json:"use_device_setting"`
}

// Bind binds the device with this serial number by the link of a config code,
// which the merchant's administrator shows for 5 minutes (page 32387). It may be
// done again at any time. The link has to lead to one of the hosts, given as in
// Options.Hosts; where none are given, to Cloud Pay's four. The client has to
// check the host's certificate strictly: nothing else vouches for the key.
func Bind(ctx context.Context, link, serial string, client *http.Client, from ...string) (Binding, error) {
	if len(from) == 0 {
		from = hosts
	}
	address, err := bindAddress(link, serial, from)
	if err != nil {
		return Binding{}, err
	}
	wire, err := pay.NewWire(client)
	if err != nil {
		return Binding{}, fmt.Errorf("bind: %w", err)
	}
	reply := wire.Send(ctx, pay.Request{Method: http.MethodGet, URLs: []string{address}})
	var cause *url.Error // which tells the address, and with it what may be used for 5 minutes
	switch {
	case errors.As(reply.Err, &cause):
		return Binding{}, fmt.Errorf("bind: Cloud Pay does not answer: %w", cause.Err)
	case reply.Err != nil:
		return Binding{}, fmt.Errorf("bind: Cloud Pay does not answer: %w", reply.Err)
	case reply.Status != http.StatusOK:
		return Binding{}, fmt.Errorf("bind: Cloud Pay answers with HTTP %d", reply.Status)
	}
	return readBinding(reply.Body)
}

// bindAddress is where a config code's link leads for a serial number.
func bindAddress(link, serial string, from []string) (string, error) {
	u, err := url.Parse(strings.TrimSpace(link))
	if err != nil || !slices.ContainsFunc(from, func(host string) bool { return strings.TrimSuffix(host, "/") == u.Scheme+"://"+u.Host }) {
		return "", errors.New("bind: this is not a config code of Cloud Pay: it leads somewhere else")
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil || u.Path != bindPath || u.User != nil || u.Fragment != "" || len(query["osi"]) != 1 || len(query["si"]) != 1 || query.Has("sn") {
		return "", errors.New("bind: this is a code of Cloud Pay, but not one that the console shows to set up a device")
	}
	if !goodSerial(serial) {
		return "", fmt.Errorf("bind: serial number %q is not VENDOR_MODEL_NUMBER, the first two in capitals, of at most %d characters", serial, serialMax)
	}
	u.RawQuery += "&sn=" + url.QueryEscape(serial)
	return u.String(), nil
}

func goodSerial(serial string) bool {
	const capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"
	vendor, rest, _ := strings.Cut(serial, "_")
	model, number, _ := strings.Cut(rest, "_")
	return len(serial) <= serialMax && pay.Cut(serial, serialMax) == serial && !strings.ContainsAny(serial, " ") &&
		vendor != "" && model != "" && number != "" && strings.Trim(vendor+model, capitals) == ""
}

// readBinding never says what stands in the reply: the key does.
func readBinding(body []byte) (Binding, error) {
	var got bound
	if json.Unmarshal(body, &got) != nil || got.Status == nil {
		return Binding{}, errors.New("bind: the reply is not one of Cloud Pay")
	}
	if *got.Status != 0 {
		if got.Internal == 3214 {
			return Binding{}, errors.New("bind: this device of the store is bound to another terminal: unbind that one in the console first")
		}
		return Binding{}, fmt.Errorf("bind: Cloud Pay refuses with status %d, internal status %d: %s", *got.Status, got.Internal, pay.Cut(got.Description, wordsBytesMax))
	}
	s := got.Setting
	switch {
	case s == nil:
		return Binding{}, errors.New("bind: Cloud Pay says that it is done, but not what the device is set to")
	case s.AuthenType != authenHMAC:
		return Binding{}, fmt.Errorf("bind: Cloud Pay wants authen type %d, we sign with %d (HMAC-SHA256)", s.AuthenType, authenHMAC)
	}
	b := Binding{
		OutMchID: s.OutMchID, SubMchID: s.SubMchID, CashierID: s.CashierID, Key: pay.Secret(s.Key), ShopID: s.ShopID, ShopName: s.ShopName,
		DeviceID: s.DeviceID, DeviceName: s.DeviceName, StaffID: s.StaffID, StaffName: s.StaffName,
	}
	if err := b.check(); err != nil {
		return Binding{}, fmt.Errorf("bind: Cloud Pay sets the device to what it cannot work with: %w", err)
	}
	return b, nil
}

// check holds a binding against what a provider needs of it.
func (b Binding) check() error {
	o := Options{
		OutMchID: b.OutMchID, SubMchID: b.SubMchID, ShopID: b.ShopID, Key: b.Key, CashierID: b.CashierID, DeviceID: b.DeviceID, StaffID: b.StaffID,
		Admin: b.StaffID == "", SubTerminalType: 1, // not the binding's
	}
	return o.filled().check()
}

// unbinding is what takes a device's binding away.
type unbinding struct {
	SubMchID string `json:"out_sub_mch_id"`
	ShopID   string `json:"out_shop_id"`
	DeviceID string `json:"device_id"`
	Serial   string `json:"sn_code"`
	Nonce    string `json:"nonce_str"`
}

// Unbind takes this device's binding away at Cloud Pay (unbind_device_sn_code).
// That it was unbound before is as good. Whoever keeps the key wipes it then.
func (p *Provider) Unbind(ctx context.Context) error {
	if p.o.Serial == "" {
		return fmt.Errorf("merchant %s: unbind: the device was not bound by a config code, it has no serial number", p.name)
	}
	r := p.ask(ctx, "unbind_device_sn_code", unbinding{p.o.SubMchID, p.o.ShopID, p.o.DeviceID, p.o.Serial, nonce()})
	switch {
	case r.answer != nil && (r.code == statusDone || r.answer.Internal == 3215):
		return nil
	case r.answer != nil:
		return fmt.Errorf("merchant %s: unbind: Cloud Pay refuses with %s: %s", p.name, r.code, pay.Cut(r.answer.Description, wordsBytesMax))
	}
	return fmt.Errorf("merchant %s: unbind: no answer that can be believed: %s %s", p.name, r.result.Code, r.result.Detail)
}
