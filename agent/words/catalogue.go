package words

// lines are the passing lines.
var lines = map[Key][2]string{
	TellPaidAlready: {"本单已付款，无需再付", "This order is paid; do not pay again"},
	TellFrozen:      {"本单金额有误，请找值班经理", "This order does not match; please call the manager"},
	TellGoingBack:   {"上一笔正在退回，请稍候再付", "The last payment is being returned; please wait before paying again"},
	TellBusy:        {"正在支付，请勿重复扫码", "A payment is under way; please do not scan again"},
	TellNoAmount:    {"请先输入金额", "Please enter the amount first"},
	TellNotACode:    {"不是付款码，请出示付款码", "Not a payment code; please show your payment code"},
	TellShopBarcode: {"这是商品条码，不是付款码", "This is a product barcode, not a payment code"},
	TellCollection:  {"这是收款码，请出示付款码", "This is a collection code; please show your payment code"},
	TellOurSlip:     {"这是小票条码，已查找该订单", "This is a slip's barcode; the order has been looked up"},
	TellOtherSlip:   {"这是另一台设备的小票", "This slip is from another device"},
	TellNoWallet:    {"本通道不支持该钱包，请换一种", "This lane does not take that wallet; please use another"},
	TellCodeUsed:    {"付款码已使用，请刷新后再扫", "This code was used; refresh it and scan again"},
	TellFull:        {"设备存储已满，暂停收款，请找工作人员", "Storage is full and no new payment is taken; please call the staff"},
	TellUnbooked:    {"付款未能记账，请勿再次付款，请找工作人员", "The payment is not booked; do not pay again, please call the staff"},
	TellAmountZero:  {"金额必须大于零", "The amount must be more than zero"},
	TellAmountHigh:  {"金额超过上限", "The amount is above this device's limit"},
	TellLastOpen:    {"上一单结果确认中，请先等待或取消", "The last order is still being confirmed; wait for it or cancel it"},

	TellCashLow:        {"实收少于应收，尚未收款", "That is less than the amount; nothing was taken yet"},
	TellOneMoment:      {"请稍候，先关闭二维码再收付款码", "One moment: the QR code is closed first, then your code is charged"},
	TellNoQR:           {"暂时无法显示二维码，请出示付款码", "No QR code can be shown now; please show your payment code"},
	TellQRRefreshed:    {"二维码已更新，请重新扫描", "The QR code was renewed; please scan it again"},
	TellReprinted:      {"小票正在补打", "The slip is being printed again"},
	TellNoReprint:      {"没有可补打的小票", "There is no slip to print again"},
	TellSecondReturned: {"重复的一笔正在退回，只收一次", "This second payment is being returned; you pay once only"},
	TellNotForTender:   {"本通道不收此种付款方式", "This lane does not take that way to pay"},

	TellNothingToDecide: {"该单没有待决定的事项，请刷新任务列表", "There is nothing to decide about it; look at the tasks again"},
	TellNeverBooked:     {"该笔付款不能再记为已付，只能退回或结束", "This payment can count as paid no more; let it go back, or end it"},
	TellNotOurs:         {"该笔付款属于其他订单，不能记账或退回，只能按已在别处处理结束", "This payment is another order's: it is neither booked nor given back; end it as settled elsewhere"},
	TellDecided:         {"已按决定处理", "It goes on as was decided"},

	TellRefundNone:      {"没有可退款的已付订单", "There is no paid order to refund"},
	TellRefundHigh:      {"超过可退金额，未退款", "That is more than can still go back; nothing was refunded"},
	TellRefundSpent:     {"该单已全部退款或正在退款", "All of this order has gone back or is on its way"},
	TellRefundMany:      {"该单退款次数已满", "This order has had as many refunds as there can be"},
	TellRefundGoingBack: {"该单有付款正在退回，请稍后再退款", "A payment of this order is on its way back; refund the rest afterwards"},
	TellRefundLate:      {"已超过退款期限，未退款，请用其他方式退", "It is too late for this refund; nothing was sent; pay it back another way"},
	TellRefundBooks:     {"该单收款的商户账户已更换，未退款，请在原账户的商户平台退款", "The account that was paid is not set up here any more; nothing was refunded; refund it on that account's page at the network"},
	TellRefundNever:     {"该付款方式不能在本机退款", "This device cannot refund that way of payment"},
	TellRefundUncertain: {"该单记录受损，请在商户平台退款", "This order's record was damaged; refund it on the network's own page"},
	TellRefundUnbooked:  {"退款未能记账，尚未退款，请找工作人员", "The refund is not booked and was not sent; please call the staff"},
	TellRefundLater:     {"退款结果未能记账，会自动核对，请勿重复退款", "The refund's outcome is not booked; it is checked again, do not refund twice"},
	TellRefundFound:     {"该退款此前已完成，未重复退款", "That refund had been made before; nothing was paid twice"},

	TellHoldNone:     {"本机没有这笔押金，请核对单号或凭证号", "This device has no such deposit; check the number or the wallet's voucher"},
	TellHoldNever:    {"本通道不收押金", "This lane takes no deposits"},
	TellHoldWay:      {"该钱包不支持这种押金方式，请换一种", "That wallet gives no deposit in this way; please use another way"},
	TellHoldRoom:     {"该房间有一笔押金结果未知，请等待结果，请勿再收", "A deposit of this room has no result yet; wait for it and do not take another"},
	TellHoldScan:     {"请扫客人的付款码", "Please scan the guest's payment code"},
	TellHoldHigh:     {"超过押金余额，未处理", "That is more than is still held; nothing was done"},
	TellTooBusy:      {"系统繁忙，未执行任何操作，请再试一次", "Too busy: nothing was done; please try again"},
	TellHoldMoving:   {"该押金上一次操作结果确认中，请稍候", "The last step of this deposit is still being confirmed; please wait"},
	TellHoldCaptured: {"该钱包的押金只能消费一次，已消费过", "This wallet lets a deposit be captured once, and it was"},
	TellHoldInstead:  {"要替换的押金不是该房间的，未收押金，原押金未动", "The deposit to be replaced is another room's; nothing was held, the old one stays as it is"},
	TellHoldWhole:    {"该钱包的押金只能全额退还", "This wallet lets a deposit go back whole only"},
	TellHoldNotHeld:  {"该押金当前未冻结，不能操作", "This deposit is not held now; nothing can be done with it"},
	TellHoldMany:     {"该押金的操作次数已满，请在商户平台处理", "This deposit has had as many steps as there can be; go on at the network's own page"},
	TellHoldBooks:    {"该押金所属的商户账户已更换，未处理，请在原账户的商户平台处理", "The account that has this deposit is not set up here any more; nothing was done; go on at that account's page at the network"},
	TellHoldUnbooked: {"押金操作未能记账，尚未发出，请找工作人员", "It is not booked and nothing was sent; please call the staff"},
	TellHoldLater:    {"押金结果未能记账，会自动核对，请勿重复操作", "The outcome is not booked; it is checked again, do not repeat it"},
	TellHoldLapsed:   {"押金已到期，余额已由支付网络退还客人", "The deposit's time is over; the network has given the rest back to the guest"},
	TellHoldUnsure:   {"该押金的记录受损，请在商户平台处理", "This deposit's record was damaged; go on at the network's own page"},

	TellHoldAbroad:    {"该押金在本店另一台设备收取，未处理，请先接管再办理", "Another terminal of this shop took that deposit; nothing was done, take it over first"},
	TellHoldHere:      {"本机已有这笔押金，请重新查找", "This terminal has that deposit already; look it up again"},
	TellHoldOtherShop: {"该押金不属于本店的收款账户，未处理，请到收取押金的门店办理", "That deposit is in another merchant's books and nothing was done; the shop that took it settles it"},
	TellHoldUnheard:   {"支付网络未答复押金余额，未接管，请稍后再试", "The network has not said what is held, and nothing was taken over; try again in a moment"},
	TellHoldNotThere:  {"支付网络没有这笔押金或金额不符，未接管，请值班经理核对", "The network has no such deposit, or another sum; nothing was taken over, the manager looks into it"},
	TellHoldOver:      {"支付网络称该押金已无余额，未接管，请核对已消费和已退还金额", "The network says nothing is held any more, and nothing was taken over; check what was captured and released"},
	TellHoldAway:      {"本机没有这笔押金，且有设备联系不上，未处理，请稍后再试", "This terminal does not have that deposit and another one cannot be asked; nothing was done, try again"},
	TellHoldNobody:    {"本店各设备都没有这笔押金，请核对单号或凭证号；其他门店的押金请到该店办理", "No terminal of this shop has that deposit; check the number. Another shop's is settled there"},
}

// screens are what happened, what to do, and whether the money is safe.
var screens = map[Phase][2][3]string{
	Idle:           {{"欢迎光临", "请等待金额", ""}, {"Welcome", "Please wait for the amount", ""}},
	Ready:          {{"请付款", "请出示付款码", "尚未扣款"}, {"Please pay", "Show your payment code", "Nothing has been charged"}},
	Asking:         {{"正在支付", "请稍候", "结果以本屏为准"}, {"Paying", "One moment please", "This screen will tell the result"}},
	Password:       {{"等待输入密码", "请在手机上输入密码", "确认前不会扣款"}, {"Waiting for the password", "Enter it on your phone", "Nothing is charged until you do"}},
	Checking:       {{"结果确认中", "请勿离开，请勿再次付款", "钱款安全：付款成功会到账，否则退回"}, {"Confirming the result", "Please stay; do not pay again", "Your money is safe: it is booked or it comes back"}},
	GoingBack:      {{"本次付款正在撤销", "请勿离开，请勿再次付款", "已扣的钱会原路退回"}, {"This payment is being undone", "Please stay; do not pay again", "What was charged goes back to you"}},
	PaidOrder:      {{"付款成功", "谢谢，请取小票", "已收款并记账"}, {"Paid", "Thank you, please take the slip", "Received and booked"}},
	Refused:        {{"付款未成功", "请刷新付款码后重试", "本次未扣款"}, {"Not paid", "Refresh your code and try again", "Nothing was charged"}},
	GivenBack:      {{"本次付款已退回", "请重新付款", "钱款已原路退回"}, {"This payment was returned", "Please pay again", "The money has gone back to you"}},
	CancelledOrder: {{"订单已取消", "", "本单未收款"}, {"Order cancelled", "", "Nothing was taken for it"}},
	FrozenOrder:    {{"付款金额不符", "请找值班经理，请勿再次付款", "已付的钱有记录，由经理处理"}, {"The payment does not match", "Call the manager; do not pay again", "What you paid is on record"}},
	ScanUs:         {{"请扫码付款", "请用手机扫描二维码", "尚未扣款"}, {"Please pay", "Scan the QR code with your phone", "Nothing has been charged"}},
	OneMoment:      {{"请稍候", "正在关闭二维码，请勿再扫", "只收一次，不会重复扣款"}, {"One moment please", "The QR code is being closed; do not scan it", "You are charged once only"}},
	Unbooked:       {{"付款未能记账", "请勿再次付款，请找工作人员", "设备修复后会自动核对"}, {"Payment not booked", "Do not pay again; call the staff", "It is checked as soon as the device is repaired"}},
}

// settled is what happened where the money was not a wallet's, and what to do
// when there is change, in yuan.
var settled = map[Tender][2][2]string{
	ByCash: {{"已收现金", "找零 %s 元，请取小票"}, {"Paid in cash", "Your change is %s yuan; please take the slip"}},
	ByCard: {{"刷卡成功", ""}, {"Paid by bank card", ""}},
}

// networks are the wallets' names.
var networks = map[string][2]string{
	"wechat":   {"微信支付", "WeChat Pay"},
	"alipay":   {"支付宝", "Alipay"},
	"unionpay": {"云闪付", "UnionPay"},
	"cloudpay": {"云支付", "Cloud Pay"},
	"ecny":     {"数字人民币", "e-CNY"},
	"cash":     {"现金", "Cash"},
	"card":     {"银行卡", "Bank card"},
}

// Network is a wallet's name.
func Network(name string, lang Lang) string {
	if t, ok := networks[name]; ok {
		return t[lang]
	}
	return name
}
