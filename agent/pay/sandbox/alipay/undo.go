package alipay

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"tillgate/agent/pay/sandbox"
)

// cancel undoes a trade whatever became of it (pages 02ekfq and 02ekfr).
func (n *network) cancel(m Merchant, in which) *call {
	planned := n.s.Arrived(Network, sandbox.Undo, in.OutTradeNo)
	c := &call{do: n.s.Behave(planned, "", 0)}
	action := ""
	c.act = func() reply {
		o, ok := n.find(m, in)
		if !ok { // what nobody has scanned is not there: it can still be scanned, and paid
			return nil
		}
		after, refusal := n.s.Undo(sandbox.Undoing{Account: m.account(), Number: o.Number, Kind: sandbox.Reverse, NotAfter: cancelMost}, c.do.Network)
		switch refusal {
		case sandbox.CallAgain:
			action = "again"
		case sandbox.TooLate:
			return denied("TRADE_CANCEL_TIME_OUT", "超过撤销时间范围")
		case sandbox.IsGoneBack:
			return denied("REASON_TRADE_REFUND_FEE_ERR", "已发生退款，不允许撤销")
		case sandbox.IsPaid: // out of a deposit
			return denied("CANCEL_NOT_ALLOWED", "预授权转支付不允许撤销")
		default:
			action = map[bool]string{true: "refund", false: "close"}[after.State.Taken()]
		}
		return nil
	}
	c.good = func() reply {
		r := reply{"out_trade_no": in.OutTradeNo, "trade_no": in.TradeNo, "retry_flag": "N"}
		switch action {
		case "": // absent: there is no such trade
		case "again":
			r["retry_flag"] = "Y"
		default:
			r["action"] = action
		}
		return success(r)
	}
	return c
}

// close closes what waits for its payer (pages 02ekfq and 02ekfr).
func (n *network) close(m Merchant, in which) *call {
	planned := n.s.Arrived(Network, sandbox.Undo, in.OutTradeNo)
	c := &call{do: n.s.Behave(planned, "", 0)}
	c.act = func() reply {
		o, ok := n.find(m, in)
		if !ok {
			return notThere
		}
		_, refusal := n.s.Undo(sandbox.Undoing{Account: m.account(), Number: o.Number, Kind: sandbox.Close}, c.do.Network)
		switch refusal {
		case "":
			return nil
		case sandbox.CallAgain:
			return failed("20000", "ACQ.SYSTEM_ERROR", "系统繁忙")
		}
		return denied("TRADE_STATUS_ERROR", "交易状态不合法")
	}
	c.good = func() reply { return success(reply{"out_trade_no": in.OutTradeNo, "trade_no": in.TradeNo}) }
	return c
}

type refundIn struct {
	which
	Amount   string `json:"refund_amount"`
	Request  string `json:"out_request_no"`
	Reason   string `json:"refund_reason"`
	Store    string `json:"store_id"`
	Terminal string `json:"terminal_id"`
}

// refund gives a part of a trade back (pages 02ekfs and 02ekft).
func (n *network) refund(m Merchant, in refundIn) *call {
	planned := n.s.Arrived(Network, sandbox.Refund, in.Request)
	c := &call{do: n.s.Behave(planned, "", 0)}
	amount, ok := fen(in.Amount)
	switch {
	case !ok || amount < 1, utf8.RuneCountInString(in.Reason) > 256, in.Request != "" && !tradeNo.MatchString(in.Request):
		c.refusal = denied("INVALID_PARAMETER", "参数无效")
	case in.Request == "":
		c.refusal = denied("INVALID_PARAMETER", "部分退款时 out_request_no 必传")
	}
	moved := "N"
	c.act = func() reply {
		o, ok := n.find(m, in.which)
		if !ok {
			return notThere
		}
		_, known := n.s.Return(m.account(), refundKey(o.Number, in.Request))
		_, refusal := n.s.Refund(sandbox.Giving{Account: m.account(), Number: o.Number, Refund: refundKey(o.Number, in.Request), Amount: amount,
			Print: fmt.Sprint(amount), Within: refundMost, Apart: refundApart}, c.do.Network)
		switch refusal {
		case "":
			if !known { // this call has moved money
				moved = "Y"
			}
			return nil
		case sandbox.OtherRefund:
			return denied("DISCORDANT_REPEAT_REQUEST", "不一致的请求")
		case sandbox.TooSoon:
			return denied("REFUND_CHARGE_ERROR", "退款频繁，请稍后再试")
		case sandbox.TooMuch:
			return denied("REASON_TRADE_REFUND_FEE_ERR", "退款金额超限")
		case sandbox.TooLate:
			return denied("TRADE_NOT_ALLOW_REFUND", "超过退款期限")
		case sandbox.IsGoneBack:
			return denied("TRADE_HAS_CLOSE", "交易已经关闭")
		}
		return denied("TRADE_STATUS_ERROR", "交易状态不合法")
	}
	c.good = func() reply {
		o, ok := n.find(m, in.which)
		if !ok {
			return notThere
		}
		r := reply{"trade_no": o.Transaction, "out_trade_no": o.Number, "buyer_logon_id": "159****5620", "refund_fee": yuan(o.Returned + o.Refunding), "fund_change": moved}
		if back, ok := n.s.Return(m.account(), refundKey(o.Number, in.Request)); !ok || back.State != sandbox.Arrived {
			r["fund_change"] = "N" // it is on its way, and only the query tells when it has come
		} else {
			in.told(r, o, back)
		}
		return success(r)
	}
	return c
}

// told adds what a refund's query_options ask for: the merchant is not without
// the coupon's share.
func (w which) told(r reply, o sandbox.Order, back sandbox.Return) {
	if slices.Contains(w.QueryOptions, "refund_detail_item_list") {
		r["send_back_fee"] = yuan(back.Amount - o.CouponOf(back))
	}
}

// refundKey is where a refund is kept: its number is unique within its trade.
func refundKey(number, request string) string { return number + "/" + request }

// refundQuery tells what became of a refund (pages 02ekfs and 02ekft): REFUND_SUCCESS is the
// only sign of success, and of all else nothing is said.
func (n *network) refundQuery(m Merchant, in struct {
	which
	Request string `json:"out_request_no"`
}) *call {
	planned := n.s.Arrived(Network, sandbox.RefundQuery, in.Request)
	c := &call{do: n.s.Behave(planned, "", 0), act: func() reply { return nil }}
	if in.Request == "" || in.OutTradeNo+in.TradeNo == "" {
		c.refusal = denied("INVALID_PARAMETER", "参数无效")
	}
	c.good = func() reply {
		o, ok := n.find(m, in.which)
		if !ok {
			return notThere
		}
		back, ok := n.s.Return(m.account(), refundKey(o.Number, in.Request))
		if !ok || back.State != sandbox.Arrived {
			return success(reply{})
		}
		r := reply{"trade_no": o.Transaction, "out_trade_no": o.Number, "out_request_no": in.Request, "total_amount": yuan(o.Charged),
			"refund_amount": yuan(back.Amount), "refund_status": "REFUND_SUCCESS", "gmt_refund_pay": stamp(back.DoneAt)}
		in.told(r, o, back)
		return success(r)
	}
	return c
}
