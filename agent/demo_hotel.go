//go:build demo

package main

import (
	"context"
	"errors"
	"fmt"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
	"tillgate/agent/words"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// hotelDesk is the demo's lane of deposits.
const hotelDesk = "desk-1"

// hotelVisits are two guests: one whose breakfast is taken from the deposit, with
// the rest returned by the network, and one who gets all of it back.
func (s *shop) hotelVisits(ctx context.Context, a *agent) error {
	l := laneNamed(a, hotelDesk)
	first, err := s.hold(ctx, a, "1208", 30000, sandbox.WeChat)
	if err != nil {
		return err
	}
	s.tell(hotelDesk, "clerk", "captures 88.50 yuan of it at check-out; it is final for WeChat Pay: the rest goes back to the guest")
	said, err := flow.Ask(ctx, l.Offer, flow.CaptureSpec{Hold: first, Amount: 8850, Last: true, Reason: "早餐 Breakfast", By: "前台 Front desk"})
	if err := s.moved(ctx, a, first, said, err, 2); err != nil {
		return err
	}
	second, err := s.hold(ctx, a, "1209", 30000, sandbox.Alipay)
	if err != nil {
		return err
	}
	s.tell(hotelDesk, "clerk", "releases all of it at check-out")
	said, err = flow.Ask(ctx, l.Offer, flow.ReleaseSpec{Hold: second, Reason: "退房 Check-out", By: "前台 Front desk"})
	return s.moved(ctx, a, second, said, err, 2)
}

// hold takes a deposit with the payment code of a guest who pays.
func (s *shop) hold(ctx context.Context, a *agent, room string, sum money.Fen, wallet string) (entry.Seq, error) {
	l := laneNamed(a, hotelDesk)
	s.tell(hotelDesk, "clerk", "asks for a deposit of %s yuan for room %s", sum, room)
	said, err := flow.Ask(ctx, l.Offer, flow.DepositSpec{Amount: sum, Room: room, By: "前台 Front desk"})
	switch {
	case err != nil:
		return 0, err
	case said.Tell != words.TellHoldScan:
		return 0, fmt.Errorf("%s: no deposit could be asked for: %s", hotelDesk, words.Say(said.Tell, words.En))
	}
	s.tell(hotelDesk, "guest", "shows a payment code of %s; the scanner sends it at 9600 baud", words.Network(wallet, words.En))
	if err := s.scanners[hotelDesk].scan(ctx, s.bank.NewWalletCode(wallet, sandbox.Do(sandbox.Pays))); err != nil {
		return 0, err
	}
	if err := until(ctx, l, "the deposit was held", func(v flow.View) bool {
		return v.Deposit.Phase == words.DepositHeld && v.Deposit.Room == room
	}); err != nil {
		return 0, err
	}
	v, _ := l.View()
	key := entry.Seq(v.Deposit.Key)
	return key, s.followed(ctx, a, key, 2)
}

// moved waits until a capture or release that a lane was asked for has come to its end.
func (s *shop) moved(ctx context.Context, a *agent, key entry.Seq, said flow.Said, err error, outputs int) error {
	switch {
	case err != nil:
		return err
	case said.Tell != "":
		return fmt.Errorf("%s: %s", hotelDesk, words.Say(said.Tell, words.En))
	}
	if err := until(ctx, laneNamed(a, hotelDesk), "nothing of the deposit was held any more", func(v flow.View) bool {
		return v.Deposit.Phase == words.DepositSettled && v.Deposit.Key == int64(key)
	}); err != nil {
		return err
	}
	return s.followed(ctx, a, key, 2+outputs)
}

// followed waits for slip and voice of a deposit's act, and until all their
// results so far are in the journal: what is done next stands behind them.
func (s *shop) followed(ctx context.Context, a *agent, key entry.Seq, outputs int) error {
	if err := wait(ctx, s.slips, "a slip came out"); err != nil {
		return err
	}
	if err := wait(ctx, s.phrases, "the speaker said it"); err != nil {
		return err
	}
	for {
		grown := a.store.Grown()
		entries, err := a.store.Object(ctx, key, 0)
		if err != nil {
			return err
		}
		results := 0
		for _, e := range entries {
			if e.Kind == entry.Outputs {
				results += len(entry.Must[entry.OutputsBody](e).Of)
			}
		}
		if results >= outputs {
			return nil
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return errors.New("the results of a deposit's slip and voice did not come on record")
		}
	}
}

// checkDeposits compares what the journal and the networks have of each deposit:
// held is captured, released and still held, at both.
func (s *shop) checkDeposits(ctx context.Context, a *agent) error {
	entries, err := a.store.Entries(ctx, 0, 1000)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Kind != entry.HoldAsked {
			continue
		}
		h, err := a.store.Hold(ctx, e.Key)
		if err != nil {
			return err
		}
		number := h.Asked.Number
		ours := sandbox.Totals{Held: h.Held(), Captured: h.Captured, Released: h.Released, Left: h.Left()}
		if net := s.bank.Totals(number); net != ours || ours.Held != ours.Captured+ours.Released+ours.Left || ours.Left != 0 {
			return fmt.Errorf("deposit %s: the journal has %+v, the network's books %+v", number, ours, net)
		}
		s.tell("", "network", "%s: of %s yuan held under number %s %s were captured and %s have gone back: the same in its books and in the journal",
			words.Network(h.Asked.Network, words.En), ours.Held, number, ours.Captured, ours.Released)
	}
	return nil
}

// holdText says what an entry of a deposit means; empty: it is of none.
func holdText(e entry.Entry) string {
	switch e.Kind {
	case entry.HoldAsked:
		b := entry.Must[entry.HoldAskedBody](e)
		return fmt.Sprintf("the intent to hold %s yuan, number %s; only now the network is asked", b.Amount, b.Number)
	case entry.HoldPlaced:
		return fmt.Sprintf("%s yuan are held; slip and voice follow from it", entry.Must[entry.HoldPlacedBody](e).Amount)
	case entry.MoveAsked:
		b := entry.Must[entry.MoveAskedBody](e)
		return fmt.Sprintf("the intent to %s %s yuan, number %s", b.What, b.Amount, b.Number)
	case entry.MoveDone:
		b := entry.Must[entry.MoveDoneBody](e)
		if _, what, _ := entry.MoveOf(b.Number); what == entry.Release {
			return fmt.Sprintf("%s yuan have gone back to the guest; slip and voice follow from it", b.Amount)
		}
		return fmt.Sprintf("%s yuan are the hotel's, %s have gone back to the guest; slip and voice follow from it", b.Amount, b.Rest)
	case entry.MoveRefused:
		b := entry.Must[entry.MoveRefusedBody](e)
		return fmt.Sprintf("the network refuses it (%s, %s)", pay.State(b.State), b.Code)
	}
	return ""
}

// depositText is what a desk's screen says of a deposit, in both languages.
func depositText(d words.Deposit) string {
	zh, en := words.ShowDeposit(d, words.Zh), words.ShowDeposit(d, words.En)
	return fmt.Sprintf("%s  %s · %s · %s", zh.What, en.What, en.Do, en.Money)
}
