package report

import (
	"strconv"
	"time"

	"tillgate/agent/words"
	"tillgate/store/money"
)

// Where the bars stand, and how wide they may be.
const (
	plotTop    = 82 * px
	plotBottom = chartHigh - 44*px
	barMax     = 34 * px
	labelApart = 30 * px // a label and the space after it
	ticksMax   = 5
)

// plot is the frame that bars are drawn in.
type plot struct {
	left, right tenth
	low, high   money.Fen // of the scale: 0 or below, above low
	step        money.Fen // between two lines
	slot        tenth     // a bar and its space; tenths of a pixel are enough for 400 of them
	mostAt      int       // the highest bar
	average     money.Fen
	paint       paint
	svg         *svg
	points      []Point
}

// Bars draws a bar for each point: days, hours or months, or a few names.
func (c Chart) Bars(points []Point) []byte {
	_, sum := total(points)
	p := newPlot(points)
	s := c.begin(p.describe(sum), sum)
	if p.low == 0 && p.high == 0 {
		return c.nothing(s)
	}
	p.svg, p.paint = s, c.paint()
	p.grid()
	for i := range points {
		p.bar(i)
	}
	p.labels()
	p.notes()
	s.end()
	return s.bytes()
}

func newPlot(points []Point) *plot {
	p := &plot{points: points, right: chartWide - edge}
	var sum money.Fen
	for i, point := range points {
		p.low, p.high = min(p.low, point.Value), max(p.high, point.Value)
		if point.Value > points[p.mostAt].Value {
			p.mostAt = i
		}
		sum += point.Value
	}
	if len(points) > 0 {
		p.average = sum / money.Fen(len(points))
	}
	p.step = stepOf(p.high - p.low)
	p.low = -((-p.low + p.step - 1) / p.step * p.step)
	p.high = (p.high + p.step - 1) / p.step * p.step
	widest := max(len(yuan(p.low, true)), len(yuan(p.high, true)))
	p.left = edge + tenth(widest)*figureWide + 10*px
	if len(points) > 0 {
		p.slot = (p.right - p.left) / tenth(len(points))
	}
	return p
}

// stepOf is 1, 2 or 5 of a power of ten, so that a span has at most five steps.
func stepOf(span money.Fen) money.Fen {
	least := (span + ticksMax - 1) / ticksMax
	for step := money.Fen(1); ; step *= 10 {
		for _, of := range []money.Fen{1, 2, 5} {
			if step*of >= least {
				return step * of
			}
		}
	}
}

// y is where an amount stands on the scale.
func (p *plot) y(v money.Fen) tenth {
	return plotBottom - tenth(part(v-p.low, p.high-p.low, int64(plotBottom-plotTop)))
}

// x is the middle of a bar.
func (p *plot) x(i int) tenth {
	return p.left + (p.right-p.left)*tenth(2*i+1)/tenth(2*len(p.points))
}

// grid draws the scale's lines and what they stand for.
func (p *plot) grid() {
	s := p.svg
	s.start("g", "font-size", smallSize, "fill", p.paint.dim, "text-anchor", "end")
	for v := p.low; v <= p.high; v += p.step {
		stroke := p.paint.line
		if v == 0 {
			stroke = p.paint.dim
		}
		y := p.y(v)
		s.leaf("path", "d", new(path).to('M', p.left, y).to('H', p.right).b.String(), "stroke", stroke)
		s.words("text", yuan(v, true), "x", (p.left - 8*px).String(), "y", (y + 4*px).String())
	}
	s.end()
}

// bar draws one bar, round where its figure is, square on the line of zero; what
// it stands for is told when somebody points at its column.
func (p *plot) bar(i int) {
	s, point := p.svg, p.points[i]
	s.start("g")
	s.words("title", point.name()+": "+yuan(point.Value, false))
	s.leaf("rect", "x", (p.x(i) - p.slot/2).String(), "y", plotTop.String(), "width", p.slot.String(), "height", (plotBottom - plotTop).String(), "fill-opacity", "0")
	if zero, top := p.y(0), p.y(point.Value); zero != top {
		fill := p.paint.bar
		switch {
		case point.Value < 0:
			fill = p.paint.below
		case i == p.mostAt:
			fill = p.paint.most
		}
		s.leaf("path", "d", p.shape(p.x(i), zero, top), "fill", fill)
	}
	s.end()
}

// shape is a bar around x, from the line of zero to its figure.
func (p *plot) shape(x, zero, top tenth) string {
	half := max(min(p.slot*7/10, barMax)/2, px/2)
	high := zero - top
	round := min(half, 4*px, max(high, -high))
	into := round // towards zero
	if high < 0 {
		into = -round
	}
	shape := new(path)
	shape.to('M', x-half, zero).to('V', top+into).to('Q', x-half, top, x-half+round, top)
	shape.to('H', x+half-round).to('Q', x+half, top, x+half, top+into).to('V', zero).to('Z')
	return shape.b.String()
}

// labels writes what the bars are of, so far apart that they can be read.
func (p *plot) labels() {
	s := p.svg
	s.start("g", "font-size", smallSize, "fill", p.paint.dim, "text-anchor", "middle")
	every := 1
	for _, n := range []int{1, 2, 3, 5, 7, 10, 15, 30, 60, 100} {
		if every = n; p.slot*tenth(n) >= labelApart {
			break
		}
	}
	for i := 0; i < len(p.points); i += every {
		text := label(p.points[i], i == 0 || !sameMonth(p.points[i-every].Key, p.points[i].Key))
		s.words("text", cut(text, int(p.slot*tenth(every)/figureWide)-1), "x", p.x(i).String(), "y", (plotBottom + 20*px).String())
	}
	s.end()
}

// label is a point's name under its bar: of a day its number, and where it
// begins something also its month; of a month the same with the year.
func label(p Point, begins bool) string {
	if _, err := time.Parse(dayText, p.Key); err == nil {
		if begins {
			return strconv.Itoa(int(p.Key[5]-'0')*10+int(p.Key[6]-'0')) + "/" + p.Key[8:]
		}
		return p.Key[8:]
	}
	if _, err := time.Parse(monthText, p.Key); err == nil {
		if begins {
			return p.Key
		}
		return p.Key[5:]
	}
	return p.Zh
}

// sameMonth tells whether two days are of one month, or two months of one year.
func sameMonth(a, b string) bool {
	if len(a) != len(b) || len(a) < len(monthText) {
		return true
	}
	cut := len(a) - 3
	return a[:cut] == b[:cut]
}

// notes writes the highest figure above its bar, and draws the average.
func (p *plot) notes() {
	s := p.svg
	if y := p.y(p.average); len(p.points) > 2 && p.average != 0 {
		key := plotTop - 26*px
		s.leaf("path", "d", new(path).to('M', p.left, y).to('H', p.right).to('M', p.right-18*px, key).to('H', p.right).b.String(), "stroke", p.paint.ink, "stroke-dasharray", "2 4")
		s.words("text", words.ReportAverage.Both()+" "+yuan(p.average, false), "x", (p.right - 24*px).String(), "y", (key + 4*px).String(),
			"text-anchor", "end", "font-size", smallSize, "fill", p.paint.dim)
	}
	if most := p.points[p.mostAt]; most.Value > 0 {
		text := yuan(most.Value, false)
		half := tenth(len(text)) * figureWide / 2
		x := min(max(p.x(p.mostAt), p.left+half), p.right-half)
		s.words("text", text, "x", x.String(), "y", (p.y(most.Value) - 6*px).String(), "text-anchor", "middle", "font-size", smallSize, "font-weight", "600",
			"paint-order", "stroke", "stroke", p.paint.ground, "stroke-width", "3")
	}
}

// describe is what somebody hears who does not see the bars.
func (p *plot) describe(sum money.Fen) string {
	text := words.ReportTotal.Both() + " " + yuan(sum, false) + " " + words.ReportYuan.Both()
	if sum == 0 && p.high == 0 {
		return words.ReportNothing.Both()
	}
	if most := p.points[p.mostAt]; most.Value > 0 {
		text += "; " + words.ReportMost.Both() + " " + most.name() + ": " + yuan(most.Value, false)
	}
	if len(p.points) > 2 {
		text += "; " + words.ReportAverage.Both() + " " + yuan(p.average, false)
	}
	return text
}
