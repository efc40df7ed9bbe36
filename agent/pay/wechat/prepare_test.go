package wechat

import (
	"slices"
	"testing"

	"tillgate/agent/pay"
)

// TestAPreparedChargeIsSentLater: to make a request sends nothing; calling what
// came back is Charge.
func TestAPreparedChargeIsSentLater(t *testing.T) {
	t.Parallel()
	n := &network{answer: func(path string, f fields) fields {
		return fields{"result_code": "FAIL", "err_code": "NOTENOUGH", "out_trade_no": f["out_trade_no"]}
	}}
	p := n.provider(t, directOptions)
	send := p.Prepare(charge)
	if len(n.asked) > 0 {
		t.Fatalf("asked %v before it was let go", n.asked)
	}
	if r := send(t.Context()); r.State != pay.Declined || r.Code != "NOTENOUGH" {
		t.Errorf("answered %+v", r)
	}
	if want := []string{callMicropay, callQuery}; !slices.Equal(n.asked, want) || n.got[callMicropay]["auth_code"] != code {
		t.Errorf("asked %v with code %q, want %v", n.asked, n.got[callMicropay]["auth_code"], want)
	}
}
