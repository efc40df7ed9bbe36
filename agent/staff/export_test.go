package staff

import "tillgate/agent/pay"

// FakeHash is a hash of no PIN at all, which costs nothing: most tests only
// need somebody to have one.
func FakeHash(of Person, salt byte) Hash {
	raw := make([]byte, pinSaltBytes+pinHashBytes)
	raw[0] = salt
	return Hash{person: of.ID, text: phc{pinMemoryKiB, pinPasses, raw[:pinSaltBytes], raw[pinSaltBytes:]}.String()}
}

// CheapHash is a PIN's hash that takes 8 KiB and no time.
func CheapHash(of Person, pin pay.Secret) Hash {
	h := phc{memory: 8, passes: 1, salt: make([]byte, pinSaltBytes)}
	h.sum = h.of(string(pin), pinHashBytes)
	return Hash{person: of.ID, text: h.String()}
}

// CheapPins compare strangers' PINs with such a hash.
func CheapPins() *Pins {
	return &Pins{turn: make(chan struct{}, 1), decoy: []byte(CheapHash(Person{}, "").text)}
}

// Text is the row of a hash.
func (h Hash) Text() string { return h.text }

// JustTyped is the proof of a PIN typed at a time of the boot clock.
func JustTyped(id string, mono int64) Proof { return Proof{person: id, at: mono} }

// Easy tells whether a PIN is too easy, Regular whether a rule says so, and
// Usual are those that only a list knows.
var (
	Easy    = easy
	Regular = regular
	Usual   = usualPINs
)

// Argon hashes a PIN with that many passes.
func Argon(pin string, passes uint32) []byte {
	return phc{memory: pinMemoryKiB, passes: passes, salt: make([]byte, pinSaltBytes)}.of(pin, pinHashBytes)
}
