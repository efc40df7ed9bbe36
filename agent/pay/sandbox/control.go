package sandbox

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"tillgate/store/money"
)

var ops = []Op{Charge, Query, Undo, Show, Refund, RefundQuery, Certificates,
	Hold, HoldQuery, HoldUndo, ShowHold, Capture, CaptureQuery, Release, ReleaseQuery}

// controlNext takes {"behaviour": "lost-after", "op": "charge", "network": "wechat"};
// op and network may be left out.
func (s *Sandbox) controlNext(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Behaviour string `json:"behaviour"`
		Op        Op     `json:"op"`
		Network   string `json:"network"`
	}
	b, err := control(w, r, &in, &in.Behaviour)
	if err == nil && in.Op != "" && !slices.Contains(ops, in.Op) {
		err = fmt.Errorf("op %q is not one of %v", in.Op, ops)
	}
	if err == nil && in.Network != "" && !s.attached(in.Network) {
		err = fmt.Errorf("network %q is not played here", in.Network)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.NextAt(in.Network, in.Op, b)
	w.WriteHeader(http.StatusNoContent)
}

// controlCode takes {"wallet": "wechat", "behaviour": "password:5s"} and answers
// {"code": "13..."}: the payment code of a customer who behaves so.
func (s *Sandbox) controlCode(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Wallet    string `json:"wallet"`
		Behaviour string `json:"behaviour"`
	}
	b, err := control(w, r, &in, &in.Behaviour)
	if in.Wallet = cmp.Or(in.Wallet, WeChat); err == nil && !slices.Contains(Wallets(), in.Wallet) {
		err = fmt.Errorf("wallet %q is not played here, only %v", in.Wallet, Wallets())
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	reply(w, map[string]string{"code": s.NewWalletCode(in.Wallet, b)})
}

// controlAmount takes {"amount": 1234, "behaviour": "no-money"}: whoever is asked
// for 12.34 yuan behaves so. Without a behaviour that ends.
func (s *Sandbox) controlAmount(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Amount    money.Fen `json:"amount"`
		Behaviour string    `json:"behaviour"`
	}
	b, err := control(w, r, &in, &in.Behaviour)
	if err == nil && in.Amount < 1 {
		err = fmt.Errorf("amount %d fen is not one to be charged", in.Amount)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.SetAmount(in.Amount, b)
	w.WriteHeader(http.StatusNoContent)
}

// controlScan takes {"link": "weixin://...", "wallet": "wechat", "behaviour": "pays"}:
// a customer's phone scans a code that was shown; wallet may be left out.
func (s *Sandbox) controlScan(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Link      string `json:"link"`
		Wallet    string `json:"wallet"`
		Behaviour string `json:"behaviour"`
	}
	b, err := control(w, r, &in, &in.Behaviour)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if err := s.ScanWith(in.Wallet, in.Link, b); err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// controlClock takes {"forward": "720h"}: the network's clock goes on by so much.
func (s *Sandbox) controlClock(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Forward string `json:"forward"`
	}
	none := ""
	_, err := control(w, r, &in, &none)
	var by time.Duration
	if err == nil {
		by, err = time.ParseDuration(in.Forward)
	}
	if err == nil && by <= 0 {
		err = fmt.Errorf("forward %q is not a time to go on by", in.Forward)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.Forward(by)
	w.WriteHeader(http.StatusNoContent)
}

func (s *Sandbox) controlLedger(w http.ResponseWriter, _ *http.Request) { reply(w, s.Ledger()) }

// control decodes a request and its behaviour; an empty one is to do everything right.
func control(w http.ResponseWriter, r *http.Request, in any, behaviour *string) (Behaviour, error) {
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4<<10))
	d.DisallowUnknownFields()
	if err := d.Decode(in); err != nil {
		return Behaviour{}, fmt.Errorf("read request: %w", err)
	}
	if *behaviour == "" {
		return Behaviour{}, nil
	}
	return ParseBehaviour(*behaviour)
}

func reply(w http.ResponseWriter, out any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(out) //nolint:errcheck // a client that has gone away wants nothing
}
