package scanner

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const (
	a = "134567890123456789"
	b = "281234567890123456"
)

// silence between two chunks that is long enough to mean something.
const silence = "\x00silence"

// frames feeds chunks to a framer and answers what came out, reasons in brackets.
func frames(ending Ending, chunks ...string) (got []string) {
	f := &framer{
		ending: ending, quiet: time.Second,
		found:  func(code []byte) { got = append(got, string(code)) },
		reject: func(reason string) { got = append(got, "["+reason+"]") },
	}
	for _, c := range chunks {
		if c != silence {
			f.feed([]byte(c))
		} else if f.wait() > 0 {
			f.silent()
		}
	}
	f.lost()
	return got
}

func TestFramer(t *testing.T) {
	t.Parallel()
	const (
		noEnd   = "[there was no ending]"
		long    = "[longer than 4096 bytes]"
		gone    = "[the scanner went away in the middle]"
		damaged = "[a byte in it was damaged]"
		noText  = "[it is not text]"
	)
	kb10 := strings.Repeat("0123456789", 1024)
	full := strings.Repeat("x", codeBytesMax)
	for _, row := range []struct {
		is     string
		ending Ending
		chunks []string
		want   []string
	}{
		{"CR ends", Line, []string{a + "\r"}, []string{a}},
		{"LF ends", Line, []string{a + "\n"}, []string{a}},
		{"CRLF is one ending", Line, []string{a + "\r\n"}, []string{a}},
		{"CRLF in two chunks", Line, []string{a + "\r", "\n" + b + "\r", silence, "\n"}, []string{a, b}},
		{"two codes back to back", Line, []string{a + "\r" + b + "\r"}, []string{a, b}},
		{"glued CRLF", Line, []string{a + "\r\n" + b + "\r\n\r\n\n\r" + a + "\r"}, []string{a, b, a}},
		{"endings alone", Line, []string{"\r\n", "\r", "\n\n"}, nil},
		{"byte by byte", Line, strings.Split(a+"\r\n"+b+"\r\n", ""), []string{a, b}},
		{"cut in two", Line, []string{a[:7], a[7:] + "\r"}, []string{a}},
		{"cut before the ending", Line, []string{a, "\r"}, []string{a}},
		{"half a code", Line, []string{a[:7], silence}, []string{noEnd}},
		{"the late rest of a code", Line, []string{a[:7], silence, a[7:] + "\r", b + "\r"}, []string{noEnd, b}},
		{"a rest in pieces", Line, []string{a[:7], silence, a[7:9], a[9:], "\r\n" + b + "\r"}, []string{noEnd, b}},
		{"the rest never came", Line, []string{a[:7], silence, silence, b + "\r"}, []string{noEnd, b}},
		{"half a code at the end", Line, []string{a + "\r" + b[:5]}, []string{a, gone}},
		{"a code without its ending at the end", Line, []string{a}, []string{gone}},
		{"10 kB without an end", Line, []string{kb10, silence, a + "\r"}, []string{long, a}},
		{"10 kB in pieces", Line, []string{kb10[:4000], kb10[4000:8000], kb10[8000:], silence, a + "\r"}, []string{long, a}},
		{"what follows a flood at once is flood", Line, []string{kb10 + "\r" + a + "\r", b + "\r", silence, b + "\r"}, []string{long, b}},
		{"the longest code", Line, []string{full + "\r"}, []string{full}},
		{"one byte longer", Line, []string{full + "x\r", silence}, []string{long}},
		{"one byte longer in a piece of its own", Line, []string{full, "x", silence}, []string{long}},
		{"a break before a code", Line, []string{"\x00\x00", a + "\r"}, []string{a}},
		{"a break behind a code", Line, []string{a + "\x00\r\x00"}, []string{a}},
		{"a break and nothing", Line, []string{"\x00", silence, a + "\r"}, []string{a}},
		{"a NUL inside is a damaged byte", Line, []string{a[:9] + "\x00" + a[10:] + "\r" + b + "\r"}, []string{damaged, b}},
		{"NUL ends", NUL, []string{a + "\x00" + b + "\x00\r\n", silence}, []string{a, b}},
		{"NUL or CR", NUL, []string{a + "\r\x00" + b + "\x00"}, []string{a, b}},
		{"STX and ETX", ETX, []string{"\x02" + a + "\x03\x02" + b + "\x03"}, []string{a, b}},
		{"STX, ETX and CRLF", ETX, []string{"\x02" + a + "\x03\r\n"}, []string{a}},
		{"a NUL before ETX is a damaged byte", ETX, []string{"\x02" + a[:9] + "\x00" + a[10:] + "\x03"}, []string{damaged}},
		{"an ETX that was not asked for", Line, []string{"\x02" + a + "\x03\r"}, []string{noText}},
		{"rubbish at the wrong speed", Line, []string{"\xf8\xfe\x80\x06\xe0\r" + a + "\r"}, []string{noText, a}},
		{"an escape sequence", Line, []string{"\x1b[2J" + a + "\r"}, []string{noText}},
		{"the separators of GS1", Line, []string{"01\x1d10A\x1e\x04\t\r"}, []string{"01\x1d10A\x1e\x04\t"}},
		{"Chinese", Line, []string{"停车券\r"}, []string{"停车券"}},
		{"blanks are part of a code", Line, []string{" a b \r"}, []string{" a b "}},
		{"silence ends", Gap, []string{a, silence, b, silence}, []string{a, b}},
		{"silence ends what came in pieces", Gap, []string{a[:3], a[3:11], a[11:], silence}, []string{a}},
		{"an ending nobody configured", Gap, []string{a + "\r\n", silence}, []string{a}},
		{"lines inside", Gap, []string{"a\r\nb", silence}, []string{noText}},
		{"a break before silence", Gap, []string{"\x00", silence, "\x00" + a + "\r\x00", silence}, []string{a}},
		{"silence and no more", Gap, []string{silence, silence, a, silence, silence}, []string{a}},
		{"half a code when the scanner goes", Gap, []string{a[:5]}, []string{gone}},
		{"10 kB and silence", Gap, []string{kb10, silence, a, silence}, []string{long, a}},
	} {
		t.Run(row.is, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(row.want, frames(row.ending, row.chunks...)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// However the chunks fall, the codes are the same; and whatever comes in, no
// frame is longer than the cap and no reason has a byte of it.
func TestFramerDoesNotMindChunks(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		codes := rapid.SliceOfN(rapid.StringMatching(`[0-9]{1,30}`), 0, 5).Draw(t, "codes")
		var stream string
		for _, c := range codes {
			stream += c + rapid.SampledFrom([]string{"\r", "\n", "\r\n"}).Draw(t, "ending")
		}
		var chunks []string
		for len(stream) > 0 {
			n := rapid.IntRange(1, len(stream)).Draw(t, "chunk")
			chunks, stream = append(chunks, stream[:n]), stream[n:]
		}
		if got := frames(Line, chunks...); fmt.Sprint(got) != fmt.Sprint(codes) {
			t.Fatalf("codes %q in chunks %q are %q", codes, chunks, got)
		}
	})
}

func TestFramerTakesAnything(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		chunks := rapid.SliceOf(rapid.OneOf(
			rapid.Just(silence),
			rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 6000), func(b []byte) string { return string(b) }),
		)).Draw(t, "chunks")
		ending := rapid.SampledFrom([]Ending{Line, NUL, ETX, Gap}).Draw(t, "ending")
		for _, code := range frames(ending, chunks...) {
			if len(code) > codeBytesMax || code == "" || strings.ContainsAny(code, "\x00\r\n") {
				t.Fatalf("%q came out", code)
			}
		}
	})
}

func TestTrimSymbology(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		"]Q1" + a: a, "]C0" + a: a, "]d2x": "x", "]X0]Q1y": "]Q1y",
		"]Q1": "]Q1", "]": "]", "": "", "]1Q" + a: "]1Q" + a, "]Q-" + a: "]Q-" + a, a: a, "]QR1": "1",
	} {
		if got := string(trimSymbology([]byte(code))); got != want {
			t.Errorf("%q is %q, want %q", code, got, want)
		}
	}
}
