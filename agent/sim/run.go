package sim

import (
	"fmt"
	"runtime"
	"sync"
	"syscall"
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

// hangs is how long the process may work while a seed is being played: one that goes
// round in circles without letting time go by never ends. A real clock would blame a
// seed for a machine that has other things to do.
const hangs = 4 * time.Minute

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
	began := worked()
	look := time.NewTicker(time.Minute)
	over := make(chan struct{})
	defer close(over)
	defer look.Stop()
	go func() {
		for {
			select {
			case <-look.C:
				if worked()-began > hangs {
					panic(fmt.Sprintf("the process has worked for %s since seed %d began: something goes round in circles", hangs, seed))
				}
			case <-over:
				return
			}
		}
	}()
	return Play(t, seed, o)
}

// worked is how long the process has been at work, on all cores together.
func worked() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0 // then nothing is seen to hang
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
