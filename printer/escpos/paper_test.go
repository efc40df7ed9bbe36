package escpos

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tillgate/printer"
	"tillgate/printer/paper"
)

// number is a trade number of 24 digits, invoice what a customer scans.
const (
	number  = "100000010001000010000019"
	invoice = "https://pay.example.com/i/" + number
)

// parking is the slip of a paid exit.
func parking() printer.Slip {
	return printer.Slip{
		ID:    "order 8123",
		Title: "停车缴费",
		Lead:  []string{"PARKING RECEIPT", "创新大厦停车场 · 出口 B"},
		Items: []printer.Item{
			{Name: "车牌 Plate", Value: "粤B12345"},
			{Name: "入场 In", Value: "2025-11-21 09:12"},
			{Name: "出场 Out", Value: "2025-11-21 11:27"},
			{Name: "时长 Stay", Value: "2小时15分钟"},
			{},
			{Name: "停车费 Parking", Amount: 1500},
			{Name: "优惠券 Coupon", Amount: -250},
		},
		Total:   printer.Item{Name: "实收 PAID", Amount: 1250},
		Lines:   []string{"微信支付 WeChat Pay", "交易号 4200001234202511210123456789"},
		Barcode: number,
		QRText:  "扫码开发票 Scan for an invoice",
		QR:      invoice,
		Foot:    "谢谢惠顾 一路平安\nThank you, drive safely",
		Cut:     true,
	}
}

// profile is a known printer with options such as "qr=native".
func profile(t *testing.T, name string, options ...string) Profile {
	t.Helper()
	all := map[string]string{}
	for _, option := range options {
		name, value, _ := strings.Cut(option, "=")
		all[name] = value
	}
	p, err := Lookup(name, all)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// font is the font of the pictures; without it the boxes are hollow and the
// codes, which these tests read, are the same.
func font(t *testing.T) *paper.Font {
	f, err := paper.FindFont()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		t.Log(err)
	case err != nil:
		t.Error(err)
	}
	return f
}

// TestSlipsScan reads both codes back from the picture of the slip with a
// scanner of somebody else's.
func TestSlipsScan(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("zbarimg"); err != nil {
		t.Skip("the codes on slips are not read back: install the package zbar-tools")
	}
	for _, name := range []string{"58mm", "80mm"} {
		for _, qr := range []string{"raster", "native"} {
			t.Run(name+" "+qr, func(t *testing.T) {
				t.Parallel()
				p := profile(t, name, "qr="+qr, "cut=full", "status=yes")
				slip := parking()
				slip.Mark = "补打 REPRINT"
				stream, err := Encode(printer.Layout(slip, p.Columns), p)
				if err != nil {
					t.Fatal(err)
				}
				slips := printed(t, p, stream)
				if len(slips) != 1 {
					t.Fatalf("%d slips came out, want 1", len(slips))
				}
				codes := scan(t, slips[0], "slip-"+name+"-"+qr+".png")
				if want := []string{"CODE-128:" + number, "QR-Code:" + invoice}; !slices.Equal(codes, want) {
					t.Errorf("the slip scans as %q, want %q", codes, want)
				}
			})
		}
	}
}

// printed is what comes out of a printer that is sent a stream, and holds the
// stream to commands that the printer knows.
func printed(t *testing.T, p Profile, stream []byte) []paper.Slip {
	t.Helper()
	var slips []paper.Slip
	out := paper.New(p.Dots, font(t))
	out.Slip = func(s paper.Slip) { slips = append(slips, s) }
	if _, err := out.Write(stream); err != nil {
		t.Fatal(err)
	}
	out.Tear()
	for _, command := range out.Unknown() {
		t.Errorf("the printer does not know %s", command)
	}
	return slips
}

// scan reads the codes of a slip, sorted. The pictures are kept where the
// environment's SLIPS says, to be looked at.
func scan(t *testing.T, slip paper.Slip, name string) []string {
	t.Helper()
	dir := os.Getenv("SLIPS")
	if dir == "" {
		dir = t.TempDir()
	}
	path := filepath.Join(dir, name)
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := slip.WritePNG(file); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("zbarimg", "-q", path).Output()
	if err != nil {
		t.Fatalf("zbarimg %s: %v", name, err)
	}
	codes := strings.Split(strings.TrimSpace(string(out)), "\n")
	slices.Sort(codes)
	return codes
}
