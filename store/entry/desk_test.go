package entry_test

import (
	"testing"

	"tillgate/store/entry"
)

// TestDeskBodiesAreForEver: journals have these bytes.
func TestDeskBodiesAreForEver(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		body any
		want string
	}{
		{entry.ShiftOnBody{Who: "local-2", Lanes: []string{"counter"}, Where: "counter", After: 7, Note: "early"}, `{"p":"local-2","l":["counter"],"w":"counter","o":7,"t":"early"}`},
		{entry.ShiftOnBody{Who: "local-1"}, `{"p":"local-1"}`},
		{entry.ShiftOffBody{By: "local-2"}, `{"b":"local-2"}`},
		{entry.HandedOverBody{By: "local-2", To: "local-3", Items: []string{"sales", "cash"}, Figures: []entry.HandedLine{{What: "sales", Count: 2, Amount: 500}},
			Nobody: []entry.HandedLine{{What: "sales"}}, Open: []entry.Seq{9}},
			`{"b":"local-2","p":"local-3","i":["sales","cash"],"f":[{"w":"sales","n":2,"a":500}],"g":[{"w":"sales"}],"n":[9]}`},
		{entry.ApprovedBody{Object: 5, What: "refund", Amount: 300, By: "local-1", For: "local-2", How: "qr", Once: []byte{1}, Why: "broken"},
			`{"o":5,"w":"refund","a":300,"b":"local-1","p":"local-2","h":"qr","c":"AQ==","y":"broken"}`},
		{entry.SettingSetBody{Name: "limit", Was: "1.00", Now: "2.00", By: "local-1"}, `{"n":"limit","o":"1.00","v":"2.00","b":"local-1"}`},
		{entry.ExportedBody{What: "report", From: 1, To: 2, Rows: 3, By: "local-1", Where: "page"}, `{"w":"report","f":1,"t":2,"n":3,"b":"local-1","d":"page"}`},
		{entry.OverrideBody{What: "limit", Object: 5, By: "local-1", Why: "big"}, `{"w":"limit","o":5,"b":"local-1","y":"big"}`},
		{entry.DecidedBody{Of: 8, Number: "1", What: entry.GoesBack, Amount: 5, By: "local-1", Why: "theirs"}, `{"o":8,"n":"1","w":"goes back","a":5,"b":"local-1","y":"theirs"}`},
		{entry.TaskDoneBody{Of: 8, By: "local-1", Why: "seen"}, `{"o":8,"b":"local-1","y":"seen"}`},
		{entry.TaskDoneBody{}, `{}`},
		{entry.RequestedBody{Token: "pos", Key: []byte{1}, Params: []byte{2}, Object: 3}, `{"t":"pos","k":"AQ==","p":"Ag==","o":3}`},
	} {
		if got := string(entry.Encode(row.body)); got != row.want {
			t.Errorf("%T is %s, want %s", row.body, got, row.want)
		}
	}
}
