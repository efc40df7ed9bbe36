package cloudpay

import (
	"cmp"
	"time"

	"tillgate/agent/pay"
	"tillgate/store/money"
)

const (
	takenNo = number + "51"
	freedNo = number + "81"
)

var (
	hold     = pay.Attempt{Number: number, Merchant: "shop", Amount: 30000, Asked: asked}
	holding  = pay.Charge{Attempt: hold, Code: wxCode, Title: "房间押金", Device: "desk-1", Lane: "desk"}
	holdShow = pay.Offer{Attempt: hold, Title: "房间押金", Life: 90 * time.Second, Lane: "desk"}
	taken    = pay.Move{Of: hold, Wallet: alipay, Number: takenNo, Amount: 8850, Title: "房费", Staff: "0031", Lane: "desk"}
	freed    = pay.Move{Of: hold, Wallet: alipay, Number: freedNo, Amount: 21150, Title: "押金退还", Staff: "0031"}
)

// deposit is a deposit in the network's books.
type deposit struct {
	wallet   string
	state    int
	fee      money.Fen
	captured money.Fen
	byHand   money.Fen
	byItself money.Fen
	captures map[string]money.Fen
	releases map[string]*giving
}

func (d *deposit) left() money.Fen { return d.fee - d.captured - d.byHand - d.byItself }

// hold puts a deposit into the books.
func (n *network) hold(wallet string, state int) *deposit {
	d := &deposit{wallet: wallet, state: state, fee: 30000, captures: map[string]money.Fen{}, releases: map[string]*giving{}}
	n.holds[number] = d
	return d
}

// carryHold does what a call asks of a deposit.
func (n *network) carryHold(call string, c message) message {
	f, u, order := object(c, "freeze_content"), object(c, "unfreeze_content"), object(c, "pay_content")
	switch call {
	case "micro_freeze":
		d := n.hold(platformName(c), cmp.Or(n.opens, 2))
		d.fee = fenOf(f, "freeze_fee")
		return message{"micro_freeze": freezeOf(str(f, "out_freeze_no"), d)}
	case "scancode_freeze":
		n.hold(platformName(c), 1)
		return message{"scan_code_freeze": message{"code_url": "https://qr.alipay.com/fpx", "nonce_str": "n"}}
	}
	name := cmp.Or(str(c, "out_freeze_no"), str(u, "out_freeze_no"), str(order, "out_freeze_no"))
	d := n.holds[name]
	if d == nil {
		return message{"status": 102, "description": "deposit does not exist"}
	}
	switch call {
	case "deposit_consume":
		return n.consume(d, order)
	case "unfreeze":
		return n.unfreeze(d, u)
	case "query_unfreeze_order":
		var all []message
		if no := str(c, "out_unfreeze_no"); d.releases[no] != nil {
			all = append(all, unfreezeOf(no, d.wallet, d.releases[no]))
		}
		return message{"query_unfreeze_order": message{"unfreeze_order_content": all, "nonce_str": "n"}}
	}
	return message{"query_freeze_order": freezeOf(name, d)}
}

// consume takes a part of a deposit, once under a number.
func (n *network) consume(d *deposit, order message) message {
	name, fee := str(order, "out_trade_no"), fenOf(order, "total_fee")
	if was, there := d.captures[name]; there && was != fee {
		return message{"status": 104, "internal_status": 407, "description": "used"}
	} else if !there {
		if d.state != 2 || fee > d.left() {
			return message{"status": 104, "description": "押金余额不足"}
		}
		d.captures[name], d.captured = fee, d.captured+fee
		if order["is_confirm_unfreeze"] == true {
			d.byHand += d.left()
		}
		n.books[name] = &sale{wallet: d.wallet, state: map[string]int{wechat: 14, alipay: 2}[d.wallet], total: fee, refunds: map[string]*giving{}}
	}
	d.settle()
	return message{"deposit_consume": n.trade(name)}
}

// unfreeze releases a part of a deposit, once under a number.
func (n *network) unfreeze(d *deposit, u message) message {
	name, fee := str(u, "out_unfreeze_no"), fenOf(u, "unfreeze_fee")
	if d.releases[name] == nil {
		if d.state != 2 || fee > d.left() {
			return message{"status": 104, "description": "no"}
		}
		d.releases[name] = &giving{state: cmp.Or(n.grows, 2), fee: fee}
		d.byHand += fee
		d.settle()
	}
	return message{"unfreeze": message{"unfreeze_order_content": unfreezeOf(name, d.wallet, d.releases[name]), "nonce_str": "n"}}
}

// settle ends a deposit of which nothing is left.
func (d *deposit) settle() {
	if d.left() == 0 {
		d.state = map[string]int{wechat: 5, alipay: 3}[d.wallet]
	}
}

// freezeOf is what the network says of a deposit.
func freezeOf(name string, d *deposit) message {
	order := message{
		"out_freeze_no": name, "freeze_id": "4200005678", "freeze_fee": d.fee, "fee_type": "CNY", "cash_fee": d.fee, "time_end": asked.Add(3 * time.Second).Unix(), "author_code": "",
		"total_consume_fee": d.captured, "total_manual_unfreeze_fee": d.byHand, "total_auto_unfreeze_fee": d.byItself, "total_refund_fee": 0,
		map[string]string{wechat: "wxpay", alipay: "alipay"}[d.wallet] + "_freeze_order_content_ext": message{"current_trade_state": d.state},
	}
	if d.state != 2 && d.captured+d.byHand+d.byItself == 0 {
		delete(order, "time_end")
	}
	key := message{"pay_platform": platforms[d.wallet], "out_mch_id": "sz01provider", "out_sub_mch_id": "sz01merchant", "out_shop_id": "sz01store"}
	return message{"freeze_order_content": order, "pay_mch_key": key, "nonce_str": "n"}
}

// unfreezeOf is what it says of a release.
func unfreezeOf(name, wallet string, g *giving) message {
	return message{"out_freeze_no": number, "out_unfreeze_no": name, "unfreeze_id": "5030001", "unfreeze_fee": g.fee,
		map[string]string{wechat: "wxpay", alipay: "alipay"}[wallet] + "_unfreeze_order_content_ext": message{"current_trade_state": g.state}}
}

// answeredHold makes a call of deposits, of one that is held where that is needed.
func (n *network) answeredHold(p *Provider, op string) pay.Result {
	ctx := n.t.Context()
	switch op {
	case "hold":
		return p.Hold(ctx, holding)
	case "show-hold":
		return p.ShowHold(ctx, holdShow)
	case "hold-query":
		return p.QueryHold(ctx, hold)
	}
	n.hold(alipay, 2)
	switch op {
	case "hold-undo":
		return p.UndoHold(ctx, hold)
	case "capture":
		return p.Capture(ctx, taken)
	case "capture-query":
		return p.QueryCapture(ctx, taken)
	case "release":
		return p.Release(ctx, freed)
	}
	return p.QueryRelease(ctx, freed)
}
