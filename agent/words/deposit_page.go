package words

import "fmt"

// DepositWord is a word of the pages for deposits: a heading, a field, a button,
// or a sentence that says how things stand.
type DepositWord string

// Taking and finding deposits.
const (
	DepositPage     DepositWord = "page"
	DepositDesk     DepositWord = "desk"
	DepositTill     DepositWord = "till"
	DepositIdle     DepositWord = "idle"
	DepositOne      DepositWord = "one"
	DepositState    DepositWord = "state"
	DepositAll      DepositWord = "all"
	DepositSum      DepositWord = "sum"
	DepositAmount   DepositWord = "amount"
	DepositRoom     DepositWord = "room"
	DepositNote     DepositWord = "note"
	DepositTake     DepositWord = "take"
	DepositNew      DepositWord = "new"
	DepositGuest    DepositWord = "guest"
	DepositScan     DepositWord = "scan"
	DepositShowQR   DepositWord = "show-qr"
	DepositDrop     DepositWord = "drop"
	DepositWait     DepositWord = "wait"
	DepositOpen     DepositWord = "open"
	DepositBelow    DepositWord = "below"
	DepositList     DepositWord = "list"
	DepositNobodys  DepositWord = "none-held"
	DepositFind     DepositWord = "find"
	DepositFindHelp DepositWord = "find-help"
	DepositMethod   DepositWord = "method"
	DepositAny      DepositWord = "any-method"
	DepositFrom     DepositWord = "from"
	DepositUntil    DepositWord = "until"
	DepositOnlyOpen DepositWord = "only-open"
	DepositNothing  DepositWord = "nothing-found"
)

// One deposit.
const (
	DepositHeldSum     DepositWord = "held"
	DepositCaptured    DepositWord = "captured"
	DepositReleased    DepositWord = "released"
	DepositLeft        DepositWord = "left"
	DepositMovingSum   DepositWord = "moving"
	DepositRefunded    DepositWord = "refunded"
	DepositVoucher     DepositWord = "voucher"
	DepositBy          DepositWord = "by"
	DepositAt          DepositWord = "at"
	DepositExpires     DepositWord = "expires"
	DepositNeverSays   DepositWord = "never-says"
	DepositDiffers     DepositWord = "differs"
	DepositOurs        DepositWord = "ours"
	DepositTheirs      DepositWord = "theirs"
	DepositSteps       DepositWord = "steps"
	DepositCapture     DepositWord = "capture"
	DepositCaptureSum  DepositWord = "capture-sum"
	DepositRestBack    DepositWord = "rest-back"
	DepositRelease     DepositWord = "release"
	DepositReleaseSum  DepositWord = "release-sum"
	DepositRefund      DepositWord = "refund"
	DepositRefundSum   DepositWord = "refund-sum"
	DepositAgain       DepositWord = "again"
	DepositAgainHow    DepositWord = "again-how"
	DepositAgainBegin  DepositWord = "again-begin"
	DepositReason      DepositWord = "reason"
	DepositOn          DepositWord = "go-on"
	DepositConfirmed   DepositWord = "confirmed"
	DepositBackTo      DepositWord = "back-to"
	DepositMovedOn     DepositWord = "moved-on"
	DepositOnce        DepositWord = "once"
	DepositWhole       DepositWord = "whole"
	DepositAsksAgain   DepositWord = "asks-again"
	DepositMoreThan    DepositWord = "more-than"
	DepositStepCapture DepositWord = "step-capture"
	DepositStepRelease DepositWord = "step-release"
	DepositStepDone    DepositWord = "step-done"
	DepositStepNot     DepositWord = "step-not"

	DepositDiffersShort DepositWord = "differs-short"
	DepositMore         DepositWord = "more"
	DepositCredit       DepositWord = "credit"
	DepositCreditHow    DepositWord = "credit-how"
	DepositReprint      DepositWord = "reprint"
	DepositReprintHow   DepositWord = "reprint-how"
)

// Deposits of the site's other terminals.
const (
	DepositElsewhere   DepositWord = "elsewhere"
	DepositTakeOver    DepositWord = "take-over"
	DepositTakenFrom   DepositWord = "taken-from"
	DepositSiteDiffers DepositWord = "site-differs"
	DepositSiteAgrees  DepositWord = "site-agrees"
	DepositThere       DepositWord = "there"
	DepositBusyThere   DepositWord = "busy-there"
)

var depositWords = map[DepositWord][2]string{
	DepositPage:     {"押金", "Deposits"},
	DepositDesk:     {"押金台", "Deposit desk"},
	DepositTill:     {"收款台", "Till"},
	DepositIdle:     {"输入金额和房号收取押金，或扫押金小票办理退房", "Type an amount and a room to take a deposit, or scan a slip at check-out"},
	DepositOne:      {"押金", "Deposit"},
	DepositState:    {"状态", "State"},
	DepositAll:      {"全部", "All"},
	DepositSum:      {"金额（元）", "Amount, yuan"},
	DepositAmount:   {"押金金额（元）", "Deposit, yuan"},
	DepositRoom:     {"房号", "Room"},
	DepositNote:     {"备注", "Note"},
	DepositTake:     {"收押金", "Take it"},
	DepositNew:      {"新押金", "New deposit"},
	DepositGuest:    {"客人手机", "Guest's phone"},
	DepositScan:     {"扫客人的付款码", "Scan the guest's code"},
	DepositShowQR:   {"显示押金二维码", "Show a QR code"},
	DepositDrop:     {"取消", "Cancel"},
	DepositWait:     {"请等待结果，此时无需操作", "Wait for the result; there is nothing to do now"},
	DepositOpen:     {"查看此押金", "Open this deposit"},
	DepositBelow:    {"在下方消费或退还", "Capture or release it below"},
	DepositList:     {"在押押金", "Held now"},
	DepositNobodys:  {"目前没有在押押金", "Nothing is held now"},
	DepositFind:     {"查找", "Find"},
	DepositFindHelp: {"扫押金小票条码，或输入钱包里的交易单号", "Scan the slip, or type the wallet's voucher"},
	DepositMethod:   {"支付方式", "Wallet"},
	DepositAny:      {"全部", "Any"},
	DepositFrom:     {"从", "From"},
	DepositUntil:    {"到", "Until"},
	DepositOnlyOpen: {"在押", "Held now"},
	DepositNothing:  {"没有找到这样的押金，请换个条件，或核对是否在其他设备收取", "No such deposit was found; try something else, or another terminal"},

	DepositHeldSum:     {"收取", "Held"},
	DepositCaptured:    {"已消费", "Captured"},
	DepositReleased:    {"已退还", "Released"},
	DepositLeft:        {"在押", "Still held"},
	DepositMovingSum:   {"处理中", "Moving"},
	DepositRefunded:    {"消费后退款", "Refunded"},
	DepositVoucher:     {"钱包交易单号", "Wallet's voucher"},
	DepositBy:          {"收取人", "Taken by"},
	DepositAt:          {"收取时间", "Taken"},
	DepositExpires:     {"到期", "Expires"},
	DepositNeverSays:   {"支付网络未说明期限", "The network names no end"},
	DepositDiffers:     {"支付网络的合计与本机记录不同，以支付网络为准，请值班经理核对", "The network's totals are not ours; the network's count, and the manager looks into it"},
	DepositOurs:        {"本机记录", "Our record"},
	DepositTheirs:      {"支付网络", "The network"},
	DepositSteps:       {"操作记录", "What was done"},
	DepositCapture:     {"消费", "Capture"},
	DepositCaptureSum:  {"消费金额（元）", "Capture, yuan"},
	DepositRestBack:    {"余额退还客人", "The rest goes back to the guest"},
	DepositRelease:     {"退还押金", "Release"},
	DepositReleaseSum:  {"退还金额（元）", "Release, yuan"},
	DepositRefund:      {"消费后退款", "Refund what was captured"},
	DepositRefundSum:   {"退款金额（元）", "Refund, yuan"},
	DepositAgain:       {"续押", "Hold again"},
	DepositAgainHow:    {"先收一笔新押金，冻结成功后本笔自动退还；客人需在场，新押金失败时本笔不变", "A new deposit is taken first; once it is held, this one is released by itself. The guest has to be here; if the new one fails, this one stays as it is"},
	DepositAgainBegin:  {"开始续押", "Begin"},
	DepositReason:      {"原因", "Reason"},
	DepositOn:          {"下一步", "Next"},
	DepositConfirmed:   {"确认", "Confirm"},
	DepositBackTo:      {"返回", "Back"},
	DepositMovedOn:     {"这笔押金已有变化，未执行；请看清后再操作", "This deposit has changed meanwhile and nothing was done; look again before you go on"},
	DepositOnce:        {"只能消费一次", "It can be captured once only"},
	DepositWhole:       {"只能全额退还", "It goes back whole only"},
	DepositAsksAgain:   {"结果以本页为准，会自动刷新", "This page tells the result and looks again by itself"},
	DepositMoreThan:    {"超过在押金额，未执行", "That is more than is still held, and nothing was done"},
	DepositStepCapture: {"消费", "Captured"},
	DepositStepRelease: {"退还", "Released"},
	DepositStepDone:    {"已完成", "Done"},
	DepositStepNot:     {"未成功", "Not done"},

	DepositDiffersShort: {"与支付网络合计不同", "Not the network's totals"},
	DepositCredit:       {"信用担保", "On credit"},
	DepositCreditHow:    {"信用担保的部分未冻结资金，消费可能被拒，请在客人离店前消费", "No money is frozen for what stands on credit, and a capture may be refused: capture before the guest leaves"},
	DepositMore:         {"更多", "More"},
	DepositReprint:      {"补打小票", "Print the slip again"},
	DepositReprintHow:   {"小票丢失或未打出时补打最近一次操作的小票，会注明补打，不动钱", "Where the slip was lost or did not come out: that of what was done last, marked as a reprint; it moves no money"},

	DepositElsewhere:   {"这笔押金在本店另一台设备收取；接管前会先向支付网络核对余额，接管本身不动钱", "Another terminal of this shop took it; the network is asked what is held before it is taken over, and that moves no money"},
	DepositTakeOver:    {"接管", "Take over"},
	DepositTakenFrom:   {"接管自", "Taken over from"},
	DepositSiteDiffers: {"接管时，另一台设备的记录与支付网络不同，以支付网络为准，请看清余额再操作", "When it was taken over, the other terminal's record was not the network's, which counts; look at what is left before you go on"},
	DepositSiteAgrees:  {"接管时，另一台设备的记录与支付网络一致", "When it was taken over, the other terminal's record was the network's"},
	DepositThere:       {"另一台设备", "Other terminal"},
	DepositBusyThere:   {"该押金在那台设备上的操作结果确认中，未接管，有结果后再接管", "Something of it is still being confirmed at that terminal; it can be taken over once that has ended"},
}

// In is the word in a language; one without a text is shown as it is.
func (p DepositWord) In(lang Lang) string {
	if text, ok := depositWords[p]; ok {
		return text[lang]
	}
	return string(p)
}

// deposits are what the guest reads: what happened, what to do, and whether the
// money is safe. Some wallets take the money and keep it, others freeze it or stand
// for it with credit; of none has the shop received anything yet.
var deposits = map[DepositPhase][2][3]string{
	DepositReady:    {{"收取押金", "请出示付款码", "商户尚未收款，余额原路退还"}, {"A deposit, please", "Show your payment code", "The shop is not paid yet; the rest comes back to you"}},
	DepositScanUs:   {{"请扫码交押金", "请用手机扫描二维码", "商户尚未收款，余额原路退还"}, {"A deposit, please", "Scan the QR code with your phone", "The shop is not paid yet; the rest comes back to you"}},
	DepositAsking:   {{"正在冻结押金", "请稍候", "结果以本屏为准"}, {"Holding the deposit", "One moment please", "This screen tells the result"}},
	DepositPassword: {{"等待输入密码", "请在手机上输入密码", "确认前不会冻结押金"}, {"Waiting for the password", "Enter it on your phone", "Nothing is held until you do"}},
	DepositChecking: {{"押金结果确认中", "请勿离开，请勿再交押金", "钱款安全：冻结成功会显示，否则退回"}, {"Confirming the deposit", "Please stay; do not give another", "Your money is safe: it is held and shown, or it comes back"}},
	DepositBack:     {{"本次押金正在撤销", "请勿离开，请勿再交押金", "已冻结的会原路退回"}, {"This deposit is being undone", "Please stay; do not give another", "What was held goes back to you"}},
	DepositRefused:  {{"押金未收取", "请换一种方式或重试", "没有冻结任何金额"}, {"No deposit was taken", "Try again or another way", "Nothing is held"}},
	DepositHeld:     {{"押金已冻结", "谢谢，请保管好押金小票", "退房时按小票结算，余额退还"}, {"The deposit is held", "Thank you, please keep the slip", "It is settled at check-out and the rest goes back"}},
	DepositMoving:   {{"正在处理押金", "请稍候", "结果以本屏为准，不会重复处理"}, {"The deposit is being settled", "One moment please", "This screen tells the result; nothing is done twice"}},
	DepositSettled:  {{"押金已结清", "谢谢，请取小票", "余额已原路退还"}, {"The deposit is settled", "Thank you, please take the slip", "The rest has gone back to you"}},
	DepositLapsed:   {{"押金已到期", "如需续押请到前台", "余额已由支付网络退还客人"}, {"The deposit's time is over", "Please see the desk about a new one", "The network has given the rest back"}},
	DepositMismatch: {{"押金金额不符", "请找值班经理，请勿再交押金", "冻结的金额有记录，由经理处理"}, {"The deposit does not match", "Call the manager; do not give another", "What is held is on record"}},
	DepositUnbooked: {{"押金未能记账", "请勿再交押金，请找工作人员", "设备修复后会自动核对"}, {"The deposit is not booked", "Do not give another; call the staff", "It is checked as soon as the device is repaired"}},
}

// depositsForStaff are those that the clerk reads otherwise.
var depositsForStaff = map[DepositPhase][2][3]string{
	DepositReady:    {{"收取押金", "请扫客人的付款码，或显示二维码", "尚未冻结"}, {"Take the deposit", "Scan the guest's code, or show a QR code", "Nothing is held yet"}},
	DepositHeld:     {{"押金已冻结", "请把押金小票交给客人", "已冻结并记账，尚未消费"}, {"The deposit is held", "Give the guest the slip", "It is held and booked; nothing was captured"}},
	DepositChecking: {{"押金结果未知", "请等待，请勿对同一房间再收押金", "不会丢失：冻结成功会记账，否则退回客人"}, {"The result is not known", "Wait; take no other deposit for this room", "Nothing is lost: it is booked as held, or it goes back"}},
	DepositSettled:  {{"押金已结清", "请把小票交给客人", "已记账，没有在押金额"}, {"The deposit is settled", "Give the guest the slip", "It is booked; nothing is held any more"}},
	DepositLapsed:   {{"押金已到期", "如需继续，请重新收取押金", "余额已由支付网络退还客人，已记账"}, {"The deposit's time is over", "Take a new one where it is needed", "The network has given the rest back; it is booked"}},
}

// moves are what becomes of a capture, then of a release.
var moves = map[string]map[MovePhase][2][3]string{
	MoveCapture: {
		MoveAsking:   {{"正在消费押金", "请等待结果，请勿另行收款", "结果未知时会自动查询，不会重复扣款"}, {"Capturing", "Wait for the result; do not take the money another way", "It is asked about until it is known and never charged twice"}},
		MoveAccepted: {{"消费已受理", "请等待结果，请勿另行收款", "支付网络已受理，会自动核对"}, {"The capture is accepted", "Wait for the result; do not take the money another way", "The network has taken it on, and it is followed to its end"}},
		MoveStuck:    {{"消费受阻", "请找值班经理，请勿重复操作", "有记录，仍在自动查询"}, {"The capture is stuck", "Call the manager; do not repeat it", "It is on record and still asked about"}},
		MoveDone:     {{"消费成功", "请把小票交给客人", "已收款并记账"}, {"Captured", "Give the guest the slip", "Received and booked"}},
		MoveRefused:  {{"消费未成功", "请看清原因后再试，或找值班经理", "没有扣款，押金不变"}, {"Not captured", "Look at why before you try again, or call the manager", "Nothing was taken; the deposit is as it was"}},
	},
	MoveRelease: {
		MoveAsking:   {{"正在退还押金", "请等待结果，请勿另付现金", "结果未知时会自动查询，不会重复退还"}, {"Releasing", "Wait for the result; do not pay it out in cash", "It is asked about until it is known and never given back twice"}},
		MoveAccepted: {{"退还已受理", "客人可以离开，会自动核对到账", "款项已在途中，银行卡可能需要几小时"}, {"The release is accepted", "The guest may leave; it is followed to its end", "The money is on its way; a bank card may take hours"}},
		MoveStuck:    {{"退还受阻", "请找值班经理，请勿重复操作", "有记录，仍在自动查询"}, {"The release is stuck", "Call the manager; do not repeat it", "It is on record and still asked about"}},
		MoveDone:     {{"退还成功", "请把小票交给客人", "已原路退还并记账"}, {"Released", "Give the guest the slip", "It has gone back the way it came and is booked"}},
		MoveRefused:  {{"退还未成功", "请看清原因后再试，或找值班经理", "没有退还，押金不变"}, {"Not released", "Look at why before you try again, or call the manager", "Nothing went back; the deposit is as it was"}},
	},
}

// ShowDeposit is what the guest reads of a deposit.
func ShowDeposit(d Deposit, lang Lang) Screen {
	s := depositScreen(deposits, d.Phase, lang)
	if d.Phase == DepositRefused {
		if why := Refusal(d.Network, d.Code, lang); why != Refusal("", "", lang) { // it says more than that there was no payment
			s.What, s.Do = s.What+comma[lang]+why[0], why[1]
		}
	}
	switch {
	case d.Phase == DepositSettled && d.Captured > 0:
		s.Money = fmt.Sprintf(settledSums[lang], d.Captured, d.Released)
	case partly(d):
		s.Money = fmt.Sprintf(partlySums[lang], d.Captured, d.Released, d.Left)
	}
	return s
}

// partly tells whether a part of what is held has moved, and the rest is held.
func partly(d Deposit) bool { return d.Phase == DepositHeld && d.Captured+d.Released > 0 }

// settledSums is whether the money is safe where a part of it was taken, in yuan.
var settledSums = [2]string{"消费 %s 元，退还 %s 元", "%s yuan were taken, %s went back"}

// creditHeld is what the clerk has to know of a deposit that credit stands for, in yuan.
var creditHeld = [2]string{"其中 %s 元为信用担保，未冻结资金，消费可能被拒", "%s yuan of it stand on credit: no money is frozen, a capture may be refused"}

// partlySums is the same where the rest is still held.
var partlySums = [2]string{"已消费 %s 元，已退还 %s 元，仍冻结 %s 元", "%s yuan were taken, %s went back, %s are still held"}

// ShowDepositStaff is what the clerk reads of it.
func ShowDepositStaff(d Deposit, lang Lang) Screen {
	if d.Phase == DepositMoving && d.Move != nil {
		return ShowMove(*d.Move, d, lang)
	}
	if _, own := depositsForStaff[d.Phase]; !own {
		return ShowDeposit(d, lang)
	}
	s := depositScreen(depositsForStaff, d.Phase, lang)
	if d.Phase == DepositHeld && d.Credit > 0 {
		s.Money = fmt.Sprintf(creditHeld[lang], d.Credit)
	}
	if partly(d) {
		s.Money = fmt.Sprintf(partlySums[lang], d.Captured, d.Released, d.Left)
	}
	if d.Phase == DepositChecking && d.Code != "" {
		why := HoldOpen(d.Network, d.Code, lang)
		s.What += comma[lang] + why[0]
	}
	return s
}

func depositScreen(of map[DepositPhase][2][3]string, p DepositPhase, lang Lang) Screen {
	t, ok := of[p]
	if !ok {
		t = deposits[DepositChecking]
	}
	return Screen{What: t[lang][0], Do: t[lang][1], Money: t[lang][2]}
}

// ShowMove is what the clerk reads of a capture or a release of a deposit.
func ShowMove(m DepositMove, d Deposit, lang Lang) Screen {
	of, ok := moves[m.What]
	if !ok {
		of = moves[MoveCapture]
	}
	t, ok := of[m.Phase]
	if !ok {
		t = of[MoveAsking]
	}
	s := Screen{What: t[lang][0], Do: t[lang][1], Money: t[lang][2]}
	if (m.Phase == MoveRefused || m.Phase == MoveStuck) && m.Code != "" {
		why := MoveTrouble(d.Network, m.Code, lang)
		s.What, s.Do = s.What+comma[lang]+why[0], why[1]
	}
	if m.Phase == MoveDone && m.What == MoveCapture && m.Rest > 0 {
		s.Money = fmt.Sprintf(restWent[lang], m.Rest)
	}
	switch {
	case m.Other != 0:
		s.Money = fmt.Sprintf(otherMoved[lang], m.Other)
	case m.Phase == MoveRefused && d.Captured+d.Released > 0: // the deposit may not be as the clerk saw it
		s.Money = fmt.Sprintf(notThisSums[lang], d.Captured, d.Released, d.Left)
	case m.Phase == MoveRefused && elsewhere(d.Network, m.Code):
		s.Money = notThis[lang]
	}
	return s
}

var (
	restWent = [2]string{"已收款并记账，余额 %s 元已退还客人", "Received and booked; the rest, %s yuan, went back to the guest"}
	// The money of a step that came to nothing, where others may have moved the deposit.
	notThisSums = [2]string{"本次没有动；已消费 %s 元，已退还 %s 元，仍冻结 %s 元", "This moved nothing; %s yuan were taken, %s went back, %s are still held"}
	notThis     = [2]string{"本次没有动；余额以支付网络为准", "This moved nothing; what is left is what the network says"}

	otherMoved = [2]string{"已另有 %s 元变动，有记录", "Another %s yuan moved; it is on record"}
)

// ReadCapture is what the clerk reads before a capture is confirmed: whether it is
// final, and what becomes of the rest. The network is named where it is its rule.
func ReadCapture(d Deposit, amount string, last bool, lang Lang) (lines []string) {
	sum := fmt.Sprintf(readSum[lang], amount, d.Left)
	name := Network(wallet(d.Wallet, d.Network), lang)
	switch {
	case d.Can.RestGoes:
		return []string{sum, fmt.Sprintf(readFinal[lang], name)}
	case last:
		return []string{sum, readLast[lang]}
	}
	return []string{sum, readStays[lang]}
}

// ReadRelease is the same of a release.
func ReadRelease(d Deposit, amount string, lang Lang) []string {
	return []string{fmt.Sprintf(readRelease[lang], amount, d.Left), readGone[lang]}
}

var (
	readSum     = [2]string{"消费 %s 元（在押 %s 元）", "Capture %s yuan of %s that are held"}
	readFinal   = [2]string{"%s只能消费一次，确认后不可更改：余额退还客人", "This is final for %s: the rest goes back to the guest"}
	readLast    = [2]string{"余额同时退还客人，确认后不可更改", "The rest goes back to the guest with it; this cannot be taken back"}
	readStays   = [2]string{"余额继续冻结，以后可再消费或退还", "The rest stays held and can be captured or released later"}
	readRelease = [2]string{"退还 %s 元（在押 %s 元）", "Release %s yuan of %s that are held"}
	readGone    = [2]string{"退还后不能再消费这部分，确认后不可更改", "What is released cannot be captured any more; this cannot be taken back"}
)

// DaysLeft says how long a deposit is still held, in whole days.
func DaysLeft(days int, lang Lang) string {
	switch days {
	case 0:
		return [2]string{"今天到期", "Ends within a day"}[lang]
	case 1:
		return [2]string{"还剩 1 天", "1 day left"}[lang]
	}
	return fmt.Sprintf([2]string{"还剩 %d 天", "%d days left"}[lang], days)
}
