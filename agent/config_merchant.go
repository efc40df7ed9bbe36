package main

import (
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
)

// merchantConfig is one account at one network. Which of its keys a merchant
// needs and may have depends on the network: networks has the tables.
type merchantConfig struct {
	place
	Name    string   `key:"name" need:"a name for the merchant"`
	Network string   `key:"network" need:"a payment network"`
	Wallets []string `key:"wallets" may:"a list of wallets, such as [\"wechat\", \"alipay\"]"`
	Ways    []string `key:"ways" may:"a list of \"code\" (we scan the payer's code) and \"qr\" (the payer scans ours)"`

	Mode     string   `key:"mode" may:"\"direct\" or \"provider\""`
	AppID    string   `key:"app_id" may:"the network's app id"`
	MchID    string   `key:"mch_id" may:"the network's merchant number"`
	BaseURL  string   `key:"base_url" may:"an https address"`
	SpareURL string   `key:"spare_url" may:"an https address, asked when base_url cannot be reached"`
	BaseURLs []string `key:"base_urls" may:"a list of https addresses"`
	Key      source   `key:"key" may:"\"cred:NAME\" or \"file:/path\""`
	CA       source   `key:"ca" may:"\"file:/path\" of the root certificate to trust in place of the system's"`

	// WeChat Pay.
	SubAppID    string `key:"sub_app_id" may:"the sub-merchant's app id"`
	SubMchID    string `key:"sub_mch_id" may:"the sub-merchant's number, digits"`
	Sign        string `key:"sign" may:"\"HMAC-SHA256\" or \"MD5\""`
	Cert        source `key:"cert" may:"\"cred:NAME\" or \"file:/path\" of the client certificate, which undoing needs"`
	CertKey     source `key:"cert_key" may:"\"cred:NAME\" or \"file:/path\" of the client certificate's key"`
	V3Key       source `key:"v3_key" may:"\"cred:NAME\" or \"file:/path\" of the API v3 key"`
	CodeAPI     string `key:"code_api" may:"\"v2\" or \"v3\": how payment codes are charged"`
	NotifyURL   string `key:"notify_url" may:"an https address without a query"`
	PublicKeyID string `key:"public_key_id" may:"\"PUB_KEY_ID_\" and digits"`
	PublicKey   source `key:"public_key" may:"\"file:/path\" of the network's public key"` // Alipay too

	// Alipay.
	AppAuthToken    source `key:"app_auth_token" may:"\"cred:NAME\" or \"file:/path\" of what the merchant has authorised the service provider with"`
	SellerID        string `key:"seller_id" may:"the account that receives, \"2088\" and 12 digits"`
	HoldDays        number `key:"hold_days" may:"for how many days the contract lets a deposit be held, such as \"30\""`
	StoreID         string `key:"store_id" may:"the shop's number at the network, 32 bytes at most"`
	ServiceProvider string `key:"service_provider" may:"the service provider's account, \"2088\" and 12 digits"`

	// ChinaUMS.
	TerminalID      string `key:"terminal_id" may:"the terminal's number, 8 letters or digits"`
	QRMchID         string `key:"qr_mch_id" may:"the merchant number for QR codes, 15 letters or digits"`
	QRTerminalID    string `key:"qr_terminal_id" may:"the terminal's number for QR codes, 8 letters or digits"`
	BillSource      string `key:"bill_source" may:"the source number that every bill begins with, 4 letters or digits"`
	DeviceType      string `key:"device_type" may:"two characters; \"02\" is a physical terminal"`
	Longitude       string `key:"longitude" may:"where the terminal stands in degrees, such as \"119.29129\""`
	Latitude        string `key:"latitude" may:"where the terminal stands in degrees, such as \"26.063591\""`
	IP              string `key:"ip" may:"the terminal's IP address"`
	PayPath         string `key:"pay_path" may:"a path that the contract names, such as \"/v4/poslink/transaction/pay\""`
	VoidPath        string `key:"void_path" may:"a path that the contract names"`
	RefundPath      string `key:"refund_path" may:"a path that the contract names"`
	QueryPath       string `key:"query_path" may:"a path that the contract names"`
	QueryRefundPath string `key:"query_refund_path" may:"a path that the contract names"`

	// Cloud Pay; serial is ChinaUMS' too.
	Provider        string `key:"provider" may:"the service provider's account, out_mch_id"`
	Shop            string `key:"shop" may:"the store's number, out_shop_id"`
	Device          string `key:"device" may:"this device's number in the store, device_id"`
	Staff           string `key:"staff" may:"the clerk's number, staff_id"`
	StaffName       string `key:"staff_name" may:"the clerk's name, which stands behind a refund's reason"`
	Admin           string `key:"admin" may:"\"yes\" or \"no\": are refunds asked for by the merchant's administrator"`
	CashierID       string `key:"cashier_id" may:"8 digits, cloud_cashier_id"`
	OldKey          source `key:"old_key" may:"\"cred:NAME\" or \"file:/path\" of the key before this one"`
	SubTerminalType number `key:"sub_terminal_type" may:"the number that the hardware's brand was given, such as \"1234\""`
	Serial          string `key:"serial" may:"the device's serial number"`
	MachineNo       string `key:"machine_no" may:"a number of this device that no other has, 32 characters at most"`
	QRWallet        string `key:"qr_wallet" may:"\"wechat\" or \"alipay\": whose QR codes are shown"`
	Reverse         string `key:"reverse" may:"\"yes\" or \"no\": undo by the network's old reverse"`
}

// merchantKeys are the keys that are one network's own. Every merchant has
// name and network, and may have the keys of everyMerchant.
type merchantKeys struct {
	need map[string]string // with what is expected there
	may  []string
}

var everyMerchant = []string{"name", "network", "wallets", "ways", "ca"}

func (k merchantKeys) has(key string) bool {
	return k.need[key] != "" || slices.Contains(k.may, key) || slices.Contains(everyMerchant, key)
}

// networkNames are the networks that have a provider.
func networkNames() []string { return sortedKeys(networks) }

func (c *config) merchant(name string) *merchantConfig {
	for i := range c.Merchants {
		if c.Merchants[i].Name == name {
			return &c.Merchants[i]
		}
	}
	return nil
}

func (c configCheck) merchantNames() (names []string) {
	for i := range c.Merchants {
		names = append(names, c.Merchants[i].Name)
	}
	return names
}

// wrongFunc notes what is wrong with one key of a merchant.
type wrongFunc func(key, format string, args ...any)

func (c configCheck) merchants() {
	names := c.names("merchant")
	for i := range c.Merchants {
		m := &c.Merchants[i]
		names.take(m.Name, m.line("name"))
		wrong := func(key, format string, args ...any) {
			c.problems.add(m.line(key), "[[merchant]] %s: %s", m.Name, fmt.Sprintf(format, args...))
		}
		n, known := networks[m.Network]
		if !known {
			if m.Network != "" {
				wrong("network", "network %q is not known; %s", m.Network, nearest(m.Network, networkNames()))
			}
			continue // which keys it should have nobody knows
		}
		c.merchantKeys(m, n.keys, wrong)
		if m.Mode != "" && m.Mode != "direct" && m.Mode != "provider" {
			wrong("mode", "mode is %q; expected \"direct\" or \"provider\"", m.Mode)
		}
		for key, hosts := range map[string][]string{"base_url": {m.BaseURL}, "spare_url": {m.SpareURL}, "base_urls": m.BaseURLs} {
			for _, host := range hosts {
				if err := checkBaseURL(host, c.allowLoopback); host != "" && err != nil {
					wrong(key, "%s %q: %v", key, withoutUser(host), err)
				}
			}
		}
		n.check(c, m, wrong)
		checkOffer(m, wrong)
	}
}

// merchantKeys checks that a merchant has its network's keys and no other's.
func (c configCheck) merchantKeys(m *merchantConfig, own merchantKeys, wrong wrongFunc) {
	for key := range m.keys {
		if !own.has(key) {
			wrong(key, "key %s is not one of %s merchant%s", key, oneOf(m.Network), c.ownersOf(key))
		}
	}
	table := reflect.ValueOf(m).Elem()
	for key, want := range own.need {
		field, _, _ := fieldOf(table, key)
		_, given := m.keys[key]
		switch {
		case !field.IsZero():
		case !given:
			wrong(key, "%s is missing; expected %s", key, want)
		case !c.problems.has(m.line(key)):
			wrong(key, "%s is empty; expected %s", key, want)
		}
	}
}

// ownersOf says whose a key is that has gone astray.
func (c configCheck) ownersOf(key string) string {
	var owners []string
	for _, name := range networkNames() {
		if networks[name].keys.has(key) {
			owners = append(owners, name)
		}
	}
	if len(owners) == 0 {
		return ""
	}
	return "; it is for " + commaList(owners)
}

// oneOf is a network's name with its article.
func oneOf(network string) string {
	if strings.ContainsAny(network[:1], "aeio") { // "unionpay" begins with a consonant's sound
		return "an " + network
	}
	return "a " + network
}

// checkLength checks a text that a network keeps so many bytes of.
func checkLength(key, text string, max int, wrong wrongFunc) {
	if len(text) > max {
		wrong(key, "%s has %d bytes; expected %d at most", key, len(text), max)
	}
}

// goodNotifyURL tells whether a network takes an address to report to (the
// Native page: https, public, no query, 255 characters).
func goodNotifyURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Scheme == "https" && u.Hostname() != "" && !reachesHere(u.Hostname()) &&
		u.User == nil && u.RawQuery == "" && !u.ForceQuery && u.Fragment == "" && len(text) <= 255
}
