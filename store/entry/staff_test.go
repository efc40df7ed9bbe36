package entry_test

import (
	"strings"
	"testing"

	"tillgate/store/entry"
)

// TestStaffBodiesAreForEver: journals have these bytes.
func TestStaffBodiesAreForEver(t *testing.T) {
	t.Parallel()
	clerk := entry.PersonSetBody{Person: "local-2", Role: "clerk", Rights: map[string][]string{"sell": {"*"}, "refund": {"counter-1", "counter-2"}}, By: "local-1"}
	for _, row := range []struct {
		body any
		want string
	}{
		{clerk, `{"p":"local-2","r":"clerk","g":{"refund":["counter-1","counter-2"],"sell":["*"]},"b":"local-1"}`},
		{entry.PersonSetBody{Person: "local-1", Role: "manager", Off: true, By: "local-3", Spot: "local-3"}, `{"p":"local-1","r":"manager","x":true,"b":"local-3","t":"local-3"}`},
		{entry.PersonGoneBody{Person: "local-2", By: "local-1"}, `{"p":"local-2","b":"local-1"}`},
		{entry.SignedInBody{Person: "local-2", For: "session", Where: "counter-1"}, `{"p":"local-2","f":"session","w":"counter-1"}`},
		{entry.SignInRefusedBody{Person: "local-2", Why: "pin"}, `{"p":"local-2","y":"pin"}`},
		{entry.SignInRefusedBody{Why: "name", More: 3}, `{"y":"name","n":3}`},
		{entry.SignedOutBody{Person: "local-2", In: 40, Why: "idle"}, `{"p":"local-2","i":40,"y":"idle"}`},
		{entry.ActivationBody{Person: "local-2", By: "console", Life: 900_000}, `{"p":"local-2","b":"console","l":900000}`},
		{entry.PINSetBody{Person: "local-2", Of: 41}, `{"p":"local-2","a":41}`},
		{entry.RightsTakenBody{Serial: 7, People: []entry.PersonSetBody{{Person: "e-1", Role: "manager", By: "cloud"}}}, `{"n":7,"p":[{"p":"e-1","r":"manager","b":"cloud"}]}`},
		{entry.PersonName{Name: "王芳"}, `{"name":"王芳"}`},
		{entry.RightsDocument{Document: []byte("{}"), Signature: []byte("sig")}, `{"d":"e30=","s":"c2ln"}`},
	} {
		if got := string(entry.Encode(row.body)); got != row.want {
			t.Errorf("%T is %s, want %s", row.body, got, row.want)
		}
	}
}

// TestANameCanBeForgotten: what a person may do is still known, who it was is not.
func TestANameCanBeForgotten(t *testing.T) {
	t.Parallel()
	d := entry.New(entry.PersonSet, entry.PersonSetBody{Person: "local-2", Role: "clerk", By: "local-1"})
	var err error
	if d.Private, err = entry.Seal(strings.NewReader("0123456789abcdef"), entry.PersonName{Name: "王芳"}); err != nil {
		t.Fatal(err)
	}
	e := entry.Entry{Seq: 9, Key: 9, Kind: d.Kind, Body: d.Body, Private: d.Private}
	hash := e.Link(entry.Hash{})
	if name, ok := entry.Unseal[entry.PersonName](e.Private); !ok || name.Name != "王芳" {
		t.Errorf("the name is %+v, %v", name, ok)
	}
	e.Private = entry.Erase(e.Private)
	if name, ok := entry.Unseal[entry.PersonName](e.Private); ok || e.Link(entry.Hash{}) != hash || entry.Must[entry.PersonSetBody](e).Role != "clerk" {
		t.Errorf("after erasing: %+v, %v, %s", name, ok, e.Body)
	}
}
