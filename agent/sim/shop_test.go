package sim

import (
	"slices"
	"testing"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
)

// Whatever a seed draws, a config could say it: each wallet has one taker on a
// lane in each way, and no QR codes of ChinaUMS stand beside those of the wallets
// themselves, in the whole shop.
func TestAShopIsWhatAConfigCouldSay(t *testing.T) {
	t.Parallel()
	for seed := range uint64(500) {
		s := newShop(seed, till, exit)
		direct, indirect := false, false
		for _, lane := range []string{till, exit} {
			var byCode, byQR []string
			for _, m := range s.lanes[lane] {
				if len(m.byCode)+len(m.byQR) == 0 || !within(m.byCode, m.codes) || !within(m.byQR, m.shows) {
					t.Fatalf("seed %d: %s takes %v and shows %v on %s", seed, m.name, m.byCode, m.byQR, lane)
				}
				byCode, byQR = append(byCode, m.byCode...), append(byQR, m.byQR...)
				if len(m.byQR) > 0 {
					direct = direct || m.network == weChat || m.network == aliPay
					indirect = indirect || m.network == unionPay
				}
			}
			if doubled(byCode) || doubled(byQR) || len(byCode) == 0 || len(s.lanes[lane]) > merchantsMax {
				t.Fatalf("seed %d: %s takes %v and shows %v", seed, lane, byCode, byQR)
			}
			if s.auto[lane] && len(byQR) == 0 {
				t.Fatalf("seed %d: %s shows codes with every amount, and has none", seed, lane)
			}
		}
		if direct && indirect {
			t.Fatalf("seed %d: QR codes of ChinaUMS beside those of a wallet", seed)
		}
	}
}

func within(some, all []string) bool {
	return !slices.ContainsFunc(some, func(w string) bool { return !slices.Contains(all, w) })
}

func doubled(all []string) bool {
	slices.Sort(all)
	return len(slices.Compact(slices.Clone(all))) != len(all)
}

// Among few seeds there are shops of every kind.
func TestShopsOfEveryKind(t *testing.T) {
	t.Parallel()
	const seeds = 96
	seen := map[string]int{}
	for seed := range uint64(seeds) {
		s := newShop(seed, till, exit)
		for _, a := range s.accounts() {
			seen[a.name]++
		}
		for _, lane := range []string{till, exit} {
			if s.auto[lane] {
				seen["auto at the "+lane]++
			}
			if len(s.route(lane).QR) > 1 {
				seen["side by side"]++
			}
			if len(s.wallets(lane)) < 3 {
				seen["not every wallet"]++
			}
		}
		if s.often {
			seen["often"]++
		}
		if !slices.EqualFunc(s.lanes[till], s.lanes[exit], func(a, b merchant) bool { return a.name == b.name }) {
			seen["lanes that differ"]++
		}
	}
	names := []string{"auto at the till", "auto at the exit", "side by side", "not every wallet", "often", "lanes that differ"}
	for _, a := range accounts {
		names = append(names, a.name)
	}
	for _, name := range names {
		if n := seen[name]; n == 0 || n == 2*seeds {
			t.Errorf("%s: %d of %d seeds", name, n, seeds)
		}
	}
}

func TestARouteFollowsFromTheShop(t *testing.T) {
	t.Parallel()
	s := shop{lanes: map[string][]merchant{till: {
		{account: accountOf("wechat"), byCode: wallets(sandbox.WeChat), byQR: wallets(sandbox.WeChat)},
		{account: accountOf("ums-codes"), byCode: wallets(sandbox.UnionPay, sandbox.Alipay)},
	}}}
	r := s.route(till)
	want := map[pay.Kind]flow.Merchant{pay.WeChatCode: {Name: "wechat", Network: weChat}, pay.AlipayCode: {Name: "ums-codes", Network: unionPay}, pay.UnionPayCode: {Name: "ums-codes", Network: unionPay}}
	if len(r.Merchant) != len(want) || len(r.QR) != 1 || r.QR[0].Name != "wechat" || !r.Own(first) || r.Own("2"+first[1:]) {
		t.Errorf("the route is %+v", r)
	}
	for kind, m := range want {
		if r.Merchant[kind] != m {
			t.Errorf("%s goes to %+v", kind, r.Merchant[kind])
		}
	}
}
