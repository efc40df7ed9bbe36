//go:build demo

package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"periph.io/x/conn/v3/gpio"

	"tillgate/agent/cloud"
	"tillgate/agent/console/qr"
	"tillgate/agent/flow"
	"tillgate/agent/pay/sandbox"
	"tillgate/agent/words"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// visits plays what happens at the counter, at the exit and at the hotel's desk, and checks that all
// was paid, recorded and acknowledged.
func (s *shop) visits(ctx context.Context, a *agent) error {
	for _, scene := range []struct {
		title string
		play  func(ctx context.Context, a *agent) error
	}{
		{"Payment codes of three wallets, each asked for at its own network", s.codeVisits},
		{"One QR code for three wallets", s.qrVisits},
		{"Somebody pays in cash", func(ctx context.Context, a *agent) error {
			return s.cashVisit(ctx, a, "counter-1", 740, 2000, "茶 Tea")
		}},
		{"A part of the second payment goes back", func(ctx context.Context, a *agent) error {
			return s.refund(ctx, a, "counter-1", 1, 600, "少一份 One dish is missing")
		}},
		{"A car leaves", s.carVisit},
		{"Two guests of a hotel leave a deposit", s.hotelVisits},
		{"What is on record", s.check},
	} {
		s.title(scene.title)
		if err := scene.play(ctx, a); err != nil {
			return err
		}
	}
	return nil
}

func (s *shop) codeVisits(ctx context.Context, a *agent) error {
	for _, v := range []struct {
		wallet, title string
		sum           money.Fen
	}{{sandbox.WeChat, "咖啡 Coffee", 1250}, {sandbox.Alipay, "便当 Lunch box", 2600}, {sandbox.UnionPay, "水果 Fruit", 990}} {
		if err := s.visit(ctx, a, "counter-1", v.sum, v.title, v.wallet, sandbox.Do("pays")); err != nil {
			return err
		}
	}
	return nil
}

func (s *shop) qrVisits(ctx context.Context, a *agent) error {
	for i, wallet := range []string{sandbox.WeChat, sandbox.Alipay, sandbox.UnionPay} {
		if err := s.qrVisit(ctx, a, "counter-1", money.Fen(1880+100*i), "面 Noodles", wallet); err != nil {
			return err
		}
	}
	return nil
}

func (s *shop) carVisit(ctx context.Context, a *agent) error {
	s.loop.Set(gpio.High)
	s.tell("exit-1", "loop", "a car stands on the loop")
	exit := laneNamed(a, "exit-1")
	if err := until(ctx, exit, "the car was seen", func(v flow.View) bool { return v.Present }); err != nil {
		return err
	}
	if err := s.visit(ctx, a, "exit-1", 1500, "停车费 2小时15分 Parking 2 h 15 min", sandbox.WeChat, sandbox.Do("password:2s")); err != nil {
		return err
	}
	return wait(ctx, s.pulses, "the arm went up")
}

// visit is one order: the amount comes through the page, the code through the
// scanner's wire, and slip and voice have to follow.
func (s *shop) visit(ctx context.Context, a *agent, lane string, sum money.Fen, title, wallet string, how sandbox.Behaviour) error {
	l, err := s.owe(ctx, a, lane, sum, title)
	if err != nil {
		return err
	}
	s.tell(lane, "customer", "shows a payment code of %s (%s); the scanner sends it at 9600 baud", words.Network(wallet, words.En), how)
	if err := s.scanners[lane].scan(ctx, s.bank.NewWalletCode(wallet, how)); err != nil {
		return err
	}
	return s.thanks(ctx, l)
}

// qrVisit is an order that a phone pays by scanning our code.
func (s *shop) qrVisit(ctx context.Context, a *agent, lane string, sum money.Fen, title, wallet string) error {
	l, err := s.owe(ctx, a, lane, sum, title)
	if err != nil {
		return err
	}
	s.tell(lane, "clerk", "asks for a QR code")
	if err := s.post(ctx, a, lane, "qr", nil); err != nil {
		return err
	}
	if err := until(ctx, l, "a QR code was shown", func(v flow.View) bool { return len(v.Order.QR) > 0 }); err != nil {
		return err
	}
	v, _ := l.View()
	code := v.Order.QR[0]
	path := filepath.Join(s.dir, "qr-"+lane+"-"+wallet+".png")
	file, err := os.Create(path)
	if err == nil {
		err = errors.Join(qr.WritePNG(file, code.Link, 8), file.Close())
	}
	if err != nil {
		return fmt.Errorf("picture of the QR code: %w", err)
	}
	s.write(told{Lane: lane, Who: "display", Text: "shows one QR code for " + code.Payers(words.En) + ": " + shortPath(path), Data: map[string]string{"file": filepath.Base(path)}})
	s.tell(lane, "customer", "scans it with a phone of %s and pays", words.Network(wallet, words.En))
	if err := s.bank.ScanWith(wallet, code.Link, sandbox.Do("pays")); err != nil {
		return err
	}
	return s.thanks(ctx, l)
}

// cashVisit is an order that never leaves the device.
func (s *shop) cashVisit(ctx context.Context, a *agent, lane string, sum, given money.Fen, title string) error {
	l, err := s.owe(ctx, a, lane, sum, title)
	if err != nil {
		return err
	}
	s.tell(lane, "clerk", "is handed %s yuan in cash", given)
	if err := s.post(ctx, a, lane, "cash", url.Values{"given": {given.String()}}); err != nil {
		return err
	}
	return s.thanks(ctx, l)
}

// refund gives a part of one of the settled orders back, counted from 0.
func (s *shop) refund(ctx context.Context, a *agent, lane string, which int, sum money.Fen, reason string) error {
	settled, err := s.paidSoFar(ctx, a)
	if err != nil {
		return err
	}
	if err := s.quiet(ctx, a); err != nil {
		return err
	}
	number, l := settled[which].Number, laneNamed(a, lane)
	s.tell(lane, "clerk", "gives %s yuan of %s back: %s", sum, number, reason)
	if !l.Offer(flow.Refund{Number: number, Amount: sum, Reason: reason}) {
		return errors.New("the lane has too much to do")
	}
	if err := until(ctx, l, "the money has gone back", func(v flow.View) bool { return v.Refund.Phase == words.RefundDone }); err != nil {
		return err
	}
	if err := wait(ctx, s.slips, "a slip came out"); err != nil {
		return err
	}
	return wait(ctx, s.phrases, "the speaker said it")
}

// quiet waits until nothing is left to do for any order: beside one that still
// waits for its slip nothing is said of a refund.
func (s *shop) quiet(ctx context.Context, a *agent) error {
	for {
		grown, open := a.store.Grown(), 0
		if err := a.store.Unfinished(ctx, func(_ entry.Seq, entries []entry.Entry) error {
			if entries[0].Kind.BeginsHold() {
				return nil // a guest's deposit stays for days
			}
			if _, order := flow.LaneOf(entries[0]); order {
				open++
			}
			return nil
		}); err != nil {
			return err
		}
		if open == 0 {
			return nil
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return errors.New("the orders before did not come to their end")
		}
	}
}

// owe enters an amount and waits until the lane shows it.
func (s *shop) owe(ctx context.Context, a *agent, lane string, sum money.Fen, title string) (*flow.Lane, error) {
	s.tell(lane, "clerk", "enters %s yuan for %s", sum, title)
	if err := s.post(ctx, a, lane, "amount", url.Values{"amount": {sum.String()}, "title": {title}}); err != nil {
		return nil, err
	}
	l := laneNamed(a, lane)
	return l, until(ctx, l, "the amount was shown", func(v flow.View) bool { return v.Order.Phase == words.Ready })
}

// thanks waits for what follows from a payment.
func (s *shop) thanks(ctx context.Context, l *flow.Lane) error {
	if err := until(ctx, l, "the order was paid", func(v flow.View) bool { return v.Order.Phase == words.PaidOrder }); err != nil {
		return err
	}
	if err := wait(ctx, s.slips, "a slip came out"); err != nil {
		return err
	}
	return wait(ctx, s.phrases, "the speaker said it")
}

// post does something at the page, as its forms do.
func (s *shop) post(ctx context.Context, a *agent, lane, verb string, form url.Values) error {
	address := fmt.Sprintf("http://%s/lanes/%s/%s", a.page.Addr(), lane, verb)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("%s at the page: %w", verb, err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s at the page: it answered %s", verb, answer.Status)
	}
	return nil
}

func laneNamed(a *agent, name string) *flow.Lane {
	return a.lanes[slices.IndexFunc(a.lanes, func(l *flow.Lane) bool { return l.Name == name })] // demo.toml has it
}

// until waits for a lane to show something.
func until(ctx context.Context, l *flow.Lane, what string, seen func(flow.View) bool) error {
	for {
		v, changed := l.View()
		if seen(v) {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("%s: waited in vain until %s; it shows %s", l.Name, what, v.Order.Phase)
		}
	}
}

func wait[T any](ctx context.Context, c <-chan T, what string) error {
	select {
	case <-c:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("waited in vain until %s", what)
	}
}

// check compares the networks' books, the journal and the cloud's copy of it.
func (s *shop) check(ctx context.Context, a *agent) error {
	settled, back, err := s.onRecord(ctx, a)
	if err != nil {
		return err
	}
	at := map[string]sandbox.Entry{}
	deposits := 0
	for _, e := range s.bank.Ledger() {
		if e.Deposit {
			deposits++
			continue
		}
		at[e.Number] = e
	}
	for _, b := range settled {
		e, left := at[b.Number], b.Amount-back[b.Number]
		switch {
		case b.Given > 0 && e.Number == "":
			s.tell("", "network", "%s yuan under number %s: cash, of which it has heard nothing", b.Amount, b.Number)
		case e.Charged != b.Amount || e.Charged-e.Returned != left:
			return fmt.Errorf("order %s: the journal has %s of which %s went back, the network's books %s and %s", b.Number, b.Amount, back[b.Number], e.Charged, e.Returned)
		default:
			s.tell("", "network", "%s: %s yuan under number %s: the same in its books and in the journal", words.Network(e.Network, words.En), left, b.Number)
		}
	}
	if err := s.checkDeposits(ctx, a); err != nil {
		return err
	}
	if len(at) != 7 || deposits != 2 || len(settled) != 8 || len(back) != 1 {
		return fmt.Errorf("%d numbers and %d deposits at the networks, %d paid orders and %d refunds, expected 7, 2, 8 and 1", len(at), deposits, len(settled), len(back))
	}
	return s.acknowledged(ctx, a)
}

// onRecord waits until the results of all outputs are in the journal too.
func (s *shop) onRecord(ctx context.Context, a *agent) (settled []entry.SettledBody, back map[string]money.Fen, err error) {
	const outputs = 28 // slips and voices of eight orders, a refund and four acts of deposits, the drawer, the gate
	for {
		grown := a.store.Grown()
		entries, err := a.store.Entries(ctx, 0, 1000)
		if err != nil {
			return nil, nil, err
		}
		settled, back = nil, map[string]money.Fen{}
		results := 0
		for _, e := range entries {
			switch e.Kind {
			case entry.Settled:
				settled = append(settled, entry.Must[entry.SettledBody](e))
			case entry.RefundAsked:
				b := entry.Must[entry.RefundAskedBody](e)
				back[b.Of] += b.Amount
			case entry.Outputs:
				results += len(entry.Must[entry.OutputsBody](e).Of)
			}
		}
		if results >= outputs {
			return settled, back, nil
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return nil, nil, errors.New("the results of slips, voices and gate did not come on record")
		}
	}
}

// paidSoFar are the orders that were paid, oldest first.
func (s *shop) paidSoFar(ctx context.Context, a *agent) (settled []entry.SettledBody, err error) {
	entries, err := a.store.Entries(ctx, 0, 1000)
	for _, e := range entries {
		if e.Kind == entry.Settled {
			settled = append(settled, entry.Must[entry.SettledBody](e))
		}
	}
	return settled, err
}

// acknowledged waits for the cloud's word for the whole journal, and compares hashes.
func (s *shop) acknowledged(ctx context.Context, a *agent) error {
	for {
		changed, grown := a.uplink.Changed(), a.store.Grown()
		epoch, head, hash := a.store.Head()
		if acked, ackedHash := a.store.Acked(); acked == head {
			var last entry.Entry
			device := cloud.Address{Site: a.cfg.Terminal.Site, Device: a.cfg.Terminal.Number}
			err := s.collector.Journal(ctx, device, epoch.Number, 0, func(e entry.Entry) error { last = e; return nil })
			if err != nil {
				return err
			}
			if last.Seq != head || last.Hash != hash || ackedHash != hash {
				return fmt.Errorf("the cloud has entry %d and another hash than the journal's entry %d", last.Seq, head)
			}
			s.tell("", "cloud", "has acknowledged all %d entries, hash %x…", head, hash[:6])
			return nil
		}
		select {
		case <-changed:
		case <-grown:
		case <-ctx.Done():
			return errors.New("the cloud did not acknowledge the journal")
		}
	}
}

// carLeaves is how long the arm has been up when the car has gone.
const carLeaves = 2 * time.Second

// drive moves the cars: one arrives when an amount is shown at the exit, and
// leaves when the arm is up.
func (s *shop) drive(ctx context.Context, a *agent) error {
	exit := laneNamed(a, "exit-1")
	for {
		v, changed := exit.View()
		var leave <-chan time.Time
		switch {
		case v.Order.Phase == words.Ready && !v.Present && s.loop.Read() == gpio.Low:
			s.tell("exit-1", "loop", "a car stands on the loop")
			s.loop.Set(gpio.High)
		case v.Order.Phase == words.PaidOrder && v.Present && s.loop.Read() == gpio.High:
			leave = time.After(carLeaves)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
		case <-leave:
			s.tell("exit-1", "loop", "the car has left")
			s.loop.Set(gpio.Low)
		}
	}
}
