package sim

import (
	"context"
	"fmt"
	"time"

	"tillgate/agent/duty"
	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// host is one thing that happens at a hotel's desks.
func (w *world) host() {
	i := w.rng.IntN(len(w.stands))
	switch n := w.rng.IntN(100); {
	case n < 14:
		w.guest(i)
	case n < 20:
		w.inTrouble(func() { w.guest(i) })
	case n < 24:
		w.guestsOfARoom()
	case n < 32:
		w.guestByQR(i)
	case n < 46:
		w.move(i)
	case n < 62:
		w.inTrouble(func() { w.move(i); w.pass(between(w.rng, time.Millisecond, 40*time.Second)) })
	case n < 69:
		w.twoDesks()
	case n < 75:
		w.moveCut(i)
	case n < 81:
		w.captureBack(i)
	case n < 84:
		w.somebodyElse()
	case n < 87:
		w.drop(i)
	case n < 90:
		w.readSlip(i)
	case n < 91:
		w.voucher(i)
	case n < 93:
		w.switchOff()
	case n < 96:
		w.daysGoBy()
	default:
		w.stop()
	}
}

// reason names a wish that nobody has had before.
func (w *world) reason(what string) string {
	w.wished++
	reason := fmt.Sprint(what, " ", w.wished)
	w.oracle.Wanted(reason)
	return reason
}

var rooms = []string{"801", "802", "8a 03"}

// guestRoom is where a guest sleeps; one in four gives none.
func (w *world) guestRoom() string {
	if w.chance(4) {
		return ""
	}
	return rooms[w.rng.IntN(len(rooms))]
}

// deposit is how much a desk asks a guest for.
func (w *world) deposit() money.Fen {
	if w.chance(40) {
		return money.Fen(w.rng.IntN(3)-1) * 20_000_000
	}
	return money.Fen(2 + w.rng.IntN(50_000))
}

// holdFor asks for a deposit with a code, or puts a draft in front of the desk.
func (w *world) holdFor(i int, amount money.Fen, room, code string) {
	ref := w.reason("hold")
	w.story.Tell("%s: %s of %s, room %q", w.stands[i].name, ref, amount, room)
	w.hold(i, flow.DepositSpec{Amount: amount, Room: room, Title: "押金 Deposit", Ref: ref, Code: pay.Secret(code), Staff: "1001", By: "Li"})
}

// hold lets a lane take a deposit, or asks the desk for that: it takes no duty.
func (w *world) hold(i int, spec flow.DepositSpec) {
	if w.chance(2) {
		w.tell(i, spec)
		return
	}
	a := duty.Ask{Lane: w.stands[i].name, By: w.somebody(w.stands[i].name)}
	w.ask(spec.Ref, func(ctx context.Context, d *duty.Desk) error {
		_, err := d.Hold(ctx, a, spec)
		return err
	}, nil)
}

// guest is somebody who arrives and shows a payment code, before or after the desk
// has asked for a sum; now and then he shows one again.
func (w *world) guest(i int) {
	how, code := w.bank.customer(w.shop.wallets(w.stands[i].name))
	if len(w.codes) > 0 && w.chance(12) {
		code = w.codes[len(w.codes)-1]
	}
	w.codes = append(w.codes, code)
	w.story.Tell("%s: a guest with %s: %s", w.stands[i].name, sandbox.WalletOf(code), how)
	if w.chance(2) {
		w.holdFor(i, w.deposit(), w.guestRoom(), code)
		return
	}
	w.holdFor(i, w.deposit(), w.guestRoom(), "")
	w.pass(between(w.rng, time.Millisecond, 3*time.Second))
	w.tell(i, flow.Scanned{Text: pay.Secret(code)})
}

// guestsOfARoom are one guest at two desks, or at one after the other: while nobody
// knows of the first whether it is held there is no second.
func (w *world) guestsOfARoom() {
	room := rooms[w.rng.IntN(len(rooms))]
	amount := w.deposit()
	w.bank.behave(2, networks...)
	for i := range w.stands {
		_, code := w.bank.customer(w.shop.wallets(w.stands[i].name))
		w.codes = append(w.codes, code)
		w.holdFor(i, amount, room, code)
		w.pass(between(w.rng, time.Millisecond, 4*time.Second))
	}
	w.bank.behave(0, networks...)
}

// guestByQR is a guest whose phone scans the desk's code, or one whose does not.
func (w *world) guestByQR(i int) {
	ref := w.reason("hold")
	amount, room := w.deposit(), w.guestRoom()
	w.story.Tell("%s: %s of %s by QR code, room %q", w.stands[i].name, ref, amount, room)
	w.hold(i, flow.DepositSpec{Amount: amount, Room: room, Title: "押金 Deposit", Ref: ref, QR: true, Staff: "1001", By: "Li"})
	for range 4 {
		w.pass(between(w.rng, 10*time.Millisecond, 700*time.Millisecond))
		if shown := w.stands[i].deposit().QR; len(shown) > 0 {
			w.hotel.links = append(w.hotel.links, shown[0].Link)
			break
		}
	}
	if len(w.hotel.links) == 0 || w.chance(4) {
		return
	}
	link := w.hotel.links[len(w.hotel.links)-1]
	if w.chance(6) { // one of before
		link = w.hotel.links[w.rng.IntN(len(w.hotel.links))]
	}
	how, err := w.bank.phone(link, nil)
	if err != nil {
		w.story.Tell("%s: a phone: %s: %v", w.stands[i].name, how, err)
		return
	}
	w.story.Tell("%s: a phone scans %s: %s", w.stands[i].name, link, how)
}

// held is one of the newest deposits.
func (w *world) held() (key entry.Seq, ok bool) {
	keys := w.oracle.Held()
	if len(keys) == 0 {
		return 0, false
	}
	return keys[max(0, len(keys)-1-w.rng.IntN(4))], true
}

// move is a part of a deposit that is taken, or given back; now and then nothing
// is held yet, and a guest comes first.
func (w *world) move(i int) {
	key, ok := w.held()
	if !ok || w.oracle.StillHeld(key) == 0 && w.chance(2) {
		w.guest(i)
		w.pass(between(w.rng, 3*time.Second, 20*time.Second))
		if key, ok = w.held(); !ok {
			return
		}
	}
	w.moveOf(i, key)
}

func (w *world) moveOf(i int, key entry.Seq) {
	left := int(w.oracle.StillHeld(key))
	if w.rng.IntN(5) < 3 {
		w.capture(i, key, w.part(left), w.chance(4))
		if w.chance(4) { // twice
			w.pass(between(w.rng, time.Millisecond, 5*time.Second))
			w.capture(i, key, w.part(left), false)
		}
		return
	}
	if w.chance(5) { // beside a capture of which nothing is known yet
		w.capture(i, key, w.part(left), false)
		w.pass(between(w.rng, time.Millisecond, 3*time.Second))
	}
	w.release(i, key, w.part(left))
}

// part is how much of what is held somebody wants.
func (w *world) part(left int) money.Fen {
	switch w.rng.IntN(8) {
	case 0, 1:
		return money.Fen(left) // all, or 0
	case 2:
		return money.Fen(left + 1 + w.rng.IntN(50))
	}
	return money.Fen(1 + w.rng.IntN(max(left, 1)))
}

func (w *world) capture(i int, key entry.Seq, amount money.Fen, last bool) (reason string) {
	reason = w.reason("capture")
	w.counted(key, amount)
	if w.chance(2) {
		w.wants(i, duty.Ask{Order: key, Amount: amount, Reason: reason}, func(ctx context.Context, d *duty.Desk, a duty.Ask) error {
			_, err := d.Capture(ctx, a, last)
			return err
		})
		return reason
	}
	w.story.Tell("%s: %s: %s of deposit %d", w.stands[i].name, reason, amount, key)
	w.tell(i, flow.CaptureSpec{Hold: key, Amount: amount, Last: last, Reason: reason, Staff: "1001", By: "Li"})
	return reason
}

// counted notes what is odd about a capture that somebody wishes.
func (w *world) counted(key entry.Seq, amount money.Fen) {
	if left := w.oracle.StillHeld(key); left > 0 && amount > left {
		w.oracle.count(CapturesHigh)
	}
	if captured, _, one := w.oracle.Captures(key); captured && one {
		w.oracle.count(CapturesTwice)
	}
	w.countOff(key)
}

func (w *world) countOff(key entry.Seq) {
	if w.hotel.off[w.oracle.HoldMerchant(key)] {
		w.oracle.count(MovesDisabled)
	}
}

func (w *world) release(i int, key entry.Seq, amount money.Fen) (reason string) {
	reason = w.reason("release")
	if w.chance(2) {
		amount = 0 // all that is left
	}
	if _, open, _ := w.oracle.Captures(key); open {
		w.oracle.count(ReleasesBeside)
	}
	w.countOff(key)
	if w.chance(2) {
		w.wants(i, duty.Ask{Operation: duty.Release, Order: key, Amount: amount, Reason: reason}, release)
		return reason
	}
	w.story.Tell("%s: %s: %s of deposit %d", w.stands[i].name, reason, amount, key)
	w.tell(i, flow.ReleaseSpec{Hold: key, Amount: amount, Reason: reason, Staff: "1001", By: "Li"})
	return reason
}

func release(ctx context.Context, d *duty.Desk, a duty.Ask) error {
	_, err := d.Release(ctx, a)
	return err
}

// releaseOf is what a lane hears of a release.
func releaseOf(a duty.Ask) flow.Event {
	return flow.ReleaseSpec{Hold: a.Order, Number: a.Number, Amount: a.Amount, Reason: a.Reason, Staff: a.By, By: a.By}
}

// twoDesks are both asked for something of one deposit at once.
func (w *world) twoDesks() {
	key, ok := w.held()
	if !ok {
		return
	}
	w.oracle.count(DesksAtOnce)
	amount := w.part(int(w.oracle.StillHeld(key)))
	releases := w.chance(3)
	var reasons []string
	for i := range w.stands {
		if releases && i == 0 {
			reasons = append(reasons, w.release(i, key, 0))
		} else {
			reasons = append(reasons, w.capture(i, key, amount, false))
		}
		w.pass(time.Nanosecond) // a moment of its own, so that a seed decides who is first
	}
	w.pass(between(w.rng, time.Millisecond, 20*time.Second))
	if w.oracle.Became(reasons) == 1 {
		w.oracle.count(DesksOne)
	}
}

// moveCut is a move, or a guest, in the middle of which the agent ends.
func (w *world) moveCut(i int) {
	what := func() { w.move(i) }
	if w.chance(3) {
		what = func() { w.guest(i) }
	}
	if w.chance(3) {
		happens := what
		what = func() { w.inTrouble(happens) }
	}
	w.endsIn(what)
}

// endsIn lets something happen and the agent end in the middle of it: in any of its
// writes, right after any of its commits, or at any moment.
func (w *world) endsIn(what func()) {
	switch w.rng.IntN(5) {
	case 0:
		what()
		w.pass(between(w.rng, time.Millisecond, time.Second))
		w.stop()
	case 1, 2:
		n := 1 + w.rng.IntN(6)
		w.story.Tell("the agent will be killed at commit %d from now", n)
		w.killIn.Store(int32(n))
		what()
		w.pass(between(w.rng, time.Second, time.Minute))
		w.killIn.Store(0)
	default:
		n := 1 + w.rng.IntN(30)
		w.story.Tell("the power will fail at write %d from now", n)
		w.disk.CutAfter(n)
		what()
		w.pass(between(w.rng, time.Second, 20*time.Second))
		if !w.disk.Off() && w.life != nil {
			w.disk.CutAfter(-1)
		}
	}
}

// captureBack is a guest who wants something back of what was captured.
func (w *world) captureBack(i int) {
	key, capture, left, ok := w.oracle.Captured(w.rng)
	if !ok {
		w.move(i)
		return
	}
	w.wish(i, flow.Refund{Order: key, Capture: capture, Amount: money.Fen(1 + w.rng.IntN(int(left)+1))})
}

// somebodyElse moves a deposit at the network's own page, or on another device.
func (w *world) somebodyElse() {
	key, ok := w.held()
	if !ok {
		return
	}
	number, network := w.oracle.HoldNumber(key)
	if w.chance(2) { // for the desk gets no answer
		w.weather(refused, networks...)
		w.moveOf(w.rng.IntN(len(w.stands)), key)
		w.pass(between(w.rng, time.Millisecond, 20*time.Second))
		defer func() {
			w.powerOff(w.chance(2))
			w.weather(fair, networks...)
			w.powerOn()
		}()
	}
	defer func() {
		if w.chance(2) {
			w.endsIn(func() { w.moveOf(w.rng.IntN(len(w.stands)), key) })
		}
	}()
	o, ok := w.bank.Search(network, func(o sandbox.Order) bool { return o.Number == number && o.Deposit != nil })
	if !ok || o.Deposit.Left-o.Deposit.Moving <= 0 {
		return
	}
	free := o.Deposit.Left - o.Deposit.Moving
	amount := money.Fen(1 + w.rng.IntN(int(free)))
	if network == weChat || w.chance(2) {
		last := network == weChat
		got, no := w.bank.Capture(sandbox.Capturing{Account: o.Account, Number: o.Number, Capture: elsewhere(network, number), Amount: amount, Last: last,
			Most: yes(last), Memo: o.Memo}, sandbox.Behaviour{})
		w.oracle.Foreign(number, amount*money.Fen(yes(no == "")))
		w.story.Tell("somebody else captures %s of %s: %s %s", amount, number, got.State, no)
		return
	}
	_, no := w.bank.Release(sandbox.Releasing{Account: o.Account, Number: o.Number, Release: "elsewhere", Amount: amount}, sandbox.Behaviour{})
	w.oracle.Foreign(number, 0)
	w.story.Tell("somebody else releases %s of %s: %s", amount, number, no)
}

// elsewhere is the number of somebody else's capture; WeChat Pay has none.
func elsewhere(network, number string) string {
	if network == weChat {
		return ""
	}
	return "elsewhere" + number
}

func (w *world) drop(i int) {
	w.story.Tell("%s: the desk gives up", w.stands[i].name)
	w.tell(i, flow.DropDeposit{})
}

// readSlip has a deposit's slip printed again, or its number typed.
func (w *world) readSlip(i int) {
	key, ok := w.held()
	if !ok {
		return
	}
	if number, _ := w.oracle.HoldNumber(key); w.chance(2) {
		w.releaseNumber(i, w.reason("release"), number)
		return
	}
	w.story.Tell("%s: a reprint of deposit %d", w.stands[i].name, key)
	w.tell(i, flow.Reprint{Key: key})
}

// releaseNumber is a slip or a wallet's voucher that is read, or typed.
func (w *world) releaseNumber(i int, reason, number string) {
	if w.chance(2) {
		w.wants(i, duty.Ask{Operation: duty.Release, Number: number, Reason: reason}, release)
		return
	}
	w.story.Tell("%s: %s: all of deposit %s", w.stands[i].name, reason, number)
	w.tell(i, flow.ReleaseSpec{Number: number, Reason: reason, By: "Li"})
}

// voucher is a guest of another shop, with its slip or with what his wallet shows.
func (w *world) voucher(i int) {
	reason := w.reason("voucher")
	w.oracle.Nobodys(reason)
	all := []string{fmt.Sprintf("4200001%021d", w.wished), fmt.Sprintf("2027030122001%015d", w.wished), entry.Number(site, "0008", 5, w.wished), entry.Number("20000009", device, 5, w.wished)}
	w.releaseNumber(i, reason, all[w.rng.IntN(len(all))])
}

// switchOff takes a merchant out of the config or puts it back; the agent begins
// anew with it. Or its network disables it, and the agent hears of that as it asks.
func (w *world) switchOff() {
	all := w.shop.accounts()
	name := all[w.rng.IntN(len(all))].name
	if w.chance(2) {
		w.story.Tell("merchant %s is disabled by its network", name)
		w.bank.disable(name, true)
		w.move(w.rng.IntN(len(w.stands)))
		w.pass(between(w.rng, time.Second, 2*time.Minute))
		w.bank.disable(name, false)
		return
	}
	w.hotel.off[name] = !w.hotel.off[name]
	w.story.Tell("merchant %s is off: %v", name, w.hotel.off[name])
	w.powerOff(false)
	w.powerOn()
}

// daysGoBy are days on which the agent is off, or at its work with nobody there:
// deposits come near their end, or over it.
func (w *world) daysGoBy() {
	if !w.oracle.Quiet() {
		return
	}
	d := between(w.rng, 20*24*time.Hour, 32*24*time.Hour)
	w.oracle.count(LongAway)
	since := time.Now()
	if w.chance(3) {
		if w.diskFault != "" || w.diskFull { // nobody leaves a terminal for weeks that tries its disk every two seconds
			w.technician()
		}
		w.mendDevices() // nor one whose slips are tried every half minute, and written down each time
		cut := w.chance(2)
		if cut {
			w.weather(refused, networks...)
		}
		w.story.Tell("the desks are alone for %s", d)
		if w.pass(d); cut {
			w.oracle.Lapsed(since)
			w.weather(fair, networks...)
		}
		return
	}
	w.story.Tell("the agent is off for %s", d)
	w.powerOff(w.chance(2))
	time.Sleep(d)
	w.oracle.Lapsed(since)
	w.powerOn()
}
