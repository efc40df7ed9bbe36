package sim

// never are results that a call cannot have, and why. A run in which one of them
// is seen fails: it is no longer true.
var never = map[string]string{
	"alipay query: stuck":           "no answer to a question about a trade needs a person: whatever it says of our set-up proves nothing of the trade",
	"alipay refund: waiting":        "a refund is over when it is answered",
	"alipay refund-query: waiting":  "a refund is over when it is answered",
	"alipay refund-query: declined": "REFUND_SUCCESS is the only word about a refund: of everything else it is not known",

	"unionpay charge: waiting": "ChinaUMS holds its answer while the payer types his password, and has no word for it",
	"unionpay undo: gone back": "a void and a whole refund say that they are done, and only the query after them whether there was money to give back",
}
