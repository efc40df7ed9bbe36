package paper

import (
	"bytes"
	"context"
	"errors"
	"image/png"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// bench is a printer of 58 mm and what came out of it.
type bench struct {
	*Paper
	slips   []Slip
	replies []byte
}

func newBench(font *Font) *bench {
	b := &bench{Paper: New(384, font)}
	b.Slip = func(s Slip) { b.slips = append(b.slips, s) }
	b.Reply = func(r []byte) { b.replies = append(b.replies, r...) }
	return b
}

func (b *bench) send(parts ...string) {
	for _, part := range parts {
		b.Write([]byte(part)) // only a stopped printer refuses, and those tests look
	}
}

// gbk is a text as a printer is sent it.
func gbk(t *testing.T, text string) string {
	t.Helper()
	out, err := simplifiedchinese.GBK.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// picture is a slip's pixels, to be compared.
func picture(t *testing.T, s Slip) string {
	t.Helper()
	if s.Image == nil {
		t.Fatal("no slip came out")
	}
	return string(s.Image.Pix)
}

// everything is a stream with one of each command that a printer knows, each
// with an X behind it.
var everything = []string{
	"\x10\x04\x01", "\x10\x04\x07\x01", "\x10\x05\x01", "\x10\x14\x01\x00\x02", "\x10\x14\x02\x01\x08", "\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08",
	"\x1b \x02", "\x1b!\x38", "\x1b!\x00", "\x1b$\x10\x00", "\x1b%\x00", "\x1b-\x01", "\x1b-\x00", "\x1b2", "\x1b3\x20", "\x1b=\x01", "\x1b?\x41", "\x1bB\x02\x05",
	"\x1bE\x01", "\x1bG\x00", "\x1bJ\x08", "\x1bK\x08", "\x1bM\x01", "\x1bR\x00", "\x1bV\x00", "\x1b\\\x01\x00", "\x1ba\x01", "\x1ba0", "\x1bc3\x01", "\x1bd\x01", "\x1be\x01",
	"\x1bp\x00\x19\xfa", "\x1br\x00", "\x1bt\x00", "\x1bu\x00", "\x1bv", "\x1b{\x00", "\x1bD\x08\x10\x00", "\x1b*\x21\x02\x00ABCDEF", "\x1b*\x00\x02\x00AB",
	"\x1b&\x03AB\x01abc\x02abcdef", "\x1bW\x00\x00\x00\x00\x00\x00\x00\x00", "\x1b(A\x02\x00AB",
	"\x1c&", "\x1c!\x0c", "\x1c!\x00", "\x1c-\x01", "\x1c-\x00", "\x1cC\x01", "\x1cS\x00\x00", "\x1cW\x01", "\x1cW\x00", "\x1cp\x01\x00", "\x1c2AB" + strings.Repeat("\x55", 72),
	"\x1c(E\x02\x00AB", "\x1cq\x02\x01\x00\x01\x00ABCDEFGH\x01\x00\x02\x00ABCDEFGHABCDEFGH", "\x1c?AB", "\x1c.", "\x1c&",
	"\x1d!\x11", "\x1d!\x00", "\x1d$\x00\x00", "\x1d*\x01\x01ABCDEFGH", "\x1d/\x00", "\x1d:", "\x1dB\x01", "\x1dB\x00", "\x1dH\x02", "\x1dI\x43", "\x1dL\x08\x00", "\x1dL\x00\x00", "\x1dP\x00\x00", "\x1dT\x00",
	"\x1dW\x80\x01", "\x1d\\\x01\x00", "\x1d^\x01\x01\x00", "\x1da\x00", "\x1db\x00", "\x1dc", "\x1df\x00", "\x1dg0\x00\x01\x00", "\x1dh\x20", "\x1dw\x02", "\x1dr\x01", "\x1dz0\x01\x01", "\x1d|\x00",
	"\x1dk\x49\x06{C\x01\x02{1", "\x1dk\x04ABC\x00", "\x1dk\x43\x0c123456789012",
	"\x1d(k\x04\x001A2\x00", "\x1d(k\x03\x001C\x03", "\x1d(k\x03\x001E1", "\x1d(k\x08\x001P0HELLO\x1d(k\x03\x001Q0", "\x1d(k\x03\x000A\x01",
	"\x1d(L\x02\x0002", "\x1d8L\x02\x00\x00\x0002", "\x1dv0\x00\x02\x00\x02\x00ABCD", "\x1dv0\x03\x01\x00\x01\x00A", "\x1dV\x42\x10", "\x1dV\x00", "\x1bi", "\x1bm", "\x1b@",
}

// TestSkipsRightly sends each command with text behind it: the text must come
// out, the command not.
func TestSkipsRightly(t *testing.T) {
	t.Parallel()
	for _, command := range everything {
		b := newBench(nil)
		b.send(command)
		b.Tear()
		b.line, b.slips, b.mode = nil, nil, initial()
		b.send("X")
		if len(b.in) > 0 || len(b.line) != 1 || b.line[0].r != 'X' {
			t.Errorf("after %q the printer has %v in its line and waits with %q", command, b.line, b.in)
		}
		if u := b.Unknown(); len(u) > 0 {
			t.Errorf("%q is not known: %s", command, u)
		}
	}
}

// TestPiecesDoNotMatter sends one stream whole and byte by byte.
func TestPiecesDoNotMatter(t *testing.T) {
	t.Parallel()
	stream := strings.Join(everything, "X"+gbk(t, "停车")+"\n")
	whole, bytewise := newBench(nil), newBench(nil)
	whole.send(stream)
	for i := range len(stream) {
		bytewise.send(stream[i : i+1])
	}
	if len(whole.slips) < 4 || len(whole.slips) != len(bytewise.slips) {
		t.Fatalf("%d slips came out whole, %d byte by byte", len(whole.slips), len(bytewise.slips))
	}
	for i := range whole.slips {
		if picture(t, whole.slips[i]) != picture(t, bytewise.slips[i]) {
			t.Errorf("slip %d differs", i)
		}
	}
	if !bytes.Equal(whole.replies, bytewise.replies) || len(whole.replies) != 3 {
		t.Errorf("the answers are % x whole, % x byte by byte", whole.replies, bytewise.replies)
	}
}

func TestUnknownIsCounted(t *testing.T) {
	t.Parallel()
	b := newBench(nil)
	b.send("ok\x1b\x99ok\x1d\x01\x80\xff\x01\x81\x20\x1ba\x07\x1dw\x09\x1dk\x49\x02xy\x1dv0\x00\xff\xff\xff\xff")
	want := []string{"1B 99 at byte 2", "1D 01 at byte 6", "80 at byte 8", "FF at byte 9", "01 at byte 10", "81 at byte 11", "1B 61 07 at byte 13",
		"1D 77 09 at byte 16", "1D 6B 49 02 78 79 at byte 19", "1D 76 at byte 25", "FF at byte 29", "FF at byte 30", "FF at byte 31", "FF at byte 32"}
	if got := b.Unknown(); !slices.Equal(got, want) {
		t.Errorf("unknown is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	const ask = "\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04"
	for _, row := range []struct {
		name   string
		status Status
		want   string
	}{
		{"good", Status{}, "\x12\x12\x12\x12\x00"},
		{"paper low", Status{PaperLow: true}, "\x12\x12\x12\x1e\x03"},
		{"paper out", Status{PaperOut: true}, "\x1a\x32\x12\x7e"},
		{"cover open", Status{CoverOpen: true}, "\x1a\x16\x12\x12"},
	} {
		b := newBench(nil)
		b.Set(row.status)
		b.send("\x1dr", "\x01", "text", ask)
		// What is in turn is answered last by a stopped printer: not at all.
		want := row.want
		if !row.status.stopped() {
			want = row.want[4:] + row.want[:4]
		}
		if string(b.replies) != want {
			t.Errorf("%s: the answers are % x, want % x", row.name, b.replies, want)
		}
		if row.status.stopped() {
			b.replies = nil
			b.Set(Status{})
			if string(b.replies) != "\x00" || len(b.line) != 4 {
				t.Errorf("%s: once it goes on it answers % x with %d characters in its line", row.name, b.replies, len(b.line))
			}
		}
	}
}

func TestAStoppedPrinterFillsUp(t *testing.T) {
	t.Parallel()
	b := newBench(nil)
	b.Set(Status{PaperOut: true})
	if n, err := b.Write(make([]byte, bufferMax+5)); n != bufferMax || !errors.Is(err, ErrFull) {
		t.Errorf("it took %d bytes, %v; want %d and that it is full", n, err, bufferMax)
	}
}

// TestASlipLongerThanARoll ends: paper is memory.
func TestASlipLongerThanARoll(t *testing.T) {
	t.Parallel()
	b := newBench(nil)
	for range 7 {
		b.send("x\n\x1bd\xff") // 7,650 dots
	}
	if len(b.slips) != 2 || len(b.ink) > 2*rowsMax*b.dots {
		t.Errorf("%d slips, %d bytes of paper", len(b.slips), len(b.ink))
	}
}

// TestBarcodes reads every symbol of sets B and C back, and changes of sets.
func TestBarcodes(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("zbarimg"); err != nil {
		t.Skip("barcodes are not read back: install the package zbar-tools")
	}
	codes := map[string]string{"{B1{C\x02\x03{BxY{{z": "10203xY{z", "{AAB{C\x0c\x22{A7": "AB12347"}
	for from := 0; from < 100; from += 10 {
		data, text := "{C", ""
		for n := from; n < from+10; n++ {
			data += string([]byte{byte(n)})
			text += string([]byte{byte('0' + n/10), byte('0' + n%10)})
		}
		codes[data] = text
	}
	for from := '!'; from < 127; from += 10 {
		text := ""
		for r := from; r < min(from+10, 127); r++ {
			text += string(r)
		}
		codes["{B"+strings.ReplaceAll(text, "{", "{{")] = text
	}
	for data, want := range codes {
		b := newBench(nil)
		b.send("\x1ba\x01\x1dh\x50\x1dw\x02\x1dk\x49", string([]byte{byte(len(data))}), data)
		b.Tear()
		if got := scanned(t, b.slips); got != want {
			t.Errorf("%q scans as %q, want %q", data, got, want)
		}
	}
}

// scanned is what zbarimg reads on the first slip.
func scanned(t *testing.T, slips []Slip) string {
	t.Helper()
	if len(slips) == 0 {
		t.Fatal("no slip came out")
	}
	path := filepath.Join(t.TempDir(), "slip.png")
	var file bytes.Buffer
	if err := slips[0].WritePNG(&file); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("zbarimg", "-q", "--raw", "--set", "code128.min-length=1", path).Output()
	if err != nil {
		t.Errorf("zbarimg: %v", err)
	}
	return strings.TrimSuffix(string(out), "\n")
}

func TestTheFontIsNamed(t *testing.T) {
	t.Parallel()
	_, err := openFont(filepath.Join(t.TempDir(), "none.ttc"))
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "install the package fonts-wqy-microhei") {
		t.Errorf("without the font it says %v", err)
	}
	damaged := filepath.Join(t.TempDir(), "damaged.ttc")
	for _, content := range []string{"", "ttcf", "ttcf\x00\x01\x00\x00\x00\x00\x00\x02\x00\x00\x00\x0c\xff\xff\xff\xff", "ttcf\x00\x01\x00\x00\x00\x00\x00\x02\x00\x00\x00\x0c\x00\x00\x00\x0c"} {
		if err := os.WriteFile(damaged, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := openFont(damaged); !errors.Is(err, errCollection) {
			t.Errorf("a font of %q is %v", content, err)
		}
	}
}

// TestLetters holds characters to their cells, with the font and without.
func TestLetters(t *testing.T) {
	t.Parallel()
	font, err := FindFont()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	for _, f := range []*Font{nil, font} {
		faces := f.faces()
		for _, r := range "停车Ag￥-口" {
			for _, size := range [][2]int{{1, 1}, {1, 2}, {2, 1}, {2, 2}, {8, 3}} {
				g := glyph{r: r, wide: size[0], high: size[1]}
				mask := faces.mask(r, g.wide, g.high)
				if len(mask) != g.dots()*g.high*cell {
					t.Fatalf("%c in size %d has %d dots", r, size, len(mask))
				}
				if slices.Max(mask) < 128 {
					t.Errorf("%c in size %d is not to be seen", r, size)
				}
			}
		}
		if slices.Max(faces.mask(' ', 1, 1)) > 0 {
			t.Error("a blank is black")
		}
	}
	if font != nil && slices.Equal(font.faces().mask('停', 1, 1), font.faces().mask('车', 1, 1)) {
		t.Error("two characters look the same")
	}
}

func TestLooksMatter(t *testing.T) {
	t.Parallel()
	looks := map[string]string{}
	for _, command := range []string{"", "\x1bE\x01", "\x1dB\x01", "\x1ba\x01", "\x1ba\x02", "\x1d!\x11", "\x1d!\x01\x1c!\x08", "\x1b!\x20", "\x1b-\x02", "\x1dL\x40\x00"} {
		b := newBench(nil)
		b.send(command, "ab", gbk(t, "停车"), "\n")
		b.Tear()
		pixels := picture(t, b.slips[0])
		if same, ok := looks[pixels]; ok {
			t.Errorf("%q and %q look the same", command, same)
		}
		looks[pixels] = command
	}
}

func TestPort(t *testing.T) {
	t.Parallel()
	b := newBench(nil)
	port := NewPort(b.Paper)
	wire, err := port.Open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := port.Open(context.Background()); !errors.Is(err, ErrBusy) {
		t.Errorf("a second handle: %v", err)
	}
	if _, err := wire.Write([]byte("hello\n\x1b@\x1b\x99")); err != nil || len(b.slips) != 1 {
		t.Errorf("ESC @ took away %d slips, %v", len(b.slips), err)
	}
	if _, err := wire.Write([]byte("hello\n\x1dr\x01")); err != nil || len(b.slips) != 2 {
		t.Errorf("after the slip's end there are %d slips, %v", len(b.slips), err)
	}
	answer := make([]byte, 8)
	if n, err := wire.Read(answer); n != 1 || err != nil || answer[0] != 0 {
		t.Errorf("the answer is % x, %v", answer[:n], err)
	}
	port.Set(Status{PaperOut: true})
	if _, err := wire.Write([]byte("more\n\x1dr\x01")); err != nil {
		t.Error(err)
	}
	if port.Set(Status{}); len(b.slips) != 3 {
		t.Errorf("with new paper there are %d slips", len(b.slips))
	}
	if u := port.Unknown(); len(u) != 1 {
		t.Errorf("unknown is %q", u)
	}
	done := make(chan error)
	go func() {
		_, err := io.Copy(io.Discard, wire)
		done <- err
	}()
	if err := wire.Close(); err != nil {
		t.Error(err)
	}
	if err := <-done; !errors.Is(err, os.ErrClosed) {
		t.Errorf("closing ends the read with %v", err)
	}
	if _, err := wire.Write([]byte("x")); !errors.Is(err, os.ErrClosed) {
		t.Errorf("writing to a closed port: %v", err)
	}
	if err := wire.Close(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("closing twice: %v", err)
	}
	if _, err := port.Open(context.Background()); err != nil {
		t.Errorf("opening again: %v", err)
	}
}

// FuzzPaper: no bytes make a printer panic, in no pieces, and what comes out is
// a picture.
func FuzzPaper(f *testing.F) {
	for _, command := range everything {
		f.Add([]byte(command+"X\n"), 3)
	}
	f.Add([]byte(strings.Join(everything, "\xcd\xa3")), 1)
	f.Add([]byte("\x1dv0\x00\xff\x00\xff\x00"), 2)
	f.Add([]byte("\x1b&\x03\x00\xff\xff"), 1)
	f.Fuzz(func(t *testing.T, stream []byte, size int) {
		if len(stream) > 4096 {
			return
		}
		b := newBench(nil)
		b.Slip = func(s Slip) { b.slips = []Slip{s} }
		for chunk := range slices.Chunk(stream, min(max(size, 1), 64)) {
			b.send(string(chunk))
		}
		b.Tear()
		for _, s := range b.slips {
			var file bytes.Buffer
			if err := s.WritePNG(&file); err != nil {
				t.Fatal(err)
			}
			if _, err := png.Decode(&file); err != nil {
				t.Fatal(err)
			}
		}
	})
}
