package store

import (
	"slices"

	"tillgate/store/entry"
)

// read goes through the entries in order, chooses between copies by the chain,
// mends what can be mended, and folds the orders.
func (v *salvage) read() {
	chosen := make([]place, 0, len(v.places))
	c := chain{v: v}
	if v.epoch != nil {
		c.at, c.known = mark{head: entry.Genesis(v.epoch.Epoch)}, true
	}
	for i := 0; i < len(v.places); {
		end := i
		for end < len(v.places) && v.places[end].seq == v.places[i].seq {
			end++
		}
		p, f := c.choose(v.places[i:end], v.places[end:])
		p.key = f.Key
		chosen = append(chosen, p)
		v.fold(f, p.chained)
		v.noteRandom(f.Kind, f.Body)
		i = end
	}
	v.places, v.count = chosen, len(chosen)
	if v.count > 0 {
		v.head = max(v.head, chosen[v.count-1].seq)
	}
	for _, m := range v.marks {
		if m.seq <= v.head+entry.Seq(len(v.frames)) { // one beyond is itself broken
			v.head = max(v.head, m.seq)
		}
	}
}

func (v *salvage) lost() int { return int(v.head) - v.count }

// chain is the walk along the hashes of a damaged journal.
type chain struct {
	v      *salvage
	at     mark
	known  bool // at.head is the whole hash of entry at.seq
	hashed int  // bytes, in search of broken ones
}

// repairBytes bounds how many bytes are hashed in search of single broken ones:
// some twenty intents, and ten seconds of a slow board.
const repairBytes = 256 << 20

// choose picks the copy of an entry that fits the chain. The chain is lost at a
// gap or at an entry that cannot be mended, and found again at a mark.
func (c *chain) choose(copies, after []place) (place, found) {
	p := copies[0]
	best, _ := c.v.at(p)
	seq := p.seq
	if c.known && seq == c.at.seq+1 {
		for _, other := range copies {
			if f, ok := c.v.at(other); ok && f.fits(f.Link(c.at.head)) {
				return c.take(other, f, true)
			}
		}
		if h := best.Link(c.at.head); c.next(after, mark{seq, h}) {
			return c.take(p, best, true) // only its stored hash is broken
		}
		if f, ok := c.repair(best); ok {
			c.v.mended[seq] = f
			return c.take(p, f, true)
		}
		best.done = false // it is this one that is broken: believe little of it
	}
	c.known = false
	for _, other := range copies {
		f, ok := c.v.at(other)
		if !ok {
			continue
		}
		for _, m := range c.v.marks {
			if m.seq == seq && f.fits(m.head) {
				c.at, c.known = m, true
				return other, f
			}
		}
	}
	return p, best
}

func (c *chain) take(p place, f found, chained bool) (place, found) {
	c.at = mark{f.Seq, f.Link(c.at.head)}
	p.chained = chained
	return p, f
}

// next tells whether the entry after at fits.
func (c *chain) next(after []place, at mark) bool {
	for _, p := range after {
		if p.seq != at.seq+1 {
			return false
		}
		if f, ok := c.v.at(p); ok && f.fits(f.Link(at.head)) {
			return true
		}
	}
	return false
}

// repair tries every value of every single byte until the hash fits: a number
// with one broken digit would be asked for at the network in vain. What is too
// long for that is left as it is.
func (c *chain) repair(f found) (found, bool) {
	length := len(f.Body) + len(f.Private)
	cost := 255 * (length + 6*8) * (length + 100)
	if c.hashed+cost > repairBytes {
		return f, false
	}
	c.hashed += cost
	try := func(g found) (found, bool) {
		h := g.Link(c.at.head)
		for _, done := range []bool{g.done, !g.done} {
			g.done = done
			if g.fits(h) {
				return g, true
			}
		}
		return f, false
	}
	if g, ok := try(f); ok {
		return g, true
	}
	for _, bytes := range []*[]byte{&f.Body, &f.Private} {
		old := *bytes
		for i := range old {
			*bytes = slices.Clone(old)
			for x := 1; x < 256; x++ {
				(*bytes)[i] = old[i] ^ byte(x)
				if g, ok := try(f); ok {
					return g, true
				}
			}
		}
		*bytes = old
	}
	for shift := 0; shift < 64; shift += 8 {
		for x := int64(1); x < 256; x++ {
			d := x << shift
			for _, change := range []func(*found){
				func(g *found) { g.Wall ^= d }, func(g *found) { g.Mono ^= d }, func(g *found) { g.Key ^= entry.Seq(d) },
				func(g *found) { g.Prev ^= entry.Seq(d) }, func(g *found) { g.Kind ^= entry.Kind(d) }, func(g *found) { g.Trust ^= entry.Trust(d) },
			} {
				g := f
				change(&g)
				if g, ok := try(g); ok {
					return g, true
				}
			}
		}
	}
	return f, false
}
