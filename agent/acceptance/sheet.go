package acceptance

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// Outcome is how a step has ended.
type Outcome string

// The outcomes. A step that was skipped proves nothing, and says why.
const (
	Passed  Outcome = "passed"
	Failed  Outcome = "failed"
	Skipped Outcome = "skipped"
)

// Step is one line of the sheet.
type Step struct {
	Wallet string        `json:"wallet,omitempty"` // of its customers
	Zh     string        `json:"zh"`
	En     string        `json:"en"`
	Result Outcome       `json:"result"`
	Got    string        `json:"got"` // what was seen, or what was wrong
	Took   time.Duration `json:"took_ns"`
}

// Sheet is what a script has found of one merchant.
type Sheet struct {
	Merchant string   `json:"merchant"`
	Network  string   `json:"network"`
	Mode     string   `json:"mode"`
	Codes    []string `json:"codes"` // the wallets whose payment codes were tried
	QR       []string `json:"qr"`    // the wallets whose phones have scanned QR codes
	Steps    []Step   `json:"steps"`
}

// Passed tells whether every step that was played did.
func (s *Sheet) Passed() bool {
	n := 0
	for _, step := range s.Steps {
		if step.Result == Failed {
			return false
		}
		if step.Result == Passed {
			n++
		}
	}
	return n > 0
}

// count tells how many steps ended so.
func (s *Sheet) count(o Outcome) (n int) {
	for _, step := range s.Steps {
		if step.Result == o {
			n++
		}
	}
	return n
}

// Head is the sheet's first line.
func (s *Sheet) Head() string {
	head := s.Merchant + ": " + s.Network
	if s.Mode != "" {
		head += ", " + s.Mode
	}
	return head + "; codes of " + strings.Join(s.Codes, " ") + "; QR codes for " + strings.Join(s.QR, " ")
}

// Write writes the sheet for people; no is how a step stands in it, from 1.
func (s *Sheet) Write(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintln(&b, s.Head())
	for i, step := range s.Steps {
		step.write(&b, i+1)
	}
	fmt.Fprintln(&b, s.Foot())
	_, err := io.WriteString(w, b.String())
	return err
}

// Foot is the sheet's last line.
func (s *Sheet) Foot() string {
	return fmt.Sprintf("  %d passed, %d failed, %d skipped", s.count(Passed), s.count(Failed), s.count(Skipped))
}

func (s Step) write(b *strings.Builder, no int) {
	fmt.Fprintf(b, "  %2d  %-7s  %-8s  %s  %s\n", no, s.Result, s.Wallet, s.Zh, s.En)
	if s.Got != "" {
		fmt.Fprintf(b, "      %s\n", s.Got)
	}
}

// Line is one step as it is told while the script runs.
func (s Step) Line(no int) string {
	var b strings.Builder
	s.write(&b, no)
	return b.String()
}
