package escpos

import (
	"bytes"
	"encoding/hex"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"

	"tillgate/printer"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestGolden shows the bytes of a small slip as every profile's printer is sent
// them.
func TestGolden(t *testing.T) {
	t.Parallel()
	slip := printer.Slip{
		Mark: "补打 REPRINT", Title: "退款", Items: []printer.Item{{Name: "押金 Deposit", Amount: 5}}, Total: printer.Item{Name: "退 Refund", Amount: 5},
		Lines: []string{"¥0.05 👍 €"}, Barcode: "12345", QR: "1", Foot: "谢谢", Cut: true,
	}
	for file, p := range map[string]Profile{
		"58mm":        profile(t, "58mm"),
		"80mm":        profile(t, "80mm"),
		"80mm-native": profile(t, "80mm", "qr=native", "status=yes", "cut=full", "feed=2"),
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			stream, err := Encode(printer.Layout(slip, p.Columns), p)
			if err != nil {
				t.Fatal(err)
			}
			got := hex.Dump(stream)
			name := "testdata/small." + file + ".hex"
			if *update {
				if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		})
	}
}

// byHand is the parking slip as somebody would write it who knows the printer
// by heart: 58 mm, native QR.
func byHand(t *testing.T) []byte {
	t.Helper()
	text := "\x1b@\x1c&" +
		"\x1ba\x01\x1d!\x11\x1c!\x0c停车缴费\n\x1d!\x00\x1c!\x00PARKING RECEIPT\n创新大厦停车场 · 出口 B\n\x1ba\x00" +
		"--------------------------------\n" +
		"车牌 Plate              粤B12345\n" +
		"入场 In         2025-11-21 09:12\n" +
		"出场 Out        2025-11-21 11:27\n" +
		"时长 Stay            2小时15分钟\n" +
		"--------------------------------\n" +
		"停车费 Parking             15.00\n" +
		"优惠券 Coupon              -2.50\n" +
		"--------------------------------\n" +
		"\x1d!\x01\x1c!\x08\x1bE\x01实收 PAID                ￥12.50\n\x1d!\x00\x1c!\x00\x1bE\x00" +
		"--------------------------------\n" +
		"微信支付 WeChat Pay\n交易号\n4200001234202511210123456789\n" +
		"\x1ba\x01\x1dh\x50\x1dw\x02\x1dk\x49\x0e{C@@@@@@@@@@@@\n1000 0001 0001 0000 1000 0019\n\n" +
		"扫码开发票 Scan for an invoice\n" +
		"\x1d(k\x04\x001A2\x00\x1d(k\x03\x001C\x06\x1d(k\x03\x001E1\x1d(k@@1P0" + invoice + "\x1d(k\x03\x001Q0\n" +
		"谢谢惠顾 一路平安\nThank you, drive safely\n\x1bd\x04\x1dV\x01\x1dr\x01"
	out, err := simplifiedchinese.GBK.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestBytesPerSlip(t *testing.T) {
	t.Parallel()
	p := profile(t, "58mm", "qr=native", "cut=partial", "status=yes")
	stream, err := Encode(printer.Layout(parking(), p.Columns), p)
	if err != nil {
		t.Fatal(err)
	}
	hand := byHand(t)
	if share := float64(len(stream)) / float64(len(hand)); share > 1.05 {
		t.Errorf("the slip takes %d bytes, %.3f of the %d by hand; 1.05 is the most", len(stream), share, len(hand))
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		slip printer.Slip
		name string
		want string // "" is printed
	}{
		{printer.Slip{Barcode: strings.Repeat("1", 24)}, "58mm", ""},
		{printer.Slip{Barcode: strings.Repeat("1", 26)}, "58mm", "barcode of 26 digits does not fit 384 dots"},
		{printer.Slip{Barcode: strings.Repeat("1", 42)}, "80mm", ""},
		{printer.Slip{Barcode: strings.Repeat("1", 44)}, "80mm", "barcode of 44 digits does not fit 576 dots"},
		{printer.Slip{Barcode: strings.Repeat("1", 102)}, "80mm", "barcode of 102 digits: it has 1 to 100"},
		{printer.Slip{Barcode: "1"}, "58mm", ""},
		{printer.Slip{Barcode: "12a4"}, "58mm", `barcode has 'a': it is made of digits`},
		{printer.Slip{QR: strings.Repeat("x", 900)}, "58mm", ""},
		{printer.Slip{QR: strings.Repeat("x", 1400)}, "58mm", "QR code of 1400 bytes does not fit 384 dots"},
		{printer.Slip{QR: strings.Repeat("x", 4000)}, "80mm", "encode a QR code of 4000 bytes: content too long to encode"},
	} {
		p := profile(t, row.name)
		_, err := Encode(printer.Layout(row.slip, p.Columns), p)
		if got := words(err); got != row.want {
			t.Errorf("barcode %s, QR of %d bytes on %s: %q, want %q", row.slip.Barcode, len(row.slip.QR), row.name, got, row.want)
		}
	}
}

func words(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// TestNoCommandInAText: a customer's name opens no drawer.
func TestNoCommandInAText(t *testing.T) {
	t.Parallel()
	p := profile(t, "58mm")
	stream, err := Encode([]printer.Line{{Text: "a\x1bp\x00\x19\xfabé"}}, p)
	if err != nil {
		t.Fatal(err)
	}
	if want := []byte("\x1b@\x1c&a?p???b\xa8\xa6\n"); !bytes.Equal(stream, want) {
		t.Errorf("the bytes are %q, want %q", stream, want)
	}
}

func TestLookup(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name    string
		options map[string]string
		want    Profile
		err     string
	}{
		{"58mm", nil, Profile{Columns: 32, Dots: 384, Feed: 4}, ""},
		{"80mm", nil, Profile{Columns: 48, Dots: 576, Feed: 5, Cut: PartialCut}, ""},
		{"80mm", map[string]string{"qr": "native", "cut": "none", "status": "yes", "feed": "0"}, Profile{Columns: 48, Dots: 576, NativeQR: true, Status: true}, ""},
		{"76mm", nil, Profile{}, `printer profile "76mm" is not known: 58mm or 80mm`},
		{"58mm", map[string]string{"cut": "both"}, Profile{}, "printer profile 58mm: cut=both: it is one of none, partial, full"},
		{"58mm", map[string]string{"feed": "99"}, Profile{}, "printer profile 58mm: feed=99: it is 0 to 20 lines"},
		{"58mm", map[string]string{"color": "red"}, Profile{}, "printer profile 58mm: option color is not known: qr, cut, status or feed"},
	} {
		got, err := Lookup(row.name, row.options)
		if got != row.want || words(err) != row.err {
			t.Errorf("%s %v is %+v, %v; want %+v, %s", row.name, row.options, got, err, row.want, row.err)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	p := Profile{Columns: 32, Dots: 384, NativeQR: true, Status: true}
	slip := parking()
	for b.Loop() {
		if _, err := Encode(printer.Layout(slip, p.Columns), p); err != nil {
			b.Fatal(err)
		}
	}
}
