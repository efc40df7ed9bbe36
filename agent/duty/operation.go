package duty

import "slices"

// Operation is something that may take an approval.
type Operation string

// The operations. Those with money that goes back take the right to refund.
const (
	Refund  Operation = "refund"  // a part of what was paid goes back
	Release Operation = "release" // a deposit, or what is left of it, is let go
	Capture Operation = "capture" // a part of a deposit is taken
	Decide  Operation = "decide"  // a frozen order ends
)

func operations() []Operation { return []Operation{Refund, Release, Capture, Decide} }

func (o Operation) known() bool { return slices.Contains(operations(), o) }
