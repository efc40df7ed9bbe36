package pay

// Case is a documented code of a network and what it proves, for the tables of
// words and documents: every provider lists its own.
type Case struct {
	Op       string // "charge", "query", "undo", "show", "refund", "refund-query"
	Code     string
	State    State
	NotFound bool
	Fault    bool // a person has to look
}
