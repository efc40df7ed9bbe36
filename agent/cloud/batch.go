package cloud

import (
	"fmt"

	"tillgate/store/entry"
)

// pack makes a batch of the entries after a place, as many as fit, and returns
// the chain of their hashes. An entry that is wrong ends the batch before it,
// so that what is right leaves; only at the beginning it is an error.
func pack(at place, entries []entry.Entry) (batch Batch, chain []entry.Hash, err error) {
	if len(entries) == 0 {
		return batch, nil, fmt.Errorf("%w: entry %d is not in the journal", entry.ErrChain, at.seq+1)
	}
	size := 0
	for _, e := range entries {
		var record Record
		if at, err = follow(at, e); err == nil {
			record, err = Pack(e)
		}
		size += len(e.Body) + len(e.Private)*4/3
		if len(chain) > 0 && (err != nil || size > BatchBytes) {
			return batch, chain, nil
		}
		if err != nil {
			return batch, nil, err
		}
		batch.Entries, batch.Hash = append(batch.Entries, record), Digest(at.hash)
		chain = append(chain, at.hash)
	}
	return batch, chain, nil
}

// follow is the place after the next entry, if it is the next one and its hash
// is what the journal's row says.
func follow(at place, e entry.Entry) (place, error) {
	if e.Seq != at.seq+1 {
		return at, fmt.Errorf("%w: entry %d follows entry %d", entry.ErrChain, e.Seq, at.seq)
	}
	hash := e.Link(at.hash)
	if [entry.Stored]byte(hash[:]) != [entry.Stored]byte(e.Hash[:]) {
		return at, fmt.Errorf("%w at entry %d", entry.ErrChain, e.Seq)
	}
	return place{e.Seq, hash}, nil
}
