package staff

import (
	"bytes"
	"cmp"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"
	"unicode/utf8"

	"tillgate/agent/words"
	"tillgate/store/entry"
)

const (
	rightsFormat     = "rights/1"
	documentBytesMax = 64 << 10
)

// rights is a document of the cloud: all people of a site and what they may do.
type rights struct {
	Format string        `json:"tillgate"`
	Site   string        `json:"site"`
	Serial int64         `json:"serial"`
	Issued time.Time     `json:"issued"` // for people to read; nothing follows from it
	People []rightsOfOne `json:"people"`
}

type rightsOfOne struct {
	ID     string              `json:"id"`
	Name   string              `json:"name"`
	Role   string              `json:"role"`
	Rights map[string][]string `json:"rights,omitempty"`
}

// Take decides on a document of the cloud, whose signature is over these very
// bytes. It takes the place of all people: who is not named has left, PIN and
// all; PINs of the others stay. It holds without end, until one with a higher
// serial. Refused are
//
//   - a signature that is not by the config's key: before anything is read;
//   - another site's, and one that is older than what we have. The same once more is nothing to do;
//   - what is not to the letter: an unknown or doubled field, a role, right or name that is none;
//   - one in which no manager may refund and set people on every lane, and one after which nobody with a PIN could.
func (r *Roster) Take(document, signature []byte) (Step, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.o.Key == nil:
		return Step{}, refuse(words.DeniedNoKey, "")
	case len(document) > documentBytesMax:
		return Step{}, refuse(words.DeniedDocument, fmt.Sprintf("more than %d bytes", documentBytesMax))
	case len(r.o.Key) != ed25519.PublicKeySize || !ed25519.Verify(r.o.Key, document, signature):
		return Step{}, refuse(words.DeniedUnsigned, "")
	}
	doc, err := readRights(document)
	switch {
	case err != nil:
		return Step{}, refuse(words.DeniedDocument, err.Error())
	case doc.Site != r.o.Site:
		return Step{}, refuse(words.DeniedSite, fmt.Sprintf("site %q", doc.Site))
	case doc.Serial == r.serial && bytes.Equal(document, r.document.Document):
		return Step{}, nil
	case doc.Serial <= r.serial:
		return Step{}, refuse(words.DeniedOlder, fmt.Sprintf("serial %d after %d", doc.Serial, r.serial))
	}
	people, err := doc.people()
	if err != nil {
		return Step{}, refuse(words.DeniedDocument, err.Error())
	}
	return r.turn(doc, people, entry.RightsDocument{Document: document, Signature: signature})
}

// turn is the step from the people who are here to those of a document.
func (r *Roster) turn(doc rights, people map[string]Person, raw entry.RightsDocument) (Step, error) {
	chief := func(p Person) bool {
		return p.Role == Manager && r.everywhere(p.Grants()[Staff]) && r.everywhere(p.Grants()[Refund])
	}
	if !slices.ContainsFunc(slices.Collect(maps.Values(people)), chief) {
		return Step{}, refuse(words.DeniedDocument, "no manager may refund and set people on every lane")
	}
	turned := maps.Clone(people)
	var left []string
	for _, p := range r.present() {
		if _, stays := people[p.ID]; !stays {
			left = append(left, pinRow+p.ID, linkRow+p.ID)
			p.Gone = true
			turned[p.ID] = p
		}
	}
	if r.strands(turned) {
		return Step{}, refuse(words.DeniedLast, fmt.Sprintf("serial %d", doc.Serial))
	}
	d, err := r.taken(doc.Serial, slices.SortedFunc(maps.Values(people), byID), raw)
	if err != nil {
		return Step{}, err
	}
	step := r.step(d)
	step.forget(r.secrets, left...)
	return step, nil
}

func byID(a, b Person) int { return cmp.Compare(a.ID, b.ID) }

// taken is the entry of a document.
func (r *Roster) taken(serial int64, people []Person, raw entry.RightsDocument) (d entry.Draft, err error) {
	body := entry.RightsTakenBody{Serial: serial}
	for _, p := range people {
		body.People = append(body.People, setBody(p, byCloud))
	}
	d = entry.New(entry.RightsTaken, body)
	d.Private, err = entry.Seal(r.o.Random, raw)
	return d, err
}

// readRights reads a document to the letter.
func readRights(document []byte) (doc rights, err error) {
	if !utf8.Valid(document) {
		return doc, errors.New("it is not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(document))
	d.DisallowUnknownFields()
	if err := d.Decode(&doc); err != nil {
		return doc, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return doc, errors.New("something follows it")
	}
	if err := eachOnce(json.NewDecoder(bytes.NewReader(document))); err != nil {
		return doc, err
	}
	if doc.Format != rightsFormat {
		return doc, fmt.Errorf("its format is %q, not %q", doc.Format, rightsFormat)
	}
	return doc, nil
}

// eachOnce refuses what encoding/json lets pass and other readers take
// otherwise: a key that stands twice in one object, or is not in small letters.
// The value must be whole: it has been decoded.
func eachOnce(d *json.Decoder) error {
	t, err := d.Token()
	if err != nil {
		return err
	}
	open, nested := t.(json.Delim)
	if !nested {
		return nil
	}
	seen := map[string]bool{}
	for d.More() {
		if open == '{' {
			t, err := d.Token()
			if err != nil {
				return err
			}
			key := t.(string)
			if seen[key] || !goodKey(key) {
				return fmt.Errorf("key %q is not to the letter, or stands there twice", key)
			}
			seen[key] = true
		}
		if err := eachOnce(d); err != nil {
			return err
		}
	}
	_, err = d.Token()
	return err
}

func goodKey(key string) bool {
	for i := range len(key) {
		if key[i] < 'a' || key[i] > 'z' {
			return false
		}
	}
	return key != ""
}

// people are the document's, by id. Lanes may be other terminals' of the site.
func (doc rights) people() (map[string]Person, error) {
	if len(doc.People) > peopleMax {
		return nil, fmt.Errorf("%d people are more than %d", len(doc.People), peopleMax)
	}
	people, names := map[string]Person{}, map[string]bool{}
	for _, one := range doc.People {
		name, named := tidyName(one.Name)
		rights, tidied := granted(one.Rights).tidy()
		_, known := roleGrants[Role(one.Role)]
		switch {
		case !goodID(one.ID) || people[one.ID].ID != "":
			return nil, fmt.Errorf("id %q is none, or stands there twice", one.ID)
		case !named || names[sameName(name)]:
			return nil, fmt.Errorf("the name of %s is none, or stands there twice", one.ID)
		case !known || !tidied:
			return nil, fmt.Errorf("the role or the rights of %s are none", one.ID)
		}
		names[sameName(name)] = true
		people[one.ID] = Person{ID: one.ID, Name: name, Role: Role(one.Role), Rights: rights}
	}
	return people, nil
}

// namesIn are the names in a document that was taken, none where it was erased.
func namesIn(document []byte) map[string]string {
	var doc rights
	_ = json.Unmarshal(document, &doc) // it was read before it was taken
	names := map[string]string{}
	for _, one := range doc.People {
		names[one.ID], _ = tidyName(one.Name)
	}
	return names
}
