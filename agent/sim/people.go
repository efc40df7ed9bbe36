package sim

import (
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// act is one thing that somebody does, or one thing that breaks or mends.
func (w *world) act() {
	if w.chance(14) {
		w.shift()
		return
	}
	if w.hotel != nil && !w.chance(4) {
		w.host()
		return
	}
	i := w.rng.IntN(len(w.stands))
	switch n := w.rng.IntN(100); {
	case n < 16 && w.chance(3):
		w.inTrouble(func() { w.visit(i) })
	case n < 16:
		w.visit(i)
	case n < 20:
		w.rush(i)
	case n < 32:
		w.tender(i)
	case n < 36:
		w.amount(i)
	case n < 45:
		w.show(i)
	case n < 48:
		w.decide()
	case n < 51:
		w.cancel(i)
	case n < 55:
		w.loop(i)
	case n < 57:
		w.rubbish(i)
	case n < 59:
		w.idle()
	case n < 69:
		w.back(i)
	default:
		w.trouble(n - 69)
	}
}

// visit is a sum and a customer, as it should be, but for a clock that jumps in
// between; now and then the car does not wait, or the agent stops in the middle.
func (w *world) visit(i int) {
	w.amount(i)
	w.pass(between(w.rng, time.Second, 5*time.Second))
	w.clockTrouble()
	w.show(i)
	switch w.rng.IntN(8) {
	case 0, 1:
		w.pass(between(w.rng, time.Millisecond, 4*time.Second))
		w.stop()
	case 2, 3:
		for range 2 {
			w.pass(between(w.rng, time.Millisecond, 4*time.Second))
			w.loop(i)
		}
	}
}

// rush is one customer after the other, faster than printers and speakers are.
func (w *world) rush(i int) {
	w.clockTrouble()
	for range 3 {
		w.amount(i)
		w.pass(between(w.rng, 50*time.Millisecond, 300*time.Millisecond))
		w.show(i)
		w.pass(between(w.rng, 100*time.Millisecond, 700*time.Millisecond))
	}
	w.amount(i)
}

func (w *world) tell(i int, ev flow.Event) {
	if w.life != nil {
		w.life.lanes[i].Offer(ev)
	}
}

// amount is a sum that somebody owes; at the exit a car has come with it.
func (w *world) amount(i int) {
	if w.stands[i].gated() {
		w.drive(i, true)
	}
	sum := money.Fen(1 + w.rng.IntN(20_000))
	if w.chance(30) {
		sum = money.Fen(w.rng.IntN(3)-1) * 20_000_000 // nothing, less than nothing, too much
	}
	w.story.Tell("%s: somebody owes %s", w.stands[i].name, sum)
	w.tell(i, flow.Amount{Amount: sum, Title: "停车费 Parking"})
}

// show is a customer with a payment code, or one who shows it again, here or there.
func (w *world) show(i int) {
	if len(w.codes) > 0 && w.chance(6) {
		w.story.Tell("%s: a code that was shown before", w.stands[i].name)
		w.oracle.count(CodesUsed)
		w.tell(i, flow.Scanned{Text: pay.Secret(w.codes[max(0, len(w.codes)-1-w.rng.IntN(6))])})
		return
	}
	wallets := w.shop.wallets(w.stands[i].name)
	if w.chance(40) { // perhaps one that is not taken here
		wallets = sandbox.Wallets()
	}
	how, code := w.bank.customer(wallets)
	w.story.Tell("%s: a customer with %s: %s", w.stands[i].name, sandbox.WalletOf(code), how)
	w.codes = append(w.codes, code)
	w.tell(i, flow.Scanned{Text: pay.Secret(code)})
}

// rubbish is everything else that a scanner may read.
func (w *world) rubbish(i int) {
	texts := []string{"6901234567892", "https://qr.alipay.com/x", "hello", "", "135", "2801234567890123456", entry.Number(site, "0008", 3, 4)}
	for _, a := range w.bank.Ledger() {
		texts = append(texts, a.Number) // slips of ours
		break
	}
	w.story.Tell("%s: something is scanned that is no payment code", w.stands[i].name)
	w.tell(i, flow.Scanned{Text: pay.Secret(texts[w.rng.IntN(len(texts))])})
}

// loop is a car that comes or goes.
func (w *world) loop(i int) {
	if w.stands[i].gated() {
		_, there := w.stands[i].standing()
		w.drive(i, !there)
	}
}

func (w *world) drive(i int, there bool) {
	if _, was := w.stands[i].standing(); was != there {
		w.story.Tell("%s: the loop is occupied: %v", w.stands[i].name, there)
		w.stands[i].drive(there)
		w.tell(i, w.stands[i].reading())
	}
}

// idle is a quiet moment, in which the store tidies up.
func (w *world) idle() {
	if w.life == nil {
		return
	}
	w.life.store.Idle(w.life.ctx)
	if w.disk.Off() {
		w.life.over.tell("the power fails while the store tidies up")
	}
}

// pays is a customer who just pays.
var pays = sandbox.Behaviour{Kind: sandbox.Pays}
