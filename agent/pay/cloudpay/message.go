package cloudpay

import (
	"cmp"
	"crypto/rand"
	"encoding/json"
	"strings"

	"tillgate/agent/pay"
	"tillgate/store/money"
)

// Numbers of the network's enumerations (pages 37632 and 37628).
const (
	terminalLinux = 4
	tradeQR       = 2
	checksStaff   = 2 // api_version: a refund is refused to who may not ask for one
)

// platforms are the wallets' numbers as pay_platform.
var platforms = map[string]int{wechat: 1, alipay: 2}

// Lengths of texts in requests, in bytes (pages 37632, 37673 and 37675).
const (
	bodyBytesMax   = 128
	reasonBytesMax = 64
)

// content is what is asked for, before it is signed. Empty fields stay away.
type content struct {
	Pay        *payContent      `json:"pay_content,omitempty"`
	Refund     *refundContent   `json:"refund_content,omitempty"`
	Freeze     *freezeContent   `json:"freeze_content,omitempty"`
	Unfreeze   *unfreezeContent `json:"unfreeze_content,omitempty"`
	Key        mchKey           `json:"pay_mch_key"`
	Client     orderClient      `json:"order_client"`
	Number     string           `json:"out_trade_no,omitempty"`
	RefundNo   string           `json:"out_refund_no,omitempty"`
	FreezeNo   string           `json:"out_freeze_no,omitempty"`
	UnfreezeNo string           `json:"out_unfreeze_no,omitempty"`
	TradeType  int              `json:"trade_type,omitempty"`
	Version    int              `json:"api_version,omitempty"`
	Nonce      string           `json:"nonce_str"`
}

type payContent struct {
	Number  string     `json:"out_trade_no"`
	Code    string     `json:"author_code,omitempty"`
	Total   money.Fen  `json:"total_fee"`
	FeeType string     `json:"fee_type"`
	Body    string     `json:"body"`
	Remark  string     `json:"remark,omitempty"`
	Expire  int64      `json:"time_expire,omitempty"`
	Alipay  *alipayExt `json:"alipay_pay_content_ext,omitempty"`

	FreezeNo string `json:"out_freeze_no,omitempty"` // of what is taken out of a deposit
	RestGoes *bool  `json:"is_confirm_unfreeze,omitempty"`
}

// alipayExt divides an amount into what takes part in discounts and what does not.
// An amount of nothing is none to the network.
type alipayExt struct {
	Discountable   money.Fen `json:"discountable_amount,omitempty"`
	Undiscountable money.Fen `json:"undiscountable_amount"`
}

type refundContent struct {
	Number   string    `json:"out_trade_no"`
	RefundNo string    `json:"out_refund_no"`
	Total    money.Fen `json:"total_fee"`
	Fee      money.Fen `json:"refund_fee"`
	FeeType  string    `json:"refund_fee_type"`
	Reason   string    `json:"refund_reason,omitempty"`
	FreezeNo string    `json:"out_freeze_no,omitempty"` // of what was taken out of a deposit
}

// mchKey says on whose behalf, and in an answer on whose.
type mchKey struct {
	Platform int    `json:"pay_platform,omitempty"`
	OutMchID string `json:"out_mch_id"`
	SubMchID string `json:"out_sub_mch_id"`
	ShopID   string `json:"out_shop_id"`

	Admin     *bool  `json:"is_sub_mch_admin,omitempty"` // refunds and releases only, there always
	StaffID   string `json:"authorization_staff_id,omitempty"`
	StaffName string `json:"authorization_name,omitempty"`
}

type orderClient struct {
	DeviceID        string `json:"device_id"`
	StaffID         string `json:"staff_id,omitempty"`
	ShopID          string `json:"shop_id,omitempty"`
	TerminalType    int    `json:"terminal_type"`
	SubTerminalType int    `json:"sub_terminal_type"`
	MachineNo       string `json:"machine_no"`
	Version         string `json:"sdk_version"`
	IP              string `json:"spbill_create_ip"`
	Serial          string `json:"sn_code,omitempty"`
}

// content is a request about a wallet's order; an empty wallet is for queries,
// which do not need one.
func (p *Provider) content(wallet, lane, staff string) content {
	o := p.o
	return content{
		Key: mchKey{Platform: platforms[wallet], OutMchID: o.OutMchID, SubMchID: o.SubMchID, ShopID: o.ShopID},
		Client: orderClient{
			DeviceID: o.DeviceID, StaffID: cmp.Or(pay.Cut(staff, deviceBytesMax), o.StaffID), ShopID: pay.Cut(lane, deviceBytesMax),
			TerminalType: terminalLinux, SubTerminalType: o.SubTerminalType, MachineNo: o.MachineNo, Version: o.Version, IP: o.IP, Serial: o.Serial,
		},
		Nonce: nonce(),
	}
}

// authorised says who asks for money to go back: the merchant's administrator, or
// the clerk of the config (pages 37673, 37675 and 37676 to 37681).
func (c content) authorised(o Options) content {
	c.Key.Admin, c.Key.StaffName = &o.Admin, o.StaffName
	if !o.Admin {
		c.Key.StaffID = o.StaffID
	}
	return c
}

// nonce is new for every call: at most 32 letters and digits (page 37627).
func nonce() string { return rand.Text() }

// about is a request about an order that there is already.
func (p *Provider) about(a pay.Attempt, wallet string) content {
	c := p.content(wallet, "", "")
	c.Number = a.Number
	return c
}

// order is what the network is to sell.
func (p *Provider) order(a pay.Attempt, wallet, title, lane, staff string, full money.Fen) content {
	c := p.content(wallet, lane, staff)
	c.Pay = &payContent{Number: a.Number, Total: a.Amount, FeeType: "CNY", Body: cmp.Or(pay.Cut(title, bodyBytesMax), "付款")}
	if full = min(full, a.Amount); full > 0 && wallet == alipay { // the network has the fields for Alipay only
		c.Pay.Alipay = &alipayExt{a.Amount - full, full}
	}
	return c
}

// answer is a response's content. Objects that are named after other calls stay away.
type answer struct {
	Status      *int            `json:"status"`
	Internal    int             `json:"internal_status"`
	Description string          `json:"description"`
	LogID       json.RawMessage `json:"log_id"` // a number or a text, for the network's support

	MicroPay    *tradeAnswer  `json:"micro_pay"`
	Query       *tradeAnswer  `json:"query_order"`
	ScanCodePay *codeAnswer   `json:"scan_code_pay"`
	Refund      *refundAnswer `json:"refund"`
	QueryRefund *struct {
		Orders []refundOrder `json:"refund_order_content"`
	} `json:"query_refund_order"`

	holdAnswers
}

type tradeAnswer struct {
	Order order  `json:"order_content"`
	Key   mchKey `json:"pay_mch_key"`
}

type codeAnswer struct {
	Link string `json:"code_url"`
}

type refundAnswer struct {
	Order refundOrder `json:"refund_order_content"`
}

// order is what the network says of a payment (4.2): one wallet's state, and
// what was asked for, in fen and Unix seconds.
type order struct {
	Number       string     `json:"out_trade_no"`
	Network      string     `json:"transaction_id"`
	Total        *money.Fen `json:"total_fee"`
	Settled      *money.Fen `json:"settlement_total_fee"`
	FeeType      string     `json:"fee_type"`
	PaidAt       int64      `json:"time_end"`
	Transforming flag       `json:"is_transforming"`
	FreezeNo     string     `json:"out_freeze_no"`

	WeChat *struct {
		State int    `json:"current_trade_state"`
		Words string `json:"trade_state_desc"`
	} `json:"wxpay_order_content_ext"`
	Alipay *struct {
		State    int       `json:"current_trade_state"`
		Refunded money.Fen `json:"refund_fee"`
	} `json:"alipay_order_content_ext"`
	Record *struct {
		State int `json:"current_trade_state"`
	} `json:"record_order_content_ext"`
}

// refundOrder is what the network says of a refund (pages 37673 and 37675).
type refundOrder struct {
	RefundNo string     `json:"out_refund_no"`
	Number   string     `json:"out_trade_no"`
	Network  string     `json:"refund_id"`
	Total    *money.Fen `json:"total_fee"`
	Fee      *money.Fen `json:"refund_fee"`
	DoneAt   int64      `json:"refund_success_time"`
	Coupons  []struct {
		Fee  money.Fen `json:"coupon_fee"`
		Type string    `json:"coupon_type"`
	} `json:"coupon_infos"`
	WeChat *struct {
		State int `json:"state"`
	} `json:"wxpay_refund_order_content_ext"`
	Alipay *struct {
		State int `json:"refund_status"`
	} `json:"alipay_refund_order_content_ext"`
	Record *struct {
		State int `json:"state"`
	} `json:"record_refund_order_content_ext"`
}

// flag is a truth value that no document gives a form to: true or 1, and false or anything else.
type flag bool

// UnmarshalJSON never fails.
func (f *flag) UnmarshalJSON(text []byte) error {
	word := strings.Trim(string(text), `"`)
	*f = word == "true" || word == "1"
	return nil
}
