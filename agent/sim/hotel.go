package sim

import (
	"math/rand/v2"
	"slices"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/flow/deposit"
	"tillgate/store/money"
)

// Scene is what kind of shop a seed is about.
type Scene string

// The scenes.
const (
	Shop  Scene = ""      // a counter and a parking exit
	Hotel Scene = "hotel" // two desks that take deposits, one of which may sell as well
)

// Scenes are all of them, by the names that people give.
func Scenes() []string { return []string{"shop", string(Hotel)} }

// SceneOf is a scene by its name.
func SceneOf(name string) (s Scene, ok bool) {
	switch Scene(name) {
	case "shop", Shop:
		return Shop, true
	case Hotel:
		return Hotel, true
	}
	return Shop, false
}

// The desks of a hotel.
const (
	front = "front"
	night = "night"
)

// hotel is what a world of deposits has beside the shop's.
type hotel struct {
	off   map[string]bool // merchants that are off: nothing begins there, and what has begun goes on
	links []string        // of deposits' QR codes
	lives uint64          // so far, for the salts of each
}

// hotelDesks are the lanes of a hotel: one sells as well, the other in half of them.
func hotelDesks(seed uint64) ([]string, []flow.Role) {
	second := flow.DepositDesk
	if seed%2 == 0 {
		second = flow.CashierDeposit
	}
	return []string{front, night}, []flow.Role{flow.CashierDeposit, second}
}

// houses are the merchants of a hotel: of every network that holds deposits, one.
var houses = [][]string{{"wechat", "wechat-sub"}, {"alipay", "alipay-sub"}, {"cloud", "cloud-old"}}

// newHotel draws what a hotel's config could say: a wallet's own network takes its
// codes on a desk, or Cloud Pay does.
func newHotel(seed uint64) shop {
	dice := rand.New(rand.NewPCG(seed, 19))
	s := shop{lanes: map[string][]merchant{}, auto: map[string]bool{}, often: seed%3 == 0}
	names, _ := hotelDesks(seed)
	one := func(of []string) account { return accountOf(of[dice.IntN(len(of))]) }
	config := []merchant{}
	for _, house := range houses {
		a := one(house)
		config = append(config, merchant{a, a.codes, a.shows})
	}
	for i, lane := range names {
		all := slices.Clone(config)
		dice.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		lead := int(seed+uint64(i)) % len(config) // every network in a third of the hotels
		slices.SortStableFunc(all, func(a, b merchant) int { return yes(b.name == config[lead].name) - yes(a.name == config[lead].name) })
		for _, m := range all {
			if !s.fits(lane, m) {
				m.byCode = slices.DeleteFunc(slices.Clone(m.byCode), func(w string) bool { return slices.Contains(s.wallets(lane), w) })
			}
			if len(m.byCode) > 0 && s.fits(lane, m) {
				s.lanes[lane] = append(s.lanes[lane], m)
			}
		}
	}
	return s
}

// depositRules are what a life's machines know of networks.
func (l *life) depositRules() deposit.Rules {
	return deposit.Rules{Timing: timing, Terms: l.nets.Terms}
}

// checkIn opens a hotel in the place of a shop.
func (w *world) checkIn(seed uint64) {
	w.hotel = &hotel{off: map[string]bool{}}
	w.shop = newHotel(seed)
}

// route is a lane's, without the merchants that are off.
func (w *world) route(lane string) flow.Route {
	r := w.shop.route(lane)
	if w.hotel == nil {
		return r
	}
	for kind, m := range r.Merchant {
		if w.hotel.off[m.Name] {
			delete(r.Merchant, kind)
		}
	}
	r.QR = slices.DeleteFunc(r.QR, func(m flow.Merchant) bool { return w.hotel.off[m.Name] })
	return r
}

// fitDeposits lets a lane take deposits, where it is a hotel's.
func (l *life) fitDeposits(st *stand, d flow.Deps) flow.Deps {
	h := l.w.hotel
	if h == nil {
		return d
	}
	h.lives++
	d.Random = random(h.lives)
	d.NewDeposit = func() flow.Depositing { return l.w.bug.deposit(deposit.New(l.depositRules(), st.name)) }
	return d
}

// mendHotel ends what a mended hotel still waits for: nothing is off, and the
// totals of all that is held have been looked at.
func (w *world) mendHotel() {
	if w.hotel == nil {
		return
	}
	off := len(w.hotel.off) > 0
	clear(w.hotel.off)
	if w.chance(2) || off { // after a start all deposits are looked at
		w.story.Tell("the agent is restarted")
		w.powerOff(false)
		w.powerOn()
		w.pass(20 * time.Minute)
		return
	}
	w.pass(7*time.Hour + 20*time.Minute) // and else every six hours
}

// lastGuests are one at every desk: a hotel that has been mended holds, captures
// and releases.
func (w *world) lastGuests() {
	if w.hotel == nil {
		return
	}
	w.hire()
	for i, st := range w.stands {
		if len(w.oracle.Broken()) > 0 {
			return
		}
		w.story.Tell("%s: the last guest", st.name)
		w.tell(i, flow.DropDeposit{})
		w.pass(10 * time.Minute)
		before := len(w.oracle.Held())
		w.holdFor(i, money.Fen(30_000+i), "", w.bank.code(w.shop.wallets(st.name)[0], pays))
		w.pass(2 * time.Minute)
		held := w.oracle.Held()
		if len(held) != before+1 {
			w.oracle.fail(0, "everything is mended, and %s holds nothing", st.name)
			return
		}
		key := held[len(held)-1]
		if i%2 == 0 {
			w.tell(i, flow.CaptureSpec{Hold: key, Amount: 8_850, Last: true, Reason: w.reason("capture"), By: "Li"})
		} else {
			w.tell(i, flow.ReleaseSpec{Hold: key, Reason: w.reason("release"), By: "Li"})
		}
		w.pass(2 * time.Minute)
		if left := w.oracle.StillHeld(key); left != 0 {
			w.oracle.fail(0, "everything is mended, and %s does not settle deposit %d: %s are held", st.name, key, left)
		}
		w.oracle.count(LastGuests)
	}
}
