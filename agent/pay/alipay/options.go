package alipay

import (
	"crypto"
	"crypto/rsa"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"tillgate/agent/pay"
)

// The gateway of Alipay in mainland China (page common/02km9f). There is no
// second host.
const (
	mainHost    = "https://openapi.alipay.com"
	gatewayPath = "/gateway.do"
)

// Options say on whose behalf to ask, and how.
type Options struct {
	BaseURL           string           // of the gateway, with or without /gateway.do; empty: Alipay's in mainland China
	AppID             string           // of the application: the merchant's own, or its service provider's
	AppAuthToken      pay.Secret       // service provider only: what the merchant authorised the application with; empty: a direct merchant
	PrivateKey        pay.Secret       // of the application, as ReadPrivateKey takes it
	Signer            crypto.Signer    // the same, of one whose key does not leave its chip; nil: PrivateKey
	PublicKey         *rsa.PublicKey   // of Alipay, not the application's own; ReadPublicKey reads it
	SellerID          string           // the account that receives, "2088" and 12 digits; empty: the contract's
	HoldDays          int              // for how many days the contract lets a deposit be held; 0: nobody says, and no end of one is watched
	StoreID           string           // the merchant's own number of the shop, at most 32 bytes; empty: the lane's name
	ServiceProviderID string           // the service provider's account for rebates, "2088" and 12 digits; optional
	Client            *http.Client     // over a transport of pay.NewTransport
	Now               func() time.Time // the corrected time, for the requests' stamps; nil: time.Now
}

// The days for which a contract may let a deposit be held; no public page names them,
// and the last one of natural days counts as over.
const (
	HoldDaysMin = 2
	HoldDaysMax = 366
)

// Lengths of what Alipay gives out or takes (page 02ekfp).
const (
	storeBytesMax = 32
	accountDigits = 16
)

// gateway is the address that everything is posted to.
func (o Options) gateway() string {
	if o.BaseURL == "" {
		return mainHost + gatewayPath
	}
	return strings.TrimSuffix(strings.TrimSuffix(o.BaseURL, "/"), gatewayPath) + gatewayPath
}

func (o Options) check() error {
	u, err := url.Parse(o.gateway())
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return fmt.Errorf("%q is not the address of a gateway", o.BaseURL)
	case !pay.Plain(o.AppID):
		return errors.New("the application's id is missing or has blanks in it")
	case o.AppAuthToken != "" && !pay.Plain(string(o.AppAuthToken)):
		return errors.New("the app_auth_token has blanks in it")
	case o.PublicKey == nil:
		return errors.New("the public key of Alipay is missing")
	case o.PublicKey.Size()*8 < keyBitsMin:
		return fmt.Errorf("the public key of Alipay has less than %d bits", keyBitsMin)
	case len(o.StoreID) > storeBytesMax || o.StoreID != pay.CutBasic(o.StoreID, storeBytesMax):
		return fmt.Errorf("store id %q has more than %d bytes, or what is no text", o.StoreID, storeBytesMax)
	case o.SellerID != "" && !account(o.SellerID):
		return fmt.Errorf("seller id %q is not 2088 and %d digits", o.SellerID, accountDigits-4)
	case o.HoldDays != 0 && (o.HoldDays < HoldDaysMin || o.HoldDays > HoldDaysMax):
		return fmt.Errorf("deposits for %d days: expected %d to %d", o.HoldDays, HoldDaysMin, HoldDaysMax)
	case o.ServiceProviderID != "" && !account(o.ServiceProviderID):
		return fmt.Errorf("service provider id %q is not 2088 and %d digits: it is an account's, not an application's", o.ServiceProviderID, accountDigits-4)
	}
	return nil
}

// signer is what signs requests, with RSA.
func (o Options) signer() (crypto.Signer, error) {
	if o.Signer == nil {
		return ReadPrivateKey(o.PrivateKey)
	}
	public, ok := o.Signer.Public().(*rsa.PublicKey)
	switch {
	case o.PrivateKey != "":
		return nil, errors.New("the application has two private keys: one that signs by itself, and one to be read")
	case !ok:
		return nil, errors.New("the application's private key is no RSA key")
	case public.Size()*8 < keyBitsMin:
		return nil, fmt.Errorf("the application's private key has less than %d bits", keyBitsMin)
	}
	return o.Signer, nil
}

// account tells whether a text is the number of an Alipay account (PID).
func account(text string) bool {
	return len(text) == accountDigits && strings.HasPrefix(text, "2088") && strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' }) < 0
}
