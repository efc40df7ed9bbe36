package wechat

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"tillgate/agent/pay/sandbox"
)

// who are the fields that name a merchant in a body.
type who struct {
	AppID    string `json:"appid"`
	MchID    string `json:"mchid"`
	SpAppID  string `json:"sp_appid"`
	SpMchID  string `json:"sp_mchid"`
	SubAppID string `json:"sub_appid"`
	SubMchID string `json:"sub_mchid"`
}

// ordered is what all orders have.
type ordered struct {
	Description string `json:"description"`
	Number      string `json:"out_trade_no"`
	Attach      string `json:"attach"`
	GoodsTag    string `json:"goods_tag"`
	Fapiao      bool   `json:"support_fapiao"`
	Amount      struct {
		Total    int64  `json:"total"`
		Currency string `json:"currency"`
	} `json:"amount"`
}

// showBody is what transactions/native takes.
type showBody struct {
	who
	ordered
	Expire    string          `json:"time_expire"`
	NotifyURL string          `json:"notify_url"`
	Detail    json.RawMessage `json:"detail"`
	Settle    json.RawMessage `json:"settle_info"`
	Scene     *struct {
		IP     string `json:"payer_client_ip"`
		Device string `json:"device_id"`
		Store  *struct {
			ID       string `json:"id"`
			Name     string `json:"name"`
			AreaCode string `json:"area_code"`
			Address  string `json:"address"`
		} `json:"store_info"`
	} `json:"scene_info"`
}

// refundBody is what refund/domestic/refunds takes.
type refundBody struct {
	SubMchID    string `json:"sub_mchid"`
	Transaction string `json:"transaction_id"`
	Number      string `json:"out_trade_no"`
	Refund      string `json:"out_refund_no"`
	Reason      string `json:"reason"`
	NotifyURL   string `json:"notify_url"`
	Funds       string `json:"funds_account"`
	Amount      struct {
		Refund   int64  `json:"refund"`
		Total    int64  `json:"total"`
		Currency string `json:"currency"`
	} `json:"amount"`
}

const numberSigns = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-|*"

// expireForm is RFC 3339 in Beijing time without fractions.
var expireForm = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00$`)

// check3 holds a request against its rules and finds on whose behalf it is.
func (n *Network) check3(q *request3) *result {
	if q.serial != "" && q.serial != PublicKeyID && !n.isPlatform(q.serial) {
		return failed3("PARAM_ERROR", "Wechatpay-Serial有误")
	}
	switch q.op {
	case sandbox.Show:
		return n.checkShow(q)
	case sandbox.Query:
		w := who{MchID: q.query.Get("mchid"), SpMchID: q.query.Get("sp_mchid"), SubMchID: q.query.Get("sub_mchid")}
		return n.behalf(q, w, len(q.query))
	case sandbox.Charge:
		return n.checkCode(q)
	case sandbox.Undo:
		return n.checkUndo(q)
	case sandbox.Refund:
		return n.checkRefund(q)
	case sandbox.RefundQuery:
		return n.sub(q, q.query.Get("sub_mchid"))
	}
	return nil
}

func (n *Network) isPlatform(serial string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.ContainsFunc(n.platforms, func(p platform) bool { return p.serial == serial })
}

func wrong(format string, args ...any) *result {
	return failed3("PARAM_ERROR", fmt.Sprintf("参数错误: "+format, args...))
}

// behalf finds the merchant that a request names; fields are how many of its
// parameters there are, -1 where that has been looked at.
func (n *Network) behalf(q *request3, w who, fields int) *result {
	mch, want := w.MchID, 1
	if q.partner {
		mch, want = w.SpMchID, 2
	}
	switch {
	case q.partner && w.MchID != "" || !q.partner && w.SpMchID+w.SubMchID != "" || fields >= 0 && fields != want:
		return wrong("多余的参数")
	case mch == "" || q.partner && w.SubMchID == "":
		return wrong("缺少mchid")
	case mch != q.account.MchID:
		return failed3("INVALID_REQUEST", "mchid与签名的商户号不一致")
	}
	return n.sub(q, w.SubMchID)
}

// sub finds a merchant of the account that signed; empty: the account itself.
func (n *Network) sub(q *request3, sub string) *result {
	i := slices.IndexFunc(n.o.Merchants, func(m Merchant) bool { return m.MchID == q.account.MchID && m.SubMchID == sub })
	if i < 0 {
		return failed3("NO_AUTH", "商户号与服务商没有授权关系")
	}
	q.merchant = n.o.Merchants[i]
	return nil
}

func (n *Network) checkShow(q *request3) *result {
	var in showBody
	if err := sandbox.StrictJSON(q.body, &in); err != nil {
		return wrong("请求体: %v", err)
	}
	if refusal := n.behalf(q, in.who, -1); refusal != nil {
		return refusal
	}
	switch {
	case !goodNotify(in.NotifyURL) || len(in.NotifyURL) > 255:
		return wrong("notify_url")
	case in.Expire != "" && !goodExpire(in.Expire):
		return wrong("time_expire")
	}
	if sc := in.Scene; sc != nil {
		if _, err := netip.ParseAddr(sc.IP); err != nil || len(sc.Device) > 32 || sc.Store != nil && (sc.Store.ID == "" || len(sc.Store.ID) > 32) {
			return wrong("scene_info")
		}
	}
	return q.checkOrder(in.who, in.ordered, true)
}

// checkOrder holds what all orders have against its rules; a service provider may
// leave its own appid out where that is not needed.
func (q *request3) checkOrder(w who, in ordered, needed bool) *result {
	app, sub := w.AppID, ""
	if q.partner {
		app, sub = w.SpAppID, w.SubAppID
	}
	other := app != q.merchant.AppID && (needed || !q.partner || app != "")
	switch {
	case other || sub != "" && sub != q.merchant.SubAppID || !q.partner && w.SubAppID != "" || q.partner && w.AppID != "":
		return failed3("APPID_MCHID_NOT_MATCH", "appid与mchid不匹配")
	case in.Description == "" || len(in.Description) > 127:
		return wrong("description")
	case len(in.Number) < 6 || len(in.Number) > 32 || strings.Trim(in.Number, numberSigns) != "":
		return wrong("out_trade_no")
	case in.Amount.Total < 1 || in.Amount.Currency != "" && in.Amount.Currency != "CNY":
		return wrong("amount")
	case len(in.Attach) > 128 || len(in.GoodsTag) > 32:
		return wrong("attach或goods_tag")
	}
	return nil
}

// goodNotify tells whether a text is where a notice may be sent: https, and no query.
func goodNotify(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Scheme == "https" && u.Host != "" && u.RawQuery == ""
}

func goodExpire(text string) bool {
	_, err := time.Parse(time.RFC3339, text)
	return err == nil && expireForm.MatchString(text)
}

func (n *Network) checkRefund(q *request3) *result {
	var in refundBody
	if err := sandbox.StrictJSON(q.body, &in); err != nil {
		return wrong("请求体: %v", err)
	}
	q.refund = in.Refund
	switch {
	case (in.Number == "") == (in.Transaction == ""):
		return wrong("out_trade_no和transaction_id二选一")
	case in.NotifyURL != "" && !goodNotify(in.NotifyURL) || len(in.NotifyURL) > 256:
		return wrong("notify_url")
	case in.Refund == "" || len(in.Refund) > 64 || strings.Trim(in.Refund, numberSigns+"@") != "":
		return wrong("out_refund_no")
	case in.Amount.Refund < 1 || in.Amount.Total < 1 || in.Amount.Currency != "CNY":
		return wrong("amount")
	case len(in.Reason) > 80 || in.Funds != "" && in.Funds != "AVAILABLE":
		return wrong("reason或funds_account")
	}
	return n.sub(q, in.SubMchID)
}
