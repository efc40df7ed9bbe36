package sim

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"

	"tillgate/agent/pay"
	"tillgate/store"
	"tillgate/store/entry"
)

// refunds are a merchant's refunds as they reach its network.
func (b Bug) refunds(p pay.Refunder) pay.Refunder {
	switch b {
	case RefundRenumbered:
		return &renumbering{p, map[string]int{}}
	case RefundUnknownIsNo:
		return curt{p}
	}
	return p
}

// renumbering takes a refund whose answer was lost for one that never was, and
// sends it anew.
type renumbering struct {
	pay.Refunder
	lost map[string]int
}

func (n *renumbering) Refund(ctx context.Context, r pay.Refund) pay.Result {
	number := r.Number
	if times := n.lost[number]; times > 0 {
		r.Number = entry.RefundNumber(r.Of.Number, entry.Refunds+1-times)
	}
	got := n.Refunder.Refund(ctx, r)
	if got.State == pay.Unknown {
		n.lost[number]++
	}
	return got
}

func (n *renumbering) QueryRefund(ctx context.Context, r pay.Refund) pay.Result {
	if n.lost[r.Number] > 0 {
		return pay.Result{NotFound: true, Code: "sent anew"}
	}
	return n.Refunder.QueryRefund(ctx, r)
}

// curt takes a refund whose answer was lost for refused.
type curt struct{ pay.Refunder }

func (c curt) Refund(ctx context.Context, r pay.Refund) pay.Result {
	got := c.Refunder.Refund(ctx, r)
	if got.State == pay.Unknown && ctx.Err() == nil {
		got.State = pay.Declined
	}
	return got
}

// payment is what a lane reads of an order before it decides on a refund.
func (b Bug) payment(p store.Payment) store.Payment {
	switch b {
	case CeilingLoose:
		for i := range p.Refunds {
			if !p.Refunds[i].Final() {
				p.Refunds[i].Back = 0
			}
		}
	case RefundOnItsWay:
		p.GoingBack = false
	}
	return p
}

// unguarded is what a store without a guard would have written where the real one
// refuses a refund; nil: the bug is another one.
func (b Bug) unguarded(s *store.Store, step store.Step) (entries []entry.Entry) {
	if b != CeilingLoose && b != RefundOnItsWay {
		return nil
	}
	_, head, _ := s.Head()
	for i, d := range step.Entries {
		entries = append(entries, entry.Entry{Seq: head + 1 + entry.Seq(i), Key: head + 1, Kind: d.Kind, Body: d.Body})
	}
	return entries
}

// transport is how a merchant's client reaches its network.
func (b Bug) transport(t http.RoundTripper) http.RoundTripper {
	if b == SentTwice {
		return persistent{t}
	}
	return t
}

// persistent sends what it got no answer to again, to a further host.
type persistent struct{ http.RoundTripper }

func (p persistent) RoundTrip(r *http.Request) (*http.Response, error) {
	first := hosts[cloudPay][0]
	if !strings.HasSuffix(r.URL.Path, "/micro_pay") || r.URL.Host != first {
		return p.RoundTripper.RoundTrip(r)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	fresh := func() io.ReadCloser { return io.NopCloser(struct{ io.Reader }{bytes.NewReader(body)}) } // a head leaves by itself before it
	again := r.Clone(r.Context())
	r.Body, again.Body = fresh(), fresh()
	again.URL.Host = hosts[cloudPay][1]
	resp, err := p.RoundTripper.RoundTrip(r)
	if err != nil && r.Context().Err() == nil {
		return p.RoundTripper.RoundTrip(again)
	}
	return resp, err
}
