package staff

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"tillgate/agent/pay"
	"tillgate/agent/words"

	"golang.org/x/crypto/argon2"
)

// How a PIN is hashed: argon2id (RFC 9106) with 8 MiB, because a board has
// 256 MB and its till must not stop for a sign-in, and three passes. DESIGN.md has
// what that takes.
const (
	pinMemoryKiB = 8 << 10
	pinPasses    = 3
	pinThreads   = 1
	pinSaltBytes = 16
	pinHashBytes = 32

	pinDigitsMin = 6
	pinDigitsMax = 12

	// waitersMax is how many may wait for their turn: more people do not stand at one terminal.
	waitersMax = 8
)

// Pins hashes PINs, one at a time.
type Pins struct {
	turn    chan struct{}
	waiting atomic.Int32
	random  io.Reader
	decoy   []byte // what a name that nobody has is compared with
}

// NewPins makes the one Pins of a process; random nil is crypto/rand.Reader.
func NewPins(random io.Reader) (*Pins, error) {
	p := &Pins{turn: make(chan struct{}, 1), random: cmp.Or[io.Reader](random, rand.Reader)}
	raw := make([]byte, pinSaltBytes+pinHashBytes)
	if _, err := io.ReadFull(p.random, raw); err != nil {
		return nil, fmt.Errorf("make a decoy: %w", err)
	}
	p.decoy = []byte(phc{pinMemoryKiB, pinPasses, raw[:pinSaltBytes], raw[pinSaltBytes:]}.String())
	return p, nil
}

// enter takes the turn, or gives up with ctx, or because too many wait.
func (p *Pins) enter(ctx context.Context) (leave func(), err error) {
	if p.waiting.Add(1) > waitersMax {
		p.waiting.Add(-1)
		return nil, refuse(words.DeniedQueue, "")
	}
	defer p.waiting.Add(-1)
	select {
	case p.turn <- struct{}{}:
		return func() { <-p.turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Hash is a PIN that one person may have, hashed.
type Hash struct {
	person string
	text   string
}

// Hash hashes a PIN for a person, or says why they cannot have it.
func (p *Pins) Hash(ctx context.Context, of Person, pin pay.Secret) (Hash, error) {
	digits := narrow(strings.TrimSpace(string(pin)))
	if why := checkPIN(digits, of); why != "" {
		return Hash{}, refuse(why, of.ID)
	}
	leave, err := p.enter(ctx)
	if err != nil {
		return Hash{}, err
	}
	defer leave()
	salt := make([]byte, pinSaltBytes)
	if _, err := io.ReadFull(p.random, salt); err != nil {
		return Hash{}, fmt.Errorf("salt a PIN: %w", err)
	}
	h := phc{memory: pinMemoryKiB, passes: pinPasses, salt: salt}
	h.sum = h.of(digits, pinHashBytes)
	return Hash{person: of.ID, text: h.String()}, nil
}

// matches tells whether a PIN has a hash. It takes as long for one that cannot be a PIN.
func matches(pin pay.Secret, h *phc) bool {
	digits := narrow(strings.TrimSpace(string(pin)))
	if !digitsOnly(digits) || len(digits) > pinDigitsMax {
		digits = ""
	}
	return subtle.ConstantTimeCompare(h.of(digits, uint32(len(h.sum))), h.sum) == 1
}

// checkPIN is why a person cannot have a PIN, "" where they can.
func checkPIN(digits string, of Person) words.Denial {
	switch {
	case !digitsOnly(digits) || len(digits) < pinDigitsMin || len(digits) > pinDigitsMax:
		return words.DeniedPINForm
	case easy(digits):
		return words.DeniedPINEasy
	case partOf(digits, of.Name) || partOf(digits, of.ID):
		return words.DeniedPINName
	}
	return ""
}

func digitsOnly(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

// partOf tells whether a PIN stands in what somebody is called, or is made of
// its digits: 100823 for "Wang 1008-23".
func partOf(digits, name string) bool {
	own := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, narrow(name))
	return len(own) >= pinDigitsMin && strings.Contains(own, digits)
}

// easy tells whether a PIN is among the first that anybody tries.
func easy(digits string) bool { return slices.Contains(usualPINs, digits) || regular(digits) }

// regular tells whether a PIN is a few digits over and over, a run, or there and back.
func regular(digits string) bool {
	n := len(digits)
	for size := 1; size <= n/2; size++ {
		if n%size == 0 && digits[size:] == digits[:n-size] {
			return true
		}
	}
	back := true
	for i := range n / 2 {
		back = back && digits[i] == digits[n-1-i]
	}
	return back || steps(digits, 1) || steps(digits, 9) || doubled(digits, 2) || doubled(digits, 3)
}

// steps tells whether each digit is the one before plus some, 0 after 9.
func steps(digits string, by byte) bool {
	for i := 1; i < len(digits); i++ {
		if (digits[i]-'0'+10-(digits[i-1]-'0'))%10 != by {
			return false
		}
	}
	return true
}

// doubled tells whether a PIN is a run whose every digit stands there several
// times: 112233, 222333.
func doubled(digits string, times int) bool {
	var once []byte
	for i := range len(digits) {
		if i%times == 0 {
			once = append(once, digits[i])
		} else if digits[i] != once[len(once)-1] {
			return false
		}
	}
	return len(digits)%times == 0 && (steps(string(once), 1) || steps(string(once), 9))
}

// usualPINs are patterns of the keypad and numbers that sound like words in
// Chinese, which are not regular.
var usualPINs = []string{
	"147258", "258369", "147369", "159357", "357159", "159753", "753951", "147852", "741852", "963852", "789456", "456123", "123654", "321654",
	"520131", "131452", "5201314", "1314520", "123520", "521131", "168888", "666888", "888666", "123789", "135790", "246810", "102030", "010203",
}

// phc is a hash as it is written, in the form of the password hashing
// competition: $argon2id$v=19$m=8192,t=3,p=1$SALT$HASH.
type phc struct {
	memory, passes uint32 // KiB, times
	salt, sum      []byte
}

func (h phc) of(digits string, n uint32) []byte {
	return argon2.IDKey([]byte(digits), h.salt, h.passes, h.memory, pinThreads, n)
}

func (h phc) String() string {
	b := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.memory, h.passes, pinThreads, b.EncodeToString(h.salt), b.EncodeToString(h.sum))
}

// hashOf reads a hash; nil where it is none, or would take more than a board has.
func hashOf(row []byte) *phc {
	parts := strings.Split(string(row), "$")
	if len(parts) != 6 {
		return nil
	}
	costs := strings.Split(parts[3], ",")
	if len(costs) != 3 {
		return nil
	}
	h := phc{memory: cost(costs[0], "m="), passes: cost(costs[1], "t=")}
	var errSalt, errSum error
	h.salt, errSalt = base64.RawStdEncoding.DecodeString(parts[4])
	h.sum, errSum = base64.RawStdEncoding.DecodeString(parts[5])
	const memoryMin, memoryMax, passesMax = 8 * pinThreads, 2 * pinMemoryKiB, 10 // the least: RFC 9106, 3.1
	sound := errSalt == nil && errSum == nil && h.memory >= memoryMin && h.memory <= memoryMax && h.passes >= 1 && h.passes <= passesMax && len(h.sum) == pinHashBytes
	if !sound || h.String() != string(row) { // which checks all that was not looked at
		return nil
	}
	return &h
}

// cost is a number behind its name, 0 where it is none.
func cost(text, name string) uint32 {
	n, err := strconv.ParseUint(strings.TrimPrefix(text, name), 10, 32)
	if err != nil {
		return 0
	}
	return uint32(n)
}
