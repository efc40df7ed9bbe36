package sim

import (
	"fmt"
	"maps"
	"slices"
)

// Stats counts how often each thing has happened, so that a simulator that no
// longer reaches something is seen.
type Stats map[string]int

// What is counted. A run of many seeds that never comes to one of them has lost it.
const (
	Orders      = "orders"
	Settled     = "settled"
	Returned    = "returned"
	Declined    = "declined"
	Absent      = "absent"
	NotSent     = "not sent"
	Frozen      = "frozen"
	Cancelled   = "cancelled"
	LateSuccess = "success on the way back"
	Undos       = "undo after a restart"
	Slips       = "slips"
	Reprints    = "reprints"
	HeldSlips   = "slips held"
	Voices      = "voices"
	Mutes       = "voices dropped"
	Pulses      = "gate pulses"
	LatePulses  = "gate pulses after a restart"
	GateAsks    = "gate left to the attendant"
	Tasks       = "tasks"
	Lives       = "starts"
	Cuts        = "power cuts"
	CutsInWrite = "power cuts in a write"
	Kills       = "kills"
	BrownOuts   = "brown-outs"
	Full        = "sales refused for want of space"
	EndedFull   = "steps written on a full disk"
	Unbooked    = "steps that the disk refused"
	CodesUsed   = "codes shown again"
	Clocks      = "clock jumps"
	Acks        = "acknowledged"
	Replays     = "replays"
	Restores    = "collector restored"
	ClockSet    = "clock set by a verified Date"
	LastSales   = "sales after everything was mended"
)

// What is counted of tenders.
const (
	ScanUs         = "QR codes shown"
	SideBySide     = "QR codes side by side"
	PaidByQR       = "settled by QR code"
	QRExpired      = "QR codes expired"
	QRRefreshed    = "QR codes refreshed"
	PhonesRefused  = "phones refused"
	CodeAfterClose = "codes charged after the QR code was closed"
	CodeGivenUp    = "codes given up: one moment"

	CodeBesideUnseen = "codes charged beside a QR code that counts as closed"
	PaidBeforeClose  = "QR code paid before it could be closed"
	PaidTwice        = "paid twice, the later went back"
	Cash             = "settled in cash"
	Cards            = "settled by card"
	CashUnknown      = "cash while a wallet was unknown"
	LateAfterCash    = "wallet paid after cash, gone back"
	Drawers          = "drawer opened"
	ReprintsAsked    = "reprints asked for"
)

// What is counted of people who decide what no machine can.
const (
	Booked    = "booked by a person"
	SentBack  = "sent back by a person"
	Elsewhere = "settled elsewhere, by a person's word"
	Undecided = "decisions that no person may take"
	SeenTo    = "tasks seen to"
)

// What is counted of refunds.
const (
	Refunds          = "refunds"
	RefundsInPart    = "refunds of a part"
	RefundsWhole     = "refunds of all that was left"
	RefundsElsewhere = "refunds on another lane"
	RefundsAtOnce    = "refunds wished on two lanes at once"
	RefundsDone      = "refunds done"
	RefundsByHand    = "refunds in cash or by card"
	RefundsRefused   = "refunds refused"
	RefundsAgain     = "refunds sent again after a restart"
	RefundsHigh      = "refunds of too much, not begun"
	RefundsSpent     = "refunds of what is spent, not begun"
	RefundsGoing     = "refunds of orders on their way back, not begun"
	RefundsFrozen    = "refunds of frozen orders, not begun"
	RefundsNone      = "refunds of what was not paid, not begun"
	RefundSlips      = "slips of refunds"
	RefundVoices     = "refunds spoken of"
	RefundsBounced   = "refunds left to a person"
)

// What is counted of deposits.
const (
	Holds          = "deposits"
	HoldsByQR      = "deposits by QR code"
	HoldsHeld      = "deposits held"
	HoldsAgain     = "deposits: sent again after a restart"
	HoldsWarned    = "deposits near their end"
	HoldsForeign   = "deposits moved by somebody else"
	HoldVoices     = "deposits spoken of"
	MovesElsewhere = "captures and releases at another desk"
	CaptureRefunds = "refunds of captures"
	DesksAtOnce    = "deposits wished of at two desks at once"
	LongAway       = "weeks that go by"
	CapturesHigh   = "captures of more than is held, wished"
	CapturesTwice  = "second captures at wechat, wished"
	ReleasesBeside = "releases wished while a capture is unknown"
	DesksOne       = "deposits wished of at two desks at once: one had it"
	EndsOffline    = "deposits that ended while offline"
	Vouchers       = "vouchers of another shop"
	MovesDisabled  = "captures and releases of a merchant that is off"
	Disabled       = "requests refused because the merchant is disabled"
	LastGuests     = "guests after everything was mended"
)

// What is counted of people on duty.
const (
	ShiftsBegun       = "shifts"
	ShiftsOfStore     = "shifts of the whole store"
	ShiftsTaken       = "shifts not begun, somebody is on duty"
	ShiftsEnded       = "shifts ended"
	ShiftsOverRestart = "shifts that went on over a restart"
	ShiftSums         = "shifts summed and held against the ledger"
	NobodysSales      = "sales while nobody was on duty"
	HandOvers         = "hand-overs"
	HandOversOpen     = "hand-overs with orders that are not final"
	HandOversGap      = "hand-overs with what nobody took"
	HandOversLate     = "hand-overs of a shift that had ended before"
	HandOversTwice    = "hand-overs refused: somebody else was first"
	HandOversRefused  = "hand-overs refused: it is not theirs"
	HandOverSlips     = "slips of a hand-over"
	OffDuty           = "refused: off duty"
)

// shiftOutcomes are what a run of either scene has to come to.
var shiftOutcomes = []string{ShiftsBegun, ShiftsOfStore, ShiftsTaken, ShiftsEnded, ShiftsOverRestart, ShiftSums, NobodysSales, HandOvers, HandOversOpen, HandOversGap,
	HandOversLate, HandOversTwice, HandOversRefused, HandOverSlips, OffDuty}

// hotelOutcomes are what a run of many hotels has to come to.
var hotelOutcomes = []string{Holds, HoldsByQR, HoldsHeld, HoldsAgain, HoldsWarned, HoldsForeign, HoldVoices, MovesElsewhere, CaptureRefunds, DesksAtOnce, LongAway, LastGuests,
	"captures done", "captures of a part", "captures refused", "releases done", "releases of a part", "releases refused", "totals expired", "totals differs",
	"deposits absent", "deposits declined", "deposits returned", "deposits mismatch", "held at wechat", "held at alipay", "held at cloudpay",
	"slips of a hold", "slips of a capture", "slips of a release", Kills, Cuts, CutsInWrite, Reprints, Unbooked, Tasks, Settled, LastSales}

var outcomes = []string{Booked, SentBack, Elsewhere, Undecided, SeenTo,
	Refunds, RefundsInPart, RefundsWhole, RefundsElsewhere, RefundsAtOnce, RefundsDone, RefundsByHand, RefundsRefused, RefundsAgain,
	RefundsHigh, RefundsSpent, RefundsGoing, RefundsFrozen, RefundsNone, RefundSlips, RefundVoices, RefundsBounced,
	ScanUs, SideBySide, PaidByQR, QRExpired, QRRefreshed, PhonesRefused, CodeAfterClose, CodeGivenUp, CodeBesideUnseen, PaidBeforeClose, PaidTwice,
	Cash, Cards, CashUnknown, LateAfterCash, Drawers, ReprintsAsked, ClockSet,
	Orders, Settled, Returned, Declined, Absent, NotSent, Frozen, Cancelled, LateSuccess, Undos, Slips, Reprints, HeldSlips,
	Voices, Mutes, Pulses, LatePulses, GateAsks, Tasks, Lives, Cuts, CutsInWrite, Kills, BrownOuts, Full, EndedFull, Unbooked, CodesUsed, Clocks,
	Acks, Replays, Restores, LastSales}

// Add sums two runs.
func (s Stats) Add(o Stats) {
	for name, n := range o {
		s[name] += n
	}
}

// Missing are the outcomes of a scene that were never reached.
func (s Stats) Missing(of Scene) (names []string) {
	all := outcomes
	if of == Hotel {
		all = hotelOutcomes
	}
	return s.unseen(slices.Concat(all, shiftOutcomes))
}

// unseen are those of some names that were never counted.
func (s Stats) unseen(names []string) []string {
	return slices.DeleteFunc(names, func(name string) bool { return s[name] > 0 })
}

// Lines are the counts, one a line, sorted by name.
func (s Stats) Lines() (lines []string) {
	for _, name := range slices.Sorted(maps.Keys(s)) {
		lines = append(lines, fmt.Sprintf("%8d  %s", s[name], name))
	}
	return lines
}
