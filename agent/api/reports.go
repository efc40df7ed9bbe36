package api

import (
	"cmp"
	"errors"
	"net/http"
	"strings"
	"time"

	"tillgate/agent/api/client"
	"tillgate/agent/duty"
	"tillgate/agent/report"
)

// fileWithin is for a file of a year's sales on a slow board.
const fileWithin = 5 * time.Minute

// asked is a report that a program wants.
type asked struct {
	by       []report.By
	from, to string // days
	query    report.Query
}

// reportOf reads what an address asks for: by day, of the month so far, where it
// says nothing.
func (a *api) reportOf(r *http.Request, who *caller) (want asked, err error) {
	q := r.URL.Query()
	for name := range strings.SplitSeq(cmp.Or(q.Get("by"), "day"), ",") {
		by, err := report.ParseBy(name)
		if err != nil {
			return want, misread(err.Error())
		}
		want.by = append(want.by, by)
	}
	calendar := a.Desk.Calendar()
	today := calendar.Today(time.UnixMilli(a.Desk.Clock().Wall))
	want.from, want.to = cmp.Or(q.Get("from"), today[:len("2006-01")]+"-01"), cmp.Or(q.Get("to"), today)
	want.query = report.Query{Calendar: calendar, Lanes: who.Lanes}
	if want.query.From, _, err = calendar.Day(want.from); err == nil {
		_, want.query.To, err = calendar.Day(want.to)
	}
	if err != nil {
		return want, misread(err.Error())
	}
	if lane := q.Get("lane"); lane != "" {
		if !who.sees(lane) {
			return want, &problem{reason: noRight, detail: "the lane is not one of this token's"}
		}
		want.query.Lanes = []string{lane}
	}
	if clerk := q.Get("clerk"); clerk != "" {
		want.query.Clerks = []string{clerk}
	}
	if wallet := q.Get("wallet"); wallet != "" {
		want.query.Wallets = []string{wallet}
	}
	return want, nil
}

// getReport answers a report, or a file of it. That a file leaves is written
// down before.
func (a *api) getReport(w http.ResponseWriter, r *http.Request, who *caller) error {
	want, err := a.reportOf(r, who)
	if err != nil {
		return err
	}
	control := http.NewResponseController(w) // a recorder in a test has no deadlines
	_ = control.SetReadDeadline(time.Time{})
	_ = control.SetWriteDeadline(time.Now().Add(fileWithin))
	format, what := cmp.Or(r.URL.Query().Get("format"), "json"), cmp.Or(r.URL.Query().Get("what"), "table")
	switch {
	case format == "json" && what == "table":
		table, err := a.table(r, want)
		if err != nil {
			return err
		}
		return answer(w, http.StatusOK, wireOf(want, table))
	case format == "csv" && what == "table":
		return a.tableFile(w, r, who, want)
	case format == "csv" && what == "details":
		return a.detailsFile(w, r, who, want)
	}
	return misread("format is json or csv; what is table, or with csv details")
}

func (a *api) table(r *http.Request, want asked) (report.Table, error) {
	t, err := report.Group(r.Context(), a.Desk.Figures(), want.query, want.by...)
	if errors.Is(err, report.ErrQuery) {
		err = misread(err.Error())
	}
	return t, err
}

func (a *api) tableFile(w http.ResponseWriter, r *http.Request, who *caller, want asked) error {
	table, err := a.table(r, want)
	if err == nil {
		err = a.leaves(w, r, who, want, int64(len(table.Lines)))
	}
	if err != nil {
		return err
	}
	return report.ExportTable(w, table)
}

func (a *api) detailsFile(w http.ResponseWriter, r *http.Request, who *caller, want asked) error {
	source, rows := a.Desk.Source(), int64(0)
	if sized, ok := source.(report.Sized); ok {
		n, err := sized.Count(r.Context(), want.query)
		if err != nil {
			return err
		}
		rows = n
	}
	if err := a.leaves(w, r, who, want, rows); err != nil {
		return err
	}
	if _, err := report.ExportDetails(r.Context(), w, source, want.query, nil); err != nil {
		panic(http.ErrAbortHandler) // a cut file must not look like a whole one
	}
	return nil
}

// leaves writes down that records are taken away, and begins the file.
func (a *api) leaves(w http.ResponseWriter, r *http.Request, who *caller, want asked, rows int64) error {
	err := a.Desk.Exported(r.Context(), duty.Export{By: who.Name, Program: true, What: "report", From: time.UnixMilli(want.query.From), To: time.UnixMilli(want.query.To), Rows: rows, Where: "api"})
	if err != nil {
		return a.barred(err, "")
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	return nil
}

// wireOf is a report as it is sent.
func wireOf(want asked, t report.Table) client.Report {
	out := client.Report{From: want.from, To: want.to, Lines: []client.ReportLine{}, Total: figuresOf(t.Total)}
	for _, by := range t.By {
		out.By = append(out.By, string(by.Name()))
	}
	for _, line := range t.Lines {
		out.Lines = append(out.Lines, client.ReportLine{Keys: line.Keys, Figures: figuresOf(line.Figures)})
	}
	return out
}

func figuresOf(f report.Figures) client.Figures {
	pending := func(p report.Pending) client.Pending { return client.Pending(p) }
	return client.Figures{Sales: f.Sales, Amount: f.Amount, Discount: f.Discount(), Settled: f.Settled, Refunds: f.Refunds, Refund: f.Refund,
		RefundSettled: f.RefundSettled, Received: f.Received(), Unknown: pending(f.Unknown), Open: pending(f.Open), Frozen: pending(f.Frozen),
		RefundUnknown: pending(f.RefundUnknown), RefundOpen: pending(f.RefundOpen), DepositOpen: pending(f.DepositOpen), Untrusted: f.Untrusted,
		Deposits: client.DepositSums{Taken: pending(f.Taken), Captured: pending(f.Captures), Released: pending(f.Released), Held: pending(f.StillHeld)}}
}
