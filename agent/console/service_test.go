package console

import (
	"net/http"
	"strings"
	"testing"

	"tillgate/agent/flow"
	"tillgate/agent/staff"
	"tillgate/agent/words"
)

// TestTheInsideIsForThoseWhoService: where people sign in, devices, networks and
// events are for technicians and managers, on the page, in its stream and as JSON;
// what was sold is for those who may see the lane.
func TestTheInsideIsForThoseWhoService(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.board.Set(Device{Name: "gate-1", State: Lost, Text: "no such port"})
	s.board.Note(Event{From: "gate-1", Text: "lost"})
	s.board.Note(Event{From: "counter-1", Text: "paid 47.11, order 100000010001234450000074"})
	looks := func(who, cookie string, inside, sales bool) {
		t.Helper()
		state := s.ask("GET", "/state", "", "Cookie", cookie)
		stream, leave := s.listen(t, "page=technician", cookie)
		p := stream.next(t)
		for p.Part != "facts" {
			p = stream.next(t)
		}
		if strings.Contains(p.HTML, "shut") == inside {
			t.Errorf("%s at the stream: the inside %t, want %t", who, !inside, inside)
		}
		leave()
		for where, text := range map[string]string{"page": s.ask("GET", "/technician", "", "Cookie", cookie).Body.String(), "state": state.Body.String()} {
			if strings.Contains(text, "no such port") != inside || strings.Contains(text, "47.11") != sales {
				t.Errorf("%s at the %s: the inside %t, sales %t, want %t and %t", who, where, strings.Contains(text, "no such port"), strings.Contains(text, "47.11"), inside, sales)
			}
		}
		if (state.Code == http.StatusOK) != inside {
			t.Errorf("%s: the state is %d", who, state.Code)
		}
	}
	looks("anybody, while nobody can sign in", "", true, true)
	s.open()
	s.hire("local-1", "Lin", staff.Technician, "830376")
	looks("nobody", "", false, false)
	if page := s.ask("GET", "/technician", "").Body.String(); !strings.Contains(page, words.PageSignToSee.In(words.Zh)) || !strings.Contains(page, `href="/sign-in?next=%2Ftechnician"`) {
		t.Error("the page does not lead to the sign-in and back")
	}
	kate := s.signIn("Kate")
	looks("a clerk", kate, false, false)
	s.on("Kate", "counter-1")
	looks("a clerk on duty", kate, false, false)
	looks("a technician", s.signIn("Lin"), true, false)
	looks("a manager", s.signIn("Chief"), true, true)
}

// TestOrdersAtAGlanceAreForThoseWhoMaySee: where people sign in, the page of all lanes
// shows what is sold to those who may see the lane, also in its stream.
func TestOrdersAtAGlanceAreForThoseWhoMaySee(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.counter.Offer(flow.Amount{Amount: 4711})
	s.exit.Offer(flow.Amount{Amount: 815})
	looks := func(who, cookie string, counter, exit bool) {
		t.Helper()
		page := s.ask("GET", "/", "", "Cookie", cookie).Body.String()
		stream, leave := s.listen(t, "page=index", cookie)
		defer leave()
		tiles := map[string]string{}
		for p := stream.next(t); p.Part != "alarms"; p = stream.next(t) {
			tiles[p.Part] = p.HTML
		}
		for _, one := range []struct {
			part, sum string
			shown     bool
		}{{"lane-0", "47.11", counter}, {"lane-1", "8.15", exit}} {
			if strings.Contains(page, one.sum) != one.shown || strings.Contains(tiles[one.part], one.sum) != one.shown || strings.Contains(tiles[one.part], "shut") == one.shown {
				t.Errorf("%s sees %s at the page %t, want %t; in the stream %s", who, one.sum, !one.shown, one.shown, tiles[one.part])
			}
		}
		for _, lane := range []string{"counter-1", "exit-1"} {
			if !strings.Contains(page, `href="`+lanePath(lane)+`"`) {
				t.Errorf("%s is not led to %s", who, lane)
			}
		}
	}
	looks("anybody, while nobody can sign in", "", true, true)
	s.open()
	looks("nobody", "", false, false)
	kate := s.signIn("Kate")
	looks("a clerk off duty", kate, false, false)
	s.on("Kate", "counter-1")
	looks("a clerk on duty", kate, true, false)
	looks("a manager", s.signIn("Chief"), true, true)
}
