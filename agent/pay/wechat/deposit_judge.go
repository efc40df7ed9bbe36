package wechat

import (
	"tillgate/agent/pay"
	"tillgate/store/money"
)

// held judges a verified answer about a deposit: a payment as any, with what the
// network has made of it since.
func (p *Provider) held(r reply, a pay.Attempt) pay.Result {
	f := r.fields
	state := f["trade_state"]
	if state == "SUCCESS" || state == "REFUND" || tradeStates[state].state == pay.Declined && f["time_end"] != "" {
		result := p.success(r, a)
		result.Settled = 0 // nothing of it is the merchant's
		return kept(result, f, a)
	}
	result := p.traded(r, a)
	if result.State == pay.Declined && a.Network != "" { // only what was paid has a number of the network's
		result = untold(result)
		result.State, result.Code, result.Network, result.Amount = pay.Paid, "", a.Network, a.Amount
		return kept(result, f, a)
	}
	return result
}

// kept adds to a deposit that was held what is left of it.
func kept(result pay.Result, f fields, a pay.Attempt) pay.Result {
	if result.State != pay.Paid {
		return result
	}
	held, good := totals(f, a.Amount)
	return result.Keeping(held, good, a)
}

// totals are what a deposit has come to. No state says it (page 4011986679): what was
// consumed is in consume_fee, and the rest went back with it; without one all
// of it went back where the deposit is REFUND or REVOKED, and else it is held.
func totals(f fields, of money.Fen) (pay.Held, bool) {
	consumed, state := money.Fen(0), f["trade_state"]
	if text := f["consume_fee"]; text != "" {
		var ok bool
		if consumed, ok = fen(text); !ok {
			return pay.Held{}, false
		}
	}
	switch {
	case consumed > of, consumed > 0 && state != "SUCCESS" && state != "REFUND":
		return pay.Held{}, false // what was consumed cannot have been reversed
	case consumed > 0:
		return pay.Held{Captured: consumed, Released: of - consumed}, true
	case state == "SUCCESS":
		return pay.Held{Left: of}, true
	}
	return pay.Held{Released: of}, true
}
