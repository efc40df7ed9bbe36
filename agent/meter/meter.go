// Package meter counts what one agent does, and tells it in Prometheus' text
// format (version 0.0.4). It looks on from outside, through wrappers of what
// others declare, and is not for deciding anything: no machine, lane or driver
// knows of it. No label bears what a customer brought: all come from the config,
// or from a short list.
package meter

import (
	"bytes"
	"net/http"
	"runtime/metrics"
	"strings"
	"sync"
	"sync/atomic"

	vm "github.com/VictoriaMetrics/metrics"

	"tillgate/agent/pay"
)

// Meter has the counts of one agent. It may be used from several goroutines.
type Meter struct {
	set     *vm.Set
	streams atomic.Int64

	mu      sync.Mutex
	refresh []func() // what is read anew each time that somebody looks
}

// New makes the meter of a version of the agent.
func New(version string) *Meter {
	vm.ExposeMetadata(true) // how numbers are written, not which: readers learn what is a counter
	m := &Meter{set: vm.NewSet()}
	m.set.NewGauge(name("tillgate_build_info", "version", version), nil).Set(1)
	m.gauge("tillgate_event_streams", func() float64 { return float64(m.streams.Load()) })
	m.runtime()
	return m
}

// ServeHTTP answers all numbers. It writes nothing to a disk and takes no lock
// that a sale waits for longer than a number is read.
func (m *Meter) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	m.mu.Lock()
	refresh := m.refresh
	m.mu.Unlock()
	for _, read := range refresh {
		read()
	}
	var text bytes.Buffer
	m.set.WritePrometheus(&text)
	vm.WriteProcMetrics(&text)
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	_, _ = w.Write(text.Bytes()) // a reader that has gone needs none
}

// Streams counts the event streams that a page has open.
func (m *Meter) Streams(page http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/events") {
			m.streams.Add(1)
			defer m.streams.Add(-1)
		}
		page.ServeHTTP(w, r)
	})
}

// gauge is a number that is read when somebody looks.
func (m *Meter) gauge(name string, read func() float64) { m.set.NewGauge(name, read) }

// counter is a count that somebody else keeps, read when somebody looks.
func (m *Meter) counter(name string, read func() int64) {
	c := m.set.NewCounter(name)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.refresh = append(m.refresh, func() { c.Set(uint64(read())) })
}

// runtime tells of Go's runtime without stopping it, as its memory statistics would.
func (m *Meter) runtime() {
	for family, source := range map[string]string{
		"go_goroutines":            "/sched/goroutines:goroutines",
		"go_memory_mapped_bytes":   "/memory/classes/total:bytes",
		"go_memory_released_bytes": "/memory/classes/heap/released:bytes",
		"go_heap_objects_bytes":    "/memory/classes/heap/objects:bytes",
	} {
		m.gauge(family, func() float64 { return float64(sample(source)) })
	}
	m.counter("go_gc_cycles_total", func() int64 { return int64(sample("/gc/cycles/total:gc-cycles")) })
}

func sample(source string) uint64 {
	one := []metrics.Sample{{Name: source}}
	metrics.Read(one)
	if one[0].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return one[0].Value.Uint64()
}

// name is a family with its labels, given as names and values in turn.
func name(family string, labels ...string) string {
	var pairs []string
	for i := 0; i < len(labels); i += 2 {
		pairs = append(pairs, labels[i]+`="`+value(labels[i+1])+`"`)
	}
	if pairs == nil {
		return family
	}
	return family + "{" + strings.Join(pairs, ",") + "}"
}

// value is a label's value as the format wants it, and never a payment code.
func value(text string) string { return escape.Replace(pay.Redact(strings.ToValidUTF8(text, ""))) }

var escape = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

// word is a name of ours as a label's value: "not sent" becomes not_sent.
func word(text string) string { return strings.ReplaceAll(text, " ", "_") }
