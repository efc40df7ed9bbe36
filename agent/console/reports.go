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
	left := duty.Export{By: g.ID, What: "report", From: time.UnixMilli(q.From), To: time.UnixMilli(q.To), Where: "page"}
	if err == nil && r.URL.Query().Get("what") == "details" {
		c.serveDetails(w, r, g, v, q, left)
		return
	}
	var file bytes.Buffer
	if err == nil {
		if v.table, err = report.Group(r.Context(), c.Desk.Figures(), q, v.by); err == nil {
			left.Rows, err = int64(len(v.table.Lines)), report.ExportTable(&file, v.table)
		}
	}
	if err == nil {
		err = c.Desk.Exported(r.Context(), left)
	}
	if err != nil {
		c.refuseReport(w, g, err)
		return
	}
	v.names(w.Header())
	w.Write(file.Bytes()) // whoever went away needs no file
}

// serveDetails is each sale and refund of a report's time, which may take long:
// one file at a time for each session, which its page follows under its name.
func (c *console) serveDetails(w http.ResponseWriter, r *http.Request, g guest, v reportView, q report.Query, left duty.Export) {
	name := r.URL.Query().Get("run")
	one, ctx, ok := c.files.begin(r.Context(), g.token, name[:min(len(name), tokenBytesMax)])
	if !ok {
		c.show(w, http.StatusConflict, c.sheet(words.PageReports, &g), alone(speak(words.PageFileBusy)))
		return
	}
	var err error
	if sized, can := c.Desk.Source().(report.Sized); can {
		if left.Rows, err = sized.Count(ctx, q); err == nil {
			c.files.change(one, func(l *leaving) { l.Total = left.Rows })
		}
	}
	if err == nil {
		err = c.Desk.Exported(ctx, left)
	}
	if err != nil {
		c.files.end(one, fileBroken)
		c.refuseReport(w, g, err)
		return
	}
	v.names(w.Header())
	c.writeDetails(ctx, w, q, one)
}

// names says that what follows is a file, and how it is called.
func (v reportView) names(h http.Header) {
	name := strings.Join([]string{"tillgate", nameOfBy(v.by), v.from, v.to}, "-") + ".csv"
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
}
