package main

import (
	"bytes"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"
)

// TestStaffFirst: the command prints a link that sets the first manager's PIN;
// from then on it takes the name of one whose PIN is lost, over a restart too.
func TestStaffFirst(t *testing.T) {
	t.Parallel()
	cfg, path := testConfig(t)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	path += ".first"
	write(t, path, strings.ReplaceAll(string(text), `listen = "127.0.0.1:8080"`, `listen = "127.0.0.1:0"`))
	first := func(name ...string) (out, problems string, exit int) {
		var o, p bytes.Buffer
		exit = execute(t.Context(), append([]string{"staff", "first", "--config", path}, name...), &o, &p)
		return o.String(), p.String(), exit
	}
	if _, why, exit := first("王芳"); exit != exitFailed || !strings.Contains(why, "no agent is running") {
		t.Errorf("without an agent: exit %d, %s", exit, why)
	}
	cfg.Console.Listen = "127.0.0.1:0"
	a := start(t, cfg)
	out, why, exit := first("王芳")
	for end := time.Now().Add(20 * time.Second); strings.Contains(why, "no agent is running") && time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		out, why, exit = first("王芳") // it has been built, and its socket opens in a moment
	}
	if exit != exitOK || !strings.HasPrefix(out, "王芳: http://127.0.0.1:") || !strings.Contains(out, "for 15 minutes") {
		t.Fatalf("exit %d, %s%s", exit, out, why)
	}
	link, _, _ := strings.Cut(strings.TrimPrefix(out, "王芳: "), "\n")
	answer, err := http.PostForm(link, url.Values{"pin": {"830174"}, "again": {"830174"}})
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if people := a.desk.Roster.People(); answer.StatusCode != http.StatusOK || len(people) != 1 || !people[0].PIN {
		t.Errorf("the link: %s, and %+v", answer.Status, people)
	}
	for _, c := range []struct {
		args []string
		exit int
		says string
	}{
		{nil, exitFailed, "name them"},
		{[]string{"李雷"}, exitFailed, "no such person"},
		{[]string{"王芳"}, exitOK, ""},
		{[]string{"a", "b"}, exitConfig, "one name at most"},
	} {
		if out, why, exit := first(c.args...); exit != c.exit || !strings.Contains(why, c.says) {
			t.Errorf("staff first %v: exit %d, %s%s, want %d and %q", c.args, exit, out, why, c.exit, c.says)
		}
	}
}

func TestRightsKey(t *testing.T) {
	t.Parallel()
	for text, ok := range map[string]bool{
		"Y02zxj8wqqJQXXiyzImFjVX2gBhtSQyVps/amXzocVs=": true,
		"Y02zxj8wqqJQXXiyzImFjVX2gBhtSQyVps/amXzocVs":  false, // not filled up
		"Y02zxj8wqqJQXXiyzImFjVX2gBhtSQyVps/amXzocVt=": false, // bits that mean nothing
		"AAAA": false,
		"":     false,
	} {
		var key rightsKey
		if err := key.UnmarshalText([]byte(text)); (err == nil) != ok || ok != (len(key.PublicKey) > 0) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
