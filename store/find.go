package store

import (
	"context"
	"fmt"

	"tillgate/store/entry"
)

// nameOf is the name under which an entry's object is found: our number, the
// network's, or that of a caller's key; "" where the entry, whose body bodyOf has read, gives it none.
func nameOf(body any) string {
	switch b := body.(type) {
	case entry.AskedBody:
		return b.Number
	case entry.SettledBody:
		return b.Network
	case entry.InheritedBody:
		return b.Number
	case entry.SalvagedBody:
		return nameOf(wrapped(b))
	case entry.RefundAskedBody:
		return b.Number
	case entry.RefundInheritedBody:
		return b.Number
	case entry.RefundDoneBody:
		return b.Network
	case entry.HoldAskedBody:
		return b.Number
	case entry.HoldInheritedBody:
		return b.Number
	case entry.HoldPlacedBody:
		return b.Network
	case entry.MoveDoneBody:
		return b.Network
	case entry.RequestedBody:
		return requestName(b.Token, b.Key)
	}
	return ""
}

func (c *conn) writeName(name string, key entry.Seq) error {
	return c.exec("REPLACE INTO find (name, id) VALUES (?, ?)", name, int64(key))
}

// Find leads from a number of ours or of a network to the key of its object.
// It is ErrNotFound when there is none.
func (s *Store) Find(ctx context.Context, name string) (entry.Seq, error) {
	if err := s.enter(ctx); err != nil {
		return 0, err
	}
	defer s.leave()
	key, ok, err := s.find(name)
	switch {
	case err != nil:
		return 0, s.failed("find "+name, err)
	case !ok:
		return 0, fmt.Errorf("find %s: %w", name, ErrNotFound)
	}
	return key, nil
}

func (s *Store) find(name string) (key entry.Seq, ok bool, err error) {
	if key, ok = s.memory.names[name]; ok {
		return key, true, nil
	}
	id, ok, err := s.conn.number("SELECT id FROM find WHERE name = ?", name)
	return entry.Seq(id), ok, err
}
