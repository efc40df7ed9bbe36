package store_test

import (
	"context"
	"testing"

	"tillgate/store"
	"tillgate/store/entry"
)

func TestBootSince(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	for i, row := range []struct {
		boot string
		want entry.Seq // every start writes one entry
	}{{"a", 1}, {"a", 1}, {"b", 3}, {"b", 3}, {"", 0}, {"", 0}, {"c", 7}, {"c", 7}} {
		opts := l.options()
		opts.Boot = row.boot
		s, err := store.Open(context.Background(), opts)
		must(t, err)
		got, err := s.BootSince(context.Background())
		must(t, err)
		if _, head, _ := s.Head(); got != row.want || head != entry.Seq(i+1) {
			t.Errorf("start %d, boot %q: since entry %d, want %d; the newest is %d", i, row.boot, got, row.want, head)
		}
		must(t, s.Close())
	}
}
