package collect

import (
	"context"
	"fmt"
)

// Settings are what decides whether a commit is on the disk.
func (s *SQLite) Settings(ctx context.Context) string {
	var mode string
	var synchronous int
	if err := s.db.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode); err != nil {
		return err.Error()
	}
	if err := s.db.QueryRowContext(ctx, "PRAGMA synchronous").Scan(&synchronous); err != nil {
		return err.Error()
	}
	return fmt.Sprint(mode, " ", synchronous)
}
