package sandbox

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"time"
)

// Authority vouches for the sandbox and for merchants: certificates made at
// start and never kept, so that TLS is real where the network is not.
type Authority struct {
	pool           *x509.CertPool
	root           *x509.Certificate
	rootKey        *ecdsa.PrivateKey
	server, client tls.Certificate
	issued         int64
}

// NewAuthority makes a root, a certificate for 127.0.0.1, ::1 and localhost,
// and a merchant's client certificate, all good for a year. The merchant's key
// is one for the whole process: API v3 wants RSA, which takes long to make.
func NewAuthority() (*Authority, error) {
	a := &Authority{pool: x509.NewCertPool()}
	if err := a.makeRoot(); err != nil {
		return nil, fmt.Errorf("make authority: %w", err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err == nil {
		a.server, err = a.issue("localhost", x509.ExtKeyUsageServerAuth, key)
	}
	if err == nil {
		a.client, err = a.issue("sandbox merchant", x509.ExtKeyUsageClientAuth, Key(MerchantKey))
	}
	if err != nil {
		return nil, fmt.Errorf("issue certificate: %w", err)
	}
	return a, nil
}

// Server is for a server that looks at client certificates where there are some.
func (a *Authority) Server() *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{a.server}, ClientCAs: a.pool, ClientAuth: tls.VerifyClientCertIfGiven,
		NextProtos: []string{"http/1.1"}, MinVersion: tls.VersionTLS12}
}

// Client is for a client without a certificate of its own.
func (a *Authority) Client() *tls.Config {
	return &tls.Config{RootCAs: a.pool, MinVersion: tls.VersionTLS12}
}

// ClientCert is for a client with the merchant's certificate.
func (a *Authority) ClientCert() *tls.Config {
	config := a.Client()
	config.Certificates = []tls.Certificate{a.client}
	return config
}

// Merchant is the merchant's certificate with its key, which signs API v3.
func (a *Authority) Merchant() tls.Certificate { return a.client }

// RootPEM is the root certificate, for a config that names a file.
func (a *Authority) RootPEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.root.Raw})
}

// ClientPEM is the merchant's certificate and key, for a config that names files.
func (a *Authority) ClientPEM() (cert, key []byte, err error) {
	der, err := x509.MarshalPKCS8PrivateKey(a.client.PrivateKey)
	if err != nil {
		return nil, nil, fmt.Errorf("encode client key: %w", err)
	}
	cert = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.client.Certificate[0]})
	return cert, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

func (a *Authority) makeRoot() error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	form := a.certificate("tillgate sandbox root")
	form.IsCA, form.BasicConstraintsValid, form.KeyUsage = true, true, x509.KeyUsageCertSign
	der, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		return err
	}
	a.rootKey = key
	if a.root, err = x509.ParseCertificate(der); err != nil {
		return err
	}
	a.pool.AddCert(a.root)
	return nil
}

func (a *Authority) issue(name string, use x509.ExtKeyUsage, key crypto.Signer) (tls.Certificate, error) {
	form := a.certificate(name)
	form.KeyUsage, form.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{use}
	if use == x509.ExtKeyUsageServerAuth {
		form.DNSNames, form.IPAddresses = []string{"localhost"}, []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}
	}
	der, err := x509.CreateCertificate(rand.Reader, form, a.root, key.Public(), a.rootKey)
	if err != nil {
		return tls.Certificate{}, err
	}
	leaf, err := x509.ParseCertificate(der)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, err
}

// certificate is the form of the next certificate, with a serial number of its
// own also where the clock stands still.
func (a *Authority) certificate(name string) *x509.Certificate {
	now := time.Now()
	a.issued++
	serial := big.NewInt(now.UnixNano() + a.issued)
	return &x509.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: name}, NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(1, 0, 0)}
}
