//go:build bench

package unionpay

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"

	"tillgate/agent/pay"
)

// Judge is for figures: the answer to a charge.
func (p *Provider) Judge(c pay.Charge, answer pay.Reply) pay.Result {
	about := p.posSubject(c.Number)
	about.code = string(c.Code)
	return p.charged(context.Background(), p.read(answer, about), c.Attempt) // a paid charge asks for nothing more
}

// Crypto is for figures: a hash of the request's body, and a MAC of what the
// header signs. Answers carry no signature.
func (p *Provider) Crypto(request []byte, _ pay.Reply) (sign, verify func() error) {
	head := []byte(p.o.AppID + "20261125093000" + "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	head = append(head, make([]byte, 2*sha256.Size)...)
	return func() error {
		sum := sha256.Sum256(request)
		copy(head[len(head)-len(sum):], sum[:])
		m := hmac.New(sha256.New, []byte(p.o.AppKey))
		m.Write(head)
		m.Sum(nil)
		return nil
	}, nil
}
