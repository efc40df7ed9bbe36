package sim

import (
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"
)

// Options say what to play.
type Options struct {
	From  uint64 `json:"from"` // first seed
	Seeds int    `json:"seeds"`
	Steps int    `json:"steps"` // of each; 0 is Steps
	Scene Scene  `json:"scene,omitempty"`
	Bug   Bug    `json:"bug,omitempty"`
	Cores int    `json:"-"` // played at once; 0 is one on each core
}

// hangs is how long a seed may take by a real clock: one that goes round in
// circles without letting time go by never ends.
const hangs = 2 * time.Minute

// Run plays seeds, several at once, and hands each outcome to each, one at a
// time, as they end. It stops when each answers false.
func Run(t *testing.T, o Options, each func(Outcome) bool) {
	if o.Steps == 0 {
		o.Steps = Steps
	}
	if o.Cores == 0 {
		o.Cores = runtime.GOMAXPROCS(0)
	}
	seeds := make(chan uint64)
	done := make(chan struct{})
	var once sync.Once
	go func() {
		defer close(seeds)
		for i := range o.Seeds {
			select {
			case seeds <- o.From + uint64(i):
			case <-done:
				return
			}
		}
	}()
	var group sync.WaitGroup
	var turn sync.Mutex
	for range o.Cores {
		group.Go(func() {
			for seed := range seeds {
				out := playInTime(t, seed, o)
				turn.Lock()
				more := each(out)
				turn.Unlock()
				if !more {
					once.Do(func() { close(done) })
				}
			}
		})
	}
	group.Wait()
}

func playInTime(t *testing.T, seed uint64, o Options) Outcome {
	alarm := time.AfterFunc(hangs, func() {
		panic(fmt.Sprintf("seed %d has been playing for %s: something goes round in circles", seed, hangs))
	})
	defer alarm.Stop()
	return Play(t, seed, o)
}
