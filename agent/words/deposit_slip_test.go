package words

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tillgate/printer"
	"tillgate/store/money"
)

const heldNumber = "100000010001921770000019"

// held is a deposit of 300.00 in room 1208, as its network offers it.
func held(network string, restGoes bool) Receipt {
	at := time.Date(2026, 11, 27, 14, 5, 6, 0, china)
	return Receipt{
		Site: "东湖宾馆 East Lake Hotel", Lane: "desk-1", Number: heldNumber, Network: network, NetworkNumber: "4200009876202611270000000001",
		Amount: 30000, At: at, By: "王芳", Act: ActHold,
		Deposit: &Deposit{Number: heldNumber, Room: "1208", Network: network, Amount: 30000, Held: 30000, Left: 30000,
			At: at, Expires: at.AddDate(0, 0, 30), Can: DepositCan{Capture: true, Release: true, RestGoes: restGoes}},
	}
}

// moved is the same after a capture or a release.
func moved(r Receipt, act DepositAct, amount, rest money.Fen) Receipt {
	d := *r.Deposit
	number, what := heldNumber+"51", MoveCapture
	if d.Left -= amount + rest; act == ActCapture {
		d.Captured, d.Released = amount, rest
	} else {
		d.Released, number, what = amount, heldNumber+"81", MoveRelease
	}
	d.Move = &DepositMove{What: what, Number: number, Amount: amount, Rest: rest, Phase: MoveDone}
	r.Act, r.Deposit, r.At, r.Reason = act, &d, r.At.AddDate(0, 0, 2), "房费与早餐 Room and breakfast"
	r.By = Asker("王芳", []string{"赵强"}, r.At)
	return r
}

// TestDepositSlips holds every kind of slip against a file, on both papers.
func TestDepositSlips(t *testing.T) {
	t.Parallel()
	again := moved(held("alipay", false), ActRelease, 30000, 0)
	again.Copy = 1
	endless := held("alipay", false)
	endless.Deposit.Expires, endless.Deposit.Room = time.Time{}, ""
	onCredit := held("alipay", false)
	onCredit.Deposit.Credit = 30000
	for name, r := range map[string]Receipt{
		"deposit-hold":         held("wechat", true),
		"deposit-hold-endless": endless,
		"deposit-hold-credit":  onCredit,
		"deposit-capture":      moved(held("wechat", true), ActCapture, 8850, 21150),
		"deposit-capture-part": moved(held("alipay", false), ActCapture, 8850, 0),
		"deposit-release":      again,
	} {
		for paper, columns := range map[string]int{"58mm": printer.Columns58mm, "80mm": printer.Columns80mm} {
			got := shown(t, Slip(r), columns)
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
		}
	}
}

// TestDepositSlipsScanBack: whatever was done, the code on the slip is the
// deposit's number, and the sums on it are all of what was held.
func TestDepositSlipsScanBack(t *testing.T) {
	t.Parallel()
	for _, r := range []Receipt{
		held("wechat", true), held("alipay", false),
		moved(held("wechat", true), ActCapture, 8850, 21150), moved(held("alipay", false), ActCapture, 8850, 0), moved(held("alipay", false), ActRelease, 10000, 0),
	} {
		s := Slip(r)
		if s.Barcode != heldNumber || s.QR != heldNumber {
			t.Errorf("%s: the codes are %q and %q", r.Act, s.Barcode, s.QR)
		}
		if r.Act == ActHold {
			continue
		}
		var sum money.Fen
		for _, item := range s.More {
			sum += item.Amount
		}
		if sum != r.Deposit.Held {
			t.Errorf("%s: the slip's sums come to %s of %s", r.Act, sum, r.Deposit.Held)
		}
		text := strings.Join(s.Lines, "\n")
		for _, want := range []string{r.Deposit.Move.Number, "王芳", "赵强", "Room and breakfast", "2026-11-29 14:05:06"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: the slip does not say %q:\n%s", r.Act, want, text)
			}
		}
	}
}

// TestFinalCaptureIsSaidToBe: where the rest goes back with a capture, the slip says so before and after.
func TestFinalCaptureIsSaidToBe(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		r        Receipt
		says     string
		saysNone string
	}{
		{held("wechat", true), "Captured once; the rest goes back with it", ""},
		{held("alipay", false), "Settled with this slip", "Captured once"},
		{moved(held("wechat", true), ActCapture, 8850, 21150), "This is final: the rest, 211.50 yuan, goes back", ""},
		{moved(held("alipay", false), ActCapture, 8850, 0), "The rest stays held", "final"},
		{moved(held("alipay", false), ActCapture, 30000, 0), "Nothing is held any more", "goes back"},
	} {
		if foot := Slip(row.r).Foot; !strings.Contains(foot, row.says) || row.saysNone != "" && strings.Contains(foot, row.saysNone) {
			t.Errorf("the foot of %s at %s is %q, want %q", row.r.Act, row.r.Network, foot, row.says)
		}
	}
}

// TestDepositPhrases: one for each act, under an id of its own.
func TestDepositPhrases(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		r          Receipt
		zh, en, id string
	}{
		{held("wechat", true), "微信押金冻结三百元", "WeChat Pay deposit, held three hundred yuan", heldNumber + " hold"},
		{moved(held("wechat", true), ActCapture, 8850, 21150), "微信押金消费八十八元五角，退还两百一十一元五角", "WeChat Pay deposit, captured eighty-eight yuan fifty and returned two hundred eleven yuan fifty", heldNumber + "51"},
		{moved(held("alipay", false), ActCapture, 8850, 0), "支付宝押金消费八十八元五角", "Alipay deposit, captured eighty-eight yuan fifty", heldNumber + "51"},
		{moved(held("alipay", false), ActRelease, 30000, 0), "支付宝押金退还三百元", "Alipay deposit, released three hundred yuan", heldNumber + "81"},
	} {
		p := Spoken(row.r)
		if p.Chinese() != row.zh || p.English() != row.en || p.ID != row.id || p.Window != spokenFor {
			t.Errorf("%s is said as %q, %q, id %q", row.r.Act, p.Chinese(), p.English(), p.ID)
		}
	}
}

// TestNobodyIsToldThatNothingWasPaid: WeChat Pay takes the guest's money and keeps
// it, and what credit stands for is not frozen.
func TestNobodyIsToldThatNothingWasPaid(t *testing.T) {
	t.Parallel()
	for wallet, row := range map[string]struct {
		credit       money.Fen
		says, denies string
	}{
		"wechat": {0, "押金由微信支付保管", "仅冻结"},
		"alipay": {0, "仅冻结", "保管"},
		"credit": {30000, "信用担保，未冻结资金", "已冻结"},
		"partly": {10000, "其中 100.00 元为信用担保", "已冻结"},
	} {
		r := held(wallet, wallet == "wechat")
		r.Deposit.Credit = row.credit
		s := Slip(r)
		text := s.Total.Name + s.Foot
		if !strings.Contains(text, row.says) || strings.Contains(text, row.denies) || strings.Contains(text, "未付款") || strings.Contains(text, "not paid;") {
			t.Errorf("%s: the slip says %q", wallet, text)
		}
		d := *r.Deposit
		d.Phase = DepositHeld
		if money := ShowDepositStaff(d, Zh).Money; strings.Contains(money, "消费可能被拒") != (row.credit > 0) {
			t.Errorf("%s: the clerk reads %q", wallet, money)
		}
	}
	for _, phase := range []DepositPhase{DepositReady, DepositScanUs} {
		if s := ShowDeposit(Deposit{Phase: phase}, En); strings.Contains(s.Money, "you pay nothing") {
			t.Errorf("before anybody knows the wallet the guest reads %q", s.Money)
		}
	}
}
