package simdisk_test

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"testing"

	_ "github.com/mattn/go-sqlite3"

	"tillgate/store"
	"tillgate/store/simdisk"
)

func create(t *testing.T, d *simdisk.Disk, name string, data []byte, sync bool) store.File {
	t.Helper()
	f, err := d.Open(name, true)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt(data, 0); err != nil {
		t.Fatal(err)
	}
	if sync {
		if err := f.Sync(); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

// TestSyncedSurvives: synced bytes are there after every cut; of unsynced
// sectors each is kept, lost or torn, and all three happen.
func TestSyncedSurvives(t *testing.T) {
	t.Parallel()
	old, young := bytes.Repeat([]byte("o"), 8*512), bytes.Repeat([]byte("y"), 8*512)
	kept, lost, torn := 0, 0, 0
	for seed := range uint64(50) {
		d := simdisk.New(seed)
		f := create(t, d, "f", old, true)
		if _, err := f.WriteAt(young[:4*512], 0); err != nil {
			t.Fatal(err)
		}
		d.Boot()
		if _, err := f.WriteAt(old, 0); !errors.Is(err, simdisk.ErrPower) {
			t.Fatalf("a handle of before the cut still writes: %v", err)
		}
		data := d.Image().Bytes("f")
		if !bytes.Equal(data[4*512:], old[4*512:]) {
			t.Fatalf("seed %d: synced sectors that nothing wrote to have changed", seed)
		}
		for s := range 4 {
			switch n := bytes.Count(data[s*512:(s+1)*512], []byte("y")); n {
			case 0:
				lost++
			case 512:
				kept++
			default:
				torn++
			}
		}
		again := simdisk.New(seed)
		if _, err := create(t, again, "f", old, true).WriteAt(young[:4*512], 0); err != nil {
			t.Fatal(err)
		}
		again.Boot()
		if !bytes.Equal(again.Image().Bytes("f"), data) {
			t.Fatalf("seed %d ends differently the second time", seed)
		}
		d.Close()
		again.Close()
	}
	if kept < 20 || lost < 20 || torn < 20 {
		t.Errorf("of 200 sectors %d were kept, %d lost, %d torn", kept, lost, torn)
	}
}

func TestCutHitsTheNthOperation(t *testing.T) {
	t.Parallel()
	d := simdisk.New(1)
	defer d.Close()
	f := create(t, d, "f", []byte("1"), true)
	d.CutAfter(3)
	for i := range 2 {
		if _, err := f.WriteAt([]byte("2"), int64(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Sync(); !errors.Is(err, simdisk.ErrPower) || !d.Off() {
		t.Fatalf("the third operation: %v", err)
	}
	if _, err := d.Size("f"); !errors.Is(err, simdisk.ErrPower) {
		t.Errorf("size without power: %v", err)
	}
	d.Boot()
	if n, err := d.Size("f"); err != nil || n < 1 {
		t.Errorf("after the boot: %d, %v", n, err)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	d := simdisk.New(1)
	defer d.Close()
	f := create(t, d, "f", make([]byte, 1000), true)
	d.SetFull(1500)
	if _, err := f.WriteAt(make([]byte, 501), 1000); !errors.Is(err, simdisk.ErrFull) {
		t.Errorf("write past the capacity: %v", err)
	}
	if _, err := f.WriteAt(make([]byte, 500), 1000); err != nil {
		t.Errorf("write up to the capacity: %v", err)
	}
	if free, err := d.Free("f"); err != nil || free != 0 {
		t.Errorf("free: %d, %v", free, err)
	}
	d.SetReadOnly(true)
	if _, err := f.WriteAt([]byte("x"), 0); err == nil {
		t.Error("a read-only disk writes")
	}
	if err := d.Remove("f"); err == nil {
		t.Error("a read-only disk removes")
	}
	d.SetReadOnly(false)
	d.FailAfter(1, 1)
	for i, want := range []error{nil, simdisk.ErrFailed, nil} {
		if _, err := f.WriteAt([]byte("x"), 0); !errors.Is(err, want) {
			t.Errorf("write %d: %v, want %v", i, err, want)
		}
	}
	if _, err := d.Open("g", false); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("open what is not there: %v", err)
	}
}

func TestImageFlipRename(t *testing.T) {
	t.Parallel()
	d := simdisk.New(1)
	defer d.Close()
	create(t, d, "f", []byte("abc"), true)
	image := d.Image()
	if err := d.Flip("f", 1); err != nil {
		t.Fatal(err)
	}
	if got := d.Image().Bytes("f"); got[0] != 'a' || got[1] == 'b' || got[2] != 'c' {
		t.Errorf("flipped: %q", got)
	}
	if err := d.Rename("f", "g"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Size("f"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the old name: %v", err)
	}
	d.Restore(image)
	if got := d.Image(); len(got.Names()) != 1 || string(got.Bytes("f")) != "abc" {
		t.Errorf("restored: %q", got.Names())
	}
	if err := d.Flip("f", 3); err == nil {
		t.Error("a byte behind the end was flipped")
	}
}

// TestNamesComeBack: disks that are closed or forgotten give their VFS names
// back, and a database on one is not seen on the next.
func TestNamesComeBack(t *testing.T) {
	t.Parallel()
	for i := range 1500 {
		d := simdisk.New(uint64(i))
		if i%500 == 0 {
			db, err := sql.Open("sqlite3", fmt.Sprintf("file:/x.db?vfs=%s", d.Name()))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := db.Exec("CREATE TABLE only (here)"); err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if i%2 == 0 {
			d.Close()
		}
	}
}
