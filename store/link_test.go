package store_test

import (
	"encoding/hex"
	"strings"
	"testing"
)

// TestLinkKey: the same after a restart, another one for each thing, and nothing
// that a journal has of a payment code.
func TestLinkKey(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	key, other := s.LinkKey("display/exit-1"), s.LinkKey("display/exit-2")
	if len(key) != 32 || key == other || strings.HasPrefix(key, hex.EncodeToString(s.CodeHash("display/exit-1"))) {
		t.Errorf("the keys are %q and %q", key, other)
	}
	s.Close()
	s = l.open()
	defer s.Close()
	if again := s.LinkKey("display/exit-1"); again != key {
		t.Errorf("after a restart it is %q, was %q", again, key)
	}
}
