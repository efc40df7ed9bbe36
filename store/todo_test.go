package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tillgate/store"
	"tillgate/store/entry"
)

func tasks(tb testing.TB, s *store.Store) []store.TaskRow {
	tb.Helper()
	rows, err := s.Tasks(tb.Context())
	must(tb, err)
	return rows
}

// brief is a task in a line: what, of which object's entry, and how old.
func brief(rows []store.TaskRow) (lines []string) {
	for _, r := range rows {
		lines = append(lines, fmt.Sprintf("%s %q %s %s %v", r.What, r.Text, r.Number, r.Amount, r.Age))
	}
	return lines
}

func draftTask(what, text string) entry.Draft {
	return entry.New(entry.Task, entry.TaskBody{What: what, Text: text})
}

// TestTasks: all that a person has to look at, over restarts, until it is seen to.
func TestTasks(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	alone, err := s.Commit(t.Context(), store.Step{Entries: []entry.Draft{draftTask("gate-ask", "")}})
	must(t, err)
	l.tick(1000)
	unknown, err := ask(s, "unknown")
	must(t, err)
	waiting, err := ask(s, "waiting")
	must(t, err)
	waiting.then(t, s, false, draftHeard(waiting.number, 3))
	frozen, err := ask(s, "frozen")
	must(t, err)
	frozen.then(t, s, false, entry.New(entry.Frozen, entry.FrozenBody{Number: frozen.number, Amount: 9}), draftTask("mismatch", frozen.number))
	done := sold(t, s, "done")
	done.then(t, s, true, draftOutputs(), draftTask("slip-failed", done.number), draftTask("drawer-failed", done.number))
	slip := done.last - 1
	g, err := refund(s, payment(t, s, done.key), 300)
	must(t, err)
	h, err := refund(s, payment(t, s, done.key), 200)
	must(t, err)
	must(t, h.end(s, entry.New(entry.RefundHeard, entry.RefundHeardBody{State: 3, Stuck: true}), false))
	shift, err := clockOn(s, "local-2")
	must(t, err)
	must(t, shift.step(s, false, draftOff()))
	trade(t, s, 700, "a") // they get their rows, and the mark goes on
	l.tick(600_000)
	want := []string{
		`gate-ask ""  0.00 10m1s`,
		`unknown "" ` + unknown.number + ` 12.50 10m0s`,
		`frozen "" ` + frozen.number + ` 0.09 10m0s`,
		`slip-failed "` + done.number + `"  12.50 10m0s`,
		`drawer-failed "` + done.number + `"  12.50 10m0s`,
		`refund-unknown "" ` + g.number + ` 3.00 10m0s`,
		`refund-stuck "" ` + h.number + ` 2.00 10m0s`,
		`hand-over ""  0.00 10m0s`,
	}
	for range 2 {
		rows := tasks(t, s)
		if d := cmp.Diff(want, brief(rows)); d != "" {
			t.Fatal(d)
		}
		if r := rows[3]; r.Key != done.key || r.Order != done.key || r.Of != slip || r.Lane != "counter" {
			t.Errorf("the slip is %+v", r)
		}
		if r := verified(t, s); r.Rebuilt != 0 {
			t.Errorf("verify rebuilt %d", r.Rebuilt)
		}
		must(t, s.Close())
		s = l.open()
	}
	s = rowsMadeAgain(t, l, s)
	if d := cmp.Diff(want, brief(tasks(t, s))); d != "" {
		t.Errorf("after verify: %s", d)
	}
	seen := entry.New(entry.TaskDone, entry.TaskDoneBody{Of: slip, By: "local-1"})
	_, err = s.Commit(t.Context(), store.Step{Key: done.key, After: done.last, Entries: []entry.Draft{seen}, Done: true})
	must(t, err)
	_, err = s.Commit(t.Context(), store.Step{Key: alone[0].Key, After: alone[0].Seq, Entries: []entry.Draft{entry.New(entry.TaskDone, entry.TaskDoneBody{})}, Done: true})
	must(t, err)
	frozen.then(t, s, true, entry.New(entry.Decided, entry.DecidedBody{Of: frozen.last - 1, Number: frozen.number, What: entry.Elsewhere, By: "local-1"}),
		entry.New(entry.TaskDone, entry.TaskDoneBody{}), entry.New(entry.Cancelled, entry.CancelledBody{Why: "elsewhere"}))
	must(t, unknown.settle(s, true))
	must(t, g.end(s, draftReturned(300), true))
	must(t, shift.step(s, true, draftHandedOver()))
	onlyTasks(t, s, []string{want[4], want[6]})
	must(t, s.Close())
}

// onlyTasks are those that are left, the last of them a refund's.
func onlyTasks(t *testing.T, s *store.Store, want []string) {
	t.Helper()
	rows := tasks(t, s)
	if d := cmp.Diff(want, brief(rows)); d != "" {
		t.Fatal(d)
	}
	if r := rows[1]; r.Key == r.Order || r.Order != rows[0].Order || r.Network != "wechat" {
		t.Errorf("the refund is %+v", r)
	}
	if r := verified(t, s); r.Rebuilt != 0 {
		t.Errorf("verify rebuilt %d", r.Rebuilt)
	}
}

// rowsMadeAgain loses some of the tasks' rows, and has verify make them again.
func rowsMadeAgain(t *testing.T, l *lab, s *store.Store) *store.Store {
	t.Helper()
	must(t, s.Close())
	l.change("DELETE FROM todo WHERE id % 2 = 0; INSERT INTO todo (id, key) VALUES (5, 2)")
	s = l.open()
	if r := verified(t, s); r.Rebuilt < 2 {
		t.Errorf("verify rebuilt %d", r.Rebuilt)
	}
	return s
}

// TestAgeByTheClocksThatThereAre: in one boot, in another, and where no clock can
// be believed.
func TestAgeByTheClocksThatThereAre(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		then, now entry.Trust
		boot      string
		wall      int64
		mono      int64
		want      time.Duration
	}{
		"in this boot":          {entry.Untrusted, entry.Trusted, "boot-1", 1 << 40, 5000, 5 * time.Second},
		"in another":            {entry.Trusted, entry.Trusted, "boot-2", 7000, 900, 7 * time.Second},
		"in another, set back":  {entry.Trusted, entry.Trusted, "boot-2", -7000, 900, 0},
		"in another, no clock":  {entry.Trusted, entry.Floor, "boot-2", 7000, 900, 1900 * time.Millisecond},
		"in another, none then": {entry.Untrusted, entry.Trusted, "boot-2", 7000, 900, 1900 * time.Millisecond},
	} {
		l := newLab(t, 1)
		l.now.Trust = row.then
		s := l.open()
		_, err := ask(s, "x")
		must(t, err)
		must(t, s.Close())
		l.boot, l.now.Trust = row.boot, row.now
		l.now.Wall += row.wall
		l.now.Mono += row.mono
		s = l.open()
		if rows := tasks(t, s); len(rows) != 1 || rows[0].Age != row.want {
			t.Errorf("%s: %+v, want %v", name, rows, row.want)
		}
		must(t, s.Close())
	}
}

// TestTasksOutliveADamage: those of orders that were over go on by themselves and
// still name their order.
func TestTasksOutliveADamage(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	done := sold(t, s, "done")
	done.then(t, s, true, draftTask("slip-failed", done.number), draftTask("drawer-failed", done.number),
		entry.New(entry.TaskDone, entry.TaskDoneBody{}))
	open, err := ask(s, "open")
	must(t, err)
	open.then(t, s, false, draftTask("undo-capped", open.number))
	for life := range 2 {
		s = l.damage(s)
		rows := tasks(t, s)
		slices.SortFunc(rows, func(a, b store.TaskRow) int { return int(a.Key - b.Key) })
		if len(rows) != 2 || rows[0].What != store.TaskUnknown || rows[0].Number != open.number || rows[1].What != "drawer-failed" || rows[1].Number != done.number {
			t.Fatalf("life %d: the tasks are %+v", life, rows)
		}
		if at, err := s.Find(t.Context(), done.number); err != nil || rows[1].Order != at {
			t.Errorf("life %d: the task names order %d, which is %d, %v", life, rows[1].Order, at, err)
		}
		verified(t, s)
	}
	must(t, s.Close())
}
