//go:build demo

package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"

	mochi "github.com/mochi-mqtt/server/v2"
	"golang.org/x/sync/errgroup"
	"periph.io/x/conn/v3/gpio"

	"tillgate/agent/cloud"
	"tillgate/agent/cloud/collect"
	"tillgate/agent/pay/sandbox"
	"tillgate/drivers"
	"tillgate/drivers/drivertest"
	"tillgate/drivers/gate"
	"tillgate/printer/paper"
	"tillgate/speaker"
)

//go:embed demo.toml
var demoConfig string

// shop is everything around the agent: the network, the cloud, and what is
// bolted to the floor. All of it is on this machine.
type shop struct {
	*teller
	dir       string
	log       *slog.Logger
	toml      string // the config before it is filled in
	bank      *bank
	pay       net.Listener
	broker    *mochi.Server
	brokerURL string
	collector *collect.Collector
	scanners  map[string]*demoScanner // by lane
	printers  []*demoPrinter
	slips     chan string // files of slips that came out
	phrases   chan string
	relay     *demoRelay
	pulses    chan struct{} // one for each time that the relay was energised
	loop      *drivertest.Input
	agent     atomic.Pointer[agent] // set when it is up
}

// lanesOfDemo are the lanes of demo.toml, with the dots of their printers.
var lanesOfDemo = map[string]struct {
	device string
	dots   int
}{"counter-1": {"counter", 384}, "exit-1": {"exit", 576}, hotelDesk: {"desk", 384}}

func openShop(ctx context.Context, dir string, t *teller, log *slog.Logger) (_ *shop, err error) {
	s := &shop{
		teller: t, dir: dir, log: log, toml: demoConfig, scanners: map[string]*demoScanner{}, slips: make(chan string, 64),
		phrases: make(chan string, 64), pulses: make(chan struct{}, 64), loop: drivertest.NewInput(gpio.Low),
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if err := s.openNetwork(); err != nil {
		return nil, err
	}
	if err := s.openCloud(ctx); err != nil {
		return nil, err
	}
	return s, s.openDevices()
}

func (s *shop) openNetwork() (err error) {
	if s.bank, err = newBank(sandbox.Options{}); err != nil {
		return err
	}
	s.bank.secret("till-token")
	if s.pay, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return fmt.Errorf("open the sandbox: %w", err)
	}
	return s.bank.write(filepath.Join(s.dir, "keys"))
}

func (s *shop) openCloud(ctx context.Context) (err error) {
	if s.broker, s.brokerURL, err = startBroker(s.bank.authority.Server(), s.log); err != nil {
		return err
	}
	s.collector, err = collect.New(ctx, collect.Options{
		Path: filepath.Join(s.dir, "data", "cloud.db"), Log: s.log,
		Broker: cloud.Broker{URL: s.brokerURL, ClientID: "collector", TLS: s.bank.authority.Client()},
	})
	return err
}

func (s *shop) openDevices() error {
	font, err := paper.FindFont()
	if err != nil {
		s.tell("", "demo", "%v", err)
	}
	for lane, at := range lanesOfDemo {
		w, err := newWire(filepath.Join(s.dir, "dev", "scanner-"+at.device))
		if err != nil {
			return err
		}
		s.scanners[lane] = &demoScanner{wire: w, baud: 9600}
		p, err := newPrinter(filepath.Join(s.dir, "dev", "printer-"+at.device), at.dots, font, s.slipOut(lane, at.device), func() { s.tell(lane, "drawer", "opens") })
		if err != nil {
			return err
		}
		s.printers = append(s.printers, p)
	}
	s.relay = &demoRelay{moved: func(level gpio.Level) {
		if level == gpio.High {
			s.tell("exit-1", "gate", "the relay is energised: the arm goes up")
			s.pulses <- struct{}{}
		}
	}}
	return nil
}

// slipOut saves each slip of a printer as a picture.
func (s *shop) slipOut(lane, device string) func(paper.Slip) {
	n := 0
	return func(slip paper.Slip) {
		n++
		path := filepath.Join(s.dir, fmt.Sprintf("slip-%s-%d.png", device, n))
		file, err := os.Create(path)
		if err == nil {
			err = errors.Join(slip.WritePNG(file), file.Close())
		}
		if err != nil {
			s.tell(lane, "printer", "the slip could not be saved: %v", err)
			return
		}
		size := slip.Image.Bounds().Size()
		s.write(told{Lane: lane, Who: "printer", Text: fmt.Sprintf("a slip of %d x %d dots came out: %s", size.X, size.Y, shortPath(path)), Data: map[string]string{"file": filepath.Base(path)}})
		s.slips <- path
	}
}

// shortPath is a path as a person in this folder would write it.
func shortPath(path string) string {
	here, err := os.Getwd()
	if err != nil {
		return path
	}
	if short, err := filepath.Rel(here, path); err == nil && filepath.IsLocal(short) {
		return short
	}
	return path
}

// makers are the device build's drivers and those of the stand-ins.
func (s *shop) makers() *makers {
	m := deviceMakers()
	m.gates["sim"] = func(name string, _ drivers.URI, o *drivers.Options) (opener, error) {
		return newRelay(name, func() (gpio.PinOut, error) { return s.relay, nil }, gate.ReadOptions(o))
	}
	m.loops["sim"] = func(name string, _ drivers.URI, o *drivers.Options) (drivers.Source, error) {
		return gate.NewLoop(name, s.loop, gate.ReadLoopOptions(o)), nil
	}
	m.speakers["sim"] = func(_ string, uri drivers.URI, _ *drivers.Options) (speaker.Speaker, error) {
		lane := "counter-1"
		for name, at := range lanesOfDemo {
			if strings.HasSuffix(uri.Address, at.device) {
				lane = name
			}
		}
		return demoSpeaker(func(p speaker.Phrase) {
			s.tell(lane, "speaker", "%s (%s)", p.Chinese(), p.English())
			s.phrases <- p.Chinese()
		}), nil
	}
	return &m
}

// merchantMark stands for an account's table in a config.
var merchantMark = regexp.MustCompile(`@MERCHANT (\S+)@`)

// config fills the demo's config in, writes it down for people to read, and loads it like any other.
func (s *shop) config(page string) (*config, error) {
	keys, url := filepath.Join(s.dir, "keys"), "https://"+s.pay.Addr().String()
	text := merchantMark.ReplaceAllStringFunc(s.toml, func(mark string) string {
		return strings.TrimSpace(s.bank.account(merchantMark.FindStringSubmatch(mark)[1]).merchant(keys, url))
	})
	text = strings.NewReplacer("@DIR@", s.dir, "@BROKER@", s.brokerURL, "@PAGE@", page).Replace(text)
	path := filepath.Join(s.dir, "demo.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return nil, fmt.Errorf("write the config: %w", err)
	}
	return loadConfig(path, true)
}

// run keeps the shop open until ctx is done.
func (s *shop) run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return s.bank.serve(ctx, s.pay, s.log) })
	group.Go(func() error { return s.collector.Run(ctx) })
	for _, p := range s.printers {
		group.Go(func() error { return p.run(ctx) })
	}
	return group.Wait()
}

// Close gives everything back.
func (s *shop) Close() (err error) {
	if s.collector != nil {
		err = errors.Join(err, s.collector.Close())
	}
	if s.broker != nil {
		err = errors.Join(err, s.broker.Close())
	}
	if s.pay != nil {
		s.pay.Close() // the server may have closed it
	}
	for _, w := range s.scanners {
		w.Close()
	}
	for _, p := range s.printers {
		p.Close()
	}
	return err
}
