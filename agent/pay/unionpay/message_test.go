package unionpay

import (
	"strings"
	"testing"

	"tillgate/store/money"
)

func TestARequestIsWrittenOnceAndPlain(t *testing.T) {
	t.Parallel()
	got := string(fields{"b": int64(500), "a": "停车 <1>&2", "empty": ""}.encode())
	if want := `{"a":"停车 <1>&2","b":500}`; got != want {
		t.Errorf("wrote %s, want %s", got, want)
	}
}

func TestWhatIsRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		good bool
	}{
		"an object":           {`{"errCode":"00","n":5,"f":1.5,"t":true,"z":null,"o":{"a":[1,{"b":2}]}}`, true},
		"blanks around it":    {" \n{\"errCode\":\"00\"}\r\n", true},
		"the same name below": {`{"a":{"a":1},"b":{"a":2}}`, true},

		"nothing":              {``, false},
		"a page":               {`<html><body>502 Bad Gateway</body></html>`, false},
		"a text":               {`"00"`, false},
		"a list":               {`[{"errCode":"00"}]`, false},
		"null":                 {`null`, false},
		"half":                 {`{"errCode":"00","amount":5`, false},
		"half a text":          {`{"errCode":"0`, false},
		"two objects":          {`{"errCode":"00"}{"errCode":"51"}`, false},
		"something after it":   {`{"errCode":"00"} x`, false},
		"a name twice":         {`{"errCode":"51","errCode":"00"}`, false},
		"a name twice below":   {`{"errCode":"SUCCESS","billPayment":{"status":"A","status":"B"}}`, false},
		"a name twice, hidden": {`{"errCode":"51","err\u0043ode":"00"}`, false},
		"a comma too many":     {`{"errCode":"00",}`, false},
		"no quotes":            {`{errCode:"00"}`, false},
		"deeper than any":      {strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40), false},
		"a list that is deep":  {`{"a":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + "}", false},
		"a form":               {`errCode=00&amount=500`, false},
		"with a mark of order": {"\ufeff{\"errCode\":\"00\"}", false},
	} {
		o, err := decode([]byte(c.text))
		if (err == nil) != c.good || c.good == (o == nil) {
			t.Errorf("%s: %v, %v", name, o, err)
		}
	}
}

// TestNumbersMayBeTexts: both come in both forms.
func TestNumbersMayBeTexts(t *testing.T) {
	t.Parallel()
	o, err := decode([]byte(`{"n":500,"t":"500","zero":0,"code":0,"none":null,"empty":"","half":5.5,"less":-1,"much":99999999999999999999,"word":"five","yes":true,"in":{"a":1}}`))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]struct {
		sum         money.Fen
		given, good bool
	}{
		"n": {500, true, true}, "t": {500, true, true}, "zero": {0, true, true},
		"none": {0, false, true}, "empty": {0, false, true}, "missing": {0, false, true},
		"half": {0, false, false}, "less": {-1, true, false}, "word": {0, false, false}, "yes": {0, false, false}, "in": {0, false, false},
	} {
		if sum, given, good := o.fen(name); sum != want.sum || given != want.given || good != want.good {
			t.Errorf("%s is %d, %v, %v", name, sum, given, good)
		}
	}
	if _, given, good := o.fen("much"); given || good {
		t.Error("an amount beyond all is taken")
	}
	if o.text("code") != "0" || o.text("t") != "500" || o.text("yes") != "" || o.first("missing", "empty", "t") != "500" {
		t.Errorf("texts: %q %q %q", o.text("code"), o.text("t"), o.text("yes"))
	}
	if o.part("in").text("a") != "1" || o.part("n").text("a") != "" || o.part("missing").text("a") != "" {
		t.Error("the object in the object is not read")
	}
}
