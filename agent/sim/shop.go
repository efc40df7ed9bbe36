package sim

import (
	"math/rand/v2"
	"slices"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
	"tillgate/store/entry"
)

// merchant is an account as a shop's config has it: with what its wallets and
// ways leave of it.
type merchant struct {
	account
	byCode, byQR []string // wallets
}

// shop is how a shop takes money, by its seed.
type shop struct {
	lanes map[string][]merchant
	auto  map[string]bool // lanes on which every amount shows QR codes
	often bool            // people pay by QR code more often than not
}

// merchantsMax is how many a lane has.
const merchantsMax = 4

// newShop draws what a config could say: each wallet has one taker on a lane in
// each way, and where ChinaUMS shows QR codes those of WeChat and Alipay
// themselves are off in the whole shop. Every network leads in a quarter of the shops.
func newShop(seed uint64, lanes ...string) shop {
	dice := rand.New(rand.NewPCG(seed, 17))
	s := shop{lanes: map[string][]merchant{}, auto: map[string]bool{}, often: seed%3 == 0}
	all := slices.Clone(accounts)
	dice.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	leads := func(a account) bool { return a.network == networks[seed%uint64(len(networks))] }
	slices.SortStableFunc(all, func(a, b account) int { return yes(leads(b)) - yes(leads(a)) })
	config := make([]merchant, len(all))
	for i, a := range all {
		if config[i] = (merchant{a, a.codes, a.shows}); i > 0 {
			config[i].narrow(dice)
		}
	}
	for i, lane := range lanes {
		rest := slices.Clone(config[1:])
		dice.Shuffle(len(rest), func(i, j int) { rest[i], rest[j] = rest[j], rest[i] })
		for _, m := range append(config[:1:1], rest...) {
			if s.fits(lane, m) {
				s.lanes[lane] = append(s.lanes[lane], m)
			}
		}
		s.auto[lane] = seed%8 == uint64(4*i) && len(s.route(lane).QR) > 0
	}
	return s
}

func yes(is bool) int {
	if is {
		return 1
	}
	return 0
}

// narrow leaves a merchant one of its wallets, or one of its ways, now and then.
func (m *merchant) narrow(dice *rand.Rand) {
	one := m.codes[dice.IntN(len(m.codes))]
	switch dice.IntN(5) {
	case 0:
		only := func(w string) bool { return w != one }
		m.byCode, m.byQR = slices.DeleteFunc(slices.Clone(m.codes), only), slices.DeleteFunc(slices.Clone(m.shows), only)
	case 1:
		m.byQR = nil
	case 2:
		if len(m.shows) > 0 {
			m.byCode = nil
		}
	}
}

// fits tells whether a merchant can stand on a lane beside those that are there.
func (s shop) fits(lane string, m merchant) bool {
	for name, others := range s.lanes {
		for _, other := range others {
			if name == lane && (meet(m.byCode, other.byCode) || meet(m.byQR, other.byQR)) || m.excludes(other) || other.excludes(m) {
				return false
			}
		}
	}
	return len(s.lanes[lane]) < merchantsMax
}

func meet(a, b []string) bool {
	return slices.ContainsFunc(a, func(w string) bool { return slices.Contains(b, w) })
}

// excludes tells whether a merchant's QR codes are ChinaUMS', and the other's
// those of a wallet itself.
func (m merchant) excludes(other merchant) bool {
	return m.network == unionPay && len(m.byQR) > 0 && len(other.byQR) > 0 && (other.network == weChat || other.network == aliPay)
}

var codeOf = map[string]pay.Kind{sandbox.WeChat: pay.WeChatCode, sandbox.Alipay: pay.AlipayCode, sandbox.UnionPay: pay.UnionPayCode}

// route says who takes what on a lane.
func (s shop) route(lane string) flow.Route {
	r := flow.Route{Own: func(t string) bool { return entry.IsNumber(t, site) }, Merchant: map[pay.Kind]flow.Merchant{}}
	for _, m := range s.lanes[lane] {
		for _, w := range m.byCode {
			r.Merchant[codeOf[w]] = m.merchant()
		}
		if len(m.byQR) > 0 {
			r.QR = append(r.QR, m.merchant())
		}
	}
	return r
}

// wallets are whose payment codes a lane takes.
func (s shop) wallets(lane string) (all []string) {
	for _, m := range s.lanes[lane] {
		all = append(all, m.byCode...)
	}
	return all
}

// accounts are all that some lane works with.
func (s shop) accounts() (all []account) {
	for _, a := range accounts {
		for _, on := range s.lanes {
			if slices.ContainsFunc(on, func(m merchant) bool { return m.name == a.name }) {
				all = append(all, a)
				break
			}
		}
	}
	return all
}
