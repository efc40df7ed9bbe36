package cloudpay

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"tillgate/agent/pay"
)

// authenHMAC is HMAC-SHA256 among the authen types, the only one accepted (3.2).
const authenHMAC = 1

// authen is the signature of one side.
type authen struct {
	Type int    `json:"authen_type"`
	Code string `json:"authen_code"`
}

// request is what goes out: the content is a text, signed as it is.
type request struct {
	Content string `json:"request_content"`
	Info    struct {
		A authen `json:"a"`
	} `json:"authen_info"`
}

// response is what comes in. Its text still has the escapes of the JSON inside
// it, and is verified with them.
type response struct {
	text   string
	authen *authen // nil: the network has not signed it
}

// unseal reads an envelope. A field that comes twice spoils it: two readers could
// see two values.
func unseal(body []byte) (r response, ok bool) {
	outer, err := pay.ReadObject(string(body))
	if r.text, ok = pay.Text(outer.Value("response_content")); err != nil || !ok {
		return response{}, false
	}
	if outer.Value("authen_info") == "" {
		return r, true
	}
	info, err := pay.ReadObject(outer.Value("authen_info"))
	if err != nil || info.Value("a") == "" {
		return r, err == nil
	}
	r.authen = &authen{}
	proof, err := pay.ReadObject(info.Value("a"))
	if err != nil || json.Unmarshal([]byte(proof.Value("authen_type")), &r.authen.Type) != nil || json.Unmarshal([]byte(proof.Value("authen_code")), &r.authen.Code) != nil {
		return response{}, false
	}
	return r, true
}

// sign is the authen code of a text (3.2): the key is used as the text that it is.
func sign(text string, key pay.Secret) string {
	return strings.ToUpper(hex.EncodeToString(mac(text, key)))
}

// signed tells whether a code is that of a text. It may be written in capitals or not.
func signed(text, code string, key pay.Secret) bool {
	sum, err := hex.DecodeString(code)
	return err == nil && hmac.Equal(sum, mac(text, key))
}

func mac(text string, key pay.Secret) []byte {
	m := hmac.New(sha256.New, []byte(key))
	m.Write([]byte(text))
	return m.Sum(nil)
}

// seal puts a text into an envelope that is signed with a key.
func seal(text string, key pay.Secret) []byte {
	var r request
	r.Content = text
	r.Info.A = authen{authenHMAC, sign(text, key)}
	return encode(r)
}

// encode writes a message.
func encode(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil { // our own types always encode
		return nil
	}
	return text
}
