package main

import (
	"maps"
	"slices"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"tillgate/agent/console"
	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

// health is what the newest call of each merchant said of its network.
type health struct {
	note func(from, text string) // tells a change

	mu       sync.Mutex
	networks map[string]console.Network // by merchant
}

func newHealth(cfg *config, note func(from, text string)) *health {
	h := &health{note: note, networks: map[string]console.Network{}}
	for i := range cfg.Merchants {
		m := &cfg.Merchants[i]
		h.networks[m.Name] = console.Network{Name: m.Name, Network: m.Network, State: console.Waiting}
	}
	return h
}

// answered takes the result of a call. A reply whose signature was verified has
// a Date; anything else is not the network's word.
func (h *health) answered(e flow.Effect, r pay.Result, now time.Time) {
	if r.Code == pay.CodeCancelled { // by us
		return
	}
	h.mu.Lock()
	n, known := h.networks[e.Attempt.Merchant]
	was := n.State
	switch {
	case !known:
		h.mu.Unlock()
		return
	case r.Date.IsZero():
		n.State, n.Text = console.Lost, r.Code
	default:
		n.State, n.Text, n.Heard = console.Up, "", now
	}
	h.networks[n.Name] = n
	h.mu.Unlock()
	switch {
	case n.State == was:
	case n.State == console.Lost:
		h.note(n.Name, "no answer of the payment network: "+n.Text)
	case was == console.Lost:
		h.note(n.Name, "the payment network answers again")
	}
}

// heard is when a merchant's network has said something that was verified; zero: never.
func (h *health) heard(merchant string) time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.networks[merchant].Heard
}

// all are the networks by merchant.
func (h *health) all() (all []console.Network) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(h.networks)) {
		all = append(all, h.networks[name])
	}
	return all
}

// status is what the technician's page shows beside devices and events.
func (a *agent) status() console.Status {
	s := console.Status{Version: version, Started: a.began, Networks: a.health.all(), Certificates: a.expiry.near()}
	c := a.clock.State()
	s.Clock = console.Clock{Now: c.Time, Off: c.Offset, From: c.From(), Trusted: c.Trust == entry.Trusted}
	if free, used, err := a.store.Room(); err == nil {
		quota := int64(a.cfg.Terminal.Quota)
		s.Disk = console.Disk{Free: min(free, max(quota-used, 0)), Full: free < int64(a.cfg.Terminal.Reserve) || used > quota}
	}
	var fs unix.Statfs_t
	if unix.Statfs(a.cfg.Terminal.Data, &fs) == nil {
		s.Disk.Size = int64(fs.Blocks) * int64(fs.Bsize)
	}
	if a.uplink != nil {
		up := a.uplink.State()
		d := cloudDevice(a.cfg.Cloud.Broker, up)
		s.Cloud = console.Cloud{State: d.State, Text: d.Text, Unsent: int64(up.Head - up.Acked)}
	}
	return s
}

// takes are the ways to pay on a lane.
func (a *agent) takes(lane string) []words.Tender {
	var ways []words.Tender
	for _, l := range a.lanes {
		if l.Name != lane {
			continue
		}
		if len(l.Route.Merchant) > 0 {
			ways = append(ways, words.ByCode)
		}
		if len(l.Route.QR) > 0 {
			ways = append(ways, words.ByQR)
		}
		if l.ByHand {
			ways = append(ways, words.ByCash, words.ByCard)
		}
	}
	return ways
}

// asksFull tells whether a lane's page has a field for what takes part in no discount.
func (a *agent) asksFull(lane string) bool {
	return slices.ContainsFunc(a.cfg.Lanes, func(l laneConfig) bool { return l.Name == lane && l.asksFull() })
}

// asksDeposit tells whether a lane's page has a field for a deposit beside the amount.
func (a *agent) asksDeposit(lane string) bool {
	return slices.ContainsFunc(a.cfg.Lanes, func(l laneConfig) bool { return l.Name == lane && l.asksDeposit() })
}
