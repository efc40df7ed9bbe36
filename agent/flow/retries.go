package flow

// Retries are events whose decisions the disk has refused and which nobody
// brings again, oldest first: a machine decides on them again by itself.
type Retries []retry

type (
	retry struct {
		event Event
		at    int64
	}
	retried struct{}
)

// Retry notes an event that is to be decided on again.
func Retry(ev Event, now Now) Note { return retry{ev, now.Mono} }

// Due is when the oldest is decided on again.
func (r Retries) Due() (mono int64, ok bool) {
	if len(r) == 0 {
		return 0, false
	}
	return r[0].at + Quiet.Milliseconds(), true
}

// Note takes a note; it is of Retry or of Again, or changes nothing.
func (r *Retries) Note(n Note) {
	switch n := n.(type) {
	case retry:
		*r = append(*r, n)
	case retried:
		*r = (*r)[1:]
	}
}

// Again decides on the oldest once more, where it is due.
func (r Retries) Again(now Now, next func(Event, Now) Step) (step Step, due bool) {
	if at, ok := r.Due(); !ok || now.Mono < at {
		return Step{}, false
	}
	step = next(r[0].event, now)
	step.Notes = append(step.Notes, retried{})
	return step, true
}
