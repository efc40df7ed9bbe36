package gpio

import (
	"errors"
	"fmt"

	"github.com/warthog618/go-gpiocdev"
	periph "periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
)

// line is what we use of a gpiocdev.Line. Values are logical.
type line interface {
	SetValue(value int) error
	Value() (int, error)
	Close() error
}

// config is how a line is requested.
type config struct {
	output bool
	value  int // of an output, from the first moment
	pull   periph.Pull
	edge   periph.Edge
}

// request claims a line from the kernel. It calls onEdge, from another
// goroutine, at each edge that was asked for.
type request func(a Address, c config, onEdge func()) (line, error)

// eventsBuffered is what the kernel keeps of edges; its own 16 are few for a
// contact that chatters. We look at the level, not at the edges.
const eventsBuffered = 64

func fromKernel(a Address, c config, onEdge func()) (line, error) {
	options := []gpiocdev.LineReqOption{gpiocdev.WithConsumer("tillgate")}
	if a.ActiveLow {
		options = append(options, gpiocdev.AsActiveLow)
	}
	if c.output {
		options = append(options, gpiocdev.AsOutput(c.value))
	} else {
		options = append(options, gpiocdev.AsInput)
	}
	switch c.pull {
	case periph.Float:
		options = append(options, gpiocdev.WithBiasDisabled)
	case periph.PullUp:
		options = append(options, gpiocdev.WithPullUp)
	case periph.PullDown:
		options = append(options, gpiocdev.WithPullDown)
	}
	edges := map[periph.Edge]gpiocdev.LineEdge{
		periph.RisingEdge: gpiocdev.WithRisingEdge, periph.FallingEdge: gpiocdev.WithFallingEdge, periph.BothEdges: gpiocdev.WithBothEdges,
	}
	if edge, wanted := edges[c.edge]; wanted {
		options = append(options, edge, gpiocdev.WithEventBufferSize(eventsBuffered),
			gpiocdev.WithEventHandler(func(gpiocdev.LineEvent) { onEdge() }))
	}
	l, err := gpiocdev.RequestLine(a.Chip, a.Line, options...)
	if err != nil {
		return nil, fmt.Errorf("request line %s: %w", a, err)
	}
	return l, nil
}

var (
	errHalted = errors.New("the line was given back")
	errPWM    = errors.New("the line has no PWM")
)

func value(l periph.Level) int {
	if l == periph.High {
		return 1
	}
	return 0
}

// identity is what periph wants to know of any pin.
type identity struct {
	address Address
	does    string
}

func (i identity) String() string   { return i.address.String() }
func (i identity) Name() string     { return i.address.String() }
func (i identity) Number() int      { return i.address.Line }
func (i identity) Function() string { return i.does }

// PWM is not there.
func (*Out) PWM(periph.Duty, physic.Frequency) error { return errPWM }
