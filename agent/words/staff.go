package words

import "time"

// Labels of the pages for the staff: what a button, a heading or a value is.
const (
	LabelLanes      Key = "label-lanes"
	LabelCounter    Key = "label-counter"
	LabelExit       Key = "label-exit"
	LabelDesk       Key = "label-desk"
	LabelBothDesks  Key = "label-both-desks"
	LabelNothing    Key = "label-nothing"
	LabelCashier    Key = "label-cashier"
	LabelDisplay    Key = "label-display"
	LabelTechnician Key = "label-technician"
	LabelTake       Key = "label-take"
	LabelAmount     Key = "label-amount"
	LabelFull       Key = "label-full"
	LabelBeside     Key = "label-beside"
	LabelPhone      Key = "label-phone"
	LabelCash       Key = "label-cash"
	LabelCard       Key = "label-card"
	LabelNewAmount  Key = "label-new-amount"
	LabelShowQR     Key = "label-show-qr"
	LabelCode       Key = "label-code"
	LabelScan       Key = "label-scan"
	LabelGiven      Key = "label-given"
	LabelExact      Key = "label-exact"
	LabelChange     Key = "label-change"
	LabelMissing    Key = "label-missing"
	LabelTakeCash   Key = "label-take-cash"
	LabelCardRef    Key = "label-card-ref"
	LabelTakeCard   Key = "label-take-card"
	LabelCancel     Key = "label-cancel"
	LabelErase      Key = "label-erase"
	LabelClear      Key = "label-clear"
	LabelLastSales  Key = "label-last-sales"
	LabelReprint    Key = "label-reprint"
	LabelOfSlip     Key = "label-of-slip"
	LabelRefunded   Key = "label-refunded"
	LabelBehind     Key = "label-behind"
	LabelCar        Key = "label-car"
	LabelCustomers  Key = "label-customers"
	LabelSeconds    Key = "label-seconds"
	LabelExpired    Key = "label-expired"
	LabelScanWith   Key = "label-scan-with"

	LabelDisplayOn  Key = "label-display-on"
	LabelDisplayOff Key = "label-display-off"
	LabelStale      Key = "label-stale"
	LabelStaleShown Key = "label-stale-shown"
	LabelNoScripts  Key = "label-no-scripts"
	LabelNoAnswer   Key = "label-no-answer"

	LabelDevices  Key = "label-devices"
	LabelEvents   Key = "label-events"
	LabelNetworks Key = "label-networks"
	LabelFacts    Key = "label-facts"
	LabelMetrics  Key = "label-metrics"
	LabelNone     Key = "label-none"
	LabelUnread   Key = "label-unread"
	LabelWaiting  Key = "label-waiting"
	LabelUp       Key = "label-up"
	LabelLost     Key = "label-lost"
	LabelVersion  Key = "label-version"
	LabelStarted  Key = "label-started"
	LabelDisk     Key = "label-disk"
	LabelUnsent   Key = "label-unsent"
	LabelClock    Key = "label-clock"
	LabelTrusted  Key = "label-trusted"
	LabelFloor    Key = "label-floor"
	LabelCloud    Key = "label-cloud"

	LabelCertificate Key = "label-certificate"
)

// What is said of the terminal as a whole: what is down, and what still works.
const (
	AlarmNone     Key = "alarm-none"
	AlarmFull     Key = "alarm-full"
	AlarmInternet Key = "alarm-internet"
	AlarmNetwork  Key = "alarm-network"
	AlarmCloud    Key = "alarm-cloud"
	AlarmDevice   Key = "alarm-device"
	AlarmClock    Key = "alarm-clock"
	AlarmExpires  Key = "alarm-expires"
	AlarmExpired  Key = "alarm-expired"

	StillAll    Key = "still-all"
	StillFull   Key = "still-full"
	StillCash   Key = "still-cash"
	StillOthers Key = "still-others"
	StillSold   Key = "still-sold"
	StillRest   Key = "still-rest"
	StillOrder  Key = "still-order"

	StillExpires Key = "still-expires"
	StillExpired Key = "still-expired"
)

// Why an action of a page was not taken.
const (
	AnswerOtherSite     Key = "answer-other-site"
	AnswerOtherHost     Key = "answer-other-host"
	AnswerNoLane        Key = "answer-no-lane"
	AnswerTooLong       Key = "answer-too-long"
	AnswerNotUnderstood Key = "answer-not-understood"
	AnswerLaneBusy      Key = "answer-lane-busy"
	AnswerTooMany       Key = "answer-too-many" // requests of one address
	AnswerMovedOn       Key = "answer-moved-on"
	AnswerJustNow       Key = "answer-just-now"
	AnswerNotAnAmount   Key = "answer-not-an-amount"
	AnswerAmountWrong   Key = "answer-amount-wrong"
	AnswerFullHigh      Key = "answer-full-high"
	AnswerOneAmount     Key = "answer-one-amount"
	AnswerTitleWrong    Key = "answer-title-wrong"
	AnswerNoCode        Key = "answer-no-code"
	AnswerNoRef         Key = "answer-no-ref"
	AnswerCardNumber    Key = "answer-card-number"
	AnswerNoSale        Key = "answer-no-sale"
)

// labels are the texts of this file's keys.
var labels = map[Key][2]string{
	LabelLanes:      {"通道", "Lanes"},
	LabelCounter:    {"收银台", "Counter"},
	LabelExit:       {"停车场出口", "Parking exit"},
	LabelDesk:       {"押金台", "Deposit desk"},
	LabelBothDesks:  {"收款与押金", "Till and deposits"},
	LabelNothing:    {"无需操作，结果会自动显示", "Nothing to do: the result appears by itself"},
	LabelCashier:    {"收银", "Cashier"},
	LabelDisplay:    {"客显", "Display"},
	LabelTechnician: {"设备状态", "Technician"},
	LabelTake:       {"收款", "Take money"},
	LabelAmount:     {"金额（元）", "Amount in yuan"},
	LabelFull:       {"其中不参与优惠（元）", "Of it without discount"},
	LabelBeside:     {"另收押金（元）", "And a deposit"},
	LabelPhone:      {"手机", "Phone"},
	LabelCash:       {"现金", "Cash"},
	LabelCard:       {"刷卡", "Card"},
	LabelNewAmount:  {"新单", "New"},
	LabelShowQR:     {"显示二维码", "Show a QR code"},
	LabelCode:       {"付款码：扫码枪或手输", "Payment code: scan it, or type it"},
	LabelScan:       {"提交", "Charge"},
	LabelGiven:      {"实收（元）", "Cash given, in yuan"},
	LabelExact:      {"正好", "Exact"},
	LabelChange:     {"找零", "Change"},
	LabelMissing:    {"还差", "Missing"},
	LabelTakeCash:   {"已收现金", "Cash taken"},
	LabelCardRef:    {"刷卡单上的参考号", "Reference on the card slip"},
	LabelTakeCard:   {"已刷卡", "Card charged"},
	LabelCancel:     {"取消本单", "Cancel order"},
	LabelErase:      {"退格", "Erase"},
	LabelClear:      {"清空", "Clear"},
	LabelLastSales:  {"最近交易", "Last sales"},
	LabelReprint:    {"补打", "Reprint"},
	LabelOfSlip:     {"查看这张小票", "Open this slip"},
	LabelRefunded:   {"已退", "Refunded"},
	LabelBehind:     {"后台处理中", "Still being settled"},
	LabelCar:        {"有车", "Car here"},
	LabelCustomers:  {"模拟顾客", "Customers"},
	LabelSeconds:    {"秒", "s"},
	LabelExpired:    {"已过期，正在更新", "Expired; being renewed"},
	LabelScanWith:   {"扫一扫", "scan to pay"},

	LabelDisplayOn:  {"客显已连接", "Display on"},
	LabelDisplayOff: {"客显未连接", "No display"},
	LabelStale:      {"连接中断：以下内容可能已过时，正在重连", "Connection lost: what you see may be old; reconnecting"},
	LabelStaleShown: {"请稍候，请看收银员", "One moment please; ask the cashier"},
	LabelNoScripts:  {"未启用脚本：请刷新页面查看最新状态", "Scripts are off: reload the page to see what is new"},
	LabelNoAnswer:   {"设备没有回答：请先看屏幕上的状态，再决定是否重试", "The terminal did not answer: look at the state before you try again"},

	LabelDevices:  {"设备", "Devices"},
	LabelEvents:   {"最近事件", "Last events"},
	LabelNetworks: {"支付网络", "Payment networks"},
	LabelFacts:    {"本机", "This terminal"},
	LabelMetrics:  {"指标", "Metrics"},
	LabelNone:     {"暂无", "none"},
	LabelUnread:   {"暂时无法读取", "Cannot be read now"},
	LabelWaiting:  {"等待", "waiting"},
	LabelUp:       {"正常", "ready"},
	LabelLost:     {"断开", "lost"},
	LabelVersion:  {"版本", "Version"},
	LabelStarted:  {"启动", "Started"},
	LabelDisk:     {"存储", "Disk"},
	LabelUnsent:   {"待上传", "Not yet sent"},
	LabelClock:    {"时钟", "Clock"},
	LabelTrusted:  {"可信", "trusted"},
	LabelFloor:    {"未校准", "not yet trusted"},
	LabelCloud:    {"云端", "Cloud"},

	LabelCertificate: {"证书", "Certificate"},

	AlarmNone:     {"一切正常", "Everything works"},
	AlarmFull:     {"存储已满", "Storage is full"},
	AlarmInternet: {"互联网断开", "Internet down"},
	AlarmNetwork:  {"支付网络断开", "Payment network down"},
	AlarmCloud:    {"云端断开", "Cloud down"},
	AlarmDevice:   {"设备断开", "Device lost"},
	AlarmClock:    {"时钟未校准", "Clock not trusted"},
	AlarmExpires:  {"证书即将到期", "Certificate expires soon"},
	AlarmExpired:  {"证书已过期", "Certificate has expired"},

	StillAll:    {"可正常收款", "All payments can be taken"},
	StillFull:   {"暂停新收款；已开始的可完成，记录仍会上传", "No new payment; what was started can end, and records still go up"},
	StillCash:   {"现金与刷卡照常；记录留在本机，恢复后上传", "Cash and cards still work; records stay here and go up later"},
	StillOthers: {"其他支付方式照常；在途付款会自动查清", "Other ways to pay still work; payments under way are found out"},
	StillSold:   {"收款照常；记录留在本机，恢复后上传", "All payments still work; records stay here and go up later"},
	StillRest:   {"其余照常；恢复后自动重连", "The rest still works; it is opened again as soon as it is back"},
	StillOrder:  {"收款照常；先后以序号为准，时间稍后校准", "All payments still work; order is by number, the time is corrected later"},

	StillExpires: {"收款照常；请在到期前更换证书并重启", "All payments still work; replace it before that day, and start again"},
	StillExpired: {"仍可尝试收款；支付网络可能拒绝撤销、退款和二维码，请立即更换证书", "Payments are still tried; the network may refuse to undo, to refund and to show QR codes: replace it now"},

	AnswerOtherSite:     {"请求来自其他网站，已拒绝", "This came from another site and was refused"},
	AnswerTooMany:       {"请求过于频繁，未执行，请稍候再试", "Too many requests; nothing was done, try again in a moment"},
	AnswerOtherHost:     {"此地址不是本机页面", "This page is not called by that name"},
	AnswerNoLane:        {"没有这个通道", "There is no such lane"},
	AnswerTooLong:       {"输入过长", "That is too long"},
	AnswerNotUnderstood: {"请求格式有误", "The request could not be read; amounts are texts such as \"12.50\""},
	AnswerLaneBusy:      {"通道繁忙，请稍候", "This lane is busy; one moment please"},
	AnswerMovedOn:       {"本通道已有变化，未执行；请看清后再操作", "The lane has moved on and nothing was done; look again before you act"},
	AnswerJustNow:       {"刚刚已有操作，未重复执行；请看清后再操作", "Somebody acted just now and this was not done; look again before you act"},
	AnswerNotAnAmount:   {"这不是金额，请输入如 12.50", "That is not an amount; type a sum in yuan, such as 12.50"},
	AnswerAmountWrong:   {"金额有误：以元为单位，最多两位小数，如 12.50；不四舍五入", "That amount is wrong"},
	AnswerFullHigh:      {"不参与优惠的金额不能大于总金额", "What takes part in no discount cannot be more than the whole amount"},
	AnswerOneAmount:     {"本通道只收一个金额", "This lane takes one amount"},
	AnswerTitleWrong:    {"文字有误：最多 42 字，不可含付款码", "The text is too long, or has what may not stand on a slip"},
	AnswerNoCode:        {"请输入付款码", "Please type a payment code"},
	AnswerNoRef:         {"请输入刷卡单上的参考号", "Please type the reference that stands on the card slip"},
	AnswerCardNumber:    {"请勿输入卡号；请输入刷卡单上的参考号", "No card numbers here; type the reference that stands on the card slip"},
	AnswerNoSale:        {"请选择要补打的交易", "Please choose the sale to print again"},
}

// forStaff are the screens whose work is not the payer's.
var forStaff = map[Phase][2][3]string{
	Idle:     {{"等待收款", "请输入金额", ""}, {"Nothing to pay", "Enter the amount", ""}},
	Ready:    {{"待付款", "请扫顾客的付款码，或选其他方式", "尚未扣款"}, {"To be paid", "Scan the customer's code, or choose another way", "Nothing has been charged"}},
	Password: {{"等待输入密码", "请顾客在手机上输入密码", "确认前不会扣款"}, {"Waiting for the password", "The customer enters it on the phone", "Nothing is charged until you do"}},
	ScanUs:   {{"待付款", "请顾客扫描二维码", "尚未扣款"}, {"To be paid", "The customer scans the QR code", "Nothing has been charged"}},
}

// troubles are outputs that did not happen, as an order's Trouble names them.
var troubles = map[string][2]string{
	"slip failed":    {"小票未打出，可补打", "The slip was not printed; print it again"},
	"slip held":      {"小票在等打印机", "The slip waits for the printer"},
	"slip dropped":   {"小票未打印", "The slip was not printed"},
	"voice failed":   {"未播报", "Nothing was said"},
	"voice dropped":  {"未播报", "Nothing was said"},
	"gate failed":    {"道闸未打开，请人工处理", "The gate did not open; please see to it"},
	"gate held":      {"道闸在等待", "The gate waits"},
	"gate dropped":   {"道闸未打开，请人工处理", "The gate did not open; please see to it"},
	"drawer failed":  {"钱箱未打开", "The drawer did not open"},
	"drawer held":    {"钱箱在等待", "The drawer waits"},
	"drawer dropped": {"钱箱未打开", "The drawer did not open"},
}

// Trouble is an output that did not happen, for the staff; one without words is
// shown as it is.
func Trouble(what string, lang Lang) string {
	if text, ok := troubles[what]; ok {
		return text[lang]
	}
	return what
}

// China is where every time that a person reads is: one zone, no summer time since 1991.
func China(t time.Time) time.Time { return t.In(china) }
