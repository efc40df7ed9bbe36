//go:build bench

package console

import (
	"fmt"
	"regexp"
	"testing"

	"tillgate/agent/words"
)

// pageBytesMax is what the first load of the cashier's page may weigh, with
// everything that it loads, as bytes on the wire without heads.
const pageBytesMax = 100_000

// TestFiguresOfThePages loads the cashier's page as a browser does that has
// nothing: the page, each file that it names, and the parts that its stream
// begins with.
func TestFiguresOfThePages(t *testing.T) {
	b := newBench(func(o *Options) { o.Mono = func() int64 { return 1 } })
	showCode(b, payLink)
	for range eventsMax {
		b.board.Note(Event{From: "counter-1", Text: words.Show(words.Order{Phase: words.Checking}, words.En).What})
	}
	first := b.ask("GET", "/lanes/counter-1", "").Body.String()
	total := len(first)
	fmt.Printf("# the cashier's page with a QR code: %d bytes\n", total)
	for _, file := range regexp.MustCompile(`(?:src|href|data-feed)="(/static/[^"]+)"`).FindAllStringSubmatch(first, -1) {
		got := b.ask("GET", file[1], "")
		if got.Code != 200 {
			t.Fatalf("%s: %d", file[1], got.Code)
		}
		fmt.Printf("# %s: %d bytes\n", file[1], got.Body.Len())
		total += got.Body.Len()
	}
	address := serve(t, b)
	stream := openStream(t, address, "page=cashier:counter-1")
	for range 3 {
		total += len(stream.next(t).HTML)
	}
	fmt.Printf("bench page.bytes %d bytes\n", total)
	if total > pageBytesMax {
		t.Errorf("page.bytes is %d, beyond its limit of %d", total, pageBytesMax)
	}
}
