package staff

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

// linkFor is how long a link may be followed: time to find a phone, and no time
// to find the picture again the next day.
const linkFor = 15 * time.Minute

// Link is a one-time way for a person to set a PIN. It is shown once, as a QR
// code or on the terminal itself, and never again: only its hash is kept.
type Link struct {
	Person string
	Token  pay.Secret // the end of the address: 22 letters, digits, dashes and underlines
	Until  int64      // ms of the boot clock
}

// Activate begins a person's link; one before it is void. The PIN that the
// person has goes on until a new one is set, so that a link which is never
// followed takes nothing from anybody. Where rights come from the cloud PINs
// are still set here.
func (r *Roster) Activate(by, id string, now Now) (Step, Link, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	giver, err := r.setter(by)
	if err != nil {
		return Step{}, Link{}, err
	}
	p, err := r.here(id)
	switch {
	case err != nil:
		return Step{}, Link{}, err
	case by == id:
		return Step{}, Link{}, refuse(words.DeniedOldPIN, id) // else whoever finds a page open has the PIN
	case p.above(giver):
		return Step{}, Link{}, refuse(words.DeniedAbove, id)
	}
	return r.link(r.step(), id, by, now)
}

// First is the console's way to a manager who can sign in: whoever has the
// terminal itself in hand may print a link.
//
//   - Nobody with a PIN may set people on every lane: a manager who may is given
//     the link; where there is none one is made, named as given or "经理 Manager".
//     People of the cloud are not made here: its document has to be there first.
//   - Somebody can: then only by the name of a manager, whose PIN is lost.
//
// Each call has a new link and voids the one before.
func (r *Roster) First(name string, now Now) (Step, Link, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var chiefs []Person
	able := false
	for _, p := range r.present() {
		if p.active() && p.Role == Manager && r.everywhere(p.Grants()[Staff]) && r.everywhere(p.Grants()[Refund]) {
			chiefs = append(chiefs, p)
			able = able || p.PIN
		}
	}
	for _, p := range chiefs {
		if name == "" && !able || name != "" && sameName(p.Name) == sameName(name) {
			return r.link(r.step(), p.ID, byConsole, now)
		}
	}
	switch {
	case able && name == "":
		return Step{}, Link{}, refuse(words.DeniedFirst, "")
	case able:
		return Step{}, Link{}, refuse(words.DeniedNobody, "a manager of that name")
	case r.o.Key != nil:
		return Step{}, Link{}, refuse(words.DeniedCloudWait, "")
	case name == "":
		name = firstName
	}
	p, err := r.proper(Person{Name: name, Role: Manager}, Person{})
	if err != nil {
		return Step{}, Link{}, err
	}
	p.ID = fmt.Sprintf("%s%d", localID, r.local+1)
	d, err := r.draft(p, byConsole)
	if err != nil {
		return Step{}, Link{}, err
	}
	return r.link(r.step(d), p.ID, byConsole, now)
}

// link adds a link to a step.
func (r *Roster) link(step Step, id, by string, now Now) (Step, Link, error) {
	random := make([]byte, tokenBytes)
	if _, err := io.ReadFull(r.o.Random, random); err != nil {
		return Step{}, Link{}, fmt.Errorf("make a link: %w", err)
	}
	token := base64.RawURLEncoding.EncodeToString(random)
	step.Entries = append(step.Entries, entry.New(entry.Activation, entry.ActivationBody{Person: id, By: by, Life: linkFor.Milliseconds()}))
	step.keep(linkRow+id, linkHash(token))
	return step, Link{Person: id, Token: pay.Secret(token), Until: now.Mono + linkFor.Milliseconds()}, nil
}

// linkHash needs no salt and no delay: what it hides has 128 random bits.
func linkHash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// Follow is whose link it is; it does not use it up.
func (r *Roster) Follow(token pay.Secret, now Now) (Person, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.follow(token, now)
}

func (r *Roster) follow(token pay.Secret, now Now) (Person, error) {
	hash := linkHash(string(token))
	for _, id := range slices.Sorted(maps.Keys(r.links)) {
		if subtle.ConstantTimeCompare(hash, r.secrets[linkRow+id]) == 0 {
			continue
		}
		if l := r.links[id]; now.Mono < l.mono || now.Mono-l.mono > l.life {
			return Person{}, refuse(words.DeniedLinkLate, id)
		}
		return r.here(id)
	}
	return Person{}, refuse(words.DeniedLink, "")
}

// Finish sets the PIN of whoever follows a link, and uses it up. The hash is
// made for that person by Pins.
func (r *Roster) Finish(token pay.Secret, hash Hash, now Now) (Step, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p, err := r.follow(token, now)
	if err != nil {
		return Step{}, err
	}
	return r.pin(p, hash, r.links[p.ID].seq)
}

// SetPIN sets another PIN for a person who has just typed the present one.
func (r *Roster) SetPIN(proof Proof, hash Hash, now Now) (Step, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p, err := r.here(proof.person)
	if err != nil {
		return Step{}, err
	}
	if !proof.fresh(now.Mono) {
		return Step{}, refuse(words.DeniedOldPIN, p.ID)
	}
	return r.pin(p, hash, 0)
}

func (r *Roster) pin(p Person, hash Hash, of entry.Seq) (Step, error) {
	if hash.person != p.ID {
		return Step{}, refuse(words.DeniedLink, p.ID) // the link was for another when the PIN was typed
	}
	step := r.step(entry.New(entry.PINSet, entry.PINSetBody{Person: p.ID, Of: of}))
	step.keep(pinRow+p.ID, []byte(hash.text))
	step.forget(r.secrets, linkRow+p.ID)
	return step, nil
}

// here is a person who may act.
func (r *Roster) here(id string) (Person, error) {
	switch p := r.person(id); {
	case p.ID == "" || p.Gone:
		return p, refuse(words.DeniedNobody, id)
	case p.Off:
		return p, refuse(words.DeniedOff, id)
	default:
		return p, nil
	}
}
