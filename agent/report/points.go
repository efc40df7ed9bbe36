package report

import (
	"cmp"
	"math/bits"
	"slices"
	"strconv"
	"time"

	"tillgate/agent/words"
	"tillgate/store/money"
)

// Point is one figure of a chart.
type Point struct {
	Key    string // what it is of, as in Line
	Zh, En string // the same as people read it
	Value  money.Fen
}

// pointsMax is how many days or months a chart is filled up to.
const pointsMax = 400

// Points are one figure of a report with one By, in the order of its lines. Days,
// months and hours without a line stand between the others as zero: days and
// months from the first to the last that the query asks for, or where it has no
// bounds that has something, all hours.
func (t Table) Points(of func(Figures) money.Fen) (points []Point) {
	if len(t.By) != 1 {
		return nil
	}
	values := map[string]money.Fen{}
	for _, line := range t.Lines {
		values[line.Keys[0]] = of(line.Figures)
	}
	keys := t.between()
	if keys == nil {
		for _, line := range t.Lines {
			keys = append(keys, line.Keys[0])
		}
	}
	for _, key := range keys {
		points = append(points, Point{Key: key, Zh: t.By[0].Label(key, words.Zh), En: t.By[0].Label(key, words.En), Value: values[key]})
	}
	return points
}

// between are the keys of all days, months or hours; nil where there are no such,
// or more than a chart shows.
func (t Table) between() (keys []string) {
	c := t.Query.Calendar
	if t.By[0] == ByHour {
		for n := range 24 {
			keys = append(keys, twoDigits(int64((n+c.Starts)%24)))
		}
		return keys
	}
	layout, step := dayText, [2]int{0, 1}
	if t.By[0] == ByMonth {
		layout, step = monthText, [2]int{1, 0}
	}
	first, last, ok := t.ends(layout)
	if t.By[0] != ByDay && t.By[0] != ByMonth || !ok {
		return nil
	}
	for at := first; !at.After(last); at = at.AddDate(0, step[0], step[1]) {
		if keys = append(keys, at.Format(layout)); len(keys) > pointsMax {
			return nil
		}
	}
	return keys
}

// ends are the first and the last day or month.
func (t Table) ends(layout string) (first, last time.Time, ok bool) {
	c := t.Query.Calendar
	var from, to string
	if n := len(t.Lines); n > 0 {
		from, to = t.Lines[0].Keys[0], t.Lines[n-1].Keys[0]
	}
	if t.Query.From != 0 {
		from = civil(c.day(t.Query.From)).Format(layout)
	}
	if t.Query.To != 0 {
		to = civil(c.day(t.Query.To - 1)).Format(layout)
	}
	first, err := time.Parse(layout, from)
	last, wrong := time.Parse(layout, to)
	return first, last, err == nil && wrong == nil
}

// total is the sum of what is above zero, and of everything.
func total(points []Point) (above, all money.Fen) {
	for _, p := range points {
		all += p.Value
		above += max(p.Value, 0)
	}
	return above, all
}

// part is v of whole in so many units, rounded down; 0 <= v <= whole, whole > 0.
func part(v, whole money.Fen, units int64) int64 {
	hi, lo := bits.Mul64(uint64(v), uint64(units))
	n, _ := bits.Div64(hi, lo, uint64(whole))
	return int64(n)
}

// permille are the points' shares of what is above zero, in thousandths that sum
// to a thousand: rounded down, and what is left over given to those that lost
// most by it, the first of equals first. All are 0 where nothing is above zero.
func permille(points []Point) []int64 {
	shares := make([]int64, len(points))
	whole, _ := total(points)
	if whole == 0 {
		return shares
	}
	left := int64(1000)
	order := make([]int, 0, len(points))
	for i, p := range points {
		if p.Value > 0 {
			shares[i] = part(p.Value, whole, 1000)
			left -= shares[i]
			order = append(order, i)
		}
	}
	lost := func(i int) uint64 { // what is below the last thousandth, times whole
		_, rest := bits.Mul64(uint64(points[i].Value), 1000)
		return rest - uint64(shares[i])*uint64(whole) // both have the same high half but for a borrow, which wraps
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(lost(b), lost(a)) })
	for _, i := range order[:left] {
		shares[i]++
	}
	return shares
}

// percent writes thousandths: 312 is "31.2%".
func percent(permille int64) string {
	return strconv.FormatInt(permille/10, 10) + "." + strconv.FormatInt(permille%10, 10) + "%"
}

// yuan writes an amount with its thousands apart, "12,345.60"; short leaves out
// fen that are none.
func yuan(f money.Fen, short bool) string {
	text := f.String()
	whole, fen := text[:len(text)-3], text[len(text)-3:]
	sign := 0
	if f < 0 {
		sign = 1
	}
	for at := len(whole) - 3; at > sign; at -= 3 {
		whole = whole[:at] + "," + whole[at:]
	}
	if short && fen == ".00" {
		return whole
	}
	return whole + fen
}
