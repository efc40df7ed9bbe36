//go:build demo

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// teller tells what happens in plain words on the terminal, and writes the same
// as lines of JSON. No payment code passes through it.
type teller struct {
	mu    sync.Mutex
	out   io.Writer
	lines *os.File
	began time.Time
}

// told is one line of the transcript.
type told struct {
	At   time.Time `json:"at"`
	Who  string    `json:"who"`
	Text string    `json:"text"`
	Lane string    `json:"lane,omitempty"`
	Data any       `json:"data,omitempty"` // what the line is about: an entry, an order, a file
}

func newTeller(out io.Writer, path string) (*teller, error) {
	lines, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("transcript: %w", err)
	}
	return &teller{out: out, lines: lines, began: time.Now()}, nil
}

// tell writes one line; lane may be empty.
func (t *teller) tell(lane, who, format string, args ...any) {
	t.write(told{Lane: lane, Who: who, Text: fmt.Sprintf(format, args...)})
}

func (t *teller) write(line told) {
	t.mu.Lock()
	defer t.mu.Unlock()
	line.At = time.Now()
	fmt.Fprintf(t.out, "%7.3fs  %-10s %-9s %s\n", line.At.Sub(t.began).Seconds(), line.Lane, line.Who, line.Text)
	json.NewEncoder(t.lines).Encode(line) //nolint:errcheck // Close tells
}

// title begins a part of the story.
func (t *teller) title(text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	fmt.Fprintf(t.out, "\n%s\n", text)
}

func (t *teller) Close() error { return t.lines.Close() }
