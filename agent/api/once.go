package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"sync"
	"time"

	"tillgate/store/entry"
)

const keyBytesMax = 128

// read takes the body of a request that has a key.
func read(w http.ResponseWriter, r *http.Request, in any) error {
	if !printable(r.Header.Get("Idempotency-Key")) {
		return &problem{reason: noKey, detail: "it has 1 to 128 letters, digits and signs"}
	}
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyWithin)) // a recorder in a test has none
	text, err := io.ReadAll(r.Body)
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &long):
		return &problem{reason: tooLong}
	case errors.Is(err, os.ErrDeadlineExceeded):
		return &problem{reason: tooSlow}
	case err != nil:
		return misread(err.Error())
	}
	_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
	if err := decode(text, in); err != nil {
		return misread(err.Error())
	}
	return nil
}

// requested is a request as the journal knows it again: what it asks for, without
// its secrets. A payment code stands in it as masked has it, a PIN not at all.
func requested(r *http.Request, who *caller, plain any) (*entry.RequestedBody, error) {
	form, err := json.Marshal(plain)
	if err != nil {
		return nil, err
	}
	keyHash, params := sha256.Sum256([]byte(r.Header.Get("Idempotency-Key"))), sha256.Sum256(append([]byte(r.Method+" "+r.URL.Path+"\n"), form...))
	return &entry.RequestedBody{Token: who.Name, Key: keyHash[:], Params: params[:]}, nil
}

// masked is the journal's hash of a payment code.
func (a *api) masked(code string) string {
	if code == "" {
		return ""
	}
	return hex.EncodeToString(a.Store.CodeHash(code))
}

// decode reads one JSON object; nothing at all stands for an empty one.
func decode(text []byte, in any) error {
	if len(bytes.TrimSpace(text)) == 0 {
		return nil
	}
	from := json.NewDecoder(bytes.NewReader(text))
	from.DisallowUnknownFields()
	if err := from.Decode(in); err != nil {
		return err
	}
	if _, err := from.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one value")
	}
	return nil
}

func printable(key string) bool {
	for _, c := range []byte(key) {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return key != "" && len(key) <= keyBytesMax
}

// claim waits until nobody else works on a key. Before is what it asked for the
// first time, 0 for nothing; then release is to be called when all that is asked
// for is durable, be its caller still there or not.
func (a *api) claim(ctx context.Context, req *entry.RequestedBody) (before entry.Seq, release func(), err error) {
	name := req.Token + " " + string(req.Key)
	for {
		a.mu.Lock()
		other := a.underWay[name]
		if other == nil {
			break
		}
		a.mu.Unlock()
		select {
		case <-other:
		case <-ctx.Done():
			return 0, nil, ctx.Err()
		}
	}
	mine := make(chan struct{})
	a.underWay[name] = mine
	a.mu.Unlock()
	release = sync.OnceFunc(func() {
		a.mu.Lock()
		delete(a.underWay, name)
		a.mu.Unlock()
		close(mine)
	})
	before, params, found, err := a.Store.Request(ctx, req.Token, req.Key)
	if err == nil && found && !bytes.Equal(params, req.Params) {
		err = &problem{reason: keyReused}
	}
	if err != nil || found {
		release()
	}
	return before, release, err
}

// once does what a request asks for, within a time; where its key has asked for it
// before, again answers how the object that it asked for stands. Whoever leaves
// undoes nothing.
func (a *api) once(r *http.Request, req *entry.RequestedBody, within time.Duration, again func(entry.Seq) error, do func(context.Context) error) error {
	before, release, err := a.claim(r.Context(), req)
	switch {
	case err != nil:
		return err
	case before != 0:
		return again(before)
	}
	defer release()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), within)
	defer cancel()
	return do(ctx)
}
