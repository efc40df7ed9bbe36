package staff

import (
	"cmp"
	"context"
	"fmt"
	"sync"

	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

// Door lets people in: one at a time, slowly after wrong PINs. Make it with
// NewDoor. Its methods may be called from several goroutines.
type Door struct {
	roster *Roster
	pins   *Pins
	now    func() entry.Stamp
	commit Commit

	mu sync.Mutex
	streaks
}

// Commit makes a step durable and returns its entries, as the store does.
type Commit func(context.Context, Step) ([]entry.Entry, error)

// NewDoor makes a door. Before anybody knocks, and after the roster has folded
// its entries, it is given what it has to remember, by Fold, and then Booted.
func NewDoor(roster *Roster, pins *Pins, now func() entry.Stamp, commit Commit) *Door {
	return &Door{roster: roster, pins: pins, now: now, commit: commit, streaks: newStreaks()}
}

// Refused tells whether an object that begins with an entry is a row of wrong
// PINs: Fold has to be given all that are not done.
func Refused(first entry.Entry) bool { return first.Kind == entry.SignInRefused }

// Fold takes entries of sign-ins, committed just now or at start.
func (d *Door) Fold(entries ...entry.Entry) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, e := range entries {
		switch e.Kind {
		case entry.SignedIn:
			delete(d.people, entry.Must[entry.SignedInBody](e).Person)
		case entry.SignInRefused:
			if id := entry.Must[entry.SignInRefusedBody](e).Person; id != "" {
				s := d.streakOf(id).more(e.Mono)
				s.key, s.after = e.Key, e.Seq
				d.people[id] = s
			}
		}
	}
}

// streakOf is a person's streak: a new PIN has no wrong ones yet.
func (d *Door) streakOf(id string) streak {
	s := d.people[id]
	if d.roster.pinnedAfter(id, s.after) {
		s.count = 0
	}
	return s
}

// Booted says which entries are of this boot, as the roster's does. A pause
// from an older one begins anew: nobody knows how long the board was off, and
// switching it off and on must not be a way to try faster.
func (d *Door) Booted(since entry.Seq) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.now().Mono
	for id, s := range d.people {
		if since == 0 || s.after < since {
			s.from = now
			d.people[id] = s
		}
	}
}

// What a PIN is typed for.
const (
	ForSession = "session"
	ForSpot    = "spot" // only one act follows from it
)

// Try is somebody at the door.
type Try struct {
	Name  string
	PIN   pay.Secret
	For   string // ForSession or ForSpot
	Where string // the page, lane or program that asks
}

// In is a person who has been let in.
type In struct {
	Person Person
	Proof  Proof
	Entry  entry.Seq // of the sign-in: with it a session is asked whether it still holds, and ended
}

// SignIn waits for its turn, compares the PIN, and makes durable what came of
// it before anybody is told. Whoever hangs up meanwhile is counted all the same.
// A wrong PIN and a name that nobody has get the same answer, after the same
// time, and the same pauses. While a pause lasts nothing is compared or counted;
// the refusal says how long.
func (d *Door) SignIn(ctx context.Context, try Try) (In, error) {
	leave, err := d.pins.enter(ctx)
	if err != nil {
		return In{}, err
	}
	defer leave()
	p, row := d.roster.named(try.Name)
	s := d.streak(p.ID, try.Name)
	if wait := s.wait(d.now().Mono); wait > 0 {
		return In{}, &Refusal{Why: words.DeniedWait, Wait: wait, What: p.ID}
	}
	known := hashOf(row)
	right := matches(try.PIN, cmp.Or(known, hashOf(d.pins.decoy)))
	ctx = context.WithoutCancel(ctx)
	why := "pin"
	switch {
	case p.ID == "":
		why = "name"
	case known == nil:
		why = "unset"
	case right && d.roster.holds(p.ID, row):
		return d.letIn(ctx, p, s, try)
	case p.Off:
		why = "off"
	}
	return In{}, d.refuse(ctx, s, try.Name, entry.SignInRefusedBody{Person: p.ID, Why: why, Where: try.Where})
}

// streak is that of a name, whether anybody has it or not.
func (d *Door) streak(id, name string) streak {
	d.mu.Lock()
	defer d.mu.Unlock()
	if id == "" {
		return d.strangers[d.stranger(name)]
	}
	return d.streakOf(id)
}

func (d *Door) letIn(ctx context.Context, p Person, s streak, try Try) (In, error) {
	draft := entry.New(entry.SignedIn, entry.SignedInBody{Person: p.ID, For: try.For, Where: try.Where})
	entries, err := d.commit(ctx, Step{Key: s.key, After: s.after, Entries: []entry.Draft{draft}, Done: true})
	if err != nil {
		return In{}, fmt.Errorf("sign %s in: %w", p.ID, err)
	}
	d.Fold(entries...)
	return In{Person: p, Proof: Proof{person: p.ID, at: d.now().Mono}, Entry: entries[len(entries)-1].Seq}, nil
}

// refuse counts and writes a wrong PIN. It counts also where the disk refuses
// to write: that must not make guesses free.
func (d *Door) refuse(ctx context.Context, s streak, name string, body entry.SignInRefusedBody) error {
	more := s.more(d.now().Mono)
	denied := &Refusal{Why: words.DeniedNameOrPIN, Wait: more.wait(more.from), What: body.Person}
	step := Step{Key: s.key, After: s.after}
	if body.Person == "" {
		left, ok := d.count(name, more)
		if !ok {
			return denied
		}
		body.More, step.Done = left, true
	}
	step.Entries = []entry.Draft{entry.New(entry.SignInRefused, body)}
	entries, err := d.commit(ctx, step)
	if err != nil {
		d.unwritten(body.Person, more)
		return fmt.Errorf("write a refused sign-in: %w", err)
	}
	d.Fold(entries...)
	return denied
}

// count keeps a stranger's streak, and tells whether it is written down.
func (d *Door) count(name string, s streak) (left int, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.remember(d.stranger(name), s)
	return d.write(s.from)
}

// unwritten keeps what could not be committed.
func (d *Door) unwritten(id string, s streak) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if id != "" {
		d.people[id] = s
	}
}

// SignOut ends a session; why is "person", "idle" or "rights".
func SignOut(id string, in entry.Seq, why string) Step {
	return Step{Entries: []entry.Draft{entry.New(entry.SignedOut, entry.SignedOutBody{Person: id, In: in, Why: why})}, Done: true}
}
