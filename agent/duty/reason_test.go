package duty

import (
	"context"
	"testing"

	"tillgate/agent/words"
	"tillgate/store/entry"
)

// TestWhatIsNeverWrittenDown: a payment code, a card's number, a key and a PIN alone
// are no reason for anything, and nothing of them reaches the journal; numbers of
// ours are.
func TestWhatIsNeverWrittenDown(t *testing.T) {
	t.Parallel()
	c := newCrew(t, 71)
	c.must(c.Set(t.Context(), "local-1", words.SettingRefundLimit, "900"))
	number, key := c.sells("counter-1", 5000, "wechat")
	shift, _ := c.ShiftOf(c.clerk)
	written := func() int {
		return len(c.kinds(entry.Approved)) + len(c.kinds(entry.Override)) + len(c.kinds(entry.ShiftOff))
	}
	for name, do := range map[string]func(ctx context.Context, why string) error{
		"a refund": func(ctx context.Context, why string) error {
			_, err := c.Refund(ctx, Ask{By: c.clerk, Lane: "counter-1", Order: key, Amount: 100, Reason: why})
			return err
		},
		"a decision": func(ctx context.Context, why string) error {
			return c.Decide(ctx, Decision{By: "local-1", Key: key, Of: key, Why: why})
		},
		"a gate": func(ctx context.Context, why string) error {
			_, err := c.Override(ctx, Overrule{By: "local-1", What: "gate", Lane: "counter-1", Why: why})
			return err
		},
		"a shift of another's": func(ctx context.Context, why string) error {
			_, err := c.ClockOff(ctx, "local-1", shift.ID, why)
			return err
		},
		"what is captured": func(ctx context.Context, why string) error {
			_, err := c.Capture(ctx, Ask{By: c.clerk, Lane: "counter-1", Number: number, Amount: 1, Reason: why}, false)
			return err
		},
	} {
		c.lanes.took = nil
		before := written()
		for _, text := range []string{"134567890123456789", "4111 1111 1111 1111", "TGK1-ABCD", "830275", " 830275 "} {
			if err := do(t.Context(), text); why(t, err) != string(words.HaltPrivate) {
				t.Errorf("%s because of %q: %v", name, text, err)
			}
		}
		if written() != before || len(c.lanes.took) != 0 {
			t.Errorf("%s: something was done all the same", name)
		}
		if err := do(t.Context(), "as "+number); why(t, err) == string(words.HaltPrivate) {
			t.Errorf("%s: a number of ours is refused", name)
		}
	}
}
