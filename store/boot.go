package store

import (
	"context"

	"tillgate/store/entry"
)

// BootSince is the first entry that was written in this boot of the board:
// readings of the boot clock in older ones cannot be compared with ours. It is 0
// where the boot has no name.
func (s *Store) BootSince(ctx context.Context) (entry.Seq, error) {
	if err := s.enter(ctx); err != nil {
		return 0, err
	}
	defer s.leave()
	if s.opts.Boot == "" {
		return 0, nil
	}
	since, _, err := s.conn.number("SELECT min(id) FROM start WHERE boot = ? AND id > 0", s.opts.Boot) // earlier epochs' are negative
	if err != nil {
		return 0, s.failed("read the starts of this boot", err)
	}
	return entry.Seq(since), nil
}
