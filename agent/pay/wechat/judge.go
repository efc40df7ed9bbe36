package wechat

import (
	"strconv"
	"time"

	"tillgate/agent/pay"
	"tillgate/store/money"
)

const stampForm = "20060102150405"

// success judges a verified SUCCESS: everything that makes it ours has to be
// there, and to be ours.
func (p *Provider) success(r reply, a pay.Attempt) pay.Result {
	f, result := r.fields, r.result
	total, okTotal := fen(f["total_fee"])
	paidAt, err := time.ParseInLocation(stampForm, f["time_end"], pay.Beijing)
	result.Network, result.Amount, result.Settled = pay.CutBasic(f["transaction_id"], networkBytesMax), total, total
	okSettled := true
	if text := f["settlement_total_fee"]; text != "" {
		result.Settled, okSettled = fen(text)
	}
	if err == nil {
		result.PaidAt = paidAt
	}
	result.State = pay.Mismatch
	switch {
	case p.otherMerchant(f):
		result.Code = pay.CodeMerchant
	case f["out_trade_no"] != "" && f["out_trade_no"] != a.Number:
		result.Code = pay.CodeNumber
	case err == nil && !a.Asked.IsZero() && paidAt.Before(a.Asked.Add(-pay.EarlyMax)):
		result.Code = pay.CodePayTime
	case okTotal && total != a.Amount:
		result.Code = pay.CodeAmount
	case f["fee_type"] != "" && f["fee_type"] != "CNY":
		result.Code = pay.CodeCurrency
	case !okTotal || !okSettled || err != nil || result.Network == "" || !p.whole(f) || f["out_trade_no"] == "":
		result.State, result.Code = pay.Unknown, pay.CodeIncomplete
	default:
		result.State = pay.Paid
	}
	return result
}

// traded judges a verified answer to a query. That the query worked is no
// payment: only its trade_state is.
func (p *Provider) traded(r reply, a pay.Attempt) pay.Result {
	f, state := r.fields, r.fields["trade_state"]
	switch {
	case state == "SUCCESS":
		return p.success(r, a)
	case state == "REFUND" && !a.Returning:
		result := p.success(r, a)
		result.State, result.Code = pay.Mismatch, state
		return result
	case p.otherMerchant(f):
		return doubtful(r, pay.CodeMerchant)
	case f["out_trade_no"] != a.Number:
		return doubtful(r, pay.CodeNumber)
	case state == "REFUND":
		result := r.judged(declined, state, "")
		result.Returned = true
		return result
	}
	v, known := tradeStates[state]
	if !known {
		return doubtful(r, "trade_state "+pay.CutBasic(state, 32))
	}
	return r.judged(v, state, f["trade_state_desc"])
}

// reversed judges a verified answer to a reverse: recall=N is the only word for done.
func (p *Provider) reversed(r reply, a pay.Attempt) pay.Result {
	f := r.fields
	switch {
	case p.otherMerchant(f):
		return doubtful(r, pay.CodeMerchant)
	case f["out_trade_no"] != "" && f["out_trade_no"] != a.Number:
		return doubtful(r, pay.CodeNumber)
	case f["recall"] == "N":
		return r.judged(verdict{state: pay.Declined}, "reversed", "")
	}
	return doubtful(r, "recall")
}

// refusal judges a verified reply without result_code SUCCESS by its table.
func (p *Provider) refusal(r reply, a pay.Attempt, codes map[string]verdict) pay.Result {
	f := r.fields
	switch {
	case f["result_code"] != "FAIL" || f["err_code"] == "":
		return doubtful(r, pay.CodeIncomplete)
	case p.otherMerchant(f):
		return doubtful(r, pay.CodeMerchant)
	case f["out_trade_no"] != "" && f["out_trade_no"] != a.Number:
		return doubtful(r, pay.CodeNumber)
	}
	return r.judged(codes[f["err_code"]], pay.CutBasic(f["err_code"], codeBytesMax), f["err_code_des"])
}

func (r reply) judged(v verdict, code, words string) pay.Result {
	result := r.result
	result.State, result.NotFound, result.Fault, result.Code = v.state, v.notFound, v.fault, code
	if words = pay.CutBasic(words, wordsBytesMax); v.tell {
		result.Message = words
	} else {
		result.Detail = words
	}
	return result
}

func doubtful(r reply, code string) pay.Result {
	return r.judged(unknown, code, r.fields["err_code_des"])
}

// otherMerchant tells whether the reply names a merchant that is not ours.
func (p *Provider) otherMerchant(f fields) bool {
	other := func(got, ours string) bool { return got != "" && got != ours }
	return other(f["appid"], p.o.AppID) || other(f["mch_id"], p.o.MchID) || other(f["sub_mch_id"], p.o.SubMchID) ||
		p.o.SubAppID != "" && other(f["sub_appid"], p.o.SubAppID)
}

// whole tells whether the reply names its merchant at all.
func (p *Provider) whole(f fields) bool {
	return f["appid"] != "" && f["mch_id"] != "" && (p.o.SubMchID == "" || f["sub_mch_id"] != "")
}

func fen(text string) (money.Fen, bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	return money.Fen(n), err == nil && n >= 0
}
