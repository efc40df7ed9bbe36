package entry

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
)

// Personal fields (plate, room, phone) do not stand in a body, because bodies
// can never be erased without breaking the chain. They stand in Private, whose
// hash is part of the chain and whose text can be dropped. Its first byte says
// which of the two is there.
const (
	privateOpen   = 1 // 16 bytes of salt, then JSON
	privateErased = 0 // the 32 bytes of the hash
	saltBytes     = 16
)

// Seal makes personal fields ready for a draft; random gives the salt, without
// which a plate could be guessed from its hash.
func Seal(random io.Reader, fields any) ([]byte, error) {
	p := make([]byte, 1+saltBytes)
	p[0] = privateOpen
	if _, err := io.ReadFull(random, p[1:]); err != nil {
		return nil, fmt.Errorf("salt personal fields: %w", err)
	}
	return append(p, Encode(fields)...), nil
}

// Unseal reads personal fields; ok is false where there are none or they have been erased.
func Unseal[T any](private []byte) (fields T, ok bool) {
	if len(private) <= 1+saltBytes || private[0] != privateOpen {
		return fields, false
	}
	return fields, json.Unmarshal(private[1+saltBytes:], &fields) == nil
}

// Erase drops the text of personal fields and keeps what the chain needs.
func Erase(private []byte) []byte {
	if len(private) == 0 {
		return nil
	}
	return append([]byte{privateErased}, sealed(private)...)
}

// sealed is what the chain takes of personal fields: nothing, or their hash.
func sealed(private []byte) []byte {
	switch {
	case len(private) == 0:
		return nil
	case private[0] == privateErased:
		return private[1:]
	}
	sum := sha256.Sum256(private)
	return sum[:]
}
