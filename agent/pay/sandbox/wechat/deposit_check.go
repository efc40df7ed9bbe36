package wechat

import (
	"maps"
	"slices"
	"strings"

	"tillgate/agent/pay/sandbox"
)

// ofAll are the fields that all requests of deposits take: each says how it is
// signed (page 4011986268). The pages want a sub-merchant as well; that
// direct merchants may leave him away is unconfirmed, and taken here.
var ofAll = map[string]rule{
	"appid": {32, true}, "mch_id": {32, true}, "sub_appid": {32, false}, "sub_mch_id": {32, false}, "nonce_str": {32, true}, "sign": {64, true}, "sign_type": {32, true},
}

// depositRules are the fields that each operation takes beside; no coupons, which
// deposits have not.
var depositRules = map[sandbox.Op]map[string]rule{
	sandbox.Hold: withAll(map[string]rule{
		"deposit": {1, true}, "device_info": {32, false}, "body": {127, true}, "detail": {6000, false}, "attach": {127, false}, "out_trade_no": {32, true},
		"total_fee": {12, true}, "fee_type": {16, true}, "spbill_create_ip": {64, true}, "limit_pay": {32, false}, "time_start": {14, false}, "time_expire": {14, false},
		"auth_code": {128, true}, "scene_info": {256, false},
	}),
	sandbox.HoldQuery: withAll(map[string]rule{"transaction_id": {32, false}, "out_trade_no": {32, false}}),
	sandbox.HoldUndo:  withAll(map[string]rule{"transaction_id": {32, false}, "out_trade_no": {32, false}}),
	sandbox.Capture: withAll(map[string]rule{
		"transaction_id": {32, false}, "out_trade_no": {32, false}, "total_fee": {12, true}, "consume_fee": {12, true}, "fee_type": {16, true},
	}),
	sandbox.Refund: withAll(map[string]rule{
		"transaction_id": {32, true}, "out_refund_no": {64, true}, "total_fee": {12, true}, "refund_fee": {12, true}, "refund_fee_type": {8, false},
		"refund_desc": {80, false}, "refund_account": {30, false},
	}),
	sandbox.RefundQuery: withAll(map[string]rule{"out_refund_no": {64, false}, "refund_id": {32, false}}),
}

func withAll(rules map[string]rule) map[string]rule {
	maps.Copy(rules, ofAll)
	return rules
}

// checkDeposit holds the values of a request about a deposit against their rules.
func checkDeposit(f fields, op sandbox.Op) fields {
	either := map[sandbox.Op][]string{sandbox.HoldQuery: {"transaction_id", "out_trade_no"}, sandbox.HoldUndo: {"transaction_id", "out_trade_no"},
		sandbox.Capture: {"transaction_id", "out_trade_no"}, sandbox.RefundQuery: {"out_refund_no", "refund_id"}}[op]
	given := slices.DeleteFunc(slices.Clone(either), func(name string) bool { return f[name] == "" })
	number := f["out_trade_no"]
	switch {
	case f["sign_type"] != "HMAC-SHA256" && op != sandbox.Hold && op != sandbox.Refund: // whose pages name MD5, too
		return failed("PARAM_ERROR", "参数错误: sign_type")
	case len(either) > 0 && len(given) == 0:
		return failed("LACK_PARAMS", "缺少参数: "+either[0])
	case len(given) > 1:
		return failed("PARAM_ERROR", "参数错误: "+strings.Join(either, "、")+"只能有一个")
	case number != "" && (len(number) < 6 || strings.Trim(number, numberSigns) != ""):
		return failed("PARAM_ERROR", "参数错误: out_trade_no")
	case strings.Trim(f["out_refund_no"], numberSigns+"@") != "":
		return failed("PARAM_ERROR", "参数错误: out_refund_no")
	}
	for _, name := range []string{"total_fee", "consume_fee", "refund_fee"} {
		if f[name] != "" && !goodFen(f[name]) {
			return failed("PARAM_ERROR", "参数错误: "+name)
		}
	}
	for _, name := range []string{"fee_type", "refund_fee_type"} {
		if f[name] != "" && f[name] != "CNY" {
			return failed("PARAM_ERROR", "参数错误: "+name)
		}
	}
	if op != sandbox.Hold {
		return nil
	}
	if f["deposit"] != "Y" {
		return failed("PARAM_ERROR", "参数错误: deposit")
	}
	return checkCharge(f)
}
