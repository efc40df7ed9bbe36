package cloud

import "tillgate/store/entry"

// place is an entry and the hash of the journal there.
type place struct {
	seq  entry.Seq
	hash entry.Hash
}

// window is what has been sent and is not acknowledged: from base, the newest
// place that the cloud is known to have, to sent. It knows the hash of each of
// those entries and keeps nothing else of them, because the journal has them.
type window struct {
	base  place
	sent  entry.Seq
	chain []entry.Hash // of the entries after base; reaches at least to sent
}

// begin starts from what the cloud has.
func begin(base place) window { return window{base: base, sent: base.seq} }

// inFlight is how many entries have been sent and are not acknowledged.
func (w *window) inFlight() int { return int(w.sent - w.base.seq) }

// known is the newest place whose hash is known.
func (w *window) known() place {
	if n := len(w.chain); n > 0 {
		return place{w.base.seq + entry.Seq(n), w.chain[n-1]}
	}
	return w.base
}

// hash is the journal's hash at an entry, where it is known.
func (w *window) hash(seq entry.Seq) (entry.Hash, bool) {
	switch i := seq - w.base.seq; {
	case i == 0:
		return w.base.hash, true
	case i > 0 && int(i) <= len(w.chain):
		return w.chain[i-1], true
	}
	return entry.Hash{}, false
}

// push takes the next entry to be sent.
func (w *window) push(hash entry.Hash) {
	if w.inFlight() == len(w.chain) {
		w.chain = append(w.chain, hash)
	}
	w.sent++
}

// advance takes what the cloud has acknowledged, which may be more than was
// sent since the window began.
func (w *window) advance(to place) {
	n := min(int(to.seq-w.base.seq), len(w.chain))
	w.chain = append(w.chain[:0], w.chain[n:]...)
	w.base, w.sent = to, max(w.sent, to.seq)
}

// rewind goes back to an entry, after which everything will be sent again.
func (w *window) rewind(to entry.Seq) { w.sent = to }
