// Package throttle bounds how much is asked of this terminal: by one token, and
// by one address of the network. It is not for deciding who may ask.
package throttle

import (
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// Bucket holds what may still be asked for. Its zero value is full.
type Bucket struct {
	mu   sync.Mutex
	used float64
	at   time.Time
}

// Take takes one request, if there is room: so many at once, and so many more each second.
func (b *Bucket) Take(now time.Time, perSecond float64, atOnce int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.used = max(0, b.used-now.Sub(b.at).Seconds()*perSecond)
	b.at = now
	if b.used+1 > float64(atOnce) {
		return false
	}
	b.used++
	return true
}

// What one address of the network may ask. This machine's own may ask what it likes.
const (
	PerSecond, AtOnce           = 30, 120 // requests: a page takes five
	KnocksPerSecond, KnocksOnce = 0.2, 12 // sign-ins and links, each of which costs 8 MiB and a while
	OpenMax                     = 64      // requests that are being answered, event streams among them
	addressesMax                = 1024    // that are remembered; whoever has been quiet for longest goes first
)

// Addresses are who has asked from elsewhere. Its zero value has heard nobody.
type Addresses struct {
	mu  sync.Mutex
	all map[netip.Prefix]*address
}

type address struct {
	asked, knocked Bucket
	open           int
	at             time.Time
}

// Enter lets a request in, unless its address asks too much; leave is called when
// it has been answered. A knock is somebody who wants to sign in.
func (a *Addresses) Enter(r *http.Request, knock bool) (leave func(), ok bool) {
	from, elsewhere := origin(r.RemoteAddr)
	if !elsewhere {
		return func() {}, true
	}
	now := time.Now()
	a.mu.Lock()
	defer a.mu.Unlock()
	one := a.of(from, now)
	if one == nil || one.open >= OpenMax || !one.asked.Take(now, PerSecond, AtOnce) || knock && !one.knocked.Take(now, KnocksPerSecond, KnocksOnce) {
		return nil, false
	}
	one.open++
	return func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		one.open--
	}, true
}

// of is what is known of an address; nil where all places are taken by others
// that are being answered.
func (a *Addresses) of(from netip.Prefix, now time.Time) *address {
	if a.all == nil {
		a.all = map[netip.Prefix]*address{}
	}
	one, known := a.all[from]
	if !known {
		if len(a.all) >= addressesMax && !a.forget() {
			return nil
		}
		one = &address{}
		a.all[from] = one
	}
	one.at = now
	return one
}

// forget drops who has been quiet for longest.
func (a *Addresses) forget() bool {
	var oldest netip.Prefix
	for from, one := range a.all {
		if first, ok := a.all[oldest]; one.open == 0 && (!ok || one.at.Before(first.at)) {
			oldest = from
		}
	}
	_, found := a.all[oldest]
	delete(a.all, oldest)
	return found
}

// Here tells whether a request comes from this very machine.
func Here(r *http.Request) bool {
	_, elsewhere := origin(r.RemoteAddr)
	return !elsewhere
}

// origin is whose address it is: of IPv6 the network of 64 bits, which is what one
// household or office is given (RFC 6177). Elsewhere is false of this machine's.
func origin(remote string) (from netip.Prefix, elsewhere bool) {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		host = remote
	}
	ip, err := netip.ParseAddr(host)
	if err != nil { // a pipe: there is no network between
		return from, false
	}
	ip = ip.Unmap().WithZone("")
	bits := ip.BitLen()
	if ip.Is6() {
		bits = 64
	}
	from, _ = ip.Prefix(bits) // bits are the address's own
	return from, !ip.IsLoopback()
}
