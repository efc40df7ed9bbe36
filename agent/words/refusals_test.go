package words

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"tillgate/speaker"
)

// meanings are all that a network's code can come to.
func meanings(t *testing.T) map[string]*meaning {
	t.Helper()
	all := map[string]*meaning{"unlisted": unlisted, "unlisted back": unlistedBack, "unlisted move": unlistedMove}
	for code, m := range ourCodes {
		all["our "+code] = m
	}
	for code, m := range ourMoves {
		all["our "+code+" move"] = m
	}
	for network, v := range vocabularies {
		for code, m := range v.codes {
			all[network+" "+code] = m
		}
		for code, m := range v.backs {
			all[network+" "+code+" back"] = m
		}
		for code, m := range v.moves {
			all[network+" "+code+" move"] = m
		}
		for _, l := range v.like {
			all[network+" *"+l.part+"*"] = l.means
		}
	}
	return all
}

// Widths that fit. A line of 58 mm paper has 16 Chinese characters or 32 others;
// the rest is what a page of 800 x 480 shows in full size.
const (
	whatMaxZh, whatMaxEn = 16, 32
	doMaxZh, doMaxEn     = 20, 52
	saidMaxZh            = 12 // what is heard in about three seconds
)

func TestEveryMeaningIsWholeAndFits(t *testing.T) {
	t.Parallel()
	long := func(text string, most int) bool { return utf8.RuneCountInString(text) > most }
	for code, m := range meanings(t) {
		for lang, most := range map[Lang][2]int{Zh: {whatMaxZh, doMaxZh}, En: {whatMaxEn, doMaxEn}} {
			seen := m.staff(lang)
			if (m.what[lang] == "") != (m.do[lang] == "") || m.what[lang] == "" && m.then.English != "" || seen[0] == "" || seen[1] == "" || m.back[lang] == "" {
				t.Errorf("%s in %d lacks words: %+v", code, lang, m)
			}
			if long(m.what[lang], most[0]) || long(seen[0], most[0]) || long(m.do[lang], most[1]) || long(seen[1], most[1]) {
				t.Errorf("%s in %d is too long: %+v", code, lang, m)
			}
		}
	}
}

// clips are the sentences that Declined is made of: each is a clip to record.
var clips = []speaker.Token{
	"请刷新后重试", "请换付款方式", "请重新付款",
	"付款未成功", "付款码已过期", "付款码已失效", "付款码无效", "付款人不一致", "付款页未打开", "付款失败", "付款已取消", "支付密码错误",
	"余额不足", "钱包无法付款", "余额支付关闭", "不支持该卡", "不支持该钱包", "银行卡无效", "银行卡已过期", "银行拒绝付款", "钱包拒绝付款", "密码错误超限", "超出交易限额", "超出付款限额", "超出当日限额", "超出当月限额",
	"付款未通过", "付款账户异常", "账户未认证", "付款码已关闭", "手机支付关闭", "不可付给自己", "金额超出范围",
	"付款已撤销", "付款已关闭", "付款已退回", "付款未送达", "付款未受理", "网络不通", "暂时无法收款",
}

func TestDeclined(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ network, code, zh, en string }{
		{"wechat", "AUTHCODEEXPIRE", "付款码已过期请刷新后重试", "The code has expired: please refresh it and try again"},
		{"wechat", "NOTENOUGH", "余额不足请换付款方式", "Not enough money in the account: please pay another way"},
		{"wechat", "SIGNERROR", "暂时无法收款请换付款方式", "This terminal's set-up is wrong: please pay another way"},
		{"wechat", "REVOKED", "付款已撤销请重新付款", "The payment was undone: please pay again"},
		{"alipay", "not sent", "网络不通请换付款方式", "No connection to the network: please pay another way"},
		{"wechat", "XYZ", "付款未成功请刷新后重试", "Not paid: please refresh it and try again"},
		{"wechat", "SYSTEMERROR", "", ""},
		{"wechat", "timeout", "", ""},
	} {
		p := Declined(row.network, row.code)
		if p.Chinese() != row.zh || p.English() != row.en || (p.Window > 0) != (row.zh != "") {
			t.Errorf("%s of %s is said as %q, %q within %s", row.code, row.network, p.Chinese(), p.English(), p.Window)
		}
	}
}

// TestEveryPhraseIsShortAndRecordable: no digits or marks, which engines read as
// they like, and no sentence that is not on the list of clips.
func TestEveryPhraseIsShortAndRecordable(t *testing.T) {
	t.Parallel()
	said := map[speaker.Token]bool{}
	for name, m := range meanings(t) {
		p := m.phrase()
		if (len(p.Parts) > 0) != (m.what[Zh] != "") {
			t.Errorf("%s is read by the payer and not heard, or the other way round: %+v", name, m)
		}
		if n := utf8.RuneCountInString(p.Chinese()); n > saidMaxZh {
			t.Errorf("%s takes %d characters to say: %s", name, n, p.Chinese())
		}
		for _, token := range p.Tokens() {
			said[token] = true
			if !slices.Contains(clips, token) {
				t.Errorf("%s says %q, which is not on the list of clips", name, token)
			}
			if strings.ContainsFunc(string(token), func(r rune) bool { return !unicode.Is(unicode.Han, r) }) {
				t.Errorf("%s says %q, which is not plain Chinese", name, token)
			}
		}
	}
	for _, token := range clips {
		if !said[token] {
			t.Errorf("%q is on the list of clips and never said", token)
		}
	}
}

// TestNamesThatAreHalfFixed: prefixes and the case vary, families have members
// that no page lists, and some codes bring a second one along.
func TestNamesThatAreHalfFixed(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ network, code, what string }{
		{"alipay", "ACQ.BUYER_BALANCE_NOT_ENOUGH", "余额不足"},
		{"alipay", "buyer_balance_not_enough", "余额不足"},
		{"alipay", "AQC.SYSTEM_ERROR", "支付系统繁忙"},
		{"alipay", "isp.unknow-error", "支付系统繁忙"},
		{"alipay", "ACQ.BEYOND_PER_RECEIPT_SINGLE_RESTRICTION", "超出商户收款限额"},
		{"alipay", "ACQ.MERCHANT_PERM_RECEIPT_DAY_LIMIT", "超出商户收款限额"},
		{"alipay", "ACQ.MERCHANT_PERM_RECEIPT_SUSPEND_LIMIT", "商户账户收款受限"},
		{"alipay", "ACQ.MERCHANT_AGREEMENT_INVALID", "商户签约无效或已到期"},
		{"alipay", "isv.invalid-signature", "支付密钥或签名有误"},
		{"alipay", "isv.missing-signature-config", "支付密钥或签名有误"},
		{"alipay", "isv.invalid-timestamp", "本机时钟不准"},
		{"alipay", "isv.missing-method", "请求格式或参数有误"},
		{"alipay", "aop.invalid-app-auth-token", "商户授权无效或已过期"},
		{"alipay", "timeout", "支付网络没有回应"},
		{"unionpay", "54", "银行卡已过期"},
		{"unionpay", "Q7", "付款未通过"}, // "other: declined"
		{"cloudpay", "407", "该单号已被使用"},
		{"cloudpay", "wechat 5", "付款已取消"},
		{"unionpay", "voided", "付款已撤销"}, // a provider's own word
	} {
		if got := RefusalStaff(row.network, row.code, Zh)[0]; got != row.what {
			t.Errorf("%s of %s is %q, want %q", row.code, row.network, got, row.what)
		}
	}
}

// TestOneCodeInTwoPlaces: the same word is another thing on the way back, and
// nothing at all in another network.
func TestOneCodeInTwoPlaces(t *testing.T) {
	t.Parallel()
	if got := Refusal("wechat", "NOTENOUGH", En); got[0] != "Not enough money in the account" {
		t.Errorf("a charge without money: %q", got)
	}
	if got := RefundTrouble("wechat", "NOTENOUGH", En); got[0] != "The merchant's balance is low" {
		t.Errorf("a refund without money: %q", got)
	}
	if got := RefundTrouble("wechat", "SIGNERROR", En); got[0] != RefusalStaff("wechat", "SIGNERROR", En)[0] || got[1] != actFixed[En] {
		t.Errorf("a wrong key on the way back: %q", got)
	}
	if got := RefundTrouble("wechat", "XYZ", Zh); got[0] != "退款未完成" {
		t.Errorf("an unlisted code of a refund: %q", got)
	}
	if got := Refusal("nobody's", "NOTENOUGH", En); got[0] != "Not paid" {
		t.Errorf("another network's code: %q", got)
	}
	if got := Refusal("wechat", "SYSTEMERROR", Zh); got[0] != "结果确认中" {
		t.Errorf("what decides nothing is told as %q", got)
	}
}

// TestMoveTrouble: what is in a deposit's way is the deposit's, the network's, the
// payer's or ours, and each has somebody who can do something about it.
func TestMoveTrouble(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ network, code, what, act string }{
		{"alipay", "ACQ.AUTH_AMOUNT_NOT_ENOUGH", "More than is left of the deposit", actLeft[En]},
		{"alipay", "ORDER_ALREADY_CLOSED", "All of the deposit has gone back", actSums[En]},
		{"alipay", "ACQ.BUYER_BALANCE_NOT_ENOUGH", "Not enough money in the account", actTakeElse[En]},
		{"alipay", "ACQ.PAYMENT_FAIL", "The payment failed", actTakeElse[En]},
		{"alipay", "ACQ.SELLER_BEEN_BLOCKED", "The merchant account is blocked", actSettled[En]},
		{"alipay", "isv.invalid-signature", "Key or signature is wrong", actFixed[En]},
		{"alipay", "not sent", "No connection to the network", actItself[En]},
		{"alipay", "timeout", "The network did not answer", actItself[En]},
		{"cloudpay", "104", "The request was not accepted", moveRefused.act[En]},
		{"cloudpay", "unfreeze wechat 3", "It failed; nothing was released", releaseFailed.act[En]},
		{"cloudpay", "3214", "The terminal is not registered", actFixed[En]},
		{"cloudpay", "XYZ", "It did not get through", unlistedMove.act[En]},
		{"nobody's", "104", "It did not get through", unlistedMove.act[En]},
		{"wechat", "ORDERNOTEXIST", "No such deposit at the network", actIfItStays[En]},
		{"alipay", "totals differ", "The totals do not agree", actSettled[En]},
	} {
		if got := MoveTrouble(row.network, row.code, En); got != [2]string{row.what, row.act} {
			t.Errorf("%s of %s: %q, want %q, %q", row.code, row.network, got, row.what, row.act)
		}
	}
}

// TestHoldOpen: what is not decided promises no end.
func TestHoldOpen(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ network, code, what string }{
		{"alipay", "AUTH_ORDER_NOT_EXIST", "The network does not have it yet"},
		{"alipay", "FREEZE INIT", "The payer has to confirm"},
		{"alipay", "UNIQUE_VIOLATION", "The number is taken"},
		{"cloudpay", "103", "The network is busy"},
	} {
		if got := HoldOpen(row.network, row.code, En); got != [2]string{row.what, actWait[En]} {
			t.Errorf("%s of %s: %q", row.code, row.network, got)
		}
	}
	if got := HoldOpen("cloudpay", "totals differ", En); got[1] != actSettled[En] {
		t.Errorf("totals that cannot be: %q", got)
	}
}

// TestForCashier: the payer reads that it is looked into, the cashier also why.
func TestForCashier(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		phase     Phase
		code      string
		payer, do string
	}{
		{Ready, "NO_AUTH", "请付款", "商户未开通此支付产品，请扫顾客的付款码，或选其他方式"},
		{Ready, "RULE_LIMIT", "请付款", "超出交易限额，请扫顾客的付款码，或选其他方式"},
		{Ready, "ORDERNOTEXIST", "请付款", "请扫顾客的付款码，或选其他方式"},
		{Ready, "ORDER_CLOSED", "请付款", "请扫顾客的付款码，或选其他方式"},
		{Refused, "AUTHCODEEXPIRE", "付款码已过期", "请顾客刷新付款码，再扫一次"},
		{Refused, "SIGNERROR", "本机支付设置有误", "请改用其他方式收款，并联系技术人员"},
		{Checking, "SYSTEMERROR", "结果确认中", "支付系统繁忙，正在自动查询，请勿重复收款"},
		{Checking, "timeout", "结果确认中", "支付网络没有回应，正在自动查询，请勿重复收款"},
		{Checking, "ORDERNOTEXIST", "结果确认中", "支付网络尚无此单，正在自动查询，请勿重复收款"},
		{Checking, "SIGNERROR", "结果确认中", "支付密钥或签名有误，正在自动查询，请勿重复收款"},
		{Checking, "XYZ", "结果确认中", "请勿离开，请勿再次付款"},
		{Checking, "NOTENOUGH", "结果确认中", "请勿离开，请勿再次付款"}, // a refusal is not told while it may be overruled
		{FrozenOrder, "other amount", "付款金额不符", "付款金额与本单不符，请找值班经理处理"},
		{GoingBack, "NOT_ENOUGH", "本次付款正在撤销", "商户可退余额不足，请经理通知财务充值"},
		{GoingBack, "", "本次付款正在撤销", "请勿离开，请勿再次付款"},
		{Asking, "SYSTEMERROR", "正在支付", "请稍候"},
	} {
		o := Order{Phase: row.phase, Network: "wechat", Code: row.code, Tender: ByQR}
		payer, staff := Show(o, Zh), ShowStaff(o, Zh)
		if payer.What != row.payer || staff.Do != row.do || staff.Money != payer.Money {
			t.Errorf("%s %s: the payer reads %+v, the cashier %+v", row.phase, row.code, payer, staff)
		}
		if row.code == "SIGNERROR" && row.phase == Refused && staff.What != "支付密钥或签名有误" {
			t.Errorf("the cashier does not read what is wrong: %+v", staff)
		}
	}
}
