package words

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

var receipt = Receipt{Site: "东门停车场 East Lot", Lane: "exit-B", Title: "停车费 Parking", Number: "100000010007123450000420",
	Network: "wechat", NetworkNumber: "4200001", Amount: 1250, At: time.Date(2026, 11, 24, 1, 2, 3, 0, time.UTC)}

func TestSlip(t *testing.T) {
	t.Parallel()
	s := Slip(receipt)
	if s.Barcode != receipt.Number || s.QR != receipt.Number || s.Total.Amount != 1250 || s.Mark != "" {
		t.Errorf("slip is %+v", s)
	}
	if text := strings.Join(s.Lines, "\n"); !strings.Contains(text, "2026-11-24 09:02:03") || !strings.Contains(text, "微信支付 WeChat Pay") || !strings.Contains(text, "4200001") {
		t.Errorf("lines are %q: want Beijing time, the wallet in both languages and the network's number", text)
	}
	beside := receipt
	beside.Beside = 30000
	if text := strings.Join(Slip(beside).Lines, "\n"); !strings.Contains(text, "另收押金 Deposit, held apart: 300.00") || strings.Contains(strings.Join(s.Lines, ""), "押金") {
		t.Errorf("lines of a visit with a deposit are %q", text)
	}
	again := receipt
	again.Copy = 2
	if mark := Slip(again).Mark; mark != "补打 REPRINT 2" {
		t.Errorf("a reprint is marked %q", mark)
	}
}

func TestSlipOfCash(t *testing.T) {
	t.Parallel()
	r := receipt
	r.Network, r.NetworkNumber, r.Given, r.Change = "cash", "", 2000, 750
	text := strings.Join(Slip(r).Lines, "\n")
	if !strings.Contains(text, "By: 现金 Cash") || !strings.Contains(text, "实收 Given: 20.00  找零 Change: 7.50") || strings.Contains(text, "Transaction") {
		t.Errorf("lines are %q", text)
	}
	if strings.Contains(strings.Join(Slip(receipt).Lines, "\n"), "Given") {
		t.Error("a wallet's slip speaks of cash")
	}
}

// TestShowPaid: what the payer is told depends on what was paid with.
func TestShowPaid(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		order    Order
		what, do string
	}{
		{Order{Phase: PaidOrder, Tender: ByCode}, "Paid", "Thank you, please take the slip"},
		{Order{Phase: PaidOrder, Tender: ByQR}, "Paid", "Thank you, please take the slip"},
		{Order{Phase: PaidOrder, Tender: ByCash, Given: 2000, Change: 750}, "Paid in cash", "Your change is 7.50 yuan; please take the slip"},
		{Order{Phase: PaidOrder, Tender: ByCash, Given: 1250}, "Paid in cash", "Thank you, please take the slip"},
		{Order{Phase: PaidOrder, Tender: ByCard}, "Paid by bank card", "Thank you, please take the slip"},
		{Order{Phase: Checking, Tender: ByCash, Change: 750}, "Confirming the result", "Please stay; do not pay again"},
	} {
		if s := Show(row.order, En); s.What != row.what || s.Do != row.do || s.Money == "" {
			t.Errorf("%+v shows %+v", row.order, s)
		}
		if s := Show(row.order, Zh); s.What == "" || s.Do == "" || strings.Contains(s.Do, "%") {
			t.Errorf("%+v shows %+v", row.order, s)
		}
	}
}

// TestShowStaff: the staff reads of the same money as the payer.
func TestShowStaff(t *testing.T) {
	t.Parallel()
	for _, phase := range Phases() {
		for _, lang := range []Lang{Zh, En} {
			payer, staff := Show(Order{Phase: phase}, lang), ShowStaff(Order{Phase: phase}, lang)
			_, own := forStaff[phase]
			own = own || phase == Refused // it is the cashier who scans again
			if own == (staff == payer) || staff.Money != payer.Money || staff.What == "" {
				t.Errorf("%s in %d: the payer reads %+v, the staff %+v", phase, lang, payer, staff)
			}
		}
	}
}

func TestTrouble(t *testing.T) {
	t.Parallel()
	for what, text := range troubles {
		if Trouble(what, Zh) != text[Zh] || Trouble(what, En) != text[En] || text[Zh] == "" || text[En] == "" || text[Zh] == text[En] {
			t.Errorf("%s is %q", what, text)
		}
	}
	if got := Trouble("sign failed", Zh); got != "sign failed" {
		t.Errorf("what has no words is %q", got)
	}
}

// TestNoConstantIsForgotten reads the source, for the language cannot list constants.
func TestNoConstantIsForgotten(t *testing.T) {
	t.Parallel()
	keys, phases := constants(t, "Key"), constants(t, "Phase")
	if len(keys) != len(lines)+len(labels) || len(phases) != len(Phases()) {
		t.Fatalf("%d keys, %d phases, of which Phases tells %d", len(keys), len(phases), len(Phases()))
	}
	for _, key := range keys {
		if Say(Key(key), Zh) == key {
			t.Errorf("there are no words for %s", key)
		}
	}
	for _, phase := range phases {
		if _, ok := screens[Phase(phase)]; !ok || !slices.Contains(Phases(), Phase(phase)) {
			t.Errorf("phase %s has no screen, or Phases forgot it", phase)
		}
	}
}

// constants are the values of the typed string constants of this package.
func constants(t *testing.T, kind string) (values []string) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Values) == 0 {
				return true
			}
			if of, ok := spec.Type.(*ast.Ident); ok && of.Name == kind {
				if text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value); err == nil {
					values = append(values, text)
				}
			}
			return true
		})
	}
	return values
}

func TestSpoken(t *testing.T) {
	t.Parallel()
	p := Spoken(receipt)
	if got, want := p.Chinese(), "微信收款十二元五角"; got != want {
		t.Errorf("speaks %q, want %q", got, want)
	}
	if p.English() == "" || p.ID != receipt.Number || p.Window <= 0 {
		t.Errorf("phrase is %+v", p)
	}
}

// TestSpokenRefusal is a phrase of its own, not the success of the same attempt.
func TestSpokenRefusal(t *testing.T) {
	t.Parallel()
	p := Spoken(Receipt{Number: receipt.Number, Network: "wechat", Amount: 1250, Declined: "NOTENOUGH"})
	if got, want := p.Chinese(), "余额不足请换付款方式"; got != want {
		t.Errorf("speaks %q, want %q", got, want)
	}
	if p.ID == receipt.Number || p.ID == "" || p.Window <= 0 {
		t.Errorf("phrase is %+v", p)
	}
}

// Every phase and key has both languages, and every screen says what happened;
// where money may have moved it says whether it is safe.
func TestTheCatalogueIsWhole(t *testing.T) {
	t.Parallel()
	for _, table := range []map[Key][2]string{lines, labels} {
		for key, text := range table {
			if text[Zh] == "" || text[En] == "" || text[Zh] == text[En] {
				t.Errorf("line %s lacks a language", key)
			}
		}
	}
	for key := range labels {
		if _, twice := lines[key]; twice {
			t.Errorf("%s has two texts", key)
		}
	}
	for _, phase := range Phases() {
		for _, lang := range []Lang{Zh, En} {
			s := Show(Order{Phase: phase}, lang)
			if s.What == "" || phase != Idle && s.Money == "" || phase != CancelledOrder && s.Do == "" {
				t.Errorf("screen of %s in %d is %+v", phase, lang, s)
			}
		}
	}
}
