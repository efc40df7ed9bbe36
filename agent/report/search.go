package report

import (
	"strings"
	"time"
	"unicode"

	"tillgate/store/entry"
	"tillgate/store/money"
)

// Search is what somebody typed or scanned to find an order. One text may mean
// several things, and whatever it may mean is found: "1250" is an amount and the
// end of a number. The zero Search finds everything.
type Search struct {
	Order  string // the text is a whole number of an order, as on a slip's barcode and QR code: a Source may go there at once
	Refund string // or of a refund, a capture or a release

	text       string // in small letters; empty: find everything
	amount     money.Fen
	isAmount   bool
	from, to   int64 // Unix ms: from <= At < to; 0: the text is no day
	minute     int64 // of any day
	isMinute   bool
	mayBeInIDs bool // it is long enough to be a number's end, or a part of a network's
}

const (
	searchRunes  = 128 // longer texts are cut: no field of an order is
	numberEndMin = 4   // digits at the end of a number that are worth looking for
)

// ParseSearch reads what was typed or scanned: an order's number or a refund's,
// whole or its end, the network's number, an amount ("12.50", "￥12.5"), a time
// ("2026-11-24", "11-24 09:02", "09:02", "昨天"), the caller's own number or words
// of the title. Digits and signs may be full width, as Chinese keyboards write
// them. now tells what today is, and which year a date without one has.
func ParseSearch(text string, now time.Time, c Calendar) Search {
	s := Search{text: plain(text)}
	_, _, refund := entry.RefundOf(s.text)
	_, _, move := entry.MoveOf(s.text)
	switch {
	case s.text == "":
		return s
	case entry.IsNumber(s.text, ""):
		return Search{text: s.text, Order: s.text}
	case refund == nil || move == nil:
		return Search{text: s.text, Refund: s.text}
	}
	if fen, err := money.Parse(strings.ReplaceAll(strings.TrimSuffix(strings.TrimLeft(s.text, "￥¥"), "元"), ",", "")); err == nil {
		s.amount, s.isAmount = fen, true
	}
	s.mayBeInIDs = len(s.text) >= numberEndMin
	s.readTime(now, c)
	return s
}

// Empty tells whether it finds everything.
func (s Search) Empty() bool { return s.text == "" }

// finds tells whether a movement is one that may have been meant.
func (s *Search) finds(m *Movement) bool {
	switch {
	case s.text == "":
		return true
	case s.Order != "":
		return m.Number == s.Order
	case s.Refund != "":
		return m.RefundNumber == s.Refund
	case s.isAmount && m.Amount == s.amount:
		return true
	case s.from < s.to && s.from <= m.At && m.At < s.to:
		return true
	case s.isMinute && floor(m.At+zoneMS, 60_000)-24*60*floor(m.At+zoneMS, dayMS) == s.minute:
		return true
	case s.mayBeInIDs && (strings.HasSuffix(m.Number, s.text) || strings.HasSuffix(m.RefundNumber, s.text) || holds(m.NetworkNumber, s.text)):
		return true
	}
	return holds(m.Ref, s.text) || holds(m.Title, s.text)
}

// holds tells whether a text of a row has a part that is plain.
func holds(text, part string) bool { return text != "" && strings.Contains(plain(text), part) }

// plain is a text in small letters and narrow signs, without what a scanner adds
// to its ends.
func plain(text string) string {
	runes := 0
	text = strings.Map(func(r rune) rune {
		switch runes++; {
		case runes > searchRunes:
			return -1
		case r >= '！' && r <= '～': // the full-width forms of ASCII, U+FF01 to U+FF5E
			return unicode.ToLower(r - '！' + '!')
		case r == '。':
			return '.'
		case r == '\u3000' || unicode.IsControl(r):
			return ' '
		}
		return unicode.ToLower(r)
	}, text)
	return strings.TrimSpace(text)
}

// The ways in which people write a date, with and without a year, and a time.
var (
	dates     = [...]string{"2006-1-2", "2006/1/2", "2006年1月2日", "20060102"}
	yearless  = [...]string{"1-2", "1/2", "1月2日"}
	clocks    = [...]string{"15:04:05", "15:04"}
	daysAback = map[string]int64{"今天": 0, "today": 0, "昨天": 1, "yesterday": 1, "前天": 2}
)

// readTime takes the text as a day, a minute or second of a day, or a minute of
// any day. A day alone is the shop's; with a time it is the one on the calendar.
func (s *Search) readTime(now time.Time, c Calendar) {
	date, clock, both := strings.Cut(s.text, " ")
	if at, _, ok := readAny(clocks[:], date); ok && !both {
		s.minute, s.isMinute = int64(at.Hour()*60+at.Minute()), true
		return
	}
	day, ok := readDay(date, now, c)
	switch {
	case !ok:
	case !both:
		s.from, s.to = c.starts(day), c.starts(day+1)
	default:
		if at, layout, ok := readAny(clocks[:], strings.TrimSpace(clock)); ok {
			s.from = day*dayMS - zoneMS + int64((at.Hour()*60+at.Minute())*60+at.Second())*1000
			s.to = s.from + 1000
			if layout == clocks[1] {
				s.to = s.from + 60_000
			}
		}
	}
}

// readDay is the day that a date means; of dates without a year the newest that
// is not to come.
func readDay(text string, now time.Time, c Calendar) (day int64, ok bool) {
	today := c.day(now.UnixMilli())
	if back, ok := daysAback[text]; ok {
		return today - back, true
	}
	if at, _, ok := readAny(dates[:], text); ok {
		return floor(at.UnixMilli(), dayMS), true
	}
	at, _, ok := readAny(yearless[:], text)
	if !ok {
		return 0, false
	}
	year := civil(today).Year()
	day = floor(time.Date(year, at.Month(), at.Day(), 0, 0, 0, 0, time.UTC).UnixMilli(), dayMS)
	if day > today {
		day = floor(time.Date(year-1, at.Month(), at.Day(), 0, 0, 0, 0, time.UTC).UnixMilli(), dayMS)
	}
	return day, true
}

func readAny(layouts []string, text string) (at time.Time, layout string, ok bool) {
	for _, layout := range layouts {
		if at, err := time.Parse(layout, text); err == nil {
			return at, layout, true
		}
	}
	return at, "", false
}
