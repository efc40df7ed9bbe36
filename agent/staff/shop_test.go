package staff_test

import (
	"context"
	"errors"
	"maps"
	"testing"

	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

const (
	site  = "10000001"
	noon  = 1_795_500_000_000 // Unix ms, some day in November 2026
	local = "local-"
)

var (
	lanes   = []string{"counter-1", "exit-1"}
	errDisk = errors.New("the disk refuses")
	errOld  = errors.New("the object has moved on")
)

// journal is a store as far as this package needs one: objects, stale steps,
// secrets in the same transaction.
type journal struct {
	entries []entry.Entry
	last    map[entry.Seq]entry.Seq // by object
	done    map[entry.Seq]bool
	secrets map[string][]byte
	stamp   entry.Stamp
	refuses bool
	slow    func() // is called by each commit
}

func newJournal() *journal {
	return &journal{last: map[entry.Seq]entry.Seq{}, done: map[entry.Seq]bool{}, secrets: map[string][]byte{},
		stamp: entry.Stamp{Wall: noon, Mono: 50_000, Trust: entry.Trusted}}
}

func (j *journal) now() entry.Stamp { return j.stamp }

func (j *journal) commit(ctx context.Context, step staff.Step) (added []entry.Entry, err error) {
	if j.slow != nil {
		j.slow()
	}
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case j.refuses:
		return nil, errDisk
	case len(step.Entries) == 0:
		return nil, errors.New("a step without entries")
	case j.last[step.Key] != step.After:
		return nil, errOld
	}
	key := step.Key
	for _, d := range step.Entries {
		e := entry.Entry{Seq: entry.Seq(len(j.entries) + 1), Stamp: j.stamp, Kind: d.Kind, Body: d.Body, Private: d.Private}
		if key == 0 {
			key = e.Seq
		}
		e.Key, e.Prev = key, j.last[key]
		j.last[key] = e.Seq
		j.entries, added = append(j.entries, e), append(added, e)
	}
	j.done[key] = step.Done
	for name, value := range step.Secrets {
		if len(value) == 0 {
			delete(j.secrets, name)
		} else {
			j.secrets[name] = value
		}
	}
	return added, nil
}

// open are the entries of what is not done, as a start reads them.
func (j *journal) open(begins func(entry.Entry) bool) (open []entry.Entry) {
	for _, e := range j.entries {
		if !j.done[e.Key] && begins(j.entries[e.Key-1]) {
			open = append(open, e)
		}
	}
	return open
}

// shop is a roster over a journal.
type shop struct {
	t *testing.T
	*journal
	*staff.Roster
	o staff.Options
}

func newShop(t *testing.T, o staff.Options) *shop {
	t.Helper()
	if o.Site == "" {
		o.Site, o.Lanes = site, lanes
	}
	return &shop{t, newJournal(), staff.New(o), o}
}

func (s *shop) at() staff.Now { return staff.Now{Stamp: s.stamp} }

// put commits a decision, which must not have been refused.
func (s *shop) put(step staff.Step, err error) {
	s.t.Helper()
	if err == nil && len(step.Entries) == 0 {
		return
	}
	if err == nil {
		var entries []entry.Entry
		if entries, err = s.commit(s.t.Context(), step); err == nil {
			s.Fold(step.Secrets, entries...)
		}
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// again is the roster as a start builds it.
func (s *shop) again() *staff.Roster {
	r := staff.New(s.o)
	r.Fold(maps.Clone(s.secrets), s.open(staff.Begins)...)
	return r
}

// pin gives somebody a PIN, by a link of the console's or of a manager.
func (s *shop) pin(link staff.Link) {
	s.t.Helper()
	p, err := s.Follow(link.Token, s.at())
	if err != nil {
		s.t.Fatal(err)
	}
	s.put(s.Finish(link.Token, staff.FakeHash(p, byte(len(s.entries))), s.at()))
}

// first makes the first manager, local-1, with a PIN.
func (s *shop) first() *shop {
	s.t.Helper()
	step, link, err := s.First("", s.at())
	s.put(step, err)
	s.pin(link)
	return s
}

// hire has local-1 make a person, with a PIN unless they have yet to set it.
func (s *shop) hire(p staff.Person, pin bool) string {
	s.t.Helper()
	step, err := s.Set(local+"1", p, s.at())
	s.put(step, err)
	id := entry.Must[entry.PersonSetBody](s.entries[len(s.entries)-1]).Person
	if pin {
		step, link, err := s.Activate(local+"1", id, s.at())
		s.put(step, err)
		s.pin(link)
	}
	return id
}

// is somebody as they are now.
func (s *shop) is(id string) staff.Person {
	s.t.Helper()
	p, ok := s.Person(id)
	if !ok {
		s.t.Fatalf("nobody is %s", id)
	}
	return p
}

// fataler is a test of either kind.
type fataler interface {
	Fatalf(format string, args ...any)
}

// why is the reason of a refusal, "" where there is none.
func why(t fataler, err error) words.Denial {
	if err == nil {
		return ""
	}
	var refusal *staff.Refusal
	if !errors.As(err, &refusal) {
		t.Fatalf("%v is no refusal", err)
	}
	return refusal.Why
}
