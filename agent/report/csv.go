package report

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"

	"tillgate/agent/words"
)

// Progress hears how many orders have been read of how many: of 0 while that is
// not known. It is called a thousand orders apart, and at the end, when the two
// are the same.
type Progress func(done, total int64)

const (
	progressEvery = 1000     // orders
	byteOrderMark = "\ufeff" // without it Excel in Chinese takes a file for GBK
	secondText    = "2006-01-02 15:04:05"
)

// detailColumns are the columns of details before those of money.
var detailColumns = []words.Report{words.ReportKind, words.ReportTime, words.ReportTrusted, words.ReportState, words.ReportOrderNumber, words.ReportRefundNumber,
	words.ReportNetworkNumber, words.ReportLane, words.ReportShift, words.ReportClerk, words.ReportWallet, words.ReportNetwork, words.ReportMerchant,
	words.ReportTitle, words.ReportRef, words.ReportValue}

// ExportDetails writes what a query wants as CSV (RFC 4180) for a spreadsheet, a
// line for each sale, refund and part of a deposit while it is read, with a heading in both
// languages. What is neither a paid sale nor a refund has empty cells under the report's own
// columns of money, so that each of these sums to the report's figure. It answers how many
// lines there are besides the heading.
func ExportDetails(ctx context.Context, w io.Writer, src Source, q Query, progress Progress) (lines int64, err error) {
	var done, total int64
	if sized, ok := src.(Sized); ok && progress != nil {
		if total, err = sized.Count(ctx, q); err != nil {
			return 0, fmt.Errorf("count orders for an export: %w", err)
		}
	}
	out := newSheet(w)
	columns := moneyColumns()
	out.heading(detailColumns)
	for _, c := range columns {
		out.add(c.Name.Both())
	}
	out.end()
	err = walk(ctx, src, q, func() {
		if done++; progress != nil && done%progressEvery == 0 {
			progress(done, total)
		}
	}, func(m *Movement) bool {
		lines++
		out.details(m)
		var f Figures
		f.add(m)
		for _, c := range columns {
			if m.State != Paid || m.kind() == Deposits {
				out.add("")
			} else {
				out.add(c.Text(f))
			}
		}
		return out.end()
	})
	if err == nil {
		err = out.close()
	}
	if err != nil {
		return 0, err
	}
	if progress != nil {
		progress(done, done)
	}
	return lines, nil
}

// moneyColumns are a report's columns of money that has moved.
func moneyColumns() (columns []Column) {
	for _, c := range Columns() {
		switch c.Name {
		case words.ReportAmount, words.ReportDiscount, words.ReportSettled, words.ReportRefund, words.ReportRefundSettled, words.ReportReceived:
			columns = append(columns, c)
		}
	}
	return columns
}

// ExportTable writes a report as CSV, its total last.
func ExportTable(w io.Writer, t Table) error {
	out := newSheet(w)
	columns := Columns()
	for _, b := range t.By {
		out.add(b.Name().Both())
	}
	for _, c := range columns {
		out.add(c.Name.Both())
	}
	out.end()
	for _, line := range t.Lines {
		for i, b := range t.By {
			out.text(b.both(line.Keys[i]))
		}
		out.figures(columns, line.Figures)
	}
	for i := range t.By {
		if i == 0 {
			out.add(words.ReportTotal.Both())
		} else {
			out.add("")
		}
	}
	out.figures(columns, t.Total)
	return out.close()
}

// both is a line's key in both languages, where they differ.
func (b By) both(key string) string {
	zh, en := b.Label(key, words.Zh), b.Label(key, words.En)
	if zh == en {
		return zh
	}
	return zh + " " + en
}

// sheet writes lines of cells.
type sheet struct {
	csv   *csv.Writer
	cells []string
	err   error
}

func newSheet(w io.Writer) *sheet {
	s := &sheet{csv: csv.NewWriter(w)}
	s.csv.UseCRLF = true
	_, s.err = io.WriteString(w, byteOrderMark)
	return s
}

// add is a cell that is ours, and safe.
func (s *sheet) add(cell string) { s.cells = append(s.cells, cell) }

// text is a cell that somebody else has written.
func (s *sheet) text(cell string) { s.add(harmless(cell)) }

func (s *sheet) heading(columns []words.Report) {
	for _, c := range columns {
		s.add(c.Both())
	}
}

func (s *sheet) figures(columns []Column, f Figures) {
	for _, c := range columns {
		s.add(c.Text(f))
	}
	s.end()
}

// end ends the line; it is false when nobody takes it.
func (s *sheet) end() bool {
	if s.err == nil {
		s.err = s.csv.Write(s.cells)
	}
	s.cells = s.cells[:0]
	return s.err == nil
}

func (s *sheet) close() error {
	s.csv.Flush()
	if s.err == nil {
		s.err = s.csv.Error()
	}
	if s.err != nil {
		return fmt.Errorf("write an export: %w", s.err)
	}
	return nil
}

// details are the cells of a movement before those of money.
func (s *sheet) details(m *Movement) {
	trusted := words.ReportNo
	if m.Trusted {
		trusted = words.ReportYes
	}
	s.add(m.Is().Both())
	s.add(words.China(time.UnixMilli(m.At)).Format(secondText))
	s.add(trusted.Both())
	s.add(m.Says().Both())
	s.text(m.Number)
	s.text(m.RefundNumber)
	s.text(m.NetworkNumber)
	s.text(m.Lane)
	s.add(ByShift.both(strconv.FormatInt(m.Shift, 10)))
	s.text(ByClerk.both(m.Clerk))
	s.text(ByWallet.both(m.Wallet))
	s.text(m.Network)
	s.text(m.Merchant)
	s.text(m.Title)
	s.text(m.Ref)
	s.add(m.Amount.String())
}

// harmless is a text that a spreadsheet shows and does not compute. A formula
// gets an apostrophe before it, also behind a semicolon, which some countries'
// spreadsheets take for the end of a cell (OWASP, CSV injection). What begins
// with a digit gets a tab behind it, as in Alipay's bills: Excel keeps 15 digits
// of a number and would turn 1E5 and 3-1 into something else.
func harmless(text string) string {
	var b strings.Builder
	begins := true
	for _, r := range text {
		switch {
		case unicode.IsControl(r) || r == unicode.ReplacementChar:
			r = ' '
		case begins && strings.ContainsRune("=+-@＝＋－＠", r):
			b.WriteByte('\'')
		}
		begins = r == ';' || begins && (unicode.IsSpace(r) || r == '"' || r == '\'')
		b.WriteRune(r)
	}
	if cell := strings.TrimSpace(b.String()); cell != "" && '0' <= cell[0] && cell[0] <= '9' {
		b.WriteByte('\t')
	}
	return b.String()
}
