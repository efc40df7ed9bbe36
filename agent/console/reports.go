package console

import (
	"bytes"
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"tillgate/agent/duty"
	"tillgate/agent/report"
	"tillgate/agent/words"
)

// reportsBy are the ways to make a report that the page offers, first what it
// shows when nobody chooses.
var reportsBy = []report.By{report.ByDay, report.ByLane, report.ByClerk, report.ByWallet, report.ByHour, report.ByMonth}

// nameOfBy is how a way is called in an address.
func nameOfBy(b report.By) string { return string(b.Name()) }

// reportView is a report as its page shows it.
type reportView struct {
	by       report.By
	from, to string // days
	table    report.Table
	chart    string // SVG of our own
}

// address is where the report is, or a file of it.
func (v reportView) address(path string, by report.By) string {
	return path + "?" + url.Values{"by": {nameOfBy(by)}, "from": {v.from}, "to": {v.to}}.Encode()
}

// reportOf reads what an address asks for: by day, of the month so far, where it
// says nothing.
func (c *console) reportOf(r *http.Request, g guest) (v reportView, q report.Query, err error) {
	ask := r.URL.Query()
	if v.by, err = report.ParseBy(cmp.Or(ask.Get("by"), nameOfBy(reportsBy[0]))); err != nil {
		return v, q, err
	}
	q.Calendar = c.Desk.Calendar()
	today := q.Calendar.Today(time.UnixMilli(c.Desk.Clock().Wall))
	v.from, v.to = cmp.Or(ask.Get("from"), today[:len("2006-01")]+"-01"), cmp.Or(ask.Get("to"), today)
	if q.Lanes, err = c.Desk.Sees(g.ID); err != nil {
		return v, q, err
	}
	if q.From, _, err = q.Calendar.Day(v.from); err != nil {
		return v, q, err
	}
	_, q.To, err = q.Calendar.Day(v.to)
	return v, q, err
}

// refuseReport says why there is no report.
func (c *console) refuseReport(w http.ResponseWriter, g guest, err error) {
	status, why := http.StatusForbidden, reply{}
	if errors.Is(err, report.ErrDay) || errors.Is(err, report.ErrQuery) {
		status, why = http.StatusUnprocessableEntity, speak(words.PageNotADay)
	} else {
		why = c.told(err)
	}
	c.show(w, status, c.sheet(words.PageReports, &g), alone(why))
}

func (c *console) serveReport(w http.ResponseWriter, r *http.Request, g guest) {
	v, q, err := c.reportOf(r, g)
	if err == nil {
		v.table, err = report.Group(r.Context(), c.Desk.Figures(), q, v.by)
	}
	if err != nil {
		c.refuseReport(w, g, err)
		return
	}
	v.chart = chartOf(v)
	c.show(w, http.StatusOK, c.sheet(words.PageReports, &g), reportPage(v))
}

// chartOf draws what was received: shares of ways to pay, else a bar for each line.
func chartOf(v reportView) string {
	chart := report.Chart{ID: "chart", Title: words.ReportReceived, Note: v.from + " – " + v.to, Night: true}
	points := v.table.Points(report.Figures.Received)
	if len(points) == 0 {
		return ""
	}
	if v.by == report.ByWallet {
		return string(chart.Shares(points))
	}
	return string(chart.Bars(points))
}

// serveReportFile is a report's table as CSV, or each sale and refund of its time.
// That it leaves is written down before.
func (c *console) serveReportFile(w http.ResponseWriter, r *http.Request, g guest) {
	v, q, err := c.reportOf(r, g)
	details := r.URL.Query().Get("what") == "details"
	left := duty.Export{By: g.ID, What: "report", From: time.UnixMilli(q.From), To: time.UnixMilli(q.To), Where: "page"}
	var file bytes.Buffer
	if err == nil && !details {
		if v.table, err = report.Group(r.Context(), c.Desk.Figures(), q, v.by); err == nil {
			left.Rows, err = int64(len(v.table.Lines)), report.ExportTable(&file, v.table)
		}
	} else if sized, ok := c.Desk.Source().(report.Sized); err == nil && ok {
		left.Rows, err = sized.Count(r.Context(), q)
	}
	if err == nil {
		err = c.Desk.Exported(r.Context(), left)
	}
	if err != nil {
		c.refuseReport(w, g, err)
		return
	}
	name := strings.Join([]string{"tillgate", nameOfBy(v.by), v.from, v.to}, "-") + ".csv"
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	if !details {
		w.Write(file.Bytes()) // whoever went away needs no file
		return
	}
	control := http.NewResponseController(w) // a recorder in a test has no deadlines
	_ = control.SetReadDeadline(time.Time{}) // that of the request would end it
	_ = control.SetWriteDeadline(time.Now().Add(fileWithin))
	if _, err := report.ExportDetails(r.Context(), w, c.Desk.Source(), q, nil); err != nil {
		panic(http.ErrAbortHandler) // a cut file must not look like a whole one
	}
}

// fileWithin is for a file of a year's sales on a slow board.
const fileWithin = 5 * time.Minute
