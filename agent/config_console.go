package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"

	"tillgate/agent/api/client"
)

// console checks where pages and API are served. What other machines reach takes
// TLS, sign-in and the names that it is called by.
func (c configCheck) console() {
	o := &c.Console
	host, _, err := net.SplitHostPort(o.Listen)
	if err != nil {
		c.problems.add(o.line("listen"), "[console]: listen is %q; expected host:port, such as %q", o.Listen, listenDefault)
		return
	}
	for _, name := range o.Hosts {
		if !hostName(name) {
			c.problems.add(o.line("hosts"), "[console]: hosts has %q; expected a name or an address without a port, such as \"till.example.com\"", name)
		}
	}
	if o.SignIn != "" && o.SignIn != "yes" && o.SignIn != "no" {
		c.problems.add(o.line("sign_in"), "[console]: sign_in is %q; expected \"yes\" or \"no\"", o.SignIn)
	}
	if o.Cert.given() != o.CertKey.given() {
		c.problems.add(max(o.line("cert"), o.line("cert_key")), "[console]: cert and cert_key go together; expected both or neither")
	}
	if loopback(host) {
		return
	}
	var missing []string
	for _, one := range []struct {
		key   string
		there bool
	}{{"cert", o.Cert.given()}, {"cert_key", o.CertKey.given()}, {"hosts", len(o.Hosts) > 0}} {
		if !one.there {
			missing = append(missing, one.key)
		}
	}
	if len(missing) > 0 {
		c.problems.add(o.line("listen"), "[console]: listen is %q, which other machines reach: that takes TLS and the names it is called by, and %s missing; or listen on this machine only, at %q",
			o.Listen, strings.Join(missing, ", ")+map[bool]string{true: " is", false: " are"}[len(missing) == 1], listenDefault)
	}
	if o.SignIn == "no" {
		c.problems.add(o.line("sign_in"), "[console]: sign_in is \"no\", and other machines reach %q: there nobody may see a page without signing in; expected \"yes\", or nothing", o.Listen)
	}
}

// hostName tells whether a text is what may stand in a Host header, without a port.
func hostName(text string) bool {
	if _, err := netip.ParseAddr(text); err == nil {
		return true
	}
	return plainName(text) && !strings.HasSuffix(text, ".")
}

// outside tells whether other machines reach the pages.
func (o *consoleConfig) outside() bool {
	host, _, err := net.SplitHostPort(o.Listen)
	return err == nil && !loopback(host)
}

// locked tells whether nobody sees a page without signing in.
func (o *consoleConfig) locked() bool { return o.SignIn == "yes" || o.outside() }

// names are what pages and API may be called by: this machine's own names, the
// config's, and the address itself.
func (o *consoleConfig) names() []string {
	all := []string{"localhost", "127.0.0.1", "::1"}
	if host, _, err := net.SplitHostPort(o.Listen); err == nil && host != "" && !reachesHere(host) {
		all = append(all, strings.ToLower(host))
	}
	for _, name := range o.Hosts {
		if name = strings.ToLower(name); !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

// secure is how pages and API are served: nil is in the clear, on this machine only.
func (c *config) secure() (*tls.Config, error) {
	o := &c.Console
	if !o.Cert.given() {
		return nil, nil
	}
	problems := &configProblems{file: c.File}
	chain, err := o.Cert.read()
	if err != nil {
		return nil, err
	}
	key, err := o.CertKey.load()
	if err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair(chain, []byte(key))
	if err != nil {
		problems.add(o.line("cert"), "[console]: cert and cert_key are no pair: %v", err)
		return nil, problems
	}
	for _, name := range o.Hosts {
		if err := pair.Leaf.VerifyHostname(name); err != nil {
			problems.add(o.line("hosts"), "[console]: the certificate is not %s's: %v", name, err)
		}
	}
	if len(problems.list) > 0 {
		return nil, problems
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}, nil
}

// listen opens where pages and API are served.
func (c *config) listen(secure *tls.Config) (net.Listener, error) {
	at, err := net.Listen("tcp", c.Console.Listen)
	if err != nil {
		return nil, fmt.Errorf("open the page: %w", err)
	}
	if secure != nil {
		at = tls.NewListener(at, secure)
	}
	return at, nil
}

// address is how a browser or a program reaches a listener of ours: by the first
// name of the config, where there is one.
func (o *consoleConfig) address(at string) string {
	scheme := "http://"
	if o.Cert.given() {
		scheme = "https://"
	}
	_, port, err := net.SplitHostPort(at)
	if err != nil || len(o.Hosts) == 0 {
		return scheme + at
	}
	return scheme + net.JoinHostPort(o.Hosts[0], port)
}

// client is a program of this machine with a token.
func (o *consoleConfig) client(token string) (*client.Client, error) {
	if !o.Cert.given() {
		return client.New("http://"+o.Listen, token), nil
	}
	chain, err := o.Cert.read()
	if err != nil {
		return nil, err
	}
	host, port, err := net.SplitHostPort(o.Listen)
	if err != nil {
		return nil, err
	}
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM(chain) {
		return nil, errors.New("[console]: cert has no certificate")
	}
	trust := &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	if len(o.Hosts) > 0 {
		trust.ServerName = o.Hosts[0]
	}
	return client.NewTLS("https://"+net.JoinHostPort(host, port), token, trust), nil
}
