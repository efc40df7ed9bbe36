package collect

import (
	"fmt"

	"tillgate/agent/cloud"
	"tillgate/store/entry"
)

// What is an alarm's kind.
type What string

// The kinds of alarm. All of them need a person. Nothing of a forked or garbled
// message is kept, and the answer to a fork acknowledges what was kept before.
const (
	Forked   What = "forked"    // a device tells another history than before: two devices of one name, or a copy
	WentBack What = "went back" // a device has less than it has sent: it was restored from a backup
	Garbled  What = "garbled"   // a message that is not of the protocol
)

// Alarm is something that a person has to look at.
type Alarm struct {
	cloud.Address
	What  What
	Epoch int64
	Seq   entry.Seq // where it was seen, 0 where that means nothing
	Text  string
	Wall  int64 // Unix ms, when it was first seen
	Times int   // how often; devices repeat themselves
}

// String is the alarm as logs print it.
func (a Alarm) String() string {
	return fmt.Sprintf("%s %s at entry %d of epoch %d: %s", a.Address, a.What, a.Seq, a.Epoch, a.Text)
}
