package flow_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
)

func TestASaleInTwoCommits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := open(t, flow.ParkingExit, paid)
		defer s.stop()
		s.offer(amount(1250), flow.Scanned{Text: code})
		if s.phase() != words.PaidOrder || s.slips.count() != 1 || s.voices.count() != 1 || s.gates.count() != 1 {
			t.Errorf("phase %s, %d slips, %d voices, %d pulses", s.phase(), s.slips.count(), s.voices.count(), s.gates.count())
		}
		if s.journal.commits != 2 {
			t.Errorf("%d commits (%s), want 2", s.journal.commits, s.journal.kinds())
		}
		s.offer(amount(1250), flow.Scanned{Text: "134567890123456700"})
		if got, want := s.journal.kinds(), "opened,asked,settled,outputs,opened,asked,settled"; got != want || s.journal.commits != 4 {
			t.Errorf("journal is %s in %d commits, want %s in 4: results of outputs ride", got, s.journal.commits, want)
		}
	})
}

func TestResultsOfOutputsAreWrittenAfterQuiet(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := open(t, flow.Cashier, paid)
		defer s.stop()
		s.offer(amount(1250), flow.Scanned{Text: code})
		time.Sleep(3 * time.Second)
		synctest.Wait()
		if got, want := s.journal.kinds(), "opened,asked,settled,outputs"; got != want {
			t.Errorf("journal is %s, want %s", got, want)
		}
	})
}

func TestThePrinterNeverHoldsUpTheNextSale(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := open(t, flow.Cashier, paid)
		defer s.stop()
		s.slips.block = make(chan struct{})
		began := time.Now()
		for n := range 3 {
			s.offer(amount(1250), flow.Scanned{Text: pay.Secret(fmt.Sprintf("13456789012345%04d", n))})
		}
		if s.phase() != words.PaidOrder || time.Since(began) != 0 {
			t.Errorf("third sale is %s after %v", s.phase(), time.Since(began))
		}
		time.Sleep(5 * time.Second) // two of the three are handed back and noted as not started
		if n := strings.Count(s.journal.kinds(), "outputs"); n < 2 {
			t.Errorf("journal is %s: want what was not started noted", s.journal.kinds())
		}
		close(s.slips.block)
		time.Sleep(10 * time.Second)
		if n := s.slips.count(); n != 3 {
			t.Errorf("%d slips came out once the printer drained, want 3", n)
		}
		for _, e := range s.slips.did {
			if e.Copy != 0 {
				t.Errorf("slip of order %d is marked as reprint %d, and none had begun", e.Key, e.Copy)
			}
		}
	})
}

func TestWhatWasGivenTogetherComesBackInItsOrder(t *testing.T) {
	t.Parallel()
	for range 20 {
		synctest.Test(t, func(t *testing.T) {
			s := open(t, flow.Cashier, paid)
			defer s.stop()
			s.slips.block = make(chan struct{})
			for n := range 5 {
				s.offer(amount(1250), flow.Scanned{Text: pay.Secret(fmt.Sprintf("13456789012345%04d", n))})
			}
			time.Sleep(3 * time.Second)
			synctest.Wait()
			var back []entry.Seq
			for _, e := range s.journal.entries {
				if e.Kind == entry.Outputs && strings.Contains(string(e.Body), "held") {
					back = append(back, e.Key)
				}
			}
			if len(back) != 4 || !slices.IsSorted(back) {
				t.Errorf("handed back were the slips of orders %v", back)
			}
		})
	}
}

// A success that had to wait for the speaker is not said to the next customer.
func TestAVoiceThatWaitedIsNotSaidToTheNextOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := open(t, flow.Cashier, paid)
		defer s.stop()
		s.voices.block = make(chan struct{})
		s.offer(amount(1250), flow.Scanned{Text: code}, amount(1250), flow.Scanned{Text: "134567890123456700"}, amount(300))
		time.Sleep(time.Second)
		close(s.voices.block)
		synctest.Wait()
		if n := s.voices.count(); n != 1 {
			t.Errorf("%d successes were said, want the first only", n)
		}
		time.Sleep(3 * time.Second)
		synctest.Wait()
		if got := s.journal.results("voice"); got != "done,dropped" {
			t.Errorf("the voices ended as %s", got)
		}
	})
}

func TestAnAnswerThatCannotBeWrittenIsNotTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := open(t, flow.ParkingExit, paid)
		defer s.stop()
		s.network.slow = time.Second
		s.offer(amount(1250), flow.Scanned{Text: code})
		s.journal.setRefuse(errors.New("read-only file system"))
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if s.phase() != words.Unbooked || s.slips.count()+s.voices.count()+s.gates.count() != 0 {
			t.Errorf("phase %s, %d slips, %d voices, %d pulses while nothing can be written", s.phase(), s.slips.count(), s.voices.count(), s.gates.count())
		}
		s.offer(amount(1250))
		if s.told() != words.TellLastOpen {
			t.Errorf("a new order was told %q, want selling to stop", s.told())
		}
		s.journal.setRefuse(nil)
		time.Sleep(15 * time.Second) // it is tried less often by now
		synctest.Wait()
		if s.phase() != words.PaidOrder || s.gates.count() != 1 {
			t.Errorf("after repair: phase %s, %d pulses", s.phase(), s.gates.count())
		}
	})
}

func TestTheIntentThatCannotBeWrittenIsNotSent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := open(t, flow.Cashier, paid)
		defer s.stop()
		for _, err := range []error{errors.New("input/output error"), store.ErrFull} {
			s.journal.setRefuse(err)
			s.offer(amount(1250), flow.Scanned{Text: code})
			if len(s.network.charged) != 0 {
				t.Fatalf("a charge left after %v", err)
			}
		}
		if s.told() != words.TellFull {
			t.Errorf("a full disk was told as %q", s.told())
		}
	})
}

// An order that cannot be opened is due again and again: a full disk must not
// keep the processor busy, nor fill the log. It is tried less and less often, and
// at once again after it has written something.
func TestAFullDiskIsTriedNowAndThen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := open(t, flow.Cashier, paid)
		defer s.stop()
		s.journal.setRefuse(store.ErrFull)
		s.offer(amount(1250))
		for _, row := range []struct {
			during      time.Duration
			least, most int
		}{{20 * time.Second, 3, 6}, {10 * time.Minute, 18, 24}} {
			before := s.journal.refusals()
			time.Sleep(row.during)
			synctest.Wait()
			if n := s.journal.refusals() - before; n < row.least || n > row.most || s.told() != words.TellFull {
				t.Errorf("in %v the disk was tried %d times, told %q", row.during, n, s.told())
			}
		}
		s.journal.setRefuse(nil)
		time.Sleep(31 * time.Second)
		if got := s.journal.kinds(); got != "opened" {
			t.Errorf("journal is %s once there is room", got)
		}
		s.journal.setRefuse(store.ErrFull)
		for range 6 { // a clerk who tries makes nobody wait longer
			s.offer(amount(300))
		}
		before := s.journal.refusals()
		time.Sleep(2500 * time.Millisecond)
		synctest.Wait()
		if n := s.journal.refusals() - before; n != 1 {
			t.Errorf("full once more, it is tried %d times in the first seconds", n)
		}
	})
}

// Results that rode on a step which was then refused are in the journal all the same.
func TestWhatRodeOnARefusedStepIsKnown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := open(t, flow.Cashier, paid)
		defer s.stop()
		s.offer(amount(1250), flow.Scanned{Text: code}, amount(100), flow.Scanned{Text: code})
		if s.told() != words.TellCodeUsed {
			t.Fatalf("the second scan was told %q", s.told())
		}
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if got := s.journal.kinds(); got != "opened,asked,settled,outputs,opened" || s.journal.stale != 0 {
			t.Errorf("journal is %s, and %d decisions were stale", got, s.journal.stale)
		}
	})
}

func TestScans(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		text pay.Secret
		want words.Key
	}{
		{"6901234567892", words.TellShopBarcode},
		{"https://qr.alipay.com/fkx1", words.TellCollection},
		{"wxp://f2f0abc", words.TellCollection},
		{"hello", words.TellNotACode},
		{"280000000000000000", words.TellNoWallet},
		{pay.Secret(entry.Number("10000001", "0008", 77, 5)), words.TellOtherSlip},
		{pay.Secret(strings.Repeat("9", 4000)), words.TellNotACode},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := open(t, flow.Cashier, paid)
			defer s.stop()
			s.offer(amount(1250), flow.Scanned{Text: row.text})
			if s.told() != row.want || len(s.network.charged) != 0 {
				t.Errorf("%.30q was told %q and charged %d times, want %q", string(row.text), s.told(), len(s.network.charged), row.want)
			}
		})
	}
}

func TestTheSlipScansBackToItsOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := open(t, flow.Cashier, paid)
		defer s.stop()
		s.offer(amount(1250), flow.Scanned{Text: code})
		s.offer(flow.Scanned{Text: pay.Secret(s.network.charged[0])})
		if s.told() != words.TellOurSlip {
			t.Errorf("told %q", s.told())
		}
	})
}

func TestTheSameCodeTwice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := open(t, flow.Cashier, pay.Result{State: pay.Declined, Code: "NOTENOUGH"})
		defer s.stop()
		s.offer(amount(1250), flow.Scanned{Text: code}, flow.Scanned{Text: code})
		if len(s.network.charged) != 1 || s.told() != words.TellCodeUsed {
			t.Errorf("charged %d times, told %q", len(s.network.charged), s.told())
		}
	})
}

func TestAmountsAreRefusedAsTyped(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		amount flow.Amount
		want   words.Key
	}{{flow.Amount{}, words.TellAmountZero}, {flow.Amount{Amount: -1}, words.TellAmountZero}, {flow.Amount{Amount: 10_000_001}, words.TellAmountHigh}} {
		synctest.Test(t, func(t *testing.T) {
			s := open(t, flow.Cashier, paid)
			defer s.stop()
			s.offer(row.amount)
			if s.told() != row.want || s.phase() != words.Idle {
				t.Errorf("%d fen: told %q, phase %s", row.amount.Amount, s.told(), s.phase())
			}
		})
	}
}

// Two orders of one amount are told apart before anything of them is written.
func TestTurns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := open(t, flow.Cashier, paid)
		defer s.stop()
		turn := func() int { v, _ := s.lane.View(); return v.Order.Turn }
		for want := 1; want <= 3; want++ {
			s.offer(amount(1250))
			if got := turn(); got != want {
				t.Errorf("turn %d, want %d", got, want)
			}
		}
		s.offer(flow.Scanned{Text: code})
		if got := turn(); s.phase() != words.PaidOrder || got != 3 {
			t.Errorf("the paid order's turn is %d", got)
		}
	})
}
