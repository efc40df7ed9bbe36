package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// accountKeys are the keys of a merchant, by network, that decide in which account an
// order is and under which of a network's two interfaces it is found. A
// question that goes out with another one is answered "no such order", whatever
// was paid. Keys that are secrets are not among them: they are renewed while
// orders are open.
var accountKeys = map[string][]string{
	"wechat":   {"mode", "app_id", "mch_id", "sub_app_id", "sub_mch_id", "code_api", "base_url", "spare_url"},
	"alipay":   {"mode", "app_id", "app_auth_token", "seller_id", "base_url"},
	"unionpay": {"app_id", "mch_id", "terminal_id", "qr_mch_id", "qr_terminal_id", "bill_source", "base_url", "spare_url"},
	"cloudpay": {"provider", "mch_id", "shop", "cashier_id", "base_urls"},
}

// usualAccount is what a key means where it is not given.
var usualAccount = map[string]string{"code_api": "v2"}

// account is a mark of the account that a merchant's orders are in, as the journal
// keeps it: 16 hex digits of the SHA-256 of its network and its accountKeys.
func (m *merchantConfig) account() string {
	table := reflect.ValueOf(m).Elem()
	var text strings.Builder
	fmt.Fprintf(&text, "network=%q\n", m.Network)
	for _, key := range accountKeys[m.Network] {
		field, _, _ := fieldOf(table, key)
		value := fmt.Sprint(field.Interface())
		if list, ok := field.Interface().([]string); ok { // in any order
			value = strings.Join(slices.Sorted(slices.Values(list)), " ")
		}
		fmt.Fprintf(&text, "%s=%q\n", key, cmp.Or(value, usualAccount[key]))
	}
	sum := sha256.Sum256([]byte(text.String()))
	return hex.EncodeToString(sum[:8])
}

// accounts are the marks of all merchants, by name.
func (c *config) accounts() map[string]string {
	marks := map[string]string{}
	for i := range c.Merchants {
		marks[c.Merchants[i].Name] = c.Merchants[i].account()
	}
	return marks
}
