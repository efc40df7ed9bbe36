package report

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"

	"tillgate/agent/words"
)

// By is what the lines of a report are.
type By uint8

// The ways to make a report. Several together make a line of each combination
// that has something in it.
const (
	ByStore By = iota // one line
	ByLane
	ByClerk
	ByWallet
	ByShift
	ByHour // of the clock, over all days: 00 to 23
	ByDay
	ByMonth
)

var byNames = [...]words.Report{words.ReportStore, words.ReportLane, words.ReportClerk, words.ReportWallet, words.ReportShift,
	words.ReportHour, words.ReportDay, words.ReportMonth}

// ParseBy reads "store", "lane", "clerk", "wallet", "shift", "hour", "day" and "month".
func ParseBy(name string) (By, error) {
	for i, known := range byNames {
		if name == string(known) {
			return By(i), nil
		}
	}
	return ByStore, fmt.Errorf("%w: it is made by store, lane, clerk, wallet, shift, hour, day or month, not by %q", ErrQuery, name)
}

// Name is the heading of the column that tells the lines apart.
func (b By) Name() words.Report { return byNames[b] }

// Line is a line of a report.
type Line struct {
	Keys []string // what it is the line of, one for each By: the lane, clerk, wallet or shift, "09", "2026-11-24", "2026-11"
	Figures
}

// Table is a report.
type Table struct {
	Query Query
	By    []By
	Lines []Line  // in the order of their keys
	Total Figures // of everything that was wanted
}

// linesMax bounds what a report keeps, to some 10 MB: a year's days of 50 lanes.
const linesMax = 20_000

// Group counts what a query wants, a line for each combination of what it is made
// by. Without any by it has a total only.
func Group(ctx context.Context, src Source, q Query, by ...By) (Table, error) {
	t := newTable(q, by...)
	for _, b := range by {
		if int(b) >= len(byNames) {
			return t.Table, fmt.Errorf("%w: nothing is counted by %d", ErrQuery, b)
		}
	}
	err := walk(ctx, src, q, nil, t.add)
	if err == nil && len(t.Lines) > linesMax {
		err = fmt.Errorf("%w: it would have more than %d lines; choose a shorter time", ErrQuery, linesMax)
	}
	if err != nil {
		return Table{Query: q, By: by}, err
	}
	return t.sorted(), nil
}

// table is a report that is being made.
type table struct {
	Table
	at  map[string]int // where a line is
	key []byte
}

func newTable(q Query, by ...By) *table {
	return &table{Table: Table{Query: q, By: by}, at: map[string]int{}}
}

// add counts one movement; it is false once there are too many lines.
func (t *table) add(m *Movement) bool {
	t.Total.add(m)
	if len(t.By) == 0 || !m.counts() {
		return true
	}
	t.key = t.key[:0]
	for _, b := range t.By {
		t.key = b.appendKey(t.key, m, t.Query.Calendar)
	}
	i, ok := t.at[string(t.key)]
	if !ok {
		i = len(t.Lines)
		t.at[string(t.key)] = i
		t.Lines = append(t.Lines, Line{Keys: keysOf(t.By, m, t.Query.Calendar)})
	}
	t.Lines[i].add(m)
	return len(t.Lines) <= linesMax
}

// sorted is the report with its lines in order.
func (t *table) sorted() Table {
	slices.SortFunc(t.Lines, t.order)
	return t.Table
}

// appendKey writes what tells a movement's line from the others.
func (b By) appendKey(key []byte, m *Movement, c Calendar) []byte {
	if text, ok := b.text(m); ok {
		key = binary.AppendUvarint(key, uint64(len(text))) // two texts beside each other stay two
		return append(key, text...)
	}
	return binary.AppendVarint(key, b.number(m, c))
}

// text is what a movement is told apart by, where that is a text.
func (b By) text(m *Movement) (text string, ok bool) {
	switch b {
	case ByLane:
		return m.Lane, true
	case ByClerk:
		return m.Clerk, true
	case ByWallet:
		return m.Wallet, true
	}
	return "", b == ByStore
}

// number is what a movement is told apart by, where that is a number.
func (b By) number(m *Movement, c Calendar) int64 {
	switch b {
	case ByShift:
		return m.Shift
	case ByHour:
		return hour(m.At)
	case ByMonth:
		year, month, _ := civil(c.day(m.At)).Date()
		return int64(year)*12 + int64(month)
	}
	return c.day(m.At)
}

func keysOf(by []By, m *Movement, c Calendar) (keys []string) {
	for _, b := range by {
		keys = append(keys, b.key(m, c))
	}
	return keys
}

func (b By) key(m *Movement, c Calendar) string {
	switch b {
	case ByShift:
		return strconv.FormatInt(m.Shift, 10)
	case ByHour:
		return twoDigits(hour(m.At))
	case ByDay:
		return civil(c.day(m.At)).Format(dayText)
	case ByMonth:
		return civil(c.day(m.At)).Format(monthText)
	}
	text, _ := b.text(m)
	return text
}

func twoDigits(n int64) string { return string([]byte{'0' + byte(n/10), '0' + byte(n%10)}) }

// order is the order of two lines: shifts as they came, hours from the day's
// beginning, the rest by name.
func (t *Table) order(a, b Line) int {
	for i, by := range t.By {
		if n := by.order(a.Keys[i], b.Keys[i], t.Query.Calendar); n != 0 {
			return n
		}
	}
	return 0
}

func (b By) order(x, y string, c Calendar) int {
	if b != ByShift && b != ByHour {
		return cmp.Compare(x, y)
	}
	m, _ := strconv.Atoi(x) // both are numbers that key has written
	n, _ := strconv.Atoi(y)
	if b == ByHour {
		m, n = (m+24-c.Starts)%24, (n+24-c.Starts)%24
	}
	return cmp.Compare(m, n)
}

// Label is a line's key as people read it.
func (b By) Label(key string, lang words.Lang) string {
	switch {
	case b == ByStore:
		return words.ReportWholeStore.In(lang)
	case b == ByShift && key == "0", b == ByClerk && key == "":
		return words.ReportNobody.In(lang)
	case b == ByWallet && key == "":
		return words.ReportNotChosen.In(lang)
	case b == ByWallet:
		return words.Network(key, lang)
	}
	return key
}
