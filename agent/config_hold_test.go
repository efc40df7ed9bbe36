package main

import (
	"bytes"
	"strings"
	"testing"

	"tillgate/agent/flow"
)

// TestWhoHolds: which wallets' deposits a lane takes and in which way, over roles,
// networks, ways and what a merchant lacks; and what is said where it takes none.
func TestWhoHolds(t *testing.T) {
	t.Parallel()
	const seller = ` seller_id="2088000000000001"`
	for _, row := range []struct {
		merchants []string
		lane      string // a deposit lane
		want      string // "by code / by QR"
		says      string // or a part of what is wrong with it
	}{
		{[]string{"codes"}, "codes", "wechat /", ""},
		{[]string{"wechat"}, "wechat", "wechat /", ""},
		{[]string{"alipay" + seller}, "alipay", "alipay / alipay", ""},
		{[]string{"alipay" + seller}, "alipay|qr = \"off\"", "alipay /", ""},
		{[]string{"alipay" + seller + `;ways=["qr"]`}, "alipay", "/ alipay", ""},
		{[]string{"cloud"}, "cloud", "wechat alipay / alipay", ""},
		{[]string{`cloud wallets=["wechat"]`}, "cloud", "wechat /", ""},
		{[]string{"codes", "ums ways=[\"code\"];wallets=[\"unionpay\"]"}, "codes ums", "wechat /", ""},
		{[]string{"ums"}, "ums", "", `the role is "deposit", and none of its merchants can hold a deposit: "ums" is of unionpay, which takes none; name one that can on the lane (alipay, cloudpay, wechat), or write role = "cashier"`},
		{[]string{"alipay"}, "alipay", "", `"alipay" needs seller_id for it`},
		{[]string{`wechat ways=["qr"]`}, "wechat", "", `"wechat" takes none in its ways`},
		{[]string{"alipay ways=[\"code\"]", "ums wallets=[\"unionpay\"]"}, "alipay ums", "", `"alipay" needs seller_id for it, "ums" is of unionpay, which takes none`},
	} {
		t.Run(strings.Join(append(row.merchants, row.lane), ", "), func(t *testing.T) {
			t.Parallel()
			for _, role := range []flow.Role{flow.DepositDesk, flow.CashierDeposit} {
				text := strings.Replace(sold(row.merchants, []string{row.lane}), `role = "cashier"`, `role = "`+string(role)+`"`, 1)
				c, err := parseConfig("x.toml", []byte(text), false)
				if row.says != "" {
					if err == nil || !strings.Contains(err.Error(), strings.Replace(row.says, `"deposit"`, `"`+string(role)+`"`, 1)) {
						t.Errorf("it says %v, want %s", err, row.says)
					}
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				if got := holdersText(c); got != row.want {
					t.Errorf("it holds %q, want %q", got, row.want)
				}
			}
			if _, err := parseConfig("x.toml", []byte(sold(row.merchants, []string{row.lane})), false); err != nil {
				t.Errorf("a cashier's lane needs nobody that holds: %v", err)
			}
		})
	}
}

func holdersText(c *config) string {
	var ways [2]string
	for i, w := range []way{byCode, byQR} {
		for _, name := range c.Lanes[0].Merchants {
			for _, wallet := range c.merchant(name).holdsOn(&c.Lanes[0], w) {
				ways[i] += " " + wallet
			}
		}
	}
	return strings.TrimSpace(ways[0] + " /" + ways[1])
}

// TestAmountsOfAVisit: an amount and a deposit in one visit take a lane that does both.
func TestAmountsOfAVisit(t *testing.T) {
	t.Parallel()
	text := sold([]string{"codes"}, []string{"codes|amounts = \"deposit\""})
	if _, err := parseConfig("x.toml", []byte(text), false); err == nil || !strings.Contains(err.Error(), `needs role = "cashier+deposit"`) {
		t.Errorf("a cashier's lane with deposits: %v", err)
	}
	c, err := parseConfig("x.toml", []byte(strings.Replace(text, `"cashier"`, `"cashier+deposit"`, 1)), false)
	if err != nil || !c.Lanes[0].asksDeposit() || c.Lanes[0].asksFull() || !c.Lanes[0].takesByHand() {
		t.Errorf("a lane for both: %+v, %v", c, err)
	}
	text = strings.Replace(text, `"cashier"`, `"deposit"`, 1)
	text = strings.Replace(text, "amounts = \"deposit\"", "by_hand = \"yes\"", 1)
	if c, err = parseConfig("x.toml", []byte(text), false); err != nil || c.Lanes[0].takesByHand() {
		t.Errorf("a lane for deposits alone takes cash: %v", err)
	}
}

// TestExplainDeposits: who takes them, in which ways, on which terms.
func TestExplainDeposits(t *testing.T) {
	t.Parallel()
	text := sold([]string{"codes", `alipay seller_id="2088000000000001"`}, []string{"alipay codes|qr = \"ask\""})
	c, err := parseConfig("x.toml", []byte(strings.Replace(text, `"cashier"`, `"deposit"`, 1)), false)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	c.explain(&out)
	want := `lane lane-1 (x.toml:23), deposit
  deposit  wechat    codes (wechat, x.toml:6) by code; captured 1 time at most, and the rest goes back with it, released whole, held for 30 days
  deposit  alipay    alipay (alipay, x.toml:15) by code and qr; captured any number of times, released in parts or whole, held as long as the contract says
  deposit  unionpay  -
`
	if out.String() != want {
		t.Errorf("it explains\n%s\nwant\n%s", out.String(), want)
	}
}
