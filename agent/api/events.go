package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"tillgate/agent/flow"
)

const (
	streamsMax  = 32
	beatEvery   = 10 * time.Second // so that a program knows that silence is not the end
	writeWithin = 10 * time.Second // a program that takes no more is let go
)

// getEvents streams the lanes that the caller may see, as server-sent events
// (HTML Living Standard, 9.2): each once at the beginning and whenever it
// changes. Who is slow gets the newest view, not every one.
func (a *api) getEvents(w http.ResponseWriter, r *http.Request, who *caller) error {
	if a.streams.Add(1) > streamsMax {
		a.streams.Add(-1)
		return &problem{reason: laneBusy, detail: "32 streams are open"}
	}
	defer a.streams.Add(-1)
	control := http.NewResponseController(w) // a recorder in a test has no deadlines
	_ = control.SetReadDeadline(time.Time{})
	w.Header().Set("Content-Type", "text/event-stream")
	views := make(chan flow.View)
	for _, l := range a.Lanes {
		if v, _ := l.View(); who.sees(v.Lane) {
			go tell(r, l, views)
		}
	}
	beat := time.NewTicker(beatEvery)
	defer beat.Stop()
	for {
		text := ": beat\n\n"
		select {
		case <-r.Context().Done():
			return nil
		case <-beat.C:
		case v := <-views:
			data, _ := json.Marshal(v) // texts and numbers: it cannot fail
			text = fmt.Sprintf("event: lane\ndata: %s\n\n", data)
		}
		_ = control.SetWriteDeadline(time.Now().Add(writeWithin))
		if _, err := w.Write([]byte(text)); err != nil || control.Flush() != nil {
			return nil
		}
	}
}

// tell hands out a lane's view, and again after each change, until the request ends.
func tell(r *http.Request, l Lane, views chan<- flow.View) {
	for {
		v, changed := l.View()
		select {
		case views <- v:
		case <-r.Context().Done():
			return
		}
		select {
		case <-changed:
		case <-r.Context().Done():
			return
		}
	}
}
