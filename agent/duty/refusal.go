package duty

import (
	"errors"
	"fmt"

	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store"
)

// Refusal is why something was not done. Its words are for people; the rest is
// for the log. What is refused about people and PINs is a staff.Refusal.
type Refusal struct {
	Why     words.Halt
	Args    []any    // what stands in its words: names, sums
	Cause   error    // for the log; nil: there is none
	Request *Request // of HaltApproval: what has to be approved
}

// Error is the refusal in English.
func (r *Refusal) Error() string {
	if r.Cause != nil {
		return r.Say(words.En) + ": " + r.Cause.Error()
	}
	return r.Say(words.En)
}

// Unwrap is the cause.
func (r *Refusal) Unwrap() error { return r.Cause }

// Say is the refusal for the person who is refused, as one sentence.
func (r *Refusal) Say(lang words.Lang) string { return r.Why.Say(lang, r.args(lang)...) }

// Show is what happened, what to do, and whether the money is safe.
func (r *Refusal) Show(lang words.Lang) words.Screen { return r.Why.Show(lang, r.args(lang)...) }

// args are the names as a language has them: what a lane has said is a key.
func (r *Refusal) args(lang words.Lang) []any {
	args := make([]any, len(r.Args))
	for i, arg := range r.Args {
		switch word := arg.(type) {
		case words.Key:
			arg = words.Say(word, lang)
		case words.Setting:
			arg = word.In(lang)
		}
		args[i] = fmt.Sprint(arg)
	}
	return args
}

func halt(why words.Halt, args ...any) error { return &Refusal{Why: why, Args: args} }

// unwritten is a store's no: a sentence for people where the disk refuses, the
// error itself where the store has to be opened again.
func unwritten(what string, err error) error {
	err = fmt.Errorf("%s: %w", what, err)
	if errors.Is(err, store.ErrDamaged) || !errors.Is(err, store.ErrUnwritten) && !errors.Is(err, store.ErrFull) {
		return err
	}
	return &Refusal{Why: words.HaltUnwritten, Cause: err}
}

// denied tells whether an error is a refusal of the roster's for a reason.
func denied(err error, why words.Denial) bool {
	var r *staff.Refusal
	return errors.As(err, &r) && r.Why == why
}
