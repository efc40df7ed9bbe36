// Package pay is the contract between the machines and the payment networks:
// what can be asked, and what an answer may claim. Each network has a package
// of its own below this one. It is not for deciding what happens next: that is
// the machine's, which alone knows what was asked when.
package pay

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"tillgate/store/money"
)

// State is what a network's answer proves. The zero State is Unknown, and
// everything that is not a verified final word is Unknown: money may have moved.
type State uint8

// The states of an attempt. Absent is the machine's word, never a provider's;
// Returned a provider says of refunds only.
const (
	Unknown  State = iota // no verified final word
	Paid                  // verified: this merchant got this amount under this number
	Declined              // verified and final: no money stays with the merchant
	Waiting               // verified: it is the payer's turn: a password is asked for, or nobody has paid the code that we show
	NotSent               // no connection of the request took a header; final
	Mismatch              // verified success whose amount, merchant, number or time is not ours
	Absent                // final: the network does not know the number and never will
	Returned              // final: it was paid, and the money has gone back
)

var stateNames = [...]string{"unknown", "paid", "declined", "waiting", "not sent", "mismatch", "absent", "returned"}

// String is the state's name in English, for logs and the journal's readers.
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return "unknown"
}

// Final tells whether an attempt in this state can still change.
func (s State) Final() bool { return s != Unknown && s != Waiting }

// Provider asks one network on behalf of one merchant. Its methods never
// return an error: a refusal is a result, and whatever went wrong is Unknown
// with a Code. They may be called from several goroutines, never retry a
// Charge, and stop when ctx is done.
type Provider interface {
	// Charge asks for the money of one payment code, once. It may look at the
	// order before it passes on a refusal.
	Charge(ctx context.Context, c Charge) Result
	// Query asks what became of a charge. A number that the network does not know
	// is Unknown with NotFound; only the machine, which knows when it was sent and
	// undone, may call it Absent.
	Query(ctx context.Context, a Attempt) Result
	// Undo makes sure that a charge takes no money, whatever became of it, and may
	// be repeated. Declined means that the network has carried it out, Unknown that
	// it must be sent again (with NotFound: the network does not know the number).
	// What it did is learnt by the next Query. It never answers Paid.
	Undo(ctx context.Context, a Attempt) Result
}

// Preparer is a provider that can make the request of a charge before it may
// leave, so that its signature is ready when the intent is durable.
type Preparer interface {
	Provider
	// Prepare makes the request and sends nothing. What it answers is the rest of
	// Charge, for calling once or never.
	Prepare(c Charge) func(ctx context.Context) Result
}

// Shower is a provider that also makes QR codes for the payer's phone to scan.
// Query and Undo of an attempt that was shown have Attempt.Shown set.
type Shower interface {
	Provider
	// Show opens an order under the attempt's number and answers Waiting with the
	// code's Link. It may be paid from then on until it is undone. Unknown means
	// that an order may be open whose code nobody has seen.
	Show(ctx context.Context, o Offer) Result
}

// Offer is an attempt that waits for a phone.
type Offer struct {
	Attempt
	Title  string        // what the payer reads, at most 42 Chinese characters
	Life   time.Duration // how long the code may be paid
	Device string        // our device, in the networks' device fields
	Lane   string        // where it stands, in the networks' store fields
	Staff  string        // who is on duty, in the networks' operator fields, may be empty
	Full   money.Fen     // of the amount, what takes part in no discount; 0: all of it may
	Note   string        // in the order's note, where the network has one; may be empty
}

// Attempt is one try to get one order's money: all that a network needs to find it again.
type Attempt struct {
	Number    string    // ours, 24 digits, durable before the first byte leaves
	Merchant  string    // the merchant's name in the config
	Amount    money.Fen // what was asked
	Asked     time.Time // corrected wall time of the intent; zero while the clock is not trusted
	Stamp     time.Time // the same as the journal has it, trusted or not: for networks that find an order by its date
	Network   string    // the network's own number of it, when known
	Returning bool      // set on its way back by a commit: a refunded order is then its end, not a mismatch
	Shown     bool      // a code that we showed, not one that we scanned: networks keep the two apart
}

// Charge is an attempt with what only the first request carries.
type Charge struct {
	Attempt
	Code   Secret    // the payment code, never stored
	Title  string    // what the payer reads, at most 42 Chinese characters
	Device string    // our device, in the networks' device fields
	Lane   string    // where it stands, in the networks' store fields
	Staff  string    // who is on duty, in the networks' operator fields, may be empty
	Full   money.Fen // of the amount, what takes part in no discount; 0: all of it may
	Note   string    // in the order's note, where the network has one; may be empty
}

// Result is what an answer proved, and what people may be told of it.
type Result struct {
	State    State
	NotFound bool      // Query, Undo: the network does not know this number
	Code     string    // the network's or the transport's code: "USERPAYING", "timeout", "bad signature"
	Message  string    // the network's own words for the payer, where it has some
	Network  string    // the network's number of the transaction
	Wallet   string    // whose money it was, where the network takes several wallets': "wechat", "alipay", "unionpay", "ecny"
	Payer    string    // of a deposit: who the network says has paid, where captures have to name him
	Held     *Held     // of a deposit: what the network has made of it; nil: it does not say
	PaidAt   time.Time // when the network says it was paid
	Amount   money.Fen // what the network says was asked
	Settled  money.Fen // what the merchant will receive, coupons of others included
	Link     string    // Show: what the QR code says
	Date     time.Time // Date of a reply whose signature was verified, else zero
	Returned bool      // Query: Declined because what was paid has gone back to the payer
	Fault    bool      // a person must look: Declined because of how we are set up, or an undo that will not get through by itself
	Detail   string    // more for the technician, not verified: the transport's words; never shown to a payer
}

// Secret is a text that must not be seen: a payment code or a key. It prints as
// ***. (Only as the key of a map it cannot hide from encoding/json.)
type Secret string

// String hides the secret.
func (Secret) String() string { return "***" }

// Format hides the secret from every verb, the wrong ones included.
func (s Secret) Format(f fmt.State, _ rune) { io.WriteString(f, s.String()) } //nolint:errcheck // there is nobody to tell

// LogValue hides the secret from slog.
func (Secret) LogValue() slog.Value { return slog.StringValue("***") }

// MarshalText hides the secret from every encoder.
func (Secret) MarshalText() ([]byte, error) { return []byte("***"), nil }
