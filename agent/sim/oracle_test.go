package sim

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
	"tillgate/agent/words"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// court is an oracle and a journal that a test writes into.
type court struct {
	*Oracle
	seq  entry.Seq
	exit *stand
}

func newCourt() *court {
	c := &court{Oracle: NewOracle(), exit: newStand("exit", flow.ParkingExit, 1)}
	c.stands["till"], c.stands["exit"] = newStand("till", flow.Cashier, 1), c.exit
	c.Begins()
	c.exit.drive(true)
	c.exit.reading()
	return c
}

const (
	first, second = "100000010007000010000016", "100000010007000010000024"
	secretCode    = "134567890123456789"
)

// closedAll is a network at which no QR code can be paid any more.
func closedAll(string) (known, open bool) { return true, false }

// writes makes entries about an order durable.
func (c *court) writes(key entry.Seq, drafts ...entry.Draft) {
	for _, d := range drafts {
		c.seq++
		c.Committed([]entry.Entry{{Seq: c.seq, Key: key, Kind: d.Kind, Body: d.Body, Hash: entry.Hash{byte(c.seq)}}})
	}
}

func opened(lane string) entry.Draft {
	return entry.New(entry.Opened, entry.OpenedBody{Lane: lane, Amount: 1250})
}

func askedAs(number string) entry.Draft {
	return entry.New(entry.Asked, entry.AskedBody{Number: number})
}

func endedAs(number string, state pay.State) entry.Draft {
	return entry.New(entry.Ended, entry.EndedBody{Number: number, State: uint8(state)})
}

func settledBy(number string, amount money.Fen, gate bool) entry.Draft {
	return entry.New(entry.Settled, entry.SettledBody{Number: number, Amount: amount, Settled: amount, Gate: gate})
}

func heardAs(number string, state pay.State) entry.Draft {
	return entry.New(entry.Heard, entry.HeardBody{Number: number, State: uint8(state)})
}

var slipAgain = entry.New(entry.Repeated, entry.RepeatedBody{What: "slip", Times: 1})

func refundAskedAs(order entry.Seq, amount money.Fen) entry.Draft {
	return entry.New(entry.RefundAsked, entry.RefundAskedBody{Order: order, Of: first, Number: first + "01", Amount: amount, Paid: 1250, Lane: till, Reason: "wish"})
}

func returningAs(number string) entry.Draft {
	return entry.New(entry.Returning, entry.ReturningBody{Number: number})
}

// paidAtTheExit is an order that is settled and whose gate may open.
func (c *court) paidAtTheExit() {
	c.writes(1, opened("exit"), askedAs(first), settledBy(first, 1250, true))
}

func booked(number string, charged, returned money.Fen) sandbox.Entry {
	return sandbox.Entry{Number: number, Asked: 1250, Charged: charged, Returned: returned, Settled: charged}
}

// Every rule is broken once; what stands beside it breaks nothing.
func TestTheOracleFindsWhatIsBroken(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		does func(c *court)
		want string // "" is fine
	}{
		{"a sale", func(c *court) { c.paidAtTheExit() }, ""},
		{"two attempts at once", func(c *court) { c.writes(1, opened("till"), askedAs(first), askedAs(second)) }, "promise 1: order 1 has attempts"},
		{"an attempt after another's end", func(c *court) {
			c.writes(1, opened("till"), askedAs(first), endedAs(first, pay.Declined), askedAs(second))
		}, ""},
		{"asked after the end", func(c *court) { c.paidAtTheExit(); c.writes(1, askedAs(second)) }, "promise 1: order 1 was asked again after its end"},
		{"a number again", func(c *court) { c.paidAtTheExit(); c.writes(4, opened("till"), askedAs(first)) }, "promise 1: number " + first},
		{"settled twice", func(c *court) {
			c.writes(1, opened("till"), askedAs(first), settledBy(first, 1250, false), settledBy(first, 1250, false))
		}, "promise 1: order 1 is settled twice"},
		{"settled with another sum", func(c *court) { c.writes(1, opened("till"), askedAs(first), settledBy(first, 1251, false)) }, "promise 1: order 1 is for 12.50"},
		{"settled on the way back", func(c *court) {
			c.writes(1, opened("till"), askedAs(first), returningAs(first), settledBy(first, 1250, false))
		}, "promise 2: attempt " + first + " was on its way back"},
		{"settled after its end", func(c *court) {
			c.writes(1, opened("till"), askedAs(first), endedAs(first, pay.Declined), settledBy(first, 1250, false))
		}, "had ended and was taken"},
		{"paid in time and not taken", func(c *court) { c.writes(1, opened("till"), askedAs(first), heardAs(first, pay.Paid)) }, "promise 2"},
		{"ends as nothing", func(c *court) { c.writes(1, opened("till"), askedAs(first), endedAs(first, pay.Waiting)) }, "promise 2: attempt " + first + " ends as waiting"},
		{"cancelled while open", func(c *court) {
			c.writes(1, opened("till"), askedAs(first), entry.New(entry.Cancelled, entry.CancelledBody{Why: "clerk"}))
		}, "promise 2: order 1 is cancelled"},
		{"frozen for nothing", func(c *court) {
			c.writes(1, opened("till"), askedAs(first), entry.New(entry.Frozen, entry.FrozenBody{Number: first}))
		}, "promise 2: attempt " + first + " is frozen"},
		{"frozen for a reason", func(c *court) {
			c.writes(1, opened("till"), askedAs(first))
			c.Doubt(first)
			c.writes(1, entry.New(entry.Frozen, entry.FrozenBody{Number: first}))
		}, ""},
		{"the gate stays shut", func(c *court) { c.writes(1, opened("exit"), askedAs(first), settledBy(first, 1250, false)) }, "promise 3: order 1 is paid, its car has been there"},
		{"an entry is lost", func(c *court) { c.paidAtTheExit(); c.Recovered(nil) }, "promise 4: entry 1 (opened) was durable and is lost"},
		{"an entry is another", func(c *court) {
			c.paidAtTheExit()
			var all []entry.Entry
			for _, e := range c.durable {
				e.Hash[5]++
				all = append(all, e)
			}
			c.Recovered(all)
		}, "was durable and has changed"},
		{"a code in an entry", func(c *court) {
			c.Code(secretCode)
			c.writes(1, opened("till"), entry.New(entry.Task, entry.TaskBody{Text: "see " + secretCode + "!"}))
		}, "promise 12: a payment code stands in a task entry"},
		{"a code in a log", func(c *court) { c.Code(secretCode); c.log().Info("charge", "code", secretCode) }, "promise 12: a payment code stands in the log"},
		{"another number in a log", func(c *court) { c.Code(secretCode); c.log().Info("charge", "number", first) }, ""},
	} {
		t.Run(row.name, func(t *testing.T) { judge(t, row.does, row.want) })
	}
}

func judge(t *testing.T, does func(*court), want string) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCourt()
		does(c)
		got := strings.Join(c.Broken(), "\n")
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("found %q, want %q", got, want)
		}
	})
}

func TestTheOracleWatchesWhatPeopleAreTold(t *testing.T) {
	t.Parallel()
	at := func(c *court, phase words.Phase) { c.Shown("exit", words.Order{Phase: phase, Number: first}) }
	front := words.Order{Phase: words.PaidOrder, Number: first}
	for _, row := range []struct {
		name string
		does func(c *court)
		want string
	}{
		{"one slip", func(c *court) { c.paidAtTheExit(); c.Printed(1, first, 1250, false) }, ""},
		{"a slip before the commit", func(c *court) { c.writes(1, opened("exit"), askedAs(first)); c.Printed(1, first, 1250, false) }, "promise 4: a slip says"},
		{"a slip of another sum", func(c *court) { c.paidAtTheExit(); c.Printed(1, first, 1, false) }, "promise 4: a slip says 0.01"},
		{"two slips", func(c *court) {
			c.paidAtTheExit()
			c.Printed(1, first, 1250, false)
			c.Begins()
			c.Printed(1, first, 1250, false)
		}, "promise 8: order 1 has 2 slips"},
		{"a slip and a reprint", func(c *court) {
			c.paidAtTheExit()
			c.Printed(1, first, 1250, false)
			c.Begins()
			c.writes(1, slipAgain)
			c.Printed(1, first, 1250, true)
		}, ""},
		{"a reprint that somebody has asked for", func(c *court) {
			c.paidAtTheExit()
			c.Printed(1, first, 1250, false)
			c.writes(1, slipAgain)
			c.Printed(1, first, 1250, true)
		}, ""},
		{"a first slip that says reprint", func(c *court) { c.paidAtTheExit(); c.Printed(1, first, 1250, true) }, "promise 8: the first slip"},
		{"a voice", func(c *court) { c.paidAtTheExit(); c.Spoken(1, first, front) }, ""},
		{"a voice before the commit", func(c *court) { c.Spoken(1, first, front) }, "promise 4: a voice says"},
		{"two voices", func(c *court) { c.paidAtTheExit(); c.Spoken(1, first, front); c.Spoken(1, first, front) }, "promise 8: the success of order 1 is spoken 2 times"},
		{"a late voice", func(c *court) { c.paidAtTheExit(); time.Sleep(3 * time.Second); c.Spoken(1, first, front) }, "spoken 3s late"},
		{"a voice after a restart", func(c *court) { c.paidAtTheExit(); c.Begins(); c.Spoken(1, first, front) }, "late"},
		{"a voice to the next one", func(c *court) { c.paidAtTheExit(); c.Spoken(1, first, words.Order{Phase: words.Ready}) }, "another order is in front"},
		{"a screen before the commit", func(c *court) { c.writes(1, opened("exit"), askedAs(first)); at(c, words.PaidOrder) }, "promise 4: the screen of exit says paid"},
		{"a screen of another lane's order", func(c *court) { c.writes(1, opened("till"), askedAs(first)); at(c, words.Asking) }, "promise 4: the screen of exit"},
		{"a screen that says going back", func(c *court) { c.writes(1, opened("exit"), askedAs(first)); at(c, words.GoingBack) }, "promise 4"},
		{"a screen that says given back", func(c *court) {
			c.writes(1, opened("exit"), askedAs(first), returningAs(first))
			at(c, words.GoingBack)
			at(c, words.GivenBack)
		}, "says given-back"},
		{"screens of a way", func(c *court) {
			c.writes(1, opened("exit"), askedAs(first))
			at(c, words.Asking)
			c.writes(1, heardAs(first, pay.Waiting))
			at(c, words.Password)
			c.writes(1, endedAs(first, pay.Declined))
			at(c, words.Refused)
		}, ""},
		{"a pulse", func(c *court) { c.paidAtTheExit(); c.Opened(c.exit, 1) }, ""},
		{"a pulse for nothing", func(c *court) { c.writes(1, opened("exit"), askedAs(first)); c.Opened(c.exit, 1) }, "promise 3: the gate of exit opened for order 1 without"},
		{"two pulses", func(c *court) { c.paidAtTheExit(); c.Opened(c.exit, 1); c.Opened(c.exit, 1) }, "promise 3: the gate opened twice"},
		{"a pulse when the car has gone", func(c *court) {
			c.paidAtTheExit()
			c.exit.drive(false)
			time.Sleep(4 * time.Second)
			c.Opened(c.exit, 1)
		}, "whose car has gone"},
		{"a pulse for the next car", func(c *court) {
			c.paidAtTheExit()
			time.Sleep(time.Second)
			c.exit.drive(false)
			time.Sleep(time.Second)
			c.exit.drive(true)
			time.Sleep(4 * time.Second)
			c.Opened(c.exit, 1)
		}, "whose car has gone"},
		{"a pulse after a restart", func(c *court) { c.paidAtTheExit(); time.Sleep(50 * time.Second); c.Begins(); c.Opened(c.exit, 1) }, ""},
		{"a pulse long after a restart", func(c *court) { c.paidAtTheExit(); time.Sleep(90 * time.Second); c.Begins(); c.Opened(c.exit, 1) }, "after it was paid"},
		{"a pulse after a restart for nobody", func(c *court) { c.paidAtTheExit(); c.Begins(); c.exit.drive(false); c.Opened(c.exit, 1) }, "nobody was there"},
	} {
		t.Run(row.name, func(t *testing.T) { judge(t, row.does, row.want) })
	}
}

func TestTheOracleWatchesNetworkDiskAndCloud(t *testing.T) {
	t.Parallel()
	roomy := room{free: 1 << 30, ballast: 1 << 20}
	for _, row := range []struct {
		name string
		does func(c *court)
		want string
	}{
		{"books that agree", func(c *court) { c.paidAtTheExit(); c.Ledger([]sandbox.Entry{booked(first, 1250, 0)}) }, ""},
		{"a stray number", func(c *court) { c.Ledger([]sandbox.Entry{booked(first, 0, 0)}) }, "promise 1: the network knows number"},
		{"settled and given back", func(c *court) { c.paidAtTheExit(); c.Ledger([]sandbox.Entry{booked(first, 1250, 1250)}) }, "promise 1: of order 1 the network gives 12.50 back"},
		{"declined and paid", func(c *court) {
			c.writes(1, opened("till"), askedAs(first), endedAs(first, pay.Declined))
			c.Ledger([]sandbox.Entry{booked(first, 1250, 0)})
		}, "and its payer is without 12.50"},
		{"given back what was never taken", func(c *court) {
			c.writes(1, opened("till"), askedAs(first), endedAs(first, pay.Returned))
			c.Ledger([]sandbox.Entry{booked(first, 0, 0)})
		}, "was never charged"},
		{"asked for another sum", func(c *court) {
			c.writes(1, opened("till"), askedAs(first))
			c.Ledger([]sandbox.Entry{{Number: first, Asked: 3}})
		}, "promise 1: the network was asked for 0.03"},
		{"a request before the commit", func(c *court) { c.Arrived(sandbox.Query, first) }, "promise 1: the network is asked about number"},
		{"a charge that comes once", func(c *court) { c.paidAtTheExit(); c.Arrived(sandbox.Charge, first); c.Arrived(sandbox.Query, first) }, ""},
		{"a charge that comes twice", func(c *court) { c.paidAtTheExit(); c.Arrived(sandbox.Charge, first); c.Arrived(sandbox.Charge, first) }, "promise 1: charge " + first + " comes to its network 2 times"},
		{"an undo's refund of what nobody undoes", func(c *court) { c.paidAtTheExit(); c.Arrived(sandbox.Refund, first+"99") }, "promise 1: all of attempt"},
		{"an undo's refund", func(c *court) {
			c.writes(1, opened("till"), askedAs(first), returningAs(first))
			c.Arrived(sandbox.Refund, first+"99")
		}, ""},
		{"a charge before the commit", func(c *court) { c.Sent(first, secretCode, closedAll) }, "promise 1: a charge leaves"},
		{"a code again", func(c *court) { twice(c, pay.Declined, time.Minute) }, "promise 1: a payment code is sent again"},
		{"a code that never left", func(c *court) { twice(c, pay.NotSent, time.Minute) }, ""},
		{"a code much later", func(c *court) { twice(c, pay.Declined, 11*time.Minute) }, ""},
		{"open in the end", func(c *court) { c.writes(1, opened("till"), askedAs(first)); c.Closed(nil, nil) }, "promise 2: order 1 still has attempt"},
		{"no slip in the end", func(c *court) { c.paidAtTheExit(); c.Closed([]sandbox.Entry{booked(first, 1250, 0)}, nil) }, "promise 8: order 1 is paid, has no slip"},
		{"no gate in the end", func(c *court) {
			c.paidAtTheExit()
			c.Printed(1, first, 1250, false)
			c.Closed([]sandbox.Entry{booked(first, 1250, 0)}, nil)
		}, "promise 3: order 1 is paid, its gate did not open"},
		{"settled and unknown to the network", func(c *court) { c.paidAtTheExit(); c.Closed(nil, nil) }, "which the network does not know"},
		{"never finished", func(c *court) {
			c.paidAtTheExit()
			c.Printed(1, first, 1250, false)
			c.Opened(c.exit, 1)
			c.Closed([]sandbox.Entry{booked(first, 1250, 0)}, []entry.Seq{1})
		}, "promise 8: order 1 is paid and never finished"},
		{"all done", func(c *court) {
			c.paidAtTheExit()
			c.writes(1, entry.New(entry.Task, entry.TaskBody{What: "slip-failed"}), entry.New(entry.Task, entry.TaskBody{What: "gate-ask"}))
			c.Closed([]sandbox.Entry{booked(first, 1250, 0)}, nil)
		}, ""},
		{"delivered without the cloud", func(c *court) { c.paidAtTheExit(); c.Acknowledged(2, entry.Hash{2}, 1) }, "promise 5: entry 2 counts as delivered"},
		{"delivered with another hash", func(c *court) { c.paidAtTheExit(); c.Acknowledged(2, entry.Hash{9}, 3) }, "with another hash"},
		{"delivered", func(c *court) { c.paidAtTheExit(); c.Acknowledged(2, entry.Hash{2}, 3) }, ""},
		{"the cloud keeps what never was", func(c *court) { c.Collected(entry.Entry{Seq: 7, Kind: entry.Opened}) }, "promise 5: the collector keeps entry 7"},
		{"the cloud lacks something in the end", func(c *court) { c.Delivered(3, 3, 2) }, "promise 5: in the end"},
		{"a sale on a full disk", func(c *court) { c.Wrote(true, room{free: reserve - 1}, none) }, "promise 5: a new sale begins"},
		{"a sale refused on a full disk", func(c *court) { c.Wrote(true, room{free: reserve - 1}, noSpace) }, ""},
		{"an end refused on a full disk", func(c *court) { c.Wrote(false, room{ballast: 1 << 20}, notWritten) }, "promise 5: a step that begins nothing new"},
		{"an end refused by a broken disk", func(c *court) { c.Wrote(false, room{fault: "read-only", ballast: 1 << 20}, notWritten) }, ""},
		{"a stale step", func(c *court) { c.Wrote(false, roomy, otherwise) }, ""},
	} {
		t.Run(row.name, func(t *testing.T) { judge(t, row.does, row.want) })
	}
}

// twice sends one code under two numbers.
func twice(c *court, end pay.State, between time.Duration) {
	c.Code(secretCode)
	c.writes(1, opened("till"), askedAs(first))
	c.Sent(first, secretCode, closedAll)
	c.writes(1, endedAs(first, end), askedAs(second))
	time.Sleep(between)
	c.Sent(second, secretCode, closedAll)
}
