package report

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tillgate/agent/words"
	"tillgate/store/money"
)

// november is a month's days, one of them below zero and one of nothing.
func november() (points []Point) {
	for day := 1; day <= 30; day++ {
		p := Point{Key: fmt.Sprintf("2026-11-%02d", day), Value: money.Fen(100_000 + day*7919%13*31_000)}
		switch day {
		case 12:
			p.Value = -84_050
		case 18:
			p.Value = 0
		case 29:
			p.Value = 566_000
		}
		p.Zh, p.En = p.Key, p.Key
		points = append(points, p)
	}
	return points
}

// wallets are the ways to pay with these amounts.
func wallets(amounts ...money.Fen) (points []Point) {
	for i, key := range []string{"wechat", "alipay", "unionpay", "cash", "card", "ecny"} {
		if i < len(amounts) {
			points = append(points, Point{Key: key, Zh: words.Network(key, words.Zh), En: words.Network(key, words.En), Value: amounts[i]})
		}
	}
	return points
}

// element is an element of a picture, as a browser takes it apart.
type element struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Text     string     `xml:",chardata"`
	Elements []element  `xml:",any"`
}

func parse(t interface{ Fatalf(string, ...any) }, picture []byte) (root element) {
	if err := xml.Unmarshal(picture, &root); err != nil {
		t.Fatalf("%v: %.300s", err, picture)
	}
	return root
}

func (e element) attr(name string) string {
	for _, a := range e.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func (e element) all(name string) (found []element) {
	for _, child := range e.Elements {
		if child.XMLName.Local == name {
			found = append(found, child)
		}
		found = append(found, child.all(name)...)
	}
	return found
}

// says is all text of an element.
func (e element) says() string {
	text := e.Text
	for _, child := range e.Elements {
		text += " " + child.says()
	}
	return strings.Join(strings.Fields(text), " ")
}

// TestPicturesAreForEverybody: each has a name and a description in both
// languages, ids of its own, and nothing that a strict page refuses.
func TestPicturesAreForEverybody(t *testing.T) {
	t.Parallel()
	for name, picture := range map[string][]byte{
		"bars":           Chart{ID: "days", Title: words.ReportReceivedDay, Note: "2026-11"}.Bars(november()),
		"bars at night":  Chart{ID: "days", Title: words.ReportReceivedDay, Note: "2026-11", Night: true}.Bars(november()),
		"bars of none":   Chart{ID: "days", Title: words.ReportReceivedDay, Note: "2026-11"}.Bars(nil),
		"ring":           Chart{ID: "days", Title: words.ReportReceivedDay, Note: "2026-11"}.Shares(wallets(500, 300, 200)),
		"ring of none":   Chart{ID: "days", Title: words.ReportReceivedDay, Note: "2026-11"}.Shares(wallets(0, 0)),
		"ring at night":  Chart{ID: "days", Title: words.ReportReceivedDay, Note: "2026-11", Night: true}.Shares(wallets(500, 300, 200)),
		"ring below all": Chart{ID: "days", Title: words.ReportReceivedDay, Note: "2026-11"}.Shares(wallets(-500)),
	} {
		root := parse(t, picture)
		if root.XMLName.Space != "http://www.w3.org/2000/svg" || root.attr("role") != "img" || root.attr("aria-labelledby") != "days-title days-about" {
			t.Errorf("%s: it begins %.200s", name, picture)
		}
		if title := root.Elements[0]; title.XMLName.Local != "title" || title.attr("id") != "days-title" || title.Text != "每日实收 Received by day, 2026-11" {
			t.Errorf("%s: its name is %+v", name, title)
		}
		if about := root.Elements[1]; about.XMLName.Local != "desc" || about.attr("id") != "days-about" || about.Text == "" {
			t.Errorf("%s: its description is %+v", name, about)
		}
		for _, bad := range []string{"<script", "<style", "style=", "href", "url(", "@", "javascript", "<image", "<foreign", " on", "http://x"} {
			if strings.Contains(string(picture), bad) {
				t.Errorf("%s has %q", name, bad)
			}
		}
		if strings.Contains(name, "none") && !strings.Contains(root.says(), "暂无数据 Nothing yet") {
			t.Errorf("%s says %s", name, root.says())
		}
	}
}

// TestBars: a column for each day that tells its amount, as high as the amount is.
func TestBars(t *testing.T) {
	t.Parallel()
	points := november()
	root := parse(t, Chart{ID: "d", Title: words.ReportReceivedDay}.Bars(points))
	var columns []element
	for _, g := range root.all("g") {
		if len(g.all("title")) == 1 {
			columns = append(columns, g)
		}
	}
	if len(columns) != len(points) {
		t.Fatalf("%d columns for %d days", len(columns), len(points))
	}
	plot := newPlot(points)
	if plot.low != -200_000 || plot.high != 600_000 || plot.step != 200_000 {
		t.Errorf("the scale is from %s to %s in steps of %s", plot.low, plot.high, plot.step)
	}
	for i, column := range columns {
		if want := points[i].Key + ": " + yuan(points[i].Value, false); column.all("title")[0].Text != want {
			t.Errorf("column %d says %q, want %q", i, column.all("title")[0].Text, want)
		}
		shapes := column.all("path")
		if len(shapes) != 1 {
			if len(shapes) != 0 || points[i].Value != 0 {
				t.Errorf("column %d has %d bars", i, len(shapes))
			}
			continue
		}
		zero, top := extent(t, shapes[0].attr("d"))
		wantTop := float64(plotBottom/px) - float64(points[i].Value+200_000)/800_000*float64((plotBottom-plotTop)/px)
		if math.Abs(top-wantTop) > 0.11 || math.Abs(zero-float64(plot.y(0))/10) > 0.01 {
			t.Errorf("column %d of %s is from %.1f to %.1f, want to %.1f", i, points[i].Value, zero, top, wantTop)
		}
	}
	if say := root.says(); !strings.Contains(say, "合计 Total 78,009.50 元 yuan; 最高 highest 2026-11-29: 5,660.00; 平均 average 2,600.31") {
		t.Errorf("it says %s", say)
	}
	for _, text := range []string{"11/01", "03", "29", "-2,000", "0", "6,000", "5,660.00", "平均 average 2,600.31"} {
		if !slices.ContainsFunc(root.all("text"), func(e element) bool { return e.says() == text }) {
			t.Errorf("%q is not written", text)
		}
	}
}

// extent is where a bar begins and ends, in pixels.
func extent(t *testing.T, d string) (zero, top float64) {
	t.Helper()
	var x, v, cx, ex float64
	if _, err := fmt.Sscanf(strings.NewReplacer("M", " ", "V", " ", "Q", " ").Replace(d), "%f %f %f %f %f %f", &x, &zero, &v, &cx, &top, &ex); err != nil {
		t.Fatalf("%s: %v", d, err)
	}
	return zero, top
}

// TestBarsOfAnything: whatever the amounts, the picture is whole, and everything
// in it stands within its frame.
func TestBarsOfAnything(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var points []Point
		for i := range rapid.IntRange(0, 400).Draw(t, "bars") {
			most := rapid.SampledFrom([]int64{1, 100, 1e6, 1e13}).Draw(t, "most")
			points = append(points, Point{Key: fmt.Sprint(i), Zh: rapid.StringN(0, 12, -1).Draw(t, "name"), Value: money.Fen(rapid.Int64Range(-most, most).Draw(t, "value"))})
		}
		c := Chart{ID: "d", Title: words.ReportReceivedDay, Note: rapid.String().Draw(t, "note")}
		parse(t, c.Bars(points))
		parse(t, c.Shares(points))
		plot := newPlot(points)
		for i, p := range points {
			if plot.high == plot.low {
				break
			}
			if x, y := plot.x(i), plot.y(p.Value); x < plot.left || x > plot.right || y < plotTop || y > plotBottom || plot.left > chartWide/3 {
				t.Fatalf("bar %d of %s stands at %s %s", i, p.Value, x, y)
			}
		}
		if n := (plot.high - plot.low) / max(plot.step, 1); n > ticksMax+1 || plot.high%max(plot.step, 1) != 0 || plot.low%max(plot.step, 1) != 0 {
			t.Fatalf("the scale from %s to %s has %d steps of %s", plot.low, plot.high, n, plot.step)
		}
	})
}

// TestShares: the ring's parts are the shares, one behind the other, and sum to
// the whole.
func TestShares(t *testing.T) {
	t.Parallel()
	root := parse(t, Chart{ID: "w", Title: words.ReportWalletShare}.Shares(append(wallets(100_000, 200_000, 100_000, 100_000, 0), Point{Key: "back", Zh: "back", En: "back", Value: -500})))
	var at int
	for i, part := range root.all("circle") {
		want := []int{400, 200, 200, 200}[i]
		if got := part.attr("stroke-dasharray") + " from " + part.attr("stroke-dashoffset"); got != fmt.Sprintf("%d 1000 from %d", want-ringGap, -at-ringGap/2) || part.attr("pathLength") != "1000" {
			t.Errorf("part %d is %s", i, got)
		}
		at += want
	}
	if say := root.says(); at != 1000 || !strings.Contains(say, "支付宝 Alipay: 2,000.00, 40.0%") || !strings.Contains(say, "back: -5.00, –") || strings.Contains(say, "Bank card") {
		t.Errorf("%d thousandths; it says %s", at, say)
	}
}

// TestPermille: shares sum to a thousand, and none is a thousandth away from what it is.
func TestPermille(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		values []money.Fen
		want   []int64
	}{
		{[]money.Fen{1, 1, 1}, []int64{334, 333, 333}}, {[]money.Fen{2, 1}, []int64{667, 333}}, {[]money.Fen{1, 2}, []int64{333, 667}},
		{[]money.Fen{999_999, 1}, []int64{1000, 0}}, {[]money.Fen{5}, []int64{1000}}, {[]money.Fen{0, -3}, []int64{0, 0}}, {[]money.Fen{3, -3, 1}, []int64{750, 0, 250}},
		{nil, nil}, {[]money.Fen{math.MaxInt64/2 - 1, math.MaxInt64 / 2}, []int64{500, 500}},
	} {
		var points []Point
		for _, v := range row.values {
			points = append(points, Point{Value: v})
		}
		if got := permille(points); !slices.Equal(got, row.want) {
			t.Errorf("shares of %v are %v, want %v", row.values, got, row.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		var points []Point
		for range rapid.IntRange(1, 12).Draw(t, "points") {
			points = append(points, Point{Value: money.Fen(rapid.Int64Range(-10, 1e15).Draw(t, "value"))})
		}
		whole, _ := total(points)
		sum := int64(0)
		for i, share := range permille(points) {
			sum += share
			if exact := float64(max(points[i].Value, 0)) * 1000 / float64(max(whole, 1)); math.Abs(float64(share)-exact) >= 1.001 {
				t.Fatalf("%s of %s is %d thousandths", points[i].Value, whole, share)
			}
		}
		if whole > 0 && sum != 1000 {
			t.Fatalf("shares sum to %d", sum)
		}
	})
}

// TestManyShares: what is too small for a line of its own stands together, and
// the whole stays the whole.
func TestManyShares(t *testing.T) {
	t.Parallel()
	var points []Point
	for i := range 12 {
		name := fmt.Sprintf("counter-%02d", i)
		points = append(points, Point{Key: name, Zh: name, En: name, Value: money.Fen(100 * (i + 1))})
	}
	for n := range len(points) + 1 {
		few := largest(points[:n])
		_, was := total(points[:n])
		if _, is := total(few); is != was || len(few) > sharesMax || n <= sharesMax && len(few) != n {
			t.Errorf("of %d points %d are left, %s of %s", n, len(few), is, was)
		}
	}
	few := largest(points)
	if few[0].Key != "counter-11" || few[sharesMax-1].Key != othersKey || few[sharesMax-1].Value != 100+200+300+400+500+600 {
		t.Errorf("they are %+v", few)
	}
	if points[0].Value != 100 || len(points) != 12 {
		t.Error("the caller's points were changed")
	}
	colours := map[string]bool{}
	for i := range few {
		colours[Chart{}.colour(few, i)] = true
	}
	if len(colours) != sharesMax {
		t.Errorf("%d lines have %d colours", sharesMax, len(colours))
	}
}

// TestColoursAreTheWallets': a wallet has its colour whatever it stands beside.
func TestColoursAreTheWallets(t *testing.T) {
	t.Parallel()
	for _, points := range [][]Point{wallets(1, 1, 1, 1, 1, 1), {{Key: "visitor"}, {Key: "wechat"}}, {{Key: "wechat"}}} {
		for i, p := range points {
			if own, ok := paper.wallets[p.Key]; ok != (Chart{}.colour(points, i) == own) {
				t.Errorf("%s has the colour %s", p.Key, Chart{}.colour(points, i))
			}
		}
	}
	if got := (Chart{}).colour([]Point{{Key: "alipay"}, {Key: "visitor"}}, 1); got != paper.wallets["cash"] {
		t.Errorf("a name beside Alipay takes %s", got)
	}
}

// TestNamesThatHurt: what a shop calls its lanes cannot leave its place.
func TestNamesThatHurt(t *testing.T) {
	t.Parallel()
	hurt := `"/><script>alert('1')</script>&` + "\x00\ufffe"
	points := []Point{{Key: hurt, Zh: hurt, En: hurt, Value: 5}, {Key: "b", Zh: "b", En: "b", Value: 5}}
	for _, picture := range [][]byte{Chart{ID: hurt, Title: words.ReportLane, Note: hurt}.Bars(points), Chart{ID: hurt, Note: hurt}.Shares(points)} {
		if root := parse(t, picture); len(root.all("script")) != 0 || bytes.Contains(picture, []byte("<script")) || !strings.Contains(root.Elements[0].Text, "<script>alert('1')</script>&\ufffd\ufffd") {
			t.Errorf("a name became more than a name: %s", picture)
		}
	}
}
