package words

// Page is a word of the pages for people who sign in: a heading, a field, a
// button, or a sentence that says how things stand.
type Page string

// Signing in.
const (
	PageSignIn     Page = "sign-in"
	PageSignOut    Page = "sign-out"
	PageName       Page = "name"
	PagePIN        Page = "pin"
	PagePINAgain   Page = "pin-again"
	PageActivate   Page = "activate"
	PageSetPIN     Page = "set-pin"
	PagePINsDiffer Page = "pins-differ"
	PageNobodyYet  Page = "nobody-yet"
	PageSignFirst  Page = "sign-first"
	PageSignToSee  Page = "sign-to-see"
	PageUnread     Page = "unread"
	PageUndone     Page = "undone"
	PageStaff      Page = "staff"

	PageNotYourLane Page = "not-your-lane"
)

// Money that goes back, and finding what was paid.
const (
	PageRefund    Page = "refund"
	PageFind      Page = "find"
	PageFindHelp  Page = "find-help"
	PageNothing   Page = "nothing-found"
	PagePaid      Page = "paid"
	PageLeft      Page = "left"
	PageAmount    Page = "amount"
	PageReason    Page = "reason"
	PageGiveBack  Page = "give-back"
	PageApprove   Page = "approve"
	PageApproves  Page = "approves"
	PageCode      Page = "code"
	PageByCode    Page = "by-code"
	PageWithdraw  Page = "withdraw"
	PageSentTwice Page = "sent-twice"
	PageSearch    Page = "search"
)

// Shifts.
const (
	PageShift      Page = "shift"
	PageOff        Page = "off"
	PageClockOn    Page = "clock-on"
	PageClockOff   Page = "clock-off"
	PageHandOver   Page = "hand-over"
	PageHanded     Page = "handed"
	PageOnDuty     Page = "on-duty"
	PageSince      Page = "since"
	PageTo         Page = "to"
	PageItems      Page = "items"
	PageWhere      Page = "where"
	PageAlways     Page = "always"
	PageNobody     Page = "nobody"
	PagePending    Page = "pending"
	PagePrintNew   Page = "print-again"
	PageLanes      Page = "lanes"
	PageChooseLane Page = "choose-lane"
	PageWay        Page = "way"
	PageSoFar      Page = "so-far"
	PageEverybody  Page = "everybody"
)

// Reports and tasks.
const (
	PageReports   Page = "reports"
	PageFrom      Page = "from"
	PageUntil     Page = "until"
	PageShow      Page = "show"
	PageFile      Page = "file"
	PageFileAll   Page = "file-all"
	PageNotADay   Page = "not-a-day"
	PageTasks     Page = "tasks"
	PageNoTasks   Page = "no-tasks"
	PageSecond    Page = "second"
	PageBooked    Page = "booked"
	PageGoesBack  Page = "goes-back"
	PageElsewhere Page = "elsewhere"
	PageSeenTo    Page = "seen-to"
)

// pages are the texts of this file's words.
var pages = map[Page][2]string{
	PageSignIn:     {"登录", "Sign in"},
	PageSignOut:    {"退出登录", "Sign out"},
	PageName:       {"姓名", "Name"},
	PagePIN:        {"密码", "PIN"},
	PagePINAgain:   {"再输一次密码", "PIN once more"},
	PageActivate:   {"设置您的密码", "Set your PIN"},
	PageSetPIN:     {"设置密码", "Set the PIN"},
	PagePINsDiffer: {"两次输入的密码不同，未设置", "The two are not the same, so no PIN was set"},
	PageNobodyYet:  {"尚未设置人员，收款无需登录；在本机运行 tillgate staff first 可设置第一位经理", "Nobody is set up yet and selling takes no sign-in; run tillgate staff first on this terminal for the first manager"},
	PageSignFirst:  {"请先登录，未执行", "Sign in first; nothing was done"},
	PageSignToSee:  {"登录后可见", "Sign in to see them"},
	PageUnread:     {"请求格式有误，未执行", "The request could not be read; nothing was done"},
	PageUndone:     {"暂时无法完成，未执行；请看清后再试", "It cannot be done now and was not; look again before you try once more"},
	PageStaff:      {"人员", "Staff"},

	PageNotYourLane: {"您在这个通道未当班", "You are not on duty on this lane"},

	PageRefund:    {"退款", "Refund"},
	PageFind:      {"查找", "Find"},
	PageFindHelp:  {"扫小票条码，或输入订单号、末几位、金额、时间", "Scan the slip, or type a number or its end, an amount, a time"},
	PageNothing:   {"没有找到，请换个条件", "Nothing was found; try something else"},
	PagePaid:      {"已付", "Paid"},
	PageLeft:      {"可退", "Can go back"},
	PageAmount:    {"退款金额（元）", "Amount, yuan"},
	PageReason:    {"原因", "Reason"},
	PageGiveBack:  {"退款", "Give it back"},
	PageApprove:   {"授权", "Approve"},
	PageApproves:  {"主管授权", "A supervisor approves"},
	PageCode:      {"授权码", "Code"},
	PageByCode:    {"或请主管扫码后报授权码", "Or a supervisor elsewhere scans this and tells the code"},
	PageWithdraw:  {"不退了", "Withdraw"},
	PageSentTwice: {"此表单已提交过，未重复执行；请看清后再操作", "This form was sent before and nothing was done twice; look before you go on"},
	PageSearch:    {"查询", "Search"},

	PageShift:      {"班次", "Shift"},
	PageOff:        {"您未当班", "You are not on duty"},
	PageClockOn:    {"上班", "Clock on"},
	PageClockOff:   {"只下班，稍后交班", "Clock off, hand over later"},
	PageHandOver:   {"交班", "Hand over"},
	PageHanded:     {"已交班", "Handed over"},
	PageOnDuty:     {"当班", "On duty"},
	PageSince:      {"开始", "Since"},
	PageTo:         {"接班人（可不填）", "Who takes over, if anybody"},
	PageItems:      {"交班单内容", "On the slip"},
	PageWhere:      {"在哪个通道打印", "Printed at lane"},
	PageAlways:     {"应收、实收、无人当班金额和未完结数总会打印", "What was received, by nobody, and what is left open are always on it"},
	PageNobody:     {"无人当班期间", "While nobody was on duty"},
	PagePending:    {"未完结，转下一班", "Not final, goes to the next shift"},
	PagePrintNew:   {"补打交班单", "Print the slip again"},
	PageLanes:      {"通道", "Lanes"},
	PageChooseLane: {"请选择通道或整个门店，未上班", "Choose lanes, or the whole store; you were not clocked on"},
	PageWay:        {"支付方式", "Way to pay"},
	PageSoFar:      {"到目前为止", "So far"},
	PageEverybody:  {"所有当班人员", "Everybody on duty"},

	PageReports:   {"报表", "Reports"},
	PageFrom:      {"从", "From"},
	PageUntil:     {"到", "Until"},
	PageShow:      {"查看", "Show"},
	PageFile:      {"下载此表", "Download this table"},
	PageFileAll:   {"下载明细", "Download every sale"},
	PageNotADay:   {"日期或报表有误，请重新选择", "That is no day or no report; choose again"},
	PageTasks:     {"任务", "Tasks"},
	PageNoTasks:   {"没有待处理的事项", "Nothing waits for anybody"},
	PageSecond:    {"第二位授权人（超过限额时）", "Who else approves, above the limit"},
	PageBooked:    {"记为已付", "It counts as paid"},
	PageGoesBack:  {"退回付款人", "It goes back to the payer"},
	PageElsewhere: {"已另行入账", "It was booked elsewhere"},
	PageSeenTo:    {"已处理", "It has been seen to"},
}

// In is the word in a language; one without a text is shown as it is.
func (p Page) In(lang Lang) string {
	if text, ok := pages[p]; ok {
		return text[lang]
	}
	return string(p)
}
