package sim

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/words"
)

// bolted is a stand at which order 1 is paid.
func bolted() (*stand, *court) {
	c := newCourt()
	c.paidAtTheExit()
	c.exit.oracle, c.exit.story, c.exit.power = c.Oracle, &Story{}, func() bool { return true }
	return c.exit, c
}

var slipOfOne = flow.Effect{Do: flow.Slip, Key: 1, Receipt: words.Receipt{Number: first, Amount: 1250}}

func TestAGadgetInEveryMood(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		mood       mood
		started    bool // says that it began
		fine       bool
		after, not time.Duration
	}{
		{works, true, true, 30 * time.Millisecond, time.Second},
		{refuses, false, false, 0, 10 * time.Millisecond},
		{fails, true, false, 0, 10 * time.Millisecond},
		{drags, true, false, 20 * time.Second, 21 * time.Second},
	} {
		t.Run(string(row.mood), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, c := bolted()
				s.printer.set(row.mood)
				began := time.Now()
				err := s.print(t.Context(), slipOfOne)
				if (err == nil) != row.fine || errors.Is(err, flow.ErrNotStarted) == row.started {
					t.Errorf("it says %v", err)
				}
				if took := time.Since(began); took < row.after || took > row.not {
					t.Errorf("it took %s", took)
				}
				if n := c.Stats()[Slips]; row.fine && n != 1 || !row.started && n != 0 {
					t.Errorf("%d slips came out", n)
				}
				if broken := c.Broken(); len(broken) > 0 {
					t.Errorf("found %v", broken)
				}
			})
		})
	}
}

func TestADragEndsWhenTheGadgetIsMended(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, c := bolted()
		s.printer.set(drags)
		time.AfterFunc(3*time.Second, func() { s.printer.set(works) })
		if err := s.print(t.Context(), slipOfOne); err != nil || c.Stats()[Slips] != 1 {
			t.Errorf("it says %v, %d slips came out", err, c.Stats()[Slips])
		}
	})
}

func TestNothingMovesWithoutPower(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, c := bolted()
		s.power = func() bool { return false }
		if err := s.open(t.Context(), flow.Effect{Do: flow.Gate, Key: 1}); err == nil || c.Stats()[Pulses] != 0 {
			t.Errorf("without power: %v, %d pulses", err, c.Stats()[Pulses])
		}
		s.power = func() bool { return true }
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := s.say(ctx, slipOfOne); err == nil || c.Stats()[Voices] != 0 {
			t.Errorf("after the end: %v, %d voices", err, c.Stats()[Voices])
		}
	})
}

func TestTheLoopIsReadAnewInEveryLife(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, _ := bolted()
		if !s.knew(time.Now()) {
			t.Error("the loop was read and is not known")
		}
		s.begin(nil)
		if s.knew(time.Now()) {
			t.Error("a new life knows its loop")
		}
		since, there := s.standing()
		s.drive(true)
		time.Sleep(time.Second)
		if again, _ := s.standing(); !there || again != since {
			t.Error("a car that was there has come again")
		}
		if r := s.reading(); !r.Occupied || !s.knew(time.Now()) {
			t.Errorf("the loop reads %v", r)
		}
	})
}
