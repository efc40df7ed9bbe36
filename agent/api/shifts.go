package api

import (
	"cmp"
	"errors"
	"net/http"
	"time"

	"tillgate/agent/api/client"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
)

// getShifts answers a page of shifts, newest first.
func (a *api) getShifts(w http.ResponseWriter, r *http.Request, who *caller) error {
	before, limit, err := pageOf(r)
	if err != nil {
		return err
	}
	page := client.Shifts{Shifts: []client.Shift{}}
	for looked := 0; looked < readMax; {
		rows, err := a.Desk.Journal.Shifts(r.Context(), before, pageMax)
		switch {
		case err != nil:
			return err
		case len(rows) == 0:
			return answer(w, http.StatusOK, page)
		}
		for _, s := range rows {
			if len(page.Shifts) == limit {
				page.Before = int64(before)
				return answer(w, http.StatusOK, page)
			}
			before, looked = s.ID, looked+1
			if who.seesShift(s) {
				page.Shifts = append(page.Shifts, a.shift(s))
			}
		}
	}
	page.Before = int64(before)
	return answer(w, http.StatusOK, page)
}

// getOnDuty answers who is on duty now.
func (a *api) getOnDuty(w http.ResponseWriter, _ *http.Request, who *caller) error {
	page := client.Shifts{Shifts: []client.Shift{}}
	for _, s := range a.Desk.Journal.OnDuty() {
		if who.seesShift(s) {
			page.Shifts = append(page.Shifts, a.shift(s))
		}
	}
	return answer(w, http.StatusOK, page)
}

// getShift answers what a shift's slip says.
func (a *api) getShift(w http.ResponseWriter, r *http.Request, who *caller) error {
	key, err := keyOf(r)
	if err != nil {
		return &problem{reason: noShift}
	}
	s, err := a.Desk.Journal.Shift(r.Context(), key)
	switch {
	case errors.Is(err, store.ErrNotFound), err == nil && !who.seesShift(s):
		return &problem{reason: noShift}
	case err != nil:
		return err
	}
	slip, err := a.Desk.Figured(r.Context(), s)
	if err != nil {
		return err
	}
	out := client.ShiftFigures{Shift: a.shift(s), Total: sumOf(slip.Total), Nobody: sumOf(slip.Nobody), Wallets: []client.WalletSum{},
		Pending: client.Pending(slip.Pending), Deposits: depositsOf(slip.Total.Deposits), NobodyDeposits: depositsOf(slip.Nobody.Deposits)}
	for _, one := range slip.Wallets {
		out.Wallets = append(out.Wallets, client.WalletSum{Wallet: one.Wallet, Sum: sumOf(one.HandoverSum)})
	}
	return answer(w, http.StatusOK, out)
}

// seesShift tells whether all the lanes of a shift are the caller's.
func (c *caller) seesShift(s store.Shift) bool {
	lanes := s.Lanes()
	for _, lane := range lanes {
		if !c.sees(lane) {
			return false
		}
	}
	return len(lanes) > 0 || len(c.Lanes) == 0
}

func (a *api) shift(s store.Shift) client.Shift {
	p, _ := a.Desk.Roster.Person(s.Who)
	out := client.Shift{Key: int64(s.ID), Person: s.Who, Name: cmp.Or(p.Name, s.Who), Lanes: append([]string{}, s.Lanes()...), State: "on", From: timeOf(s.At), Doubtful: s.Trust != entry.Trusted}
	if s.Off != 0 {
		out.State, out.Until, out.Doubtful = "off", timeOf(s.OffAt), out.Doubtful || s.OffTrust != entry.Trusted
	}
	if s.Handed != 0 {
		out.State = "handed-over"
	}
	return out
}

// timeOf is a time as the API has it; ms is Unix.
func timeOf(ms int64) string { return words.China(time.UnixMilli(ms)).Format(time.RFC3339) }

func sumOf(s words.HandoverSum) client.Sum {
	return client.Sum{Sales: s.Sales, Refunds: s.Refunds, Amount: s.Amount, Discount: s.Discount, Refunded: s.Refunded, Received: s.Received}
}

func depositsOf(d words.HandoverDeposits) client.DepositSums {
	return client.DepositSums{Taken: client.Pending(d.Taken), Captured: client.Pending(d.Captured), Released: client.Pending(d.Released), Held: client.Pending(d.Held)}
}
