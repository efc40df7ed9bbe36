package alipay

import (
	"cmp"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tillgate/agent/pay"
)

const (
	number = "880100520001004210000171"
	code   = "280123456789012345"
	token  = "201510BBaaa1bbb2ccc3"
	seller = "2088102146225135"
	words  = "网络的话"
)

var asked = time.Date(2026, 11, 25, 9, 30, 0, 0, pay.Beijing)

var (
	attempt      = pay.Attempt{Number: number, Merchant: "shop", Amount: 500, Asked: asked}
	shownAttempt = func() pay.Attempt { a := attempt; a.Shown = true; return a }()
	charge       = pay.Charge{Attempt: attempt, Code: code, Title: "停车费", Device: "gate-7", Lane: "exit", Staff: "0042"}
	offer        = pay.Offer{Attempt: shownAttempt, Title: "停车费", Life: 2 * time.Minute, Device: "gate-7", Lane: "exit", Staff: "0042"}
	refund       = pay.Refund{Of: attempt, Number: number + "01", Amount: 200, Reason: "停车券", Staff: "0042", Device: "gate-7"}
)

// Keys take long to make, so that all tests share them.
var (
	ourKey     = sync.OnceValue(newKey)
	networkKey = sync.OnceValue(newKey)
	anyKey     = sync.OnceValue(newKey) // nobody's
)

func newKey() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, keyBitsMin)
	if err != nil {
		panic(err)
	}
	return key
}

func pkcs1(key *rsa.PrivateKey) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
}

var directOptions = Options{AppID: "2021000000000001"}

var partnerOptions = Options{AppID: "2021000000000002", AppAuthToken: token, SellerID: seller, StoreID: "NJ_001", ServiceProviderID: "2088511833207846"}

// node is the fields of an answer.
type node = map[string]any

// answer is what the network says.
type answer struct {
	node     node
	name     string          // of the node; empty: the method's
	text     string          // of the node as it is signed and sent; empty: that of node
	body     string          // of the whole answer, in the place of all that
	unsigned bool            // there is no sign
	key      *rsa.PrivateKey // nil: the network's
	status   int             // 0: 200
	date     time.Time       // zero: asked
	err      error           // of the transport, in the place of an answer
}

// call is a request as the network got it.
type call struct {
	method  string
	form    url.Values
	content node
}

// network answers calls as a test wants, and keeps what it was asked. Every
// request has to carry a good signature.
type network struct {
	t      *testing.T
	answer func(c call) answer
	mu     sync.Mutex
	calls  []call
}

func (n *network) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		n.t.Errorf("sent a bad form: %v", err)
	}
	c := call{method: form.Get("method"), form: form}
	if err := json.Unmarshal([]byte(form.Get("biz_content")), &c.content); err != nil {
		n.t.Errorf("sent a bad content: %v", err)
	}
	n.checkSignature(form)
	n.mu.Lock()
	n.calls = append(n.calls, c)
	n.mu.Unlock()
	a := n.answer(c)
	if a.err != nil {
		return nil, a.err
	}
	header := http.Header{"Date": {cmp.Or(a.date, asked).UTC().Format(http.TimeFormat)}}
	return &http.Response{StatusCode: cmp.Or(a.status, http.StatusOK), Header: header, Body: io.NopCloser(strings.NewReader(n.text(c, a))), Request: r}, nil
}

// checkSignature builds the text that is signed by itself, as page common/02mse7 has it.
func (n *network) checkSignature(form url.Values) {
	var pairs []string
	for name, values := range form {
		if len(values) != 1 || values[0] == "" {
			n.t.Errorf("%s was sent %d times, or empty", name, len(values))
		}
		if name != "sign" {
			pairs = append(pairs, name+"="+values[0])
		}
	}
	slices.Sort(pairs)
	signature, err := base64.StdEncoding.DecodeString(form.Get("sign"))
	sum := sha256.Sum256([]byte(strings.Join(pairs, "&")))
	if err != nil || rsa.VerifyPKCS1v15(&ourKey().PublicKey, crypto.SHA256, sum[:], signature) != nil {
		n.t.Errorf("%s is signed wrongly", form.Get("method"))
	}
}

func (n *network) text(c call, a answer) string {
	if a.body != "" {
		return a.body
	}
	text := a.text
	if text == "" {
		out, err := json.Marshal(a.node)
		if err != nil {
			n.t.Error(err)
		}
		text = string(out)
	}
	name := cmp.Or(a.name, strings.ReplaceAll(c.method, ".", "_")+"_response")
	if a.unsigned {
		return `{"` + name + `":` + text + `}`
	}
	return `{"` + name + `":` + text + `,"sign":"` + signature(text, a.key) + `"}`
}

// signature signs a text with a key, nil for the network's.
func signature(text string, key *rsa.PrivateKey) string {
	if key == nil {
		key = networkKey()
	}
	sum := sha256.Sum256([]byte(text))
	out, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
	if err != nil {
		panic(err)
	}
	return base64.StdEncoding.EncodeToString(out)
}

// provider makes a provider that asks the network; its clock is right.
func (n *network) provider(t *testing.T, o Options) *Provider {
	t.Helper()
	n.t = t
	o.PrivateKey, o.PublicKey = pay.Secret(pkcs1(ourKey())), &networkKey().PublicKey
	o.Client = &http.Client{Transport: n}
	if o.Now == nil {
		o.Now = func() time.Time { return asked }
	}
	p, err := New("shop", o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// methods are what was asked, in order.
func (n *network) methods() (all []string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, c := range n.calls {
		all = append(all, c.method)
	}
	return all
}

// playing answers calls by their method: the first answer, then the next; the
// last one repeats. A method that is not there knows no trade, and no deposit.
func playing(answers map[string][]answer) *network {
	n := &network{}
	at := map[string]int{}
	n.answer = func(c call) answer {
		all := answers[c.method]
		if len(all) == 0 && strings.HasPrefix(c.method, "alipay.fund.") {
			return refusing("AUTH_ORDER_NOT_EXIST")
		}
		if len(all) == 0 {
			return refusing("ACQ.TRADE_NOT_EXIST")
		}
		i := min(at[c.method], len(all)-1)
		at[c.method]++
		return all[i]
	}
	return n
}

// refusing is a refusal of business.
func refusing(sub string) answer {
	return answer{node: node{"code": "40004", "msg": "Business Failed", "sub_code": sub, "sub_msg": words}}
}

// done is an answer to a call that was carried out; a nil in more takes a field out.
func done(more ...node) answer {
	f := node{"code": "10000", "msg": "Success", "out_trade_no": number, "trade_no": "2026112522001425591000104712", "tomorrow": node{"a": []int{1}}}
	for _, fields := range more {
		for name, value := range fields {
			if f[name] = value; value == nil {
				delete(f, name)
			}
		}
	}
	return answer{node: f}
}

// paid are the fields of a charge that was paid.
func paid(more ...node) answer {
	f := node{"total_amount": "5.00", "receipt_amount": "4.50", "buyer_pay_amount": "4.00", "gmt_payment": "2026-11-25 09:30:05"}
	return done(append([]node{f}, more...)...)
}

// traded is the answer to a query.
func traded(status string, more ...node) answer {
	f := node{"trade_status": status, "total_amount": "5.00"}
	if status == statusSuccess || status == statusFinished {
		f["receipt_amount"], f["send_pay_date"] = "4.50", "2026-11-25 09:30:05"
	}
	return done(append([]node{f}, more...)...)
}

// refunded is the answer to a query of a refund of so many yuan.
func refunded(request, amount string) answer {
	return done(node{"out_request_no": request, "refund_amount": amount, "refund_status": "REFUND_SUCCESS"})
}
