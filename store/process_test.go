package store_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"tillgate/store"
	"tillgate/store/entry"
)

// sellsIn names the database of a child process of these tests.
const sellsIn = "TILLGATE_TEST_SELLS_IN"

// onDisk are the options of a store on the real disk.
func onDisk(name string) store.Options {
	return store.Options{Path: name, Prefix: site, Device: device, Version: "test", Boot: "boot-1",
		Clock: func() entry.Stamp { return entry.Stamp{Wall: 1_760_000_000_000, Mono: 1000, Trust: entry.Trusted} }}
}

// TestSellingChild is the child's side of TestKilledProcess: it sells until it
// is killed and says what it has been told.
func TestSellingChild(t *testing.T) {
	name := os.Getenv(sellsIn)
	if name == "" {
		t.Skip("it is the child of TestKilledProcess")
	}
	s, err := store.Open(context.Background(), onDisk(name))
	must(t, err)
	for i := 0; ; i++ {
		o, err := ask(s, fmt.Sprint(os.Getpid(), "-", i))
		must(t, err)
		fmt.Println("asked", o.number)
		must(t, o.settle(s, i%3 == 0))
		fmt.Println("settled", o.number)
		if i == 50 {
			fmt.Println("enough", o.number)
		}
	}
}

// TestKilledProcess: a process that sells is killed without warning, life after
// life. While it lives nobody else opens its database, and what it had been told
// is there afterwards.
func TestKilledProcess(t *testing.T) {
	t.Parallel()
	name := t.TempDir() + "/till.db"
	told := map[string]string{}
	for life := range 3 {
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestSellingChild$", "-test.v")
		child.Env = append(os.Environ(), sellsIn+"="+name)
		out, err := child.StdoutPipe()
		must(t, err)
		must(t, child.Start())
		killed := false
		for lines := bufio.NewScanner(out); lines.Scan(); { // until it is dead
			word, number, ok := strings.Cut(lines.Text(), " ")
			switch {
			case ok && (word == "asked" || word == "settled"):
				told[number] = word
			case word == "enough":
				if _, err := store.Open(t.Context(), onDisk(name)); !errors.Is(err, store.ErrHeld) {
					t.Errorf("life %d: opened while another process has it: %v", life, err)
				}
				must(t, child.Process.Kill())
				killed = true
			}
		}
		if err := child.Wait(); err == nil || !killed {
			t.Fatalf("life %d: the child ended by itself: %v", life, err)
		}
		s, err := store.Open(t.Context(), onDisk(name))
		must(t, err)
		if s.Damage() != nil {
			t.Fatalf("life %d: a killed process was taken for damage: %+v", life, s.Damage())
		}
		for number, word := range told {
			key, err := s.Find(t.Context(), number)
			must(t, err)
			entries, err := s.Object(t.Context(), key, 0)
			must(t, err)
			settled := slices.ContainsFunc(entries, func(e entry.Entry) bool { return e.Kind == entry.Settled })
			if word == "settled" && !settled {
				t.Errorf("life %d: %s was settled and is not", life, number)
			}
		}
		_, err = s.Verify(t.Context(), nil)
		must(t, err)
		must(t, s.Close())
	}
	if len(told) < 150 {
		t.Errorf("only %d sales", len(told))
	}
}
