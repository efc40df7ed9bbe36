//go:build demo

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tillgate/agent/words"
)

// paymentCode is what no file of the demo may have: the codes of its customers.
var paymentCode = regexp.MustCompile(`(^|\D)(1[0-5]\d{16}|(2[5-9]|30)\d{16}|62\d{17})(\D|$)`)

// TestDemoOnce plays the demo's visits with real bytes, and reads back what they
// left: slips, transcript, log, and the agent's own files.
func TestDemoOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var out bytes.Buffer
	if err := demo(t.Context(), &out, dir, "127.0.0.1:0", true); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	for _, want := range []string{"微信收款十二元五角", "支付宝收款二十六元", "云闪付收款九元九角", "支付宝退款六元", "云闪付收款二十元八角", "微信押金冻结三百元", "微信押金消费八十八元五角，退还两百一十一元五角", "支付宝押金退还三百元", "the relay is energised", "has acknowledged all"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the story lacks %q:\n%s", want, out.String())
		}
	}
	checkReadme(t, out.String())
	paid := map[string]bool{}
	for _, m := range regexp.MustCompile(`under number (\d{24})`).FindAllStringSubmatch(out.String(), -1) {
		paid[m[1]] = true
	}
	for _, wallet := range []string{"wechat", "alipay", "unionpay"} {
		if codes := zbar(t, filepath.Join(dir, "qr-counter-1-"+wallet+".png")); !strings.HasPrefix(codes["QR-Code"], "https://qr.chinaums.com/bills/") {
			t.Errorf("the QR code says %v", codes)
		}
	}
	slips := []string{"slip-exit-1.png"}
	for i := range 8 { // the last is the refund's, which bears its payment's number
		slips = append(slips, fmt.Sprintf("slip-counter-%d.png", i+1))
	}
	for i := range 4 { // a deposit's slips all bear its number
		slips = append(slips, fmt.Sprintf("slip-desk-%d.png", i+1))
	}
	for _, slip := range slips {
		codes := zbar(t, filepath.Join(dir, slip))
		if len(codes) != 2 || codes["CODE-128"] != codes["QR-Code"] || !paid[codes["QR-Code"]] {
			t.Errorf("%s has the codes %v, want barcode and QR of one of %v", slip, codes, paid)
		}
	}
	checkTranscript(t, filepath.Join(dir, "transcript.jsonl"))
	checkNoCodes(t, dir)
}

// TestTheDemosConfig is right by the command that a newcomer tries on it.
func TestTheDemosConfig(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	s.toml = demoConfig
	s.listen(t)
	code, out, complaint := call(t, "config", "check", "--effective", s.cfg)
	if code != exitOK || complaint != "" || !strings.Contains(out, "3 lanes, 11 devices, 6 merchants") {
		t.Errorf("exit %d, %s, %s", code, out, complaint)
	}
}

// TestASecondDemo leaves the folder of one that runs as it is.
func TestASecondDemo(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "demo") // a socket's path is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) }) //nolint:errcheck // a temporary folder
	kept := filepath.Join(dir, "demo.toml")
	if err := errors.Join(os.Mkdir(filepath.Join(dir, "run"), 0o755), os.WriteFile(kept, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	agent, err := net.Listen("unix", filepath.Join(dir, "run", "agent.sock"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := emptyFolder(dir); err == nil || !strings.Contains(err.Error(), "a demo still runs in "+dir) {
		t.Errorf("a demo runs: %v", err)
	}
	if _, err := os.Stat(kept); err != nil {
		t.Errorf("its config: %v", err)
	}
	agent.Close()
	if _, err := emptyFolder(dir); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(kept); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the config of a demo that is over: %v", err)
	}
}

// checkReadme keeps the story in the README what a user will see: but for
// numbers, addresses and folders its lines are those of this run. A screen that
// lasts for milliseconds may pass before anybody looks, so of screens it is
// enough that the catalogue has them.
func checkReadme(t *testing.T, story string) {
	t.Helper()
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, shown, _ := strings.Cut(string(readme), "<!-- demo:begin -->")
	shown, _, ok := strings.Cut(shown, "<!-- demo:end -->")
	if !ok || strings.Count(shown, "\n") < 20 {
		t.Fatal("the README does not show the demo")
	}
	said := map[string]bool{}
	for line := range strings.Lines(story) {
		said[withoutNumbers(line)] = true
	}
	var screens []string
	for _, phase := range words.Phases() {
		screens = append(screens, "screen    "+screenText(words.Order{Phase: phase}))
	}
	for line := range strings.Lines(shown) {
		line = strings.TrimSpace(line)
		passing := slices.ContainsFunc(screens, func(screen string) bool { return strings.HasSuffix(line, screen) })
		if line = withoutNumbers(line); line != "" && !said[line] && !passing {
			t.Errorf("the README shows a line that the demo does not say: %q", line)
		}
	}
}

var (
	folders = regexp.MustCompile(`[\w./-]*/((?:slip|qr)-\S+\.png)|(are in ).*`)
	numbers = regexp.MustCompile(`[0-9a-f]{12}…|\d[\d.:]*`)
)

func withoutNumbers(line string) string {
	return numbers.ReplaceAllString(folders.ReplaceAllString(strings.TrimSpace(line), "$1$2"), "#")
}

// zbar reads the codes of a picture with zbarimg, by kind.
func zbar(t *testing.T, picture string) map[string]string {
	t.Helper()
	text, err := exec.Command("zbarimg", "--quiet", picture).Output()
	if err != nil {
		t.Fatalf("zbarimg (Debian package zbar-tools) on %s: %v", picture, err)
	}
	codes := map[string]string{}
	for line := range strings.Lines(string(text)) {
		kind, code, _ := strings.Cut(strings.TrimSpace(line), ":")
		codes[kind] = code
	}
	return codes
}

func checkTranscript(t *testing.T, path string) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	who := map[string]int{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var l told
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil || l.At.IsZero() || l.Text == "" {
			t.Fatalf("line %q: %v", lines.Text(), err)
		}
		who[l.Who]++
	}
	for _, w := range []string{"clerk", "customer", "journal", "screen", "display", "drawer", "printer", "speaker", "gate", "loop", "network", "cloud"} {
		if who[w] == 0 {
			t.Errorf("the transcript has nothing of %s: %v", w, who)
		}
	}
}

// checkNoCodes looks into every file that the demo and the agent wrote.
func checkNoCodes(t *testing.T, dir string) {
	t.Helper()
	var secrets [][]byte
	for _, name := range secretsIn(t, filepath.Join(dir, "keys")) {
		text, err := os.ReadFile(name)
		if err != nil || len(text) < 32 {
			t.Fatalf("%s is no key: %v", name, err)
		}
		secrets = append(secrets, text)
	}
	looked := 0
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || filepath.Base(filepath.Dir(path)) == "keys" {
			return err
		}
		text, err := os.ReadFile(path)
		looked++
		if paymentCode.Match(text) {
			t.Errorf("%s has a payment code", path)
		}
		for _, secret := range secrets {
			if bytes.Contains(text, secret) {
				t.Errorf("%s has a merchant's key", path)
			}
		}
		return err
	})
	if err != nil || looked < 6 {
		t.Errorf("looked into %d files: %v", looked, err)
	}
}

// secretsIn are the files of a bank's keys that nobody may see.
func secretsIn(t *testing.T, dir string) (secrets []string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	for _, name := range names {
		if base := filepath.Base(name); !strings.HasSuffix(base, ".pem") || base == "merchant-key.pem" {
			secrets = append(secrets, name)
		}
	}
	if err != nil || len(secrets) != 16 {
		t.Fatalf("the keys are %v: %v", secrets, err)
	}
	return secrets
}

// TestDemoFails: a demo that cannot play its visits says so, and why.
func TestDemoFails(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := demo(t.Context(), io.Discard, filepath.Join(file, "demo"), "127.0.0.1:0", true); err == nil {
		t.Error("a demo in a file that is no folder went well")
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if err := demo(over, io.Discard, t.TempDir(), "127.0.0.1:0", true); err == nil {
		t.Error("a demo that was stopped before its visits went well")
	}
}
