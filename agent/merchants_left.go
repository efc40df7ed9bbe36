package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"tillgate/store"
	"tillgate/store/entry"
)

// owner is a merchant as the journal has it.
type owner struct {
	Merchant string `json:"merchant"`
	Network  string `json:"network"`
	Account  string `json:"account,omitempty"` // a mark of its account, as in entry.AskedBody
}

// left is what is not final at a merchant. Only its own network can say what
// became of it, so the config must go on naming the merchant.
type left struct {
	owner
	Orders   int `json:"orders"`
	Refunds  int `json:"refunds"`
	Deposits int `json:"deposits"`
}

// leftIn counts what is not final in a journal, by merchant.
func leftIn(ctx context.Context, s *store.Store) (all []left, err error) {
	counts := map[owner]left{}
	err = s.Unfinished(ctx, func(_ entry.Seq, entries []entry.Entry) error {
		kind := entries[0].Kind
		for o := range ownersIn(entries) {
			l := counts[o]
			l.owner = o
			switch kind {
			case entry.RefundAsked, entry.RefundInherited:
				l.Refunds++
			case entry.HoldAsked, entry.HoldInherited, entry.HoldAdopted:
				l.Deposits++
			default:
				l.Orders++
			}
			counts[o] = l
		}
		return nil
	})
	for _, l := range counts {
		all = append(all, l)
	}
	slices.SortFunc(all, func(a, b left) int {
		return cmp.Or(cmp.Compare(a.Merchant, b.Merchant), cmp.Compare(a.Network, b.Network), cmp.Compare(a.Account, b.Account))
	})
	return all, err
}

// ownersIn are the merchants that an object has something open at.
func ownersIn(entries []entry.Entry) map[owner]bool {
	open := map[string]owner{} // by the number of an attempt; a refund or a deposit is alone in its object
	for _, e := range entries {
		switch e.Kind {
		case entry.Asked:
			b := entry.Must[entry.AskedBody](e)
			open[b.Number] = owner{b.Merchant, b.Network, b.Account}
		case entry.Inherited:
			b := entry.Must[entry.InheritedBody](e)
			open[b.Number] = owner{b.Merchant, b.Network, b.Account}
		case entry.Settled:
			delete(open, entry.Must[entry.SettledBody](e).Number)
		case entry.Ended:
			delete(open, entry.Must[entry.EndedBody](e).Number)
		case entry.Frozen:
			delete(open, entry.Must[entry.FrozenBody](e).Number)
		case entry.RefundAsked:
			b := entry.Must[entry.RefundAskedBody](e)
			open[""] = owner{b.Merchant, b.Network, b.Account}
		case entry.RefundInherited:
			b := entry.Must[entry.RefundInheritedBody](e)
			open[""] = owner{b.Merchant, b.Network, b.Account}
		case entry.RefundDone, entry.RefundRefused:
			delete(open, "")
		case entry.HoldAsked: // open while something of it is held: until nothing is left to do
			b := entry.Must[entry.HoldAskedBody](e)
			open[""] = owner{b.Merchant, b.Network, b.Account}
		case entry.HoldInherited, entry.HoldAdopted:
			b := entry.Must[entry.HoldInheritedBody](e)
			open[""] = owner{b.Merchant, b.Network, b.Account}
		case entry.HoldEnded:
			delete(open, "")
		}
	}
	owners := map[owner]bool{}
	for _, o := range open {
		if o.Merchant != "" { // what was booked by hand has none
			owners[o] = true
		}
	}
	return owners
}

// checkLeft refuses a config that has lost a merchant with something not final,
// or has another account under its name. What an older version has written does
// not name its account.
func (c *config) checkLeft(all []left) error {
	problems := &configProblems{file: c.File}
	for _, l := range all {
		switch m := c.merchant(l.Merchant); {
		case m == nil:
			problems.add(0, "merchant %q of network %s is not in this file, and %s", l.Merchant, l.Network, l.waits())
		case m.Network != l.Network:
			problems.add(m.line("network"), "[[merchant]] %s: its network was %s, and %s", m.Name, l.Network, l.waits())
		case l.Account != "" && m.account() != l.Account:
			problems.add(m.header, "[[merchant]] %s: it was another account (one of %s was different), and %s; the new account can stand beside it under a name of its own",
				m.Name, commaList(accountKeys[m.Network]), l.waits())
		}
	}
	if len(problems.list) > 0 {
		problems.sort()
		return problems
	}
	return nil
}

// waits says what there is, and what to do.
func (l left) waits() string {
	var what []string
	for _, one := range []struct {
		n         int
		one, many string
	}{{l.Orders, "order", "orders"}, {l.Refunds, "refund", "refunds"}, {l.Deposits, "deposit", "deposits"}} {
		switch {
		case one.n == 1:
			what = append(what, "1 "+one.one)
		case one.n > 1:
			what = append(what, fmt.Sprintf("%d %s", one.n, one.many))
		}
	}
	verb := "are"
	if l.Orders+l.Refunds+l.Deposits == 1 {
		verb = "is"
	}
	return fmt.Sprintf("%s of it %s not final; put it back as it was, let the agent run until they are, and take it out then", strings.Join(what, " and "), verb)
}

// checkLeft refuses to start without a merchant that something still waits for.
func (a *agent) checkLeft(ctx context.Context) error {
	all, err := leftIn(ctx, a.store)
	if err != nil {
		return err
	}
	if err := a.cfg.checkLeft(all); err != nil {
		return usage(err)
	}
	return nil
}

// answerLeft tells a command what is not final.
func answerLeft(w http.ResponseWriter, r *http.Request, s *store.Store) {
	all, err := leftIn(r.Context(), s)
	if err != nil {
		http.Error(w, "the journal cannot be read", http.StatusInternalServerError)
		return
	}
	json.NewEncoder(w).Encode(all) //nolint:errcheck // whoever went away needs no answer
}

// readLeft asks the running agent, or opens the journal when none runs. There is
// none before the first start.
func readLeft(ctx context.Context, cfg *config) (all []left, err error) {
	body, err := ask(ctx, cfg.Terminal.Run, "/left")
	switch {
	case err == nil:
		defer body.Close()
		return all, json.NewDecoder(body).Decode(&all)
	case !errors.Is(err, errNoAgent):
		return nil, err
	}
	s, err := openIdle(ctx, cfg)
	switch {
	case errors.Is(err, errNoJournal):
		return nil, nil
	case err != nil:
		return nil, err
	}
	all, err = leftIn(ctx, s)
	return all, errors.Join(err, s.Close())
}
