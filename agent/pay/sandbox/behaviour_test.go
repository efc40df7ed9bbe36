package sandbox

import (
	"testing"
	"time"
)

func TestBehavioursReadWhatTheyWrite(t *testing.T) {
	t.Parallel()
	for _, kind := range Kinds() {
		b := Do(kind)
		if again, err := ParseBehaviour(b.String()); err != nil || again != b || b.Kind != kind {
			t.Errorf("%s is written %q and read as %v, %v", kind, b, again, err)
		}
	}
	for text, want := range map[string]Behaviour{
		"password":       {Kind: Password, After: 8 * time.Second},
		"password:40s":   {Kind: Password, After: 40 * time.Second},
		"undo-again:3":   {Kind: UndoAgain, Times: 3},
		"error:RULES":    {Kind: Failed, Code: "RULES"},
		"garbage:nested": {Kind: Garbage, Code: "nested"},
		"slow:0s":        {Kind: Slow},
	} {
		if b, err := ParseBehaviour(text); err != nil || b != want {
			t.Errorf("%q is read as %+v, %v", text, b, err)
		}
	}
	if (Behaviour{}).String() != Pays {
		t.Error("the zero behaviour does not pay")
	}
}

func TestBehavioursThatAreNone(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "Pays", "pays:1", "password:soon", "password:-1s", "undo-again:0", "undo-again:-1", "undo-again:x", "error:", "garbage:gold", ":8s"} {
		if b, err := ParseBehaviour(text); err == nil {
			t.Errorf("%q is read as %+v", text, b)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("a program's own mistake goes unseen")
		}
	}()
	Do("no such thing")
}
