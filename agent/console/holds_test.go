package console

import (
	"cmp"
	"context"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/flow"
	machine "tillgate/agent/flow/deposit"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
)

// takesDeposits makes a bench's first lane one that takes them, and shows what the
// machine says of a shop's.
func takesDeposits(s **shop) func(*Options) {
	rules := machine.Rules{Timing: func(string) pay.Timing { return pay.Timing{} }, Terms: func(string, string) pay.HoldTerms { return pay.HoldTerms{Code: true, QR: true} }}
	return func(o *Options) {
		o.Lanes[0].(*fakeLane).view.Role = flow.CashierDeposit
		o.Deposit = func(ctx context.Context, key entry.Seq) (words.Deposit, error) {
			entries, err := (*s).store.Object(ctx, key, 0)
			one := machine.New(rules, "")
			for _, e := range entries {
				one.Fold(e)
			}
			return one.View(), err
		}
	}
}

// holding is a shop that takes deposits.
func holding(t *testing.T) *shop {
	t.Helper()
	var s *shop
	s = newShop(t, takesDeposits(&s))
	s.open()
	return s
}

// holds has a deposit of 300.00 held on the counter for room 1208, that ends in so many days.
func (s *shop) holds(days int, terms entry.HoldPlacedBody) (number string, key entry.Seq) {
	s.t.Helper()
	return s.holdsFor("1208", days, terms)
}

func (s *shop) holdsFor(room string, days int, terms entry.HoldPlacedBody) (number string, key entry.Seq) {
	s.t.Helper()
	number = s.store.Number()
	sealed, err := entry.Seal(strings.NewReader("0123456789abcdef"), entry.HoldGuest{Room: room})
	if err != nil {
		s.t.Fatal(err)
	}
	asked := entry.New(entry.HoldAsked, entry.HoldAskedBody{Number: number, Amount: 30000, Lane: "counter-1", Merchant: "inn", Network: "wechat", Room: s.store.RoomHash(room), By: "Kate"})
	asked.Private = sealed
	terms.Amount, terms.Network = 30000, cmp.Or(terms.Network, "4200001"+number)
	terms.Expires = s.now().Wall/1000 + int64(days)*24*3600 + 3600
	entries, err := s.store.Commit(s.t.Context(), store.Step{Entries: []entry.Draft{asked, entry.New(entry.HoldPlaced, terms)}})
	if err != nil {
		s.t.Fatal(err)
	}
	return number, entries[0].Key
}

// onceOnly are the terms of WeChat Pay, and anyTimes those of a network that leaves all open.
var (
	onceOnly = entry.HoldPlacedBody{Captures: 1, RestGoes: true, Unnumbered: true}
	anyTimes = entry.HoldPlacedBody{Parts: true}
)

// wished are what a lane was asked to do about deposits.
func wished(l *fakeLane) (all []flow.Event) {
	for _, ev := range l.events() {
		if call, ok := ev.(flow.Call); ok {
			all = append(all, call.Of)
		}
	}
	return all
}

// TestDeskTakesADeposit: amount and room become the lane's draft, a repeat of its
// form does nothing, a QR code is shown for that very draft, and who is signed in has taken it.
func TestDeskTakesADeposit(t *testing.T) {
	t.Parallel()
	s := holding(t)
	if re := s.ask("POST", "/lanes/counter-1/deposit/amount", "amount=300", "Accept", "application/json"); re.Code != http.StatusUnauthorized {
		t.Errorf("nobody is signed in: %d %s", re.Code, re.Body)
	}
	kate := s.signIn("Kate")
	take := func(verb, body string) (int, string) {
		re := s.ask("POST", "/lanes/counter-1/deposit/"+verb, body, "Accept", "application/json", "Cookie", kate)
		return re.Code, re.Body.String()
	}
	for range 2 {
		if status, text := take("amount", "amount=300&room=1208&title=Li&token=a"); status != http.StatusOK {
			t.Fatalf("%d %s", status, text)
		}
	}
	got := wished(s.counter)
	if len(got) != 1 {
		t.Fatalf("the lane was asked for %+v", got)
	}
	if spec := got[0].(flow.DepositSpec); spec.Amount != 30000 || spec.Room != "1208" || spec.Title != "Li" || spec.By != "Kate" || spec.Staff == "" || spec.QR {
		t.Errorf("the lane was asked for %+v", spec)
	}
	if status, text := take("qr", "token=b"); status != http.StatusOK {
		t.Fatalf("%d %s", status, text)
	}
	if spec := wished(s.counter)[1].(flow.DepositSpec); !spec.QR || spec.Amount != 30000 || spec.Room != "1208" {
		t.Errorf("a code is shown for %+v", spec)
	}
	for _, path := range []string{"/lanes/counter-1/deposit", "/lanes/counter-1/display"} {
		page := s.ask("GET", path, "", "Cookie", kate).Body.String()
		if !strings.Contains(page, "300.00") || !strings.Contains(page, "请扫码交押金") || !strings.Contains(page, `class="code"`) || strings.Contains(page, "请付款") {
			t.Errorf("%s does not ask for the deposit", path)
		}
		if strings.Contains(page, "1208") != (path == "/lanes/counter-1/deposit") {
			t.Errorf("%s: the room is the clerk's to see, not the hall's", path)
		}
	}
	if status, _ := take("amount", "amount=300&room=1208&seen=nothing-like-it"); status != http.StatusConflict {
		t.Errorf("a page that saw something else: %d", status)
	}
}

// TestDeskSaysWhyNot: what the lane refuses is told, and the same form may be sent again.
func TestDeskSaysWhyNot(t *testing.T) {
	t.Parallel()
	s := holding(t)
	kate := s.signIn("Kate")
	s.counter.says = words.TellHoldRoom
	send := func() (int, string) {
		re := s.ask("POST", "/lanes/counter-1/deposit/amount", "amount=300&room=1208&token=a", "Accept", "application/json", "Cookie", kate)
		return re.Code, re.Body.String()
	}
	if status, text := send(); status != http.StatusConflict || !strings.Contains(text, words.Say(words.TellHoldRoom, words.Zh)) {
		t.Errorf("%d %s", status, text)
	}
	s.counter.says = ""
	if status, text := send(); status != http.StatusOK || len(wished(s.counter)) != 2 {
		t.Errorf("the same form once more: %d %s; %v", status, text, wished(s.counter))
	}
}

// TestADeskWithoutQRCodes offers none, in buttons and in words.
func TestADeskWithoutQRCodes(t *testing.T) {
	t.Parallel()
	for _, ways := range [][]words.Tender{{words.ByCode}, {words.ByCode, words.ByQR}} {
		b := newBench(func(o *Options) { o.HoldsBy = func(string) []words.Tender { return ways } })
		b.counter.change(func(v *flow.View) {
			v.Role, v.Deposit = flow.DepositDesk, words.Deposit{Phase: words.DepositReady, Amount: 30000, Room: "1208"}
		})
		page, shows := b.ask("GET", "/lanes/counter-1/deposit", "").Body.String(), len(ways) == 2
		if strings.Contains(page, "或显示二维码") != shows || strings.Contains(page, `data-can="code qr amount`) != shows {
			t.Errorf("where deposits are taken by %v a QR code is offered: %v", ways, !shows)
		}
	}
}

// TestNoDeskWithoutDeposits: a lane that takes none has no desk, and one that takes
// nothing else has no till.
func TestNoDeskWithoutDeposits(t *testing.T) {
	t.Parallel()
	b := newBench()
	if re := b.ask("GET", "/lanes/counter-1/deposit", ""); re.Code != http.StatusNotFound {
		t.Errorf("a cashier's desk: %d", re.Code)
	}
	b.counter.change(func(v *flow.View) { v.Role = flow.DepositDesk })
	if re := b.ask("GET", "/lanes/counter-1", ""); re.Code != http.StatusSeeOther || re.Header().Get("Location") != "/lanes/counter-1/deposit" {
		t.Errorf("a desk's till: %d %s", re.Code, re.Header())
	}
	if re := b.ask("GET", "/lanes/counter-1/deposit", ""); re.Code != http.StatusOK {
		t.Errorf("its desk: %d", re.Code)
	}
}

// TestFindADeposit: by the slip's number, that of a move and the wallet's voucher
// straight, else by room, amount and wallet; and what ends soon stands out.
func TestFindADeposit(t *testing.T) {
	t.Parallel()
	s := holding(t)
	number, key := s.holds(2, onceOnly)
	chief := s.signIn("Chief")
	wallet := "4200001234202611270123456789" // in which, in fours, a payment code seems to stand
	named := onceOnly
	named.Network = wallet
	_, wechat := s.holds(2, named)
	if re := s.ask("GET", "/deposits?"+url.Values{"find": {"4200 0012 3420 2611 2701 2345 6789"}}.Encode(), "", "Cookie", chief); re.Header().Get("Location") != depositPath(wechat) {
		t.Errorf("a voucher typed in fours leads to %d %s", re.Code, re.Header().Get("Location"))
	}
	if page := s.ask("GET", "/deposits?find=1345+6789+0123+4567+89", "", "Cookie", chief).Body.String(); strings.Contains(page, "1345") || strings.Contains(page, "134567890123456789") {
		t.Error("a payment code stands on the page")
	}
	for _, find := range []string{number, " " + number[:8] + " " + number[8:], entry.CaptureNumber(number, 1), "4200001" + number} {
		if re := s.ask("GET", "/deposits?"+url.Values{"find": {find}}.Encode(), "", "Cookie", chief); re.Code != http.StatusSeeOther || re.Header().Get("Location") != depositPath(key) {
			t.Errorf("%s leads to %d %s", find, re.Code, re.Header().Get("Location"))
		}
	}
	for query, finds := range map[string]bool{"": true, "room=1208": true, "room=1209": false, "amount=300": true, "amount=299": false,
		"method=wechat": true, "method=alipay": false, "from=2020-01-01&until=2020-01-02": false, "find=12345": false} {
		page := s.ask("GET", "/deposits?"+query, "", "Cookie", chief).Body.String()
		if strings.Contains(page, depositPath(key)+`"`) != finds {
			t.Errorf("%q: found %v, want %v", query, !finds, finds)
		}
		if finds && !strings.Contains(page, `class="days warn"`) {
			t.Errorf("%q: two days do not stand out", query)
		}
	}
	if re := s.ask("GET", "/deposits", "", "Cookie", s.signIn("Kate")); re.Code != http.StatusForbidden {
		t.Errorf("off duty: %d", re.Code)
	}
}

// TestAFullHouse: what ends first is in front of a desk's list and of the page's,
// however old it is, and each page leads to the next until all were seen.
func TestAFullHouse(t *testing.T) {
	t.Parallel()
	s := holding(t)
	chief := s.signIn("Chief")
	const all = heldMax + 10
	_, oldest := s.holds(0, onceOnly)
	for range all - 1 {
		s.holds(20, anyTimes)
	}
	if page := s.ask("GET", "/lanes/counter-1/deposit", "", "Cookie", chief).Body.String(); !strings.Contains(page, depositPath(oldest)+`"`) {
		t.Error("the desk does not list what ends today")
	}
	for _, first := range []string{"/deposits", "/deposits?state=all&amount=300"} {
		seen, pages := map[string]bool{}, 0
		for path := first; path != ""; pages++ {
			page := s.ask("GET", path, "", "Cookie", chief).Body.String()
			for _, row := range regexp.MustCompile(`href="(/deposits/\d+)"`).FindAllStringSubmatch(page, -1) {
				if seen[row[1]] {
					t.Errorf("%s is listed twice", row[1])
				}
				seen[row[1]] = true
			}
			if first == "/deposits" && pages == 0 && !seen[depositPath(oldest)] {
				t.Error("what ends today is not on the first page")
			}
			path = ""
			if next := regexp.MustCompile(`href="(/deposits\?[^"]*)"`).FindStringSubmatch(page); next != nil {
				path = html.UnescapeString(next[1])
			}
		}
		if len(seen) != all || pages != (all+depositsFound-1)/depositsFound {
			t.Errorf("%s: %d deposits on %d pages", first, len(seen), pages)
		}
	}
}

// TestASlipLeadsToItsDeposit: the desk's page links what was scanned to its deposit.
func TestASlipLeadsToItsDeposit(t *testing.T) {
	t.Parallel()
	s := holding(t)
	number, key := s.holds(20, onceOnly)
	link := `href="/deposits?find=` + number + `"`
	page := func() string { return s.ask("GET", "/lanes/counter-1/deposit", "").Body.String() }
	if strings.Contains(page(), link) {
		t.Error("a link without a slip")
	}
	s.counter.change(func(v *flow.View) { v.Slip = number })
	if !strings.Contains(page(), link) {
		t.Error("the scanned slip leads nowhere")
	}
	if re := s.ask("GET", "/deposits?find="+number, "", "Cookie", s.signIn("Chief")); re.Header().Get("Location") != depositPath(key) {
		t.Errorf("the link leads to %q", re.Header().Get("Location"))
	}
}

// TestTheIndexKnowsDesks: a lane that takes deposits alone shows them and leads to
// its desk; one that does both leads to both.
func TestTheIndexKnowsDesks(t *testing.T) {
	t.Parallel()
	b := newBench()
	index := func() string { return b.ask("GET", "/", "").Body.String() }
	till, desk := `href="/lanes/counter-1"`, `href="/lanes/counter-1/deposit"`
	if page := index(); !strings.Contains(page, till) || strings.Contains(page, desk) {
		t.Error("a cashier's lane leads elsewhere")
	}
	b.counter.change(func(v *flow.View) { v.Role = flow.CashierDeposit })
	if page := index(); !strings.Contains(page, till) || !strings.Contains(page, desk) {
		t.Error("a lane of both leads to one")
	}
	b.counter.change(func(v *flow.View) {
		v.Role, v.Deposit = flow.DepositDesk, words.Deposit{Phase: words.DepositHeld, Key: 7, Amount: 30000, Held: 30000, Left: 30000, Room: "1208", Trouble: []string{"slip failed"}}
	})
	if page := index(); strings.Contains(page, till) || !strings.Contains(page, desk) || !strings.Contains(page, "押金已冻结") || !strings.Contains(page, "300.00") {
		t.Error("the desk's deposit is not on the index")
	}
	if page := b.ask("GET", "/technician", "").Body.String(); !strings.Contains(page, "押金已冻结") || !strings.Contains(page, words.Trouble("slip failed", words.Zh)) {
		t.Error("the desk's deposit and its trouble are not on the technician's page")
	}
}

// TestCaptureIsReadFirst: what is final says so in both languages before it is
// confirmed; the confirmation acts once, and not when the deposit has moved on.
func TestCaptureIsReadFirst(t *testing.T) {
	t.Parallel()
	s := holding(t)
	_, key := s.holds(20, onceOnly)
	kate := s.signIn("Kate")
	s.on("Kate", "counter-1")
	at := depositPath(key)
	page := s.ask("GET", at, "", "Cookie", kate).Body.String()
	for _, want := range []string{"300.00", "1208", `data-left="30000"`, "4200001", "只能全额退还", at + "/capture"} {
		if !strings.Contains(page, want) {
			t.Errorf("the deposit's page lacks %s", want)
		}
	}
	if strings.Contains(page, at+"/refund") || strings.Contains(page, at+"/again") {
		t.Error("a button for what cannot be done, or need not be yet")
	}
	step := at + "/capture?amount=88.50"
	page = s.ask("GET", step, "", "Cookie", kate).Body.String()
	for _, want := range []string{"微信支付只能消费一次，确认后不可更改：余额退还客人", "This is final for WeChat Pay: the rest goes back to the guest", "88.50"} {
		if !strings.Contains(page, want) {
			t.Errorf("before it is confirmed nobody reads %s", want)
		}
	}
	if len(wished(s.counter)) != 0 {
		t.Fatal("the lane was asked before anybody confirmed")
	}
	form, seen := hidden(t, page, "form"), hidden(t, page, "seen")
	send := func(form, seen string) int {
		body := url.Values{"form": {form}, "seen": {seen}, "amount": {"88.50"}}.Encode()
		return s.ask("POST", at+"/capture", body, "Cookie", kate).Code
	}
	if status := send(form, "1.2.3"); status != http.StatusConflict {
		t.Errorf("what another page saw: %d", status)
	}
	page = s.ask("GET", step, "", "Cookie", kate).Body.String()
	form = hidden(t, page, "form")
	if status := send(form, seen); status != http.StatusSeeOther {
		t.Fatalf("confirmed: %d", status)
	}
	if status := send(form, seen); status != http.StatusConflict {
		t.Errorf("confirmed twice: %d", status)
	}
	got := wished(s.counter)
	if len(got) != 1 {
		t.Fatalf("the lane was asked for %+v", got)
	}
	if spec := got[0].(flow.CaptureSpec); spec.Hold != key || spec.Amount != 8850 || !spec.Last || spec.By != "Kate" {
		t.Errorf("the lane was asked for %+v", spec)
	}
	if re := s.ask("GET", at+"/capture?amount=300.01", "", "Cookie", kate); re.Code != http.StatusUnprocessableEntity {
		t.Errorf("more than is held: %d", re.Code)
	}
	if re := s.ask("GET", at+"/release?amount=100&reason=x", "", "Cookie", kate); re.Code != http.StatusUnprocessableEntity {
		t.Errorf("a part of what goes back whole: %d", re.Code)
	}
}

// hidden is the value of a hidden field of the page's last form with it.
func hidden(t *testing.T, page, name string) string {
	t.Helper()
	_, rest, ok := strings.Cut(page, `name="`+name+`" value="`)
	value, _, closed := strings.Cut(rest, `"`)
	if !ok || !closed {
		t.Fatalf("the page has no %s", name)
	}
	return value
}

// TestReleaseTakesASupervisor: above the limit a PIN on the spot, as a refund does.
func TestReleaseTakesASupervisor(t *testing.T) {
	t.Parallel()
	s := holding(t)
	if err := s.desk.Set(t.Context(), "local-1", words.SettingRefundLimit, "100.00"); err != nil {
		t.Fatal(err)
	}
	_, key := s.holds(20, anyTimes)
	kate := s.signIn("Kate")
	s.on("Kate", "counter-1")
	at := depositPath(key)
	page := s.ask("GET", at+"/release?amount=300&reason=left", "", "Cookie", kate).Body.String()
	body := url.Values{"form": {hidden(t, page, "form")}, "seen": {hidden(t, page, "seen")}, "amount": {"300.00"}, "reason": {"left"}}.Encode()
	if re := s.ask("POST", at+"/release", body, "Cookie", kate); re.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", re.Code, re.Body)
	}
	if page = s.ask("GET", at, "", "Cookie", kate).Body.String(); !strings.Contains(page, "主管授权") || len(wished(s.counter)) != 0 {
		t.Fatal("nobody is asked to approve it")
	}
	approve := url.Values{"name": {"Chief"}, "pin": {string(s.pins["Chief"])}}.Encode()
	if re := s.ask("POST", at+"/approve", approve, "Cookie", kate); re.Code != http.StatusSeeOther {
		t.Fatalf("approved: %d %s", re.Code, re.Body)
	}
	got := wished(s.counter)
	if len(got) != 1 {
		t.Fatalf("the lane was asked for %+v", got)
	}
	if spec := got[0].(flow.ReleaseSpec); spec.Hold != key || spec.Amount != 30000 || spec.Reason != "left" || !strings.Contains(spec.By, "Chief") {
		t.Errorf("the lane was asked for %+v", spec)
	}
}

// TestHoldAgain: near its end a deposit can be held anew; the draft names the old
// one, by payment code and by QR code.
func TestHoldAgain(t *testing.T) {
	t.Parallel()
	s := holding(t)
	_, key := s.holds(3, anyTimes)
	chief := s.signIn("Chief")
	page := s.ask("GET", depositPath(key), "", "Cookie", chief).Body.String()
	if !strings.Contains(page, depositPath(key)+"/again") {
		t.Fatal("three days before its end nobody offers to hold it again")
	}
	_, form, _ := strings.Cut(page, depositPath(key)+"/again")
	body := url.Values{"form": {hidden(t, form, "form")}, "seen": {hidden(t, form, "seen")}}.Encode()
	if re := s.ask("POST", depositPath(key)+"/again", body, "Cookie", chief); re.Code != http.StatusSeeOther || re.Header().Get("Location") != "/lanes/counter-1/deposit" {
		t.Fatalf("%d %s", re.Code, re.Header())
	}
	s.ask("POST", "/lanes/counter-1/deposit/qr", "token=b", "Accept", "application/json", "Cookie", chief)
	// A guest who is asked for the same sum after that draft was dropped takes nobody's place.
	s.counter.Offer(flow.DepositSpec{Amount: 30000, Room: "1208", Ref: "visit"})
	s.ask("POST", "/lanes/counter-1/deposit/qr", "token=c", "Accept", "application/json", "Cookie", chief)
	got := wished(s.counter)
	if len(got) != 3 {
		t.Fatalf("the lane was asked for %+v", got)
	}
	for i, ev := range got {
		instead := key
		if i == 2 {
			instead = 0
		}
		if spec := ev.(flow.DepositSpec); spec.Instead != instead || spec.Amount != 30000 || spec.Room != "1208" || spec.QR != (i > 0) {
			t.Errorf("the lane was asked for %+v", spec)
		}
	}
}

// TestASlipIsPrintedAgain: from a deposit's page, by the lane that follows it, once
// for each form; of a deposit that never was held there is none.
func TestASlipIsPrintedAgain(t *testing.T) {
	t.Parallel()
	s := holding(t)
	_, key := s.holds(20, onceOnly)
	chief := s.signIn("Chief")
	page := func() string { return s.ask("GET", depositPath(key), "", "Cookie", chief).Body.String() }
	_, form, ok := strings.Cut(page(), depositPath(key)+"/reprint")
	if !ok {
		t.Fatal("the page offers no reprint")
	}
	body := url.Values{"form": {hidden(t, form, "form")}}.Encode()
	s.counter.says = words.TellReprinted
	re := s.ask("POST", depositPath(key)+"/reprint", body, "Cookie", chief)
	if re.Code != http.StatusOK || !strings.Contains(re.Body.String(), words.Say(words.TellReprinted, words.Zh)) {
		t.Errorf("%d %s", re.Code, re.Body)
	}
	if re := s.ask("POST", depositPath(key)+"/reprint", body, "Cookie", chief); re.Code != http.StatusConflict {
		t.Errorf("the same form once more: %d", re.Code)
	}
	if got := wished(s.counter); len(got) != 1 || got[0] != flow.Event(flow.Reprint{Key: key}) {
		t.Errorf("the lane was asked for %+v", got)
	}
	_, form, _ = strings.Cut(page(), depositPath(key)+"/reprint")
	s.counter.says = words.TellNoReprint
	body = url.Values{"form": {hidden(t, form, "form")}}.Encode()
	if re := s.ask("POST", depositPath(key)+"/reprint", body, "Cookie", chief); re.Code != http.StatusConflict || !strings.Contains(re.Body.String(), words.Say(words.TellNoReprint, words.En)) {
		t.Errorf("where there is none: %d %s", re.Code, re.Body)
	}
}

// TestATaskLeadsToItsDeposit: not to the page of an order's refunds, which knows none.
func TestATaskLeadsToItsDeposit(t *testing.T) {
	t.Parallel()
	s := holding(t)
	number, key := s.holds(20, anyTimes)
	h, err := s.store.Hold(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	task := entry.New(entry.Task, entry.TaskBody{What: "hold-differs", Text: number})
	if _, err := s.store.Commit(t.Context(), store.Step{Key: key, After: h.Last, Entries: []entry.Draft{task}}); err != nil {
		t.Fatal(err)
	}
	page := s.ask("GET", "/tasks", "", "Cookie", s.signIn("Chief")).Body.String()
	if !strings.Contains(page, `href="`+depositPath(key)+`"`) || strings.Contains(page, orderPath(key)) {
		t.Error("the task does not lead to its deposit")
	}
}

// TestDifferencesAreShown: our record beside the network's.
func TestDifferencesAreShown(t *testing.T) {
	t.Parallel()
	s := holding(t)
	_, key := s.holds(20, anyTimes)
	h, err := s.store.Hold(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	seen := entry.New(entry.HoldSeen, entry.HoldSeenBody{Captured: 5000, Released: 1000, Left: 24000, Why: entry.SeenDiffers})
	if _, err := s.store.Commit(t.Context(), store.Step{Key: key, After: h.Last, Entries: []entry.Draft{seen}}); err != nil {
		t.Fatal(err)
	}
	page := s.ask("GET", depositPath(key), "", "Cookie", s.signIn("Chief")).Body.String()
	for _, want := range []string{"支付网络的合计与本机记录不同", "50.00", "240.00", `data-captured="5000"`, `data-released="1000"`, `data-left="24000"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

// TestDisplayShowsDeposits while one is under way, and what became of it for a
// moment; of what was over before it knows nothing.
func TestDisplayShowsDeposits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench()
		display := func() string { return b.ask("GET", "/lanes/counter-1/display", "").Body.String() }
		set := func(phase words.DepositPhase) {
			b.counter.change(func(v *flow.View) {
				v.Deposit = words.Deposit{Phase: phase, Key: 7, Amount: 30000, Held: 30000, Left: 30000}
			})
		}
		set(words.DepositHeld)
		if strings.Contains(display(), "300.00") {
			t.Error("an old deposit is shown after a start")
		}
		for _, phase := range words.DepositPhases() {
			if phase.Over() {
				continue
			}
			set(phase)
			time.Sleep(time.Hour)
			if page := display(); !strings.Contains(page, "300.00") || !strings.Contains(page, words.ShowDeposit(words.Deposit{Phase: phase}, words.Zh).What) {
				t.Errorf("%s is not shown", phase)
			}
		}
		set(words.DepositHeld)
		if page := display(); !strings.Contains(page, "押金已冻结") {
			t.Error("nobody tells the guest that it is held")
		}
		time.Sleep(depositFades)
		if strings.Contains(display(), "300.00") {
			t.Error("the next guest reads of the last one's deposit")
		}
	})
}
