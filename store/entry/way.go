package entry

// The ways in which an order, a deposit or a refund is paid, as bodies have them;
// empty is a payment code that we scanned, or a network's own way back.
const (
	ByQR   = "qr" // our code, which the payer scans
	ByCash = "cash"
	ByCard = "card" // a bank card, on a terminal of its own
)

// ByClerk is why something was cancelled, or an attempt given up: a person at the
// lane wanted it so.
const ByClerk = "clerk"
