package duty

import (
	"context"
	"crypto/sha256"
	"maps"
	"slices"
	"strings"

	"tillgate/agent/pay"
	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

// Secrets begins the names of this package's secrets; the rest of a name is the
// person whose approval key it is.
const Secrets = "duty/key/"

// keySetting begins what a setting is called that says when a key was given, or
// dropped. It has no part of the key.
const keySetting = "approval-key/"

// keys are the approval keys that are known on this terminal, by person.
type keys map[string][]byte

func (k keys) fold(secrets map[string][]byte) {
	for name, value := range secrets {
		person, ok := strings.CutPrefix(name, Secrets)
		switch {
		case !ok:
		case len(value) == 0:
			delete(k, person)
		default:
			k[person] = value
		}
	}
}

// Enrol gives a supervisor who types a PIN an approval key, shown once as a QR
// code and never again; the one before is void here. A key that was given on
// another terminal is taken in its place, so that one phone serves them all.
func (d *Desk) Enrol(ctx context.Context, spot Spot, where string, given Key) (Key, error) {
	in, err := d.spot(ctx, spot, where)
	if err != nil {
		return "", err
	}
	if len(in.Person.Grants()[staff.Approve]) == 0 {
		return "", &staff.Refusal{Why: words.DeniedRight, What: in.Person.ID}
	}
	key := given
	if key == "" {
		if key, err = newKey(d.Random); err != nil {
			return "", err
		}
	}
	raw, err := readKey(key)
	if err != nil {
		return "", &Refusal{Why: words.HaltRequest, Cause: err}
	}
	d.setting.Lock()
	defer d.setting.Unlock()
	id := in.Person.ID
	return key, d.keep(ctx, entry.SettingSetBody{Name: keySetting + id, By: id}, map[string][]byte{Secrets + id: raw})
}

// HasKey tells whether a person has an approval key on this terminal.
func (d *Desk) HasKey(id string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.keys[id]) > 0
}

// Answer is a supervisor's approval of what another terminal asks for: a scanned
// text and a PIN become the code that is typed in there. It is written down here too.
func (d *Desk) Answer(ctx context.Context, spot Spot, where, text, why string) (Wish, pay.Secret, error) {
	if err := kept(why); err != nil {
		return Wish{}, "", err
	}
	w, err := ReadWish(text)
	if err != nil {
		return w, "", &Refusal{Why: words.HaltRequest, Cause: err}
	}
	in, err := d.spot(ctx, spot, where)
	if err != nil {
		return w, "", err
	}
	id := in.Person.ID
	if err := d.mayApprove(id, in.Proof); err != nil {
		return w, "", err
	}
	d.mu.Lock()
	key, ok := d.keys[id]
	d.mu.Unlock()
	if !ok {
		return w, "", halt(words.HaltNoKey)
	}
	body := entry.ApprovedBody{What: string(w.Operation), Amount: w.Amount, By: id, For: w.Device, How: byCode, Once: once(text), Why: why}
	if err := d.note(ctx, entry.New(entry.Approved, body)); err != nil {
		return w, "", err
	}
	return w, codeOf(key, []byte(text)), nil
}

// mayApprove tells whether somebody may approve on some lane: which one is asked
// for only its own terminal knows, and checks again.
func (d *Desk) mayApprove(id string, spot staff.Proof) (err error) {
	now := d.now()
	now.Spot = spot
	for _, lane := range d.Lanes.Names() {
		if err = d.may(id, staff.Approve, lane, now); err == nil {
			return nil
		}
	}
	return err
}

// spot is a person who types a PIN for one act.
func (d *Desk) spot(ctx context.Context, s Spot, where string) (staff.In, error) {
	return d.door.SignIn(ctx, staff.Try{Name: s.Name, PIN: s.PIN, For: staff.ForSpot, Where: where})
}

// once names a request in an entry, without what it says.
func once(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:8]
}

// whose are the people whose key answers a text with a code.
func (d *Desk) whose(text string, code pay.Secret) (people []string) {
	d.mu.Lock()
	known := maps.Clone(d.keys)
	d.mu.Unlock()
	for _, id := range slices.Sorted(maps.Keys(known)) {
		if answers(known[id], text, code) {
			people = append(people, id)
		}
	}
	return people
}
