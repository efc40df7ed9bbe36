package console

import (
	"fmt"
	"testing"
)

func TestBoardForgetsTheOldest(t *testing.T) {
	t.Parallel()
	var b Board
	for i := range eventsMax + 5 {
		changed := b.Changed()
		b.Note(Event{Text: fmt.Sprint(i)})
		select {
		case <-changed:
		default:
			t.Fatal("nobody was told")
		}
	}
	all := b.Recent()
	b.Note(Event{Text: "one more"})
	if len(all) != eventsMax || all[0].Text != "5" { // what was handed out stays as it was
		t.Errorf("%d events from %q", len(all), all[0].Text)
	}
	b.Set(Device{Name: "a", State: Up})
	changed := b.Changed()
	b.Set(Device{Name: "a", State: Up})
	select {
	case <-changed:
		t.Error("told that nothing changed")
	default:
	}
}
