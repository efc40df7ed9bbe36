package store

import (
	"bytes"
	"context"
	"slices"

	"tillgate/store/entry"
	"tillgate/store/money"
)

// Hold is the summary of one deposit: a fold of its entries, kept in the same
// transaction, and the second copy of what is needed to ask its network again.
type Hold struct {
	ID         entry.Seq             `json:"id"`   // the deposit's key
	Last       entry.Seq             `json:"last"` // its newest entry
	Asked      entry.HoldAskedBody   `json:"asked"`
	AskedAt    int64                 `json:"asked_at"` // Unix ms of the intent
	AskedTrust entry.Trust           `json:"asked_trust"`
	State      entry.Kind            `json:"state"`            // the newest entry that changed the deposit itself
	Ended      uint8                 `json:"ended,omitempty"`  // pay.State of a HoldEnded
	Placed     *entry.HoldPlacedBody `json:"placed,omitempty"` // nil: it is not known to be held
	Captured   money.Fen             `json:"captured,omitempty"`
	Released   money.Fen             `json:"released,omitempty"`
	Moves      []entry.HoldMove      `json:"moves,omitempty"`
	Lane       string                `json:"lane"` // that follows it
	Returning  bool                  `json:"returning,omitempty"`
	Unsure     bool                  `json:"unsure,omitempty"`  // a damage has left it uncertain: nothing of it moves
	Differs    bool                  `json:"differs,omitempty"` // the network's totals were not ours
	Lapsed     bool                  `json:"lapsed,omitempty"`  // the network has given back what was left at its end
	Resting    bool                  `json:"resting,omitempty"` // no totals have shown yet that the rest of the newest capture has gone back; it counts as released
	Site       *entry.HoldSite       `json:"site,omitempty"`    // of one that was taken over from another agent

	Shift   entry.Seq   `json:"shift,omitempty"`   // in which it was held, or ended without
	Outcome entry.Seq   `json:"outcome,omitempty"` // the entry that says so, 0: none
	At      int64       `json:"at,omitempty"`      // of the outcome: Unix ms
	Trust   entry.Trust `json:"trust,omitempty"`

	Older bool   `json:"-"` // it ended in an older epoch
	Room  string `json:"-"` // in people's words, where a list was asked for it; empty: none, or forgotten
}

// Held is what its network held at its beginning.
func (h Hold) Held() money.Fen {
	if h.Placed == nil {
		return 0
	}
	return h.Placed.Amount
}

// Left is what is still held and not about to move.
func (h Hold) Left() money.Fen {
	left := h.Held() - h.Captured - h.Released
	for _, m := range h.Moves {
		if m.Open() {
			left -= m.Amount
		}
	}
	return max(left, 0)
}

// Moving is the move that has no final word yet, nil where there is none.
func (h Hold) Moving() *entry.HoldMove {
	i := slices.IndexFunc(h.Moves, entry.HoldMove.Open)
	if i < 0 {
		return nil
	}
	return &h.Moves[i]
}

// Unknown tells whether nobody knows yet whether it is held.
func (h Hold) Unknown() bool { return h.Placed == nil && h.Ended == 0 }

// Open tells whether something of it is held, or may be.
func (h Hold) Open() bool { return h.Unknown() || h.Moving() != nil || h.Left() > 0 || h.Resting }

// Final tells whether its network lets nothing more be captured.
func (h Hold) Final() bool {
	return h.Placed != nil && h.Placed.Captures > 0 && entry.Taken(h.Moves) >= h.Placed.Captures
}

// fold takes one entry, whose body bodyOf has read, into the summary; on is who
// is on duty.
func (h Hold) fold(e entry.Entry, body any, on duty) Hold {
	h.Last = e.Seq
	switch b := body.(type) {
	case entry.HoldAskedBody:
		h.Asked, h.AskedAt, h.AskedTrust, h.Lane = b, e.Wall, e.Trust, b.Lane
	case entry.HoldInheritedBody:
		h = h.inherit(b)
	case entry.HoldPlacedBody:
		h.Placed = &b
		h = h.end(e, on)
	case entry.HoldReturningBody:
		h.Returning = true
	case entry.HoldEndedBody:
		h.Ended = b.State
		h = h.end(e, on)
	case entry.HoldSeenBody:
		h.Captured, h.Released, h.Resting = b.Captured, b.Released, false
		h.Differs, h.Lapsed = h.Differs || b.Why == entry.SeenDiffers, h.Lapsed || b.Why == entry.SeenExpired
	case entry.MoveAskedBody:
		h.Lane = b.Lane
		h.Moves = append(slices.Clip(h.Moves), entry.HoldMove{MoveAskedBody: b, Asked: e.Seq, Moved: b.Amount})
	case entry.MoveDoneBody:
		h = h.moved(e, b.Number, entry.HoldMove{State: entry.StatePaid, Moved: b.Amount, Rest: b.Rest, Network: b.Network}, on)
		h.Resting = b.Unseen
	case entry.MoveRefusedBody:
		h = h.moved(e, b.Number, entry.HoldMove{State: b.State, Moved: b.Amount}, on)
	}
	switch e.Kind {
	case entry.HoldAsked, entry.HoldInherited, entry.HoldAdopted, entry.HoldPlaced, entry.HoldReturning, entry.HoldEnded:
		h.State = e.Kind
	}
	return h
}

func (h Hold) inherit(b entry.HoldInheritedBody) Hold {
	h.Asked, h.AskedAt, h.AskedTrust, h.Placed = b.HoldAskedBody, b.Asked, b.Trust, b.Placed
	h.Captured, h.Released, h.Moves, h.Returning, h.Unsure = b.Captured, b.Released, b.Moves, b.Returning, b.Unsure
	h.Lane, h.Resting, h.Site = b.Lane, b.Resting, b.Site
	if n := len(b.Moves); n > 0 {
		h.Lane = b.Moves[n-1].Lane
	}
	return h
}

func (h Hold) end(e entry.Entry, on duty) Hold {
	h.Outcome, h.At, h.Trust, h.Shift = e.Seq, e.Wall, e.Trust, on.of(h.Asked.Lane)
	return h
}

// moved takes the outcome of a move: what counts as moved never exceeds what was held.
func (h Hold) moved(e entry.Entry, number string, done entry.HoldMove, on duty) Hold {
	i := slices.IndexFunc(h.Moves, func(m entry.HoldMove) bool { return m.Number == number && m.Open() })
	if i < 0 {
		return h
	}
	h.Moves = slices.Clone(h.Moves)
	m := &h.Moves[i]
	m.State, m.Moved, m.Rest, m.Network = done.State, done.Moved, done.Rest, done.Network
	m.Outcome, m.At, m.Trust, m.Shift = e.Seq, e.Wall, e.Trust, on.of(m.Lane)
	sum := min(m.Moved, max(h.Held()-h.Captured-h.Released, 0))
	if m.What == entry.Capture {
		h.Captured += sum
		h.Released += min(m.Rest, max(h.Held()-h.Captured-h.Released, 0))
		return h
	}
	if done.State == entry.StatePaid {
		m.State = entry.StateReturned
	}
	h.Released += sum
	return h
}

// bare is a summary without what only the shifts' rows tell.
func (h Hold) bare() Hold {
	h.Shift, h.Moves = 0, slices.Clone(h.Moves)
	for i := range h.Moves {
		h.Moves[i].Shift = 0
	}
	return h
}

func (h Hold) same(as Hold) bool { return bytes.Equal(entry.Encode(h), entry.Encode(as)) }

func sameHold(a, b *Hold) bool { return a == b || a != nil && b != nil && a.same(*b) }

const (
	holdColumns = "id, open, at, amount, last, room, number, body"
	holdWrite   = "REPLACE INTO hold (" + holdColumns + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)

// writeHold writes a summary, and its names at once: a release that knows no
// deposits does not carry them from memory to the table.
func (c *conn) writeHold(h Hold) error {
	open, room := int64(0), h.Asked.Room
	if h.Open() {
		open = 1
	}
	if room == nil {
		room = []byte{}
	}
	err := c.exec(holdWrite, int64(h.ID), open, h.AskedAt, int64(h.Asked.Amount), int64(h.Last), room, h.Asked.Number, entry.Encode(h))
	if err == nil && h.Asked.Number != "" {
		err = c.writeName(h.Asked.Number, h.ID)
	}
	if err == nil && h.Placed != nil && h.Placed.Network != "" {
		err = c.writeName(h.Placed.Network, h.ID)
	}
	return err
}

func holdOf(v values) Hold {
	h := read[Hold](v.bytes(7))
	h.ID, h.Last = entry.Seq(v.int(0)), entry.Seq(v.int(4))
	return h
}

// readHold is the summary of one deposit; ok is false when it has none.
func (c *conn) readHold(id entry.Seq) (h Hold, ok bool, err error) {
	err = c.query(context.Background(), "SELECT "+holdColumns+" FROM hold WHERE id = ?", func(v values) error {
		h, ok = holdOf(v), true
		return nil
	}, int64(id))
	return h, ok, err
}
