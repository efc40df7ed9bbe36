package staff

import (
	"hash/maphash"
	"time"

	"tillgate/store/entry"
)

// How wrong PINs are slowed. Counted are those in a row, of one name.
const (
	slowFirst = time.Second // after the first wrong one, and twice that after each further
	lockAfter = 5           // wrong ones, from which on
	lockFor   = 15 * time.Minute

	// strangersMax is how many names that nobody has are remembered, so that they
	// are slowed and locked as if somebody had them.
	strangersMax = 256
	// strangersWritten is how many refusals of such names are written in lockFor.
	// The rest is counted: the journal is not for whoever types names at random.
	strangersWritten = 64
)

// streak is wrong PINs in a row. Those of a person are one object of the
// journal, which the next right PIN ends.
type streak struct {
	key, after entry.Seq
	count      int
	from       int64 // ms of the boot clock: the newest, or when this boot was told of it
}

// wait is how long until the next try.
func (s streak) wait(mono int64) time.Duration {
	if s.count == 0 {
		return 0
	}
	pause := lockFor
	if s.count < lockAfter {
		pause = slowFirst << (s.count - 1)
	}
	return max(0, pause-time.Duration(max(0, mono-s.from))*time.Millisecond)
}

// more is one wrong PIN more.
func (s streak) more(mono int64) streak {
	s.count++
	s.from = mono
	return s
}

// streaks are everybody's. It is not for several goroutines.
type streaks struct {
	people    map[string]streak
	strangers map[uint64]streak // by hash of the name: what was typed is kept nowhere
	seed      maphash.Seed

	since   int64 // ms of the boot clock: refusals of strangers are counted from here
	written int   // of them
	left    int   // and not written
}

func newStreaks() streaks {
	return streaks{people: map[string]streak{}, strangers: map[uint64]streak{}, seed: maphash.MakeSeed()}
}

func (s *streaks) stranger(name string) uint64 { return maphash.String(s.seed, sameName(name)) }

// remember keeps a stranger's streak. Where there are too many the one that was
// tried longest ago is forgotten.
func (s *streaks) remember(hash uint64, of streak) {
	if _, there := s.strangers[hash]; !there && len(s.strangers) >= strangersMax {
		oldest, from := hash, of.from
		for h, other := range s.strangers {
			if other.from < from {
				oldest, from = h, other.from
			}
		}
		delete(s.strangers, oldest)
	}
	s.strangers[hash] = of
}

// write tells whether a stranger's refusal is written down, and how many before
// it were not.
func (s *streaks) write(mono int64) (left int, ok bool) {
	if mono-s.since >= lockFor.Milliseconds() || mono < s.since {
		s.since, s.written = mono, 0
	}
	if s.written >= strangersWritten {
		s.left++
		return 0, false
	}
	s.written++
	left, s.left = s.left, 0
	return left, true
}
