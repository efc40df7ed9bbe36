package wechat

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	// keyBitsMin is the size of the keys on both sides (the algorithm's name says so).
	keyBitsMin = 2048
	// freshMax is how far a reply's time may be from ours (the signature page).
	freshMax = 300 * time.Second
	// publicKeyPrefix begins the id of a WeChat Pay public key; all other serials
	// are those of platform certificates.
	publicKeyPrefix = "PUB_KEY_ID_"
)

// Headers of signed replies.
const (
	headerSerial    = "Wechatpay-Serial"
	headerSignature = "Wechatpay-Signature"
	headerStamp     = "Wechatpay-Timestamp"
	headerNonce     = "Wechatpay-Nonce"
)

// proof is what a reply's headers claim.
type proof struct {
	serial, nonce, stamp string
	signature            []byte
	at                   time.Time // what stamp says
}

// readProof reads the headers; false: they are no signature.
func readProof(h http.Header) (proof, bool) {
	p := proof{serial: h.Get(headerSerial), nonce: h.Get(headerNonce), stamp: h.Get(headerStamp)}
	seconds, err := strconv.ParseInt(p.stamp, 10, 64)
	if err != nil || p.serial == "" || p.nonce == "" {
		return proof{}, false
	}
	p.at = time.Unix(seconds, 0).UTC()
	p.signature, err = base64.StdEncoding.DecodeString(h.Get(headerSignature))
	return p, err == nil && len(p.signature) > 0
}

// signs tells whether the key has signed the body as the proof says.
func (p proof) signs(body []byte, key *rsa.PublicKey) bool {
	sum := sha256.Sum256(message(p.stamp, p.nonce, string(body)))
	return rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], p.signature) == nil
}

// fresh tells whether it was made about now.
func (p proof) fresh(now time.Time) bool { return p.at.Sub(now).Abs() < freshMax }

// keyOf finds the network's key of a serial number.
// Both kinds of key count at any time: while a merchant switches to a public
// key, replies come with either.
func (v *v3) keyOf(ctx context.Context, p proof) (*rsa.PublicKey, error) {
	switch {
	case p.serial == v.o.PublicKeyID && v.o.PublicKey != nil:
		return v.o.PublicKey, nil
	case strings.HasPrefix(p.serial, publicKeyPrefix):
		return nil, errors.New("it is signed with a public key that the config does not name")
	}
	return v.certificates.key(ctx, p)
}
