package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTokens: one that can be guessed and one that two programs share are refused
// with the line that names them, and neither is said aloud.
func TestTokens(t *testing.T) {
	t.Parallel()
	const good, short = "0123456789abcdef0123456789abcdef", "0123456789abcdef"
	for name, c := range map[string]struct {
		first, second string
		says          string // empty: they are taken
	}{
		"two programs":  {good, "f" + good, ""},
		"one for both":  {good, good, "x.toml:25: [[integrator]] desk: another program has this token"},
		"short":         {good, short, "x.toml:25: [[integrator]] desk: the token has fewer than 24 characters"},
		"with a blank":  {good[:20] + " " + good[20:], good, "x.toml:21: [[integrator]] till: the token has fewer than 24 characters, or blanks in it"},
		"none is there": {"", good, "it is empty"},
	} {
		dir, text := t.TempDir(), smallConfig
		for i, token := range []string{c.first, c.second} {
			path := filepath.Join(dir, []string{"first", "second"}[i])
			if err := os.WriteFile(path, []byte(token+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			text += "[[integrator]]\nname = \"" + []string{"till", "desk"}[i] + "\"\ntoken = \"file:" + path + "\"\nrights = [\"sell\", \"read\"]\n"
		}
		cfg, err := parseConfig("x.toml", []byte(text), false)
		if err != nil {
			t.Fatal(err)
		}
		programs, err := cfg.integrators()
		switch {
		case c.says == "" && (err != nil || len(programs) != 2 || string(programs[1].Token) != c.second || len(programs[0].Rights) != 2):
			t.Errorf("%s: %+v, %v", name, programs, err)
		case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says) || c.first != "" && strings.Contains(err.Error(), c.first)):
			t.Errorf("%s: %v, want %s", name, err, c.says)
		}
	}
}
