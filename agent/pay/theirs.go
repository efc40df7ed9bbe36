package pay

// Codes of successes under our number that are somebody else's: what undid one
// of those would take another payer's money back.
const (
	CodeNumber  = "other number"                 // the reply names another
	CodePayTime = "paid before it was asked for" // the number was somebody's before
	CodeTaken   = "407"                          // Cloud Pay: the number is another order's
	CodeRefused = "102"                          // Cloud Pay: the number was not taken, and there is an order under it
)

// Theirs tells whether a Mismatch of that code is somebody else's payment. It is
// never undone, refunded or booked: it can only be said to be settled elsewhere.
func Theirs(code string) bool {
	switch code {
	case CodeNumber, CodePayTime, CodeTaken, CodeRefused:
		return true
	}
	return false
}
