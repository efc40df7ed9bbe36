//go:build bench

package alipay

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"net/url"

	"tillgate/agent/pay"
)

// Judge is for figures: the answer to a charge.
func (p *Provider) Judge(c pay.Charge, answer pay.Reply) pay.Result {
	return p.success(p.read(answer, methodPay, string(c.Code)), c.Attempt)
}

// Crypto is for figures: a hash and a signature of the parameters, a hash and a
// verification of the answer's node.
func (p *Provider) Crypto(request []byte, answer pay.Reply) (sign, verify func() error) {
	form, err := url.ParseQuery(string(request))
	if err != nil {
		panic(err)
	}
	sent := params{}
	for name := range form {
		sent[name] = form.Get(name)
	}
	text := []byte(sent.text())
	m, err := takeApart(answer.Body)
	if err != nil {
		panic(err)
	}
	signature, err := base64.StdEncoding.DecodeString(m.sign)
	if err != nil {
		panic(err)
	}
	sign = func() error {
		sum := sha256.Sum256(text)
		_, err := p.key.Sign(rand.Reader, sum[:], crypto.SHA256)
		return err
	}
	return sign, func() error {
		sum := sha256.Sum256(m.node)
		return rsa.VerifyPKCS1v15(p.o.PublicKey, crypto.SHA256, sum[:], signature)
	}
}
