package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"tillgate/agent/pay"
	"tillgate/agent/words"
)

// depositOperations are the calls of deposits in the order in which one meets
// them. Their words are walked here, and their answers played through the machine.
var depositOperations = []operation{
	{"hold", "Hold: a deposit is asked for with a payment code"},
	{"show-hold", "Show hold: a deposit's QR code is asked for, or looked at"},
	{"hold-query", "Hold query: what became of a deposit"},
	{"hold-undo", "Hold undo: a deposit whose fate is not known is given up"},
	{"capture", "Capture: a part of a deposit, or all of it, is taken"},
	{"capture-query", "Capture query: what became of a capture"},
	{"release", "Release: a part of a deposit, or all of it, goes back"},
	{"release-query", "Release query: what became of a release"},
}

// wordsFor are what is read of an answer about a deposit: by payer and cashier
// where one is asked for and refused, by the cashier alone of what becomes of it.
func wordsFor(network string, c pay.Case, lang words.Lang) (payer, staff [2]string) {
	switch {
	case !asksPayer(c.Op):
		return payer, words.MoveTrouble(network, c.Code, lang)
	case c.State == pay.Declined || c.State == pay.Mismatch:
		return words.Refusal(network, c.Code, lang), words.RefusalStaff(network, c.Code, lang)
	}
	return payer, words.HoldOpen(network, c.Code, lang)
}

func asksPayer(op string) bool { return op == "hold" || op == "show-hold" || op == "hold-query" }

// TestEveryCodeOfDepositsHasWords walks what the networks document of deposits.
func TestEveryCodeOfDepositsHasWords(t *testing.T) {
	t.Parallel()
	for _, n := range documented {
		for _, c := range n.cases() {
			if !slices.ContainsFunc(depositOperations, func(o operation) bool { return o.op == c.Op }) || c.State == pay.Paid {
				continue
			}
			for _, lang := range languages {
				checkDeposit(t, n.network, c, lang)
			}
		}
	}
}

func checkDeposit(t *testing.T, network string, c pay.Case, lang words.Lang) {
	t.Helper()
	payer, staff := wordsFor(network, c, lang)
	_, unlisted := wordsFor(network, pay.Case{Op: c.Op, Code: "no such code", State: c.State}, lang)
	heard := words.Declined(network, c.Code)
	for _, text := range [][2]string{payer, staff} {
		if utf8.RuneCountInString(text[0]) > whatMax[lang] || utf8.RuneCountInString(text[1]) > doMax[lang] {
			t.Errorf("%s, %s of a %s: it does not fit: %q", network, c.Code, c.Op, text)
		}
	}
	switch {
	case staff[0] == "" || staff[1] == "" || staff == unlisted:
		t.Errorf("%s, %s of a %s: there are no words for it: %q", network, c.Code, c.Op, staff)
	case !asksPayer(c.Op) || c.State != pay.Declined: // the screens of one that is not over are the machine's
	case payer[0] == "" || payer[1] == "":
		t.Errorf("%s, %s of a %s: the payer reads %q", network, c.Code, c.Op, payer)
	case len(heard.Parts) == 0:
		t.Errorf("%s, %s of a %s: a refusal is not heard", network, c.Code, c.Op)
	case c.Fault && payer == staff:
		t.Errorf("%s, %s of a %s: the cashier reads no more of a fault than the payer: %q", network, c.Code, c.Op, staff)
	}
}

// writeDeposits adds what a network documents of deposits to its document.
func writeDeposits(text *strings.Builder, n document) {
	for _, o := range depositOperations {
		rows := depositRows(n, o.op)
		if len(rows) == 0 {
			continue
		}
		fmt.Fprintf(text, "\n## %s\n\n| code | proves | payer | cashier | heard |\n|---|---|---|---|---|\n", o.title)
		for _, r := range rows {
			fmt.Fprintf(text, "| %s | %s | %s |\n", strings.Join(r.codes, "<br>"), r.proof, r.read)
		}
	}
}

// depositRow is the codes of a call that prove and read the same.
type depositRow struct {
	codes       []string
	state       pay.State
	proof, read string
}

func depositRows(n document, op string) (rows []depositRow) {
	for _, c := range n.cases() {
		if c.Op != op {
			continue
		}
		next := depositRow{codes: []string{"`" + c.Code + "`"}, state: c.State, proof: proof(c), read: readOf(n.network, c)}
		if i := slices.IndexFunc(rows, func(r depositRow) bool { return r.proof == next.proof && r.read == next.read }); i >= 0 {
			rows[i].codes = append(rows[i].codes, next.codes...)
		} else {
			rows = append(rows, next)
		}
	}
	order := []pay.State{pay.Paid, pay.Returned, pay.Declined, pay.Waiting, pay.Unknown, pay.Mismatch}
	slices.SortStableFunc(rows, func(a, b depositRow) int {
		return cmp.Compare(slices.Index(order, a.state), slices.Index(order, b.state))
	})
	return rows
}

// readOf is the three last cells of a row.
func readOf(network string, c pay.Case) string {
	if c.State == pay.Paid {
		return "– | – | –"
	}
	payerZh, staffZh := wordsFor(network, c, words.Zh)
	payerEn, staffEn := wordsFor(network, c, words.En)
	in := func(zh, en [2]string) string { return zh[0] + "；" + zh[1] + "<br>" + en[0] + "; " + en[1] }
	payer, heard := "–", "–"
	if asksPayer(c.Op) && c.State == pay.Declined {
		p := words.Declined(network, c.Code)
		payer, heard = in(payerZh, payerEn), p.Chinese()+"<br>"+p.English()
	}
	return strings.Join([]string{payer, in(staffZh, staffEn), heard}, " | ")
}
