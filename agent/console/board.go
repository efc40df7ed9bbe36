package console

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// Device is a device as the page shows it.
type Device struct {
	Name  string `json:"name"`
	What  string `json:"what"` // its address in the config, or what it is
	State State  `json:"state"`
	Text  string `json:"text,omitempty"` // why, in English, for the technician
}

// State is whether a device can be used.
type State string

// The states of a device.
const (
	Waiting State = "waiting" // not opened yet
	Up      State = "up"
	Lost    State = "lost"
)

// Event is one line of what happened lately.
type Event struct {
	At   time.Time `json:"at"`
	From string    `json:"from"` // a lane, a device, "cloud"
	Text string    `json:"text"`
}

// eventsMax is how many lines a board keeps.
const eventsMax = 100

// Board remembers the state of devices and the last events, and tells when
// they change. The zero Board is ready; it may be used from several goroutines.
type Board struct {
	mu      sync.Mutex
	devices []Device
	events  []Event
	changed chan struct{}
}

// Set notes a device's state, by its name.
func (b *Board) Set(d Device) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if i := slices.IndexFunc(b.devices, func(known Device) bool { return known.Name == d.Name }); i < 0 {
		b.devices = append(b.devices, d)
	} else if b.devices[i] == d {
		return
	} else {
		b.devices[i] = d
	}
	slices.SortFunc(b.devices, func(x, y Device) int { return strings.Compare(x.Name, y.Name) })
	b.tell()
}

// Note adds an event and forgets the oldest one when there are too many.
func (b *Board) Note(e Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.events) == eventsMax {
		b.events = slices.Delete(b.events, 0, 1)
	}
	b.events = append(b.events, e)
	b.tell()
}

// Devices are the devices by name.
func (b *Board) Devices() []Device {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.devices)
}

// Recent are the last events, oldest first.
func (b *Board) Recent() []Event {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.events)
}

// Changed closes at the next change.
func (b *Board) Changed() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.changed == nil {
		b.changed = make(chan struct{})
	}
	return b.changed
}

func (b *Board) tell() {
	if b.changed != nil {
		close(b.changed)
		b.changed = nil
	}
}
