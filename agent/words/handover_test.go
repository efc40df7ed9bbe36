package words

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tillgate/printer"
)

var update = flag.Bool("update", false, "write the golden files anew")

// morning is a shift with everything that a slip can say of one.
func morning() Handover {
	at := func(hour, minute int) time.Time { return time.Date(2026, 11, 27, hour, minute, 0, 0, china) }
	return Handover{
		Site: "东门停车场 East Lot", Shift: 10482, Who: "王芳", Lanes: []string{"counter-1", "exit-B"}, From: at(8, 1), Until: at(16, 3),
		Total: HandoverSum{Sales: 128, Refunds: 3, Amount: 432150, Discount: 1050, Refunded: 4500, Received: 426600, Deposits: HandoverDeposits{
			Taken: HandoverPendings{4, 120000}, Captured: HandoverPendings{2, 17700}, Released: HandoverPendings{3, 72300}, Held: HandoverPendings{6, 150000}}},
		Wallets: []HandoverWallet{
			{"wechat", HandoverSum{Sales: 71, Refunds: 2, Amount: 231000, Discount: 1050, Refunded: 3000, Received: 226950}},
			{"alipay", HandoverSum{Sales: 40, Refunds: 1, Amount: 120150, Refunded: 1500, Received: 118650}},
			{"unionpay", HandoverSum{Sales: 5, Amount: 20000, Received: 20000}},
			{"ecny", HandoverSum{Sales: 1, Amount: 1000, Received: 1000}},
			{"card", HandoverSum{Sales: 2, Amount: 30000, Received: 30000}},
			{"cash", HandoverSum{Sales: 9, Amount: 30000, Received: 30000}},
		},
		Nobody:   HandoverSum{Sales: 2, Amount: 1500, Received: 1500},
		NobodyBy: []HandoverWallet{{"wechat", HandoverSum{Sales: 1, Amount: 500, Received: 500}}, {"cash", HandoverSum{Sales: 1, Amount: 1000, Received: 1000}}},
		Pending:  HandoverPendings{Count: 3, Amount: 9250},
		List: []HandoverUnended{
			{"200000010001000010000019", ReportIsUnknown, at(15, 58), 1250},
			{"200000010001000010000027", ReportIsFrozen, at(16, 1), 8000},
		},
		Items: HandoverItems(),
	}
}

func shown(t *testing.T, s printer.Slip, columns int) string {
	t.Helper()
	var text bytes.Buffer
	if err := printer.Write(&text, printer.Layout(s, columns), columns); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func TestHandoverSlip(t *testing.T) {
	t.Parallel()
	quiet := Handover{Shift: 3, Who: "李明", By: "赵强", From: morning().From, Until: morning().Until, Doubtful: true, Copy: 1}
	for name, h := range map[string]Handover{"handover": morning(), "handover-quiet": quiet} {
		for paper, columns := range map[string]int{"58mm": printer.Columns58mm, "80mm": printer.Columns80mm} {
			t.Run(name+" "+paper, func(t *testing.T) {
				t.Parallel()
				got := shown(t, HandoverSlip(h), columns)
				file := "testdata/" + name + "." + paper + ".txt"
				if *update {
					if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", file, diff)
				}
			})
		}
	}
}

// TestHandoverItems: what is left out takes no room, and what cannot be left out
// is there whatever was chosen.
func TestHandoverItems(t *testing.T) {
	t.Parallel()
	marks := map[HandoverItem]string{HandoverDeposit: "押金消费 Capture    2     177.00", HandoverWallets: "实收 Received", HandoverRefunds: "退款 Refunds       笔", HandoverCash: "+310.00", HandoverNobody: "现金 Cash           1      10.00",
		HandoverPending: "200000010001000010000019", HandoverSign: "接班 To"}
	always := []string{"王芳", "收款 Sales        128", "￥4266.00", "仍冻结 Held now     6    1500.00", "无人当班 Nobody     2      15.00", "未完结 Not final    3      92.50"}
	for _, chosen := range append(HandoverItems(), "") {
		h := morning()
		h.Items = []HandoverItem{chosen}
		text := shown(t, HandoverSlip(h), printer.Columns58mm)
		for item, mark := range marks {
			if strings.Contains(text, mark) != (item == chosen) {
				t.Errorf("with %q alone the slip says:\n%s\nand %q belongs to %q", chosen, text, mark, item)
			}
		}
		for _, mark := range always {
			if !strings.Contains(text, mark) {
				t.Errorf("with %q alone the slip does not say %q", chosen, mark)
			}
		}
		if chosen != "" && (chosen.In(Zh) == string(chosen) || chosen.In(En) == chosen.In(Zh)) {
			t.Errorf("%s is called %q and %q", chosen, chosen.In(Zh), chosen.In(En))
		}
	}
}

// TestHandoverColumns: sums stand beneath each other, to the yuan, on both papers.
func TestHandoverColumns(t *testing.T) {
	t.Parallel()
	for _, columns := range []int{printer.Columns58mm, printer.Columns80mm} {
		sums := 0
		for _, line := range printer.Layout(HandoverSlip(morning()), columns) {
			if point := strings.LastIndexByte(line.Text, '.'); point >= 0 && !strings.Contains(line.Text, "￥") {
				sums++
				if len(line.Text)-point != len(".00") {
					t.Errorf("%q does not end with a sum", line.Text)
				}
			}
		}
		if sums != 22 {
			t.Errorf("%d lines with a sum", sums)
		}
	}
}

func TestHandoverOfOddThings(t *testing.T) {
	t.Parallel()
	h := morning()
	h.Wallets = append(h.Wallets, HandoverWallet{"visitor", HandoverSum{Sales: 1, Received: 1}}, HandoverWallet{"", HandoverSum{Sales: 1, Received: 2}}, HandoverWallet{"alipay", HandoverSum{}})
	h.Wallets[5].Received, h.NobodyBy = -300, nil
	text := shown(t, HandoverSlip(h), printer.Columns58mm)
	for _, want := range []string{"visitor             1       0.01", "尚未选择 Not chosen yet\n                    1       0.02", "现金 In drawer             -3.00"} {
		if !strings.Contains(text, want) {
			t.Errorf("the slip does not say %q:\n%s", want, text)
		}
	}
	if n := strings.Count(text, "支付宝 Alipay"); n != 2 {
		t.Errorf("a way to pay without a sale is listed: %d times", n)
	}
	h.Total.Deposits, h.Nobody = HandoverDeposits{}, HandoverSum{Deposits: HandoverDeposits{Released: HandoverPendings{1, 500}}}
	text = shown(t, HandoverSlip(h), printer.Columns58mm)
	if strings.Contains(text, "Held now") || strings.Contains(text, "Deposits") || !strings.Contains(text, "无人当班 Nobody     0       0.00\n退押金 Release      1       5.00") {
		t.Errorf("nobody's release, and no deposit of the shift's:\n%s", text)
	}
	if got := HandoverItem("colour").In(En); got != "colour" {
		t.Errorf("an item without a name is %q", got)
	}
}
