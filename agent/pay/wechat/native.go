package wechat

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"tillgate/agent/pay"
)

// Shower is a provider that also shows codes: Native of API v3. Everything
// about a code that was scanned goes the way of its Provider.
type Shower struct{ *Provider }

var _ pay.Shower = (*Shower)(nil)

// NewShower makes the provider of a merchant that the options give an APIv3 key.
func NewShower(name string, o Options) (*Shower, error) {
	p, err := New(name, o)
	if err == nil && p.v3 == nil {
		err = fmt.Errorf("merchant %s: the APIv3 key is missing", name)
	}
	if err != nil {
		return nil, err
	}
	return &Shower{p}, nil
}

// expireForm is RFC 3339 as API v3 wants it: Beijing time, no fractions.
const expireForm = "2006-01-02T15:04:05-07:00"

// payee is on whose behalf: a direct merchant, or a sub-merchant of a provider.
type payee struct {
	AppID    string `json:"appid,omitempty"`
	MchID    string `json:"mchid,omitempty"`
	SpAppID  string `json:"sp_appid,omitempty"`
	SpMchID  string `json:"sp_mchid,omitempty"`
	SubAppID string `json:"sub_appid,omitempty"`
	SubMchID string `json:"sub_mchid,omitempty"`
}

func (v *v3) payee() payee {
	if v.o.SubMchID == "" {
		return payee{AppID: v.o.AppID, MchID: v.o.MchID}
	}
	return payee{SpAppID: v.o.AppID, SpMchID: v.o.MchID, SubAppID: v.o.SubAppID, SubMchID: v.o.SubMchID}
}

// withoutApps is the same for calls that ask only for the merchants.
func (p payee) withoutApps() payee {
	p.AppID, p.SpAppID, p.SubAppID = "", "", ""
	return p
}

// transactions is the path of calls about orders.
func (v *v3) transactions() string {
	if v.o.SubMchID == "" {
		return "/v3/pay/transactions"
	}
	return "/v3/pay/partner/transactions"
}

type amount struct {
	Total    int64  `json:"total"` // fen
	Currency string `json:"currency"`
}

type scene3 struct {
	IP     string  `json:"payer_client_ip"`
	Device string  `json:"device_id,omitempty"`
	Store  *store3 `json:"store_info,omitempty"`
}

type store3 struct {
	ID string `json:"id"`
}

// order is what the network wants to know to make a code.
type order struct {
	payee
	Description string `json:"description"`
	Number      string `json:"out_trade_no"`
	Expire      string `json:"time_expire"`
	NotifyURL   string `json:"notify_url"`
	Attach      string `json:"attach,omitempty"`
	Amount      amount `json:"amount"`
	Scene       scene3 `json:"scene_info"`
}

// Show opens an order and answers its code's link (transactions/native).
func (s *Shower) Show(ctx context.Context, o pay.Offer) pay.Result {
	v := s.v3
	want := order{
		payee: v.payee(), Description: cmp.Or(pay.CutBasic(o.Title, bodyBytesMax), "付款"), Number: o.Number, NotifyURL: v.o.NotifyURL,
		Attach: pay.CutBasic(o.Note, attachBytesMax), Amount: amount{int64(o.Amount), "CNY"}, Scene: scene3{IP: v.o.IP, Device: pay.CutBasic(o.Device, deviceBytesMax)},
	}
	if lane := pay.CutBasic(o.Lane, storeBytesMax); lane != "" {
		want.Scene.Store = &store3{lane}
	}
	life := cmp.Or(o.Life, pay.WeChat.Show.Life)
	r := v.ask(ctx, http.MethodPost, v.transactions()+"/native", func(now time.Time) []byte {
		want.Expire = now.Add(life).In(pay.Beijing).Format(expireForm)
		return encode(want)
	})
	switch {
	case !r.verified:
		return r.result
	case r.status != http.StatusOK:
		return r.refused(showCodes)
	}
	var got struct {
		Link string `json:"code_url"`
	}
	if json.Unmarshal(r.body, &got) != nil || !pay.GoodLink(got.Link) {
		return r.judged(unknown, pay.CodeIncomplete, "")
	}
	result := r.judged(verdict{state: pay.Waiting}, "shown", "")
	result.Link = got.Link
	return result
}
