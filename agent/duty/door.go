package duty

import (
	"context"
	"fmt"
	"slices"

	"tillgate/agent/pay"
	"tillgate/agent/staff"
	"tillgate/store/entry"
)

// Staffed tells whether there is somebody who can sign in. Until then pages ask
// nobody to.
func (d *Desk) Staffed() bool {
	return slices.ContainsFunc(d.Roster.People(), func(p staff.Person) bool { return p.PIN && !p.Gone })
}

// Knock is somebody who wants to sign in.
type Knock struct {
	Name string
	PIN  pay.Secret
	Desk string // the page, lane or program that asks
}

// Seat is who is signed in at a desk.
type Seat struct {
	Desk   string
	Person string    // id
	Since  entry.Seq // of the sign-in
}

// SignIn lets a person in at a desk. Who was signed in there is signed out: one
// desk has one person. What is refused says for how long.
func (d *Desk) SignIn(ctx context.Context, k Knock) (Seat, error) {
	in, err := d.door.SignIn(ctx, staff.Try{Name: k.Name, PIN: k.PIN, For: staff.ForSession, Where: k.Desk})
	if err != nil {
		return Seat{}, err
	}
	seat := Seat{Desk: k.Desk, Person: in.Person.ID, Since: in.Entry}
	d.mu.Lock()
	before, taken := d.seats[k.Desk]
	d.seats[k.Desk] = seat
	d.mu.Unlock()
	if taken {
		if err := d.signedOut(ctx, before, "person"); err != nil {
			return Seat{}, err
		}
	}
	return seat, nil
}

// SignOut ends a seat; why is "person", "idle" or "rights". It leaves the
// person's shift as it is: money is handed over, and not by closing a page.
func (d *Desk) SignOut(ctx context.Context, seat Seat, why string) error {
	d.mu.Lock()
	there := d.seats[seat.Desk] == seat
	if there {
		delete(d.seats, seat.Desk)
	}
	d.mu.Unlock()
	if !there {
		return nil // somebody else is there by now, and it has been written down
	}
	return d.signedOut(ctx, seat, why)
}

func (d *Desk) signedOut(ctx context.Context, seat Seat, why string) error {
	if _, err := d.commit(ctx, staff.SignOut(seat.Person, seat.Since, why)); err != nil {
		return fmt.Errorf("sign %s out: %w", seat.Person, err)
	}
	return nil
}

// At is who is signed in at a desk. A seat whose person has been switched off,
// has left or has set a PIN since is void; whoever finds it so signs it out.
func (d *Desk) At(desk string) (seat Seat, ok bool) {
	d.mu.Lock()
	seat, ok = d.seats[desk]
	d.mu.Unlock()
	return seat, ok && d.Roster.Still(seat.Person, seat.Since)
}

// Holds tells whether a seat that a session remembers is still its person's.
func (d *Desk) Holds(seat Seat) bool {
	now, ok := d.At(seat.Desk)
	return ok && now == seat
}
