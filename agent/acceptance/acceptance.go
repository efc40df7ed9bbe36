// Package acceptance is the script with which a terminal is accepted before it
// goes to a shop: every network asks for it in its own words, and Cloud Pay in
// the most detail (cloud.tencent.com 569/18729). It plays
// one lane as a cashier does and watches what people would see. It is not for
// finding out what a network does with a bad request: that is the suite of the
// providers.
package acceptance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/words"
	"tillgate/store/money"
)

// Till is the lane that is accepted.
type Till interface {
	// Offer gives the lane an event; false: it has too much to do.
	Offer(ev flow.Event) bool
	// View is what people see of it, and a channel that closes when that changes.
	View() (flow.View, <-chan struct{})
}

// Payer is how the customer behaves whose code is wanted.
type Payer string

// The payers of the script.
const (
	Pays     Payer = "pays"
	Password Payer = "is asked for a password, and enters it"
	Lost     Payer = "pays, and the answer is lost"
)

// ErrNotHere is wrapped by what cannot be had at this network: a live one loses
// no answers on request.
var ErrNotHere = errors.New("this cannot be had here")

// People are those at the till: a sandbox's customers, or real ones.
type People interface {
	// Show lets a customer of a wallet show a payment code to the lane's scanner.
	Show(ctx context.Context, wallet string, p Payer) error
	// Scan lets a phone with a wallet scan what the lane shows.
	Scan(ctx context.Context, wallet, link string) error
	// Slip is what the lane's scanner reads from the newest slip, which it is also
	// given to the lane.
	Slip(ctx context.Context) (string, error)
	// Sent counts the requests for refunds of an order that the network has had; ok
	// is false where nobody can tell.
	Sent(number string) (n int, ok bool)
}

// Plan is what is accepted.
type Plan struct {
	Lane     string
	Merchant string
	Network  string
	Mode     string   // for the sheet, such as "direct, API v2"
	Codes    []string // the wallets whose payment codes the lane takes
	QR       []string // the wallets whose phones can pay its QR codes
	Mute     bool     // the network does not say that it asks for a password
	Patience time.Duration

	// Type lets somebody type an amount in yuan at the lane's page; refusal is what
	// the page says to it, empty where it takes it. nil: there is no page.
	Type func(ctx context.Context, yuan string) (refusal string, err error)
}

// patienceUsual is longer than any network takes to say what became of an order.
const patienceUsual = 4 * time.Minute

// run is a script while it is played.
type run struct {
	Plan
	till   Till
	people People
	sheet  *Sheet
	wallet string        // of the customers of this step
	seen   []words.Order // every order that the lane has shown since the last amount
	number string        // of the order that was paid last; empty: nothing was since the last amount
	before []string      // the numbers that were paid before it
}

// Run plays the script and answers its sheet. Only ctx ends it early: what fails
// is on the sheet, and the script goes on.
func Run(ctx context.Context, p Plan, till Till, people People, told func(Step)) *Sheet {
	if p.Patience == 0 {
		p.Patience = patienceUsual
	}
	r := &run{Plan: p, till: till, people: people, sheet: &Sheet{Merchant: p.Merchant, Network: p.Network, Mode: p.Mode, Codes: p.Codes, QR: p.QR}}
	r.playAll(ctx, "", first, told)
	for _, wallet := range p.Codes {
		r.playAll(ctx, wallet, byCode, told)
	}
	for _, wallet := range p.QR {
		r.playAll(ctx, wallet, byQR, told)
	}
	return r.sheet
}

// playAll plays some steps for the customers of one wallet.
func (r *run) playAll(ctx context.Context, wallet string, steps []step, told func(Step)) {
	r.wallet = wallet
	for _, step := range steps {
		if ctx.Err() != nil {
			return
		}
		s := Step{Wallet: wallet, Zh: step.zh, En: step.en}
		began := time.Now()
		got, err := step.play(r, ctx)
		s.Took = time.Since(began)
		switch s.Got = got; {
		case errors.Is(err, ErrNotHere):
			s.Result, s.Got = Skipped, err.Error()
		case err != nil:
			s.Result, s.Got = Failed, err.Error()
		default:
			s.Result = Passed
		}
		r.sheet.Steps = append(r.sheet.Steps, s)
		if told != nil {
			told(s)
		}
	}
}

// await waits until the lane shows what is wanted; on the way it keeps every
// order that people could see.
func (r *run) await(ctx context.Context, what string, wanted func(v flow.View) bool) (flow.View, error) {
	ctx, cancel := context.WithTimeout(ctx, r.Patience)
	defer cancel()
	for {
		v, changed := r.till.View()
		if n := len(r.seen); n == 0 || r.seen[n-1].Phase != v.Order.Phase {
			r.seen = append(r.seen, v.Order)
		}
		if wanted(v) {
			return v, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return v, fmt.Errorf("%s was waited for and did not come: the lane shows %q", what, words.Show(v.Order, words.En).What)
		}
	}
}

func (r *run) offer(ev flow.Event) error {
	if !r.till.Offer(ev) {
		return errors.New("the lane has too much to do")
	}
	return nil
}

// told gives the lane an event and waits for the passing line that it must answer with.
func (r *run) told(ctx context.Context, ev flow.Event, keys ...words.Key) (string, error) {
	before, _ := r.till.View()
	if err := r.offer(ev); err != nil {
		return "", err
	}
	v, err := r.await(ctx, "a word of the lane", func(v flow.View) bool { return v.Told > before.Told })
	switch {
	case err != nil:
		return "", err
	case !slices.Contains(keys, v.Tell):
		return "", fmt.Errorf("the lane says %q", words.Say(v.Tell, words.En))
	}
	return words.Say(v.Tell, words.Zh) + " " + words.Say(v.Tell, words.En), nil
}

// owe enters an amount.
func (r *run) owe(ctx context.Context, sum money.Fen) error {
	if r.number != "" {
		r.before = append(r.before, r.number)
	}
	r.seen, r.number = nil, ""
	before, _ := r.till.View()
	if err := r.offer(flow.Amount{Amount: sum, Title: "验收 Acceptance"}); err != nil {
		return err
	}
	_, err := r.await(ctx, "the amount", func(v flow.View) bool { return v.Order.Turn != before.Order.Turn && v.Order.Amount == sum })
	r.seen = nil
	return err
}

// charge is one order that a payment code pays.
func (r *run) charge(ctx context.Context, sum money.Fen, p Payer) error {
	if err := r.owe(ctx, sum); err != nil {
		return err
	}
	waits, cancel := context.WithTimeout(ctx, r.Patience)
	defer cancel()
	if err := r.people.Show(waits, r.wallet, p); err != nil {
		return err
	}
	return r.paid(ctx)
}

// paid waits for the money, and sees that nobody was told on the way that it
// would not come.
func (r *run) paid(ctx context.Context) error {
	v, err := r.await(ctx, "the payment", func(v flow.View) bool { return v.Order.Phase == words.PaidOrder })
	if err != nil {
		return err
	}
	for _, o := range r.seen {
		switch o.Phase {
		case words.Refused, words.GoingBack, words.GivenBack, words.CancelledOrder, words.FrozenOrder, words.Unbooked:
			return fmt.Errorf("the order is paid, and before that the lane said %q", words.Show(o, words.En).What)
		}
	}
	r.number = v.Order.Number
	return nil
}

// shown tells the texts of a phase that people have seen.
func (r *run) shown(phase words.Phase) (string, error) {
	for _, o := range r.seen {
		if o.Phase == phase {
			zh, en := words.Show(o, words.Zh), words.Show(o, words.En)
			return fmt.Sprintf("%s，%s。%s / %s, %s. %s", zh.What, zh.Do, zh.Money, en.What, en.Do, en.Money), nil
		}
	}
	return "", fmt.Errorf("nobody was shown the state %q", phase)
}

// errUnpaid is for steps whose payment was skipped or has failed.
var errUnpaid = fmt.Errorf("nothing was paid before this: %w", ErrNotHere)

// refund asks for a part of the last order to go back, and waits until it has.
func (r *run) refund(ctx context.Context, sum money.Fen) (string, error) {
	if r.number == "" {
		return "", errUnpaid
	}
	before, _ := r.till.View()
	if err := r.offer(flow.Refund{Number: r.number, Amount: sum, Reason: "验收 Acceptance"}); err != nil {
		return "", err
	}
	other := func(v flow.View) bool {
		return v.Refund.Number != "" && v.Refund.Number != before.Refund.Number || v.Told > before.Told
	}
	v, err := r.await(ctx, "the refund", other)
	if err == nil && v.Refund.Number == before.Refund.Number {
		err = fmt.Errorf("the lane says %q", words.Say(v.Tell, words.En))
	}
	if err != nil {
		return "", err
	}
	over := func(v flow.View) bool {
		return v.Refund.Phase == words.RefundDone || v.Refund.Phase == words.RefundRefused || v.Refund.Phase == words.RefundStuck
	}
	if v, err = r.await(ctx, "the end of the refund", over); err != nil {
		return "", err
	}
	if n, known := r.people.Sent(r.number); known && n == 0 {
		return "", fmt.Errorf("the refund of %s is said to be over, and the network has heard of none", v.Refund.Amount)
	}
	if v.Refund.Phase != words.RefundDone || sum > 0 && v.Refund.Amount != sum {
		return "", fmt.Errorf("the refund of %s ended as %q (%s)", v.Refund.Amount, v.Refund.Phase, v.Refund.Code)
	}
	return fmt.Sprintf("%s, %s, in all %s", v.Refund.Number, v.Refund.Amount, v.Refund.Total), nil
}

// refused asks for a refund that the device itself has to refuse: the network
// must not hear of it.
func (r *run) refused(ctx context.Context, sum money.Fen) (string, error) {
	if r.number == "" {
		return "", errUnpaid
	}
	before, known := r.people.Sent(r.number)
	got, err := r.told(ctx, flow.Refund{Number: r.number, Amount: sum, Reason: "验收 Acceptance"}, words.TellRefundHigh, words.TellRefundSpent)
	if err != nil {
		return "", err
	}
	if after, _ := r.people.Sent(r.number); known && after != before {
		return "", fmt.Errorf("%d requests for it have reached the network", after-before)
	}
	return got, nil
}
