//go:build demo && bench

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"tillgate/drivers/drivertest"
)

const (
	idleSettles  = 30 * time.Second
	idleMeasured = time.Minute

	rssMax      = 23.0 // MB: twice a program with the same libraries, connected and its port open
	switchesMax = 3.0  // a second, of all threads
)

// TestFiguresOfIdleness: the program that a terminal runs, under the memory limits
// of its unit, connected to its broker over TLS and with its scanner's port open,
// while nobody buys.
func TestFiguresOfIdleness(t *testing.T) {
	dir := t.TempDir()
	program := buildDevice(t, dir, ".")
	shop := newShop(t) // for its broker, and the collector that acknowledges
	_, scanner := drivertest.Terminal(t)

	var said bytes.Buffer
	agent := exec.Command(program, "run", "--config", idleConfig(t, dir, scanner, shop.brokerURL, shop.bank.authority.RootPEM()))
	agent.Env = append(os.Environ(), "GOGC=50", "GOMEMLIMIT=40MiB")
	agent.Stderr = &said
	if err := agent.Start(); err != nil {
		t.Fatal(err)
	}
	p := process(agent.Process.Pid)
	defer func() {
		agent.Process.Signal(syscall.SIGTERM) //nolint:errcheck // Wait tells
		if err := agent.Wait(); err != nil || t.Failed() {
			t.Errorf("the agent ended with %v and said\n%s", err, said.Bytes())
		}
	}()
	p.until(t, "it is connected and reads its scanner", func() bool {
		return shop.broker.Info.Clone().ClientsConnected == 2 && p.has(scanner)
	})

	<-time.After(idleSettles)
	before, switched := p.wrote(t), p.switches(t)
	<-time.After(idleMeasured)
	rss := p.number(t, "status", "VmRSS:") * 1024 / 1e6
	wrote := p.wrote(t) - before
	switched = (p.switches(t) - switched) / idleMeasured.Seconds()
	t.Logf("%.1f MB of its own, %v threads", p.number(t, "status", "RssAnon:")*1024/1e6, p.number(t, "status", "Threads:"))
	if before == 0 {
		t.Error("the kernel counts no writes here")
	}
	figure(t, "idle.write_bytes", "bytes a minute", wrote, wrote == 0)
	figure(t, "idle.switches", "a second", switched, switched <= switchesMax)
	figure(t, "idle.rss", "MB", rss, rss <= rssMax)
}

// buildDevice builds a program as make build builds that of a device.
func buildDevice(t *testing.T, dir, source string) string {
	t.Helper()
	program := filepath.Join(dir, "program-"+filepath.Base(source))
	build := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-tags", "netgo,osusergo,sqlite_omit_load_extension",
		"-ldflags", "-s -w -linkmode external -extldflags -static", "-o", program, source)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return program
}

// idleConfig is a counter with a scanner and a printer.
func idleConfig(t *testing.T, dir, scanner, broker string, root []byte) string {
	t.Helper()
	writeMerchant(t, dir)
	write(t, filepath.Join(dir, "root.pem"), string(root))
	path := filepath.Join(dir, "tillgate.toml")
	write(t, path, strings.NewReplacer("@DIR@", dir, "@SCANNER@", scanner, "@BROKER@", broker).Replace(`
[terminal]
site = "10000001"
number = "0007"
name = "East"
data = "@DIR@/data"
run = "@DIR@/run"
[[device]]
name = "scanner-1"
uri = "serial:@SCANNER@"
[[device]]
name = "printer-1"
uri = "escpos+serial:@DIR@/printer"
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
name = "counter-1"
role = "cashier"
merchants = ["shop"]
scanner = "scanner-1"
printer = "printer-1"
[cloud]
broker = "@BROKER@"
ca = "file:@DIR@/root.pem"
[console]
listen = "127.0.0.1:0"
`))
	return path
}

// process is a process as the kernel accounts for it.
type process int

func (p process) path(name string) string { return fmt.Sprintf("/proc/%d/%s", p, name) }

// until looks ten times a second whether something is so; a process that is
// only looked at is not woken.
func (p process) until(t *testing.T, what string, is func() bool) {
	t.Helper()
	look := time.NewTicker(100 * time.Millisecond)
	defer look.Stop()
	for late := time.After(30 * time.Second); !is(); {
		select {
		case <-look.C:
		case <-late:
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

// has tells whether the process has a file open.
func (p process) has(file string) bool {
	open, _ := filepath.Glob(p.path("fd/*"))
	for _, link := range open {
		if target, _ := os.Readlink(link); target == file {
			return true
		}
	}
	return false
}

// number reads a number of one of the process's files.
func (p process) number(t *testing.T, file, name string) float64 {
	t.Helper()
	text, err := os.ReadFile(p.path(file))
	if err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		if f := strings.Fields(lines.Text()); len(f) > 1 && f[0] == name {
			n, err := strconv.ParseFloat(f[1], 64)
			if err != nil {
				t.Fatalf("%s of %s: %v", name, file, err)
			}
			return n
		}
	}
	t.Fatalf("%s has no %s", file, name)
	return 0
}

// wrote is what the process has had written to disks.
func (p process) wrote(t *testing.T) float64 { return p.number(t, "io", "write_bytes:") }

// switches counts how often its threads were given a core.
func (p process) switches(t *testing.T) (n float64) {
	t.Helper()
	threads, err := filepath.Glob(p.path("task/*"))
	if err != nil || len(threads) == 0 {
		t.Fatalf("threads of %d: %v", p, err)
	}
	for _, thread := range threads {
		file := filepath.Join("task", filepath.Base(thread), "status")
		n += p.number(t, file, "voluntary_ctxt_switches:") + p.number(t, file, "nonvoluntary_ctxt_switches:")
	}
	return n
}
