package staff

import (
	"bytes"
	"cmp"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"tillgate/agent/words"
	"tillgate/store/entry"
)

// peopleMax is how many people there can be at once; a rights document of as
// many fits its limit.
const peopleMax = 200

// Who decides where no person does.
const (
	byConsole = "console" // whoever has the terminal itself in hand: its command line, its log
	byCloud   = "cloud"
	byDamage  = "damage" // nobody: the journal was lost, and this was read out of it
)

// Names of the secrets' rows: a PIN's hash, a link's hash.
const (
	Secrets    = "staff/" // begins them all
	pinRow     = Secrets + "pin/"
	linkRow    = Secrets + "link/"
	localID    = "local-" // begins the ids that are given here
	firstName  = "经理 Manager"
	tokenBytes = 16 // 128 bits cannot be guessed
)

// Options say where a roster is kept.
type Options struct {
	Site   string            // as in the config: documents of other sites are refused
	Lanes  []string          // the config's
	Key    ed25519.PublicKey // the cloud's; nil: people are set here
	Random io.Reader         // nil is crypto/rand.Reader
}

// Roster is everybody who works here: a fold of one object of the journal, so
// that two changes at once meet as one that is stale. Its methods may be called
// from several goroutines; decisions change nothing.
type Roster struct {
	o Options

	mu         sync.Mutex
	key, after entry.Seq
	people     map[string]Person
	local      int                  // highest number of a local id that was ever given
	pinned     map[string]entry.Seq // when each last set a PIN
	links      map[string]link      // that may still be followed, by person
	secrets    map[string][]byte
	serial     int64 // of the document that holds, 0: none
	document   entry.RightsDocument
}

// link is an activation: a one-time way to set a PIN.
type link struct {
	seq        entry.Seq
	mono, life int64 // ms of the boot clock
}

// New is a roster of nobody yet.
func New(o Options) *Roster {
	o.Random = cmp.Or[io.Reader](o.Random, rand.Reader)
	r := &Roster{o: o, secrets: map[string][]byte{}}
	r.begin(0)
	return r
}

// Empty is a roster of nobody, kept where this one is: for what an earlier epoch has left.
func (r *Roster) Empty() *Roster { return New(r.o) }

// begin makes it nobody's, under a key.
func (r *Roster) begin(key entry.Seq) {
	r.key, r.after, r.local = key, 0, 0
	r.people, r.pinned, r.links = map[string]Person{}, map[string]entry.Seq{}, map[string]link{}
	r.serial, r.document = 0, entry.RightsDocument{}
}

// Begins tells whether an object that begins with an entry is a roster. The
// first step of all has no object on which it could be stale: of two rosters
// that began at once the older one counts, and the other's step must be decided again.
func Begins(first entry.Entry) bool {
	return first.Kind == entry.PersonSet || first.Kind == entry.RightsTaken
}

// Fold takes what was committed: entries, and rows of secrets, those that do not
// begin with Secrets left aside. The same fold builds the roster at start,
// where it is given all of both. An entry that it has already changes nothing.
func (r *Roster) Fold(secrets map[string][]byte, entries ...entry.Entry) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range entries {
		if Begins(e) && e.Seq == e.Key && (r.key == 0 || e.Key < r.key) {
			r.begin(e.Key)
		}
		if e.Key == r.key && e.Seq > r.after {
			r.after = e.Seq
			r.fold(e)
		}
	}
	for name, value := range secrets { // after the entries, for whoever left long ago may be back with a new PIN
		switch {
		case len(value) == 0:
			delete(r.secrets, name)
		case strings.HasPrefix(name, Secrets):
			r.secrets[name] = value
		}
	}
}

func (r *Roster) fold(e entry.Entry) {
	switch e.Kind {
	case entry.PersonSet:
		r.set(entry.Must[entry.PersonSetBody](e), nameIn(e.Private))
	case entry.PersonGone:
		r.gone(entry.Must[entry.PersonGoneBody](e).Person)
	case entry.RightsTaken:
		b := entry.Must[entry.RightsTakenBody](e)
		r.serial = b.Serial
		r.document, _ = entry.Unseal[entry.RightsDocument](e.Private)
		names := namesIn(r.document.Document)
		stay := map[string]bool{}
		for _, p := range b.People {
			r.set(p, names[p.Person])
			stay[p.Person] = true
		}
		for id := range r.people {
			if !stay[id] {
				r.gone(id)
			}
		}
	case entry.Activation:
		b := entry.Must[entry.ActivationBody](e)
		r.links[b.Person] = link{seq: e.Seq, mono: e.Mono, life: b.Life}
	case entry.PINSet:
		b := entry.Must[entry.PINSetBody](e)
		r.pinned[b.Person] = e.Seq
		delete(r.links, b.Person)
	}
}

func (r *Roster) set(b entry.PersonSetBody, name string) {
	p := Person{ID: b.Person, Name: cmp.Or(name, r.people[b.Person].Name, b.Person), Role: Role(b.Role), Rights: granted(b.Rights), Off: b.Off}
	r.people[p.ID] = p
	if p.Off {
		delete(r.links, p.ID)
	}
	if n, err := strconv.Atoi(strings.TrimPrefix(p.ID, localID)); err == nil && strings.HasPrefix(p.ID, localID) {
		r.local = max(r.local, n)
	}
}

func (r *Roster) gone(id string) {
	p := r.people[id]
	p.Gone = true
	r.people[id] = p
	delete(r.links, id)
	delete(r.secrets, pinRow+id)
	delete(r.secrets, linkRow+id)
}

func nameIn(private []byte) string {
	name, _ := entry.Unseal[entry.PersonName](private) // where it was erased, the id remains
	return name.Name
}

// Booted says which entries are of this boot of the board, whose clock goes on:
// those from since on; 0: none that was folded. Links of an older boot are void,
// for nobody knows how long it was off.
func (r *Roster) Booted(since entry.Seq) {
	r.mu.Lock()
	defer r.mu.Unlock()
	maps.DeleteFunc(r.links, func(_ string, l link) bool { return since == 0 || l.seq < since })
}

// People are all who have not left, by name.
func (r *Roster) People() []Person {
	r.mu.Lock()
	defer r.mu.Unlock()
	people := r.present()
	slices.SortFunc(people, func(a, b Person) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return people
}

// everybody is whoever was ever here, by id.
func (r *Roster) everybody() (people []Person) {
	for _, id := range slices.Sorted(maps.Keys(r.people)) {
		people = append(people, r.person(id))
	}
	return people
}

// present are all who have not left, by id.
func (r *Roster) present() []Person {
	return slices.DeleteFunc(r.everybody(), func(p Person) bool { return p.Gone })
}

// Person is somebody who is here or has left; ok is false where nobody ever had the id.
func (r *Roster) Person(id string) (p Person, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p = r.person(id)
	return p, p.ID != ""
}

func (r *Roster) person(id string) Person {
	p := r.people[id]
	p.PIN = hashOf(r.secrets[pinRow+id]) != nil
	return p
}

// Still tells whether a session that began with an entry still holds: its
// person is here and switched on, and has set no PIN since.
func (r *Roster) Still(id string, since entry.Seq) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.people[id].active() && r.pinned[id] < since
}

// named is who has a name here, and the row of their PIN.
func (r *Roster) named(name string) (Person, []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range r.people {
		if !p.Gone && sameName(p.Name) == sameName(name) {
			return r.person(p.ID), r.secrets[pinRow+p.ID]
		}
	}
	return Person{}, nil
}

// Named is the person who is called so; who has left is nobody.
func (r *Roster) Named(name string) (p Person, ok bool) {
	p, _ = r.named(name)
	return p, p.ID != ""
}

// holds tells whether a person may still sign in with the PIN of a row.
func (r *Roster) holds(id string, row []byte) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.people[id].active() && bytes.Equal(r.secrets[pinRow+id], row)
}

// pinnedAfter tells whether a person has set a PIN since an entry.
func (r *Roster) pinnedAfter(id string, seq entry.Seq) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.pinned[id] > seq
}

// Serial is that of the cloud's document that holds, 0 where there is none.
func (r *Roster) Serial() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.serial
}

// ByCloud tells whether people and rights come from the cloud alone.
func (r *Roster) ByCloud() bool { return r.o.Key != nil }

// May tells whether a person may do something on a lane; an empty lane is the
// whole store, every lane of the config. A clerk's refunds on duty, and sums
// that need a second person, are not decided here. While the clock proves
// nothing, what lets money or cars go takes a manager: the person, or one on the spot.
func (r *Roster) May(id string, right Right, lane string, now Now) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := r.people[id]
	lanes := p.Grants()[right]
	what := fmt.Sprintf("%s on lane %q by %q", right, lane, id)
	switch {
	case p.ID == "" || p.Gone:
		return refuse(words.DeniedNobody, what)
	case p.Off:
		return refuse(words.DeniedOff, what)
	case len(lanes) == 0:
		return refuse(words.DeniedRight, what)
	case lane != "" && !lanes.Has(lane) || lane == "" && !r.everywhere(lanes):
		return refuse(words.DeniedLane, what)
	case right.widens() && now.Trust != entry.Trusted && p.Role != Manager && r.spot(now) == "":
		return refuse(words.DeniedClock, what)
	}
	return nil
}

// Managed tells whether a manager has just typed a PIN.
func (r *Roster) Managed(now Now) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.spot(now) != ""
}

// everywhere tells whether lanes are all that the config has.
func (r *Roster) everywhere(lanes Lanes) bool {
	return len(lanes) > 0 && lanes.cover(r.o.Lanes)
}

// spot is the manager who has just typed a PIN, "" where there is none.
func (r *Roster) spot(now Now) string {
	if p := r.people[now.Spot.person]; p.active() && p.Role == Manager && now.Spot.fresh(now.Mono) {
		return p.ID
	}
	return ""
}
