package pay_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"tillgate/agent/pay"
)

// TestASecretIsNotSeen prints one in every way that a program prints.
func TestASecretIsNotSeen(t *testing.T) {
	t.Parallel()
	const secret = "134567890123456789"
	c := pay.Charge{Attempt: pay.Attempt{Number: "1"}, Code: secret}
	var log bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		slog.New(handler).Info("charge", "code", c.Code, "charge", c, "charges", []pay.Charge{c})
	}
	encoded, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"String": c.Code.String(), "%v": fmt.Sprint(c), "%+v": fmt.Sprintf("%+v", c), "%#v": fmt.Sprintf("%#v", c), "%q": fmt.Sprintf("%q", c.Code),
		"%x": fmt.Sprintf("%x", c.Code), "a wrong verb": fmt.Sprintf(strings.Replace("%?", "?", "d", 1), c.Code),
		"log": log.String(), "JSON": string(encoded), "error": fmt.Errorf("charge %v: refused", c).Error(),
	} {
		if strings.Contains(text, secret) || !strings.Contains(text, "***") {
			t.Errorf("%s shows %s", name, text)
		}
	}
}

// TestStates is the table of what a state means for the next attempt.
func TestStates(t *testing.T) {
	t.Parallel()
	final := map[pay.State]bool{pay.Paid: true, pay.Declined: true, pay.NotSent: true, pay.Mismatch: true, pay.Absent: true, pay.Returned: true}
	seen := map[string]bool{}
	for s := pay.Unknown; s <= pay.Returned; s++ {
		if s.Final() != final[s] {
			t.Errorf("%v is final: %v", s, s.Final())
		}
		if seen[s.String()] {
			t.Errorf("state %d is called %v like another", s, s)
		}
		seen[s.String()] = true
	}
	if (pay.Result{}).State != pay.Unknown || pay.State(200).String() != "unknown" {
		t.Error("what nobody has set is not unknown")
	}
}

// TestWhatIsShownHasATimingOfItsOwn that a machine plans like any other.
func TestWhatIsShownHasATimingOfItsOwn(t *testing.T) {
	t.Parallel()
	got := pay.WeChat.Shown()
	if got.Patience != 2*time.Minute || got.CodeLife != got.Patience || got.QueryEvery != 3*time.Second || len(got.Queries) != 0 || got.Call != 8*time.Second {
		t.Errorf("%+v", got)
	}
	if got.Undo.Kind != "close" || got.Undo.NotBefore != 0 || got.Undo.NotAfter != 365*24*time.Hour || len(got.UndoAgain) == 0 || got.Ask != pay.WeChat.Ask {
		t.Errorf("%+v", got)
	}
	if pay.WeChat.Undo.Kind != "reverse" || pay.WeChat.Patience != 45*time.Second {
		t.Errorf("that of scanned codes has changed: %+v", pay.WeChat)
	}
}
