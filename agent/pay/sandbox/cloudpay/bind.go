package cloudpay

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
)

// bindings are the devices that were bound by a QR code: from then on their
// calls have to name their serial number (page 37632, sn_code).
type bindings struct {
	mu sync.Mutex
	sn map[string]string // by store and device
}

func newBindings() *bindings { return &bindings{sn: map[string]string{}} }

func (b *bindings) of(m Merchant, device string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.sn[m.OutShopID+"/"+device]
}

func (b *bindings) set(m Merchant, device, sn string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.sn[m.OutShopID+"/"+device] = sn; sn == "" {
		delete(b.sn, m.OutShopID+"/"+device)
	}
}

// refuse is why a device is not taken for the one that was bound.
func (b *bindings) refuse(m Merchant, c client) reply {
	if sn := b.of(m, c.DeviceID); sn != "" && c.SN != sn {
		return wrongCall("sn_code 与绑定的设备不符")
	}
	return nil
}

// useDeviceSetting binds a device (page 32387): its answer has no envelope, and
// the key in the clear.
func (n *network) useDeviceSetting(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	refuse := func(internal int, words string) {
		n.s.Write(w, bare(reply{"status": 104, "description": words, "internal_status": internal, "log_id": "1"}))
	}
	sn := q.Get("sn")
	if sn == "" || len(sn) > 64 || strings.ToUpper(sn) != sn || strings.Count(sn, "_") < 2 {
		refuse(2, "sn 应为 VENDOR_MODEL_SN")
		return
	}
	for _, m := range n.o.Merchants {
		for _, d := range m.Devices {
			if m.OutShopID != q.Get("osi") || d.ConfigURL == "" || d.ConfigURL != q.Get("si") {
				continue
			}
			if old := n.bound.of(m, d.ID); old != "" && old != sn {
				refuse(3214, "该设备已被其他终端绑定")
				return
			}
			n.bound.set(m, d.ID, sn)
			n.s.Write(w, bare(reply{"status": 0, "description": "ok", "internal_status": 0, "log_id": "1", "use_device_setting": reply{
				"out_mch_id": m.OutMchID, "out_sub_mch_id": m.OutSubMchID, "cloud_cashier_id": m.CashierID, "authen_type": 1,
				"authen_key": string(m.key(n.s.Now())), "out_shop_id": m.OutShopID, "shop_name": "测试门店", "device_id": d.ID, "device_name": "终端 " + d.ID,
				"staff_id": d.StaffID, "staff_name": fmt.Sprintf("店员 %s", d.StaffID)}}))
			return
		}
	}
	refuse(1, "二维码无效或已过期")
}

// unbind ends a binding.
func (n *network) unbind(m Merchant, in struct {
	OutSubMchID string `json:"out_sub_mch_id"`
	OutShopID   string `json:"out_shop_id"`
	DeviceID    string `json:"device_id"`
	SN          string `json:"sn_code"`
	Nonce       string `json:"nonce_str"`
}) *call {
	c := &call{name: "unbind_device_sn_code"}
	c.act = func() reply {
		switch sn := n.bound.of(m, in.DeviceID); {
		case in.OutShopID != m.OutShopID:
			return wrongCall("门店不符")
		case sn == "" || sn != in.SN:
			return failed(104, 3215, "该设备已解绑")
		}
		n.bound.set(m, in.DeviceID, "")
		return nil
	}
	c.good = func() reply { return reply{"nonce_str": "Zm9v"} }
	return c
}
