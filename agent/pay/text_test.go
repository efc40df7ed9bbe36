package pay

import (
	"strings"
	"testing"
)

func TestCut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text        string
		most        int
		want, basic string
	}{
		{"", 9, "", ""},
		{"停车费", 9, "停车费", "停车费"},
		{"停车费", 8, "停车", "停车"},
		{"停车费", 2, "", ""},
		{"a b", 2, "a", "a"}, // no blank is left at the cut
		{" \t停车\r\n费 ", 64, "停车费", "停车费"},
		{"停\x00车\x7f\u0085费", 64, "停车费", "停车费"},
		{"停\xe8\x8c车\uFFFD费", 64, "停车费", "停车费"},
		{"茶🍵店", 64, "茶🍵店", "茶店"},
		{"茶🍵店", 6, "茶", "茶店"},
		{strings.Repeat("车", 100), 10, "车车车", "车车车"},
	} {
		if got := Cut(c.text, c.most); got != c.want {
			t.Errorf("%q to %d bytes is %q, want %q", c.text, c.most, got, c.want)
		}
		if got := CutBasic(c.text, c.most); got != c.basic {
			t.Errorf("%q to %d bytes of the basic plane is %q, want %q", c.text, c.most, got, c.basic)
		}
	}
}

func TestHide(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, secret, want string }{
		{"code 281234 of 281234", "281234", "code *** of ***"},
		{"nothing here", "281234", "nothing here"},
		{"as it is", "", "as it is"},
	} {
		if got := Hide(c.text, c.secret); got != c.want {
			t.Errorf("%q without %q is %q", c.text, c.secret, got)
		}
	}
}
