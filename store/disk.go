package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Disk is all that the store does beside the database: the epoch's two files,
// the ballast, the free space, and setting a damaged file aside. Names are
// those of Options.Path with an ending. A name that is not there is fs.ErrNotExist.
type Disk interface {
	// Open opens a file for reading and writing, and makes it when create is set.
	Open(name string, create bool) (File, error)
	// Rename gives a file another name, atomically and durably.
	Rename(from, to string) error
	// Remove takes a file away, durably; one that is not there is not an error.
	Remove(name string) error
	// Size is a file's length. It must not open the file: closing the database
	// again would drop SQLite's lock on it.
	Size(name string) (int64, error)
	// Free is how many bytes are free where name is.
	Free(name string) (int64, error)
}

// File is an open file of a Disk.
type File interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	Sync() error
}

// realDisk is the file system.
type realDisk struct{}

func (realDisk) Open(name string, create bool) (File, error) {
	f, err := os.OpenFile(name, os.O_RDWR, 0o600)
	if !create || !errors.Is(err, fs.ErrNotExist) {
		if err != nil {
			return nil, err
		}
		return f, nil
	}
	if f, err = os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return nil, err
	}
	if err := syncDir(name); err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

func (realDisk) Rename(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return err
	}
	return syncDir(to)
}

func (realDisk) Remove(name string) error {
	switch err := os.Remove(name); {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	}
	return syncDir(name)
}

func (realDisk) Size(name string) (int64, error) {
	info, err := os.Stat(name)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

func (realDisk) Free(name string) (int64, error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(filepath.Dir(name), &st); err != nil {
		return 0, fmt.Errorf("free space beside %s: %w", name, err)
	}
	return int64(st.Bavail) * int64(st.Bsize), nil
}

func syncDir(name string) error {
	dir, err := os.Open(filepath.Dir(name))
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}

// size is a file's length, and false when it is not there.
func size(disk Disk, name string) (bytes int64, there bool, err error) {
	bytes, err = disk.Size(name)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, false, nil
	}
	return bytes, err == nil, err
}

// readFile reads a small file whole.
func readFile(disk Disk, name string) ([]byte, error) {
	bytes, err := disk.Size(name)
	if err != nil {
		return nil, err
	}
	f, err := disk.Open(name, false)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data := make([]byte, min(bytes, 1<<16))
	n, err := f.ReadAt(data, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return data[:n], nil
}

// writeFile writes a small file over, in place and synced. It may tear: what
// matters is kept in two copies with checksums.
func writeFile(disk Disk, name string, data []byte) error {
	f, err := disk.Open(name, true)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.WriteAt(data, 0); err != nil {
		return err
	}
	return f.Sync()
}

// grow fills a file with zeros up to a size, in blocks that are really there.
func grow(disk Disk, name string, want int64) error {
	have, _, err := size(disk, name)
	if err != nil || have >= want {
		return err
	}
	f, err := disk.Open(name, true)
	if err != nil {
		return err
	}
	defer f.Close()
	zeros := make([]byte, 128<<10)
	for have < want {
		n := min(int64(len(zeros)), want-have)
		if _, err := f.WriteAt(zeros[:n], have); err != nil {
			return err
		}
		have += n
	}
	return f.Sync()
}
