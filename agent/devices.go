package main

import (
	"context"
	"io"
	"maps"
	"slices"

	"periph.io/x/conn/v3/gpio"

	"tillgate/drivers"
	"tillgate/drivers/gate"
	gpiochip "tillgate/drivers/gpio"
	"tillgate/drivers/scanner"
	"tillgate/drivers/serialport"
	"tillgate/printer"
	"tillgate/printer/escpos"
	"tillgate/speaker"
)

// maker makes one device of its address. It opens nothing: a device that is not
// there yet is waited for. Options that it leaves untaken are refused after it.
type maker[T any] func(name string, uri drivers.URI, o *drivers.Options) (T, error)

// makers are the drivers, by what the lane uses the device for and by the
// scheme of its address.
type makers struct {
	scanners map[string]maker[drivers.Source]
	loops    map[string]maker[drivers.Source]
	printers map[string]maker[printer.Printer]
	speakers map[string]maker[speaker.Speaker]
	gates    map[string]maker[opener]
}

// kicker is what opens a cash drawer. It wraps printer.ErrNotStarted when the
// drawer has certainly not been told.
type kicker interface {
	Kick(ctx context.Context) error
}

// opener is what opens an arm: one pulse. It wraps flow.ErrNotStarted when the
// relay has certainly not moved.
type opener interface {
	Open(ctx context.Context) error
}

// deviceMakers are the drivers of a device build; a demo adds its own.
func deviceMakers() makers {
	return makers{
		scanners: map[string]maker[drivers.Source]{"serial": serialScanner},
		loops:    map[string]maker[drivers.Source]{"gpio": gpioLoop},
		printers: map[string]maker[printer.Printer]{"escpos+serial": escposSerial},
		speakers: map[string]maker[speaker.Speaker]{},
		gates:    map[string]maker[opener]{"gpio": gpioGate},
	}
}

func serialScanner(name string, uri drivers.URI, o *drivers.Options) (drivers.Source, error) {
	port := serialport.ReadOptions(o, 9600)
	open := func(context.Context) (io.ReadCloser, error) { return serialport.Open(uri.Address, port) }
	return scanner.New(name, open, scanner.ReadOptions(o, uri.Address, port.Baud)), nil
}

func gpioLoop(name string, uri drivers.URI, o *drivers.Options) (drivers.Source, error) {
	address, err := gpiochip.ParseAddress(uri.Address, o)
	if err != nil {
		return nil, err
	}
	return gate.NewLoop(name, gpiochip.NewIn(address), gate.ReadLoopOptions(o)), nil
}

// escposSerial takes the port's options, and of the printer profile=58mm or
// 80mm with what is different about it: qr, cut, status, feed.
func escposSerial(name string, uri drivers.URI, o *drivers.Options) (printer.Printer, error) {
	port := serialport.ReadOptions(o, 9600)
	different := map[string]string{}
	for _, option := range []string{"qr", "cut", "status", "feed"} {
		if value := o.Text(option, ""); value != "" {
			different[option] = value
		}
	}
	profile, err := escpos.Lookup(o.Text("profile", "58mm"), different)
	if err != nil {
		return nil, err
	}
	open := func(context.Context) (io.ReadWriteCloser, error) { return serialport.Open(uri.Address, port) }
	return escpos.New(name, open, profile), nil
}

func gpioGate(name string, uri drivers.URI, o *drivers.Options) (opener, error) {
	address, err := gpiochip.ParseAddress(uri.Address, o)
	if err != nil {
		return nil, err
	}
	return newRelay(name, func() (gpio.PinOut, error) { return gpiochip.OpenOut(address) }, gate.ReadOptions(o))
}

// devices are the config's devices, made and not yet opened.
type devices struct {
	scanners, loops map[string]drivers.Source
	printers        map[string]printer.Printer
	speakers        map[string]speaker.Speaker
	gates           map[string]opener
	drawers         map[string]kicker
}

// makeDevices makes each device for the job that a lane gives it. What no
// driver knows is the config's fault, told with its line.
func makeDevices(cfg *config, with makers) (*devices, error) {
	d := &devices{
		scanners: map[string]drivers.Source{}, loops: map[string]drivers.Source{}, printers: map[string]printer.Printer{},
		speakers: map[string]speaker.Speaker{}, gates: map[string]opener{}, drawers: map[string]kicker{},
	}
	problems := &configProblems{file: cfg.File}
	for i := range cfg.Lanes {
		l := &cfg.Lanes[i]
		makeOne(cfg, problems, "scanner", l.Scanner, with.scanners, d.scanners)
		makeOne(cfg, problems, "loop", l.Loop, with.loops, d.loops)
		makeOne(cfg, problems, "printer", l.Printer, with.printers, d.printers)
		makeOne(cfg, problems, "speaker", l.Speaker, with.speakers, d.speakers)
		makeOne(cfg, problems, "gate", l.Gate, with.gates, d.gates)
		d.drawer(cfg, problems, l, with)
	}
	if len(problems.list) > 0 {
		problems.sort()
		return nil, problems
	}
	return d, nil
}

// drawer finds the printer that a lane's drawer is plugged into: one device, one
// handle, whether or not a lane prints on it.
func (d *devices) drawer(cfg *config, problems *configProblems, l *laneConfig, with makers) {
	makeOne(cfg, problems, "drawer", l.Drawer, with.printers, d.printers)
	if p := d.printers[l.Drawer]; p != nil {
		k, ok := p.(kicker)
		if !ok {
			problems.add(l.line("drawer"), "[[lane]] %s: no drawer can be plugged into %s", l.Name, l.Drawer)
			return
		}
		d.drawers[l.Drawer] = k
	}
}

func makeOne[T any](cfg *config, problems *configProblems, job, name string, with map[string]maker[T], made map[string]T) {
	if _, have := made[name]; have || name == "" {
		return
	}
	for i := range cfg.Devices {
		d := &cfg.Devices[i]
		if d.Name != name {
			continue
		}
		scheme, line := d.URI.Scheme(), d.line("uri")
		make, ok := with[scheme]
		if !ok {
			known := "known are " + commaList(sortedKeys(with))
			if len(with) == 0 {
				known = "leave it out of the lane"
			}
			problems.add(line, "[[device]] %s: there is no driver %q for a %s; %s", name, scheme, job, known)
			return
		}
		o := d.URI.Options()
		device, err := make(name, d.URI.URI, o)
		if err == nil {
			err = o.Done()
		}
		if err != nil {
			problems.add(line, "[[device]] %s: %v", name, err)
			return
		}
		made[name] = device
	}
}

func sortedKeys[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }
