package store

import (
	"cmp"
	"math"
	"slices"

	"tillgate/store/entry"
)

// salvage is what can be read of a damaged database without walking its trees:
// every record of every page, of the database and of its log.
type salvage struct {
	file   File // nil where the database is gone
	pages  int64
	frames []frame
	latest map[uint32]int // page -> its newest frame

	epoch   *identity
	places  []place // all there are; after read one for each sequence
	sales   map[entry.Seq]Sale
	refunds map[entry.Seq]Refund
	holds   map[entry.Seq]Hold
	shifts  map[entry.Seq]Shift
	todo    map[entry.Seq]entry.Seq   // tasks that nobody has seen to, to their objects
	tasks   map[entry.Seq]entry.Draft // all of them, as they were
	starts  []startRow
	secrets map[string]secretRow // by their checksums
	randoms map[int]bool         // of the numbers and the starts that were read
	marks   []mark
	mended  map[entry.Seq]found
	went    map[entry.Seq]bool // objects that go on
	orders  map[entry.Seq]*order
	givings map[entry.Seq]*giving
	held    map[entry.Seq]*holding
	head    entry.Seq // the newest entry that is known to have been there
	count   int       // entries that can be read

	listed   map[string]bool // checksums of the secrets, by the newest list
	listedAt entry.Seq

	secretsAt entry.Seq // of the newest list, by its mark

	cached int64 // the source of cache
	cache  []found
}

// place is where an entry can be read: a page, or a frame of the log as a
// negative number.
type place struct {
	seq, key entry.Seq
	source   int64
	chained  bool
}

// salvage reads the damaged database. It closes nothing but its own handle.
func (s *Store) salvage() (*salvage, error) {
	v := &salvage{frames: s.frames, latest: map[uint32]int{}, sales: map[entry.Seq]Sale{}, mended: map[entry.Seq]found{},
		refunds: map[entry.Seq]Refund{}, orders: map[entry.Seq]*order{}, givings: map[entry.Seq]*giving{},
		holds: map[entry.Seq]Hold{}, held: map[entry.Seq]*holding{}, randoms: map[int]bool{}, secrets: map[string]secretRow{}, shifts: map[entry.Seq]Shift{}, todo: map[entry.Seq]entry.Seq{},
		tasks: map[entry.Seq]entry.Draft{}, went: map[entry.Seq]bool{}, cached: math.MaxInt64}
	if v.frames == nil {
		var err error
		if v.frames, err = readLog(s.disk, s.opts.Path+walFile); err != nil {
			s.log.Warn("log of the damaged database not read", "err", err)
		}
	}
	for i, f := range v.frames {
		v.latest[f.page] = i
	}
	bytes, there, err := size(s.disk, s.opts.Path)
	if err != nil {
		return nil, err
	}
	if there {
		if v.file, err = s.disk.Open(s.opts.Path, false); err != nil {
			return nil, err
		}
		v.pages = (bytes + pageBytes - 1) / pageBytes
	}
	v.collect()
	v.read()
	return v, nil
}

func (v *salvage) close() error {
	if v.file == nil {
		return nil
	}
	return v.file.Close()
}

// page reads a page of the database file; nil where the disk refuses.
func (v *salvage) page(number int64) []byte {
	b := make([]byte, pageBytes)
	if v.file == nil || number < 1 || number > v.pages {
		return nil
	}
	if _, err := v.file.ReadAt(b, (number-1)*pageBytes); ignoreEnd(err) != nil {
		return nil
	}
	return b
}

// source is the bytes of a place.
func (v *salvage) source(at int64) (b []byte, first bool) {
	if at < 0 {
		f := v.frames[-at-1]
		return f.data, f.page == 1
	}
	return v.page(at), at == 1
}

// overflow reads a page as a record goes on in it: its newest state.
func (v *salvage) overflow(number uint32) []byte {
	if i, ok := v.latest[number]; ok {
		return v.frames[i].data
	}
	return v.page(int64(number))
}

// collect goes through all pages and all frames, and notes what it recognises.
func (v *salvage) collect() {
	for at := int64(1); at <= v.pages; at++ {
		v.scan(at)
	}
	for i := range v.frames {
		v.scan(-int64(i) - 1)
	}
	slices.SortStableFunc(v.places, func(a, b place) int { return cmp.Compare(a.seq, b.seq) })
	for _, sale := range v.sales {
		v.head = max(v.head, sale.Last)
	}
	for _, refund := range v.refunds {
		v.head = max(v.head, refund.Last)
	}
	for _, hold := range v.holds {
		v.head = max(v.head, hold.Last)
	}
	for _, shift := range v.shifts {
		v.head = max(v.head, shift.Last)
	}
}

func (v *salvage) scan(at int64) {
	b, first := v.source(at)
	if b == nil {
		return
	}
	cells(b, first, v.overflow, func(rowid int64, row values) {
		if f, ok := entryCell(rowid, row); ok {
			v.places = append(v.places, place{seq: f.Seq, key: f.Key, source: at})
			return
		}
		if sale, ok := saleCell(rowid, row); ok {
			if old, there := v.sales[sale.ID]; !there || sale.Last >= old.Last {
				v.sales[sale.ID] = sale
			}
			v.noteNumber(sale.Number)
			return
		}
		if refund, ok := refundCell(rowid, row); ok {
			if old, there := v.refunds[refund.ID]; !there || refund.Last >= old.Last {
				v.refunds[refund.ID] = refund
			}
			v.noteNumber(refund.Asked.Of)
			return
		}
		if hold, ok := holdCell(rowid, row); ok {
			if old, there := v.holds[hold.ID]; !there || hold.Last >= old.Last {
				v.holds[hold.ID] = hold
			}
			v.noteNumber(hold.Asked.Number)
			return
		}
		if shift, ok := shiftCell(rowid, row); ok {
			if old, there := v.shifts[shift.ID]; !there || shift.Last >= old.Last {
				v.shifts[shift.ID] = shift
			}
			return
		}
		if r, ok := startCell(row); ok {
			v.starts = append(v.starts, r)
			return
		}
		if name, seq, head, ok := markCell(row); ok {
			v.mark(name, seq, head)
			return
		}
		if name, value, ok := secretCell(row); ok {
			v.secret(name, value)
		}
	})
}

func (v *salvage) mark(name string, seq int64, head []byte) {
	switch {
	case name == "epoch":
		if id, err := unpackIdentity(seq, head); err == nil {
			v.epoch = &id
		}
	case name == "secret":
		v.secretsAt = max(v.secretsAt, entry.Seq(seq))
	case (name == "acked" || name == "open" || name == "find") && len(head) == 32:
		at := mark{seq: entry.Seq(seq)}
		copy(at.head[:], head)
		v.marks = append(v.marks, at)
	}
}

// at reads the entry of a place again.
func (v *salvage) at(p place) (f found, ok bool) {
	if f, ok := v.mended[p.seq]; ok {
		return f, true
	}
	if v.cached != p.source {
		v.cached, v.cache = p.source, nil
		if b, first := v.source(p.source); b != nil {
			cells(b, first, v.overflow, func(rowid int64, row values) {
				if f, ok := entryCell(rowid, row); ok {
					v.cache = append(v.cache, f)
				}
			})
		}
	}
	i := slices.IndexFunc(v.cache, func(f found) bool { return f.Seq == p.seq })
	if i < 0 {
		return f, false
	}
	return v.cache[i], true
}

// newest is the newest entry that is certainly what was written.
func (v *salvage) newest() (found, bool) {
	for _, p := range slices.Backward(v.places) {
		if p.chained {
			return v.at(p)
		}
	}
	return found{}, false
}
