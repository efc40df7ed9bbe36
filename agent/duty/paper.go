package duty

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// The lines of a slip as its entry has them are words of the reports, of a way to
// pay with its name behind a slash. A line of an order that was not final has its
// number and its time behind slashes.
const (
	lineSales    = string(words.ReportSales)
	lineDiscount = string(words.ReportDiscount)
	lineRefunds  = string(words.ReportRefunds)
	linePending  = string(words.HandoverPending)

	lineTaken    = string(words.ReportTaken)
	lineCaptured = string(words.ReportCaptures)
	lineReleased = string(words.ReportReleased)
	lineHeld     = string(words.ReportHeld)
)

// written is a slip as its entry has it: a reprint says what the first one said.
func written(h words.Handover, open []entry.Seq, by, to string) entry.HandedOverBody {
	b := entry.HandedOverBody{By: by, To: to, Open: open, Figures: linesOf(h.Total, h.Wallets), Nobody: linesOf(h.Nobody, h.NobodyBy)}
	for _, item := range h.Items {
		b.Items = append(b.Items, string(item))
	}
	if h.Pending.Count > 0 {
		b.Figures = append(b.Figures, entry.HandedLine{What: linePending, Count: int(h.Pending.Count), Amount: h.Pending.Amount})
	}
	for _, u := range h.List {
		b.Figures = append(b.Figures, entry.HandedLine{What: fmt.Sprintf("%s/%s/%d", u.State, u.Number, u.At.UnixMilli()), Count: 1, Amount: u.Amount})
	}
	return b
}

func linesOf(total words.HandoverSum, wallets []words.HandoverWallet) (lines []entry.HandedLine) {
	add := func(s words.HandoverSum, of string) {
		for _, line := range []entry.HandedLine{
			{What: lineSales + of, Count: int(s.Sales), Amount: s.Amount}, {What: lineDiscount + of, Amount: s.Discount}, {What: lineRefunds + of, Count: int(s.Refunds), Amount: s.Refunded},
			besideOf(lineTaken+of, s.Deposits.Taken), besideOf(lineCaptured+of, s.Deposits.Captured), besideOf(lineReleased+of, s.Deposits.Released),
			besideOf(lineHeld+of, s.Deposits.Held),
		} {
			if line.Count != 0 || line.Amount != 0 {
				lines = append(lines, line)
			}
		}
	}
	add(total, "")
	for _, w := range wallets {
		add(w.HandoverSum, "/"+w.Wallet)
	}
	return lines
}

func besideOf(what string, p words.HandoverPendings) entry.HandedLine {
	return entry.HandedLine{What: what, Count: int(p.Count), Amount: p.Amount}
}

// read fills a slip with what its entry has.
func read(h *words.Handover, b entry.HandedOverBody) {
	h.Items = []words.HandoverItem{}
	for _, item := range b.Items {
		h.Items = append(h.Items, words.HandoverItem(item))
	}
	h.Total, h.Wallets = sumsIn(b.Figures)
	h.Nobody, h.NobodyBy = sumsIn(b.Nobody)
	h.Pending, h.List = words.HandoverPendings{}, nil
	for _, line := range b.Figures {
		p := strings.Split(line.What, "/")
		switch {
		case line.What == linePending:
			h.Pending = words.HandoverPendings{Count: int64(line.Count), Amount: line.Amount}
		case len(p) == 3:
			at, _ := strconv.ParseInt(p[2], 10, 64) // as written has it
			h.List = append(h.List, words.HandoverUnended{Number: p[1], State: words.Report(p[0]), At: time.UnixMilli(at), Amount: line.Amount})
		}
	}
}

// sumsIn are the total of some lines, and each way to pay.
func sumsIn(lines []entry.HandedLine) (total words.HandoverSum, wallets []words.HandoverWallet) {
	for _, line := range lines {
		what, wallet, one := strings.Cut(line.What, "/")
		switch what {
		case lineSales, lineDiscount, lineRefunds, lineTaken, lineCaptured, lineReleased, lineHeld:
		default:
			continue
		}
		sum := &total
		if one {
			if n := len(wallets); n == 0 || wallets[n-1].Wallet != wallet {
				wallets = append(wallets, words.HandoverWallet{Wallet: wallet})
			}
			sum = &wallets[len(wallets)-1].HandoverSum
		}
		put(sum, what, line.Count, line.Amount)
	}
	return total, wallets
}

func put(sum *words.HandoverSum, what string, count int, amount money.Fen) {
	beside := words.HandoverPendings{Count: int64(count), Amount: amount}
	switch what {
	case lineSales:
		sum.Sales, sum.Amount = int64(count), amount
	case lineDiscount:
		sum.Discount = amount
	case lineRefunds:
		sum.Refunds, sum.Refunded = int64(count), amount
	case lineTaken:
		sum.Deposits.Taken = beside
	case lineCaptured:
		sum.Deposits.Captured = beside
	case lineReleased:
		sum.Deposits.Released = beside
	case lineHeld:
		sum.Deposits.Held = beside
	}
	sum.Received = sum.Amount - sum.Discount - sum.Refunded
}

// paper is a shift's slip and what has become of it, a fold of the shift's entries.
type paper struct {
	slip    words.Handover
	handed  bool
	outputs flow.Pending
	last    entry.Seq
}

func (d *Desk) paperOf(entries []entry.Entry) (p paper) {
	var who string
	for _, e := range entries {
		p.last = e.Seq
		p.outputs.Fold(e)
		switch e.Kind {
		case entry.ShiftOn:
			b := entry.Must[entry.ShiftOnBody](e)
			name, _ := entry.Unseal[entry.PersonName](e.Private) // where it was erased, the roster's
			who = b.Who
			p.slip.Site, p.slip.Shift, p.slip.Lanes = d.Site, int64(e.Key), b.Lanes
			p.slip.Who, p.slip.From, p.slip.Doubtful = cmp.Or(name.Name, d.name(who)), time.UnixMilli(e.Wall), e.Trust != entry.Trusted
		case entry.ShiftOff:
			if b := entry.Must[entry.ShiftOffBody](e); b.By != who {
				p.slip.By = d.name(b.By)
			}
			p.slip.Until, p.slip.Doubtful = time.UnixMilli(e.Wall), p.slip.Doubtful || e.Trust != entry.Trusted
		case entry.HandedOver:
			read(&p.slip, entry.Must[entry.HandedOverBody](e))
			p.handed, p.outputs = true, flow.Follow(flow.Slip)
		}
	}
	return p
}

// Slip is the slip of a shift that somebody may see: as it was handed over, or
// as it would be now.
func (d *Desk) Slip(ctx context.Context, by string, shift entry.Seq) (words.Handover, error) {
	s, err := d.Journal.Shift(ctx, shift)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return words.Handover{}, halt(words.HaltNoShift)
	case err != nil:
		return words.Handover{}, err
	}
	if err := d.own(by, s); err != nil {
		return words.Handover{}, err
	}
	return d.Figured(ctx, s)
}

// Figured is the slip of a shift for who has been found to be allowed to see it:
// as it was handed over, or as it would be now.
func (d *Desk) Figured(ctx context.Context, s store.Shift) (words.Handover, error) {
	entries, err := d.Journal.Object(ctx, s.ID, 0)
	if err != nil {
		return words.Handover{}, err
	}
	p := d.paperOf(entries)
	if p.handed {
		return p.slip, nil
	}
	now, _, err := d.count(ctx, s)
	if err != nil {
		return words.Handover{}, err
	}
	now.Site, now.Shift, now.Lanes, now.Who, now.By, now.From, now.Until, now.Doubtful = p.slip.Site, p.slip.Shift, p.slip.Lanes, p.slip.Who, p.slip.By, p.slip.From, p.slip.Until, p.slip.Doubtful
	if now.Items = d.HandoverItems(); now.Until.IsZero() {
		now.Until = time.UnixMilli(d.Clock().Wall)
	}
	return now, nil
}

// PrintAgain prints the slip of a shift that has been handed over: as a reprint,
// unless it is certain that nothing of it has come out so far.
func (d *Desk) PrintAgain(ctx context.Context, by string, shift entry.Seq, where string) (words.Halt, error) {
	s, err := d.Journal.Shift(ctx, shift)
	switch {
	case errors.Is(err, store.ErrNotFound), err == nil && s.Handed == 0:
		return "", halt(words.HaltNoShift)
	case err != nil:
		return "", err
	}
	if err := d.own(by, s); err != nil {
		return "", err
	}
	_, trouble, err := d.print(ctx, shift, where, true)
	return trouble, err
}

// print gives a slip to a lane's printer and waits for what becomes of it. That
// is written down also when nobody waits any more.
func (d *Desk) print(ctx context.Context, shift entry.Seq, lane string, again bool) (words.Handover, words.Halt, error) {
	p, err := d.begun(ctx, shift, again)
	if err != nil {
		return p.slip, "", err
	}
	out := d.Printer(lane)
	if out == nil {
		err := d.put(ctx, shift, entry.Output{What: string(flow.Slip), Result: flow.Held, Copy: p.slip.Copy})
		return p.slip, words.HaltNoPaper, err
	}
	result := make(chan string, 1)
	bring := func(ctx context.Context, ev flow.Event) {
		if put, ok := ev.(flow.Put); ok {
			if err := d.put(context.WithoutCancel(ctx), shift, put.Output); err != nil {
				d.Log.Error("what became of a hand-over's slip could not be written", "shift", shift, "result", put.Output.Result, "err", err)
			}
			select {
			case result <- put.Output.Result:
			default: // it has been heard of before
			}
		}
	}
	slip := p.slip
	out.Give(context.WithoutCancel(ctx), flow.Effect{Do: flow.Slip, Key: shift, Copy: slip.Copy, Handover: &slip}, "shift on "+lane, bring, nil)
	select {
	case r := <-result:
		if r == flow.Done {
			return p.slip, "", nil
		}
	case <-ctx.Done():
	}
	return p.slip, words.HaltUnpaper, nil
}

// begun is a slip that is about to be printed. The commit comes before the first
// byte: of the first time it is the hand-over itself.
func (d *Desk) begun(ctx context.Context, shift entry.Seq, again bool) (p paper, err error) {
	d.shifts.Lock()
	defer d.shifts.Unlock()
	entries, err := d.Journal.Object(ctx, shift, 0)
	if err != nil {
		return p, err
	}
	if p = d.paperOf(entries); !again {
		return p, nil
	}
	draft, pended, ok := p.outputs.Reprint()
	if !ok { // it is owed: held, and nothing came out, or perhaps printed before a crash
		o := *p.outputs.Of(flow.Slip)
		pended = o
		if draft = o.Begin(); !o.Held() {
			pended.Copy++
			draft = entry.New(entry.Repeated, entry.RepeatedBody{What: string(flow.Slip), Times: pended.Copy})
		}
	}
	p.slip.Copy = pended.Copy
	if err := d.append(ctx, shift, true, draft); err != nil {
		return p, unwritten(fmt.Sprintf("print the slip of shift %d", shift), err)
	}
	return p, nil
}

// put writes what became of a slip. There is nothing left to do for the shift.
func (d *Desk) put(ctx context.Context, shift entry.Seq, o entry.Output) error {
	return d.append(ctx, shift, true, entry.New(entry.Outputs, entry.OutputsBody{Of: []entry.Output{o}}))
}

const staleMax = 5 // an object is read anew this often before giving up

// append adds entries to an object, whatever its newest is.
func (d *Desk) append(ctx context.Context, key entry.Seq, done bool, drafts ...entry.Draft) (err error) {
	for range staleMax {
		var entries []entry.Entry
		if entries, err = d.Journal.Object(ctx, key, 0); err != nil {
			return err
		}
		_, err = d.Journal.Commit(ctx, store.Step{Key: key, After: entries[len(entries)-1].Seq, Entries: drafts, Done: done})
		if !errors.Is(err, store.ErrStale) {
			return err
		}
	}
	return err
}
