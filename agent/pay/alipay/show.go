package alipay

import (
	"cmp"
	"context"
	"strconv"
	"time"

	"tillgate/agent/pay"
)

// Show opens an order and answers its code's link (alipay.trade.precreate).
func (p *Provider) Show(ctx context.Context, offer pay.Offer) pay.Result {
	o := p.order(offer.Attempt, offer.Title, offer.Device, offer.Lane, offer.Staff, offer.Full)
	o.Body = marked(offer.Note, noteBytesMax)
	o.CodeLife = minutes(cmp.Or(offer.Life, Timing.Show.Life))
	r := p.ask(ctx, methodPrecreate, o)
	switch {
	case !r.verified():
		return r.result
	case !r.done():
		result, _ := r.refused(opShow, offer.Attempt)
		return result
	case r.fields["out_trade_no"] != offer.Number:
		return r.doubtful(pay.CodeNumber)
	case !pay.GoodLink(r.fields["qr_code"]):
		return r.doubtful(pay.CodeIncomplete)
	}
	result := r.judged(verdict{state: pay.Waiting}, "shown", "")
	result.Link = r.fields["qr_code"]
	return result
}

// minutes is a time as the network wants it: whole minutes, one at least.
func minutes(d time.Duration) string {
	return strconv.FormatInt(int64(max(1, (d+time.Minute-1)/time.Minute)), 10) + "m"
}
