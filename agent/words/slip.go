package words

import (
	"fmt"
	"time"

	"tillgate/printer"
)

// china is where every slip's time is: one zone, no summer time since 1991.
var china = time.FixedZone("UTC+8", 8*3600)

// Slip is the paper of a receipt, of a payment, a refund or a deposit, both languages on it. Its barcode is the paid
// attempt's number, which the lane's scanner reads back to the order; the QR
// carries the same for phones.
func Slip(r Receipt) printer.Slip {
	switch {
	case r.Refund != "":
		return refundSlip(r)
	case r.Deposit != nil:
		return depositSlip(r)
	}
	s := printer.Slip{
		ID:    "order " + r.Number,
		Title: r.Site,
		Lead:  []string{r.Lane},
		Items: []printer.Item{{Name: r.Title, Amount: r.Amount}, {}},
		Total: printer.Item{Name: "已付 Paid", Amount: r.Amount},
		Lines: []string{
			byWhom(r),
			when(r),
		},
		Barcode: r.Number,
		QRText:  "扫码查单 This order",
		QR:      r.Number,
		Foot:    "谢谢惠顾 Thank you",
		Cut:     true,
	}
	if r.Title == "" {
		s.Items = nil
	}
	if r.Beside > 0 {
		s.Lines = append(s.Lines, fmt.Sprintf("另收押金 Deposit, held apart: %s", r.Beside))
	}
	if r.Given > 0 {
		s.Lines = append(s.Lines, fmt.Sprintf("实收 Given: %s  找零 Change: %s", r.Given, r.Change))
	}
	if r.NetworkNumber != "" {
		s.Lines = append(s.Lines, "交易号 Transaction:", r.NetworkNumber)
	}
	if r.Copy > 0 {
		s.Mark = reprint(r.Copy)
	}
	return s
}

func byWhom(r Receipt) string {
	name := wallet(r.Wallet, r.Network)
	return "支付方式 By: " + Network(name, Zh) + " " + Network(name, En)
}

func when(r Receipt) string { return "时间 Time: " + r.At.In(china).Format("2006-01-02 15:04:05") }

func reprint(n int) string { return fmt.Sprintf("补打 REPRINT %d", n) }

// refundSlip is the paper of a refund. Its barcode is the order's, whose slip it
// lies beside: a further refund begins with the scan of either. The refund's own
// number is text: 26 digits do not fit a barcode on narrow paper.
func refundSlip(r Receipt) printer.Slip {
	s := printer.Slip{
		ID:      "refund " + r.Refund,
		Mark:    "退款 REFUND",
		Title:   r.Site,
		Lead:    []string{r.Lane},
		Items:   []printer.Item{{Name: "原付款 Paid", Amount: r.Amount}},
		Total:   printer.Item{Name: "退款 Refund", Amount: r.Back},
		Lines:   []string{byWhom(r), when(r), "退款单号 Refund number:", r.Refund},
		Barcode: r.Number,
		QRText:  "扫码查单 This order",
		QR:      r.Number,
		Foot:    "款项原路退回 It goes back the way it came",
		Cut:     true,
	}
	if r.Total > 0 {
		s.Items = append(s.Items, printer.Item{Name: "累计已退 Refunded in total", Amount: r.Total}, printer.Item{Name: "剩余 Remaining", Amount: r.Amount - r.Total})
	}
	s.Items = append(s.Items, printer.Item{})
	if r.Reason != "" {
		s.Lines = append(s.Lines, "原因 Reason: "+r.Reason)
	}
	if r.By != "" {
		s.Lines = append(s.Lines, "经手 By: "+r.By)
	}
	if r.NetworkNumber != "" {
		s.Lines = append(s.Lines, "交易号 Transaction:", r.NetworkNumber)
	}
	switch r.Network {
	case "cash":
		s.Foot = "现金已退 Handed back in cash"
	case "card":
		s.Foot = "请以刷卡机退款单为准 See the card terminal's slip"
	}
	if r.Copy > 0 {
		s.Mark += " " + reprint(r.Copy)
	}
	return s
}
