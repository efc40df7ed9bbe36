package unionpay

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"tillgate/store/money"
)

// number is an amount or another whole number, which may come in quotes.
type number int64

// UnmarshalJSON reads both forms.
func (n *number) UnmarshalJSON(text []byte) error {
	digits := strings.Trim(string(text), `"`)
	v, err := strconv.ParseInt(digits, 10, 63)
	if err != nil || v < 0 || digits != strconv.FormatInt(v, 10) {
		return errors.New("expected a whole number")
	}
	*n = number(v)
	return nil
}

func (n number) fen() money.Fen { return money.Fen(n) }

// whose are the fields that say who asks on which order, in every call of POS通.
type whose struct {
	MerchantCode    string `json:"merchantCode"`
	TerminalCode    string `json:"terminalCode"`
	MerchantOrderID string `json:"merchantOrderId"`
	OriginalOrderID string `json:"originalOrderId"`
	OriTransDate    string `json:"oriTransDate"`
}

// refuse is why these fields are not taken from a merchant.
func (w whose) refuse(m Merchant) reply {
	switch {
	case w.MerchantCode != m.MID:
		return failed("03", "商户号不符")
	case w.TerminalCode != m.TID:
		return failed("97", "终端未登记")
	case w.MerchantOrderID == "" && w.OriginalOrderID == "":
		return failed("9001", "merchantOrderId 与 originalOrderId 不能同时为空")
	case len(w.MerchantOrderID) > 50:
		return failed("9001", "merchantOrderId 超过50位")
	case w.OriTransDate != "" && !day8.MatchString(w.OriTransDate):
		return failed("9001", "oriTransDate 应为 yyyyMMdd")
	}
	return nil
}

// payIn is a request for the money of a payment code (page kXOZy68D).
type payIn struct {
	MerchantCode    string   `json:"merchantCode"`
	TerminalCode    string   `json:"terminalCode"`
	Amount          number   `json:"transactionAmount"`
	Currency        string   `json:"transactionCurrencyCode"`
	MerchantOrderID string   `json:"merchantOrderId"`
	Remark          string   `json:"merchantRemark"`
	PayMode         string   `json:"payMode"`
	PayCode         string   `json:"payCode"`
	DeviceType      string   `json:"deviceType"`
	Longitude       string   `json:"longitude"`
	Latitude        string   `json:"latitude"`
	Cust2           string   `json:"cust2"`
	IP              string   `json:"ip"`
	SerialNum       string   `json:"serialNum"`
	Trace           string   `json:"systemTraceNum"`
	StoreID         string   `json:"storeId"`
	OperatorID      string   `json:"operatorId"`
	OrderDesc       string   `json:"orderDesc"`
	SrcReserved     string   `json:"srcReserved"`
	GoodsTag        string   `json:"goodsTag"`
	LimitCreditCard flexBool `json:"limitCreditCard"`
	SubAppID        string   `json:"subAppId"`
}

// flexBool is a switch that comes as a word or as JSON's own.
type flexBool bool

// UnmarshalJSON reads both forms.
func (b *flexBool) UnmarshalJSON(text []byte) error {
	v, err := strconv.ParseBool(strings.Trim(string(text), `"`))
	*b = flexBool(v)
	return err
}

var (
	day8      = regexp.MustCompile(`^20\d{6}$`)
	trace6    = regexp.MustCompile(`^\d{6}$`)
	longitude = regexp.MustCompile(`^[+-]\d{1,3}\.\d{1,6}$`) // 10 characters at most
	latitude  = regexp.MustCompile(`^[+-]\d{1,2}\.\d{1,6}$`)
)

// notPhysical are the device types that are no terminals (page kXOZy68D).
var notPhysical = []string{"01", "11", "12", "13"}

// refuse is why a charge's fields are not taken.
func (in payIn) refuse(m Merchant) reply {
	if r := (whose{MerchantCode: in.MerchantCode, TerminalCode: in.TerminalCode, MerchantOrderID: in.MerchantOrderID}).refuse(m); r != nil {
		return r
	}
	wrong := func(words string) reply { return failed("9001", words) }
	switch {
	case in.Amount < 1 || in.Amount > 1e10:
		return failed("13", "金额不正确")
	case in.Currency != "156":
		return wrong("transactionCurrencyCode 应为 156")
	case in.Remark == "" || utf8.RuneCountInString(in.Remark) > 255:
		return wrong("merchantRemark 不能为空或过长")
	case in.PayMode != "CODE_SCAN":
		return wrong("payMode 应为 CODE_SCAN")
	case in.PayCode == "" || strings.Trim(in.PayCode, "0123456789") != "":
		return wrong("payCode 应为数字")
	case len(in.DeviceType) != 2:
		return wrong("deviceType 不能为空")
	case in.Trace != "" && !trace6.MatchString(in.Trace):
		return wrong("systemTraceNum 应为6位数字")
	case len(in.IP) > 64 || len(in.SrcReserved) > 255:
		return wrong("字段过长")
	}
	return in.refusePlace()
}

// refusePlace is why a device is not where it must say it is.
func (in payIn) refusePlace() reply {
	placed := in.Longitude != "" && in.Latitude != ""
	switch physical := !slices.Contains(notPhysical, in.DeviceType); {
	case in.Longitude != "" && (len(in.Longitude) > 10 || !longitude.MatchString(in.Longitude)):
		return failed("9001", "longitude 格式错误")
	case in.Latitude != "" && (len(in.Latitude) > 10 || !latitude.MatchString(in.Latitude)):
		return failed("9001", "latitude 格式错误")
	case physical && !placed && in.Cust2 == "":
		return failed("9001", "实体终端须上送经纬度或基站信息")
	case !physical && !placed && in.IP == "":
		return failed("9001", "非实体终端须上送经纬度或IP")
	}
	return nil
}
