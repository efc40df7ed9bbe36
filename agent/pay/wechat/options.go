package wechat

import (
	"crypto/rsa"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"tillgate/agent/pay"
)

// The hosts of WeChat Pay in mainland China. The second is for the day on which
// the first cannot be reached; it has the same paths.
const (
	mainHost  = "https://api.mch.weixin.qq.com"
	spareHost = "https://api2.mch.weixin.qq.com"
)

// keyBytes is the length of an APIv2 key.
const keyBytes = 32

// Options say on whose behalf to ask, and how.
type Options struct {
	BaseURL    string       // empty: WeChat Pay's hosts in mainland China
	SpareURL   string       // asked when no connection to BaseURL could be made; empty with a BaseURL: none
	AppID      string       // of the merchant, or of its service provider
	MchID      string       // of the merchant, or of its service provider
	SubAppID   string       // service provider only, optional
	SubMchID   string       // service provider only: the merchant; empty: a direct merchant
	Key        pay.Secret   // APIv2 key of MchID, 32 characters
	Sign       string       // "HMAC-SHA256" (also when empty) or "MD5"
	Client     *http.Client // over a transport of pay.NewTransport
	CertClient *http.Client // the same with the client certificate of MchID, for reverse and refunds of API v2
	IP         string       // of this device, as spbill_create_ip; empty: 127.0.0.1

	// What follows is for codes that we show and for refunds (API v3).
	V3Key       pay.Secret       // APIv3 key of MchID, 32 bytes; empty: no codes are shown, and refunds go by API v2
	CodeV3      bool             // codes that we scan go by API v3 too; a change is for when nothing is open
	Cert        tls.Certificate  // API certificate of MchID with its key and its Leaf, which signs
	NotifyURL   string           // the network wants one, although we ask ourselves
	PublicKeyID string           // of the WeChat Pay public key, "PUB_KEY_ID_" and digits; empty: platform certificates
	PublicKey   *rsa.PublicKey   // the key itself
	Now         func() time.Time // the corrected time, for signatures and what they are checked by; nil: time.Now
}

// notifyBytesMax is the length of the network's field.
const notifyBytesMax = 255

// newV3 makes API v3's side of a provider.
func newV3(o Options, hosts []string, wire *pay.Wire) (*v3, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	s, err := newSigner(o.MchID, o.Cert)
	if err == nil {
		err = checkV3(o)
	}
	if err != nil {
		return nil, err
	}
	v := &v3{o: o, hosts: hosts, wire: wire, signer: s}
	v.certificates = newCertificates(v)
	return v, nil
}

func checkV3(o Options) error {
	switch {
	case len(o.V3Key) != keyBytes:
		return fmt.Errorf("the APIv3 key has %d bytes, not %d", len(o.V3Key), keyBytes)
	case pay.Printed(o.V3Key):
		return errors.New("the APIv3 key is printed in a public guide: set another at the merchant platform")
	case (o.PublicKeyID == "") != (o.PublicKey == nil):
		return errors.New("the WeChat Pay public key and its id belong together")
	case o.PublicKeyID != "" && !strings.HasPrefix(o.PublicKeyID, publicKeyPrefix):
		return fmt.Errorf("the id of a WeChat Pay public key begins with %s, %q does not", publicKeyPrefix, o.PublicKeyID)
	case o.PublicKey != nil && o.PublicKey.Size()*8 < keyBitsMin:
		return fmt.Errorf("the WeChat Pay public key has less than %d bits", keyBitsMin)
	}
	u, err := url.Parse(o.NotifyURL)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || len(o.NotifyURL) > notifyBytesMax {
		return fmt.Errorf("notify URL %q is not a public https address of at most %d characters without a query", o.NotifyURL, notifyBytesMax)
	}
	return nil
}

func (p *Provider) check() error {
	for _, host := range p.hosts {
		u, err := url.Parse(host)
		if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			return fmt.Errorf("%q is not the address of a host", host)
		}
	}
	_, err := netip.ParseAddr(p.o.IP)
	switch {
	case p.o.BaseURL == "" && p.o.SpareURL != "":
		return errors.New("a spare address needs a base address")
	case p.o.AppID == "" || p.o.MchID == "":
		return errors.New("app id and merchant id are both needed")
	case p.o.CodeV3 && p.o.V3Key == "":
		return errors.New("payment codes by API v3 need the APIv3 key")
	case p.o.SubMchID == "" && p.o.SubAppID != "":
		return errors.New("a sub app id needs a sub-merchant id")
	case len(p.o.Key) != keyBytes:
		return fmt.Errorf("the APIv2 key has %d characters, not %d", len(p.o.Key), keyBytes)
	case pay.Printed(p.o.Key):
		return errors.New("the APIv2 key is printed in a public guide: set another at the merchant platform")
	case p.o.Sign != signMD5 && p.o.Sign != signHMAC:
		return fmt.Errorf("signature type %q is neither %s nor %s", p.o.Sign, signHMAC, signMD5)
	case err != nil:
		return fmt.Errorf("%q is not an IP address", p.o.IP)
	}
	return nil
}
