package wechat

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"time"

	"tillgate/agent/pay"
)

const (
	certificatesPath  = "/v3/certificates"
	certificatesLife  = 24 * time.Hour // the network's clients refresh so often
	certificatesAgain = time.Minute    // after a refresh that failed
	unknownSerialsMax = 8              // more are not asked about before the next refresh: somebody makes them up
)

// certificates are the platform certificates with which the network signs. They
// are fetched when a reply needs one: once a day, and once for a serial number
// that is not in the list.
type certificates struct {
	v       *v3
	turn    chan struct{} // holds one token: whoever has it may look and fetch
	keys    map[string]*x509.Certificate
	unknown map[string]bool // serial numbers that the list did not have
	fetched time.Time       // zero: never
	tried   time.Time
}

var errUnknownSerial = errors.New("the network has no such certificate")

func newCertificates(v *v3) *certificates {
	return &certificates{v: v, turn: make(chan struct{}, 1), unknown: map[string]bool{}}
}

// key is the key of a certificate that was good when the reply was signed.
func (c *certificates) key(ctx context.Context, p proof) (*rsa.PublicKey, error) {
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	var err error
	if c.due(p.serial) {
		err = c.refresh(ctx)
	}
	cert := c.keys[p.serial]
	switch {
	case cert == nil && err != nil:
		return nil, err
	case cert == nil:
		if len(c.unknown) < unknownSerialsMax {
			c.unknown[p.serial] = true
		}
		return nil, errUnknownSerial
	case p.at.Before(cert.NotBefore) || p.at.After(cert.NotAfter):
		return nil, errors.New("the certificate was not good then")
	}
	return cert.PublicKey.(*rsa.PublicKey), nil // readCertificate makes sure
}

// current tells whether the list is of today.
func (c *certificates) current() bool {
	return !c.fetched.IsZero() && time.Since(c.fetched) < certificatesLife
}

// due tells whether the list has to be fetched before a serial is looked up in it.
func (c *certificates) due(serial string) bool {
	switch {
	case c.keys[serial] != nil: // an old list is better than none
		return !c.current() && time.Since(c.tried) >= certificatesAgain
	case c.current():
		return !c.unknown[serial] && len(c.unknown) < unknownSerialsMax
	}
	return true
}

// refresh fetches the list. When it cannot, the reply that needed it is not
// believed, and the next one asks again.
func (c *certificates) refresh(ctx context.Context) error {
	c.tried = time.Now()
	keys, err := c.fetch(ctx)
	if err != nil {
		return fmt.Errorf("get certificates: %w", err)
	}
	if !c.current() {
		clear(c.unknown)
	}
	c.keys, c.fetched = keys, time.Now()
	return nil
}

// fetch asks for the list. It is signed with a key of its own content, which is
// sealed with the APIv3 key: nobody else can have made it. So its time is not
// looked at: a device without the time has to get it from somewhere.
func (c *certificates) fetch(ctx context.Context) (map[string]*x509.Certificate, error) {
	sent := c.v.send(ctx, http.MethodGet, certificatesPath, nil)
	if sent.Code != "" || sent.Status != http.StatusOK {
		return nil, fmt.Errorf("status %d %s", sent.Status, sent.Code)
	}
	keys, err := readCertificates(sent.Body, c.v.o.V3Key)
	if err != nil {
		return nil, err
	}
	p, ok := readProof(sent.Header)
	if !ok {
		return nil, errors.New("the list is not signed")
	}
	key := c.v.o.PublicKey
	if cert := keys[p.serial]; cert != nil {
		key = cert.PublicKey.(*rsa.PublicKey)
	} else if p.serial != c.v.o.PublicKeyID {
		key = nil
	}
	if key == nil || !p.signs(sent.Body, key) {
		return nil, errors.New("the list has a bad signature")
	}
	return keys, nil
}

// sealed is a part of a message that is encrypted with the APIv3 key.
type sealed struct {
	Algorithm  string `json:"algorithm"`
	Nonce      string `json:"nonce"`
	Associated string `json:"associated_data"`
	Ciphertext []byte `json:"ciphertext"` // base64
}

// readCertificates opens a list of certificates, by serial number.
func readCertificates(body []byte, key pay.Secret) (map[string]*x509.Certificate, error) {
	var list struct {
		Data []struct {
			Serial string `json:"serial_no"`
			Sealed sealed `json:"encrypt_certificate"`
		} `json:"data"`
	}
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, fmt.Errorf("read the list: %w", err)
	}
	keys := map[string]*x509.Certificate{}
	for _, entry := range list.Data {
		text, err := entry.Sealed.open(key)
		if err != nil {
			return nil, fmt.Errorf("open certificate %s: %w", pay.CutBasic(entry.Serial, networkBytesMax), err)
		}
		cert, err := readCertificate(text)
		if err != nil {
			return nil, fmt.Errorf("read certificate %s: %w", pay.CutBasic(entry.Serial, networkBytesMax), err)
		}
		keys[entry.Serial] = cert
	}
	return keys, nil
}

func readCertificate(text []byte) (*x509.Certificate, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("it is not PEM")
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, err
	}
	if key, ok := cert.PublicKey.(*rsa.PublicKey); !ok || key.Size()*8 < keyBitsMin {
		return nil, fmt.Errorf("its key is not RSA of at least %d bits", keyBitsMin)
	}
	return cert, nil
}

// open decrypts with AEAD_AES_256_GCM.
func (s sealed) open(key pay.Secret) ([]byte, error) {
	block, err := aes.NewCipher([]byte(key))
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	switch {
	case err != nil:
		return nil, err
	case s.Algorithm != "AEAD_AES_256_GCM":
		return nil, fmt.Errorf("algorithm %q is not known", pay.CutBasic(s.Algorithm, networkBytesMax))
	case len(s.Nonce) != gcm.NonceSize():
		return nil, fmt.Errorf("a nonce of %d bytes", len(s.Nonce))
	}
	return gcm.Open(nil, []byte(s.Nonce), s.Ciphertext, []byte(s.Associated))
}
