package cloudpay

import (
	"sync"
	"time"

	"tillgate/agent/pay"
)

// changeMax is how long a change of the authen key may take: 2 minutes by the
// operator's guide, 10 by an older page (page 37627).
const changeMax = 10 * time.Minute

// keys are the merchant's authen key and the one before it. A new key is in the
// config some minutes before the network takes it. The first refusal of a
// signature opens a window of changeMax; in it what may be repeated goes out once
// more with the other key, and answers count with either. After it, and before,
// there is only the newer one.
type keys struct {
	newer, older pay.Secret

	mu     sync.Mutex
	opened time.Time // the first refusal
	turned bool      // the newest answer was signed with the older key
}

// first is the key to sign with: the newer one, but in the window the one that
// the network has just used itself.
func (k *keys) first() pay.Secret {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.turned && k.changing() {
		return k.older
	}
	return k.newer
}

// refused takes note that the network does not know a signature, and answers the
// key to try instead; empty: there is none.
func (k *keys) refused(key pay.Secret) pay.Secret {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.opened.IsZero() {
		k.opened = time.Now()
	}
	switch {
	case !k.changing():
		return ""
	case key == k.newer:
		return k.older
	}
	return k.newer
}

// signed tells whether the network has signed a text.
func (k *keys) signed(text, code string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case signed(text, code, k.newer):
		k.turned = false
	case k.changing() && signed(text, code, k.older):
		k.turned = true
	default:
		return false
	}
	return true
}

// changing tells whether the window is open.
func (k *keys) changing() bool {
	return k.older != "" && !k.opened.IsZero() && time.Since(k.opened) < changeMax
}
