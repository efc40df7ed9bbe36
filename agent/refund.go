package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/spf13/cobra"

	"tillgate/agent/flow"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// The commands' socket belongs to whoever runs the agent: who may ask there may
// give money back.

// refundAsk is what the refund command wants of the agent.
type refundAsk struct {
	Number string    `json:"number"` // of the order, as its slip has it
	Amount money.Fen `json:"amount"` // fen; 0: all that is left
	Reason string    `json:"reason"`
	By     string    `json:"by"`
}

// refundLine is one line of the agent's answer: each state that the refund comes to.
type refundLine struct {
	Refund *words.Refund `json:"refund,omitempty"`
	Zh     string        `json:"zh"`
	En     string        `json:"en"`
	Over   bool          `json:"over,omitempty"` // nothing more follows
	Failed bool          `json:"failed,omitempty"`
}

func refundCommand() *cobra.Command {
	var path, amount string
	var want refundAsk
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "refund NUMBER",
		Short: "Give a part of a paid order back, or all that is left of it, and follow it to its end",
		Long: "NUMBER is what the slip's barcode says. The running agent writes the intent down, asks the payment network, prints a slip and\n" +
			"says it aloud; what it may not give back it refuses before the network hears of it. Leaving this command ends nothing.",
		Example: "  tillgate refund 100000010001844610000033 --amount 6.00 --reason 'one dish is missing'\n" +
			"  tillgate refund 100000010001844610000033 --json",
		Args: exactly("an order's number"),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := loadConfig(path, allowLoopback)
			if err != nil {
				return usage(err)
			}
			if want.Number = args[0]; amount != "" {
				if want.Amount, err = money.Parse(amount); err != nil || want.Amount == 0 {
					return usage(fmt.Errorf("--amount %q is not a sum in yuan, such as 6.00", amount))
				}
			}
			return followRefund(cmd.Context(), cfg, want, cmd.OutOrStdout(), asJSON)
		},
	}
	cmd.Flags().StringVar(&path, "config", configDefault, "the config file")
	cmd.Flags().StringVar(&amount, "amount", "", "yuan; empty: all that is left")
	cmd.Flags().StringVar(&want.Reason, "reason", "", "why, as the slip says it")
	cmd.Flags().StringVar(&want.By, "by", "", "who gives it back, as the slip says it")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print each state for a program")
	return cmd
}

// followRefund asks the agent and prints each state that the refund comes to.
func followRefund(ctx context.Context, cfg *config, want refundAsk, out io.Writer, asJSON bool) error {
	body, err := send(ctx, cfg.Terminal.Run, "/refund", want)
	if err != nil {
		return err
	}
	defer body.Close()
	raw := json.NewEncoder(out)
	for in := json.NewDecoder(body); ; {
		var l refundLine
		if err := in.Decode(&l); err != nil {
			return fmt.Errorf("the agent stopped answering; the refund goes on without this command: %w", err)
		}
		if asJSON {
			err = raw.Encode(l)
		} else {
			_, err = fmt.Fprintf(out, "%s\n%s\n", l.Zh, l.En)
		}
		switch {
		case err != nil:
			return err
		case l.Failed:
			return errors.New("nothing was given back")
		case l.Over:
			return nil
		}
	}
}

// send posts to the running agent; errNoAgent when none runs.
func send(ctx context.Context, run, path string, what any) (io.ReadCloser, error) {
	text, err := json.Marshal(what)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://agent"+path, bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	return reach(run, req)
}

// answerRefund gives the wish to the order's lane and tells what becomes of it.
func (a *agent) answerRefund(w http.ResponseWriter, r *http.Request) {
	var want refundAsk
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4<<10)).Decode(&want); err != nil {
		http.Error(w, "the request cannot be read: "+err.Error(), http.StatusBadRequest)
		return
	}
	out := json.NewEncoder(w)
	tell := func(l refundLine) {
		out.Encode(l) //nolint:errcheck // whoever went away needs no answer
		http.NewResponseController(w).Flush()
	}
	lane, err := a.laneOf(r.Context(), want.Number)
	if err != nil {
		tell(refundLine{Zh: words.Say(words.TellRefundNone, words.Zh), En: words.Say(words.TellRefundNone, words.En), Over: true, Failed: true})
		return
	}
	before, _ := lane.View()
	said := make(chan flow.Said, 1)
	if !lane.Offer(flow.Call{Of: flow.Refund{Number: want.Number, Amount: want.Amount, Reason: want.Reason, By: want.By}, Done: func(s flow.Said) { said <- s }}) {
		tell(refundLine{Zh: words.Say(words.TellBusy, words.Zh), En: words.Say(words.TellBusy, words.En), Over: true, Failed: true})
		return
	}
	select {
	case s := <-said:
		if number := s.View.Refund.Number; number == "" || number == before.Refund.Number {
			tell(refundLine{Zh: words.Say(s.Tell, words.Zh), En: words.Say(s.Tell, words.En), Over: true, Failed: true})
			return
		}
		follow(r.Context(), lane, s.View.Refund.Number, tell)
	case <-r.Context().Done():
	}
}

// follow tells of a refund until it is over, goes no further without a person,
// or stands behind another one.
func follow(ctx context.Context, lane *flow.Lane, number string, tell func(refundLine)) {
	var last words.RefundPhase
	for {
		v, changed := lane.View()
		if now := v.Refund; now.Number != number {
			tell(refundLine{Zh: "另一笔退款正在进行，本笔会自动核对", En: "Another refund has begun; this one is followed to its end", Over: true})
			return
		} else if now.Phase != last {
			last = now.Phase
			over := now.Phase == words.RefundDone || now.Phase == words.RefundRefused || now.Phase == words.RefundStuck || now.Phase == words.RefundAccepted
			tell(refundLine{Refund: &now, Zh: sentence(words.ShowRefund(now, words.Zh), "，", "。"), En: sentence(words.ShowRefund(now, words.En), ". ", "."),
				Over: over, Failed: now.Phase == words.RefundRefused})
			if over {
				return
			}
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}

// sentence is a screen in one line.
func sentence(s words.Screen, comma, stop string) string {
	return s.What + comma + s.Do + comma + s.Money + stop
}

// laneOf is the lane on which an order was made, by its number.
func (a *agent) laneOf(ctx context.Context, number string) (*flow.Lane, error) {
	key, err := a.store.Find(ctx, number[:min(len(number), entry.NumberDigits)])
	if err != nil {
		return nil, err
	}
	entries, err := a.store.Object(ctx, key, 0)
	if err != nil {
		return nil, err
	}
	if len(entries) > 0 {
		if name, ok := flow.LaneOf(entries[0]); ok {
			for _, l := range a.lanes {
				if l.Name == name {
					return l, nil
				}
			}
		}
	}
	return nil, fmt.Errorf("lane of order %s: %w", number, store.ErrNotFound)
}
