package words

import (
	"fmt"
	"strings"
	"time"
)

// Halt is why something that somebody on duty wanted was not done.
type Halt string

// Why nobody clocked on or off, or handed over.
const (
	HaltOnDuty   Halt = "on-duty"   // somebody is, on one of these lanes
	HaltTwice    Halt = "twice"     // the person is, elsewhere
	HaltNoShift  Halt = "no-shift"  // there is no such shift, or it has been handed over
	HaltNotYours Halt = "not-yours" // it is another's
	HaltNoLane   Halt = "no-lane"
	HaltUnpaper  Halt = "unpaper" // it is handed over, and the slip was not printed
	HaltNoPaper  Halt = "no-paper"
)

// Why money did not move, or an order was not decided.
const (
	HaltOffDuty   Halt = "off-duty"
	HaltNotOn     Halt = "not-on"  // on any lane
	HaltManager   Halt = "manager" // only a manager may
	HaltNoOrder   Halt = "no-order"
	HaltAmount    Halt = "amount"  // more than can still go back
	HaltSpent     Halt = "spent"   // nothing can
	HaltReason    Halt = "reason"  // none was given
	HaltPrivate   Halt = "private" // it has what is never kept
	HaltLane      Halt = "lane"    // the lane has said why
	HaltLaneBusy  Halt = "lane-busy"
	HaltDecision  Halt = "decision" // there is nothing to decide, or not so
	HaltUnwritten Halt = "unwritten"
	HaltNoGate    Halt = "no-gate"
	HaltGateShut  Halt = "gate-shut" // it was told to open, and did not
)

// Why something was not approved, and settings not set.
const (
	HaltApproval  Halt = "approval"  // so many have to approve it first
	HaltCode      Halt = "code"      // the code is wrong
	HaltGuessed   Halt = "guessed"   // too many codes were
	HaltExpired   Halt = "expired"   // the request is used, void or too old
	HaltOther     Halt = "other"     // it was approved for something else
	HaltSame      Halt = "same"      // by the same person
	HaltBusy      Halt = "busy"      // too many requests wait
	HaltNoKey     Halt = "no-key"    // whoever approves has no key on this terminal
	HaltRequest   Halt = "request"   // what was scanned is no request for an approval
	HaltSetting   Halt = "setting"   // there is no such setting, or its value is none
	HaltLimits    Halt = "limits"    // the second limit would be below the first
	HaltUntrusted Halt = "untrusted" // it widens, and the clock proves nothing
)

// unmoved ends what has moved none.
var unmoved = [2]string{"钱款未变动", "No money has moved"}

// halts are what happened and what to do, then whether the money is safe where
// unmoved does not say it. What stands for %s is told by whoever refuses.
var halts = map[Halt][2][3]string{
	HaltOnDuty:   {{"%s 正在 %s 当班，未上班", "请其先交班，或请经理代交"}, {"%s is on duty on %s, so you were not clocked on", "Have them hand over first, or a manager do it for them"}},
	HaltTwice:    {{"您已在 %s 当班，未再上班", "请先交接该班次"}, {"You are on duty on %s already, so you were not clocked on again", "Hand that shift over first"}},
	HaltNoShift:  {{"没有这个班次，或已交班", "请刷新后再看"}, {"There is no such shift, or it has been handed over", "Look at the list again"}},
	HaltNotYours: {{"这是 %s 的班次，未交班", "请其本人或经理交班"}, {"The shift is %s's and was not ended", "They, or a manager, hand it over"}},
	HaltNoLane:   {{"没有通道 %s", "请从列表中选择"}, {"There is no lane %s", "Choose from the list"}},
	HaltUnpaper:  {{"已交班并记账，但交班单未打出", "请检查打印机后补打", "账目已记录，不会丢失"}, {"The shift is handed over and booked; its slip was not printed", "See to the printer and print it again", "The figures are on record and are not lost"}},
	HaltNoPaper:  {{"本通道没有打印机，交班单未打出", "请在页面查看，或换一台打印机", "账目已记录，不会丢失"}, {"There is no printer for this lane, so no slip was printed", "Look at the page, or choose another printer", "The figures are on record and are not lost"}},

	HaltOffDuty:   {{"您未在 %s 当班，未执行", "请先上班，或请经理操作"}, {"You are not on duty on %s, so it was not done", "Clock on there first, or ask a manager"}},
	HaltNotOn:     {{"您现在没有当班，未显示", "请先上班，或请经理查看"}, {"You are not on duty now, so nothing is shown", "Clock on first, or ask a manager"}},
	HaltManager:   {{"只有经理可以这样做，未执行", "请找值班经理"}, {"Only a manager may do that, and it was not done", "Call the manager"}},
	HaltNoOrder:   {{"没有找到已付订单 %s", "请核对小票上的订单号；其他设备的小票请到该设备办理"}, {"There is no paid order %s here", "Check the number on the slip; another terminal's slip goes to that terminal"}},
	HaltAmount:    {{"最多还可退 %s 元，未退款", "请改小金额"}, {"At most %s yuan can still go back, so nothing was refunded", "Ask for less"}},
	HaltSpent:     {{"该单已无可退金额，未退款", "请查看该单的退款记录"}, {"Nothing of this order can go back any more", "Look at its refunds"}},
	HaltReason:    {{"没有写明原因，未执行", "请写明原因，最多 40 字"}, {"No reason was given, so it was not done", "Write down why, in 40 characters at most"}},
	HaltLane:      {{"%s", "请查看该单后再试"}, {"%s", "Look at the order before you try again"}},
	HaltLaneBusy:  {{"通道 %s 繁忙，未执行", "请稍候再试；已有的授权仍有效"}, {"Lane %s is busy, and it was not done", "Try again in a moment; what was approved stays approved"}},
	HaltDecision:  {{"该单没有待决定的事项，或不能这样决定", "请刷新任务列表"}, {"There is nothing to decide about it, or not in that way", "Look at the tasks again"}},
	HaltUnwritten: {{"未能写入存储，未执行", "请检查存储后再试"}, {"The disk did not take it, and it was not done", "See to the disk, then try again"}},
	HaltNoGate:    {{"通道 %s 没有道闸，未执行", "请从列表中选择"}, {"Lane %s has no gate, so nothing was opened", "Choose from the list"}},
	HaltGateShut:  {{"道闸未打开", "请人工开闸并检查道闸；放行已记录", "未收款，记录在案"}, {"The gate did not open", "Open it by hand and see to it; that it was let through is on record", "No money was taken, and that is on record"}},

	HaltPrivate:   {{"文字里有付款码、卡号、密钥或密码，未执行", "请删去后再试；这些内容从不记录"}, {"The text has a payment code, a card number, a key or a PIN, so it was not done", "Write it without; that is never kept"}},
	HaltApproval:  {{"%s 元需 %s 人授权，尚未执行", "请主管当场输入密码，或请其扫码后报授权码"}, {"Approvals still needed for %s yuan: %s; nothing was done yet", "Have a supervisor type a PIN here, or scan the code and tell you the digits"}},
	HaltCode:      {{"授权码不对，还可试 %s 次", "请主管核对后再报一次"}, {"That code is wrong; %s more tries", "Have the supervisor tell it again"}},
	HaltGuessed:   {{"授权码错误过多，暂停使用授权码", "请主管当场输入密码，或 15 分钟后再试"}, {"Too many codes were wrong, and none is taken now", "Have a supervisor type a PIN here, or try again in 15 minutes"}},
	HaltExpired:   {{"此授权已过期、已用过或已作废", "请重新申请授权"}, {"This request has expired, was used, or is void", "Begin again and have it approved anew"}},
	HaltOther:     {{"授权的不是这笔操作，未执行", "请重新申请授权"}, {"Something else was approved, and this was not done", "Have this very order and sum approved"}},
	HaltSame:      {{"须由另一人授权", "请换一位主管"}, {"Another person has to approve it", "Call another supervisor"}},
	HaltBusy:      {{"待授权的申请过多，未受理", "请先处理或等待其过期"}, {"Too many requests wait for approval, and this one was not taken", "See to those, or wait until they expire"}},
	HaltNoKey:     {{"您在本机没有授权密钥", "请先登录并领取授权密钥"}, {"You have no approval key on this terminal", "Sign in here and take one first"}},
	HaltRequest:   {{"扫到的不是授权申请，未授权", "请重新扫描对方屏幕上的码"}, {"What was scanned is no request for an approval, and nothing was approved", "Scan the code on the other screen again"}},
	HaltSetting:   {{"“%s”不能这样设置，未更改", "请按页面提示填写；金额最多两位小数"}, {"\"%s\" cannot be set to that, and nothing was set", "Type or choose as the page says; sums have two decimals at most"}},
	HaltLimits:    {{"两人授权的限额不能低于单人授权的限额，未更改", "请先调整另一项"}, {"Two people cannot be asked for less than one is, so nothing was set", "Set the other limit first"}},
	HaltUntrusted: {{"时钟未校准，只有经理可以放宽，未更改", "请经理操作，或等待时钟校准"}, {"While the clock is not trusted only a manager widens this, and nothing was set", "Have a manager do it, or wait for the clock"}},
}

// Show is what happened, what to do, and whether the money is safe. A halt
// without words is shown as it is.
func (h Halt) Show(lang Lang, args ...any) Screen {
	text, ok := halts[h]
	if !ok {
		return Screen{What: string(h), Money: unmoved[lang]}
	}
	s := Screen{What: text[lang][0], Do: text[lang][1], Money: text[lang][2]}
	if n := strings.Count(s.What, "%s"); n > 0 && n == len(args) {
		s.What = fmt.Sprintf(s.What, args...)
	}
	if s.Money == "" {
		s.Money = unmoved[lang]
	}
	return s
}

// Say is the same as one sentence.
func (h Halt) Say(lang Lang, args ...any) string {
	s := h.Show(lang, args...)
	if s.Do == "" {
		return s.What
	}
	return s.What + [2]string{"；", "; "}[lang] + s.Do
}

// Asker is who asked for something that others had to approve, as slips and
// records have it: who, and who let them, when.
func Asker(who string, approved []string, at time.Time) string {
	if len(approved) == 0 {
		return who
	}
	return fmt.Sprintf("%s；授权 Approved: %s %s", who, strings.Join(approved, ", "), at.In(china).Format("15:04"))
}

// Setting names what may be set on the terminal itself.
type Setting string

// The settings.
const (
	SettingRefundLimit Setting = "refund-limit"
	SettingSecondLimit Setting = "second-limit"
	SettingDayStarts   Setting = "day-starts"
	SettingLanguage    Setting = "language"
	SettingVoice       Setting = "voice"
	SettingHandover    Setting = "handover"
)

// settings are their names, and what a page says of them.
var settings = map[Setting][2][2]string{
	SettingRefundLimit: {{"单人授权限额（元）", "同一订单累计退款超过此数，收银员须一位主管授权"}, {"Limit for one approval, yuan", "Once more than this goes back of one order, a clerk needs a supervisor"}},
	SettingSecondLimit: {{"双人授权限额（元）", "超过此数须两人授权；主管自己操作时算一人"}, {"Limit for two approvals, yuan", "Above it two people are needed; a supervisor who asks is one of them"}},
	SettingDayStarts:   {{"营业日开始（时）", "报表的一天从几点开始"}, {"Day begins at, hour", "When a day of the reports begins"}},
	SettingLanguage:    {{"语言", "工作人员页面突出的语言；两种语言始终都在"}, {"Language", "Which one the staff's pages put in front; both are always there"}},
	SettingVoice:       {{"语音播报", "收款与退款是否播报"}, {"Voice", "Whether payments and refunds are spoken"}},
	SettingHandover:    {{"交班单内容", "默认打印的部分"}, {"Hand-over slip", "The parts that are printed unless chosen otherwise"}},
}

// rolePrefix stands before the lane in the name of its role's setting.
const rolePrefix = "role."

// SettingRole is what a lane is used for, of what its config allows.
func SettingRole(lane string) Setting { return Setting(rolePrefix + lane) }

// RoleOf is the lane of a setting that SettingRole names.
func (s Setting) RoleOf() (lane string, ok bool) { return strings.CutPrefix(string(s), rolePrefix) }

// In is the setting's name in a language.
func (s Setting) In(lang Lang) string {
	if lane, ok := s.RoleOf(); ok {
		return [2]string{"通道用途 " + lane, "What lane " + lane + " is for"}[lang]
	}
	if text, ok := settings[s]; ok {
		return text[lang][0]
	}
	return string(s)
}

// Help is what the setting is for.
func (s Setting) Help(lang Lang) string {
	if _, ok := s.RoleOf(); ok {
		return [2]string{"通道空闲时立即生效，否则在当前客人办完后生效", "Taken at once while the lane is idle, else when the guest in front of it is done"}[lang]
	}
	return settings[s][lang][1]
}
