package sim

import (
	"slices"
	"time"

	"tillgate/agent/words"
	"tillgate/store/entry"
)

// shift is what the oracle knows of one shift.
type shift struct {
	entry.ShiftOnBody
	key, off entry.Seq // off is 0 while it is on
	born     int       // the life of the agent in which it began
	handed   bool
	outputs
}

// of tells whether a shift is for a lane.
func (s *shift) of(lane string) bool { return len(s.Lanes) == 0 || slices.Contains(s.Lanes, lane) }

// has tells whether an entry about a lane falls into a shift.
func (s *shift) has(lane string, seq entry.Seq) bool {
	return s.of(lane) && s.key < seq && (s.off == 0 || seq < s.off)
}

// meets tells whether two shifts have a lane in common.
func (s *shift) meets(other *shift) bool {
	return len(s.Lanes) == 0 || len(other.Lanes) == 0 || slices.ContainsFunc(s.Lanes, other.of)
}

// foldShift takes an entry of a shift into the ledger and finds what must not follow
// from what was there; false: it is none. The caller has the lock.
func (o *Oracle) foldShift(e entry.Entry, life int) bool {
	if e.Kind == entry.ShiftOn {
		o.shiftOn(e, life)
		return true
	}
	i := slices.IndexFunc(o.shifts, func(s *shift) bool { return s.key == e.Key })
	if i < 0 {
		return false
	}
	s := o.shifts[i]
	switch e.Kind {
	case entry.ShiftOff:
		if s.off != 0 {
			o.breaks(7, "shift %d ends twice", s.key)
		}
		if !o.ends[s.key] {
			o.breaks(7, "shift %d of %s ends, which nobody has wished", s.key, s.Who)
		}
		s.off = e.Seq
		o.stats[ShiftsEnded]++
		o.stats[ShiftsOverRestart] += yes(s.born != o.life)
	case entry.HandedOver:
		o.handedOver(s, e, entry.Must[entry.HandedOverBody](e), life)
	default:
		o.put(&s.outputs, e)
	}
	return true
}

func (o *Oracle) shiftOn(e entry.Entry, life int) {
	s := &shift{ShiftOnBody: entry.Must[entry.ShiftOnBody](e), key: e.Key, born: life, outputs: outputs{tasks: map[string]bool{}}}
	for _, other := range o.shifts {
		if other.off == 0 && (other.Who == s.Who || other.meets(s)) {
			o.breaks(7, "shift %d of %s (%q) begins while shift %d of %s (%q) is on", s.key, s.Who, s.Lanes, other.key, other.Who, other.Lanes)
		}
	}
	if o.ons[s.Who]--; o.ons[s.Who] < 0 {
		o.breaks(7, "shift %d of %s begins, which nobody has wished", s.key, s.Who)
	}
	o.shifts = append(o.shifts, s)
	o.stats[ShiftsBegun]++
	o.stats[ShiftsOfStore] += yes(len(s.Lanes) == 0)
}

// handedOver holds a hand-over's slip against the ledger.
func (o *Oracle) handedOver(s *shift, e entry.Entry, b entry.HandedOverBody, life int) {
	if s.off == 0 || s.handed {
		o.breaks(7, "shift %d is handed over while it is on, or twice", s.key)
	}
	s.handed, s.at, s.life = true, time.Now(), life
	own, gaps := slipOf(b.Figures), slipOf(b.Nobody)
	if want := o.takings(func(t taken) bool { return o.whose(t.lane, t.seq) == s }); own != want {
		o.breaks(7, "the slip of shift %d of %s has %+v, the ledger %+v", s.key, s.Who, own, want)
	}
	if want := o.takings(func(t taken) bool { return o.whose(t.lane, t.seq) == nil && o.next(t.lane, t.seq) == s }); gaps != want {
		o.breaks(7, "the slip of shift %d of %s has %+v that nobody took, the ledger %+v", s.key, s.Who, gaps, want)
	}
	o.slips = o.slips.plus(own).plus(gaps)
	for _, f := range o.orders {
		if s.of(f.lane) && f.settled == nil && len(f.open) > 0 && !slices.Contains(b.Open, f.key) {
			o.breaks(7, "the slip of shift %d does not list order %d, which is not final", s.key, f.key)
		}
	}
	o.stats[HandOvers]++
	o.stats[HandOversOpen] += yes(len(b.Open) > 0)
	o.stats[HandOversGap] += yes(gaps != taking{})
	o.stats[HandOversLate] += yes(s.off != e.Seq-1)
}

// whose is the shift that an outcome on a lane falls into, nil where it is nobody's.
func (o *Oracle) whose(lane string, seq entry.Seq) *shift {
	for _, s := range o.shifts {
		if s.has(lane, seq) {
			return s
		}
	}
	return nil
}

// next is the first shift of a lane that began after an entry, nil where none has.
func (o *Oracle) next(lane string, seq entry.Seq) (first *shift) {
	for _, s := range o.shifts {
		if s.of(lane) && s.key > seq && (first == nil || s.key < first.key) {
			first = s
		}
	}
	return first
}

// ClocksOn notes that somebody wishes to be on duty.
func (o *Oracle) ClocksOn(who string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ons[who]++
}

// Ends notes that somebody wishes a shift to end.
func (o *Oracle) Ends(shift entry.Seq) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ends[shift] = true
}

// OnDuty is who is on duty on a lane, empty where nobody is.
func (o *Oracle) OnDuty(lane string) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	if s := o.now(lane); s != nil {
		return s.Who
	}
	return ""
}

// now is the shift that is on on a lane. The caller has the lock.
func (o *Oracle) now(lane string) *shift {
	for _, s := range o.shifts {
		if s.off == 0 && s.of(lane) {
			return s
		}
	}
	return nil
}

// ShiftOf is the shift that somebody is in now; ok is false where there is none.
func (o *Oracle) ShiftOf(who string) (key entry.Seq, ok bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, s := range o.shifts {
		if s.off == 0 && s.Who == who {
			return s.key, true
		}
	}
	return 0, false
}

// Unhanded are the shifts that have not been handed over, oldest first.
func (o *Oracle) Unhanded() (keys []entry.Seq) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, s := range o.shifts {
		if !s.handed {
			keys = append(keys, s.key)
		}
	}
	return keys
}

// HandoverPrinted takes a hand-over's slip that came out.
func (o *Oracle) HandoverPrinted(key entry.Seq, h words.Handover, reprint bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	i := slices.IndexFunc(o.shifts, func(s *shift) bool { return s.key == key && s.handed })
	if i < 0 {
		o.breaks(4, "a slip says that shift %d is handed over, which is not durable", key)
		return
	}
	o.stats[HandOverSlips]++
	o.printed(&o.shifts[i].outputs, "shift "+h.Who, reprint)
}
