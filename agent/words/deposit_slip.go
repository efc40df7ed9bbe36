package words

import (
	"cmp"
	"fmt"

	"tillgate/printer"
	"tillgate/speaker"
	"tillgate/store/money"
)

// actTexts are what a slip calls an act: its mark, and its sum.
var actTexts = map[DepositAct][2]string{
	ActHold:    {"押金 DEPOSIT", "已冻结 Held"},
	ActCapture: {"押金消费 CAPTURE", "本次消费 Captured"},
	ActRelease: {"押金退还 RELEASE", "本次退还 Released"},
}

// depositSlip is the paper of a deposit, of its hold, a capture or a release. Its
// barcode is the deposit's number, whichever of them it is: any slip of a deposit
// finds it. A move's own number is text, for 26 digits do not fit narrow paper.
func depositSlip(r Receipt) printer.Slip {
	d := r.Deposit
	texts := actTexts[r.Act]
	s := printer.Slip{
		ID:      "deposit " + r.Number,
		Mark:    texts[0],
		Title:   r.Site,
		Lead:    []string{r.Lane},
		Total:   printer.Item{Name: totalText(r), Amount: actSum(r)},
		Lines:   []string{byWhom(r), when(r)},
		Barcode: r.Number,
		QRText:  "扫码办理押金 This deposit",
		QR:      r.Number,
		Foot:    depositFoot(r),
		Cut:     true,
	}
	if d.Room != "" {
		s.Lead = append(s.Lead, "房号 Room "+d.Room)
	}
	if r.Title != "" {
		s.Lead = append(s.Lead, r.Title)
	}
	if r.Act != ActHold {
		s.Items = []printer.Item{{Name: "押金 Held", Amount: d.Held}, {}}
		s.More = depositSums(d)
	}
	s.Lines = append(s.Lines, depositLines(r)...)
	if r.Copy > 0 {
		s.Mark += " " + reprint(r.Copy)
	}
	return s
}

// actSum is what an act is about: what is held, or what has moved.
func actSum(r Receipt) money.Fen {
	if m := r.Deposit.Move; m != nil && r.Act != ActHold {
		return m.Amount
	}
	return cmp.Or(r.Deposit.Held, r.Deposit.Amount)
}

// totalText is what a slip calls its sum; what credit stands for is not frozen.
func totalText(r Receipt) string {
	if r.Act == ActHold && r.Deposit.Credit > 0 {
		return "押金 Deposit"
	}
	return actTexts[r.Act][1]
}

// depositSums are where all of what was held is now; they add up to it.
func depositSums(d *Deposit) []printer.Item {
	return []printer.Item{
		{},
		{Name: "累计消费 Captured total", Amount: d.Captured},
		{Name: "累计退还 Released total", Amount: d.Released},
		{Name: "仍冻结 Still held", Amount: d.Left},
	}
}

// depositLines are why and by whom, how long it is held, and the numbers.
func depositLines(r Receipt) (lines []string) {
	d := r.Deposit
	if r.Act == ActHold || d.Left > 0 {
		until := "到期 Until: 以合同为准 as the contract says"
		if !d.Expires.IsZero() {
			until = "到期 Until: " + d.Expires.In(china).Format("2006-01-02 15:04")
		}
		lines = append(lines, until)
	}
	if r.Reason != "" {
		lines = append(lines, "原因 Reason: "+r.Reason)
	}
	if r.By != "" {
		lines = append(lines, "经手 By: "+r.By)
	}
	if d.Move != nil && r.Act != ActHold {
		lines = append(lines, "操作单号 Step number:", d.Move.Number)
	}
	if r.NetworkNumber != "" {
		lines = append(lines, "交易号 Voucher:", r.NetworkNumber)
	}
	return lines
}

// depositFoot is what the guest has to know last: who has the money, and what is
// final.
func depositFoot(r Receipt) string {
	d := r.Deposit
	name := wallet(r.Wallet, r.Network)
	switch {
	case r.Act == ActHold:
		return kept(d, name) + onceFoot(d)
	case r.Act == ActRelease:
		return "款项原路退回 It goes back the way it came"
	case d.Move != nil && d.Move.Rest > 0:
		return fmt.Sprintf("最终结算，余额 %[1]s 元原路退还\nThis is final: the rest, %[1]s yuan, goes back", d.Move.Rest)
	case d.Left > 0:
		return "余额仍冻结，可再消费或退还\nThe rest stays held"
	}
	return "押金已结清 Nothing is held any more"
}

// kept is where the money of a deposit is, which nobody has captured yet: WeChat Pay
// takes it and keeps it, other wallets freeze it, and credit freezes nothing.
func kept(d *Deposit, wallet string) string {
	switch {
	case d.Credit > 0 && d.Credit >= d.Held:
		return "信用担保，未冻结资金，商户尚未收款\nOn credit: no money is frozen, the shop is not paid\n"
	case d.Credit > 0:
		return fmt.Sprintf("其中 %[1]s 元为信用担保，未冻结资金\n%[1]s yuan of it on credit: no money is frozen\n", d.Credit)
	case wallet == "wechat":
		return "押金由微信支付保管，商户尚未收款\nKept by WeChat Pay; the shop is not paid yet\n"
	}
	return "仅冻结，商户尚未收款\nFrozen; the shop is not paid yet\n"
}

// onceFoot is how the deposit ends.
func onceFoot(d *Deposit) string {
	if d.Can.RestGoes {
		return "只消费一次，余额随即退还\nCaptured once; the rest goes back with it"
	}
	return "退房时凭此小票结算\nSettled with this slip"
}

// depositPhrase is what a speaker says of a deposit's act: whose it is, what was
// done, how much; and of a capture that ends it what goes back.
func depositPhrase(r Receipt) speaker.Phrase {
	p := speaker.Phrase{ID: r.Number + " " + string(r.Act), Window: spokenFor}
	switch r.Act {
	case ActCapture:
		p.Parts = []speaker.Part{said(r, "押金消费", "deposit, captured"), speaker.Amount(actSum(r), speaker.YuanJiaoFen)}
	case ActRelease:
		p.Parts = []speaker.Part{said(r, "押金退还", "deposit, released"), speaker.Amount(actSum(r), speaker.YuanJiaoFen)}
	default:
		p.Parts = []speaker.Part{said(r, "押金冻结", "deposit, held"), speaker.Amount(actSum(r), speaker.YuanJiaoFen)}
	}
	m := r.Deposit.Move
	if m == nil || r.Act == ActHold {
		return p
	}
	p.ID = m.Number
	if r.Act == ActCapture && m.Rest > 0 {
		p.Parts = append(p.Parts, speaker.Words("，退还", "and returned"), speaker.Amount(m.Rest, speaker.YuanJiaoFen))
	}
	return p
}
