package wechat

import (
	"encoding/json"
	"net/http"
	"net/netip"

	"tillgate/agent/pay/sandbox"
	"tillgate/store/money"
)

// codeBody is what transactions/codepay takes: no notify_url, no time_expire.
type codeBody struct {
	who
	ordered
	Payer struct {
		Code string `json:"auth_code"`
	} `json:"payer"`
	Scene *struct {
		Device string `json:"device_id"`
		IP     string `json:"device_ip"`
		Store  *struct {
			ID    string `json:"id"`     // the shop's at WeChat Pay
			OutID string `json:"out_id"` // the merchant's own
		} `json:"store_info"`
	} `json:"scene_info"`
	Detail *struct {
		CostPrice int64  `json:"cost_price"`
		InvoiceID string `json:"invoice_id"`
		Goods     []struct {
			ID       string `json:"merchant_goods_id"`
			WeChatID string `json:"wxpay_goods_id"`
			Name     string `json:"goods_name"`
			Quantity int64  `json:"quantity"`
			Price    int64  `json:"unit_price"`
		} `json:"goods_detail"`
	} `json:"detail"`
	Settle *struct {
		Sharing bool `json:"profit_sharing"`
	} `json:"settle_info"`
}

func (n *Network) checkCode(q *request3) *result {
	var in codeBody
	if err := sandbox.StrictJSON(q.body, &in); err != nil {
		return wrong("请求体: %v", err)
	}
	if refusal := n.behalf(q, in.who, -1); refusal != nil {
		return refusal
	}
	if in.Payer.Code == "" || len(in.Payer.Code) > 128 {
		return wrong("auth_code")
	}
	sc := in.Scene
	if sc == nil || sc.Store == nil || sc.Store.ID+sc.Store.OutID == "" {
		return wrong("/body/scene_info是必填项")
	}
	if _, err := netip.ParseAddr(sc.IP); sc.IP != "" && err != nil || len(sc.Device) > 32 || len(sc.Store.ID) > 32 || len(sc.Store.OutID) > 32 {
		return wrong("scene_info")
	}
	if in.Detail != nil {
		for _, goods := range in.Detail.Goods {
			if goods.ID == "" || goods.Quantity < 1 || goods.Price < 0 {
				return wrong("goods_detail")
			}
		}
	}
	return q.checkOrder(in.who, in.ordered, false)
}

// checkUndo is for the two undos: close takes no appid, reverse takes it.
func (n *Network) checkUndo(q *request3) *result {
	var in who
	if err := sandbox.StrictJSON(q.body, &in); err != nil {
		return wrong("请求体: %v", err)
	}
	if refusal := n.behalf(q, in, -1); refusal != nil {
		return refusal
	}
	if !q.reverse {
		if in.AppID+in.SpAppID+in.SubAppID != "" {
			return wrong("appid是多余的参数")
		}
		return nil
	}
	m, matches := q.merchant, in.AppID == q.merchant.AppID && in.SpAppID+in.SubAppID == ""
	if q.partner {
		matches = in.AppID == "" && (in.SpAppID == "" || in.SpAppID == m.AppID) && (in.SubAppID == "" || in.SubAppID == m.SubAppID)
	}
	if !matches {
		return failed3("APPID_MCHID_NOT_MATCH", "appid与mchid不匹配")
	}
	return nil
}

// charge3 charges a payment code, or answers why not.
func (n *Network) charge3(q request3, do sandbox.Doing) *result {
	var in codeBody
	if err := json.Unmarshal(q.body, &in); err != nil { // it was checked
		return wrong("请求体: %v", err)
	}
	print, err := json.Marshal(in)
	if err != nil {
		return wrong("请求体: %v", err)
	}
	o, refusal := n.s.Charge(sandbox.Ask{
		Account: q.merchant.account(), Number: in.Number, Code: in.Payer.Code, Wallets: wallets, Amount: money.Fen(in.Amount.Total), Print: string(print),
		Memo: memo{merchant: q.merchant, device: in.Scene.Device, v3: true},
	}, do)
	switch refusal {
	case "":
		return nil
	case sandbox.CodeSpent:
		return failed3("AUTH_CODE_ERROR", "付款码已被使用，请刷新后重试")
	case sandbox.CodeExpired:
		return failed3("AUTH_CODE_EXPIRED", "付款码已过期，请刷新后重试")
	case sandbox.Repeated, sandbox.Reused:
		return reused3(o, refusal)
	}
	return failed3("AUTH_CODE_INVALID", "付款码无效，请扫描微信支付付款码")
}

// reused3 is the answer to a number that the books have already.
func reused3(old sandbox.Order, refusal sandbox.Refusal) *result {
	switch {
	case old.State.Taken():
		return failed3("ORDER_PAID", "该订单已支付")
	case refusal == sandbox.Reused || old.Shown:
		return failed3("OUT_TRADE_NO_USED", "商户订单号重复")
	case old.State == sandbox.Asking:
		return asking3(old)
	}
	return failed3("ORDER_CLOSED", "订单已关闭")
}

// charged3 is the answer to a charge that is in the books.
func (n *Network) charged3(q request3) *result {
	o, ok := n.order(q.merchant, q.number)
	if !ok {
		return failed3("SYSTEM_ERROR", "系统繁忙，请稍后再试")
	}
	switch o.State {
	case sandbox.Paid:
		return &result{http.StatusOK, n.told3(o)}
	case sandbox.Failing:
		return failed3("NOT_ENOUGH", "用户账户余额不足")
	case sandbox.Asking:
		return asking3(o)
	case sandbox.Revoked, sandbox.Closed, sandbox.Refunded:
		return failed3("ORDER_CLOSED", "订单已撤销")
	}
	return failed3("SYSTEM_ERROR", "系统繁忙，请稍后再试")
}

// asking3 is what a merchant gets while the payer enters a password: 202, in one
// of the three shapes that have been seen, by the order.
func asking3(o sandbox.Order) *result {
	words := tradeStates[sandbox.Asking].words
	fields := []map[string]any{
		{"trade_state": "USERPAYING", "trade_state_desc": words, "out_trade_no": o.Number},
		{"code": "USERPAYING", "message": words},
		{"code": "USER_PAYING", "message": words},
	}
	return &result{http.StatusAccepted, fields[o.Serial%len(fields)]}
}

// reverse3 undoes a charge. There is no recall in API v3: what is not done is a
// failure.
func (n *Network) reverse3(q request3, do sandbox.Behaviour) *result {
	m := q.merchant
	switch o, ok := n.order(m, q.number); {
	case !ok:
		return failed3("ORDER_NOT_EXIST", "订单不存在")
	case o.Shown:
		return failed3("INVALID_REQUEST", "该订单不是付款码订单，请关闭订单")
	case !memoOf(o).v3:
		return failed3("INVALID_REQUEST", "该订单由APIv2创建，请使用APIv2撤销")
	}
	_, refusal := n.s.Undo(sandbox.Undoing{Account: m.account(), Number: q.number, Kind: sandbox.Reverse, NotBefore: undoNotBefore, NotAfter: undoNotAfter}, do)
	switch refusal {
	case "":
	case sandbox.CallAgain:
		return failed3("SYSTEM_ERROR", "系统繁忙，请稍后再试")
	case sandbox.TooEarly:
		return failed3("INVALID_REQUEST", "正在支付中，不能撤销")
	case sandbox.TooLate:
		return failed3("INVALID_REQUEST", "订单无法撤销，超过7天")
	default:
		return failed3("INVALID_REQUEST", "订单已发生退款，不能撤销")
	}
	f := map[string]any{"out_trade_no": q.number}
	if m.SubMchID == "" {
		f["appid"], f["mchid"] = m.AppID, m.MchID
	} else {
		f["sp_appid"], f["sp_mchid"], f["sub_mchid"] = m.AppID, m.MchID, m.SubMchID
	}
	return &result{http.StatusOK, f}
}
