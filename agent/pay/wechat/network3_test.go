package wechat

import (
	"cmp"
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"maps"
	"math/big"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"tillgate/agent/pay"
)

const (
	testV3Key   = "fedcba9876543210fedcba9876543210"
	publicKeyID = "PUB_KEY_ID_0114232134912410000000000000"
	notifyURL   = "https://pay.example.com/wechat"
)

func newKey() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, keyBitsMin)
	if err != nil {
		panic(err)
	}
	return key
}

// Keys take long to make, so that all tests share them.
var (
	ourKey      = sync.OnceValue(newKey)
	platformKey = sync.OnceValue(newKey)
	publicKey   = sync.OnceValue(newKey)
)

// certificate makes one for a key, good for a year around the time of the tests.
func certificate(key *rsa.PrivateKey, serial int64) *x509.Certificate {
	form := &x509.Certificate{SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "test"}, NotBefore: asked.AddDate(0, -6, 0), NotAfter: asked.AddDate(0, 6, 0)}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return cert
}

const (
	ourSerial      = 0x0A1B2C3D4E5F6071
	platformSerial = 0x5157F09EFDC096DE
)

var ourCert = sync.OnceValue(func() tls.Certificate {
	cert := certificate(ourKey(), ourSerial)
	return tls.Certificate{Certificate: [][]byte{cert.Raw}, Leaf: cert, PrivateKey: ourKey()}
})

var platformCert = sync.OnceValue(func() *x509.Certificate { return certificate(platformKey(), platformSerial) })

// call3 is a request as the network got it.
type call3 struct {
	method, path string
	header       http.Header
	body         string
	auth         map[string]string
}

// answer3 is what the network says to it.
type answer3 struct {
	status int
	body   string
	spoil  func(h http.Header) // of a signed reply
	serial string              // empty: the public key's when it was asked for, else the platform certificate's
	key    *rsa.PrivateKey     // nil: the one of serial
	at     time.Time           // zero: now
}

// network3 answers calls of API v3 as a test wants, and keeps what it was asked.
type network3 struct {
	t            *testing.T
	answer       func(c call3) answer3
	certificates func() answer3 // nil: one, of platformKey
	now          func() time.Time

	mu    sync.Mutex
	calls []call3
}

var authForm = regexp.MustCompile(`(\w+)="([^"]*)"`)

func (n *network3) RoundTrip(r *http.Request) (*http.Response, error) {
	c := call3{method: r.Method, path: r.URL.RequestURI(), header: r.Header, auth: map[string]string{}}
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		c.body = string(body)
	}
	for _, pair := range authForm.FindAllStringSubmatch(r.Header.Get("Authorization"), -1) {
		c.auth[pair[1]] = pair[2]
	}
	n.mu.Lock()
	n.calls = append(n.calls, c)
	n.mu.Unlock()
	if c.path == certificatesPath {
		if n.certificates != nil {
			return n.reply(r, c, n.certificates()), nil
		}
		return n.reply(r, c, listOf(platformCert())), nil
	}
	return n.reply(r, c, n.answer(c)), nil
}

func (n *network3) reply(r *http.Request, c call3, a answer3) *http.Response {
	now := cmp.Or(a.at, n.now())
	h := http.Header{"Date": {now.UTC().Format(http.TimeFormat)}, "Request-Id": {"08CF-1"}}
	if a.serial == "" {
		a.serial = cmp.Or(c.header.Get(headerSerial), fmt.Sprintf("%X", platformSerial))
	}
	if a.key == nil {
		a.key = platformKey()
		if a.serial == publicKeyID {
			a.key = publicKey()
		}
	}
	stamp := strconv.FormatInt(now.Unix(), 10)
	sum := sha256.Sum256([]byte(stamp + "\nnonce\n" + a.body + "\n"))
	signature, err := rsa.SignPKCS1v15(nil, a.key, crypto.SHA256, sum[:])
	if err != nil {
		n.t.Error(err)
	}
	h.Set("Wechatpay-Serial", a.serial)
	h.Set("Wechatpay-Timestamp", stamp)
	h.Set("Wechatpay-Nonce", "nonce")
	h.Set("Wechatpay-Signature", base64.StdEncoding.EncodeToString(signature))
	if a.spoil != nil {
		a.spoil(h)
	}
	return &http.Response{StatusCode: cmp.Or(a.status, http.StatusOK), Header: h, Body: io.NopCloser(strings.NewReader(a.body)), Request: r}
}

// listOf is the answer to a request for certificates.
func listOf(certs ...*x509.Certificate) answer3 {
	type entry struct {
		Serial string            `json:"serial_no"`
		Sealed map[string]string `json:"encrypt_certificate"`
	}
	list := struct {
		Data []entry `json:"data"`
	}{}
	for _, cert := range certs {
		text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw})
		list.Data = append(list.Data, entry{fmt.Sprintf("%X", cert.SerialNumber), seal(text, testV3Key)})
	}
	text, err := json.Marshal(list)
	if err != nil {
		panic(err)
	}
	return answer3{body: string(text)}
}

func seal(text []byte, key string) map[string]string {
	block, err := aes.NewCipher([]byte(key))
	if err != nil {
		panic(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return map[string]string{"algorithm": "AEAD_AES_256_GCM", "nonce": "0123456789ab", "associated_data": "certificate",
		"ciphertext": base64.StdEncoding.EncodeToString(gcm.Seal(nil, []byte("0123456789ab"), text, []byte("certificate")))}
}

// shower makes a provider that asks the network; its clock is the network's.
func (n *network3) shower(t *testing.T, o Options) *Shower {
	t.Helper()
	n.t = t
	if n.now == nil {
		n.now = func() time.Time { return asked }
	}
	way := &http.Client{Transport: n}
	o.Client, o.CertClient = way, way
	o.V3Key, o.NotifyURL, o.Cert = testV3Key, notifyURL, ourCert()
	if o.Now == nil {
		o.Now = n.now
	}
	s, err := NewShower("shop", o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// with is a copy of options with more in them.
func with(o Options, change func(o *Options)) Options {
	change(&o)
	return o
}

func byPublicKey(o *Options) { o.PublicKeyID, o.PublicKey = publicKeyID, &publicKey().PublicKey }

// modes are the four ways in which a merchant may be set up.
func modes() map[string]Options {
	return map[string]Options{
		"direct":               directOptions,
		"provider":             partnerOptions,
		"direct, public key":   with(directOptions, byPublicKey),
		"provider, public key": with(partnerOptions, byPublicKey),
	}
}

// text is the JSON of a reply's fields.
func text(fields map[string]any) string {
	out, err := json.Marshal(fields)
	if err != nil {
		panic(err)
	}
	return string(out)
}

// who are the fields that name a merchant.
func who(o Options) map[string]any {
	if o.SubMchID == "" {
		return map[string]any{"appid": o.AppID, "mchid": o.MchID}
	}
	return map[string]any{"sp_appid": o.AppID, "sp_mchid": o.MchID, "sub_appid": o.SubAppID, "sub_mchid": o.SubMchID}
}

// trade is the answer to a query; a nil in more takes a field out.
func trade(o Options, state string, more map[string]any) answer3 {
	f := who(o)
	maps.Copy(f, map[string]any{"out_trade_no": number, "trade_state": state, "trade_state_desc": words, "tomorrow": map[string]any{"a": 1}})
	if state == "SUCCESS" || state == "REFUND" {
		maps.Copy(f, map[string]any{"transaction_id": "4200001", "trade_type": "NATIVE", "success_time": "2026-11-25T09:30:05+08:00",
			"amount": map[string]any{"total": 500, "payer_total": 500, "currency": "CNY", "payer_currency": "CNY"}})
	}
	for name, value := range more {
		if f[name] = value; value == nil {
			delete(f, name)
		}
	}
	return answer3{body: text(f)}
}

func refusal(status int, code string) answer3 {
	return answer3{status: status, body: text(map[string]any{"code": code, "message": words})}
}

var shownAttempt = func() pay.Attempt { a := attempt; a.Shown = true; return a }()

var offer = pay.Offer{Attempt: shownAttempt, Title: "停车费", Life: 2 * time.Minute, Device: "gate-7", Lane: "exit"}
