package deposit

import (
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

// ViewOf is a deposit as its entries have it, for whoever no lane shows it to.
func ViewOf(entries []entry.Entry, timing func(network string) pay.Timing) words.Deposit {
	return flow.Folded(New(Rules{Timing: timing}, ""), entries).View()
}

// View is the deposit as pages show it.
func (d *Deposit) View() words.Deposit {
	a := d.asked
	v := words.Deposit{Phase: d.phase(), Key: int64(d.key), Lane: d.owner, Number: a.Number, Room: d.room, Title: a.Title, Ref: a.Ref, Network: a.Network,
		By: a.By, Amount: a.Amount, Code: d.code, Text: d.text, Stuck: d.stuck, Differs: d.differs, At: time.UnixMilli(d.at.Wall), Trouble: d.outputs.Trouble()}
	if d.link != "" && d.unknown() && !d.returning {
		v.QR = []words.QR{{Merchant: a.Merchant, Network: a.Network, Link: d.link, Until: d.until}}
	}
	if p := d.placed; p != nil {
		v.Held, v.Captured, v.Released, v.Left = p.Amount, d.captured, d.released, max(p.Amount-d.captured-d.released, 0)
		v.Credit = p.Credit
		v.Wallet, v.Voucher, v.At = p.Wallet, p.Network, time.UnixMilli(d.placedAt.Wall)
		if p.Expires != 0 {
			v.Expires = time.Unix(p.Expires, 0)
			v.Days = days(p.Expires, max(d.now.Wall, d.at.Wall))
		}
	}
	if n := len(d.moves); n > 0 {
		v.Move = d.moveView(d.moves[n-1])
	}
	v.Can, v.Site = d.can(), flow.SiteOf(d.site)
	return v
}

// days are the whole days until a moment, at least 0.
func days(expires, wall int64) int { return int(max(expires-wall/1000, 0) / (24 * 3600)) }

func (d *Deposit) can() (can words.DepositCan) {
	can.Cancel = d.Pending() && !d.unsure
	if d.placed == nil {
		return can
	}
	for _, m := range d.moves {
		can.Refund = can.Refund || m.What == entry.Capture && pay.State(m.State) == pay.Paid
	}
	if d.closed() != "" {
		return can
	}
	can.Capture = d.placed.Captures == 0 || entry.Taken(d.moves) < d.placed.Captures
	can.Release, can.Part, can.RestGoes = true, d.placed.Parts, d.placed.RestGoes
	return can
}

func (d *Deposit) phase() words.DepositPhase {
	switch {
	case d.unbooked:
		return words.DepositUnbooked
	case d.ended && d.state == pay.Mismatch:
		return words.DepositMismatch
	case d.ended:
		return words.DepositRefused
	case d.placed != nil && (d.open() != nil || d.resting):
		return words.DepositMoving
	case d.placed != nil && d.Left() > 0:
		return words.DepositHeld
	case d.placed != nil && d.lapsed:
		return words.DepositLapsed
	case d.placed != nil:
		return words.DepositSettled
	case d.returning:
		return words.DepositBack
	case d.shown() && d.link != "":
		return words.DepositScanUs
	case d.state == pay.Waiting:
		return words.DepositPassword
	case d.code != "":
		return words.DepositChecking
	}
	return words.DepositAsking
}

func (d *Deposit) moveView(m entry.HoldMove) *words.DepositMove {
	v := &words.DepositMove{What: m.What, Number: m.Number, Amount: m.Amount, Rest: m.Rest, Phase: words.MoveAsking, Reason: m.Reason, By: m.By}
	switch state := pay.State(m.State); {
	case m.Open() && d.heard.Stuck:
		v.Phase, v.Code = words.MoveStuck, d.heard.Code
	case m.Open() && pay.State(d.heard.State) == pay.Waiting:
		v.Phase = words.MoveAccepted
	case m.Open():
		if m.What == entry.Capture && m.Last {
			v.Rest = d.Left()
		}
	case state == pay.Paid || state == pay.Returned:
		v.Phase = words.MoveDone
	default:
		b := d.refused[m.Number]
		v.Phase, v.Code, v.Text, v.Other = words.MoveRefused, b.Code, b.Text, b.Amount
	}
	return v
}

// do is an output of the deposit: of what was done last.
func (d *Deposit) do(o flow.Pended) flow.Effect {
	view := d.View()
	r := words.Receipt{Lane: d.owner, Title: d.asked.Title, Number: d.asked.Number, Network: d.asked.Network, Amount: d.asked.Amount, Copy: o.Copy,
		Act: d.act, Deposit: &view, By: d.asked.By, At: view.At}
	if d.placed != nil {
		r.NetworkNumber, r.Wallet = d.placed.Network, d.placed.Wallet
	}
	if m := d.lastMoved(); m != nil && d.act != words.ActHold {
		view.Move = d.moveView(*m) // not one since that came to nothing
		r.By, r.Reason = m.By, m.Reason
		if m.At != 0 {
			r.At = time.UnixMilli(m.At)
		}
	}
	return flow.Effect{Do: o.What, Receipt: r, Copy: o.Copy}
}
