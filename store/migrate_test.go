package store

import (
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"tillgate/store/entry"
)

// This test is inside the package because it has to make files as other
// releases made them.

func testOptions(t *testing.T) Options {
	now := entry.Stamp{Wall: 1_760_000_000_000, Mono: 1, Trust: entry.Trusted}
	opts := Options{Path: t.TempDir() + "/till.db", Prefix: "10000001", Device: "0001", Clock: func() entry.Stamp { return now }, Random: rand.NewChaCha8([32]byte{1})}
	if err := opts.complete(); err != nil {
		t.Fatal(err)
	}
	return opts
}

// version1 makes a database of the schema's first version with an unknown order.
func version1(t *testing.T, opts Options) (number string) {
	t.Helper()
	s := &Store{opts: opts, disk: opts.Disk}
	id, err := newIdentity(opts.Random, 1, nil)
	check(t, err)
	s.conn, err = dial(opts.Path, "")
	check(t, err)
	check(t, s.conn.script("PRAGMA page_size=1024; PRAGMA journal_mode=WAL;"))
	check(t, s.migrate(0, 1))
	s.memory = emptyMemory(id)
	number = entry.Number(opts.Prefix, opts.Device, 1, 1)
	check(t, s.transaction(func(c *conn) error {
		for _, name := range []string{"acked", "open", "find"} {
			check(t, c.writeMark(name, s.memory.open))
		}
		check(t, c.exec("REPLACE INTO mark (name, seq, head) VALUES ('task', 0, ?)", tasksSum(nil)))
		check(t, c.exec("REPLACE INTO mark (name, seq, head) VALUES ('epoch', 1, ?)", id.pack()))
		head, prev := s.memory.head, entry.Seq(0)
		for i, d := range []entry.Draft{
			entry.New(entry.Opened, entry.OpenedBody{Lane: "desk", Amount: 5}),
			entry.New(entry.Asked, entry.AskedBody{Number: number, Merchant: "shop", Network: "wechat"}),
		} {
			e := entry.Entry{Seq: entry.Seq(i + 1), Kind: d.Kind, Key: 1, Prev: prev, Body: d.Body}
			e.Hash = e.Link(head)
			head, prev = e.Hash, e.Seq
			check(t, c.writeEntry(row{Entry: e}))
		}
		return c.exec(`INSERT INTO sale (id, lane, shift, state, tender, amount, settled, refunded, last, number) VALUES (1, 'desk', 0, 21, 0, 5, 0, 0, 2, ?)`, number)
	}))
	check(t, keepIdentity(opts.Disk, opts.Path, id))
	check(t, s.conn.close())
	return number
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestMigrationsAdd: whatever a migration does, the release before still opens
// the file and writes its own columns; one that cannot is named .breaking.sql.
func TestMigrationsAdd(t *testing.T) {
	t.Parallel()
	files, err := fs.Glob(migrations, "migrations/*.sql")
	check(t, err)
	comment := regexp.MustCompile(`--[^\n]*`)
	table := regexp.MustCompile(`^CREATE TABLE \w+ \(`)
	index := regexp.MustCompile(`^CREATE INDEX \w+ ON \w+ \(\w+\)$`)
	column := regexp.MustCompile(`^ALTER TABLE \w+ ADD COLUMN \w+ \w+( NOT NULL DEFAULT \S+)?$`)
	for i, name := range files {
		if want := fmt.Sprintf("migrations/%04d_", i+1); !strings.HasPrefix(name, want) {
			t.Errorf("%s is not the migration %s", name, want)
		}
		text, err := migrations.ReadFile(name)
		check(t, err)
		for statement := range strings.SplitSeq(comment.ReplaceAllString(string(text), ""), ";") {
			statement = strings.TrimSpace(statement)
			if statement != "" && !table.MatchString(statement) && !index.MatchString(statement) && !column.MatchString(statement) && !strings.HasSuffix(name, ".breaking.sql") {
				t.Errorf("%s does more than add: %s", name, statement)
			}
		}
	}
}

// TestTheReleaseBeforeWrites: version 1 writes a sale into a file of today, which
// then is opened by this release again and completed by verify.
func TestTheReleaseBeforeWrites(t *testing.T) {
	t.Parallel()
	opts := testOptions(t)
	number := version1(t, opts)
	s, err := Open(context.Background(), opts)
	check(t, err)
	check(t, s.transaction(func(c *conn) error {
		return c.exec("REPLACE INTO sale (id, lane, shift, state, tender, amount, settled, refunded, last, number) VALUES (1, 'desk', 0, 21, 0, 5, 0, 0, 2, ?)", number)
	}))
	check(t, s.Close())
	s, err = Open(context.Background(), opts)
	check(t, err)
	defer s.Close()
	report, err := s.Verify(context.Background(), nil)
	check(t, err)
	sales, err := s.Sales(context.Background(), 0, 1)
	check(t, err)
	if s.Damage() != nil || sales[0].Merchant != "shop" || sales[0].Network != "wechat" {
		t.Errorf("damage %+v, report %+v, sale %+v", s.Damage(), report, sales[0])
	}
}

// TestTheReleaseBeforeKnowsNoRefunds: it keeps their entries as it keeps what it
// does not know, and makes the sums of their orders again as it thinks they are.
// What can still go back does not lean on those, and verify mends them.
func TestTheReleaseBeforeKnowsNoRefunds(t *testing.T) {
	t.Parallel()
	opts := testOptions(t)
	s, err := Open(context.Background(), opts)
	check(t, err)
	number := s.Number()
	order, err := s.Commit(context.Background(), Step{Done: true, Entries: []entry.Draft{
		entry.New(entry.Opened, entry.OpenedBody{Lane: "desk", Amount: 500}), entry.New(entry.Asked, entry.AskedBody{Number: number}),
		entry.New(entry.Settled, entry.SettledBody{Number: number, Amount: 500})}})
	check(t, err)
	asked := entry.RefundAskedBody{Order: order[0].Key, Of: number, Number: entry.RefundNumber(number, 1), Amount: 200, Paid: 500}
	_, err = s.Commit(context.Background(), Step{OrderAfter: order[2].Seq, Entries: []entry.Draft{entry.New(entry.RefundAsked, asked)}})
	check(t, err)
	check(t, s.transaction(func(c *conn) error { return c.exec("UPDATE sale SET refunded = 0") }))
	s.memory.names = map[string]entry.Seq{number: order[0].Key} // the refund's name is in no memory but the table's
	for range 2 {
		p, err := s.Payment(context.Background(), order[0].Key)
		check(t, err)
		if p.Left() != 300 || p.Next() != entry.RefundNumber(number, 2) {
			t.Errorf("%s left, the next number is %s", p.Left(), p.Next())
		}
		_, err = s.Verify(context.Background(), nil)
		check(t, err)
	}
	sales, err := s.Sales(context.Background(), 0, 1)
	check(t, err)
	if sales[0].Refunded != 200 {
		t.Errorf("verify left %s refunded", sales[0].Refunded)
	}
	check(t, s.Close())
}

func TestMigratesFromVersion1(t *testing.T) {
	t.Parallel()
	opts := testOptions(t)
	number := version1(t, opts)
	s, err := Open(context.Background(), opts)
	check(t, err)
	defer s.Close()
	if s.Damage() != nil {
		t.Fatalf("an old file was taken for a damaged one: %+v", s.Damage())
	}
	sales, err := s.Sales(context.Background(), 0, 10)
	check(t, err)
	if len(sales) != 1 || sales[0].Merchant != "shop" || sales[0].Number != number {
		t.Errorf("summaries after the migration: %+v", sales)
	}
	version, _, err := s.conn.number("PRAGMA user_version")
	check(t, err)
	if version != 8 {
		t.Errorf("version %d after the migration", version)
	}
	if _, err := s.Verify(context.Background(), nil); err != nil {
		t.Error(err)
	}
}

// TestReadsVersion1WhenDamaged: salvaging knows the rows of older versions too.
func TestReadsVersion1WhenDamaged(t *testing.T) {
	t.Parallel()
	opts := testOptions(t)
	number := version1(t, opts)
	f, err := opts.Disk.Open(opts.Path, false)
	check(t, err)
	_, err = f.WriteAt([]byte("not a database"), 0)
	check(t, err)
	check(t, f.Close())
	s, err := Open(context.Background(), opts)
	check(t, err)
	defer s.Close()
	if d := s.Damage(); d == nil || d.Readable != 2 {
		t.Errorf("damage %+v, want two readable entries", d)
	}
	if key, err := s.Find(context.Background(), number); err != nil || s.memory.objects[key].key != key {
		t.Errorf("the unknown order is not open: %d, %v", key, err)
	}
}

// TestLaterReleaseIsRead: a later release has added a table and a column; this
// one still opens the file and writes.
func TestLaterReleaseIsRead(t *testing.T) {
	t.Parallel()
	opts := testOptions(t)
	s, err := Open(context.Background(), opts)
	check(t, err)
	check(t, s.transaction(func(c *conn) error {
		check(t, c.script("CREATE TABLE passage (id INTEGER PRIMARY KEY) STRICT; ALTER TABLE sale ADD COLUMN later TEXT; PRAGMA user_version=9"))
		sum, err := c.schemaSum()
		check(t, err)
		return c.exec("REPLACE INTO mark (name, seq, head) VALUES ('schema', 9, ?)", sum)
	}))
	check(t, s.Close())
	s, err = Open(context.Background(), opts)
	check(t, err)
	defer s.Close()
	if s.Damage() != nil {
		t.Fatalf("a later file was taken for a damaged one: %+v", s.Damage())
	}
	_, err = s.Commit(context.Background(), Step{Entries: []entry.Draft{entry.New(entry.Opened, entry.OpenedBody{Lane: "desk", Amount: 5})}})
	check(t, err)
}

// TestNumbersRunOut: when a start's counter ends, a new random goes on, and its
// row is durable together with the first number of it.
func TestNumbersRunOut(t *testing.T) {
	t.Parallel()
	opts := testOptions(t)
	s, err := Open(context.Background(), opts)
	check(t, err)
	s.numbers.counter = entry.Counters - 2
	first, second := s.Number(), s.Number()
	r1, c1, _ := entry.Counter(first)
	r2, c2, _ := entry.Counter(second)
	if r1 == r2 || c1 != entry.Counters-1 || c2 != 0 {
		t.Errorf("%s is followed by %s", first, second)
	}
	_, err = s.Commit(context.Background(), Step{Entries: []entry.Draft{
		entry.New(entry.Opened, entry.OpenedBody{Lane: "desk", Amount: 5}), entry.New(entry.Asked, entry.AskedBody{Number: second})}})
	check(t, err)
	n, _, err := s.conn.number("SELECT count(*) FROM start WHERE random IN (?, ?)", int64(r1), int64(r2))
	check(t, err)
	if n != 2 {
		t.Errorf("%d of two randoms are in start", n)
	}
	for range 1000 {
		s.numbers.draw(opts.Random)
	}
	check(t, s.Close())
}
