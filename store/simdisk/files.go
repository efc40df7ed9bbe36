package simdisk

import (
	"fmt"
	"io/fs"

	"tillgate/store"
)

// file is a handle as the store sees it, whose Sync has no flag.
type file struct{ *handle }

func (f file) Sync() error { return f.sync() }

// Open opens a file beside the database.
func (d *Disk) Open(name string, create bool) (store.File, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.dead {
		return nil, fmt.Errorf("open %s: %w", name, ErrPower)
	}
	f, ok := d.files[name]
	switch {
	case !ok && !create:
		return nil, fmt.Errorf("open %s: %w", name, fs.ErrNotExist)
	case !ok && d.readOnly:
		return nil, fmt.Errorf("open %s: %w", name, ErrReadOnly)
	case !ok:
		f = newInode()
		d.files[name] = f
	}
	return file{&handle{disk: d, life: d.life, name: name, file: f}}, nil
}

// Rename gives a file another name at once. A cut in the middle lets the seed decide.
func (d *Disk) Rename(from, to string) error {
	return d.rename("rename "+from, from, func() {
		d.files[to] = d.files[from]
		delete(d.files, from)
	})
}

// Remove takes a file away at once; one that is not there is not an error.
func (d *Disk) Remove(name string) error {
	d.mu.Lock()
	_, ok := d.files[name]
	dead := d.dead
	d.mu.Unlock()
	if !ok && !dead {
		return nil
	}
	return d.rename("remove "+name, name, func() { delete(d.files, name) })
}

func (d *Disk) rename(what, name string, change func()) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, ok := d.files[name]; !ok && !d.dead {
		return fmt.Errorf("%s: %w", what, fs.ErrNotExist)
	}
	carryOut, err := d.begin()
	if carryOut {
		d.count.Writes++
		if err == nil || d.random.IntN(2) == 0 {
			change()
		}
	}
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// Size is the length of a file as a reader sees it.
func (d *Disk) Size(name string) (int64, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f, ok := d.files[name]
	switch {
	case d.dead:
		return 0, fmt.Errorf("size of %s: %w", name, ErrPower)
	case !ok:
		return 0, fmt.Errorf("size of %s: %w", name, fs.ErrNotExist)
	}
	return f.size, nil
}

// Free is what is left of the capacity.
func (d *Disk) Free(string) (int64, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.dead {
		return 0, ErrPower
	}
	return max(0, d.capacity-d.used()), nil
}
