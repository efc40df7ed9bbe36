// Package printer is what goes on paper: a slip is data, Layout turns it into
// lines of text for a width of paper, and a Printer prints it. It is not for
// deciding what a slip says, which is the catalogue's, nor for printers' bytes,
// which are escpos's, and it never sees an order.
package printer

import (
	"context"
	"errors"

	"tillgate/store/money"
)

// ErrNotStarted is wrapped by Print when certainly nothing of the slip came
// out: no byte of it left this host. After any other error the slip has perhaps
// been printed, in part or in full, and printing it again is a reprint.
var ErrNotStarted = errors.New("nothing was printed")

// Printer prints slips. Print returns nil when the slip is out, as far as the
// printer can tell; an error that wraps ErrNotStarted says that it is not, and
// any other that nobody knows.
type Printer interface {
	Print(ctx context.Context, slip Slip) error
}

// Readier is a printer that can be asked whether it could print now, without
// printing. An error says why it could not.
type Readier interface {
	Ready(ctx context.Context) error
}

// Slip is everything that one slip says, ready made and in the customer's
// languages. An empty field takes no room. Texts may hold line breaks; what a
// Chinese printer has no character for is printed as a question mark, and
// control characters never reach it.
type Slip struct {
	ID      string   // names the job in errors, as in "order 8123"; it is not printed
	Mark    string   // white on black above all else, as in "补打 REPRINT"
	Title   string   // double size
	Lead    []string // centred beneath the title: place, lane
	Items   []Item   // names at the left, values at the right
	Total   Item     // large; its amount gets a currency sign
	More    []Item   // beneath the total, as Items
	Lines   []string // at the left, beneath the total
	Barcode string   // digits, as Code 128 with the digits beneath
	QRText  string   // centred above the QR code
	QR      string   // the text inside the QR code
	Foot    string   // centred, last
	Cut     bool     // cut the paper where the printer can; it is fed past the edge in any case
}

// Item is a row of a slip. An item that is empty altogether is a rule.
type Item struct {
	Name   string
	Value  string    // printed when it is not empty,
	Amount money.Fen // and this otherwise; fen
}
