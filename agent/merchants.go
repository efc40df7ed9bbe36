package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"time"

	"tillgate/agent/clock"
	"tillgate/agent/meter"
	"tillgate/agent/pay"
)

// network is a payment network that this build knows.
type network struct {
	wallets []string // whose payment codes it takes
	mute    bool     // it has no word for a payer who is asked for a password
	// qr is whose phones can pay the codes that a merchant shows. Where there are
	// none it says which keys are missing.
	qr func(m *merchantConfig) (wallets []string, needs string)
	// holds are what it offers for a wallet's deposits. Where there are none it says
	// which keys are missing; nil: it takes none at all.
	holds  func(m *merchantConfig, wallet string) (terms pay.HoldTerms, needs string)
	timing pay.Timing // how patient it wants us to be
	keys   merchantKeys
	check  func(c configCheck, m *merchantConfig, wrong wrongFunc) // what its keys may say
	client func(m *merchantConfig, a account) (pay.Provider, error)
}

// account is what every merchant's client is made with. Its secrets and
// certificates the network's own code reads.
type account struct {
	client    *http.Client
	certified func(tls.Certificate) *http.Client // the same, showing a client certificate
	shows     bool                               // it can show QR codes; one of an earlier config is asked about also where none is shown now
	version   string
	now       func() time.Time
}

var networks = map[string]network{
	"wechat":   wechatNetwork,
	"alipay":   alipayNetwork,
	"unionpay": unionpayNetwork,
	"cloudpay": cloudpayNetwork,
}

// timingOf is a network's patience. An order of an earlier life may name a
// network that is gone from the build: then WeChat's, for its query to fail in time.
func timingOf(name string) pay.Timing {
	if n, ok := networks[name]; ok {
		return n.timing
	}
	return pay.WeChat
}

// makeProviders makes the client of each merchant, with its calls counted, and
// names those whose networks want a sign of life.
func makeProviders(cfg *config, c *clock.Clock, m *meter.Meter) (providers map[string]pay.Provider, pingers map[string]pinger, err error) {
	providers, pingers = map[string]pay.Provider{}, map[string]pinger{}
	for i := range cfg.Merchants {
		one := &cfg.Merchants[i]
		p, err := makeProvider(one, c)
		if err != nil {
			return nil, nil, fmt.Errorf("%s:%d: [[merchant]] %s: %w", cfg.File, one.header, one.Name, err)
		}
		if alive, ok := p.(pinger); ok {
			pingers[one.Name] = alive
		}
		providers[one.Name] = pay.Pace(m.Provider(one.Name, p)) // counted is what goes out
	}
	return providers, pingers, nil
}

func makeProvider(m *merchantConfig, c *clock.Clock) (pay.Provider, error) {
	trust, err := tlsConfig(m.CA)
	if err != nil {
		return nil, err
	}
	if trust.Time = c.Time; hasNames(m.hosts()) {
		c.Certificates(trust)
	}
	return m.client(httpClient(trust), func(cert tls.Certificate) *http.Client {
		showing := trust.Clone()
		showing.Certificates = []tls.Certificate{cert}
		return httpClient(showing)
	}, c.Time)
}

// client is the merchant's own, over a way to its network.
func (m *merchantConfig) client(plain *http.Client, certified func(tls.Certificate) *http.Client, now func() time.Time) (pay.Provider, error) {
	n := networks[m.Network]
	shown, _ := n.qr(m)
	return n.client(m, account{client: plain, certified: certified, shows: len(shown) > 0, version: version, now: now})
}

// hosts are the addresses that a merchant's network is called at, where the
// config names some.
func (m *merchantConfig) hosts() []string {
	return slices.DeleteFunc(append([]string{m.BaseURL, m.SpareURL}, m.BaseURLs...), func(host string) bool { return host == "" })
}

// loadAll loads secrets; one that the config does not name stays empty.
func loadAll(into map[*pay.Secret]source) error {
	for secret, s := range into {
		if !s.given() {
			continue
		}
		var err error
		if *secret, err = s.load(); err != nil {
			return err
		}
	}
	return nil
}

// hasNames tells whether a network is called by its hosts' names: its own hosts
// have one, a stand-in on this machine may have an address.
func hasNames(hosts []string) bool {
	return !slices.ContainsFunc(hosts, func(host string) bool {
		u, err := url.Parse(host)
		return err != nil || net.ParseIP(u.Hostname()) != nil
	})
}

func httpClient(config *tls.Config) *http.Client {
	return &http.Client{Transport: pay.NewTransport(config, nil)}
}

// tlsConfig trusts the system's authorities, or only the one that the config
// names: whoever names one wants no other, and to read the system's hundred
// would be most of the time that the agent takes to start.
func tlsConfig(ca source) (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if !ca.given() {
		return config, nil
	}
	text, err := ca.read()
	if err != nil {
		return nil, err
	}
	config.RootCAs = x509.NewCertPool()
	if !config.RootCAs.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("read %s: there is no certificate in it", ca)
	}
	return config, nil
}
