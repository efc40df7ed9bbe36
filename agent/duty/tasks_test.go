package duty

import (
	"fmt"
	"testing"
	"time"

	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
)

// TestTasks: what each sees, once it is time, and what each may do about it.
func TestTasks(t *testing.T) {
	t.Parallel()
	l := newLab(t, 90)
	wang := l.hire("Wang", staff.Clerk, nil)
	off := l.hire("Li", staff.Clerk, nil)
	shift := l.on(wang, "exit-B")
	number, unknown := l.leaves("exit-B", 777)
	_, sold := l.sells("exit-B", 1000, "wechat")
	l.gives(sold, "exit-B", 300, false)
	l.then(sold, true, entry.New(entry.Task, entry.TaskBody{What: "gate-ask", Text: number}), entry.New(entry.Task, entry.TaskBody{What: "network-fault", Text: number}))
	broken, frozen := l.leaves("counter-1", 900)
	l.then(frozen, false, entry.New(entry.Frozen, entry.FrozenBody{Number: broken, Code: "amount", Amount: 99}), entry.New(entry.Task, entry.TaskBody{What: "mismatch", Text: broken}))
	_, err := l.books.Commit(t.Context(), taskOf("shift-lost"))
	l.must(err)
	sees := func(who string, want ...string) {
		t.Helper()
		tasks, err := l.Tasks(t.Context(), who)
		l.must(err)
		var got []string
		for _, task := range tasks {
			if s := task.Says(words.Zh); s.What == task.What || s.Do == "" || s.Money == "" {
				t.Errorf("%s has no words: %+v", task.What, s)
			}
			got = append(got, fmt.Sprintf("%s %d %v", task.What, len(task.Decide), task.Close))
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s sees\n%q, want\n%q", who, got, want)
		}
	}
	sees("local-1", "gate-ask 0 true", "network-fault 0 true", "frozen 3 false", "shift-lost 0 true")
	l.pass((10 * time.Minute).Milliseconds())
	sees("local-1", "unknown 0 false", "gate-ask 0 true", "network-fault 0 true", "refund-unknown 0 false", "frozen 3 false", "shift-lost 0 true")
	sees(wang, "unknown 0 false", "gate-ask 0 true", "network-fault 0 false", "refund-unknown 0 false")
	if _, err := l.Tasks(t.Context(), off); why(t, err) != string(words.HaltNotOn) {
		t.Errorf("off duty: %v", err)
	}
	if _, err := l.ClockOff(t.Context(), wang, shift.ID, ""); err != nil {
		t.Fatal(err)
	}
	l.then(unknown, true, entry.New(entry.Ended, entry.EndedBody{Number: number, State: 2}), entry.New(entry.Cancelled, entry.CancelledBody{Why: "gone"}))
	sees("local-1", "hand-over 0 false", "gate-ask 0 true", "network-fault 0 true", "refund-unknown 0 false", "frozen 3 false", "shift-lost 0 true")
}

func TestDue(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		what string
		age  time.Duration
		want bool
	}{
		{store.TaskUnknown, unknownAfter - 1, false}, {store.TaskUnknown, unknownAfter, true}, {store.TaskRefundUnknown, unknownAfter - 1, false},
		{store.TaskRefundOpen, unknownAfter, false}, {store.TaskRefundOpen, openAfter, true}, {store.TaskRefundStuck, 0, true}, {store.TaskFrozen, 0, true}, {"gate-ask", 0, true},
	} {
		if got := due(store.TaskRow{What: row.what, Age: row.age}); got != row.want {
			t.Errorf("%s after %v: %v", row.what, row.age, got)
		}
	}
}

// TestRequestsThatWait: for who may approve them there, and while they hold.
func TestRequestsThatWait(t *testing.T) {
	t.Parallel()
	c := newCrew(t, 91)
	for range 3 {
		_, err := c.Allow(t.Context(), c.ask(1000))
		asked(t, err)
		c.pass(1000)
	}
	for who, want := range map[string]int{c.first: 3, c.second: 3, c.clerk: 0} {
		waiting := c.Requests(who)
		if len(waiting) != want {
			t.Errorf("%s is asked for %d", who, len(waiting))
		}
		for i := range waiting[:max(len(waiting)-1, 0)] {
			if waiting[i].Until >= waiting[i+1].Until {
				t.Error("the newest comes first")
			}
		}
	}
	c.pass(requestFor.Milliseconds())
	if n := len(c.Requests(c.second)); n != 0 {
		t.Errorf("%d wait after their time", n)
	}
}
