package sim

import (
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

const link, otherLink = "weixin://first", "weixin://second"

func shownAs(number, network string) entry.Draft {
	return entry.New(entry.Asked, entry.AskedBody{Number: number, Network: network, Way: byQR})
}

func handedAs(number, way string) entry.Draft {
	return entry.New(entry.Asked, entry.AskedBody{Number: number, Network: way, Way: way})
}

// together makes several entries durable in one commit.
func (c *court) together(key entry.Seq, drafts ...entry.Draft) {
	var all []entry.Entry
	for _, d := range drafts {
		c.seq++
		all = append(all, entry.Entry{Seq: c.seq, Key: key, Kind: d.Kind, Body: d.Body, Hash: entry.Hash{byte(c.seq)}})
	}
	c.Committed(all)
}

// shows puts the QR code of order 1 on the screen of the till.
func (c *court) shows() {
	c.writes(1, opened("till"), shownAs(first, "wechat"))
	c.Offered(first)
	c.Linked(first, link)
	c.screen()
}

// screen shows what was shown before.
func (c *court) screen() {
	c.Shown("till", words.Order{Phase: words.ScanUs, Key: 1, Number: first, QR: []words.QR{{Network: "wechat", Link: link}}})
}

// Several attempts at once only as promise 1 allows.
func TestTheOracleWatchesTenders(t *testing.T) {
	t.Parallel()
	cash := func(c *court, drafts ...entry.Draft) {
		c.together(1, append(drafts, handedAs(second, byCash), settledBy(second, 1250, false))...)
	}
	for _, row := range []struct {
		name string
		does func(c *court)
		want string
	}{
		{"a QR code", func(c *court) { c.shows() }, ""},
		{"two networks side by side", func(c *court) { c.shows(); c.writes(1, shownAs(second, "other")) }, ""},
		{"two of one network", func(c *court) { c.shows(); c.writes(1, shownAs(second, "wechat")) }, "promise 1: order 1 has attempts"},
		{"a QR code beside one that goes back", func(c *court) { c.shows(); c.writes(1, returningAs(first), shownAs(second, "other")) }, "promise 1: order 1 has attempts"},
		{"a payment code beside a QR code", func(c *court) { c.shows(); c.writes(1, askedAs(second)) }, "promise 1: order 1 has attempts"},
		{"one of two is paid", func(c *court) {
			c.shows()
			c.writes(1, shownAs(second, "other"), returningAs(second), settledBy(first, 1250, false))
		}, ""},
		{"one of two is paid, and the other may be", func(c *court) {
			c.shows()
			c.writes(1, shownAs(second, "other"), settledBy(first, 1250, false))
		}, "promise 1: order 1 is settled by " + first},
		{"cash", func(c *court) { c.writes(1, opened("till")); cash(c) }, ""},
		{"cash while a wallet goes back", func(c *court) { c.writes(1, opened("till"), askedAs(first)); cash(c, returningAs(first)) }, ""},
		{"cash beside a wallet", func(c *court) { c.writes(1, opened("till"), askedAs(first)); cash(c) }, "promise 1: order 1 has attempts"},
		{"cash in two commits", func(c *court) {
			c.writes(1, opened("till"), handedAs(first, byCash), settledBy(first, 1250, false))
		}, "promise 1: order 1 has its cash asked and not settled"},
		{"a network that hears of cash", func(c *court) { c.writes(1, opened("till")); cash(c); c.Arrived(sandbox.Query, second) }, "promise 1: the network is asked about number " + second},
		{"a network that knows cash", func(c *court) {
			c.writes(1, opened("till"))
			cash(c)
			c.Ledger([]sandbox.Entry{booked(second, 1250, 0)})
		}, "promise 1: the network knows number " + second},
		{"paid, given back and called refused", func(c *court) {
			c.writes(1, opened("till"), askedAs(first), returningAs(first), endedAs(first, pay.Declined))
			c.Ledger([]sandbox.Entry{booked(first, 1250, 1250)})
		}, "was paid and given back, and its end says declined"},
		{"a charge while a QR code is open", func(c *court) { c.shows(); c.writes(1, askedAs(second)); c.Sent(second, secretCode, closedAll) }, "while QR code " + first},
		{"a charge while a phone can pay", func(c *court) {
			c.shows()
			c.writes(1, returningAs(first), endedAs(first, pay.Declined), askedAs(second))
			c.Sent(second, secretCode, func(number string) (known, open bool) { return true, number == first })
		}, "promise 1: a charge leaves under number " + second + " while QR code"},
		{"a charge beside a QR code that its network does not know", func(c *court) {
			c.shows()
			c.writes(1, returningAs(first), askedAs(second))
			c.Sent(second, secretCode, func(string) (known, open bool) { return false, true })
		}, ""},
		{"a charge beside a QR code that its network knows", func(c *court) {
			c.shows()
			c.writes(1, returningAs(first), askedAs(second))
			c.Sent(second, secretCode, func(string) (known, open bool) { return true, false })
		}, "while QR code " + first},
		{"a charge beside a QR code that is on the screen", func(c *court) {
			c.shows()
			c.writes(1, askedAs(second))
		}, "promise 1: order 1 has attempts"},
		{"a charge after the QR code is closed", func(c *court) {
			c.shows()
			c.writes(1, returningAs(first), endedAs(first, pay.Declined), askedAs(second))
			c.Sent(second, secretCode, closedAll)
		}, ""},
	} {
		t.Run(row.name, func(t *testing.T) { judge(t, row.does, row.want) })
	}
}

func TestTheOracleWatchesQRCodesAndDrawers(t *testing.T) {
	t.Parallel()
	paid := func(c *court, way string) {
		c.writes(1, opened("till"))
		c.together(1, handedAs(first, way), settledBy(first, 1250, false))
	}
	for _, row := range []struct {
		name string
		does func(c *court)
		want string
	}{
		{"a code in the moment of its end", func(c *court) { c.shows(); c.writes(1, returningAs(first)); c.screen() }, ""},
		{"a code that goes back", func(c *court) { c.shows(); c.writes(1, returningAs(first)); time.Sleep(time.Millisecond); c.screen() }, "promise 1: the screen of till shows QR code " + first + ", which goes back"},
		{"a code of before a restart", func(c *court) { c.shows(); c.Begins(); c.screen() }, "of before a restart"},
		{"a code of nobody", func(c *court) { c.shows(); c.Shown("till", words.Order{Key: 1, QR: []words.QR{{Link: otherLink}}}) }, "a QR code of another order"},
		{"a code of another order", func(c *court) { c.shows(); c.Shown("till", words.Order{Key: 2, QR: []words.QR{{Link: link}}}) }, "a QR code of another order"},
		{"scan us, and nothing to scan", func(c *court) { c.shows(); c.Shown("till", words.Order{Phase: words.ScanUs, Key: 1, Number: first}) }, "promise 4: the screen of till says scan-us"},
		{"one moment", func(c *court) {
			c.shows()
			c.Shown("till", words.Order{Phase: words.OneMoment, Key: 1, Number: first})
		}, "promise 4: the screen of till says one-moment"},
		{"a code that nobody has written down", func(c *court) { c.Offered(first) }, "promise 1: a QR code is asked for"},
		{"a code that is asked for again after a restart", func(c *court) { c.shows(); c.Begins(); c.Offered(first) }, "of another life"},
		{"a drawer", func(c *court) { paid(c, byCash); c.Drawn(c.stands["till"], 1) }, ""},
		{"a drawer for nothing", func(c *court) { c.writes(1, opened("till")); c.Drawn(c.stands["till"], 1) }, "promise 3: the drawer of till"},
		{"a drawer for a card", func(c *court) { paid(c, byCard); c.Drawn(c.stands["till"], 1) }, "promise 3: the drawer of till"},
		{"a drawer of another lane", func(c *court) { paid(c, byCash); c.Drawn(c.exit, 1) }, "promise 3: the drawer of exit"},
		{"a drawer twice", func(c *court) { paid(c, byCash); c.Drawn(c.stands["till"], 1); c.Drawn(c.stands["till"], 1) }, "promise 3: the drawer opens 2 times"},
		{"a drawer after a restart", func(c *court) { paid(c, byCash); c.Begins(); c.Drawn(c.stands["till"], 1) }, "promise 3: the drawer opens for object 1 after a restart"},
	} {
		t.Run(row.name, func(t *testing.T) { judge(t, row.does, row.want) })
	}
}

// What stamps may do, and what not.
func TestTheOracleWatchesStamps(t *testing.T) {
	t.Parallel()
	boot := func(id string) []byte { return entry.Encode(entry.StartedBody{Boot: id}) }
	at := func(wall, mono int64, trust entry.Trust) entry.Entry {
		return entry.Entry{Stamp: entry.Stamp{Wall: wall, Mono: mono, Trust: trust}, Kind: entry.Outputs}
	}
	started := func(id string, wall, mono int64) entry.Entry {
		return entry.Entry{Stamp: entry.Stamp{Wall: wall, Mono: mono}, Kind: entry.Started, Body: boot(id)}
	}
	for _, row := range []struct {
		name    string
		entries []entry.Entry
		broken  int
	}{
		{"forward", []entry.Entry{at(1000, 1, 0), at(1000, 1, 0), at(2000, 2, 0)}, 0},
		{"back", []entry.Entry{at(2000, 1, entry.Trusted), at(1999, 2, entry.Floor)}, 1},
		{"back to what is proven", []entry.Entry{at(2000, 1, entry.Untrusted), at(1000, 2, entry.Trusted)}, 0},
		{"the boot clock goes back", []entry.Entry{started("a", 1000, 5), at(1000, 4, 0)}, 1},
		{"the agent starts again", []entry.Entry{started("a", 1000, 5), started("a", 1000, 4)}, 1},
		{"the board starts again", []entry.Entry{started("a", 1000, 5), started("b", 1000, 1)}, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			o := NewOracle()
			if o.stamps(row.entries); len(o.broken) != row.broken {
				t.Errorf("found %v", o.broken)
			}
		})
	}
}

func TestATrustedClockIsRight(t *testing.T) {
	t.Parallel()
	for _, off := range []time.Duration{0, trustWithin, -trustWithin - time.Second, trustWithin + time.Second} {
		judged := ""
		if off.Abs() > trustWithin {
			judged = "promise 10: entry 1"
		}
		t.Run(off.String(), func(t *testing.T) {
			judge(t, func(c *court) {
				d := opened("till")
				c.Committed([]entry.Entry{{Seq: 1, Key: 1, Kind: d.Kind, Body: d.Body, Stamp: entry.Stamp{Wall: time.Now().Add(off).UnixMilli(), Trust: entry.Trusted}}})
			}, judged)
		})
	}
}

func TestPassingLinesAreCountedOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCourt()
		for range 2 {
			c.Told("till", words.TellOneMoment, time.Now())
		}
		time.Sleep(time.Millisecond)
		c.Told("till", words.TellReprinted, time.Now())
		if s := c.Stats(); s[CodeGivenUp] != 1 || s[ReprintsAsked] != 1 {
			t.Errorf("counted %v", s)
		}
	})
}
