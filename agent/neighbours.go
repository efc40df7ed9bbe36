package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"tillgate/agent/api/client"
	"tillgate/agent/flow"
	"tillgate/store"
	"tillgate/store/entry"
)

// neighbourConfig is another terminal of the site, which is asked for deposits that
// this one has no record of, over its API. It names this terminal as an integrator
// with the right "read".
type neighbourConfig struct {
	place
	Name  string `key:"name" need:"what people call that terminal"`
	API   string `key:"api" need:"where it serves its API, such as \"https://till-2.example.com:8443\""`
	Token source `key:"token" need:"\"cred:NAME\" or \"file:/path\" of the token that its config has for this terminal"`
	CA    source `key:"ca" may:"\"file:/path\" of the root certificate to trust in place of the system's"`
}

// neighbourWithin is how long one may take to answer.
const neighbourWithin = 4 * time.Second

func (c configCheck) neighbours() {
	names, addresses := c.names("neighbour"), map[string]string{}
	for i := range c.Neighbours {
		n := &c.Neighbours[i]
		names.take(n.Name, n.line("name"))
		if n.API == "" {
			continue // complained about
		}
		at, err := url.Parse(n.API)
		if err != nil || at.Host == "" || at.User != nil || at.Path != "" && at.Path != "/" || at.RawQuery != "" || at.Scheme != "https" && (at.Scheme != "http" || !loopback(at.Hostname())) {
			c.problems.add(n.line("api"), "[[neighbour]] %s: api is not such an address; expected https://host:port, or on this machine http://127.0.0.1:port", n.Name)
			continue
		}
		if first, taken := addresses[at.Host]; taken {
			c.problems.add(n.line("api"), "[[neighbour]] %s: api is that of %q already", n.Name, first)
		}
		addresses[at.Host] = n.Name
	}
}

// abroad are the site's other agents, nil where the config names none.
func (c *config) abroad(networks *flow.Networks) (*flow.Abroad, error) {
	if len(c.Neighbours) == 0 {
		return nil, nil
	}
	var all neighbours
	for i := range c.Neighbours {
		n := &c.Neighbours[i]
		token, err := n.Token.load()
		if err != nil {
			return nil, err
		}
		trust, err := tlsConfig(n.CA)
		if err != nil {
			return nil, err
		}
		all = append(all, neighbour{n.Name, client.NewTLS(n.API, string(token), trust)})
	}
	return &flow.Abroad{Site: all, Networks: networks, Accounts: c.accounts(), Own: c.ownNumber}, nil
}

// neighbours are the site's other agents until the cloud tells of deposits: each is
// asked over its own API, every time anew.
type neighbours []neighbour

// neighbour is one of them.
type neighbour struct {
	name   string
	client *client.Client
}

var _ flow.Site = neighbours(nil)

// Find asks all of them at once. Where several have it, for one has taken it over
// from another, whoever took it first counts, with all the numbers that any has used, and with
// whatever is under way at any.
func (all neighbours) Find(ctx context.Context, name string) (found flow.Foreign, err error) {
	ctx, cancel := context.WithTimeout(ctx, neighbourWithin)
	defer cancel()
	type answer struct {
		client.Deposits
		from string
		err  error
	}
	heard := make(chan answer, len(all))
	for _, n := range all {
		go func() {
			deposits, err := n.client.Deposits(ctx, client.DepositQuery{Number: name})
			heard <- answer{deposits, n.name, err}
		}()
	}
	first := false // found is of whoever took it
	for range all {
		a := <-heard
		if a.err != nil {
			err = errors.Join(err, fmt.Errorf("ask %s: %w", a.from, a.err))
			continue
		}
		for _, d := range a.Deposits.Deposits {
			if d.Origin == nil || !entry.IsNumber(d.Number, "") {
				continue
			}
			f := foreignOf(d, a.from)
			captures, releases, takers, busy := max(f.Captures, found.Captures), max(f.Releases, found.Releases), max(f.Takers, found.Takers), f.Busy || found.Busy
			if found.Number == "" || !first && d.Site == nil {
				found, first = f, d.Site == nil
			}
			found.Captures, found.Releases, found.Takers, found.Busy = captures, releases, takers, busy
		}
	}
	switch {
	case found.Number != "":
		return found, nil
	case err != nil:
		return found, err
	}
	return found, fmt.Errorf("find deposit %s at the site's other terminals: %w", name, store.ErrNotFound)
}

// foreignOf is a neighbour's deposit.
func foreignOf(d client.Deposit, from string) flow.Foreign {
	b := d.Origin
	return flow.Foreign{From: from, Lane: d.Lane, Number: d.Number, Merchant: b.Merchant, Network: d.Network, Account: b.Account, Voucher: d.Voucher, QR: b.QR,
		Asked: entry.Stamp{Wall: b.Asked.UnixMilli(), Trust: entry.Trust(b.Trust)}, Amount: cmp.Or(d.Held, d.Amount), Captured: d.Captured, Released: d.Released,
		Captures: max(b.Captures, 0), Releases: max(b.Releases, 0), Takers: max(b.Taker, 0), Busy: b.Busy, Room: d.Room, Title: d.Title, Ref: d.Ref, By: b.By}
}
