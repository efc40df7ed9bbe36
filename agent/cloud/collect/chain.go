package collect

import (
	"context"
	"errors"
	"fmt"

	"tillgate/agent/cloud"
	"tillgate/store/entry"
)

// errFork is what a device says against itself.
var errFork = errors.New("the device tells another history than before")

// check refuses a batch that no device of ours sends.
func check(b cloud.Batch) error {
	switch n := len(b.Entries); {
	case b.Epoch < 1:
		return fmt.Errorf("%w: epoch %d", cloud.ErrMessage, b.Epoch)
	case n == 0 || n > cloud.BatchMax:
		return fmt.Errorf("%w: a batch of %d entries", cloud.ErrMessage, n)
	case b.Entries[0].Seq < 1:
		return fmt.Errorf("%w: entry %d", cloud.ErrMessage, b.Entries[0].Seq)
	}
	for i, record := range b.Entries[1:] {
		if record.Seq != b.Entries[i].Seq+1 {
			return fmt.Errorf("%w: entry %d follows entry %d", cloud.ErrMessage, record.Seq, b.Entries[i].Seq)
		}
	}
	return nil
}

// position is how far we are in an epoch, its genesis where it is new.
func (r *Receiver) position(ctx context.Context, device cloud.Address, number int64, random cloud.Random) (Position, error) {
	epoch := entry.Epoch{Number: number, Random: random}
	at, known, err := r.store.Position(ctx, device, max(number, 1))
	switch {
	case err != nil:
		return at, err
	case !known:
		return Position{Epoch: epoch, Hash: entry.Genesis(epoch)}, nil
	case at.Epoch != epoch:
		return at, fmt.Errorf("%w: another epoch of the same number", errFork)
	}
	return at, nil
}

// follow computes the hashes of a batch from those that are here, compares
// where both are known, and returns the entries that are new.
func (r *Receiver) follow(ctx context.Context, device cloud.Address, at Position, b cloud.Batch) ([]entry.Entry, error) {
	first, last := b.Entries[0].Seq, b.Entries[len(b.Entries)-1].Seq
	here := map[entry.Seq]entry.Hash{0: entry.Genesis(at.Epoch), at.Seq: at.Hash}
	if from, to := max(first-1, 1), min(last, at.Seq); from < at.Seq {
		hashes, err := r.store.Hashes(ctx, device, at.Epoch.Number, from, to)
		if err != nil {
			return nil, err
		}
		for i, hash := range hashes {
			here[from+entry.Seq(i)] = hash
		}
	}
	hash, fresh := here[first-1], []entry.Entry(nil)
	for _, record := range b.Entries {
		e := record.Entry()
		hash = e.Link(hash)
		e.Hash = hash
		if e.Seq > at.Seq {
			fresh = append(fresh, e)
		} else if hash != here[e.Seq] {
			return nil, fmt.Errorf("%w: entry %d is another one here", errFork, e.Seq)
		}
	}
	if hash != entry.Hash(b.Hash) {
		return nil, fmt.Errorf("%w: entries %d to %d do not continue what is here", errFork, first, last)
	}
	return fresh, nil
}
