package sandbox

import (
	"crypto/rand"
	"crypto/rsa"
	"sync"
)

// MerchantKey is the name of the key that an Authority's merchant signs with.
const MerchantKey = "merchant"

// keys are made by name. RSA keys take long to make, on a small board many
// seconds: each is made once per process, when it is first needed.
var keys sync.Map

// Key is the RSA key of that name, of 2048 bits, the same one for the whole
// process.
func Key(name string) *rsa.PrivateKey {
	once, _ := keys.LoadOrStore(name, sync.OnceValue(newKey))
	return once.(func() *rsa.PrivateKey)()
}

// newKey panics only where a machine has no randomness, as all of crypto does.
func newKey() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
}
