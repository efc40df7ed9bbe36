package duty

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"tillgate/agent/pay"
	"tillgate/store/entry"
)

// TestCodeOf holds the code against RFC 6238, appendix B: the same cut of a
// HMAC-SHA256, over the counter of a time.
func TestCodeOf(t *testing.T) {
	t.Parallel()
	key := []byte("12345678901234567890123456789012")
	for counter, want := range map[uint64]pay.Secret{0x1: "46119246", 0x23523EC: "68084774", 0x23523ED: "67062674", 0x273EF07: "91819424", 0x3F940AA: "90698825", 0x27BC86AA: "77737706"} {
		text := []byte{0, 0, 0, 0, byte(counter >> 24), byte(counter >> 16), byte(counter >> 8), byte(counter)}
		if got := codeOf(key, text); got != want {
			t.Errorf("the code of %d is %s, want %s", counter, string(got), string(want))
		}
	}
}

var number = entry.Number("20000001", "0001", 12345, 7)

func wish() Wish {
	return Wish{Device: "200000010001", Operation: Refund, Number: number, Amount: 12345, nonce: "ABCDEFGHIJKLMNOP"}
}

func TestWishIsReadToTheLetter(t *testing.T) {
	t.Parallel()
	text := wish().text()
	if got, err := ReadWish(text); err != nil || got != wish() || text != "TGA1/200000010001/REFUND/"+number+"/12345/ABCDEFGHIJKLMNOP" {
		t.Fatalf("%q is read as %+v, %v", text, got, err)
	}
	const inQRMode = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
	if strings.Trim(text, inQRMode) != "" {
		t.Errorf("%q does not fit a QR code's compact mode", text)
	}
	p := strings.Split(text, "/")
	with := func(i int, part string) string {
		q := append([]string(nil), p...)
		q[i] = part
		return strings.Join(q, "/")
	}
	for _, bad := range []string{"", text + "/", text[1:], with(0, "TGA2"), with(1, "2000"), with(2, "refund"), with(2, "GIFT"), with(3, number[:23]+"0"), with(3, ""),
		with(4, "-1"), with(4, "012345"), with(4, "123.45"), with(4, "+1"), with(5, ""), with(5, "ABC"), with(5, "abcdefghijklmnop"), with(5, "1BCDEFGHIJKLMNOP"), strings.ToLower(text)} {
		if w, err := ReadWish(bad); !errors.Is(err, errRequest) {
			t.Errorf("%q is read as %+v, %v", bad, w, err)
		}
	}
}

// TestAnswerIsBound: whatever of a wish is another, so is its code.
func TestAnswerIsBound(t *testing.T) {
	t.Parallel()
	key, err := newKey(bytes.NewReader(bytes.Repeat([]byte{7}, keyBytes)))
	if err != nil || len(key) != len(keyBegin)+32 {
		t.Fatalf("a key is %q, %v", string(key), err)
	}
	other, err := newKey(bytes.NewReader(bytes.Repeat([]byte{8}, keyBytes)))
	if err != nil {
		t.Fatal(err)
	}
	got, code, err := Answer(key, wish().text())
	if err != nil || got != wish() || len(code) != codeDigits {
		t.Fatalf("the answer is %+v, %q, %v", got, string(code), err)
	}
	raw, err := readKey(Key(" " + strings.ToLower(string(key)) + "\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, typed := range []pay.Secret{code, code[:4] + " " + code[4:], code[:4] + "-" + code[4:] + " ", wideDigits(code)} {
		if !answers(raw, wish().text(), typed) {
			t.Errorf("%q is not taken for %q", string(typed), string(code))
		}
	}
	for name, change := range map[string]func(w *Wish){
		"device": func(w *Wish) { w.Device = "200000010002" }, "operation": func(w *Wish) { w.Operation = Release }, "order": func(w *Wish) { w.Number = entry.Number("20000001", "0001", 12345, 8) },
		"amount": func(w *Wish) { w.Amount++ }, "nonce": func(w *Wish) { w.nonce = "ABCDEFGHIJKLMNOQ" },
	} {
		w := wish()
		change(&w)
		if answers(raw, w.text(), code) {
			t.Errorf("the code is good for another %s", name)
		}
	}
	if _, theirs, err := Answer(other, wish().text()); err != nil || theirs == code {
		t.Errorf("two people have the same code %q, %v", string(theirs), err)
	}
	for _, bad := range []pay.Secret{"", code[:7], code + "0", "x" + code[1:]} {
		if answers(raw, wish().text(), bad) {
			t.Errorf("%q is taken", string(bad))
		}
	}
}

func wideDigits(code pay.Secret) pay.Secret {
	return pay.Secret(strings.Map(func(r rune) rune { return r - '0' + '０' }, string(code)))
}

func TestBadKeys(t *testing.T) {
	t.Parallel()
	good := keyBegin + strings.Repeat("A", 32)
	if _, err := readKey(Key(good)); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"", keyBegin, good[1:], good + "A", good[:len(good)-1] + "1", "TGK2-" + good[5:]} {
		if _, code, err := Answer(Key(bad), wish().text()); !errors.Is(err, errKey) || code != "" {
			t.Errorf("the key %q answers %q, %v", bad, string(code), err)
		}
	}
	if _, _, err := Answer(Key(good), "https://example.com"); !errors.Is(err, errRequest) {
		t.Errorf("anything is answered: %v", err)
	}
	if _, err := newKey(bytes.NewReader(nil)); err == nil {
		t.Error("a key without randomness")
	}
	if text := fmt.Sprint(Key(good)); strings.Contains(text, "AAAA") {
		t.Errorf("a key is printed: %s", text)
	}
}
