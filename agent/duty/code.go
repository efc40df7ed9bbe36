package duty

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"tillgate/agent/pay"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// A supervisor who is not on the spot approves by a code. The clerk's terminal
// shows what it asks for as a QR code; the supervisor's phone or terminal shows
// it to the supervisor and answers with eight digits, which the clerk types in:
// a MAC over that very text with the supervisor's key. Nothing of it needs a
// network. The key is random, and has nothing to do with the PIN: one that was
// made of a PIN would give six digits away to whoever sees a text and its code.
const (
	codeDigits   = 8
	keyBytes     = 20 // RFC 4226, section 4, R6: 160 bits are recommended
	nonceBytes   = 10 // 80 bits: no two requests have the same text
	requestBegin = "TGA1"
	keyBegin     = "TGK1-"
)

// base32 has only signs that a QR code stores in its compact mode.
var inQR = base32.StdEncoding.WithPadding(base32.NoPadding)

// Key is a supervisor's approval key, as a QR code hands it to their phone.
type Key = pay.Secret

// errKey and errRequest are what is wrong with a text that was scanned.
var (
	errKey     = errors.New("this is no approval key")
	errRequest = errors.New("this is no request for an approval")
)

// newKey draws a key.
func newKey(random io.Reader) (Key, error) {
	raw := make([]byte, keyBytes)
	if _, err := io.ReadFull(random, raw); err != nil {
		return "", fmt.Errorf("make an approval key: %w", err)
	}
	return Key(keyBegin + inQR.EncodeToString(raw)), nil
}

// readKey is the bytes of a key.
func readKey(key Key) ([]byte, error) {
	text, ok := strings.CutPrefix(strings.ToUpper(strings.TrimSpace(string(key))), keyBegin)
	raw, err := inQR.DecodeString(text)
	if !ok || err != nil || len(raw) != keyBytes || inQR.EncodeToString(raw) != text {
		return nil, errKey
	}
	return raw, nil
}

// Wish is what an approval is bound to: one thing that is done once.
type Wish struct {
	Device    string    // site and terminal, 12 digits
	Operation Operation // what is done
	Number    string    // to which order, its 24 digits
	Amount    money.Fen // with how much of it
	nonce     string
}

// text is the wish as a QR code shows it. Everything in it is part of the MAC.
func (w Wish) text() string {
	return strings.Join([]string{requestBegin, w.Device, strings.ToUpper(string(w.Operation)), w.Number, strconv.FormatInt(int64(w.Amount), 10), w.nonce}, "/")
}

// ReadWish reads what a terminal asks for, to the letter.
func ReadWish(text string) (Wish, error) {
	p := strings.Split(text, "/")
	if len(p) != 6 || p[0] != requestBegin {
		return Wish{}, errRequest
	}
	fen, err := strconv.ParseInt(p[4], 10, 64)
	w := Wish{Device: p[1], Operation: Operation(strings.ToLower(p[2])), Number: p[3], Amount: money.Fen(fen), nonce: p[5]}
	nonce, errNonce := inQR.DecodeString(w.nonce)
	sound := err == nil && errNonce == nil && len(nonce) == nonceBytes && fen >= 0 && w.Operation.known() && entry.IsNumber(w.Number, "") && len(w.Device) == 12
	if !sound || w.text() != text {
		return Wish{}, errRequest
	}
	return w, nil
}

// Answer is the code with which the holder of a key approves what a text asks
// for. Whoever calls it has shown the wish to the holder before.
func Answer(key Key, text string) (Wish, pay.Secret, error) {
	w, err := ReadWish(text)
	if err != nil {
		return Wish{}, "", err
	}
	raw, err := readKey(key)
	if err != nil {
		return Wish{}, "", err
	}
	return w, codeOf(raw, []byte(text)), nil
}

// codeOf is the code of a text: HMAC-SHA256, cut to digits as RFC 4226, section
// 5.3, and RFC 6238 do.
func codeOf(key, text []byte) pay.Secret {
	mac := hmac.New(sha256.New, key)
	mac.Write(text)
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 0x0F
	n := binary.BigEndian.Uint32(sum[at:]) & 0x7FFF_FFFF
	return pay.Secret(fmt.Sprintf("%0*d", codeDigits, n%100_000_000))
}

// answers tells whether a code is a text's, in the same time whether it is or not.
func answers(key []byte, text string, code pay.Secret) bool {
	typed := strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '-':
			return -1
		case r >= '０' && r <= '９': // of a Chinese keyboard
			return r - '０' + '0'
		}
		return r
	}, string(code))
	return subtle.ConstantTimeCompare([]byte(codeOf(key, []byte(text))), []byte(typed)) == 1
}
