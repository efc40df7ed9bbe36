package store

import (
	"bytes"
	"errors"
	"fmt"

	"tillgate/store/entry"
)

// checkHold refuses a step that begins a deposit or a move of one which may not
// begin, and an outcome after which more would have moved than was held.
func (p *plan) checkHold(o object, step Step, bodies []any) error {
	if o.hold == nil {
		return nil
	}
	h := *o.hold
	for i, body := range bodies {
		var err error
		switch b := body.(type) {
		case entry.HoldAskedBody:
			if i > 0 || step.Key != 0 {
				return errors.New("commit: a deposit begins an object of its own")
			}
			err = p.roomFree(b)
		case entry.HoldInheritedBody:
			if step.Entries[i].Kind == entry.HoldAdopted {
				if i > 0 || step.Key != 0 {
					return errors.New("commit: a deposit is taken over as an object of its own")
				}
				err = p.mayAdopt(b)
			}
		case entry.MoveAskedBody:
			err = h.mayMove(b)
		case entry.MoveDoneBody:
			if left := h.Held() - h.Captured - h.Released; b.Amount < 0 || b.Rest < 0 || b.Amount+b.Rest > left {
				err = fmt.Errorf("%w: %s and %s of %s", ErrCeiling, b.Amount, b.Rest, left)
			}
		case entry.HoldSeenBody:
			captured, released := entry.Verified(h.Moves)
			if b.Captured < captured || b.Released < released {
				err = fmt.Errorf("%w: the totals have less than the network has said of single moves", ErrCeiling)
			} else if b.Captured < 0 || b.Released < 0 || b.Left < 0 || b.Captured+b.Released+b.Left != h.Held() {
				err = fmt.Errorf("%w: the totals are not those of %s", ErrCeiling, h.Held())
			}
		}
		if err != nil {
			return fmt.Errorf("commit to deposit %s: %w", h.Asked.Number, err)
		}
		h = h.fold(entry.Entry{Kind: step.Entries[i].Kind, Seq: p.seq + 1 + entry.Seq(i)}, body, nil)
	}
	return nil
}

// roomFree refuses a deposit of a room that has one of which nobody knows yet
// whether it is held: a guest would pay twice.
func (p *plan) roomFree(b entry.HoldAskedBody) (err error) {
	if len(b.Room) == 0 {
		return nil
	}
	p.objectsAfter(func(o object) {
		if o.hold != nil && o.hold.Unknown() && bytes.Equal(o.hold.Asked.Room, b.Room) {
			err = fmt.Errorf("%w: deposit %s", ErrRoom, o.hold.Asked.Number)
		}
	})
	return err
}

// mayAdopt refuses a deposit of another agent that this one has already, or whose
// totals are not those of what is held. Two lanes that take it over at once get it once.
func (p *plan) mayAdopt(b entry.HoldInheritedBody) error {
	switch {
	case b.Site == nil || b.Site.From == "" || b.Site.Captures < 0 || b.Site.Releases < 0 || b.Site.Rank < 0 || b.Site.NetCaptured != b.Captured || b.Site.NetReleased != b.Released:
		return errors.New("whose it was is not said")
	case b.Placed == nil || b.Returning || b.Unsure || len(b.Moves) > 0 || !entry.IsNumber(b.Number, ""):
		return errors.New("it is no deposit that is held")
	case b.Captured < 0 || b.Released < 0 || b.Captured > b.Placed.Amount-b.Released:
		return fmt.Errorf("%w: %s and %s of %s", ErrCeiling, b.Captured, b.Released, b.Placed.Amount)
	}
	_, here := p.names[b.Number]
	if !here {
		var err error
		if _, here, err = p.s.find(b.Number); err != nil {
			return err
		}
	}
	if here {
		return ErrHere
	}
	return nil
}

// mayMove holds a capture or a release against what is held.
func (h Hold) mayMove(b entry.MoveAskedBody) error {
	next, ok := entry.NextMove(h.Site, h.Asked.Number, b.What, h.Moves)
	left := h.Left()
	switch {
	case h.Placed == nil || h.Ended != 0 || h.Unsure:
		return fmt.Errorf("%w: it is not held", ErrCeiling)
	case h.Moving() != nil:
		return fmt.Errorf("%w: %s", ErrMoving, h.Moving().Number)
	case !ok:
		return fmt.Errorf("%w: there are no more numbers", ErrCeiling)
	case b.Number != next:
		return fmt.Errorf("%w: the next number is %s, not %s", ErrStale, next, b.Number)
	case b.Amount <= 0 || b.Amount > left:
		return fmt.Errorf("%w: %s of %s are left", ErrCeiling, left, h.Held())
	case b.What == entry.Capture && h.Final():
		return fmt.Errorf("%w: it was captured", ErrCeiling)
	case b.What == entry.Release && !h.Placed.Parts && b.Amount != left:
		return fmt.Errorf("%w: only all of it can be released", ErrCeiling)
	}
	return nil
}
