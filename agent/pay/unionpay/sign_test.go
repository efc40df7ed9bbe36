package unionpay

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"regexp"
	"testing"
	"time"
)

// The published sample (OPEN-BODY-SIG).
const (
	sampleAppID     = "12345678901234567890123456789012"
	sampleKey       = "67890123456789012345678901234567"
	sampleStamp     = "20170101120000"
	sampleNonce     = "09876543210987654321098765432109"
	sampleBody      = "A"
	sampleBodyHash  = "559aead08264d5795d3909718cdd05abd49572e84fe55590eef31a88a08fdffd"
	sampleSignature = "GINsCTyNKTpEI9KXO16KqZJ64fOyAytEKl8aaR/Dy08="
)

var headerForm = regexp.MustCompile(`^OPEN-BODY-SIG AppId="([0-9a-fA-F]{32})", Timestamp="([0-9]{14})", Nonce="([0-9A-Za-z]{16,128})", Signature="([A-Za-z0-9+/]{43}=)"$`)

// verifies is the network's side of the signature, written apart from ours.
func verifies(header, appID, key string, body []byte) (stamp string, good bool) {
	parts := headerForm.FindStringSubmatch(header)
	if parts == nil || parts[1] != appID {
		return "", false
	}
	got, err := base64.StdEncoding.DecodeString(parts[4])
	hash := sha256.Sum256(body)
	mac := hmac.New(sha256.New, []byte(key))
	for _, text := range []string{appID, parts[2], parts[3], hex.EncodeToString(hash[:])} {
		mac.Write([]byte(text))
	}
	return parts[2], err == nil && hmac.Equal(got, mac.Sum(nil))
}

func TestSignVector(t *testing.T) {
	t.Parallel()
	hash := sha256.Sum256([]byte(sampleBody))
	if got := hex.EncodeToString(hash[:]); got != sampleBodyHash {
		t.Errorf("the body's hash is %s, want %s", got, sampleBodyHash)
	}
	if got := sign(sampleAppID, sampleKey, sampleStamp, sampleNonce, []byte(sampleBody)); got != sampleSignature {
		t.Errorf("signed %s, want %s", got, sampleSignature)
	}
	noon := time.Date(2017, 1, 1, 4, 0, 0, 0, time.UTC) // twelve o'clock in Beijing
	want := `OPEN-BODY-SIG AppId="` + sampleAppID + `", Timestamp="` + sampleStamp + `", Nonce="` + sampleNonce + `", Signature="` + sampleSignature + `"`
	if got := authorization(sampleAppID, sampleKey, noon, sampleNonce, []byte(sampleBody)); got != want {
		t.Errorf("the header is\n%s, want\n%s", got, want)
	}
}

// TestTheSampleIsVerified holds the test's own network against the sample, and
// what must not pass.
func TestTheSampleIsVerified(t *testing.T) {
	t.Parallel()
	header := func(stamp, nonce, signature string) string {
		return `OPEN-BODY-SIG AppId="` + sampleAppID + `", Timestamp="` + stamp + `", Nonce="` + nonce + `", Signature="` + signature + `"`
	}
	for _, c := range []struct {
		name, header, key, body string
		good                    bool
	}{
		{"the sample", header(sampleStamp, sampleNonce, sampleSignature), sampleKey, sampleBody, true},
		{"another body", header(sampleStamp, sampleNonce, sampleSignature), sampleKey, "a", false},
		{"another key", header(sampleStamp, sampleNonce, sampleSignature), sampleAppID, sampleBody, false},
		{"another time", header("20170101120001", sampleNonce, sampleSignature), sampleKey, sampleBody, false},
		{"another nonce", header(sampleStamp, sampleNonce[1:]+"0", sampleSignature), sampleKey, sampleBody, false},
		{"another signature", header(sampleStamp, sampleNonce, "HINsCTyNKTpEI9KXO16KqZJ64fOyAytEKl8aaR/Dy08="), sampleKey, sampleBody, false},
		{"a time with dashes", header("2017-01-01 12:00:00", sampleNonce, sampleSignature), sampleKey, sampleBody, false},
	} {
		if _, good := verifies(c.header, sampleAppID, c.key, []byte(c.body)); good != c.good {
			t.Errorf("%s: %v", c.name, good)
		}
	}
}
