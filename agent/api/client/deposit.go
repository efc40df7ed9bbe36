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
	Screen
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
	Deposits []Deposit `json:"deposits"`
	Before   int64     `json:"before"`
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
	// Approval is a supervisor's yes to what goes back to the guest, where the sum takes one.
	Approval *Approval `json:"approval,omitempty"`
}

// DepositQuery says which deposits are looked for; empty fields let all through.
type DepositQuery struct {
	Number string // its own, a move's, or the wallet's voucher
	Room   string
	Wallet string
	Amount money.Fen
	Open   bool // of which something is held, or may be
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
	if q.Before > 0 {
		ask.Set("before", strconv.FormatInt(q.Before, 10))
	}
	return all, c.do(ctx, http.MethodGet, "/deposits?"+ask.Encode(), "", nil, &all)
}

// Rests waits until nobody has to wait for a deposit any more. Leaving ends nothing.
func (c *Client) Rests(ctx context.Context, d Deposit, each func(Deposit)) (Deposit, error) {
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
