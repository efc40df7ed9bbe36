package wechat

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"tillgate/agent/pay/sandbox"
	"tillgate/store/money"
)

const (
	expireLeast = time.Minute   // less is lifted to that
	linkLife    = 2 * time.Hour // how long a link can be scanned, whatever its order allows
)

// link writes the links of orders.
func link(serial, nth int) string {
	return fmt.Sprintf("weixin://wxpay/bizpayurl/up?pr=%05x%02x&groupid=00", uint64(serial)*7_919%0x100000, nth%0x100)
}

// show puts an order with a link into the books. The same request again gives
// another link.
func (n *Network) show(q request3, do sandbox.Doing) *result {
	var in showBody
	if err := json.Unmarshal(q.body, &in); err != nil { // it was checked
		return wrong("请求体: %v", err)
	}
	now := n.s.Now()
	expires := now.AddDate(0, 0, 7)
	if in.Expire != "" {
		expires, _ = time.Parse(time.RFC3339, in.Expire)
	}
	if least := now.Add(expireLeast); expires.Before(least) {
		expires = least
	}
	in.Expire = "" // only the first one counts
	print, err := json.Marshal(in)
	if err != nil {
		return wrong("请求体: %v", err)
	}
	kept := memo{merchant: q.merchant, v3: true}
	if in.Scene != nil {
		kept.device = in.Scene.Device
	}
	o, refusal := n.s.Show(sandbox.Offer{Account: q.merchant.account(), Number: in.Number, Wallets: wallets, Amount: money.Fen(in.Amount.Total), Print: string(print),
		Link: link, LinkLife: linkLife, Again: true, Expires: expires, Memo: kept}, do)
	switch {
	case refusal == "":
		return &result{http.StatusOK, map[string]any{"code_url": o.Link}}
	case o.State.Taken():
		return failed3("ORDERPAID", "该订单已支付")
	case o.State == sandbox.Closed || o.State == sandbox.Revoked:
		return failed3("ORDER_CLOSED", "订单已关闭")
	}
	return failed3("OUT_TRADE_NO_USED", "商户订单号重复")
}

// shut closes an order, unless somebody was faster.
func (n *Network) shut(q request3, do sandbox.Behaviour) *result {
	switch o, ok := n.order(q.merchant, q.number); {
	case !ok:
		return failed3("ORDER_NOT_EXIST", "订单不存在")
	case !o.Shown:
		return failed3("INVALID_REQUEST", "付款码订单只能撤销")
	}
	switch _, refusal := n.s.Undo(sandbox.Undoing{Account: q.merchant.account(), Number: q.number, Kind: sandbox.Close}, do); refusal {
	case sandbox.CallAgain:
		return failed3("INVALID_REQUEST", "订单创建后5分钟内不能关闭")
	case sandbox.IsPaid:
		return failed3("ORDER_PAID", "订单已支付")
	}
	return &result{status: http.StatusNoContent}
}

func (n *Network) queried3(q request3) *result {
	o, ok := n.order(q.merchant, q.number)
	if !ok {
		return failed3("ORDER_NOT_EXIST", "订单不存在")
	}
	return &result{http.StatusOK, n.told3(o)}
}

// told3 are the fields of an order.
func (n *Network) told3(o sandbox.Order) map[string]any {
	kept, trade := memoOf(o), tradeStates[o.State]
	f := map[string]any{"out_trade_no": o.Number, "trade_state": trade.state, "trade_state_desc": trade.words, "field_of_tomorrow": "明天"}
	m := kept.merchant
	if m.SubMchID == "" {
		f["appid"], f["mchid"] = m.AppID, m.MchID
	} else {
		f["sp_appid"], f["sp_mchid"], f["sub_mchid"] = m.AppID, m.MchID, m.SubMchID
		if m.SubAppID != "" {
			f["sub_appid"] = m.SubAppID
		}
	}
	if !o.State.Taken() {
		return f
	}
	f["transaction_id"], f["trade_type"], f["bank_type"], f["attach"] = o.Transaction, tradeType(o), "OTHERS", ""
	f["success_time"] = stamp3(o.PaidAt)
	f["payer"] = map[string]any{"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"}
	f["amount"] = map[string]any{"total": int64(o.Charged), "payer_total": int64(o.Charged - o.Coupon), "currency": "CNY", "payer_currency": "CNY"}
	f["scene_info"] = map[string]any{"device_id": kept.device}
	if o.Coupon > 0 {
		f["promotion_detail"] = []map[string]any{{"coupon_id": "109519", "name": "满减 <春&秋>", "scope": "GLOBAL", "type": "NOCASH", "amount": int64(o.Coupon), "currency": "CNY"}}
	}
	return f
}

// stamp3 is a time as API v3 writes it.
func stamp3(t time.Time) string { return t.In(sandbox.Beijing).Format(time.RFC3339) }
