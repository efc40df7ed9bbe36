package console

import (
	"context"
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"tillgate/agent/staff"
	"tillgate/agent/words"
)

// mayService tells why whoever has a session, if anybody, may not look at the
// terminal's inside, and whether they are signed in; without a reason they may. A
// terminal that has nobody to sign in shows it to all.
func (c *console) mayService(ctx context.Context, token string) (in bool, why reply) {
	if !c.staffed() {
		return false, reply{}
	}
	g, in := c.guestOf(ctx, token)
	if !in {
		return in, speak(words.PageSignToSee)
	}
	if err := c.Desk.May(g.ID, staff.Service, ""); err != nil {
		return in, c.told(err)
	}
	return in, reply{}
}

// technicianParts are the technician's page for who may look at it. Everybody else
// reads why not; what is down they see as on every page.
func (c *console) technicianParts(ctx context.Context, s state, token string) []part {
	in, why := c.mayService(ctx, token)
	if why != (reply{}) {
		parts := []part{{"alarms", alarms(s.Alarms)}, {"facts", shut("/technician", in, why)}}
		for _, name := range []string{"networks", "devices", "lanes", "events"} {
			parts = append(parts, part{name, templ.NopComponent})
		}
		return parts
	}
	return []part{
		{"alarms", alarms(s.Alarms)}, {"facts", facts(s.Status)}, {"networks", networks(s.Status)},
		{"devices", devices(s.Devices)}, {"lanes", laneRows(s.Lanes)}, {"events", events(c.eventsFor(ctx, token, s.Events))},
	}
}

// eventsFor are the events without what was sold on lanes that whoever has a
// session may not see.
func (c *console) eventsFor(ctx context.Context, token string, all []Event) []Event {
	closed := slices.DeleteFunc(slices.Clone(c.names), func(lane string) bool {
		_, why := c.mayLook(ctx, token, lane)
		return why == (reply{})
	})
	return slices.DeleteFunc(slices.Clone(all), func(e Event) bool { return slices.Contains(closed, e.From) })
}

func (c *console) serveState(w http.ResponseWriter, r *http.Request) {
	switch in, why := c.mayService(r.Context(), tokenOf(r)); {
	case why != (reply{}) && !in:
		answer(w, http.StatusUnauthorized, why)
		return
	case why != (reply{}):
		answer(w, http.StatusForbidden, why)
		return
	}
	s, _ := c.look(c.everything())
	s.Events = c.eventsFor(r.Context(), tokenOf(r), s.Events)
	answer(w, http.StatusOK, s)
}
