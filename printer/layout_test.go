package printer

import (
	"bytes"
	"cmp"
	"flag"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write the golden files anew")

// parking is the slip of a paid exit.
var parking = Slip{
	ID:    "order 8123",
	Title: "停车缴费",
	Lead:  []string{"PARKING RECEIPT", "创新大厦停车场 · 出口 B"},
	Items: []Item{
		{Name: "车牌 Plate", Value: "粤B12345"},
		{Name: "入场 In", Value: "2025-11-21 09:12"},
		{Name: "出场 Out", Value: "2025-11-21 11:27"},
		{Name: "时长 Stay", Value: "2小时15分钟"},
		{},
		{Name: "停车费 Parking", Amount: 1500},
		{Name: "优惠券 Coupon", Amount: -250},
	},
	Total:   Item{Name: "实收 PAID", Amount: 1250},
	Lines:   []string{"微信支付 WeChat Pay", "交易号 4200001234202511210123456789"},
	Barcode: "100000010001000010000019",
	QRText:  "扫码开发票 Scan for an invoice",
	QR:      "https://pay.example.com/i/100000010001000010000019",
	Foot:    "谢谢惠顾 一路平安\nThank you, drive safely",
	Cut:     true,
}

func TestLayout(t *testing.T) {
	t.Parallel()
	reprint := parking
	reprint.Mark, reprint.Cut = "补打 REPRINT", false
	long := Slip{
		Title: "深圳湾创新科技中心地下停车场缴费凭证",
		Items: []Item{
			{Name: "商品：有机东北五常稻花香大米（十公斤装，真空包装）", Amount: 12800},
			{Name: "Extra-virgin olive oil, cold pressed, one litre", Amount: 9900},
			{Name: "備考", Value: "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十"},
		},
		Total: Item{Name: "合计 TOTAL", Amount: 92233720368547758_07},
		Lines: []string{"操作员 Operator: 王小明，收银台一号，请保管好本凭证！凭此单退押金，遗失不补。", "é € ¥5 👍🏽 \x1b@\x00\x07tab\there"},
	}
	refund := Slip{Title: "退款 REFUND", Total: Item{Name: "退款", Amount: -1250}, Items: []Item{{}, {}}}
	for name, slip := range map[string]Slip{"parking": parking, "reprint": reprint, "long": long, "refund": refund, "empty": {}} {
		for paper, columns := range map[string]int{"58mm": Columns58mm, "80mm": Columns80mm} {
			t.Run(name+" "+paper, func(t *testing.T) {
				t.Parallel()
				var got bytes.Buffer
				if err := Write(&got, Layout(slip, columns), columns); err != nil {
					t.Fatal(err)
				}
				file := "testdata/" + name + "." + paper + ".txt"
				if *update {
					if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if diff := gocmp.Diff(string(want), got.String()); diff != "" {
					t.Errorf("%s (-want +got):\n%s", file, diff)
				}
			})
		}
	}
}

// TestLayoutFits holds every slip to what the printer relies on: no line is too
// wide, none has a control character, and no word is lost on the way.
func TestLayoutFits(t *testing.T) {
	t.Parallel()
	text := rapid.StringOf(rapid.RuneFrom([]rune("ab1 .，停车é€¥👍\n\t\x1b\x00　")))
	item := rapid.Custom(func(t *rapid.T) Item {
		return Item{Name: text.Draw(t, "name"), Value: text.Draw(t, "value")}
	})
	rapid.Check(t, func(t *rapid.T) {
		slip := Slip{
			Mark: text.Draw(t, "mark"), Title: text.Draw(t, "title"), Lead: rapid.SliceOf(text).Draw(t, "lead"),
			Items: rapid.SliceOf(item).Draw(t, "items"), Total: item.Draw(t, "total"), More: rapid.SliceOf(item).Draw(t, "more"), Lines: rapid.SliceOf(text).Draw(t, "lines"),
			QRText: text.Draw(t, "caption"), QR: "1", Foot: text.Draw(t, "foot"),
		}
		columns := rapid.IntRange(8, 48).Draw(t, "columns")
		var got strings.Builder
		for _, line := range Layout(slip, columns) {
			width := textColumns(line.Text)
			if line.Size == Double {
				width *= 2
			}
			if width > columns {
				t.Fatalf("%q takes %d columns of %d", line.Text, width, columns)
			}
			if !utf8.ValidString(line.Text) || strings.ContainsFunc(line.Text, func(r rune) bool { return r < ' ' }) {
				t.Fatalf("%q would send the printer a command", line.Text)
			}
			if line.Kind == Text {
				got.WriteString(line.Text)
			}
		}
		want := slip.Mark + slip.Title + strings.Join(slip.Lead, "")
		said := func(items []Item) {
			for _, i := range items {
				want += i.Name
				if i != (Item{}) {
					want += i.value()
				}
			}
		}
		said(slip.Items)
		want += slip.Total.Name
		if slip.Total != (Item{}) {
			want += cmp.Or(slip.Total.Value, currency(slip.Total.Amount))
		}
		said(slip.More)
		want += strings.Join(slip.Lines, "") + slip.QRText + slip.Foot
		if w, g := squeeze(clean(want)), squeeze(got.String()); w != g {
			t.Fatalf("the slip says %q, want %q", g, w)
		}
	})
}

// squeeze takes out what layout may add or drop: blanks and rules.
func squeeze(s string) string {
	return strings.NewReplacer(" ", "", "　", "", "-", "").Replace(s)
}

func TestWrap(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		text    string
		columns int
		want    []string
	}{
		{"", 8, []string{""}},
		{"   ", 8, []string{""}},
		{"停车缴费", 8, []string{"停车缴费"}},
		{"停车缴费", 7, []string{"停车缴", "费"}},
		{"a停车缴费", 8, []string{"a停车缴", "费"}},
		{"one two three", 8, []string{"one two", "three"}},
		{"one two  three", 7, []string{"one two", "three"}},
		{"abcdefghijkl", 8, []string{"abcdefgh", "ijkl"}},
		{"停车缴费，谢谢", 8, []string{"停车缴", "费，谢谢"}},
		{"费ABCDEFGH", 8, []string{"费", "ABCDEFGH"}},
	} {
		if diff := gocmp.Diff(row.want, wrap(row.text, row.columns)); diff != "" {
			t.Errorf("%q in %d columns (-want +got):\n%s", row.text, row.columns, diff)
		}
	}
}
