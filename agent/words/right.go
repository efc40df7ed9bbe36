package words

// Right is what somebody may do on a lane, as pages say it.
type Right string

// rights are their names and what each lets its person do, by the names that
// entries have.
var rights = map[Right][2][2]string{
	"sell":     {{"收款", "收款、上班"}, {"Sell", "Take money, clock on"}},
	"refund":   {{"退款", "把钱退回"}, {"Refund", "Give money back"}},
	"approve":  {{"授权", "为他人的退款授权"}, {"Approve", "Let others refund"}},
	"override": {{"放行", "未收款放行、开闸"}, {"Override", "Open a gate without the money"}},
	"reports":  {{"报表", "查看所有人的交易"}, {"Reports", "See what everybody took"}},
	"staff":    {{"人员", "设置人员与权限"}, {"Staff", "Set people and their rights"}},
	"settings": {{"设置", "更改本机设置"}, {"Settings", "Change what is set here"}},
	"service":  {{"维护", "设备、日志、自检"}, {"Service", "Devices, logs, self-tests"}},
}

// In is the right's name in a language; one without words is shown as it is.
func (r Right) In(lang Lang) string {
	if text, ok := rights[r]; ok {
		return text[lang][0]
	}
	return string(r)
}

// Help is what it lets its person do.
func (r Right) Help(lang Lang) string { return rights[r][lang][1] }

// Role is what somebody is here for.
type Role string

var roles = map[Role][2]string{
	"manager":    {"经理", "Manager"},
	"clerk":      {"收银员", "Clerk"},
	"technician": {"技术员", "Technician"},
}

// In is the role in a language; one without words is shown as it is.
func (r Role) In(lang Lang) string {
	if text, ok := roles[r]; ok {
		return text[lang]
	}
	return string(r)
}

// Operation is what an approval is for, as the code that asks for it names it.
type Operation string

var operations = map[Operation][2]string{
	"refund":  {"退款", "Refund"},
	"release": {"退还押金", "Release a deposit"},
	"capture": {"扣收押金", "Capture a deposit"},
	"decide":  {"处理异常订单", "Decide a frozen order"},
}

// In is the operation in a language; one without words is shown as it is.
func (o Operation) In(lang Lang) string {
	if text, ok := operations[o]; ok {
		return text[lang]
	}
	return string(o)
}
