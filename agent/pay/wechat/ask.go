package wechat

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"tillgate/agent/pay"
)

// Limits of texts of others, in bytes: the fields that we fill (micropay page)
// and the words that we pass on.
const (
	bodyBytesMax    = 127
	attachBytesMax  = 127
	deviceBytesMax  = 32
	storeBytesMax   = 32
	networkBytesMax = 32
	wordsBytesMax   = 200
	codeBytesMax    = 64
)

// reply is a verified reply, or the result that stands for one that cannot be believed.
type reply struct {
	fields fields
	result pay.Result
}

// ask sends a request with the merchant's fields and its signature. What it
// answers has a good signature and return_code SUCCESS, else no fields.
func (p *Provider) ask(ctx context.Context, w *pay.Wire, path string, f fields) reply {
	return p.read(w.Send(ctx, p.request(path, f)), "")
}

// request is a request with the merchant's fields and its signature.
func (p *Provider) request(path string, f fields) pay.Request {
	f["appid"], f["mch_id"] = p.o.AppID, p.o.MchID
	f["sub_appid"], f["sub_mch_id"] = p.o.SubAppID, p.o.SubMchID
	f["nonce_str"] = rand.Text()
	if p.o.Sign != signMD5 {
		f["sign_type"] = p.o.Sign
	}
	f["sign"] = sign(f, p.o.Sign, p.o.Key)
	request := pay.Request{Method: http.MethodPost, Body: f.encode(), Header: http.Header{"Content-Type": {"text/xml; charset=utf-8"}}}
	for _, host := range p.hosts {
		request.URLs = append(request.URLs, strings.TrimSuffix(host, "/")+path)
	}
	return request
}

// read verifies what came back. A payment code that it echoes goes no further.
func (p *Provider) read(sent pay.Reply, code string) reply {
	switch {
	case sent.Code != "":
		result := sent.Result()
		result.Detail = pay.Hide(result.Detail, code)
		return reply{result: result}
	case sent.Status != http.StatusOK:
		return doubt(fmt.Sprintf("HTTP %d", sent.Status), "")
	}
	got, err := decode(sent.Body)
	switch {
	case err != nil:
		return doubt(pay.CodeBadReply, "")
	case got["return_code"] != "SUCCESS": // mostly without a signature
		return doubt("refused unsigned", pay.CutBasic(pay.Hide(got["return_msg"], code), wordsBytesMax))
	case !signed(got, p.o.Sign, p.o.Key):
		return doubt(pay.CodeBadSignature, "")
	}
	for _, name := range shown {
		got[name] = pay.Hide(got[name], code)
	}
	return reply{fields: got, result: pay.Result{Date: sent.Date}}
}

// shown are the fields of a reply whose text people may get to see.
var shown = []string{"err_code", "err_code_des", "trade_state", "trade_state_desc", "transaction_id"}

func doubt(code, detail string) reply {
	return reply{result: pay.Result{Code: code, Detail: detail}}
}

// scene names the lane in the network's store fields.
func scene(lane string) string {
	lane = pay.CutBasic(lane, storeBytesMax)
	if lane == "" {
		return ""
	}
	var said struct {
		Store struct {
			ID string `json:"id"`
		} `json:"store_info"`
	}
	said.Store.ID = lane
	text, err := json.Marshal(said)
	if err != nil {
		return ""
	}
	return string(text)
}
