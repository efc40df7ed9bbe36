package staff_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"os"
	"regexp"
	"testing"

	"tillgate/agent/staff"
)

// TestTheExampleOfTheDesign is signed as it says, and taken.
func TestTheExampleOfTheDesign(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("DESIGN.md")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile("(?s)```json\n(.*?)\n```.*?with the key `(.*?)` by\n\n    (.*?)\n").FindSubmatch(text)
	if found == nil {
		t.Fatal("the example is not there")
	}
	key, err := base64.StdEncoding.DecodeString(string(found[2]))
	if err != nil || len(key) != ed25519.PublicKeySize {
		t.Fatalf("the key has %d bytes: %v", len(key), err)
	}
	signature, err := base64.StdEncoding.DecodeString(string(found[3]))
	if err != nil {
		t.Fatal(err)
	}
	s := newShop(t, staff.Options{Site: site, Lanes: lanes, Key: key})
	s.put(s.Take(found[1], signature))
	if s.Serial() != 7 || len(s.People()) != 3 {
		t.Errorf("serial %d, %+v", s.Serial(), s.People())
	}
	for _, row := range []struct {
		id    string
		right staff.Right
		lane  string
		may   bool
	}{
		{"emp-0042", staff.Refund, "", true},
		{"emp-0051", staff.Refund, "counter-1", true},
		{"emp-0051", staff.Refund, "exit-1", false},
		{"emp-0051", staff.Sell, "exit-1", true},
		{"emp-0077", staff.Service, "", true},
		{"emp-0077", staff.Sell, "counter-1", false},
	} {
		if err := s.May(row.id, row.right, row.lane, s.at()); (err == nil) != row.may {
			t.Errorf("%s, %s on %q: %v", row.id, row.right, row.lane, err)
		}
	}
}
