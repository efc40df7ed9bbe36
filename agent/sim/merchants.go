package sim

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"slices"
	"sync"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/pay/alipay"
	"tillgate/agent/pay/cloudpay"
	"tillgate/agent/pay/sandbox"
	alipaybox "tillgate/agent/pay/sandbox/alipay"
	cloudpaybox "tillgate/agent/pay/sandbox/cloudpay"
	unionpaybox "tillgate/agent/pay/sandbox/unionpay"
	wechatbox "tillgate/agent/pay/sandbox/wechat"
	"tillgate/agent/pay/unionpay"
	"tillgate/agent/pay/wechat"
)

// The networks, as config and journal call them.
const (
	weChat   = "wechat"
	aliPay   = "alipay"
	unionPay = "unionpay"
	cloudPay = "cloudpay"
)

var networks = []string{weChat, aliPay, unionPay, cloudPay}

// client is all that a provider can do. One that shows no codes says so; no lane
// asks it for any.
type client interface {
	pay.Preparer
	pay.Refunder
	Show(ctx context.Context, o pay.Offer) pay.Result
}

// account is a merchant at a network, as both sides know it.
type account struct {
	name, network string
	codes         []string // wallets whose payment codes it takes
	shows         []string // wallets whose phones pay the codes that it shows
	provider      func(a account, over *http.Client, now func() time.Time) (pay.Refunder, error)
}

// merchant is the account as a lane's route names it.
func (a account) merchant() flow.Merchant { return flow.Merchant{Name: a.name, Network: a.network} }

// accounts are the merchants that a config may have: every network in every
// kind of contract.
var accounts = []account{
	{"wechat", weChat, wallets(sandbox.WeChat), wallets(sandbox.WeChat), ofWeChat(wechats[0], wechat.Options{PublicKeyID: wechatbox.PublicKeyID})},
	{"wechat-sub", weChat, wallets(sandbox.WeChat), wallets(sandbox.WeChat), ofWeChat(wechats[1], wechat.Options{CodeV3: true})},
	{"wechat-old", weChat, wallets(sandbox.WeChat), nil, ofWeChat(wechats[2], wechat.Options{Sign: "MD5"})},
	{"alipay", aliPay, wallets(sandbox.Alipay), wallets(sandbox.Alipay), ofAlipay(alipays[0])},
	{"alipay-sub", aliPay, wallets(sandbox.Alipay), wallets(sandbox.Alipay), ofAlipay(alipays[1])},
	{"ums", unionPay, sandbox.Wallets(), sandbox.Wallets(), ofUnionPay(unionpays[0])},
	{"ums-words", unionPay, sandbox.Wallets(), sandbox.Wallets(), ofUnionPay(unionpays[1])},
	{"ums-codes", unionPay, sandbox.Wallets(), nil, ofUnionPay(unionpays[2])},
	{"cloud", cloudPay, wallets(sandbox.Alipay, sandbox.WeChat), wallets(sandbox.WeChat), ofCloudPay(cloudpays[0], cloudpay.Options{QRWallet: sandbox.WeChat})},
	{"cloud-old", cloudPay, wallets(sandbox.Alipay, sandbox.WeChat), wallets(sandbox.Alipay), ofCloudPay(cloudpays[1], cloudpay.Options{QRWallet: sandbox.Alipay})},
}

// marks are those of each merchant's account.
var marks = func() map[string]string {
	of := map[string]string{}
	for _, a := range accounts {
		of[a.name] = "books of " + a.name
	}
	return of
}()

func wallets(names ...string) []string { return names }

// accountOf is an account by its name.
func accountOf(name string) account {
	i := slices.IndexFunc(accounts, func(a account) bool { return a.name == name })
	if i < 0 {
		return account{}
	}
	return accounts[i]
}

// What the networks know of them.
var (
	wechats = []wechatbox.Merchant{
		{AppID: "wx2421b1c4370ec43b", MchID: "1900000109", Key: "simulated-key-of-thirty-two-byte", V3Key: "simulated-v3-key-of-thirty-two-b"},
		{AppID: "wx2421b1c4370ec43b", MchID: "1900000110", SubAppID: "wx6666666666666666", SubMchID: "1900000200",
			Key: "another-simulated-key-of-32-byte", V3Key: "another-simulated-v3-key-32-byte"},
		{AppID: "wx2421b1c4370ec43b", MchID: "1900000111", Key: "a-simulated-key-without-v3-at-32"},
	}
	alipays = []alipaybox.Merchant{
		{AppID: "2021000000000001", Seller: "2088102146225135"},
		{AppID: "2021000000000002", Seller: "2088102146225136", AppAuthToken: "201510BBaaa1bbb2ccc3", Provider: "2088511833207846"},
	}
	unionpays = []unionpaybox.Merchant{
		{AppID: "8a81c1bee7ad90dcdb0fef8a23ae0005", AppKey: "5f6b1c0d9e8a7b4c3d2e1f0a9b8c7d6e", MID: "898340149000005", TID: "88880001",
			QRMID: "898340149000006", QRTID: "88880002", Source: "10DH", InPlaceOf: site[:4]},
		{AppID: "8a81c1bee7ad90dcdb0fef8a23ae0006", AppKey: "6f6b1c0d9e8a7b4c3d2e1f0a9b8c7d6f", MID: "898340149000007", TID: "88880003",
			QRMID: "898340149000008", QRTID: "88880004", Source: "10DJ", InPlaceOf: site[:4], TradeWords: true},
		{AppID: "8a81c1bee7ad90dcdb0fef8a23ae0007", AppKey: "7f6b1c0d9e8a7b4c3d2e1f0a9b8c7d6a", MID: "898340149000009", TID: "88880005"},
	}
	cloudpays = []cloudpaybox.Merchant{
		{OutMchID: "sz01provider00000000", OutSubMchID: "sz01merchant00000000", OutShopID: "sz01shop000000000000", CashierID: site,
			Key: "pW3xR8nK5vT2mQ9yB6zF4cH7jL1dG0sA", Clerks: wallets("1001"), Devices: []cloudpaybox.Device{{ID: "2001", StaffID: "1001", Type: 70}}},
		{OutMchID: "sz01provider00000000", OutSubMchID: "sz01merchant00000001", OutShopID: "sz01shop000000000001", CashierID: site,
			Key: "qW3xR8nK5vT2mQ9yB6zF4cH7jL1dG0sB", NextKey: "rW3xR8nK5vT2mQ9yB6zF4cH7jL1dG0sC", Reverse: true,
			Clerks: wallets("1002"), Devices: []cloudpaybox.Device{{ID: "2002", StaffID: "1002", Type: 70}}},
	}
)

// attach puts all networks before the books. A merchant of Cloud Pay changes its
// key at some moment.
func attach(s *sandbox.Sandbox, keyChanges time.Time) {
	k := keysOnce()
	weChats, aliPays, cloudPays := slices.Clone(wechats), slices.Clone(alipays), slices.Clone(cloudpays)
	for i := range weChats {
		if weChats[i].V3Key != "" {
			weChats[i].Cert = k.cert.Leaf
		}
	}
	for i := range aliPays {
		aliPays[i].Public = k.app.Public().(*rsa.PublicKey)
	}
	for i := range cloudPays {
		cloudPays[i].NextFrom = keyChanges
	}
	wechatbox.Attach(s, wechatbox.Options{Merchants: weChats})
	alipaybox.Attach(s, alipaybox.Options{Merchants: aliPays})
	unionpaybox.Attach(s, unionpaybox.Options{Merchants: unionpays})
	cloudpaybox.Attach(s, cloudpaybox.Options{Merchants: cloudPays})
}

func ofWeChat(m wechatbox.Merchant, o wechat.Options) func(account, *http.Client, func() time.Time) (pay.Refunder, error) {
	return func(a account, over *http.Client, now func() time.Time) (pay.Refunder, error) {
		o := o
		o.BaseURL, o.SpareURL, o.AppID, o.MchID, o.SubAppID, o.SubMchID, o.Key = "http://wechat", "http://wechat-spare", m.AppID, m.MchID, m.SubAppID, m.SubMchID, m.Key
		o.Client, o.CertClient, o.Now = over, over, now
		if m.V3Key == "" {
			return wechat.New(a.name, o)
		}
		o.V3Key, o.Cert, o.NotifyURL = m.V3Key, keysOnce().cert, "https://shop.example/paid"
		if o.PublicKeyID != "" {
			o.PublicKey = keysOnce().wechat
		}
		return wechat.NewShower(a.name, o)
	}
}

func ofAlipay(m alipaybox.Merchant) func(account, *http.Client, func() time.Time) (pay.Refunder, error) {
	return func(a account, over *http.Client, now func() time.Time) (pay.Refunder, error) {
		k := keysOnce()
		return alipay.New(a.name, alipay.Options{BaseURL: "http://alipay", AppID: m.AppID, AppAuthToken: m.AppAuthToken, Signer: k.app, PublicKey: k.alipay,
			SellerID: m.Seller, ServiceProviderID: m.Provider, Client: over, Now: now})
	}
}

func ofUnionPay(m unionpaybox.Merchant) func(account, *http.Client, func() time.Time) (pay.Refunder, error) {
	return func(a account, over *http.Client, now func() time.Time) (pay.Refunder, error) {
		o := unionpay.Options{BaseURL: "http://unionpay", SpareURL: "http://unionpay-spare", AppID: m.AppID, AppKey: m.AppKey, MID: m.MID, TID: m.TID,
			Longitude: "119.29129", Latitude: "26.063591", Client: over, Now: now}
		if m.QRMID == "" {
			return unionpay.New(a.name, o)
		}
		o.QRMID, o.QRTID, o.Source = m.QRMID, m.QRTID, m.Source
		return unionpay.NewShower(a.name, o)
	}
}

func ofCloudPay(m cloudpaybox.Merchant, o cloudpay.Options) func(account, *http.Client, func() time.Time) (pay.Refunder, error) {
	return func(a account, over *http.Client, now func() time.Time) (pay.Refunder, error) {
		o := o
		o.Hosts = []string{"http://cloudpay-1", "http://cloudpay-2", "http://cloudpay-3"}
		o.OutMchID, o.SubMchID, o.ShopID, o.CashierID, o.Key, o.Reverse = m.OutMchID, m.OutSubMchID, m.OutShopID, m.CashierID, m.Key, m.Reverse
		if m.NextKey != "" { // the new one is in the config some time before it counts
			o.Key, o.OldKey = m.NextKey, m.Key
		}
		o.DeviceID, o.StaffID, o.SubTerminalType = m.Devices[0].ID, m.Devices[0].StaffID, m.Devices[0].Type
		o.Client, o.Now = over, now
		return cloudpay.New(a.name, o)
	}
}

// hosts are where the clients look for the networks.
var hosts = map[string][]string{
	weChat: {"wechat", "wechat-spare"}, aliPay: {"alipay"}, unionPay: {"unionpay", "unionpay-spare"}, cloudPay: {"cloudpay-1", "cloudpay-2", "cloudpay-3"},
}

// keys are what signs with RSA on both sides, one of each in a process. They cost
// nothing, and no signature changes what a seed comes to.
type keys struct {
	cert           tls.Certificate // of all merchants of WeChat Pay
	app            crypto.Signer   // of all merchants of Alipay
	wechat, alipay *rsa.PublicKey  // the networks'
}

var keysOnce = sync.OnceValue(func() keys {
	k := keys{app: sandbox.Signer("simulated application"), wechat: public(wechatbox.PublicKeyPEM()), alipay: public(alipaybox.PublicKeyPEM())}
	merchant := sandbox.Signer("simulated merchant")
	form := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Unix(0, 0), NotAfter: opening.AddDate(1, 0, 0)}
	der, err := x509.CreateCertificate(rand.Reader, form, form, merchant.Public(), merchant)
	if err != nil {
		panic(err) // as where a machine has no randomness
	}
	if k.cert.Leaf, err = x509.ParseCertificate(der); err != nil {
		panic(err)
	}
	k.cert.Certificate, k.cert.PrivateKey = [][]byte{der}, merchant
	return k
})

// public reads a key that a stand-in has just written.
func public(text []byte) *rsa.PublicKey {
	block, _ := pem.Decode(text)
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		panic(fmt.Sprintf("sim: %v", err))
	}
	return key.(*rsa.PublicKey)
}

// timings are the networks', but for what keeps calls from ending at the very
// moment at which a lane that began with them is due again. What waits for its
// payer, or for a person, is asked about less often, and a code that is shown not
// for so long: questions are most of what a seed costs. A refund that takes its
// time is asked about more often: a simulated day is short.
var timings = func() map[string]pay.Timing {
	all := map[string]pay.Timing{weChat: pay.WeChat, aliPay: alipay.Timing, unionPay: unionpay.Timing, cloudPay: cloudpay.Timing}
	for name, t := range all {
		t.Call += 371_113 * time.Nanosecond
		t.Ask += 271_111 * time.Nanosecond
		t.Show.Call += 171_117 * time.Nanosecond
		t.QueryEvery = max(t.QueryEvery, 6*time.Second)
		t.Show.QueryEvery, t.Show.Life = 8*time.Second, 70*time.Second
		t.Refund.Call += 471_119 * time.Nanosecond
		t.Refund.QueryEvery = min(t.Refund.QueryEvery, 5*time.Minute)
		if name == cloudPay { // whose open orders nothing closes
			t.UndoAgain = append(slices.Clone(t.UndoAgain), 3*time.Minute)
		}
		all[name] = t
	}
	return all
}()

func timing(network string) pay.Timing {
	if t, ok := timings[network]; ok {
		return t
	}
	return pay.WeChat // of what is booked by hand
}
