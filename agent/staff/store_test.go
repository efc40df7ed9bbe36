package staff_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
)

// terminal is a roster and a door over a real store, as the agent has them.
type terminal struct {
	*store.Store
	*staff.Roster
	door    *staff.Door
	secrets map[string][]byte
	boot    string
	stamp   entry.Stamp
	path    string
}

func newTerminal(t *testing.T) *terminal {
	t.Helper()
	return &terminal{secrets: map[string][]byte{}, boot: "boot-1", stamp: entry.Stamp{Wall: noon, Mono: 60_000, Trust: entry.Trusted},
		path: filepath.Join(t.TempDir(), "till.db")}
}

// start opens the store and builds everything from it.
func (m *terminal) start(t *testing.T) {
	t.Helper()
	var err error
	m.Store, err = store.Open(t.Context(), store.Options{Path: m.path, Prefix: site, Device: "0001", Version: "test", Boot: m.boot, Clock: m.now})
	if err != nil {
		t.Fatal(err)
	}
	since, err := m.BootSince(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	m.Roster = staff.New(staff.Options{Site: site, Lanes: lanes})
	var wrong []entry.Entry
	err = m.Unfinished(t.Context(), func(_ entry.Seq, entries []entry.Entry) error {
		switch {
		case staff.Begins(entries[0]):
			m.Fold(m.secrets, entries...)
		case staff.Refused(entries[0]):
			wrong = append(wrong, entries...)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	m.Booted(since)
	m.door = staff.NewDoor(m.Roster, staff.CheapPins(), m.now, m.commit)
	m.door.Fold(wrong...)
	m.door.Booted(since)
}

func (m *terminal) stop(t *testing.T) {
	t.Helper()
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
}

func (m *terminal) now() entry.Stamp { return m.stamp }

func (m *terminal) commit(ctx context.Context, step staff.Step) ([]entry.Entry, error) {
	return m.Commit(ctx, store.Step{Key: step.Key, After: step.After, Entries: step.Entries, Done: step.Done})
}

func (m *terminal) put(t *testing.T, step staff.Step, err error) []entry.Entry {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	entries, err := m.commit(t.Context(), step)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range step.Secrets {
		m.secrets[name] = value
	}
	m.Fold(step.Secrets, entries...)
	return entries
}

// pin gives a person the manager's PIN.
func (m *terminal) pin(t *testing.T, link staff.Link) {
	t.Helper()
	p, err := m.Follow(link.Token, staff.Now{Stamp: m.stamp})
	if err != nil {
		t.Fatal(err)
	}
	step, err := m.Finish(link.Token, staff.CheapHash(p, managerPIN), staff.Now{Stamp: m.stamp})
	m.put(t, step, err)
}

// TestOverTheStore: people, links and locks come back from a real journal, and
// two managers' steps meet there.
func TestOverTheStore(t *testing.T) {
	t.Parallel()
	m := newTerminal(t)
	m.start(t)
	now := staff.Now{Stamp: m.stamp}
	step, link, err := m.First("Ann", now)
	m.put(t, step, err)
	m.stop(t)
	m.start(t) // the link is on a phone meanwhile
	m.pin(t, link)
	step, err = m.Set(one, staff.Person{Name: "Bob", Role: staff.Manager}, now)
	m.put(t, step, err)
	step, link, err = m.Activate(one, local+"2", now)
	m.put(t, step, err)
	m.pin(t, link)

	annRemoves, err := m.Remove(one, local+"2")
	if err != nil {
		t.Fatal(err)
	}
	bobRemoves, err := m.Remove(local+"2", one)
	if err != nil {
		t.Fatal(err)
	}
	entries := m.put(t, annRemoves, nil)
	if _, err := m.commit(t.Context(), bobRemoves); !errors.Is(err, store.ErrStale) {
		t.Fatalf("the second removal: %v", err)
	}
	if _, err := m.Remove(local+"2", one); why(t, err) != words.DeniedNobody {
		t.Errorf("decided again: %v", err)
	}
	if entries[0].Kind != entry.PersonGone || entries[0].Key != step.Key {
		t.Errorf("the entry is %s of object %d", entries[0].Kind, entries[0].Key)
	}

	for n := range 5 {
		m.stamp.Mono += pause(n).Milliseconds()
		if got, _ := try(t, m.door, "Ann", wrongPIN); got != words.DeniedNameOrPIN {
			t.Fatalf("wrong PIN %d: %q", n+1, got)
		}
		if got, _ := try(t, m.door, "nobody", wrongPIN); got != words.DeniedNameOrPIN {
			t.Fatalf("no name %d: %q", n+1, got)
		}
	}
	for _, boot := range []string{"boot-1", "boot-2"} {
		m.stop(t)
		if m.boot != boot {
			m.boot, m.stamp.Mono = boot, 10_000
		}
		m.start(t)
		if got, wait := try(t, m.door, "Ann", managerPIN); got != words.DeniedWait || wait != lockTime {
			t.Errorf("in %s: %q, wait %v", boot, got, wait)
		}
	}
	m.stamp.Mono += lockTime.Milliseconds()
	if got, _ := try(t, m.door, "Ann", managerPIN); got != "" {
		t.Errorf("after the lock: %q", got)
	}
	m.stop(t)
	m.start(t)
	if got, wait := try(t, m.door, "Ann", wrongPIN); got != words.DeniedNameOrPIN || wait != pause(1) {
		t.Errorf("wrong again: %q, wait %v", got, wait)
	}
	if people := m.People(); len(people) != 1 || !people[0].PIN || people[0].Name != "Ann" {
		t.Errorf("here are %+v", people)
	}
	m.stop(t)
}
