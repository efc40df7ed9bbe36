//go:build bench

package store_test

import (
	"context"
	"database/sql/driver"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	sqlite3 "github.com/mattn/go-sqlite3"

	"tillgate/store"
	"tillgate/store/simdisk"
)

// The figures of a sale: what it costs the disk, and how fast it is. A count
// beyond its limit fails; a rate, which hangs on what else the machine does,
// fails when it is a fifth below.
const (
	steadySales  = 6000
	restartSales = 1000

	flushesMax      = 2.1 // a sale
	flashRatioMax   = 2.2 // bytes of a sale, times two appends of its facts
	restartRatioMax = 1.2 // bytes of the first sales after a restart, times steady state
	commitRatioMin  = 0.6 // sales a second, times half the commits a second of bare SQLite
	rateMargin      = 0.8
)

func figure(t *testing.T, name, unit string, value float64, good bool) {
	t.Helper()
	fmt.Printf("bench %s %.3f %s\n", name, value, unit)
	if !good {
		t.Errorf("%s is %.3f, beyond its limit", name, value)
	}
}

func TestFiguresOfTheDisk(t *testing.T) {
	m := newMeter(t)
	fmt.Printf("# bytes and flushes of a sale: %s, %d sales after %d\n", m.how, steadySales, steadySales)
	sh := openShop(t, in(m.dir))
	sh.sell(steadySales)
	bytes, flushes := m.span(func() { sh.sell(steadySales) })
	if m.blind {
		flushes = simulatedFlushes(t)
	}
	appendFacts := floor(t, m.dir, sh.facts())
	appendFacts(steadySales)
	least, _ := m.span(func() { appendFacts(steadySales) })
	if least == 0 {
		t.Fatalf("no byte of %s reaches a disk: set TMPDIR to a directory that is on one", m.dir)
	}
	perSale := float64(bytes) / steadySales
	figure(t, "sale.flushes", "flushes", float64(flushes)/steadySales, float64(flushes) <= flushesMax*steadySales)
	figure(t, "sale.flash_ratio", "ratio", float64(bytes)/float64(least), float64(bytes) <= flashRatioMax*float64(least))
	fmt.Printf("# a sale writes %.0f bytes, two appends of its facts %.0f\n", perSale, float64(least)/steadySales)

	bytes, flushes = m.span(func() {
		must(t, sh.s.Close())
		sh = openShop(t, in(m.dir))
		sh.sell(restartSales)
	})
	ratio := float64(bytes) / restartSales / perSale
	figure(t, "restart.flash_ratio", "ratio", ratio, ratio <= restartRatioMax)
	if !m.blind {
		fmt.Printf("# closing, opening and %d sales: %d flushes\n", restartSales, flushes)
	}
	must(t, sh.s.Close())
}

// floor appends the same facts with a checksum to a file that has its blocks.
func floor(t *testing.T, dir string, facts [2][]byte) func(count int) {
	t.Helper()
	f, err := os.Create(filepath.Join(dir, "floor.log"))
	must(t, err)
	t.Cleanup(func() { must(t, f.Close()) })
	zeros := make([]byte, 1<<20)
	for range 2*steadySales*(len(facts[0])+len(facts[1])+2*16)/len(zeros) + 1 {
		_, err := f.Write(zeros)
		must(t, err)
	}
	must(t, f.Sync())
	at, n := int64(0), uint64(0)
	return func(count int) {
		for range count {
			for _, fact := range facts {
				n++
				b := binary.BigEndian.AppendUint32(nil, uint32(len(fact)))
				b = binary.BigEndian.AppendUint64(b, n)
				b = append(b, fact...)
				b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
				_, err := f.WriteAt(b, at)
				must(t, err)
				at += int64(len(b))
				must(t, syscall.Fdatasync(int(f.Fd())))
			}
		}
	}
}

// simulatedFlushes counts the syncs of a simulated disk during the same sales.
func simulatedFlushes(t *testing.T) int64 {
	disk := simdisk.New(1)
	defer disk.Close()
	sh := openShop(t, store.Options{Path: path, VFS: disk.Name(), Disk: disk})
	sh.sell(steadySales)
	before := disk.Counts().Syncs
	sh.sell(steadySales)
	flushes := disk.Counts().Syncs - before
	must(t, sh.s.Close())
	return flushes
}

// TestFiguresOfTheRate: the median of five rounds, each measuring both in turns
// of a few hundred, so that what disturbs the machine disturbs both.
func TestFiguresOfTheRate(t *testing.T) {
	const rounds, turns, sales = 5, 10, 200
	sh := openShop(t, in(t.TempDir()))
	defer func() { must(t, sh.s.Close()) }()
	raw := rawSQLite(t, t.TempDir())
	sh.sell(2000) // the log has its size now, and so has that of the other
	raw(4000)
	var ratios []float64
	var fastest time.Duration
	for range rounds {
		var ours, theirs time.Duration
		for range turns {
			begin := time.Now()
			raw(2 * sales)
			between := time.Now()
			sh.sell(sales)
			theirs, ours = theirs+between.Sub(begin), ours+time.Since(between)
		}
		ratios = append(ratios, theirs.Seconds()/ours.Seconds())
		if fastest == 0 || ours < fastest {
			fastest = ours
		}
	}
	slices.Sort(ratios)
	figure(t, "sale.commit_ratio", "ratio", ratios[rounds/2], ratios[rounds/2] >= commitRatioMin*rateMargin)
	fmt.Printf("# rounds %.2f, at least %.1f is wanted; %.0f sales a second in the fastest\n", ratios, commitRatioMin, turns*sales/fastest.Seconds())
}

// rawSQLite commits rows of 300 bytes one by one, with the store's settings.
func rawSQLite(t *testing.T, dir string) func(count int) {
	name := filepath.Join(dir, "raw.db")
	c, err := (&sqlite3.SQLiteDriver{}).Open("file:" + name + "?_locking_mode=EXCLUSIVE&_synchronous=FULL")
	must(t, err)
	conn := c.(*sqlite3.SQLiteConn)
	t.Cleanup(func() { must(t, conn.Close()) })
	_, err = conn.Exec("PRAGMA page_size=1024; PRAGMA journal_mode=WAL; CREATE TABLE fact (id INTEGER PRIMARY KEY, body BLOB) STRICT", nil)
	must(t, err)
	insert, err := conn.Prepare("INSERT INTO fact (body) VALUES (?)")
	must(t, err)
	body := make([]byte, 300)
	return func(count int) {
		for i := range count {
			binary.BigEndian.PutUint64(body, uint64(i))
			_, err := insert.(driver.StmtExecContext).ExecContext(context.Background(), []driver.NamedValue{{Ordinal: 1, Value: body}})
			must(t, err)
		}
	}
}
