package store

// SQLite flushes with fsync unless it is compiled with HAVE_FDATASYNC, which
// mattn/go-sqlite3 does not set. The two differ in the file's time of change:
// fsync writes it through the file system's journal, another flush with every
// commit, so that a sale costs three to four instead of two. The linker leads
// the call to fdatasync, here rather than in the environment, so that every
// build has it. A length that has changed is written by both.

// #cgo LDFLAGS: -Wl,--wrap=fsync
// #include <unistd.h>
//
// int __wrap_fsync(int fd) { return fdatasync(fd); }
import "C"
