//go:build bench

package qr

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/skip2/go-qrcode"
)

const (
	ratioMax = 1.1
	rounds   = 15
	links    = 60 // a round
)

// TestFiguresOfTheCode compares a link that becomes a path with go-qrcode's bare
// matrix of the same link, in turns, so that both meet the same machine.
func TestFiguresOfTheCode(t *testing.T) {
	var ours, bare []time.Duration
	for round := range rounds {
		bare = append(bare, took(round, func(text string) {
			code, err := qrcode.New(text, level)
			if err != nil {
				t.Fatal(err)
			}
			code.Bitmap()
		}))
		ours = append(ours, took(round, func(text string) {
			if _, err := Of(text); err != nil {
				t.Fatal(err)
			}
		}))
	}
	slices.Sort(ours)
	slices.Sort(bare)
	ratio := float64(ours[rounds/2]) / float64(bare[rounds/2])
	fmt.Printf("# a link becomes a path in %v, a bare matrix in %v\n", ours[rounds/2]/links, bare[rounds/2]/links)
	fmt.Printf("bench qr.ratio %.3f ratio\n", ratio)
	if ratio > ratioMax {
		t.Errorf("qr.ratio is %.3f, beyond its limit of %v", ratio, ratioMax)
	}
}

func took(round int, draw func(string)) time.Duration {
	start := time.Now()
	for i := range links {
		draw(fmt.Sprintf("weixin://wxpay/bizpayurl?pr=%09d", round*links+i))
	}
	return time.Since(start)
}
