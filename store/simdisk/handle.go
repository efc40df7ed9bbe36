package simdisk

import (
	"io"

	"github.com/psanford/sqlite3vfs"
)

// handle is one open file, for SQLite or for the store.
type handle struct {
	disk *Disk
	life int
	name string
	file *inode
}

// enter locks the disk and tells whether the handle is still good.
func (h *handle) enter() error {
	if h.disk == nil {
		return ErrPower
	}
	h.disk.mu.Lock()
	if h.disk.dead || h.life != h.disk.life {
		h.disk.mu.Unlock()
		return ErrPower
	}
	return nil
}

func (h *handle) ReadAt(p []byte, off int64) (int, error) {
	if err := h.enter(); err != nil {
		return 0, sqlite3vfs.IOErrorRead
	}
	defer h.disk.mu.Unlock()
	h.disk.count.Reads++
	if f := h.disk.onRead; f != nil {
		h.disk.mu.Unlock()
		f()
		h.disk.mu.Lock()
	}
	n := h.file.readAt(p, off)
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (h *handle) WriteAt(p []byte, off int64) (int, error) {
	if err := h.enter(); err != nil {
		return 0, err
	}
	defer h.disk.mu.Unlock()
	if grow := off + int64(len(p)) - h.file.size; grow > 0 && h.disk.used()+grow > h.disk.capacity {
		return 0, ErrFull
	}
	carryOut, err := h.disk.begin()
	if carryOut {
		h.disk.count.Writes++
		h.disk.count.Bytes += int64(len(p))
		h.file.write(p, off)
	}
	if err != nil {
		return 0, err
	}
	return len(p), nil
}

func (h *handle) Truncate(size int64) error {
	if err := h.enter(); err != nil {
		return sqlite3vfs.IOError
	}
	defer h.disk.mu.Unlock()
	carryOut, err := h.disk.begin()
	if carryOut {
		h.disk.count.Writes++
		h.file.resize(size)
	}
	if err != nil {
		return sqlite3vfs.IOError
	}
	return nil
}

// sync fails in the middle at a cut: then nothing new is sure to be on the platter.
func (h *handle) sync() error {
	if err := h.enter(); err != nil {
		return err
	}
	defer h.disk.mu.Unlock()
	_, err := h.disk.begin()
	if err != nil {
		return err
	}
	h.disk.count.Syncs++
	h.file.sync()
	return nil
}

func (h *handle) Sync(sqlite3vfs.SyncType) error {
	if h.sync() != nil {
		return sqlite3vfs.IOError
	}
	return nil
}

func (h *handle) FileSize() (int64, error) {
	if h.enter() != nil {
		return 0, sqlite3vfs.IOError
	}
	defer h.disk.mu.Unlock()
	return h.file.size, nil
}

func (h *handle) Close() error {
	if h.disk == nil {
		return nil
	}
	h.disk.mu.Lock()
	defer h.disk.mu.Unlock()
	delete(h.file.locks, h)
	return nil
}

// Lock follows SQLite's five levels; several handles may share, one may write.
func (h *handle) Lock(want sqlite3vfs.LockType) error {
	if err := h.enter(); err != nil {
		return sqlite3vfs.IOError
	}
	defer h.disk.mu.Unlock()
	for other, level := range h.file.locks {
		if other == h {
			continue
		}
		held := sqlite3vfs.LockType(level)
		if held >= sqlite3vfs.LockPending || want >= sqlite3vfs.LockReserved && held >= sqlite3vfs.LockReserved ||
			want == sqlite3vfs.LockExclusive && held >= sqlite3vfs.LockShared {
			return sqlite3vfs.BusyError
		}
	}
	h.file.locks[h] = max(int(want), h.file.locks[h])
	return nil
}

func (h *handle) Unlock(to sqlite3vfs.LockType) error {
	if h.disk == nil {
		return nil
	}
	h.disk.mu.Lock()
	defer h.disk.mu.Unlock()
	if to == sqlite3vfs.LockNone {
		delete(h.file.locks, h)
	} else {
		h.file.locks[h] = min(int(to), h.file.locks[h])
	}
	return nil
}

// CheckReservedLock answers the opposite of what is asked, because sqlite3vfs
// turns the answer round on its way to SQLite.
func (h *handle) CheckReservedLock() (bool, error) {
	if err := h.enter(); err != nil {
		return false, sqlite3vfs.IOError
	}
	defer h.disk.mu.Unlock()
	for _, level := range h.file.locks {
		if sqlite3vfs.LockType(level) >= sqlite3vfs.LockReserved {
			return false, nil
		}
	}
	return true, nil
}

func (h *handle) SectorSize() int64 { return sectorBytes }

func (h *handle) DeviceCharacteristics() sqlite3vfs.DeviceCharacteristic {
	return sqlite3vfs.IocapPowersafeOverwrite
}
