package client

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"tillgate/store/money"
)

// Deposit is a deposit as it stands: held is captured, released and left.
type Deposit struct {
	Key      int64        `json:"key"`              // in the terminal's journal; 0 of one that waits for the guest's code
	Number   string       `json:"number,omitempty"` // as its slips have it
	Lane     string       `json:"lane"`             // that follows it
	Room     string       `json:"room,omitempty"`
	Title    string       `json:"title,omitempty"`
	Ref      string       `json:"ref,omitempty"` // the caller's own number
	State    string       `json:"state"`         // "ready", "asking", "checking", "held", "moving", "settled", …
	Final    bool         `json:"final"`         // nobody has to wait for it now; what is held can move later
	Network  string       `json:"network,omitempty"`
	Wallet   string       `json:"wallet,omitempty"`
	Voucher  string       `json:"voucher,omitempty"` // the network's number, as the guest's wallet shows it
	Amount   money.Fen    `json:"amount_fen"`
	Held     money.Fen    `json:"held_fen"`
	Captured money.Fen    `json:"captured_fen"`
	Released money.Fen    `json:"released_fen"`
	Left     money.Fen    `json:"left_fen"`
	Expires  time.Time    `json:"expires,omitzero"` // by the network's clock; absent where it does not say
	Differs  bool         `json:"differs"`          // the network's totals were not ours, and count
	QR       []QR         `json:"qr,omitempty"`
	Move     *DepositMove `json:"move,omitempty"` // the newest capture or release
	Can      DepositCan   `json:"can"`
	Site     *DepositSite `json:"site,omitempty"`    // of one that was taken over from another terminal
	Refunds  []Refund     `json:"refunds,omitempty"` // of what was captured
	Origin   *Origin      `json:"books,omitempty"`   // of a list
	Screen
}

// DepositSite is how a deposit stood at another terminal when it was taken over from
// there, and what its network said then.
type DepositSite struct {
	From        string    `json:"from"`
	Lane        string    `json:"lane,omitempty"`
	Captured    money.Fen `json:"captured_fen"`
	Released    money.Fen `json:"released_fen"`
	NetCaptured money.Fen `json:"network_captured_fen"` // which counts
	NetReleased money.Fen `json:"network_released_fen"`
	Differs     bool      `json:"differs"`
}

// Origin is what another terminal of the site has to know of a deposit to ask its
// network about it, and how many numbers of moves are used.
type Origin struct {
	Merchant string    `json:"merchant"`
	Account  string    `json:"account,omitempty"` // a mark of the account that it is in
	Asked    time.Time `json:"asked"`
	Trust    int       `json:"trust"`        // of that time
	QR       bool      `json:"qr,omitempty"` // it was taken by a code that was shown
	Captures int       `json:"captures"`
	Releases int       `json:"releases"`
	Taker    int       `json:"taker,omitempty"` // which of those that took it over this terminal is, from 1; 0: it took the deposit itself
	Busy     bool      `json:"busy,omitempty"`  // a move has no final word, or nobody knows whether it is held: nobody takes it over now
	By       string    `json:"by,omitempty"`
}

// Elsewhere is a deposit of another terminal of the site, as that one has it.
type Elsewhere struct {
	From     string    `json:"from"`
	Lane     string    `json:"lane"`
	Number   string    `json:"number"`
	Network  string    `json:"network"`
	Room     string    `json:"room,omitempty"`
	Amount   money.Fen `json:"amount_fen"`
	Captured money.Fen `json:"captured_fen"`
	Released money.Fen `json:"released_fen"`
	Busy     bool      `json:"busy,omitempty"` // something is under way there: it can be taken over once that has ended
}

// DepositMove is a capture or a release.
type DepositMove struct {
	What   string    `json:"what"` // "capture" or "release"
	Number string    `json:"number"`
	Amount money.Fen `json:"amount_fen"`
	Rest   money.Fen `json:"rest_fen"` // of a capture: what went back with it
	State  string    `json:"state"`    // "asking", "accepted", "stuck", "done" or "refused"
	Screen
}

// DepositCan is what may be done with a deposit now.
type DepositCan struct {
	Capture  bool `json:"capture"`
	Release  bool `json:"release"`
	Part     bool `json:"part"`      // a part may be released while the rest stays held
	RestGoes bool `json:"rest_goes"` // a capture is final: the rest goes back with it
}

// DepositAnswer is a deposit, with a passing line of its lane where there was one.
type DepositAnswer struct {
	Deposit Deposit `json:"deposit"`
	Tell    *Line   `json:"tell,omitempty"`
}

// Deposits are some, newest first. Before asks for the next page; 0: there is none.
type Deposits struct {
	Deposits  []Deposit  `json:"deposits"`
	Before    int64      `json:"before"`
	Elsewhere *Elsewhere `json:"elsewhere,omitempty"` // another terminal has it: it can be taken over
}

// Hold is a deposit that is asked for. With neither a code nor QR the lane waits
// for the guest's payment code.
type Hold struct {
	Lane   string    `json:"lane"`
	Amount money.Fen `json:"amount_fen"`
	Room   string    `json:"room,omitempty"`
	Title  string    `json:"title,omitempty"`
	Ref    string    `json:"ref,omitempty"`
	QR     bool      `json:"qr,omitempty"`    // show a code for the guest's phone
	Code   string    `json:"code,omitempty"`  // the guest's payment code, where it has been scanned already
	Staff  string    `json:"staff,omitempty"` // who at the desk asks for it, by name; it gives them no right
}

// Move is what is to be captured or released.
type Move struct {
	Lane   string    `json:"lane,omitempty"` // where; empty: the deposit's, or where that lane has gone one that takes deposits
	Amount money.Fen `json:"amount_fen"`     // 0 of a release: all that is left
	Last   bool      `json:"last,omitempty"` // of a capture: what is left goes back with it
	Reason string    `json:"reason"`         // 40 characters at most; slip and journal have it
	Staff  string    `json:"staff,omitempty"`
	// Approval is a supervisor's, of what goes back to the guest, where the sum takes one.
	Approval *Approval `json:"approval,omitempty"`
}

// ReprintDeposit has the slip of what was done last about a deposit printed again,
// marked as a reprint.
func (c *Client) ReprintDeposit(ctx context.Context, key string, deposit int64) (a DepositAnswer, err error) {
	return a, c.do(ctx, http.MethodPost, depositPath(deposit)+"/reprint", key, Act{}, &a)
}

// TakeOver is a deposit of another terminal with which a lane is to go on.
type TakeOver struct {
	Lane   string `json:"lane"`
	Number string `json:"number"` // its own, a move's, or the wallet's voucher
	Staff  string `json:"staff,omitempty"`
}

// DepositCancel is a deposit that is not held yet and is given up.
type DepositCancel struct {
	Lane    string `json:"lane"`
	Deposit int64  `json:"deposit,omitempty"` // 0: the one that waits for the guest's code
	Staff   string `json:"staff,omitempty"`
}

// DepositRefund is what is to go back of what was captured.
type DepositRefund struct {
	Amount  money.Fen `json:"amount_fen"`
	Capture string    `json:"capture,omitempty"` // the capture's number; empty: the newest with something left
	Reason  string    `json:"reason"`
	Staff   string    `json:"staff,omitempty"`
	// Approval is a supervisor's, where the sum takes one.
	Approval *Approval `json:"approval,omitempty"`
}

// DepositQuery says which deposits are looked for; empty fields let all through.
type DepositQuery struct {
	Number string // its own, a move's, or the wallet's voucher
	Room   string
	Wallet string
	Amount money.Fen
	Open   bool // of which something is held, or may be
	Site   bool // where this terminal has none with the number, the site's others are asked
	Before int64
}

// Hold asks for a deposit. A repeat with the same key is the same deposit.
func (c *Client) Hold(ctx context.Context, key string, h Hold) (a DepositAnswer, err error) {
	return a, c.do(ctx, http.MethodPost, "/deposits", key, h, &a)
}

// Capture takes money of a deposit for the merchant.
func (c *Client) Capture(ctx context.Context, key string, deposit int64, m Move) (a DepositAnswer, err error) {
	return a, c.do(ctx, http.MethodPost, depositPath(deposit)+"/capture", key, m, &a)
}

// Release gives money of a deposit back to the guest.
func (c *Client) Release(ctx context.Context, key string, deposit int64, m Move) (a DepositAnswer, err error) {
	return a, c.do(ctx, http.MethodPost, depositPath(deposit)+"/release", key, m, &a)
}

// TakeOver has a lane go on with another terminal's deposit. It waits for the network.
func (c *Client) TakeOver(ctx context.Context, key string, t TakeOver) (a DepositAnswer, err error) {
	return a, c.do(ctx, http.MethodPost, "/deposits/take-over", key, t, &a)
}

// CancelDeposit gives up a deposit that is not held yet.
func (c *Client) CancelDeposit(ctx context.Context, key string, d DepositCancel) (a DepositAnswer, err error) {
	return a, c.do(ctx, http.MethodPost, "/deposits/cancel", key, d, &a)
}

// RefundDeposit gives back what was captured, or a part of it.
func (c *Client) RefundDeposit(ctx context.Context, key string, deposit int64, r DepositRefund) (a DepositAnswer, err error) {
	return a, c.do(ctx, http.MethodPost, depositPath(deposit)+"/refund", key, r, &a)
}

// Deposit is a deposit as it stands.
func (c *Client) Deposit(ctx context.Context, key int64) (a DepositAnswer, err error) {
	return a, c.do(ctx, http.MethodGet, depositPath(key), "", nil, &a)
}

// Deposits are those that a query wants, newest first.
func (c *Client) Deposits(ctx context.Context, q DepositQuery) (all Deposits, err error) {
	ask := url.Values{}
	for name, value := range map[string]string{"number": q.Number, "room": q.Room, "wallet": q.Wallet} {
		if value != "" {
			ask.Set(name, value)
		}
	}
	if q.Amount > 0 {
		ask.Set("amount_fen", strconv.FormatInt(int64(q.Amount), 10))
	}
	if q.Open {
		ask.Set("open", "true")
	}
	if q.Site {
		ask.Set("site", "true")
	}
	if q.Before > 0 {
		ask.Set("before", strconv.FormatInt(q.Before, 10))
	}
	return all, c.do(ctx, http.MethodGet, "/deposits?"+ask.Encode(), "", nil, &all)
}

// WaitDepositFinal waits until nobody has to wait for a deposit any more. Leaving ends nothing.
func (c *Client) WaitDepositFinal(ctx context.Context, d Deposit, each func(Deposit)) (Deposit, error) {
	for !d.Final {
		var a DepositAnswer
		path := fmt.Sprintf("%s?wait=%s&state=%s", depositPath(d.Key), waitFor, url.QueryEscape(d.State))
		if err := c.do(ctx, http.MethodGet, path, "", nil, &a); err != nil {
			return d, err
		}
		if a.Deposit.State != d.State {
			each(a.Deposit)
		}
		d = a.Deposit
	}
	return d, nil
}

func depositPath(key int64) string { return "/deposits/" + strconv.FormatInt(key, 10) }
