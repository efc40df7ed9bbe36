package main

import (
	"strings"

	"tillgate/agent/pay"
	"tillgate/agent/pay/alipay"
)

// alipayNetwork is Alipay, for a merchant with an application of its own or for
// one that has authorised a service provider's.
var alipayNetwork = network{
	wallets: []string{"alipay"},
	qr:      func(*merchantConfig) ([]string, string) { return []string{"alipay"}, "" },
	holds: func(m *merchantConfig, _ string) (pay.HoldTerms, string) {
		return alipay.Terms(m.SellerID, int(m.HoldDays)), "seller_id"
	},
	timing: alipay.Timing,
	keys: merchantKeys{
		need: map[string]string{
			"mode":       `"direct" or "provider"`,
			"app_id":     "the application's id, digits",
			"key":        `"cred:NAME" or "file:/path" of the application's private key`,
			"public_key": `"file:/path" of Alipay's public key, which stands beside the application's own in its console`,
		},
		may: []string{"app_auth_token", "seller_id", "hold_days", "store_id", "service_provider", "base_url"},
	},
	check:  checkAlipay,
	client: newAlipay,
}

func newAlipay(m *merchantConfig, a account) (pay.Provider, error) {
	o := alipay.Options{
		BaseURL: m.BaseURL, AppID: m.AppID, SellerID: m.SellerID, HoldDays: int(m.HoldDays), StoreID: m.StoreID, ServiceProviderID: m.ServiceProvider,
		Client: a.client, Now: a.now,
	}
	if err := loadAll(map[*pay.Secret]source{&o.PrivateKey: m.Key, &o.AppAuthToken: m.AppAuthToken}); err != nil {
		return nil, err
	}
	text, err := m.PublicKey.read()
	if err != nil {
		return nil, err
	}
	if o.PublicKey, err = alipay.ReadPublicKey(string(text)); err != nil {
		return nil, err
	}
	return alipay.New(m.Name, o)
}

func checkAlipay(_ configCheck, m *merchantConfig, wrong wrongFunc) {
	switch {
	case m.Mode == "provider" && m.keys["app_auth_token"] == 0:
		wrong("mode", "app_auth_token is missing; mode \"provider\" takes money for a merchant that has authorised the application")
	case m.Mode == "direct" && m.AppAuthToken.given():
		wrong("app_auth_token", "mode \"direct\" has no app_auth_token; expected none, or mode \"provider\"")
	}
	if m.AppID != "" && !allDigits(m.AppID) {
		wrong("app_id", "app_id is %q; expected digits, as the open platform's console shows them", m.AppID)
	}
	for key, id := range map[string]string{"seller_id": m.SellerID, "service_provider": m.ServiceProvider} {
		if id != "" && (!allDigits(id) || len(id) != 16 || !strings.HasPrefix(id, "2088")) { // opendocs.alipay.com open/00f7nr
			wrong(key, "%s is %q; expected an account: \"2088\" and 12 digits", key, id)
		}
	}
	if m.HoldDays != 0 && (m.HoldDays < alipay.HoldDaysMin || m.HoldDays > alipay.HoldDaysMax) {
		wrong("hold_days", "hold_days is %d; expected %d to %d, as the contract has it", m.HoldDays, alipay.HoldDaysMin, alipay.HoldDaysMax)
	}
	checkLength("store_id", m.StoreID, 32, wrong) // open/02ekfp
}
