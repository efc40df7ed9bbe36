package unionpay

import (
	"context"
	"sync"
	"time"

	"tillgate/agent/pay"
)

// undoBill makes sure that a bill takes no money (pages je24KjzL and m32QOBX0: query,
// close, query again): its code is closed, and where somebody was faster than
// that, all of it is given back.
func (p *Provider) undoBill(ctx context.Context, a pay.Attempt) pay.Result {
	look, taken := p.seeBill(ctx, a)
	switch {
	case look.State == pay.Paid:
		return p.giveBack(ctx, a)
	case taken, look.State == pay.Declined, look.NotFound:
		return undone(look)
	}
	r := p.closeCode(ctx, a)
	closed := r.o != nil && !r.otherMerchant && r.code == codeSuccess
	if closed {
		p.codes.closed(p.bill(a.Number))
	}
	again, taken := p.seeBill(ctx, a)
	switch {
	case again.State == pay.Paid:
		return p.giveBack(ctx, a)
	case taken, again.State == pay.Declined:
		return undone(again)
	case closed && again.State == pay.Waiting && again.Code != buyerPays:
		return r.judgedWith(over, "closed", "")
	case closed:
		return undone(again)
	case r.o == nil:
		return r.result.NeverFinal()
	}
	result := r.refusal(func(m meaning) verdict { return m.undo })
	result.NotFound = result.NotFound && again.NotFound // its code may be unknown, but the bill is there
	return result
}

func (p *Provider) closeCode(ctx context.Context, a pay.Attempt) reply {
	about := p.billSubject(a.Number)
	return p.ask(ctx, pathClose, p.net(fields{"qrCodeId": p.codes.id(p.bill(a.Number))}), about)
}

// settleTime is for a payment that was under way when its code was closed: it
// has landed by then, or been refused.
const settleTime = 5 * time.Second

// dead tells whether nobody can pay an unpaid bill any more: its code was closed
// a while ago, or its life is over for certain.
func (p *Provider) dead(a pay.Attempt) bool {
	if at := p.codes.closedAt(p.bill(a.Number)); !at.IsZero() && time.Since(at) >= settleTime {
		return true
	}
	return !a.Asked.IsZero() && p.o.Now().Sub(a.Asked) > lifeMax+time.Minute
}

// memory is what is known of the newest codes and stands nowhere else: the id
// that the network gave one, where it did not take ours, and that it said closed
// of one whose bill goes on being called unpaid. After a restart it is learnt
// again, or the code's life ends.
type memory struct {
	mu    sync.Mutex
	about map[string]*remembered // by billNo
	order []string               // the oldest first
}

type remembered struct {
	id     string
	closed time.Time
}

// memoryMax is far more codes than are open at a time.
const memoryMax = 256

// of finds or makes what is known of a bill; the caller holds the lock.
func (m *memory) of(bill string) *remembered {
	if m.about == nil {
		m.about = map[string]*remembered{}
	}
	if m.about[bill] == nil {
		if len(m.order) == memoryMax {
			delete(m.about, m.order[0])
			m.order = m.order[1:]
		}
		m.about[bill] = &remembered{id: bill}
		m.order = append(m.order, bill)
	}
	return m.about[bill]
}

// named keeps the id that the network gave a code, if it did.
func (m *memory) named(bill, id string) {
	if id == "" || id == bill {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.of(bill).id = id
}

// id is a code's: ours, unless the network gave it another.
func (m *memory) id(bill string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if known := m.about[bill]; known != nil {
		return known.id
	}
	return bill
}

func (m *memory) closed(bill string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if known := m.of(bill); known.closed.IsZero() {
		known.closed = time.Now()
	}
}

// closedAt is when a code was closed, or zero.
func (m *memory) closedAt(bill string) time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	if known := m.about[bill]; known != nil {
		return known.closed
	}
	return time.Time{}
}
