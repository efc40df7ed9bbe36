package wechat

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"

	"tillgate/agent/pay/sandbox"
)

// PublicKeyID names the key that PublicKeyPEM is.
const PublicKeyID = "PUB_KEY_ID_0119000001092026112500000000"

func platformKey() crypto.Signer { return sandbox.Signer("wechat platform") }

func publicKey() crypto.Signer { return sandbox.Signer("wechat public") }

// PublicKeyPEM is the key with which answers are signed for merchants that ask for it.
func PublicKeyPEM() []byte {
	der, err := x509.MarshalPKIXPublicKey(publicKey().Public())
	if err != nil {
		panic(err) // an RSA key can always be written
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

// platform is a certificate with which the network signs for all others.
type platform struct {
	serial string
	key    crypto.Signer
	cert   *x509.Certificate
}

// NewPlatformCertificate has the network sign with a further certificate from
// now on, as it does every five years. The old ones stay in the list.
func (n *Network) NewPlatformCertificate() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.platform()
	n.addPlatform()
}

// platform is the certificate that signs now.
func (n *Network) platform() platform {
	if len(n.platforms) == 0 {
		n.addPlatform()
	}
	return n.platforms[len(n.platforms)-1]
}

func (n *Network) addPlatform() {
	count := len(n.platforms)
	key := platformKey()
	if count%2 == 1 {
		key = publicKey() // what matters is that it is another one
	}
	serial, _ := new(big.Int).SetString(fmt.Sprintf("5157F09EFDC096DE15EBE81A47057A7232F1%04X", 0xB800+count), 16)
	now := n.s.Now()
	form := &x509.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: "sandbox platform"}, NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(5, 0, 0)}
	der, err := x509.CreateCertificate(rand.Reader, form, form, key.Public(), key)
	if err != nil {
		panic(err) // a certificate of one's own can always be made
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	n.platforms = append(n.platforms, platform{fmt.Sprintf("%X", serial), key, cert})
}
