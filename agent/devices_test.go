package main

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"periph.io/x/conn/v3/gpio"

	"tillgate/agent/flow"
	"tillgate/drivers/drivertest"
	"tillgate/drivers/gate"
)

// TestWrongDevices: what no driver knows is told with its line, all at once.
func TestWrongDevices(t *testing.T) {
	t.Parallel()
	text := strings.Replace(smallConfig, "[[merchant]]", `
[[device]]
name = "p"
uri = "starprnt+serial:/dev/ttyS2"
[[device]]
name = "g"
uri = "gpio:gpiochip0:17?mode=toggle"
[[device]]
name = "l"
uri = "gpio:gpiochip0"
[[device]]
name = "v"
uri = "xfs5152+serial:/dev/ttyS3"
[[merchant]]`, 1)
	text = strings.Replace(text, "[[lane]]", "[[lane]]\nprinter = \"p\"\ngate = \"g\"\nloop = \"l\"\nspeaker = \"v\"\n", 1)
	cfg, err := parseConfig("x.toml", []byte(text), false)
	if err != nil {
		t.Fatal(err)
	}
	_, err = makeDevices(cfg, deviceMakers())
	if err == nil {
		t.Fatal("every device was made")
	}
	for _, want := range []string{
		`p: there is no driver "starprnt+serial" for a printer; known are escpos+serial`,
		"g: a barrier in toggle mode", "l: not a device address", `v: there is no driver "xfs5152+serial" for a speaker; leave it out of the lane`, "x.toml:",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("lacks %q:\n%v", want, err)
		}
	}
}

func TestTheSampleConfigsDevicesAreKnown(t *testing.T) {
	t.Parallel()
	cfg, err := loadConfig("sample.toml", false)
	if err != nil {
		t.Fatal(err)
	}
	d, err := makeDevices(cfg, deviceMakers())
	if err != nil {
		t.Fatal(err)
	}
	if len(d.scanners) != 2 || len(d.printers) != 1 || len(d.gates) != 1 || len(d.loops) != 1 {
		t.Errorf("made %d scanners, %d printers, %d gates, %d loops", len(d.scanners), len(d.printers), len(d.gates), len(d.loops))
	}
}

// TestADrawerIsAPrinters: one device, one handle, also where no lane prints on it.
func TestADrawerIsAPrinters(t *testing.T) {
	t.Parallel()
	for _, printer := range []string{"", "printer = \"p\"\n"} {
		text := strings.Replace(smallConfig, "[[merchant]]", "[[device]]\nname = \"p\"\nuri = \"escpos+serial:/dev/ttyS2\"\n[[merchant]]", 1)
		cfg, err := parseConfig("x.toml", []byte(text+printer+"drawer = \"p\"\n"), false)
		if err != nil {
			t.Fatal(err)
		}
		d, err := makeDevices(cfg, deviceMakers())
		if err != nil {
			t.Fatal(err)
		}
		if len(d.printers) != 1 || len(d.drawers) != 1 || any(d.printers["p"]) != any(d.drawers["p"]) {
			t.Errorf("%d printers, %d drawers", len(d.printers), len(d.drawers))
		}
	}
}

// TestARelayThatComesLater: while the board is away nothing has moved; once it
// is there its pin is released first and then pulsed.
func TestARelayThatComesLater(t *testing.T) {
	t.Parallel()
	away := errors.New("no such board")
	pin, there := &drivertest.Pin{}, false
	r, err := newRelay("arm", func() (gpio.PinOut, error) {
		if !there {
			return nil, away
		}
		return pin, nil
	}, gate.Options{Pulse: 200e6})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Ready(); !errors.Is(err, away) {
		t.Errorf("ready: %v", err)
	}
	if err := r.Open(t.Context()); !errors.Is(err, flow.ErrNotStarted) || !errors.Is(err, away) {
		t.Errorf("open: %v", err)
	}
	if err := r.Close(); err != nil {
		t.Errorf("close without a board: %v", err)
	}
	there = true
	if err := r.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c := pin.Changes(); len(c) < 3 || c[0].Level != gpio.Low || c[1].Level != gpio.High || pin.Level() != gpio.Low {
		t.Errorf("the pin was told %v", c)
	}
	if err := r.Open(t.Context()); !errors.Is(err, flow.ErrNotStarted) {
		t.Errorf("a pulse right after another: %v", err)
	}
	if err := r.Close(); err != nil || !pin.Halted() {
		t.Errorf("close: %v, given back %v", err, pin.Halted())
	}
}

// TestNoDeviceAtStart: the agent starts without any of its devices, says so on
// its page, and sells.
func TestNoDeviceAtStart(t *testing.T) {
	t.Parallel()
	cfg, _ := testConfig(t)
	a := start(t, cfg)
	for {
		changed := a.board.Changed()
		lost := map[string]string{}
		for _, d := range a.board.Devices() {
			if d.State == "lost" {
				lost[d.Name] = d.Text
			}
		}
		if len(lost) == 3 { // scanner, gate and loop; a printer is opened with its first slip
			for name, text := range lost {
				if !strings.Contains(text, "no such") {
					t.Errorf("%s: %q", name, text)
				}
			}
			break
		}
		<-changed
	}
	a.lanes[0].Offer(flow.Amount{Amount: 1250})
	for {
		v, changed := a.lanes[0].View()
		if v.Order.Phase == "ready" {
			break
		}
		<-changed
	}
}

// testConfig is withSecrets as an agent runs it, at an address that is free.
func testConfig(t *testing.T) (cfg *config, path string) {
	t.Helper()
	path = withSecrets(t)
	cfg, err := loadConfig(path, false)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Console.Listen = "127.0.0.1:0"
	return cfg, path
}

// withSecrets writes a config whose devices are not there, with secrets of its own.
func withSecrets(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	writeMerchant(t, dir)
	text := strings.NewReplacer("@DIR@", dir).Replace(`
[terminal]
site = "10000001"
number = "0007"
name = "East"
data = "@DIR@/data"
run = "@DIR@/run"
[[device]]
name = "scanner-1"
uri = "serial:@DIR@/no-scanner"
[[device]]
name = "printer-1"
uri = "escpos+serial:@DIR@/no-printer"
[[device]]
name = "gate-1"
uri = "gpio:gpiochip9:17"
[[device]]
name = "loop-1"
uri = "gpio:gpiochip9:18"
[[merchant]]
name = "shop"
network = "wechat"
mode = "direct"
app_id = "wx0123456789abcdef"
mch_id = "1900000001"
key = "file:@DIR@/key"
cert = "file:@DIR@/cert.pem"
cert_key = "file:@DIR@/cert-key.pem"
[[lane]]
name = "exit-1"
role = "parking-exit"
merchants = ["shop"]
scanner = "scanner-1"
printer = "printer-1"
gate = "gate-1"
loop = "loop-1"
`)
	path := filepath.Join(dir, "tillgate.toml")
	write(t, path, text)
	return path
}
