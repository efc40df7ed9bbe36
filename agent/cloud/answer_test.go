package cloud_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/cloud"
	"tillgate/store/entry"
)

// ackOf is the acknowledgement that names an entry of the journal.
func (d *diary) ackOf(seq entry.Seq) cloud.Ack {
	d.mu.Lock()
	defer d.mu.Unlock()
	ack := cloud.Ack{Epoch: d.epoch.Number, Seq: seq, Hash: cloud.Digest(entry.Genesis(d.epoch))}
	if seq > 0 {
		ack.Hash = cloud.Digest(d.entries[seq-1].Hash)
	}
	return ack
}

// say delivers a message as the cloud's.
func (p *port) say(name string, body any) {
	p.peer.Deliver(address.Topic(name), entry.Encode(body))
	synctest.Wait()
}

// TestAcknowledgements are believed only where they prove themselves. The
// device has sent 1 to 100 of 120 entries and heard nothing.
func TestAcknowledgements(t *testing.T) {
	t.Parallel()
	other := cloud.Digest{1, 2, 3}
	for name, test := range map[string]struct {
		ack   func(*diary) cloud.Ack
		acked entry.Seq
		err   error
	}{
		"of what was sent":          {func(d *diary) cloud.Ack { return d.ackOf(100) }, 100, nil},
		"of a part of it":           {func(d *diary) cloud.Ack { return d.ackOf(33) }, 33, nil},
		"of what another life sent": {func(d *diary) cloud.Ack { return d.ackOf(119) }, 119, nil},
		"of nothing":                {func(d *diary) cloud.Ack { return d.ackOf(0) }, 0, nil},
		"with another hash":         {func(*diary) cloud.Ack { return cloud.Ack{Epoch: 1, Seq: 50, Hash: other} }, 0, cloud.ErrHistory},
		"with another beginning":    {func(*diary) cloud.Ack { return cloud.Ack{Epoch: 1, Seq: 0, Hash: other} }, 0, cloud.ErrHistory},
		"with another entry's hash": {func(d *diary) cloud.Ack { a := d.ackOf(50); a.Seq = 51; return a }, 0, cloud.ErrHistory},
		"with no hash":              {func(*diary) cloud.Ack { return cloud.Ack{Epoch: 1, Seq: 100} }, 0, cloud.ErrHistory},
		"of an entry to come":       {func(*diary) cloud.Ack { return cloud.Ack{Epoch: 1, Seq: 121, Hash: other} }, 0, cloud.ErrFuture},
		"of an epoch to come":       {func(d *diary) cloud.Ack { a := d.ackOf(50); a.Epoch = 2; return a }, 0, cloud.ErrFuture},
		"of an epoch gone by":       {func(d *diary) cloud.Ack { a := d.ackOf(50); a.Epoch = 0; return a }, 0, nil},
		"of less than nothing":      {func(*diary) cloud.Ack { return cloud.Ack{Epoch: 1, Seq: -1, Hash: other} }, 0, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				d := newDiary(120)
				w := newWire(t, newShelf())
				w.fate = func(cloud.Message) []time.Duration { return nil }
				till := w.start(t, d, nil)
				synctest.Wait()
				till.say(cloud.DownAck, test.ack(d))
				if acked, _ := d.Acked(); acked != test.acked {
					t.Errorf("%d entries are acknowledged, want %d", acked, test.acked)
				}
				if n := len(w.batches(t)); n != 2 { // what is left is no whole batch, and what is on its way needs no repeat
					t.Errorf("%d batches have left, want 2", n)
				}
				if err := till.State().Err; !errors.Is(err, test.err) {
					t.Errorf("state is %v, want %v", err, test.err)
				}
			})
		})
	}
}

// TestCloudsWordStays is about what a page shows: silence and new connections
// do not hide that the cloud has another history, and its agreement ends it.
func TestCloudsWordStays(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := newDiary(10)
		w := newWire(t, newShelf())
		w.fate = func(cloud.Message) []time.Duration { return nil }
		till := w.start(t, d, nil)
		wait(time.Minute)
		changed := till.Changed()
		till.say(cloud.DownAck, cloud.Ack{Epoch: 1, Seq: 5})
		select {
		case <-changed:
		default:
			t.Error("nobody was told of the change")
		}
		wait(time.Hour)
		till.plug(false)
		synctest.Wait()
		if state := till.State(); state.Connected || !errors.Is(state.Err, cloud.ErrHistory) {
			t.Errorf("unplugged: state = %+v", state)
		}
		till.plug(true)
		wait(time.Hour)
		if state := till.State(); !state.Connected || !errors.Is(state.Err, cloud.ErrHistory) {
			t.Errorf("plugged again: state = %+v", state)
		}
		till.say(cloud.DownAck, d.ackOf(10))
		if state := till.State(); state.Err != nil || state.Acked != 10 {
			t.Errorf("after the right acknowledgement: state = %+v", state)
		}
		till.plug(false)
		synctest.Wait()
		if state := till.State(); !errors.Is(state.Err, errUnplugged) {
			t.Errorf("unplugged again: state = %+v", state)
		}
	})
}

// TestStaleReplay asks for what follows everything on its way, all of whose
// acknowledgements are lost: the sender must not wait for ever.
func TestStaleReplay(t *testing.T) {
	t.Parallel()
	for _, head := range []int{100, 300} {
		synctest.Test(t, func(t *testing.T) {
			s, d := newShelf(), newDiary(head)
			honest(t, s, d)
			w := newWire(t, s)
			w.fate = func(cloud.Message) []time.Duration { return nil }
			till := w.start(t, d, nil)
			synctest.Wait()
			till.say(cloud.DownReplay, cloud.Replay{Epoch: 1, After: 100})
			w.change(func(w *wire) { w.fate = nil })
			wait(time.Minute)
			arrived(t, s, d)
		})
	}
}

// TestReplays of which most are refused; the window is 51 to 150 of 300 entries.
func TestReplays(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		replay cloud.Replay
		first  entry.Seq // of the next batch, 0 where there is none
		err    error
	}{
		"after what was acknowledged": {cloud.Replay{Epoch: 1, After: 50}, 51, nil},
		"in the window":               {cloud.Replay{Epoch: 1, After: 100}, 101, nil},
		"restored from a backup":      {cloud.Replay{Epoch: 1, After: 20}, 21, nil},
		"from the beginning":          {cloud.Replay{Epoch: 1, After: 0}, 1, nil},
		"of what will be sent anyway": {cloud.Replay{Epoch: 1, After: 200}, 0, nil},
		"of what is not written":      {cloud.Replay{Epoch: 1, After: 301}, 0, cloud.ErrFuture},
		"of an epoch to come":         {cloud.Replay{Epoch: 2, After: 50}, 0, cloud.ErrFuture},
		"of an epoch gone by":         {cloud.Replay{Epoch: 0, After: 50}, 0, nil},
		"from before the beginning":   {cloud.Replay{Epoch: 1, After: -1}, 0, cloud.ErrMessage},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				d := newDiary(300)
				w := newWire(t, newShelf())
				w.fate = func(cloud.Message) []time.Duration { return nil }
				till := w.start(t, d, nil)
				synctest.Wait()
				till.say(cloud.DownAck, d.ackOf(50))
				before := len(w.batches(t))
				till.say(cloud.DownReplay, test.replay)
				var first entry.Seq
				if after := w.batches(t); len(after) > before {
					first = after[before].Entries[0].Seq
				}
				if first != test.first {
					t.Errorf("entry %d is sent next, want %d", first, test.first)
				}
				if err := till.State().Err; !errors.Is(err, test.err) {
					t.Errorf("state is %v, want %v", err, test.err)
				}
				if acked, _ := d.Acked(); acked != 50 {
					t.Errorf("%d entries are acknowledged, want 50", acked)
				}
			})
		})
	}
}

// TestReplayAfterAcknowledgement: both wait to be read. The acknowledgement
// counts, and then what the cloud has lost since is sent again.
func TestReplayAfterAcknowledgement(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := newDiary(100)
		w := newWire(t, newShelf())
		w.fate = func(cloud.Message) []time.Duration { return nil }
		till := w.start(t, d, nil)
		synctest.Wait()
		d.set(func(d *diary) { // the loop cannot get far meanwhile
			till.peer.Deliver(address.Topic(cloud.DownAck), entry.Encode(cloud.Ack{Epoch: 1, Seq: 100, Hash: cloud.Digest(d.entries[99].Hash)}))
			till.peer.Deliver(address.Topic(cloud.DownReplay), entry.Encode(cloud.Replay{Epoch: 1, After: 60}))
		})
		wait(2 * time.Second) // 40 entries are no whole batch
		batches := w.batches(t)
		if last := batches[len(batches)-1]; len(batches) != 3 || last.Entries[0].Seq != 61 || len(last.Entries) != 40 {
			t.Errorf("the last of %d batches begins at %d", len(batches), last.Entries[0].Seq)
		}
		if acked, _ := d.Acked(); acked != 100 {
			t.Errorf("%d entries are acknowledged, want 100", acked)
		}
	})
}

// TestAnyWordEndsSilence: the cloud was away and is heard again, whatever it
// says. Both batches of the window leave at once, not one as a probe.
func TestAnyWordEndsSilence(t *testing.T) {
	t.Parallel()
	for name, say := range map[string]func(*till){
		"it has what we think":       func(x *till) { x.say(cloud.DownAck, x.diary.ackOf(0)) },
		"it does not know us":        func(x *till) { x.say(cloud.DownAck, cloud.Ack{}) },
		"it asks from the beginning": func(x *till) { x.say(cloud.DownReplay, cloud.Replay{Epoch: 1, After: 0}) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWire(t, newShelf())
				w.fate = func(cloud.Message) []time.Duration { return nil }
				till := w.start(t, newDiary(500), nil)
				wait(time.Hour + 100*time.Second)
				before := len(w.batches(t))
				say(till)
				after := w.batches(t)[before:]
				if len(after) != 2 || after[0].Entries[0].Seq != 1 || after[1].Entries[0].Seq != 51 {
					t.Errorf("%d batches leave", len(after))
				}
			})
		})
	}
}

// TestFarAcknowledgements are checked along the chain once, not each from its beginning.
func TestFarAcknowledgements(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := newDiary(10_000)
		w := newWire(t, newShelf())
		w.fate = func(cloud.Message) []time.Duration { return nil }
		till := w.start(t, d, nil)
		synctest.Wait()
		var acks [][]byte
		for seq := entry.Seq(200); seq <= 10_000; seq += 200 {
			acks = append(acks, entry.Encode(d.ackOf(seq)))
		}
		before := d.reads
		d.set(func(*diary) { // the loop cannot get far meanwhile
			for _, ack := range acks {
				till.peer.Deliver(address.Topic(cloud.DownAck), ack)
			}
		})
		synctest.Wait()
		if acked, _ := d.Acked(); acked != 10_000 || d.reads-before > 100 {
			t.Errorf("%d entries are acknowledged after %d reads", acked, d.reads-before)
		}
	})
}

// TestRubbish arrives, and the sender goes on.
func TestRubbish(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, d := newShelf(), newDiary(60)
		w := newWire(t, s)
		till := w.start(t, d, nil)
		ack := entry.Encode(d.ackOf(60))
		for _, m := range []cloud.Message{
			{Topic: "somebody/else", Payload: ack},
			{Topic: cloud.Address{Site: "site-1", Device: "0008"}.Topic(cloud.DownAck), Payload: ack},
			{Topic: address.Topic("down/command"), Payload: ack},
			{Topic: address.Topic(cloud.DownAck)},
			{Topic: address.Topic(cloud.DownAck), Payload: []byte(`{"epoch":1,"seq":60,"hash":"00"}`)},
			{Topic: address.Topic(cloud.DownAck), Payload: []byte(`{"epoch":1,"seq":60,"hash":"` + string(make([]byte, 64)) + `"}`)},
			{Topic: address.Topic(cloud.DownReplay), Payload: []byte(`[]`)},
			{Topic: address.Topic(cloud.DownAck), Payload: make([]byte, cloud.PayloadMax+1)},
		} {
			till.peer.Deliver(m.Topic, m.Payload)
			synctest.Wait()
			if acked, _ := d.Acked(); acked != 0 {
				t.Fatalf("%s with %d bytes acknowledged %d entries", m.Topic, len(m.Payload), acked)
			}
		}
		for range 1000 { // more than the inbox holds, at once
			till.peer.Deliver(address.Topic(cloud.DownAck), ack[:10])
		}
		wait(time.Minute)
		arrived(t, s, d)
	})
}
