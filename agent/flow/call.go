package flow

import (
	"context"
	"errors"

	"tillgate/agent/words"
	"tillgate/store/entry"
)

// Call is an event whose sender wants to know what the lane makes of it.
type Call struct {
	Of   Event
	Done func(Said) // is called once, when all that the event decides is durable; it must not block
}

// Said is what a lane makes of an event, as people see it then.
type Said struct {
	View View
	Tell words.Key // the passing line that answers the event; empty: there was none
	Key  entry.Seq // of the order or refund that the event began; 0: of none that is durable
}

// ErrBusy is that a lane's queue is full: nothing was done.
var ErrBusy = errors.New("the lane has too much to do; nothing was done")

// Ask gives a lane an event, by its Offer, and waits for what it says of it, which is
// as long as it takes to write. Whoever leaves before, when ctx is done, undoes
// nothing: what the lane has made of the event stands in the journal. The error is
// ErrBusy, or that of ctx.
func Ask(ctx context.Context, offer func(Event) bool, ev Event) (Said, error) {
	heard := make(chan Said, 1)
	if !offer(Call{Of: ev, Done: func(s Said) { heard <- s }}) {
		return Said{}, ErrBusy
	}
	select {
	case said := <-heard:
		return said, nil
	case <-ctx.Done():
		return Said{}, ctx.Err()
	}
}

// call does what an event wants and says what has become of it.
func (l *Lane) call(ctx context.Context, c Call) error {
	before, _ := l.View()
	current, refund := l.current, l.newestRefund
	l.begun = nil
	err := l.handle(ctx, c.Of)
	said := Said{}
	if said.View, _ = l.View(); said.View.Told > before.Told {
		said.Tell = said.View.Tell
	}
	switch {
	case l.current != current && l.current != nil:
		said.Key = l.current.key
	case l.newestRefund != refund:
		said.Key = l.newestRefund.key
	case l.begun != nil:
		said.Key = l.begun.key
	}
	c.Done(said)
	return err
}
