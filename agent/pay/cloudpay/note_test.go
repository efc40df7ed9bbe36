package cloudpay

import "testing"

// TestTheNoteOfAnOrder goes out as remark, by code and by QR code.
func TestTheNoteOfAnOrder(t *testing.T) {
	t.Parallel()
	noted, shown := charge, offer
	noted.Note, shown.Note = "另收押金 300.00 元", "另收押金 300.00 元"
	n := &network{}
	p := n.provider(t)
	p.Charge(t.Context(), noted)
	p.Show(t.Context(), shown)
	for _, call := range []string{"micro_pay", "scan_code_pay"} {
		if got := str(object(n.got[call], "pay_content"), "remark"); got != noted.Note {
			t.Errorf("%s sends %q", call, got)
		}
	}
}
