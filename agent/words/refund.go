package words

import (
	"cmp"
	"fmt"

	"tillgate/store/money"
)

// Why a refund did not begin, or what became of it that no screen stands for.
const (
	TellRefundNone      Key = "refund-none"      // there is no order of that key or number that was paid
	TellRefundHigh      Key = "refund-high"      // more than can still go back
	TellRefundSpent     Key = "refund-spent"     // all of it has gone back, or is on its way
	TellRefundMany      Key = "refund-many"      // there are no more numbers
	TellRefundGoingBack Key = "refund-going"     // an attempt of the order is on its way back by itself
	TellRefundLate      Key = "refund-late"      // the network's time for it is over
	TellRefundBooks     Key = "refund-books"     // its merchant's name stands for another account now
	TellRefundNever     Key = "refund-never"     // the network, or the lane, has no refunds
	TellRefundUncertain Key = "refund-uncertain" // the order's record was damaged
	TellRefundUnbooked  Key = "refund-unbooked"  // the disk refuses: nothing was sent
	TellRefundLater     Key = "refund-later"     // the disk refuses the outcome
	TellRefundFound     Key = "refund-found"     // the network knew the number already
)

// RefundPhase is where a refund stands, as people see it.
type RefundPhase string

// The phases of refunds.
const (
	RefundAsking   RefundPhase = "asking"
	RefundAccepted RefundPhase = "accepted" // the network has taken it on; the money is on its way
	RefundDone     RefundPhase = "done"
	RefundRefused  RefundPhase = "refused"
	RefundStuck    RefundPhase = "stuck" // it goes no further until a person acts
)

// RefundPhases are all of them, in the order in which a refund may meet them.
func RefundPhases() []RefundPhase {
	return []RefundPhase{RefundAsking, RefundAccepted, RefundStuck, RefundDone, RefundRefused}
}

// Refund is what a page shows of a refund.
type Refund struct {
	Phase   RefundPhase `json:"phase"`
	Key     int64       `json:"key"`             // in the journal
	Order   int64       `json:"order,omitempty"` // the order's; 0: a damage has taken it
	Number  string      `json:"number"`
	Amount  money.Fen   `json:"amount"` // fen
	Network string      `json:"network"`
	Wallet  string      `json:"wallet,omitempty"`
	Code    string      `json:"code,omitempty"`    // the network's, for the manager and the technician
	Text    string      `json:"text,omitempty"`    // the network's words
	Total   money.Fen   `json:"total,omitempty"`   // of one that is done: what of the order has gone back with it, fen
	Other   money.Fen   `json:"other,omitempty"`   // of one that is refused: what went back under its number all the same, fen
	Trouble []string    `json:"trouble,omitempty"` // outputs that did not happen, in English
}

// refunds are what happened, what to do, and whether the money is safe.
var refunds = map[RefundPhase][2][3]string{
	RefundAsking:   {{"正在退款", "请稍候", "结果以本屏为准，不会重复退款"}, {"Refunding", "One moment please", "This screen tells the result; it is never paid twice"}},
	RefundAccepted: {{"退款已受理", "可以离开，会自动核对到账", "退款已在途中，银行卡可能需要几小时"}, {"The refund is accepted", "You may leave; it is followed to its end", "The money is on its way; a bank card may take hours"}},
	RefundDone:     {{"退款成功", "请取退款小票", "款项已原路退回"}, {"Refunded", "Please take the slip", "The money has gone back the way it came"}},
	RefundRefused:  {{"退款未成功", "请找值班经理", "未退款，原付款有记录"}, {"Not refunded", "Please call the manager", "Nothing went back; what was paid is on record"}},
	RefundStuck:    {{"退款受阻", "请找值班经理，请勿重复退款", "退款有记录，解决后会自动继续"}, {"The refund is stuck", "Call the manager; do not refund again", "It is on record and goes on by itself once that is settled"}},
}

// refundsByHand are those of what never left the device.
var refundsByHand = map[string][2][3]string{
	"cash": {{"现金已退", "请把现金和退款小票交给顾客", "已记账"}, {"Refunded in cash", "Hand over the cash and the slip", "It is booked"}},
	"card": {{"刷卡退款已记账", "请在刷卡机上完成退款", "已记账"}, {"Card refund booked", "Carry it out on the card terminal", "It is booked"}},
}

// ShowRefund is what a page says of a refund.
func ShowRefund(r Refund, lang Lang) Screen {
	t, ok := refunds[r.Phase]
	if own, byHand := refundsByHand[r.Network]; byHand && r.Phase == RefundDone {
		t, ok = own, true
	}
	if !ok {
		t = refunds[RefundAsking]
	}
	s := Screen{What: t[lang][0], Do: t[lang][1], Money: t[lang][2]}
	if (r.Phase == RefundRefused || r.Phase == RefundStuck) && r.Code != "" {
		why := refundTrouble(r, lang)
		s.What, s.Do = s.What+comma[lang]+why[0], why[1]
	}
	if r.Other != 0 {
		s.Money = fmt.Sprintf(otherBack[lang], r.Other)
	}
	return s
}

// otherBack is whether the money is safe where another sum went back, in yuan.
var otherBack = [2]string{"已另有 %s 元退回，有记录", "Another %s yuan went back; it is on record"}

func refundTrouble(r Refund, lang Lang) [2]string {
	if t, ok := ourRefundCodes[r.Code]; ok {
		return t[lang]
	}
	return RefundTrouble(r.Network, r.Code, lang)
}

// ourRefundCodes are the words for codes that no network says.
var ourRefundCodes = map[string][2][2]string{
	"cannot refund":  {{"该付款方式不能在本机退款", "请经理用其他方式退款"}, {"this device cannot refund it", "The manager pays it back another way"}},
	"too many tries": {{"多次重试仍无结果", "请经理在商户平台核对此退款单号"}, {"it was tried too often", "The manager looks the number up at the network"}},
	"not certain":    {{"退款记录受损，支付网络查无此单", "请经理核对后重新退款"}, {"its record was damaged, and the network does not know it", "The manager checks and pays it back another way"}},
}

// wallet is whose money it was, where that is known and has a name, else the network's.
func wallet(name, network string) string {
	if _, ok := networks[name]; !ok {
		name = ""
	}
	return cmp.Or(name, network)
}
