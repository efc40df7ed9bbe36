package flow_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

// counter is a lane where everything may be taken.
var counter = flow.Config{Role: flow.Cashier, ByHand: true, Route: flow.Route{QR: []flow.Merchant{shopWeChat}}}

func TestWhatALaneDoesNotTake(t *testing.T) {
	t.Parallel()
	owes, cash := amount(1250), flow.Cash{Given: 2000}
	for _, row := range []struct {
		name   string
		lane   flow.Config
		events []flow.Event
		want   words.Key
	}{
		{"cash where the clerk books nothing", flow.Config{Role: flow.Cashier}, []flow.Event{owes, cash}, words.TellNotForTender},
		{"a card where the clerk books nothing", flow.Config{Role: flow.Cashier}, []flow.Event{owes, flow.Card{Ref: "7"}}, words.TellNotForTender},
		{"cash for nothing", counter, []flow.Event{cash}, words.TellNoAmount},
		{"a card for nothing", counter, []flow.Event{flow.Card{Ref: "7"}}, words.TellNoAmount},
		{"a QR code for nothing", counter, []flow.Event{flow.ShowQR{}}, words.TellNoAmount},
		{"a QR code of nobody", flow.Config{Role: flow.Cashier}, []flow.Event{owes, flow.ShowQR{}}, words.TellNoQR},
		{"too little cash", counter, []flow.Event{owes, flow.Cash{Given: 1249}}, words.TellCashLow},
		{"cash twice", counter, []flow.Event{owes, cash, cash}, words.TellPaidAlready},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := openLane(t, row.lane, paid)
				defer s.stop()
				s.offer(row.events...)
				if n := strings.Count(s.journal.kinds(), "settled"); s.told() != row.want || n > 1 || s.drawers.count() != n || s.network.codes() != "" {
					t.Errorf("told %q, want %q; %d settled, drawer opened %d times, codes of %q shown", s.told(), row.want, n, s.drawers.count(), s.network.codes())
				}
			})
		})
	}
}

// TestACodeOfEachMerchant: by hand, or with every amount, of two networks or of
// one; each names the wallets that the route has for its merchant.
func TestACodeOfEachMerchant(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		auto    bool
		network string
	}{{false, "alipay"}, {true, "alipay"}, {false, "wechat"}, {true, "wechat"}} {
		auto := row.auto
		synctest.Test(t, func(t *testing.T) {
			lane := flow.Config{Role: flow.Cashier, AutoQR: auto, Route: flow.Route{
				QR:     []flow.Merchant{shopWeChat, {Name: "other", Network: row.network}},
				Payers: map[string][]string{"other": {"alipay"}},
			}}
			s := openLane(t, lane, paid)
			defer s.stop()
			for range 2 {
				s.offer(amount(1250))
				if !auto {
					s.offer(flow.ShowQR{}, flow.ShowQR{}) // the second finds both on the screen
				}
			}
			if got := s.network.codes(); got != "other,other,shop,shop" {
				t.Errorf("auto %t: codes of %s were asked for", auto, got)
			}
			o := s.order()
			if o.Phase != words.ScanUs || len(o.QR) != 2 || o.QR[0].Link != link("shop") || o.QR[1].Link != link("other") || o.QR[0].Wallets != nil || !slices.Equal(o.QR[1].Wallets, []string{"alipay"}) {
				t.Errorf("auto %t: %s with codes %v on the screen", auto, o.Phase, o.QR)
			}
		})
	}
}

// TestByHand: intent and outcome are one commit, and only cash opens the drawer.
func TestByHand(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		event  flow.Event
		tender words.Tender
		change int64
		opens  int
	}{{flow.Cash{Given: 2000}, words.ByCash, 750, 1}, {flow.Card{Ref: "000123"}, words.ByCard, 0, 0}} {
		synctest.Test(t, func(t *testing.T) {
			s := openLane(t, counter, paid)
			defer s.stop()
			s.offer(amount(1250), row.event)
			o := s.order()
			if o.Phase != words.PaidOrder || o.Tender != row.tender || int64(o.Change) != row.change {
				t.Errorf("%s by %s, change %d", o.Phase, o.Tender, o.Change)
			}
			if got := s.journal.kinds(); got != "opened,asked,settled" || s.journal.commits != 1 || s.network.charges() != 0 {
				t.Errorf("%s: journal is %s in %d commits, %d charges", row.tender, got, s.journal.commits, s.network.charges())
			}
			if s.drawers.count() != row.opens || s.slips.count() != 1 || s.voices.count() != 1 {
				t.Errorf("%s: drawer %d, slips %d, voices %d", row.tender, s.drawers.count(), s.slips.count(), s.voices.count())
			}
		})
	}
}

// TestCashThatCannotBeWritten opens no drawer, prints and says nothing, and
// leaves the order, with its QR code, as it was.
func TestCashThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	for _, before := range [][]flow.Event{{amount(1250)}, {amount(1250), flow.ShowQR{}}} {
		synctest.Test(t, func(t *testing.T) {
			s := openLane(t, counter, paid)
			defer s.stop()
			s.offer(before...)
			was, wrote := s.order(), s.journal.kinds()
			s.journal.setRefuse(errors.New("read-only file system"))
			s.offer(flow.Cash{Given: 2000})
			if s.told() != words.TellUnbooked || s.journal.refusals() != 1 {
				t.Errorf("told %q after %d refusals", s.told(), s.journal.refusals())
			}
			time.Sleep(time.Minute)
			synctest.Wait()
			if n := s.drawers.count() + s.slips.count() + s.voices.count(); n != 0 {
				t.Errorf("%d times something opened, printed or spoke", n)
			}
			if is := s.order(); !reflect.DeepEqual(is, was) || s.journal.kinds() != wrote {
				t.Errorf("the order was %+v and is %+v; journal %s, then %s", was, is, wrote, s.journal.kinds())
			}
			s.journal.setRefuse(nil)
			s.offer(flow.Cash{Given: 2000})
			if s.phase() != words.PaidOrder || s.drawers.count() != 1 || s.slips.count() != 1 || s.voices.count() != 1 {
				t.Errorf("after the repair: %s, drawer %d, slips %d, voices %d", s.phase(), s.drawers.count(), s.slips.count(), s.voices.count())
			}
		})
	}
}

// TestReprint: an order that the lane still has, and one that only the journal has.
func TestReprint(t *testing.T) {
	t.Parallel()
	for _, forgotten := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			s := openLane(t, counter, paid)
			defer s.stop()
			s.offer(amount(1250), flow.Cash{Given: 1250})
			key := entry.Seq(s.order().Key)
			if forgotten {
				s.offer(amount(300))
			}
			for copies := 1; copies <= 2; copies++ {
				time.Sleep(10 * time.Second) // the results are written, and what is done is forgotten
				s.offer(flow.Reprint{Key: key})
				last := s.slips.last()
				if s.told() != words.TellReprinted || s.slips.count() != 1+copies || last.Copy != copies || last.Receipt.Copy != copies || last.Receipt.Amount != 1250 {
					t.Errorf("forgotten %t: told %q, %d slips, the last is %+v", forgotten, s.told(), s.slips.count(), last)
				}
			}
			want := 0
			if forgotten {
				want = 2 // it was forgotten again in between
			}
			if s.journal.readings() != want {
				t.Errorf("forgotten %t: the journal was read %d times, want %d", forgotten, s.journal.readings(), want)
			}
			time.Sleep(10 * time.Second)
			if v, _ := s.lane.View(); len(v.Behind) != 0 || s.drawers.count() != 1 || s.voices.count() != 1 {
				t.Errorf("forgotten %t: %d orders behind, drawer %d, voices %d: a reprint is a slip alone", forgotten, len(v.Behind), s.drawers.count(), s.voices.count())
			}
		})
	}
}

// TestAnInheritedOrderIsPrintedAgain: what was begun before the journal was
// damaged and paid afterwards has a slip like any other.
func TestAnInheritedOrderIsPrintedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := openLane(t, counter, paid)
		defer s.stop()
		order := entry.OpenedBody{Lane: "lane-1", Amount: 1250, Title: "Parking"}
		key := s.journal.write(entry.New(entry.Inherited, entry.InheritedBody{OpenedBody: order}),
			entry.New(entry.Asked, entry.AskedBody{Number: "1", Way: "cash"}),
			entry.New(entry.Settled, entry.SettledBody{Number: "1", Amount: 1250, Settled: 1250, Given: 1250}),
			entry.New(entry.Outputs, entry.OutputsBody{Of: []entry.Output{{What: "slip", Result: "done"}}}))
		s.offer(flow.Reprint{Key: key})
		if s.told() != words.TellReprinted || s.slips.count() != 1 {
			t.Errorf("told %q, %d slips", s.told(), s.slips.count())
		}
	})
}

func TestNoReprint(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := openLane(t, counter, paid)
		defer s.stop()
		s.offer(amount(1250), flow.Scanned{Text: code})
		time.Sleep(10 * time.Second)
		theirs := s.journal.write(entry.New(entry.Opened, entry.OpenedBody{Lane: "lane-2", Amount: 1}))
		for name, key := range map[string]entry.Seq{"another lane's order": theirs, "a key of nothing": 4711, "an entry that is no order": 2} {
			s.offer(amount(300), flow.Reprint{Key: key}) // the amount takes the line before away
			if s.told() != words.TellNoReprint || s.slips.count() != 1 {
				t.Errorf("%s: told %q, %d slips", name, s.told(), s.slips.count())
			}
			time.Sleep(10 * time.Second)
		}
		s.offer(flow.Reprint{Key: entry.Seq(s.order().Key)})
		if s.told() != words.TellNoReprint {
			t.Errorf("an order that nobody paid: told %q", s.told())
		}
	})
}

// TestACodeWhileAQRCodeIsUp is charged when the QR code is closed, and only if
// that is soon: the payer is not to be charged when nobody expects it any more.
func TestACodeWhileAQRCodeIsUp(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		closing time.Duration
		charges int
		phase   words.Phase
	}{{0, 1, words.PaidOrder}, {1400 * time.Millisecond, 1, words.PaidOrder}, {1600 * time.Millisecond, 0, words.Ready}} {
		synctest.Test(t, func(t *testing.T) {
			s := openLane(t, counter, paid)
			defer s.stop()
			s.network.closing = row.closing
			s.offer(amount(1250), flow.ShowQR{})
			s.offer(flow.Scanned{Text: code})
			if row.closing > 0 && (s.phase() != words.OneMoment || len(s.order().QR) != 0 || s.network.charges() != 0) {
				t.Errorf("closing takes %v: %s, %d codes on the screen, charged %d times before the close", row.closing, s.phase(), len(s.order().QR), s.network.charges())
			}
			time.Sleep(1500 * time.Millisecond)
			synctest.Wait()
			if n := s.network.charges(); n != row.charges {
				t.Errorf("closing takes %v: charged %d times within 1.5 s, want %d", row.closing, n, row.charges)
			}
			time.Sleep(time.Minute)
			synctest.Wait()
			if n := s.network.charges(); n != row.charges || s.phase() != row.phase {
				t.Errorf("closing takes %v: charged %d times, want %d; %s in the end, want %s", row.closing, n, row.charges, s.phase(), row.phase)
			}
		})
	}
}
