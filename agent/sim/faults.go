package sim

import (
	"slices"
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
	"tillgate/store"
	"tillgate/store/entry"
)

// fault is something that goes wrong with deposits and has to end well: what a run
// of many hotels counts of it, and the tests that play it alone.
type fault struct {
	name  string
	seen  []string // outcomes of the hotel's scene
	tests []string // folder and name
}

// faults are what has to go wrong in a hotel.
var faults = []fault{
	{"an answer is lost on a hold, a capture, a release, before the effect and after it", lostAnswers(),
		[]string{"agent/flow TestLostAnswersOfAHotel", "agent/flow/deposit TestAHoldWhoseAnswerIsLost", "agent/flow/deposit TestAMoveWhoseAnswerIsLost"}},
	{"kill -9 at every commit", atCommits(killed), []string{"agent/flow/deposit TestCutAtEveryEntryOfADeposit", "agent/sim TestKilledAtEveryCommitOfADeposit"}},
	{"a power cut at every commit", atCommits(cut), []string{"store TestPowerCutAtEveryWriteOfADeposit", "agent/sim TestPowerFailsAtEveryWriteOfAHotel", "agent/flow TestPowerCutsOfAHotel"}},
	{"a capture of more than is held", []string{CapturesHigh}, []string{"store TestMovesThatMayNotBegin", "agent/flow/deposit TestWhatMayNotBegin"}},
	{"a second capture on WeChat Pay", []string{CapturesTwice}, []string{"agent/flow/deposit TestWhatMayNotBegin"}},
	{"the same capture from two desks at once", []string{DesksAtOnce, DesksOne}, []string{"agent/flow TestTwoDesksCaptureAtOnce", "store TestTwoDesksAtOnce"}},
	{"a release while a capture is unknown", []string{ReleasesBeside}, []string{"agent/flow/deposit TestWhatMayNotBegin"}},
	{"an end while offline", []string{EndsOffline, "totals expired"}, []string{"agent/flow TestExpiryWhileOffline", "agent/flow/deposit TestTheEndOfItsLife"}},
	{"a clerk off duty", []string{OffDuty}, []string{"agent/duty TestReleaseIsApprovedLikeARefund"}},
	{"a voucher of another shop", []string{Vouchers}, []string{"agent/flow TestWishesAboutDepositsThatLeadToNothing"}},
	{"a deposit of a merchant that was disabled", []string{MovesDisabled, Disabled}, []string{"agent/flow TestAMerchantThatIsGone", "agent/flow/deposit TestAMerchantThatWasDisabled"}},
	{"the network's totals differ from ours", []string{HoldsForeign, "totals differs"}, []string{"agent/flow TestTotalsThatAreNotOurs", "agent/flow/deposit TestNothingIsSentWhereTheTotalsDiffer", "agent/flow/deposit TestSomebodyElseMovesItMeanwhile"}},
}

// faultsSeen are the outcomes of all of them.
func faultsSeen() (names []string) {
	for _, f := range faults {
		names = append(names, f.seen...)
	}
	return names
}

// lostAnswers are the requests of deposits and how their answers get lost.
func lostAnswers() (names []string) {
	for _, op := range []sandbox.Op{sandbox.Hold, sandbox.Capture, sandbox.Release} {
		for _, how := range []string{sandbox.LostBefore, sandbox.LostAfter} {
			names = append(names, lost(op, how))
		}
	}
	return names
}

func lost(op sandbox.Op, how string) string { return string(op) + ": " + how }

// How an agent ends at a commit, as it is counted.
const (
	killed = "killed right after "
	cut    = "power cut in the write of "
)

// commits are what is written about a deposit, one way or another.
var commits = []entry.Kind{entry.HoldAsked, entry.HoldHeard, entry.HoldPlaced, entry.HoldReturning, entry.HoldEnded,
	entry.MoveAsked, entry.MoveDone, entry.MoveRefused, entry.HoldSeen}

func atCommits(how string) (names []string) {
	for _, kind := range commits {
		names = append(names, how+kind.String())
	}
	return names
}

// endsAt counts how the agent ends in a commit.
func (w *world) endsAt(how string, step store.Step) {
	for _, d := range step.Entries {
		if slices.Contains(commits, d.Kind) {
			w.oracle.count(how + d.Kind.String())
		}
	}
}

// cutAt counts a power cut in the middle of a commit.
func (w *world) cutAt(step store.Step) {
	w.oracle.count(CutsInWrite)
	w.endsAt(cut, step)
}

// killAt ends the process right after a commit, where it is that one's turn:
// nobody has heard of it, and nothing runs any more.
func (w *world) killAt(over *end, step store.Step) bool {
	if w.killIn.Load() <= 0 || w.killIn.Add(-1) > 0 {
		return false
	}
	w.oracle.count(Kills)
	w.endsAt(killed, step)
	over.kill.Store(true)
	over.tell("the agent is killed right after a commit of " + step.Entries[0].Kind.String())
	return true
}

// disable has a network refuse everything about a merchant's deposits, with a code
// that says so, or take it all again.
func (b *bank) disable(merchant string, off bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.disabled[merchant] = off
}

// refuses is how a network refuses a request because its merchant is disabled; ok is
// false where it has no code for that. The caller has the lock.
func (b *bank) refuses(a attempt, op sandbox.Op) (do sandbox.Behaviour, ok bool) {
	if !b.disabled[a.merchant] {
		return do, false
	}
	codes := codesOf(a.network, op, func(c pay.Case) bool { return c.Fault && !c.NotFound })
	if len(codes) == 0 {
		return do, false
	}
	return sandbox.Behaviour{Kind: sandbox.Failed, Code: codes[0]}, true
}

// Lapsed counts the deposits whose life has ended since a moment, and of which
// nobody here has heard so far.
func (o *Oracle) Lapsed(since time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, h := range o.holds {
		if h.placed != nil && h.left() > 0 && !h.lapsed && h.placed.Expires > since.Unix() && h.placed.Expires < time.Now().Unix() {
			o.stats[EndsOffline]++
		}
	}
}

// Captures tells whether a deposit's newest move is a capture, whether that is open,
// and whether it is of a network that lets only one be.
func (o *Oracle) Captures(key entry.Seq) (captured, open, one bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	h := o.holds[key]
	if len(h.moves) == 0 {
		return false, false, false
	}
	last := h.moves[len(h.moves)-1]
	return last.What == entry.Capture, last.What == entry.Capture && !last.ended, h.Network == weChat
}

// Became tells how many of some wishes about deposits have become something.
func (o *Oracle) Became(reasons []string) (n int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, reason := range reasons {
		n += yes(o.wants[reason] != "")
	}
	return n
}

// Nobodys notes a wish that must never become anything.
func (o *Oracle) Nobodys(reason string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.wants, reason)
	o.stats[Vouchers]++
}

// HoldMerchant is the merchant of a deposit.
func (o *Oracle) HoldMerchant(key entry.Seq) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.holds[key].Merchant
}
