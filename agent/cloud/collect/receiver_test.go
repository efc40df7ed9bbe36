package collect_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/cloud"
	"tillgate/agent/cloud/collect"
	"tillgate/store/entry"
)

// TestBatches arrive where entries 1 to 100 are kept.
func TestBatches(t *testing.T) {
	t.Parallel()
	mine, other := journal(epoch1, 200, "mine"), journal(epoch1, 200, "other")
	changed := func(change func(*cloud.Batch)) cloud.Batch {
		b := batch(t, mine[100:150])
		change(&b)
		return b
	}
	for name, test := range map[string]struct {
		batch  cloud.Batch
		answer any
		keeps  int
		alarm  collect.What
	}{
		"the next ones":     {batch(t, mine[100:150]), ack(mine[:150]), 150, ""},
		"one":               {batch(t, mine[100:101]), ack(mine[:101]), 101, ""},
		"some of them here": {batch(t, mine[80:130]), ack(mine[:130]), 130, ""},
		"the newest again":  {batch(t, mine[99:100]), ack(mine[:100]), 100, ""},
		"older ones again":  {batch(t, mine[10:60]), ack(mine[:100]), 100, ""},
		"the first again":   {batch(t, mine[:50]), ack(mine[:100]), 100, ""},
		"after a gap":       {batch(t, mine[101:150]), cloud.Replay{Epoch: 1, After: 100}, 100, ""},

		"of another history":           {batch(t, other[100:150]), ack(mine[:100]), 100, collect.Forked},
		"of another history, overlaps": {batch(t, other[80:130]), ack(mine[:100]), 100, collect.Forked},
		"of another history, older":    {batch(t, other[:50]), ack(mine[:100]), 100, collect.Forked},
		"of another random":            {changed(func(b *cloud.Batch) { b.Random[0]++ }), ack(mine[:100]), 100, collect.Forked},
		"whose body was changed":       {changed(func(b *cloud.Batch) { b.Entries[3].Body = []byte(`{}`) }), ack(mine[:100]), 100, collect.Forked},
		"whose hash was changed":       {changed(func(b *cloud.Batch) { b.Hash[5]++ }), ack(mine[:100]), 100, collect.Forked},
		"whose personal field was":     {changed(func(b *cloud.Batch) { b.Entries[3].Private = []byte{9} }), ack(mine[:100]), 100, collect.Forked},

		"of nothing":       {changed(func(b *cloud.Batch) { b.Entries = nil }), nil, 100, collect.Garbled},
		"too long":         {batch(t, mine[100:151]), nil, 100, collect.Garbled},
		"of epoch 0":       {changed(func(b *cloud.Batch) { b.Epoch = 0 }), nil, 100, collect.Garbled},
		"of entry 0":       {changed(func(b *cloud.Batch) { b.Entries[0].Seq = 0 }), nil, 100, collect.Garbled},
		"out of order":     {changed(func(b *cloud.Batch) { b.Entries[3].Seq = 3 }), nil, 100, collect.Garbled},
		"of a new epoch":   {changed(func(b *cloud.Batch) { b.Epoch = 2 }), cloud.Replay{Epoch: 2, After: 0}, 100, ""},
		"of an erased one": {erased(t, mine[100:150]), ack(mine[:150]), 100, ""}, // keeps the chain, not the fields
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			must(t, d.Append(t.Context(), device, epoch1, mine[:100]))
			want := answers(test.answer)
			if test.answer == nil {
				want = nil
			}
			if got := d.hear(cloud.UpJournal, test.batch); !slices.Equal(got, want) {
				t.Errorf("answered %v, want %v", got, want)
			}
			if name != "of an erased one" {
				d.has(mine[:test.keeps])
			}
			if got := d.alarms(); (test.alarm == "") != (len(got) == 0) || len(got) > 0 && got[0] != test.alarm {
				t.Errorf("alarms %v, want %q", got, test.alarm)
			}
		})
	}
}

// erased are entries whose personal fields the device has dropped.
func erased(tb testing.TB, entries []entry.Entry) cloud.Batch {
	entries = slices.Clone(entries)
	for i := range entries {
		entries[i].Private = entry.Erase(entries[i].Private)
	}
	return batch(tb, entries)
}

// TestNotOurs is passed over, or is an alarm where it bears a device's name.
func TestNotOurs(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		topic, payload string
		alarms         []collect.What
	}{
		"another topic":       {"homes/kitchen", "{}", nil},
		"no device":           {"tillgate/v1/site-1", "{}", nil},
		"an empty name":       {"tillgate/v1//0007/up/journal", "{}", nil},
		"another version":     {"tillgate/v2/site-1/0007/up/journal", "{}", nil},
		"of a newer device":   {device.Topic("up/telemetry"), "{}", nil},
		"not JSON":            {device.Topic(cloud.UpJournal), "{", []collect.What{collect.Garbled}},
		"another type":        {device.Topic(cloud.UpJournal), `{"epoch":"1"}`, []collect.What{collect.Garbled}},
		"a short digest":      {device.Topic(cloud.UpHello), `{"epoch":1,"hash":"ab"}`, []collect.What{collect.Garbled}},
		"digits that are not": {device.Topic(cloud.UpHello), `{"epoch":1,"random":"zz000000000000000000000000000000"}`, []collect.What{collect.Garbled}},
		"a hello of epoch 0":  {device.Topic(cloud.UpHello), `{"epoch":0}`, []collect.What{collect.Garbled}},
		"a hello that lies":   {device.Topic(cloud.UpHello), `{"epoch":1,"seq":5,"acked":6}`, []collect.What{collect.Garbled}},
		"a cleared state":     {device.Topic(cloud.UpState), "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			if got := d.raw(test.topic, []byte(test.payload)); got != nil {
				t.Errorf("answered %v", got)
			}
			if got := d.alarms(); !slices.Equal(got, test.alarms) {
				t.Errorf("alarms %v, want %v", got, test.alarms)
			}
		})
	}
}

// TestHello meets 100 entries that are kept.
func TestHello(t *testing.T) {
	t.Parallel()
	mine, other := journal(epoch1, 200, "mine"), journal(epoch1, 200, "other")
	hello := func(entries []entry.Entry, acked entry.Seq) cloud.Hello {
		a := ack(entries)
		return cloud.Hello{Epoch: 1, Random: cloud.Random(epoch1.Random), Seq: a.Seq, Hash: a.Hash, Acked: acked}
	}
	stranger := hello(mine, 100)
	stranger.Random[0]++
	for name, test := range map[string]struct {
		hello  cloud.Hello
		answer []any
		alarms []collect.What
	}{
		"up to date":               {hello(mine[:100], 100), []any{ack(mine[:100])}, nil},
		"with a lost mark":         {hello(mine[:100], 60), []any{ack(mine[:100])}, nil},
		"with more":                {hello(mine[:150], 100), []any{ack(mine[:100])}, nil},
		"with more that was here":  {hello(mine[:150], 120), []any{ack(mine[:100]), cloud.Replay{Epoch: 1, After: 100}}, nil},
		"with less":                {hello(mine[:90], 90), []any{ack(mine[:100])}, []collect.What{collect.WentBack}},
		"with another history":     {hello(other[:100], 100), []any{ack(mine[:100])}, []collect.What{collect.Forked}},
		"of a device of that name": {stranger, []any{ack(mine[:100])}, []collect.What{collect.Forked}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			must(t, d.Append(t.Context(), device, epoch1, mine[:100]))
			if got, want := d.hear(cloud.UpHello, test.hello), answers(test.answer...); !slices.Equal(got, want) {
				t.Errorf("answered %v, want %v", got, want)
			}
			if got := d.alarms(); !slices.Equal(got, test.alarms) {
				t.Errorf("alarms %v, want %v", got, test.alarms)
			}
			d.has(mine[:100])
			if p := d.Presence(device); !p.Online || p.Head != test.hello.Seq {
				t.Errorf("presence = %+v", p)
			}
		})
	}
}

// TestOldEpoch is one that a device has gone back to.
func TestOldEpoch(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	epoch2 := entry.Epoch{Number: 2, Random: [16]byte{8}}
	must(t, d.Append(t.Context(), device, epoch2, journal(epoch2, 3, "new")))
	old := journal(epoch1, 20, "old")
	d.hear(cloud.UpHello, cloud.Hello{Epoch: 1, Random: cloud.Random(epoch1.Random), Seq: 20, Hash: ack(old).Hash})
	if got := d.hear(cloud.UpJournal, batch(t, old)); !slices.Equal(got, answers(ack(old))) {
		t.Errorf("answered %v", got)
	}
	d.has(old) // nothing is lost for it
	if got := d.alarms(); !slices.Equal(got, []collect.What{collect.WentBack}) {
		t.Errorf("alarms %v", got)
	}
}

// TestState answers with how far we are; a device that we do not know learns that.
func TestState(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	mine := journal(epoch1, 10, "mine")
	online := cloud.Presence{Online: true, Version: "1.2"}
	if got := d.hear(cloud.UpState, online); !slices.Equal(got, answers(cloud.Ack{})) {
		t.Errorf("answered %v to a stranger", got)
	}
	must(t, d.Append(t.Context(), device, epoch1, mine))
	if got := d.hear(cloud.UpState, online); !slices.Equal(got, answers(ack(mine))) {
		t.Errorf("answered %v", got)
	}
	if p := d.Presence(device); !p.Online || p.Version != "1.2" || p.Heard.IsZero() {
		t.Errorf("presence = %+v", p)
	}
	if got := d.hear(cloud.UpState, cloud.Presence{Online: false}); got != nil || d.Presence(device).Online {
		t.Errorf("answered %v, presence = %+v", got, d.Presence(device))
	}
}

// TestAskingAgain waits: what is on its way shows the same gap.
func TestAskingAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		defer d.Close()
		mine := journal(epoch1, 200, "mine")
		ask := answers(cloud.Replay{Epoch: 1, After: 0})
		for i, want := range [][]string{ask, nil, nil} {
			if got := d.hear(cloud.UpJournal, batch(t, mine[50+i:60+i])); !slices.Equal(got, want) {
				t.Errorf("answered %v to batch %d, want %v", got, i, want)
			}
			time.Sleep(2 * time.Second) // in a bubble
		}
		if got := d.hear(cloud.UpJournal, batch(t, mine[50:60])); !slices.Equal(got, ask) {
			t.Errorf("answered %v after 6 s, want %v", got, ask)
		}
		if got := d.hear(cloud.UpHello, cloud.Hello{Epoch: 1, Random: cloud.Random(epoch1.Random), Seq: 200, Acked: 200}); len(got) != 2 {
			t.Errorf("answered %v to a hello: a new connection has to be asked at once", got)
		}
		d.hear(cloud.UpJournal, batch(t, mine[:50]))
		if got := d.hear(cloud.UpJournal, batch(t, mine[60:70])); !slices.Equal(got, answers(cloud.Replay{Epoch: 1, After: 50})) {
			t.Errorf("answered %v to a new gap", got)
		}
	})
}

// refusing is a store whose disk is full.
type refusing struct{ *collect.SQLite }

var errFull = errors.New("the disk is full")

func (refusing) Append(context.Context, cloud.Address, entry.Epoch, []entry.Entry) error {
	return errFull
}
func (refusing) Alarm(context.Context, collect.Alarm) error { return errFull }

// TestNothingIsAcknowledgedThatIsNotKept, not even an alarm.
func TestNothingIsAcknowledgedThatIsNotKept(t *testing.T) {
	t.Parallel()
	r := collect.NewReceiver(refusing{reopen(t, ":memory:")})
	for name, payload := range map[string][]byte{
		cloud.UpJournal: entry.Encode(batch(t, journal(epoch1, 5, "mine"))),
		cloud.UpHello:   []byte(`{`),
	} {
		if answers, err := r.Receive(t.Context(), device.Topic(name), payload); !errors.Is(err, errFull) || answers != nil {
			t.Errorf("%s: answered %v, %v", name, answers, err)
		}
	}
}
