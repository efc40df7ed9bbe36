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
	PageFilter    Page = "filter"
	PageAll       Page = "all"
	PageSecret    Page = "secret"
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
	PageEnded      Page = "ended"
	PageEnd        Page = "end"
	PageSlips      Page = "slips"
	PageWho        Page = "who"
)

// Reports and tasks.
const (
	PageReports Page = "reports"
	PageFrom    Page = "from"
	PageUntil   Page = "until"
	PageShow    Page = "show"
	PageFile    Page = "file"
	PageFileAll Page = "file-all"
	PageNotADay Page = "not-a-day"

	PageFileRuns    Page = "file-runs"
	PageFileWhole   Page = "file-whole"
	PageFileStopped Page = "file-stopped"
	PageFileBroken  Page = "file-broken"
	PageFileBusy    Page = "file-busy"
	PageFileOrders  Page = "file-orders"
	PageFileBytes   Page = "file-bytes"
	PageFileStop    Page = "file-stop"
	PageNoFile      Page = "no-file"

	PageToApprove     Page = "to-approve"
	PageToApproveHelp Page = "to-approve-help"
	PageAsks          Page = "asks"

	PageTasks     Page = "tasks"
	PageNoTasks   Page = "no-tasks"
	PageSecond    Page = "second"
	PageBooked    Page = "booked"
	PageGoesBack  Page = "goes-back"
	PageElsewhere Page = "elsewhere"
	PageGiveUp    Page = "give-up"
	PageSeenTo    Page = "seen-to"

	PageGate       Page = "gate"
	PageGateLane   Page = "gate-lane"
	PageGateOpen   Page = "gate-open"
	PageGateHelp   Page = "gate-help"
	PageGateDone   Page = "gate-done"
	PageGateSent   Page = "gate-sent"
	PageGateNobody Page = "gate-nobody"
)

// People who work here.
const (
	PageHire       Page = "hire"
	PageHireNow    Page = "hire-now"
	PageRole       Page = "role"
	PageRights     Page = "rights"
	PageByRole     Page = "by-role"
	PageOneByOne   Page = "one-by-one"
	PageEveryLane  Page = "every-lane"
	PageHasPIN     Page = "has-pin"
	PageNoPIN      Page = "no-pin"
	PageIsOff      Page = "is-off"
	PageYou        Page = "you"
	PageSwitchOff  Page = "switch-off"
	PageSwitchOn   Page = "switch-on"
	PageOffHelp    Page = "off-help"
	PageRemove     Page = "remove"
	PageRemoveHelp Page = "remove-help"
	PageNewLink    Page = "new-link"
	PageLink       Page = "link"
	PageLinkHelp   Page = "link-help"
	PageSetHere    Page = "set-here"
	PageSave       Page = "save"
	PageSaved      Page = "saved"
	PageStale      Page = "stale"
	PageByCloud    Page = "by-cloud"
	PageSpot       Page = "spot"
	PageSpotName   Page = "spot-name"
)

// Settings, the own PIN, and approvals from elsewhere.
const (
	PageSettings     Page = "settings"
	PageDisplayLink  Page = "display-link"
	PageSpoken       Page = "spoken"
	PageSilent       Page = "silent"
	PageMine         Page = "mine"
	PageOldPIN       Page = "old-pin"
	PageNewPIN       Page = "new-pin"
	PageChangePIN    Page = "change-pin"
	PagePINIsSet     Page = "pin-is-set"
	PageKey          Page = "key"
	PageKeyHelp      Page = "key-help"
	PageKeyHas       Page = "key-has"
	PageKeyTake      Page = "key-take"
	PageKeyOther     Page = "key-other"
	PageKeyShown     Page = "key-shown"
	PageKeyPlain     Page = "key-plain"
	PageKeyTaken     Page = "key-taken"
	PageAnswer       Page = "answer"
	PageAnswerScan   Page = "answer-scan"
	PageAnswerLook   Page = "answer-look"
	PageAnswerCode   Page = "answer-code"
	PageDevice       Page = "device"
	PageOrder        Page = "order"
	PageSum          Page = "sum"
	PagePhone        Page = "phone"
	PagePhoneNone    Page = "phone-none"
	PagePhoneReady   Page = "phone-ready"
	PagePhonePaste   Page = "phone-paste"
	PagePhoneYes     Page = "phone-yes"
	PagePhoneNo      Page = "phone-no"
	PagePhoneBad     Page = "phone-bad"
	PagePhoneForget  Page = "phone-forget"
	PagePhoneScripts Page = "phone-scripts"
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
	PageFilter:    {"筛选", "Narrow it down"},
	PageAll:       {"全部", "All"},
	PageSecret:    {"这是付款码、卡号或密钥，未查询，也未记录", "That is a payment code, a card number or a key; it was not looked for and is not kept"},

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
	PageEnded:      {"已下班，待交班", "Ended, to be handed over"},
	PageEnd:        {"结束", "Ended"},
	PageSlips:      {"最近的交班单", "The last slips"},
	PageWho:        {"当班人", "Whose"},

	PageReports: {"报表", "Reports"},
	PageFrom:    {"从", "From"},
	PageUntil:   {"到", "Until"},
	PageShow:    {"查看", "Show"},
	PageFile:    {"下载此表", "Download this table"},
	PageFileAll: {"下载明细", "Download every sale"},
	PageNotADay: {"日期或报表有误，请重新选择", "That is no day or no report; choose again"},

	PageFileRuns:    {"正在生成并下载，收款不受影响", "It is being made and downloaded; sales go on meanwhile"},
	PageFileWhole:   {"文件完整", "The file is whole"},
	PageFileStopped: {"已取消，文件不完整，请删除", "It was cancelled; what was saved is not whole, so delete it"},
	PageFileBroken:  {"下载中断，文件不完整，请重新下载", "It broke off; what was saved is not whole, so download it again"},
	PageFileBusy:    {"已有明细正在下载，未开始新的；请等待或取消后再试", "Another such file is being downloaded, so this one was not begun; wait for it or cancel it"},
	PageFileOrders:  {"单", "Orders"},
	PageFileBytes:   {"大小", "Size"},
	PageFileStop:    {"取消下载", "Cancel the download"},
	PageNoFile:      {"没有下载中的文件", "No file is being downloaded"},

	PageToApprove:     {"等待授权，尚未执行", "Waits for approval and is not done yet"},
	PageToApproveHelp: {"请到申请的页面输入您的密码，或用手机扫该页的码并报授权码", "Type your PIN on the page that asks, or scan its code with your phone and tell the digits"},
	PageAsks:          {"申请人", "Asked by"},

	PageTasks:     {"任务", "Tasks"},
	PageNoTasks:   {"没有待处理的事项", "Nothing waits for anybody"},
	PageSecond:    {"第二位授权人（超过限额时）", "Who else approves, above the limit"},
	PageBooked:    {"记为已付", "It counts as paid"},
	PageGoesBack:  {"退回付款人", "It goes back to the payer"},
	PageElsewhere: {"已另行入账", "It was booked elsewhere"},
	PageGiveUp:    {"不再发送，查无结果即作废", "Send it no more; it ends once the network does not know it"},
	PageSeenTo:    {"已处理", "It has been seen to"},

	PageGate:       {"人工放行", "Let through"},
	PageGateLane:   {"通道", "Lane"},
	PageGateOpen:   {"放行并开闸", "Open the gate"},
	PageGateHelp:   {"不收款开闸，谁、何时、为何都会记录", "It opens without the money; who did it, when and why is on record"},
	PageGateDone:   {"道闸已打开，已记录", "The gate is open, and it is on record"},
	PageGateSent:   {"此表单已提交过，未再次开闸；还要开请重新提交", "This form was sent before, and the gate was not opened again; send it anew if it has to"},
	PageGateNobody: {"本机没有您可放行的道闸，请找经理", "There is no gate here that you may open without the money; ask a manager"},

	PageHire:       {"新增人员", "Add a person"},
	PageHireNow:    {"新增并生成链接", "Add, and make the link"},
	PageRole:       {"角色", "Role"},
	PageRights:     {"权限", "Rights"},
	PageByRole:     {"按角色默认", "As the role has"},
	PageOneByOne:   {"单独设置", "Set one by one"},
	PageEveryLane:  {"所有通道", "All lanes"},
	PageHasPIN:     {"已设密码", "PIN set"},
	PageNoPIN:      {"未设密码", "No PIN yet"},
	PageIsOff:      {"已停用", "Switched off"},
	PageYou:        {"您", "You"},
	PageSwitchOff:  {"停用", "Switch off"},
	PageSwitchOn:   {"启用", "Switch on"},
	PageOffHelp:    {"停用后立即退出登录，可随时启用", "They are signed out at once, and can be switched on again"},
	PageRemove:     {"删除此人", "Remove for good"},
	PageRemoveHelp: {"密码与链接一并失效，不能恢复；报表仍有其姓名", "PIN and link end with it, and it cannot be undone; reports keep the name"},
	PageNewLink:    {"生成密码链接", "Make a link to set a PIN"},
	PageLink:       {"一次性链接", "One-time link"},
	PageLinkHelp:   {"请本人扫码或打开链接，自设密码；只显示这一次，15 分钟内有效", "The person scans it or opens the link and sets a PIN of their own; it is shown this once and good for 15 minutes"},
	PageSetHere:    {"在本机设置", "Set it on this screen"},
	PageSave:       {"保存", "Save"},
	PageSaved:      {"已保存", "Saved"},
	PageStale:      {"此人的设置刚被更改，未保存；请看清后再改", "Somebody has just changed this person, so nothing was saved; look again before you do"},
	PageByCloud:    {"人员与权限由云端签发，此处只能生成密码链接；云端序号", "People and rights are signed by the cloud and only links to set a PIN are made here; its serial is"},
	PageSpot:       {"时钟未校准：放宽权限须一位经理在此输入姓名和密码", "The clock is not trusted: what widens a right takes a manager's name and PIN here"},
	PageSpotName:   {"经理姓名", "Manager"},

	PageDisplayLink:  {"在顾客看的屏幕上打开链接：无需登录，只显示该通道", "Open its link on the screen that customers see: it takes no sign-in and shows that lane alone"},
	PageSettings:     {"设置", "Settings"},
	PageSpoken:       {"播报", "Spoken"},
	PageSilent:       {"静音", "Silent"},
	PageMine:         {"我的", "My own"},
	PageOldPIN:       {"现在的密码", "Present PIN"},
	PageNewPIN:       {"新密码", "New PIN"},
	PageChangePIN:    {"修改密码", "Change the PIN"},
	PagePINIsSet:     {"密码已设置，请用新密码登录", "The PIN is set; sign in with it"},
	PageKey:          {"手机授权密钥", "Approval key for a phone"},
	PageKeyHelp:      {"装入手机后，不在场也能授权，无需网络；不要让他人扫到", "With it in a phone you approve from elsewhere, without any network; let nobody else scan it"},
	PageKeyHas:       {"您在本机已有密钥，再领一个旧的即失效", "You have a key on this terminal, and a new one voids it"},
	PageKeyTake:      {"领取密钥", "Take a key"},
	PageKeyOther:     {"其他终端的密钥（可不填）", "Another terminal's key, if you have one"},
	PageKeyShown:     {"请用手机相机扫码，只显示这一次", "Scan it with the phone's camera; it is shown this once"},
	PageKeyPlain:     {"配置中没有手机页面的地址（[console] phone），码中只有密钥文字：请打开手机页面后粘贴", "The config names no address of the phone's page ([console] phone), so the code has the key's text alone: open that page and paste it"},
	PageKeyTaken:     {"密钥已装入本机，同一部手机即可授权", "This terminal has taken the key, and the same phone answers it"},
	PageAnswer:       {"替其他终端授权", "Approve for another terminal"},
	PageAnswerScan:   {"扫对方屏幕上的码", "Scan the code on the other screen"},
	PageAnswerLook:   {"查看申请", "Look at it"},
	PageAnswerCode:   {"请把授权码告诉对方", "Tell them this code"},
	PageDevice:       {"终端", "Terminal"},
	PageOrder:        {"订单", "Order"},
	PageSum:          {"金额（元）", "Sum, yuan"},
	PagePhone:        {"手机授权", "Approve by phone"},
	PagePhoneNone:    {"本机没有密钥：请在终端的“我的”页领取，再用相机扫码", "There is no key in this phone: take one at the terminal, on the page \"My own\", and scan it"},
	PagePhoneReady:   {"密钥已装入，没有网络也能用；请扫终端上的申请码", "The key is in and works without a network; scan what a terminal asks for"},
	PagePhonePaste:   {"或粘贴申请码", "Or paste what it asks for"},
	PagePhoneYes:     {"同意，显示授权码", "Approve, and show the code"},
	PagePhoneNo:      {"不同意", "Refuse"},
	PagePhoneBad:     {"这不是授权申请或密钥，请重新扫码", "That is neither a request nor a key; scan it again"},
	PagePhoneForget:  {"删除本机密钥", "Forget the keys"},
	PagePhoneScripts: {"请启用脚本，并用 https 打开", "Scripts are needed, and an https address"},
}

// In is the word in a language; one without a text is shown as it is.
func (p Page) In(lang Lang) string {
	if text, ok := pages[p]; ok {
		return text[lang]
	}
	return string(p)
}
