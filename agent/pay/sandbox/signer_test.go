package sandbox

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"math/big"
	"testing"
	"time"
)

// What a network's key signs any program verifies, and nothing else.
func TestSignaturesOfANetwork(t *testing.T) {
	t.Parallel()
	key := Signer("test network")
	public := key.Public().(*rsa.PublicKey)
	if public.N.BitLen() != 2048 || Signer("test network") != key || Signer("another") == key {
		t.Errorf("a key of %d bits, or not one of a name", public.N.BitLen())
	}
	for _, text := range []string{"", "an answer", "another answer"} {
		sum := sha256.Sum256([]byte(text))
		signature, err := key.Sign(rand.Reader, sum[:], crypto.SHA256)
		if err != nil {
			t.Fatal(err)
		}
		if err := rsa.VerifyPKCS1v15(public, crypto.SHA256, sum[:], signature); err != nil {
			t.Errorf("%q: %v", text, err)
		}
		sum[3]++
		if rsa.VerifyPKCS1v15(public, crypto.SHA256, sum[:], signature) == nil {
			t.Errorf("%q: the signature is good for something else", text)
		}
	}
	for _, o := range []crypto.SignerOpts{crypto.SHA1, crypto.SHA512, &rsa.PSSOptions{Hash: crypto.SHA256}} {
		if _, err := key.Sign(rand.Reader, make([]byte, 32), o); err == nil {
			t.Errorf("signs %v", o)
		}
	}
}

func TestACertificateOfANetwork(t *testing.T) {
	t.Parallel()
	key := Signer("test network")
	form := &x509.Certificate{SerialNumber: big.NewInt(7), NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, form, form, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	if err := cert.CheckSignature(cert.SignatureAlgorithm, cert.RawTBSCertificate, cert.Signature); err != nil {
		t.Error(err)
	}
}

func BenchmarkSign(b *testing.B) {
	sum := sha256.Sum256([]byte("an answer"))
	for name, key := range map[string]crypto.Signer{"network": Signer("test network"), "merchant": Key(MerchantKey)} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := key.Sign(rand.Reader, sum[:], crypto.SHA256); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
