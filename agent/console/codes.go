package console

import (
	"fmt"

	"tillgate/agent/words"
)

// code is a QR code as pages draw it.
type code struct {
	words.QR
	Side int    // modules from edge to edge; 0 when it cannot be drawn
	Path string // SVG, one unit a module
}

// draw makes a code of a link. In place of one that cannot be drawn the page
// says that there is none: the payer can still show a code of their own.
func (c *console) draw(q words.QR) code {
	drawn, err := c.codes.Of(q.Link)
	if err != nil {
		return code{QR: q}
	}
	return code{QR: q, Side: drawn.Side, Path: drawn.Path}
}

// pixelsAtFirst is how many pixels a module has until the script has measured
// the place, which is also what a page without scripts shows.
const pixelsAtFirst = 5

func (q code) size() string { return fmt.Sprint(q.Side * pixelsAtFirst) }

func (q code) box() string { return fmt.Sprintf("0 0 %d %d", q.Side, q.Side) }

// left is how long a code is still good, in whole seconds; "" in a stream,
// whose reader counts for itself.
func (q code) left(mono int64) string {
	if mono == 0 {
		return ""
	}
	return fmt.Sprint(max(0, (q.Until-mono+999)/1000))
}

// expired tells whether a page that is loaded now is too late for a code.
func (q code) expired(mono int64) bool { return mono != 0 && q.Until <= mono }
