package clock

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"time"

	"tillgate/store/entry"
)

// Certificates has a client's config check certificates by this clock, and lets
// nothing fail for a time that is only a guess: a device that was off for
// months would find its network's certificate not valid yet, make no
// connection, and never hear a Date. Authority, name and purpose are checked as
// ever. While the clock is at a floor a certificate may be from after it; while
// nothing is proved it may also have ended. As soon as the clock is Trusted
// every new connection is checked by the day.
//
// It is for hosts that have a name. An address has none in the handshake, and
// its certificate is refused.
func (c *Clock) Certificates(config *tls.Config) {
	config.Time = c.Time
	config.InsecureSkipVerify = true // the check below is the whole check
	roots := config.RootCAs
	config.VerifyConnection = func(state tls.ConnectionState) error {
		if len(state.PeerCertificates) == 0 || state.ServerName == "" {
			return errors.New("check the server's certificate: it has none, or its host no name")
		}
		leaf, others := state.PeerCertificates[0], x509.NewCertPool()
		for _, cert := range state.PeerCertificates[1:] {
			others.AddCert(cert)
		}
		_, err := leaf.Verify(x509.VerifyOptions{
			Roots: roots, Intermediates: others, DNSName: state.ServerName, CurrentTime: c.when(leaf),
		})
		if err != nil {
			return &tls.CertificateVerificationError{UnverifiedCertificates: state.PeerCertificates, Err: err}
		}
		return nil
	}
}

// when is the time to check a certificate by: now, or as near to its own days
// as what is known allows.
func (c *Clock) when(leaf *x509.Certificate) time.Time {
	now := c.Now()
	at := time.UnixMilli(now.Wall)
	if now.Trust == entry.Untrusted && at.After(leaf.NotAfter) {
		at = leaf.NotAfter
	}
	if now.Trust != entry.Trusted && at.Before(leaf.NotBefore) {
		at = leaf.NotBefore
	}
	if first := time.UnixMilli(earliest); at.Before(first) {
		at = first
	}
	return at
}
