package main

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tillgate/agent/clock"
	"tillgate/agent/pay"
	"tillgate/store"
	"tillgate/store/entry"
)

// object is entries of one object, whose attempts are named by letters.
type object struct {
	done   bool
	after  entry.Seq // of a refund: its order's newest entry
	drafts []entry.Draft
}

// asked is an order with attempts at merchants of a network, "A" at the first.
func asked(s *store.Store, network string, merchants ...string) (o object, numbers []string) {
	o.drafts = []entry.Draft{entry.New(entry.Opened, entry.OpenedBody{Lane: "exit-1", Amount: 1250})}
	for _, m := range merchants {
		numbers = append(numbers, s.Number())
		o.drafts = append(o.drafts, entry.New(entry.Asked, entry.AskedBody{Number: numbers[len(numbers)-1], Merchant: m, Network: network}))
	}
	return o, numbers
}

func (o object) then(drafts ...entry.Draft) object {
	o.drafts = append(o.drafts, drafts...)
	return o
}

func openJournal(t *testing.T, cfg *config) *store.Store {
	t.Helper()
	if err := os.MkdirAll(cfg.Terminal.Data, 0o700); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), storeOptions(cfg, clock.New(clock.Options{}), nil))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// commit writes objects and answers the last one's last entry.
func commit(t *testing.T, s *store.Store, all ...object) (last entry.Entry) {
	t.Helper()
	for _, o := range all {
		entries, err := s.Commit(t.Context(), store.Step{Entries: o.drafts, Done: o.done, OrderAfter: o.after})
		if err != nil {
			t.Fatal(err)
		}
		last = entries[len(entries)-1]
	}
	return last
}

// TestWhatIsLeftAtAMerchant: attempts and refunds whose end nobody has written.
func TestWhatIsLeftAtAMerchant(t *testing.T) {
	t.Parallel()
	cfg, _ := testConfig(t)
	s := openJournal(t, cfg)
	defer s.Close()
	open, _ := asked(s, "wechat", "old")
	again, two := asked(s, "wechat", "old", "old") // both count as one order
	mixed, three := asked(s, "wechat", "ended", "old")
	heard, four := asked(s, "alipay", "other")
	settled, five := asked(s, "wechat", "settled")
	frozen, six := asked(s, "wechat", "frozen")
	cash := object{}.then(entry.New(entry.Opened, entry.OpenedBody{Lane: "exit-1", Amount: 5}), entry.New(entry.Asked, entry.AskedBody{Number: s.Number(), Network: "cash", Way: "cash"}))
	inherited := object{}.then(entry.New(entry.Inherited, entry.InheritedBody{Epoch: 1, OpenedBody: entry.OpenedBody{Lane: "exit-1"}, AskedBody: entry.AskedBody{Number: s.Number(), Merchant: "before", Network: "unionpay"}}))
	nothing := object{}.then(entry.New(entry.Inherited, entry.InheritedBody{Epoch: 1, OpenedBody: entry.OpenedBody{Lane: "exit-1", Amount: 5}}))
	task := object{}.then(entry.New(entry.Task, entry.TaskBody{What: "gate-ask"}))
	commit(t, s, open, again.then(entry.New(entry.Returning, entry.ReturningBody{Number: two[0], Why: "code"})),
		mixed.then(entry.New(entry.Ended, entry.EndedBody{Number: three[0], State: uint8(pay.Declined)})),
		heard.then(entry.New(entry.Heard, entry.HeardBody{Number: four[0]})),
		settled.then(entry.New(entry.Settled, entry.SettledBody{Number: five[0], Amount: 1250, Settled: 1250})), // its slip is not printed
		frozen.then(entry.New(entry.Frozen, entry.FrozenBody{Number: six[0]})),
		cash, inherited, nothing, task,
	)
	done, seven := asked(s, "wechat", "done")
	done = done.then(entry.New(entry.Settled, entry.SettledBody{Number: seven[0], Amount: 1250, Settled: 1250}))
	done.done = true
	paid := commit(t, s, done)
	commit(t, s, object{after: paid.Seq}.then(entry.New(entry.RefundAsked, entry.RefundAskedBody{
		Order: paid.Key, Of: seven[0], Number: seven[0] + "01", Amount: 5, Paid: 1250, Lane: "exit-1", Merchant: "done", Network: "wechat",
	})))
	held := entry.HoldAskedBody{Number: s.Number(), Amount: 5, Lane: "desk-1", Merchant: "inn", Network: "alipay"}
	commit(t, s, object{}.then(entry.New(entry.HoldAsked, held), entry.New(entry.HoldPlaced, entry.HoldPlacedBody{Amount: 5})))
	over := held
	over.Number = s.Number()
	commit(t, s, object{}.then(entry.New(entry.HoldAsked, over), entry.New(entry.HoldEnded, entry.HoldEndedBody{Number: over.Number, State: 2})))
	all, err := leftIn(t.Context(), s)
	want := []left{
		{owner{"before", "unionpay", ""}, 1, 0, 0}, {owner{"done", "wechat", ""}, 0, 1, 0}, {owner{"inn", "alipay", ""}, 0, 0, 1}, {owner{"old", "wechat", ""}, 3, 0, 0}, {owner{"other", "alipay", ""}, 1, 0, 0},
	}
	if diff := cmp.Diff(want, all, cmp.AllowUnexported(left{})); err != nil || diff != "" {
		t.Errorf("%v, (-want +got):\n%s", err, diff)
	}
}

// TestARefundThatIsFinalNeedsNobody.
func TestARefundThatIsFinalNeedsNobody(t *testing.T) {
	t.Parallel()
	asked := entry.Entry{Kind: entry.RefundAsked, Body: entry.Encode(entry.RefundAskedBody{Merchant: "shop", Network: "wechat"})}
	inherited := entry.Entry{Kind: entry.RefundInherited, Body: entry.Encode(entry.RefundInheritedBody{RefundAskedBody: entry.RefundAskedBody{Merchant: "shop", Network: "wechat"}})}
	for _, begins := range []entry.Entry{asked, inherited} {
		heard := []entry.Entry{begins, {Kind: entry.RefundHeard, Body: entry.Encode(entry.RefundHeardBody{})}}
		if got := ownersIn(heard); len(got) != 1 || !got[owner{"shop", "wechat", ""}] {
			t.Errorf("%s: open at %v", begins.Kind, got)
		}
		for _, end := range []entry.Entry{{Kind: entry.RefundDone, Body: entry.Encode(entry.RefundDoneBody{})}, {Kind: entry.RefundRefused, Body: entry.Encode(entry.RefundRefusedBody{})}} {
			if got := ownersIn(append(heard, end)); len(got) != 0 {
				t.Errorf("%s, %s: open at %v", begins.Kind, end.Kind, got)
			}
		}
	}
}

// TestWhatIsSaidOfALostMerchant: its name, how much waits for it, and what to do.
func TestWhatIsSaidOfALostMerchant(t *testing.T) {
	t.Parallel()
	c, err := parseConfig("x.toml", []byte(smallConfig), false)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		left left
		says string
	}{
		{left{owner{"m", "wechat", ""}, 5, 5, 0}, ""},
		{left{owner{"old", "wechat", ""}, 1, 0, 0}, `x.toml: merchant "old" of network wechat is not in this file, and 1 order of it is not final; put it back as it was, let the agent run until they are, and take it out then`},
		{left{owner{"old", "alipay", ""}, 12, 1, 0}, `x.toml: merchant "old" of network alipay is not in this file, and 12 orders and 1 refund of it are not final; put it back`},
		{left{owner{"old", "alipay", ""}, 0, 2, 0}, `and 2 refunds of it are not final`},
		{left{owner{"old", "alipay", ""}, 0, 0, 1}, `and 1 deposit of it is not final`},
		{left{owner{"m", "alipay", ""}, 2, 0, 0}, `x.toml:8: [[merchant]] m: its network was alipay, and 2 orders of it are not final; put it back as it was`},
	} {
		err := c.checkLeft([]left{row.left})
		if (err == nil) != (row.says == "") || err != nil && !strings.Contains(err.Error(), row.says) {
			t.Errorf("%+v: it says %v, want %s", row.left, err, row.says)
		}
	}
}

// TestAMerchantThatIsNeededCannotBeTakenOut: the start is refused, and the check
// says it before, whether an agent runs or not.
func TestAMerchantThatIsNeededCannotBeTakenOut(t *testing.T) {
	t.Parallel()
	cfg, path := testConfig(t)
	if code, _, complaint := call(t, "config", "check", path); code != exitOK || complaint != "" {
		t.Errorf("before the first start: exit %d, %q", code, complaint)
	}
	if _, err := os.Stat(cfg.Terminal.Data); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the check has begun a journal: %v", err)
	}
	s := openJournal(t, cfg)
	one, _ := asked(s, "wechat", "gone")
	two, _ := asked(s, "wechat", "gone")
	commit(t, s, one, two)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	const says = `merchant "gone" of network wechat is not in this file, and 2 orders of it are not final`
	for _, args := range [][]string{{"config", "check", path}, {"run", "--config", path}} {
		if code, _, complaint := call(t, args...); code != exitConfig || !strings.Contains(complaint, says) {
			t.Errorf("%v: exit %d, %q", args, code, complaint)
		}
	}
}

// TestARunningAgentIsAskedWhatIsLeft: its config has the merchant, the one that
// is checked has not.
func TestARunningAgentIsAskedWhatIsLeft(t *testing.T) {
	t.Parallel()
	cfg, path := testConfig(t)
	a := start(t, cfg)
	untilSocket(t, cfg)
	one, _ := asked(a.store, "wechat", "shop")
	commit(t, a.store, one)
	if code, _, complaint := call(t, "config", "check", path); code != exitOK || complaint != "" {
		t.Errorf("with the merchant: exit %d, %q", code, complaint)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	without := strings.ReplaceAll(string(text), `"shop"`, `"new-shop"`)
	write(t, path, without)
	if code, _, complaint := call(t, "config", "check", path); code != exitConfig || !strings.Contains(complaint, `merchant "shop" of network wechat is not in this file, and 1 order of it is`) {
		t.Errorf("without it: exit %d, %q", code, complaint)
	}
	elsewhere := strings.ReplaceAll(without, "/run\"", "/run-2\"") // the agent is not found, and has the journal
	write(t, path, elsewhere)
	if code, _, complaint := call(t, "config", "check", path); code != exitOK || !strings.Contains(complaint, "the journal was not looked at") {
		t.Errorf("where it cannot be asked: exit %d, %q", code, complaint)
	}
}
