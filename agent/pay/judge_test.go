package pay

import (
	"strings"
	"testing"
)

func TestGoodLink(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"weixin://wxpay/bizpayurl?pr=p4lpSuKzz": true, "https://qr.alipay.com/bax03206ug0kulveltqc80a8": true,
		"https://qr.alipay.com/" + strings.Repeat("x", LinkBytesMax-22): true, "https://qr.alipay.com/" + strings.Repeat("x", LinkBytesMax-21): false,
		"": false, "qr.alipay.com": false, "https://a b": false, "https://a\n": false, "https://茶": false,
	} {
		if got := GoodLink(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestNeverFinal(t *testing.T) {
	t.Parallel()
	if r := (Result{State: NotSent, Code: CodeTimeout}).NeverFinal(); r != (Result{Code: CodeTimeout}) {
		t.Errorf("%+v", r)
	}
}

// TestKeeping: what a deposit has come to, and what that means on its way back.
func TestKeeping(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		held      Held
		bad, back bool
		want      Result
	}{
		"all is held":                   {Held{Left: 500}, false, false, Result{State: Paid}},
		"a part was captured":           {Held{Captured: 200, Released: 300}, false, false, Result{State: Paid}},
		"totals that cannot be":         {Held{Left: 500}, true, false, Result{Code: CodeTotals, Fault: true}},
		"back, and all is held":         {Held{Left: 500}, false, true, Result{State: Paid}},
		"back, and nothing is":          {Held{Released: 500}, false, true, Result{State: Declined, Code: CodeReleased, Returned: true}},
		"back, and a part was captured": {Held{Captured: 200, Released: 300}, false, true, Result{State: Mismatch, Code: CodeCaptured}},
		"back, with totals that cannot": {Held{Released: 500}, true, true, Result{Code: CodeTotals, Fault: true}},
	} {
		got := Result{State: Paid}.Keeping(c.held, !c.bad, Attempt{Returning: c.back})
		if c.bad != (got.Held == nil) || !c.bad && *got.Held != c.held {
			t.Errorf("%s: it holds %+v", name, got.Held)
		}
		if got.Held = nil; got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}
