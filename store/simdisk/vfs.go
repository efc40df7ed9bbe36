package simdisk

import (
	"fmt"
	"runtime"
	"sync"
	"time"
	"weak"

	"github.com/psanford/sqlite3vfs"
)

// slots is how many disks may live at once. SQLite cannot forget a VFS, and
// sqlite3vfs reads its table of them without a lock, so all names are
// registered before the first is used and are handed from disk to disk.
const slots = 512

type slot struct {
	name string
	mu   sync.Mutex
	disk weak.Pointer[Disk]
	busy bool
}

var pool = sync.OnceValue(func() []*slot {
	all := make([]*slot, slots)
	for i := range all {
		all[i] = &slot{name: fmt.Sprintf("tillgate-sim-%d", i)}
		if err := sqlite3vfs.RegisterVFS(all[i].name, all[i]); err != nil {
			panic(fmt.Sprintf("simdisk: register %s: %v", all[i].name, err))
		}
	}
	return all
})

// take finds a free name. Names of forgotten disks come back with the garbage
// collector, which is asked before giving up.
func take(d *Disk) *slot {
	for range 100 {
		for _, s := range pool() {
			if s.claim(d) {
				runtime.AddCleanup(d, func(s *slot) { s.release() }, s)
				return s
			}
		}
		runtime.GC()
		runtime.Gosched()
	}
	panic("simdisk: more than 512 disks at once; Close those that are done with")
}

func (s *slot) claim(d *Disk) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.busy {
		return false
	}
	s.busy, s.disk = true, weak.Make(d)
	return true
}

func (s *slot) free(d *Disk) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.disk.Value() == d {
		s.busy, s.disk = false, weak.Pointer[Disk]{}
	}
}

// release runs after a disk was collected; by then another may have the slot.
func (s *slot) release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.disk.Value() == nil {
		s.busy, s.disk = false, weak.Pointer[Disk]{}
	}
}

func (s *slot) current() *Disk {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.disk.Value()
}

var _ sqlite3vfs.ExtendedVFSv1 = (*slot)(nil)

// Open never refuses: sqlite3vfs leaves a file that could not be opened in a
// state in which SQLite closes somebody else's. A handle of a dead disk refuses
// at its first use instead.
func (s *slot) Open(name string, flags sqlite3vfs.OpenFlag) (sqlite3vfs.File, sqlite3vfs.OpenFlag, error) {
	d := s.current()
	if d == nil {
		return &handle{}, flags, nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	h := &handle{disk: d, life: d.life, name: name}
	f, ok := d.files[name]
	if !ok {
		f = newInode()
		if name != "" && !d.dead && !d.readOnly {
			d.files[name] = f
		}
	}
	h.file = f
	return h, flags, nil
}

func (s *slot) Delete(name string, _ bool) error {
	d := s.current()
	if d == nil {
		return sqlite3vfs.IOError
	}
	if err := d.Remove(name); err != nil {
		return sqlite3vfs.IOError
	}
	return nil
}

func (s *slot) Access(name string, _ sqlite3vfs.AccessFlag) (bool, error) {
	d := s.current()
	if d == nil {
		return false, sqlite3vfs.IOError
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.dead {
		return false, sqlite3vfs.IOError
	}
	_, ok := d.files[name]
	return ok, nil
}

func (s *slot) FullPathname(name string) string { return name }

// Randomness is seeded too, so that a life can be played again.
func (s *slot) Randomness(p []byte) int {
	d := s.current()
	if d == nil {
		return 0
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for i := range p {
		p[i] = byte(d.random.Uint32())
	}
	return len(p)
}

func (s *slot) Sleep(time.Duration)    {}
func (s *slot) CurrentTime() time.Time { return time.Now() }
