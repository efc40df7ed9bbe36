package duty

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
	"tillgate/store/money"
)

const (
	requestFor  = 5 * time.Minute // to find a supervisor and be answered; by the boot clock, which nobody sets
	requestsMax = 32              // wait at once: more clerks do not stand at one terminal
	askerMax    = 8               // of these, of one person or program: it leaves room for the others
	codeTries   = 5               // wrong codes of one request; then it is void

	// wrongMax is how many wrong codes there may be in wrongFor, whatever they are
	// for; then only PINs are taken until that is over. At a hundred million codes
	// and four keys somebody who does nothing else is let in once in 36 years.
	wrongMax = 20
	wrongFor = 15 * time.Minute
)

// How an approval was given, as entries have it.
const (
	byPIN  = "pin"
	byCode = "qr"
)

// Ask is something that somebody wants done and that may take approvals.
type Ask struct {
	Operation Operation
	By        string // a person's id; of a program's wish whom it names, who has typed no PIN, or nobody
	Program   string // an integrator of the config, whose token has the right; empty: By asks
	Lane      string // where
	Order     entry.Seq
	Number    string    // the order's, 24 digits
	Amount    money.Fen // exactly
	Capture   string    // of a refund of a deposit: the number of the capture that goes back; empty: the newest with something left
	Taken     money.Fen // of a release: it is the rest of a last capture of this much
	Anew      bool      // of a release: it follows once another deposit is held in its place
	Reason    string
	Request   string // the ID of a request that has been approved; empty: there is none yet

	Once *entry.RequestedBody // the key of the program that asks: a repeat does nothing twice
}

// Request is an Ask that waits for its approvals. It is kept in memory: a
// restart voids it, and what it was about has then not been done.
type Request struct {
	Ask
	ID    string
	Text  string     // as a QR code, for a supervisor who is elsewhere
	Who   string     // asks, as slips say it
	Since int64      // ms of the wall clock
	Needs int        // people who have yet to approve
	Until int64      // ms of the boot clock
	Given []Approval // so far
}

// Approval is one person's consent.
type Approval struct {
	Person string // id
	How    string // "pin" or "qr"
	proof  staff.Proof
}

// request is a Request with what is nobody else's business.
type request struct {
	Request
	tries   int
	total   int       // people who have to approve
	used    bool      // taken or withdrawn: nothing puts it back but who has taken it
	written entry.Seq // its approvals are in the journal; 0: not yet
}

// Allowed is an Ask that may be done now, once.
type Allowed struct {
	By       string    // who asked and who approved, as slips say it
	Approved entry.Seq // the entry of the first approval; 0: nobody had to
}

// Allow checks whether something may be done now: right, duty, and as many
// approvals as its sum takes. They are written down and used up by it. Where some
// are missing it answers HaltApproval with the request that has to be approved.
func (d *Desk) Allow(ctx context.Context, a Ask) (Allowed, error) {
	before, done := d.reserve(a)
	defer done()
	return d.allow(ctx, a, before)
}

// allow is Allow while so much else of the order is about to go back.
func (d *Desk) allow(ctx context.Context, a Ask, before money.Fen) (Allowed, error) {
	var err error
	if a.Reason, err = reasoned(a.Reason); err != nil {
		return Allowed{}, err
	}
	r, err := d.take(a)
	if err != nil {
		return Allowed{}, err
	}
	gone, err := d.gone(ctx, a)
	if err == nil {
		r, err = d.check(a, r, before+gone)
	}
	if err != nil {
		d.putBack(r)
		return Allowed{}, err
	}
	allowed, err := d.write(ctx, a, r)
	if err != nil {
		d.putBack(r)
	}
	return allowed, err
}

// take finds an Ask's request and takes it out: of two who use it at once, one does.
// Who repeats what waits for its approvals is shown the same request again.
func (d *Desk) take(a Ask) (*request, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	r := d.live(a.Request)
	if a.Request == "" {
		for _, waits := range d.requests {
			if waits.Needs > 0 && waits.same(a) {
				r = waits
			}
		}
	}
	switch {
	case r == nil && a.Request == "":
		return nil, nil
	case r == nil:
		return nil, halt(words.HaltExpired)
	case !r.same(a):
		return nil, halt(words.HaltOther)
	}
	delete(d.requests, r.ID)
	d.doing[r.ID], r.used = r, true
	return r, nil
}

// same tells whether an Ask is for what a request is for, by whoever it is for.
func (r *request) same(a Ask) bool {
	asked := r.Ask
	asked.Request, asked.Once = a.Request, a.Once // what is done is the same
	return asked == a
}

func (d *Desk) putBack(r *request) {
	if r == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if r.used && d.doing[r.ID] != r {
		return // withdrawn meanwhile
	}
	delete(d.doing, r.ID)
	r.used, d.requests[r.ID] = false, r
}

// live is a request that has not expired. The caller holds the lock.
func (d *Desk) live(id string) *request {
	now := d.Clock().Mono
	for _, all := range []map[string]*request{d.requests, d.doing} {
		maps.DeleteFunc(all, func(_ string, r *request) bool { return now > r.Until })
	}
	return d.requests[id]
}

// check is everything that speaks against an Ask, of whose order so much goes back
// besides. Where only approvals are missing, the refusal has the request for them,
// a new one where there is none.
func (d *Desk) check(a Ask, r *request, besides money.Fen) (*request, error) {
	now, given := d.now(), 0
	if r != nil {
		given = len(r.Given)
		for _, yes := range r.Given {
			if err := d.Roster.May(yes.Person, staff.Approve, a.Lane, staff.Now{Stamp: now.Stamp, Spot: yes.proof}); err != nil {
				return r, err // who may not any more has approved nothing
			}
		}
		now = d.stands(now, r)
	}
	needs := d.needs(a.approver(), a.Lane, besides+a.Amount)
	err := d.mayDo(a, now)
	if denied(err, words.DeniedClock) && given == 0 { // a manager's PIN makes up for the clock
		needs, err = max(needs, 1), nil
	}
	switch {
	case err != nil || given >= needs:
		return r, err
	case r == nil:
		if r, err = d.begin(a); err != nil {
			return nil, err
		}
	}
	r.total, r.Needs = needs, needs-given
	asked := r.Request
	return r, &Refusal{Why: words.HaltApproval, Args: []any{a.Amount, asked.Needs}, Request: &asked}
}

// stands is a moment with the proof of a manager who has typed a PIN for a request.
func (d *Desk) stands(now staff.Now, r *request) staff.Now {
	for _, yes := range r.Given {
		if yes.How == byPIN && d.manages(yes.Person) {
			now.Spot = yes.proof
		}
	}
	return now
}

// mayDo is the right that an operation takes.
func (d *Desk) mayDo(a Ask, now staff.Now) error {
	if a.Operation == Decide {
		if !d.manages(a.By) {
			return halt(words.HaltManager)
		}
		return nil
	}
	if a.Program != "" {
		return d.mayProgram(a, now)
	}
	return d.may(a.By, staff.Refund, a.Lane, now)
}

// begin makes a new request. Nobody else knows it yet.
func (d *Desk) begin(a Ask) (*request, error) {
	random := make([]byte, 2*nonceBytes)
	if _, err := io.ReadFull(d.Random, random); err != nil {
		return nil, fmt.Errorf("begin a request: %w", err)
	}
	now := d.Clock()
	w := Wish{Device: d.Device, Operation: a.Operation, Number: a.Number, Amount: a.Amount, nonce: inQR.EncodeToString(random[:nonceBytes])}
	r := &request{tries: codeTries, Request: Request{Ask: a, ID: inQR.EncodeToString(random[nonceBytes:]), Text: w.text(), Who: d.asker(a), Since: now.Wall, Until: now.Mono + requestFor.Milliseconds()}}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.live("")
	own := 0
	for _, waits := range d.requests {
		if waits.Program == a.Program && (a.Program != "" || waits.By == a.By) {
			own++
		}
	}
	if len(d.requests) >= requestsMax || own >= askerMax {
		return nil, halt(words.HaltBusy)
	}
	return r, nil
}

// write makes the approvals durable: who, when and why.
func (d *Desk) write(ctx context.Context, a Ask, r *request) (Allowed, error) {
	allowed := Allowed{By: d.asker(a)}
	if r == nil || len(r.Given) == 0 {
		return allowed, nil
	}
	var drafts []entry.Draft
	var names []string
	for _, yes := range r.Given {
		body := entry.ApprovedBody{Object: a.Order, What: string(a.Operation), Amount: a.Amount, By: yes.Person, For: a.who(), How: yes.How, Why: a.Reason}
		if yes.How == byCode {
			body.Once = once(r.Text)
		}
		drafts, names = append(drafts, entry.New(entry.Approved, body)), append(names, d.name(yes.Person))
	}
	if r.written == 0 {
		entries, err := d.Journal.Commit(ctx, store.Step{Entries: drafts, Done: true})
		if err != nil {
			return Allowed{}, unwritten("write who approved", err)
		}
		r.written = entries[0].Seq
	}
	allowed.Approved, allowed.By = r.written, words.Asker(allowed.By, names, time.UnixMilli(d.Clock().Wall))
	return allowed, nil
}

// ApproveByPIN is a supervisor on the spot. A wrong PIN counts as at the door.
func (d *Desk) ApproveByPIN(ctx context.Context, id string, spot Spot) (Request, error) {
	d.mu.Lock()
	r := d.live(id)
	d.mu.Unlock()
	if r == nil {
		return Request{}, halt(words.HaltExpired)
	}
	in, err := d.spot(ctx, spot, r.Lane)
	if err != nil {
		return Request{}, err
	}
	return d.approve(id, Approval{Person: in.Person.ID, How: byPIN, proof: in.Proof})
}

// ApproveByCode is a supervisor who is elsewhere: the code that the holder of a
// key has made of the request's text. After five wrong ones the request is void.
func (d *Desk) ApproveByCode(id string, code pay.Secret) (Request, error) {
	d.mu.Lock()
	r := d.live(id)
	if r == nil {
		d.mu.Unlock()
		return Request{}, halt(words.HaltExpired)
	}
	if d.guessed() {
		d.mu.Unlock()
		return Request{}, halt(words.HaltGuessed)
	}
	r.tries-- // before it is looked at: tries side by side are no more of them
	d.wrong = append(d.wrong, d.Clock().Mono)
	if r.tries <= 0 {
		delete(d.requests, id)
	}
	left, text := r.tries, r.Text
	d.mu.Unlock()
	people := d.whose(text, code)
	switch {
	case len(people) == 1: // of two with one code nobody knows who it was
		d.right(r)
		return d.approve(id, Approval{Person: people[0], How: byCode})
	case left <= 0:
		return Request{}, halt(words.HaltExpired)
	}
	return Request{}, halt(words.HaltCode, left)
}

// guessed tells whether there have been too many wrong codes. The caller holds the lock.
func (d *Desk) guessed() bool {
	now := d.Clock().Mono
	d.wrong = slices.DeleteFunc(d.wrong, func(at int64) bool { return now-at > wrongFor.Milliseconds() })
	return len(d.wrong) >= wrongMax
}

// right takes back that a code was counted as a wrong one.
func (d *Desk) right(r *request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	r.tries++
	if !r.used { // meanwhile
		d.requests[r.ID] = r
	}
	d.wrong = d.wrong[:max(len(d.wrong)-1, 0)]
}

// approve adds one person's approval to a request. A PIN takes the place of the same
// person's code: while the clock proves nothing a code is not enough, and the shop
// may have no other manager.
func (d *Desk) approve(id string, yes Approval) (Request, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	r := d.live(id)
	if r == nil {
		return Request{}, halt(words.HaltExpired)
	}
	i := slices.IndexFunc(r.Given, func(a Approval) bool { return a.Person == yes.Person })
	if yes.Person == r.approver() || i >= 0 && (r.Given[i].How != byCode || yes.How != byPIN) {
		return r.Request, halt(words.HaltSame)
	}
	now := d.now()
	now.Spot = yes.proof
	if err := d.Roster.May(yes.Person, staff.Approve, r.Lane, now); err != nil {
		return r.Request, err
	}
	if r.Given = slices.Clone(r.Given); i >= 0 {
		r.Given[i] = yes
	} else {
		r.Given = append(r.Given, yes)
	}
	r.Needs = max(r.total-len(r.Given), 0)
	if denied(d.mayDo(r.Ask, d.stands(d.now(), r)), words.DeniedClock) {
		r.Needs = max(r.Needs, 1) // a manager has yet to type a PIN
	}
	return r.Request, nil
}

// Withdraw voids a request that nobody wants any more.
func (d *Desk) Withdraw(id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if r := d.requests[id]; r != nil {
		r.used = true
	}
	delete(d.requests, id)
	delete(d.doing, id)
}
