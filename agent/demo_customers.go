//go:build demo

package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"

	"tillgate/agent/pay/sandbox"
)

// customer is somebody who shows a payment code when a button of the page is pressed.
type customer struct {
	ID     string `json:"id"`
	Zh     string `json:"label_zh"`
	En     string `json:"label_en"`
	wallet string
	do     sandbox.Behaviour
}

var customersOfDemo = []customer{
	{"pays", "微信立即付款", "pays with WeChat", sandbox.WeChat, sandbox.Do("pays")},
	{"alipay", "支付宝付款", "pays with Alipay", sandbox.Alipay, sandbox.Do("pays")},
	{"unionpay", "云闪付付款", "pays with UnionPay", sandbox.UnionPay, sandbox.Do("pays")},
	{"password", "需输密码", "must enter a password", sandbox.Alipay, sandbox.Do("password:6s")},
	{"no-money", "余额不足", "has no money", sandbox.WeChat, sandbox.Do("no-money")},
	{"lost-before", "未扣款即断网", "answer lost before the money moved", sandbox.WeChat, sandbox.Do("lost-before")},
	{"lost-after", "扣款后断网", "answer lost after the money moved", sandbox.Alipay, sandbox.Do("lost-after")},
	{scansUs, "扫屏幕上的二维码", "scans the QR code on the display", "", sandbox.Do("pays")},
}

// scansUs is the customer who shows no code but scans ours.
const scansUs = "scans-us"

// customers answers the page's buttons: a press scans that customer's code at the lane.
func (s *shop) customers(ctx context.Context) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /list", func(w http.ResponseWriter, _ *http.Request) { reply(w, http.StatusOK, customersOfDemo) })
	mux.HandleFunc("POST /{id}", func(w http.ResponseWriter, r *http.Request) {
		scanner := s.scanners[r.URL.Query().Get("lane")]
		for _, c := range customersOfDemo {
			if c.ID == r.PathValue("id") && scanner != nil {
				if err := s.acts(ctx, c, r.URL.Query().Get("lane"), scanner); err != nil {
					reply(w, http.StatusConflict, map[string]any{"ok": false, "zh": "没有成功", "en": err.Error()})
					return
				}
				reply(w, http.StatusOK, map[string]any{"ok": true})
				return
			}
		}
		reply(w, http.StatusNotFound, map[string]any{"ok": false, "zh": "没有这位顾客", "en": "There is no such customer"})
	})
	return mux
}

// acts lets a customer do what the button says.
func (s *shop) acts(ctx context.Context, c customer, lane string, scanner *demoScanner) error {
	if c.ID != scansUs {
		s.tell(lane, "customer", "shows a payment code: %s", c.En)
		return scanner.scan(ctx, s.bank.NewWalletCode(c.wallet, c.do))
	}
	s.tell(lane, "customer", "scans what the display shows")
	v, _ := laneNamed(s.agent.Load(), lane).View()
	shown := slices.Concat(v.Order.QR, v.Deposit.QR)
	if len(shown) == 0 {
		return errors.New("there is no QR code on the display")
	}
	return s.bank.Scan(shown[0].Link, c.do)
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body) //nolint:errcheck // whoever went away needs no answer
}
