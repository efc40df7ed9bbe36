package alipay

import (
	"time"

	"tillgate/agent/pay"
	"tillgate/store/money"
)

// success judges a verified payment: everything that makes it ours has to be
// there, and to be ours.
func (p *Provider) success(r reply, a pay.Attempt) pay.Result {
	f, result := r.fields, r.judged(verdict{state: pay.Mismatch}, "", "")
	total, okTotal := yuan(f["total_amount"])
	paidAt, okTime := f.paidAt()
	settled, okSettled := f.settled(total)
	result.Network, result.Amount, result.Settled, result.PaidAt = pay.CutBasic(f["trade_no"], networkBytesMax), total, settled, paidAt
	switch {
	case p.otherSeller(f):
		result.Code = pay.CodeMerchant
	case f["out_trade_no"] != "" && f["out_trade_no"] != a.Number:
		result.Code = pay.CodeNumber
	case okTime && !a.Asked.IsZero() && paidAt.Before(a.Asked.Add(-pay.EarlyMax)):
		result.Code = pay.CodePayTime
	case okTotal && total != a.Amount:
		result.Code = pay.CodeAmount
	case f.foreign():
		result.Code = pay.CodeCurrency
	case !okTotal || !okSettled || !okTime || result.Network == "" || f["out_trade_no"] == "":
		result.State, result.Code = pay.Unknown, pay.CodeIncomplete
	default:
		result.State = pay.Paid
	}
	return result
}

// traded judges a verified answer to a query. That the query worked is no
// payment: only its trade_status is.
func (p *Provider) traded(r reply, a pay.Attempt) pay.Result {
	f, status := r.fields, r.fields["trade_status"]
	_, wasPaid := f.paidAt()
	switch {
	case status == statusSuccess || status == statusFinished:
		return p.success(r, a)
	case status == statusClosed && wasPaid && !a.Returning: // given back, and not by us
		result := p.success(r, a)
		result.State, result.Code = pay.Mismatch, status
		return result
	case p.otherSeller(f):
		return r.doubtful(pay.CodeMerchant)
	case f["out_trade_no"] != a.Number:
		return r.doubtful(pay.CodeNumber)
	case status == statusClosed:
		result := r.judged(verdict{state: pay.Declined}, status, "")
		result.Returned = wasPaid
		return result
	case status == statusWaiting:
		return r.judged(waiting, status, "")
	case status == "":
		return r.doubtful(pay.CodeIncomplete)
	}
	return r.doubtful("trade_status " + pay.CutBasic(status, codeBytesMax))
}

// paidAt is when a payment was made: gmt_payment of a charge, send_pay_date of
// a query. A trade that nobody has paid has neither.
func (f fields) paidAt() (time.Time, bool) {
	text := f["gmt_payment"]
	if text == "" {
		text = f["send_pay_date"]
	}
	at, err := time.ParseInLocation(stampForm, text, pay.Beijing)
	return at, err == nil
}

// settled is what the merchant gets of a total; all of it where the reply does
// not say.
func (f fields) settled(total money.Fen) (money.Fen, bool) {
	text := f["receipt_amount"]
	if text == "" {
		return total, true
	}
	settled, ok := yuan(text)
	return settled, ok && settled <= total
}

// foreign tells whether a reply names another money than ours.
func (f fields) foreign() bool {
	for _, name := range []string{"trans_currency", "settle_currency", "pay_currency"} {
		if f[name] != "" && f[name] != "CNY" {
			return true
		}
	}
	return false
}

// otherSeller tells whether the reply names an account that is not ours.
func (p *Provider) otherSeller(f fields) bool {
	return p.o.SellerID != "" && f["seller_id"] != "" && f["seller_id"] != p.o.SellerID
}
