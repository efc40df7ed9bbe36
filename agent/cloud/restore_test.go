package cloud_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/cloud"
	"tillgate/agent/cloud/collect"
	"tillgate/store/entry"
)

// restore has the cloud lose what of the first epoch is newer than a backup, and
// its memory with it.
func (w *wire) restore(keep int) { w.restoreEpoch(1, keep) }

func (w *wire) restoreEpoch(epoch int64, keep int) {
	w.shelf.forget(epoch, keep)
	w.change(func(w *wire) { w.receiver = collect.NewReceiver(w.shelf) })
}

// TestCloudForgets what it had acknowledged, and is served again; the
// journal's mark does not move back.
func TestCloudForgets(t *testing.T) {
	t.Parallel()
	for name, then := range map[string]func(*till){
		"and a batch shows it":       func(x *till) { x.diary.write(1) },
		"and a new connection does":  func(x *till) { x.plug(false); x.plug(true) },
		"and the broker's state did": func(x *till) { x.wire.tell(cloud.UpState, cloud.Presence{Online: true}) },
	} {
		for _, keep := range []int{0, 1, 77, 119} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					s, d := newShelf(), newDiary(120)
					d.onAck = func(_ int64, seq entry.Seq, _ entry.Hash) {
						if acked := d.acked; seq < acked {
							t.Errorf("the mark moves back from %d to %d", acked, seq)
						}
					}
					w := newWire(t, s)
					till := w.start(t, d, nil)
					wait(time.Minute)
					arrived(t, s, d)
					w.restore(keep)
					then(till)
					wait(time.Minute)
					arrived(t, s, d)
					if s.raised(collect.Forked) || s.raised(collect.WentBack) {
						t.Errorf("alarms %v", s.alarms)
					}
				})
			})
		}
	}
}

// tell has the receiver hear something that the broker had retained.
func (w *wire) tell(name string, body any) {
	w.change(func(w *wire) { w.send(cloud.Message{Topic: address.Topic(name), Payload: entry.Encode(body)}, nil) })
}

// TestCloudForgetsTwice, the second time while it is served again.
func TestCloudForgetsTwice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, d := newShelf(), newDiary(1000)
		w := newWire(t, s)
		w.start(t, d, nil)
		wait(time.Minute)
		arrived(t, s, d)
		w.restore(300)
		d.write(1)
		wait(2*time.Second + 70*time.Millisecond)
		if n := s.count(1); n <= 300 || n >= 1000 {
			t.Fatalf("%d entries are in the cloud: not in the middle", n)
		}
		w.restore(10)
		wait(time.Minute)
		arrived(t, s, d)
	})
}

// TestStaleAcknowledgement names little, again and again: it is answered with a
// hello now and then, not with a storm.
func TestStaleAcknowledgement(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, d := newShelf(), newDiary(120)
		w := newWire(t, s)
		till := w.start(t, d, nil)
		wait(time.Minute)
		for range 100 {
			till.say(cloud.DownAck, d.ackOf(50))
			wait(time.Second)
		}
		if n := len(w.sent(cloud.UpHello)); n < 2 || n > 12 {
			t.Errorf("%d hellos in 100 s", n)
		}
		if acked, _ := d.Acked(); acked != 120 {
			t.Errorf("%d entries are acknowledged", acked)
		}
	})
}

// TestTwins are two devices of one name. Both cannot be right: the one whose
// entries came second is refused, sees why, and a person is called.
func TestTwins(t *testing.T) {
	t.Parallel()
	for name, twin := range map[string]func(*diary) *diary{
		"a copy": func(d *diary) *diary { return d.copy() },
		"a copy of before the acknowledgement": func(d *diary) *diary {
			c := d.copy()
			c.entries, c.acked = c.entries[:100], 90
			return c
		},
		"another device": func(*diary) *diary {
			d := newDiary(60)
			d.epoch.Random[0]++
			entries := d.entries
			d.entries = nil
			for _, e := range entries {
				d.add(e)
			}
			return d
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, first := newShelf(), newDiary(120)
				honest(t, s, first)
				w := newWire(t, s)
				w.start(t, first, nil)
				wait(time.Minute)
				second := twin(first)
				had := second.acked
				first.write(3)
				wait(10 * time.Second)
				second.add(entry.Entry{Seq: entry.Seq(len(second.entries) + 1), Kind: entry.Opened, Body: []byte(`"mine"`)})
				second.write(200)
				till := w.start(t, second, nil)
				wait(time.Hour)
				first.write(1)
				wait(time.Hour)
				arrived(t, s, first)
				if !s.raised(collect.Forked) {
					t.Errorf("alarms %v, want a fork", s.alarms)
				}
				if second.acked > max(had, 120) {
					t.Errorf("%d entries of the copy are acknowledged, it had %d", second.acked, had)
				}
				if err := till.State().Err; !errors.Is(err, cloud.ErrHistory) {
					t.Errorf("the copy's state is %v", err)
				}
			})
		})
	}
}

// TestRestoredDevice has less than it has sent. It writes nothing more, and is
// noticed all the same.
func TestRestoredDevice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, d := newShelf(), newDiary(120)
		w := newWire(t, s)
		w.start(t, d, nil)
		wait(time.Minute)
		yesterday := d.copy()
		d.write(5)
		wait(time.Minute)
		w.ports[0].plug(false)
		till := w.start(t, yesterday, nil)
		wait(time.Minute)
		if !s.raised(collect.WentBack) {
			t.Errorf("alarms %v, want that it went back", s.alarms)
		}
		if err := till.State().Err; !errors.Is(err, cloud.ErrFuture) {
			t.Errorf("its state is %v", err)
		}
		if yesterday.acked != 120 || s.count(1) != 125 {
			t.Errorf("%d are acknowledged of %d in the cloud", yesterday.acked, s.count(1))
		}
	})
}
