package words

import (
	"fmt"
	"time"
)

// Denial is why something that needs a right, a PIN or a decision about people
// was not done.
type Denial string

// Why a sign-in, a PIN or a link was not taken.
const (
	DeniedNameOrPIN Denial = "name-or-pin" // one answer for a wrong PIN and for a name that nobody has
	DeniedWait      Denial = "wait"
	DeniedQueue     Denial = "queue"
	DeniedPINForm   Denial = "pin-form"
	DeniedPINEasy   Denial = "pin-easy"
	DeniedPINName   Denial = "pin-name"
	DeniedOldPIN    Denial = "old-pin"
	DeniedLink      Denial = "link"
	DeniedLinkLate  Denial = "link-late"
)

// Why somebody may not do something.
const (
	DeniedNobody Denial = "nobody"
	DeniedOff    Denial = "off"
	DeniedRight  Denial = "right"
	DeniedLane   Denial = "lane"
	DeniedClock  Denial = "clock"
)

// Why people were not changed.
const (
	DeniedSelf      Denial = "self"
	DeniedLast      Denial = "last"
	DeniedAbove     Denial = "above"
	DeniedName      Denial = "name"
	DeniedNameTaken Denial = "name-taken"
	DeniedGrants    Denial = "grants"
	DeniedLanes     Denial = "lanes"
	DeniedMany      Denial = "many"
	DeniedCloud     Denial = "cloud"
	DeniedCloudWait Denial = "cloud-wait"
	DeniedFirst     Denial = "first"
)

// Why a document of the cloud was not taken.
const (
	DeniedUnsigned Denial = "unsigned"
	DeniedNoKey    Denial = "no-key"
	DeniedDocument Denial = "document"
	DeniedSite     Denial = "site"
	DeniedOlder    Denial = "older"
)

// denials say what was not done, and what to do.
var denials = map[Denial][2]string{
	DeniedNameOrPIN: {"姓名或密码不对；忘记密码请找经理重新设置", "The name or the PIN is wrong; if it is forgotten, a manager can have a new one set"},
	DeniedWait:      {"刚才密码有误，请稍候再试", "A wrong PIN was typed for this name; wait before the next try"},
	DeniedQueue:     {"多人正在登录，请稍候再试", "Others are signing in; try again in a moment"},
	DeniedPINForm:   {"密码须为 6 至 12 位数字", "A PIN has 6 to 12 digits; choose another"},
	DeniedPINEasy:   {"密码过于简单，请换一个", "That PIN is too easy to guess; choose another"},
	DeniedPINName:   {"密码不可与姓名或工号相同，请换一个", "A PIN must not be what the person is called; choose another"},
	DeniedOldPIN:    {"请先输入现在的密码", "Type your present PIN first"},
	DeniedLink:      {"链接无效或已用过，请经理重新生成", "This link is not valid or has been used; ask a manager for a new one"},
	DeniedLinkLate:  {"链接已过期，请经理重新生成", "This link has expired; ask a manager for a new one"},

	DeniedNobody: {"没有这个人，请刷新后再选", "There is no such person; look at the list again"},
	DeniedOff:    {"此人已停用，请经理先启用", "This person is switched off; a manager has to switch them on first"},
	DeniedRight:  {"您没有此项权限，请找经理", "You have no right to do that; ask a manager"},
	DeniedLane:   {"您在此通道没有此项权限，请找经理", "You have no right to do that on this lane; ask a manager"},
	DeniedClock:  {"时钟未校准，请经理当场输入密码", "The clock is not trusted yet; a manager has to type a PIN for this now"},

	DeniedSelf:      {"不能删除、停用自己或减少自己的权限，请另一位经理操作", "Nobody removes, switches off or narrows themselves; ask another manager"},
	DeniedLast:      {"此后将无人能在所有通道退款，未更改；请先让另一位有此权限的人设好密码", "Then nobody could refund on every lane, so nothing was changed; first have another person with that right set a PIN"},
	DeniedAbove:     {"超出您自己的权限，请找权限更高的经理", "That is more than you may do yourself; ask a manager who may"},
	DeniedName:      {"姓名须为 1 至 24 个字，不可含特殊符号", "A name has 1 to 24 characters and no signs that cannot be seen; type another"},
	DeniedNameTaken: {"已有同名的人，请加以区分", "Somebody has that name already; add something that tells them apart"},
	DeniedGrants:    {"角色或权限有误；不需要任何权限时请停用", "Choose a role, and at least one right; to take all of them, switch the person off"},
	DeniedLanes:     {"没有这个通道，请从列表中选择", "There is no such lane; choose from the list"},
	DeniedMany:      {"人数已满，请先删除离职人员", "There are as many people as there can be; remove those who have left"},
	DeniedCloud:     {"人员与权限由云端管理，请在云端更改", "People and rights come from the cloud; change them there"},
	DeniedCloudWait: {"尚未收到云端的权限文件，请联网等待", "No rights have come from the cloud yet; connect this terminal and wait"},
	DeniedFirst:     {"已有经理可以登录；若其忘记密码，请写明其姓名", "A manager can sign in already; if it is their PIN that is lost, name them"},

	DeniedUnsigned: {"权限文件签名无效，未采用；请检查云端密钥", "The rights are not signed by our cloud and were not taken; check the key in the config"},
	DeniedNoKey:    {"未配置云端密钥，权限在本机管理", "No cloud key is in the config, so rights are kept on this terminal; set them here, or add the key"},
	DeniedDocument: {"权限文件有误，未采用；请在云端更正后重发", "The rights could not be read and were not taken; correct them at the cloud and send them again"},
	DeniedSite:     {"权限文件不属于本场所，未采用", "The rights are another site's and were not taken; send this site's"},
	DeniedOlder:    {"权限文件不是最新，未采用；请以更大的序号重发", "The rights are older than those we have and were not taken; send them with a higher serial"},
}

// Say is the sentence in a language, with how long to wait where that is known.
// A denial without words is shown as it is.
func (d Denial) Say(lang Lang, wait time.Duration) string {
	text, ok := denials[d]
	if !ok {
		return string(d)
	}
	if wait <= 0 {
		return text[lang]
	}
	n, unit := int((wait+time.Second-1)/time.Second), [2]string{"秒", "s"} // rounded up: too early is refused
	if n > 90 {
		n, unit = (n+59)/60, [2]string{"分钟", "min"}
	}
	return fmt.Sprintf([2]string{"%s（%d %s后可再试）", "%s (try again in %d %s)"}[lang], text[lang], n, unit[lang])
}
