package cloudpay

import "tillgate/store/money"

// remarkBytesMax is of a remark (page 37632).
const remarkBytesMax = 127

// freezeContent is a deposit as it is asked for (pages 37676 to 37681).
type freezeContent struct {
	Number  string    `json:"out_freeze_no"`
	Code    string    `json:"author_code,omitempty"`
	Fee     money.Fen `json:"freeze_fee"`
	FeeType string    `json:"fee_type"`
	Body    string    `json:"body"`
	Expire  int64     `json:"time_expire,omitempty"`
}

// unfreezeContent is a part of a deposit on its way back.
type unfreezeContent struct {
	FreezeNo string    `json:"out_freeze_no"`
	Number   string    `json:"out_unfreeze_no"`
	Fee      money.Fen `json:"unfreeze_fee"`
	Remark   string    `json:"remark,omitempty"`
}

// holdAnswers are the objects of answers about deposits. The QR code's is spelt
// otherwise than its call.
type holdAnswers struct {
	MicroFreeze    *freezeAnswer   `json:"micro_freeze"`
	ScanCodeFreeze *codeAnswer     `json:"scan_code_freeze"`
	QueryFreeze    *freezeAnswer   `json:"query_freeze_order"`
	Consume        *tradeAnswer    `json:"deposit_consume"`
	Unfreeze       *unfreezeAnswer `json:"unfreeze"`
	QueryUnfreeze  *struct {
		Orders []unfreezeOrder `json:"unfreeze_order_content"`
	} `json:"query_unfreeze_order"`
}

type freezeAnswer struct {
	Order freezeOrder `json:"freeze_order_content"`
	Key   mchKey      `json:"pay_mch_key"`
}

type unfreezeAnswer struct {
	Order unfreezeOrder `json:"unfreeze_order_content"`
}

// freezeOrder is what the network says of a deposit (pages 37676 to 37681): one wallet's
// state, and what has become of the money, in fen and Unix seconds.
type freezeOrder struct {
	Number       string     `json:"out_freeze_no"`
	Network      string     `json:"freeze_id"`
	Fee          *money.Fen `json:"freeze_fee"`
	FeeType      string     `json:"fee_type"`
	HeldAt       int64      `json:"time_end"`
	Transforming flag       `json:"is_transforming"`
	Captured     money.Fen  `json:"total_consume_fee"`
	ByHand       money.Fen  `json:"total_manual_unfreeze_fee"`
	ByItself     money.Fen  `json:"total_auto_unfreeze_fee"`
	Refunded     money.Fen  `json:"total_refund_fee"`

	WeChat *freezeState `json:"wxpay_freeze_order_content_ext"`
	Alipay *freezeState `json:"alipay_freeze_order_content_ext"`
}

type freezeState struct {
	State int    `json:"current_trade_state"`
	Words string `json:"trade_state_desc"`
}

// unfreezeOrder is what the network says of a release (pages 37676 to 37681).
type unfreezeOrder struct {
	FreezeNo string     `json:"out_freeze_no"`
	Number   string     `json:"out_unfreeze_no"`
	Network  string     `json:"unfreeze_id"`
	Fee      *money.Fen `json:"unfreeze_fee"`
	DoneAt   int64      `json:"time_end"`

	WeChat *unfreezeState `json:"wxpay_unfreeze_order_content_ext"`
	Alipay *unfreezeState `json:"alipay_unfreeze_order_content_ext"`
}

// unfreezeState is the state of a release. Its name is in no table: it is called
// state in refunds and current_trade_state in deposits, and a release is both.
type unfreezeState struct {
	State int `json:"current_trade_state"`
	Plain int `json:"state"`
}

// wallet is whose deposit it is, and its state: a whole answer has exactly one.
func (o *freezeOrder) wallet() (name string, state int, words string) {
	switch {
	case (o.WeChat != nil) == (o.Alipay != nil):
		return "", 0, ""
	case o.WeChat != nil:
		return wechat, o.WeChat.State, o.WeChat.Words
	}
	return alipay, o.Alipay.State, o.Alipay.Words
}

// wallet is whose release it is, and its state, likewise.
func (o *unfreezeOrder) wallet() (name string, state int) {
	name, s := wechat, o.WeChat
	switch {
	case (o.WeChat != nil) == (o.Alipay != nil):
		return "", 0
	case o.Alipay != nil:
		name, s = alipay, o.Alipay
	}
	if s.State != 0 && s.Plain != 0 && s.State != s.Plain {
		return "", 0
	}
	return name, max(s.State, s.Plain)
}
