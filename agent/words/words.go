// Package words turns state into what people read and hear: screens, slips,
// phrases, error texts. There is one catalogue, in Chinese and English, and no
// other place in the program has a sentence for a customer or a clerk. It is not for
// deciding anything, and it knows neither devices nor networks.
package words

import (
	"fmt"
	"strings"
	"time"

	"tillgate/store/money"
)

// Lang is a language that customers are spoken to in.
type Lang int

// The languages. Slips and customer screens show both.
const (
	Zh Lang = iota
	En
)

// Key names a text of the catalogue.
type Key string

// Passing lines: they say why something that was just tried was not done.
const (
	TellPaidAlready Key = "paid-already"
	TellFrozen      Key = "frozen"
	TellGoingBack   Key = "going-back"
	TellBusy        Key = "busy"
	TellNoAmount    Key = "no-amount"
	TellNotACode    Key = "not-a-code"
	TellShopBarcode Key = "shop-barcode"
	TellCollection  Key = "collection-code"
	TellOurSlip     Key = "our-slip"
	TellOtherSlip   Key = "other-slip"
	TellNoWallet    Key = "no-wallet"
	TellCodeUsed    Key = "code-used"
	TellFull        Key = "full"
	TellUnbooked    Key = "unbooked"
	TellAmountZero  Key = "amount-zero"
	TellAmountHigh  Key = "amount-high"
	TellTooBusy     Key = "too-busy" // what it was about kept changing: nothing was done
	TellLastOpen    Key = "last-open"

	TellCashLow        Key = "cash-low"          // less was given than is owed
	TellOneMoment      Key = "one-moment"        // the QR code is closed before the scanned code is charged
	TellNoQR           Key = "no-qr"             // no network of the lane can show one now
	TellQRRefreshed    Key = "qr-refreshed"      // the old one expired
	TellReprinted      Key = "reprinted"         // a slip was asked for again
	TellNoReprint      Key = "no-reprint"        // there is no settled order of that key
	TellSecondReturned Key = "second-returned"   // what was paid twice goes back
	TellNotForTender   Key = "not-for-this-lane" // the lane does not take cash, or cards
)

// Phase is where an order stands, as people see it.
type Phase string

// The phases.
const (
	Idle           Phase = "idle"
	Ready          Phase = "ready"
	Asking         Phase = "asking"
	Password       Phase = "password"
	Checking       Phase = "checking"
	GoingBack      Phase = "going-back"
	PaidOrder      Phase = "paid"
	Refused        Phase = "refused"
	GivenBack      Phase = "given-back"
	CancelledOrder Phase = "cancelled"
	FrozenOrder    Phase = "frozen"
	Unbooked       Phase = "unbooked"
	ScanUs         Phase = "scan-us"    // our QR code is shown, nobody has paid yet
	OneMoment      Phase = "one-moment" // the QR code is being closed, then the scanned code is charged
)

// Over tells whether a payer has nothing more to wait for.
func (p Phase) Over() bool { return p == PaidOrder || p == CancelledOrder || p == Idle }

// Phases are all phases, in the order in which an order may meet them.
func Phases() []Phase {
	return []Phase{
		Idle, Ready, ScanUs, OneMoment, Asking, Password, Checking, GoingBack,
		PaidOrder, Refused, GivenBack, CancelledOrder, FrozenOrder, Unbooked,
	}
}

// Order is what a screen or page shows of an order.
type Order struct {
	Phase   Phase     `json:"phase"`
	Lane    string    `json:"lane"`
	Title   string    `json:"title,omitempty"`
	Amount  money.Fen `json:"amount"` // fen
	Number  string    `json:"number,omitempty"`
	Network string    `json:"network,omitempty"`
	Code    string    `json:"code,omitempty"`    // the network's, for the technician
	Text    string    `json:"text,omitempty"`    // the network's words for the payer
	Trouble []string  `json:"trouble,omitempty"` // outputs that did not happen, in English
	Key     int64     `json:"key,omitempty"`     // the order's key in the journal, 0 for a draft
	Tender  Tender    `json:"tender,omitempty"`  // how it is being paid, or was
	QR      []QR      `json:"qr,omitempty"`      // what the payer's phone may scan now
	Deposit money.Fen `json:"deposit,omitempty"` // that is taken in the same visit, fen
	Given   money.Fen `json:"given,omitempty"`   // cash handed over, fen
	Change  money.Fen `json:"change,omitempty"`  // cash to give back, fen
	// Turn counts the orders that stood in front of the lane in this life of the
	// agent, drafts included: an action for an order of another turn is refused.
	Turn int `json:"turn,omitempty"`
}

// Tender is how an order is paid.
type Tender string

// The tenders. Cash and Card never leave the device: they are the clerk's word.
const (
	ByCode Tender = "code" // the payer's payment code, scanned by us
	ByQR   Tender = "qr"   // our QR code, scanned by the payer
	ByCash Tender = "cash"
	ByCard Tender = "card" // a bank card, through a terminal of its own
)

// QR is a code that a phone scans to pay. Link is what is in it; Until is the
// boot clock's millisecond at which it is taken off the screen.
type QR struct {
	Merchant string   `json:"merchant"` // its name in the config
	Network  string   `json:"network"`
	Wallets  []string `json:"wallets,omitempty"` // whose phones can pay it, where that is not the network's own wallet alone
	Link     string   `json:"link"`
	Until    int64    `json:"until"`
}

// Payers are the names of the wallets whose phones can pay a code.
func (q QR) Payers(lang Lang) string {
	if len(q.Wallets) == 0 {
		return Network(q.Network, lang)
	}
	names := make([]string, len(q.Wallets))
	for i, wallet := range q.Wallets {
		names[i] = Network(wallet, lang)
	}
	return strings.Join(names, " / ")
}

// Receipt is what a slip and a phrase are made of.
type Receipt struct {
	Site          string
	Lane          string
	Title         string
	Number        string
	Network       string
	NetworkNumber string
	Wallet        string // whose money it was, where the network takes several wallets'
	Amount        money.Fen
	Beside        money.Fen // a deposit that is taken in the same visit; 0: none
	Given, Change money.Fen // of cash, fen
	At            time.Time
	Copy          int // above 0: a reprint

	Declined string // a network's code: what is said of it, and nothing is printed

	// Of a refund; Number and Amount are then its order's.
	Refund string    // its number; empty: it is none
	Back   money.Fen // what goes back
	Total  money.Fen // what of the order has gone back with it; 0: not known
	Reason string
	By     string // who asked for it

	// Of a deposit, as it was at the act; Number and NetworkNumber are then the deposit's.
	Act     DepositAct // empty: it is none
	Deposit *Deposit   // its Move is the capture or release
}

// Screen is the three things that a screen always says.
type Screen struct {
	What  string `json:"what"`  // what happened
	Do    string `json:"do"`    // what to do
	Money string `json:"money"` // is my money safe
}

// Say is the text of a key; a key without one is shown as it is.
func Say(key Key, lang Lang) string {
	if text, ok := lines[key]; ok {
		return text[lang]
	}
	if text, ok := labels[key]; ok {
		return text[lang]
	}
	return string(key)
}

// Show is what a screen says of an order.
func Show(o Order, lang Lang) Screen {
	t, ok := screens[o.Phase]
	if !ok {
		t = screens[Checking]
	}
	s := Screen{What: t[lang][0], Do: t[lang][1], Money: t[lang][2]}
	if o.Phase == Refused {
		refusal := Refusal(o.Network, o.Code, lang)
		s.What, s.Do = refusal[0], refusal[1]
	}
	if own, ok := settled[o.Tender]; ok && o.Phase == PaidOrder {
		s.What = own[lang][0]
		if o.Change > 0 {
			s.Do = fmt.Sprintf(own[lang][1], o.Change)
		}
	}
	return s
}

// ShowStaff is what a cashier's page says of an order: the payer's words, so that
// both speak of the same, but for what only one of them has to do or to know.
func ShowStaff(o Order, lang Lang) Screen {
	s := Show(o, lang)
	if t, ok := forStaff[o.Phase]; ok {
		s = Screen{What: t[lang][0], Do: t[lang][1], Money: t[lang][2]}
	}
	return forCashier(o, s, lang)
}
