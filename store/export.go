package store

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"tillgate/store/entry"
)

// exported is a line of an export.
type exported struct {
	Epoch   int64           `json:"epoch"`
	Seq     entry.Seq       `json:"seq"`
	Wall    int64           `json:"wall"` // Unix ms
	Mono    int64           `json:"mono"` // ms of the boot clock
	Trust   entry.Trust     `json:"trust"`
	Kind    string          `json:"kind"`
	Key     entry.Seq       `json:"key"`
	Prev    entry.Seq       `json:"prev,omitempty"`
	Body    json.RawMessage `json:"body"`
	Private json.RawMessage `json:"private,omitempty"` // personal fields that have not been erased
	Hash    string          `json:"hash"`              // hexadecimal, 64 characters
}

// Export writes the entries from one sequence to another (0: the newest) as
// lines of JSON, in slices between commits. Hashes of payment codes, keys and
// erased fields are not in it. progress may be nil; it hears entries.
func (s *Store) Export(ctx context.Context, w io.Writer, from, to entry.Seq, progress func(done, total int64)) error {
	epoch, head, _ := s.Head()
	if to <= 0 || to > head {
		to = head
	}
	from = max(from, 1)
	out := bufio.NewWriter(w)
	for at := from - 1; at < to; {
		entries, err := s.Entries(ctx, at, min(sliceEntries, int(to-at)))
		if err != nil {
			return fmt.Errorf("export: %w", err)
		}
		for _, e := range entries {
			if _, err := out.Write(append(entry.Encode(lineOf(epoch.Number, e)), '\n')); err != nil {
				return fmt.Errorf("export entry %d: %w", e.Seq, err)
			}
			at = e.Seq
		}
		if progress != nil {
			progress(int64(at-from+1), int64(to-from+1))
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return nil
}

func lineOf(epoch int64, e entry.Entry) exported {
	l := exported{Epoch: epoch, Seq: e.Seq, Wall: e.Wall, Mono: e.Mono, Trust: e.Trust, Kind: e.Kind.String(), Key: e.Key, Prev: e.Prev,
		Body: publicBody(e.Kind, e.Body), Hash: fmt.Sprintf("%x", e.Hash)}
	if fields, ok := entry.Unseal[json.RawMessage](e.Private); ok {
		l.Private = fields
	}
	return l
}

// publicBody is a body without the keyed hash of a payment code: with the key a
// code could be guessed from it.
func publicBody(kind entry.Kind, body []byte) json.RawMessage {
	switch kind {
	case entry.Asked:
		b := read[entry.AskedBody](body)
		b.Code = nil
		return entry.Encode(b)
	case entry.Inherited:
		b := read[entry.InheritedBody](body)
		b.Code = nil
		return entry.Encode(b)
	case entry.Salvaged:
		b := read[entry.SalvagedBody](body)
		if b.Kind == entry.Salvaged {
			b.Body = nil
		}
		return entry.Encode(struct {
			entry.SalvagedBody
			Body json.RawMessage `json:"b,omitempty"`
		}{b, publicBody(b.Kind, b.Body)})
	}
	if !json.Valid(body) {
		return entry.Encode(body) // base64
	}
	return body
}
