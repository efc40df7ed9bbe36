package entry

import "tillgate/store/money"

// RefundAskedBody is the intent of a refund, and all that is needed to ask for
// it again: it does not lean on its order's entries, which a damage may take.
type RefundAskedBody struct {
	Order    Seq       `json:"o,omitempty"` // key of the order's object; 0 where a damage has taken it
	Of       string    `json:"n"`           // the paid attempt's 24 digits
	Number   string    `json:"i"`           // the same and two more, 01 to 50
	Amount   money.Fen `json:"a"`           // what goes back
	Paid     money.Fen `json:"p"`           // what the order was for
	Lane     string    `json:"l"`           // that follows it to its end
	Merchant string    `json:"m,omitempty"`
	Network  string    `json:"w"`            // "wechat", …; of what was booked by hand its way
	Wallet   string    `json:"k,omitempty"`  // as in SettledBody
	Way      string    `json:"y,omitempty"`  // "cash", "card": booked by hand, no network is asked
	Shown    bool      `json:"q,omitempty"`  // it was paid through a code that we showed
	Payment  string    `json:"x,omitempty"`  // the network's number of what was paid
	Asked    int64     `json:"at,omitempty"` // Unix ms of the payment's intent, as the journal has it
	Trust    Trust     `json:"t,omitempty"`  // of Asked
	Wait     int64     `json:"d,omitempty"`  // ms before it is first sent: refunds of one payment stand apart
	Older    bool      `json:"e,omitempty"`  // the order is of an older epoch: the network is asked before this is sent
	Reason   string    `json:"r,omitempty"`  // in the shop's words
	Staff    string    `json:"s,omitempty"`  // in the networks' operator fields
	By       string    `json:"b,omitempty"`  // who asked for it, as the slip says it
	Account  string    `json:"h,omitempty"`  // as in AskedBody

	// Of what was captured from a deposit; Order and Of are then the deposit's, and
	// Paid and Payment the capture's.
	Capture string    `json:"cn,omitempty"` // the capture's number; empty: it is none
	Held    money.Fen `json:"ha,omitempty"` // what the deposit is of
	Hold    string    `json:"hx,omitempty"` // the network's number of the deposit
}

// RefundHeardBody is an answer to a refund that is not final.
type RefundHeardBody struct {
	State uint8  `json:"s"` // pay.State: waiting when the network has taken it on, else unknown
	Code  string `json:"c,omitempty"`
	Stuck bool   `json:"f,omitempty"` // it goes no further until a person acts
}

// RefundDoneBody is money that has gone back.
type RefundDoneBody struct {
	Settled money.Fen `json:"f"`           // what leaves the merchant
	Total   money.Fen `json:"t"`           // what of the order has gone back by now, this included
	Network string    `json:"x,omitempty"` // the network's number of the refund
	At      int64     `json:"p,omitempty"` // Unix s, the network's clock
}

// RefundRefusedBody is the end of a refund without what was asked for.
type RefundRefusedBody struct {
	State  uint8     `json:"s"` // pay.State: declined, or mismatch
	Code   string    `json:"c,omitempty"`
	Text   string    `json:"t,omitempty"` // the network's words
	Amount money.Fen `json:"a,omitempty"` // of a mismatch: what went back under this number, and counts as gone
}

// RefundInheritedBody is a refund of the damaged epoch that was not final.
// Where one of its copies could not be believed it is asked about, never sent.
type RefundInheritedBody struct {
	Epoch  int64 `json:"ep"`
	Key    Seq   `json:"was"`
	Unsure bool  `json:"un,omitempty"` // its entry was damaged and nothing confirms it
	RefundAskedBody
}

// Unwrapped is an object of a damaged epoch as it was, from its wrappers, as far
// as they can be believed. ok is false where one of its entries is missing.
func Unwrapped(entries []Entry) (was []Entry, ok bool) {
	for _, e := range entries {
		b, err := Decode[SalvagedBody](e)
		if err != nil || e.Kind != Salvaged || b.Kind == Salvaged {
			return nil, false
		}
		last := Seq(0)
		if len(was) > 0 {
			last = was[len(was)-1].Seq
		}
		if b.Prev != last || last == 0 && b.Seq != b.Key {
			return nil, false
		}
		was = append(was, Entry{Seq: b.Seq, Stamp: Stamp{Wall: b.Wall, Mono: b.Mono, Trust: b.Trust}, Kind: b.Kind, Key: b.Key, Prev: b.Prev,
			Body: b.Body, Private: e.Private})
	}
	return was, len(was) > 0
}
