package simdisk

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"slices"
)

const (
	sectorBytes = 512
	blockBytes  = 4096
)

// block is a piece of a file. One that is shared, between what readers see, the
// platter and images, is never written to again.
type block struct {
	data   [blockBytes]byte
	shared bool
}

var zeroBlock = &block{shared: true}

// content is the bytes of a file.
type content struct {
	size   int64
	blocks []*block
}

// inode is a file: what readers see, what is on the platter, and which sectors differ.
type inode struct {
	content
	durable content
	dirty   map[int64]uint8 // block -> its sectors, one bit each
	locks   map[*handle]int
}

func newInode() *inode { return &inode{dirty: map[int64]uint8{}, locks: map[*handle]int{}} }

// share is a copy that costs no bytes.
func (c content) share() content {
	for _, b := range c.blocks {
		if !b.shared { // zeroBlock belongs to all disks
			b.shared = true
		}
	}
	return content{c.size, slices.Clone(c.blocks)}
}

func (c content) readAt(p []byte, off int64) (n int) {
	for n < len(p) && off < c.size {
		b, at := c.blocks[off/blockBytes], off%blockBytes
		m := copy(p[n:], b.data[at:min(blockBytes, at+c.size-off)])
		n, off = n+m, off+int64(m)
	}
	return n
}

// own is a block that may be written to.
func (c *content) own(i int64) *block {
	if b := c.blocks[i]; b.shared {
		c.blocks[i] = &block{data: b.data}
	}
	return c.blocks[i]
}

func (c *content) resize(size int64) {
	blocks := int((size + blockBytes - 1) / blockBytes)
	for len(c.blocks) < blocks {
		c.blocks = append(c.blocks, zeroBlock)
	}
	c.blocks = c.blocks[:blocks]
	if rest := size % blockBytes; rest != 0 && size < c.size {
		clear(c.own(int64(blocks) - 1).data[rest:]) // what is cut off does not come back
	}
	c.size = size
}

func (c *content) writeAt(p []byte, off int64) {
	c.resize(max(c.size, off+int64(len(p))))
	for len(p) > 0 {
		i, at := off/blockBytes, off%blockBytes
		n := min(int64(len(p)), blockBytes-at)
		if n == blockBytes && bytes.Equal(p[:n], zeroBlock.data[:]) {
			c.blocks[i] = zeroBlock
		} else {
			copy(c.own(i).data[at:], p[:n])
		}
		p, off = p[n:], off+n
	}
}

func (f *inode) write(p []byte, off int64) {
	if len(p) == 0 {
		return
	}
	from, end := min(off, f.size), off+int64(len(p))
	f.content.writeAt(p, off)
	for s := from / sectorBytes; s <= (end-1)/sectorBytes; s++ {
		f.dirty[s*sectorBytes/blockBytes] |= 1 << (s % (blockBytes / sectorBytes))
	}
}

func (f *inode) sync() {
	f.durable.resize(f.size)
	for i := range f.dirty {
		if i < int64(len(f.blocks)) {
			if b := f.blocks[i]; !b.shared {
				b.shared = true
			}
			f.durable.blocks[i] = f.blocks[i]
		}
	}
	f.dirty = map[int64]uint8{}
}

// survive makes what is left after a power cut the file's content.
func (f *inode) survive(random *rand.Rand) {
	after := f.durable
	if f.size < after.size && random.IntN(2) == 0 {
		after.resize(f.size) // the truncation had reached the platter
	}
	for _, i := range slices.Sorted(maps.Keys(f.dirty)) {
		for s := i * blockBytes; s < min((i+1)*blockBytes, f.size); s += sectorBytes {
			if f.dirty[i]&(1<<(s%blockBytes/sectorBytes)) == 0 {
				continue
			}
			sector := make([]byte, min(sectorBytes, f.size-s))
			f.readAt(sector, s)
			switch random.IntN(3) {
			case 0: // it survives
			case 1: // it vanishes
				continue
			case 2: // it tears
				sector = sector[:random.IntN(len(sector)+1)]
			}
			if len(sector) > 0 {
				after.writeAt(sector, s)
			}
		}
	}
	f.durable = after
	f.content = after.share()
	f.dirty = map[int64]uint8{}
}
