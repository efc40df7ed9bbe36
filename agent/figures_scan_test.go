//go:build demo && bench

package main

import (
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"go.bug.st/serial"
	"periph.io/x/conn/v3/gpio"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/drivers/drivertest"
)

// A ratio hangs on what else the machine does, so that it fails a fifth above its limit.
const (
	scanRatioMax = 2.0
	ratioMargin  = 1.2

	rounds         = 5
	scansOfARound  = 7
	pulsesMeasured = 6
)

// TestFiguresOfAScan: what stands between a code on the scanner's wire and the
// request on the network's, without the commit, against nothing but a serial port
// and a kept connection. Each has the other's warmth every second time.
func TestFiguresOfAScan(t *testing.T) {
	m := newMeasured(t, false)
	raw := newRawChain(t, m.shop)
	var ratios []float64
	for round := range rounds + 1 { // the first opens the connections
		var ours, bare []time.Duration
		for n := range scansOfARound {
			if n%2 == 0 {
				bare = append(bare, raw.once(t))
			}
			m.sell(t, "counter-1")
			ours = append(ours, m.between(&m.sent, &m.asked)+m.between(&m.askedOn, &m.wrote))
			if n%2 == 1 {
				bare = append(bare, raw.once(t))
			}
			m.rest(t, 2) // slip and voice
			if round == 0 {
				break
			}
		}
		if round > 0 {
			t.Logf("ours %v, bare %v", median(ours), median(bare))
			ratios = append(ratios, float64(median(ours))/float64(median(bare)))
		}
	}
	ratio := median(ratios)
	figure(t, "scan.to_request", "ratio", ratio, ratio <= scanRatioMax*ratioMargin)
}

// TestFiguresOfARelay: what stands between the answer and the relay, without the commit.
func TestFiguresOfARelay(t *testing.T) {
	m := newMeasured(t, false)
	m.loop.Set(gpio.High)
	exit := laneNamed(m.agent, "exit-1")
	if err := until(t.Context(), exit, "car", func(v flow.View) bool { return v.Present }); err != nil {
		t.Fatal(err)
	}
	var spans []float64
	for range pulsesMeasured {
		m.sell(t, "exit-1")
		for range 2 { // up and down
			if err := wait(t.Context(), m.pulses, "the relay moved"); err != nil {
				t.Fatal(err)
			}
		}
		span := m.between(&m.answered, &m.up) - m.between(&m.settled, &m.settledOn)
		spans = append(spans, float64(span.Microseconds()))
		m.rest(t, 3) // slip, voice and gate
	}
	figure(t, "answer.to_relay", "us", median(spans), true)
}

// rawChain is the floor: one goroutine between a serial port and a kept connection.
type rawChain struct {
	near  *os.File
	watch watch
	done  chan error
}

func newRawChain(t *testing.T, s *shop) *rawChain {
	t.Helper()
	near, path := drivertest.Terminal(t)
	port, err := serial.Open(path, &serial.Mode{BaudRate: 9600, DataBits: 8})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { port.Close() })
	r := &rawChain{near: near, done: make(chan error, 1)}
	dial := dialling(func() { r.watch.note(&r.watch.wrote) })
	client := &http.Client{Transport: pay.NewTransport(s.bank.authority.Client(), dial)}
	url := "https://" + s.pay.Addr().String() + "/sandbox/ledger"
	go func() {
		for buffer := make([]byte, 64); ; {
			n, err := port.Read(buffer)
			if err == nil && n == 0 {
				return // the test is over
			}
			if err == nil && buffer[n-1] != '\r' {
				continue
			}
			if err == nil {
				err = post(client, url)
			}
			r.done <- err
			if err != nil {
				return
			}
		}
	}()
	return r
}

// post sends as many bytes as a charge has.
func post(client *http.Client, url string) error {
	answer, err := client.Post(url, "text/xml", strings.NewReader(strings.Repeat("x", 600)))
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, answer.Body) // for the connection to be kept
	return err
}

// once lets one code through.
func (r *rawChain) once(t *testing.T) time.Duration {
	t.Helper()
	r.watch.note(&r.watch.sent)
	if _, err := r.near.Write([]byte("134567890123456789\r")); err != nil {
		t.Fatal(err)
	}
	if err := <-r.done; err != nil {
		t.Fatal(err)
	}
	return r.watch.between(&r.watch.sent, &r.watch.wrote)
}
