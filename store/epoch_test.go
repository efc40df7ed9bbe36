package store_test

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
)

const epochA, epochB = path + ".epoch-a", path + ".epoch-b"

// TestEpochFilesAreSyncedTwice: both copies are on the platter when Open returns.
func TestEpochFilesAreSyncedTwice(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		l := newLab(t, seed)
		_ = l.open()
		l.disk.Boot()
		a, b := l.disk.Image().Bytes(epochA), l.disk.Image().Bytes(epochB)
		if len(a) == 0 || string(a) != string(b) || !strings.HasPrefix(string(a), "tillgate epoch 0000000000000000001 ") {
			t.Fatalf("seed %d: after a cut the copies are %q and %q", seed, a, b)
		}
	}
}

// TestBrokenEpochCopy breaks every byte of one copy in turn: the other one
// serves, and the broken one is written again.
func TestBrokenEpochCopy(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	trade(t, s, 3, "a")
	must(t, s.Close())
	image := l.disk.Image()
	whole := string(image.Bytes(epochA))
	for _, name := range []string{epochA, epochB} {
		for at := range int64(len(whole)) {
			l.disk.Restore(image)
			must(t, l.disk.Flip(name, at))
			s := l.open()
			if epoch, _, _ := s.Head(); epoch.Number != 1 || s.Damage() != nil {
				t.Fatalf("byte %d of %s broken: epoch %d, damage %+v", at, name, epoch.Number, s.Damage())
			}
			must(t, s.Close())
			if got := string(l.disk.Image().Bytes(name)); got != whole {
				t.Fatalf("byte %d of %s broken: it still says %q", at, name, got)
			}
		}
	}
}

// TestOldDatabaseIsNotGoneOnWith: somebody puts the database of an epoch that is
// over back in its place. It is not gone on with: what it knows is inherited by
// an epoch after the newest.
func TestOldDatabaseIsNotGoneOnWith(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	trade(t, s, 10, "a")
	unknown, err := ask(s, "unknown")
	must(t, err)
	must(t, s.Close())
	old := l.disk.Image()
	must(t, l.disk.Flip(path, 30)) // the header
	s = l.open()
	if epoch, _, _ := s.Head(); epoch.Number != 2 {
		t.Fatalf("epoch %d after the damage", epoch.Number)
	}
	trade(t, s, 10, "b")
	must(t, s.Close())
	putBack(t, l, old)
	s = l.open()
	epoch, _, _ := s.Head()
	if d := s.Damage(); epoch.Number != 3 || d == nil || d.Was != 2 || !strings.Contains(d.Why, "epoch 1") {
		t.Errorf("epoch %d, damage %+v", epoch.Number, s.Damage())
	}
	if got := openNumbers(t, s); !slices.Equal(got, []string{unknown.number}) {
		t.Errorf("open are %v, want %s", got, unknown.number)
	}
	_, err = s.Verify(context.Background(), nil)
	must(t, err)
	must(t, s.Close())
}

// TestAnotherTillsDatabase: a database of the same epoch's number that was begun
// elsewhere is not ours either.
func TestAnotherTillsDatabase(t *testing.T) {
	t.Parallel()
	other := newLab(t, 2)
	s := other.open()
	trade(t, s, 10, "other")
	must(t, s.Close())
	l := newLab(t, 1)
	s = l.open()
	must(t, s.Close())
	putBack(t, l, other.disk.Image())
	s = l.open()
	defer s.Close()
	if epoch, _, _ := s.Head(); epoch.Number != 2 || s.Damage() == nil {
		t.Errorf("epoch %d, damage %+v", epoch.Number, s.Damage())
	}
}

// putBack writes the database of an image, and not what stands beside it.
func putBack(t *testing.T, l *lab, image interface{ Bytes(string) []byte }) {
	t.Helper()
	for _, name := range []string{path, path + "-wal"} {
		must(t, l.disk.Remove(name))
		data := image.Bytes(name)
		if data == nil {
			continue
		}
		f, err := l.disk.Open(name, true)
		must(t, err)
		_, err = f.WriteAt(data, 0)
		must(t, err)
		must(t, f.Sync())
		must(t, f.Close())
	}
}

// TestKeyStaysSecret: the key of the hashes of payment codes is beside the
// database and in it, and nowhere else: in no entry, no export, no report.
func TestKeyStaysSecret(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	defer s.Close()
	if a, b := s.CodeHash("134567890123456789"), s.CodeHash("134567890123456788"); len(a) != 8 || slices.Equal(a, b) {
		t.Errorf("hashes of two codes are %x and %x", a, b)
	}
	other := newLab(t, 2)
	o := other.open()
	defer o.Close()
	if slices.Equal(s.CodeHash("134567890123456789"), o.CodeHash("134567890123456789")) {
		t.Error("two tills have the same key")
	}
	line := strings.Fields(string(l.disk.Image().Bytes(epochA)))
	packed, err := hex.DecodeString(line[len(line)-1])
	must(t, err)
	key := packed[16:32] // after the random, before the checksum
	_, err = ask(s, "134567890123456789")
	must(t, err)
	var out strings.Builder
	must(t, s.Export(context.Background(), &out, 0, 0, nil))
	for _, secret := range []string{hex.EncodeToString(key), base64.StdEncoding.EncodeToString(key)[:20], "134567890123456789"} {
		if strings.Contains(out.String(), secret) {
			t.Errorf("the export tells %s", secret)
		}
	}
	if db := string(l.disk.Image().Bytes(path)) + string(l.disk.Image().Bytes(path+"-wal")); strings.Contains(db, "134567890123456789") {
		t.Error("the payment code is on the disk")
	}
}
