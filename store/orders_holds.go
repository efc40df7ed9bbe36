package store

import (
	"context"

	"tillgate/store/entry"
	"tillgate/store/money"
)

// MovePart is which part of a deposit a MoveRow is.
type MovePart uint8

// The parts. What was taken is always captured, released and still held together.
const (
	IsCaptured MovePart = iota + 1 // the shop has it
	IsReleased                     // it went back to the guest: by a release, with a capture, or at the network's end
	IsHeld                         // it is held now
)

// MoveRow is a part of a deposit, as reports need it. What is held has no number, and
// neither has what somebody else has moved, as the network's totals say: such a
// part may be negative, where they take back what counted before.
type MoveRow struct {
	Part          MovePart
	Number        string // 26 digits of the capture or release
	NetworkNumber string // empty where the query is Bare
	Lane          string
	Shift         int64 // as in OrderRow; of what is held, the lane's shift now
	Who           string
	Standing      Standing
	At            int64     // as in OrderRow; of what is held, since when
	Seq           entry.Seq // as in OrderRow; 0 of what is held
	Trust         entry.Trust
	Amount        money.Fen
}

// holds are the deposits whose keys are in a range, newest first.
func (r *orderReader) holds(low, to entry.Seq) (holds []Hold, err error) {
	err = r.s.conn.query(context.Background(), "SELECT "+holdColumns+" FROM hold WHERE id >= ? AND id < ? ORDER BY id DESC", func(v values) error {
		holds = append(holds, holdOf(v))
		return nil
	}, int64(low), int64(to))
	return holds, err
}

// holdRow is a deposit's row; its refunds are the caller's.
func (r *orderReader) holdRow(h Hold) (row OrderRow, err error) {
	t := holdTale{hold: h, moves: h.moveRows(h.Captured, h.Released)}
	if !h.tellsAll() {
		if t, err = r.holdTold(h); err != nil {
			return row, err
		}
	}
	row, t.moves = t.row(), append(t.moves, t.pending()...)
	if row.Seq == 0 {
		row.Shift = int64(r.s.memory.duty.of(row.Lane))
	}
	if row.Who, err = r.person(row.Shift); err != nil {
		return row, err
	}
	for _, m := range t.moves {
		if m.Seq == 0 {
			m.Shift = int64(r.s.memory.duty.of(m.Lane))
		}
		if m.Who, err = r.person(m.Shift); err != nil {
			return row, err
		}
		if r.q.Bare {
			m.NetworkNumber = ""
		}
		row.Moves = append(row.Moves, m)
	}
	if !r.q.Bare {
		row.Title, row.Ref = h.Asked.Title, h.Asked.Ref
	} else {
		row.NetworkNumber = ""
	}
	return row, nil
}

// tellsAll tells whether a summary has all that a report needs: nothing of the
// deposit is under way, and its sums are those of its moves.
func (h Hold) tellsAll() bool {
	captured, released := money.Fen(0), money.Fen(0)
	for _, m := range h.Moves {
		if m.What == entry.Capture {
			captured, released = captured+m.Moved, released+m.Rest
		} else {
			released += m.Moved
		}
	}
	return h.Outcome != 0 && !h.Older && h.Moving() == nil && !h.Differs && !h.Lapsed && !h.Unsure && captured == h.Captured && released == h.Released
}

// moveRows are the parts that moves have moved, as far as they count.
func (h Hold) moveRows(captured, released money.Fen) (rows []MoveRow) {
	add := func(part MovePart, m entry.HoldMove, amount money.Fen, left *money.Fen) {
		if amount = min(amount, *left); amount <= 0 {
			return
		}
		*left -= amount
		rows = append(rows, MoveRow{Part: part, Number: m.Number, NetworkNumber: m.Network, Lane: m.Lane, Shift: int64(m.Shift), Standing: IsPaid,
			At: m.At, Seq: m.Outcome, Trust: m.Trust, Amount: amount})
	}
	for _, m := range h.Moves {
		switch {
		case m.Open():
		case m.What == entry.Capture:
			add(IsCaptured, m, m.Moved, &captured)
			add(IsReleased, m, m.Rest, &released)
		default:
			add(IsReleased, m, m.Moved, &released)
		}
	}
	return rows
}

// holdTale is a deposit as its entries tell it.
type holdTale struct {
	hold  Hold
	moves []MoveRow
	heard map[string]uint8       // the newest answer, by the number of what it is about
	asked map[string]entry.Entry // the intents of moves
}

// holdTold reads a deposit's entries: what each of them has moved, and in whose shift.
func (r *orderReader) holdTold(h Hold) (holdTale, error) {
	t := holdTale{hold: h, heard: map[string]uint8{}, asked: map[string]entry.Entry{}}
	entries, err := r.s.entriesOf(h.ID, h.Last, 0)
	if err != nil {
		return t, err
	}
	so := Hold{ID: h.ID}
	for _, e := range entries {
		was, body := unwrapped(e)
		before := so
		so = so.fold(was, body, nil)
		switch b := body.(type) {
		case entry.HoldInheritedBody:
			if was.Kind == entry.HoldInherited { // what moved before it was taken over is another agent's
				t.inherit(e, so)
			}
			continue
		case entry.HoldHeardBody:
			t.heard[b.Number] = b.State
		case entry.MoveAskedBody:
			t.asked[b.Number] = was
		}
		if so.Captured == before.Captured && so.Released == before.Released {
			continue
		}
		row := MoveRow{Lane: so.Lane, Standing: IsPaid, At: was.Wall, Seq: e.Seq, Trust: was.Trust}
		switch b := body.(type) {
		case entry.MoveDoneBody:
			row.Number, row.NetworkNumber = b.Number, b.Network
		case entry.MoveRefusedBody:
			row.Number = b.Number
		}
		if row.Shift = OlderShift; e.Kind == was.Kind {
			if row.Shift, err = r.shiftOf(row.Lane, e.Seq); err != nil {
				return t, err
			}
		}
		t.add(row, IsCaptured, so.Captured-before.Captured)
		t.add(row, IsReleased, so.Released-before.Released)
	}
	return t, nil
}

func (t *holdTale) add(row MoveRow, part MovePart, amount money.Fen) {
	if amount != 0 {
		row.Part, row.Amount = part, amount
		t.moves = append(t.moves, row)
	}
}

// inherit takes what moved in an older epoch: by the moves that are known, and
// what is left of its sums as one part without a number.
func (t *holdTale) inherit(e entry.Entry, so Hold) {
	row := MoveRow{Lane: so.Lane, Standing: IsPaid, At: so.AskedAt, Seq: e.Seq, Trust: so.AskedTrust, Shift: OlderShift}
	captured, released := so.Captured, so.Released
	if s := so.Site; s != nil {
		captured, released = captured-s.NetCaptured, released-s.NetReleased
	}
	for _, m := range so.moveRows(captured, released) {
		m.Seq, m.Shift = e.Seq, OlderShift
		t.moves = append(t.moves, m)
		if m.Part == IsCaptured {
			captured -= m.Amount
		} else {
			released -= m.Amount
		}
	}
	t.add(row, IsCaptured, captured)
	t.add(row, IsReleased, released)
}

// row is the taking of the deposit itself.
func (t *holdTale) row() OrderRow {
	h := t.hold
	row := OrderRow{Order: h.ID, Deposit: true, Lane: h.Asked.Lane, Network: h.Asked.Network, Merchant: h.Asked.Merchant, Number: h.Asked.Number, Amount: h.Asked.Amount,
		Standing: IsUnknown, Shift: int64(h.Shift), At: h.At, Seq: h.Outcome, Trust: h.Trust, Older: h.Older}
	if h.Outcome == 0 {
		row.At, row.Trust = h.AskedAt, h.AskedTrust
	}
	switch {
	case h.Unsure: // nothing of it is certain
		row.Seq = 0
	case h.Placed != nil:
		row.Standing = IsPaid
	case h.Ended != 0: // also where an amount is held that is not ours: that is a person's task
		row.Standing = IsEnded
	case !h.Returning && (h.Asked.Way == entry.ByQR || t.heard[h.Asked.Number] == entry.StateWaiting):
		row.Standing = IsOpen
	}
	if p := h.Placed; p != nil {
		row.Amount, row.Wallet, row.NetworkNumber = p.Amount, p.Wallet, p.Network
		if s := h.Site; s != nil { // what was taken over
			row.Amount -= s.NetCaptured + s.NetReleased
		}
	}
	if h.Older || row.Standing == IsPaid && h.Outcome == 0 { // it was taken before a damage
		row.Shift = OlderShift
		if row.Seq == 0 {
			row.Seq = h.ID
		}
	}
	return row
}

// pending are what is under way and what is still held. Of a deposit that is not
// certain nothing is: its moves are not proven either.
func (t *holdTale) pending() (rows []MoveRow) {
	h := t.hold
	if h.Unsure {
		for i := range t.moves {
			t.moves[i].Standing, t.moves[i].Seq = IsUnknown, 0
		}
		return nil
	}
	if m := h.Moving(); m != nil {
		asked, ok := t.asked[m.Number]
		if !ok { // in an older epoch
			asked.Wall, asked.Trust = h.AskedAt, h.AskedTrust
		}
		row := MoveRow{Part: IsCaptured, Number: m.Number, Lane: m.Lane, At: asked.Wall, Trust: asked.Trust, Amount: m.Amount}
		if m.What == entry.Release {
			row.Part = IsReleased
		}
		if t.heard[m.Number] == entry.StateWaiting {
			row.Standing = IsOpen
		}
		rows = append(rows, row)
	}
	if left := h.Held() - h.Captured - h.Released; left > 0 {
		taken := t.row()
		rows = append(rows, MoveRow{Part: IsHeld, NetworkNumber: taken.NetworkNumber, Lane: h.Lane, Standing: IsPaid, At: taken.At,
			Trust: taken.Trust, Amount: left})
	}
	return rows
}

// addHold adds a deposit with the refunds of what was captured from it. Of one
// that began in an older epoch they may stand in wrappers, and are found by number.
func (r *orderReader) addHold(h Hold, refunds []Refund) error {
	row, err := r.holdRow(h)
	if err != nil {
		return err
	}
	if h.Outcome == 0 || h.Older {
		after, _ := h.Site.Refunds()
		if refunds, err = r.s.plan().refundsOf(h.Asked.Number, after+1); err != nil {
			return err
		}
	}
	row.Refunds, err = r.refundRows(refunds)
	r.rows = append(r.rows, row)
	return err
}

// addOlderHold adds a deposit of an older epoch that had ended there.
func (r *orderReader) addOlderHold(entries []entry.Entry) error {
	h := Hold{ID: entries[0].Key, Older: true}
	for _, e := range entries {
		was, body := unwrapped(e)
		h = h.fold(was, body, nil)
	}
	if h.Asked.Number == "" {
		return nil // it cannot be read
	}
	if newest, ok, err := r.s.find(h.Asked.Number); err != nil || ok && newest != h.ID {
		return err // it has gone on
	}
	return r.addHold(h, nil)
}
