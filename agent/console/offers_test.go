package console

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"tillgate/agent/flow"
	"tillgate/agent/words"
)

// TestOffers is what a page offers in each phase, and what comes first.
func TestOffers(t *testing.T) {
	t.Parallel()
	want := map[words.Phase][2]string{ // verbs, tab
		words.Idle:           {"amount", "new"},
		words.Ready:          {"code qr cash card cancel amount", "phone"},
		words.ScanUs:         {"code cash card cancel", "phone"},
		words.OneMoment:      {"cancel", "wait"},
		words.Asking:         {"cancel", "wait"},
		words.Password:       {"cancel", "wait"},
		words.Checking:       {"cash cancel", "wait"},
		words.GoingBack:      {"cash amount", "wait"},
		words.PaidOrder:      {"amount", "new"},
		words.Refused:        {"code qr cash card cancel amount", "phone"},
		words.GivenBack:      {"code qr cash card cancel amount", "phone"},
		words.CancelledOrder: {"amount", "new"},
		words.FrozenOrder:    {"amount", "new"},
		words.Unbooked:       {"amount", "new"},
		"not heard of":       {"cash cancel", "wait"},
	}
	for _, phase := range append(words.Phases(), "not heard of") {
		b := newBench()
		b.counter.change(func(v *flow.View) { v.Order.Phase = phase })
		page := b.ask("GET", "/lanes/counter-1", "").Body.String()
		row, first := want[phase], 0
		if row[1] != "wait" {
			first = 1
		}
		if !strings.Contains(page, `data-can="`+row[0]+`"`) || !strings.Contains(page, `data-tab="`+row[1]+`"`) ||
			len(regexp.MustCompile(`id="tab-`+row[1]+`"[^>]* checked>`).FindAllString(page, -1)) != first || strings.Count(page, " checked>") != first {
			t.Errorf("%s: the page does not offer %q with %q first", phase, row[0], row[1])
		}
	}
}

// TestOffersOfALane: what a lane does not take is not offered.
func TestOffersOfALane(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		takes     []words.Tender
		verbs, at string
	}{
		{nil, "cancel amount", "new"},
		{[]words.Tender{words.ByCode}, "code cancel amount", "phone"},
		{[]words.Tender{words.ByQR}, "qr cancel amount", "phone"},
		{[]words.Tender{words.ByCash, words.ByCard}, "cash card cancel amount", "cash"},
	} {
		b := newBench(func(o *Options) {
			o.Takes = func(lane string) []words.Tender {
				if lane != "counter-1" {
					t.Errorf("asked for %q", lane)
				}
				return row.takes
			}
			o.Lanes = o.Lanes[:1]
		})
		b.counter.Offer(flow.Amount{Amount: 1250})
		if page := b.ask("GET", "/lanes/counter-1", "").Body.String(); !strings.Contains(page, `data-can="`+row.verbs+`"`) || !strings.Contains(page, `data-tab="`+row.at+`"`) {
			t.Errorf("%v: the page does not offer %q with %q first", row.takes, row.verbs, row.at)
		}
	}
}

func TestEveryVerbHasItsAction(t *testing.T) {
	t.Parallel()
	for phase, look := range looks {
		for _, verb := range look.offers {
			if !slices.ContainsFunc(actions, func(a action) bool { return a.verb == verb }) {
				t.Errorf("%s offers %s, which nobody does", phase, verb)
			}
		}
	}
}
