package flow

import (
	"slices"
	"time"

	"tillgate/store/entry"
)

// The results of an output. What is neither done, failed nor dropped is still owed.
const (
	Held    = "held"    // its device did not take it in time; no byte has left
	Started = "started" // it may have happened
	Done    = "done"
	Failed  = "failed"
	Dropped = "dropped"
)

// Quiet is how long results of outputs wait for another commit to ride on.
const Quiet = 2 * time.Second

// CopiesMax is how many reprints, or second pulses, there are across starts;
// then a person is asked.
const CopiesMax = 3

// Pending are the outputs that follow from an outcome, in the order in which
// they were asked for. Whatever machine they are of, they are folded, written and
// taken up again after a start in this one way.
type Pending []Pended

// Pended is one slip, voice, drawer or gate pulse.
type Pended struct {
	What Verb
	Copy int // above 0 it is a reprint

	durable string // what the journal says became of it
	known   string // the same, or newer and not yet written
	at      int64  // ms: when known changed
}

// putNote is what became of an output and needs no commit of its own.
type putNote struct {
	output entry.Output
	at     int64
}

// Follow are outputs of which nothing has become yet.
func Follow(what ...Verb) (p Pending) {
	for _, w := range what {
		p = append(p, Pended{What: w})
	}
	return p
}

// Printed is a slip that is owed no more, and can be printed again.
func Printed() Pending { return Pending{{What: Slip, durable: Done, known: Done}} }

// Owed tells whether it can still happen.
func (o Pended) Owed() bool { return o.durable != Done && o.durable != Failed && o.durable != Dropped }

// Held tells whether it waits for its device.
func (o Pended) Held() bool { return o.known == Held }

// Of is the output of a kind, nil where none follows.
func (p Pending) Of(what Verb) *Pended {
	i := slices.IndexFunc(p, func(o Pended) bool { return o.What == what })
	if i < 0 {
		return nil
	}
	return &p[i]
}

// Over tells whether nothing is owed.
func (p Pending) Over() bool { return !slices.ContainsFunc(p, Pended.Owed) }

// Trouble are the outputs that did not happen, in English.
func (p Pending) Trouble() (texts []string) {
	for _, o := range p {
		if o.known == Failed || o.known == Held {
			texts = append(texts, string(o.What)+" "+o.known)
		}
	}
	return texts
}

// Fold takes an entry, of whatever kind; it is about outputs or changes nothing.
func (p Pending) Fold(e entry.Entry) {
	switch e.Kind {
	case entry.Outputs:
		for _, o := range entry.Must[entry.OutputsBody](e).Of {
			p.put(o, e.Mono, true)
		}
	case entry.Repeated:
		b := entry.Must[entry.RepeatedBody](e)
		if o := p.Of(Verb(b.What)); o != nil {
			o.Copy = b.Times
			o.durable, o.known = Started, Started
		}
	}
}

// Note takes a note; it is of Took or changes nothing.
func (p Pending) Note(n Note) {
	if put, ok := n.(putNote); ok {
		p.put(put.output, put.at, false)
	}
}

func (p Pending) put(o entry.Output, at int64, durable bool) {
	mine := p.Of(Verb(o.What))
	if mine == nil {
		return
	}
	mine.known, mine.at = o.Result, at
	mine.Copy = max(mine.Copy, o.Copy)
	if durable {
		mine.durable = o.Result
	}
}

// Outcome writes what became of outputs, with a task where a person has to help;
// the task names the number.
func Outcome(number string, of ...entry.Output) []entry.Draft {
	drafts := []entry.Draft{entry.New(entry.Outputs, entry.OutputsBody{Of: of})}
	for _, o := range of {
		if o.Result == Failed && o.What != string(Voice) {
			drafts = append(drafts, entry.New(entry.Task, entry.TaskBody{What: o.What + "-failed", Text: number}))
		}
	}
	return drafts
}

// Took takes what became of an output. A good end is a note, which rides on
// another commit; what a person or a restart has to know is written at once.
func (p Pending) Took(ev Put, number string, now Now) (drafts []entry.Draft, notes []Note) {
	o := p.Of(Verb(ev.Output.What))
	switch {
	case o == nil || !o.Owed():
		return nil, nil
	case ev.Output.Result == Held, ev.Output.Result == Failed:
		return Outcome(number, ev.Output), nil
	}
	return nil, []Note{putNote{ev.Output, now.Mono}}
}

// Lost takes what became of an output and could not be written: it is written later.
func Lost(ev Put, now Now) Note { return putNote{ev.Output, now.Mono} }

// Due is when results have waited long enough for another commit.
func (p Pending) Due() (mono int64, ok bool) {
	for _, o := range p {
		if at := o.at + Quiet.Milliseconds(); o.known != o.durable && (!ok || at < mono) {
			mono, ok = at, true
		}
	}
	return mono, ok
}

// Unsaved writes the results that no commit has carried yet; nothing where there are none.
func (p Pending) Unsaved(number string) []entry.Draft {
	var of []entry.Output
	for _, o := range p {
		if o.known != o.durable {
			of = append(of, entry.Output{What: string(o.What), Result: o.known, Copy: o.Copy})
		}
	}
	if len(of) == 0 {
		return nil
	}
	return Outcome(number, of...)
}

// Begin writes that an output which was held begins now: from then on it may
// have happened, so the commit comes before the first byte.
func (o Pended) Begin() entry.Draft {
	return entry.New(entry.Outputs, entry.OutputsBody{Of: []entry.Output{{What: string(o.What), Result: Started, Copy: o.Copy}}})
}

// Restart goes through what was owed when the life before ended: each means
// "perhaps". Again are those to be done now: a slip that may have been printed
// is printed again and says so, what is only worth something at once is dropped.
// A gate is not for here.
func (p Pending) Restart(number string) (drafts []entry.Draft, again []Pended) {
	for _, o := range p {
		if !o.Owed() {
			continue
		}
		switch {
		case o.What == Voice, o.What == Drawer:
			drafts = append(drafts, Outcome(number, entry.Output{What: string(o.What), Result: Dropped})...)
		case o.What == Slip && o.durable == Held:
			drafts, again = append(drafts, o.Begin()), append(again, o)
		case o.What == Slip && o.Copy >= CopiesMax:
			drafts = append(drafts, Outcome(number, entry.Output{What: string(Slip), Result: Failed})...)
		case o.What == Slip:
			o.Copy++
			drafts, again = append(drafts, repeat(o)), append(again, o)
		}
	}
	return drafts, again
}

func repeat(o Pended) entry.Draft {
	return entry.New(entry.Repeated, entry.RepeatedBody{What: string(o.What), Times: o.Copy})
}

// Reprint writes that a slip which has been printed is printed again, marked as
// a reprint; ok is false while there is none, or it is still owed.
func (p Pending) Reprint() (draft entry.Draft, again Pended, ok bool) {
	o := p.Of(Slip)
	if o == nil || o.Owed() {
		return draft, again, false
	}
	again = *o
	again.Copy++
	return repeat(again), again, true
}
