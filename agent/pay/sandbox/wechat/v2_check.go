package wechat

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"tillgate/agent/pay/sandbox"
)

// rule is a field of a request and its limit in bytes.
type rule struct {
	bytesMax int
	required bool
}

// rules2 are the fields that each operation takes (pages of micropay, orderquery,
// reverse, refund and refundquery); one that is not named there is a slip of the client's.
var rules2 = map[sandbox.Op]map[string]rule{
	sandbox.Charge: {
		"appid": {32, true}, "mch_id": {32, true}, "sub_appid": {32, false}, "sub_mch_id": {32, false},
		"device_info": {32, false}, "nonce_str": {32, true}, "sign": {64, true}, "sign_type": {32, false},
		"version": {32, false}, "body": {127, true}, "detail": {6000, false}, "attach": {127, false},
		"out_trade_no": {32, true}, "total_fee": {12, true}, "fee_type": {16, false}, "spbill_create_ip": {64, true},
		"goods_tag": {32, false}, "limit_pay": {32, false}, "time_start": {14, false}, "time_expire": {14, false},
		"receipt": {8, false}, "auth_code": {128, true}, "profit_sharing": {1, false}, "scene_info": {256, false},
	},
	sandbox.Query: {
		"appid": {32, true}, "mch_id": {32, true}, "sub_appid": {32, false}, "sub_mch_id": {32, false},
		"out_trade_no": {32, true}, "nonce_str": {32, true}, "sign": {64, true}, "sign_type": {32, false}, "version": {32, false},
	},
	sandbox.Undo: {
		"appid": {32, true}, "mch_id": {32, true}, "sub_appid": {32, false}, "sub_mch_id": {32, false},
		"out_trade_no": {32, true}, "nonce_str": {32, true}, "sign": {64, true}, "sign_type": {32, false},
	},
	sandbox.Refund: {
		"appid": {32, true}, "mch_id": {32, true}, "sub_appid": {32, false}, "sub_mch_id": {32, false},
		"nonce_str": {32, true}, "sign": {64, true}, "sign_type": {32, false}, "transaction_id": {32, false}, "out_trade_no": {32, false},
		"out_refund_no": {64, true}, "total_fee": {12, true}, "refund_fee": {12, true}, "refund_fee_type": {8, false}, "refund_desc": {80, false},
		"refund_account": {30, false}, "notify_url": {256, false},
	},
	sandbox.RefundQuery: {
		"appid": {32, true}, "mch_id": {32, true}, "sub_appid": {32, false}, "sub_mch_id": {32, false},
		"nonce_str": {32, true}, "sign": {64, true}, "sign_type": {32, false}, "transaction_id": {32, false}, "out_trade_no": {32, false},
		"out_refund_no": {64, false}, "refund_id": {32, false}, "offset": {15, false},
	},
}

// request2 is a request of API v2 that was signed by a merchant whom we know.
type request2 struct {
	op       sandbox.Op
	fields   fields
	merchant Merchant
	hmac     bool
	deposit  bool
}

func (r request2) number() string { return r.fields["out_trade_no"] }

// admit finds the merchant of a request and checks its signature. What it
// refuses is answered without a signature, in these words.
func (n *Network) admit(r *http.Request, op sandbox.Op, f fields) (request2, string) {
	if r.Method != http.MethodPost {
		return request2{}, "请使用post方法"
	}
	if f == nil {
		return request2{}, "XML格式错误"
	}
	i := slices.IndexFunc(n.o.Merchants, func(m Merchant) bool { return m.MchID == f["mch_id"] })
	if i < 0 {
		return request2{}, "商户号mch_id与appid不匹配"
	}
	q := request2{op: op, fields: f, merchant: n.o.Merchants[i], hmac: f["sign_type"] == "HMAC-SHA256"}
	if f["sign_type"] != "" && f["sign_type"] != "MD5" && !q.hmac || f["sign"] != f.sign(q.hmac, string(q.merchant.Key)) {
		return request2{}, "签名错误"
	}
	return q, ""
}

// check holds a request against its rules and finds the sub-merchant; nil is a good request.
func (n *Network) check(q *request2) fields {
	rules := rules2[q.op]
	if q.deposit {
		rules = depositRules[q.op]
	}
	for _, name := range q.fields.names() {
		limit, known := rules[name]
		if !known || len(q.fields[name]) > limit.bytesMax {
			return failed("PARAM_ERROR", "参数错误: "+name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(rules)) {
		if rules[name].required && q.fields[name] == "" {
			return failed("LACK_PARAMS", "缺少参数: "+name)
		}
	}
	i := slices.IndexFunc(n.o.Merchants, func(m Merchant) bool {
		return m.MchID == q.fields["mch_id"] && m.SubMchID == q.fields["sub_mch_id"]
	})
	if i < 0 {
		return failed("MCHID_NOT_EXIST", "MCHID不存在")
	}
	q.merchant = n.o.Merchants[i]
	if q.fields["appid"] != q.merchant.AppID || q.fields["sub_appid"] != "" && q.fields["sub_appid"] != q.merchant.SubAppID {
		return failed("APPID_MCHID_NOT_MATCH", "appid和mch_id不匹配")
	}
	if q.deposit {
		return checkDeposit(q.fields, q.op)
	}
	return checkValues(q.fields, q.op)
}

func checkValues(f fields, op sandbox.Op) fields {
	if number := f["out_trade_no"]; number != "" && (len(number) < 6 || strings.Trim(number, numberSigns) != "") {
		return failed("PARAM_ERROR", "参数错误: out_trade_no")
	}
	switch op {
	case sandbox.Charge:
		return checkCharge(f)
	case sandbox.Refund, sandbox.RefundQuery:
		return checkRefund2(f, op)
	}
	return nil
}

// goodFen tells whether a text is an amount: a whole number of fen, at least one.
func goodFen(text string) bool {
	n, err := strconv.ParseInt(text, 10, 64)
	return err == nil && n >= 1 && strconv.FormatInt(n, 10) == text
}

func checkCharge(f fields) fields {
	switch _, err := netip.ParseAddr(f["spbill_create_ip"]); {
	case err != nil:
		return failed("PARAM_ERROR", "参数错误: spbill_create_ip")
	case !goodFen(f["total_fee"]):
		return failed("PARAM_ERROR", "参数错误: total_fee")
	case f["fee_type"] != "" && f["fee_type"] != "CNY":
		return failed("PARAM_ERROR", "参数错误: fee_type")
	case f["scene_info"] != "" && !goodScene(f["scene_info"]):
		return failed("PARAM_ERROR", "参数错误: scene_info")
	}
	return nil
}

// goodScene tells whether a text is the JSON of a store with an id.
func goodScene(text string) bool {
	var scene struct {
		Store struct {
			ID       string `json:"id"`
			Name     string `json:"name"`
			AreaCode string `json:"area_code"`
			Address  string `json:"address"`
		} `json:"store_info"`
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	return d.Decode(&scene) == nil && !d.More() && scene.Store.ID != "" && len(scene.Store.ID) <= 32
}
