package words

// tasks are what a person has to look at: what happened, what to do, and whether
// the money is safe. Their keys are what entries have.
var tasks = map[string][2][3]string{
	"frozen":        frozenTask,
	"mismatch":      frozenTask,
	"unknown":       {{"付款结果超过 10 分钟未知", "请勿再次收款；会自动查询，必要时在商户平台核对", "付款成功会入账，否则退回"}, {"A payment's result is unknown for more than 10 minutes", "Do not charge again; it is asked about by itself, or look it up at the network", "It is booked or it comes back"}},
	"no-undo":       {{"付款结果未知，且该网络不能撤销", "请在商户平台核对此单号", "到账会自动退回，不会重复收款"}, {"A payment's result is unknown, and its network cannot undo it", "Look the number up at the network", "What was paid goes back by itself"}},
	"undo-capped":   {{"撤销多次仍无结果", "请在商户平台核对此单号并撤销", "仍会自动查询"}, {"It was undone again and again without a result", "Look the number up at the network, and undo it there", "It is still asked about"}},
	"undo-late":     {{"已过撤销期限，付款可能仍在", "请在商户平台核对此单号", "到账会自动退回"}, {"It is too late to undo it, and it may be paid", "Look the number up at the network", "What was paid goes back by itself"}},
	"network-fault": {{"支付网络要求人工处理", "请按错误提示检查商户设置或余额", "有记录，解决后自动继续"}, {"The network says that a person must look", "See to the merchant's set-up or balance, as its code says", "It is on record and goes on by itself once that is settled"}},

	"refund-unknown":    {{"退款结果超过 10 分钟未知", "请勿重复退款；会自动查询，必要时在商户平台核对", "该金额已计为在退，不会退两次"}, {"A refund's result is unknown for more than 10 minutes", "Do not refund again; it is asked about by itself, or look it up at the network", "Its sum counts as gone, so that nothing goes back twice"}},
	"refund-open":       {{"退款已受理，尚未到账", "无需操作，会自动核对到账", "款项在途"}, {"A refund is accepted and has not arrived yet", "Nothing to do: it is followed to its end", "The money is on its way"}},
	"refund-stuck":      {{"退款受阻", "请按错误提示处理，请勿重复退款", "有记录，解决后自动继续"}, {"A refund is stuck", "See to what its code says; do not refund again", "It is on record and goes on by itself once that is settled"}},
	"refund-capped":     {{"退款多次重试仍无结果", "请在商户平台核对此退款单号，请勿重复退款", "仍会自动查询"}, {"A refund was tried too often without a result", "Look its number up at the network; do not refund again", "It is still asked about"}},
	"refund-mismatch":   {{"退款金额与申请不符", "请在商户平台核对此退款单号", "实际退回的金额已入账"}, {"Another sum went back than was asked for", "Look its number up at the network", "What went back is booked"}},
	"refund-lost":       {{"退款记录受损，网络查无此单", "请在商户平台核对后再退", "该金额暂不可再退"}, {"A refund's record was damaged, and the network does not know it", "Look it up at the network before you refund again", "That sum cannot go back a second time"}},
	"refund-unreadable": {{"有退款记录无法读出", "请对照商户平台的退款明细", "请勿凭猜测退款"}, {"A refund's record cannot be read", "Hold the network's list of refunds against ours", "Refund nothing on a guess"}},

	"hold-unknown":    {{"押金结果超过 10 分钟未知", "请勿再收押金；会自动查询，必要时在商户平台核对", "冻结成功会入账，否则解冻"}, {"A deposit's result is unknown for more than 10 minutes", "Do not take another; it is asked about by itself, or look it up at the network", "It is booked or it goes back to the guest"}},
	"move-unknown":    {{"押金消费或退还的结果超过 10 分钟未知", "请勿重复操作；会自动查询，必要时在商户平台核对", "同一单号不会重复扣款或退款"}, {"A capture or release of a deposit is unknown for more than 10 minutes", "Do not repeat it; it is asked about by itself, or look it up at the network", "Under its number nothing moves twice"}},
	"move-stuck":      {{"押金操作受阻", "请按错误提示处理，请勿重复操作", "有记录，解决后自动继续"}, {"A capture or release of a deposit is stuck", "See to what its code says; do not repeat it", "It is on record and goes on by itself once that is settled"}},
	"move-capped":     {{"押金操作多次重试仍无结果", "请在商户平台核对此单号和消费权限，请勿重复操作", "仍会自动查询"}, {"A capture or release was tried too often without a result", "Look its number up at the network, and whether the right to it was granted; do not repeat it", "It is still asked about"}},
	"move-mismatch":   {{"押金实际变动的金额与申请不符", "请在商户平台核对此押金", "以支付网络的金额为准，有记录"}, {"Another sum of a deposit moved than was asked for", "Look the deposit up at the network", "The network's sums count, and are on record"}},
	"hold-capped":     {{"押金多次撤销仍无结果", "请在商户平台核对此单号并解冻", "仍会自动查询"}, {"A deposit was given up again and again without a result", "Look its number up at the network, and release it there", "It is still asked about"}},
	"hold-mismatch":   {{"押金与申请不符", "请在商户平台核对，必要时在那里解冻", "款项有记录，本机不再动用"}, {"What the network holds is not the deposit that was asked for", "Look it up at the network, and release it there if need be", "It is on record; this device does not touch it"}},
	"hold-differs":    {{"押金金额与支付网络不一致", "请核对是否在别处消费或退还过", "以支付网络的金额为准，有记录"}, {"A deposit's sums are not the network's", "Check whether it was captured or released elsewhere", "The network's sums count, and are on record"}},
	"hold-expires-7":  expiring("7 天", "seven days"),
	"hold-expires-3":  expiring("3 天", "three days"),
	"hold-expires-1":  expiring("1 天", "one day"),
	"hold-lapsed":     {{"押金已到期，余额已退还客人", "客人仍在住时请重新收押金", "到期前消费的款项已收"}, {"A deposit's time is over, and the rest has gone back to the guest", "If the guest is still here, take a new one", "What was captured before is yours"}},
	"hold-rest":       {{"新押金已收，旧押金未能退还", "请核对后退还旧押金", "两笔押金都有记录"}, {"The new deposit is held, and the old one was not released", "Check it, and release the old one", "Both deposits are on record"}},
	"hold-unreadable": {{"有押金记录无法读出", "请对照商户平台的押金明细", "请勿凭猜测消费或退还"}, {"A deposit's record cannot be read", "Hold the network's list of deposits against ours", "Capture and release nothing on a guess"}},

	"gate-ask":      {{"已付款，道闸未打开", "请看车辆是否还在，人工开闸", "已收款并记账"}, {"It is paid, and the gate was not opened", "See whether the car is still there, and open by hand", "It is received and booked"}},
	"gate-failed":   {{"道闸未打开", "请人工开闸，并检查设备", "已收款并记账"}, {"The gate did not open", "Open by hand, and see to the device", "It is received and booked"}},
	"slip-failed":   {{"小票未打出", "请检查打印机后补打", "已收款并记账"}, {"The slip was not printed", "See to the printer, and print it again", "It is received and booked"}},
	"drawer-failed": {{"钱箱未打开", "请用钥匙打开，并检查连线", "已收款并记账"}, {"The drawer did not open", "Open it with the key, and see to its cable", "It is received and booked"}},

	"hand-over":  {{"班次已结束，尚未交班", "请当班人或经理清点并交班", "交易都有记录"}, {"A shift has ended and was not handed over", "Its person, or a manager, counts it and hands it over", "Every sale is on record"}},
	"shift-lost": {{"存储受损时有班次未交班", "请由经理清点并重新上班", "交易都在，账目不受影响"}, {"A shift was on when the journal was damaged", "A manager counts it, and everybody clocks on again", "The sales are all there"}},
	"inherited":  {{"存储受损时有订单未完结", "会自动查询；请稍后再看", "付款成功会入账，否则退回"}, {"An order was open when the journal was damaged", "It is asked about by itself; look again later", "It is booked or it comes back"}},
}

// expiring is a deposit's warning.
func expiring(zh, en string) [2][3]string {
	return [2][3]string{
		{"押金将在 " + zh + "内到期", "请结算，或先重新收押金再退还旧的", "到期后余额会自动退还客人"},
		{"A deposit expires within " + en, "Settle it, or take a new one and release this one", "When it expires the rest goes back to the guest by itself"},
	}
}

// frozenTask is the same task, known by its own entry or by its order's.
var frozenTask = [2][3]string{
	{"付款与本单不符，已冻结", "请在商户平台核对，再决定：记为已付、退回或另行入账", "款项有记录，决定前不会变动"},
	{"A payment does not match its order, which is frozen", "Look it up at the network, then decide: it counts, goes back, or was booked elsewhere", "It is on record and stays until you decide"},
}

// Task is what a page says of a task. One without words is shown as it is.
func Task(what string, lang Lang) Screen {
	t, ok := tasks[what]
	if !ok {
		return Screen{What: what}
	}
	return Screen{What: t[lang][0], Do: t[lang][1], Money: t[lang][2]}
}
