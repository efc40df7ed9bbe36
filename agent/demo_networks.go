//go:build demo

package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
	alipaybox "tillgate/agent/pay/sandbox/alipay"
	cloudpaybox "tillgate/agent/pay/sandbox/cloudpay"
	unionpaybox "tillgate/agent/pay/sandbox/unionpay"
	wechatbox "tillgate/agent/pay/sandbox/wechat"
)

// bank is the stand-in of all four networks, with an account for every way in
// which a merchant may be set up. Its keys are made at the start and written to
// a folder, as files that a config names.
type bank struct {
	*sandbox.Sandbox
	authority *sandbox.Authority
	accounts  []bankAccount
	files     map[string][]byte
}

// bankAccount is one merchant at one network: its table in a config, with @DIR@
// for the folder of the keys and @URL@ for the stand-in's address.
type bankAccount struct {
	name, network, mode string
	table               string
}

// bankSite is where the accounts' terminals stand: Cloud Pay wants its numbers to
// begin with its own number of the cashier.
const bankSite = "10000001"

// newBank makes the stand-in. All of its accounts share the authority's client
// certificate, as all of a service provider's merchants do.
func newBank(o sandbox.Options) (*bank, error) {
	authority, err := sandbox.NewAuthority()
	if err != nil {
		return nil, err
	}
	b := &bank{Sandbox: sandbox.New(o), authority: authority, files: map[string][]byte{"root.pem": authority.RootPEM()}}
	cert, key, err := authority.ClientPEM()
	if err != nil {
		return nil, err
	}
	b.files["merchant.pem"], b.files["merchant-key.pem"] = cert, key
	b.openWeChat()
	b.openAlipay()
	b.openUnionPay()
	b.openCloudPay()
	return b, nil
}

// account is the one with this name.
func (b *bank) account(name string) bankAccount {
	for _, a := range b.accounts {
		if a.name == name {
			return a
		}
	}
	panic("the bank has no account " + name)
}

// open adds an account, whose lines are key and value in turn.
func (b *bank) open(name, network, mode string, lines ...string) {
	var table strings.Builder
	fmt.Fprintf(&table, "[[merchant]]\nname = %q\nnetwork = %q\n", name, network)
	for i := 0; i < len(lines); i += 2 {
		fmt.Fprintf(&table, "%s = %q\n", lines[i], lines[i+1])
	}
	table.WriteString("ca = \"file:@DIR@/root.pem\"\n")
	b.accounts = append(b.accounts, bankAccount{name, network, mode, table.String()})
}

// secret makes a key of 32 characters and the file that holds it.
func (b *bank) secret(name string) pay.Secret {
	key := make([]byte, 16)
	rand.Read(key)
	b.files[name] = []byte(hex.EncodeToString(key))
	return pay.Secret(b.files[name])
}

func keyFile(name string) string { return "file:@DIR@/" + name }

// openWeChat has WeChat's accounts: the numbers are those of public examples.
func (b *bank) openWeChat() {
	b.files["wechat-public.pem"] = wechatbox.PublicKeyPEM()
	var merchants []wechatbox.Merchant
	for _, one := range []struct {
		name, mode, mchID, sub string
		more                   []string
	}{
		{"wechat", "direct, codes by API v2, public key", "1900000109", "", []string{"public_key_id", wechatbox.PublicKeyID, "public_key", keyFile("wechat-public.pem")}},
		{"wechat-v3", "direct, codes by API v3, platform certificates", "1900000110", "", []string{"code_api", "v3"}},
		{"wechat-provider", "service provider, codes by API v2, platform certificates", "1900000111", "1900000211", nil},
		{"wechat-provider-v3", "service provider, codes by API v3, public key", "1900000112", "1900000212",
			[]string{"code_api", "v3", "public_key_id", wechatbox.PublicKeyID, "public_key", keyFile("wechat-public.pem")}},
	} {
		m := wechatbox.Merchant{AppID: "wx2421b1c4370ec43b", MchID: one.mchID, SubMchID: one.sub, Key: b.secret(one.name + "-key"), V3Key: b.secret(one.name + "-api-v3-key"),
			Cert: b.authority.Merchant().Leaf}
		merchants = append(merchants, m)
		lines := []string{"mode", "direct", "app_id", m.AppID, "mch_id", m.MchID, "base_url", "@URL@", "key", keyFile(one.name + "-key"), "cert", keyFile("merchant.pem"),
			"cert_key", keyFile("merchant-key.pem"), "v3_key", keyFile(one.name + "-api-v3-key"), "notify_url", "https://pay.example.com/wechat"}
		if one.sub != "" {
			lines[1] = "provider"
			lines = append(lines, "sub_mch_id", one.sub)
		}
		b.open(one.name, "wechat", one.mode, append(lines, one.more...)...)
	}
	wechatbox.Attach(b.Sandbox, wechatbox.Options{Merchants: merchants})
}

// applicationKey is an application's at Alipay; one serves all.
var applicationKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err) // the system has no random numbers
	}
	return key
})

func (b *bank) openAlipay() {
	key := applicationKey()
	b.files["alipay-key"] = pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	b.files["alipay-public.pem"] = alipaybox.PublicKeyPEM()
	token := b.secret("alipay-token")
	merchants := []alipaybox.Merchant{
		{AppID: "2021000000000001", Public: &key.PublicKey, Seller: "2088000000000001"},
		{AppID: "2021000000000002", Public: &key.PublicKey, Seller: "2088000000000002", AppAuthToken: token, Provider: "2088000000000009"},
	}
	alipaybox.Attach(b.Sandbox, alipaybox.Options{Merchants: merchants})
	both := []string{"base_url", "@URL@", "key", keyFile("alipay-key"), "public_key", keyFile("alipay-public.pem")}
	b.open("alipay", "alipay", "direct", append([]string{"mode", "direct", "app_id", merchants[0].AppID, "seller_id", merchants[0].Seller}, both...)...)
	b.open("alipay-provider", "alipay", "service provider", append([]string{"mode", "provider", "app_id", merchants[1].AppID, "seller_id", merchants[1].Seller,
		"app_auth_token", keyFile("alipay-token"), "service_provider", merchants[1].Provider}, both...)...)
}

func (b *bank) openUnionPay() {
	var merchants []unionpaybox.Merchant
	for i, one := range []struct {
		name, mode string
		words      bool
	}{{"chinaums", "POS通 v6 and bills, in the words PAID and UNPAID", false}, {"chinaums-trade", "POS通 v6 and bills, in the words TRADE_SUCCESS ...", true}} {
		m := unionpaybox.Merchant{AppID: strings.Repeat(fmt.Sprint(i+1), 32), AppKey: b.secret(one.name + "-key"), MID: fmt.Sprintf("89834014900000%d", i), TID: "88880001",
			QRMID: fmt.Sprintf("89834014900001%d", i), QRTID: "88880002", Source: fmt.Sprintf("TG0%d", i), InPlaceOf: bankSite[:4], TradeWords: one.words}
		merchants = append(merchants, m)
		b.open(one.name, "unionpay", one.mode, "app_id", m.AppID, "key", keyFile(one.name+"-key"), "mch_id", m.MID, "terminal_id", m.TID, "qr_mch_id", m.QRMID,
			"qr_terminal_id", m.QRTID, "bill_source", m.Source, "longitude", "119.29129", "latitude", "26.063591", "serial", "TG-0001", "base_url", "@URL@")
	}
	unionpaybox.Attach(b.Sandbox, unionpaybox.Options{Merchants: merchants})
}

func (b *bank) openCloudPay() {
	var merchants []cloudpaybox.Merchant
	for i, one := range []struct {
		name, mode, wallet, reverse string
	}{{"cloudpay", "without reverse, WeChat's QR codes", "wechat", "no"}, {"cloudpay-reverse", "with reverse, Alipay's QR codes", "alipay", "yes"}} {
		m := cloudpaybox.Merchant{OutMchID: "sz01provider00000000", OutSubMchID: fmt.Sprintf("sz01merchant0000000%d", i), OutShopID: "sz01shop000000000000", CashierID: bankSite,
			Key: b.secret(one.name + "-key"), Clerks: []string{"1001"}, Reverse: one.reverse == "yes",
			Devices: []cloudpaybox.Device{{ID: "2001", StaffID: "1001", Type: 70}, {ID: "2002", StaffID: "1001", Type: 70, ConfigURL: "code-of-" + one.name}}}
		merchants = append(merchants, m)
		b.open(one.name, "cloudpay", one.mode, "provider", m.OutMchID, "mch_id", m.OutSubMchID, "shop", m.OutShopID, "device", "2001", "staff", "1001", "cashier_id", m.CashierID,
			"sub_terminal_type", "70", "key", keyFile(one.name+"-key"), "qr_wallet", one.wallet, "reverse", one.reverse)
		b.accounts[len(b.accounts)-1].table += "base_urls = [\"@URL@\"]\n"
	}
	cloudpaybox.Attach(b.Sandbox, cloudpaybox.Options{Merchants: merchants})
}

// write puts the keys into a folder that only its owner may open.
func (b *bank) write(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("folder of the sandbox's keys: %w", err)
	}
	for name, text := range b.files {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// merchant is an account's table in a config, with more keys than it has.
func (a bankAccount) merchant(dir, url string, more ...string) string {
	return strings.NewReplacer("@DIR@", dir, "@URL@", url).Replace(a.table) + strings.Join(append(more, ""), "\n")
}
