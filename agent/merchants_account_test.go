package main

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"tillgate/agent/pay"
	"tillgate/store/entry"
)

// accountOf is the mark of an account with more lines, as in TestRoutes.
func accountOf(t *testing.T, merchant string) string {
	t.Helper()
	name, _, _ := strings.Cut(merchant, " ")
	c, err := parseConfig("x.toml", []byte(sold([]string{merchant}, []string{name})), true)
	if err != nil {
		t.Fatalf("%s: %v", merchant, err)
	}
	return c.Merchants[0].account()
}

// TestWhichAccount: another account has another mark, and the same one keeps its
// mark whatever else is changed.
func TestWhichAccount(t *testing.T) {
	t.Parallel()
	for account, lines := range map[string]struct{ other, same []string }{
		"wechat": {
			[]string{`app_id="wx1111111111111111"`, `mch_id="1900000002"`, `mode="provider";sub_mch_id="1900000003"`, `mode="provider";sub_mch_id="1900000004"`,
				`mode="provider";sub_mch_id="1900000003";sub_app_id="wx2222222222222222"`, `code_api="v3"`, `base_url="https://127.0.0.1:1"`, `base_url="https://127.0.0.1:1";spare_url="https://127.0.0.1:2"`},
			[]string{`key="cred:new"`, `ways=["code"]`, `code_api="v2"`, `notify_url="https://pay.example.com/other"`},
		},
		"alipay": {
			[]string{`app_id="2021000000000002"`, `mode="provider";app_auth_token="cred:t"`, `mode="provider";app_auth_token="cred:t2"`, `seller_id="2088000000000001"`, `base_url="https://127.0.0.1:1"`},
			[]string{`key="cred:new"`, `store_id="7"`},
		},
		"ums": {
			[]string{`app_id="ffffffffffffffffffffffffffffffff"`, `mch_id="898000000000003"`, `terminal_id="00000003"`, `qr_mch_id="898000000000004"`, `qr_terminal_id="00000004"`, `bill_source="4321"`,
				`base_url="https://127.0.0.1:1"`, `base_url="https://127.0.0.1:1";spare_url="https://127.0.0.1:2"`},
			[]string{`key="cred:new"`, `wallets=["unionpay"]`, `latitude="27.1"`},
		},
		"cloud": {
			[]string{`provider="sz2"`, `mch_id="sz2"`, `shop="sz2"`, `base_urls=["https://127.0.0.1:1","https://127.0.0.1:2"]`},
			[]string{`key="cred:new"`, `old_key="cred:old"`, `device="pos2"`, `staff="2"`, `qr_wallet="alipay"`, `reverse="yes"`},
		},
	} {
		own := accountOf(t, account)
		marks := map[string]string{own: account}
		for _, line := range lines.other {
			mark := accountOf(t, account+" "+line)
			if before, taken := marks[mark]; taken {
				t.Errorf("%s with %s has the mark of %s", account, line, before)
			}
			marks[mark] = line
		}
		for _, line := range lines.same {
			if accountOf(t, account+" "+line) != own {
				t.Errorf("%s with %s has another mark", account, line)
			}
		}
	}
	if one, two := accountOf(t, `cloud base_urls=["https://127.0.0.1:2","https://127.0.0.1:1"]`), accountOf(t, `cloud base_urls=["https://127.0.0.1:1","https://127.0.0.1:2"]`); one != two {
		t.Error("the order of the hosts makes another account")
	}
}

// TestTheMarkOfAnAccount is what journals have: an agent that made it otherwise would
// refuse to start on what the one before has left open.
func TestTheMarkOfAnAccount(t *testing.T) {
	t.Parallel()
	for account, want := range map[string]string{"wechat": "c96fe4302e639fc4", "alipay": "993f7076cb52292e", "ums": "c7e99cb10457e940", "cloud": "9cd4b7e7a6133b7a"} {
		if got := accountOf(t, account); got != want {
			t.Errorf("%s has the mark %s, want %s", account, got, want)
		}
	}
}

// TestEveryNetworkHasAccountKeys names for each network keys that it has.
func TestEveryNetworkHasAccountKeys(t *testing.T) {
	t.Parallel()
	if !slices.Equal(slices.Sorted(maps.Keys(accountKeys)), networkNames()) {
		t.Errorf("there are keys for %v, and networks %v", slices.Sorted(maps.Keys(accountKeys)), networkNames())
	}
	for network, keys := range accountKeys {
		for _, key := range keys {
			if !networks[network].keys.has(key) {
				t.Errorf("%s has no key %s", network, key)
			}
		}
	}
}

// TestAnAccountThatIsNeededCannotBeSwapped: while an attempt of a merchant is not
// final its name may not stand for another account; it may once it is, and what
// an older version wrote says nothing of it.
func TestAnAccountThatIsNeededCannotBeSwapped(t *testing.T) {
	t.Parallel()
	cfg, path := testConfig(t)
	s := openJournal(t, cfg)
	number := s.Number()
	order := func(account string) object {
		return object{}.then(entry.New(entry.Opened, entry.OpenedBody{Lane: "exit-1", Amount: 1250}),
			entry.New(entry.Asked, entry.AskedBody{Number: number, Merchant: "shop", Network: "wechat", Account: account}))
	}
	ended := entry.New(entry.Ended, entry.EndedBody{Number: number, State: uint8(pay.Declined)})
	for _, row := range []struct {
		name  string
		order object
		says  string
	}{
		{"its own", order(cfg.accounts()["shop"]), ""},
		{"of an older version", order(""), ""},
		{"another's, ended", order("0123456789abcdef").then(ended), ""},
		{"another's", order("0123456789abcdef"), `[[merchant]] shop: it was another account (one of mode, app_id, mch_id, sub_app_id, sub_mch_id, code_api, base_url, spare_url was different), and 1 order of it is not final; put it back as it was`},
	} {
		entries := make([]entry.Entry, len(row.order.drafts))
		for i, d := range row.order.drafts {
			entries[i] = entry.Entry{Kind: d.Kind, Body: d.Body}
		}
		var open []left
		for o := range ownersIn(entries) {
			open = append(open, left{owner: o, Orders: 1})
		}
		if err := cfg.checkLeft(open); (err == nil) != (row.says == "") || err != nil && !strings.Contains(err.Error(), row.says) {
			t.Errorf("%s: it says %v, want %s", row.name, err, row.says)
		}
	}
	refund := entry.RefundAskedBody{Merchant: "shop", Network: "wechat", Account: "0123456789abcdef"}
	for _, e := range []entry.Draft{entry.New(entry.RefundAsked, refund), entry.New(entry.RefundInherited, entry.RefundInheritedBody{RefundAskedBody: refund})} {
		if got := ownersIn([]entry.Entry{{Kind: e.Kind, Body: e.Body}}); !got[owner{"shop", "wechat", "0123456789abcdef"}] {
			t.Errorf("%s: open at %v", e.Kind, got)
		}
	}
	commit(t, s, order("0123456789abcdef"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"config", "check", path}, {"run", "--config", path}} {
		if code, _, complaint := call(t, args...); code != exitConfig || !strings.Contains(complaint, "it was another account") {
			t.Errorf("%v: exit %d, %q", args, code, complaint)
		}
	}
}
