package duty

import (
	"testing"

	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

// TestPeopleSurviveADamage: who works here, what is set, PINs and approval keys
// come over from a damaged journal; who is on duty says so again.
func TestPeopleSurviveADamage(t *testing.T) {
	t.Parallel()
	c := newCrew(t, 70)
	c.must(c.Set(t.Context(), "local-1", words.SettingRefundLimit, "100"))
	c.must(c.Set(t.Context(), "local-1", words.SettingRefundLimit, "200"))
	key, err := c.Enrol(t.Context(), c.typed(c.second), "page", "")
	c.must(err)
	c.must(c.RemovePerson(t.Context(), "local-1", c.first))
	c.must(c.books.Close())
	c.must(c.disk.Flip("/data/till.db", 100)) // the first page's type: nothing is found by its way any more
	for range 3 {
		c.open()
		if c.books.Damage() == nil {
			t.Fatal("nobody noticed the damage")
		}
		if p, ok := c.Roster.Person(c.clerk); !ok || p.Name != "Wang" || p.Role != staff.Clerk || !p.PIN || len(c.Roster.People()) != 3 {
			t.Fatalf("here are %+v", c.Roster.People())
		}
		if c.RefundLimit() != 20_000 || len(c.kinds(entry.SettingSet)) != 2 {
			t.Errorf("the limit is %s, %d settings are written", c.RefundLimit(), len(c.kinds(entry.SettingSet)))
		}
		c.must(c.books.Close())
	}
	c.open()
	if _, err := c.SignIn(t.Context(), Knock{Name: "Wang", PIN: pinOf(c.clerk), Desk: "counter-1"}); err != nil {
		t.Error(err)
	}
	if _, on := c.ShiftOf(c.clerk); on {
		t.Error("somebody is on duty in a new epoch")
	}
	c.on(c.clerk, "counter-1")
	_, err = c.Allow(t.Context(), c.ask(30_000))
	r := asked(t, err)
	_, code, err := Answer(key, r.Text)
	c.must(err)
	if now, err := c.ApproveByCode(r.ID, code); err != nil || now.Needs != 0 {
		t.Errorf("a key of before: %+v, %v", now, err)
	}
	link, err := c.Activate(t.Context(), "local-1", c.clerk)
	c.must(err)
	c.must(c.Finish(t.Context(), link.Token, "940385"))
	if p, _ := c.Roster.Person(c.first); !p.Gone {
		t.Errorf("who has left is back: %+v", p)
	}
}
