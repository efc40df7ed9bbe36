package main

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tillgate/agent/pay"
	"tillgate/agent/words"
)

var updateErrors = flag.Bool("update-errors", false, "write the networks' documents of error words anew")

// operation is a call, as pay.Case has it.
type operation struct{ op, title string }

// operations are the calls in the order in which an order meets them.
var operations = []operation{
	{"charge", "Charge: a payment code was scanned"},
	{"show", "Show: a QR code is asked for, or looked at"},
	{"query", "Query: what became of a charge"},
	{"undo", "Undo: a payment is taken back"},
	{"refund", "Refund: a part of a payment, or all of it, goes back"},
	{"refund-query", "Refund query: what became of a refund"},
}

// TestErrorDocuments: each network's ERRORS.md says what its codes come to now.
func TestErrorDocuments(t *testing.T) {
	t.Parallel()
	for _, n := range documented {
		name := filepath.Join("pay", n.network, "ERRORS.md")
		var text strings.Builder
		cases := n.played(t)
		fmt.Fprintf(&text, "# Error words of %s\n\n", n.title)
		fmt.Fprintf(&text, "%d documented codes in %d answers: what they prove, what people read and hear of them, and what the machine of an\norder does. ", len(codesOf(cases)), len(cases))
		text.WriteString("A test plays every one and writes this page: `go test ./agent -run TestErrorDocuments -update-errors`.\n")
		for _, o := range operations {
			if rows := rowsOf(t, n.network, n.timing, cases, o.op); len(rows) > 0 {
				fmt.Fprintf(&text, "\n## %s\n\n", o.title)
				writeRows(&text, rows, strings.HasPrefix(o.op, "refund"))
			}
		}
		writeDeposits(&text, n)
		if *updateErrors {
			if err := os.WriteFile(name, []byte(text.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		written, err := os.ReadFile(name)
		if err != nil || string(written) != text.String() {
			t.Errorf("%s is not what the codes come to (%v): go test ./agent -run TestErrorDocuments -update-errors", name, err)
		}
	}
}

// row is the codes of a call that come to the same.
type row struct {
	codes []string
	state pay.State
	proof string
	told  saying
}

func rowsOf(t *testing.T, network string, timing pay.Timing, cases []pay.Case, op string) (rows []row) {
	t.Helper()
	for _, c := range cases {
		if c.Op != op {
			continue
		}
		next := row{codes: []string{"`" + c.Code + "`"}, state: c.State, proof: proof(c), told: tell(t, network, timing, c)}
		i := slices.IndexFunc(rows, func(r row) bool { return r.proof == next.proof && r.told == next.told })
		if i < 0 {
			rows = append(rows, next)
			continue
		}
		rows[i].codes = append(rows[i].codes, next.codes...)
	}
	order := []pay.State{pay.Paid, pay.Returned, pay.Declined, pay.Waiting, pay.Unknown, pay.Mismatch}
	slices.SortStableFunc(rows, func(a, b row) int {
		return cmp.Compare(slices.Index(order, a.state), slices.Index(order, b.state))
	})
	return rows
}

// proof is what an answer proves, in words.
func proof(c pay.Case) string {
	text := c.State.String()
	if c.NotFound {
		text += ", not found"
	}
	if c.Fault {
		text += ", fault"
	}
	return text
}

func writeRows(text *strings.Builder, rows []row, refund bool) {
	text.WriteString("| code | proves | payer | cashier | heard | machine |\n|---|---|---|---|---|---|\n")
	for _, r := range rows {
		payer := both(r.told.payer, r.told.line)
		if refund { // has no screen to read: the cashier tells
			payer = "–"
			if r.state == pay.Returned {
				payer = "the refund's slip"
			}
		}
		heard := cmp.Or(strings.Trim(strings.Join(r.told.heard[:], "<br>"), "<br>"), "–")
		cells := []string{strings.Join(r.codes, "<br>"), r.proof, payer, both(r.told.staff, r.told.line), heard, r.told.machine}
		fmt.Fprintf(text, "| %s |\n", strings.Join(cells, " | "))
	}
}

// both is a screen in both languages, without what it says of the money.
func both(screens [2]words.Screen, line [2]string) string {
	parts := func(lang words.Lang, end string) string {
		text := screens[lang].What + end + screens[lang].Do
		if line[lang] != "" {
			text = line[lang] + end + text
		}
		return text
	}
	return parts(words.Zh, "；") + "<br>" + parts(words.En, "; ")
}
