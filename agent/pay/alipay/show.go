package alipay

import (
	"cmp"
	"context"
	"strconv"
	"strings"
	"time"

	"tillgate/agent/pay"
)

// Show opens an order and answers its code's link (alipay.trade.precreate).
func (p *Provider) Show(ctx context.Context, offer pay.Offer) pay.Result {
	o := p.order(offer.Attempt, offer.Title, offer.Device, offer.Lane, offer.Staff, offer.Full)
	o.CodeLife = minutes(cmp.Or(offer.Life, Timing.Show.Life))
	r := p.ask(ctx, methodPrecreate, o)
	switch {
	case !r.verified():
		return r.result
	case !r.done():
		result, _ := r.refused(opShow, offer.Attempt)
		return result
	case r.fields["out_trade_no"] != offer.Number:
		return r.doubtful(codeNumber)
	case !goodLink(r.fields["qr_code"]):
		return r.doubtful(codeIncomplete)
	}
	result := r.judged(verdict{state: pay.Waiting}, "shown", "")
	result.Link = r.fields["qr_code"]
	return result
}

// minutes is a time as the network wants it: whole minutes, one at least.
func minutes(d time.Duration) string {
	return strconv.FormatInt(int64(max(1, (d+time.Minute-1)/time.Minute)), 10) + "m"
}

// goodLink tells whether a text is a link that a phone can open.
func goodLink(text string) bool {
	return strings.Contains(text, "://") && len(text) <= linkBytesMax && plainText(text)
}
