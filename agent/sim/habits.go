package sim

import (
	"slices"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
	"tillgate/store/money"
)

// tender is a sum that is paid in another way than by a payment code alone.
func (w *world) tender(i int) {
	w.clockTrouble()
	switch n := w.rng.IntN(10); {
	case n < 4 || w.shop.often && n < 7:
		if w.chance(4) {
			w.inTrouble(func() { w.byQR(i) })
			return
		}
		w.byQR(i)
	case n < 9:
		w.byHand(i)
	default:
		w.reprint(i)
	}
}

// byQR is a sum, a QR code, and whoever has a phone or a better idea.
func (w *world) byQR(i int) {
	w.amount(i)
	w.pass(between(w.rng, 100*time.Millisecond, time.Second))
	w.showQR(i)
	for range 4 { // people wait for it
		if w.pass(between(w.rng, 10*time.Millisecond, 700*time.Millisecond)); len(w.stands[i].screen().QR) > 0 {
			break
		}
	}
	for range 1 + w.rng.IntN(3) {
		w.whileItShows(i)
		w.pass(between(w.rng, time.Millisecond, 3*time.Second))
	}
	if w.chance(2) {
		w.phone(i)
		w.pass(between(w.rng, time.Second, 12*time.Second))
	}
}

func (w *world) showQR(i int) {
	w.story.Tell("%s: the clerk asks for a QR code", w.stands[i].name)
	w.tell(i, flow.ShowQR{})
}

// whileItShows is one thing that happens while a QR code is on the screen.
func (w *world) whileItShows(i int) {
	switch w.rng.IntN(16) {
	case 0:
		w.show(i)
	case 1: // a code in the moment of a phone, before it and after it
		w.phone(i)
		w.pass(between(w.rng, time.Millisecond, 1200*time.Millisecond))
		w.show(i)
	case 2:
		w.show(i)
		w.pass(between(w.rng, time.Millisecond, 600*time.Millisecond))
		w.phone(i)
	case 3:
		w.cancel(i)
	case 4:
		w.amount(i)
	case 5:
		w.cash(i)
	case 6:
		w.stop()
	case 7:
		w.pass(between(w.rng, time.Minute, 3*time.Minute))
	case 8:
		w.clockTrouble()
	case 9:
		w.loop(i)
	case 10:
		w.showQR(i)
	case 11:
		w.phones(i)
	default:
		w.phone(i)
	}
}

// phones are two people who pay the same, each the code of another network
// where there are two.
func (w *world) phones(i int) {
	for _, code := range w.stands[i].screen().QR {
		w.scan(i, code.Link)
		w.pass(between(w.rng, time.Millisecond, 300*time.Millisecond))
	}
	w.phone(i)
}

func (w *world) cancel(i int) {
	w.story.Tell("%s: somebody cancels", w.stands[i].name)
	w.tell(i, flow.Cancel{Why: "clerk"})
}

// phone scans what the lane shows, or what some lane has shown before.
func (w *world) phone(i int) {
	for _, code := range w.stands[i].screen().QR {
		if !slices.Contains(w.links, code.Link) {
			w.links = append(w.links, code.Link)
		}
	}
	if len(w.links) == 0 {
		return
	}
	link := w.links[len(w.links)-1]
	if shown := w.stands[i].screen().QR; len(shown) > 0 {
		link = shown[w.rng.IntN(len(shown))].Link
	}
	if w.chance(6) {
		link = w.links[max(0, len(w.links)-1-w.rng.IntN(6))]
	}
	w.scan(i, link)
}

func (w *world) scan(i int, link string) {
	a := accountOf(w.oracle.MerchantOf(link))
	how, err := w.bank.phone(link, a.shows)
	if err != nil {
		w.story.Tell("%s: a phone: %s: %v", w.stands[i].name, how, err)
		w.oracle.count(PhonesRefused)
		return
	}
	w.oracle.Phone(link, how)
	w.story.Tell("%s: a phone scans %s: %s", w.stands[i].name, link, how)
}

// byHand is a sum that the clerk takes, now and then after somebody has tried
// with a phone.
func (w *world) byHand(i int) {
	if w.chance(6) {
		w.cashFirst(i)
		return
	}
	w.amount(i)
	w.pass(between(w.rng, 200*time.Millisecond, 2*time.Second))
	switch w.rng.IntN(4) {
	case 0:
		w.show(i)
		w.pass(between(w.rng, time.Millisecond, 20*time.Second))
	case 1:
		w.showQR(i)
		w.pass(between(w.rng, time.Millisecond, 2*time.Second))
		w.phone(i)
		w.pass(between(w.rng, time.Millisecond, time.Second))
	}
	if w.chance(4) {
		w.story.Tell("%s: a bank card", w.stands[i].name)
		w.tell(i, flow.Card{Ref: "000123"})
	} else {
		w.cash(i)
	}
	switch w.rng.IntN(6) {
	case 0:
		w.pass(between(w.rng, time.Millisecond, time.Second))
		w.stop()
	case 1:
		w.pass(between(w.rng, time.Millisecond, 3*time.Second))
		w.reprint(i)
	}
}

// cashFirst is a clerk who does not wait for a phone of which nothing is heard: it
// has paid, and what is to undo that does nothing at first.
func (w *world) cashFirst(i int) {
	w.amount(i)
	w.pass(between(w.rng, 200*time.Millisecond, 2*time.Second))
	wallets := w.shop.wallets(w.stands[i].name)
	how := sandbox.Behaviour{Kind: []string{sandbox.UndoLies, sandbox.UndoAgain}[w.rng.IntN(2)], Times: 1 + w.rng.IntN(3)}
	code := w.bank.code(wallets[w.rng.IntN(len(wallets))], how)
	w.story.Tell("%s: a customer with %s: %s; its answer is lost", w.stands[i].name, sandbox.WalletOf(code), how)
	w.codes = append(w.codes, code)
	w.bank.loseAnswer()
	w.tell(i, flow.Scanned{Text: pay.Secret(code)})
	w.pass(between(w.rng, 50*time.Millisecond, 900*time.Millisecond)) // the first question is after a second
	w.story.Tell("%s: %s in cash, and the phone is forgotten", w.stands[i].name, w.stands[i].screen().Amount)
	w.tell(i, flow.Cash{Given: w.stands[i].screen().Amount})
	w.pass(between(w.rng, 10*time.Second, 40*time.Second))
}

// cash is money on the counter, at times too little.
func (w *world) cash(i int) {
	given := w.stands[i].screen().Amount
	switch w.rng.IntN(4) {
	case 0:
		given -= money.Fen(1 + w.rng.IntN(50))
	case 1, 2:
		given += money.Fen(w.rng.IntN(10_000))
	}
	w.story.Tell("%s: %s in cash", w.stands[i].name, given)
	w.tell(i, flow.Cash{Given: given})
}

// reprint is a customer who has lost the slip of some order, of this lane or of another.
func (w *world) reprint(i int) {
	keys := w.oracle.Settled()
	if len(keys) == 0 {
		return
	}
	key := keys[max(0, len(keys)-1-w.rng.IntN(8))]
	w.story.Tell("%s: the slip of order %d is wanted again", w.stands[i].name, key)
	w.tell(i, flow.Reprint{Key: key})
}
