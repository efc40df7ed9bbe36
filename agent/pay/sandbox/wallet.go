package sandbox

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// The wallets that are played.
const (
	WeChat   = "wechat"
	Alipay   = "alipay"
	UnionPay = "unionpay"
)

// codeLife is how long a payment code is good for, in every wallet.
const codeLife = time.Minute

// wallet is how a wallet's payment codes look.
type wallet struct {
	begins             string // of those that are made here
	digits             int    // of those that are made here
	from, to           string // how they begin, the first two digits
	digitsLo, digitsHi int
}

// walletForms are the payment codes that networks document: auth_code of WeChat
// Pay and of alipay.trade.pay, and UnionPay's, which is unconfirmed.
var walletForms = map[string]wallet{
	WeChat:   {begins: "13", digits: 18, from: "10", to: "15", digitsLo: 18, digitsHi: 18},
	Alipay:   {begins: "28", digits: 18, from: "25", to: "30", digitsLo: 16, digitsHi: 24},
	UnionPay: {begins: "62", digits: 19, from: "62", to: "62", digitsLo: 19, digitsHi: 19},
}

// Wallets are the wallets that are played.
func Wallets() []string { return []string{Alipay, UnionPay, WeChat} }

// WalletOf is the wallet whose payment code a text could be; empty: it is no code.
func WalletOf(text string) string {
	if len(text) < 2 || strings.Trim(text, "0123456789") != "" {
		return ""
	}
	for name, w := range walletForms {
		if head := text[:2]; head >= w.from && head <= w.to && len(text) >= w.digitsLo && len(text) <= w.digitsHi {
			return name
		}
	}
	return ""
}

// code is a payment code on a customer's phone.
type code struct {
	behaviour Behaviour
	born      time.Time
	spent     bool
}

// NewCode makes the payment code of a customer of WeChat's.
func (s *Sandbox) NewCode(b Behaviour) string { return s.NewWalletCode(WeChat, b) }

// NewWalletCode makes the payment code of a customer: as many digits as his
// wallet has, good for a minute and for one payment. Whatever is asked of it
// behaves as told. A wallet that is not played panics.
func (s *Sandbox) NewWalletCode(wallet string, b Behaviour) string {
	form, ok := walletForms[wallet]
	if !ok {
		panic(fmt.Sprintf("sandbox: wallet %q is not one of %v", wallet, Wallets()))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.coined++
	const scatter = 6_364_136_223_846_793 // odd and no multiple of 5, so that codes differ like real ones and never repeat
	digits := uint64(s.coined) * scatter % 10_000_000_000_000_000
	text := fmt.Sprintf("%s%0*d", form.begins, form.digits-len(form.begins), digits)
	s.codes[text] = &code{behaviour: b, born: s.Now()}
	return text
}

// lookup finds a code, and takes one in that nobody made when its prefix is known.
func (s *Sandbox) lookup(text string, now time.Time) *code {
	if c := s.codes[text]; c != nil {
		return c
	}
	best := ""
	for prefix := range s.o.Prefixes {
		if strings.HasPrefix(text, prefix) && len(prefix) > len(best) {
			best = prefix
		}
	}
	if best == "" || WalletOf(text) == "" {
		return nil
	}
	s.codes[text] = &code{behaviour: s.o.Prefixes[best], born: now}
	return s.codes[text]
}

// refuse is why a code cannot be charged by one who takes these wallets, and empty when it can.
func (s *Sandbox) refuse(text string, wallets []string, now time.Time) Refusal {
	if w := WalletOf(text); w != "" && !slices.Contains(wallets, w) {
		return CodeWrongWallet
	}
	switch c := s.lookup(text, now); {
	case c == nil:
		return CodeUnknown
	case c.spent:
		return CodeSpent
	case now.Sub(c.born) > codeLife:
		return CodeExpired
	}
	return ""
}
