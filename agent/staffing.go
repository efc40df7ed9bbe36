package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tillgate/agent/console/qr"
	"tillgate/agent/duty"
	"tillgate/agent/flow"
	"tillgate/agent/staff"
	"tillgate/agent/words"
)

// rightsKey is the ed25519 key with which the cloud signs who may do what, in
// base64 (RFC 4648, section 4). It is public and may stand in the config.
type rightsKey struct{ ed25519.PublicKey }

// UnmarshalText reads 32 bytes in base64.
func (k *rightsKey) UnmarshalText(text []byte) error {
	raw, err := base64.StdEncoding.Strict().DecodeString(string(text))
	if err != nil || len(raw) != ed25519.PublicKeySize {
		return fmt.Errorf("an ed25519 public key is %d bytes in base64", ed25519.PublicKeySize)
	}
	k.PublicKey = raw
	return nil
}

// makeDesk builds who works here and who is on duty from the journal.
func (a *agent) makeDesk(ctx context.Context) error {
	pins, err := staff.NewPins(nil)
	if err != nil {
		return err
	}
	t := &a.cfg.Terminal
	var names []string
	for i := range a.cfg.Lanes {
		names = append(names, a.cfg.Lanes[i].Name)
	}
	abroad, err := a.cfg.abroad(a.networks)
	if err != nil {
		return usage(err)
	}
	a.desk = duty.New(duty.Options{
		Abroad: abroad,
		Device: t.Site + t.Number, Site: t.Name, Journal: a.store, Pins: pins,
		Roster: staff.New(staff.Options{Site: t.Site, Lanes: names, Key: a.cfg.Cloud.RightsKey.PublicKey}),
		Lanes:  deskLanes{a.lanes, names}, Printer: func(lane string) *flow.Output { return a.outputOf(lane, flow.Slip) },
		Gate: func(lane string) *flow.Output { return a.outputOf(lane, flow.Gate) }, Clock: a.clock.Now, Log: a.log,
	})
	return a.desk.Load(ctx)
}

// deskLanes are the config's lanes, as whoever is on duty gives them events. One
// that has gone from the config only ends what it had.
type deskLanes struct {
	lanes []*flow.Lane
	names []string
}

func (d deskLanes) Names() []string { return d.names }

func (d deskLanes) Roles(lane string) []flow.Role {
	for _, l := range d.lanes {
		if l.Name == lane {
			return l.Role.Within()
		}
	}
	return nil
}

func (d deskLanes) Offer(lane string, ev flow.Event) bool {
	for _, l := range d.lanes {
		if l.Name == lane {
			return l.Offer(ev)
		}
	}
	return false
}

// firstAsk is what the command for a first manager wants of the agent.
type firstAsk struct {
	Name string `json:"name,omitempty"`
}

// firstLink is the agent's answer: a link, or in both languages why there is none.
type firstLink struct {
	Link    string `json:"link,omitempty"`
	Name    string `json:"name,omitempty"`
	Minutes int64  `json:"minutes,omitempty"` // that it is good for
	Zh      string `json:"zh,omitempty"`
	En      string `json:"en,omitempty"`
}

// answerFirst makes the link: who may ask at the commands' socket has the
// terminal itself in hand.
func (a *agent) answerFirst(w http.ResponseWriter, r *http.Request) {
	var want firstAsk
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4<<10)).Decode(&want); err != nil {
		http.Error(w, "the request cannot be read: "+err.Error(), http.StatusBadRequest)
		return
	}
	link, err := a.desk.First(r.Context(), strings.TrimSpace(want.Name))
	var reply firstLink
	var refused *staff.Refusal
	switch {
	case errors.As(err, &refused):
		reply.Zh, reply.En = refused.Say(words.Zh), refused.Say(words.En)
	case err != nil:
		a.log.Error("a first manager could not be set up", "err", err)
		http.Error(w, "the terminal could not write it down", http.StatusInternalServerError)
		return
	default:
		p, _ := a.desk.Roster.Person(link.Person)
		left := time.Duration(link.Until-a.clock.Now().Mono) * time.Millisecond
		reply = firstLink{Link: a.cfg.Console.address(a.page.Addr().String()) + "/activate/" + string(link.Token), Name: p.Name, Minutes: int64(left.Round(time.Minute) / time.Minute)}
	}
	json.NewEncoder(w).Encode(reply) //nolint:errcheck // whoever went away needs no answer
}

func staffCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "staff", Short: "Set up who works at this terminal"}
	cmd.AddCommand(staffFirstCommand())
	return cmd
}

func staffFirstCommand() *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:   "first [NAME]",
		Short: "Print a one-time link with which the first manager sets a PIN",
		Long: "Until somebody has a PIN the pages ask nobody to sign in. The link is good once and for a quarter of an hour, and a new one voids\n" +
			"it. Where a manager can sign in already, NAME has to be a manager's whose PIN is lost. The agent has to run.",
		Example: "  tillgate staff first 王芳\n  tillgate staff first 'Kate Lin' --config /etc/tillgate.toml",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usage(fmt.Errorf("one name at most, got %d; a name with blanks goes in quotes", len(args)))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := loadConfig(path, allowLoopback)
			if err != nil {
				return usage(err)
			}
			return askFirst(cmd.Context(), cfg, strings.Join(args, ""), cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&path, "config", configDefault, "the config file")
	return cmd
}

// askFirst asks the agent for a link and prints it, as a QR code too.
func askFirst(ctx context.Context, cfg *config, name string, out io.Writer) error {
	body, err := send(ctx, cfg.Terminal.Run, "/staff/first", firstAsk{Name: name})
	if err != nil {
		return err
	}
	defer body.Close()
	var reply firstLink
	if err := json.NewDecoder(body).Decode(&reply); err != nil {
		return fmt.Errorf("the agent's answer: %w", err)
	}
	if reply.Link == "" {
		return errors.New(reply.En + " " + reply.Zh)
	}
	var text bytes.Buffer
	fmt.Fprintf(&text, "%s: %s\n", reply.Name, reply.Link)
	fmt.Fprintf(&text, "%d 分钟内有效，仅可用一次 good once, for %d minutes\n", reply.Minutes, reply.Minutes)
	if err := qr.WriteText(&text, reply.Link); err != nil {
		return err
	}
	_, err = out.Write(text.Bytes())
	return err
}
