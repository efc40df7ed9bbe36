package duty

import (
	"crypto/ed25519"
	"errors"
	"testing"

	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

// TestOnePersonADesk: who signs in is there until somebody else is, and each
// coming and going is in the journal.
func TestOnePersonADesk(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	clerk := l.hire("Wang", staff.Clerk, nil)
	ctx := t.Context()
	if _, err := l.SignIn(ctx, Knock{Name: "Wang", PIN: "000000", Desk: "counter-1"}); why(t, err) != string(words.DeniedNameOrPIN) {
		t.Errorf("a wrong PIN: %v", err)
	}
	if _, ok := l.At("counter-1"); ok {
		t.Error("somebody is there after a wrong PIN")
	}
	l.pass(2000)
	first, err := l.SignIn(ctx, Knock{Name: "wang", PIN: pinOf(clerk), Desk: "counter-1"})
	l.must(err)
	if now, ok := l.At("counter-1"); !ok || now != first || first.Person != clerk || !l.Holds(first) {
		t.Errorf("at the desk is %+v, %v", now, ok)
	}
	second, err := l.SignIn(ctx, Knock{Name: "Chief", PIN: pinOf("local-1"), Desk: "counter-1"})
	l.must(err)
	if l.Holds(first) || !l.Holds(second) {
		t.Error("two people are at one desk")
	}
	elsewhere, err := l.SignIn(ctx, Knock{Name: "Wang", PIN: pinOf(clerk), Desk: "phone"})
	l.must(err)
	l.must(l.SignOut(ctx, first, "idle")) // has been written already
	l.must(l.SignOut(ctx, second, "person"))
	if _, ok := l.At("counter-1"); ok || !l.Holds(elsewhere) {
		t.Error("the wrong one has gone")
	}
	if in, out, no := len(l.kinds(entry.SignedIn)), len(l.kinds(entry.SignedOut)), len(l.kinds(entry.SignInRefused)); in != 3 || out != 2 || no != 1 {
		t.Errorf("%d signed in, %d out, %d refused", in, out, no)
	}
	if b := entry.Must[entry.SignedOutBody](l.kinds(entry.SignedOut)[1]); b.Person != "local-1" || b.In != second.Since || b.Why != "person" {
		t.Errorf("signed out: %+v", b)
	}
}

// TestASeatIsVoid: once its person is switched off, or has set another PIN.
func TestASeatIsVoid(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(l *lab, id string) error{
		"off": func(l *lab, id string) error {
			return l.SetPerson(t.Context(), "local-1", staff.Person{ID: id, Name: "Wang", Role: staff.Clerk, Off: true}, Spot{})
		},
		"gone": func(l *lab, id string) error { return l.RemovePerson(t.Context(), "local-1", id) },
		"another PIN": func(l *lab, id string) error {
			return l.ChangePIN(t.Context(), l.typed(id), "940385", "page")
		},
	} {
		l := newLab(t, 2)
		clerk := l.hire("Wang", staff.Clerk, nil)
		seat, err := l.SignIn(t.Context(), Knock{Name: "Wang", PIN: pinOf(clerk), Desk: "counter-1"})
		l.must(err)
		l.must(end(l, clerk))
		if l.Holds(seat) {
			t.Errorf("%s: the seat holds", name)
		}
		if now, ok := l.At("counter-1"); ok || now != seat {
			t.Errorf("%s: nobody can tell whom to sign out: %+v, %v", name, now, ok)
		}
	}
}

// TestPeopleSurviveARestart: their rights, PINs, wrong PINs in a row, and links
// of the same boot; sessions do not.
func TestPeopleSurviveARestart(t *testing.T) {
	t.Parallel()
	l := newLab(t, 3)
	ctx := t.Context()
	clerk := l.hire("Wang", staff.Clerk, staff.Grants{staff.Sell: {"counter-1"}})
	seat, err := l.SignIn(ctx, Knock{Name: "Wang", PIN: pinOf(clerk), Desk: "counter-1"})
	l.must(err)
	for range 3 {
		_, err = l.SignIn(ctx, Knock{Name: "Chief", PIN: "000000", Desk: "phone"})
		if why(t, err) != string(words.DeniedNameOrPIN) {
			t.Fatal(err)
		}
		l.pass(8000)
	}
	link, err := l.Activate(ctx, "local-1", clerk)
	l.must(err)
	l.restart(l.boot)
	if l.Holds(seat) {
		t.Error("a session goes on after a restart")
	}
	if err := l.May(clerk, staff.Sell, "counter-2"); why(t, err) != string(words.DeniedLane) {
		t.Errorf("rights after a restart: %v", err)
	}
	if _, err := l.SignIn(ctx, Knock{Name: "Chief", PIN: "000000", Desk: "phone"}); why(t, err) != string(words.DeniedNameOrPIN) {
		t.Error(err)
	}
	if _, err := l.SignIn(ctx, Knock{Name: "Chief", PIN: pinOf("local-1"), Desk: "phone"}); why(t, err) != string(words.DeniedWait) {
		t.Errorf("the restart made wrong PINs free: %v", err)
	}
	if p, err := l.Follow(link.Token); err != nil || p.ID != clerk {
		t.Errorf("the link after a restart of the same boot: %+v, %v", p, err)
	}
	l.restart("boot-2")
	if _, err := l.Follow(link.Token); err == nil {
		t.Error("a link of an older boot is good")
	}
}

// TestWideningTakesAManager: while the clock proves nothing, one who types a PIN.
func TestWideningTakesAManager(t *testing.T) {
	t.Parallel()
	l := newLab(t, 4)
	l.hire("Chief", staff.Manager, nil)
	l.trust(entry.Floor)
	wang := staff.Person{Name: "Wang", Role: staff.Clerk}
	if err := l.SetPerson(t.Context(), "local-1", wang, Spot{}); why(t, err) != string(words.DeniedClock) {
		t.Errorf("without a PIN: %v", err)
	}
	if err := l.SetPerson(t.Context(), "local-1", wang, Spot{"Chief", "000000"}); why(t, err) != string(words.DeniedNameOrPIN) {
		t.Errorf("with a wrong one: %v", err)
	}
	l.pass(2000)
	l.must(l.SetPerson(t.Context(), "local-1", wang, l.typed("local-1")))
	l.books.refuse(errDisk)
	if err := l.SetPerson(t.Context(), "local-1", staff.Person{Name: "Li", Role: staff.Technician}, Spot{}); err == nil || errors.Is(err, errDisk) && len(l.Roster.People()) != 2 {
		t.Errorf("what was not written holds: %v, %v", err, l.Roster.People())
	}
}

// TestRightsOfTheCloud: a signed document is who works here, over a restart too;
// PINs are set here all the same, and people are not.
func TestRightsOfTheCloud(t *testing.T) {
	t.Parallel()
	l := newLab(t, 5)
	public, private, err := ed25519.GenerateKey(nil)
	l.must(err)
	l.cloud = public
	l.restart(l.boot)
	document := []byte(`{"tillgate":"rights/1","site":"` + site + `","serial":1,"people":[{"id":"e-1","name":"Chief","role":"manager"},{"id":"e-2","name":"Wang","role":"clerk"}]}`)
	if err := l.TakeRights(t.Context(), document, make([]byte, ed25519.SignatureSize)); why(t, err) != string(words.DeniedUnsigned) {
		t.Errorf("unsigned: %v", err)
	}
	l.must(l.TakeRights(t.Context(), document, ed25519.Sign(private, document)))
	l.must(l.TakeRights(t.Context(), document, ed25519.Sign(private, document))) // once more is nothing to do
	if n := len(l.kinds(entry.RightsTaken)); n != 1 {
		t.Errorf("%d documents are taken", n)
	}
	l.restart(l.boot)
	link, err := l.First(t.Context(), "")
	l.must(err)
	l.must(l.Finish(t.Context(), link.Token, pinOf("e-1")))
	if err := l.SetPerson(t.Context(), "e-1", staff.Person{Name: "Li", Role: staff.Clerk}, Spot{}); why(t, err) != string(words.DeniedCloud) {
		t.Errorf("set here: %v", err)
	}
	if seat, err := l.SignIn(t.Context(), Knock{Name: "Chief", PIN: pinOf("e-1"), Desk: "page"}); err != nil || seat.Person != "e-1" {
		t.Errorf("signed in is %+v, %v", seat, err)
	}
	if err := l.Finish(t.Context(), link.Token, "940385"); why(t, err) != string(words.DeniedLink) {
		t.Errorf("a link twice: %v", err)
	}
}
