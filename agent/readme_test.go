//go:build demo

package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"tillgate/agent/flow"
)

// TestTheReadmesConfig: the terminal that the README sets up is one that a device
// takes, and its gate opens for both wallets.
func TestTheReadmesConfig(t *testing.T) {
	t.Parallel()
	_, from, _ := strings.Cut(markdown(t, "../README.md"), "\n## Set up a terminal\n")
	_, from, _ = strings.Cut(from, "\n```toml\n")
	text, _, whole := strings.Cut(from, "\n```\n")
	if !whole {
		t.Fatal("the README has no config")
	}
	cfg, err := parseConfig("README.md", []byte(text), false)
	if err != nil {
		t.Fatal(err)
	}
	made, err := makeDevices(cfg, deviceMakers())
	if err != nil {
		t.Fatal(err)
	}
	if len(cfg.Lanes) != 1 || cfg.Lanes[0].Role != flow.ParkingExit || made.gates[cfg.Lanes[0].Gate] == nil || len(cfg.Integrators) != 1 {
		t.Errorf("its lanes are %+v", cfg.Lanes)
	}
	var told strings.Builder
	cfg.explain(&told)
	for _, want := range []string{"exit-1", "wechat", "alipay"} {
		if !strings.Contains(told.String(), want) {
			t.Errorf("config check --effective does not say %s: %s", want, told.String())
		}
	}
}

// commandLine is a command of ours in a document: on a line of its own or in a table.
var commandLine = regexp.MustCompile("(?m)(?:^    (?:\\$ )?|`)(?:build/)?tillgate(?:-demo)? ([a-z][^`\n#]*)")

// word is an argument of a command, quoted or not.
var word = regexp.MustCompile(`'[^']*'|\S+`)

// TestTheDocumentsCommands: each command that a document of ours shows is one that
// the program has, with the flags that stand there.
func TestTheDocumentsCommands(t *testing.T) {
	t.Parallel()
	seen := 0
	for _, file := range []string{"../README.md", "acceptance/DESIGN.md", "pay/sandbox/DESIGN.md", "flow/deposit/DESIGN.md", "duty/DESIGN.md", "staff/DESIGN.md"} {
		for _, m := range commandLine.FindAllStringSubmatch(markdown(t, file), -1) {
			seen++
			var args []string
			for _, arg := range word.FindAllString(m[1], -1) {
				if arg != "--help" { // which every command has
					args = append(args, strings.Trim(arg, "'"))
				}
			}
			cmd, rest, err := rootCommand().Find(args)
			if err == nil {
				err = cmd.ParseFlags(rest)
			}
			if err != nil || !cmd.HasParent() || !cmd.Runnable() && cmd.Flags().NArg() > 0 {
				t.Errorf("%s: tillgate %s: %v", file, m[1], err)
			}
		}
	}
	if seen < 25 {
		t.Errorf("%d commands were found in the documents", seen)
	}
}

// link is a link of a document to a place in this repository.
var link = regexp.MustCompile(`\]\(([^)#:]*)(#[^)]*)?\)`)

// heading is a title that a link may lead to.
var heading = regexp.MustCompile(`(?m)^#+ (.*)$`)

// TestTheDocumentsLinks: what a document links to is there.
func TestTheDocumentsLinks(t *testing.T) {
	t.Parallel()
	files := []string{"../README.md", "../DESIGN.md", "../store/DESIGN.md"}
	for _, below := range []string{"*/DESIGN.md", "*/*/DESIGN.md"} {
		found, err := filepath.Glob(below)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	if len(files) < 10 {
		t.Errorf("found %v", files)
	}
	for _, file := range files {
		for _, m := range link.FindAllStringSubmatch(markdown(t, file), -1) {
			to := file
			if m[1] != "" {
				to = filepath.Join(filepath.Dir(file), m[1])
			}
			if _, err := os.Stat(to); err != nil {
				t.Errorf("%s: %v", file, err)
			} else if m[2] != "" && !anchored(markdown(t, to), m[2]) {
				t.Errorf("%s: %s has no %s", file, to, m[2])
			}
		}
	}
}

// anchored tells whether a document has the title of an anchor.
func anchored(text, anchor string) bool {
	for _, h := range heading.FindAllStringSubmatch(text, -1) {
		if "#"+strings.ReplaceAll(strings.ToLower(strings.Trim(h[1], "?. ")), " ", "-") == anchor {
			return true
		}
	}
	return false
}

func markdown(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
