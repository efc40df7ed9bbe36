package wechat

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// scheme names the only signature of API v3, in both directions.
const scheme = "WECHATPAY2-SHA256-RSA2048"

// signer signs requests of API v3 with the key of the merchant's API certificate.
type signer struct {
	mchID  string
	serial string // of the certificate, in capital hex
	key    crypto.Signer
	count  atomic.Int64
}

// newSigner takes a certificate and its key, which the network issues with RSA.
func newSigner(mchID string, cert tls.Certificate) (*signer, error) {
	if cert.Leaf == nil || cert.PrivateKey == nil {
		return nil, errors.New("API v3 needs the merchant's API certificate with its key")
	}
	key, ok := cert.PrivateKey.(crypto.Signer) // which may be in a chip that it does not leave
	var public *rsa.PublicKey
	if ok {
		public, ok = key.Public().(*rsa.PublicKey)
	}
	switch {
	case !ok:
		return nil, fmt.Errorf("API v3 signs with RSA, and the certificate's key is a %T", cert.PrivateKey)
	case public.Size()*8 < keyBitsMin:
		return nil, fmt.Errorf("the certificate's key has %d bits, less than %d", public.Size()*8, keyBitsMin)
	}
	return &signer{mchID: mchID, serial: fmt.Sprintf("%X", cert.Leaf.SerialNumber.Bytes()), key: key}, nil
}

// authorize is the Authorization header of a request
// (pay.weixin.qq.com/doc/v3/merchant/4012365342).
func (s *signer) authorize(method, path string, body []byte, at time.Time) (string, error) {
	stamp, nonce := strconv.FormatInt(at.Unix(), 10), rand.Text()
	s.count.Add(1)
	sum := sha256.Sum256(message(method, path, stamp, nonce, string(body)))
	signature, err := s.key.Sign(rand.Reader, sum[:], crypto.SHA256) // PKCS #1 v1.5
	if err != nil {
		return "", fmt.Errorf("sign request: %w", err)
	}
	return fmt.Sprintf(`%s mchid="%s",nonce_str="%s",timestamp="%s",serial_no="%s",signature="%s"`,
		scheme, s.mchID, nonce, stamp, s.serial, base64.StdEncoding.EncodeToString(signature)), nil
}

// message is what is signed: lines, the last of which ends too.
func message(lines ...string) []byte { return []byte(strings.Join(lines, "\n") + "\n") }
