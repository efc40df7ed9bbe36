package report_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"tillgate/agent/report"
	"tillgate/agent/words"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// sheet is an exported file as a spreadsheet reads it.
func sheet(t *testing.T, file []byte) (heading []string, lines [][]string) {
	t.Helper()
	body, marked := bytes.CutPrefix(file, []byte("\xef\xbb\xbf"))
	if !marked || !bytes.HasSuffix(body, []byte("\r\n")) || bytes.Count(body, []byte("\n")) != bytes.Count(body, []byte("\r\n")) {
		t.Errorf("the file has not the mark of UTF-8 at its beginning, or not CRLF at each line's end: %.40q", file)
	}
	all, err := csv.NewReader(bytes.NewReader(body)).ReadAll()
	if err != nil || len(all) == 0 {
		t.Fatalf("%d lines, %v", len(all), err)
	}
	return all[0], all[1:]
}

func TestExportDetails(t *testing.T) {
	t.Parallel()
	var file bytes.Buffer
	n, err := report.ExportDetails(t.Context(), &file, twoDays, report.Query{To: at("2026-11-24 09:32:00")}, nil)
	if err != nil || n != 5 {
		t.Fatalf("%d lines, %v", n, err)
	}
	heading, lines := sheet(t, file.Bytes())
	if got, want := strings.Join(heading, "|"), "类型 Kind|时间 Time|时间可信 Time trusted|状态 State|订单号 Order number|分笔单号 Number of the part|交易号 Transaction|通道 Lane|班次 Shift|收银员 Clerk|"+
		"支付方式 Paid with|支付网络 Network|商户 Merchant|说明 Title|外部单号 Reference|单笔金额 Value|应收 Amount|优惠 Discount|应结 Settled|退款 Refunded|应结退款 Refund settled|实收 Received"; got != want {
		t.Errorf("the heading is\n%s, want\n%s", got, want)
	}
	for i, want := range []string{
		"收款 Sale|2026-11-24 05:30:00|否 no|已付 Paid|" + numberOf(3) + "\t|||counter-2|无人当班 Nobody|无人当班 Nobody|支付宝 Alipay|cloudpay|||INV-77|30.00|30.00|0.00|30.00|0.00|0.00|30.00",
		"退款 Refund|2026-11-24 09:31:00|是 yes|结果未知 Unknown|" + numberOf(3) + "\t|" + numberOf(3) + "01\t||counter-2|9|Wang|支付宝 Alipay|cloudpay|||INV-77|1.00||||||",
		"收款 Sale|2026-11-23 23:59:59|是 yes|已付 Paid|" + numberOf(2) + "\t|||counter-1|7|Li|现金 Cash|cash||||20.00|20.00|0.00|20.00|0.00|0.00|20.00",
		"收款 Sale|2026-11-23 10:00:00|是 yes|已付 Paid|" + numberOf(1) + "\t||4200001\t|counter-1|7|Li|微信支付 WeChat Pay|wechat|shop|Tea||10.00|10.00|1.00|9.00|0.00|0.00|9.00",
		"退款 Refund|2026-11-24 09:30:00|是 yes|已退款 Refunded|" + numberOf(1) + "\t|" + numberOf(1) + "01\t|5030001\t|counter-2|9|Wang|微信支付 WeChat Pay|wechat|shop|Tea||5.00|0.00|0.00|0.00|5.00|4.50|-4.50",
	} {
		if got := strings.Join(lines[i], "|"); got != want {
			t.Errorf("line %d is\n%s, want\n%s", i, got, want)
		}
	}
}

// TestExportsSumToTheReport: a column of the file, summed, is the report's figure.
func TestExportsSumToTheReport(t *testing.T) {
	t.Parallel()
	var file bytes.Buffer
	if _, err := report.ExportDetails(t.Context(), &file, twoDays, report.Query{}, nil); err != nil {
		t.Fatal(err)
	}
	heading, lines := sheet(t, file.Bytes())
	total := group(t, twoDays, report.Query{}).Total
	for _, c := range report.Columns() {
		column := slices.Index(heading, c.Name.Both())
		if c.Money == nil || column < 0 {
			continue
		}
		var sum money.Fen
		for _, line := range lines {
			text, minus := strings.CutPrefix(line[column], "-")
			fen, err := money.Parse(text)
			switch {
			case line[column] == "":
			case err != nil:
				t.Fatal(err)
			case minus:
				sum -= fen
			default:
				sum += fen
			}
		}
		if sum != c.Money(total) {
			t.Errorf("%s sums to %s, the report says %s", c.Name, sum, c.Text(total))
		}
	}
}

func TestExportTable(t *testing.T) {
	t.Parallel()
	var file bytes.Buffer
	if err := report.ExportTable(&file, group(t, twoDays, report.Query{}, report.ByDay, report.ByWallet)); err != nil {
		t.Fatal(err)
	}
	heading, lines := sheet(t, file.Bytes())
	if len(heading) != 2+len(report.Columns()) || heading[0] != "日期 Day" || heading[1] != "支付方式 Paid with" || heading[2] != words.ReportSales.Both() {
		t.Errorf("the heading is %q", heading)
	}
	if len(lines) != 7 || strings.Join(lines[0][:6], "|") != "2026-11-23\t|现金 Cash|1|20.00|0.00|20.00" || strings.Join(lines[6][:6], "|") != "合计 Total||3|60.00|1.00|59.00" {
		t.Errorf("lines are %q", lines)
	}
	file.Reset()
	if err := report.ExportTable(&file, group(t, twoDays, report.Query{})); err != nil {
		t.Fatal(err)
	}
	if heading, lines := sheet(t, file.Bytes()); len(heading) != len(report.Columns()) || len(lines) != 1 {
		t.Errorf("a report of one line is %q, %q", heading, lines)
	}
}

// TestNothingIsAFormula: whatever a caller, a clerk or a network has written, a
// spreadsheet shows it.
func TestNothingIsAFormula(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Tea": "Tea", "": "", "停车 2h": "停车 2h", "a=b": "a=b", "a-1": "a-1", "x@y": "x@y",
		`=HYPERLINK("http://x","y")`: `'=HYPERLINK("http://x","y")`, "+86 1": "'+86 1", "-5": "'-5", "@SUM(A1)": "'@SUM(A1)",
		" =1": " '=1", "\t=1": " '=1", "\r\n=1": "  '=1", "\u3000=1": "\u3000'=1", "＝1": "'＝1", "－1": "'－1", "＋1": "'＋1", "＠x": "'＠x",
		`"=1`: `"'=1`, "a;=1": "a;'=1", "a; =1": "a; '=1", `a;"=1`: `a;"'=1`, "==1": "'==1",
		"a\nb": "a b", "a\x00b": "a b", "a\xffb": "a b",
		"100000010001000000000006": "100000010001000000000006\t", "007": "007\t", "1E5": "1E5\t", "3-1": "3-1\t", " 12": " 12\t", "12 rooms": "12 rooms\t",
	} {
		var file bytes.Buffer
		row := report.Row{Order: 1, Number: text, NetworkNumber: text, Lane: text, Clerk: "c" + text, Network: text, Wallet: text, Merchant: text, Title: text, Ref: text}
		if _, err := report.ExportDetails(t.Context(), &file, journal{row}, report.Query{}, nil); err != nil {
			t.Fatal(err)
		}
		heading, lines := sheet(t, file.Bytes())
		for _, c := range []words.Report{words.ReportOrderNumber, words.ReportNetworkNumber, words.ReportLane, words.ReportNetwork, words.ReportMerchant, words.ReportTitle, words.ReportRef} {
			if got := lines[0][slices.Index(heading, c.Both())]; got != want {
				t.Errorf("%s %q is written %q, want %q", c, text, got, want)
			}
		}
		if got := lines[0][slices.Index(heading, words.ReportWallet.Both())]; text != "" && got != want {
			t.Errorf("wallet %q is written %q, want %q", text, got, want)
		}
	}
}

// TestCellsAreWhole: no text breaks a line, or begins with what a spreadsheet computes.
func TestCellsAreWhole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		title := rapid.OneOf(rapid.String(), rapid.StringMatching(`[-=+@; "'\t\r\n0-9a]{0,12}`)).Draw(rt, "title")
		var file bytes.Buffer
		if _, err := report.ExportDetails(context.Background(), &file, journal{{Order: 1, Title: title}}, report.Query{}, nil); err != nil {
			rt.Fatal(err)
		}
		heading, lines := sheet(t, file.Bytes())
		if len(lines) != 1 || len(lines[0]) != len(heading) || !utf8.Valid(file.Bytes()) {
			rt.Fatalf("%q makes %d lines: %q", title, len(lines), lines)
		}
		for part := range strings.SplitSeq(lines[0][slices.Index(heading, words.ReportTitle.Both())], ";") {
			if first := strings.TrimLeft(part, " \"\u3000"); first != "" && strings.Contains("=+-@", first[:1]) {
				rt.Errorf("%q has the cell %q, which is computed", title, part)
			}
		}
	})
}

// counted is a Source that knows how much it has.
type counted struct {
	journal
	err error
}

func (c counted) Count(context.Context, report.Query) (int64, error) {
	return int64(len(c.journal)), c.err
}

func TestProgress(t *testing.T) {
	t.Parallel()
	var src journal
	for n := range 2500 {
		src = append(src, report.Row{Order: entry.Seq(n + 1), State: report.State(n % 4)})
	}
	for name, row := range map[string]struct {
		src  report.Source
		want [][2]int64
	}{
		"not known": {src, [][2]int64{{1000, 0}, {2000, 0}, {2500, 2500}}},
		"known":     {counted{journal: src}, [][2]int64{{1000, 2500}, {2000, 2500}, {2500, 2500}}},
		"nothing":   {counted{}, [][2]int64{{0, 0}}},
	} {
		var heard [][2]int64
		lines, err := report.ExportDetails(t.Context(), io.Discard, row.src, report.Query{States: []report.State{report.Paid}}, func(done, total int64) {
			heard = append(heard, [2]int64{done, total})
		})
		if err != nil || !slices.Equal(heard, row.want) || name != "nothing" && lines != 625 {
			t.Errorf("%s: %d lines, heard %v, want %v, %v", name, lines, heard, row.want, err)
		}
	}
}

// full takes so many bytes and no more.
type full struct{ left int }

var errFull = errors.New("no space left on device")

func (f *full) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

// TestExportsThatFail say so, and stop reading.
func TestExportsThatFail(t *testing.T) {
	t.Parallel()
	var src journal
	for n := range 5000 {
		src = append(src, report.Row{Order: entry.Seq(n + 1), State: report.Paid, Title: "a parking ticket"})
	}
	for _, room := range []int{0, 2, 3, 100, 50_000} {
		var read int64
		lines, err := report.ExportDetails(t.Context(), &full{room}, src, report.Query{}, func(done, _ int64) { read = done })
		if !errors.Is(err, errFull) || lines != 0 || read > 1000 {
			t.Errorf("with room for %d bytes: %d lines, %d orders read, %v", room, lines, read, err)
		}
		if err := report.ExportTable(&full{room}, group(t, src, report.Query{}, report.ByDay)); room < 100 && !errors.Is(err, errFull) {
			t.Errorf("with room for %d bytes a table: %v", room, err)
		}
	}
	broken := errors.New("no such page")
	if _, err := report.ExportDetails(t.Context(), io.Discard, torn{src, broken}, report.Query{}, nil); !errors.Is(err, broken) {
		t.Errorf("a broken file: %v", err)
	}
	if _, err := report.ExportDetails(t.Context(), io.Discard, counted{src, broken}, report.Query{}, func(int64, int64) {}); !errors.Is(err, broken) {
		t.Errorf("a count that fails: %v", err)
	}
}
