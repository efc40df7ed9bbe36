// Package speaker is what a lane says aloud: phrases made of tokens, and the
// Chinese reading of amounts, plates and durations. A token is one recorded
// clip and one piece of text, so that clips and speech engines share the
// grammar. It is not for sentences, which are chosen by the catalogue of words,
// not for deciding when something is said, and it knows no voice hardware.
package speaker

import (
	"context"
	"errors"
	"strings"
	"time"
)

// ErrLate is wrapped when a phrase could not begin within its window. It was not
// said and will not be.
var ErrLate = errors.New("too late to be said")

// Token is the smallest thing that is spoken: its Chinese text, which also
// names its clip. Digits, units, letters and provinces are one character; a
// fixed sentence is a token too.
type Token string

// Part is a piece of a phrase: its tokens, and the English text of the same,
// which is for terminals and pages and is never spoken.
type Part struct {
	Tokens  []Token
	English string
	// Spaced says that the tokens are read one by one, as those of a plate are;
	// the text for a speech engine then has blanks between them.
	Spaced bool
}

// Phrase is one thing to say.
type Phrase struct {
	// ID names the phrase; a speaker that keeps what it has said, such as one in
	// the cloud, says the same ID once.
	ID string
	// Window is how long after Say was called the phrase may still begin. What is
	// later is dropped: a late success misleads.
	Window time.Duration
	Parts  []Part
}

// Speaker says phrases. Say returns when the phrase was said or handed to a
// device that will say it; a phrase that could not begin within its window is
// ErrLate and is not said later.
type Speaker interface {
	Say(ctx context.Context, p Phrase) error
}

// Words is a fixed sentence, or a part of one.
func Words(zh Token, english string) Part {
	return Part{Tokens: []Token{zh}, English: english}
}

// Tokens are the phrase's tokens in the order of speech.
func (p Phrase) Tokens() []Token {
	var all []Token
	for _, part := range p.Parts {
		all = append(all, part.Tokens...)
	}
	return all
}

// Chinese is the text for a speech engine: no digits, so that no engine can
// read an amount as a date, and plates with blanks between their characters.
func (p Phrase) Chinese() string {
	var text strings.Builder
	for i, part := range p.Parts {
		if part.Spaced && i > 0 {
			text.WriteByte(' ')
		}
		for n, token := range part.Tokens {
			if part.Spaced && n > 0 {
				text.WriteByte(' ')
			}
			text.WriteString(string(token))
		}
		if part.Spaced && i < len(p.Parts)-1 {
			text.WriteByte(' ')
		}
	}
	return text.String()
}

// English is the same phrase for terminals and pages.
func (p Phrase) English() string {
	var texts []string
	for _, part := range p.Parts {
		if part.English != "" {
			texts = append(texts, part.English)
		}
	}
	return strings.Join(texts, " ")
}
