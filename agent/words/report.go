package words

// Report is a word of the reports: a column, a line, a state or a heading.
type Report string

// What reports are made by, and the columns of their figures.
const (
	ReportStore  Report = "store"
	ReportLane   Report = "lane"
	ReportClerk  Report = "clerk"
	ReportWallet Report = "wallet"
	ReportShift  Report = "shift"
	ReportHour   Report = "hour"
	ReportDay    Report = "day"
	ReportMonth  Report = "month"

	ReportSales               Report = "sales"
	ReportAmount              Report = "amount"
	ReportDiscount            Report = "discount"
	ReportSettled             Report = "settled"
	ReportRefunds             Report = "refunds"
	ReportRefund              Report = "refund"
	ReportRefundSettled       Report = "refund-settled"
	ReportReceived            Report = "received"
	ReportUnknown             Report = "unknown"
	ReportUnknownAmount       Report = "unknown-amount"
	ReportOpen                Report = "open"
	ReportOpenAmount          Report = "open-amount"
	ReportFrozen              Report = "frozen"
	ReportFrozenAmount        Report = "frozen-amount"
	ReportRefundUnknown       Report = "refund-unknown"
	ReportRefundUnknownAmount Report = "refund-unknown-amount"
	ReportRefundOpen          Report = "refund-open"
	ReportRefundOpenAmount    Report = "refund-open-amount"
	ReportTaken               Report = "deposits"
	ReportTakenAmount         Report = "deposits-amount"
	ReportCaptures            Report = "captures"
	ReportCapturesAmount      Report = "captures-amount"
	ReportReleased            Report = "released"
	ReportReleasedAmount      Report = "released-amount"
	ReportHeld                Report = "held"
	ReportHeldAmount          Report = "held-amount"
	ReportDepositOpen         Report = "deposit-open"
	ReportDepositOpenAmount   Report = "deposit-open-amount"
	ReportUntrusted           Report = "untrusted"
)

// The columns of details, and what stands in them.
const (
	ReportKind          Report = "kind"
	ReportTime          Report = "time"
	ReportTrusted       Report = "trusted"
	ReportState         Report = "state"
	ReportOrderNumber   Report = "order-number"
	ReportRefundNumber  Report = "refund-number"
	ReportNetworkNumber Report = "network-number"
	ReportNetwork       Report = "network"
	ReportMerchant      Report = "merchant"
	ReportTitle         Report = "title"
	ReportRef           Report = "ref"
	ReportValue         Report = "value"

	ReportSaleKind     Report = "kind-sale"
	ReportRefundKind   Report = "kind-refund"
	ReportTakenKind    Report = "kind-deposit"
	ReportCapturedKind Report = "kind-capture"
	ReportReleasedKind Report = "kind-release"
	ReportHeldKind     Report = "kind-held"
	ReportIsUnknown    Report = "is-unknown"
	ReportIsOpen       Report = "is-open"
	ReportIsPaid       Report = "is-paid"
	ReportIsEnded      Report = "is-ended"
	ReportIsFrozen     Report = "is-frozen"
	ReportIsReturned   Report = "is-returned"
	ReportIsUnderWay   Report = "is-under-way"
	ReportIsNotGone    Report = "is-not-gone"
	ReportIsTaken      Report = "is-taken"
	ReportIsCaptured   Report = "is-captured"
	ReportIsReleased   Report = "is-released"
	ReportIsHeld       Report = "is-held"
	ReportIsNotHeld    Report = "is-not-held"
	ReportYes          Report = "yes"
	ReportNo           Report = "no"
	ReportNobody       Report = "nobody"
	ReportNotChosen    Report = "not-chosen"
	ReportWholeStore   Report = "whole-store"
	ReportTotal        Report = "total"
	ReportOthers       Report = "others"
	ReportNothing      Report = "nothing"
	ReportAverage      Report = "average"
	ReportMost         Report = "most"
	ReportYuan         Report = "yuan"
	ReportReceivedDay  Report = "received-by-day"
	ReportReceivedHour Report = "received-by-hour"
	ReportReceivedMon  Report = "received-by-month"
	ReportWalletShare  Report = "share-by-wallet"
)

// reports are the texts of this file's words. Amount, settled and received are
// named as the networks' bills name them: 应收, 应结, 实收.
var reports = map[Report][2]string{
	ReportStore:  {"门店", "Store"},
	ReportLane:   {"通道", "Lane"},
	ReportClerk:  {"收银员", "Clerk"},
	ReportWallet: {"支付方式", "Paid with"},
	ReportShift:  {"班次", "Shift"},
	ReportHour:   {"时段", "Hour"},
	ReportDay:    {"日期", "Day"},
	ReportMonth:  {"月份", "Month"},

	ReportSales:               {"收款笔数", "Sales"},
	ReportAmount:              {"应收", "Amount"},
	ReportDiscount:            {"优惠", "Discount"},
	ReportSettled:             {"应结", "Settled"},
	ReportRefunds:             {"退款笔数", "Refunds"},
	ReportRefund:              {"退款", "Refunded"},
	ReportRefundSettled:       {"应结退款", "Refund settled"},
	ReportReceived:            {"实收", "Received"},
	ReportUnknown:             {"结果未知笔数", "Unknown"},
	ReportUnknownAmount:       {"结果未知金额", "Unknown amount"},
	ReportOpen:                {"未完成笔数", "Not yet final"},
	ReportOpenAmount:          {"未完成金额", "Not yet final amount"},
	ReportFrozen:              {"冻结笔数", "Frozen"},
	ReportFrozenAmount:        {"冻结金额", "Frozen amount"},
	ReportRefundUnknown:       {"退款未知笔数", "Refunds unknown"},
	ReportRefundUnknownAmount: {"退款未知金额", "Refunds unknown amount"},
	ReportRefundOpen:          {"退款在途笔数", "Refunds under way"},
	ReportRefundOpenAmount:    {"退款在途金额", "Refunds under way amount"},
	ReportTaken:               {"收押金笔数", "Deposits"},
	ReportTakenAmount:         {"收押金", "Deposits taken"},
	ReportCaptures:            {"其中押金消费笔数", "Of sales, captures"},
	ReportCapturesAmount:      {"其中押金消费", "Of amount, captured"},
	ReportReleased:            {"退押金笔数", "Releases"},
	ReportReleasedAmount:      {"退押金", "Deposits released"},
	ReportHeld:                {"仍冻结笔数", "Still held"},
	ReportHeldAmount:          {"仍冻结金额", "Still held amount"},
	ReportDepositOpen:         {"押金未完结笔数", "Deposits not final"},
	ReportDepositOpenAmount:   {"押金未完结金额", "Deposits not final amount"},
	ReportUntrusted:           {"时间未校准笔数", "Time not trusted"},

	ReportKind:          {"类型", "Kind"},
	ReportTime:          {"时间", "Time"},
	ReportTrusted:       {"时间可信", "Time trusted"},
	ReportState:         {"状态", "State"},
	ReportOrderNumber:   {"订单号", "Order number"},
	ReportRefundNumber:  {"分笔单号", "Number of the part"},
	ReportNetworkNumber: {"交易号", "Transaction"},
	ReportNetwork:       {"支付网络", "Network"},
	ReportMerchant:      {"商户", "Merchant"},
	ReportTitle:         {"说明", "Title"},
	ReportRef:           {"外部单号", "Reference"},
	ReportValue:         {"单笔金额", "Value"},

	ReportSaleKind:     {"收款", "Sale"},
	ReportRefundKind:   {"退款", "Refund"},
	ReportTakenKind:    {"收押金", "Deposit"},
	ReportCapturedKind: {"押金消费", "Capture"},
	ReportReleasedKind: {"退押金", "Release"},
	ReportHeldKind:     {"仍冻结", "Still held"},
	ReportIsUnknown:    {"结果未知", "Unknown"},
	ReportIsOpen:       {"未完成", "Not yet final"},
	ReportIsPaid:       {"已付", "Paid"},
	ReportIsEnded:      {"未收款", "Not paid"},
	ReportIsFrozen:     {"冻结待处理", "Frozen"},
	ReportIsReturned:   {"已退款", "Refunded"},
	ReportIsUnderWay:   {"退款在途", "Under way"},
	ReportIsNotGone:    {"未退款", "Not refunded"},
	ReportIsTaken:      {"已冻结", "Held"},
	ReportIsCaptured:   {"已消费", "Captured"},
	ReportIsReleased:   {"已退还", "Released"},
	ReportIsHeld:       {"冻结中", "Held now"},
	ReportIsNotHeld:    {"未冻结", "Not held"},
	ReportYes:          {"是", "yes"},
	ReportNo:           {"否", "no"},
	ReportNobody:       {"无人当班", "Nobody"},
	ReportNotChosen:    {"尚未选择", "Not chosen yet"},
	ReportWholeStore:   {"全店", "Whole store"},
	ReportTotal:        {"合计", "Total"},
	ReportOthers:       {"其他", "Others"},
	ReportNothing:      {"暂无数据", "Nothing yet"},
	ReportAverage:      {"平均", "average"},
	ReportMost:         {"最高", "highest"},
	ReportYuan:         {"元", "yuan"},
	ReportReceivedDay:  {"每日实收", "Received by day"},
	ReportReceivedHour: {"各时段实收", "Received by hour"},
	ReportReceivedMon:  {"每月实收", "Received by month"},
	ReportWalletShare:  {"支付方式占比", "Share by way to pay"},
}

// In is the word in a language; one without a text is shown as it is.
func (r Report) In(lang Lang) string {
	if text, ok := reports[r]; ok {
		return text[lang]
	}
	return string(r)
}

// Both is the word in both languages, as headings of exported files have it.
func (r Report) Both() string { return r.In(Zh) + " " + r.In(En) }
