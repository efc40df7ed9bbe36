package sim

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
	unionpaybox "tillgate/agent/pay/sandbox/unionpay"
)

// bank is the payment networks: the sandbox behind wires, with moods of their own.
type bank struct {
	*sandbox.Sandbox
	wires  map[string]*wire // by host
	oracle *Oracle
	stop   func()

	mu    sync.Mutex
	dice  *rand.Rand
	moods map[string]int // by network: one in so many requests goes wrong; 0: none does
	odd   map[string]sandbox.Behaviour
	mute  bool // the answer to the next charge is lost

	disabled map[string]bool // merchants whose network refuses everything
}

// newBank opens the networks.
func newBank(seed uint64, oracle *Oracle) *bank {
	b := &bank{oracle: oracle, wires: map[string]*wire{}, dice: rand.New(rand.NewPCG(seed, 7)), moods: map[string]int{}, odd: map[string]sandbox.Behaviour{}, disabled: map[string]bool{}}
	takes := between(b.dice, 0, time.Minute)
	if b.dice.IntN(4) == 0 {
		takes = 0
	}
	b.Sandbox = sandbox.New(sandbox.Options{Plan: b.plan, RefundTakes: takes, AtOnce: refundsAtOnce})
	attach(b.Sandbox, time.Now().Add(between(b.dice, 0, 20*time.Minute)))
	pipe := b.Pipe()
	for i, network := range networks {
		for k, host := range hosts[network] {
			b.wires[host] = newWire(seed+uint64(1000*i+100*k), pipe.Dial)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := pipe.Run(ctx); err != nil {
			oracle.fail(0, "the sandbox stops: %v", err)
		}
	}()
	b.stop = func() {
		b.drop()
		cancel()
		<-done
	}
	return b
}

// refundsAtOnce tells whose refunds are over when they are answered: Alipay's, and
// those of payment codes at ChinaUMS, whose bills have numbers of their own.
func refundsAtOnce(a sandbox.Account) bool {
	return a.Network == aliPay || a.Network == unionPay && slices.ContainsFunc(unionpays, func(m unionpaybox.Merchant) bool { return a.Name == m.MID })
}

// provider is the real client of a merchant, for one life of the agent; hang up when that ends.
func (b *bank) provider(a account, now func() time.Time, bug Bug) (p pay.Refunder, hangUp func()) {
	transport := pay.NewTransport(nil, func(ctx context.Context, network, addr string) (net.Conn, error) {
		host, _, err := net.SplitHostPort(addr)
		if err != nil {
			return nil, err
		}
		return b.wires[host].Dial(ctx, network, addr)
	})
	p, err := a.provider(a, &http.Client{Transport: bug.transport(transport)}, now)
	if err != nil {
		panic(fmt.Sprintf("sim: %v", err)) // the options are ours
	}
	return p, transport.CloseIdleConnections
}

// drop breaks every connection at once: the board has lost its power.
func (b *bank) drop() {
	for _, network := range networks {
		for _, host := range hosts[network] {
			b.wires[host].drop()
		}
	}
}

// ours is our number, without what ChinaUMS has put in the place of its beginning.
func ours(number string) string {
	for _, m := range unionpays {
		if m.Source != "" && len(number) > len(m.Source) && number[:len(m.Source)] == m.Source {
			return m.InPlaceOf + number[len(m.Source):]
		}
	}
	return number
}

// plan is what goes wrong with a request that has just arrived.
func (b *bank) plan(op sandbox.Op, number string) sandbox.Behaviour {
	number = ours(number)
	a := b.oracle.Arrived(op, number)
	if op == sandbox.Certificates {
		a.network = weChat
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.mute && op == sandbox.Charge {
		b.mute = false
		do := sandbox.Do(sandbox.LostAfter)
		b.oracle.Troubled(a.network, op, number, do, false)
		return do
	}
	if do, off := b.refuses(a, op); off {
		b.oracle.count(Disabled)
		return do
	}
	if mood := b.moods[a.network]; mood == 0 || b.dice.IntN(mood) > 0 {
		return sandbox.Behaviour{}
	}
	kinds, lie := troubles(a.network, op, a.way == byQR), false
	if all := lies(a.network, op); len(all) > 0 && b.dice.IntN(8) == 0 {
		kinds, lie = all, true
	}
	do := b.shape(kinds[b.dice.IntN(len(kinds))])
	if do.Kind == sandbox.Failed && !lie {
		alike := failures[a.network][op]
		codes := alike[b.dice.IntN(len(alike))]
		do.Code = codes[b.dice.IntN(len(codes))]
	}
	b.oracle.Troubled(a.network, op, number, do, lie)
	return do
}

// shape gives a behaviour its length.
func (b *bank) shape(text string) sandbox.Behaviour {
	do := sandbox.Do(text)
	if do.After > 0 {
		do.After = between(b.dice, time.Millisecond, 70*time.Second)
	}
	if do.Kind == sandbox.Garbage {
		do.Code = garbages[b.dice.IntN(len(garbages))]
	}
	if do.Times > 0 {
		do.Times = 1 + b.dice.IntN(4)
	}
	return do
}

// phone is a phone that scans a link, and its owner. Where several wallets may
// pay it is any of them.
func (b *bank) phone(link string, wallets []string) (how sandbox.Behaviour, err error) {
	b.mu.Lock()
	how = b.shape(phones[b.dice.IntN(len(phones))])
	how.After /= 4 // a phone in the hand is faster than a network in trouble
	wallet := ""
	if len(wallets) > 1 {
		wallet = wallets[b.dice.IntN(len(wallets))]
	}
	b.mu.Unlock()
	return how, b.ScanWith(wallet, link, how)
}

// payable tells whether its network knows an order that was shown, and whether a
// phone could still pay it. Alipay's orders, and those of Cloud Pay that are
// Alipay's, come into being when somebody has scanned them.
func (b *bank) payable(number string) (known, open bool) {
	for _, e := range b.Ledger() {
		if e.Number == number {
			unseen := e.Wallet == "" && (e.Network == aliPay || e.Network == cloudPay)
			return !unseen, e.Shown && e.State == sandbox.NotPaid
		}
	}
	return false, false
}

// customer is somebody with a payment code of one of these wallets.
func (b *bank) customer(wallets []string) (how sandbox.Behaviour, code string) {
	b.mu.Lock()
	how = b.shape(customers[b.dice.IntN(len(customers))])
	wallet := wallets[b.dice.IntN(len(wallets))]
	b.mu.Unlock()
	return how, b.code(wallet, how)
}

func (b *bank) code(wallet string, how sandbox.Behaviour) string {
	code := b.NewWalletCode(wallet, how)
	b.oracle.Code(code)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.odd[code] = how
	return code
}

// shown notes that a code is about to be charged under a number.
func (b *bank) shown(code, number string) {
	b.mu.Lock()
	how := b.odd[code]
	b.mu.Unlock()
	b.oracle.Payer(number, how)
	if slices.Contains(untrue, how.Kind) {
		b.oracle.Doubt(number)
	}
}

// behave sets the mood of some networks: one in so many requests goes wrong, none when it is 0.
func (b *bank) behave(mood int, networks ...string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, network := range networks {
		b.moods[network] = mood
	}
}

// loseAnswer lets the answer to the next charge be lost.
func (b *bank) loseAnswer() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.mute = true
}

// set changes the weather on the way to some hosts. They change one after the
// other: two that change together break their connections at one moment.
func (b *bank) set(to weather, hosts ...string) {
	for _, host := range hosts {
		b.wires[host].set(to)
		time.Sleep(time.Microsecond)
	}
}
