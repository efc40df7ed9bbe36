package console

import (
	"slices"

	"tillgate/agent/words"
)

// What a page offers to do follows from how the order stands. It is a help for
// eyes and fingers only: the lane decides, and says so when it refuses.

// standing is how an order stands, as far as it matters to whoever acts: phases
// of one standing follow each other without a person.
type standing string

const (
	free  standing = "free"  // a new amount is what is wanted
	owed  standing = "owed"  // somebody should pay now
	under standing = "under" // a payment is under way
	doubt standing = "doubt" // its result is not known, or it is being undone
)

// Verbs are the last part of an action's address.
const (
	verbAmount  = "amount"
	verbCode    = "code"
	verbCancel  = "cancel"
	verbQR      = "qr"
	verbCash    = "cash"
	verbCard    = "card"
	verbReprint = "reprint"
)

// phaseLook is how a phase looks and what is offered in it.
type phaseLook struct {
	tone     string // a class of the style sheet; the words beside it say the same
	standing standing
	offers   []string
}

var (
	toPay  = []string{verbCode, verbQR, verbCash, verbCard, verbCancel, verbAmount}
	toNext = []string{verbAmount}
)

var looks = map[words.Phase]phaseLook{
	words.Idle:           {"calm", free, toNext},
	words.Ready:          {"ready", owed, toPay},
	words.ScanUs:         {"ready", owed, []string{verbCode, verbCash, verbCard, verbCancel}},
	words.OneMoment:      {"busy", under, []string{verbCancel}},
	words.Asking:         {"busy", under, []string{verbCancel}},
	words.Password:       {"busy", under, []string{verbCancel}},
	words.Checking:       {"warn", doubt, []string{verbCash, verbCancel}},
	words.GoingBack:      {"warn", doubt, []string{verbCash, verbAmount}},
	words.PaidOrder:      {"good", free, toNext},
	words.Refused:        {"no", owed, toPay},
	words.GivenBack:      {"no", owed, toPay},
	words.CancelledOrder: {"calm", free, toNext},
	words.FrozenOrder:    {"bad", free, toNext},
	words.Unbooked:       {"bad", free, toNext},
}

// lookOf is a phase's look; one without is shown as unknown, like its words.
func lookOf(p words.Phase) phaseLook {
	if l, ok := looks[p]; ok {
		return l
	}
	return looks[words.Checking]
}

func standingOf(p words.Phase) standing { return lookOf(p).standing }

// tenders are the ways to pay that a verb belongs to; one that is not here is
// offered on every lane.
var tenders = map[string]words.Tender{
	verbCode: words.ByCode, verbQR: words.ByQR, verbCash: words.ByCash, verbCard: words.ByCard,
}

// offersOf are the verbs that a lane's page offers in a phase.
func (c *console) offersOf(lane int, p words.Phase) []string {
	offers := lookOf(p).offers
	if c.Takes == nil {
		return offers
	}
	takes := c.Takes(c.names[lane])
	return slices.DeleteFunc(slices.Clone(offers), func(verb string) bool {
		tender, pays := tenders[verb]
		return pays && !slices.Contains(takes, tender)
	})
}
