package staff_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store/entry"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// everywhere stands for every place there can be: both lanes, and one that the config has not yet.
var everywhere = append(lanes[:2:2], "a lane of tomorrow")

// house is a journal that several managers change at once, each over a roster
// of their own that may be behind.
type house struct {
	*rapid.T
	*journal
	o       staff.Options
	cloud   cloud
	serial  int
	desks   []*staff.Roster
	links   []staff.Link
	truth   *staff.Roster // all that is committed
	refused map[words.Denial]int
	stale   int
}

// TestWhateverManagersDo: random changes by several managers at once, half of
// them decided on what is no longer so. After each that is taken, what this
// package promises holds.
func TestWhateverManagersDo(t *testing.T) {
	t.Parallel()
	refused, stale, taken := map[words.Denial]int{}, 0, 0
	c := newCloud(t)
	rapid.Check(t, func(rt *rapid.T) {
		h := &house{T: rt, journal: newJournal(), o: staff.Options{Site: site, Lanes: lanes}, cloud: c, refused: refused}
		if rapid.Bool().Draw(rt, "cloud") {
			h.o.Key = c.public
		}
		h.truth = staff.New(h.o)
		for range 3 {
			h.desks = append(h.desks, staff.New(h.o))
		}
		h.begin()
		for range rapid.IntRange(50, 300).Draw(rt, "steps") {
			h.stamp.Mono += rapid.SampledFrom([]int64{1, 1, 1, 1000, 1000, 16 * 60_000}).Draw(rt, "ms")
			h.stamp.Trust = rapid.SampledFrom([]entry.Trust{entry.Untrusted, entry.Floor, entry.Trusted, entry.Trusted, entry.Trusted}).Draw(rt, "trust")
			h.act()
		}
		stale += h.stale
		taken += len(h.entries)
		for i, desk := range h.desks {
			desk.Fold(h.secrets, h.entries...)
			if diff := cmp.Diff(h.truth.People(), desk.People()); diff != "" {
				rt.Fatalf("desk %d came by another way to others (-truth +desk):\n%s", i, diff)
			}
		}
	})
	if testing.Short() { // in few lives something may never happen
		return
	}
	for _, why := range []words.Denial{
		words.DeniedSelf, words.DeniedLast, words.DeniedAbove, words.DeniedClock, words.DeniedNobody, words.DeniedOff,
		words.DeniedRight, words.DeniedCloud, words.DeniedCloudWait, words.DeniedFirst, words.DeniedOlder, words.DeniedLink, words.DeniedLinkLate,
	} {
		if refused[why] == 0 {
			t.Errorf("nothing was ever refused because of %q", why)
		}
	}
	if stale == 0 || taken == 0 {
		t.Errorf("%d entries, %d stale steps", taken, stale)
	}
}

// begin is the first step of all, which a terminal takes alone: there is no
// object yet on which another could be stale.
func (h *house) begin() {
	now := staff.Now{Stamp: h.stamp}
	step, link, err := h.truth.First("", now)
	if h.o.Key != nil {
		if h.refused[words.DeniedCloudWait]++; why(h, err) != words.DeniedCloudWait {
			h.Fatalf("before the first document: %v", err)
		}
		h.serial = 1
		step, err = h.truth.Take(h.cloud.sign(fmt.Sprintf(document, 1, ann)))
	}
	if err != nil {
		h.Fatal(err)
	}
	h.links = []staff.Link{link}
	if _, err := h.commit(h.Context(), step); err != nil {
		h.Fatal(err)
	}
	for _, r := range append(h.desks, h.truth) {
		r.Fold(step.Secrets, h.entries...)
	}
}

// act is one change, decided until it is not stale, and what must hold after it.
func (h *house) act() {
	desk := h.desks[rapid.IntRange(0, len(h.desks)-1).Draw(h.T, "desk")]
	if rapid.Bool().Draw(h.T, "reads") {
		desk.Fold(h.secrets, h.entries...)
	}
	by, what, decide := h.change(desk)
	now := staff.Now{Stamp: h.stamp}
	if rapid.IntRange(0, 3).Draw(h.T, "spot") == 0 {
		now.Spot = staff.JustTyped(by, h.stamp.Mono)
	}
	for {
		step, err := decide(now)
		if refusal := (*staff.Refusal)(nil); errors.As(err, &refusal) {
			h.refused[refusal.Why]++
			return
		}
		if err != nil {
			h.Fatalf("%s: %v", what, err)
		}
		if len(step.Entries) == 0 {
			return
		}
		before := h.people()
		entries, err := h.commit(h.Context(), step)
		if errors.Is(err, errOld) {
			h.stale++
			desk.Fold(h.secrets, h.entries...)
			continue
		}
		if err != nil {
			h.Fatalf("%s: %v", what, err)
		}
		desk.Fold(step.Secrets, entries...)
		h.truth.Fold(step.Secrets, entries...)
		h.check(what, by, now, before)
		return
	}
}

// change draws one: who, what in words, and the decision.
func (h *house) change(desk *staff.Roster) (by, what string, decide func(staff.Now) (staff.Step, error)) {
	ids := []string{"nobody", one, local + "2", local + "3"} // who may have left
	for _, p := range desk.People() {
		ids = append(ids, p.ID)
	}
	by, target := rapid.SampledFrom(ids).Draw(h.T, "by"), rapid.SampledFrom(ids).Draw(h.T, "of")
	verb := rapid.SampledFrom([]string{"hire", "set", "set", "set", "remove", "remove", "activate", "activate", "follow", "follow", "first", "take"}).Draw(h.T, "verb")
	what = fmt.Sprintf("%s of %s by %s", verb, target, by)
	switch verb {
	case "hire":
		p := h.person(staff.Person{Name: fmt.Sprint("P ", len(h.entries))})
		return by, what, func(now staff.Now) (staff.Step, error) { return desk.Set(by, p, now) }
	case "set":
		was, _ := desk.Person(target)
		p := h.person(staff.Person{ID: target, Name: was.Name})
		return by, what, func(now staff.Now) (staff.Step, error) { return desk.Set(by, p, now) }
	case "remove":
		return by, what, func(staff.Now) (staff.Step, error) { return desk.Remove(by, target) }
	case "activate":
		return by, what, func(now staff.Now) (staff.Step, error) { return h.link(desk.Activate(by, target, now)) }
	case "first":
		name := ""
		if p, ok := desk.Person(target); ok && rapid.Bool().Draw(h.T, "named") {
			name = p.Name
		}
		return "console", what, func(now staff.Now) (staff.Step, error) { return h.link(desk.First(name, now)) }
	case "follow":
		links := append(h.links[:len(h.links):len(h.links)], staff.Link{Person: "nobody", Token: "x"})
		link := links[max(0, len(links)-1-rapid.IntRange(0, 5).Draw(h.T, "link"))]
		hash := staff.FakeHash(staff.Person{ID: link.Person}, byte(len(h.entries)))
		return "link", what, func(now staff.Now) (staff.Step, error) { return desk.Finish(link.Token, hash, now) }
	}
	h.serial += rapid.IntRange(-1, 2).Draw(h.T, "serial")
	var people []string
	for _, id := range []string{one, local + "2", local + "3", local + "4"} {
		if rapid.Bool().Draw(h.T, "named") {
			p := h.person(staff.Person{ID: id})
			people = append(people, fmt.Sprintf(`{"id":%q,"name":"N %s","role":%q,"rights":%s}`, id, id, p.Role, entry.Encode(p.Grants())))
		}
	}
	raw, signature := h.cloud.sign(fmt.Sprintf(document, h.serial, strings.Join(people, ",")))
	return "cloud", what, func(staff.Now) (staff.Step, error) { return desk.Take(raw, signature) }
}

func (h *house) link(step staff.Step, link staff.Link, err error) (staff.Step, error) {
	if err == nil {
		h.links = append(h.links, link)
	}
	return step, err
}

// person draws a role and rights.
func (h *house) person(p staff.Person) staff.Person {
	p.Role = rapid.SampledFrom([]staff.Role{staff.Manager, staff.Manager, staff.Clerk, staff.Technician}).Draw(h.T, "role")
	p.Off = rapid.IntRange(0, 5).Draw(h.T, "off") == 0
	if rapid.Bool().Draw(h.T, "own rights") {
		p.Rights = staff.Grants{staff.Sell: {staff.Every}}
		for _, right := range []staff.Right{staff.Refund, staff.Staff, staff.Override} {
			if held := rapid.SampledFrom([]staff.Lanes{nil, {staff.Every}, lanes, {"exit-1"}}).Draw(h.T, string(right)); held != nil {
				p.Rights[right] = held
			}
		}
	}
	return p
}

// people are all that were ever there.
func (h *house) people() map[string]staff.Person {
	people := map[string]staff.Person{}
	for id := range len(h.entries) + 8 {
		if p, ok := h.truth.Person(fmt.Sprint(local, id)); ok {
			people[p.ID] = p
		}
	}
	if p, ok := h.truth.Person("ann"); ok { // of the first document
		people[p.ID] = p
	}
	return people
}

// can tells it anew, without the package's own arithmetic.
func can(p staff.Person, right staff.Right, lane string) bool {
	held := p.Grants()[right]
	return !p.Off && !p.Gone && (slices.Contains(held, lane) || slices.Contains(held, staff.Every))
}

func canRefundAll(people map[string]staff.Person) bool {
	for _, p := range people {
		if p.PIN && can(p, staff.Refund, lanes[0]) && can(p, staff.Refund, lanes[1]) {
			return true
		}
	}
	return false
}

// check is what holds after every change.
func (h *house) check(what, by string, now staff.Now, before map[string]staff.Person) {
	after := h.people()
	if canRefundAll(before) && !canRefundAll(after) {
		h.Fatalf("%s: nobody with a PIN may refund on every lane any more", what)
	}
	names := map[string]string{}
	for id, p := range after {
		was := before[id]
		if _, twice := names[p.Name]; twice && !p.Gone {
			h.Fatalf("%s: %s has the name of %s", what, id, names[p.Name])
		}
		if !p.Gone {
			names[p.Name] = id
		}
		if was.Gone && !p.Gone && by != "cloud" {
			h.Fatalf("%s: %s is back", what, id)
		}
		h.checkRights(what, by, now, was, p, before[by])
	}
	for row := range maps.Keys(h.secrets) {
		if p := after[row[strings.LastIndex(row, "/")+1:]]; p.ID == "" || p.Gone {
			h.Fatalf("%s: the row %s is nobody's", what, row)
		}
	}
}

// checkRights: what a person has won or lost by a change.
func (h *house) checkRights(what, by string, now staff.Now, was, p, giver staff.Person) {
	if p.ID == by && p.Role != staff.Manager && was.Role == staff.Manager {
		h.Fatalf("%s: is no manager any more", what)
	}
	for _, right := range staff.Rights() {
		for _, lane := range everywhere {
			had, has := can(was, right, lane), can(p, right, lane)
			switch {
			case p.ID == by && had && !has:
				h.Fatalf("%s: took %s on %s from himself", what, right, lane)
			case had == has || by == "cloud" || by == "console":
			case h.o.Key != nil:
				h.Fatalf("%s: changed %s of %s, which is the cloud's", what, right, p.ID)
			case !can(giver, right, lane) || !can(giver, staff.Staff, lane):
				h.Fatalf("%s: changed %s on %s, which is not his", what, right, lane)
			case has && now.Trust != entry.Trusted && !(now.Spot.Person() == by && giver.Role == staff.Manager):
				h.Fatalf("%s: gave %s on %s by a clock that proves nothing", what, right, lane)
			}
		}
	}
}
