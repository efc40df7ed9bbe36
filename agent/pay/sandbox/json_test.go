package sandbox

import (
	"encoding/json"
	"testing"
)

// TestStrictJSON takes what a careful client writes and nothing else, at every depth.
func TestStrictJSON(t *testing.T) {
	t.Parallel()
	type body struct {
		Code   string `json:"merchantCode"`
		Amount *struct {
			Total int64 `json:"total"`
		} `json:"amount"`
		Goods []struct {
			ID string `json:"goods_id"`
		} `json:"goods"`
		Raw json.RawMessage `json:"raw"`
	}
	for text, good := range map[string]bool{
		`{}`: true,
		`{"merchantCode":"停车费","amount":{"total":5},"goods":[{"goods_id":"a"},{"goods_id":"b"}],"raw":{"Any":["x",1.5,true]}}`: true,
		` {"merchantCode":"a"} `:                  true,
		`{"merchantcode":"a"}`:                    false,
		`{"MerchantCode":"a"}`:                    false,
		`{"merchantCode":"a","merchantCode":"a"}`: false,
		`{"merchantCode":null}`:                   false,
		`{"merchantCode":1}`:                      false,
		`{"merchantCode":"茶🍵"}`:                   false,
		`{"merchantCode":"\ud83c\udf75"}`:         false,
		`{"amount":{"total":"5"}}`:                false,
		`{"amount":{"total":5,"total":5}}`:        false,
		`{"amount":{"Total":5}}`:                  false,
		`{"goods":[{"goods_id":null}]}`:           false,
		`{"raw":{"a":null}}`:                      false,
		`{"raw":{"a":1,"a":1}}`:                   false,
		`{"more":1}`:                              false,
		`{}{}`:                                    false,
		`[]`:                                      false,
		`{"merchantCode":"a"`:                     false,
		"{\"merchantCode\":\"\xc3\xf7\"}":         false,
		``:                                        false,
	} {
		var in body
		if err := StrictJSON([]byte(text), &in); (err == nil) != good {
			t.Errorf("%s: %v", text, err)
		}
	}
}
