package console

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"tillgate/agent/flow"
	"tillgate/agent/words"
)

// texts is all pages with a text of the world wherever there can be one.
func texts(text string) string {
	b := newBench(func(o *Options) {
		o.Site, o.Lanes[0].(*fakeLane).view.Lane = text, text
		o.Metrics, o.Extra = nil, nil
		o.Status = func() Status {
			return Status{
				Version: text, Started: time.Unix(1, 0), Disk: Disk{Size: 1},
				Cloud: Cloud{State: State("s" + text), Text: text}, Clock: Clock{Now: time.Unix(1, 0), From: text},
				Networks:     []Network{{Name: text, Network: text, State: Lost, Text: text}, {Name: text, State: State("s" + text)}},
				Certificates: []Certificate{{Name: text, State: Lost, Text: text}, {Name: text, State: State("s" + text), Text: text}},
			}
		}
		o.Sales = func(context.Context, string, int) ([]Sale, error) {
			return []Sale{{Key: 1, Title: text, Number: text, Phase: words.PaidOrder, Network: text, Amount: 1}}, nil
		}
	})
	b.counter.change(func(v *flow.View) {
		v.Role, v.Present = flow.Role("r"+text), true
		v.Order = words.Order{Phase: words.Phase("p" + text), Amount: 1, Title: text, Number: text, Network: "n" + text, Code: text, Text: text, Trouble: []string{text},
			QR: []words.QR{{Network: text, Link: "x" + text}}}
		v.Behind = []words.Order{{Phase: words.Checking, Number: text}}
		v.Tell, v.TellAt = words.Key("k"+text), time.Now()
	})
	b.board.Set(Device{Name: text, What: text, State: State("s" + text), Text: text})
	b.board.Set(Device{Name: "lost" + text, State: Lost})
	b.board.Note(Event{From: text, Text: text})
	var all strings.Builder
	lane := lanePath(text)
	for _, page := range []string{"/", lane, lane + "/display", "/technician"} {
		all.WriteString(b.ask("GET", page, "").Body.String())
	}
	refusal := b.ask("POST", "/lanes/exit-1/amount", url.Values{"amount": {text}}.Encode(), "Accept", "text/html")
	return all.String() + refusal.Body.String()
}

// FuzzTextsStayTexts looks for a text that becomes markup: whatever the text,
// the pages have the same tags and quotes, and their ampersands begin entities.
func FuzzTextsStayTexts(f *testing.F) {
	for _, text := range []string{
		"", "plain", `<script>alert("x")</script>'`, `"><img src=x onerror=alert(1)>`, `' onfocus='x`, "&lt;b&gt;", "&", "&#60;", "%s%d%!", "</title></textarea>-->",
		"javascript:alert(1)", "a.b", "..", "\xff\xfe", "\x00", "日本", wechatCode, strings.Repeat("付款", 200),
	} {
		f.Add(text)
	}
	signs := func(page string) (n [3]int) {
		for i, sign := range []string{"<", ">", `"`} {
			n[i] = strings.Count(page, sign)
		}
		return n
	}
	var entities = strings.NewReplacer("&lt;", "", "&gt;", "", "&amp;", "", "&#34;", "", "&#39;", "", "&#32;", "")
	f.Fuzz(func(t *testing.T, text string) {
		text = "x" + text // an empty text has fewer tags
		if len(text) > 400 || strings.Trim(text, ".") == "" {
			return // a QR code has its end, and a lane is not called ".."
		}
		page := texts(text)
		if got, want := signs(page), signs(texts("x")); got != want {
			t.Errorf("with %q the pages have %v of < > \", want %v:\n%s", text, got, want, page)
		}
		if strings.Contains(entities.Replace(page), "&") {
			t.Errorf("with %q an ampersand is bare", text)
		}
		if !utf8.ValidString(page) {
			t.Errorf("with %q a page is not UTF-8", text)
		}
	})
}
