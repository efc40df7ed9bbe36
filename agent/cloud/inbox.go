package cloud

// inboxMax bounds what has arrived and is not read yet. An acknowledgement
// stands for all before it, so the oldest can go.
const inboxMax = 64

// inbox is what the link's handlers have left for the loop.
type inbox struct {
	began    bool // a connection began since the loop last looked
	up       bool
	err      error // why there is none
	messages []Message
	rights   []byte // the newest payload of DownRights; nil: none has come
}

var _ Peer = (*Sender)(nil)

// Up notes that a connection began. Rights that have come stay: what a broker
// retains may arrive before its word that it is subscribed to.
func (s *Sender) Up() {
	s.mu.Lock()
	s.inbox = inbox{began: true, up: true, rights: s.inbox.rights}
	s.mu.Unlock()
	s.nudge()
}

// Down notes that there is no connection.
func (s *Sender) Down(err error) {
	s.mu.Lock()
	s.inbox.began, s.inbox.up, s.inbox.err = false, false, err
	s.mu.Unlock()
	s.nudge()
}

// Deliver notes a message.
func (s *Sender) Deliver(topic string, payload []byte) {
	s.mu.Lock()
	if topic == s.opts.Topic(DownRights) {
		s.inbox.rights = payload // each stands for all people, so the newest is enough
	} else {
		if len(s.inbox.messages) == inboxMax {
			s.inbox.messages = append(s.inbox.messages[:0], s.inbox.messages[1:]...)
		}
		s.inbox.messages = append(s.inbox.messages, Message{Topic: topic, Payload: payload})
	}
	s.mu.Unlock()
	s.nudge()
}

// empty takes out what is there.
func (s *Sender) empty() inbox {
	s.mu.Lock()
	defer s.mu.Unlock()
	in := s.inbox
	s.inbox.began, s.inbox.err, s.inbox.messages, s.inbox.rights = false, nil, nil, nil
	return in
}

func (s *Sender) nudge() {
	select {
	case s.woken <- struct{}{}:
	default:
	}
}
