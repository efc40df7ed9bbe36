package sandbox

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io"
	"math/big"
	"math/bits"
	"slices"
	"sync"
)

// signers are the networks' keys, made by name when they are first needed.
var signers sync.Map

// Signer is the key of that name with which a network signs its answers, the
// same one for the whole process. Whoever verifies sees an RSA key of 2,048 bits
// like any other; but it has 32 primes of 64 bits, which everybody can find, so
// that it is made at once and signs in a twentieth of the time. A simulator that
// plays thousands of days spends most of them signing.
func Signer(name string) crypto.Signer {
	once, _ := signers.LoadOrStore(name, sync.OnceValue(newSigner))
	return once.(func() *signer)()
}

// The form of such a key, and how its digests begin (RFC 8017, 9.2).
const (
	primes   = 32
	exponent = 65537
	topBits  = 0xFC << 56 // set in each prime, so that their product has all of its bits
)

var sha256Info = []byte{0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20}

// signer is a key of many small primes.
type signer struct {
	public rsa.PublicKey
	parts  []part
}

// part is what a signer does modulo one of its primes.
type part struct {
	p, d  uint64   // the prime, and the inverse of the exponent modulo p-1
	share *big.Int // 1 modulo p and 0 modulo all others
}

// newSigner panics only where a machine has no randomness, as all of crypto does.
func newSigner() *signer {
	s := &signer{public: rsa.PublicKey{N: big.NewInt(1), E: exponent}}
	for len(s.parts) < primes {
		var text [8]byte
		if _, err := rand.Read(text[:]); err != nil {
			panic(err)
		}
		p := binary.BigEndian.Uint64(text[:]) | topBits | 1
		prime := new(big.Int).SetUint64(p)
		had := slices.ContainsFunc(s.parts, func(other part) bool { return other.p == p })
		if had || p%exponent == 1 || !prime.ProbablyPrime(0) { // which is sure of numbers as small as these
			continue
		}
		d := new(big.Int).ModInverse(big.NewInt(exponent), new(big.Int).SetUint64(p-1))
		s.parts = append(s.parts, part{p: p, d: d.Uint64()})
		s.public.N.Mul(s.public.N, prime)
	}
	for i := range s.parts {
		prime := new(big.Int).SetUint64(s.parts[i].p)
		others := new(big.Int).Div(s.public.N, prime)
		s.parts[i].share = new(big.Int).Mul(others, new(big.Int).ModInverse(others, prime))
	}
	return s
}

// Public is an *rsa.PublicKey.
func (s *signer) Public() crypto.PublicKey { return &s.public }

// Sign signs a digest of SHA-256 with PKCS #1 v1.5, which is all that networks use.
func (s *signer) Sign(_ io.Reader, digest []byte, o crypto.SignerOpts) ([]byte, error) {
	if _, pss := o.(*rsa.PSSOptions); pss || o.HashFunc() != crypto.SHA256 || len(digest) != sha256.Size {
		return nil, errors.New("a network signs digests of SHA-256 with PKCS #1 v1.5 only")
	}
	padded := slices.Repeat([]byte{0xff}, s.public.Size())
	copy(padded, []byte{0x00, 0x01})
	end := padded[len(padded)-len(sha256Info)-len(digest)-1:]
	copy(end[1:], sha256Info)
	copy(end[1+len(sha256Info):], digest)
	end[0] = 0x00

	whole, sum := new(big.Int).SetBytes(padded), new(big.Int)
	for _, part := range s.parts {
		rest := new(big.Int).Mod(whole, new(big.Int).SetUint64(part.p)).Uint64()
		sum.Add(sum, new(big.Int).Mul(part.share, new(big.Int).SetUint64(power(rest, part.d, part.p))))
	}
	return sum.Mod(sum, s.public.N).FillBytes(make([]byte, s.public.Size())), nil
}

// power is base to the exponent modulo m.
func power(base, exponent, m uint64) uint64 {
	result := uint64(1)
	for ; exponent > 0; exponent >>= 1 {
		if exponent&1 == 1 {
			result = times(result, base, m)
		}
		base = times(base, base, m)
	}
	return result
}

func times(a, b, m uint64) uint64 {
	high, low := bits.Mul64(a, b)
	return bits.Rem64(high, low, m)
}
