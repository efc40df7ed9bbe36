package sale

import (
	"slices"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

// expired is why a QR code goes back that a new one may follow.
const expired = "expired"

const (
	closeFor   = 1500 * time.Millisecond // a scanned code waits so long for QR codes to be closed
	refreshMax = 10                      // QR codes in a row that nobody paid; then the clerk asks for one
)

func (a *attempt) shown() bool { return a.Way == entry.ByQR }

func (a *attempt) tender() words.Tender {
	switch a.Way {
	case entry.ByQR:
		return words.ByQR
	case entry.ByCash:
		return words.ByCash
	case entry.ByCard:
		return words.ByCard
	}
	return words.ByCode
}

// besides tells whether an attempt may begin while a is not final: QR codes of
// other merchants stand side by side, of one network too, cash and cards may be booked while a wallet's
// attempt is on its way back, and a payment code may be charged while a QR code is
// that counts as closed.
func (a *attempt) besides(b entry.AskedBody) bool {
	switch b.Way {
	case "":
		return a.shown() && a.returning
	case entry.ByQR:
		return a.shown() && !a.returning && a.Merchant != b.Merchant
	case entry.ByCash, entry.ByCard:
		return a.returning
	}
	return false
}

// watch is what a QR code needs next. One whose link is not known, because its
// answer was lost or the agent was restarted, is asked about once and goes back.
func (a *attempt) watch(t pay.Timing) (do flow.Verb, at int64) {
	switch at = a.heardAt + t.QueryEvery.Milliseconds(); {
	case a.link == "" && a.queries == 0:
		return flow.Query, a.heardAt
	case a.link == "":
		return back, a.heardAt
	case at > a.until:
		return back, a.until
	}
	return flow.Query, at
}

// showQR begins an attempt that waits for a phone.
func (s *Sale) showQR(ev flow.ShowQR, now flow.Now) flow.Step {
	if why := s.closed(); why != "" {
		return tell(why)
	}
	switch a := s.open(); {
	case a != nil && a.returning:
		return tell(words.TellGoingBack)
	case a != nil && !a.shown():
		return tell(words.TellBusy)
	}
	for _, a := range s.pending() {
		switch {
		case a.returning: // beside another that is on the screen
			return tell(words.TellGoingBack)
		case a.Merchant == ev.Merchant.Name:
			return flow.Step{} // it is on the screen already
		}
	}
	return s.show(ev.Merchant, now)
}

func (s *Sale) show(m flow.Merchant, now flow.Now) flow.Step {
	asked := entry.AskedBody{Number: now.Number, Merchant: m.Name, Network: m.Network, Way: entry.ByQR, Account: now.Accounts[m.Name]}
	show := s.call(flow.Show, &attempt{AskedBody: asked, asked: now.Stamp})
	show.Title, show.Full, show.Staff, show.Note = s.order.Title, s.order.Full, s.staff, s.note()
	drafts := append(s.opening(), entry.New(entry.Asked, asked))
	return s.step(drafts, []flow.Note{sent{now.Number, flow.Show}}, show)
}

// sendBack sets every attempt to returning that is not yet.
func (s *Sale) sendBack(why string) []entry.Draft { return s.others(nil, why) }

// others does so with all but one: of codes side by side one is paid.
func (s *Sale) others(than *attempt, why string) (drafts []entry.Draft) {
	for _, a := range s.pending() {
		if a != than && !a.returning {
			drafts = append(drafts, entry.New(entry.Returning, entry.ReturningBody{Number: a.Number, Why: why}))
		}
	}
	return drafts
}

// waiting is a scanned code while QR codes are being closed. It is never
// written; the zero waiting is none.
type waiting struct {
	code  flow.Code
	until int64 // ms of the boot clock
}

func (w waiting) none() bool { return w.until == 0 }

// The notes of QR codes.
type (
	onScreen struct {
		number, link string
		until        int64
	}
	waits  struct{ waiting }
	qrEnds struct{}
)

// closeFirst takes the QR codes off the screen and closes them; the scanned
// code is charged only when the last of them is final, and soon.
func (s *Sale) closeFirst(c flow.Code, now flow.Now) flow.Step {
	return s.step(s.sendBack("code"), []flow.Note{waits{waiting{c, now.Mono + closeFor.Milliseconds()}}})
}

// waitingDue is when the waiting code is charged, or given up.
func (s *Sale) waitingDue() int64 {
	if s.front() == nil {
		return 0
	}
	return s.waiting.until
}

// waited charges the code whose way is free, or lets it go: it was not sent.
func (s *Sale) waited(now flow.Now) flow.Step {
	w := s.waiting
	if now.Mono <= w.until && s.front() == nil && now.Current && s.settled == nil && !s.cancelled && !s.frozen {
		return s.scan(w.code, now)
	}
	return flow.Step{Notes: []flow.Note{waits{}}, Tell: words.TellOneMoment}
}

// expiredQR is a QR code that nobody paid in its time and whose place a new one
// should take; nil: there is none. Of codes side by side each is replaced, once
// none is on its way back.
func (s *Sale) expiredQR() (found *attempt) {
	onItsWay := func(a *attempt) bool { return !a.shown() || a.returning }
	if s.settled != nil || s.cancelled || s.frozen || s.noQR || !s.waiting.none() || slices.ContainsFunc(s.pending(), onItsWay) {
		return nil
	}
	var newer []string // merchants
	for _, a := range slices.Backward(s.attempts) {
		switch {
		case !a.shown():
			return found
		case a.state == pay.Returned || a.state == pay.Mismatch:
			return nil
		case slices.Contains(newer, a.Merchant) || !a.state.Final() || a.why == "":
		case a.why != expired:
			return nil
		default:
			found = &a
		}
		newer = append(newer, a.Merchant)
	}
	return found
}

func (s *Sale) refresh(of *attempt, now flow.Now) flow.Step {
	row := 0
	for _, a := range s.attempts {
		switch {
		case !a.shown() || a.Merchant == of.Merchant && a.why != expired:
			row = 0
		case a.Merchant == of.Merchant:
			row++
		}
	}
	if !now.Current || row >= refreshMax {
		return flow.Step{Notes: []flow.Note{qrEnds{}}}
	}
	step := s.show(flow.Merchant{Name: of.Merchant, Network: of.Network}, now)
	step.Tell = words.TellQRRefreshed
	return step
}
