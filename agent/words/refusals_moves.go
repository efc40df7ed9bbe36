package words

import "cmp"

// MoveTrouble is what stands in the way of a capture or a release of a deposit,
// or of its undo, for the cashier: what happened, and what to do or whom to call.
// The payer is told by the cashier.
func MoveTrouble(network, code string, lang Lang) [2]string {
	v := vocabularies[network]
	if m := cmp.Or(v.moves[v.folded(code)], ourMoves[code]); m != nil {
		return m.staff(lang)
	}
	switch m := find(network, code); {
	case m == nil:
		return unlistedMove.staff(lang)
	case m.back == actOtherWay || m.back == actCompare: // it is the payer's: his money, his account
		return [2]string{m.staff(lang)[0], actTakeElse[lang]}
	default: // keys, contracts and lines are as wrong for a deposit
		return [2]string{m.staff(lang)[0], m.back[lang]}
	}
}

// HoldOpen is what the cashier reads of an answer that does not decide on a
// deposit that is asked for.
func HoldOpen(network, code string, lang Lang) [2]string {
	m := refusal(network, code)
	switch ours := ourMoves[code]; {
	case ours != nil:
		return ours.staff(lang)
	case m == neverArrived:
		m = notArrivedYet
	}
	return [2]string{m.staff(lang)[0], actWait[lang]}
}

// What a cashier does about money that is held.
var (
	actTakeElse  = [2]string{"请经理用其他方式收款", "The manager takes it another way"}
	actSums      = [2]string{"请核对已扣和已退金额", "Check what was captured and released"}
	actLeft      = [2]string{"请核对押金余额", "Check what is left of it"}
	actIfItStays = [2]string{"会自动核对，多次出现请经理核对", "It is checked; if it stays, the manager checks"}
)

// unlistedMove is a trouble that no table has: its code stands beside it.
var unlistedMove = back("押金操作未完成", "It did not get through", [2]string{"请经理查看代码并处理", "The manager looks at the code"})

// Where it goes on by itself.
var (
	captureUnderWay = back("扣款处理中", "The capture is under way", actChecked)
	releaseUnderWay = back("押金退还处理中", "The release is under way", actChecked)
	cancelTooLate   = back("已超过撤销期限，改为退还", "Too late to cancel: released", actItself)
	holdChanged     = back("押金状态已变", "Its state has changed", actChecked)
	moveOpen        = back("结果未定", "The result is open", actChecked)
	moveMissing     = back("支付网络查无此单", "The network does not know it", actIfItStays)
)

// Where it is over.
var (
	releaseDone   = back("押金已退还", "The deposit has gone back", actNoMatter)
	captureFailed = back("未扣款", "Nothing was captured", [2]string{"请经理核对后重新扣款", "The manager checks and captures anew"})
	releaseFailed = back("押金退还失败，未退", "It failed; nothing was released", [2]string{"请经理核对后重新退还", "The manager checks and releases anew"})
	overHeld      = back("超出押金余额", "More than is left of the deposit", actLeft)
	holdSettled   = back("押金已结清", "Nothing is left of the deposit", actSums)
	holdGone      = back("押金已全部退还", "All of the deposit has gone back", actSums)
	holdNotHeld   = back("押金未冻结", "The deposit is not held", [2]string{"请核对押金状态", "Check the deposit's state"})
	moveRefused   = back("押金操作未被接受", "The request was not accepted", [2]string{"请经理核对押金、签约和权限", "The manager checks deposit, contract and rights"})
)

// Where a person has to act.
var (
	holdMissing     = back("支付网络查无此押金", "No such deposit at the network", actIfItStays)
	otherProduct    = back("押金产品不符", "The deposit's product differs", actFixed)
	moveOtherAmount = back("单号金额不一致", "The number has another amount", actFixed)
	moveNumber      = back("单号被拒绝", "The number was refused", actFixed)
	moveDenied      = back("请求被拒绝", "The request was refused", actFixed)
	releaseTooLate  = back("已超过退还期限", "It is too late to release it", actSettled)
	payerBarred     = back("顾客账户受限或已注销", "The payer's account is limited", [2]string{"请经理联系顾客和支付方", "The manager asks the payer and the network"})
)

// ourMoves are the providers' own words about deposits, the same for all networks.
var ourMoves = map[string]*meaning{
	"deposit not named":  back("押金单号不全", "The deposit is not identified", actFixed),
	"totals differ":      back("押金金额与支付方不符", "The totals do not agree", actSettled),
	"number taken":       back("其他设备已有操作", "Another terminal was faster", [2]string{"请核对余额后重新操作", "Look at what is left and ask again"}),
	"captured":           back("押金已有扣款", "Some of it was captured", actSums),
	"given up":           back("已由经理撤销", "A manager gave it up", [2]string{"请核对余额后重新操作", "Look at what is left and ask again"}),
	"released":           holdGone,
	"other operation":    back("回复的不是本次操作", "It is about another operation", actChecked),
	"no such release":    moveMissing,
	"not captured":       moveMissing,
	"not released":       moveMissing,
	"more than is held":  overHeld,
	"nothing to capture": back("消费金额为零", "There is nothing to capture", [2]string{"请全额退还押金", "Release the deposit instead"}),
	"only whole":         back("押金只能全额退还", "It goes back whole or not at all", [2]string{"请全额退还，或消费一部分", "Release all of it, or capture a part"}),
}

// elsewhere tells whether a network's no means that somebody else has moved the
// deposit, or may have.
func elsewhere(network, code string) bool {
	v := vocabularies[network]
	switch cmp.Or(v.moves[v.folded(code)], ourMoves[code]) {
	case overHeld, holdSettled, holdGone, ourMoves["totals differ"], ourMoves["number taken"], ourMoves["captured"]:
		return true
	}
	return false
}

// alipayMoves are Alipay's codes of captures, releases and undos of deposits
// (alipay.md 4, 7, 9, 13).
var alipayMoves = map[string]*meaning{
	"SYSTEM_ERROR":             backBusy,
	"20000":                    backBusy,
	"ENTERPRISE_PAY_BIZ_ERROR": backBusy,

	"10003":           captureUnderWay,
	"WAIT_BUYER_PAY":  captureUnderWay,
	"TRADE_CLOSED":    captureFailed,
	"TRADE_HAS_CLOSE": captureFailed,
	"TRADE_NOT_EXIST": moveMissing,

	"AUTH_AMOUNT_NOT_ENOUGH":          overHeld,
	"REQUEST_AMOUNT_EXCEED":           overHeld,
	"AUTH_ORDER_HAS_FINISHED":         holdSettled,
	"ORDER_ALREADY_FINISH":            holdSettled,
	"AUTH_ORDER_HAS_CLOSED":           holdGone,
	"ORDER_ALREADY_CLOSED":            holdGone,
	"AUTH_ORDER_NOT_PAID":             holdNotHeld,
	"ILLEGAL_STATUS":                  holdNotHeld,
	"AUTH_NO_ERROR":                   holdMissing,
	"AUTH_ORDER_NOT_EXIST":            holdMissing,
	"AUTH_OPERATION_NOT_EXIST":        moveMissing,
	"PRE_AUTH_PROD_CODE_INCONSISTENT": otherProduct,
	"UNIQUE_VIOLATION":                moveOtherAmount,
	"BIZ_ERROR":                       moveRefused,
	"CANCEL_OPERATION_TIME_OUT":       cancelTooLate,
	"PAYER_USER_STATUS_LIMIT":         payerBarred,
	"PAYER_NOT_EXIST":                 payerBarred,

	"UNFREEZE INIT":    releaseUnderWay,
	"UNFREEZE SUCCESS": releaseDone,
	"UNFREEZE CLOSED":  releaseFailed,
}

// wechatMoves are those of WeChat Pay, whose captures have no number of their own
// (wechatpay.md 9).
var wechatMoves = map[string]*meaning{
	"SYSTEMERROR":           backBusy,
	"INVALID_REQUEST":       moveRefused,
	"TRADE_ERROR":           holdChanged,
	"ORDERNOTEXIST":         holdMissing,
	"INVALID_TRANSACTIONID": holdMissing,
	"USERPAYING":            backPassword,
	"REVERSE_EXPIRE":        releaseTooLate,
}

// cloudpayMoves are those of Cloud Pay: its status of a call, and the states of
// captures and releases in each wallet (cloudpay.md 7, 13, 15).
var cloudpayMoves = map[string]*meaning{
	"3":   moveOpen,
	"101": moveDenied,
	"7":   backKey,
	"102": moveNumber,
	"103": backBusy,
	"104": moveRefused,
	"407": moveOtherAmount,

	"wechat 1":  captureUnderWay,
	"wechat 6":  captureUnderWay,
	"wechat 9":  captureUnderWay,
	"wechat 12": captureUnderWay,
	"wechat 5":  captureFailed,
	"wechat 7":  captureFailed,
	"wechat 8":  captureFailed,
	"wechat 10": captureFailed,
	"wechat 11": captureFailed,
	"alipay 1":  captureUnderWay,
	"alipay 4":  captureUnderWay,
	"alipay 5":  captureFailed,
	"alipay 7":  captureFailed,

	"unfreeze wechat 1": releaseUnderWay,
	"unfreeze wechat 2": releaseDone,
	"unfreeze wechat 3": releaseFailed,
	"unfreeze wechat 4": moveMissing,
	"unfreeze alipay 1": releaseUnderWay,
	"unfreeze alipay 2": releaseDone,
	"unfreeze alipay 3": releaseFailed,
	"unfreeze alipay 4": moveMissing,
	"unfreeze alipay 5": moveMissing,
}
