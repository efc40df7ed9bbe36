package acceptance

import (
	"context"
	"fmt"
	"slices"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store/money"
)

// step is one line of the script.
type step struct {
	zh, en string
	play   func(r *run, ctx context.Context) (got string, err error)
}

// The script, in its order. Amounts are in fen: 0.02 yuan is paid.
var (
	first = []step{
		{"金额为零被拒绝", "An amount of zero is refused", (*run).zero},
		{"不足一分的金额被拒绝", "Less than a fen is refused", (*run).lessThanAFen},
	}
	byCode = []step{ // for each wallet
		{"付款码支付 0.02 元", "0.02 yuan is paid with a payment code", func(r *run, ctx context.Context) (string, error) {
			return r.num(r.charge(ctx, 2, Pays))
		}},
		{"扫小票条码可查到原单", "The slip's code scans back to its order", (*run).slip},
		{"退款 0.03 元被本机拒绝", "A refund of 0.03 is refused on the device", refusing(3)},
		{"退款 0.01 元成功", "A refund of 0.01 is accepted", refunding(1)},
		{"再退 0.02 元被本机拒绝", "A refund of 0.02 is refused on the device", refusing(2)},
		{"再退 0.01 元成功", "A refund of 0.01 is accepted", refunding(1)},
		{"已全额退款，再退被拒绝", "It is fully refunded, and nothing more goes back", refusing(1)},
		{"需输入密码时提示顾客，随后付款成功", "A payer who is asked for a password is told so, and then has paid", (*run).password},
		{"全额退款", "All of it is refunded", refunding(0)},
		{"结果未知时如实提示，已付订单不报超时", "An unknown result is told as such, and a paid order is never announced as timed out", (*run).lost},
		{"全额退款", "All of it is refunded", refunding(0)},
	}
	byQR = []step{ // for each wallet
		{"顾客扫动态二维码支付 0.02 元", "0.02 yuan is paid by a phone that scans the QR code", (*run).qr},
		{"退款 0.03 元被本机拒绝", "A refund of 0.03 is refused on the device", refusing(3)},
		{"全额退款", "All of it is refunded", refunding(0)},
	}
)

func refusing(sum money.Fen) func(r *run, ctx context.Context) (string, error) {
	return func(r *run, ctx context.Context) (string, error) { return r.refused(ctx, sum) }
}

func refunding(sum money.Fen) func(r *run, ctx context.Context) (string, error) {
	return func(r *run, ctx context.Context) (string, error) { return r.refund(ctx, sum) }
}

// num is the number of the order that was paid, where it was.
func (r *run) num(err error) (string, error) {
	if err != nil {
		return "", err
	}
	return r.number, nil
}

func (r *run) zero(ctx context.Context) (string, error) {
	return r.told(ctx, flow.Amount{Amount: 0, Title: "验收 Acceptance"}, words.TellAmountZero)
}

// lessThanAFen types 0.001 at the page: it must become neither 0.00 nor 0.01.
func (r *run) lessThanAFen(ctx context.Context) (string, error) {
	if r.Type == nil {
		return "", fmt.Errorf("there is no page to type it at: %w", ErrNotHere)
	}
	refusal, err := r.Type(ctx, "0.001")
	if err == nil && refusal == "" {
		v, _ := r.till.View()
		err = fmt.Errorf("it was taken, and the lane shows %s", v.Order.Amount)
	}
	return refusal, err
}

func (r *run) slip(ctx context.Context) (string, error) {
	waits, cancel := context.WithTimeout(ctx, r.Patience)
	defer cancel()
	read, err := r.people.Slip(waits)
	for err == nil && slices.Contains(r.before, read) { // a slip of before that has come out late
		read, err = r.people.Slip(waits)
	}
	if err != nil {
		return "", err
	}
	if read != r.number {
		return "", fmt.Errorf("the slip says %q, the order is %s", read, r.number)
	}
	return r.told(ctx, flow.Scanned{Text: pay.Secret(read)}, words.TellOurSlip)
}

func (r *run) password(ctx context.Context) (string, error) {
	if err := r.charge(ctx, 2, Password); err != nil {
		return "", err
	}
	if r.Mute { // then the result is open until the payer has entered it
		return r.shown(words.Checking)
	}
	return r.shown(words.Password)
}

func (r *run) lost(ctx context.Context) (string, error) {
	if err := r.charge(ctx, 2, Lost); err != nil {
		return "", err
	}
	return r.shown(words.Checking)
}

func (r *run) qr(ctx context.Context) (string, error) {
	if err := r.owe(ctx, 2); err != nil {
		return "", err
	}
	v, _ := r.till.View()
	if len(v.Order.QR) == 0 {
		if err := r.offer(flow.ShowQR{}); err != nil {
			return "", err
		}
	}
	v, err := r.await(ctx, "the QR code", func(v flow.View) bool { return len(v.Order.QR) > 0 })
	if err != nil {
		return "", err
	}
	if err := r.people.Scan(ctx, r.wallet, v.Order.QR[0].Link); err != nil {
		return "", err
	}
	return r.num(r.paid(ctx))
}
