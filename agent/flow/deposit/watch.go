package deposit

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/store/entry"
)

// watch is plan's word for a look at the calendar and the totals.
const watch flow.Verb = "watch"

// planWatch is when what is held is looked at next. After a start all deposits of
// a device are looked at within a minute, one after the other.
func (d *Deposit) planWatch() (do flow.Verb, at int64) {
	switch {
	case d.busy != "":
		return "", 0
	case d.unbooked:
		return flow.QueryHold, d.heardAt + flow.Quiet.Milliseconds()
	case d.behind > 0:
		return flow.QueryHold, d.heardAt + d.askAgain(d.behind >= behindMax)
	case d.resting:
		return flow.QueryHold, d.heardAt + d.askAgain(d.heardAt-d.restSince >= restFor.Milliseconds())
	case d.watchAt == 0 && d.earlier:
		return watch, d.since + int64(d.key)%60*1000
	}
	return watch, max(d.watchAt, d.since) + watchEvery.Milliseconds()
}

// look warns of the deposit's end, and asks for the network's totals where that
// was long ago or its life should be over.
func (d *Deposit) look(now flow.Now) flow.Step {
	drafts, notes := d.warn(now), []flow.Note{watched{now.Stamp}}
	over := d.placed.Expires != 0 && now.Trust != entry.Untrusted && now.Wall/1000 >= d.placed.Expires
	fresh := d.checkedAt != 0 && now.Mono-d.checkedAt < checkEvery.Milliseconds()
	if fresh && !over {
		return d.step(drafts, notes)
	}
	return d.step(drafts, append(notes, sent{flow.QueryHold}), d.call(flow.QueryHold))
}

// warn asks for a person seven, three and one days before the end, by the
// network's clock, which ours is no earlier than. The warning before is over then.
func (d *Deposit) warn(now flow.Now) []entry.Draft {
	if d.placed.Expires == 0 || now.Trust == entry.Untrusted || d.Left() == 0 {
		return nil
	}
	left := time.Duration(d.placed.Expires-now.Wall/1000) * time.Second
	due := 0
	for _, days := range warnDays {
		if left <= time.Duration(days)*24*time.Hour {
			due = days
		}
	}
	if left <= 0 || due == 0 || d.warned != 0 && d.warned <= due {
		return nil
	}
	return append(d.closeExpiry(), d.task(expires+strconv.Itoa(due)))
}

// closeWarnings ends the tasks of the deposit's end that nobody has seen to.
func (d *Deposit) closeWarnings() []entry.Draft {
	return d.closeTasks(slices.Sorted(maps.Keys(d.warnings)))
}

// closeExpiry ends those of its expiry alone: the next one follows.
func (d *Deposit) closeExpiry() []entry.Draft {
	other := func(task entry.Seq) bool { return !d.warnings[task] }
	return d.closeTasks(slices.DeleteFunc(slices.Sorted(maps.Keys(d.warnings)), other))
}

// closeTasks ends those of some tasks that are open.
func (d *Deposit) closeTasks(tasks []entry.Seq) (drafts []entry.Draft) {
	for _, seq := range tasks {
		if slices.Contains(d.tasks, seq) {
			drafts = append(drafts, entry.New(entry.TaskDone, entry.TaskDoneBody{Of: seq}))
		}
	}
	return drafts
}

// seen takes an answer about a deposit that is held.
func (d *Deposit) seen(r pay.Result, notes []flow.Note, now flow.Now) flow.Step {
	switch {
	case d.open() != nil && d.move.mine && d.move.sends == 0 && d.move.busy == "" && !d.dropped:
		return d.lookedAt(r, notes, now)
	case d.open() != nil && d.move.busy == "" && d.mayRepeat():
		return d.lookedAgain(r, notes, now)
	case d.open() != nil: // it may be in the totals, or not: it is asked about by itself
		return d.step(nil, notes)
	case d.lags(r):
		return d.step(d.faultBehind(), notes)
	case r.State == pay.Paid:
		return d.step(d.differences(r, now), notes)
	case r.Fault:
		return d.step(d.fault(), notes)
	case r.State == pay.Mismatch || r.State == pay.Declined || r.NotFound:
		return d.step(d.doubt(), notes)
	}
	return d.step(nil, notes)
}

// lags tells whether totals have less than the network's own words on single moves
// add up to. Such a query is behind, or has no totals: it takes nothing back, for
// what is taken back could be captured again.
func (d *Deposit) lags(r pay.Result) bool {
	if r.State != pay.Paid || r.Held == nil {
		return false
	}
	captured, released := entry.Verified(d.moves)
	return r.Held.Captured < captured || r.Held.Released < released
}

// askAgain is how long after an answer about the totals they are asked for once
// more, in ms.
func (d *Deposit) askAgain(slow bool) int64 {
	every := max(d.rules.Timing(d.asked.Network).Hold.QueryEvery, time.Second)
	if slow {
		every = max(every, slowly)
	}
	return every.Milliseconds()
}

// differences are what a network's totals have that ours have not. They count
// from here on, and a person is told; what its end explains is said to be so. The
// rest of a capture has a while to go back, and is known to have gone once totals
// have it.
func (d *Deposit) differences(r pay.Result, now flow.Now) []entry.Draft {
	if r.Held == nil {
		return nil
	}
	net, left := *r.Held, d.placed.Amount-d.captured-d.released
	body := entry.HoldSeenBody{Captured: net.Captured, Released: net.Released, Left: net.Left, Why: entry.SeenDiffers}
	switch ours := net.Captured == d.captured && net.Released == d.released && net.Left == left; {
	case ours && d.resting:
		body.Why = entry.SeenRest
		return []entry.Draft{entry.New(entry.HoldSeen, body)}
	case ours, d.resting && net.Captured == d.captured && now.Mono-d.restSince < restFor.Milliseconds():
		return nil
	case !d.addsUp(net):
		return d.fault()
	}
	task := totalsDiffer
	if net.Captured == d.captured && net.Left == 0 && d.over(r, now) {
		body.Why, task = entry.SeenExpired, lapsedTask
	}
	drafts := []entry.Draft{entry.New(entry.HoldSeen, body), d.task(task)}
	if net.Left == 0 {
		drafts = append(drafts, d.closeWarnings()...)
	}
	return drafts
}

// addsUp tells whether totals are of what is held.
func (d *Deposit) addsUp(net pay.Held) bool {
	return net.Captured+net.Released+net.Left == d.placed.Amount
}

// over tells whether the deposit's life may be over, by the network's clock where
// its answer has one.
func (d *Deposit) over(r pay.Result, now flow.Now) bool {
	at := now.Wall / 1000
	if !r.Date.IsZero() {
		at = r.Date.Unix()
	} else if now.Trust == entry.Untrusted {
		return false
	}
	return d.placed.Expires != 0 && at >= d.placed.Expires-int64((24*time.Hour).Seconds())
}
