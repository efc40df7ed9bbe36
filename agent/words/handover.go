package words

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tillgate/printer"
	"tillgate/store/money"
)

// HandoverItem is a part of a hand-over slip that may be left out. What cannot
// be left out is whose shift it was, what was received in it, and how much
// nobody received or the next shift has to see to.
type HandoverItem string

// The parts.
const (
	HandoverWallets HandoverItem = "wallets" // received by way to pay
	HandoverRefunds HandoverItem = "refunds" // gone back by way to pay
	HandoverCash    HandoverItem = "cash"    // what the drawer has to hold more than before
	HandoverDeposit HandoverItem = "deposit" // deposits that were taken, captured and released
	HandoverNobody  HandoverItem = "nobody"  // received while nobody was on duty, by way to pay
	HandoverPending HandoverItem = "pending" // each order that the next shift has to see to
	HandoverSign    HandoverItem = "sign"    // lines to sign on
)

// HandoverItems are all of them, in the order in which pages list them.
func HandoverItems() []HandoverItem {
	return []HandoverItem{HandoverWallets, HandoverRefunds, HandoverCash, HandoverDeposit, HandoverNobody, HandoverPending, HandoverSign}
}

// handoverItems are the names of the parts.
var handoverItems = map[HandoverItem][2]string{
	HandoverWallets: {"各支付方式实收", "Received by way to pay"},
	HandoverRefunds: {"各支付方式退款", "Refunds by way to pay"},
	HandoverCash:    {"钱箱现金", "Cash in the drawer"},
	HandoverDeposit: {"押金收退明细", "Deposits taken, captured and released"},
	HandoverNobody:  {"无人当班期间明细", "Details of when nobody was on duty"},
	HandoverPending: {"未完结订单明细", "Each order that is not final"},
	HandoverSign:    {"签字栏", "Lines to sign on"},
}

// In is the part's name in a language; one without a text is shown as it is.
func (i HandoverItem) In(lang Lang) string {
	if text, ok := handoverItems[i]; ok {
		return text[lang]
	}
	return string(i)
}

// Handover is what a hand-over slip says of a shift.
type Handover struct {
	Site     string            `json:"site,omitempty"`
	Shift    int64             `json:"shift"`
	Who      string            `json:"who"`
	By       string            `json:"by,omitempty"`    // who ended it, where that was somebody else
	Lanes    []string          `json:"lanes,omitempty"` // none: the whole store
	From     time.Time         `json:"from"`
	Until    time.Time         `json:"until"`
	Doubtful bool              `json:"doubtful,omitempty"` // a clock that was not trusted told one of the two
	Total    HandoverSum       `json:"total"`
	Wallets  []HandoverWallet  `json:"wallets,omitempty"`
	Nobody   HandoverSum       `json:"nobody,omitzero"` // received on these lanes while nobody was on duty, before the shift
	NobodyBy []HandoverWallet  `json:"nobody_wallets,omitempty"`
	Pending  HandoverPendings  `json:"pending,omitzero"`
	List     []HandoverUnended `json:"list,omitempty"` // the first of Pending
	Items    []HandoverItem    `json:"items"`          // what is printed beside what always is
	Copy     int               `json:"copy,omitempty"` // above 0: a reprint
}

// HandoverSum is money: Received is Amount less Discount less Refunded, fen. What
// was captured from deposits is among its sales.
type HandoverSum struct {
	Sales    int64     `json:"sales"`
	Refunds  int64     `json:"refunds"`
	Amount   money.Fen `json:"amount"`
	Discount money.Fen `json:"discount"`
	Refunded money.Fen `json:"refunded"` // what the merchant is without
	Received money.Fen `json:"received"`

	Deposits HandoverDeposits `json:"deposits,omitzero"`
}

// HandoverDeposits are what was done about deposits, and what is held of them now.
type HandoverDeposits struct {
	Taken    HandoverPendings `json:"taken,omitzero"`
	Captured HandoverPendings `json:"captured,omitzero"` // of the sales
	Released HandoverPendings `json:"released,omitzero"`
	Held     HandoverPendings `json:"held,omitzero"` // on the shift's lanes, as it ends
}

// HandoverWallet is the same of one way to pay.
type HandoverWallet struct {
	Wallet string `json:"wallet"`
	HandoverSum
}

// HandoverPendings count what is not final, or what is beside the sales and refunds.
type HandoverPendings struct {
	Count  int64     `json:"count"`
	Amount money.Fen `json:"amount"`
}

// HandoverUnended is one order or refund that the next shift has to see to.
type HandoverUnended struct {
	Number string    `json:"number"`
	State  Report    `json:"state"` // ReportIsUnknown and the like
	At     time.Time `json:"at"`
	Amount money.Fen `json:"amount"`
}

// HandoverSlip is the paper of a shift's end, both languages on it.
func HandoverSlip(h Handover) printer.Slip {
	s := printer.Slip{
		ID:    fmt.Sprintf("hand-over of shift %d", h.Shift),
		Title: "交接班",
		Lead:  []string{"SHIFT HAND-OVER"},
		Items: append(h.head(), h.Total.rows()...),
		Total: printer.Item{Name: "实收 RECEIVED", Amount: h.Total.Received},
		More:  h.details(),
		Foot:  "请当面点清 Count it together",
		Cut:   true,
	}
	if h.Site != "" {
		s.Lead = append(s.Lead, h.Site)
	}
	if h.Doubtful {
		s.Lines = append(s.Lines, "时钟曾未校准，金额不受影响", "Clock untrusted, sums are right")
	}
	if h.has(HandoverSign) {
		s.Lines = append(s.Lines, " ", "交班 From "+signHere, " ", "接班 To   "+signHere, " ")
	}
	if h.Copy > 0 {
		s.Mark = reprint(h.Copy)
	}
	return s
}

// signHere is where a name goes: with its caption it fills paper of 58 mm.
var signHere = strings.Repeat("_", printer.Columns58mm-10)

func (h Handover) has(item HandoverItem) bool { return slices.Contains(h.Items, item) }

// head says whose shift it was, and when.
func (h Handover) head() []printer.Item {
	const minute = "2006-01-02 15:04"
	items := []printer.Item{
		{Name: "班次 Shift", Value: fmt.Sprint(h.Shift)},
		{Name: "当班 On duty", Value: h.Who},
	}
	if h.By != "" {
		items = append(items, printer.Item{Name: "代交 Ended by", Value: h.By})
	}
	lanes := strings.Join(h.Lanes, ", ")
	if lanes == "" {
		lanes = ReportWholeStore.Both()
	}
	return append(items, printer.Item{Name: "通道 Lanes", Value: lanes},
		printer.Item{Name: "上班 On", Value: h.From.In(china).Format(minute)},
		printer.Item{Name: "下班 Off", Value: h.Until.In(china).Format(minute)}, printer.Item{})
}

// cells are the two columns of figures, one beneath the other down the slip:
// four digits of a count and ten signs of a sum. Beside them 16 columns are left
// for a name on paper of 58 mm.
func cells(count int64, sum money.Fen) string { return fmt.Sprintf("%4d %10s", count, sum) }

// rows are what Received is made of.
func (s HandoverSum) rows() []printer.Item {
	items := []printer.Item{{Name: "收款 Sales", Value: cells(s.Sales, s.Amount)}}
	if s.Discount != 0 {
		items = append(items, printer.Item{Name: "优惠 Discount", Amount: -s.Discount})
	}
	if s.Refunds != 0 || s.Refunded != 0 {
		items = append(items, printer.Item{Name: "退款 Refunds", Value: cells(s.Refunds, -s.Refunded)})
	}
	return items
}

// details are the blocks beneath the sum.
func (h Handover) details() (items []printer.Item) {
	block := func(rows []printer.Item) {
		if len(items) > 0 && len(rows) > 0 {
			items = append(items, printer.Item{})
		}
		items = append(items, rows...)
	}
	if h.has(HandoverWallets) {
		block(titled("实收 Received", received(h.Wallets)))
	}
	if h.has(HandoverRefunds) {
		block(titled("退款 Refunds", refunded(h.Wallets)))
	}
	if h.has(HandoverCash) {
		block([]printer.Item{{Name: "现金 In drawer", Value: plus(h.cash())}})
	}
	block(h.deposits())
	block(h.nobody())
	block(h.pending())
	return items
}

func received(wallets []HandoverWallet) (rows []printer.Item) {
	for _, w := range wallets {
		if w.Sales != 0 || w.Refunds != 0 {
			rows = append(rows, printer.Item{Name: shortWallet(w.Wallet), Value: cells(w.Sales+w.Refunds, w.Received)})
		}
	}
	return rows
}

func refunded(wallets []HandoverWallet) (rows []printer.Item) {
	for _, w := range wallets {
		if w.Refunds != 0 {
			rows = append(rows, printer.Item{Name: shortWallet(w.Wallet), Value: cells(w.Refunds, -w.Refunded)})
		}
	}
	return rows
}

// titled is rows beneath the names of their columns; nothing where there are none.
func titled(title string, rows []printer.Item) []printer.Item {
	if len(rows) == 0 {
		return nil
	}
	return append([]printer.Item{{Name: title, Value: "  笔         元"}}, rows...)
}

// cash is what the drawer has to hold more than at the shift's beginning, what
// came in while nobody was on duty included: it lies there too.
func (h Handover) cash() (sum money.Fen) {
	for _, w := range slices.Concat(h.Wallets, h.NobodyBy) {
		if w.Wallet == "cash" {
			sum += w.Received
		}
	}
	return sum
}

func plus(sum money.Fen) string {
	if sum > 0 {
		return "+" + sum.String()
	}
	return sum.String()
}

// deposits are what was done about them, and what of them the next shift has on
// its hands: that is said also where nobody has chosen the rest.
func (h Handover) deposits() (rows []printer.Item) {
	d := h.Total.Deposits
	if h.has(HandoverDeposit) {
		rows = titled("押金 Deposits", d.rows())
	}
	if d.Held.Count > 0 {
		rows = append(rows, printer.Item{Name: "仍冻结 Held now", Value: cells(d.Held.Count, d.Held.Amount)})
	}
	return rows
}

func (d HandoverDeposits) rows() (rows []printer.Item) {
	for _, one := range []struct {
		name string
		HandoverPendings
	}{{"收押金 Deposit", d.Taken}, {"押金消费 Capture", d.Captured}, {"退押金 Release", d.Released}} {
		if one.HandoverPendings != (HandoverPendings{}) {
			rows = append(rows, printer.Item{Name: one.name, Value: cells(one.Count, one.Amount)})
		}
	}
	return rows
}

// nobody is what was received before the shift while nobody was on duty. Where
// that is nothing it is not spoken of.
func (h Handover) nobody() (rows []printer.Item) {
	n := h.Nobody
	if n.Sales == 0 && n.Refunds == 0 && n.Deposits == (HandoverDeposits{}) {
		return nil
	}
	rows = append(rows, printer.Item{Name: "无人当班 Nobody", Value: cells(n.Sales+n.Refunds, n.Received)})
	if h.has(HandoverNobody) {
		rows = append(append(rows, received(h.NobodyBy)...), n.Deposits.rows()...)
	}
	return rows
}

// pending is what the next shift has to see to.
func (h Handover) pending() (rows []printer.Item) {
	if h.Pending.Count == 0 {
		return []printer.Item{{Name: "未完结 Not final", Value: "无 none"}}
	}
	rows = append(rows, printer.Item{Name: "未完结 Not final", Value: cells(h.Pending.Count, h.Pending.Amount)},
		printer.Item{Name: "由下一班跟进 The next shift's", Value: " "})
	if !h.has(HandoverPending) {
		return rows
	}
	for _, u := range h.List {
		what := fmt.Sprintf("%s %s", u.At.In(china).Format("15:04"), u.State.Both())
		rows = append(rows, printer.Item{Name: what, Amount: u.Amount}, printer.Item{Name: u.Number, Value: " "})
	}
	if left := h.Pending.Count - int64(len(h.List)); left > 0 {
		rows = append(rows, printer.Item{Name: fmt.Sprintf("另有 %d 笔，见页面", left), Value: fmt.Sprintf("and %d more", left)})
	}
	return rows
}

// shortWallet is a wallet's name in both languages, so short that two columns of
// figures fit beside it.
func shortWallet(name string) string {
	switch name {
	case "":
		return ReportNotChosen.Both()
	case "wechat":
		return "微信 WeChat Pay"
	}
	zh, en := Network(name, Zh), Network(name, En)
	if zh == en { // a name that only its network knows
		return zh
	}
	return zh + " " + en
}
