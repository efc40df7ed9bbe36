package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/flow/refund"
	"tillgate/agent/flow/sale"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
)

// drill plays one order, or one refund, with its real machine, so that what is
// said about a network's answer is what the machine does with it.
type drill struct {
	t       *testing.T
	machine flow.Machine
	fresh   func() flow.Machine
	now     flow.Now
	began   int64
	back    int64 // when it was set on its way back
	network string
	journal []entry.Entry
	effects []flow.Effect
	tell    words.Key
}

func newDrill(t *testing.T, network string, fresh func() flow.Machine) *drill {
	t.Helper()
	d := &drill{t: t, network: network, machine: fresh(), fresh: fresh}
	d.now = flow.Now{Stamp: entry.Stamp{Wall: 1_790_000_000_000, Mono: 1_000_000, Trust: entry.Trusted}, Current: true, Role: flow.Cashier}
	d.began = d.now.Mono
	return d
}

func (d *drill) do(ev flow.Event) {
	d.now.Number = entry.Number("10000001", "0007", 12345, len(d.journal))
	step := d.machine.Next(ev, d.now)
	for _, draft := range step.Entries {
		e := entry.Entry{Seq: entry.Seq(len(d.journal) + 1), Key: 1, Stamp: d.now.Stamp, Kind: draft.Kind, Body: draft.Body}
		d.journal = append(d.journal, e)
		if draft.Kind == entry.Returning {
			d.back = d.now.Mono
		}
		d.machine.Fold(e)
	}
	for _, n := range step.Notes {
		d.machine.Note(n)
	}
	d.effects = append(d.effects, step.Effects...)
	d.tell = step.Tell
}

func (d *drill) scan() {
	d.do(flow.Code{Text: "134567890123456789", Merchant: "shop", Network: d.network})
}

func (d *drill) show() {
	d.do(flow.ShowQR{Merchant: flow.Merchant{Name: "shop", Network: d.network}})
}

// answer answers the newest call, which has to be of the kind.
func (d *drill) answer(verb flow.Verb, r pay.Result) {
	d.t.Helper()
	if len(d.effects) == 0 || d.effects[0].Do != verb {
		d.t.Fatalf("%s: %v is asked, not a %s", d.network, d.effects, verb)
	}
	e := d.effects[0]
	d.effects = d.effects[1:]
	d.do(flow.Answer{Key: 1, Do: verb, Number: cmp.Or(e.Refund.Number, e.Attempt.Number), Result: r, Known: true})
}

// next lets time pass until the machine asks the network something, or has
// nothing more to do.
func (d *drill) next() (verb flow.Verb) {
	for len(d.effects) == 0 {
		at, ok := d.machine.Due()
		if !ok {
			return ""
		}
		if by := at - d.now.Mono; by > 0 {
			d.now.Mono, d.now.Wall = d.now.Mono+by, d.now.Wall+by
		}
		d.do(flow.Tick{})
	}
	return d.effects[0].Do
}

// upTo goes on to the first call of a kind; queries on the way say nothing.
func (d *drill) upTo(verb flow.Verb) {
	for range 1000 {
		switch d.next() {
		case verb:
			return
		case flow.Query:
			d.answer(flow.Query, pay.Result{Code: pay.CodeTimeout})
		case flow.AskRefund:
			d.answer(flow.AskRefund, pay.Result{Code: pay.CodeTimeout})
		default:
			d.t.Fatalf("%s: %v comes before a %s", d.network, d.effects, verb)
		}
	}
	d.t.Fatalf("%s: there is never a %s", d.network, verb)
}

// restart begins another life: a query is the first thing that is heard in it.
func (d *drill) restart() {
	d.machine, d.effects = d.fresh(), nil
	for _, e := range d.journal {
		d.machine.Fold(e)
	}
	d.began = d.now.Mono
	d.do(flow.Restarted{})
}

// play brings an order to the call, with its answer given.
func play(t *testing.T, network string, timing pay.Timing, c pay.Case) *drill {
	t.Helper()
	patience := func(string) pay.Timing { return timing }
	if strings.HasPrefix(c.Op, "refund") {
		return playRefund(newDrill(t, network, func() flow.Machine { return refund.New(patience) }), c)
	}
	d, r := newDrill(t, network, func() flow.Machine { return sale.New(patience) }), pay.Result{State: c.State, NotFound: c.NotFound, Fault: c.Fault, Code: c.Code, Link: "https://example.com/pay"}
	d.do(flow.Amount{Amount: 1250, Lane: "counter-1"})
	switch c.Op {
	case "charge":
		d.scan()
		d.answer(flow.Charge, r)
	case "show":
		d.show()
		if !c.NotFound {
			d.answer(flow.Show, r)
			break
		}
		d.answer(flow.Show, pay.Result{State: pay.Waiting, Link: r.Link}) // only a query answers so, of what we show
		d.upTo(flow.Query)
		d.answer(flow.Query, r)
	case "query":
		d.scan()
		d.restart()
		d.upTo(flow.Query)
		d.answer(flow.Query, r)
	case "undo":
		d.scan()
		d.answer(flow.Charge, pay.Result{Code: pay.CodeTimeout})
		d.upTo(flow.Undo)
		d.answer(flow.Undo, r)
	default:
		t.Fatalf("%s: nobody makes a %s", network, c.Op)
	}
	return d
}

// playRefund brings a refund to the call; of an order that was paid a minute ago.
func playRefund(d *drill, c pay.Case) *drill {
	paid := d.now.Stamp
	paid.Wall, paid.Mono = paid.Wall-time.Minute.Milliseconds(), paid.Mono-time.Minute.Milliseconds()
	number := entry.Number("10000001", "0007", 12345, 7)
	d.do(flow.Refund{Order: 1, Lane: "counter-1", Payment: store.Payment{
		Order: 1, Last: 3, Opened: entry.OpenedBody{Lane: "counter-1", Amount: 1250}, AskedAt: paid, SettledAt: paid,
		Asked:   entry.AskedBody{Number: number, Merchant: "shop", Network: d.network},
		Settled: entry.SettledBody{Number: number, Amount: 1250, Settled: 1250, Network: "4200001"},
	}})
	verb := flow.AskRefund
	if c.Op == "refund-query" {
		verb = flow.QueryRefund
	}
	d.upTo(verb)
	d.answer(verb, pay.Result{State: c.State, NotFound: c.NotFound, Fault: c.Fault, Code: c.Code, Network: "5030001"})
	return d
}

// heard is what a speaker says of the answer.
func (d *drill) heard() (said [2]string) {
	for _, e := range d.effects {
		if p := words.Spoken(e.Receipt); e.Do == flow.Voice {
			said = [2]string{p.Chinese(), p.English()}
		}
	}
	return said
}

func (d *drill) has(kind entry.Kind) bool {
	return slices.ContainsFunc(d.journal, func(e entry.Entry) bool { return e.Kind == kind })
}

func between(from, to int64) time.Duration { return time.Duration(to-from) * time.Millisecond }

// does says what the machine has done with the answer, and what it does next.
func (d *drill) does() string {
	var said []string
	switch {
	case d.has(entry.Settled):
		said = append(said, "takes the money; slip, voice and gate follow")
	case d.has(entry.Frozen):
		said = append(said, "stops the order")
	case d.has(entry.RefundDone):
		said = append(said, "books the refund; slip and voice follow")
	case d.has(entry.RefundRefused):
		said = append(said, "ends the refund; another can be asked for")
	case d.has(entry.RefundAsked):
		said = append(said, d.goesOnRefunding())
	case d.has(entry.Ended) && d.phase() == words.Ready:
		said = append(said, "shows no QR code; a payment code can be scanned")
	case d.has(entry.Ended):
		said = append(said, "ends the attempt; another code can be scanned")
	case d.has(entry.Returning):
		said = d.wayBack()
	default:
		said = d.goesOn()
	}
	if d.has(entry.Task) {
		said = append(said, "asks a person to look")
	}
	return strings.Join(said, "; ")
}

// goesOn is what follows an answer that decides nothing.
func (d *drill) goesOn() (said []string) {
	at := d.now.Mono
	if d.phase() == words.ScanUs {
		said = append(said, "shows the QR code")
	}
	if d.next() == flow.Query {
		said = append(said, "asks "+after(between(at, d.now.Mono)))
	}
	for d.back == 0 {
		d.answer(flow.Query, pay.Result{Code: pay.CodeTimeout})
		d.next()
	}
	if d.back == d.began {
		return append(said, "takes it back at once")
	}
	return append(said, fmt.Sprintf("takes it back %s after it began", short(between(d.began, d.back))))
}

// goesOnRefunding is what follows where a refund is not over.
func (d *drill) goesOnRefunding() string {
	at := d.now.Mono
	if d.next() == flow.AskRefund {
		return "sends it again under its number " + after(between(at, d.now.Mono))
	}
	return "asks " + after(between(at, d.now.Mono))
}

func (d *drill) phase() words.Phase { return d.machine.(*sale.Sale).Phase() }

// wayBack is what follows an answer to an undo: a query, and other undos. Where
// the network has carried it out, or never knew the number, that number is over
// one day.
func (d *drill) wayBack() (said []string) {
	at := d.now.Mono
	if d.next() == flow.Query {
		said = append(said, "asks what it did")
	}
	for undos := 0; !d.has(entry.Ended) && d.now.Mono < d.began+longEnough.Milliseconds(); {
		switch d.next() {
		case flow.Query:
			d.answer(flow.Query, pay.Result{NotFound: true})
		case flow.Undo:
			if undos++; undos == 1 {
				said = append(said, "undoes it again "+after(between(at, d.now.Mono)))
			}
			d.answer(flow.Undo, pay.Result{Code: pay.CodeTimeout})
		}
	}
	if d.has(entry.Ended) {
		said = append(said, fmt.Sprintf("a number that stays unknown is over %s after it began", short(between(d.began, d.now.Mono))))
	}
	return said
}

// longEnough is when no order is still being decided on that can be.
const longEnough = 10 * time.Minute

func after(d time.Duration) string {
	if d == 0 {
		return "at once"
	}
	return "after " + short(d)
}

// short is a duration without the zeros at its end.
func short(d time.Duration) string {
	text := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-len("0s")]
		}
	}
	return text
}
