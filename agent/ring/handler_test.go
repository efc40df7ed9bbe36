package ring

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"
	"testing/slogtest"
	"time"

	"tillgate/agent/pay"
)

// TestHandlersAreHandlers: what is put in between changes nothing of what
// handlers promise.
func TestHandlersAreHandlers(t *testing.T) {
	t.Parallel()
	for name, wrap := range map[string]func(*Ring, slog.Handler) slog.Handler{
		"hiding": func(_ *Ring, h slog.Handler) slog.Handler { return Hiding(h, hide()) },
		"kept":   (*Ring).Handler,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out *bytes.Buffer
			kept := New(t.TempDir(), hide())
			slogtest.Run(t, func(*testing.T) slog.Handler {
				out = new(bytes.Buffer)
				return wrap(kept, slog.NewJSONHandler(out, nil))
			}, func(t *testing.T) map[string]any {
				kept.out.wait()
				got := map[string]any{}
				if err := json.Unmarshal(out.Bytes(), &got); err != nil {
					t.Fatal(err)
				}
				return got
			})
		})
	}
}

func TestKeepsWhatIsLogged(t *testing.T) {
	t.Parallel()
	r := New(t.TempDir(), hide())
	var out bytes.Buffer
	log := slog.New(r.Handler(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelWarn})))
	log.Debug("no")
	log.Info("network answered", "do", "query", "text", "a b", "empty", "", "n", 5)
	with := log.With("device", "gate").WithGroup("port").With("baud", 9600)
	with.Warn("device lost", "err", errors.New("no such device"), slog.Group("try", "in", time.Second), slog.Group("none"), slog.Attr{})
	log.WithGroup("").Error("x")
	want := []string{
		`network answered do=query text="a b" empty="" n=5`,
		`device lost device=gate port.baud=9600 port.err="no such device" port.try.in=1s`,
		"x",
	}
	if got := texts(t, r.Lines()); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("kept %q\nwant %q", got, want)
	}
	if l := r.Lines()[1]; l.Level != slog.LevelWarn || l.From != Log || time.Since(l.At) > time.Minute {
		t.Errorf("%+v", l)
	}
	r.out.wait()
	if got := out.String(); strings.Contains(got, "network answered") || !strings.Contains(got, `port.try.in=1s`) {
		t.Errorf("handed on: %s", got)
	}
	if log.Enabled(t.Context(), slog.LevelDebug) {
		t.Error("debug is made although nobody wants it")
	}
	debug := slog.New(r.Handler(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug})))
	debug.Debug("detail")
	r.out.wait()
	if !strings.Contains(out.String(), "detail") || len(r.Lines()) != 3 {
		t.Error("debug is for standard error, not for the ring")
	}
}

// scan prints itself as what was scanned.
type scan struct{ text string }

func (s scan) String() string { return "scan of " + s.text }

// told logs itself as several values.
type told struct{ text string }

func (v told) LogValue() slog.Value {
	return slog.GroupValue(slog.String("inner", v.text), slog.Any("again", scan(v)))
}

// TestHides puts a code and a key into everything that a log call takes.
func TestHides(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{code, key, "1345 6789 0123 4567 89"} {
		for form, call := range map[string]func(*slog.Logger){
			"message":  func(l *slog.Logger) { l.Info("read " + secret) },
			"string":   func(l *slog.Logger) { l.Info("m", "a", secret) },
			"key":      func(l *slog.Logger) { l.Info("m", secret, 1) },
			"error":    func(l *slog.Logger) { l.Info("m", "err", fmt.Errorf("scan %s: %w", secret, errors.New("refused"))) },
			"stringer": func(l *slog.Logger) { l.Info("m", "a", scan{secret}) },
			"pointer":  func(l *slog.Logger) { l.Info("m", "a", &scan{secret}) },
			"fields":   func(l *slog.Logger) { l.Info("m", "a", struct{ s string }{secret}) },
			"slice":    func(l *slog.Logger) { l.Info("m", "a", []string{"x", secret}) },
			"map":      func(l *slog.Logger) { l.Info("m", "a", map[string]any{secret: secret}) },
			"bytes":    func(l *slog.Logger) { l.Info("m", "a", []byte(secret)) },
			"json":     func(l *slog.Logger) { l.Info("m", "a", json.RawMessage(secret)) },
			"valuer":   func(l *slog.Logger) { l.Info("m", "a", told{secret}) },
			"group":    func(l *slog.Logger) { l.Info("m", slog.Group("g", "a", secret, slog.Group("h", "b", scan{secret}))) },
			"with":     func(l *slog.Logger) { l.With("a", secret, slog.Group("g", "b", secret)).Info("m") },
			"in group": func(l *slog.Logger) { l.WithGroup(secret).With("a", scan{secret}).Info("m", "b", secret) },
		} {
			for name, write := range map[string]func(*bytes.Buffer) slog.Handler{
				"text": func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
				"json": func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
			} {
				var out bytes.Buffer
				call(slog.New(Hiding(write(&out), hide())))
				if got := out.String(); strings.Contains(got, secret) || !strings.Contains(got, "***") {
					t.Errorf("%s in %s: %s", secret, name+" "+form, got)
				}
			}
		}
	}
}

func TestHidesNumbersAndNothingElse(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := slog.New(Hiding(slog.NewTextHandler(&out, nil), hide()))
	log.Info("m", "a", int64(134567890123456789), "b", uint64(281234567890123456), "c", pay.Secret(code), "seq", 42, "yes", true, "took", time.Second,
		"rate", 0.5, "nothing", nil, "number", "100000010001971980000010", "bad", (*os.PathError)(nil))
	_, got, _ := strings.Cut(strings.TrimSpace(out.String()), "msg=m ")
	want := "a=*** b=*** c=*** seq=42 yes=true took=1s rate=0.5 nothing=<nil> number=100000010001971980000010 bad=<nil>"
	if got != want {
		t.Errorf("%s\n%s", got, want)
	}
	if !log.Enabled(t.Context(), slog.LevelInfo) || log.Enabled(t.Context(), slog.LevelDebug) {
		t.Error("it changes the level")
	}
}
