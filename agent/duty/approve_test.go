package duty

import (
	"fmt"
	"sync"
	"testing"

	"tillgate/agent/pay"
	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// crew is a shop with a clerk on duty on counter-1 and two who may approve.
type crew struct {
	*lab
	clerk, first, second string
}

func newCrew(t testing.TB, seed uint64) *crew {
	l := newLab(t, seed)
	c := &crew{lab: l, clerk: l.hire("Wang", staff.Clerk, nil)}
	c.first = l.hire("Li", staff.Clerk, staff.Grants{staff.Approve: {"counter-1"}, staff.Sell: {staff.Every}})
	c.second = l.hire("Zhao", staff.Manager, nil)
	l.on(c.clerk, "counter-1")
	return c
}

// ask is a refund of an order of 3,000.00 on counter-1.
func (c *crew) ask(amount money.Fen) Ask {
	number, key := c.sells("counter-1", 300_000, "wechat")
	return Ask{Operation: Refund, By: c.clerk, Lane: "counter-1", Order: key, Number: number, Amount: amount, Reason: "broken"}
}

// TestHowManyHaveToApprove: by who asks, and for how much.
func TestHowManyHaveToApprove(t *testing.T) {
	t.Parallel()
	c := newCrew(t, 20)
	c.must(c.Set(t.Context(), "local-1", words.SettingRefundLimit, "100"))
	c.on(c.first, "counter-2")
	for _, row := range []struct {
		who    string
		lane   string
		amount money.Fen
		want   int
	}{
		{c.clerk, "counter-1", 10_000, 0}, {c.clerk, "counter-1", 10_001, 1}, {c.clerk, "counter-1", 100_000, 1}, {c.clerk, "counter-1", 100_001, 2},
		{c.first, "counter-1", 100_000, 0}, {c.first, "counter-1", 100_001, 1},
		{c.first, "counter-2", 100_000, 1}, {c.first, "counter-2", 100_001, 2}, // may approve on the other lane only
		{c.second, "exit-B", 100_000, 0}, {c.second, "exit-B", 100_001, 1},
	} {
		if got := c.needs(row.who, row.lane, row.amount); got != row.want {
			t.Errorf("%s of %s on %s takes %d more, want %d", row.amount, row.who, row.lane, got, row.want)
		}
	}
}

// TestTwoKeys: a PIN and a code of two people, neither of them the asker; who,
// when and why are written before it is allowed, and it is allowed once.
func TestTwoKeys(t *testing.T) {
	t.Parallel()
	c := newCrew(t, 21)
	ctx := t.Context()
	a := c.ask(200_000)
	_, err := c.Allow(ctx, a)
	r := asked(t, err)
	if why(t, err) != string(words.HaltApproval) || r.Needs != 2 {
		t.Fatalf("%v: %+v", err, r)
	}
	key, err := c.Enrol(ctx, c.typed(c.second), "page", "")
	c.must(err)
	now, err := c.ApproveByPIN(ctx, r.ID, c.typed(c.first))
	if err != nil || now.Needs != 1 {
		t.Fatalf("after one of two: %+v, %v", now, err)
	}
	a.Request = r.ID
	if _, err := c.Allow(ctx, a); why(t, err) != string(words.HaltApproval) || asked(t, err).Needs != 1 || asked(t, err).ID != r.ID {
		t.Fatalf("with one of two: %v", err)
	}
	_, code, err := Answer(key, r.Text)
	c.must(err)
	if now, err = c.ApproveByCode(r.ID, code); err != nil || now.Needs != 0 || len(now.Given) != 2 {
		t.Fatalf("after both: %+v, %v", now, err)
	}
	allowed, err := c.Allow(ctx, a)
	if err != nil || allowed.By != "Wang；授权 Approved: Li, Zhao 14:00" || allowed.Approved == 0 {
		t.Fatalf("allowed %+v, %v", allowed, err)
	}
	if _, err := c.Allow(ctx, a); why(t, err) != string(words.HaltExpired) {
		t.Errorf("it is allowed twice: %v", err)
	}
	var bodies []entry.ApprovedBody
	for _, e := range c.kinds(entry.Approved) {
		bodies = append(bodies, entry.Must[entry.ApprovedBody](e))
	}
	want := []entry.ApprovedBody{
		{Object: a.Order, What: "refund", Amount: 200_000, By: c.first, For: c.clerk, How: "pin", Why: "broken"},
		{Object: a.Order, What: "refund", Amount: 200_000, By: c.second, For: c.clerk, How: "qr", Once: once(r.Text), Why: "broken"},
	}
	if fmt.Sprint(bodies) != fmt.Sprint(want) {
		t.Errorf("written are %+v", bodies)
	}
}

// TestWhoCannotApprove: the asker, the same person twice, who has no such right
// there, who has been switched off since, a wrong PIN.
func TestWhoCannotApprove(t *testing.T) {
	t.Parallel()
	c := newCrew(t, 22)
	ctx := t.Context()
	_, err := c.Allow(ctx, c.ask(200_000))
	r := asked(t, err)
	other := c.hire("Kate", staff.Technician, nil)
	for name, spot := range map[string]Spot{string(words.HaltSame): c.typed(c.clerk), string(words.DeniedRight): c.typed(other), string(words.DeniedNameOrPIN): {"Zhao", "000000"}} {
		if _, err := c.ApproveByPIN(ctx, r.ID, spot); why(t, err) != name {
			t.Errorf("%s: %v, want %s", spot.Name, err, name)
		}
	}
	if _, err := c.ApproveByPIN(ctx, r.ID, c.typed(c.first)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.ApproveByPIN(ctx, r.ID, c.typed(c.first)); why(t, err) != string(words.HaltSame) {
		t.Errorf("twice: %v", err)
	}
	c.pass(2000)
	if _, err := c.ApproveByPIN(ctx, r.ID, c.typed(c.second)); err != nil {
		t.Fatal(err)
	}
	c.must(c.SetPerson(ctx, "local-1", staff.Person{ID: c.first, Name: "Li", Role: staff.Clerk, Off: true}, Spot{}))
	a := r.Ask
	a.Request = r.ID
	if _, err := c.Allow(ctx, a); why(t, err) != string(words.DeniedOff) || len(c.kinds(entry.Approved)) != 0 {
		t.Errorf("approved by somebody who is off: %v", err)
	}
}

// TestAnApprovalIsBound: to the order, the operation, the sum, the person, the
// lane and the reason, and to five minutes of the boot clock.
func TestAnApprovalIsBound(t *testing.T) {
	t.Parallel()
	c := newCrew(t, 23)
	ctx := t.Context()
	_, err := c.Allow(ctx, c.ask(1000))
	r := asked(t, err)
	if _, err := c.ApproveByPIN(ctx, r.ID, c.typed(c.first)); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(a *Ask){
		"order": func(a *Ask) { a.Order++ }, "operation": func(a *Ask) { a.Operation = Release }, "amount": func(a *Ask) { a.Amount++ }, "lane": func(a *Ask) { a.Lane = "counter-2" },
		"person": func(a *Ask) { a.By = c.first }, "number": func(a *Ask) { a.Number = number }, "reason": func(a *Ask) { a.Reason = "another" },
	} {
		a := r.Ask
		a.Request = r.ID
		change(&a)
		if _, err := c.Allow(ctx, a); why(t, err) != string(words.HaltOther) {
			t.Errorf("for another %s: %v", name, err)
		}
	}
	a := r.Ask
	a.Request = r.ID
	c.now.Wall -= 3_600_000 // a clock that jumps changes nothing
	c.pass(requestFor.Milliseconds())
	c.books.refuse(errDisk)
	if _, err := c.Allow(ctx, a); why(t, err) != string(words.HaltUnwritten) {
		t.Errorf("allowed without a word in the journal: %v", err)
	}
	c.books.refuse(nil)
	c.pass(1)
	if _, err := c.Allow(ctx, a); why(t, err) != string(words.HaltExpired) {
		t.Errorf("after five minutes: %v", err)
	}
	if _, err := c.ApproveByPIN(ctx, r.ID, c.typed(c.second)); why(t, err) != string(words.HaltExpired) {
		t.Errorf("approved after five minutes: %v", err)
	}
}

// TestARestartVoidsRequests: nothing that was approved before is done after.
func TestARestartVoidsRequests(t *testing.T) {
	t.Parallel()
	c := newCrew(t, 24)
	_, err := c.Allow(t.Context(), c.ask(1000))
	r := asked(t, err)
	key, err := c.Enrol(t.Context(), c.typed(c.second), "page", "")
	c.must(err)
	_, code, err := Answer(key, r.Text)
	c.must(err)
	c.restart(c.boot)
	if _, err := c.ApproveByCode(r.ID, code); why(t, err) != string(words.HaltExpired) {
		t.Errorf("a code of the life before: %v", err)
	}
	_, err = c.Allow(t.Context(), c.ask(1000))
	again := asked(t, err)
	if _, err := c.ApproveByCode(again.ID, code); why(t, err) != string(words.HaltCode) {
		t.Errorf("a code of another request: %v", err)
	}
	_, code, err = Answer(key, again.Text) // the key is still there
	c.must(err)
	if _, err := c.ApproveByCode(again.ID, code); err != nil {
		t.Error(err)
	}
}

// TestCodesCannotBeGuessed: five a request, twenty in a quarter of an hour; tries
// side by side are no more.
func TestCodesCannotBeGuessed(t *testing.T) {
	t.Parallel()
	c := newCrew(t, 25)
	ctx := t.Context()
	key, err := c.Enrol(ctx, c.typed(c.second), "page", "")
	c.must(err)
	reasons := map[string]int{}
	var mu sync.Mutex
	for range 5 {
		_, err := c.Allow(ctx, c.ask(1000))
		r := asked(t, err)
		var group sync.WaitGroup
		for n := range 8 {
			group.Go(func() {
				_, err := c.ApproveByCode(r.ID, pay.Secret(fmt.Sprintf("0000000%d", n)))
				mu.Lock()
				defer mu.Unlock()
				reasons[why(t, err)]++
			})
		}
		group.Wait()
	}
	if reasons[string(words.HaltCode)] != 16 || reasons[string(words.HaltExpired)] != 16 || reasons[string(words.HaltGuessed)] != 8 {
		t.Errorf("answers were %v", reasons)
	}
	_, err = c.Allow(ctx, c.ask(1000))
	r := asked(t, err)
	_, code, err := Answer(key, r.Text)
	c.must(err)
	if _, err := c.ApproveByCode(r.ID, code); why(t, err) != string(words.HaltGuessed) {
		t.Errorf("a right code after too many wrong ones: %v", err)
	}
	if _, err := c.ApproveByPIN(ctx, r.ID, c.typed(c.first)); err != nil {
		t.Errorf("a PIN all the same: %v", err)
	}
	c.pass(wrongFor.Milliseconds() + 1)
	_, err = c.Allow(ctx, c.ask(1000))
	r = asked(t, err)
	for range 30 { // right ones count for nothing
		_, code, err = Answer(key, r.Text)
		c.must(err)
		if _, err := c.ApproveByCode(r.ID, code); err != nil && why(t, err) != string(words.HaltSame) {
			t.Fatal(err)
		}
	}
}

// TestKeys: only who may approve has one; a new one voids the old; one that was
// given elsewhere is taken; none is in the journal.
func TestKeys(t *testing.T) {
	t.Parallel()
	c := newCrew(t, 26)
	ctx := t.Context()
	if _, err := c.Enrol(ctx, c.typed(c.clerk), "page", ""); why(t, err) != string(words.DeniedRight) {
		t.Errorf("a clerk: %v", err)
	}
	if _, err := c.Enrol(ctx, Spot{"Zhao", "000000"}, "page", ""); why(t, err) != string(words.DeniedNameOrPIN) {
		t.Errorf("a wrong PIN: %v", err)
	}
	c.pass(2000)
	if _, err := c.Enrol(ctx, c.typed(c.second), "page", "TGK1-AA"); why(t, err) != string(words.HaltRequest) {
		t.Errorf("no key: %v", err)
	}
	old, err := c.Enrol(ctx, c.typed(c.second), "page", "")
	c.must(err)
	key, err := c.Enrol(ctx, c.typed(c.second), "page", "")
	c.must(err)
	_, err = c.Allow(ctx, c.ask(1000))
	r := asked(t, err)
	_, code, err := Answer(old, r.Text)
	c.must(err)
	if _, err := c.ApproveByCode(r.ID, code); why(t, err) != string(words.HaltCode) {
		t.Errorf("an old key's code: %v", err)
	}
	c.must(c.RemovePerson(ctx, "local-1", c.first)) // has none
	rows, err := c.books.Secrets(ctx, Secrets)
	if err != nil || len(rows) != 1 {
		t.Errorf("%d keys are kept, %v", len(rows), err)
	}
	there := newCrew(t, 27) // the supervisor's own terminal, with the same key and the code of a scan
	if _, _, err := there.Answer(ctx, there.typed(there.second), "page", r.Text, "he called"); why(t, err) != string(words.HaltNoKey) {
		t.Errorf("without a key: %v", err)
	}
	if _, err := there.Enrol(ctx, there.typed(there.second), "page", key); err != nil {
		t.Fatal(err)
	}
	if _, _, err := there.Answer(ctx, there.typed(there.clerk), "page", r.Text, "me"); why(t, err) != string(words.DeniedRight) {
		t.Errorf("a clerk answers: %v", err)
	}
	if _, _, err := there.Answer(ctx, there.typed(there.second), "page", "TGA1/x", "me"); why(t, err) != string(words.HaltRequest) {
		t.Errorf("anything is answered: %v", err)
	}
	w, code, err := there.Answer(ctx, there.typed(there.second), "page", r.Text, "he called")
	if err != nil || w.Amount != 1000 || w.Operation != Refund || w.Number != r.Number {
		t.Fatalf("answered %+v, %v", w, err)
	}
	if b := entry.Must[entry.ApprovedBody](there.kinds(entry.Approved)[0]); b.For != site+device || b.By != there.second || b.Why != "he called" || b.Object != 0 {
		t.Errorf("written there: %+v", b)
	}
	if now, err := c.ApproveByCode(r.ID, code); err != nil || now.Needs != 0 || now.Given[0].Person != c.second {
		t.Errorf("the other terminal's code: %+v, %v", now, err)
	}
	c.must(c.RemovePerson(ctx, "local-1", c.second))
	if rows, err := c.books.Secrets(ctx, Secrets); err != nil || len(rows) != 0 || len(c.keys) != 0 {
		t.Errorf("of who has left %d keys are kept, %v", len(rows), err)
	}
}

// TestTheClockProvesNothing: a clerk's refund takes a manager who types a PIN,
// however small it is; a code is not enough, nor a supervisor who is none.
func TestTheClockProvesNothing(t *testing.T) {
	t.Parallel()
	c := newCrew(t, 28)
	ctx := t.Context()
	c.must(c.Set(ctx, "local-1", words.SettingRefundLimit, "100"))
	key, err := c.Enrol(ctx, c.typed(c.second), "page", "")
	c.must(err)
	c.trust(entry.Floor)
	a := c.ask(1000)
	_, err = c.Allow(ctx, a)
	r := asked(t, err)
	if r.Needs != 1 {
		t.Fatalf("%+v", r)
	}
	a.Request = r.ID
	if _, err := c.ApproveByPIN(ctx, r.ID, c.typed(c.first)); why(t, err) != string(words.DeniedClock) {
		t.Errorf("a supervisor who is no manager: %v", err)
	}
	_, code, err := Answer(key, r.Text)
	c.must(err)
	if now, err := c.ApproveByCode(r.ID, code); err != nil || now.Needs != 1 { // a manager's code is one, and not enough
		t.Fatalf("by a code: %+v, %v", now, err)
	}
	if _, err := c.Allow(ctx, a); why(t, err) != string(words.DeniedClock) {
		t.Errorf("by a code alone: %v", err)
	}
	if now, err := c.ApproveByPIN(ctx, r.ID, c.typed(c.second)); err != nil || now.Needs != 0 || len(now.Given) != 1 { // there may be no other manager
		t.Fatalf("by the PIN of whose code it was: %+v, %v", now, err)
	}
	if _, err := c.ApproveByPIN(ctx, r.ID, c.typed(c.second)); why(t, err) != string(words.HaltSame) {
		t.Errorf("by the same PIN again: %v", err)
	}
	if allowed, err := c.Allow(ctx, a); err != nil || allowed.Approved == 0 {
		t.Errorf("with a manager on the spot: %+v, %v", allowed, err)
	}
	mine := c.ask(1000)
	mine.By, mine.Lane = c.second, "exit-B"
	if _, err := c.Allow(ctx, mine); err != nil {
		t.Errorf("a manager's own: %v", err)
	}
}

// TestRequestsAreBounded: what is asked for again waits once; nobody fills the room
// of all, and what nobody wants makes room.
func TestRequestsAreBounded(t *testing.T) {
	t.Parallel()
	c := newCrew(t, 29)
	a := c.ask(1000)
	_, err := c.Allow(t.Context(), a)
	id := asked(t, err).ID
	for range 2 * requestsMax {
		a.Once = &entry.RequestedBody{Token: "pos"}
		if _, err := c.Allow(t.Context(), a); asked(t, err).ID != id || asked(t, err).Needs != 1 {
			t.Fatalf("asked for again: %v", err)
		}
	}
	busy := func(a Ask) bool {
		_, err := c.Allow(t.Context(), a)
		return why(t, err) == string(words.HaltBusy)
	}
	for _, program := range []string{"pos", "kiosk", "web", "erp"} {
		pos := a
		for pos.Program, pos.By = program, ""; pos.Amount < 1000+askerMax; pos.Amount++ {
			if len(c.requests) < requestsMax && busy(pos) {
				t.Fatalf("%s is refused its request of %s", program, pos.Amount)
			}
		}
		if pos.By = c.clerk; !busy(pos) {
			t.Errorf("%s has more than its share", program)
		}
		if other := a; program == "pos" {
			if other.Amount = 999; busy(other) {
				t.Error("a program fills the room of all")
			}
			c.withdrawAll(func(r Request) bool { return r.Amount == 999 })
		}
	}
	if a.Amount = 998; len(c.requests) != requestsMax || !busy(a) {
		t.Errorf("%d wait", len(c.requests))
	}
	c.withdrawAll(func(r Request) bool { return r.Program == "web" })
	if busy(a) {
		t.Error("there is no room where some was made")
	}
	c.pass(requestFor.Milliseconds() + 1)
	_, err = c.Allow(t.Context(), a)
	asked(t, err)
	if len(c.requests) != 1 {
		t.Errorf("%d requests are kept", len(c.requests))
	}
	for _, reason := range []string{"", "  ", "a reason that is much longer than forty characters are"} {
		a.Reason = reason
		if _, err := c.Allow(t.Context(), a); why(t, err) != string(words.HaltReason) {
			t.Errorf("the reason %q: %v", reason, err)
		}
	}
}

// withdrawAll withdraws some of the requests that wait.
func (c *crew) withdrawAll(which func(Request) bool) {
	for _, r := range c.Requests(c.second) {
		if which(r) {
			c.Withdraw(r.ID)
		}
	}
}

// TestACodeThatIsStillLookedAtRevivesNothing: a code that was right comes to its
// end after the request was used, or withdrawn. What was approved once is done once.
func TestACodeThatIsStillLookedAtRevivesNothing(t *testing.T) {
	t.Parallel()
	c := newCrew(t, 45)
	for name, gone := range map[string]func(Ask) error{
		"used":      func(a Ask) error { _, err := c.Allow(t.Context(), a); return err },
		"withdrawn": func(a Ask) error { c.Withdraw(a.Request); return nil },
	} {
		a := c.ask(5000)
		_, err := c.Allow(t.Context(), a)
		a.Request = asked(t, err).ID
		looked := c.approved(a.Request)
		if _, err := c.ApproveByPIN(t.Context(), a.Request, c.typed(c.first)); err != nil {
			t.Fatal(err)
		}
		c.must(gone(a))
		c.right(looked)
		if _, err := c.Allow(t.Context(), a); why(t, err) != string(words.HaltExpired) {
			t.Errorf("%s, and used once more: %v", name, err)
		}
	}
}

// TestWithdrawnWhileItIsBeingDone: a request whose lane has too much to do is not
// put back where it was withdrawn in between; where it was not, it is.
func TestWithdrawnWhileItIsBeingDone(t *testing.T) {
	t.Parallel()
	c := newCrew(t, 46)
	c.lanes.full = true
	for _, withdrawn := range []bool{false, true} {
		a := c.ask(5000)
		_, err := c.Refund(t.Context(), a)
		a.Request = asked(t, err).ID
		if _, err := c.ApproveByPIN(t.Context(), a.Request, c.typed(c.first)); err != nil {
			t.Fatal(err)
		}
		c.lanes.asked = func() {
			if withdrawn {
				c.Withdraw(a.Request)
			}
		}
		if _, err := c.Refund(t.Context(), a); why(t, err) != string(words.HaltLaneBusy) {
			t.Fatalf("on a busy lane: %v", err)
		}
		if waits := c.approved(a.Request) != nil; waits == withdrawn {
			t.Errorf("withdrawn %v, and it waits %v", withdrawn, waits)
		}
	}
	c.lanes.full = false
	a := c.ask(5000)
	_, err := c.Refund(t.Context(), a)
	a.Request = asked(t, err).ID
	if _, err := c.ApproveByPIN(t.Context(), a.Request, c.typed(c.first)); err != nil {
		t.Fatal(err)
	}
	_, err = c.Refund(t.Context(), a)
	c.must(err)
	c.pass(requestFor.Milliseconds() + 1)
	c.Requests(c.first)
	if len(c.requests)+len(c.doing) != 0 {
		t.Errorf("%d requests wait, %d are being done", len(c.requests), len(c.doing))
	}
}
