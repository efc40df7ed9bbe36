package console

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"tillgate/agent/flow"
	"tillgate/store/entry"
)

// TestASlipIsTypedIntoAnyField: a scanner that is a keyboard types a slip where a sum
// is asked for. It leads to its deposit or order, and no lane hears of it.
func TestASlipIsTypedIntoAnyField(t *testing.T) {
	t.Parallel()
	s := holding(t)
	number, key := s.holds(20, anyTimes)
	order, sale := s.sells("counter-1", 1250)
	chief := s.signIn("Chief")
	const desk, till = "/lanes/counter-1/deposit/", "/lanes/counter-1/"
	other := entry.Number("20000002", "0001", 5, 7)
	for _, row := range []struct{ path, field, typed, leads string }{
		{desk + "amount", "amount", number, depositPath(key)},
		{desk + "amount", "amount", number[:12] + " " + number[12:], depositPath(key)},
		{desk + "amount", "amount", entry.CaptureNumber(number, 1), depositPath(key)},
		{desk + "amount", "amount", "4200001" + number, depositPath(key)},
		{desk + "amount", "amount", order, orderPath(sale)},
		{desk + "amount", "amount", other, "/deposits?find=" + other},
		{desk + "code", "code", number, depositPath(key)},
		{till + "amount", "amount", order, orderPath(sale)},
		{till + "amount", "amount", entry.RefundNumber(order, 1), orderPath(sale)},
		{till + "amount", "amount", number, depositPath(key)},
		{till + "code", "code", order, orderPath(sale)},
		{till + "cash", "given", order, orderPath(sale)},
		{till + "amount", "amount", "134567890123456789", ""},       // a payment code
		{till + "amount", "amount", "281234567890123456789012", ""}, // another
		{till + "amount", "amount", "9999999999999999", ""},
		{desk + "amount", "amount", "300", ""},
	} {
		before := len(s.counter.events())
		form := url.Values{row.field: {row.typed}}.Encode()
		re := s.ask("POST", row.path, form, "Accept", "application/json", "Cookie", chief)
		var got reply
		if err := json.Unmarshal(re.Body.Bytes(), &got); err != nil || got.Go != row.leads {
			t.Errorf("%s typed at %s leads to %q, want %q (%d)", row.typed, row.path, got.Go, row.leads, re.Code)
		}
		if row.leads == "" {
			continue
		}
		if n := len(s.counter.events()); n != before {
			t.Errorf("%s typed at %s: the lane heard of it", row.typed, row.path)
		}
		if re := s.ask("POST", row.path, form, "Accept", "text/html", "Cookie", chief); re.Code != http.StatusSeeOther || re.Header().Get("Location") != row.leads {
			t.Errorf("%s typed at %s without scripts: %d to %q", row.typed, row.path, re.Code, re.Header().Get("Location"))
		}
	}
}

// TestASlipIsTypedOnADepositsPage: the field for a capture has the focus there, and
// the slip is of another guest.
func TestASlipIsTypedOnADepositsPage(t *testing.T) {
	t.Parallel()
	s := holding(t)
	_, key := s.holds(20, anyTimes)
	next, other := s.holdsFor("1209", 20, anyTimes)
	chief := s.signIn("Chief")
	for _, what := range []string{"capture", "release"} {
		if re := s.ask("GET", depositPath(key)+"/"+what+"?reason=x&amount="+next, "", "Cookie", chief); re.Code != http.StatusSeeOther || re.Header().Get("Location") != depositPath(other) {
			t.Errorf("%s of a slip: %d to %q", what, re.Code, re.Header().Get("Location"))
		}
	}
	page := s.ask("GET", depositPath(key), "", "Cookie", chief).Body.String()
	if _, field, _ := strings.Cut(page, `id="capture-amount"`); !strings.Contains(field[:200], `maxlength="32"`) {
		t.Error("the field for a capture cuts a slip's number")
	}
}

// TestASlipAtATill: what a lane's own scanner has looked up, the till's page leads to.
func TestASlipAtATill(t *testing.T) {
	t.Parallel()
	s := holding(t)
	number, key := s.sells("counter-1", 1250)
	chief := s.signIn("Chief")
	s.counter.change(func(v *flow.View) { v.Slip = number })
	if page := s.ask("GET", "/lanes/counter-1", "", "Cookie", chief).Body.String(); !strings.Contains(page, `href="/deposits?find=`+number+`"`) {
		t.Error("the scanned slip leads nowhere")
	}
	if re := s.ask("GET", "/deposits?find="+number, "", "Cookie", chief); re.Header().Get("Location") != orderPath(key) {
		t.Errorf("the link leads to %q", re.Header().Get("Location"))
	}
}

// TestBrowserSlipIsTyped: a scanner that is a keyboard opens what a slip is of, from
// an idle desk, from a till, and from the page of another guest's deposit.
func TestBrowserSlipIsTyped(t *testing.T) {
	if testing.Short() {
		t.Skip("not among the short ones")
	}
	t.Parallel()
	shop := holding(t)
	s := &site{t: t, root: startBrowser(t), bench: shop.bench}
	s.start("127.0.0.1:0")
	t.Cleanup(func() { s.stop() })
	_, key := shop.holds(20, anyTimes)
	number, other := shop.holdsFor("1209", 20, anyTimes)
	order, sale := shop.sells("counter-1", 1250)
	p := s.open("/sign-in", 800, 480)
	p.as(shop.signIn("Chief"))
	for _, row := range []struct{ from, typed, leads string }{
		{"/lanes/counter-1/deposit", number, depositPath(other)},
		{"/lanes/counter-1", order, orderPath(sale)},
		{depositPath(key), number, depositPath(other)},
	} {
		p.goes(row.from)
		p.at(row.from, "")
		p.keys(row.typed + "\r")
		p.at(row.leads, row.typed)
	}
	shop.counter.change(func(v *flow.View) { v.Slip = order })
	p.handles("/lanes/counter-1", "查看这张小票", "slip-at-the-till")
	s.complaints()
}
