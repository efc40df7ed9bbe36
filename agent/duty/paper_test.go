package duty

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tillgate/agent/words"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// TestASlipIsWrittenWhole: what an entry has of a slip is all of it, so that a
// reprint says what the first one said.
func TestASlipIsWrittenWhole(t *testing.T) {
	t.Parallel()
	sum := rapid.Custom(func(t *rapid.T) words.HandoverSum {
		fen := func(name string) money.Fen { return money.Fen(rapid.Int64Range(0, 1<<40).Draw(t, name)) }
		s := words.HandoverSum{Sales: rapid.Int64Range(0, 1000).Draw(t, "sales"), Refunds: rapid.Int64Range(0, 100).Draw(t, "refunds")}
		s.Amount, s.Discount, s.Refunded = fen("amount"), fen("discount"), fen("refunded")
		s.Received = s.Amount - s.Discount - s.Refunded
		return s
	})
	rapid.Check(t, func(t *rapid.T) {
		var wallets []words.HandoverWallet
		for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"wechat", "alipay", "cash", "", "visa", "sales"}), 0, 6, rapid.ID).Draw(t, "wallets") {
			s := sum.Draw(t, name)
			s.Sales++ // walletsOf leaves out what nothing moved in
			wallets = append(wallets, words.HandoverWallet{Wallet: name, HandoverSum: s})
		}
		h := words.Handover{Total: sum.Draw(t, "total"), Wallets: wallets, Nobody: sum.Draw(t, "nobody"), NobodyBy: wallets, Items: words.HandoverItems()}
		for n := range rapid.IntRange(0, 3).Draw(t, "pending") {
			h.List = append(h.List, words.HandoverUnended{Number: number, State: words.ReportIsUnknown, At: time.UnixMilli(noon + int64(n)), Amount: money.Fen(n)})
			h.Pending.Count, h.Pending.Amount = h.Pending.Count+2, h.Pending.Amount+5
		}
		var got words.Handover
		read(&got, entry.Must[entry.HandedOverBody](entry.Entry{Body: entry.Encode(written(h, nil, "local-1", ""))}))
		if fmt.Sprint(got) != fmt.Sprint(h) {
			t.Fatalf("read is\n%+v, written was\n%+v", got, h)
		}
	})
}
