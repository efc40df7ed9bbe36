package unionpay

import (
	"encoding/json"
	"net/http"
	"time"

	"tillgate/agent/pay/sandbox"
	"tillgate/store/money"
)

// reply are the fields of an answer; nil for none yet.
type reply map[string]any

// failed is a refusal; its text is in errInfo for POS通 and in errMsg for bills,
// and clients have to read both.
func failed(code, words string) reply {
	return reply{"errCode": code, "errInfo": words, "errMsg": words}
}

func (r reply) parcel(status int) sandbox.Parcel {
	body, err := json.Marshal(map[string]any(r))
	if err != nil {
		panic(err) // strings and numbers only
	}
	return sandbox.Parcel{Status: status, Header: http.Header{"Content-Type": {"application/json;charset=UTF-8"}}, Body: body}
}

// spoilt is an answer as its behaviour wants it: about another amount, order,
// merchant or moment than it should be.
func (c *call) spoilt(r reply) reply {
	switch c.do.Network.Kind {
	case sandbox.WrongNumber:
		for _, name := range []string{"merchantOrderId", "billNo"} {
			if number, ok := r[name].(string); ok {
				r[name] = number[:len(number)-1] + "x"
			}
		}
	case sandbox.WrongMerchant:
		for _, name := range []string{"merchantCode", "mid"} {
			if _, ok := r[name]; ok {
				r[name] = "898999999999999"
			}
		}
	case sandbox.WrongAmount:
		r.moreMoney("transactionAmount", "originalTransactionAmount", "totalAmount", "refundAmount")
	case sandbox.WrongTime:
		r.earlier(time.Hour)
	}
	return r
}

// moreMoney makes ten times as much of what an answer says of a query or of a
// refund; a charge has a fen more in the books already.
func (r reply) moreMoney(names ...string) {
	for _, name := range names {
		if sum, ok := r[name].(money.Fen); ok && r["queryResCode"] != nil || name == "totalAmount" && ok || r["refundOrderId"] != nil && ok {
			r[name] = sum * 10
		}
	}
	if refund, ok := r["refundBillPayment"].(reply); ok {
		refund.moreMoney("refundAmount")
	}
}

// earlier puts the times of an answer back.
func (r reply) earlier(by time.Duration) {
	if paid, ok := r["billPayment"].(reply); ok {
		paid.earlier(by)
	}
	if at, err := time.ParseInLocation(time.DateTime, text(r["payTime"]), sandbox.Beijing); err == nil {
		r["payTime"] = at.Add(-by).Format(time.DateTime)
	}
	if at, err := time.ParseInLocation("20060102150405", text(r["transactionDateWithYear"])+text(r["transactionTime"]), sandbox.Beijing); err == nil {
		r.when("transactionDateWithYear", "transactionTime", at.Add(-by))
	}
	if at, err := time.ParseInLocation("150405", text(r["originalTransactionTime"]), sandbox.Beijing); err == nil {
		r["originalTransactionTime"] = at.Add(-by).Format("150405")
	}
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

// when writes a moment as a date and a time of the day, the two fields of POS通.
func (r reply) when(date, clock string, at time.Time) {
	at = at.In(sandbox.Beijing)
	r[date], r[clock] = at.Format("20060102"), at.Format("150405")
}
