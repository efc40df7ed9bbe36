package store

import (
	"encoding/json"

	"tillgate/store/entry"
)

// bodyOf reads what the store itself has to know of an entry: sums, names and
// codes. It is nil for a kind that the store only keeps. What cannot be read is
// left at its zero value: the chain finds that, not the reader.
func bodyOf(kind entry.Kind, body []byte) any {
	switch kind {
	case entry.Opened:
		return read[entry.OpenedBody](body)
	case entry.Asked:
		return read[entry.AskedBody](body)
	case entry.Heard:
		return read[entry.HeardBody](body)
	case entry.Returning:
		return read[entry.ReturningBody](body)
	case entry.Ended:
		return read[entry.EndedBody](body)
	case entry.Settled:
		return read[entry.SettledBody](body)
	case entry.Frozen:
		return read[entry.FrozenBody](body)
	case entry.Inherited:
		return read[entry.InheritedBody](body)
	case entry.Salvaged:
		return read[entry.SalvagedBody](body)
	case entry.RefundAsked:
		return read[entry.RefundAskedBody](body)
	case entry.RefundHeard:
		return read[entry.RefundHeardBody](body)
	case entry.RefundDone:
		return read[entry.RefundDoneBody](body)
	case entry.RefundRefused:
		return read[entry.RefundRefusedBody](body)
	case entry.RefundInherited:
		return read[entry.RefundInheritedBody](body)
	case entry.ShiftOn:
		return read[entry.ShiftOnBody](body)
	case entry.ShiftOff:
		return read[entry.ShiftOffBody](body)
	case entry.Requested:
		return read[entry.RequestedBody](body)
	case entry.TaskDone:
		return read[entry.TaskDoneBody](body)
	case entry.Decided:
		return read[entry.DecidedBody](body)
	}
	return holdBodyOf(kind, body)
}

// holdBodyOf is bodyOf for deposits.
func holdBodyOf(kind entry.Kind, body []byte) any {
	switch kind {
	case entry.HoldAsked:
		return read[entry.HoldAskedBody](body)
	case entry.HoldHeard:
		return read[entry.HoldHeardBody](body)
	case entry.HoldPlaced:
		return read[entry.HoldPlacedBody](body)
	case entry.HoldReturning:
		return read[entry.HoldReturningBody](body)
	case entry.HoldEnded:
		return read[entry.HoldEndedBody](body)
	case entry.MoveAsked:
		return read[entry.MoveAskedBody](body)
	case entry.MoveDone:
		return read[entry.MoveDoneBody](body)
	case entry.MoveRefused:
		return read[entry.MoveRefusedBody](body)
	case entry.HoldSeen:
		return read[entry.HoldSeenBody](body)
	case entry.HoldInherited, entry.HoldAdopted:
		return read[entry.HoldInheritedBody](body)
	}
	return nil
}

func read[T any](body []byte) (b T) {
	_ = json.Unmarshal(body, &b)
	return b
}

// unwrapped is an entry with its body, as it was before a damage wrapped it; it
// keeps the place that it has now.
func unwrapped(e entry.Entry) (entry.Entry, any) {
	b, ok := bodyOf(e.Kind, e.Body).(entry.SalvagedBody)
	if !ok {
		return e, bodyOf(e.Kind, e.Body)
	}
	e.Stamp, e.Kind, e.Body = entry.Stamp{Wall: b.Wall, Mono: b.Mono, Trust: b.Trust}, b.Kind, b.Body
	return e, wrapped(b)
}

// wrapped is the body inside a wrapper; nil where that is a wrapper again.
func wrapped(b entry.SalvagedBody) any {
	if b.Kind == entry.Salvaged {
		return nil
	}
	return bodyOf(b.Kind, b.Body)
}
