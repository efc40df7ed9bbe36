// Package staff knows who works here: people, their PINs, and what each may do
// on which lane. It folds the journal's entries about people and decides the
// next ones; whoever calls it commits them. Rights are kept on the terminal, or
// come from the cloud in a signed document that is valid offline. DESIGN.md
// beside this file has the rules.
//
// It is not for sessions, shifts or approvals, and it touches neither disk nor network.
package staff

import (
	"time"

	"tillgate/agent/words"
	"tillgate/store/entry"
)

// Role is what somebody is here for. It says what they may do where nothing
// else is set, and only a manager makes a manager.
type Role string

// The roles.
const (
	Manager    Role = "manager"
	Clerk      Role = "clerk"
	Technician Role = "technician"
)

// Person is somebody who works here, or did.
type Person struct {
	ID     string // for ever theirs: "local-3", or what the cloud calls them
	Name   string // what they type to sign in; that of the ID where it has been erased
	Role   Role
	Rights Grants // nil: what the role has
	Off    bool   // may do nothing until switched on again
	Gone   bool   // has left; only reports still know them
	PIN    bool   // has set one
}

// Grants is what the person may do: what was set, or what the role has.
func (p Person) Grants() Grants {
	if p.Rights != nil {
		return p.Rights
	}
	return roleGrants[p.Role]
}

// active tells whether the person may do anything at all.
func (p Person) active() bool { return p.ID != "" && !p.Off && !p.Gone }

// Now is the moment of a decision.
type Now struct {
	entry.Stamp
	Spot Proof // of a manager on the spot, who has just typed a PIN; zero: there is none
}

// spotFor is how long ago a PIN may have been typed for its person to count as
// on the spot: time to read a question and answer it, and no time to walk away.
const spotFor = 2 * time.Minute

// Proof is that a person has typed a right PIN. Only a Door makes one; it is
// worth something for two minutes of this life of the agent.
type Proof struct {
	person string
	at     int64 // ms of the boot clock
}

// Person is whose PIN it was.
func (p Proof) Person() string { return p.person }

// fresh tells whether it was just now.
func (p Proof) fresh(mono int64) bool {
	return p.person != "" && mono >= p.at && mono-p.at <= spotFor.Milliseconds()
}

// Step is a decision for the store: its entries and its secrets belong into one transaction.
type Step struct {
	Key, After entry.Seq         // as the store's; 0 for a new object
	Entries    []entry.Draft     // none: there is nothing to do
	Secrets    map[string][]byte // rows to write; an empty one is deleted
	Done       bool              // nothing is left to do for the object
}

// Refusal is why something was not done. Its words are for people; the rest is for the log.
type Refusal struct {
	Why  words.Denial
	Wait time.Duration // until a next try has any use; 0: not known
	What string        // what it is about, in English: a person's id, a lane, what is wrong with a document
}

// Error is the refusal in English.
func (r *Refusal) Error() string {
	text := r.Say(words.En)
	if r.What != "" {
		text = r.What + ": " + text
	}
	return text
}

// Say is the refusal for the person who is refused.
func (r *Refusal) Say(lang words.Lang) string { return r.Why.Say(lang, r.Wait) }

func refuse(why words.Denial, what string) error { return &Refusal{Why: why, What: what} }
