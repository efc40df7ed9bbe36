package duty

import (
	"context"
	"maps"
	"slices"

	"tillgate/agent/pay"
	"tillgate/agent/staff"
	"tillgate/store/entry"
)

// Spot is a manager's name and PIN, typed for one act: while the clock proves
// nothing, what widens takes one. The zero Spot is nobody.
type Spot struct {
	Name string
	PIN  pay.Secret
}

// SetPerson makes a person, whose ID is empty, or changes one.
func (d *Desk) SetPerson(ctx context.Context, by string, p staff.Person, spot Spot) error {
	return d.changeBy(ctx, spot, func(now staff.Now) (staff.Step, error) { return d.Roster.Set(by, p, now) })
}

// Hire makes a person and the one-time link with which they set a PIN. Where only
// the link could not be made, the person is there without one.
func (d *Desk) Hire(ctx context.Context, by string, p staff.Person, spot Spot) (link staff.Link, err error) {
	p.ID = ""
	var made entry.PersonSetBody
	err = d.changeBy(ctx, spot, func(now staff.Now) (staff.Step, error) {
		step, err := d.Roster.Set(by, p, now)
		if err == nil {
			made = entry.Must[entry.PersonSetBody](entry.Entry{Kind: entry.PersonSet, Body: step.Entries[0].Body})
		}
		return step, err
	})
	if err != nil {
		return link, err
	}
	return d.Activate(ctx, by, made.Person)
}

// RemovePerson lets a person go for good.
func (d *Desk) RemovePerson(ctx context.Context, by, id string) error {
	return d.change(ctx, staff.Proof{}, func(staff.Now) (staff.Step, error) { return d.Roster.Remove(by, id) })
}

// Activate makes a person's one-time link, with which they set a PIN.
func (d *Desk) Activate(ctx context.Context, by, id string) (link staff.Link, err error) {
	err = d.change(ctx, staff.Proof{}, func(now staff.Now) (step staff.Step, err error) {
		step, link, err = d.Roster.Activate(by, id, now)
		return step, err
	})
	return link, err
}

// First is the console's way to a manager who can sign in, as the roster's.
func (d *Desk) First(ctx context.Context, name string) (link staff.Link, err error) {
	err = d.change(ctx, staff.Proof{}, func(now staff.Now) (step staff.Step, err error) {
		step, link, err = d.Roster.First(name, now)
		return step, err
	})
	return link, err
}

// Follow is whose link it is; it does not use it up.
func (d *Desk) Follow(token pay.Secret) (staff.Person, error) { return d.Roster.Follow(token, d.now()) }

// Finish sets the PIN of whoever follows a link, and uses the link up.
func (d *Desk) Finish(ctx context.Context, token, pin pay.Secret) error {
	p, err := d.Follow(token)
	if err != nil {
		return err
	}
	hash, err := d.Pins.Hash(ctx, p, pin)
	if err != nil {
		return err
	}
	return d.change(ctx, staff.Proof{}, func(now staff.Now) (staff.Step, error) { return d.Roster.Finish(token, hash, now) })
}

// ChangePIN sets another PIN for whoever types the present one.
func (d *Desk) ChangePIN(ctx context.Context, present Spot, pin pay.Secret, where string) error {
	in, err := d.door.SignIn(ctx, staff.Try{Name: present.Name, PIN: present.PIN, For: staff.ForSpot, Where: where})
	if err != nil {
		return err
	}
	hash, err := d.Pins.Hash(ctx, in.Person, pin)
	if err != nil {
		return err
	}
	return d.change(ctx, in.Proof, func(now staff.Now) (staff.Step, error) { return d.Roster.SetPIN(in.Proof, hash, now) })
}

// TakeRights takes a document of the cloud, whose signature is over these bytes.
func (d *Desk) TakeRights(ctx context.Context, document, signature []byte) error {
	return d.change(ctx, staff.Proof{}, func(staff.Now) (staff.Step, error) { return d.Roster.Take(document, signature) })
}

// now is the moment of a decision that no manager stands by.
func (d *Desk) now() staff.Now { return staff.Now{Stamp: d.Clock()} }

// changeBy is change with a manager on the spot, where one has typed a PIN.
func (d *Desk) changeBy(ctx context.Context, spot Spot, decide func(staff.Now) (staff.Step, error)) error {
	if spot == (Spot{}) {
		return d.change(ctx, staff.Proof{}, decide)
	}
	in, err := d.door.SignIn(ctx, staff.Try{Name: spot.Name, PIN: spot.PIN, For: staff.ForSpot, Where: "people"})
	if err != nil {
		return err
	}
	return d.change(ctx, in.Proof, decide)
}

// change decides about people, one decision at a time, and makes it durable.
func (d *Desk) change(ctx context.Context, spot staff.Proof, decide func(staff.Now) (staff.Step, error)) error {
	d.people.Lock()
	defer d.people.Unlock()
	now := d.now()
	now.Spot = spot
	step, err := decide(now)
	if err != nil || len(step.Entries) == 0 {
		return err
	}
	entries, err := d.commit(ctx, step)
	if err != nil {
		return unwritten("set people", err)
	}
	d.Roster.Fold(step.Secrets, entries...)
	return d.forget(ctx)
}

// forget drops the approval keys of who has left. What a crash leaves of it is
// dropped with the next change; nobody who has left approves anything meanwhile.
func (d *Desk) forget(ctx context.Context) error {
	d.setting.Lock()
	defer d.setting.Unlock()
	d.mu.Lock()
	people := slices.Sorted(maps.Keys(d.keys))
	d.mu.Unlock()
	for _, id := range people {
		if p, _ := d.Roster.Person(id); !p.Gone {
			continue
		}
		if err := d.keep(ctx, entry.SettingSetBody{Name: keySetting + id, By: id}, map[string][]byte{Secrets + id: nil}); err != nil {
			return err
		}
	}
	return nil
}
