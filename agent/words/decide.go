package words

// What a lane says of a person's decision.
const (
	TellNothingToDecide Key = "nothing-to-decide" // somebody else has decided, or seen to it
	TellNeverBooked     Key = "never-booked"      // it is on its way back, or the order has been paid otherwise
	TellNotOurs         Key = "not-ours"          // it is somebody else's payment: nothing of it is ours to book or to give back
	TellDecided         Key = "decided"
)
