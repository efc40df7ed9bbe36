package words

import (
	"slices"
	"strings"
	"testing"
	"time"

	"tillgate/printer"
)

var refundReceipt = Receipt{Site: "东门停车场 East Lot", Lane: "exit-B", Number: "100000010007123450000420", Network: "wechat", NetworkNumber: "5030001",
	Amount: 1250, At: time.Date(2026, 11, 24, 1, 2, 3, 0, time.UTC), Refund: "10000001000712345000042002", Back: 300, Total: 800, Reason: "商品损坏 broken", By: "8 小王"}

// TestRefundSlip: what the paper of a refund must say, as it is laid out for both papers.
func TestRefundSlip(t *testing.T) {
	t.Parallel()
	for _, columns := range []int{printer.Columns58mm, printer.Columns80mm} {
		var text []string
		for _, line := range printer.Layout(Slip(refundReceipt), columns) {
			if line.Kind == printer.Barcode || line.Kind == printer.QR {
				if line.Text != refundReceipt.Number {
					t.Errorf("a code says %s, want the order's number", line.Text)
				}
				continue
			}
			text = append(text, strings.Join(strings.Fields(line.Text), " "))
		}
		all := strings.Join(text, "\n")
		for _, want := range []string{"退款 REFUND", "exit-B", "原付款 Paid 12.50", "￥3.00", "累计已退 Refunded in total", "8.00", "剩余 Remaining 4.50",
			"微信支付 WeChat Pay", "2026-11-24 09:02:03", refundReceipt.Refund, "商品损坏 broken", "经手 By: 8 小王", "5030001"} {
			if !strings.Contains(all, want) {
				t.Errorf("%d columns lack %q:\n%s", columns, want, all)
			}
		}
		if strings.Contains(all, "已付 Paid") || strings.Contains(all, "REPRINT") {
			t.Errorf("%d columns speak of a payment or a reprint:\n%s", columns, all)
		}
	}
}

func TestRefundSlipVariants(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name        string
		change      func(r *Receipt)
		has, hasNot string
	}{
		{"reprint", func(r *Receipt) { r.Copy = 2 }, "退款 REFUND 补打 REPRINT 2", "￥￥"},
		{"cash", func(r *Receipt) { r.Network = "cash" }, "Handed back in cash", "原路"},
		{"card", func(r *Receipt) { r.Network = "card" }, "See the card terminal's slip", "原路"},
		{"a wallet", func(r *Receipt) { r.Network, r.Wallet = "cloudpay", "alipay" }, "支付宝 Alipay", "Cloud Pay"},
		{"a wallet without a name", func(r *Receipt) { r.Network, r.Wallet = "cloudpay", "7" }, "云支付 Cloud Pay", "By: 7"},
		{"total not known", func(r *Receipt) { r.Total = 0 }, "原路", "Remaining"},
		{"nothing said", func(r *Receipt) { r.Reason, r.By, r.NetworkNumber = "", "", "" }, "原路", "Reason"},
	} {
		r := refundReceipt
		row.change(&r)
		s := Slip(r)
		all := s.Mark + "\n" + s.Foot + "\n" + strings.Join(s.Lines, "\n")
		for _, item := range s.Items {
			all += "\n" + item.Name
		}
		if !strings.Contains(all, row.has) || strings.Contains(all, row.hasNot) {
			t.Errorf("%s: %s", row.name, all)
		}
	}
	if a, b := Slip(refundReceipt), Slip(receipt); a.ID == b.ID {
		t.Error("a cloud printer takes a refund's slip for its order's")
	}
}

// TestSlipNamesTheWallet: of a network that takes several wallets' money.
func TestSlipNamesTheWallet(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ network, wallet, slip, voice string }{
		{"wechat", "", "微信支付 WeChat Pay", "微信收款"},
		{"cloudpay", "wechat", "微信支付 WeChat Pay", "微信收款"},
		{"cloudpay", "alipay", "支付宝 Alipay", "支付宝收款"},
		{"unionpay", "ecny", "数字人民币 e-CNY", "数字人民币收款"},
		{"unionpay", "something", "云闪付 UnionPay", "云闪付收款"},
	} {
		r := receipt
		r.Network, r.Wallet = row.network, row.wallet
		if text := strings.Join(Slip(r).Lines, "\n"); !strings.Contains(text, row.slip) {
			t.Errorf("%s of %s: slip says %q", row.wallet, row.network, text)
		}
		if said := Spoken(r).Chinese(); !strings.HasPrefix(said, row.voice) {
			t.Errorf("%s of %s: said %q", row.wallet, row.network, said)
		}
	}
}

func TestSpokenRefund(t *testing.T) {
	t.Parallel()
	p := Spoken(refundReceipt)
	if got, want := p.Chinese(), "微信退款三元"; got != want {
		t.Errorf("speaks %q, want %q", got, want)
	}
	if p.English() != "WeChat Pay refunded three yuan" || p.ID != refundReceipt.Refund || p.Window <= 0 {
		t.Errorf("phrase is %+v", p)
	}
}

// TestShowRefund: every phase says what happened, what to do, and whether the money is safe.
func TestShowRefund(t *testing.T) {
	t.Parallel()
	if got := constants(t, "RefundPhase"); len(got) != len(RefundPhases()) || len(got) != len(refunds) {
		t.Errorf("%d phases, of which RefundPhases tells %d and %d have words", len(got), len(RefundPhases()), len(refunds))
	}
	for _, lang := range []Lang{Zh, En} {
		seen := []Screen{}
		for _, phase := range RefundPhases() {
			s := ShowRefund(Refund{Phase: phase, Network: "wechat"}, lang)
			if s.What == "" || s.Do == "" || s.Money == "" || slices.Contains(seen, s) {
				t.Errorf("%s shows %+v", phase, s)
			}
			seen = append(seen, s)
		}
	}
	for _, row := range []struct {
		refund          Refund
		what, do, money string
	}{
		{Refund{Phase: RefundDone, Network: "cash"}, "Refunded in cash", "Hand over the cash and the slip", "It is booked"},
		{Refund{Phase: RefundDone, Network: "card"}, "Card refund booked", "Carry it out on the card terminal", "It is booked"},
		{Refund{Phase: RefundRefused, Network: "wechat", Code: "cannot refund"}, "Not refunded. this device cannot refund it", "The manager pays it back another way", "Nothing went back; what was paid is on record"},
		{Refund{Phase: RefundStuck, Network: "cloudpay", Code: "refund wechat 5"}, "The refund is stuck. The bank sent the refund back", "The manager transfers it by hand", "It is on record and goes on by itself once that is settled"},
		{Refund{Phase: RefundRefused, Network: "wechat", Code: "x", Other: 700}, "Not refunded. The refund did not get through", "The manager looks at the code", "Another 7.00 yuan went back; it is on record"},
		{Refund{Phase: "later"}, "Refunding", "One moment please", "This screen tells the result; it is never paid twice"},
	} {
		if s := ShowRefund(row.refund, En); s != (Screen{row.what, row.do, row.money}) {
			t.Errorf("%+v shows %+v", row.refund, s)
		}
	}
	for code, text := range ourRefundCodes {
		for _, lang := range []Lang{Zh, En} {
			if text[lang][0] == "" || text[lang][1] == "" {
				t.Errorf("%s lacks words", code)
			}
		}
	}
}
