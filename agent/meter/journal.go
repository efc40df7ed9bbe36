package meter

import (
	"cmp"
	"context"
	"errors"
	"math"
	"time"

	vm "github.com/VictoriaMetrics/metrics"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/store"
	"tillgate/store/entry"
)

// commitBounds are seconds: from memory to a card that cleans up.
var commitBounds = []float64{0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2}

// What becomes of orders and of their attempts, and how people pay. All of it is
// there from the beginning, so that the first of each is seen as a step from 0.
var (
	orderOutcomes   = []string{"opened", "settled", "frozen", "cancelled"}
	attemptOutcomes = []string{"settled", "declined", "returned", "absent", "not_sent", "frozen"}
	tenders         = []string{"code", "qr", "cash", "card"}
	refusals        = map[string]error{
		"stale":     store.ErrStale,
		"code_used": store.ErrCodeUsed,
		"ceiling":   store.ErrCeiling,
		"full":      store.ErrFull,
		"damaged":   store.ErrDamaged,
		"unwritten": store.ErrUnwritten,
	}
)

// Journal counts what a lane commits, how long it takes and what is refused.
func (m *Meter) Journal(lane string, next flow.Journal) flow.Journal {
	for why := range refusals {
		m.set.GetOrCreateCounter(name("tillgate_commit_refusals_total", "reason", why))
	}
	return journal{
		Journal: next, meter: m, commits: m.histogram("tillgate_commit_seconds", commitBounds),
		orders:   m.counts("tillgate_orders_total", lane, "outcome", orderOutcomes),
		attempts: m.counts("tillgate_attempts_total", lane, "outcome", attemptOutcomes),
		tenders:  m.counts("tillgate_tenders_total", lane, "tender", tenders),
	}
}

// counts are the counters of a family on a lane. They are made once: a customer
// waits where they count.
type counts map[string]*vm.Counter

func (m *Meter) counts(family, lane, label string, values []string) counts {
	c := counts{}
	for _, value := range values {
		c[value] = m.set.GetOrCreateCounter(name(family, "lane", lane, label, value))
	}
	return c
}

// inc counts one; what is not in the list is nothing that this program writes.
func (c counts) inc(value string) {
	if counter := c[value]; counter != nil {
		counter.Inc()
	}
}

type journal struct {
	flow.Journal
	meter                     *Meter
	commits                   *vm.PrometheusHistogram
	orders, attempts, tenders counts
}

func (j journal) CommitWith(ctx context.Context, step store.Step, riders ...store.Step) ([]entry.Entry, [][]entry.Entry, error) {
	start := time.Now()
	entries, rode, err := j.Journal.CommitWith(ctx, step, riders...)
	j.commits.UpdateDuration(start)
	if err != nil {
		j.meter.set.GetOrCreateCounter(name("tillgate_commit_refusals_total", "reason", refusal(err))).Inc()
	}
	for _, e := range entries {
		j.count(e)
	}
	for _, rider := range rode {
		for _, e := range rider {
			j.count(e)
		}
	}
	return entries, rode, err
}

func refusal(err error) string {
	for why, is := range refusals {
		if errors.Is(err, is) {
			return why
		}
	}
	return "other"
}

func (j journal) count(e entry.Entry) {
	switch e.Kind {
	case entry.Opened:
		j.orders.inc("opened")
	case entry.Cancelled:
		j.orders.inc("cancelled")
	case entry.Asked:
		if body, err := entry.Decode[entry.AskedBody](e); err == nil {
			j.tenders.inc(cmp.Or(body.Way, "code"))
		}
	case entry.Settled:
		j.orders.inc("settled")
		j.attempts.inc("settled")
	case entry.Frozen:
		j.orders.inc("frozen")
		j.attempts.inc("frozen")
	case entry.Ended:
		if body, err := entry.Decode[entry.EndedBody](e); err == nil {
			j.attempts.inc(word(pay.State(body.State).String()))
		}
	}
}

// Store is what is told of the journal as a whole.
type Store interface {
	Head() (entry.Epoch, entry.Seq, entry.Hash)
	Acked() (entry.Seq, entry.Hash)
	Room() (free, used int64, err error)
	Broken() error
}

// Store tells how far the journal is and what room it has.
func (m *Meter) Store(s Store) {
	m.gauge("tillgate_journal_epoch", func() float64 { epoch, _, _ := s.Head(); return float64(epoch.Number) })
	m.gauge("tillgate_journal_entries", func() float64 { _, head, _ := s.Head(); return float64(head) })
	m.gauge("tillgate_journal_acknowledged_entries", func() float64 { acked, _ := s.Acked(); return float64(acked) })
	m.gauge("tillgate_journal_unacknowledged_entries", func() float64 {
		acked, _ := s.Acked()
		_, head, _ := s.Head()
		return float64(head - acked)
	})
	m.gauge("tillgate_journal_writable", func() float64 { return yes(s.Broken() == nil) })
	m.gauge("tillgate_disk_free_bytes", func() float64 { free, _, err := s.Room(); return known(free, err) })
	m.gauge("tillgate_journal_used_bytes", func() float64 { _, used, err := s.Room(); return known(used, err) })
}

func known(n int64, err error) float64 {
	if err != nil {
		return math.NaN()
	}
	return float64(n)
}

func yes(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
