package console

import (
	"net/http"
	"slices"
	"strings"
	"sync"

	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store/money"
)

// begun remembers in which browser, and by whom, what stands in front of each lane
// was begun: a session that ends in the middle of a sale must not stop it. A
// restart, a sign-out and the next order end that.
type begun struct {
	mu sync.Mutex
	by map[inFront]beginner
}

// inFront is what may stand in front of a lane: an order, or a deposit beside it.
type inFront struct {
	lane    int
	deposit bool
}

// beginner is who began something. Until its lane shows it the sum is all that is
// known of it.
type beginner struct {
	session tokenHash
	person  string
	sum     money.Fen
	turn    int // of an order, once it was seen
}

// begin notes what somebody has just begun.
func (b *begun) begin(at inFront, token, person string, sum money.Fen) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.by == nil {
		b.by = map[inFront]beginner{}
	}
	b.by[at] = beginner{session: hashed(token), person: person, sum: sum}
}

// who began what stands in a place, if it was in the browser that has this
// session's cookie; "" is nobody.
func (b *begun) who(at inFront, token string, sum money.Fen, turn int) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	one, ok := b.by[at]
	switch {
	case !ok || token == "" || one.session != hashed(token) || one.sum != sum || one.turn != 0 && one.turn != turn:
		return ""
	case one.turn == 0:
		one.turn = turn
		b.by[at] = one
	}
	return one.person
}

// forget takes what was begun in a session from whoever has its cookie.
func (b *begun) forget(token string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for at, one := range b.by {
		if one.session == hashed(token) {
			delete(b.by, at)
		}
	}
}

// beginnerOf is who began what stands in front of a lane, in the browser that has
// this session's cookie; "" is nobody, also once it is over.
func (c *console) beginnerOf(token string, at inFront) string {
	view, _ := c.Lanes[at.lane].View()
	sum, turn, over := view.Order.Amount, view.Order.Turn, view.Order.Phase.Over()
	if at.deposit {
		sum, turn, over = view.Deposit.Amount, 0, view.Deposit.Phase == "" || view.Deposit.Phase.Over()
	}
	who := c.begun.who(at, token, sum, turn)
	if over {
		return ""
	}
	return who
}

// mayAct is who does something at a lane's page, or why they may not. Once there
// are people it takes somebody who is signed in and may sell there. What has begun
// goes on in the browser that began it: a session that ends in the middle of a
// sale must not stop the sale.
func (c *console) mayAct(r *http.Request, at inFront, begins bool) (who string, status int, why reply) {
	if !c.staffed() {
		return "", http.StatusOK, reply{}
	}
	token := tokenOf(r)
	g, ok := c.guestOf(r.Context(), token)
	if !ok {
		if who = c.beginnerOf(token, at); begins || who == "" {
			return "", http.StatusUnauthorized, speak(words.PageSignFirst)
		}
		return who, http.StatusOK, reply{}
	}
	if err := c.Desk.May(g.ID, staff.Sell, c.names[at.lane]); err != nil {
		return "", http.StatusForbidden, c.told(err)
	}
	return g.ID, http.StatusOK, reply{}
}

// goesOn tells whether a request is for the pages of what was begun in this
// browser, or goes on with it: that takes no session.
func (c *console) goesOn(r *http.Request) bool {
	if r.URL.Path == "/events" {
		return c.goOn(tokenOf(r), c.followed(r))
	}
	path, ok := strings.CutPrefix(r.URL.Path, "/lanes/")
	lane, rest, _ := strings.Cut(path, "/")
	kind := cashierPage
	if rest == "deposit" || strings.HasPrefix(rest, "deposit/") {
		kind = deskPage
	}
	p, found := c.pageOf(kind, lane)
	return ok && found && rest != "display" && c.goOn(tokenOf(r), []page{p})
}

// goOn tells whether pages are all of what was begun in the browser that has a
// session's cookie.
func (c *console) goOn(token string, pages []page) bool {
	if !c.staffed() || len(pages) == 0 {
		return false
	}
	return !slices.ContainsFunc(pages, func(p page) bool {
		return p.kind != cashierPage && p.kind != deskPage || c.beginnerOf(token, inFront{p.lane, p.kind == deskPage}) == ""
	})
}
