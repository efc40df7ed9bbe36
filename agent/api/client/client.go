package client

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	tries      = 4                      // of a request that got no answer
	again      = 200 * time.Millisecond // before the second try, doubling
	waitFor    = 25 * time.Second       // of one long poll
	replyBytes = 4 << 20
)

// Client asks one terminal.
type Client struct {
	base  string
	token string
	http  *http.Client
}

// New makes a client of the API at an address such as "http://127.0.0.1:8080".
func New(address, token string) *Client {
	return &Client{base: strings.TrimSuffix(address, "/") + "/api/v1", token: token, http: &http.Client{Timeout: waitFor + 15*time.Second}}
}

// NewTLS makes a client of a terminal whose API is served over TLS; trust says
// whose certificates are believed.
func NewTLS(address, token string, trust *tls.Config) *Client {
	c := New(address, token)
	c.http.Transport = &http.Transport{TLSClientConfig: trust}
	return c
}

// Sell puts an order in front of a lane. A repeat with the same key answers the
// same order; the key belongs to the caller's own till number, not to a try.
func (c *Client) Sell(ctx context.Context, key string, sale Sale) (a Answer, err error) {
	return a, c.do(ctx, http.MethodPost, "/sales", key, sale, &a)
}

// Act does something with an order: "code", "qr", "cash", "card", "cancel" or "reprint".
func (c *Client) Act(ctx context.Context, key string, order int64, verb string, act Act) (a Answer, err error) {
	return a, c.do(ctx, http.MethodPost, "/orders/"+strconv.FormatInt(order, 10)+"/"+verb, key, act, &a)
}

// Refund gives money back. That it was taken on is not that it has gone: the
// order's refunds tell.
func (c *Client) Refund(ctx context.Context, key string, back RefundRequest) (a Answer, err error) {
	return a, c.do(ctx, http.MethodPost, "/refunds", key, back, &a)
}

// Display has a lane's customer display show a text while no order is in front of it.
func (c *Client) Display(ctx context.Context, key string, n Notice) (t Told, err error) {
	return t, c.do(ctx, http.MethodPost, "/display", key, n, &t)
}

// Print has a lane print a slip of one's own.
func (c *Client) Print(ctx context.Context, key string, s Slip) (t Told, err error) {
	return t, c.do(ctx, http.MethodPost, "/print", key, s, &t)
}

// Speak has a lane say a phrase.
func (c *Client) Speak(ctx context.Context, key string, p Phrase) (t Told, err error) {
	return t, c.do(ctx, http.MethodPost, "/speak", key, p, &t)
}

// OnDuty is who is on duty now.
func (c *Client) OnDuty(ctx context.Context) (s Shifts, err error) {
	return s, c.do(ctx, http.MethodGet, "/shifts/current", "", nil, &s)
}

// Shifts is a page of shifts, newest first; before is 0 for the first page.
func (c *Client) Shifts(ctx context.Context, before int64, limit int) (s Shifts, err error) {
	return s, c.do(ctx, http.MethodGet, fmt.Sprintf("/shifts?before=%d&limit=%d", before, limit), "", nil, &s)
}

// Shift are the figures of one.
func (c *Client) Shift(ctx context.Context, key int64) (f ShiftFigures, err error) {
	return f, c.do(ctx, http.MethodGet, "/shifts/"+strconv.FormatInt(key, 10), "", nil, &f)
}

// Report counts what was sold and given back.
func (c *Client) Report(ctx context.Context, q ReportQuery) (r Report, err error) {
	return r, c.do(ctx, http.MethodGet, q.path("json"), "", nil, &r)
}

// ReportFile writes a report as CSV; that it leaves is in the terminal's journal.
func (c *Client) ReportFile(ctx context.Context, q ReportQuery, to io.Writer) error {
	return c.do(ctx, http.MethodGet, q.path("csv"), "", nil, to)
}

// path is the address of a report.
func (q ReportQuery) path(format string) string {
	ask := url.Values{"format": {format}}
	for name, value := range map[string]string{"by": strings.Join(q.By, ","), "from": q.From, "to": q.To, "lane": q.Lane, "clerk": q.Clerk, "wallet": q.Wallet} {
		if value != "" {
			ask.Set(name, value)
		}
	}
	if q.Details {
		ask.Set("what", "details")
	}
	return "/reports?" + ask.Encode()
}

// Order is an order as it stands.
func (c *Client) Order(ctx context.Context, key int64) (a Answer, err error) {
	return a, c.do(ctx, http.MethodGet, "/orders/"+strconv.FormatInt(key, 10), "", nil, &a)
}

// Find is the order with a number, as slips and networks have it.
func (c *Client) Find(ctx context.Context, number string) (o Order, err error) {
	var all Orders
	if err := c.do(ctx, http.MethodGet, "/orders?number="+url.QueryEscape(number), "", nil, &all); err != nil {
		return o, err
	}
	if len(all.Orders) == 0 {
		return o, fmt.Errorf("find order %s: the answer has none", number)
	}
	return all.Orders[0], nil
}

// Orders is a page of orders, newest first; before is 0 for the first page.
func (c *Client) Orders(ctx context.Context, before int64, limit int) (all Orders, err error) {
	return all, c.do(ctx, http.MethodGet, fmt.Sprintf("/orders?before=%d&limit=%d", before, limit), "", nil, &all)
}

// WaitState waits until an order's state is another than the one given, or for
// 25 seconds, and answers how it stands.
func (c *Client) WaitState(ctx context.Context, key int64, state string) (a Answer, err error) {
	path := fmt.Sprintf("/orders/%d?wait=%s&state=%s", key, waitFor, url.QueryEscape(state))
	return a, c.do(ctx, http.MethodGet, path, "", nil, &a)
}

// WaitChange waits until an order or one of its refunds is not as it was, or for 25
// seconds, and answers how it stands.
func (c *Client) WaitChange(ctx context.Context, was Order) (a Answer, err error) {
	path := fmt.Sprintf("/orders/%d?wait=%s&stands=%s", was.Key, waitFor, url.QueryEscape(was.Stands))
	return a, c.do(ctx, http.MethodGet, path, "", nil, &a)
}

// WaitFinal waits until nobody has to wait for an order any more. Leaving ends nothing.
func (c *Client) WaitFinal(ctx context.Context, o Order, each func(Order)) (Order, error) {
	for !o.Final {
		a, err := c.WaitState(ctx, o.Key, o.State)
		if err != nil {
			return o, err
		}
		if a.Order.State != o.State {
			each(a.Order)
		}
		o = a.Order
	}
	return o, nil
}

// do asks, and asks again with the same key where there was no answer: what is
// repeated is done once.
func (c *Client) do(ctx context.Context, method, path, key string, in, out any) error {
	var text []byte
	if in != nil {
		var err error
		if text, err = json.Marshal(in); err != nil {
			return err
		}
	}
	wait := again
	for try := 1; ; try++ {
		err := c.once(ctx, method, path, key, text, out)
		var p *Problem
		var part *cut
		known := errors.As(err, &part) || errors.As(err, &p) && p.Status != http.StatusServiceUnavailable && p.Status != http.StatusTooManyRequests
		if err == nil || known || try == tries || ctx.Err() != nil {
			return err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return err
		}
		wait *= 2
	}
}

// cut is a file of which a part has been written: asked for again it would follow
// on that.
type cut struct{ error }

func (c *cut) Error() string {
	return "the file broke off, and what there is of it is not whole: " + c.error.Error()
}

func (c *cut) Unwrap() error { return c.error }

func (c *Client) once(ctx context.Context, method, path, key string, text []byte, out any) error {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
		req.Header.Set("Content-Type", "application/json")
	}
	reply, err := c.http.Do(req)
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("no agent listens there: start it with tillgate run, then ask again with the same key: %w", err)
	case err != nil:
		return fmt.Errorf("the terminal did not answer: %w", err)
	}
	defer reply.Body.Close()
	if to, ok := out.(io.Writer); ok && reply.StatusCode == http.StatusOK {
		if _, err := io.Copy(to, reply.Body); err != nil {
			return &cut{err}
		}
		return nil
	}
	body, err := io.ReadAll(io.LimitReader(reply.Body, replyBytes))
	if err != nil {
		return fmt.Errorf("the terminal's answer broke off: %w", err)
	}
	if reply.StatusCode >= http.StatusBadRequest {
		p := &Problem{Status: reply.StatusCode, Title: reply.Status}
		if json.Unmarshal(body, p) != nil {
			return fmt.Errorf("the terminal answered %s", reply.Status)
		}
		return p
	}
	if err := json.Unmarshal(body, out); err != nil {
		return fmt.Errorf("the terminal's answer cannot be read: %w", err)
	}
	return nil
}
