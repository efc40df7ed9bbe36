package sim

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/cloud"
	"tillgate/agent/cloud/collect"
	"tillgate/store/entry"
)

// shelved is a shelf with n entries, all acknowledged.
func shelved(t *testing.T, n entry.Seq) *shelf {
	s := &shelf{oracle: NewOracle()}
	for seq := entry.Seq(1); seq <= n; seq++ {
		e := entry.Entry{Seq: seq, Kind: entry.Started, Body: []byte("{}"), Hash: entry.Hash{byte(seq)}}
		s.oracle.Committed([]entry.Entry{e})
		if err := s.Append(t.Context(), deviceAt, entry.Epoch{Number: 1}, []entry.Entry{e}); err != nil {
			t.Fatal(err)
		}
		s.answered(seq)
	}
	return s
}

func TestAShelfForgetsOnPurpose(t *testing.T) {
	t.Parallel()
	s := shelved(t, 10)
	s.restore(4)
	p, known, err := s.Position(t.Context(), deviceAt, 1)
	if err != nil || !known || p.Seq != 6 || p.Hash != (entry.Hash{6}) {
		t.Errorf("position is %v, %v, %v", p, known, err)
	}
	if s.holds() != 6 || s.vouched() != 10 {
		t.Errorf("it holds %d and vouches for %d, want 6 and 10", s.holds(), s.vouched())
	}
	if hashes, err := s.Hashes(t.Context(), deviceAt, 1, 2, 4); err != nil || len(hashes) != 3 || hashes[0] != (entry.Hash{2}) {
		t.Errorf("hashes are %v, %v", hashes, err)
	}
	s.restore(100)
	if _, known, _ := s.Position(t.Context(), deviceAt, 1); known {
		t.Error("an empty shelf knows a position")
	}
	if broken := s.oracle.Broken(); len(broken) != 0 {
		t.Errorf("found %v", broken)
	}
}

func TestAShelfTakesNothingWhileItsDiskFails(t *testing.T) {
	t.Parallel()
	s := shelved(t, 2)
	s.fail(true)
	if err := s.Append(t.Context(), deviceAt, entry.Epoch{}, []entry.Entry{{Seq: 3}}); !errors.Is(err, errShelf) || s.holds() != 2 {
		t.Errorf("it took an entry: %v, holds %d", err, s.holds())
	}
	if _, _, err := s.Position(t.Context(), deviceAt, 1); !errors.Is(err, errShelf) {
		t.Errorf("position: %v", err)
	}
}

func TestAShelfFindsGapsAndAlarms(t *testing.T) {
	t.Parallel()
	s := shelved(t, 2)
	if err := s.Append(t.Context(), deviceAt, entry.Epoch{}, []entry.Entry{{Seq: 4}}); err != nil {
		t.Fatal(err)
	}
	for _, what := range []collect.What{collect.WentBack, collect.Forked} {
		if err := s.Alarm(t.Context(), collect.Alarm{What: what}); err != nil {
			t.Fatal(err)
		}
	}
	broken := strings.Join(s.oracle.Broken(), "\n")
	if !strings.Contains(broken, "entry 4 after 2") || !strings.Contains(broken, "forked") || strings.Contains(broken, "went back") {
		t.Errorf("found %q", broken)
	}
}

// diary is a journal in memory.
type diary struct {
	mu      sync.Mutex
	epoch   entry.Epoch
	entries []entry.Entry
	acked   entry.Seq
	grown   chan struct{}
}

func newDiary(o *Oracle, n int) *diary {
	d := &diary{epoch: entry.Epoch{Number: 1}, grown: make(chan struct{})}
	head := entry.Genesis(d.epoch)
	for seq := entry.Seq(1); seq <= entry.Seq(n); seq++ {
		e := entry.Entry{Seq: seq, Key: seq, Kind: entry.Started, Body: fmt.Appendf(nil, `{"v":"%d"}`, seq)}
		head = e.Link(head)
		e.Hash = head
		d.entries = append(d.entries, e)
	}
	o.Committed(d.entries)
	return d
}

func (d *diary) Entries(_ context.Context, after entry.Seq, max int) ([]entry.Entry, error) {
	return d.entries[after:min(int(after)+max, len(d.entries))], nil
}

func (d *diary) Grown() <-chan struct{} { return d.grown }

func (d *diary) Head() (entry.Epoch, entry.Seq, entry.Hash) {
	last := d.entries[len(d.entries)-1]
	return d.epoch, last.Seq, last.Hash
}

func (d *diary) Acked() (entry.Seq, entry.Hash) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.acked == 0 {
		return 0, entry.Hash{}
	}
	return d.acked, d.entries[d.acked-1].Hash
}

func (d *diary) Acknowledge(_ context.Context, _ int64, seq entry.Seq, _ entry.Hash) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.acked = max(d.acked, seq)
	return nil
}

// above is a sky with a device under it.
func above(t *testing.T, does func(s *sky, d *diary)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		oracle := NewOracle()
		s, d := newSky(3, &Story{}, oracle, NoBug), newDiary(oracle, 130)
		s.up = true
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		sender := s.sender(d)
		go func() {
			defer close(done)
			if err := sender.Run(ctx); err != nil {
				t.Error(err)
			}
		}()
		does(s, d)
		cancel()
		<-done
		s.gone()
		if broken := oracle.Broken(); len(broken) != 0 {
			t.Errorf("found %v", broken)
		}
	})
}

func TestEverythingArrivesInFairWeather(t *testing.T) {
	t.Parallel()
	above(t, func(s *sky, d *diary) {
		time.Sleep(time.Minute)
		if acked, _ := d.Acked(); acked != 130 || s.shelf.holds() != 130 {
			t.Errorf("the device knows of %d, the collector has %d", acked, s.shelf.holds())
		}
	})
}

// Each trouble keeps something from arriving, and none keeps it for ever.
func TestEveryTroubleIsOverOnceItIsMended(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name    string
		does    func(s *sky)
		stops   bool // nothing is acknowledged meanwhile
		forgets bool // and then the collector loses half
	}{
		{name: "no broker", does: func(s *sky) { s.broker(false) }, stops: true},
		{name: "nobody reads", does: func(s *sky) { s.change("away", true, func() { s.away = true }) }, stops: true},
		{name: "answers are lost", does: func(s *sky) { s.change("mute", true, func() { s.mute = true }) }, stops: true},
		{name: "the disk fails", does: func(s *sky) { s.shelf.fail(true) }, stops: true},
		{name: "twice and in any order", does: func(s *sky) { s.change("mess", true, func() { s.mess = true }) }},
		{name: "slow", does: func(s *sky) { s.change("slow", true, func() { s.slow = 25 * time.Second }) }},
		{name: "acknowledgements of others", does: func(s *sky) { s.strange() }},
		{name: "a backup is put back", does: func(*sky) {}, forgets: true},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			above(t, func(s *sky, d *diary) {
				row.does(s)
				time.Sleep(5 * time.Minute)
				if acked, _ := d.Acked(); (acked == 0) != row.stops {
					t.Errorf("meanwhile the device knows of %d", acked)
				}
				if row.forgets {
					s.shelf.restore(65)
				}
				s.mend()
				time.Sleep(20 * time.Minute)
				if acked, _ := d.Acked(); acked != 130 || s.shelf.holds() != 130 {
					t.Errorf("in the end the device knows of %d, the collector has %d", acked, s.shelf.holds())
				}
			})
		})
	}
}

func TestALinkWithoutASessionSaysSo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSky(3, &Story{}, NewOracle(), NoBug)
		if err := s.Publish(cloud.Message{}); !errors.Is(err, errNoBroker) {
			t.Errorf("it takes a message: %v", err)
		}
	})
}
