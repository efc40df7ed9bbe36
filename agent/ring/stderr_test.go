package ring

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"syscall"
	"testing"
)

// TestStderr: fields go to the journal only when it is the journal that reads
// standard error.
func TestStderr(t *testing.T) {
	file, err := os.CreateTemp(t.TempDir(), "stderr")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	stat := info.Sys().(*syscall.Stat_t)
	stream := fmt.Sprintf("%d:%d", stat.Dev, stat.Ino)
	for _, row := range []struct {
		stream  string
		file    bool
		journal bool
	}{{stream, true, true}, {stream, false, false}, {"", true, false}, {stream + "0", true, false}, {"8:1", true, false}} {
		t.Setenv("JOURNAL_STREAM", row.stream) // so this test is not parallel
		var out bytes.Buffer
		h := Stderr(&out, slog.LevelWarn)
		if row.file {
			h = Stderr(file, slog.LevelWarn)
		}
		if _, journal := h.(fielded); journal != row.journal {
			t.Errorf("$JOURNAL_STREAM %q: %T", row.stream, h)
		}
		if h.Enabled(t.Context(), slog.LevelInfo) || !h.Enabled(t.Context(), slog.LevelWarn) {
			t.Errorf("%T has another level", h)
		}
		if slog.New(h).Error("lost", "device", "gate"); !row.file && !strings.Contains(out.String(), "level=ERROR msg=lost device=gate") {
			t.Errorf("text: %s", out.String())
		}
	}
}

func TestFields(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := slog.New(fielded{next: slog.NewJSONHandler(&out, nil)})
	log.With("device", "gate 1").WithGroup("Port").Warn("device lost", "retry_in", 5, "x-y", true, slog.Group("g", "é1", "v"))
	got := map[string]any{}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	delete(got, "time")
	want := `map[DEVICE:gate 1 PORT:map[G:map[:v] RETRY_IN:5 X_Y:true] level:WARN msg:device lost device="gate 1" Port.retry_in=5 Port.x-y=true Port.g.é1=v]`
	if fmt.Sprint(got) != want {
		t.Errorf("%v\n%s", got, want)
	}
	for key, name := range map[string]string{"a": "A", "_priority": "PRIORITY", "9to5": "TO5", "": "", "do": "DO", "not.found": "NOT_FOUND"} {
		if got := fieldName(key); got != name {
			t.Errorf("%q becomes %q, want %q", key, got, name)
		}
	}
}
