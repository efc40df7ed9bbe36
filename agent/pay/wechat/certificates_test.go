package wechat

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/pay"
)

// TestOpensWhatIsSealed has vectors of AEAD_AES_256_GCM with a key of 32 bytes.
func TestOpensWhatIsSealed(t *testing.T) {
	t.Parallel()
	const key, plain = "0123456789abcdef0123456789ABCDEF", `{"out_trade_no":"T1","trade_state":"SUCCESS"}`
	read := func(text string) []byte {
		b, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	good := sealed{"AEAD_AES_256_GCM", "0123456789ab", "transaction", read("ToVc5fmt3HTpmVnRU/rYlZY8ZDhN08dObI6sZzivSSO5OGXn2mM4Ye3/miFz6MN5wSbIZLnp7FsUpuzVlg==")}
	bare := sealed{"AEAD_AES_256_GCM", "0123456789ab", "", read("ToVc5fmt3HTpmVnRU/rYlZY8ZDhN08dObI6sZzivSSO5OGXn2mM4Ye3/miFzYhHdI0gbfhiVpIJ+elSCsg==")}
	for name, s := range map[string]sealed{"with": good, "without": bare} {
		if text, err := s.open(key); err != nil || string(text) != plain {
			t.Errorf("%s associated data: %q, %v", name, text, err)
		}
	}
	for name, spoil := range map[string]func(s *sealed, key *pay.Secret){
		"another key":           func(_ *sealed, key *pay.Secret) { *key = "0123456789abcdef0123456789ABCDEE" },
		"a short key":           func(_ *sealed, key *pay.Secret) { *key = "0123456789abcdef0" },
		"another nonce":         func(s *sealed, _ *pay.Secret) { s.Nonce = "0123456789ac" },
		"a long nonce":          func(s *sealed, _ *pay.Secret) { s.Nonce += "c" },
		"other associated data": func(s *sealed, _ *pay.Secret) { s.Associated = "" },
		"another algorithm":     func(s *sealed, _ *pay.Secret) { s.Algorithm = "AEAD_SM4_GCM" },
		"nothing":               func(s *sealed, _ *pay.Secret) { s.Ciphertext = nil },
		"one bit of it is turned": func(s *sealed, _ *pay.Secret) {
			s.Ciphertext = append([]byte{s.Ciphertext[0] ^ 1}, s.Ciphertext[1:]...)
		},
	} {
		s, k := good, pay.Secret(key)
		spoil(&s, &k)
		if text, err := s.open(k); err == nil {
			t.Errorf("%s: opened as %q", name, text)
		}
	}
}

// fetches counts the calls for certificates.
func (n *network3) fetches() (count int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, c := range n.calls {
		if c.path == certificatesPath {
			count++
		}
	}
	return count
}

// TestCertificatesAreFetchedWhenTheyAreNeeded walks days with replies of certificates that come and go.
func TestCertificatesAreFetchedWhenTheyAreNeeded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		first, second := platformCert(), certificate(publicKey(), 0x77)
		serial, list, fail := "", listOf(first), false
		n := &network3{
			answer: func(call3) answer3 {
				a := trade(directOptions, "SUCCESS", nil)
				if a.serial = serial; serial == "77" {
					a.key = publicKey()
				}
				return a
			},
			certificates: func() answer3 {
				if fail {
					return refusal(500, "SYSTEM_ERROR")
				}
				return list
			},
		}
		s := n.shower(t, directOptions)
		for i, step := range []struct {
			what    string
			after   time.Duration
			serial  string
			list    answer3
			fail    bool
			fetches int
			paid    bool
		}{
			{"the list cannot be had", 0, "", list, true, 1, false},
			{"the first that can", 0, "", list, false, 2, true},
			{"again", time.Hour, "", list, false, 2, true},
			{"a serial that is not in the list", 0, "77", list, false, 3, false},
			{"again", time.Minute, "77", list, false, 3, false},
			{"the next day it is", 24 * time.Hour, "77", listOf(first, second), false, 4, true},
			{"both are good", time.Hour, "", list, false, 4, true},
			{"a day on, and the list cannot be had", 24 * time.Hour, "", list, true, 5, true},
			{"not again in the same minute", 59 * time.Second, "", list, true, 5, true},
			{"but in the next", time.Second, "", list, true, 6, true},
			{"an unknown serial asks then, too", 0, "78", list, true, 7, false},
			{"the list is back, without the first", time.Minute, "77", listOf(second), false, 8, true},
			{"what is gone is not good any more", 0, "", listOf(second), false, 9, false},
		} {
			time.Sleep(step.after)
			serial, list, fail = step.serial, step.list, step.fail
			if list.serial == "" && i >= 11 {
				list.serial, list.key = "77", publicKey()
			}
			r := s.Query(context.Background(), shownAttempt)
			if (r.State == pay.Paid) != step.paid || n.fetches() != step.fetches {
				t.Errorf("%d, %s: %+v after %d fetches", i, step.what, r, n.fetches())
			}
		}
	})
}

// TestMadeUpSerialsAreNotAskedAboutForEver gives each reply another serial.
func TestMadeUpSerialsAreNotAskedAboutForEver(t *testing.T) {
	t.Parallel()
	serial := 0
	n := &network3{answer: func(call3) answer3 {
		a := trade(directOptions, "SUCCESS", nil)
		serial++
		a.serial = fmt.Sprintf("AB%d", serial)
		return a
	}}
	s := n.shower(t, directOptions)
	for range 3 * unknownSerialsMax {
		if r := s.Query(context.Background(), shownAttempt); r.State != pay.Unknown || r.Code != "unknown serial" {
			t.Fatalf("%+v", r)
		}
	}
	if f := n.fetches(); f != unknownSerialsMax {
		t.Errorf("%d fetches, want %d", f, unknownSerialsMax)
	}
}

// TestOneListForAllWhoWait asks from many goroutines at once.
func TestOneListForAllWhoWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := &network3{
			answer:       func(call3) answer3 { return trade(directOptions, "SUCCESS", nil) },
			certificates: func() answer3 { time.Sleep(time.Second); return listOf(platformCert()) },
		}
		s := n.shower(t, directOptions)
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if r := s.Query(context.Background(), shownAttempt); r.State != pay.Paid {
					t.Errorf("%+v", r)
				}
			})
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
		defer cancel()
		synctest.Wait()
		if r := s.Query(ctx, shownAttempt); r.State != pay.Unknown {
			t.Errorf("who has no time got %+v", r)
		}
		all.Wait()
		if n.fetches() != 1 {
			t.Errorf("%d fetches", n.fetches())
		}
	})
}

// TestListsThatAreNotBelieved has lists that somebody else may have made.
func TestListsThatAreNotBelieved(t *testing.T) {
	t.Parallel()
	good := listOf(platformCert())
	curved := ellipticCertificate(t)
	for name, c := range map[string]struct {
		list answer3
		says string
	}{
		"another APIv3 key":        {answer3{body: strings.Replace(good.body, `"nonce":"0123456789ab"`, `"nonce":"0123456789ac"`, 1)}, "open certificate"},
		"nothing":                  {answer3{body: `{"data":[]}`}, "bad signature"},
		"HTML":                     {answer3{body: "<html>"}, "read the list"},
		"an error":                 {refusal(404, "NOT_FOUND"), "status 404"},
		"signed with another key":  {answer3{body: good.body, key: ourKey()}, "bad signature"},
		"signed with another cert": {answer3{body: good.body, serial: "77"}, "bad signature"},
		"not signed":               {answer3{body: good.body, spoil: func(h http.Header) { h.Del("Wechatpay-Nonce") }}, "not signed"},
		"an elliptic key":          {listOf(curved), "not RSA"},
		"not PEM":                  {sealedList([]byte("certificate")), "not PEM"},
		"not a certificate":        {sealedList(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte{1, 2}})), "read certificate"},
	} {
		n := &network3{answer: func(call3) answer3 { return trade(directOptions, "SUCCESS", nil) }, certificates: func() answer3 { return c.list }}
		r := n.shower(t, directOptions).Query(context.Background(), shownAttempt)
		if r.State != pay.Unknown || r.Code != "unknown serial" || !strings.Contains(r.Detail, c.says) || strings.Contains(r.Detail, testV3Key) {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// TestACertificateThatHasEndedIsNotGood: the list may still have it.
func TestACertificateThatHasEndedIsNotGood(t *testing.T) {
	t.Parallel()
	late := asked.AddDate(0, 7, 0)
	n := &network3{answer: func(call3) answer3 { return trade(directOptions, "SUCCESS", nil) }, now: func() time.Time { return late }}
	if r := n.shower(t, directOptions).Query(context.Background(), shownAttempt); r.State != pay.Unknown || !strings.Contains(r.Detail, "not good then") {
		t.Errorf("%+v", r)
	}
}

func sealedList(text []byte) answer3 {
	s := seal(text, testV3Key)
	return answer3{body: fmt.Sprintf(`{"data":[{"serial_no":"1","encrypt_certificate":{"algorithm":%q,"nonce":%q,"associated_data":%q,"ciphertext":%q}}]}`,
		s["algorithm"], s["nonce"], s["associated_data"], s["ciphertext"])}
}

func ellipticCertificate(t *testing.T) *x509.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{SerialNumber: big.NewInt(7)}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}
