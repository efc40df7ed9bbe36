// Package simdisk is a disk in memory that can do to a store what real ones do:
// lose what was not synced, tear a sector, turn read-only, fill up, fail once,
// flip a bit. It is a SQLite VFS and a store.Disk at once, seeded, and without
// time or goroutines of its own, so that it works inside testing/synctest. It
// is for the simulator and for tests, never for a shop.
//
// A disk has sectors of 512 bytes. What was written since a file's last sync is
// lost, kept or torn sector by sector at a power cut, as the seed decides;
// bytes that no write touched are never harmed (SQLite calls that power-safe
// overwrite). Names of files are atomic: made, renamed and removed at once.
package simdisk
