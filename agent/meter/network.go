package meter

import (
	"context"
	"time"

	vm "github.com/VictoriaMetrics/metrics"

	"tillgate/agent/pay"
)

// networkBounds are seconds: a charge is waited for up to 20 s.
var networkBounds = []float64{0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 8, 12, 20}

// Provider counts a merchant's calls by what they ask and what they prove, with
// how long they took, and its connections and signatures where it counts them.
// What can show codes still can.
func (m *Meter) Provider(merchant string, p pay.Provider) pay.Provider {
	if c, ok := p.(interface{ Connections() (opened, reused int64) }); ok {
		m.counter(name("tillgate_network_connections_opened_total", "merchant", merchant), func() int64 { opened, _ := c.Connections(); return opened })
		m.counter(name("tillgate_network_connections_reused_total", "merchant", merchant), func() int64 { _, reused := c.Connections(); return reused })
	}
	if c, ok := p.(interface{ Signatures() int64 }); ok {
		m.counter(name("tillgate_network_signatures_total", "merchant", merchant), c.Signatures)
	}
	metered := provider{m, merchant, p}
	if s, ok := p.(pay.Shower); ok {
		return shower{metered, s}
	}
	return metered
}

type provider struct {
	meter    *Meter
	merchant string
	next     pay.Provider
}

func (p provider) Charge(ctx context.Context, c pay.Charge) pay.Result {
	return p.call("charge", func() pay.Result { return p.next.Charge(ctx, c) })
}

// Prepare is that of a client that can; the others make their request when it leaves.
func (p provider) Prepare(c pay.Charge) func(context.Context) pay.Result {
	ask := func(ctx context.Context) pay.Result { return p.next.Charge(ctx, c) }
	if next, can := p.next.(pay.Preparer); can {
		ask = next.Prepare(c)
	}
	return func(ctx context.Context) pay.Result {
		return p.call("charge", func() pay.Result { return ask(ctx) })
	}
}

func (p provider) Query(ctx context.Context, a pay.Attempt) pay.Result {
	return p.call("query", func() pay.Result { return p.next.Query(ctx, a) })
}

func (p provider) Undo(ctx context.Context, a pay.Attempt) pay.Result {
	return p.call("undo", func() pay.Result { return p.next.Undo(ctx, a) })
}

// Refund is that of a client that can; of the others nothing goes back.
func (p provider) Refund(ctx context.Context, r pay.Refund) pay.Result {
	next, can := p.next.(pay.Refunder)
	if !can {
		return pay.NoRefunds()
	}
	return p.call("refund", func() pay.Result { return next.Refund(ctx, r) })
}

// QueryRefund is likewise.
func (p provider) QueryRefund(ctx context.Context, r pay.Refund) pay.Result {
	next, can := p.next.(pay.Refunder)
	if !can {
		return pay.NoRefunds()
	}
	return p.call("query_refund", func() pay.Result { return next.QueryRefund(ctx, r) })
}

type shower struct {
	provider
	next pay.Shower
}

func (s shower) Show(ctx context.Context, o pay.Offer) pay.Result {
	return s.call("show", func() pay.Result { return s.next.Show(ctx, o) })
}

func (p provider) call(verb string, ask func() pay.Result) pay.Result {
	start := time.Now()
	result := ask()
	p.meter.set.GetOrCreateCounter(name("tillgate_network_calls_total", "merchant", p.merchant, "verb", verb, "state", word(result.State.String()))).Inc()
	p.meter.histogram(name("tillgate_network_call_seconds", "merchant", p.merchant, "verb", verb), networkBounds).UpdateDuration(start)
	return result
}

func (m *Meter) histogram(name string, bounds []float64) *vm.PrometheusHistogram {
	return m.set.GetOrCreatePrometheusHistogramExt(name, bounds)
}
