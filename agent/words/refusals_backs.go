package words

// What a cashier does about money that is on its way back.
var (
	actItself   = [2]string{"会自动重试，无需操作", "It is sent again by itself"}
	actChecked  = [2]string{"会自动核对，无需操作", "It is checked by itself"}
	actNoMatter = [2]string{"无需操作", "Nothing is left to do"}
	actOtherWay = [2]string{"请经理用其他方式退款", "The manager pays it back another way"}
	actFixed    = [2]string{"请联系技术人员修复", "Call the technician to mend it"}
	actSettled  = [2]string{"请经理与支付方解决", "The manager settles it with the network"}
	actAnew     = [2]string{"请经理核对后重新退款", "The manager checks and refunds anew"}
	actCompare  = [2]string{"请经理核对已退金额", "The manager checks what went back"}
)

// back is what stands in the way of money that goes back, and what the cashier
// does about it. The payer reads that it is on its way, or is told by the cashier.
func back(zh, en string, act [2]string) *meaning {
	return &meaning{seen: [2]string{zh, en}, act: act, back: act}
}

// unlistedBack is a trouble that no table has: its code stands beside it.
var unlistedBack = back("退款未完成", "The refund did not get through", [2]string{"请经理查看代码并处理", "The manager looks at the code"})

// Where it goes on by itself.
var (
	backBusy       = back("支付系统繁忙", "The network is busy", actItself)
	backTooOften   = back("退款请求过于频繁", "Refunds were sent too often", actItself)
	backTwice      = back("退款单号已被使用", "The number is taken", actChecked)
	backNotReady   = back("原付款仍在处理中", "The payment is still in progress", actItself)
	backPassword   = back("顾客仍在输入密码", "The payer is at the password", [2]string{"请顾客关闭付款页，会自动重试", "The payer closes the page; it is sent again"})
	backUnknown    = back("支付网络查无此单", "The network does not know it", [2]string{"会自动重试，多次出现请经理核对", "It is sent again; if it stays, the manager checks"})
	backBank       = back("银行系统繁忙", "The bank is busy", actItself)
	backTaken      = back("支付网络已受理", "The network has taken it on", actChecked)
	backRecord     = back("仅为记账记录", "It is only a note", actOtherWay)
	backOpen       = back("退款结果未定", "The result is open", actChecked)
	refundUnderWay = back("退款处理中", "The refund is under way", actChecked)
)

// Where it is over.
var (
	backClosed   = back("付款已关闭，未收款", "The payment is closed, not taken", actNoMatter)
	refundDone   = back("款项已原路退回", "The money has gone back", actNoMatter)
	refundFailed = back("退款失败，款未退", "It failed; nothing was refunded", actAnew)
	refundOver   = back("退款已关闭，款未退", "Closed; nothing was refunded", actAnew)
)

// Where a person has to act.
var (
	shopMoney       = back("商户可退余额不足", "The merchant's balance is low", [2]string{"请经理通知财务充值", "The manager has the balance topped up"})
	payerGone       = back("顾客账户已注销或异常", "The payer's account is closed", actOtherWay)
	refundTooLate   = back("已超过退款期限", "It is too late for a refund", actOtherWay)
	undoTooLate     = back("已超过撤销期限", "It is too late to undo it", [2]string{"请经理用退款退回", "The manager gives a refund instead"})
	backRefused     = back("退款请求未被接受", "The refund was refused", [2]string{"请经理核对可退金额和期限", "The manager checks amount and date"})
	onlyWhole       = back("该付款只能全额退款", "It goes back whole or not at all", [2]string{"请经理改为全额退款", "The manager refunds all of it"})
	notRefundable   = back("该付款不支持退款", "It cannot be refunded", actOtherWay)
	voucherStays    = back("含优惠券，不支持退款", "It has a voucher; no refund", actOtherWay)
	backForbidden   = back("当前状态不允许此操作", "Its state does not allow that", [2]string{"请经理核对交易状态", "The manager checks its state"})
	backByOthers    = back("该款项已由他人退款", "Somebody else has refunded it", actCompare)
	overCeiling     = back("超出可退金额", "More than can still go back", actCompare)
	refundByHand    = back("退款被银行退回", "The bank sent the refund back", [2]string{"请经理在商户平台转账退款", "The manager transfers it by hand"})
	noRefundGrant   = back("商户未授权退款", "Refunds are not granted here", [2]string{"请商户授权退款", "The merchant has to grant refunds"})
	backNumber      = back("退款单号被拒绝", "The number was refused", actFixed)
	backDenied      = back("退款请求被拒绝", "The request was refused", actFixed)
	backKey         = back("支付密钥未被接受", "The key was not accepted", actFixed)
	backOtherAmount = back("退款单号金额不一致", "The number has another amount", actFixed)
)
