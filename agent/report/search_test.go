package report_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tillgate/agent/report"
	"tillgate/store/entry"
)

// aTuesday is when the searches of these tests are made.
var aTuesday = time.UnixMilli(at("2026-11-24 15:00:00"))

func TestSearch(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                   "70.1 38 34 32 30 20 20.1 20.2 20.3 14 10 10.1",
		"  \t":               "70.1 38 34 32 30 20 20.1 20.2 20.3 14 10 10.1",
		numberOf(1):          "10 10.1", // a slip's barcode
		numberOf(1) + "\r\n": "10 10.1", // as a scanner types it
		"\x02" + numberOf(3): "20 20.1 20.2 20.3",
		numberOf(2):          "14",
		numberOf(1) + "01":   "10.1",
		numberOf(1) + "02":   "",
		numberOf(99):         "",
		numberOf(7):          "70.1", // its order is lost
		numberOf(2)[18:]:     "14",   // what a customer reads out
		"4200001":            "10",   // the network's number
		"5030001":            "10.1",
		"0001":               "20.1 10 10.1", // the ends of two of them, and 1.00 yuan
		"INV-77":             "20 20.1 20.2 20.3",
		"inv-77":             "20 20.1 20.2 20.3",
		"tea":                "10 10.1",
		"5":                  "10.1", // 5.00 yuan
		"5.00":               "10.1",
		"￥5":                 "10.1",
		"¥5.0":               "10.1",
		"5元":                 "10.1",
		"５．００":               "10.1",
		"５。０":                "10.1",
		"1.00":               "20.1",
		"5.001":              "",
		"2026-11-23":         "14 10",
		"2026/11/23":         "14 10",
		"20261123":           "14 10",
		"2026年11月23日":        "14 10",
		"11-23":              "14 10",
		"11月23日":             "14 10",
		"昨天":                 "14 10",
		"YESTERDAY":          "14 10",
		"今天":                 "70.1 38 34 32 30 20 20.1 20.2 20.3 10.1",
		"today":              "70.1 38 34 32 30 20 20.1 20.2 20.3 10.1",
		"前天":                 "",
		"2026-11-24 09:31":   "20.1",
		"2026-11-24 9:31":    "20.1",
		"11-24 09:31:00":     "20.1",
		"11-24 09:31:01":     "",
		"２０２６－１１－２４　０９：３１": "20.1",
		"2026-11-24 when":                     "",
		"23:59":                               "14",
		"10:00":                               "30 10",
		"2026-02-30":                          "",
		"lunch":                               "",
		"-5.00":                               "",
		"' or 1=1":                            "",
		numberOf(1) + " " + numberOf(2):       "",
		strings.Repeat("9", 100_000):          "",
		"counter-1":                           "", // lanes and people are filters
		"134567890123456789":                  "", // a payment code is in no row
		"1" + strings.Repeat("0", 17) + ".00": "",
	} {
		if got := found(t, report.Query{Search: report.ParseSearch(text, aTuesday, report.Calendar{})}); got != want {
			t.Errorf("%.40q finds %s, want %s", text, got, want)
		}
	}
}

// TestSearchOfDays: a day alone is the shop's, one with a time the calendar's, and
// one without a year is not to come.
func TestSearchOfDays(t *testing.T) {
	t.Parallel()
	night := report.Calendar{Starts: 6}
	for _, row := range []struct {
		now, text, want string
	}{
		{"2026-11-24 15:00:00", "2026-11-23", "20 14 10"},
		{"2026-11-24 05:00:00", "today", "20 14 10"},
		{"2026-11-24 15:00:00", "2026-11-24 05:30", "20"},
		{"2027-01-05 12:00:00", "11-23", "20 14 10"},
		{"2026-11-23 12:00:00", "11-24", ""}, // of 2025
		{"2025-11-24 12:00:00", "11-24", ""},
	} {
		s := report.ParseSearch(row.text, time.UnixMilli(at(row.now)), night)
		if got := found(t, report.Query{Search: s, Calendar: night}); got != row.want {
			t.Errorf("at %s %q finds %s, want %s", row.now, row.text, got, row.want)
		}
	}
}

// TestSearchShowsTheWay: a whole number is told to the source, which may go there
// at once; a part of one is not.
func TestSearchShowsTheWay(t *testing.T) {
	t.Parallel()
	of := numberOf(1)
	for text, want := range map[string][2]string{
		of: {of, ""}, entry.RefundNumber(of, 7): {"", of + "07"}, of[1:]: {}, of + "51": {"", of + "51"}, of + "82": {"", of + "82"}, of + "99": {}, "": {}, "12.50": {}, of[:23] + "x": {},
		"１" + of[1:]: {of, ""},
	} {
		s := report.ParseSearch(text, aTuesday, report.Calendar{})
		if s.Order != want[0] || s.Refund != want[1] || s.Empty() != (text == "") {
			t.Errorf("%q leads to %q and %q, empty %v", text, s.Order, s.Refund, s.Empty())
		}
	}
}

// TestSearchTakesAnything: no text makes it stumble, and what stands in a title is
// found, whatever else it may mean.
func TestSearchTakesAnything(t *testing.T) {
	t.Parallel()
	look := func(t *rapid.T, text, title string) int {
		page, err := report.Details(context.Background(), journal{{Order: 1, Title: title, Number: numberOf(1), Amount: 1}},
			report.Query{Search: report.ParseSearch(text, aTuesday, report.Calendar{})}, 9)
		if err != nil {
			t.Fatal(err)
		}
		return len(page.Movements)
	}
	rapid.Check(t, func(t *rapid.T) {
		look(t, rapid.OneOf(rapid.String(), rapid.StringMatching(`[0-9年月日:/. -]{0,20}`)).Draw(t, "anything"), rapid.String().Draw(t, "any title"))
		part := rapid.StringMatching(`[0-9A-Za-zＡ（１。停车月日:/.-]{1,12}`).Draw(t, "part")
		if look(t, part, "3号 "+strings.ToUpper(part)+" east") != 1 {
			t.Errorf("%q is not found in a title that has it", part)
		}
	})
}
