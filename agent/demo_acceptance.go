//go:build demo

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"tillgate/agent/acceptance"
	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
	"tillgate/drivers"
	"tillgate/printer"
)

// In the demo build the acceptance script is played at the sandbox, unless a
// config is named.
const (
	acceptanceConfig = ""
	acceptanceWhere  = "Without --config it is played at the sandbox of all networks, by each of its merchants at once, which takes about three\nminutes: WeChat Pay wants a minute between two refunds."
)

func accept(cmd *cobra.Command, f acceptanceFlags) ([]*acceptance.Sheet, error) {
	if f.path != "" {
		return acceptLive(cmd, f)
	}
	dir, err := os.MkdirTemp("", "tillgate-acceptance-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	b, err := newBank(sandbox.Options{})
	if err != nil {
		return nil, err
	}
	if err := b.write(filepath.Join(dir, "keys")); err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("open the sandbox: %w", err)
	}
	ctx, stop := context.WithCancel(cmd.Context())
	defer stop()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return b.serve(ctx, listener, slog.New(slog.DiscardHandler)) })
	var sheets []*acceptance.Sheet
	group.Go(func() (err error) {
		defer stop()
		sheets, err = b.acceptAll(ctx, dir, "https://"+listener.Addr().String(), f.merchants)
		return err
	})
	if err := group.Wait(); err != nil {
		return nil, err
	}
	for _, s := range sheets {
		if f.asJSON {
			break
		}
		if err := s.Write(cmd.OutOrStdout()); err != nil {
			return nil, err
		}
	}
	return sheets, nil
}

// serve is the stand-in over TLS until ctx is done.
func (b *bank) serve(ctx context.Context, listener net.Listener, log *slog.Logger) error {
	server := &http.Server{
		Handler: b.Handler(), TLSConfig: b.authority.Server(), ReadHeaderTimeout: 5 * time.Second,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelInfo),
	}
	stop := context.AfterFunc(ctx, func() { server.Close() })
	defer stop()
	if err := server.ServeTLS(listener, "", ""); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("sandbox: %w", err)
	}
	return nil
}

// acceptAll plays the script for every account at once, each with an agent of
// its own, and answers the sheets in the order of the accounts.
func (b *bank) acceptAll(ctx context.Context, dir, url string, wanted []string) ([]*acceptance.Sheet, error) {
	var names []string
	for _, a := range b.accounts {
		names = append(names, a.name)
	}
	for _, name := range wanted {
		if !slices.Contains(names, name) {
			return nil, usage(fmt.Errorf("--merchant %s is none of the sandbox's; %s", name, nearest(name, names)))
		}
	}
	var mu sync.Mutex
	found := map[string]*acceptance.Sheet{}
	group, ctx := errgroup.WithContext(ctx)
	for _, one := range b.accounts {
		if len(wanted) > 0 && !slices.Contains(wanted, one.name) {
			continue
		}
		group.Go(func() error {
			sheet, err := b.acceptAccount(ctx, dir, url, one)
			mu.Lock()
			defer mu.Unlock()
			found[one.name] = sheet
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	var sheets []*acceptance.Sheet
	for _, name := range names {
		if s := found[name]; s != nil {
			sheets = append(sheets, s)
		}
	}
	return sheets, nil
}

func (b *bank) acceptAccount(ctx context.Context, dir, url string, one bankAccount) (*acceptance.Sheet, error) {
	cfg, err := one.config(dir, url)
	if err != nil {
		return nil, err
	}
	people := &bankPeople{bank: b, slips: make(chan string, 64)}
	x := &extras{makers: people.makers()}
	sheet, err := acceptOne(ctx, cfg, slog.New(slog.DiscardHandler), x, typist{}, people.at, nil)
	if sheet != nil {
		sheet.Mode = one.mode
	}
	return sheet, err
}

// config is that of a counter with one account.
func (a bankAccount) config(dir, url string) (*config, error) {
	own := filepath.Join(dir, a.name)
	text := fmt.Sprintf("[terminal]\nsite = %q\nnumber = \"0001\"\nname = \"验收 Acceptance\"\ndata = %q\nrun = %q\n\n", bankSite, filepath.Join(own, "data"), filepath.Join(own, "run")) +
		a.merchant(filepath.Join(dir, "keys"), url) +
		fmt.Sprintf("\n[[device]]\nname = \"printer\"\nuri = \"sim:printer\"\n\n[[lane]]\nname = \"counter\"\nrole = \"cashier\"\nmerchants = [%q]\nprinter = \"printer\"\nqr = \"ask\"\n\n"+
			"[console]\nlisten = \"127.0.0.1:0\"\n", a.name)
	return parseConfig(a.name+".toml", []byte(text), true)
}

// bankPeople are the customers and the clerk at a counter of the bank's.
type bankPeople struct {
	bank  *bank
	lane  *flow.Lane
	slips chan string
}

func (p *bankPeople) at(lane *flow.Lane) acceptance.People {
	p.lane = lane
	return p
}

// makers are the device build's drivers, and a printer whose slips are kept.
func (p *bankPeople) makers() *makers {
	m := deviceMakers()
	m.printers["sim"] = func(string, drivers.URI, *drivers.Options) (printer.Printer, error) { return p, nil }
	return &m
}

// Print takes a slip: the clerk holds it in front of the scanner later.
func (p *bankPeople) Print(_ context.Context, s printer.Slip) error {
	select {
	case p.slips <- s.Barcode:
		return nil
	default:
		return errors.New("nobody takes the slips away")
	}
}

// payers are how the bank plays the script's customers.
var payers = map[acceptance.Payer]string{
	acceptance.Pays: sandbox.Pays, acceptance.Password: "password:4s", acceptance.Lost: sandbox.LostAfter,
}

// Show lets a customer show a payment code.
func (p *bankPeople) Show(_ context.Context, wallet string, payer acceptance.Payer) error {
	for len(p.slips) > 0 { // those of customers before are in the bin
		<-p.slips
	}
	code := p.bank.NewWalletCode(wallet, sandbox.Do(payers[payer]))
	if !p.lane.Offer(flow.Scanned{Text: pay.Secret(code)}) {
		return errors.New("the lane has too much to do")
	}
	return nil
}

// Scan lets a phone scan a link.
func (p *bankPeople) Scan(_ context.Context, wallet, link string) error {
	return p.bank.ScanWith(wallet, link, sandbox.Behaviour{})
}

// Slip is what the barcode of the slip says that comes out after the customer has paid.
func (p *bankPeople) Slip(ctx context.Context) (string, error) {
	select {
	case slip := <-p.slips:
		return slip, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// Sent counts the requests for refunds of an order: some networks' name the order,
// the others only the refund.
func (p *bankPeople) Sent(number string) (n int, ok bool) {
	n = p.bank.Seen(sandbox.Refund, number)
	for ordinal := range 50 {
		n += p.bank.Seen(sandbox.Refund, fmt.Sprintf("%s%02d", number, ordinal+1))
	}
	return n, true
}
