package entry

// What this package and the store have to know of how an attempt, a refund or a
// move stands: values of pay.State, as State of the bodies carries them. Neither
// may import pay; a test of pay holds them against it.
const (
	StatePaid     uint8 = 1
	StateWaiting  uint8 = 3 // it is the payer's turn, or a network has taken a refund on
	StateNotSent  uint8 = 4 // no byte left the device, so the same code may go again
	StateReturned uint8 = 7
)
