package cloud_test

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/cloud"
	"tillgate/agent/cloud/collect"
	"tillgate/store/entry"
)

// batches are those that left, decoded.
func (w *wire) batches(t *testing.T) (batches []cloud.Batch) {
	t.Helper()
	for _, p := range w.sent(cloud.UpJournal) {
		b, err := cloud.Decode[cloud.Batch](p.Payload)
		if err != nil {
			t.Fatal(err)
		}
		batches = append(batches, b)
	}
	return batches
}

// TestBacklog sends 20,000 entries: whole batches, never more on their way than
// the window, never more in memory than a batch.
func TestBacklog(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const backlog = 20_000
		s, d := newShelf(), newDiary(backlog)
		honest(t, s, d)
		w := newWire(t, s)
		most := 0
		w.fate = func(m cloud.Message) []time.Duration {
			if b, err := cloud.Decode[cloud.Batch](m.Payload); err == nil && len(b.Entries) > 0 {
				acked, _ := d.Acked()
				most = max(most, int(b.Entries[len(b.Entries)-1].Seq-acked))
			}
			return []time.Duration{latency}
		}
		till := w.start(t, d, nil)
		wait(20 * time.Second) // 200 windows of two batches, 20 ms there and back each
		arrived(t, s, d)
		if most != 100 || d.most > cloud.BatchMax {
			t.Errorf("%d entries were on their way and %d read at once", most, d.most)
		}
		if n := len(w.batches(t)); n != backlog/cloud.BatchMax {
			t.Errorf("%d batches left for %d entries", n, backlog)
		}
		if state := till.State(); !state.Connected || state.Acked != backlog || state.Head != backlog || state.Err != nil ||
			state.LastAck.IsZero() {
			t.Errorf("state = %+v", state)
		}
	})
}

func TestLinger(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, d := newShelf(), newDiary(0)
		w := newWire(t, s)
		w.start(t, d, nil)
		wait(time.Minute)
		began := time.Now()
		d.write(1)
		wait(time.Second)
		d.write(2)
		wait(time.Second - time.Millisecond)
		if n := len(w.batches(t)); n != 0 {
			t.Fatalf("%d batches left before two seconds", n)
		}
		wait(time.Millisecond)
		sent := w.sent(cloud.UpJournal)
		if len(sent) != 1 || !sent[0].at.Equal(began.Add(2*time.Second)) || len(w.batches(t)[0].Entries) != 3 {
			t.Fatalf("not one batch of 3 after 2 s, but %d", len(sent))
		}
		d.write(cloud.BatchMax) // a whole batch does not wait
		synctest.Wait()
		if n := len(w.batches(t)); n != 2 {
			t.Errorf("%d batches left, want 2", n)
		}
		wait(time.Second)
		arrived(t, s, d)
	})
}

// TestWindows are of sizes that do not divide by a batch. Where a part of a
// batch waits for room its linger must not keep the loop turning.
func TestWindows(t *testing.T) {
	t.Parallel()
	for _, window := range []int{1, 10, 49, 50, 51, 70, 99, 101, 1000} {
		synctest.Test(t, func(t *testing.T) {
			s, d := newShelf(), newDiary(0)
			honest(t, s, d)
			w := newWire(t, s)
			w.fate = func(cloud.Message) []time.Duration { return []time.Duration{5 * time.Second} } // a slow line
			w.start(t, d, func(o *cloud.SenderOptions) { o.Window, o.Patience = window, time.Hour })
			for range 30 {
				d.write(7)
				wait(time.Second)
			}
			wait(time.Hour)
			arrived(t, s, d)
			if d.looks > 2000 {
				t.Errorf("window %d: the loop turned %d times for 210 entries", window, d.looks)
			}
		})
	}
}

// TestPatience doubles with silence, and a silent cloud gets one batch at a time.
func TestPatience(t *testing.T) {
	t.Parallel()
	for jitter, first := range map[float64]time.Duration{0: 10 * time.Second, 1: 12500 * time.Millisecond} {
		synctest.Test(t, func(t *testing.T) {
			s, d := newShelf(), newDiary(500)
			w := newWire(t, s)
			w.fate = func(cloud.Message) []time.Duration { return nil }
			till := w.start(t, d, func(o *cloud.SenderOptions) { o.Jitter = func() float64 { return jitter } })
			wait(time.Hour)
			var gaps []time.Duration
			sent := w.sent(cloud.UpJournal)[1:] // the first window has two batches
			for i, p := range sent[1:] {
				gaps = append(gaps, p.at.Sub(sent[i].at))
			}
			want := []time.Duration{first, 2 * first, 4 * first, 8 * first, 16 * first, 30 * first, 30 * first}
			if len(gaps) < 8 || !slices.Equal(gaps[:7], want) {
				t.Errorf("it was sent again after %v, want %v", gaps, want)
			}
			if err := till.State().Err; !errors.Is(err, cloud.ErrSilent) {
				t.Errorf("state is %v, want silent", err)
			}
			w.change(func(w *wire) { w.fate = nil })
			wait(7 * time.Minute)
			arrived(t, s, d)
			if err := till.State().Err; err != nil {
				t.Errorf("state is %v after everything was acknowledged", err)
			}
		})
	}
}

// TestOldMark is a power cut that lost the mark: the cloud says how far it is,
// and what it has is not sent again.
func TestOldMark(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, d := newShelf(), newDiary(5000)
		w := newWire(t, s)
		first := w.start(t, d, nil)
		wait(time.Minute)
		first.stop()
		d.set(func(d *diary) { d.acked = 40 })
		before := len(w.batches(t))
		till := w.start(t, d, nil)
		wait(time.Second)
		arrived(t, s, d)
		if err := till.State().Err; err != nil {
			t.Errorf("state is %v", err)
		}
		if again := len(w.batches(t)) - before; again > 2 { // a window leaves before the answer is there
			t.Errorf("%d batches left again", again)
		}
	})
}

// TestEpoch begins anew while the sender runs.
func TestEpoch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, d := newShelf(), newDiary(120)
		honest(t, s, d)
		w := newWire(t, s)
		w.start(t, d, nil)
		wait(time.Minute)
		arrived(t, s, d)
		d.begin()
		wait(time.Minute)
		arrived(t, s, d)
		if s.count(1) != 120 || s.raised(collect.Forked) || s.raised(collect.WentBack) {
			t.Errorf("the old epoch has %d entries, alarms %v", s.count(1), s.alarms)
		}
	})
}

// TestLargeEntries does not make packets that brokers refuse.
func TestLargeEntries(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, d := newShelf(), newDiary(0)
		for i := range 40 {
			large := make([]byte, 9000*(1+i%2))
			d.add(entry.Entry{Seq: entry.Seq(i + 1), Kind: entry.Opened, Key: entry.Seq(i + 1),
				Body: entry.Encode(struct{ Text []byte }{large}), Private: large[:100]})
		}
		d.write(0)
		w := newWire(t, s)
		w.start(t, d, nil)
		wait(time.Minute)
		arrived(t, s, d)
		for _, p := range w.sent(cloud.UpJournal) {
			if len(p.Payload) > 128<<10 {
				t.Errorf("a message has %d bytes", len(p.Payload))
			}
		}
	})
}
