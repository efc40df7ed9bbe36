package qr

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/skip2/go-qrcode"
)

const link = "weixin://wxpay/bizpayurl?pr=p4lpSuKzz"

// painted is a path as a browser fills it, in modules.
func painted(t *testing.T, c Code) [][]bool {
	t.Helper()
	grid := make([][]bool, c.Side)
	for y := range grid {
		grid[y] = make([]bool, c.Side)
	}
	bars := regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1H(\d+)z`)
	if left := bars.ReplaceAllString(c.Path, ""); left != "" {
		t.Fatalf("the path has %q", left)
	}
	for _, bar := range bars.FindAllStringSubmatch(c.Path, -1) {
		var n [4]int
		for i := range n {
			n[i], _ = strconv.Atoi(bar[i+1])
		}
		if n[3] != n[0] {
			t.Fatalf("the bar %v does not close where it began", bar)
		}
		for x := n[0]; x < n[0]+n[2]; x++ {
			grid[n[1]][x] = true
		}
	}
	return grid
}

func TestPathIsTheCodeWithItsQuietZone(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"a", link, "https://qr.alipay.com/bax03251lcxl3kzrvhwv0054", strings.Repeat("付款", 200)} {
		code, err := Of(text)
		if err != nil {
			t.Fatal(err)
		}
		bare, err := qrcode.New(text, level)
		if err != nil {
			t.Fatal(err)
		}
		want := bare.Bitmap() // go-qrcode draws a border of four modules too
		if code.Side != len(want) || code.Side != 17+4*bare.VersionNumber+2*Quiet {
			t.Fatalf("%q: %d modules a side, want %d", text, code.Side, len(want))
		}
		for y, row := range painted(t, code) {
			for x, dark := range row {
				if dark != want[y][x] {
					t.Fatalf("%q: module %d, %d is %v", text, x, y, dark)
				}
				if outside := min(x, y, code.Side-1-x, code.Side-1-y) < Quiet; outside && dark {
					t.Fatalf("%q: module %d, %d of the quiet zone is dark", text, x, y)
				}
			}
		}
	}
}

func TestPictureHasWholeModules(t *testing.T) {
	t.Parallel()
	code, err := Of(link)
	if err != nil {
		t.Fatal(err)
	}
	grid := painted(t, code)
	for _, pixels := range []int{1, 3, 8} {
		picture := draw(t, link, pixels)
		if side := picture.Bounds().Dx(); side != code.Side*pixels || picture.Bounds().Dy() != side {
			t.Fatalf("%d pixels a side, want %d modules of %d", side, code.Side, pixels)
		}
		for y := range code.Side * pixels {
			for x := range code.Side * pixels {
				r, _, _, _ := picture.At(x, y).RGBA()
				if dark := r == 0; dark != grid[y/pixels][x/pixels] {
					t.Fatalf("with %d pixels a module, pixel %d, %d is %v", pixels, x, y, dark)
				}
			}
		}
	}
}

func draw(t *testing.T, text string, pixels int) image.Image {
	t.Helper()
	var file bytes.Buffer
	if err := WritePNG(&file, text, pixels); err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(&file)
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

func TestPictureIsReadByAnotherProgram(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("zbarimg"); err != nil {
		t.Skip("QR codes are not read back: install the package zbar-tools")
	}
	path := filepath.Join(t.TempDir(), "code.png")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := WritePNG(file, link, 4); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("zbarimg", "-q", "--raw", path).Output()
	if got := strings.TrimSpace(string(out)); err != nil || got != link {
		t.Errorf("it reads %q, %v", got, err)
	}
}

func TestWhatCannotBeDrawn(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 3000)
	var cache Cache
	for name, refuses := range map[string]func() error{
		"nothing":           func() error { _, err := Of(""); return err },
		"too much":          func() error { _, err := Of(long); return err },
		"too much, cached":  func() error { _, err := cache.Of(long); return err },
		"too much, picture": func() error { return WritePNG(new(bytes.Buffer), long, 4) },
		"no pixels":         func() error { return WritePNG(new(bytes.Buffer), link, 0) },
	} {
		err := refuses()
		if err == nil || !strings.HasPrefix(err.Error(), "draw a") {
			t.Errorf("%s: %v", name, err)
		} else if strings.Contains(err.Error(), "xxx") {
			t.Errorf("%s: the link is in the error %v", name, err)
		}
	}
	if len(cache.order) != 0 {
		t.Error("a fault was kept")
	}
}

func TestCacheIsBounded(t *testing.T) {
	t.Parallel()
	var cache Cache
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for i := range cachedMax + 20 {
				text := fmt.Sprint(link, i)
				got, err := cache.Of(text)
				if want, _ := Of(text); err != nil || got != want {
					t.Errorf("%s: %v, or the code of another link", text, err)
				}
			}
		})
	}
	all.Wait()
	if len(cache.drawn) != cachedMax || len(cache.order) != cachedMax {
		t.Errorf("%d codes in an order of %d, want %d", len(cache.drawn), len(cache.order), cachedMax)
	}
	if _, ok := cache.drawn[fmt.Sprint(link, cachedMax+19)]; !ok {
		t.Error("the newest was forgotten")
	}
}

// TestWriteText holds the text against the modules: two rows a line, and the
// quiet zone light.
func TestWriteText(t *testing.T) {
	t.Parallel()
	const link = "weixin://wxpay/bizpayurl/up?pr=abcdef&groupid=00"
	var text strings.Builder
	if err := WriteText(&text, link); err != nil {
		t.Fatal(err)
	}
	modules, err := modulesOf(link)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(text.String(), "\n"), "\n")
	if want := (len(modules) + 2*Quiet + 1) / 2; len(lines) != want {
		t.Fatalf("%d lines, want %d", len(lines), want)
	}
	for y, line := range lines {
		for x, char := range []rune(line) {
			for half := range 2 {
				row, column := 2*y+half-Quiet, x-Quiet
				dark := row >= 0 && row < len(modules) && column >= 0 && column < len(modules) && modules[row][column]
				light := char == '█' || half == 0 && char == '▀' || half == 1 && char == '▄'
				if light == dark {
					t.Fatalf("module %d,%d is drawn light %v, and is dark %v", column, row, light, dark)
				}
			}
		}
	}
	if WriteText(&text, "") == nil {
		t.Error("an empty link is drawn")
	}
}
