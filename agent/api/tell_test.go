package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/api/client"
	"tillgate/agent/flow"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

// prints is the shop's printer.
func (s *shop) prints(_ context.Context, e flow.Effect) error {
	s.devices.Lock()
	wait, jam := s.wait, s.jam
	s.devices.Unlock()
	if wait != nil {
		<-wait
	}
	if e.Told == nil || jam != nil {
		return jam
	}
	return s.says(context.Background(), e)
}

// says is the shop's speaker.
func (s *shop) says(_ context.Context, e flow.Effect) error {
	s.devices.Lock()
	defer s.devices.Unlock()
	if e.Told != nil {
		s.told = append(s.told, *e.Told)
	}
	return nil
}

// tells posts what a lane is to tell, and reads what has become of it.
func (s *shop) tells(path, key, body string) (got reply, told client.Told) {
	s.t.Helper()
	got = s.post(path, key, body)
	json.Unmarshal(got.text, &told) //nolint:errcheck // a problem has no state
	return got, told
}

const (
	slip   = `{"lane":"lane-0","title":"排队号","lines":["A017","前面 3 人 3 before you"],"barcode":"0017","qr":"https://shop.example/q/17"}`
	phrase = `{"lane":"lane-0","text":"请","text_en":"please","plate":"粤B12345","amount_fen":1250}`
	notice = `{"lane":"lane-0","text":"二号柜台","text_en":"Counter two","amount_fen":500,"for_s":60}`
)

// TestTell: what a program has a lane show, print and say is durable before it
// happens, happens once, and its answer says what has become of it.
func TestTell(t *testing.T) {
	t.Parallel()
	inShop(t, func(t *testing.T, s *shop) {
		for _, c := range []struct{ path, body, what string }{{"/print", slip, "slip"}, {"/speak", phrase, "voice"}, {"/display", notice, "display"}} {
			got, told := s.tells(c.path, c.what, c.body)
			if got.status != http.StatusAccepted || told.State != "done" || told.What != c.what || told.WhatZh == "" || told.MoneyEn == "" {
				t.Errorf("%s: %d %s", c.path, got.status, got.text)
			}
			if got := s.post(c.path, c.what, strings.Replace(c.body, "lane-0", "lane-1", 1)); got.cause() != string(keyReused) {
				t.Errorf("%s with other parameters: %d %s", c.path, got.status, got.text)
			}
		}
		if len(s.told) != 2 || s.told[0].Title != "排队号" || s.told[0].By != "till" || s.told[0].Site != "Shop" || s.told[1].Plate != "粤B12345" || s.told[1].Amount != 1250 {
			t.Errorf("the devices had %+v", s.told)
		}
		if v, _ := s.lanes[0].View(); v.Notice != (words.Notice{Zh: "二号柜台", En: "Counter two", Amount: 500}) || time.Until(v.Until) != time.Minute {
			t.Errorf("the lane shows %+v for %s", v.Notice, time.Until(v.Until))
		}
		bodies := kinds[entry.ToldBody](s, entry.Told)
		if len(bodies) != 3 || bodies[0] != (entry.ToldBody{Lane: "lane-0", What: "slip", By: "till"}) || bodies[2].For != 60 {
			t.Errorf("the journal has %+v", bodies)
		}
		s.restart()
		entries := s.entries()
		if got, told := s.tells("/print", "slip", slip); got.status != http.StatusAccepted || told.State != "done" || len(s.told) != 2 || s.entries() != entries {
			t.Errorf("again after a restart: %s, %d slips", got.text, len(s.told))
		}
		s.post("/display", "second", notice)
		synctest.Wait()
		s.post("/sales", "sale", owes).answer(t)
		if v, _ := s.lanes[0].View(); v.Notice != (words.Notice{}) {
			t.Errorf("beside an order the lane shows %+v", v.Notice)
		}
	})
}

// TestATroubledDevice: what did not happen is not told as done, nor done later.
func TestATroubledDevice(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		jam   error
		wait  bool
		state string
	}{
		"out of paper":      {fmt.Errorf("no paper: %w", flow.ErrNotStarted), false, "held"},
		"torn on the way":   {errors.New("cover open"), false, "failed"},
		"busy for a minute": {nil, true, "held"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inShop(t, func(t *testing.T, s *shop) {
				s.jam = c.jam
				if c.wait { // with a slip of its own
					s.wait = make(chan struct{})
					s.costs("paid", "lane-0", 1250)
					synctest.Wait()
				}
				got, told := s.tells("/print", "k", slip)
				if got.status != http.StatusAccepted || told.State != c.state {
					t.Errorf("%d %s, want %s", got.status, got.text, c.state)
				}
				s.jam = nil
				if c.wait {
					close(s.wait)
				}
				time.Sleep(time.Minute)
				if len(s.told) != 0 {
					t.Errorf("it came out later: %+v", s.told)
				}
				if got, told := s.tells("/print", "another", slip); told.State != "done" {
					t.Errorf("the next: %d %s", got.status, got.text)
				}
			})
		})
	}
}

// TestNothingIsSaidOverAPayment: not while somebody waits for its result, also
// where the payment came first.
func TestNothingIsSaidOverAPayment(t *testing.T) {
	t.Parallel()
	inShop(t, func(t *testing.T, s *shop) {
		s.bank.hold = make(chan struct{})
		s.post("/sales", "k", strings.Replace(owes, "}", `,"code":"`+code+`"}`, 1)).answer(t)
		if got := s.post("/speak", "over", phrase); got.status != http.StatusConflict || got.cause() != string(underWay) {
			t.Errorf("over it: %d %s", got.status, got.text)
		}
		close(s.bank.hold)
		synctest.Wait()
		if got, told := s.tells("/speak", "over", phrase); told.State != "done" {
			t.Errorf("after it: %d %s", got.status, got.text)
		}
	})
}

// TestWhatCannotBeTold: nothing of it reaches a device or the journal.
func TestWhatCannotBeTold(t *testing.T) {
	t.Parallel()
	inShop(t, func(t *testing.T, s *shop) {
		entries := s.entries()
		lines := func(n int) string { return `{"lane":"lane-0","lines":["x"` + strings.Repeat(`,"x"`, n-1) + `]}` }
		for name, c := range map[string]struct {
			token, path, body string
			status            int
		}{
			"a payment code on paper":  {tillToken, "/print", `{"lane":"lane-0","lines":["` + code + `"]}`, 400},
			"a payment code in a QR":   {tillToken, "/print", `{"lane":"lane-0","lines":["x"],"qr":"` + code + `"}`, 400},
			"a payment code aloud":     {tillToken, "/speak", `{"lane":"lane-0","text":"` + code + `"}`, 400},
			"a payment code on screen": {tillToken, "/display", `{"lane":"lane-0","text":"1345 6789 0123 4567 89"}`, 400},
			"no lines":                 {tillToken, "/print", `{"lane":"lane-0","lines":[]}`, 400},
			"too many lines":           {tillToken, "/print", lines(41), 400},
			"a long line":              {tillToken, "/print", `{"lane":"lane-0","lines":["` + strings.Repeat("长", 101) + `"]}`, 400},
			"printer's own signs":      {tillToken, "/print", `{"lane":"lane-0","lines":["\u001b@"]}`, 400},
			"a barcode of letters":     {tillToken, "/print", `{"lane":"lane-0","lines":["x"],"barcode":"A1"}`, 400},
			"a long text":              {tillToken, "/speak", `{"lane":"lane-0","text":"` + strings.Repeat("长", 41) + `"}`, 400},
			"nothing to say":           {tillToken, "/speak", `{"lane":"lane-0","text":""}`, 400},
			"nothing to show":          {tillToken, "/display", `{"lane":"lane-0"}`, 400},
			"for an hour":              {tillToken, "/display", `{"lane":"lane-0","text":"x","for_s":3600}`, 400},
			"no such lane":             {tillToken, "/display", `{"lane":"lane-9","text":"x"}`, 404},
			"another's lane":           {lane0Token, "/display", `{"lane":"lane-1","text":"x"}`, 403},
			"no printer":               {tillToken, "/print", `{"lane":"lane-1","lines":["x"]}`, 409},
			"no right to print":        {readerToken, "/print", slip, 403},
			"no right to speak":        {readerToken, "/speak", phrase, 403},
			"no right to show":         {readerToken, "/display", notice, 403},
		} {
			if got := s.serve(request(http.MethodPost, c.path, c.token, "k", c.body)); got.status != c.status || got.cause() == "" {
				t.Errorf("%s: %d %s, want %d", name, got.status, got.text, c.status)
			}
		}
		if now := s.entries(); now != entries || len(s.told) != 0 {
			t.Errorf("%d entries were written, and %d things told", now-entries, len(s.told))
		}
	})
}

// TestTellingHasABound: a lane is told so much, and one thing at a time is at its printer.
func TestTellingHasABound(t *testing.T) {
	t.Parallel()
	inShop(t, func(t *testing.T, s *shop) {
		s.wait = make(chan struct{})
		if _, told := s.tells("/print", "first", slip); told.State != "given" {
			t.Errorf("a printer at work: %+v", told)
		}
		if got := s.post("/print", "second", slip); got.status != http.StatusServiceUnavailable || got.cause() != string(laneBusy) {
			t.Errorf("another beside it: %d %s", got.status, got.text)
		}
		close(s.wait)
		synctest.Wait()
		if _, told := s.tells("/print", "first", slip); told.State != "done" {
			t.Errorf("in the end: %+v", told)
		}
		time.Sleep(time.Minute)
		for i := range toldAtOnce {
			if got := s.post("/display", fmt.Sprint("n", i), notice); got.status != http.StatusAccepted {
				t.Fatalf("notice %d: %d %s", i, got.status, got.text)
			}
		}
		if got := s.post("/display", "more", notice); got.status != http.StatusTooManyRequests {
			t.Errorf("one more: %d %s", got.status, got.text)
		}
	})
}
