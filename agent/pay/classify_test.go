package pay_test

import (
	"strings"
	"testing"

	"tillgate/agent/pay"

	"pgregory.net/rapid"
)

func TestClassify(t *testing.T) {
	t.Parallel()
	const slip = "260100520001004210000171" // also a valid shape for Alipay
	own := func(text string) bool { return text == slip }
	for _, c := range []struct {
		name, text string
		kind       pay.Kind
		clean      string // "": as given
	}{
		{"WeChat, lowest head", "100000000000000000", pay.WeChatCode, ""},
		{"WeChat, highest head", "159999999999999999", pay.WeChatCode, ""},
		{"16 is nobody's", "160000000000000000", pay.Rubbish, ""},
		{"09 is nobody's", "090000000000000000", pay.Rubbish, ""},
		{"WeChat with 17 digits", "13456789012345678", pay.Rubbish, ""},
		{"WeChat with 19 digits", "1345678901234567890", pay.Rubbish, ""},
		{"WeChat read aloud", " 1345 6789 0123\t4567 89\r\n", pay.WeChatCode, "134567890123456789"},
		{"WeChat from a Chinese keyboard", "１３４５　６７８９０１２３４５６７８９", pay.WeChatCode, "134567890123456789"},
		{"with an invisible mark", "\ufeff134567890123456789\u200b", pay.WeChatCode, "134567890123456789"},
		{"Alipay, shortest", "2500000000000000", pay.AlipayCode, ""},
		{"Alipay, usual", "287654321098765432", pay.AlipayCode, ""},
		{"Alipay, longest", "300000000000000000000000", pay.AlipayCode, ""},
		{"Alipay with 15 digits", "250000000000000", pay.Rubbish, ""},
		{"Alipay with 25 digits", "2500000000000000000000000", pay.Rubbish, ""},
		{"31 is nobody's", "310000000000000000", pay.Rubbish, ""},
		{"UnionPay", "6212345678901234567", pay.UnionPayCode, ""},
		{"a card number of 16", "6212345678901234", pay.Rubbish, ""},
		{"digital yuan", "0112345678901234567", pay.ECNYCode, ""},
		{"our slip before Alipay", slip, pay.OwnNumber, ""},
		{"our slip in groups", "260100520001 004210000171", pay.OwnNumber, slip},
		{"another slip", "880100520001004210000171", pay.Rubbish, ""},
		{"a bottle of water", "6901234567892", pay.ShopBarcode, ""},
		{"13 digits like a payment code", "1345678901234", pay.ShopBarcode, ""},
		{"a link", "https://qr.alipay.com/fkx1234", pay.Collection, ""},
		{"a link, shouting", "HTTP://QR.95516.COM/00010000", pay.Collection, ""},
		{"WeChat's collection code", "wxp://f2f0abcdef", pay.Collection, ""},
		{"WeChat's pay link", "weixin://wxpay/bizpayurl?pr=abc", pay.Collection, ""},
		{"a merchant's EMV code", "00020101021126580016A0000006150001", pay.Collection, ""},
		{"only the beginning of one", "wxp://", pay.Rubbish, ""},
		{"nothing", "", pay.Rubbish, ""},
		{"blanks", " \r\n\t", pay.Rubbish, ""},
		{"letters in between", "13456789012345678O", pay.Rubbish, ""},
		{"a minus", "-34567890123456789", pay.Rubbish, ""},
		{"Arabic digits", "١٣٤٥٦٧٨٩٠١٢٣٤٥٦٧٨٩", pay.Rubbish, ""},
		{"broken UTF-8", "13456789012345678\xff", pay.Rubbish, "13456789012345678\ufffd"},
	} {
		kind, clean := pay.Classify(c.text, own)
		want := c.clean
		if want == "" && strings.TrimSpace(c.text) != "" {
			want = c.text
		}
		if kind != c.kind || clean != want {
			t.Errorf("%s: Classify(%q) = %v %q, want %v %q", c.name, c.text, kind, clean, c.kind, want)
		}
	}
}

func TestClassifyWithoutSlips(t *testing.T) {
	t.Parallel()
	if kind, _ := pay.Classify("260100520001004210000171", nil); kind != pay.AlipayCode {
		t.Errorf("without a predicate 24 digits from 26 on are %v", kind)
	}
}

func TestClassifyTakesAnything(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("1 ", 600_000)
	if kind, text := pay.Classify(long, nil); kind != pay.Rubbish || text != "" {
		t.Errorf("a megabyte is %v and comes back with %d bytes", kind, len(text))
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		kind, clean := pay.Classify(text, nil)
		if again, twice := pay.Classify(clean, nil); again != kind || twice != clean {
			t.Fatalf("%q is %v %q, and that is %v %q", text, kind, clean, again, twice)
		}
		if strings.ContainsAny(clean, " \t\r\n\x00") {
			t.Fatalf("%q keeps blanks: %q", text, clean)
		}
	})
}

func TestKindNames(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for k := pay.Rubbish; k <= pay.Collection; k++ {
		if seen[k.String()] || k.String() == "" {
			t.Errorf("kind %d is called %q like another", k, k)
		}
		seen[k.String()] = true
	}
	if pay.Kind(200).String() != "rubbish" {
		t.Error("an impossible kind has a name of its own")
	}
}
