package sim

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// Story is what happened in one seed, line by line.
type Story struct {
	mu    sync.Mutex
	begin time.Time
	lines []string
}

// Tell adds a line under the bubble's time.
func (s *Story) Tell(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.begin.IsZero() {
		s.begin = time.Now()
	}
	s.lines = append(s.lines, fmt.Sprintf("%9.3fs  ", time.Since(s.begin).Seconds())+fmt.Sprintf(format, args...))
}

// WriteTo writes the story out.
func (s *Story) WriteTo(w io.Writer) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var total int64
	for _, line := range s.lines {
		n, err := fmt.Fprintln(w, line)
		total += int64(n)
		if err != nil {
			return total, err
		}
	}
	return total, nil
}

// MarshalJSON writes the lines.
func (s *Story) MarshalJSON() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return json.Marshal(s.lines)
}

// plain is an error without what the machine that plays it adds: SQLite takes
// the operating system's last error from whoever had one.
func plain(err error) string {
	const noise = "disk I/O error"
	text := err.Error()
	if i := strings.Index(text, noise); i >= 0 {
		return text[:i+len(noise)]
	}
	return text
}
