package report

import (
	"unicode/utf8"

	"tillgate/agent/words"
	"tillgate/store/money"
)

// Chart is a picture of figures: an SVG of our own that a page shows in itself or
// as an image, and that a browser prints. It is for people who see it; those who
// do not hear its description, and have the table beside it.
type Chart struct {
	ID    string       // that the ids in it begin with: one of its own on a page
	Title words.Report // what it shows
	Note  string       // of which time: "2026-11"
	Night bool         // on the dark ground of the console; else on paper
}

// A chart's size, and where what is in it stands.
const (
	chartWide   = 760 * px
	chartHigh   = 320 * px
	edge        = 24 * px
	fontFamily  = "'Noto Sans CJK SC','Noto Sans SC','PingFang SC','Microsoft YaHei','WenQuanYi Micro Hei',sans-serif"
	figureWide  = 6 * px // of one digit in the smallest letters, about
	smallSize   = "11"
	noteSize    = "12"
	headingSize = "17"
)

// paint is the colours of a ground. The eight of the wallets are told apart by
// people who see no red, no green or no blue, and all stand out from the ground
// 3 : 1 as WCAG 2.2, 1.4.11 asks; what is written does 4.5 : 1 (1.4.3). A test
// holds them to it.
type paint struct {
	ground, ink, dim, line string
	bar, most, below       string
	wallets                map[string]string
}

var (
	paper = paint{
		ground: "#ffffff", ink: "#16202a", dim: "#566573", line: "#dde3e8", bar: "#5b8fd9", most: "#0b3aa8", below: "#9c1910",
		wallets: map[string]string{"wechat": "#129856", "alipay": "#115cf1", "unionpay": "#9c1910", "cash": "#c27d13",
			"card": "#a764b4", "ecny": "#62111f", "cloudpay": "#124760", othersKey: "#8d9499"},
	}
	night = paint{
		ground: "#121922", ink: "#f2f6fa", dim: "#9fb0c0", line: "#263241", bar: "#6099db", most: "#beeff7", below: "#f7d024",
		wallets: map[string]string{"wechat": "#56e78c", "alipay": "#6099db", "unionpay": "#f02116", "cash": "#f7d024",
			"card": "#8a40da", "ecny": "#bb2f51", "cloudpay": "#beeff7", othersKey: "#8d98a2"},
	}
)

// othersKey is the key of what is too small or too much for a line of its own.
const othersKey = " others"

func (c Chart) paint() paint {
	if c.Night {
		return night
	}
	return paper
}

// begin opens the picture: its names for those who do not see it, its ground, and
// its heading with the sum.
func (c Chart) begin(description string, sum money.Fen) *svg {
	s, paint := new(svg), c.paint()
	s.start("svg", "xmlns", "http://www.w3.org/2000/svg", "width", chartWide.String(), "height", chartHigh.String(),
		"viewBox", "0 0 "+chartWide.String()+" "+chartHigh.String(), "role", "img", "aria-labelledby", c.ID+"-title "+c.ID+"-about",
		"font-family", fontFamily, "fill", paint.ink, "lang", "zh-CN")
	heading := c.Title.Both()
	if c.Note != "" {
		heading += ", " + c.Note
	}
	s.words("title", heading, "id", c.ID+"-title")
	s.words("desc", description, "id", c.ID+"-about")
	s.leaf("rect", "width", chartWide.String(), "height", chartHigh.String(), "rx", "10", "fill", paint.ground)
	s.start("text", "x", edge.String(), "y", "36", "font-size", headingSize, "font-weight", "600")
	s.text(c.Title.In(words.Zh))
	s.words("tspan", c.Title.In(words.En), "dx", "9", "font-size", noteSize, "font-weight", "400", "fill", paint.dim, "lang", "en")
	s.words("tspan", c.Note, "dx", "12", "font-size", noteSize, "font-weight", "400", "fill", paint.dim)
	s.end()
	s.start("text", "x", (chartWide - edge).String(), "y", "36", "text-anchor", "end", "font-size", headingSize, "font-weight", "600")
	s.words("tspan", words.ReportTotal.Both(), "font-size", noteSize, "font-weight", "400", "fill", paint.dim)
	s.words("tspan", yuan(sum, false), "dx", "9")
	s.words("tspan", words.ReportYuan.Both(), "dx", "6", "font-size", noteSize, "font-weight", "400", "fill", paint.dim)
	s.end()
	return s
}

// nothing says that there is nothing to draw.
func (c Chart) nothing(s *svg) []byte {
	s.words("text", words.ReportNothing.Both(), "x", (chartWide / 2).String(), "y", "180", "text-anchor", "middle", "font-size", "15", "fill", c.paint().dim)
	s.end()
	return s.bytes()
}

// name is a point in both languages, where they differ.
func (p Point) name() string {
	if p.Zh == p.En {
		return p.Zh
	}
	return p.Zh + " " + p.En
}

// cells is how wide a text is, in letters: a Chinese one is as wide as two.
func cells(text string) (n int) {
	for _, r := range text {
		n++
		if r >= '\u1100' { // Hangul's first; about all wide letters come after it
			n++
		}
	}
	return n
}

// cut makes a text fit into so many cells.
func cut(text string, most int) string {
	if cells(text) <= most {
		return text
	}
	end := 0
	for i, r := range text {
		if cells(text[:i])+cells(string(r)) > most-1 {
			break
		}
		end = i + utf8.RuneLen(r)
	}
	return text[:end] + "…"
}
