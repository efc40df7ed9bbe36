package flow_test

import (
	"context"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"

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
