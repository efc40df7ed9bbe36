package sim

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"tillgate/agent/cloud"
	"tillgate/agent/cloud/collect"
	"tillgate/store/entry"
)

// sky is the broker and the collector behind it. Messages take their time, and
// may be lost with the connection, come twice, late or in another order.
type sky struct {
	story    *Story
	oracle   *Oracle
	bug      Bug
	receiver *collect.Receiver
	shelf    *shelf

	mu      sync.Mutex
	dice    *rand.Rand
	up      bool // the broker
	session int  // raised with every connection that begins or breaks
	linked  bool // the device has a session
	device  *cloud.Sender
	journal cloud.Journal
	away    bool // the collector reads nothing
	mute    bool // the collector's answers are lost
	mess    bool // messages come twice and in any order
	slow    time.Duration
	last    [2]time.Time // when the newest message arrives, up and down: they keep their order
}

var deviceAt = cloud.Address{Site: site, Device: device}

// linger is the sender's own, but for what keeps it from waking at the very
// moment of a lane that waits as long.
const linger = 2*time.Second + 123_457*time.Nanosecond

var errNoBroker = errors.New("the broker does not answer")

func newSky(seed uint64, story *Story, oracle *Oracle, bug Bug) *sky {
	s := &sky{story: story, oracle: oracle, bug: bug, dice: rand.New(rand.NewPCG(seed, 11)), shelf: &shelf{oracle: oracle}}
	s.receiver = collect.NewReceiver(s.shelf)
	s.up = s.dice.IntN(4) > 0
	return s
}

// sender makes the uplink of a life of the agent.
func (s *sky) sender(journal cloud.Journal) *cloud.Sender {
	s.mu.Lock()
	defer s.mu.Unlock()
	jitter := rand.New(rand.NewPCG(s.dice.Uint64(), 13)) // the sender's loop alone draws from it
	s.device = cloud.NewSender(journal, s, cloud.SenderOptions{Address: deviceAt, Version: "sim", Linger: linger, Jitter: jitter.Float64, Log: s.oracle.log()})
	s.journal = journal
	s.session++
	s.connect()
	return s.device
}

// gone ends the session of a life that has ended. What it sent may still arrive.
func (s *sky) gone() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.device, s.journal, s.linked = nil, nil, false
	s.session++
}

// connect lets the device have a session soon. The caller has the lock.
func (s *sky) connect() {
	if !s.up || s.device == nil {
		return
	}
	session := s.session
	time.AfterFunc(between(s.dice, time.Millisecond, 3*time.Second), func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if session == s.session && s.up {
			s.linked = true
			s.device.Up()
		}
	})
}

// broker switches the broker on or off. With it goes what is on its way.
func (s *sky) broker(up bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.up = up
	s.session++
	if s.linked && s.device != nil {
		s.device.Down(errNoBroker)
	}
	s.linked = false
	s.connect()
}

// Publish is the device's link.
func (s *sky) Publish(m cloud.Message) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.linked {
		return errNoBroker
	}
	s.carry(0, func() { s.arrive(m) })
	return nil
}

// carry brings a message over, unless the broker breaks before. The caller has
// the lock; so has whoever is brought.
func (s *sky) carry(way int, bring func()) {
	times := 1
	if s.mess && s.dice.IntN(3) == 0 {
		times = 2
	}
	session := s.session
	for range times {
		delay := between(s.dice, 5*time.Millisecond, 300*time.Millisecond+s.slow)
		at := time.Now().Add(delay)
		if s.mess {
			at = at.Add(between(s.dice, 0, 20*time.Second))
		} else if !at.After(s.last[way]) {
			at = s.last[way].Add(time.Microsecond)
		}
		s.last[way] = at
		time.AfterFunc(time.Until(at), func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			if session == s.session || s.mess {
				bring()
			}
		})
	}
}

// arrive is a message at the collector.
func (s *sky) arrive(m cloud.Message) {
	if s.away {
		return
	}
	answers, err := s.receiver.Receive(context.Background(), m.Topic, m.Payload)
	if err != nil {
		s.story.Tell("the collector keeps nothing: %v", err)
	}
	for _, a := range answers {
		_, name, _ := cloud.ParseTopic(a.Topic) // made by the receiver
		if name == cloud.DownReplay {
			s.story.Tell("the collector asks again: %s", a.Payload)
			s.oracle.count(Replays)
		}
		if ack, err := cloud.Decode[cloud.Ack](a.Payload); err == nil && name == cloud.DownAck && !s.mute {
			s.shelf.answered(ack.Seq)
		}
		if !s.mute {
			s.carry(1, func() { s.bring(a) })
		}
	}
}

// bring hands the device what came down for it.
func (s *sky) bring(m cloud.Message) {
	if s.device != nil && s.linked {
		s.device.Deliver(m.Topic, s.bug.ack(s.journal, m.Payload))
	}
}

// strange is an acknowledgement that is not the collector's: of another device
// of the same name, or of a broker that has mixed something up.
func (s *sky) strange() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.journal == nil {
		return
	}
	epoch, head, _ := s.journal.Head()
	ack := cloud.Ack{Epoch: epoch.Number, Seq: head}
	for i := range ack.Hash {
		ack.Hash[i] = byte(s.dice.Uint32())
	}
	s.carry(1, func() { s.bring(cloud.Message{Topic: deviceAt.Topic(cloud.DownAck), Payload: entry.Encode(ack)}) })
}

// trouble is one thing that goes wrong on the way to the cloud, or gets better.
func (s *sky) trouble(dice *rand.Rand) {
	on := dice.IntN(2) == 0
	switch dice.IntN(9) {
	case 0, 1:
		s.story.Tell("the broker is %s", downUp(on))
		s.broker(!on)
	case 2:
		s.change("the collector reads nothing", on, func() { s.away = on })
	case 3:
		s.change("the collector's answers are lost", on, func() { s.mute = on })
	case 4:
		s.change("messages come twice and in any order", on, func() { s.mess = on })
	case 5:
		s.change("messages are slow", on, func() { s.slow = map[bool]time.Duration{true: 25 * time.Second}[on] })
	case 6:
		n := 1 + dice.IntN(30)
		s.story.Tell("the collector is restored from a backup without the last %d entries", n)
		s.shelf.restore(n)
		s.oracle.count(Restores)
	case 7:
		s.change("the collector's disk fails", on, func() { s.shelf.fail(on) })
	case 8:
		s.story.Tell("an acknowledgement comes that is not the collector's")
		s.strange()
	}
}

func (s *sky) change(what string, on bool, change func()) {
	s.story.Tell("%s: %v", what, on)
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

// mend heals everything; the device greets the collector again.
func (s *sky) mend() {
	s.change("the cloud is mended", true, func() { s.away, s.mute, s.mess, s.slow = false, false, false, 0 })
	s.shelf.fail(false)
	s.broker(false)
	s.broker(true)
}

func downUp(down bool) string {
	if down {
		return "down"
	}
	return "up"
}
