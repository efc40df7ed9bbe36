package duty

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

// TestOverrides: by who may, with a reason, and with a manager's PIN while the
// clock proves nothing; the entry is the reason for what happens then.
func TestOverrides(t *testing.T) {
	t.Parallel()
	l := newLab(t, 13)
	clerk := l.hire("Wang", staff.Clerk, nil)
	guard := l.hire("Li", staff.Clerk, staff.Grants{staff.Override: {"exit-B"}})
	for _, row := range []struct {
		o     Overrule
		trust entry.Trust
		want  string
	}{
		{Overrule{By: clerk, Lane: "exit-B", Why: "ambulance"}, entry.Trusted, string(words.DeniedRight)},
		{Overrule{By: guard, Lane: "counter-1", Why: "ambulance"}, entry.Trusted, string(words.DeniedLane)},
		{Overrule{By: guard, Lane: "exit-B", Why: " "}, entry.Trusted, string(words.HaltReason)},
		{Overrule{By: guard, Lane: "exit-B", Why: "ambulance"}, entry.Floor, string(words.DeniedClock)},
		{Overrule{By: guard, Lane: "exit-B", Why: "ambulance", Spot: Spot{"Chief", "000000"}}, entry.Floor, string(words.DeniedNameOrPIN)},
		{Overrule{By: guard, Lane: "exit-B", Why: "ambulance", Object: 5, What: "gate"}, entry.Trusted, ""},
	} {
		l.trust(row.trust)
		if reason, err := l.Override(t.Context(), row.o); why(t, err) != row.want || (reason != 0) != (err == nil) {
			t.Errorf("%+v: %d, %v, want %q", row.o, reason, err, row.want)
		}
	}
	l.pass(2000)
	l.trust(entry.Floor)
	reason, err := l.Override(t.Context(), Overrule{By: guard, Lane: "exit-B", Why: "ambulance", Spot: l.typed("local-1")})
	l.must(err)
	of := l.kinds(entry.Override)
	if len(of) != 2 || of[1].Seq != reason || string(of[0].Body) != `{"w":"gate","l":"exit-B","o":5,"b":"local-3","y":"ambulance"}` ||
		entry.Must[entry.OverrideBody](of[1]).Spot != "local-1" {
		t.Errorf("%d overrides are written", len(of))
	}
}

// TestAGateThatIsOpenedByHand: the reason is on disk before the arm moves, and
// what became of it after; what does not open says so and opens no later on.
func TestAGateThatIsOpenedByHand(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		o       Overrule
		err     error // of the gate
		busy    bool  // it takes nothing for a while
		disk    error
		refused string
		trouble words.Halt
		opens   int
		result  string
	}{
		"opens":               {o: Overrule{Lane: "exit-B", Why: "ambulance"}, opens: 1, result: flow.Done},
		"a relay that breaks": {o: Overrule{Lane: "exit-B", Why: "ambulance"}, err: errors.New("no such device"), trouble: words.HaltGateShut, opens: 1, result: flow.Failed},
		"a gate that is busy": {o: Overrule{Lane: "exit-B", Why: "ambulance"}, busy: true, trouble: words.HaltGateShut, result: flow.Held},
		"no reason":           {o: Overrule{Lane: "exit-B"}, refused: string(words.HaltReason)},
		"a lane without one":  {o: Overrule{Lane: "counter-1", Why: "ambulance"}, refused: string(words.HaltNoGate)},
		"no lane":             {o: Overrule{Lane: "counter-9", Why: "ambulance"}, refused: string(words.HaltNoGate)},
		"a disk that refuses": {o: Overrule{Lane: "exit-B", Why: "ambulance"}, disk: errDisk, refused: string(words.HaltUnwritten)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				l := newLab(t, 14)
				guard := l.hire("Li", staff.Clerk, staff.Grants{staff.Override: {"*"}})
				ctx, stop := context.WithCancel(t.Context())
				defer synctest.Wait()
				defer stop()
				opens, free := 0, make(chan bool)
				gate := &flow.Output{Name: "gate", What: flow.Gate, Log: l.Log, Do: func(_ context.Context, e flow.Effect) error {
					if e.Key == 0 { // another lane's
						<-free
						return nil
					}
					if got := l.kinds(entry.Override); len(got) != 1 || got[0].Seq != e.Reason {
						t.Errorf("the arm moves before its reason is on disk: %d, %+v", len(got), e)
					}
					opens++
					return row.err
				}}
				go gate.Run(ctx)
				l.Gate = func(lane string) *flow.Output { return map[string]*flow.Output{"exit-B": gate}[lane] }
				if fmt.Sprint(l.Gates()) != "[exit-B]" {
					t.Errorf("gates are at %v", l.Gates())
				}
				if row.busy {
					gate.Give(ctx, flow.Effect{Do: flow.Gate}, "other", func(context.Context, flow.Event) {}, nil)
					synctest.Wait()
				}
				l.books.refuse(row.disk)
				row.o.By = guard
				trouble, err := l.OpenGate(ctx, row.o)
				if why(t, err) != row.refused || trouble != row.trouble {
					t.Errorf("%s, %v", trouble, err)
				}
				close(free)
				time.Sleep(time.Minute)
				synctest.Wait()
				if opens != row.opens || (row.refused != "") != (len(l.kinds(entry.Override)) == 0) {
					t.Errorf("it opened %d times, want %d; %d reasons", opens, row.opens, len(l.kinds(entry.Override)))
				}
				puts := l.kinds(entry.Outputs)
				if (row.result == "") != (len(puts) == 0) || len(puts) > 0 && entry.Must[entry.OutputsBody](puts[0]).Of[0].Result != row.result {
					t.Errorf("what became of it: %d entries, want %q", len(puts), row.result)
				}
			})
		})
	}
}
