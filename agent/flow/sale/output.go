package sale

import (
	"time"

	"tillgate/agent/flow"
	"tillgate/store/entry"
)

const (
	gateFresh = 60 * time.Second // a reason this young may still open the gate after a restart
	loopWait  = 5 * time.Second  // how long a restart waits for the loop's first reading
)

func (s *Sale) do(o flow.Pended) flow.Effect {
	r := s.receipt()
	r.Copy = o.Copy
	return flow.Effect{Do: o.What, Receipt: r, Copy: o.Copy}
}

// paidNumber is the number of the paid attempt, empty where none is.
func (s *Sale) paidNumber() string {
	if s.settled == nil {
		return ""
	}
	return s.settled.Number
}

func (s *Sale) putResult(ev flow.Put, now flow.Now) flow.Step {
	return s.step(s.outputs.Took(ev, s.paidNumber(), now))
}

// unsaved writes the results of outputs that no commit has carried yet.
func (s *Sale) unsaved() flow.Step { return s.step(s.outputs.Unsaved(s.paidNumber()), nil) }

// free begins what a device could not take in time.
func (s *Sale) free(ev flow.Free, now flow.Now) flow.Step {
	o := s.outputs.Of(flow.Verb(ev.What))
	if o == nil || !o.Held() {
		return flow.Step{}
	}
	if o.What == flow.Gate {
		switch {
		case s.gateAsk: // what a restart left is not for a device to decide
			return flow.Step{}
		case !here(now, s.attempt(s.settled.Number).since), s.earlier && !s.fresh(now):
			return s.askGate()
		}
	}
	return s.step([]entry.Draft{o.Begin()}, nil, s.do(*o))
}

// askGate leaves the gate to the attendant.
func (s *Sale) askGate() flow.Step {
	gone := entry.Output{What: string(flow.Gate), Result: flow.Dropped}
	return s.step(append(flow.Outcome(s.settled.Number, gone), task("gate-ask", s.settled.Number)), []flow.Note{gateDecided{}})
}

// restart goes through everything that was pending when the life before ended:
// each means "perhaps".
func (s *Sale) restart(ev flow.Restarted, now flow.Now) flow.Step {
	var drafts []entry.Draft
	var effects []flow.Effect
	notes := []flow.Note{restarted{now.Mono, ev.BootSince}}
	for _, a := range s.pending() {
		if a.returning && a.repeated >= undoStarts && !a.capped {
			drafts = append(drafts, task(undoCapped, a.Number))
		}
		notes = append(notes, sent{a.Number, flow.Query})
		effects = append(effects, s.call(flow.Query, a))
	}
	owed, again := s.outputs.Restart(s.paidNumber())
	drafts = append(drafts, owed...)
	for _, o := range again {
		effects = append(effects, s.do(o))
	}
	return s.step(drafts, notes, effects...)
}

// gateAfterRestart opens for a payer who is still standing there, waits for the
// loop's first reading, or asks the attendant.
func (s *Sale) gateAfterRestart(now flow.Now) flow.Step {
	o := s.outputs.Of(flow.Gate)
	switch {
	case !now.Loop.Known && now.Loop.Fitted && now.Mono < s.start+loopWait.Milliseconds():
		return flow.Step{}
	case !now.Loop.Fitted || !here(now, s.start) || !s.fresh(now) || o.Copy >= flow.CopiesMax:
		return s.askGate()
	}
	again := entry.RepeatedBody{What: string(flow.Gate), Times: o.Copy + 1}
	return s.step([]entry.Draft{entry.New(entry.Repeated, again)}, []flow.Note{gateDecided{}}, s.do(*o))
}

// fresh tells whether the reason to open is young enough, by a clock that can be believed.
func (s *Sale) fresh(now flow.Now) bool {
	if s.sameBoot {
		age := now.Mono - s.settledAt.Mono
		return age >= 0 && age < gateFresh.Milliseconds()
	}
	age := now.Wall - s.settledAt.Wall
	return now.Trust == entry.Trusted && s.settledAt.Trust == entry.Trusted && age >= 0 && age < gateFresh.Milliseconds()
}
