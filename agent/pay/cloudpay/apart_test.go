//go:build bench

package cloudpay

import (
	"encoding/json"

	"tillgate/agent/pay"
)

// Judge is for figures: the answer to a charge.
func (p *Provider) Judge(c pay.Charge, answer pay.Reply) pay.Result {
	r := p.read(answer, string(c.Code))
	if r.answer == nil {
		return r.result
	}
	return p.traded(r, r.answer.MicroPay, c.Attempt)
}

// Crypto is for figures: a MAC of each of the two contents.
func (p *Provider) Crypto(asked []byte, answer pay.Reply) (sign, verify func() error) {
	var r request
	got, ok := unseal(answer.Body)
	if err := json.Unmarshal(asked, &r); err != nil || !ok {
		panic("not the envelopes of a charge")
	}
	return func() error { mac(r.Content, p.o.Key); return nil }, func() error { mac(got.text, p.o.Key); return nil }
}
