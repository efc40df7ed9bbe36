package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"tillgate/agent/api/client"
	"tillgate/agent/duty"
	"tillgate/agent/pay"
	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
)

// watchedAgent is an agent whose journal is looked at after everything that people do.
type watchedAgent struct {
	t    *testing.T
	cfg  *config
	a    *agent
	base string
	who  map[string]*http.Client // browsers
	li   string
	sold int
}

const wangPIN = "916283"

// liOnTheSpot types a PIN for what takes one while the clock proves nothing.
var liOnTheSpot = duty.Spot{Name: "Li", PIN: "830174"}

func newLedger(t *testing.T) *watchedAgent {
	t.Helper()
	cfg, _ := outsideConfig(t)
	cfg.Console.Listen, cfg.Console.Cert, cfg.Console.CertKey = strings.Replace(cfg.Console.Listen, "0.0.0.0", "127.0.0.1", 1), source{}, source{}
	w := &watchedAgent{t: t, cfg: cfg, a: start(t, cfg), who: map[string]*http.Client{}}
	untilSocket(t, cfg)
	w.base = "http://" + w.a.page.Addr().String()
	w.li = hired(t, w.a, "Li", "830174")
	w.must(w.a.desk.SetPerson(t.Context(), w.li, staff.Person{Name: "Wang", Role: staff.Clerk}, liOnTheSpot))
	link, err := w.a.desk.Activate(t.Context(), w.li, w.wang().ID)
	w.must(err)
	w.must(w.a.desk.Finish(t.Context(), link.Token, wangPIN))
	return w
}

func (w *watchedAgent) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *watchedAgent) wang() staff.Person {
	p, _ := w.a.desk.Roster.Named("Wang")
	return p
}

// signs signs somebody in at a browser of their own.
func (w *watchedAgent) signs(name, pin string) {
	w.t.Helper()
	jar, _ := cookiejar.New(nil)
	w.who[name] = &http.Client{Jar: jar}
	w.posts(name, "/sign-in", url.Values{"name": {name}, "pin": {pin}})
}

func (w *watchedAgent) posts(name, path string, form url.Values) {
	w.t.Helper()
	answer, err := w.who[name].PostForm(w.base+path, form)
	w.must(err)
	answer.Body.Close()
}

func (w *watchedAgent) gets(name, path string) {
	w.t.Helper()
	answer, err := w.who[name].Get(w.base + path)
	w.must(err)
	_, err = io.Copy(io.Discard, answer.Body)
	answer.Body.Close()
	w.must(err)
}

func (w *watchedAgent) program() *client.Client {
	w.t.Helper()
	p, err := w.cfg.program("reports", "")
	w.must(err)
	return p
}

// paid is an order of 50.00 that somebody has paid in cash.
func (w *watchedAgent) paid() entry.Seq {
	w.t.Helper()
	number := w.a.store.Number()
	entries, err := w.a.store.Commit(context.Background(), store.Step{Done: true, Entries: []entry.Draft{
		entry.New(entry.Opened, entry.OpenedBody{Lane: "exit-1", Amount: 5000}),
		entry.New(entry.Asked, entry.AskedBody{Number: number, Network: "cash", Way: "cash"}),
		entry.New(entry.Settled, entry.SettledBody{Number: number, Amount: 5000, Settled: 5000})}})
	w.must(err)
	return entries[0].Key
}

// TestWhatPeopleDoIsJournaled: every sign-in, override, export and setting, however it
// is asked for, is an entry that says who.
func TestWhatPeopleDoIsJournaled(t *testing.T) {
	t.Parallel()
	w := newLedger(t)
	ctx := t.Context()
	refund := func(yes *client.Approval) {
		_, err := w.program().Refund(ctx, fmt.Sprint("refund-", w.sold), client.RefundRequest{Order: int64(w.paid()), Amount: 100, Reason: "broken", Approval: yes})
		w.sold++
		w.must(err)
	}
	for _, c := range []struct {
		name string
		do   func()
		kind entry.Kind
		has  []string // of the entry's body
	}{
		{"signing in", func() { w.signs("Li", "830174") }, entry.SignedIn, []string{`"p":"local-1"`, `"f":"session"`, `"w":"page `}},
		{"a clerk, too", func() { w.signs("Wang", wangPIN) }, entry.SignedIn, []string{`"p":"local-2"`}},
		{"a report's file by page", func() { w.gets("Li", "/reports.csv?by=lane") }, entry.Exported, []string{`"w":"report"`, `"b":"local-1"`, `"d":"page"`, `"f":`}},
		{"the details by page", func() { w.gets("Li", "/reports.csv?what=details") }, entry.Exported, []string{`"b":"local-1"`, `"d":"page"`}},
		{"a report's file by API", func() { w.must(w.program().ReportFile(ctx, client.ReportQuery{By: []string{"lane"}}, io.Discard)) }, entry.Exported, []string{`"w":"report"`, `"b":"till"`, `"d":"api"`}},
		{"the details by API", func() { w.must(w.program().ReportFile(ctx, client.ReportQuery{Details: true}, io.Discard)) }, entry.Exported, []string{`"b":"till"`, `"d":"api"`}},
		{"the journal by command", func() { w.must(export(ctx, w.cfg, io.Discard, 1, 0)) }, entry.Exported, []string{`"w":"journal"`, `"b":"console"`, `"d":"command"`}},
		{"a setting", func() { w.must(w.a.desk.Set(ctx, w.li, words.SettingSecondLimit, "500")) }, entry.SettingSet, []string{`"b":"local-1"`, `"v":"500.00"`, `"o":"1000.00"`}},
		{"a key to approve with", func() {
			_, err := w.a.desk.Enrol(ctx, liOnTheSpot, "page", "")
			w.must(err)
		}, entry.SettingSet, []string{`"b":"local-1"`}},
		{"a rule that is set aside", func() {
			_, err := w.a.desk.Override(ctx, duty.Overrule{By: w.li, What: "gate", Lane: "exit-1", Why: "ambulance"})
			w.must(err)
		}, entry.Override, []string{`"w":"gate"`, `"b":"local-1"`, `"y":"ambulance"`}},
		{"a PIN on the spot", func() { refund(&client.Approval{Name: "Li", PIN: "830174"}) }, entry.SignedIn, []string{`"p":"local-1"`, `"f":"spot"`}},
		{"what it approves", func() { refund(&client.Approval{Name: "Li", PIN: "830174"}) }, entry.Approved, []string{`"b":"local-1"`, `"p":"till"`, `"h":"pin"`, `"a":100`}},
		{"signing out", func() { w.posts("Li", "/sign-out", nil) }, entry.SignedOut, []string{`"p":"local-1"`, `"y":"person"`}},
		{"losing one's rights", func() {
			wang := w.wang()
			wang.Off = true
			w.must(w.a.desk.SetPerson(ctx, w.li, wang, liOnTheSpot))
			w.gets("Wang", "/shift")
		}, entry.SignedOut, []string{`"p":"local-2"`, `"y":"rights"`}},
		{"who is switched off", func() { w.signs("Wang", wangPIN) }, entry.SignInRefused, []string{`"p":"local-2"`, `"y":"off"`}},
		{"a name that nobody has", func() { w.signs("Sun", "830174") }, entry.SignInRefused, []string{`"y":"name"`}},
		{"a link to set a PIN with", func() {
			var out bytes.Buffer
			w.must(askFirst(ctx, w.cfg, "Li", &out))
		}, entry.Activation, []string{`"p":"local-1"`, `"b":"console"`}},
		{"a wrong PIN", func() { w.signs("Li", "999999") }, entry.SignInRefused, []string{`"p":"local-1"`, `"y":"pin"`}},
	} {
		_, before, _ := w.a.store.Head()
		c.do()
		_, head, _ := w.a.store.Head()
		entries, err := w.a.store.Entries(ctx, before, int(head-before)+1)
		w.must(err)
		found := 0
		for _, e := range entries {
			if e.Kind == c.kind && all(string(e.Body), c.has) {
				found++
			}
		}
		if found != 1 {
			t.Errorf("%s: %d entries %q with %q, in all there are %v", c.name, found, c.kind, c.has, texts(entries))
		}
	}
}

// all tells whether a text has every part.
func all(text string, parts []string) bool {
	for _, part := range parts {
		if !strings.Contains(text, part) {
			return false
		}
	}
	return true
}

func texts(entries []entry.Entry) (all []string) {
	for _, e := range entries {
		all = append(all, pay.Redact(fmt.Sprintf("%s %s", e.Kind, e.Body)))
	}
	return all
}
