package staff_test

import (
	"crypto/ed25519"
	"crypto/sha256"
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
)

// cloud signs documents.
type cloud struct {
	public  ed25519.PublicKey
	private ed25519.PrivateKey
}

func newCloud(t testing.TB) cloud {
	t.Helper()
	seed := sha256.Sum256([]byte(t.Name()))
	key := ed25519.NewKeyFromSeed(seed[:])
	return cloud{key.Public().(ed25519.PublicKey), key}
}

func (c cloud) sign(document string) (raw, signature []byte) {
	return []byte(document), ed25519.Sign(c.private, []byte(document))
}

// document takes a serial and people.
const document = `{"tillgate":"rights/1","site":"10000001","serial":%d,"issued":"2026-11-24T08:00:00+08:00","people":[%s]}`

const (
	ann  = `{"id":"ann","name":"Ann","role":"manager"}`
	lei  = `{"id":"lei","name":"李雷","role":"clerk","rights":{"refund":["counter-1"],"sell":["*"]}}`
	lucy = `{"id":"lucy","name":"Lucy","role":"manager"}`
)

// newCloudShop is a shop whose people come from the cloud.
func newCloudShop(t *testing.T) (*shop, cloud) {
	t.Helper()
	c := newCloud(t)
	return newShop(t, staff.Options{Site: site, Lanes: lanes, Key: c.public}), c
}

func (s *shop) take(c cloud, serial int, people ...string) error {
	step, err := s.Take(c.sign(fmt.Sprintf(document, serial, strings.Join(people, ","))))
	if err == nil {
		s.put(step, nil)
	}
	return err
}

// activate gives the manager of a name a PIN, from the console.
func (s *shop) activate(name string) {
	s.t.Helper()
	step, link, err := s.First(name, s.at())
	s.put(step, err)
	s.pin(link)
}

// TestTake is what a document must be to be taken, to the letter.
func TestTake(t *testing.T) {
	t.Parallel()
	s, c := newCloudShop(t)
	if err := s.take(c, 4, ann); err != nil {
		t.Fatal(err)
	}
	good := fmt.Sprintf(document, 5, ann+","+lei)
	swap := func(old, with string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("%q does not stand in the document", old)
		}
		return strings.Replace(good, old, with, 1)
	}
	many := make([]string, 200)
	for i := range many {
		many[i] = fmt.Sprintf(`{"id":"p%d","name":"P %d","role":"clerk"}`, i, i)
	}
	for _, row := range []struct {
		is, document string
		why          words.Denial
	}{
		{"right", good, ""},
		{"with blanks and line ends", strings.ReplaceAll(good, ",", " ,\r\n\t") + "\n", ""},
		{"another terminal's lane", swap(`"counter-1"`, `"kiosk-7"`), ""},
		{"without a day", swap(`"issued":"2026-11-24T08:00:00+08:00",`, ``), ""},
		{"a local person's id", swap(`"id":"lei"`, `"id":"local-7"`), ""},
		{"200 people", fmt.Sprintf(document, 5, ann+","+strings.Join(many[:199], ",")), ""},
		{"201 people", fmt.Sprintf(document, 5, ann+","+strings.Join(many, ",")), words.DeniedDocument},
		{"another site's", swap("10000001", "10000002"), words.DeniedSite},
		{"serial as ours", swap(`"serial":5`, `"serial":4`), words.DeniedOlder},
		{"serial before ours", swap(`"serial":5`, `"serial":3`), words.DeniedOlder},
		{"no serial", swap(`"serial":5,`, ``), words.DeniedOlder},
		{"a negative serial", swap(`"serial":5`, `"serial":-5`), words.DeniedOlder},
		{"half a serial", swap(`"serial":5`, `"serial":5.5`), words.DeniedDocument},
		{"a serial as a text", swap(`"serial":5`, `"serial":"5"`), words.DeniedDocument},
		{"a serial without end", swap(`"serial":5`, `"serial":55555555555555555555`), words.DeniedDocument},
		{"another format", swap("rights/1", "rights/2"), words.DeniedDocument},
		{"no format", swap(`"tillgate":"rights/1",`, ``), words.DeniedDocument},
		{"an unknown field", swap(`"site"`, `"until":"2027","site"`), words.DeniedDocument},
		{"an unknown field of a person", swap(`"role":"clerk"`, `"role":"clerk","off":true`), words.DeniedDocument},
		{"a field twice", swap(`"serial":5`, `"serial":5,"serial":6`), words.DeniedDocument},
		{"a person's field twice", swap(`"role":"clerk"`, `"role":"manager","role":"clerk"`), words.DeniedDocument},
		{"a right twice", swap(`"sell":["*"]`, `"sell":["*"],"sell":["exit-1"]`), words.DeniedDocument},
		{"a field in capitals", swap(`"role":"clerk"`, `"Role":"clerk"`), words.DeniedDocument},
		{"a field with a long s", swap(`"serial"`, `"ſerial"`), words.DeniedDocument}, // encoding/json folds it into an s
		{"two documents", good + good, words.DeniedDocument},
		{"something after it", good + "]", words.DeniedDocument},
		{"half of it", good[:len(good)/2], words.DeniedDocument},
		{"nothing", "", words.DeniedDocument},
		{"null", "null", words.DeniedDocument},
		{"no people", fmt.Sprintf(document, 5, ""), words.DeniedDocument},
		{"not UTF-8", swap("李雷", "\xff"), words.DeniedDocument},
		{"an id twice", swap(`"id":"lei"`, `"id":"ann"`), words.DeniedDocument},
		{"no id", swap(`"id":"lei"`, `"id":""`), words.DeniedDocument},
		{"an id of 33 letters", swap(`"id":"lei"`, `"id":"`+strings.Repeat("a", 33)+`"`), words.DeniedDocument},
		{"an id with a blank", swap(`"id":"lei"`, `"id":"l ei"`), words.DeniedDocument},
		{"an id in Chinese", swap(`"id":"lei"`, `"id":"李雷"`), words.DeniedDocument},
		{"a name twice", swap("李雷", "ＡＮＮ"), words.DeniedDocument},
		{"no name", swap("李雷", " "), words.DeniedDocument},
		{"an invisible name", swap("李雷", `\u200b`), words.DeniedDocument},
		{"another role", swap(`"role":"clerk"`, `"role":"owner"`), words.DeniedDocument},
		{"another right", swap(`"sell":`, `"fly":`), words.DeniedDocument},
		{"a right nowhere", swap(`["*"]`, `[]`), words.DeniedDocument},
		{"no right", swap(`{"refund":["counter-1"],"sell":["*"]}`, `{}`), words.DeniedDocument},
		{"no manager", swap(`"role":"manager"`, `"role":"clerk"`), words.DeniedDocument},
		{"a manager who may not refund", swap(`"role":"manager"`, `"role":"manager","rights":{"staff":["*"]}`), words.DeniedDocument},
		{"a manager of one lane", swap(`"role":"manager"`, `"role":"manager","rights":{"staff":["*"],"refund":["exit-1"]}`), words.DeniedDocument},
		{"65 KiB", good + strings.Repeat(" ", 65<<10-len(good)), words.DeniedDocument},
	} {
		step, err := s.Take(c.sign(row.document))
		if got := why(t, err); got != row.why || (err == nil) != (len(step.Entries) == 1) {
			t.Errorf("%s: %v, want %q", row.is, err, row.why)
		}
	}
}

// TestTakeOnlyWhatIsSigned: nothing is read before.
func TestTakeOnlyWhatIsSigned(t *testing.T) {
	t.Parallel()
	s, c := newCloudShop(t)
	raw, signature := c.sign(fmt.Sprintf(document, 1, ann))
	_, stranger := cloud{private: ed25519.NewKeyFromSeed(make([]byte, 32))}.sign(string(raw))
	for i := range raw {
		changed := slices.Clone(raw)
		changed[i] ^= 1
		if _, err := s.Take(changed, signature); why(t, err) != words.DeniedUnsigned {
			t.Fatalf("byte %d changed: %v", i, err)
		}
	}
	for is, other := range map[string][]byte{"stranger's": stranger, "half": signature[:32], "none": nil, "a longer one": append(slices.Clone(signature), 0)} {
		if _, err := s.Take(raw, other); why(t, err) != words.DeniedUnsigned {
			t.Errorf("%s: %v", is, err)
		}
	}
	half := newShop(t, staff.Options{Site: site, Lanes: lanes, Key: c.public[:16]})
	if _, err := half.Take(raw, signature); why(t, err) != words.DeniedUnsigned {
		t.Errorf("by half a key: %v", err)
	}
	local := newShop(t, staff.Options{})
	if _, err := local.Take(raw, signature); why(t, err) != words.DeniedNoKey {
		t.Errorf("without a key: %v", err)
	}
	if _, err := s.Take(raw, signature); err != nil {
		t.Errorf("signed: %v", err)
	}
}

// TestRightsOfTheCloud hold offline and without end, until a newer document.
func TestRightsOfTheCloud(t *testing.T) {
	t.Parallel()
	s, c := newCloudShop(t)
	s.stamp.Trust = entry.Untrusted // the signature speaks for itself
	if err := s.take(c, 1, ann, lei); err != nil {
		t.Fatal(err)
	}
	s.activate("") // the document names who can be first
	for _, id := range []string{"lei"} {
		step, link, err := s.Activate("ann", id, s.at())
		s.put(step, err)
		s.pin(link)
	}
	want := []staff.Person{
		{ID: "ann", Name: "Ann", Role: staff.Manager, PIN: true},
		{ID: "lei", Name: "李雷", Role: staff.Clerk, PIN: true, Rights: staff.Grants{staff.Refund: {"counter-1"}, staff.Sell: {staff.Every}}},
	}
	if got := s.People(); !cmp.Equal(got, want) {
		t.Errorf("people %+v", got)
	}
	s.stamp.Trust = entry.Trusted
	s.stamp.Wall += 50 * 365 * 86_400_000
	for is, r := range map[string]*staff.Roster{"now": s.Roster, "after a restart": s.again()} {
		if r.May("lei", staff.Refund, "counter-1", s.at()) != nil || why(t, r.May("lei", staff.Refund, "exit-1", s.at())) != words.DeniedLane || r.Serial() != 1 {
			t.Errorf("%s the rights are others", is)
		}
	}
	// Nobody here changes what the cloud gives.
	if _, err := s.Set("ann", staff.Person{Name: "New", Role: staff.Clerk}, s.at()); why(t, err) != words.DeniedCloud {
		t.Errorf("set here: %v", err)
	}
	if _, err := s.Remove("ann", "lei"); why(t, err) != words.DeniedCloud {
		t.Errorf("removed here: %v", err)
	}
	// The same once more, as retained messages come with each connection.
	written := len(s.entries)
	if err := s.take(c, 1, ann, lei); err != nil || len(s.entries) != written {
		t.Errorf("the same again: %v, %d entries", err, len(s.entries)-written)
	}
	// A newer one takes a right, and one who has left with PIN and link.
	narrower := strings.Replace(lei, `"refund":["counter-1"],`, "", 1)
	if err := s.take(c, 7, ann, narrower); err != nil || why(t, s.May("lei", staff.Refund, "counter-1", s.at())) != words.DeniedRight || !s.is("lei").PIN {
		t.Errorf("narrowed: %v, %+v", err, s.is("lei"))
	}
	step, _, err := s.Activate("ann", "lei", s.at())
	s.put(step, err)
	if err := s.take(c, 8, ann); err != nil {
		t.Fatal(err)
	}
	if rows := slices.Sorted(maps.Keys(s.secrets)); !cmp.Equal(rows, []string{"staff/pin/ann"}) || !s.is("lei").Gone || s.is("lei").Name != "李雷" {
		t.Errorf("left: %+v, rows %q", s.is("lei"), rows)
	}
	if err := s.take(c, 7, ann, lei); why(t, err) != words.DeniedOlder {
		t.Errorf("the one before, played again: %v", err)
	}
	// Back again is a new PIN.
	if err := s.take(c, 9, ann, lei); err != nil || s.is("lei").PIN || s.is("lei").Gone {
		t.Errorf("back again: %v, %+v", err, s.is("lei"))
	}
}

// TestAPINGoesWithItsPerson, also where another reader of the journal has been
// told of the rows that are there, and not of those that have gone.
func TestAPINGoesWithItsPerson(t *testing.T) {
	t.Parallel()
	s, c := newCloudShop(t)
	if err := s.take(c, 1, ann, lucy); err != nil {
		t.Fatal(err)
	}
	s.activate("Ann")
	s.activate("Lucy")
	reader := s.again()
	if err := errors.Join(s.take(c, 2, ann), s.take(c, 3, ann, lucy)); err != nil {
		t.Fatal(err)
	}
	reader.Fold(s.secrets, s.entries...)
	for is, r := range map[string]*staff.Roster{"here": s.Roster, "another reader": reader, "after a restart": s.again()} {
		if p, _ := r.Person("lucy"); p.PIN || p.Gone {
			t.Errorf("%s, left and back, she is %+v", is, p)
		}
	}
	s.activate("Lucy")
	if p, _ := s.again().Person("lucy"); !p.PIN {
		t.Error("her new PIN is lost at the next start")
	}
}

// TestADocumentStrandsNobody: whoever could refund everywhere stays, until
// another who can has a PIN.
func TestADocumentStrandsNobody(t *testing.T) {
	t.Parallel()
	s, c := newCloudShop(t)
	if err := s.take(c, 1, ann); err != nil {
		t.Fatal(err)
	}
	s.activate("")
	if err := s.take(c, 2, lucy); why(t, err) != words.DeniedLast {
		t.Errorf("the only one with a PIN left out: %v", err)
	}
	for _, role := range []string{"technician", "clerk"} { // a clerk may refund, but sets nobody, not even Lucy's PIN
		if err := s.take(c, 2, lucy, strings.Replace(ann, "manager", role, 1)); why(t, err) != words.DeniedLast {
			t.Errorf("the only one with a PIN made a %s: %v", role, err)
		}
	}
	if err := s.take(c, 2, lucy, ann); err != nil {
		t.Fatal(err)
	}
	s.activate("Lucy")
	if err := s.take(c, 3, lucy); err != nil || !s.is("ann").Gone {
		t.Errorf("once Lucy has one: %v", err)
	}
}

// TestFromHereToTheCloud: people who were set here stay where the document has them.
func TestFromHereToTheCloud(t *testing.T) {
	t.Parallel()
	s, c := newShop(t, staff.Options{}).first(), newCloud(t)
	s.hire(staff.Person{Name: "Lei", Role: staff.Clerk}, true)
	s.o.Key, s.o.Site, s.o.Lanes = c.public, site, lanes
	s.Roster = s.again()
	if _, err := s.Set(one, staff.Person{Name: "New", Role: staff.Clerk}, s.at()); why(t, err) != words.DeniedCloud {
		t.Errorf("set here, with a key: %v", err)
	}
	if err := s.take(c, 1, ann); why(t, err) != words.DeniedLast {
		t.Errorf("a document that knows none of us: %v", err)
	}
	if err := s.take(c, 1, ann, `{"id":"local-1","name":"老板","role":"manager"}`); err != nil {
		t.Fatal(err)
	}
	if boss := s.is(one); !boss.PIN || boss.Name != "老板" || !s.is(local+"2").Gone {
		t.Errorf("he is %+v", boss)
	}
	s.o.Key = nil
	s.Roster = s.again()
	if id := s.hire(staff.Person{Name: "New", Role: staff.Clerk}, false); id != local+"3" {
		t.Errorf("without the cloud again, the next person is %s", id)
	}
}

// TestANameIsForgotten: of an entry whose personal fields were erased the rights remain.
func TestANameIsForgotten(t *testing.T) {
	t.Parallel()
	s, c := newCloudShop(t)
	if err := s.take(c, 1, ann, lei); err != nil {
		t.Fatal(err)
	}
	s.entries[0].Private = entry.Erase(s.entries[0].Private)
	s.Roster = s.again()
	if p := s.is("lei"); p.Name != "lei" || s.May("lei", staff.Refund, "counter-1", s.at()) != nil {
		t.Errorf("after erasing: %+v", p)
	}
	local := newShop(t, staff.Options{}).first()
	local.put(local.Remove(one, local.hire(staff.Person{Name: "Kate", Role: staff.Clerk}, false)))
	for i := range local.entries {
		local.entries[i].Private = entry.Erase(local.entries[i].Private)
	}
	local.Roster = local.again()
	if p := local.is("local-2"); p.Name != "local-2" || !p.Gone {
		t.Errorf("after erasing: %+v", p)
	}
}

// TestTheCloudsPeopleAgain: a new epoch has them, the serial, and who has left.
func TestTheCloudsPeopleAgain(t *testing.T) {
	t.Parallel()
	s, c := newCloudShop(t)
	for serial, people := range [][]string{{ann, lei}, {ann, lucy}} {
		if err := s.take(c, serial+1, people...); err != nil {
			t.Fatal(err)
		}
	}
	next := newShop(t, s.o)
	next.put(s.Again())
	for _, id := range []string{"ann", "lei", "lucy"} {
		if got, want := next.is(id), s.is(id); !cmp.Equal(got, want) {
			t.Errorf("%s is %+v, was %+v", id, got, want)
		}
	}
	if err := next.take(c, 1, ann, lei); why(t, err) != words.DeniedOlder {
		t.Errorf("an old document in the new epoch: %v", err)
	}
}
