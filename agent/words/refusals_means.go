package words

import "tillgate/speaker"

// What a payer can do about a refusal.
var (
	doRefresh = [2]string{"请刷新付款码后重试", "Refresh your code and try again"}
	doChange  = [2]string{"请更换付款方式", "Please use another card or wallet"}
	doAgain   = [2]string{"请重新付款", "Please pay again"}
	doCall    = [2]string{"请换一种方式付款，并找工作人员", "Pay another way, and call the staff"}
)

// What a cashier can do about it, and whom to call.
var (
	actRescan     = [2]string{"请顾客刷新付款码，再扫一次", "Ask for a fresh code and scan it"}
	actChange     = [2]string{"请顾客更换付款方式", "Ask for another way to pay"}
	actAgain      = [2]string{"请重新收款", "Take the payment again"}
	actTechnician = [2]string{"请改用其他方式收款，并联系技术人员", "Use another way; call the technician"}
	actManager    = [2]string{"请改用其他方式收款，并通知经理", "Use another way; tell the manager"}
	actFrozen     = [2]string{"请找值班经理处理", "The manager sees to it"}
	actWait       = [2]string{"正在自动查询，请勿重复收款", "It is asked again by itself; do not charge twice"}
)

// What is heard of it. Each is a sentence of its own.
var (
	sayRefresh = speaker.Words("请刷新后重试", "please refresh it and try again")
	sayChange  = speaker.Words("请换付款方式", "please pay another way")
	sayAgain   = speaker.Words("请重新付款", "please pay again")
)

// fresh is a refusal that another code of the same wallet may get over.
func fresh(zh, en string) *meaning {
	return &meaning{what: [2]string{zh, en}, do: doRefresh, act: actRescan, back: actCompare, then: sayRefresh}
}

// change is a refusal that only another card or wallet gets over.
func change(zh, en string) *meaning {
	return &meaning{what: [2]string{zh, en}, do: doChange, act: actChange, back: actOtherWay, then: sayChange}
}

// over is an attempt that has come to nothing; the same payer may try again.
func over(zh, en string) *meaning {
	return &meaning{what: [2]string{zh, en}, do: doAgain, act: actAgain, back: actCompare, then: sayAgain}
}

// fault is a refusal for which this terminal's set-up, or this program, is to
// blame: no code that the payer can show will help. The payer reads that it is
// not his, the cashier what it is.
func fault(zh, en string) *meaning {
	return &meaning{
		what: [2]string{"本机支付设置有误", "This terminal's set-up is wrong"}, do: doCall,
		seen: [2]string{zh, en}, act: actTechnician, back: actFixed, said: "暂时无法收款", then: sayChange,
	}
}

// barred is a refusal for which the shop's account or contract is to blame.
func barred(zh, en string) *meaning {
	return &meaning{
		what: [2]string{"本店暂不能用此方式收款", "The shop cannot take this now"}, do: doChange,
		seen: [2]string{zh, en}, act: actManager, back: actSettled, said: "暂时无法收款", then: sayChange,
	}
}

// pending is an answer that decides nothing. The payer reads that his payment is
// being looked into, and only the cashier why.
func pending(zh, en string) *meaning {
	return &meaning{seen: [2]string{zh, en}, act: actWait, back: actItself}
}

// seenAs gives the cashier words of his own for what happened.
func (m *meaning) seenAs(zh, en string) *meaning {
	m.seen = [2]string{zh, en}
	return m
}

// doing gives the payer something else to do.
func (m *meaning) doing(zh, en string) *meaning {
	m.do = [2]string{zh, en}
	return m
}

// acting gives the cashier something else to do.
func (m *meaning) acting(zh, en string) *meaning {
	m.act = [2]string{zh, en}
	return m
}

// saying shortens what is heard of what happened.
func (m *meaning) saying(zh speaker.Token) *meaning {
	m.said = zh
	return m
}

// unlisted is a refusal that no table has: its code stands beside it.
var unlisted = fresh("付款未成功", "Not paid")

// Refusals that are the payer's: his code, his money, his account.
var (
	codeExpired   = fresh("付款码已过期", "The code has expired")
	codeSpent     = fresh("付款码已失效", "The code was used or is too old")
	codeInvalid   = fresh("付款码无效", "The code is not valid")
	codeUnread    = fresh("付款码未能识别", "The code could not be read").saying("付款码无效")
	otherPayer    = fresh("不是同一位付款人", "Another payer began this payment").saying("付款人不一致")
	phoneFailed   = fresh("手机未能打开付款页", "The phone did not open its page").saying("付款页未打开")
	paymentFailed = fresh("付款失败", "The payment failed")
	payerStopped  = fresh("付款已取消", "The payment was cancelled")
	passwordWrong = fresh("支付密码错误", "The password was wrong")

	walletUnknown   = change("不支持该钱包", "This wallet is not taken")
	noMoney         = change("余额不足", "Not enough money in the account")
	noMoneyOnCard   = change("银行卡余额不足", "Not enough money on the card").saying("余额不足")
	noMeans         = change("没有可用的付款方式", "The wallet has no way to pay").saying("钱包无法付款")
	balanceOff      = change("余额支付功能已关闭", "Balance payment is switched off").saying("余额支付关闭")
	cardNotTaken    = change("不支持该银行卡", "This card is not taken").saying("不支持该卡")
	cardUnknown     = change("银行卡号无效", "The card number is not valid").saying("银行卡无效")
	cardExpired     = change("银行卡已过期", "The card has expired")
	cardRefused     = change("发卡银行拒绝付款", "The bank refused the payment").saying("银行拒绝付款")
	passwordLocked  = change("密码错误次数超限", "Too many wrong passwords").saying("密码错误超限")
	walletRefused   = change("钱包方拒绝付款", "The wallet refused the payment").saying("钱包拒绝付款")
	notAllowed      = change("该卡不允许此交易", "The card may not pay this way").saying("不支持该卡")
	limitReached    = change("超出交易限额", "A limit was reached")
	payerLimit      = change("超出付款限额", "The payer's limit was reached")
	payerLimitDay   = change("超出当日付款限额", "The daily limit was reached").saying("超出当日限额")
	payerLimitMonth = change("超出当月付款限额", "The monthly limit was reached").saying("超出当月限额")
	notAccepted     = change("付款未通过", "The payment was not accepted").
			doing("请更换付款方式，或联系钱包客服", "Pay another way, or ask the wallet's support")
	risky = change("付款未通过安全校验", "The safety check was not passed").saying("付款未通过").
		acting("请勿重试，请顾客更换付款方式", "Do not try again; ask for another way to pay")
	accountBarred = change("付款账户状态异常", "The account is restricted").saying("付款账户异常")
	notCertified  = change("付款账户未实名认证", "The account is not verified").saying("账户未认证").
			doing("请完成实名认证，或更换付款方式", "Verify the account, or pay another way")
	codePayOff = change("付款码功能已关闭", "Paying by code is switched off").saying("付款码已关闭").
			doing("请在钱包设置中开启，或更换付款方式", "Switch it on in the wallet, or pay another way")
	walletTooOld = change("钱包版本过低", "The wallet's app is too old").saying("钱包无法付款").
			doing("请更新钱包后重试，或更换付款方式", "Update the app, or pay another way")
	phonePayOff = change("手机支付功能已关闭", "Paying by phone is switched off").saying("手机支付关闭").
			doing("请在钱包设置中开启，或更换付款方式", "Switch it on in the wallet, or pay another way")
	ownShop = change("收款方与付款方相同", "Payer and shop are the same").saying("不可付给自己").
		doing("请换一个账户付款", "Please pay from another account")
	amountWrong = change("金额超出允许范围", "The amount is not allowed").acting("请核对金额，或改用其他方式收款", "Check the amount, or use another way").saying("金额超出范围")

	orderUndone   = over("付款已撤销", "The payment was undone")
	orderClosed   = over("付款已关闭", "The payment was closed")
	orderGone     = over("付款已关闭或已退回", "The payment was closed or undone").saying("付款已关闭")
	orderReturned = over("付款已退回", "The payment was returned")
	numberRefused = over("付款未受理", "The payment was not taken").seenAs("单号被拒绝，未收款", "The number was refused").
			acting("请重新收款，再现请联系技术人员", "Take it again; if it recurs call the technician")
	neverArrived = over("付款未送达", "The payment did not arrive").seenAs("支付网络查无此单", "The network does not know it")
	notSent      = &meaning{
		what: [2]string{"网络不通", "No connection to the network"}, do: [2]string{"请稍后重试或换一种方式", "Try again shortly or pay another way"},
		act: [2]string{"请检查网络，或改用其他方式收款", "Check the line, or use another way"}, back: actItself, then: sayChange,
	}
)

// Refusals that are the shop's.
var (
	noPermission  = barred("商户未开通此支付产品", "The product is not enabled here").acting("请改用其他方式收款，并请经理开通产品", "Use another way; ask the manager to enable it")
	authExpired   = barred("商户授权无效或已过期", "The authorisation is not valid").acting("请改用其他方式收款，并请商户重新授权", "Use another way; the merchant must authorise again")
	shopBlocked   = barred("商户账户收款受限", "The merchant account is blocked").acting("请改用其他方式收款，并请经理联系支付方", "Use another way; the manager asks the network why")
	shopIdle      = barred("商户长期未交易，已停用", "The merchant account is inactive").acting("请改用其他方式收款，并请经理重新激活", "Use another way; ask the manager to reactivate it")
	noContract    = barred("商户签约无效或已到期", "The contract is missing or over").acting("请改用其他方式收款，并请经理重新签约", "Use another way; ask the manager to renew it")
	shopLimit     = barred("超出商户收款限额", "The shop's limit was reached").acting("请改用其他方式收款，并请经理申请提额", "Use another way; ask the manager to raise it")
	wordForbidden = barred("商品名称含违禁词", "The title has a forbidden word").acting("请修改商品名称后重新收款", "Change the title and take it again")
)

// Refusals that are this terminal's.
var (
	badSignature    = fault("支付密钥或签名有误", "Key or signature is wrong")
	badCertificate  = fault("商户证书无效或过期", "The merchant certificate is bad")
	unknownMerchant = fault("商户号或应用号不存在", "Merchant or app id is not known")
	notBound        = fault("应用号与商户号未绑定", "App and merchant are not bound")
	badSettings     = fault("支付配置有误", "A setting is wrong")
	terminalUnknown = fault("终端未登记或已解绑", "The terminal is not registered")
	addressDenied   = fault("本机地址不在白名单", "Our address is not allowed")
	addressMissing  = fault("请求缺少本机地址", "Our address was not sent")
	storeWrong      = fault("门店编号无效", "The store number is not valid")
	badRequest      = fault("请求格式或参数有误", "A field of the request is wrong")
	clockWrong      = fault("本机时钟不准", "This terminal's clock is wrong").acting("请改用其他方式收款，并请技术人员校时", "Use another way; have the technician set the clock")
)

// Answers that decide nothing.
var (
	systemBusy     = pending("支付系统繁忙", "The network is busy")
	bankBusy       = pending("银行系统繁忙", "The bank is busy")
	tooOften       = pending("请求过于频繁", "The network was asked too often")
	saysPaid       = pending("该单号显示已付款", "It says the number is paid")
	saysHeld       = pending("该单号显示已冻结", "It says the number is held")
	numberTaken    = pending("该单号已被使用", "The number is taken")
	numberOthers   = pending("该单号属于另一付款人", "The number is another payer's")
	notTaken       = pending("请求未被受理", "The request was not taken")
	notToday       = pending("该操作不能跨日", "That is not possible another day")
	keyDoubted     = pending("支付密钥未被接受", "The key was not accepted")
	idDoubted      = pending("交易号未被接受", "The transaction id was refused")
	asksPassword   = pending("等待顾客确认付款", "The payer has to confirm")
	notPaidYet     = pending("顾客尚未付款", "The payer has not paid yet")
	beingCharged   = pending("正在扣款", "The money is being taken")
	notArrivedYet  = pending("支付网络尚无此单", "The network does not have it yet")
	undoFirst      = pending("付款失败，等待撤销", "It failed and is to be undone")
	noConfirmation = pending("等待付款超时，结果未定", "It timed out; the result is open")
	walletSilent   = pending("钱包方没有回应", "The wallet did not answer")
	beingHandled   = pending("订单正在处理", "The order is being handled")
	depositFreed   = pending("押金已解冻", "The deposit was released")
	onlyWritten    = pending("仅为记账记录，未收款", "It is only a note, not a payment")
	openResult     = pending("支付结果未定", "The result is open")
)

// ourCodes are the words of the wire and the providers for answers that never
// came whole, or that are not ours. They are the same for all networks.
var ourCodes = map[string]*meaning{
	"not sent":           notSent,
	"timeout":            pending("支付网络没有回应", "The network did not answer"),
	"cancelled":          pending("查询被中断", "The call was broken off"),
	"connection lost":    pending("与支付网络的连接中断", "The connection was lost"),
	"reply too long":     pending("支付网络回复异常", "The answer was not understood"),
	"incomplete reply":   pending("支付网络回复不完整", "The answer was not complete"),
	"bad signature":      pending("回复的签名无法核实", "The answer's signature is wrong"),
	"no answer":          pending("支付网络没有回应", "The network did not answer"),
	"transforming":       pending("订单正在处理", "The order is being handled"),
	"no bills":           badSettings,
	"no API v3":          badSettings,
	"no seller id":       badSettings,
	"no wallet":          walletUnknown,
	"closed":             orderClosed,
	"reversed":           orderUndone,
	"voided":             orderUndone,
	"refunded":           orderReturned,
	"refunded by others": backByOthers,
	"other merchant":     pending("收款商户不是本店", "It names another merchant"),
	"other number":       pending("回复的单号不是本单", "It names another order"),
	"other amount":       pending("付款金额与本单不符", "It names another amount"),
	"other currency":     pending("付款币种不是人民币", "It names another currency"),

	"paid before it was asked for": pending("付款时间早于本单", "It was paid before it was asked"),
}
