package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	sqlite3 "github.com/mattn/go-sqlite3"

	"tillgate/store"
	"tillgate/store/entry"
)

// change runs SQL on the closed database, as somebody would who has the file.
func (l *lab) change(sql string) {
	l.tb.Helper()
	c, err := (&sqlite3.SQLiteDriver{}).Open("file:" + path + "?vfs=" + l.disk.Name() + "&_locking_mode=EXCLUSIVE")
	must(l.tb, err)
	_, err = c.(*sqlite3.SQLiteConn).Exec(sql, nil)
	must(l.tb, err)
	must(l.tb, c.Close())
}

// TestVerifyMendsWhatFollows: summaries and names follow from the entries, so
// one that was changed, or is gone, is made again and counted.
func TestVerifyMendsWhatFollows(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, sql string }{
		{"amount", "UPDATE sale SET amount = 1 WHERE id = %d"},
		{"settled", "UPDATE sale SET settled = settled + 1 WHERE id = %d"},
		{"state", "UPDATE sale SET state = 27 WHERE id = %d"},
		{"number", "UPDATE sale SET number = 'x' WHERE id = %d"},
		{"merchant", "UPDATE sale SET merchant = '' WHERE id = %d"},
		{"shift", "UPDATE sale SET shift = shift + 1 WHERE id = %d"},
		{"wallet", "UPDATE sale SET wallet = 'x' WHERE id = %d"},
		{"paid attempt", "UPDATE sale SET paid = number WHERE id = %d"},
		{"outcome", "UPDATE sale SET outcome = outcome + 1 WHERE id = %d"},
		{"end", "UPDATE sale SET ended = 27 WHERE id = %d"},
		{"time", "UPDATE sale SET at = at + 1 WHERE id = %d"},
		{"trust", "UPDATE sale SET trust = 0 WHERE id = %d"},
		{"the release before", "UPDATE sale SET shift = 0, outcome = 0, ended = 0, at = 0, trust = 0 WHERE id = %d"},
		{"a name gone", "DELETE FROM find WHERE id = %d AND name LIKE '1%%'"},
		{"a name of another order", "UPDATE find SET id = id + 3 WHERE id = %d AND name LIKE '1%%'"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, 1)
			s := l.open()
			numbers := trade(t, s, 700, "a") // more than opening looks at
			key, err := s.Find(context.Background(), numbers[100])
			must(t, err)
			want, err := s.Sales(context.Background(), key+1, 1)
			must(t, err)
			must(t, s.Close())
			l.change(fmt.Sprintf(row.sql, key))
			s = l.open()
			defer s.Close()
			report, err := s.Verify(context.Background(), nil)
			must(t, err)
			if report.Rebuilt != 1 {
				t.Errorf("%d rows were rebuilt, want 1", report.Rebuilt)
			}
			if got, err := s.Find(context.Background(), numbers[100]); err != nil || got != key {
				t.Errorf("%s is found at %d, %v; want %d", numbers[100], got, err, key)
			}
			if got, err := s.Sales(context.Background(), key+1, 1); err != nil || got[0] != want[0] {
				t.Errorf("the summary is %+v, %v; want %+v", got, err, want)
			}
			report, err = s.Verify(context.Background(), nil)
			must(t, err)
			if report.Rebuilt != 0 || !report.Whole || report.Sales != 700 || report.Entries != int64(report.Head) {
				t.Errorf("verified again: %+v", report)
			}
		})
	}
}

// TestVerifyFindsChangedFacts: an entry cannot be changed, taken away or put in
// without being found, however long ago it was, and the report names it.
func TestVerifyFindsChangedFacts(t *testing.T) {
	t.Parallel()
	const old = 301 // an entry far before all that opening looks at
	for _, row := range []struct{ name, sql, fault string }{
		{"body", "UPDATE entry SET body = CAST(replace(CAST(body AS TEXT), '50', '51') AS BLOB) WHERE seq = %d", "entry 301"},
		{"time", "UPDATE entry SET wall = wall + 1 WHERE seq = %d", "entry 301"},
		{"hash", "UPDATE entry SET hash = zeroblob(16) WHERE seq = %d", "entry 301"},
		{"done", "UPDATE entry SET trust = trust + 4 - 2 * (trust & 4) WHERE seq = %d", "entry 301"},
		{"gone", "DELETE FROM entry WHERE seq = %d", "entry 301 is missing"},
		{"summary of nothing", "INSERT INTO sale (id, lane, shift, state, tender, amount, settled, refunded, last, number) SELECT 1, lane, shift, state, tender, amount, settled, refunded, last, number FROM sale WHERE id < %d LIMIT 1", "701 summaries of 700 orders"},
		{"summary of another", "UPDATE sale SET id = id + 1 WHERE id = (SELECT max(id) FROM sale WHERE id < %d)", "701 summaries of 700 orders"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, 1)
			s := l.open()
			trade(t, s, 700, "a")
			must(t, s.Close())
			l.change(fmt.Sprintf(row.sql, old))
			s = l.open()
			report, err := s.Verify(context.Background(), nil)
			if !errors.Is(err, store.ErrDamaged) || len(report.Faults) != 1 || !strings.Contains(report.Faults[0], row.fault) {
				t.Fatalf("verify says %v, %q; want %q", err, report.Faults, row.fault)
			}
			if _, err := s.Commit(context.Background(), store.Step{Entries: []entry.Draft{draftOpened(1)}}); !errors.Is(err, store.ErrDamaged) {
				t.Errorf("a commit after that: %v", err)
			}
			must(t, s.Close())
			s = l.open()
			defer s.Close()
			if d := s.Damage(); d == nil || !strings.Contains(d.Why, row.fault) {
				t.Errorf("the next epoch began with %+v", d)
			}
		})
	}
}

// TestOpeningFindsChangedNews: what is newer than the marks is checked at every open.
func TestOpeningFindsChangedNews(t *testing.T) {
	t.Parallel()
	for name, sql := range map[string]string{
		"body of the newest":    "UPDATE entry SET body = x'7b7d' WHERE seq = (SELECT max(seq) FROM entry)",
		"the newest gone":       "DELETE FROM entry WHERE seq = (SELECT max(seq) FROM entry)",
		"one in between gone":   "DELETE FROM entry WHERE seq = (SELECT max(seq) - 1 FROM entry)",
		"mark of the cloud":     "UPDATE mark SET head = zeroblob(32) WHERE name = 'acked'",
		"mark of the cloud far": "UPDATE mark SET seq = 100000 WHERE name = 'acked'",
		"mark of the open":      "UPDATE mark SET seq = seq - 1 WHERE name = 'open'",
		"a mark gone":           "DELETE FROM mark WHERE name = 'find'",
		"the tasks' sum":        "UPDATE mark SET seq = seq + 1 WHERE name = 'task'",
		"a task put in":         "INSERT INTO task (id, last) VALUES (2, 3)",
		"a secret":              "UPDATE secret SET value = x'00' WHERE name = 'pin'",
		"a secret gone":         "DELETE FROM secret WHERE name = 'pin'",
		"all secrets gone":      "DELETE FROM secret",
		"the secrets' mark":     "UPDATE mark SET seq = seq - 1 WHERE name = 'secret'",
		"the epoch":             "UPDATE mark SET seq = seq + 1 WHERE name = 'epoch'",
		"the schema":            "CREATE INDEX sale_lane ON sale (lane)",
		"all tables gone":       "PRAGMA user_version = 0",
		"summary of the newest": "UPDATE sale SET last = last + 10 WHERE id = (SELECT max(id) FROM sale)",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, 1)
			s := l.open()
			keep(t, s, map[string][]byte{"pin": []byte("hash")})
			trade(t, s, 700, "a")
			o, err := ask(s, "unknown")
			must(t, err)
			must(t, s.Close())
			l.change(sql)
			s = l.open()
			defer s.Close()
			if s.Damage() == nil {
				t.Error("opened as if nothing had happened")
			}
			if got := openNumbers(t, s); len(got) != 1 || got[0] != o.number {
				t.Errorf("open are %v, want %s", got, o.number)
			}
		})
	}
}
