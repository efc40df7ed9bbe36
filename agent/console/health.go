package console

import (
	"slices"
	"strings"
	"time"

	"tillgate/agent/words"
)

// Status is what the technician's page shows beside devices and events. It is
// asked for at every look, so it must be cheap: what takes time is remembered
// by whoever gives it.
type Status struct {
	Version string    `json:"version"`
	Started time.Time `json:"started"`
	Disk    Disk      `json:"disk"`
	Cloud   Cloud     `json:"cloud"`
	// Networks are the merchants' connections, by name.
	Networks []Network `json:"networks"`
	Clock    Clock     `json:"clock"`
	// Certificates are those whose end is near or over.
	Certificates []Certificate `json:"certificates,omitempty"`
}

// Disk is where the journal is.
type Disk struct {
	Free int64 `json:"free"` // bytes that anybody may still write
	Size int64 `json:"size"` // bytes of the file system; 0 when it is not known
	Full bool  `json:"full"` // new sales are refused
}

// Cloud is the way up for records.
type Cloud struct {
	State  State  `json:"state"`  // empty: this terminal has none
	Text   string `json:"text"`   // why, in English, for the technician
	Unsent int64  `json:"unsent"` // records that it has not acknowledged
}

// Network is a merchant's connection to its payment network.
type Network struct {
	Name    string    `json:"name"`    // the merchant's, in the config
	Network string    `json:"network"` // as in words.Network
	State   State     `json:"state"`   // Waiting: not asked yet in this life
	Text    string    `json:"text"`    // why, in English, for the technician
	Heard   time.Time `json:"heard"`   // its last verified answer, zero when there was none
}

// Certificate is a certificate of the config that has to be replaced.
type Certificate struct {
	Name  string    `json:"name"`  // whose it is, in the config
	State State     `json:"state"` // Waiting: it is still good; Lost: it is over
	Text  string    `json:"text"`  // which and until when, in English, for the technician
	Ends  time.Time `json:"ends"`
}

// Clock is how far the wall clock can be believed.
type Clock struct {
	Now     time.Time     `json:"now"`  // corrected
	Off     time.Duration `json:"off"`  // what it is corrected by
	From    string        `json:"from"` // who vouches for it, in English, for the technician
	Trusted bool          `json:"trusted"`
}

// clean is the status with its texts fit to be shown.
func (s Status) clean() Status {
	s.Version, s.Clock.From = clean(s.Version), clean(s.Clock.From)
	s.Cloud.State, s.Cloud.Text = State(clean(string(s.Cloud.State))), clean(s.Cloud.Text)
	s.Networks = slices.Clone(s.Networks)
	for i := range s.Networks {
		n := &s.Networks[i]
		n.Name, n.Network, n.State, n.Text = clean(n.Name), clean(n.Network), State(clean(string(n.State))), clean(n.Text)
	}
	s.Certificates = slices.Clone(s.Certificates)
	for i := range s.Certificates {
		c := &s.Certificates[i]
		c.Name, c.Text, c.State = clean(c.Name), clean(c.Text), State(clean(string(c.State)))
	}
	return s
}

// alarm is something that is down, and what still works.
type alarm struct {
	Tone  string    `json:"tone"` // a class of the style sheet: good, warn, bad
	What  words.Key `json:"what"`
	Still words.Key `json:"still"`
	Which string    `json:"which,omitempty"` // names
}

// The tones of an alarm: a light that people know from the street. The words
// beside it say the same.
const (
	green  = "good"
	yellow = "warn"
	red    = "bad"
)

// alarmsOf says what is down, the worst first: what stops money is red, what
// does not is yellow, and nothing is one green line.
func alarmsOf(s Status, devices []Device) (all []alarm) {
	if s.Disk.Full {
		all = append(all, alarm{Tone: red, What: words.AlarmFull, Still: words.StillFull})
	}
	var down []string
	for _, n := range s.Networks {
		if n.State == Lost {
			down = append(down, n.Name)
		}
	}
	noCloud, noNetwork := s.Cloud.State == Lost, len(down) > 0 && len(down) == len(s.Networks)
	switch {
	case noCloud && noNetwork:
		all = append(all, alarm{Tone: red, What: words.AlarmInternet, Still: words.StillCash})
	case noNetwork:
		all = append(all, alarm{Tone: red, What: words.AlarmNetwork, Still: words.StillCash, Which: strings.Join(down, ", ")})
	case len(down) > 0:
		all = append(all, alarm{Tone: red, What: words.AlarmNetwork, Still: words.StillOthers, Which: strings.Join(down, ", ")})
	}
	over, soon := certificatesOf(s)
	if over != "" {
		all = append(all, alarm{Tone: red, What: words.AlarmExpired, Still: words.StillExpired, Which: over})
	}
	if noCloud && !noNetwork {
		all = append(all, alarm{Tone: yellow, What: words.AlarmCloud, Still: words.StillSold})
	}
	var lost []string
	for _, d := range devices {
		if d.State == Lost && d.Name != "cloud" {
			lost = append(lost, d.Name)
		}
	}
	if len(lost) > 0 {
		all = append(all, alarm{Tone: yellow, What: words.AlarmDevice, Still: words.StillRest, Which: strings.Join(lost, ", ")})
	}
	if !s.Clock.Now.IsZero() && !s.Clock.Trusted {
		all = append(all, alarm{Tone: yellow, What: words.AlarmClock, Still: words.StillOrder})
	}
	if soon != "" {
		all = append(all, alarm{Tone: yellow, What: words.AlarmExpires, Still: words.StillExpires, Which: soon})
	}
	if len(all) == 0 {
		all = append(all, alarm{Tone: green, What: words.AlarmNone, Still: words.StillAll})
	}
	return all
}

// certificatesOf are whose certificates are over, and whose will be soon, each
// with the day.
func certificatesOf(s Status) (over, soon string) {
	for _, c := range s.Certificates {
		one := c.Name + " " + words.China(c.Ends).Format(time.DateOnly)
		into := &soon
		if c.State == Lost {
			into = &over
		}
		if *into != "" {
			*into += ", "
		}
		*into += one
	}
	return over, soon
}
