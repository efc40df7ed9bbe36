package cloud_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/cloud"
	"tillgate/agent/cloud/collect"
	"tillgate/store/entry"
)

var (
	lost    = []time.Duration(nil)
	once    = []time.Duration{latency}
	thrice  = []time.Duration{latency, latency, 3 * time.Second}
	delayed = []time.Duration{7 * time.Second}
)

// every lets each nth message of a name have a fate.
func every(n int, name string, fate []time.Duration) func(cloud.Message) []time.Duration {
	seen := 0
	return func(m cloud.Message) []time.Duration {
		if strings.HasSuffix(m.Topic, name) {
			if seen++; seen%n == 0 {
				return fate
			}
		}
		return once
	}
}

// TestFaults of a link. Whatever they are, what is acknowledged is in the cloud
// with the same chain, and everything arrives.
func TestFaults(t *testing.T) {
	t.Parallel()
	for name, fate := range map[string]func(cloud.Message) []time.Duration{
		"every second batch is lost":           every(2, cloud.UpJournal, lost),
		"every third batch is lost":            every(3, cloud.UpJournal, lost),
		"two of three acknowledgements come":   every(3, cloud.DownAck, lost),
		"every second acknowledgement is lost": every(2, cloud.DownAck, lost),
		"every hello is lost":                  every(1, cloud.UpHello, lost),
		"every request for a replay is lost":   both(every(2, cloud.UpJournal, lost), every(1, cloud.DownReplay, lost)),
		"everything comes three times":         every(1, "", thrice),
		"every second batch comes late":        every(2, cloud.UpJournal, delayed),
		"acknowledgements come in disorder":    every(2, cloud.DownAck, delayed),
		"lost, late and more than once": both(every(3, cloud.UpJournal, lost),
			both(every(4, "", thrice), every(5, "", delayed))),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, d := newShelf(), newDiary(400)
				honest(t, s, d)
				w := newWire(t, s)
				w.fate = fate
				till := w.start(t, d, nil)
				for range 50 {
					d.write(3)
					wait(time.Second)
				}
				wait(3 * time.Hour)
				arrived(t, s, d)
				if err := till.State().Err; err != nil {
					t.Errorf("state is %v", err)
				}
				if s.raised(collect.Forked) || s.raised(collect.Garbled) {
					t.Errorf("alarms %v", s.alarms)
				}
			})
		})
	}
}

// both applies the second fate to what the first lets through untouched.
func both(a, b func(cloud.Message) []time.Duration) func(cloud.Message) []time.Duration {
	return func(m cloud.Message) []time.Duration {
		first, second := a(m), b(m)
		if len(first) == 1 && first[0] == latency {
			return second
		}
		return first
	}
}

// TestConnectionFlaps while entries are written.
func TestConnectionFlaps(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, d := newShelf(), newDiary(1000)
		honest(t, s, d)
		w := newWire(t, s)
		till := w.start(t, d, nil)
		for i := range 60 {
			wait(time.Duration(i) * 3 * time.Millisecond)
			till.plug(i%2 == 1)
			d.write(i)
		}
		wait(time.Minute)
		arrived(t, s, d)
	})
}

// TestDamage in the journal: what is before it leaves, nothing that is wrong
// does, and once it is mended all goes on.
func TestDamage(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]func(*entry.Entry){
		"another body":          func(e *entry.Entry) { e.Body = []byte(`{}`) },
		"another row":           func(e *entry.Entry) { e.Seq++ },
		"not JSON":              func(e *entry.Entry) { e.Body = []byte(`{"a":`) },
		"JSON that is not ours": func(e *entry.Entry) { e.Body = []byte(`{"a": 1}`) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, d := newShelf(), newDiary(180)
				was := d.entries[119]
				damage(&d.entries[119])
				w := newWire(t, s)
				till := w.start(t, d, nil)
				wait(time.Minute)
				if n := s.count(1); n != 119 {
					t.Errorf("%d entries are in the cloud, want the 119 before the damage", n)
				}
				if err := till.State().Err; !errors.Is(err, entry.ErrChain) && !errors.Is(err, cloud.ErrMessage) {
					t.Errorf("state is %v", err)
				}
				d.set(func(d *diary) { d.entries[119] = was })
				wait(10 * time.Minute)
				arrived(t, s, d)
			})
		})
	}
}

// TestJournalRefuses to be read or marked for a while.
func TestJournalRefuses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, d := newShelf(), newDiary(180)
		honest(t, s, d)
		w := newWire(t, s)
		broken := errors.New("the disk refuses")
		w.fate = func(m cloud.Message) []time.Duration {
			if strings.HasSuffix(m.Topic, cloud.UpJournal) {
				d.set(func(d *diary) { d.broken = broken }) // it was read, its acknowledgement cannot be noted
			}
			return once
		}
		till := w.start(t, d, nil)
		wait(time.Minute)
		if err := till.State().Err; !errors.Is(err, broken) {
			t.Errorf("state is %v", err)
		}
		w.change(func(w *wire) { w.fate = nil })
		d.set(func(d *diary) { d.broken = nil })
		wait(10 * time.Minute)
		arrived(t, s, d)
	})
}

// TestCloudIsFull: it acknowledges nothing that it could not keep.
func TestCloudIsFull(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, d := newShelf(), newDiary(180)
		honest(t, s, d)
		s.full = errors.New("no space left")
		w := newWire(t, s)
		w.start(t, d, nil)
		wait(time.Minute)
		if acked, _ := d.Acked(); acked != 0 {
			t.Errorf("%d entries are acknowledged by a cloud that is full", acked)
		}
		s.mu.Lock()
		s.full = nil
		s.mu.Unlock()
		wait(10 * time.Minute)
		arrived(t, s, d)
	})
}
