package entry_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"tillgate/store/entry"
)

// sample is an entry with every field set.
func sample() entry.Entry {
	return entry.Entry{Seq: 7, Stamp: entry.Stamp{Wall: 1_760_000_000_123, Mono: 45_678, Trust: entry.Trusted}, Kind: entry.Asked, Key: 6, Prev: 6,
		Body:    entry.Encode(entry.AskedBody{Number: "100000010001123450000017", Merchant: "shop", Network: "wechat", Code: []byte("12345678")}),
		Private: append([]byte{1}, "0123456789abcdef{\"plate\":\"粤B12345\"}"...)}
}

// TestChainIsForEver: these hashes stand in journals and at the cloud. A change
// of this test breaks every journal there is.
func TestChainIsForEver(t *testing.T) {
	t.Parallel()
	genesis := entry.Genesis(entry.Epoch{Number: 3, Random: [16]byte{0xab, 0xcd}})
	if got, want := fmt.Sprintf("%x", genesis), "0a4fa8c0e84334e87cf553cc07503beb5c33a6c09320cfbea9bdebded40c0794"; got != want {
		t.Errorf("genesis %s, want %s", got, want)
	}
	if got, want := fmt.Sprintf("%x", sample().Link(genesis)), "2577c8a6bcfc7e7621f5ed6e77bad2ea0231995e04a34f188ad439c6f277b634"; got != want {
		t.Errorf("hash %s, want %s", got, want)
	}
	bare := sample()
	bare.Private = nil
	if got, want := fmt.Sprintf("%x", bare.Link(genesis)), "5269bc822fae0fc3a5ca94ebbcd88786100427619dee98a9ea92e53b11f33d78"; got != want {
		t.Errorf("hash without personal fields %s, want %s", got, want)
	}
}

// TestLinkCoversEverything changes one thing at a time.
func TestLinkCoversEverything(t *testing.T) {
	t.Parallel()
	prev := entry.Genesis(entry.Epoch{Number: 1})
	was := sample().Link(prev)
	for name, change := range map[string]func(e *entry.Entry){
		"seq":     func(e *entry.Entry) { e.Seq++ },
		"wall":    func(e *entry.Entry) { e.Wall++ },
		"mono":    func(e *entry.Entry) { e.Mono++ },
		"trust":   func(e *entry.Entry) { e.Trust = entry.Floor },
		"kind":    func(e *entry.Entry) { e.Kind++ },
		"key":     func(e *entry.Entry) { e.Key++ },
		"prev":    func(e *entry.Entry) { e.Prev++ },
		"body":    func(e *entry.Entry) { e.Body[5] ^= 1 },
		"private": func(e *entry.Entry) { e.Private[20] ^= 1 },
		"salt":    func(e *entry.Entry) { e.Private[3] ^= 1 },
		"part":    func(e *entry.Entry) { e.Body, e.Private = append(e.Body, '1'), append([]byte{1}, e.Private...) },
		"none":    func(e *entry.Entry) { e.Private = nil },
	} {
		e := sample()
		change(&e)
		if e.Link(prev) == was {
			t.Errorf("a change of %s does not change the hash", name)
		}
	}
	other := prev
	other[31] ^= 1
	if sample().Link(other) == was {
		t.Error("the entry before does not change the hash")
	}
	for _, epoch := range []entry.Epoch{{Number: 2}, {Number: 1, Random: [16]byte{15: 1}}} {
		if entry.Genesis(epoch) == prev {
			t.Errorf("epoch %v begins like another", epoch)
		}
	}
}

// TestEraseKeepsTheChain: the text is gone, the hash is not.
func TestEraseKeepsTheChain(t *testing.T) {
	t.Parallel()
	type fields struct {
		Plate string `json:"plate"`
	}
	e := sample()
	var err error
	if e.Private, err = entry.Seal(strings.NewReader("0123456789abcdefX"), fields{"粤B12345"}); err != nil {
		t.Fatal(err)
	}
	if got, ok := entry.Unseal[fields](e.Private); !ok || got.Plate != "粤B12345" {
		t.Errorf("unsealed %+v, %v", got, ok)
	}
	hash := e.Link(entry.Hash{})
	for range 2 { // erasing twice changes nothing more
		e.Private = entry.Erase(e.Private)
		if e.Link(entry.Hash{}) != hash {
			t.Error("erasing breaks the chain")
		}
		if bytes.Contains(e.Private, []byte("B12345")) || bytes.Contains(e.Private, []byte("0123456789abcdef")) {
			t.Errorf("the text or its salt is still there: %q", e.Private)
		}
		if got, ok := entry.Unseal[fields](e.Private); ok {
			t.Errorf("erased fields say %+v", got)
		}
	}
	if entry.Erase(nil) != nil {
		t.Error("erasing nothing makes something")
	}
	if _, err := entry.Seal(strings.NewReader("short"), fields{}); err == nil {
		t.Error("sealed without a salt")
	}
	a, _ := entry.Seal(strings.NewReader("0123456789abcdef"), fields{"1"})
	b, _ := entry.Seal(strings.NewReader("1123456789abcdef"), fields{"1"})
	if bytes.Equal(entry.Erase(a), entry.Erase(b)) {
		t.Error("the salt does not change the hash: a plate could be guessed from it")
	}
}

func TestEncodeIsCanonical(t *testing.T) {
	t.Parallel()
	got := string(entry.Encode(entry.OpenedBody{Lane: "a<b>&", Amount: 1250, Title: "停车 2h"}))
	if want := `{"l":"a<b>&","a":1250,"t":"停车 2h"}`; got != want {
		t.Errorf("encoded %s, want %s", got, want)
	}
	defer func() {
		if recover() == nil {
			t.Error("a body that JSON cannot carry does not panic")
		}
	}()
	entry.New(entry.Opened, func() {})
}

func TestDecode(t *testing.T) {
	t.Parallel()
	e := sample()
	if b := entry.Must[entry.AskedBody](e); b.Merchant != "shop" || string(b.Code) != "12345678" {
		t.Errorf("decoded %+v", b)
	}
	e.Body = []byte("{")
	if _, err := entry.Decode[entry.AskedBody](e); err == nil || !strings.Contains(err.Error(), "entry 7 (asked)") {
		t.Errorf("a broken body: %v", err)
	}
	defer func() {
		if err, ok := recover().(error); !ok || err == nil || errors.Unwrap(err) == nil {
			t.Errorf("a broken body that was checked panics with %v", err)
		}
	}()
	entry.Must[entry.AskedBody](e)
}

// TestKindsAreForEver: a journal is read years later, so that a number once
// given keeps its meaning.
func TestKindsAreForEver(t *testing.T) {
	t.Parallel()
	names := map[entry.Kind]string{1: "started", 2: "damaged", 3: "salvaged", 20: "opened", 21: "asked", 22: "heard", 23: "returning", 24: "ended",
		25: "settled", 26: "frozen", 27: "cancelled", 28: "outputs", 29: "repeated", 30: "inherited", 31: "task", 32: "task done",
		33: "refund asked", 34: "refund heard", 35: "refund done", 36: "refund refused", 37: "refund inherited",
		60: "hold asked", 61: "hold heard", 62: "hold placed", 63: "hold returning", 64: "hold ended", 65: "move asked", 66: "move done",
		67: "move refused", 68: "hold seen", 69: "hold inherited", 70: "hold adopted",
		130: "person set", 131: "person gone", 132: "signed in", 133: "sign-in refused", 134: "signed out", 135: "activation", 136: "rights taken", 137: "pin set",
		120: "shift on", 121: "shift off", 122: "handed over",
		140: "approved", 145: "setting set", 146: "exported", 147: "override", 148: "decided", 150: "requested", 151: "told"}
	for kind := range entry.Kind(200) {
		want, ok := names[kind]
		if !ok {
			want = fmt.Sprintf("kind %d", uint16(kind))
		}
		if kind.String() != want {
			t.Errorf("kind %d is %q, want %q; a new kind is added to this test", uint16(kind), kind, want)
		}
	}
}
