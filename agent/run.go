package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"tillgate/agent/api"
	"tillgate/agent/clock"
	"tillgate/agent/cloud"
	"tillgate/agent/console"
	"tillgate/agent/duty"
	"tillgate/agent/flow"
	"tillgate/agent/meter"
	"tillgate/agent/pay"
	"tillgate/agent/ring"
	"tillgate/agent/throttle"
	"tillgate/drivers"
	"tillgate/store"
)

// extras are what a demo or a test adds to the agent. A device has none.
type extras struct {
	makers    *makers                             // in place of deviceMakers
	customers http.Handler                        // buttons on the page
	journal   func(flow.Journal) flow.Journal     // between lanes and store
	timing    func(string) pay.Timing             // in place of the networks' own
	provider  func(pay.Provider) pay.Provider     // around each merchant's client
	started   func(*agent)                        // everything is built and about to run
	clock     *clock.Clock                        // in place of the board's; one for all lives of the process
	scans     func(drivers.Source) drivers.Source // around each scanner
}

func (x *extras) clockOf(log *slog.Logger) *clock.Clock {
	if x.clock == nil {
		x.clock = clock.New(clock.Options{Log: log})
	}
	return x.clock
}

func (x *extras) journalOf(s *store.Store) flow.Journal {
	if x.journal == nil {
		return s
	}
	return x.journal(s)
}

// agent is every part of one life of the agent.
type agent struct {
	cfg      *config
	log      *slog.Logger
	extras   *extras
	clock    *clock.Clock
	ring     *ring.Ring
	meter    *meter.Meter
	store    *store.Store
	board    console.Board
	devices  *devices
	outputs  map[outputKey]*flow.Output
	networks *flow.Networks
	pingers  map[string]pinger // by merchant
	lanes    []*flow.Lane
	desk     *duty.Desk
	uplink   *cloud.Uplink // nil without a cloud
	rights   rightsPost    // the cloud's documents of them
	page     net.Listener
	limit    throttle.Addresses // of what comes to it
	health   *health
	expiry   *expiry
	began    time.Time
	programs []api.Integrator
}

// run builds the agent and runs it until ctx is done. A database that is found
// damaged on the way is set aside by opening it again, in a new life.
func run(ctx context.Context, cfg *config, log *slog.Logger, x *extras) error {
	if x == nil {
		x = &extras{}
	}
	kept, log := keepLog(cfg, log)
	defer kept.Close() // what could not be written is on the page
	for {
		a, err := build(ctx, cfg, log, kept, x)
		if err != nil {
			return err
		}
		err = a.run(ctx)
		if !errors.Is(err, store.ErrDamaged) || ctx.Err() != nil {
			return err
		}
		log.Error("the database is damaged; it is set aside and read again", "err", err)
	}
}

// build makes every part and starts none.
func build(ctx context.Context, cfg *config, log *slog.Logger, kept *ring.Ring, x *extras) (_ *agent, err error) {
	a := &agent{cfg: cfg, log: log, ring: kept, meter: meter.New(version), extras: x, outputs: map[outputKey]*flow.Output{}, rights: newRightsPost()}
	a.clock = x.clockOf(log)
	a.showEvents()
	with := deviceMakers()
	if x.makers != nil {
		with = *x.makers
	}
	if a.devices, err = makeDevices(cfg, with); err != nil {
		return nil, usage(err)
	}
	if err := cfg.checkSecrets(); err != nil {
		return nil, usage(err)
	}
	secure, err := cfg.secure()
	if err != nil {
		return nil, usage(err)
	}
	if a.programs, err = cfg.integrators(); err != nil {
		return nil, usage(err)
	}
	providers, pingers, err := makeProviders(cfg, a.clock, a.meter)
	if err != nil {
		return nil, usage(err)
	}
	a.pingers = pingers
	a.networks = &flow.Networks{Providers: providers, Timing: timingOf, Device: cfg.Terminal.Site + cfg.Terminal.Number, Log: log}
	a.health, a.began = newHealth(cfg, a.note), a.clock.Time()
	a.expiry = newExpiry(cfg, log)
	a.networks.Answered = func(e flow.Effect, r pay.Result) { a.health.answered(e, r, a.clock.Time()) }
	a.networks.OnDate, a.networks.Boot = a.clock.Learn, a.clock.Boot
	if x.timing != nil {
		a.networks.Timing = x.timing
	}
	if x.provider != nil {
		for name, p := range providers {
			providers[name] = x.provider(p)
		}
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.close())
		}
	}()
	if err := os.MkdirAll(cfg.Terminal.Data, 0o700); err != nil {
		return nil, fmt.Errorf("folder of the journal: %w", err)
	}
	if a.store, err = store.Open(ctx, storeOptions(cfg, a.clock, log)); err != nil {
		return nil, err
	}
	if err := a.checkLeft(ctx); err != nil {
		return nil, err
	}
	a.measure()
	a.makeOutputs()
	if err := a.makeLanes(ctx); err != nil {
		return nil, err
	}
	if err := a.makeDesk(ctx); err != nil {
		return nil, err
	}
	if err := a.makeUplink(); err != nil {
		return nil, err
	}
	if a.page, err = cfg.listen(secure); err != nil {
		return nil, err
	}
	return a, nil
}

func storeOptions(cfg *config, c *clock.Clock, log *slog.Logger) store.Options {
	return store.Options{
		Path: filepath.Join(cfg.Terminal.Data, "tillgate.db"), Prefix: cfg.Terminal.Site, Device: cfg.Terminal.Number,
		Version: version, Boot: clock.BootID(), Clock: c.Now, Last: c.Raise, Reserve: int64(cfg.Terminal.Reserve), Quota: int64(cfg.Terminal.Quota), Log: log,
	}
}

func (a *agent) makeUplink() error {
	c := &a.cfg.Cloud
	if c.Broker == "" {
		return nil
	}
	trust, err := tlsConfig(c.CA)
	if err != nil {
		return usage(err)
	}
	trust.Time = a.clock.Time
	options := cloud.Options{
		Broker: c.Broker, Site: a.cfg.Terminal.Site, Device: a.cfg.Terminal.Number, Version: version,
		Username: c.User, TLS: trust, Journal: a.store, Log: a.log,
	}
	if a.cfg.Cloud.RightsKey.PublicKey != nil { // else rights are kept here, and a document is nothing to us
		options.Rights = a.rights.leave
	}
	if c.Password.given() {
		password, err := c.Password.load()
		if err != nil {
			return usage(err)
		}
		options.Password = cloud.Secret(password)
	}
	a.uplink, err = cloud.New(options)
	return err
}

// run starts every long goroutine and waits for the end of all. The store is closed last.
func (a *agent) run(ctx context.Context) (err error) {
	defer func() { err = errors.Join(err, a.close()) }()
	a.showBeginning()
	if a.extras.started != nil {
		a.extras.started(a)
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return a.ring.Run(ctx) })
	for _, out := range a.outputs {
		group.Go(func() error { return out.Run(ctx) })
	}
	for _, s := range a.sensors() {
		group.Go(func() error { return a.keep(ctx, s) })
	}
	for _, lane := range a.lanes {
		group.Go(func() error { return lane.Run(ctx) })
		group.Go(func() error { return a.watchLane(ctx, lane) })
	}
	for merchant, p := range a.pingers {
		group.Go(func() error { return a.ping(ctx, merchant, p) })
	}
	if a.uplink != nil {
		group.Go(func() error { return a.uplink.Run(ctx) })
		group.Go(func() error { return a.watchCloud(ctx) })
		group.Go(func() error { return a.takeRights(ctx) })
	}
	group.Go(func() error { return a.expiry.watch(ctx, a.clock.Time) })
	group.Go(func() error { return a.idle(ctx) })
	group.Go(func() error { return a.servePage(ctx) })
	group.Go(func() error { return a.serveSocket(ctx) })
	err = group.Wait()
	a.networks.Wait()
	return err
}

// sensors are the devices that speak, each with the lanes that name it.
func (a *agent) sensors() (all []sensor) {
	for i := range a.cfg.Lanes {
		l := &a.cfg.Lanes[i]
		if s := a.devices.scanners[l.Scanner]; s != nil {
			if a.extras.scans != nil {
				s = a.extras.scans(s)
			}
			all = append(all, sensor{a.meter.Scans(s, a.cfg.ownNumber), []*flow.Lane{a.lanes[i]}}) // config_check: a scanner has one lane
		}
	}
	for name, s := range a.devices.loops {
		one := sensor{Source: s}
		for i := range a.cfg.Lanes {
			if a.cfg.Lanes[i].Loop == name {
				one.lanes = append(one.lanes, a.lanes[i])
			}
		}
		all = append(all, one)
	}
	return all
}

// showBeginning fills the page with what is known before anything has happened,
// and releases the relays.
func (a *agent) showBeginning() {
	for i := range a.cfg.Devices {
		d := &a.cfg.Devices[i]
		a.board.Set(console.Device{Name: d.Name, What: d.URI.String(), State: console.Waiting, Text: "not used yet"})
	}
	for name, g := range a.devices.gates {
		if early, ok := g.(interface{ Ready() error }); ok {
			err := early.Ready()
			a.report(name, err)
			if err != nil {
				a.log.Warn("gate is not there; it is tried again when it is needed", "device", name, "err", err)
			}
		}
	}
	journal := console.Device{Name: "journal", What: a.cfg.Terminal.Data, State: console.Up}
	if d := a.store.Damage(); d != nil {
		journal.State = console.Lost
		journal.Text = fmt.Sprintf("damaged: %d entries were read, %d were lost; the old file is %s", d.Readable, d.Unreadable, d.Aside)
		a.log.Error("the database was damaged and set aside", "readable", d.Readable, "lost", d.Unreadable, "aside", d.Aside)
	}
	a.board.Set(journal)
	a.note("agent", "started, version "+version)
}

// close gives back what is open; the store last.
func (a *agent) close() (err error) {
	if a.page != nil {
		a.page.Close() // the server may have closed it
	}
	for _, g := range a.devices.gates {
		if c, ok := g.(io.Closer); ok {
			err = errors.Join(err, c.Close())
		}
	}
	for _, p := range a.devices.printers {
		if c, ok := p.(io.Closer); ok {
			err = errors.Join(err, c.Close())
		}
	}
	if a.store != nil {
		err = errors.Join(err, a.store.Close())
	}
	return err
}
