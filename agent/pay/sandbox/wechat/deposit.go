package wechat

import (
	"slices"
	"strconv"
	"time"

	"tillgate/agent/pay/sandbox"
	"tillgate/store/money"
)

// depositLasts is after which WeChat Pay gives an unhandled deposit back
// (page 4011986268: 30 natural days).
const depositLasts = 30 * 24 * time.Hour

// actDeposit does what is asked of a deposit.
func (a *answer2) actDeposit() {
	switch a.q.op {
	case sandbox.Hold:
		a.refusal = a.n.hold(a.q, a.do)
	case sandbox.HoldUndo:
		a.done = a.n.giveDepositBack(a.q, a.do.Network)
	case sandbox.Capture:
		a.refusal = a.n.consume(a.q, a.do.Network)
	case sandbox.Refund:
		a.refusal = a.n.refundDeposit(a.q, a.do.Network)
	}
}

// tellDeposit is what is true now of a deposit. Production says on success that
// the error is SUCCESS, too (page 4011986623).
func (a *answer2) tellDeposit() fields {
	var f fields
	switch a.q.op {
	case sandbox.Hold:
		f = a.n.held(a.q)
	case sandbox.Capture:
		f = a.n.consumed(a.q)
	case sandbox.Refund:
		f = a.n.depositRefunded(a.q)
	case sandbox.RefundQuery:
		f = a.n.depositRefunds(a.q)
	default:
		f = a.n.depositQueried(a.q)
	}
	return f.succeeded()
}

// succeeded adds to a success what deposits have with it.
func (f fields) succeeded() fields {
	if f["result_code"] == "SUCCESS" {
		f["err_code"], f["err_code_des"] = "SUCCESS", "ok"
	}
	return f
}

// depositOf is the deposit that a request names, by WeChat Pay's number or by ours.
func (n *Network) depositOf(q request2) (sandbox.Order, bool) {
	account := q.merchant.account()
	if id := q.fields["transaction_id"]; id != "" {
		return n.s.Search(sandbox.WeChat, func(o sandbox.Order) bool { return o.Transaction == id && o.Account == account && o.Deposit != nil })
	}
	o, ok := n.s.Order(account, q.number())
	return o, ok && o.Deposit != nil
}

// numberOf is our number of an order that a request names by WeChat Pay's, for counting.
func (n *Network) numberOf(transaction string) string {
	if transaction == "" {
		return ""
	}
	o, _ := n.s.Search(sandbox.WeChat, func(o sandbox.Order) bool { return o.Transaction == transaction })
	return o.Number
}

// hold takes a deposit with a payment code (page 4011986623), or answers why not.
func (n *Network) hold(q request2, do sandbox.Doing) fields {
	f := q.fields
	total, _ := strconv.ParseInt(f["total_fee"], 10, 64) // checked
	o, refusal := n.s.Charge(sandbox.Ask{
		Account: q.merchant.account(), Number: q.number(), Code: f["auth_code"], Wallets: wallets, Amount: money.Fen(total), Deposit: true, Lasts: depositLasts,
		Print: "deposit|" + f["total_fee"] + "|" + f["body"] + "|" + f["auth_code"], Memo: memo{merchant: q.merchant, device: f["device_info"]},
	}, do)
	return notCharged(o, refusal)
}

// held is the answer to a deposit that is in the books.
func (n *Network) held(q request2) fields {
	o, ok := n.depositOf(q)
	if !ok {
		return failed2Busy()
	}
	return told(o)
}

// depositQueried is what a deposit has come to (page 4011986679). What was consumed
// whole stays SUCCESS, and REFUND is one of which something has gone back.
func (n *Network) depositQueried(q request2) fields {
	o, ok := n.depositOf(q)
	if !ok {
		return failed("ORDERNOTEXIST", "订单不存在")
	}
	state, f := o.State, fields{"result_code": "SUCCESS", "out_trade_no": o.Number}
	if o.State.Taken() {
		f = success(o)
	}
	if consumed := o.Deposit.Captured; consumed > 0 {
		f["consume_fee"] = fen(consumed)
		capture, _ := n.s.Order(o.Account, consumption(o).Number)
		if o.Deposit.Released > 0 || len(capture.Refunds) > 0 {
			state = sandbox.Refunded
		}
	}
	trade := tradeStates[state]
	f["trade_state"], f["trade_state_desc"], f["device_info"] = trade.state, trade.words, memoOf(o).device
	return f
}

// consumption is the only capture of a deposit; it has no number of its own.
func consumption(o sandbox.Order) sandbox.Move {
	i := slices.IndexFunc(o.Deposit.Moves, func(m sandbox.Move) bool { return m.Kind == sandbox.MoveCapture })
	if i < 0 {
		return sandbox.Move{}
	}
	return o.Deposit.Moves[i]
}

// giveDepositBack carries a reverse out (page 4011986741): for as long as nothing
// was consumed, and at any time.
func (n *Network) giveDepositBack(q request2, do sandbox.Behaviour) fields {
	o, ok := n.depositOf(q)
	if !ok {
		return failed("ORDERNOTEXIST", "订单不存在")
	}
	_, refusal := n.s.Undo(sandbox.Undoing{Account: o.Account, Number: o.Number, Kind: sandbox.Reverse, NotBefore: undoNotBefore}, do)
	switch refusal {
	case sandbox.TooEarly:
		return failed("USERPAYING", "正在支付中，不能撤销")
	case sandbox.CallAgain:
		return fields{"result_code": "SUCCESS", "recall": "Y"}.succeeded()
	case sandbox.IsGoneBack:
		return failed("TRADE_ERROR", "押金已消费或已退还，不能撤销")
	}
	return fields{"result_code": "SUCCESS", "recall": "N"}.succeeded()
}

// consume takes a part of a deposit or all of it (page 4011986801), once; the rest
// goes back in the same moment.
func (n *Network) consume(q request2, do sandbox.Behaviour) fields {
	f := q.fields
	total, _ := strconv.ParseInt(f["total_fee"], 10, 64)    // checked
	amount, _ := strconv.ParseInt(f["consume_fee"], 10, 64) // checked
	o, ok := n.depositOf(q)
	switch {
	case !ok:
		return failed("ORDERNOTEXIST", "订单不存在")
	case o.State.Taken() && o.Charged != money.Fen(total):
		return failed("INVALID_REQUEST", "订单总金额不一致")
	}
	_, refusal := n.s.Capture(sandbox.Capturing{Account: o.Account, Number: o.Number, Amount: money.Fen(amount), Last: true, Most: 1, Memo: memoOf(o)}, do)
	switch refusal {
	case "":
		return nil
	case sandbox.TooMuch:
		return failed("INVALID_REQUEST", "消费金额大于押金金额")
	case sandbox.IsNotPaid:
		return failed("ORDERNOTEXIST", "押金未支付")
	}
	return failed("TRADE_ERROR", "押金已消费或已退还")
}

// consumed is the answer to a consumption that is in the books.
func (n *Network) consumed(q request2) fields {
	o, ok := n.depositOf(q)
	move := sandbox.Move{}
	if ok {
		move = consumption(o)
	}
	if move.DoneAt.IsZero() {
		return failed2Busy()
	}
	return fields{"result_code": "SUCCESS", "transaction_id": o.Transaction, "out_trade_no": o.Number, "total_fee": fen(o.Charged), "consume_fee": fen(move.Amount), "fee_type": "CNY"}
}
