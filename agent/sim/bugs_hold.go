package sim

import (
	"context"
	"errors"
	"fmt"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/store"
	"tillgate/store/entry"
)

// The bugs of deposits; a hotel finds them.
const (
	CaptureRenumbered Bug = "capture-renumbered" // a capture whose answer was lost is sent under a new number
	HoldUnknownIsNo   Bug = "hold-unknown-is-no" // a deposit whose answer was lost is taken for refused
	ReleaseUnknownOK  Bug = "release-unknown-ok" // a release whose answer was lost is taken for done
	HoldCeilingLoose  Bug = "hold-ceiling-loose" // more than is held is captured
	ReleaseBeside     Bug = "release-beside"     // a release is begun while nothing is known of a capture
	RoomTwice         Bug = "room-twice"         // a second deposit of a room begins while the first is unknown
	LastForgotten     Bug = "last-forgotten"     // the slip of a capture says that the rest is still held
)

// HoldBugs are all of them.
var HoldBugs = []Bug{CaptureRenumbered, HoldUnknownIsNo, ReleaseUnknownOK, HoldCeilingLoose, ReleaseBeside, RoomTwice, LastForgotten, OffDutyReleases}

// holds are a merchant's deposits as they reach its network.
func (b Bug) holds(k holdMover) holdMover {
	switch b {
	case CaptureRenumbered:
		return &recapturing{k, map[string]int{}}
	case HoldUnknownIsNo:
		return doubting{k}
	case ReleaseUnknownOK:
		return sanguine{k}
	}
	return k
}

// recapturing takes a capture whose answer was lost for one that never was, and
// sends it anew.
type recapturing struct {
	holdMover
	lost map[string]int
}

func (n *recapturing) Capture(ctx context.Context, m pay.Move) pay.Result {
	number := m.Number
	if times := n.lost[number]; times > 0 {
		m.Number = entry.CaptureNumber(m.Of.Number, entry.Captures+1-times)
	}
	got := n.holdMover.Capture(ctx, m)
	if got.State == pay.Unknown {
		n.lost[number]++
	}
	return got
}

func (n *recapturing) QueryCapture(ctx context.Context, m pay.Move) pay.Result {
	if n.lost[m.Number] > 0 {
		return pay.Result{NotFound: true, Code: "sent anew"}
	}
	return n.holdMover.QueryCapture(ctx, m)
}

// doubting takes a deposit whose answer was lost for refused.
type doubting struct{ holdMover }

func (d doubting) Hold(ctx context.Context, c pay.Charge) pay.Result {
	got := d.holdMover.Hold(ctx, c)
	if got.State == pay.Unknown && ctx.Err() == nil {
		got.State = pay.Declined
	}
	return got
}

// sanguine takes a release whose answer was lost for done.
type sanguine struct{ holdMover }

func (s sanguine) Release(ctx context.Context, m pay.Move) pay.Result {
	got := s.holdMover.Release(ctx, m)
	if got.State == pay.Unknown && ctx.Err() == nil {
		got.State = pay.Returned
	}
	return got
}

// deposit is the machine of a deposit.
func (b Bug) deposit(d flow.Depositing) flow.Depositing {
	switch b {
	case HoldCeilingLoose:
		return generous{d}
	case ReleaseBeside:
		return &hurried{Depositing: d}
	case LastForgotten:
		return forgetting{d}
	}
	return d
}

// generous captures a fen more than is held.
type generous struct{ flow.Depositing }

func (g generous) Next(ev flow.Event, now flow.Now) flow.Step {
	wish, ok := ev.(flow.CaptureSpec)
	left := g.View().Left
	if !ok || left == 0 || wish.Amount <= left {
		return g.Depositing.Next(ev, now)
	}
	more := wish.Amount
	wish.Amount = left
	step := g.Depositing.Next(wish, now)
	for i, d := range step.Entries {
		if d.Kind == entry.MoveAsked {
			body := entry.Must[entry.MoveAskedBody](entry.Entry{Body: d.Body})
			body.Amount = more
			step.Entries[i] = entry.New(entry.MoveAsked, body)
		}
	}
	return step
}

// hurried releases what is left while a capture has no final word.
type hurried struct {
	flow.Depositing
	last entry.Seq
}

func (h *hurried) Fold(e entry.Entry) {
	h.last = e.Seq
	h.Depositing.Fold(e)
}

func (h *hurried) Next(ev flow.Event, now flow.Now) flow.Step {
	wish, ok := ev.(flow.ReleaseSpec)
	v := h.View()
	if !ok || v.Move == nil || v.Move.What != entry.Capture || v.Can.Release || v.Left <= v.Move.Amount {
		return h.Depositing.Next(ev, now)
	}
	body := entry.MoveAskedBody{Number: entry.ReleaseNumber(v.Number, 1), What: entry.Release, Amount: v.Left - v.Move.Amount, Last: true, Lane: wish.Lane, Reason: wish.Reason, By: wish.By}
	return flow.Step{Key: entry.Seq(v.Key), After: h.last, Entries: []entry.Draft{entry.New(entry.MoveAsked, body)}}
}

// forgetting says on slips that what has gone back with a capture is still held.
type forgetting struct{ flow.Depositing }

func (f forgetting) Next(ev flow.Event, now flow.Now) flow.Step {
	step := f.Depositing.Next(ev, now)
	for i, e := range step.Effects {
		if d := e.Receipt.Deposit; e.Do == flow.Slip && d != nil && d.Move != nil && d.Move.Rest > 0 {
			told := *d
			told.Left, told.Released = told.Left+d.Move.Rest, told.Released-d.Move.Rest
			step.Effects[i].Receipt.Deposit = &told
		}
	}
	return step
}

// roomless takes every deposit for one of another room.
type roomless struct {
	*store.Store
	rooms int
}

func (r *roomless) CodeHash(code string) []byte {
	if len(code) > 5 && code[:5] == "room " {
		r.rooms++
		return r.Store.CodeHash(fmt.Sprint(code, r.rooms))
	}
	return r.Store.CodeHash(code)
}

// unguardedMove is what a store without a guard would have written where the real
// one refuses a move; nil: the bug is another one.
func (b Bug) unguardedMove(s *store.Store, step store.Step, no error) (entries []entry.Entry) {
	guard := map[Bug]error{HoldCeilingLoose: store.ErrCeiling, ReleaseBeside: store.ErrMoving}[b]
	if guard == nil || step.Key == 0 || !errors.Is(no, guard) {
		return nil
	}
	_, head, _ := s.Head()
	for i, d := range step.Entries {
		entries = append(entries, entry.Entry{Seq: head + 1 + entry.Seq(i), Key: step.Key, Kind: d.Kind, Body: d.Body})
	}
	return entries
}
