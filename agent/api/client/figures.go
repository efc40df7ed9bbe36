package client

import "tillgate/store/money"

// Shift is somebody on duty, or who was.
type Shift struct {
	Key      int64    `json:"key"`
	Person   string   `json:"person"` // an id, which stays the same
	Name     string   `json:"name"`
	Lanes    []string `json:"lanes"` // empty: the whole store
	State    string   `json:"state"` // "on", "off" or "handed-over"
	From     string   `json:"from"`  // RFC 3339
	Until    string   `json:"until,omitempty"`
	Doubtful bool     `json:"doubtful,omitempty"` // a clock that was not trusted told one of the two
}

// Shifts is a page of shifts, newest first. Before asks for the next page; 0: there is none.
type Shifts struct {
	Shifts []Shift `json:"shifts"`
	Before int64   `json:"before"`
}

// ShiftFigures are what a shift's slip says: as it was handed over, or as it
// would be now.
type ShiftFigures struct {
	Shift   Shift       `json:"shift"`
	Total   Sum         `json:"total"`
	Wallets []WalletSum `json:"wallets"`
	Nobody  Sum         `json:"nobody"` // received on its lanes while nobody was on duty, before it
	Pending Pending     `json:"pending"`

	Deposits       DepositSums `json:"deposits"`
	NobodyDeposits DepositSums `json:"nobody_deposits"`
}

// DepositSums are what was done about deposits; what was captured is among the sales.
type DepositSums struct {
	Taken    Pending `json:"taken"`
	Captured Pending `json:"captured"`
	Released Pending `json:"released"`
	Held     Pending `json:"held"` // now; of a shift that was handed over, as it ended
}

// Sum is money: received is amount less discount less refunded.
type Sum struct {
	Sales    int64     `json:"sales"`
	Refunds  int64     `json:"refunds"`
	Amount   money.Fen `json:"amount_fen"`
	Discount money.Fen `json:"discount_fen"`
	Refunded money.Fen `json:"refunded_fen"`
	Received money.Fen `json:"received_fen"`
}

// WalletSum is the same of one way to pay.
type WalletSum struct {
	Wallet string `json:"wallet"`
	Sum
}

// Pending counts what is not final.
type Pending struct {
	Count  int64     `json:"count"`
	Amount money.Fen `json:"amount_fen"`
}

// ReportQuery is what a report is of. What is empty is everything; by and days
// have what the page shows first: by day, of the month so far.
type ReportQuery struct {
	By       []string // "store", "lane", "clerk", "wallet", "shift", "hour", "day", "month"
	From, To string   // days, "2026-11-24", both included
	Lane     string
	Clerk    string
	Wallet   string
	Details  bool // each sale and refund; only as CSV
}

// Report is a line for each combination of what it is made by.
type Report struct {
	By    []string     `json:"by"`
	From  string       `json:"from"`
	To    string       `json:"to"`
	Lines []ReportLine `json:"lines"`
	Total Figures      `json:"total"`
}

// ReportLine is a line of a report; Keys say of what, one for each By.
type ReportLine struct {
	Keys []string `json:"keys"`
	Figures
}

// Figures are the columns of a report; what is not final stands beside the money.
type Figures struct {
	Sales         int64       `json:"sales"`
	Amount        money.Fen   `json:"amount_fen"`
	Discount      money.Fen   `json:"discount_fen"`
	Settled       money.Fen   `json:"settled_fen"`
	Refunds       int64       `json:"refunds"`
	Refund        money.Fen   `json:"refund_fen"`
	RefundSettled money.Fen   `json:"refund_settled_fen"`
	Received      money.Fen   `json:"received_fen"`
	Unknown       Pending     `json:"unknown"`
	Open          Pending     `json:"open"`
	Frozen        Pending     `json:"frozen"`
	RefundUnknown Pending     `json:"refund_unknown"`
	RefundOpen    Pending     `json:"refund_open"`
	Deposits      DepositSums `json:"deposits"` // taken is captured, released and held together, over all time
	DepositOpen   Pending     `json:"deposit_open"`
	Untrusted     int64       `json:"untrusted"` // stand in a day or hour that an untrusted clock has told
}
