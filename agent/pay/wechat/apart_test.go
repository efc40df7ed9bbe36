//go:build bench

package wechat

import (
	"context"
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"strings"

	"tillgate/agent/pay"
)

// Judge is for figures: the answer to a charge.
func (p *Provider) Judge(c pay.Charge, answer pay.Reply) pay.Result {
	if p.o.CodeV3 {
		ctx := context.Background() // a paid charge asks for nothing more
		return p.v3.charged(ctx, p.v3.read(ctx, answer, string(c.Code)), c.Attempt)
	}
	return p.charged(p.read(answer, string(c.Code)), c.Attempt)
}

// Crypto is for figures: a MAC each of API v2's fields; of API v3 a hash and a
// signature of the request's message, a hash and a verification of the answer's.
func (p *Provider) Crypto(request []byte, answer pay.Reply) (sign, verify func() error) {
	if !p.o.CodeV3 {
		return p.mac(request), p.mac(answer.Body)
	}
	// As long as the message that was signed: what is in its stamp and nonce takes no time.
	ours := message("POST", p.v3.transactions()+"/codepay", "1795512600", strings.Repeat("N", 26), string(request))
	proof, ok := readProof(answer.Header)
	if !ok {
		panic("the answer is not signed")
	}
	theirs := message(proof.stamp, proof.nonce, string(answer.Body))
	sign = func() error {
		sum := sha256.Sum256(ours)
		_, err := p.v3.signer.key.Sign(rand.Reader, sum[:], crypto.SHA256)
		return err
	}
	return sign, func() error {
		sum := sha256.Sum256(theirs)
		return rsa.VerifyPKCS1v15(p.v3.o.PublicKey, crypto.SHA256, sum[:], proof.signature)
	}
}

// mac is the MAC of a message of API v2, which has to be the one in it.
func (p *Provider) mac(body []byte) func() error {
	f, err := decode(body)
	if err != nil {
		panic(err)
	}
	if !signed(f, p.o.Sign, p.o.Key) {
		panic("the message is not signed")
	}
	text := f.signed(p.o.Key)
	return func() error {
		m := hmac.New(sha256.New, []byte(p.o.Key))
		m.Write(text)
		m.Sum(nil)
		return nil
	}
}
