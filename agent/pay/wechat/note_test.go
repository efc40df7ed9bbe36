package wechat

import (
	"slices"
	"strings"
	"testing"
)

// TestTheNoteOfAnOrder goes out as attach, by code in both versions and by QR code.
func TestTheNoteOfAnOrder(t *testing.T) {
	t.Parallel()
	noted, shown := charge, offer
	noted.Note, shown.Note = "另收押金 300.00 元", "另收押金 300.00 元"
	v2 := &network{}
	v2.provider(t, directOptions).Charge(t.Context(), noted)
	if got := v2.got[callMicropay]["attach"]; got != noted.Note {
		t.Errorf("v2 sends %q", got)
	}
	n := codeWay{charge: ok(trade(directOptions, "SUCCESS", nil)), look: ok(trade(directOptions, "SUCCESS", nil)), reverse: ok(trade(directOptions, "", nil))}.network()
	s := n.shower(t, with(directOptions, func(o *Options) { o.CodeV3 = true }))
	s.Charge(t.Context(), noted)
	s.Show(t.Context(), shown)
	for _, end := range []string{"/codepay", "/native"} {
		if !slices.ContainsFunc(n.calls, func(c call3) bool {
			return strings.HasSuffix(c.path, end) && strings.Contains(c.body, `"attach":"`+noted.Note+`"`)
		}) {
			t.Errorf("v3 sends no note to %s", end)
		}
	}
}
