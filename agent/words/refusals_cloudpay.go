package words

// cloudpayCodes are Cloud Pay's codes of a charge, a code that we show and a
// query: its status, or the internal one where that is documented, and the states
// of an order and of a deposit in each wallet (cloudpay.md 5.2, 13, 15). 101 and 7 come unsigned,
// so a charge is not over with them.
var cloudpayCodes = map[string]*meaning{
	"102":       numberRefused,
	"104":       notAccepted,
	"wechat 4":  orderReturned,
	"wechat 5":  payerStopped,
	"wechat 7":  orderClosed,
	"wechat 8":  orderUndone,
	"wechat 10": paymentFailed,
	"wechat 11": neverArrived,
	"alipay 5":  orderGone,
	"alipay 7":  neverArrived,

	"3214": terminalUnknown,
	"3215": terminalUnknown,

	"3":         openResult,
	"101":       notTaken,
	"7":         keyDoubted,
	"407":       numberTaken,
	"103":       systemBusy,
	"wechat 1":  asksPassword,
	"wechat 6":  notPaidYet,
	"wechat 9":  asksPassword,
	"wechat 12": beingCharged,
	"wechat 13": depositFreed,
	"alipay 1":  asksPassword,
	"alipay 4":  asksPassword,
	"record 1":  onlyWritten,
	"record 2":  onlyWritten,
	"record 3":  onlyWritten,

	"freeze wechat 1": asksPassword,
	"freeze wechat 3": asksPassword,
	"freeze wechat 4": payerStopped,
	"freeze wechat 6": paymentFailed,
	"freeze wechat 7": neverArrived,
	"freeze alipay 1": asksPassword,
	"freeze alipay 3": orderClosed,
	"freeze alipay 4": neverArrived,
}

// cloudpayBacks are its codes of close, reverse and refund, and the states of a
// refund in each wallet (cloudpay.md 6, 13, 15).
var cloudpayBacks = map[string]*meaning{
	"3":               backOpen,
	"101":             backDenied,
	"7":               backKey,
	"102":             backNumber,
	"103":             backBusy,
	"104":             backRefused,
	"refund wechat 1": refundUnderWay,
	"refund wechat 2": refundDone,
	"refund wechat 3": refundFailed,
	"refund wechat 4": refundUnderWay,
	"refund wechat 5": refundByHand,
	"refund wechat 6": refundOver,
	"refund alipay 1": refundUnderWay,
	"refund alipay 2": refundDone,
	"refund alipay 3": refundFailed,
	"refund alipay 4": refundUnderWay,
	"refund alipay 5": backUnknown,
	"refund record 1": backRecord,
	"refund record 2": backRecord,
}
