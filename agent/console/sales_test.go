package console

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/words"
	"tillgate/store/money"
)

func TestLastSales(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 24, 1, 2, 3, 0, time.UTC)
	var asked string
	b := newBench(func(o *Options) {
		o.Sales = func(_ context.Context, lane string, max int) ([]Sale, error) {
			asked = lane
			return []Sale{
				{Key: 41, At: at, Title: "Coffee", Phase: words.PaidOrder, Tender: words.ByCode, Network: "wechat", Amount: 1250},
				{Key: 36, At: at, Phase: words.PaidOrder, Tender: words.ByCash, Network: "cash", Amount: 3000, Refunded: 500},
				{Key: 31, Phase: words.CancelledOrder, Amount: 880},
			}[:min(3, max)], nil
		}
	})
	page := b.ask("GET", "/lanes/counter-1", "").Body.String()
	for _, want := range []string{"12.50", "09:02", "微信支付 · Coffee", "已收现金", "Paid in cash", "已退", "5.00", "订单已取消",
		`name="key" value="41"`, `name="key" value="36"`, `action="/lanes/counter-1/reprint"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if asked != "counter-1" || strings.Contains(page, `value="31"`) {
		t.Errorf("asked for %q; or a cancelled order can be printed again", asked)
	}
	none := newBench(func(o *Options) { o.Sales = func(context.Context, string, int) ([]Sale, error) { return nil, nil } })
	if page := none.ask("GET", "/lanes/counter-1", "").Body.String(); !strings.Contains(page, "暂无") {
		t.Error("without sales the page does not say so")
	}
}

// TestSalesAreReadWhenOrdersChange, and not at every look: the store belongs to
// the sales that are made now.
func TestSalesAreReadWhenOrdersChange(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var reads atomic.Int32
		b := newBench(func(o *Options) {
			o.Sales = func(_ context.Context, lane string, _ int) ([]Sale, error) {
				if lane == "counter-1" {
					reads.Add(1)
				}
				return []Sale{{Key: 1, Phase: words.PaidOrder, Amount: 100 * money.Fen(reads.Load())}}, nil
			}
		})
		first, bye := b.listen(t, "page=cashier:counter-1")
		first.begins(t, "lane", "lamp", "sales")
		second, farewell := b.listen(t, "page=cashier:counter-1")
		second.begins(t, "lane", "lamp", "sales")
		for range 5 { // neither a car nor a device changes a sale
			b.counter.change(func(v *flow.View) { v.Present = !v.Present })
			b.board.Set(Device{Name: "printer", State: Lost})
			first.until(t, "lane", "")
		}
		if n := reads.Load(); n != 1 {
			t.Errorf("two pages and ten changes read the sales %d times", n)
		}
		b.counter.Offer(flow.Amount{Amount: 1250})
		first.until(t, "sales", "2.00")
		b.counter.change(func(v *flow.View) { v.Behind = []words.Order{{Phase: words.GoingBack, Key: 3}} })
		first.until(t, "sales", "3.00")
		go second.rest()
		time.Sleep(time.Minute)
		if n := reads.Load(); n != 3 {
			t.Errorf("a quiet minute read the sales %d times", n)
		}
		farewell()
		bye()
	})
}

// TestSalesThatCannotBeRead hold nothing up, and are there as soon as they can be.
func TestSalesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fails, hangs := true, false
		b := newBench(func(o *Options) {
			o.Sales = func(ctx context.Context, _ string, _ int) ([]Sale, error) {
				if hangs {
					<-ctx.Done()
					return nil, ctx.Err()
				}
				if fails {
					return nil, errors.New("disk I/O error")
				}
				return []Sale{{Key: 1, Phase: words.PaidOrder, Amount: 777}}, nil
			}
		})
		page := b.ask("GET", "/lanes/counter-1", "").Body.String()
		if !strings.Contains(page, "暂时无法读取") || strings.Contains(page, "I/O") {
			t.Errorf("the page says %s", page)
		}
		fails = false
		if page := b.ask("GET", "/lanes/counter-1", "").Body.String(); !strings.Contains(page, "7.77") {
			t.Error("sales that can be read again are not there")
		}
		hangs = true
		b.counter.Offer(flow.Amount{Amount: 1250})
		start := time.Now()
		stream, bye := b.listen(t, "page=cashier:counter-1")
		stream.until(t, "lane", "12.50")
		if since := time.Since(start); since != 0 {
			t.Errorf("a disk that hangs held the amount up for %v", since)
		}
		stream.begins(t, "lamp", "sales")
		if since := time.Since(start); since != salesWithin {
			t.Errorf("it was waited for %v", since)
		}
		bye()
	})
}
