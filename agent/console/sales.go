package console

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/words"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// Sale is one of a lane's last sales.
type Sale struct {
	Key      entry.Seq // the order's, which a reprint names
	At       time.Time // when it was settled or ended, else when it began; zero when that is not known
	Title    string
	Number   string // of its newest attempt
	Phase    words.Phase
	Tender   words.Tender
	Network  string // as in words.Network; empty for cash and cards
	Amount   money.Fen
	Refunded money.Fen
}

const (
	salesShown  = 12
	salesWithin = 2 * time.Second // a disk that is busy does not keep a page from being shown
)

// sales keeps what was read of a lane, because many pages show the same and the
// store's one connection belongs to the sales that are made now.
type sales struct {
	mu    sync.Mutex
	stamp string // of the lane's orders when they were read; "" when they were not
	list  []Sale
}

// of are a lane's sales; they are read when its orders are not what they were.
// ok is false when they cannot be read now, which is tried again at the next look.
func (s *sales) of(ctx context.Context, stamp string, read func(context.Context) ([]Sale, error)) (list []Sale, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stamp == stamp {
		return s.list, true
	}
	ctx, cancel := context.WithTimeout(ctx, salesWithin)
	defer cancel()
	list, err := read(ctx)
	if err != nil {
		return nil, false // whoever reads it says so in the log
	}
	list = slices.Clone(list)
	for i := range list {
		list[i].Title, list[i].Number, list[i].Network = clean(list[i].Title), clean(list[i].Number), clean(list[i].Network)
	}
	s.stamp, s.list = stamp, list
	return list, true
}

// stampOf changes whenever one of the lane's sales may have.
func stampOf(v flow.View) string {
	var stamp strings.Builder
	for _, o := range append([]words.Order{v.Order}, v.Behind...) {
		fmt.Fprintln(&stamp, o.Turn, o.Key, o.Phase, o.Number, o.Trouble)
	}
	return stamp.String()
}

// by is the wallet that a sale was paid with; of cash and cards its state speaks already.
func (s Sale) by(lang words.Lang) string {
	if s.Tender == words.ByCash || s.Tender == words.ByCard {
		return ""
	}
	return words.Network(s.Network, lang)
}
