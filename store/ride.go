package store

import (
	"context"

	"tillgate/store/entry"
)

// CommitWith is Commit with riders: small steps about other objects that share
// the transaction when they can, such as the results of outputs. They never
// fail the step; a rider that is stale or refused comes back without entries.
func (s *Store) CommitWith(ctx context.Context, step Step, riders ...Step) (entries []entry.Entry, rode [][]entry.Entry, err error) {
	waiting := make([]*request, len(riders))
	s.mu.Lock()
	for i, rider := range riders {
		waiting[i] = &request{step: rider, done: make(chan struct{})}
	}
	s.queue = append(s.queue, waiting...)
	s.mu.Unlock()
	entries, err = s.Commit(ctx, step)
	rode = make([][]entry.Entry, len(riders))
	for i, r := range waiting {
		if s.withdraw(r) {
			continue
		}
		<-r.done
		if r.err == nil {
			rode[i] = r.entries
		}
	}
	return entries, rode, err
}
