package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/words"
)

// accounts are the merchants that the rows below name, with what they need.
var accounts = map[string]string{
	"wechat": `network = "wechat"
mode = "direct"
app_id = "wx0123456789abcdef"
mch_id = "1900000001"
key = "cred:k"
cert = "cred:c"
cert_key = "cred:ck"
v3_key = "cred:v3"
notify_url = "https://pay.example.com/wechat"
`,
	"codes": `network = "wechat"
mode = "direct"
app_id = "wx0123456789abcdef"
mch_id = "1900000001"
key = "cred:k"
cert = "cred:c"
cert_key = "cred:ck"
`,
	"alipay": `network = "alipay"
mode = "direct"
app_id = "2021000000000001"
key = "cred:a"
public_key = "file:/etc/alipay.pem"
`,
	"ums": `network = "unionpay"
app_id = "0123456789abcdef0123456789abcdef"
key = "cred:u"
mch_id = "898000000000001"
terminal_id = "00000001"
qr_mch_id = "898000000000002"
qr_terminal_id = "00000002"
bill_source = "1234"
longitude = "119.29129"
latitude = "26.063591"
`,
	"cloud": `network = "cloudpay"
provider = "sz01p0000000000000001"
mch_id = "sz01m0000000000000001"
shop = "sz01s0000000000000001"
device = "pos1"
staff = "1"
cashier_id = "10000001"
sub_terminal_type = "1234"
key = "cred:cp"
`,
}

// sold is a config with merchants and lanes. A merchant is an account's name,
// with lines after it that are added or put in the place of its own, such as
// `ums ways=["code"]`; a lane is its merchants' names, with more lines after a bar.
func sold(merchants, lanes []string) string {
	text := "[terminal]\nsite = \"10000001\"\nnumber = \"0007\"\nname = \"Shop\"\ndata = \"/var/lib/tillgate\"\n"
	for _, m := range merchants {
		name, more, _ := strings.Cut(m, " ")
		account, _, _ := strings.Cut(name, "-")   // "cloud-2" is another one like "cloud"
		lines := map[string]string{"network": ""} // by key
		for line := range strings.Lines(accounts[account] + strings.ReplaceAll(more, ";", "\n")) {
			key, _, _ := strings.Cut(line, "=")
			lines[strings.TrimSpace(key)] = strings.TrimSpace(line)
		}
		text += fmt.Sprintf("[[merchant]]\nname = %q\n", name)
		for _, key := range sortedKeys(lines) {
			text += lines[key] + "\n"
		}
	}
	for i, l := range lanes {
		names, more, _ := strings.Cut(l, "|")
		text += fmt.Sprintf("[[lane]]\nname = \"lane-%d\"\nrole = \"cashier\"\nmerchants = [%s]\n%s\n", i+1, quotedList(strings.Fields(names)), more)
	}
	return text
}

// TestRoutes: who takes which code on each lane and whose QR codes are shown
// there, over the networks, the wallets, the ways and the lanes' qr; and what
// is said where that has no one answer.
func TestRoutes(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		merchants, lanes []string
		want             string // "wallet=merchant ... / merchants that show", a line for each lane
		says             string // or a part of what is wrong with it, with its line
	}{
		{[]string{"wechat"}, []string{"wechat"}, "wechat=wechat / wechat", ""},
		{[]string{"codes"}, []string{"codes"}, "wechat=codes /", ""},
		{[]string{"alipay"}, []string{"alipay"}, "alipay=alipay / alipay", ""},
		{[]string{"ums"}, []string{"ums"}, "wechat=ums alipay=ums unionpay=ums / ums", ""},
		{[]string{"cloud"}, []string{"cloud"}, "wechat=cloud alipay=cloud / cloud", ""},
		{[]string{"wechat", "alipay"}, []string{"wechat alipay"}, "wechat=wechat alipay=alipay / wechat alipay", ""},
		{[]string{"wechat", "alipay"}, []string{"alipay wechat|qr = \"auto\""}, "wechat=wechat alipay=alipay / alipay wechat", ""},
		{[]string{"wechat", "alipay"}, []string{"wechat alipay|qr = \"off\""}, "wechat=wechat alipay=alipay /", ""},
		{[]string{`ums wallets=["unionpay"];ways=["code"]`, "wechat", "alipay"}, []string{"wechat alipay ums"}, "wechat=wechat alipay=alipay unionpay=ums / wechat alipay", ""},
		{[]string{"ums", `codes wallets=["wechat"]`, `alipay ways=["code"]`}, []string{"codes alipay|qr = \"off\"", "ums"}, "wechat=codes alipay=alipay /\nwechat=ums alipay=ums unionpay=ums / ums", ""},
		{[]string{`wechat ways=["qr"]`, `ums ways=["code"]`}, []string{"wechat ums"}, "wechat=ums alipay=ums unionpay=ums / wechat", ""},
		{[]string{`wechat ways=["code"]`, `ums ways=["qr"]`}, []string{"wechat ums"}, "wechat=wechat / ums", ""},
		{[]string{`cloud ways=["code"]`, `cloud-wx ways=["qr"]`, `cloud-ali ways=["qr"];qr_wallet="alipay"`}, []string{"cloud cloud-wx cloud-ali"}, "wechat=cloud alipay=cloud / cloud-wx cloud-ali", ""},
		{[]string{`cloud wallets=["wechat"]`, "alipay"}, []string{"cloud alipay"}, "wechat=cloud alipay=alipay / cloud alipay", ""},
		{[]string{`cloud wallets=["alipay"];qr_wallet="alipay"`, "codes"}, []string{"cloud codes"}, "wechat=codes alipay=cloud / cloud", ""},
		{[]string{`cloud wallets=["alipay"]`, "codes"}, []string{"cloud codes"}, "wechat=codes alipay=cloud /", ""},
		{[]string{"cloud", `ums wallets=["unionpay"]`}, []string{"cloud ums"}, "wechat=cloud alipay=cloud unionpay=ums / cloud ums", ""},
		// Two stores behind one terminal: each lane has its own.
		{[]string{"wechat", "wechat-2", "alipay"}, []string{"wechat alipay", "wechat-2"}, "wechat=wechat alipay=alipay / wechat alipay\nwechat=wechat-2 / wechat-2", ""},

		{[]string{"wechat", "codes"}, []string{"wechat codes"}, "", `x.toml:29: [[lane]] lane-1: "wechat" and "codes" both take codes of wechat; a wallet must have one taker: take one of them off this lane`},
		{[]string{"codes", "wechat"}, []string{"codes wechat"}, "", `both take codes of wechat; a wallet must have one taker: write ways = ["qr"] at [[merchant]] wechat`},
		{[]string{"wechat", "wechat-2"}, []string{"wechat wechat-2"}, "", `"wechat" and "wechat-2" both take codes of wechat and show QR codes for wechat; a wallet must have one taker: take one of them off this lane`},
		{[]string{"alipay", "cloud"}, []string{"alipay cloud"}, "", `"alipay" and "cloud" both take codes of alipay; a wallet must have one taker: write wallets = ["wechat"] at [[merchant]] cloud`},
		{[]string{"alipay", `cloud wallets=["wechat"];qr_wallet="alipay"`}, []string{"alipay cloud"}, "wechat=cloud alipay=alipay / alipay", ""},
		{[]string{"cloud", "ums"}, []string{"cloud ums"}, "", `both take codes of wechat, alipay and show QR codes for wechat; a wallet must have one taker: write wallets = ["unionpay"] at [[merchant]] ums`},
		{[]string{`ums ways=["code"]`, "cloud"}, []string{"ums cloud"}, "", `both take codes of wechat, alipay; a wallet must have one taker: write ways = ["qr"] at [[merchant]] cloud`},
		{[]string{`ums ways=["qr"]`, "cloud"}, []string{"ums cloud"}, "", `both show QR codes for wechat; a wallet must have one taker: write ways = ["code"] at [[merchant]] cloud`},

		// ChinaUMS' QR codes and the wallets' own: never in one car park.
		{[]string{`wechat ways=["qr"]`, "ums"}, []string{"wechat", "ums"}, "", `[[lane]] lane-2: "ums" shows unionpay's QR codes, and "wechat" shows wechat's on lane lane-1; where ChinaUMS shows QR codes, those of WeChat and Alipay themselves must be off in the whole car park: write ways = ["code"] at [[merchant]] ums or wechat`},
		{[]string{"alipay", `ums ways=["qr"]`}, []string{"ums", "alipay"}, "", `[[lane]] lane-2: "alipay" shows alipay's QR codes, and "ums" shows unionpay's on lane lane-1`},
		{[]string{`wechat ways=["qr"]`, `ums wallets=["unionpay"]`}, []string{"ums wechat"}, "", `those of WeChat and Alipay themselves must be off in the whole car park`},
		{[]string{"wechat", "ums"}, []string{"wechat|qr = \"off\"", "ums"}, "wechat=wechat /\nwechat=ums alipay=ums unionpay=ums / ums", ""},
	} {
		t.Run(strings.Join(append(row.merchants, row.lanes...), ", "), func(t *testing.T) {
			t.Parallel()
			c, err := parseConfig("x.toml", []byte(sold(row.merchants, row.lanes)), false)
			if row.says != "" {
				if err == nil || !strings.Contains(err.Error(), row.says) {
					t.Errorf("it says %v, want %s", err, row.says)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var lanes []string
			for i := range c.Lanes {
				lanes = append(lanes, routeText(c, &c.Lanes[i]))
			}
			if got := strings.Join(lanes, "\n"); got != row.want {
				t.Errorf("it routes\n%s\nwant\n%s", got, row.want)
			}
		})
	}
}

func routeText(c *config, l *laneConfig) string {
	r := c.route(l, nil)
	var text string
	for _, wallet := range walletNames {
		if m, ok := r.Merchant[codeOf[wallet]]; ok {
			text += fmt.Sprintf("%s=%s ", wallet, m.Name)
		}
	}
	text += "/"
	for _, m := range r.QR {
		text += " " + m.Name
	}
	return text
}

// TestWhoseCodesAreNamed: a code names its payers where they are not simply its
// network's own wallet, each merchant's for itself.
func TestWhoseCodesAreNamed(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		merchants []string
		lane      string
		want      map[string][]string
	}{
		{[]string{"wechat", "alipay"}, "wechat alipay", map[string][]string{}},
		{[]string{"ums"}, "ums", map[string][]string{"ums": {"wechat", "alipay", "unionpay"}}},
		{[]string{`ums wallets=["alipay"]`}, "ums", map[string][]string{"ums": {"alipay"}}},
		{[]string{`ums wallets=["unionpay"]`}, "ums", map[string][]string{}},
		{[]string{"cloud"}, "cloud", map[string][]string{"cloud": {"wechat"}}},
		{[]string{`cloud qr_wallet="alipay"`}, "cloud", map[string][]string{"cloud": {"alipay"}}},
		{[]string{`cloud wallets=["wechat"]`, `cloud-2 wallets=["alipay"];qr_wallet="alipay"`}, "cloud cloud-2", map[string][]string{"cloud": {"wechat"}, "cloud-2": {"alipay"}}},
		{[]string{"cloud"}, "cloud|qr = \"off\"", map[string][]string{}},
	} {
		c, err := parseConfig("x.toml", []byte(sold(row.merchants, []string{row.lane})), false)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(row.want, c.route(&c.Lanes[0], nil).Payers); diff != "" {
			t.Errorf("%v (-want +got):\n%s", row.merchants, diff)
		}
	}
}

// TestNobodyTakesTheDigitalYuan: its codes are known, and there is no network for them.
func TestNobodyTakesTheDigitalYuan(t *testing.T) {
	t.Parallel()
	c, err := parseConfig("x.toml", []byte(sold([]string{"ums"}, []string{"ums"})), false)
	if err != nil {
		t.Fatal(err)
	}
	r := c.route(&c.Lanes[0], nil)
	if m, taken := r.Merchant[pay.ECNYCode]; taken || r.Merchant[pay.UnionPayCode].Network != "unionpay" {
		t.Errorf("digital yuan: %v, %v; UnionPay: %v", m, taken, r.Merchant[pay.UnionPayCode])
	}
}

// TestExplain: the whole route, with the places of the merchants.
func TestExplain(t *testing.T) {
	t.Parallel()
	c, err := parseConfig("x.toml", []byte(sold([]string{"codes", "alipay"}, []string{"alipay codes", "codes|qr = \"off\""})), false)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	c.explain(&out)
	want := `lane lane-1 (x.toml:22), cashier
  by code  wechat    codes (wechat, x.toml:6)
  by code  alipay    alipay (alipay, x.toml:15)
  by code  unionpay  -
  by QR    wechat    -
  by QR    alipay    alipay (alipay, x.toml:15)
  by QR    unionpay  -
lane lane-2 (x.toml:27), cashier
  by code  wechat    codes (wechat, x.toml:6)
  by code  alipay    -
  by code  unionpay  -
  by QR    wechat    -
  by QR    alipay    -
  by QR    unionpay  -
`
	if out.String() != want {
		t.Errorf("it explains\n%s\nwant\n%s", out.String(), want)
	}
}

// TestWhatALanesPageOffers follows from the lane's merchants and its keys.
func TestWhatALanesPageOffers(t *testing.T) {
	t.Parallel()
	c, err := parseConfig("x.toml", []byte(sold([]string{"codes", "alipay", `cloud ways=["qr"]`}, []string{
		"codes", "alipay|amounts = \"two\"", "cloud|by_hand = \"no\"", "alipay|qr = \"off\"\namounts = \"one\"",
	})), false)
	if err != nil {
		t.Fatal(err)
	}
	a := &agent{cfg: c}
	for i := range c.Lanes {
		l := &c.Lanes[i]
		a.lanes = append(a.lanes, flow.NewLane(flow.Config{Name: l.Name, Role: l.Role, ByHand: l.takesByHand(), Route: c.route(l, nil)}, flow.Deps{}))
	}
	for lane, want := range map[string]struct {
		takes []words.Tender
		full  bool
	}{
		"lane-1": {[]words.Tender{words.ByCode, words.ByCash, words.ByCard}, false},
		"lane-2": {[]words.Tender{words.ByCode, words.ByQR, words.ByCash, words.ByCard}, true},
		"lane-3": {[]words.Tender{words.ByQR}, false},
		"lane-4": {[]words.Tender{words.ByCode, words.ByCash, words.ByCard}, false},
		"lane-5": {nil, false},
	} {
		if takes := a.takes(lane); !slices.Equal(takes, want.takes) || a.asksFull(lane) != want.full {
			t.Errorf("%s takes %v and asks for two amounts: %v; want %v, %v", lane, takes, a.asksFull(lane), want.takes, want.full)
		}
	}
}
