package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tillgate/agent/cloud"
	"tillgate/agent/staff"
	"tillgate/store"
)

// rightsAgain is how long a document of rights waits for a disk that did not take it.
const rightsAgain = time.Minute

// rightsPost is where the uplink leaves the cloud's documents of rights: the
// newest is all that counts, and nobody waits for the journal.
type rightsPost chan cloud.Rights

func newRightsPost() rightsPost { return make(rightsPost, 1) }

// leave puts a document in the place of one that nobody has taken yet. The
// uplink alone leaves any.
func (p rightsPost) leave(r cloud.Rights) {
	select {
	case <-p:
	default:
	}
	p <- r
}

// takeRights hands the cloud's documents to the desk until ctx is done. What the
// disk does not take is tried again, until there is a newer one.
func (a *agent) takeRights(ctx context.Context) error {
	var again <-chan time.Time // nil: nothing waits
	var last cloud.Rights
	for {
		select {
		case <-ctx.Done():
			return nil
		case last = <-a.rights:
		case <-again:
		}
		again = nil
		was := a.desk.Roster.Serial()
		err := a.desk.TakeRights(ctx, last.Document, last.Signature)
		var refused *staff.Refusal
		switch {
		case ctx.Err() != nil:
		case errors.As(err, &refused):
			a.log.Warn("the cloud's rights were refused; those that hold go on", "err", err)
		case errors.Is(err, store.ErrDamaged):
			return err
		case err != nil:
			a.log.Error("the cloud's rights could not be written; that is tried again", "err", err)
			again = time.After(rightsAgain)
		case a.desk.Roster.Serial() != was:
			a.note("cloud", fmt.Sprintf("rights with serial %d hold now, for %d people", a.desk.Roster.Serial(), len(a.desk.Roster.People())))
		}
	}
}
