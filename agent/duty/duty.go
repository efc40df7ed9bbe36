package duty

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"sync"

	"tillgate/agent/flow"
	"tillgate/agent/staff"
	"tillgate/store"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// Writer makes decisions durable, as the store does.
type Writer interface {
	Commit(ctx context.Context, step store.Step) ([]entry.Entry, error)
}

// Beginning is what a start is built from.
type Beginning interface {
	Unfinished(ctx context.Context, each func(key entry.Seq, entries []entry.Entry) error) error
	Secrets(ctx context.Context, prefix string) (map[string][]byte, error)
	BootSince(ctx context.Context) (entry.Seq, error)
}

// Past is what a damage has left of earlier epochs: entries in wrappers.
type Past interface {
	Damage() *entry.DamagedBody
	Entries(ctx context.Context, after entry.Seq, max int) ([]entry.Entry, error)
}

// Payments is what was paid, by number and by order.
type Payments interface {
	Find(ctx context.Context, name string) (entry.Seq, error)
	Payment(ctx context.Context, order entry.Seq) (store.Payment, error)
}

// Deposits is what is held, by key, and by any number that leads to it.
type Deposits interface {
	Hold(ctx context.Context, key entry.Seq) (store.Hold, error)
	HoldOf(ctx context.Context, name string) (store.Hold, error)
	Holds(ctx context.Context, q store.HoldQuery) ([]store.Hold, error)
}

// Shifts are who is on duty, and who was.
type Shifts interface {
	OnDuty() []store.Shift
	Shift(ctx context.Context, id entry.Seq) (store.Shift, error)
	// Shifts are the newest before a key (0: the newest of all), newest first.
	Shifts(ctx context.Context, before entry.Seq, max int) ([]store.Shift, error)
	Object(ctx context.Context, key, after entry.Seq) ([]entry.Entry, error)
}

// Journal is what a Desk needs of the store.
type Journal interface {
	Writer
	Beginning
	Past
	Payments
	Deposits
	Shifts
	Orders
	Todo
}

// Lanes are the terminal's.
type Lanes interface {
	Names() []string
	// Roles are what a lane may be used for, its config's first; none where there is no such lane.
	Roles(lane string) []flow.Role
	// Offer gives a lane an event; false where there is no such lane, or it has too much to do.
	Offer(lane string, ev flow.Event) bool
}

// Options are what a Desk works with.
type Options struct {
	Device  string // site and terminal, 12 digits: what is approved is bound to it
	Site    string // the shop's name, as slips have it
	Journal Journal
	Roster  *staff.Roster // who works here; the desk folds it, and nobody else
	Pins    *staff.Pins
	Lanes   Lanes
	Printer func(lane string) *flow.Output // that prints a lane's slips; nil: the lane has none
	Gate    func(lane string) *flow.Output // that opens a lane's gate; nil: the lane has none, nil itself: no lane has
	Abroad  *flow.Abroad                   // the site's other agents; nil: there are none
	Clock   func() entry.Stamp
	Random  io.Reader    // nil is crypto/rand.Reader
	Log     *slog.Logger // nil discards
}

// Desk is everybody who is on duty at one terminal. Its methods may be called
// from several goroutines.
type Desk struct {
	Options
	door *staff.Door

	// Each is held over decision, commit and fold of what it is named for.
	people, shifts, setting sync.Mutex

	mu       sync.Mutex // guards what follows
	seats    map[string]Seat
	settings settings
	keys     keys
	requests map[string]*request
	doing    map[string]*request     // whose wish is being done just now; what is withdrawn meanwhile is not put back
	wrong    []int64                 // ms of the boot clock: when codes were wrong
	going    map[entry.Seq]money.Fen // what lanes have been asked to give back, by order, and not yet written down
}

// New makes a desk; Load gives it what the life before left.
func New(o Options) *Desk {
	o.Random = cmp.Or[io.Reader](o.Random, rand.Reader)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	d := &Desk{Options: o, seats: map[string]Seat{}, settings: settings{values: map[string]string{}}, keys: keys{}, requests: map[string]*request{}, doing: map[string]*request{}, going: map[entry.Seq]money.Fen{}}
	d.door = staff.NewDoor(o.Roster, o.Pins, o.Clock, d.commit)
	return d
}

// Load folds what earlier lives left: people, wrong PINs, shifts, settings and
// keys. It is called once, before anybody knocks.
func (d *Desk) Load(ctx context.Context) error {
	secrets, err := d.Journal.Secrets(ctx, "")
	if err != nil {
		return fmt.Errorf("read who works here: %w", err)
	}
	d.Roster.Fold(secrets)
	d.keys.fold(secrets)
	err = d.Journal.Unfinished(ctx, func(_ entry.Seq, entries []entry.Entry) error {
		d.fold(entries)
		return nil
	})
	if err != nil {
		return fmt.Errorf("read who works here: %w", err)
	}
	if err := d.revive(ctx); err != nil {
		return fmt.Errorf("read who worked here before the damage: %w", err)
	}
	boot, err := d.Journal.BootSince(ctx)
	if err != nil {
		return fmt.Errorf("read who works here: %w", err)
	}
	d.becomeAll()
	d.Roster.Booted(boot)
	d.door.Booted(boot)
	return nil
}

// fold takes an object that is not done.
func (d *Desk) fold(entries []entry.Entry) {
	switch first := entries[0]; {
	case staff.Begins(first):
		d.Roster.Fold(nil, entries...)
	case staff.Refused(first):
		d.door.Fold(entries...)
	case first.Kind == entry.SettingSet:
		d.settings.fold(entries...)
	}
}

// commit makes a decision about people durable.
func (d *Desk) commit(ctx context.Context, step staff.Step) ([]entry.Entry, error) {
	return d.Journal.Commit(ctx, store.Step{Key: step.Key, After: step.After, Entries: step.Entries, Secrets: step.Secrets, Done: step.Done})
}
