package entry_test

import (
	"slices"
	"strings"
	"testing"

	"tillgate/store/entry"
	"tillgate/store/money"
)

// TestHoldBodiesAreForEver: journals have these bytes.
func TestHoldBodiesAreForEver(t *testing.T) {
	t.Parallel()
	asked := entry.HoldAskedBody{Number: "1", Amount: 30000, Lane: "desk", Merchant: "inn", Network: "wechat", Code: []byte{1}, Way: "qr", Title: "押金", Ref: "A7",
		Room: []byte{2}, Instead: 4, Staff: "local-2", By: "小王", Account: "ab"}
	const askedText = `"n":"1","a":30000,"l":"desk","m":"inn","w":"wechat","c":"AQ==","y":"qr","t":"押金","r":"A7","rm":"Ag==","i":4,"s":"local-2","b":"小王","h":"ab"}`
	capture := entry.MoveAskedBody{Number: "151", What: entry.Capture, Amount: 8850, Last: true, Lane: "desk", Reason: "minibar", Staff: "local-2", By: "小王"}
	const captureText = `"n":"151","w":"capture","a":8850,"e":true,"l":"desk","r":"minibar","s":"local-2","b":"小王"`
	for _, row := range []struct {
		body any
		want string
	}{
		{asked, "{" + askedText},
		{entry.HoldGuest{Room: "1208"}, `{"room":"1208"}`},
		{entry.HoldHeardBody{Number: "1", State: 3, Code: "USERPAYING", Stuck: true}, `{"n":"1","s":3,"c":"USERPAYING","f":true}`},
		{entry.HoldPlacedBody{Amount: 30000, Network: "42", Wallet: "wechat", Payer: "o-1", Credit: 5, PaidAt: 1, Expires: 2, Captures: 1, RestGoes: true, Unnumbered: true, Parts: true},
			`{"a":30000,"x":"42","k":"wechat","u":"o-1","cr":5,"p":1,"e":2,"q":1,"g":true,"z":true,"d":true}`},
		{entry.HoldReturningBody{Why: "patience"}, `{"y":"patience"}`},
		{entry.HoldEndedBody{Number: "1", State: 2, Code: "NOTENOUGH", Text: "余额不足", Amount: 7}, `{"n":"1","s":2,"c":"NOTENOUGH","t":"余额不足","a":7}`},
		{capture, "{" + captureText + "}"},
		{entry.MoveDoneBody{Number: "151", Amount: 8850, Rest: 21150, Network: "43", At: 9}, `{"n":"151","a":8850,"d":21150,"x":"43","p":9}`},
		{entry.MoveRefusedBody{Number: "151", State: 5, Code: "amount", Text: "x", Amount: 1}, `{"n":"151","s":5,"c":"amount","t":"x","a":1}`},
		{entry.HoldSeenBody{Captured: 1, Released: 2, Left: 3, Why: entry.SeenExpired}, `{"c":1,"r":2,"l":3,"y":"expired"}`},
		{entry.HoldMove{MoveAskedBody: capture, Asked: 8, State: 1, Moved: 8850, Rest: 21150, Network: "43", Outcome: 9, At: 10, Trust: entry.Trusted, Shift: 7},
			"{" + captureText + `,"k":8,"q":1,"m":8850,"d":21150,"x":"43","o":9,"t":10,"u":2,"h":7}`},
		{entry.HoldInheritedBody{Epoch: 3, Key: 5, Unsure: true, Asked: 6, Trust: entry.Trusted, Returning: true, Captured: 1, Released: 2, HoldAskedBody: asked},
			`{"ep":3,"was":5,"un":true,"at":6,"tr":2,"back":true,"cd":1,"rd":2,` + askedText},
		{entry.HoldInheritedBody{Site: &entry.HoldSite{From: "0002", Lane: "desk", Captured: 1, Released: 2, NetCaptured: 5, NetReleased: 6, Captures: 3, Releases: 4, Rank: 1}, HoldAskedBody: asked},
			`{"ep":0,"was":0,"st":{"f":"0002","l":"desk","c":1,"r":2,"nc":5,"nr":6,"kc":3,"kr":4,"rk":1},` + askedText},
	} {
		if got := string(entry.Encode(row.body)); got != row.want {
			t.Errorf("%T is %s, want %s", row.body, got, row.want)
		}
	}
}

// TestRefundNumbersOfAgents: no two agents that take a deposit over one after the
// other give one number to refunds of it.
func TestRefundNumbersOfAgents(t *testing.T) {
	t.Parallel()
	used := map[int]int{}
	for rank := range 6 {
		site := &entry.HoldSite{Rank: rank}
		if rank == 0 {
			site = nil
		}
		after, most := site.Refunds()
		if (most == 0) != (rank > 3) || site.Taker() != rank {
			t.Errorf("agent %d, of rank %d, has %d numbers", rank, site.Taker(), most)
		}
		for n := after + 1; n <= after+most; n++ {
			if other, taken := used[n]; taken || n > entry.Refunds {
				t.Errorf("number %02d is of agents %d and %d", n, other, rank)
			}
			used[n] = rank
		}
	}
	if after, most := (&entry.HoldSite{}).Refunds(); after != 0 || most == 0 || (&entry.HoldSite{}).Taker() != 1 {
		t.Errorf("of one that an older release took over: %d, %d", after, most)
	}
}

// TestMoveNumbers: captures are 51 to 80, releases 81 to 98.
func TestMoveNumbers(t *testing.T) {
	t.Parallel()
	of := entry.Number("10000001", "0001", 7, 9)
	for _, row := range []struct{ number, end, what string }{
		{entry.CaptureNumber(of, 1), "51", entry.Capture},
		{entry.CaptureNumber(of, entry.Captures), "80", entry.Capture},
		{entry.ReleaseNumber(of, 1), "81", entry.Release},
		{entry.ReleaseNumber(of, entry.Releases), "98", entry.Release},
	} {
		if got, what, err := entry.MoveOf(row.number); err != nil || got != of || what != row.what || !strings.HasSuffix(row.number, row.end) {
			t.Errorf("%s is a %s of %s (%v), want %s %s", row.number, what, got, err, row.what, row.end)
		}
	}
	for _, number := range []string{"", of, of + "50", of + "99", of + "5x", "1" + of[1:23] + "x51", of + "511"} {
		if _, what, err := entry.MoveOf(number); err == nil {
			t.Errorf("%s is a %s", number, what)
		}
	}
}

// TestTheNextNumber: one under which something may have left is never drawn again;
// one that was given up before that is. Journals of before have gaps.
func TestTheNextNumber(t *testing.T) {
	t.Parallel()
	of := entry.Number("10000001", "0001", 7, 9)
	type move struct {
		n     int
		state uint8
	}
	const open, declined, mismatch = 0, 2, 5
	many := func(n int, state uint8) (all []move) {
		for i := range n {
			all = append(all, move{i + 1, state})
		}
		return all
	}
	for _, row := range []struct {
		name string
		was  []move
		want int
	}{
		{"the first", nil, 1},
		{"after one that is open", []move{{1, open}}, 2},
		{"after one that was done", []move{{1, entry.StatePaid}}, 2},
		{"after one that was refused", []move{{1, declined}}, 2},
		{"after another sum", []move{{1, mismatch}}, 2},
		{"after one that was not sent", []move{{1, entry.StateNotSent}}, 1},
		{"after many that were not sent", slices.Repeat([]move{{1, entry.StateNotSent}}, 40), 1},
		{"done after one that was not sent", []move{{1, entry.StateNotSent}, {1, declined}}, 2},
		{"not sent after one that was done", []move{{1, entry.StatePaid}, {2, entry.StateNotSent}}, 2},
		{"an older release's gap", []move{{1, entry.StateNotSent}, {2, entry.StatePaid}}, 3},
		{"an older release's gap at its end", []move{{1, entry.StatePaid}, {2, entry.StateNotSent}, {3, entry.StateNotSent}}, 2},
		{"the last", many(entry.Releases-1, declined), entry.Releases},
		{"none is left", many(entry.Releases, declined), 0},
	} {
		for what, number := range map[string]func(string, int) string{entry.Capture: entry.CaptureNumber, entry.Release: entry.ReleaseNumber} {
			other := entry.HoldMove{MoveAskedBody: entry.MoveAskedBody{Number: entry.CaptureNumber(of, 9), What: entry.Capture}}
			if what == entry.Capture {
				other.MoveAskedBody = entry.MoveAskedBody{Number: entry.ReleaseNumber(of, 9), What: entry.Release}
			}
			moves := []entry.HoldMove{other} // of the other kind, which does not count
			for _, m := range row.was {
				moves = append(moves, entry.HoldMove{MoveAskedBody: entry.MoveAskedBody{Number: number(of, m.n), What: what}, State: m.state})
			}
			got, ok := entry.NextMove(nil, of, what, moves)
			if row.want == 0 && what == entry.Capture {
				continue // it has more
			}
			if ok != (row.want > 0) || ok && got != number(of, row.want) {
				t.Errorf("%s of %s: %s, %v", what, row.name, got, ok)
			}
		}
	}
	full := []entry.HoldMove{{MoveAskedBody: entry.MoveAskedBody{Number: entry.CaptureNumber(of, entry.Captures), What: entry.Capture}, State: declined}}
	if got, ok := entry.NextMove(nil, of, entry.Capture, full); ok {
		t.Errorf("after the last capture comes %s", got)
	}
}

// TestTaken: a capture counts from its intent on, and no more once it was refused.
func TestTaken(t *testing.T) {
	t.Parallel()
	capture := func(state uint8, moved money.Fen) entry.HoldMove {
		return entry.HoldMove{MoveAskedBody: entry.MoveAskedBody{What: entry.Capture}, State: state, Moved: moved}
	}
	release := entry.HoldMove{MoveAskedBody: entry.MoveAskedBody{What: entry.Release}, State: entry.StateReturned, Moved: 5}
	if n := entry.Taken([]entry.HoldMove{capture(0, 5), capture(entry.StatePaid, 5), capture(2, 0), capture(entry.StateNotSent, 0), capture(5, 1), release}); n != 3 {
		t.Errorf("%d captures have taken something", n)
	}
}
