package cloud

import (
	"fmt"
	"testing"
)

// TestInbox is of the inside: what arrives while the loop is busy is bounded,
// the newest stays, and what an old connection said does not reach a new one.
func TestInbox(t *testing.T) {
	t.Parallel()
	s := NewSender(nil, nil, SenderOptions{})
	s.Up()
	for i := range 1000 {
		s.Deliver(fmt.Sprint(i), nil)
	}
	in := s.empty()
	if n := len(in.messages); n != inboxMax || in.messages[n-1].Topic != "999" || in.messages[0].Topic != fmt.Sprint(1000-inboxMax) {
		t.Errorf("%d messages wait, from %s to %s", n, in.messages[0].Topic, in.messages[n-1].Topic)
	}
	if !in.up || !in.began {
		t.Errorf("the connection is not noted: %+v", in)
	}
	s.Deliver("old", nil)
	s.Down(nil)
	s.Up()
	if in := s.empty(); len(in.messages) > 0 || !in.began {
		t.Errorf("a new connection begins with %+v", in)
	}
	if in := s.empty(); in.began || !in.up {
		t.Errorf("a beginning is told twice: %+v", in)
	}
}
