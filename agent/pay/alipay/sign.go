package alipay

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// params are the parameters of a request.
type params map[string]string

// text is what is signed: all that have a value but the signature, in the order
// of their names, values as they are (page common/02mse7).
func (p params) text() string { return p.write(func(value string) string { return value }) }

// form signs the parameters and writes them as they are sent; only now are they
// escaped.
func (p params) form(key crypto.Signer) ([]byte, error) {
	sum := sha256.Sum256([]byte(p.text()))
	signature, err := key.Sign(rand.Reader, sum[:], crypto.SHA256) // PKCS #1 v1.5
	if err != nil {
		return nil, fmt.Errorf("sign request: %w", err)
	}
	sign := url.QueryEscape(base64.StdEncoding.EncodeToString(signature))
	return []byte(p.write(url.QueryEscape) + "&sign=" + sign), nil
}

// write writes them in the order of their names.
func (p params) write(escape func(string) string) string {
	names := make([]string, 0, len(p))
	for name, value := range p {
		if name != "sign" && value != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var b strings.Builder
	for i, name := range names {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(name)
		b.WriteByte('=')
		b.WriteString(escape(p[name]))
	}
	return b.String()
}

// signed tells whether a key has signed a text of a reply, as it came or with
// its slashes written the other way: some of Alipay's systems sign before "/"
// becomes "\/", some after (page common/02mse7). To a reader of JSON the two
// are one text.
func signed(text []byte, sign string, key *rsa.PublicKey) bool {
	signature, err := base64.StdEncoding.DecodeString(sign)
	if err != nil || len(signature) == 0 {
		return false
	}
	if verifies(text, signature, key) {
		return true
	}
	other := otherSlashes(text)
	return !bytes.Equal(other, text) && verifies(other, signature, key)
}

func verifies(text, signature []byte, key *rsa.PublicKey) bool {
	sum := sha256.Sum256(text)
	return rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature) == nil
}

// otherSlashes writes "/" for "\/" where there is one, else "\/" for "/". A
// slash after an escaped backslash is not escaped.
func otherSlashes(text []byte) []byte {
	var plain, escaped []byte
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && i+1 < len(text):
			i++
			if text[i] != '/' {
				plain = append(plain, c)
			}
			plain, escaped = append(plain, text[i]), append(escaped, c, text[i])
		case c == '/':
			plain, escaped = append(plain, c), append(escaped, '\\', c)
		default:
			plain, escaped = append(plain, c), append(escaped, c)
		}
	}
	if len(plain) < len(text) {
		return plain
	}
	return escaped
}
