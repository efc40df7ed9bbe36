package flow_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
)

var refused = pay.Result{State: pay.Declined, Code: "NOTENOUGH"}

// TestARefusalIsSpoken where the payer stands, and leaves nothing in the journal.
func TestARefusalIsSpoken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := open(t, flow.Cashier, refused, paid)
		defer s.stop()
		s.offer(amount(1250), flow.Scanned{Text: code})
		if s.voices.count() != 1 {
			t.Fatalf("%d voices", s.voices.count())
		}
		if said := words.Spoken(s.voices.last().Receipt).Chinese(); said != "余额不足请换付款方式" {
			t.Errorf("said %q", said)
		}
		s.offer(flow.Scanned{Text: "134567890123456700"})
		time.Sleep(3 * time.Second)
		synctest.Wait()
		if said := words.Spoken(s.voices.last().Receipt).Chinese(); s.voices.count() != 2 || said != "微信收款十二元五角" {
			t.Errorf("%d voices, the last %q", s.voices.count(), said)
		}
		if got := s.journal.results("voice"); got != "done" || s.phase() != words.PaidOrder {
			t.Errorf("the journal has voices %s", got)
		}
	})
}

// TestARefusalIsSaidNowOrNever: a speaker that was busy for two seconds, or the
// next order, ends it; the success that follows is not taken for said.
func TestARefusalIsSaidNowOrNever(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		then func(s *shop)
		said int
	}{
		{"the speaker is busy", func(*shop) { time.Sleep(3 * time.Second) }, 1},
		{"the next order comes", func(s *shop) { s.offer(amount(300)) }, 1},
		{"the speaker is free at once", func(*shop) {}, 2},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := open(t, flow.Cashier, refused, refused, paid)
			defer s.stop()
			s.voices.block = make(chan struct{})
			s.offer(amount(1250), flow.Scanned{Text: code}, flow.Scanned{Text: "134567890123456701"}) // the first is being said
			row.then(s)
			close(s.voices.block)
			synctest.Wait()
			if n := s.voices.count(); n != row.said {
				t.Errorf("%s: %d refusals were said, want %d", row.name, n, row.said)
			}
			if got := s.journal.results("voice"); got != "" {
				t.Errorf("%s: the journal has voices %s", row.name, got)
			}
		})
	}
}

// TestALaneWithoutASpeakerRefusesInSilence.
func TestALaneWithoutASpeakerRefusesInSilence(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := open(t, flow.Cashier, refused)
		defer s.stop()
		delete(s.lane.Outputs, flow.Voice)
		s.offer(amount(1250), flow.Scanned{Text: code})
		if s.phase() != words.Refused || s.journal.kinds() != "opened,asked,ended" {
			t.Errorf("phase %s, journal %s", s.phase(), s.journal.kinds())
		}
	})
}

// slow is a journal whose entries are stamped some time after the decision.
type slow struct{ *journal }

func (s slow) CommitWith(ctx context.Context, step store.Step, riders ...store.Step) ([]entry.Entry, [][]entry.Entry, error) {
	time.Sleep(1500 * time.Millisecond) // of the bubble's clock
	return s.journal.CommitWith(ctx, step, riders...)
}

// teller remembers what it was asked with.
type teller struct {
	*network
	offer  pay.Offer
	charge pay.Charge
}

func (n *teller) Show(ctx context.Context, o pay.Offer) pay.Result {
	n.offer = o
	return n.network.Show(ctx, o)
}

func (n *teller) Charge(ctx context.Context, c pay.Charge) pay.Result {
	n.charge = c
	return n.network.Charge(ctx, c)
}

// TestWhatNetworksAreTold of who is on duty and of what takes part in no
// discount; and a code that is shown has the stamp of its intent in the journal.
func TestWhatNetworksAreTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &shop{t: t, journal: &journal{}, network: &network{results: []pay.Result{refused}}, slips: &device{}, voices: &device{}, gates: &device{}, drawers: &device{}}
		n := &teller{network: s.network}
		s.books, s.client = slow{s.journal}, n
		s.start(counter)
		defer s.stop()
		owes := amount(1250)
		owes.Full, owes.Staff = 300, "8"
		s.offer(owes, flow.Scanned{Text: code})
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if n.charge.Full != 300 || n.charge.Staff != "8" || n.charge.Number == "" {
			t.Errorf("charged with %+v", n.charge)
		}
		if b := entry.Must[entry.OpenedBody](s.journal.entries[0]); b.Full != 300 {
			t.Errorf("the order is %+v", b)
		}
		s.offer(flow.ShowQR{})
		time.Sleep(10 * time.Second)
		synctest.Wait()
		i := len(s.journal.entries) - 1
		asked := s.journal.entries[i]
		if asked.Kind != entry.Asked || n.offer.Stamp.UnixMilli() != asked.Wall || !n.offer.Asked.Equal(n.offer.Stamp) || n.offer.Full != 300 || n.offer.Staff != "8" {
			t.Errorf("shown with %+v, the journal has %+v", n.offer, asked)
		}
	})
	for _, full := range []int64{-1, 1251} {
		synctest.Test(t, func(t *testing.T) {
			s := open(t, flow.Cashier, paid)
			defer s.stop()
			owes := amount(1250)
			owes.Full = fen(full)
			if s.offer(owes); s.told() != words.TellAmountHigh || s.phase() != words.Idle {
				t.Errorf("%d of 1250: told %s", full, s.told())
			}
		})
	}
}
