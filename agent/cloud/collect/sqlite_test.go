package collect_test

import (
	"database/sql"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	_ "github.com/mattn/go-sqlite3"

	"tillgate/agent/cloud"
	"tillgate/agent/cloud/collect"
	"tillgate/store/entry"
)

// TestReopen finds everything again; the name of the file has what URLs dislike.
func TestReopen(t *testing.T) {
	t.Parallel()
	s, path := openFile(t)
	mine := journal(epoch1, 120, "mine")
	kept(t, s, nil)
	must(t, s.Append(t.Context(), device, epoch1, mine[:50]))
	must(t, s.Append(t.Context(), device, epoch1, mine[50:]))
	must(t, s.Close())
	s = reopen(t, path)
	kept(t, s, mine)
	hashes, err := s.Hashes(t.Context(), device, 1, 49, 51)
	must(t, err)
	if !slices.Equal(hashes, []entry.Hash{mine[48].Hash, mine[49].Hash, mine[50].Hash}) {
		t.Error("the hashes of 49 to 51 are others")
	}
}

// TestEveryCommitIsOnTheDisk looks at what SQLite was told.
func TestEveryCommitIsOnTheDisk(t *testing.T) {
	t.Parallel()
	s, _ := openFile(t)
	if got := s.Settings(t.Context()); got != "wal 2" {
		t.Errorf("journal mode and synchronous are %s, want wal 2 (full)", got)
	}
}

// TestAppendElsewhere keeps all of a batch or nothing.
func TestAppendElsewhere(t *testing.T) {
	t.Parallel()
	s, _ := openFile(t)
	mine := journal(epoch1, 60, "mine")
	must(t, s.Append(t.Context(), device, epoch1, mine[:50]))
	for name, entries := range map[string][]entry.Entry{
		"a gap":       mine[51:],
		"a repeat":    mine[40:],
		"a duplicate": {mine[50], mine[50]},
	} {
		if err := s.Append(t.Context(), device, epoch1, entries); err == nil || !strings.Contains(err.Error(), "of site-1/0007") {
			t.Errorf("%s: %v", name, err)
		}
		kept(t, s, mine[:50])
	}
}

// TestDevicesAndEpochs do not mix.
func TestDevicesAndEpochs(t *testing.T) {
	t.Parallel()
	s, _ := openFile(t)
	mine := journal(epoch1, 5, "mine")
	epoch2 := entry.Epoch{Number: 2, Random: [16]byte{9}}
	next := journal(epoch2, 3, "next")
	other := cloud.Address{Site: device.Site, Device: "0008"}
	must(t, s.Append(t.Context(), device, epoch1, mine))
	must(t, s.Append(t.Context(), device, epoch2, next))
	must(t, s.Append(t.Context(), other, epoch1, journal(epoch1, 4, "other")))
	kept(t, s, mine)
	newest, known, err := s.Position(t.Context(), device, collect.Newest)
	must(t, err)
	if !known || newest.Epoch != epoch2 || newest.Hash != next[2].Hash {
		t.Errorf("the newest position is %+v", newest)
	}
	if _, known, err = s.Position(t.Context(), device, 3); known || err != nil {
		t.Errorf("epoch 3 is known: %v, %v", known, err)
	}
	if _, err := s.Hashes(t.Context(), other, 1, 3, 5); err == nil {
		t.Error("a hash that is missing was not missed")
	}
	page, err := s.Records(t.Context(), device, 1, 1, 2)
	must(t, err)
	if len(page) != 2 || page[0].Seq != 2 || page[1].Seq != 3 {
		t.Errorf("a page of two after entry 1 is %v", page)
	}
}

// TestAlarmsAreCounted, not repeated.
func TestAlarmsAreCounted(t *testing.T) {
	t.Parallel()
	s, _ := openFile(t)
	fork := collect.Alarm{Address: device, What: collect.Forked, Epoch: 1, Seq: 51, Text: "another history", Wall: 5, Times: 1}
	for range 3 {
		must(t, s.Alarm(t.Context(), fork))
	}
	back := fork
	back.What, back.Wall = collect.WentBack, 4
	must(t, s.Alarm(t.Context(), back))
	got, err := s.Alarms(t.Context())
	must(t, err)
	fork.Times = 3
	if !slices.Equal(got, []collect.Alarm{back, fork}) {
		t.Errorf("alarms %v", got)
	}
	if text := fork.String(); text != "site-1/0007 forked at entry 51 of epoch 1: another history" {
		t.Error(text)
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	_, path := openFile(t)
	db, err := sql.Open("sqlite3", filepath.Join(filepath.Dir(path), "newer.db"))
	must(t, err)
	_, err = db.Exec("PRAGMA user_version = 2")
	must(t, err)
	must(t, db.Close())
	for _, name := range []string{"newer.db", "nowhere/x.db"} {
		if _, err := collect.OpenSQLite(t.Context(), filepath.Join(filepath.Dir(path), name)); err == nil {
			t.Errorf("%s was opened", name)
		}
	}
}
