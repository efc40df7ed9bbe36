package alipay

import "testing"

// TestTheNoteOfAnOrder goes out as body, by code and by QR code.
func TestTheNoteOfAnOrder(t *testing.T) {
	t.Parallel()
	noted, shown := charge, offer
	noted.Note, shown.Note = "另收押金 300.00 元", "另收押金 300.00 元"
	n := playing(nil)
	p := n.provider(t, directOptions)
	p.Charge(t.Context(), noted)
	p.Show(t.Context(), shown)
	seen := map[string]any{}
	for _, c := range n.calls {
		if _, there := seen[c.method]; !there {
			seen[c.method] = c.content["body"]
		}
	}
	if seen[methodPay] != noted.Note || seen[methodPrecreate] != noted.Note {
		t.Errorf("sent %v", seen)
	}
}
