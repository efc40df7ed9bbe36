package sim

import (
	"testing"
	"testing/synctest"
	"time"

	"tillgate/store/entry"
)

// The clock that the agent reads is the real one: what the board believes does
// not take it back, NTP and a verified Date do.
func TestTheBoardJumpsAndTheClockDoesNot(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(opening))
		w := newWorld(1, Shop, NoBug, &Story{})
		defer w.tearDown()
		c := w.clock()
		if s := c.Now(); s.Trust != entry.Trusted || s.Wall != time.Now().UnixMilli() {
			t.Errorf("with NTP it is %+v", s)
		}
		w.board.jump(30*24*time.Hour, false)
		if s := c.Now(); s.Trust != entry.Trusted || time.Until(time.UnixMilli(s.Wall)).Abs() > time.Second {
			t.Errorf("what NTP has said is forgotten: %+v", s)
		}
		time.Sleep(time.Minute)
		mono, boot := w.board.mono(), w.board.id()
		w.board.restart()
		if w.board.mono() >= mono || w.board.id() == boot {
			t.Error("a board that starts again goes on")
		}
		c = w.clock()
		if s := c.Now(); s.Trust == entry.Trusted {
			t.Errorf("trusted for nothing: %+v", s)
		}
		asked := c.Now().Mono
		w.learn(c)("wechat", time.Now(), asked, asked)
		if s := c.Now(); s.Trust != entry.Trusted || time.Until(time.UnixMilli(s.Wall)).Abs() > trustWithin || w.oracle.Stats()[ClockSet] != 1 {
			t.Errorf("a verified Date makes it %+v, counted %d", s, w.oracle.Stats()[ClockSet])
		}
	})
}

// Clocks jump far, near, and to both ends of 32 bits.
func TestClocksJumpEverywhere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(opening))
		w := newWorld(1, Shop, NoBug, &Story{})
		defer w.tearDown()
		ntp, years := 0, map[int]bool{}
		for range 100 {
			w.clockTrouble()
			years[w.board.wall().UTC().Year()] = true
			if w.board.synced() {
				ntp++
				if time.Until(w.board.wall()).Abs() > time.Second {
					t.Fatal("NTP keeps a clock that is wrong")
				}
			}
		}
		if !years[1970] || !years[2038] || !years[2027] || ntp == 0 || ntp == 100 {
			t.Errorf("%v, NTP %d times of 100", years, ntp)
		}
	})
}
