package report

import (
	"cmp"
	"slices"
	"strconv"

	"tillgate/agent/words"
	"tillgate/store/money"
)

// Where the ring and its lines stand.
const (
	ringX, ringY = 156 * px, 184 * px
	ringRadius   = 84 * px // of the middle of its band
	ringBand     = 34 * px
	ringGap      = 4 // thousandths between two parts
	listLeft     = 316 * px
	listMiddle   = ringY + 5*px // the letters' middle is above the line that they stand on
	listApart    = 32 * px
	sharesMax    = 7  // lines; what is smaller stands together on the last
	nameMax      = 30 // cells of a name in the list
	middleMax    = 18 // and in the middle of the ring
)

// Shares draws a ring of what each point has of the whole, and beside it a line
// for each with its amount and its share, so that no colour has to be known. The
// largest comes first. What is zero has no line; what is below zero has a line
// and no part of the ring.
func (c Chart) Shares(points []Point) []byte {
	points = largest(points)
	shares := permille(points)
	whole, sum := total(points)
	description := words.ReportNothing.Both()
	for i, p := range points {
		if i == 0 {
			description = words.ReportTotal.Both() + " " + yuan(sum, false) + " " + words.ReportYuan.Both()
		}
		description += "; " + p.name() + ": " + yuan(p.Value, false) + ", " + shareText(p.Value, shares[i])
	}
	s := c.begin(description, sum)
	if len(points) == 0 {
		return c.nothing(s)
	}
	c.ring(s, points, shares, whole)
	top := listMiddle - listApart*tenth(len(points)-1)/2
	for i, p := range points {
		c.share(s, top+listApart*tenth(i), p, shares[i], c.colour(points, i))
	}
	s.end()
	return s.bytes()
}

// largest are the points that are not zero, the largest first, the smallest of
// too many together.
func largest(points []Point) []Point {
	points = slices.DeleteFunc(slices.Clone(points), func(p Point) bool { return p.Value == 0 })
	slices.SortStableFunc(points, func(a, b Point) int { return cmp.Or(cmp.Compare(b.Value, a.Value), cmp.Compare(a.Key, b.Key)) })
	if len(points) <= sharesMax {
		return points
	}
	_, rest := total(points[sharesMax-1:])
	return append(points[:sharesMax-1], Point{Key: othersKey, Zh: words.ReportOthers.In(words.Zh), En: words.ReportOthers.In(words.En), Value: rest})
}

// ring draws the parts one behind the other. The browser divides the circle: its
// length is called 1000.
func (c Chart) ring(s *svg, points []Point, shares []int64, whole money.Fen) {
	s.start("g", "fill", "none", "stroke-width", ringBand.String(), "transform", "rotate(-90 "+ringX.String()+" "+ringY.String()+")")
	circle := []string{"cx", ringX.String(), "cy", ringY.String(), "r", ringRadius.String()}
	if whole == 0 {
		s.leaf("circle", append(circle, "stroke", c.paint().line)...)
	}
	begins := int64(0)
	for i, p := range points {
		if shares[i] == 0 {
			continue
		}
		gap := int64(ringGap)
		if shares[i] <= 2*ringGap || shares[i] == 1000 {
			gap = 0
		}
		s.start("circle", append(slices.Clone(circle), "stroke", c.colour(points, i), "pathLength", "1000",
			"stroke-dasharray", strconv.FormatInt(shares[i]-gap, 10)+" 1000", "stroke-dashoffset", strconv.FormatInt(-begins-gap/2, 10))...)
		s.words("title", p.name()+": "+percent(shares[i]))
		s.end()
		begins += shares[i]
	}
	s.end()
	if whole > 0 { // the largest, in the middle
		s.words("text", percent(shares[0]), "x", ringX.String(), "y", (ringY + 4*px).String(), "text-anchor", "middle", "font-size", "24", "font-weight", "600")
		s.words("text", cut(points[0].Zh, middleMax), "x", ringX.String(), "y", (ringY + 24*px).String(), "text-anchor", "middle", "font-size", noteSize, "fill", c.paint().dim)
	}
}

// share writes one line of the list.
func (c Chart) share(s *svg, y tenth, p Point, permille int64, colour string) {
	s.leaf("rect", "x", listLeft.String(), "y", (y - 11*px).String(), "width", "13", "height", "13", "rx", "3", "fill", colour)
	s.start("text", "x", (listLeft + 24*px).String(), "y", y.String(), "font-size", "14")
	s.text(cut(p.Zh, nameMax))
	if left := nameMax - cells(p.Zh); p.En != p.Zh && left > 0 {
		s.words("tspan", cut(p.En, left), "dx", "7", "font-size", smallSize, "fill", c.paint().dim, "lang", "en")
	}
	s.end()
	s.words("text", yuan(p.Value, false), "x", (chartWide - edge - 66*px).String(), "y", y.String(), "text-anchor", "end", "font-size", "14")
	s.words("text", shareText(p.Value, permille), "x", (chartWide - edge).String(), "y", y.String(), "text-anchor", "end", "font-size", "14", "font-weight", "600")
}

// shareText is a share as people read it.
func shareText(v money.Fen, permille int64) string {
	switch {
	case v <= 0:
		return "–"
	case permille == 0:
		return "<0.1%"
	}
	return percent(permille)
}

// colour is a point's own: a wallet's is the same in every picture, any other name
// takes the next that is free.
func (c Chart) colour(points []Point, at int) string {
	colours := c.paint().wallets
	if own, ok := colours[points[at].Key]; ok {
		return own
	}
	taken := map[string]bool{}
	for _, p := range points {
		taken[p.Key] = true
	}
	free := slices.DeleteFunc(slices.Clone(colourOrder), func(key string) bool { return taken[key] })
	nth := 0
	for _, p := range points[:at] {
		if _, own := colours[p.Key]; !own {
			nth++
		}
	}
	return colours[free[nth%len(free)]]
}

// colourOrder are the wallets whose colours other names take, the clearest first.
var colourOrder = []string{"alipay", "cash", "wechat", "card", "unionpay", "cloudpay", "ecny"}
