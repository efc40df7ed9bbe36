package duty

import (
	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

// A program that asks is an integrator of the config. Its token is its right, and
// who uses it keeps the rest of the rules: sums take the same approvals, and
// naming somebody gives it nothing of theirs, for they have typed no PIN.

// mayProgram tells whether a program may let money go back now. Whom it names has
// to be somebody who could do it. While the clock proves nothing it takes a manager.
func (d *Desk) mayProgram(a Ask, now staff.Now) error {
	if a.By != "" {
		if err := d.may(a.By, staff.Refund, a.Lane, now); err != nil {
			return err
		}
	}
	if now.Trust != entry.Trusted && !d.Roster.Managed(now) {
		return &staff.Refusal{Why: words.DeniedClock, What: "refund of program " + a.Program}
	}
	return nil
}

// approver is who counts as one of those who approve, by asking: nobody where a
// program does.
func (a Ask) approver() string {
	if a.Program != "" {
		return ""
	}
	return a.By
}

// who is who asks, as entries have it: a person's id, a program's name, or both.
func (a Ask) who() string {
	switch {
	case a.Program == "":
		return a.By
	case a.By == "":
		return a.Program
	}
	return a.Program + "." + a.By
}

// asker is the same as slips say it.
func (d *Desk) asker(a Ask) string {
	switch {
	case a.Program == "":
		return d.name(a.By)
	case a.By == "":
		return a.Program
	}
	return d.name(a.By) + " (" + a.Program + ")"
}
