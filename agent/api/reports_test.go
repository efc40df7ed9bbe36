package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/api/client"
	"tillgate/agent/duty"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// readAs asks for something and reads the answer.
func readAs[T any](s *shop, token, path string) (out T) {
	s.t.Helper()
	got := s.serve(request(http.MethodGet, path, token, "", ""))
	if err := json.Unmarshal(got.text, &out); err != nil || got.status != http.StatusOK {
		s.t.Fatalf("%s: %d %s, %v", path, got.status, got.text, err)
	}
	return out
}

// traded is a shop that has sold on both lanes, and given a part back.
func traded(t *testing.T) *shop {
	t.Helper()
	s := openShop(t)
	o := s.costs("a", "lane-0", 1250)
	s.costs("b", "lane-1", 2000)
	s.post("/sales", "c", owes).answer(t) // nobody has paid
	got, _ := s.gives(tillToken, "back", client.RefundRequest{Order: o.Key, Amount: 250, Reason: "one dish"})
	got.answer(t)
	synctest.Wait()
	return s
}

// TestReports: the figures of every way to make one, of what the token may see.
func TestReports(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := traded(t)
		defer func() { s.stop() }()
		day := time.Now().In(time.FixedZone("", 8*3600)).Format(time.DateOnly)
		for _, c := range []struct {
			token, query string
			keys         string // of the lines
			received     money.Fen
		}{
			{tillToken, "", day, 3000},
			{tillToken, "?by=store", "", 3000},
			{tillToken, "?by=month", day[:7], 3000},
			{tillToken, "?by=lane", "lane-0 lane-1", 3000},
			{tillToken, "?by=wallet", " cash", 3000}, /* nobody has chosen, of what is open */
			{tillToken, "?by=day,lane", day + " lane-0 " + day + " lane-1", 3000},
			{tillToken, "?by=clerk", " Wang", 3000}, // lane-1 is nobody's
			{tillToken, "?by=clerk&clerk=Wang", "Wang", 1000},
			{tillToken, "?by=lane&lane=lane-1", "lane-1", 2000},
			{tillToken, "?by=wallet&wallet=wechat", "", 0},
			{lane0Token, "?by=lane", "lane-0", 1000},
			{tillToken, "?by=lane&from=1999-01-01&to=1999-01-31", "", 0},
		} {
			r := readAs[client.Report](s, c.token, "/reports"+c.query)
			var keys []string
			var sum money.Fen
			for _, line := range r.Lines {
				keys = append(keys, line.Keys...)
				sum += line.Received
			}
			if got := strings.Join(keys, " "); got != c.keys || r.Total.Received != c.received || sum != c.received {
				t.Errorf("%s: lines %q, %s in all, want %q and %s", c.query, got, r.Total.Received, c.keys, c.received)
			}
		}
		total := readAs[client.Report](s, tillToken, "/reports?by=store").Total
		if total.Sales != 2 || total.Amount != 3250 || total.Refunds != 1 || total.Refund != 250 || total.Open != (client.Pending{Count: 1, Amount: 1250}) {
			t.Errorf("the total is %+v", total)
		}
		for query, status := range map[string]int{"?by=moon": 400, "?from=yesterday": 400, "?from=2000-02-01&to=2000-01-01": 400, "?format=xml": 400, "?what=details": 400} {
			if got := s.get("/reports" + query); got.status != status {
				t.Errorf("%s: %d %s", query, got.status, got.text)
			}
		}
		if got := s.serve(request(http.MethodGet, "/reports?lane=lane-1", lane0Token, "", "")); got.status != http.StatusForbidden {
			t.Errorf("another lane's: %d", got.status)
		}
	})
}

// TestReportFiles: a table and the details as CSV, each written down before it leaves.
func TestReportFiles(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := traded(t)
		defer func() { s.stop() }()
		for query, c := range map[string]struct {
			lines int
			has   string
			rows  int64
		}{
			"?format=csv&by=lane":             {4, "lane-1", 2},
			"?format=csv&what=details":        {5, "退款 Refund", 0},
			"?format=csv&by=day&lane=lane-9x": {0, "", 0},
		} {
			before := len(kinds[entry.ExportedBody](s, entry.Exported))
			token := tillToken
			if c.lines == 0 {
				token = lane0Token // who may not see it: nothing leaves, and nothing is written
			}
			got := s.serve(request(http.MethodGet, "/reports"+query, token, "", ""))
			written := kinds[entry.ExportedBody](s, entry.Exported)[before:]
			switch {
			case c.lines == 0:
				if got.status != http.StatusForbidden || len(written) != 0 {
					t.Errorf("%s: %d, written %+v", query, got.status, written)
				}
			case got.status != http.StatusOK || !strings.HasPrefix(got.header.Get("Content-Type"), "text/csv") || strings.Count(string(got.text), "\r\n") != c.lines || !strings.Contains(string(got.text), c.has):
				t.Errorf("%s: %d %s", query, got.status, got.text)
			case len(written) != 1 || written[0].By != "till" || written[0].Where != "api" || written[0].What != "report" || written[0].From == 0 || written[0].To == 0:
				t.Errorf("%s: written %+v", query, written)
			case c.rows != 0 && written[0].Rows != c.rows:
				t.Errorf("%s: %d rows are written", query, written[0].Rows)
			}
		}
	})
}

// TestShifts: who is on duty, who was, and the figures of each, of the lanes that the token may see.
func TestShifts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := traded(t)
		defer func() { s.stop() }()
		now := readAs[client.Shifts](s, tillToken, "/shifts/current").Shifts
		if len(now) != 1 || now[0].Name != "Wang" || now[0].State != "on" || now[0].From == "" || len(now[0].Lanes) != 1 {
			t.Fatalf("on duty: %+v", now)
		}
		at := fmt.Sprintf("/shifts/%d", now[0].Key)
		f := readAs[client.ShiftFigures](s, tillToken, at)
		if f.Total.Sales != 1 || f.Total.Received != 1000 || len(f.Wallets) != 1 || f.Wallets[0].Wallet != "cash" || f.Pending.Count != 1 {
			t.Errorf("its figures: %+v", f)
		}
		if _, err := s.desk.HandOver(t.Context(), duty.HandOver{By: now[0].Person, Shift: entry.Seq(now[0].Key), Where: "lane-0"}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.desk.ClockOn(t.Context(), duty.ClockOn{Person: "local-1"}); err != nil {
			t.Fatal(err)
		}
		all := readAs[client.Shifts](s, tillToken, "/shifts").Shifts
		if len(all) != 2 || all[0].Name != "Li" || len(all[0].Lanes) != 0 || all[1].State != "handed-over" || all[1].Until == "" {
			t.Errorf("shifts: %+v", all)
		}
		if again := readAs[client.ShiftFigures](s, tillToken, at); again.Total != f.Total || again.Nobody != f.Nobody {
			t.Errorf("its figures when it was handed over: %+v, before %+v", again, f)
		}
		page := readAs[client.Shifts](s, tillToken, "/shifts?limit=1")
		if next := readAs[client.Shifts](s, tillToken, fmt.Sprintf("/shifts?limit=1&before=%d", page.Before)); len(page.Shifts) != 1 || len(next.Shifts) != 1 || next.Shifts[0].Key != now[0].Key {
			t.Errorf("pages: %+v, %+v", page, next)
		}
		if mine := readAs[client.Shifts](s, lane0Token, "/shifts").Shifts; len(mine) != 1 || mine[0].Name != "Wang" { // not the whole store's
			t.Errorf("of lane-0: %+v", mine)
		}
		for path, status := range map[string]int{fmt.Sprintf("/shifts/%d", all[0].Key): 404, "/shifts/1": 404, "/shifts/x": 404} {
			if got := s.serve(request(http.MethodGet, path, lane0Token, "", "")); got.status != status || got.cause() != string(noShift) {
				t.Errorf("%s: %d %s", path, got.status, got.text)
			}
		}
	})
}
