package wechat

import (
	"context"
	"strconv"

	"tillgate/agent/pay"
)

// The words for moves, as Result.Code.
const (
	codeNotCaptured = "not captured"
	codeNotReleased = "not released"
	codeTooMuch     = "more than is held"
	codeNothing     = "nothing to capture" // the way of a deposit of which nothing is used is a release
	codeOnlyWhole   = "only whole"
)

// unnamed is for a move or a refund that does not name its deposit by the
// network's number: a query of the deposit tells it.
var unnamed = pay.Result{Code: "deposit not named", Fault: true}

// look asks for the deposit of a move. Without totals the result is the move's:
// it is not known, for what became of the deposit is not.
func (p *Provider) look(ctx context.Context, m pay.Move) (pay.Result, *pay.Held) {
	if m.Of.Network == "" {
		return unnamed, nil
	}
	of := m.Of
	of.Returning = false
	seen := p.queryHold(ctx, of, moveQueryCodes)
	return pay.Result{Code: seen.Code, Network: seen.Network, NotFound: seen.NotFound, Fault: seen.Fault, Date: seen.Date, Detail: untold(seen).Detail}, seen.Held
}

// QueryCapture asks what became of a capture. It has no number at the network, so
// the deposit answers: what was consumed of it is this capture, or has taken its place.
func (p *Provider) QueryCapture(ctx context.Context, m pay.Move) pay.Result {
	result, held := p.look(ctx, m)
	switch {
	case held == nil:
	case held.Captured > 0:
		result.State, result.Amount, result.Settled = pay.Paid, held.Captured, held.Captured
		if held.Captured != m.Amount {
			result.State, result.Code = pay.Mismatch, pay.CodeAmount
		}
	case held.Left == 0:
		result.State, result.Code = pay.Declined, pay.CodeReleased
	case m.Amount > held.Left:
		result.State, result.Code = pay.Declined, codeTooMuch
	case m.Amount <= 0:
		result.State, result.Code = pay.Declined, codeNothing
	default:
		result.NotFound, result.Code = true, codeNotCaptured
	}
	return result
}

// Capture takes a part of a deposit, or all of it (deposit/consume); the rest goes
// back with it. It looks first and sends only where nothing was captured yet. No
// refusal is final: another copy, or another desk, may be faster, and what the
// deposit says decides.
func (p *Provider) Capture(ctx context.Context, m pay.Move) pay.Result {
	seen := p.QueryCapture(ctx, m)
	if !seen.NotFound {
		return seen
	}
	own := p.deposits()
	r := own.ask(ctx, own.cert, callConsume, fields{
		"transaction_id": m.Of.Network,
		"total_fee":      strconv.FormatInt(int64(m.Of.Amount), 10),
		"consume_fee":    strconv.FormatInt(int64(m.Amount), 10),
		"fee_type":       "CNY",
	})
	switch {
	case r.fields == nil:
		return r.result.NeverFinal()
	case r.fields["result_code"] != "SUCCESS":
		return own.refusal(r, m.Of, captureCodes)
	}
	return own.consumed(r, m)
}

// consumed judges a verified answer to a capture that was carried out.
func (p *Provider) consumed(r reply, m pay.Move) pay.Result {
	f := r.fields
	total, okTotal := fen(f["total_fee"])
	amount, okAmount := fen(f["consume_fee"])
	switch {
	case p.otherMerchant(f):
		return doubtful(r, pay.CodeMerchant)
	case f["out_trade_no"] != "" && f["out_trade_no"] != m.Of.Number, f["transaction_id"] != "" && f["transaction_id"] != m.Of.Network:
		return doubtful(r, pay.CodeNumber)
	case !p.whole(f) || f["out_trade_no"] == "" || f["transaction_id"] == "" || !okTotal || !okAmount || amount == 0:
		return doubtful(r, pay.CodeIncomplete)
	case total != m.Of.Amount || amount > total:
		return doubtful(r, pay.CodeTotals)
	}
	result := r.judged(verdict{state: pay.Paid}, "", "")
	result.Network, result.Amount, result.Settled = m.Of.Network, amount, amount
	switch {
	case amount != m.Amount:
		result.State, result.Code = pay.Mismatch, pay.CodeAmount
	case f["fee_type"] != "" && f["fee_type"] != "CNY":
		result.State, result.Code = pay.Mismatch, pay.CodeCurrency
	}
	return result
}

// QueryRelease asks what became of a release, which has no number at the network
// either: the deposit answers.
func (p *Provider) QueryRelease(ctx context.Context, m pay.Move) pay.Result {
	result, held := p.look(ctx, m)
	switch {
	case held == nil:
	case held.Captured > 0:
		result.State, result.Code = pay.Declined, pay.CodeCaptured
	case m.Amount != m.Of.Amount: // never sent: a part cannot go back, and more than was held neither
		result.State, result.Code = pay.Declined, codeOnlyWhole
	case held.Left == 0:
		result.State, result.Amount = pay.Returned, held.Released
	default:
		result.NotFound, result.Code = true, codeNotReleased
	}
	return result
}

// Release gives all that is held back (deposit/reverse), where nothing was
// captured. It looks before, so that nothing is sent that cannot be, and after:
// that the network has carried it out is the deposit's word.
func (p *Provider) Release(ctx context.Context, m pay.Move) pay.Result {
	seen := p.QueryRelease(ctx, m)
	if !seen.NotFound {
		return seen
	}
	result := p.deposits().reverse(ctx, callHoldReverse, m.Of, releaseCodes)
	if result.State != pay.Declined {
		return result
	}
	if seen = p.QueryRelease(ctx, m); seen.State == pay.Unknown { // taken on, and not to be seen yet
		result.State = pay.Waiting
		return result
	}
	return seen
}
