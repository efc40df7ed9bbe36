package words

import (
	"time"

	"tillgate/speaker"
)

// spokenFor is how long after the outcome a success may still be said.
const spokenFor = 15 * time.Second

// Spoken is what a speaker says of a receipt, once: wallet and amount, or why
// there is none.
func Spoken(r Receipt) speaker.Phrase {
	if r.Declined != "" {
		p := Declined(r.Network, r.Declined)
		p.ID = r.Number + " declined"
		return p
	}
	if r.Deposit != nil {
		return depositPhrase(r)
	}
	if r.Refund != "" {
		return speaker.Phrase{ID: r.Refund, Window: spokenFor, Parts: []speaker.Part{
			said(r, "退款", "refunded"),
			speaker.Amount(r.Back, speaker.YuanJiaoFen),
		}}
	}
	return speaker.Phrase{ID: r.Number, Window: spokenFor, Parts: []speaker.Part{
		said(r, "收款", "received"),
		speaker.Amount(r.Amount, speaker.YuanJiaoFen),
	}}
}

// said is the wallet and what happened, as one sentence.
func said(r Receipt, zh, en string) speaker.Part {
	name := wallet(r.Wallet, r.Network)
	spoken := Network(name, Zh)
	if name == "wechat" {
		spoken = "微信"
	}
	return speaker.Words(speaker.Token(spoken+zh), Network(name, En)+" "+en)
}
