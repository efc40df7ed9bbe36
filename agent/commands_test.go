package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"tillgate/agent/clock"
	"tillgate/store"
	"tillgate/store/entry"
)

// journalOf writes a config and a journal with one settled sale, and answers the config's path.
func journalOf(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	text := strings.ReplaceAll(smallConfig, "/var/lib/tillgate", dir)
	text = strings.Replace(text, "[terminal]", "[terminal]\nrun = \""+filepath.Join(dir, "run")+"\"", 1)
	path := filepath.Join(dir, "tillgate.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := loadConfig(path, false)
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), storeOptions(cfg, clock.New(clock.Options{}), nil))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	number := s.Number()
	_, err = s.Commit(t.Context(), store.Step{Done: true, Entries: []entry.Draft{
		entry.New(entry.Opened, entry.OpenedBody{Lane: "counter-1", Amount: 1250}),
		entry.New(entry.Asked, entry.AskedBody{Number: number, Merchant: "shop-wechat", Network: "wechat", Code: s.CodeHash("134567890123456789")}),
		entry.New(entry.Settled, entry.SettledBody{Number: number, Amount: 1250, Settled: 1250}),
	}})
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// call runs a command line as a shell would.
func call(t *testing.T, args ...string) (code int, out, complaint string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = execute(t.Context(), args, &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

func TestVerifyWithoutAnAgent(t *testing.T) {
	t.Parallel()
	path := journalOf(t)
	code, out, complaint := call(t, "verify", "--config", path)
	if code != exitOK || !strings.Contains(out, "1 sales agree") || !strings.Contains(out, "acknowledged nothing") {
		t.Errorf("exit %d, %q, %q", code, out, complaint)
	}
	code, out, _ = call(t, "verify", "--json", "--config", path)
	var report store.Report
	if err := json.Unmarshal([]byte(out), &report); code != exitOK || err != nil || report.Sales != 1 || len(report.HeadHash) != 64 {
		t.Errorf("exit %d, %v, %+v", code, err, report)
	}
}

func TestExportWithoutAnAgent(t *testing.T) {
	t.Parallel()
	path := journalOf(t)
	code, out, complaint := call(t, "export", "--config", path)
	if code != exitOK || strings.Count(out, "\n") < 4 || !strings.Contains(out, `"kind":"settled"`) {
		t.Errorf("exit %d, %q, %q", code, out, complaint)
	}
	if paymentCodeIn(out) || strings.Contains(out, `"c":"`) {
		t.Errorf("the export has a payment code or its hash: %s", out)
	}
	code, out, _ = call(t, "export", "--from", "2", "--to", "2", "--config", path)
	if code != exitOK || strings.Count(out, "\n") != 1 {
		t.Errorf("one entry: exit %d, %q", code, out)
	}
}

func paymentCodeIn(text string) bool { return strings.Contains(text, "134567890123456789") }

// TestADamagedJournalIsSaid: verify's report and its exit code say what was lost.
func TestADamagedJournalIsSaid(t *testing.T) {
	t.Parallel()
	path := journalOf(t)
	db := filepath.Join(filepath.Dir(path), "tillgate.db")
	text, err := os.ReadFile(db)
	if err != nil {
		t.Fatal(err)
	}
	copy(text, bytes.Repeat([]byte{0xFF}, 100)) // the header
	if err := os.WriteFile(db, text, 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, complaint := call(t, "verify", "--config", path)
	if code != exitOK || !strings.Contains(out, "this epoch began after damage") {
		t.Errorf("exit %d, %q, %q", code, out, complaint)
	}
}

// TestBeforeTheFirstStart: a config can be checked, and what an agent would miss is
// said; nothing is verified or exported, and no journal is made by looking.
func TestBeforeTheFirstStart(t *testing.T) {
	t.Parallel()
	path := withSecrets(t)
	if code, out, complaint := call(t, "config", "check", path); code != exitOK || complaint != "" || !strings.Contains(out, "is right") {
		t.Errorf("config check: exit %d, %q, %q", code, out, complaint)
	}
	if err := os.Chmod(filepath.Join(filepath.Dir(path), "key"), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, out, complaint := call(t, "config", "check", path); code != exitOK || !strings.Contains(out, "is right") || !strings.Contains(complaint, "expected 0600") {
		t.Errorf("config check of a key that others may read: exit %d, %q, %q", code, out, complaint)
	}
	for _, command := range []string{"verify", "export"} {
		if code, out, complaint := call(t, command, "--config", path); code != exitFailed || out != "" || !strings.Contains(complaint, "there is no journal yet") {
			t.Errorf("%s: exit %d, %q, %q", command, code, out, complaint)
		}
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(path), "data")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("looking has left a folder: %v", err)
	}
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"config", "check", "sample.toml"}, exitOK, ""},
		{[]string{"config", "check", "--effective", "sample.toml"}, exitOK, ""},
		{[]string{"config", "check", "testdata/config/unknown.toml"}, exitConfig, "testdata/config/unknown.toml:"},
		{[]string{"config", "check", "nowhere.toml"}, exitConfig, "nowhere.toml"},
		{[]string{"config", "check", "a", "b"}, exitConfig, "one config file at most"},
		{[]string{"run", "--config", "nowhere.toml"}, exitConfig, "nowhere.toml"},
		{[]string{"run", "--nonsense"}, exitConfig, "nonsense"},
		{[]string{"nonsense"}, exitConfig, "nonsense"},
		{[]string{"--version"}, exitOK, ""},
	} {
		code, _, complaint := call(t, row.args...)
		if code != row.code || !strings.Contains(complaint, row.says) {
			t.Errorf("%v: exit %d, %q; want %d and %q", row.args, code, complaint, row.code, row.says)
		}
	}
}

// TestEveryCommandHasAnExample walks the commands of this build.
func TestEveryCommandHasAnExample(t *testing.T) {
	t.Parallel()
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		if c.Runnable() && (c.Example == "" || c.Short == "") {
			t.Errorf("%s has no example or no summary", c.CommandPath())
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(rootCommand())
}
