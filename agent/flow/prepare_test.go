package flow_test

import (
	"context"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/flow/sale"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
)

// signer is a network whose requests are made before they leave.
type signer struct {
	*network
	made chan pay.Charge
	sent atomic.Int32
}

func (s *signer) Prepare(c pay.Charge) func(context.Context) pay.Result {
	s.made <- c
	return func(ctx context.Context) pay.Result {
		s.sent.Add(1)
		return s.Charge(ctx, c)
	}
}

// patient is a disk that has written an intent only when its request is made.
type patient struct {
	*journal
	t      *testing.T
	signer *signer
}

func (p patient) CommitWith(ctx context.Context, step store.Step, riders ...store.Step) ([]entry.Entry, [][]entry.Entry, error) {
	if step.Entries[len(step.Entries)-1].Kind == entry.Asked {
		if c := <-p.signer.made; c.Number == "" || c.Code != code || c.Lane != "lane-1" || c.Device != "device-7" || c.Amount != 1250 {
			p.t.Errorf("made the request of %+v", c)
		}
		<-time.After(time.Second) // of the bubble's clock: whatever can happen meanwhile has
		if n := p.signer.sent.Load(); n > 0 {
			p.t.Errorf("%d requests left before the intent was written", n)
		}
	}
	return p.journal.CommitWith(ctx, step, riders...)
}

// TestTheRequestIsMadeWhileTheIntentIsWritten: and it leaves afterwards, once;
// where the intent could not be written, never.
func TestTheRequestIsMadeWhileTheIntentIsWritten(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		refuse error
		sent   int32
		phase  words.Phase
	}{{nil, 1, words.PaidOrder}, {store.ErrUnwritten, 0, words.Ready}, {store.ErrFull, 0, words.Ready}, {store.ErrCodeUsed, 0, words.Ready}} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			s := &signer{network: &network{results: []pay.Result{paid}}, made: make(chan pay.Charge, 1)}
			disk := patient{&journal{refuse: row.refuse}, t, s}
			timing := func(string) pay.Timing { return pay.WeChat }
			nets := &flow.Networks{Providers: map[string]pay.Provider{"shop": s}, Timing: timing, Device: "device-7", Log: slog.New(slog.DiscardHandler)}
			route := flow.Route{Merchant: map[pay.Kind]flow.Merchant{pay.WeChatCode: {Name: "shop", Network: "wechat"}}}
			lane := flow.NewLane(flow.Config{Name: "lane-1", Role: flow.Cashier, Route: route}, flow.Deps{
				Journal: disk, Numbers: disk, Networks: nets, Clock: stamp, New: func() flow.Order { return sale.New(timing) }, Log: slog.New(slog.DiscardHandler),
			})
			ended := make(chan error)
			go func() { ended <- lane.Run(ctx) }()
			lane.Offer(amount(1250))
			lane.Offer(flow.Scanned{Text: code})
			<-time.After(1500 * time.Millisecond)
			synctest.Wait()
			if v, _ := lane.View(); s.sent.Load() != row.sent || v.Order.Phase != row.phase {
				t.Errorf("disk says %v: %d requests left, the lane shows %s", row.refuse, s.sent.Load(), v.Order.Phase)
			}
			cancel()
			if err := <-ended; err != nil {
				t.Error(err)
			}
			nets.Wait()
		})
	}
}
