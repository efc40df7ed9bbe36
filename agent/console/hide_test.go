package console

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"tillgate/agent/flow"
	"tillgate/agent/words"
)

// TestNoCodeComesBack sends payment codes wherever a text goes in, and looks
// for them in everything that comes out.
func TestNoCodeComesBack(t *testing.T) {
	t.Parallel()
	b := newBench()
	var out bytes.Buffer
	for _, code := range []string{wechatCode, alipayCode, "6212345678901234567", " 1345 6789 0123 4567 89", "１３４５６７８９０１２３４５６７８９"} {
		for _, verb := range []string{"amount", "code", "cancel", "qr", "cash", "card", "reprint"} {
			for _, field := range []string{"amount", "code", "title", "ref", "given", "key", "token", "seen"} {
				for _, accept := range []string{"", "text/html"} {
					form := url.Values{"amount": {"1"}}
					form.Set(field, code)
					fmt.Fprintln(&out, b.ask("POST", "/lanes/counter-1/"+verb, form.Encode(), "Accept", accept).Body)
					body, _ := json.Marshal(map[string]string{field: code})
					fmt.Fprintln(&out, b.ask("POST", "/lanes/counter-1/"+verb, string(body), "Content-Type", "application/json", "Accept", accept).Body)
					fmt.Fprintln(&out, b.ask("GET", "/state", "").Body)
				}
			}
		}
		b.counter.change(func(v *flow.View) {
			v.Order.Text, v.Order.Trouble, v.Behind = "code "+code, []string{"(" + code + ")"}, []words.Order{{Title: code}}
		})
		b.board.Note(Event{From: "x", Text: "scanned " + code + "."})
		b.board.Set(Device{Name: "scanner", Text: code})
		fmt.Fprintln(&out, b.all(), b.ask("GET", "/state", "").Body)
	}
	out.Write(b.log.Bytes())
	all := strings.Map(func(r rune) rune {
		if r >= '０' && r <= '９' {
			return r - '０' + '0'
		}
		return r
	}, out.String())
	for _, code := range []string{wechatCode, alipayCode, "6212345678901234567"} {
		if strings.Contains(all, code) {
			t.Errorf("%s came back", code)
		}
	}
}

// TestACodeIsNotLookedFor: a payment code, or a card's number, that goes into a
// field to look for orders is neither on the page nor in its address, nor where
// somebody is led to sign in.
func TestACodeIsNotLookedFor(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.open()
	chief := s.signIn("Chief")
	for _, code := range []string{wechatCode, "4111 1111 1111 1111"} {
		for _, path := range []string{"/search", "/refund"} {
			asked := path + "?" + url.Values{"find": {code}}.Encode()
			re := s.ask("GET", asked, "", "Cookie", chief)
			to := re.Header().Get("Location")
			if re.Code != http.StatusSeeOther || to != path+"?secret=yes" {
				t.Errorf("%s leads to %d %s", asked, re.Code, to)
			}
			if page := s.ask("GET", to, "", "Cookie", chief).Body.String(); !strings.Contains(page, words.PageSecret.In(words.Zh)) || strings.Contains(page, code) {
				t.Errorf("%s does not say why nothing was looked for", path)
			}
			if to := s.ask("GET", asked, "").Header().Get("Location"); to != "/sign-in?next="+url.QueryEscape(path) {
				t.Errorf("%s of nobody leads to %s", path, to)
			}
		}
	}
}
