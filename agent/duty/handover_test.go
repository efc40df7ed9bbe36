package duty

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/report"
	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/printer"
	"tillgate/store"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// press is a printer: it keeps what it printed, as text, or refuses.
type press struct {
	out    *flow.Output
	slips  []string
	copies []int
	err    error
	jams   bool // what is being printed never ends
}

func (l *lab) withPrinter(ctx context.Context) *press {
	p := &press{}
	p.out = &flow.Output{Name: "printer", What: flow.Slip, Log: l.Log, Do: func(ctx context.Context, e flow.Effect) error {
		if p.jams {
			<-ctx.Done()
		}
		if p.err != nil {
			return p.err
		}
		var text strings.Builder
		if err := printer.Write(&text, printer.Layout(words.HandoverSlip(*e.Handover), printer.Columns58mm), printer.Columns58mm); err != nil {
			return err
		}
		p.slips, p.copies = append(p.slips, text.String()), append(p.copies, e.Copy)
		return nil
	}}
	go p.out.Run(ctx)
	l.Printer = func(lane string) *flow.Output {
		if lane == "counter-1" {
			return p.out
		}
		return nil
	}
	return p
}

// leaves has an order whose outcome is not known.
func (l *lab) leaves(lane string, amount money.Fen) (number string, key entry.Seq) {
	l.tb.Helper()
	number = l.books.Number()
	entries, err := l.books.Store.Commit(context.Background(), store.Step{Entries: []entry.Draft{
		entry.New(entry.Opened, entry.OpenedBody{Lane: lane, Amount: amount}),
		entry.New(entry.Asked, entry.AskedBody{Number: number, Merchant: "shop", Network: "alipay"}),
	}})
	l.must(err)
	return number, entries[0].Key
}

// then adds to an object.
func (l *lab) then(key entry.Seq, done bool, drafts ...entry.Draft) {
	l.tb.Helper()
	entries, err := l.books.Object(context.Background(), key, 0)
	l.must(err)
	_, err = l.books.Store.Commit(context.Background(), store.Step{Key: key, After: entries[len(entries)-1].Seq, Entries: drafts, Done: done})
	l.must(err)
}

// gives has a part of an order go back on a lane; ended false leaves it on its way.
func (l *lab) gives(order entry.Seq, lane string, amount money.Fen, ended bool) {
	l.tb.Helper()
	p, err := l.books.Payment(context.Background(), order)
	l.must(err)
	asked := entry.RefundAskedBody{Order: order, Of: p.Settled.Number, Number: p.Next(), Amount: amount, Paid: p.Settled.Amount,
		Lane: lane, Merchant: "shop", Network: p.Asked.Network, Way: p.Asked.Way}
	for _, c := range p.Captured() { // of the newest
		asked.Capture, asked.Paid, asked.Held = c.Number, c.Moved, p.Hold.Held()
	}
	drafts := []entry.Draft{entry.New(entry.RefundAsked, asked)}
	if ended {
		drafts = append(drafts, entry.New(entry.RefundDone, entry.RefundDoneBody{Settled: amount, Total: p.Returned() + amount}))
	}
	_, err = l.books.Store.Commit(context.Background(), store.Step{Entries: drafts, OrderAfter: p.Last, Done: ended})
	l.must(err)
}

// TestACashiersDay: a gap, a shift with every kind of money, an unknown order
// that the next shift owns, and two slips that together have all of it once.
func TestACashiersDay(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	l := newLab(t, 50)
	press := l.withPrinter(ctx)
	wang, li := l.hire("王芳", staff.Clerk, nil), l.hire("李明", staff.Clerk, nil)
	l.sells("counter-1", 500, "wechat")
	l.sells("counter-2", 900, "wechat") // another lane's: on no slip of these two
	l.pass(60_000)
	first := l.on(wang, "counter-1")
	_, sold := l.sells("counter-1", 1250, "wechat")
	l.sells("counter-1", 3000, "cash")
	_, cash := l.sells("counter-1", 2000, "cash")
	l.gives(sold, "counter-1", 250, true)
	l.gives(cash, "counter-1", 500, true)
	number, unknown := l.leaves("counter-1", 777)
	l.pass(3_600_000)
	if _, err := l.HandOver(ctx, HandOver{By: li, Shift: first.ID, Where: "counter-1"}); why(t, err) != string(words.HaltNotYours) {
		t.Errorf("another clerk hands it over: %v", err)
	}
	handed, err := l.HandOver(ctx, HandOver{By: wang, Shift: first.ID, To: l.typed(li), Where: "counter-1"})
	if err != nil || handed.Paper != "" || handed.Next.Who != li || len(press.slips) != 1 {
		t.Fatalf("handed over is %+v, %v; %d slips", handed, err, len(press.slips))
	}
	want := words.HandoverSum{Sales: 3, Refunds: 2, Amount: 6250, Refunded: 750, Received: 5500}
	if s := handed.Slip; s.Total != want || s.Nobody.Received != 500 || s.Pending != (words.HandoverPendings{Count: 1, Amount: 777}) || s.Who != "王芳" || s.By != "" || s.Site == "" {
		t.Errorf("the slip has %+v", s)
	}
	for _, line := range []string{"实收 RECEIVED            ￥55.00", "微信 WeChat Pay     2      10.00", "现金 Cash           3      45.00", "现金 In drawer            +45.00",
		"无人当班 Nobody     1       5.00", "未完结 Not final    1       7.77", number, "上班 On         2026-11-24 14:01", "下班 Off        2026-11-24 15:01"} {
		if !strings.Contains(press.slips[0], line) {
			t.Errorf("the slip does not say %q:\n%s", line, press.slips[0])
		}
	}
	if who, shift, _ := l.On("counter-1"); who != li || shift != handed.Next.ID {
		t.Errorf("on counter-1 is %s", who)
	}
	if b := entry.Must[entry.ShiftOnBody](l.kinds(entry.ShiftOn)[1]); b.After != first.ID {
		t.Errorf("the next shift is %+v", b)
	}
	l.then(unknown, true, entry.New(entry.Settled, entry.SettledBody{Number: number, Amount: 777, Settled: 777}))
	second, err := l.HandOver(ctx, HandOver{By: "local-1", Shift: handed.Next.ID, Where: "counter-1", Items: []words.HandoverItem{}, Why: "closing"})
	if err != nil || second.Slip.Total.Received != 777 || second.Slip.Nobody != (words.HandoverSum{}) || second.Slip.Pending.Count != 0 || second.Slip.By != "Chief" {
		t.Errorf("the next slip has %+v, %v", second.Slip, err)
	}
	if text := press.slips[1]; strings.Contains(text, "签") || strings.Contains(text, "In drawer") || !strings.Contains(text, "代交 Ended by              Chief") {
		t.Errorf("the slip without a choice is\n%s", text)
	}
	if _, err := l.HandOver(ctx, HandOver{By: wang, Shift: first.ID}); why(t, err) != string(words.HaltNoShift) {
		t.Errorf("handed over twice: %v", err)
	}
}

// TestAShiftClosesWithAnUnknownOrder: it works, says so, and the order is the
// next shift's in the reports as well.
func TestAShiftClosesWithAnUnknownOrder(t *testing.T) {
	t.Parallel()
	l := newLab(t, 51)
	wang, li := l.hire("Wang", staff.Clerk, nil), l.hire("Li", staff.Clerk, nil)
	first := l.on(wang)
	number, _ := l.leaves("exit-B", 777)
	_, sold := l.sells("exit-B", 1000, "wechat")
	l.gives(sold, "exit-B", 300, false)
	handed, err := l.HandOver(t.Context(), HandOver{By: wang, Shift: first.ID, Where: "exit-B"})
	if err != nil || handed.Paper != words.HaltNoPaper {
		t.Fatalf("%+v, %v", handed, err)
	}
	slip := handed.Slip
	if slip.Total.Received != 1000 || slip.Pending != (words.HandoverPendings{Count: 2, Amount: 1077}) || len(slip.List) != 2 || slip.List[1].Number != number ||
		slip.List[1].State != words.ReportIsUnknown || slip.List[0].Number != handed.Slip.List[0].Number || len(slip.List[0].Number) != entry.NumberDigits+2 {
		t.Errorf("the slip has %+v", slip)
	}
	if b := entry.Must[entry.HandedOverBody](l.kinds(entry.HandedOver)[0]); len(b.Open) != 2 || b.By != wang || b.To != "" {
		t.Errorf("written is %+v", b)
	}
	next := l.on(li, "exit-B")
	page, err := report.Details(t.Context(), l.Source(), report.Query{States: []report.State{report.Unknown}}, 10)
	l.must(err)
	for _, m := range page.Movements {
		if m.Shift != int64(next.ID) || m.Clerk != "Li" {
			t.Errorf("%s is of shift %d, %q", m.Number, m.Shift, m.Clerk)
		}
	}
	if len(page.Movements) != 2 {
		t.Errorf("%d are unknown", len(page.Movements))
	}
}

// TestALaneThatIsGone: what nobody has taken on a lane that the config has no more is
// on the slip of the next shift for the whole store, once.
func TestALaneThatIsGone(t *testing.T) {
	t.Parallel()
	l := newLab(t, 54)
	wang := l.hire("Wang", staff.Clerk, nil)
	l.sells("exit-B", 300, "wechat")
	l.prints(l.on(wang, "exit-B"), 300)
	l.sells("exit-B", 777, "wechat")
	l.lanes.names = []string{"counter-1", "counter-2", "exit-C"}
	l.restart(l.boot)
	l.sells("exit-C", 100, "wechat")
	l.prints(l.on(wang, "counter-1", "counter-2", "exit-C"), 100)
	number, _ := l.leaves("exit-B", 55)
	slip := l.prints(l.on(wang), 777)
	if slip.Pending.Count != 1 || slip.List[0].Number != number {
		t.Errorf("not final are %+v", slip.List)
	}
	l.prints(l.on(wang), 0)
}

// prints hands a shift over whose slip has so much that nobody took.
func (l *lab) prints(s store.Shift, nobody money.Fen) words.Handover {
	l.tb.Helper()
	handed, err := l.HandOver(context.Background(), HandOver{By: s.Who, Shift: s.ID})
	l.must(err)
	if handed.Slip.Nobody.Received != nobody {
		l.tb.Errorf("the slip of shift %d on %q has %s that nobody took, want %s", s.ID, s.Lanes(), handed.Slip.Nobody.Received, nobody)
	}
	return handed.Slip
}

// TestHandedOverOnce: of a clerk and a manager who hand a shift over at once one
// does, and the other prints nothing.
func TestHandedOverOnce(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	l := newLab(t, 53)
	press := l.withPrinter(ctx)
	shift := l.on(l.hire("Wang", staff.Clerk, nil), "counter-1")
	l.sells("counter-1", 1250, "wechat")
	l.books.meanwhile(func() {
		handed, err := l.HandOver(ctx, HandOver{By: "local-1", Shift: shift.ID, Where: "counter-1"})
		if err != nil || handed.Paper != "" || handed.Slip.Total.Received != 1250 {
			t.Errorf("the first is %+v, %v", handed, err)
		}
	})
	if handed, err := l.HandOver(ctx, HandOver{By: shift.Who, Shift: shift.ID, Where: "counter-1"}); why(t, err) != string(words.HaltNoShift) {
		t.Errorf("the second is %+v, %v", handed, err)
	}
	if n := len(l.kinds(entry.HandedOver)); n != 1 || len(press.slips) != 1 {
		t.Errorf("handed over %d times, %d slips", n, len(press.slips))
	}
}

// TestTheSlipIsPrintedOnce: a reprint says so, unless it is certain that nothing
// of it came out; and after a crash it is not.
func TestTheSlipIsPrintedOnce(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		first   error
		jams    bool
		crash   bool
		trouble words.Halt
		copies  string
	}{
		"printed":                    {nil, false, false, "", "[0 1 2]"},
		"it was not started":         {flow.ErrNotStarted, false, false, words.HaltUnpaper, "[0 1]"},
		"nobody knows":               {errors.New("timeout"), false, false, words.HaltUnpaper, "[1 2]"},
		"the agent ended meanwhile":  {nil, false, true, "", "[0 1 2]"},
		"while it was being printed": {errors.New("stopped"), true, true, words.HaltUnpaper, "[1 2]"},
		"and before that it refused": {errors.New("timeout"), false, true, words.HaltUnpaper, "[1 2]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				l := newLab(t, 52)
				wang := l.hire("Wang", staff.Clerk, nil)
				shift := l.on(wang)
				ctx, stop := context.WithCancel(t.Context())
				press := l.withPrinter(ctx)
				press.err, press.jams = row.first, row.jams
				if row.jams {
					time.AfterFunc(time.Minute, stop)
				}
				handed, err := l.HandOver(ctx, HandOver{By: wang, Shift: shift.ID, Where: "counter-1"})
				if err != nil || handed.Paper != row.trouble {
					t.Errorf("handed over is %+v, %v", handed, err)
				}
				copies := press.copies
				if row.crash {
					stop()
					synctest.Wait()
					l.restart(l.boot)
					ctx, stop = context.WithCancel(t.Context())
					press = l.withPrinter(ctx)
				}
				press.copies, press.err, press.jams = copies, nil, false
				for range 2 {
					trouble, err := l.PrintAgain(ctx, wang, shift.ID, "counter-1")
					if err != nil || trouble != "" {
						t.Errorf("printed again: %s, %v", trouble, err)
					}
				}
				if got := fmt.Sprint(press.copies); got != row.copies {
					t.Errorf("copies are %s, want %s", got, row.copies)
				}
				if on, err := l.Slip(t.Context(), wang, shift.ID); err != nil || on.Shift != int64(shift.ID) || on.Copy != 0 {
					t.Errorf("the slip on the page is %+v, %v", on, err)
				}
				stop()
			})
		})
	}
}

// taskOf is a task that is an object of its own.
func taskOf(what string) store.Step {
	return store.Step{Entries: []entry.Draft{entry.New(entry.Task, entry.TaskBody{What: what})}}
}
