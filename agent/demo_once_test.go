//go:build demo

package main

import (
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
	"tillgate/agent/words"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// TestNoChargeIsSentTwice counts at the stand-in. At every account, with every
// wallet that it takes by code or by QR code, and for every behaviour of payer and
// network a till takes an order, is stopped a few seconds after the code was
// scanned, starts again on its journal and goes on to the end; where the order is
// not paid then, its payer shows a new code. No number is charged twice, and no
// order is paid for twice.
func TestNoChargeIsSentTwice(t *testing.T) {
	t.Parallel()
	names, dir := bankNames(t)
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg, err := openBank(t, filepath.Join(dir, name, "keys")).account(name).config(filepath.Join(dir, name), "http://127.0.0.1")
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range []way{byCode, byQR} {
				for i, wallet := range cfg.Merchants[0].offer(w) {
					if testing.Short() && (i > 0 || w == byQR) {
						break
					}
					t.Run(string(w)+"/"+wallet, func(t *testing.T) {
						t.Parallel()
						paysOnce(t, filepath.Join(dir, name, string(w), wallet), name, w, wallet)
					})
				}
			}
		})
	}
}

// paysOnce takes an order for every behaviour at one account, by one way and wallet.
func paysOnce(t *testing.T, dir, name string, w way, wallet string) {
	b := openBank(t, filepath.Join(dir, "keys"))
	synctest.Test(t, func(t *testing.T) {
		o := &oneOrder{t: t, bank: b, dir: dir, account: b.account(name), wallet: wallet}
		o.till = openTill(t, b, o.dir, o.account)
		defer func() { o.till.stop() }()
		play, ends, enough := o.play, map[words.Phase]int{}, len(sandbox.Kinds())/2
		if w == byQR { // nobody shows another code where the first leads to nothing
			play, enough = o.playQR, len(sandbox.Kinds())/5
		}
		for i, kind := range sandbox.Kinds() {
			ends[play(kind, money.Fen(1000+10*i))]++
		}
		if ends[words.PaidOrder] < enough {
			t.Errorf("the orders ended as %v", ends)
		}
	})
}

// oneOrder plays one order after the other at a till.
type oneOrder struct {
	t       *testing.T
	bank    *bank
	dir     string
	account bankAccount
	wallet  string // of its payers
	till    *till
}

// play takes an order whose first payer, or his network, behaves as told, and
// holds what the network has counted against what the till knows.
func (o *oneOrder) play(kind string, sum money.Fen) words.Phase {
	o.t.Helper()
	o.offer(flow.Amount{Amount: sum})
	o.shows(kind)
	time.Sleep(3 * time.Second)
	order := o.order()
	key := entry.Seq(order.Key)
	o.till.stop()
	o.till = openTill(o.t, o.bank, o.dir, o.account)
	time.Sleep(15 * time.Minute)
	numbers := o.asked(key)
	if len(numbers) != 1 || numbers[0] != order.Number {
		o.t.Fatalf("%s: the restart made %v of attempt %s", kind, numbers, order.Number)
	}
	if again := o.order(); entry.Seq(again.Key) == key && slices.Contains([]words.Phase{words.Refused, words.GivenBack}, again.Phase) {
		o.shows(sandbox.Pays)
		time.Sleep(5 * time.Minute)
		numbers = o.asked(key)
	}
	phase := o.ended(key)
	o.counts(kind, sum, sandbox.Charge, numbers, phase)
	return phase
}

// playQR takes an order whose payer scans our code and behaves as told; or he
// pays, and the network does as told when it is asked for the code and after him.
func (o *oneOrder) playQR(kind string, sum money.Fen) words.Phase {
	o.t.Helper()
	how, pays := sandbox.Do(kind), sandbox.Do(sandbox.Pays)
	o.offer(flow.Amount{Amount: sum})
	if !how.OfPayer() {
		o.bank.Next(sandbox.Show, how)
		how = pays
	}
	o.offer(flow.ShowQR{})
	time.Sleep(12 * time.Second) // a show that is answered late, too
	order := o.order()
	key := entry.Seq(order.Key)
	if kind := sandbox.Do(kind); !kind.OfPayer() {
		o.bank.Next(sandbox.Query, kind)
	}
	for _, code := range order.QR {
		if err := o.bank.ScanWith(o.wallet, code.Link, how); err != nil {
			o.t.Errorf("%s: the phone: %v", kind, err)
		}
	}
	time.Sleep(time.Second)
	o.till.stop()
	o.till = openTill(o.t, o.bank, o.dir, o.account)
	time.Sleep(15 * time.Minute)
	phase := o.ended(key)
	o.counts(kind, sum, sandbox.Show, o.asked(key), phase)
	return phase
}

// counts holds the network's books against an order.
func (o *oneOrder) counts(kind string, sum money.Fen, op sandbox.Op, numbers []string, phase words.Phase) {
	o.t.Helper()
	paid := 0
	for _, number := range numbers {
		if n := o.bank.Seen(op, number); n != 1 {
			o.t.Errorf("%s: the network has seen attempt %s %d times", kind, number, n)
		}
		for _, e := range o.bank.Ledger() {
			if e.Number != number {
				continue
			}
			if e.Charged > sum+1 { // wrong-amount takes a fen more
				o.t.Errorf("%s: attempt %s of %s has charged %s", kind, number, sum, e.Charged)
			}
			if e.Charged-e.Returned-e.Refunding > 0 {
				paid++
			}
		}
	}
	if paid > 1 || phase == words.PaidOrder && paid != 1 || phase == words.Refused && paid != 0 {
		o.t.Errorf("%s: the order is %s, and %d payments of it stand in the network's books", kind, phase, paid)
	}
}

func (o *oneOrder) offer(ev flow.Event) {
	o.t.Helper()
	if !o.till.lanes[0].Offer(ev) {
		o.t.Fatal("the lane has too much to do")
	}
	synctest.Wait()
}

func (o *oneOrder) shows(kind string) {
	o.offer(flow.Scanned{Text: pay.Secret(o.bank.NewWalletCode(o.wallet, sandbox.Do(kind)))})
}

func (o *oneOrder) order() words.Order {
	synctest.Wait()
	v, _ := o.till.lanes[0].View()
	return v.Order
}

// asked are an order's attempts, by the journal.
func (o *oneOrder) asked(key entry.Seq) (numbers []string) {
	for _, e := range o.entries(key) {
		if e.Kind == entry.Asked {
			numbers = append(numbers, entry.Must[entry.AskedBody](e).Number)
		}
	}
	return numbers
}

// ended is what has become of an order, by the journal.
func (o *oneOrder) ended(key entry.Seq) (phase words.Phase) {
	for _, e := range o.entries(key) {
		switch e.Kind {
		case entry.Asked:
			phase = words.Checking
		case entry.Settled:
			return words.PaidOrder
		case entry.Frozen:
			return words.FrozenOrder
		case entry.Ended:
			phase = words.Refused
		}
	}
	return phase
}

func (o *oneOrder) entries(key entry.Seq) []entry.Entry {
	o.t.Helper()
	entries, err := o.till.store.Object(o.t.Context(), key, 0)
	if err != nil {
		o.t.Fatal(err)
	}
	return entries
}
