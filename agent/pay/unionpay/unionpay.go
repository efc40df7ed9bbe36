package unionpay

import (
	"context"
	"fmt"

	"tillgate/agent/pay"
)

// Provider asks ChinaUMS on behalf of one merchant.
type Provider struct {
	o     Options
	wire  *pay.Wire
	codes memory
}

var (
	_ pay.Preparer = (*Provider)(nil)
	_ pay.Refunder = (*Provider)(nil)
)

// New makes the provider of the merchant that the config calls name.
func New(name string, o Options) (*Provider, error) {
	o.defaults()
	p := &Provider{o: o}
	err := o.check()
	if err == nil && o.QRMID != "" {
		err = o.checkQR()
	}
	p.o.Longitude, _ = degrees(o.Longitude, longitudeMax, longitudeDecimals) // as every charge says it
	p.o.Latitude, _ = degrees(o.Latitude, latitudeMax, latitudeDecimals)
	if err == nil {
		p.wire, err = pay.NewWire(o.Client)
	}
	if err != nil {
		return nil, fmt.Errorf("merchant %s: %w", name, err)
	}
	return p, nil
}

// Connections counts the calls that had to open a connection and those that did not.
func (p *Provider) Connections() (opened, reused int64) { return p.wire.Connections() }

// Query asks what became of a charge (query) or of a code that was shown (query
// of bills).
func (p *Provider) Query(ctx context.Context, a pay.Attempt) pay.Result {
	switch {
	case !p.speaksOf(a):
		return noBills
	case a.Shown:
		return p.queryBill(ctx, a)
	}
	return p.queryCode(ctx, a)
}

// Undo makes sure that an attempt takes no money: a void or a refund for a code
// that was scanned, a close or a refund for one that was shown.
func (p *Provider) Undo(ctx context.Context, a pay.Attempt) pay.Result {
	a.Returning = true
	switch {
	case !p.speaksOf(a):
		return noBills
	case a.Shown:
		return p.undoBill(ctx, a)
	}
	return p.undoCode(ctx, a)
}
