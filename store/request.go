package store

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"tillgate/store/entry"
)

// A caller's key is kept for 7 days, and found by a name like those of attempts:
// in memory until the names are written, in the table find from then on.
const (
	requestMillis   = 7 * 24 * 3600 * 1000
	requestNames    = "request:"
	requestNamesEnd = "request;"
	requestSlice    = 50 // keys that are looked at before others get their turn
)

func requestName(token string, key []byte) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s %s", len(token), token, key))
	return fmt.Sprintf("%s%x", requestNames, sum[:16])
}

// outdated tells whether a request of a moment need not be known any more. In
// doubt it is known: to forget one early may do a thing twice.
func outdated(then, now entry.Stamp) bool {
	return then.Trust == entry.Trusted && now.Trust == entry.Trusted && now.Wall-then.Wall > requestMillis
}

// Request is what a token's key asked for in the last 7 days: the object, and the
// hash of the parameters; ok is false where the key is new. What had not ended
// when a damage came is the object as which it goes on.
func (s *Store) Request(ctx context.Context, token string, key []byte) (object entry.Seq, params []byte, ok bool, err error) {
	if err := s.enter(ctx); err != nil {
		return 0, nil, false, err
	}
	defer s.leave()
	object, params, ok, err = s.request(token, key)
	if err != nil {
		return 0, nil, false, s.failed("find a request of "+token, err)
	}
	return object, params, ok, nil
}

func (s *Store) request(token string, key []byte) (object entry.Seq, params []byte, ok bool, err error) {
	at, ok, err := s.find(requestName(token, key))
	if err != nil || !ok {
		return 0, nil, false, err
	}
	entries, err := s.objectNow(at)
	if err != nil {
		return 0, nil, false, err
	}
	now := s.opts.Clock()
	for _, e := range entries {
		was, body := unwrapped(e)
		b, is := body.(entry.RequestedBody)
		if !is || b.Token != token || !bytes.Equal(b.Key, key) || outdated(was.Stamp, now) {
			continue
		}
		if e.Kind == entry.Salvaged {
			object, err = s.wentOn(at, entries)
			return object, b.Params, true, err
		}
		return cmp.Or(b.Object, at), b.Params, true, nil
	}
	return 0, nil, false, nil
}

// objectNow is an object's entries; the caller has the turn.
func (s *Store) objectNow(key entry.Seq) ([]entry.Entry, error) {
	o, err := s.lookup(key)
	if err != nil {
		return nil, err
	}
	return s.entriesOf(key, o.last, 0)
}

// wentOn is the object as which a wrapped one goes on: the newest that has its
// attempt's number or the refund's, else the wrapped one itself.
func (s *Store) wentOn(key entry.Seq, entries []entry.Entry) (entry.Seq, error) {
	number := ""
	for _, e := range entries {
		switch _, body := unwrapped(e); b := body.(type) {
		case entry.AskedBody:
			number = b.Number
		case entry.RefundAskedBody:
			number = b.Number
		case entry.HoldAskedBody:
			number = b.Number
		case entry.HoldInheritedBody:
			number = b.Number
		}
	}
	if number == "" {
		return key, nil
	}
	now, ok, err := s.find(number)
	if !ok {
		now = key
	}
	return now, err
}

// checkRequest refuses a key that is known, also one of this very transaction.
func (p *plan) checkRequest(bodies []any) error {
	for _, body := range bodies {
		b, ok := body.(entry.RequestedBody)
		if !ok {
			continue
		}
		_, known := p.names[requestName(b.Token, b.Key)]
		if !known {
			var err error
			if _, _, known, err = p.s.request(b.Token, b.Key); err != nil {
				return err
			}
		}
		if known {
			return fmt.Errorf("commit a request of %s: %w", b.Token, ErrRequested)
		}
	}
	return nil
}

// forgetRequests looks at a few keys after a name and deletes those that are too
// old; next is where to go on, "" at the end.
func (s *Store) forgetRequests(after string) (next string, err error) {
	type row struct {
		name string
		key  entry.Seq
	}
	var rows []row
	err = s.conn.query(context.Background(), "SELECT name, id FROM find WHERE name > ? AND name < ? ORDER BY name LIMIT ?", func(v values) error {
		rows = append(rows, row{v.text(0), entry.Seq(v.int(1))})
		return nil
	}, max(after, requestNames), requestNamesEnd, int64(requestSlice))
	if err != nil {
		return "", err
	}
	var old []string
	for _, r := range rows {
		if past, err := s.requestPast(r.name, r.key); err != nil {
			return "", err
		} else if past {
			old = append(old, r.name)
		}
	}
	if len(old) > 0 {
		err = s.transaction(func(c *conn) error {
			for _, name := range old {
				if err := c.exec("DELETE FROM find WHERE name = ?", name); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if len(rows) == requestSlice {
		next = rows[len(rows)-1].name
	}
	return next, err
}

// requestPast tells whether the request that a name leads to is too old.
func (s *Store) requestPast(name string, key entry.Seq) (bool, error) {
	entries, err := s.objectNow(key)
	if errors.Is(err, ErrNotFound) {
		return false, nil // verify says so
	}
	now := s.opts.Clock()
	for _, e := range entries {
		was, body := unwrapped(e)
		if b, ok := body.(entry.RequestedBody); ok && requestName(b.Token, b.Key) == name && !outdated(was.Stamp, now) {
			return false, nil
		}
	}
	return true, err
}
