package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"tillgate/store/entry"
	"tillgate/store/money"
)

// HoldQuery says which deposits are wanted. What is left at its zero value lets
// all of them through.
type HoldQuery struct {
	Name    string    // our number, that of a move, or the network's: as a slip or a guest's wallet has it
	Room    string    // as people write it
	Network string    // or the wallet
	Amount  money.Fen // what was asked for, or a sum that was captured
	From    int64     // Unix ms of the intent
	To      int64     // Unix ms, not included
	Open    bool      // of which something is held, or may be
	Before  entry.Seq // keys below it
	Max     int       // at most so many; 0: 50
	Soonest bool      // those that end first in front, then those whose networks name no end, not the newest
	Skip    int       // of Soonest: so many in front are left out
}

// holdSlice is how many rows are read before others get their turn.
const holdSlice = 50

// Holds are the deposits that a query wants, newest first or as Soonest has it, each
// with its room.
func (s *Store) Holds(ctx context.Context, q HoldQuery) (holds []Hold, err error) {
	if q.Max == 0 {
		q.Max = 50
	}
	if q.Name != "" {
		h, err := s.HoldOf(ctx, q.Name)
		if errors.Is(err, ErrNotFound) {
			return nil, nil
		}
		return []Hold{h}, err
	}
	room := s.RoomHash(q.Room)
	before := int64(q.Before)
	if before <= 0 {
		before = 1 << 62
	}
	for more := true; more && (q.Soonest || len(holds) < q.Max); {
		if err := s.enter(ctx); err != nil {
			return nil, err
		}
		n := 0
		err := s.conn.query(context.Background(), "SELECT "+holdColumns+" FROM hold WHERE id < ? AND (?2 = 0 OR open = 1) AND (length(?3) = 0 OR room = ?3)"+
			" AND at >= ?4 AND (?5 = 0 OR at < ?5) ORDER BY id DESC LIMIT ?6", func(v values) error {
			n++
			h := holdOf(v)
			before = int64(h.ID)
			if q.wants(h) && (q.Soonest || len(holds) < q.Max) {
				holds = append(holds, h)
			}
			return nil
		}, before, flag(q.Open), blobOf(room), q.From, q.To, int64(holdSlice))
		s.leave()
		if err != nil {
			return nil, s.failed("read deposits", err)
		}
		more = n == holdSlice
	}
	if q.Soonest {
		slices.SortStableFunc(holds, func(a, b Hold) int { return cmp.Compare(a.ends(), b.ends()) })
		holds = holds[min(q.Skip, len(holds)):]
		holds = holds[:min(q.Max, len(holds))]
	}
	for i := range holds {
		if err := s.roomOf(ctx, &holds[i]); err != nil {
			return nil, err
		}
	}
	return holds, nil
}

// ends is when the deposit ends, in Unix s; after all others where nobody says.
func (h Hold) ends() int64 {
	if h.Placed == nil || h.Placed.Expires == 0 {
		return math.MaxInt64
	}
	return h.Placed.Expires
}

func flag(set bool) int64 {
	if set {
		return 1
	}
	return 0
}

func blobOf(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// wants is what no column of the row has.
func (q HoldQuery) wants(h Hold) bool {
	wallet := ""
	if h.Placed != nil {
		wallet = h.Placed.Wallet
	}
	if q.Network != "" && q.Network != h.Asked.Network && q.Network != wallet {
		return false
	}
	if q.Amount == 0 || q.Amount == h.Asked.Amount {
		return true
	}
	for _, m := range h.Moves {
		if m.What == entry.Capture && m.Moved == q.Amount {
			return true
		}
	}
	return false
}

// Hold is one deposit by its key, with its room. It is ErrNotFound where that is
// none's. One that ended in an older epoch is read from what could be saved.
func (s *Store) Hold(ctx context.Context, key entry.Seq) (Hold, error) {
	if err := s.enter(ctx); err != nil {
		return Hold{}, err
	}
	h, err := s.holdAt(key)
	s.leave()
	if err != nil {
		return h, s.failed(fmt.Sprintf("read deposit %d", key), err)
	}
	return h, s.roomOf(ctx, &h)
}

// HoldOf is the deposit that a number of ours leads to, also that of one of its
// moves, or a network's number of it, as the guest's wallet shows it.
func (s *Store) HoldOf(ctx context.Context, name string) (Hold, error) {
	key, err := s.Find(ctx, entry.Base(name))
	if err != nil {
		return Hold{}, err
	}
	h, err := s.Hold(ctx, key)
	if err == nil && h.Older { // it may go on
		if now, err := s.Find(ctx, h.Asked.Number); err == nil && now != key {
			return s.Hold(ctx, now)
		}
	}
	return h, err
}

// holdAt reads a deposit; the caller has the turn.
func (s *Store) holdAt(key entry.Seq) (Hold, error) {
	o, err := s.lookup(key)
	if err != nil {
		return Hold{}, err
	}
	if o.hold != nil {
		return *o.hold, nil
	}
	entries, err := s.entriesOf(key, o.last, 0)
	if err != nil {
		return Hold{}, err
	}
	h := Hold{ID: key, Older: true}
	for _, e := range entries {
		was, body := unwrapped(e)
		h = h.fold(was, body, nil)
	}
	if h.Asked.Number == "" {
		return h, fmt.Errorf("deposit %d: %w", key, ErrNotFound)
	}
	return h, nil
}

// roomOf adds the room, which stands in the first entry only.
func (s *Store) roomOf(ctx context.Context, h *Hold) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	first, err := s.one(h.ID)
	if err != nil {
		return s.failed(fmt.Sprintf("read deposit %d", h.ID), err)
	}
	guest, _ := entry.Unseal[entry.HoldGuest](first.Private)
	h.Room = guest.Room
	return nil
}
