package alipay

import (
	"time"

	"tillgate/agent/pay"
	"tillgate/store/money"
)

// The words for deposits that cannot be taken as they are, as Result.Code.
const (
	codeOperation = "other operation"
)

// creditHold is the kind of a deposit for which no money is frozen: the network
// takes the payer's credit (芝麻信用) for it.
const creditHold = "CREDIT_AUTH"

// frozen judges a verified answer about a deposit. That the call worked is no
// deposit: only the state of its operation is. asked tells that it answers a query.
func (p *Provider) frozen(r reply, a pay.Attempt, asked bool) pay.Result {
	f, status := r.fields, r.fields["status"]
	code := stateCode(freezing, pay.CutBasic(status, codeBytesMax))
	switch {
	case r.ofAnother(freezing):
		return r.doubtful(codeOperation)
	case status == operationSuccess:
		return p.held(r, a, asked)
	case f["out_order_no"] != a.Number || f["out_request_no"] != a.Number:
		return r.doubtful(pay.CodeNumber)
	case status == operationInit:
		return r.judged(waiting, code, "")
	case status == operationClosed:
		return r.closed(a, code)
	case status == "":
		return r.doubtful(pay.CodeIncomplete)
	}
	return r.doubtful(code)
}

// closed judges a deposit that ended without a word of ours: what was frozen is
// all of it, then it was held and is cancelled, or nothing.
func (r reply) closed(a pay.Attempt, code string) pay.Result {
	sum, okSum := r.amount("amount")
	total, okTotal := r.amount("total_freeze_amount")
	if okSum && sum != a.Amount || okTotal && total != 0 && total != a.Amount {
		return r.doubtful(pay.CodeAmount)
	}
	result := r.judged(verdict{state: pay.Declined}, code, "")
	result.Returned = total > 0
	return result
}

// ofAnother tells whether a reply says that it is about another kind of operation.
func (r reply) ofAnother(kind string) bool {
	got := r.fields["operation_type"]
	return got != "" && got != kind
}

// held judges a deposit that is held, or was: everything that makes it ours has
// to be there, and to be ours. Without who pays and the network's number nothing
// could be captured from it.
func (p *Provider) held(r reply, a pay.Attempt, asked bool) pay.Result {
	f, result := r.fields, r.judged(verdict{state: pay.Mismatch}, "", "")
	amount, okAmount := r.amount("amount")
	at, okTime := f.moment("gmt_trans")
	other := func(name string) bool { return f[name] != "" && f[name] != a.Number }
	result.Network, result.Payer = pay.CutBasic(f["auth_no"], networkBytesMax), f.payer()
	result.Amount, result.PaidAt = amount, at
	switch {
	case other("out_order_no") || other("out_request_no"):
		result.Code = pay.CodeNumber
	case okTime && !a.Asked.IsZero() && at.Before(a.Asked.Add(-pay.EarlyMax)):
		result.Code = pay.CodePayTime
	case okAmount && amount != a.Amount:
		result.Code = pay.CodeAmount
	case f.foreign():
		result.Code = pay.CodeCurrency
	case !okAmount || !okTime || result.Network == "" || result.Payer == "" || f["out_order_no"] == "" || f["out_request_no"] == "":
		result.State, result.Code = pay.Unknown, pay.CodeIncomplete
	default:
		result.State = pay.Paid
		return r.kept(result, a, asked)
	}
	return result
}

// kept adds what is left of a deposit. A freeze answers no totals: all of it is. A
// query has to have them: what it does not say may be captured already.
func (r reply) kept(result pay.Result, a pay.Attempt, asked bool) pay.Result {
	switch {
	case r.has("total_freeze_amount") || r.has("rest_amount") || r.has("total_pay_amount"):
		held, good := r.totals(a.Amount)
		return result.Keeping(held, good, a)
	case asked:
		result.State, result.Code = pay.Unknown, pay.CodeIncomplete
		return result
	}
	return result.Keeping(pay.Held{Left: a.Amount, Credit: r.credit(a.Amount)}, true, a)
}

// totals are what the network has made of a deposit (page 318/106393: rest = freeze -
// pay - unfrozen). It names three of the four; what was released is the fourth.
// They cannot be true where that is less than nothing, where another sum was
// frozen than we asked for, and where a deposit is over and has something left.
func (r reply) totals(amount money.Fen) (pay.Held, bool) {
	total, okTotal := r.amount("total_freeze_amount")
	captured, okCaptured := r.amount("total_pay_amount")
	left, okLeft := r.amount("rest_amount")
	released := total - captured - left
	order := r.fields["order_status"]
	over := order == orderFinish || order == orderClosed
	ok := okTotal && okCaptured && okLeft && total == amount && released >= 0 && !(over && left > 0)
	return pay.Held{Captured: captured, Released: released, Left: left, Credit: r.credit(amount)}, ok
}

// credit is how much of a deposit stands on the payer's credit: what the reply
// says, or all of it where it says only of which kind the deposit is.
func (r reply) credit(amount money.Fen) money.Fen {
	for _, name := range []string{"total_freeze_credit_amount", "credit_amount"} {
		if credit, ok := r.amount(name); ok && credit <= amount {
			return credit
		}
	}
	if r.fields["pre_auth_type"] == creditHold {
		return amount
	}
	return 0
}

// amount reads an amount of a deposit. The page of the query shows bare numbers,
// the models of Alipay's own clients have texts: both are taken, with two decimals.
func (r reply) amount(name string) (money.Fen, bool) {
	if text := r.fields[name]; text != "" {
		return yuan(text)
	}
	o, err := pay.ReadObject(string(r.node))
	if err != nil {
		return 0, false
	}
	return yuan(o.Value(name))
}

// has tells whether a reply has a field at all.
func (r reply) has(name string) bool {
	o, err := pay.ReadObject(string(r.node))
	return err == nil && o.Value(name) != ""
}

// payer is who has paid a deposit, as captures have to name him: by his account,
// or by what stands for it in this application.
func (f fields) payer() string {
	for _, name := range []string{"payer_user_id", "payer_open_id"} {
		if id := pay.CutBasic(f[name], payerBytesMax); id != "" {
			return id
		}
	}
	return ""
}

// moment is a time of a reply.
func (f fields) moment(name string) (time.Time, bool) {
	at, err := time.ParseInLocation(stampForm, f[name], pay.Beijing)
	return at, err == nil
}
