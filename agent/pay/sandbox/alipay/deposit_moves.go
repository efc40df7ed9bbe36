package alipay

import (
	"encoding/json"
	"fmt"
	"slices"
	"unicode/utf8"

	"tillgate/agent/pay/sandbox"
	"tillgate/store/money"
)

// whichDeposit names a deposit, and one of its operations (page 318/106393).
type whichDeposit struct {
	AuthNo       string `json:"auth_no"`
	OutOrderNo   string `json:"out_order_no"`
	OperationID  string `json:"operation_id"`
	OutRequestNo string `json:"out_request_no"`
}

// deposit is the one that is meant; as with trades, a QR code that nobody has
// scanned is none.
func (n *network) deposit(m Merchant, in whichDeposit) (o sandbox.Order, exists bool) {
	o, exists = n.s.Order(m.account(), in.OutOrderNo)
	if in.AuthNo != "" { // it has precedence
		o, exists = n.s.Search(Network, func(o sandbox.Order) bool { return o.Transaction == in.AuthNo && o.Account == m.account() })
	}
	return o, exists && o.Deposit != nil && (!o.Shown || o.Opened)
}

// number is the deposit's as the ledger knows it, for counting.
func (n *network) number(m Merchant, in whichDeposit) string {
	if o, ok := n.deposit(m, in); ok {
		return o.Number
	}
	return in.OutOrderNo
}

func noDeposit() reply { return barred("AUTH_ORDER_NOT_EXIST", "授权订单不存在") }

// capture is a trade that is paid out of a deposit.
func (n *network) capture(m Merchant, in order) *call {
	planned := n.s.Arrived(Network, sandbox.Capture, in.OutTradeNo)
	total, refusal := in.refuse(m)
	c := &call{do: n.s.Behave(planned, "", total), refusal: refusal}
	o, ok := n.deposit(m, whichDeposit{AuthNo: in.AuthNo})
	name, payer := m.payerOf(o)
	switch buyers := map[string]string{"buyer_id": in.BuyerID, "buyer_open_id": in.BuyerOpenID}; {
	case refusal != nil:
	case !m.has("deposit"):
		c.refusal = denied("ACCESS_FORBIDDEN", "无权限使用接口")
	case in.Product != "PRE_AUTH":
		c.refusal = denied("PRE_AUTH_PROD_CODE_INCONSISTENT", "预授权产品码与授权产品码不一致")
	case in.Scene+in.AuthCode+in.CodeTimeout != "" || in.Seller == "" || !slices.Contains([]string{"", "COMPLETE", "NOT_COMPLETE"}, in.ConfirmMode):
		c.refusal = denied("INVALID_PARAMETER", "参数无效")
	case !ok:
		c.refusal = denied("AUTH_NO_ERROR", "预授权号错误")
	case in.BuyerID+in.BuyerOpenID != payer || buyers[name] != payer:
		c.refusal = denied("TRADE_BUYER_NOT_MATCH", "交易买家不匹配")
	}
	c.act = func() reply {
		_, refusal := n.s.Capture(sandbox.Capturing{Account: m.account(), Number: o.Number, Capture: in.OutTradeNo, Amount: total, Last: in.ConfirmMode == "COMPLETE",
			Print: fmt.Sprintf("%d|%s|%s", total, in.AuthNo, in.ConfirmMode), Memo: memo{in.Store, in.Terminal, payer}}, c.do.Network)
		switch refusal {
		case "", sandbox.Repeated:
			return nil
		case sandbox.Reused:
			return denied("CONTEXT_INCONSISTENT", "交易信息被篡改")
		case sandbox.TooMuch:
			return denied("AUTH_AMOUNT_NOT_ENOUGH", "授权可用余额不足")
		case sandbox.IsOver:
			return n.overFor(m, o.Number)
		}
		return denied("AUTH_ORDER_NOT_PAID", "预授权订单未支付")
	}
	c.good = func() reply { return n.charged(m, in.OutTradeNo) }
	return c
}

// overFor is why nothing can be captured of a deposit of which nothing is left.
func (n *network) overFor(m Merchant, number string) reply {
	if o, _ := n.s.Order(m.account(), number); orderStatus(o) == "CLOSED" {
		return denied("AUTH_ORDER_HAS_CLOSED", "预授权订单已关闭")
	}
	return denied("AUTH_ORDER_HAS_FINISHED", "预授权订单已完结")
}

// orderStatus is what a deposit has come to.
func orderStatus(o sandbox.Order) string {
	switch d := o.Deposit; {
	case o.State == sandbox.Closed || o.State == sandbox.Revoked || o.Undone != "":
		return "CLOSED"
	case !o.State.Taken():
		return "INIT"
	case d.Left > 0:
		return "AUTHORIZED"
	case d.Sum(sandbox.MoveLapse) > 0:
		return "CLOSED"
	}
	return "FINISH"
}

// freezeStatus is what the operation that a freeze is has come to.
func freezeStatus(o sandbox.Order) string {
	switch {
	case o.State.Taken():
		return "SUCCESS"
	case orderStatus(o) == "CLOSED":
		return "CLOSED"
	}
	return "INIT"
}

// unfreeze gives a part of a deposit back, or all that is left.
func (n *network) unfreeze(m Merchant, in struct {
	AuthNo       string `json:"auth_no"`
	OutRequestNo string `json:"out_request_no"`
	Amount       string `json:"amount"`
	Remark       string `json:"remark"`
	Extra        string `json:"extra_param"` // JSON
}) *call {
	planned := n.s.Arrived(Network, sandbox.Release, in.OutRequestNo)
	c := &call{do: n.s.Behave(planned, "", 0), fund: true}
	sum, ok := fen(in.Amount)
	o, there := n.deposit(m, whichDeposit{AuthNo: in.AuthNo})
	switch {
	case !tradeNo.MatchString(in.OutRequestNo), !ok || sum < 1, in.Extra != "" && !json.Valid([]byte(in.Extra)):
		c.refusal = wrongField("out_request_no, amount, extra_param")
	case in.Remark == "" || utf8.RuneCountInString(in.Remark) > 100:
		c.refusal = wrongField("remark")
	case !there:
		c.refusal = noDeposit()
	}
	c.act = func() reply {
		_, refusal := n.s.Release(sandbox.Releasing{Account: m.account(), Number: o.Number, Release: in.OutRequestNo, Amount: sum}, c.do.Network)
		switch refusal {
		case "":
			return nil
		case sandbox.Reused:
			return barred("UNIQUE_VIOLATION", "商户请求号重复")
		case sandbox.TooMuch:
			return barred("REQUEST_AMOUNT_EXCEED", "请求解冻金额超出限制")
		case sandbox.CallAgain:
			return barred("SYSTEM_ERROR", "系统繁忙")
		}
		return barred("ILLEGAL_STATUS", "状态异常，不能解冻")
	}
	c.good = func() reply {
		now, _ := n.s.Order(m.account(), o.Number)
		if r := operation(now, sandbox.MoveRelease, whichDeposit{OutRequestNo: in.OutRequestNo}); r != nil {
			return success(r)
		}
		return barred("SYSTEM_ERROR", "系统繁忙")
	}
	return c
}

// operation are the fields of one of a deposit's operations but its freeze, by
// our number or by Alipay's; nil: there is none.
func operation(o sandbox.Order, kind sandbox.MoveKind, in whichDeposit) reply {
	for i, move := range o.Deposit.Moves {
		id := operationID(o, i+1)
		if move.Kind != kind || move.Number != in.OutRequestNo && id != in.OperationID {
			continue
		}
		r := reply{"auth_no": o.Transaction, "out_order_no": o.Number, "operation_id": id, "out_request_no": move.Number,
			"amount": yuan(move.Amount), "fund_amount": yuan(move.Amount), "credit_amount": yuan(0), "status": "INIT"}
		if !move.DoneAt.IsZero() {
			r["status"], r["gmt_trans"] = "SUCCESS", stamp(move.DoneAt)
		}
		return r
	}
	return nil
}

// The operations that can be asked for, with what counts them.
var operationKinds = map[string]struct {
	op   sandbox.Op
	kind sandbox.MoveKind
}{
	"FREEZE": {sandbox.HoldQuery, ""}, "UNFREEZE": {sandbox.ReleaseQuery, sandbox.MoveRelease}, "PAY": {sandbox.CaptureQuery, sandbox.MoveCapture},
}

// detail tells of one operation, and of the whole deposit.
func (n *network) detail(m Merchant, in struct {
	whichDeposit
	Type string `json:"operation_type"`
}) *call {
	asks, known := operationKinds[in.Type]
	number := in.OutRequestNo
	if asks.kind == "" {
		asks.op, number = sandbox.HoldQuery, n.number(m, in.whichDeposit)
	}
	c := &call{do: n.s.Behave(n.s.Arrived(Network, asks.op, number), "", 0), fund: true, act: func() reply { return nil }}
	if !known || in.AuthNo+in.OutOrderNo == "" || in.OperationID+in.OutRequestNo == "" {
		c.refusal = wrongField("operation_type")
	}
	c.good = func() reply {
		o, ok := n.deposit(m, in.whichDeposit)
		if !ok {
			return noDeposit()
		}
		r := m.find(o, asks.kind, in.whichDeposit)
		if r == nil {
			return barred("AUTH_OPERATION_NOT_EXIST", "授权操作不存在")
		}
		kept, _ := o.Memo.(depositMemo)
		r["operation_type"], r["order_title"], r["order_status"], r["gmt_create"] = in.Type, kept.title, orderStatus(o), stamp(o.CreatedAt)
		for name, sum := range map[string]money.Fen{"rest": o.Deposit.Left, "total_freeze": o.Charged, "total_pay": o.Deposit.Captured} {
			r[name+"_amount"], r[name+"_fund_amount"], r[name+"_credit_amount"] = yuan(sum), yuan(sum), yuan(0)
		}
		m.payer(r, o)
		return success(r)
	}
	return c
}

// find are the fields of the operation that is meant; nil: there is none.
func (m Merchant) find(o sandbox.Order, kind sandbox.MoveKind, in whichDeposit) reply {
	if kind != "" {
		return operation(o, kind, in)
	}
	if kept, _ := o.Memo.(depositMemo); in.OutRequestNo != kept.request && in.OperationID != operationID(o, 0) {
		return nil
	}
	return m.freezing(o, freezeStatus(o))
}

// cancelDeposit undoes a freeze whose fate is not clear.
func (n *network) cancelDeposit(m Merchant, in struct {
	whichDeposit
	Remark string `json:"remark"`
}) *call {
	planned := n.s.Arrived(Network, sandbox.HoldUndo, n.number(m, in.whichDeposit))
	c := &call{do: n.s.Behave(planned, "", 0), fund: true}
	if in.AuthNo+in.OutOrderNo == "" || in.OperationID+in.OutRequestNo == "" || in.Remark == "" || utf8.RuneCountInString(in.Remark) > 100 {
		c.refusal = wrongField("remark")
	}
	action := ""
	c.act = func() reply {
		o, ok := n.deposit(m, in.whichDeposit)
		if !ok { // what nobody has scanned is not there: it can still be scanned, and paid
			return noDeposit()
		}
		if m.find(o, "", in.whichDeposit) == nil {
			return barred("AUTH_OPERATION_NOT_EXIST", "授权操作不存在")
		}
		after, refusal := n.s.Undo(sandbox.Undoing{Account: m.account(), Number: o.Number, Kind: sandbox.Reverse, NotAfter: cancelMost}, c.do.Network)
		switch refusal {
		case sandbox.CallAgain:
			return barred("SYSTEM_ERROR", "系统繁忙")
		case sandbox.TooLate:
			return barred("CANCEL_OPERATION_TIME_OUT", "超过撤销时间范围")
		case sandbox.IsGoneBack:
			return barred("REQUEST_AMOUNT_EXCEED", "已部分解冻或转支付，不能撤销")
		}
		action = map[bool]string{true: "unfreeze", false: "close"}[after.State.Taken()]
		return nil
	}
	c.good = func() reply {
		o, _ := n.deposit(m, in.whichDeposit) // it was there
		r := reply{"auth_no": o.Transaction, "out_order_no": o.Number, "operation_id": operationID(o, 0), "out_request_no": in.OutRequestNo, "action": action}
		return success(r)
	}
	return c
}
