package flow_test

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/flow"
)

// TestAnOutputThatIsSetOff: nothing of it begins, its lane hears that it was
// dropped, and what comes after it is switched on again is done.
func TestAnOutputThatIsSetOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		var off atomic.Bool
		did := 0
		out := &flow.Output{Name: "speaker", What: flow.Voice, Late: true, Off: off.Load, Log: slog.New(slog.DiscardHandler), Do: func(context.Context, flow.Effect) error { did++; return nil }}
		go out.Run(ctx)
		for _, row := range []struct {
			off  bool
			want string
			did  int
		}{{true, flow.Dropped, 0}, {false, flow.Done, 1}} {
			off.Store(row.off)
			var got flow.Put
			out.Give(ctx, flow.Effect{Do: flow.Voice}, "lane-1", func(_ context.Context, ev flow.Event) { got, _ = ev.(flow.Put) }, nil)
			synctest.Wait()
			if got.Output.Result != row.want || got.Why != "" || did != row.did {
				t.Errorf("set off %v: %+v, done %d times", row.off, got, did)
			}
		}
	})
}

// TestADeviceThatIsNotReady: what is owed is not begun again before the device says
// that it could, however long that takes; then its lane is told at the next look.
func TestADeviceThatIsNotReady(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		paper := errors.New("the paper is out")
		var empty atomic.Bool
		empty.Store(true)
		ready := func(context.Context) error {
			if empty.Load() {
				return paper
			}
			return nil
		}
		out := &flow.Output{Name: "printer", What: flow.Slip, Ready: ready, Log: slog.New(slog.DiscardHandler), Do: func(ctx context.Context, _ flow.Effect) error {
			return errors.Join(flow.ErrNotStarted, ready(ctx))
		}}
		go out.Run(ctx)
		heard := make(chan flow.Event, 1000)
		out.Give(ctx, flow.Effect{Do: flow.Slip}, "lane-1", func(_ context.Context, ev flow.Event) { heard <- ev }, nil)
		time.Sleep(7 * 24 * time.Hour)
		if put, _ := (<-heard).(flow.Put); put.Output.Result != flow.Held || len(heard) != 0 {
			t.Errorf("%+v, and %d more in a week without paper", put, len(heard))
		}
		empty.Store(false)
		time.Sleep(31 * time.Second)
		if len(heard) != 1 || <-heard != (flow.Free{What: string(flow.Slip)}) {
			t.Error("the lane does not hear of the new paper")
		}
	})
}
