package main

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"tillgate/agent/flow/refund"
	"tillgate/agent/flow/sale"
	"tillgate/agent/pay"
	"tillgate/agent/pay/alipay"
	"tillgate/agent/pay/cloudpay"
	"tillgate/agent/pay/unionpay"
	"tillgate/agent/pay/wechat"
	"tillgate/agent/words"
)

// document is what a network's documents say.
type document struct {
	network, title string
	cases          func() []pay.Case
	timing         pay.Timing
}

// documented are the networks with every code that their documents have.
var documented = []document{
	{"wechat", "WeChat Pay", func() []pay.Case { return append(wechat.Cases(), wechat.States()...) }, pay.WeChat},
	{"alipay", "Alipay", alipay.Cases, alipay.Timing},
	{"unionpay", "ChinaUMS (UnionPay)", unionpay.Cases, unionpay.Timing},
	{"cloudpay", "Tencent Cloud Pay", cloudpay.Cases, cloudpay.Timing},
}

// played are a network's documented answers to the calls that the machines make.
func (n document) played(t *testing.T) (cases []pay.Case) {
	t.Helper()
	for _, c := range n.cases() {
		of := func(o operation) bool { return o.op == c.Op }
		switch {
		case slices.ContainsFunc(operations, of):
			cases = append(cases, c)
		case !slices.ContainsFunc(depositOperations, of):
			t.Errorf("%s: %s is the answer to a %q, which nobody makes", n.network, c.Code, c.Op)
		}
	}
	return cases
}

// saying is what people read and hear of one answer, and what the machine does.
type saying struct {
	payer, staff [2]words.Screen // by words.Lang; of a refund, of which the payer has the slip, only the cashier's
	line         [2]string       // the passing line on both screens, if any
	heard        [2]string
	machine      string
}

var languages = []words.Lang{words.Zh, words.En}

// tell plays an answer and looks at what follows.
func tell(t *testing.T, network string, timing pay.Timing, c pay.Case) (all saying) {
	t.Helper()
	d := play(t, network, timing, c)
	for _, lang := range languages {
		switch m := d.machine.(type) {
		case *sale.Sale:
			all.payer[lang], all.staff[lang] = words.Show(m.View(), lang), words.ShowStaff(m.View(), lang)
		case *refund.Refund:
			all.staff[lang] = words.ShowRefund(m.View(), lang)
		}
		if d.tell != "" {
			all.line[lang] = words.Say(d.tell, lang)
		}
	}
	all.heard, all.machine = d.heard(), d.does()
	return all
}

// TestEveryCodeHasWords walks the documents of every network.
func TestEveryCodeHasWords(t *testing.T) {
	t.Parallel()
	for _, n := range documented {
		cases := n.played(t)
		if t.Logf("%s: %d codes in %d answers", n.network, len(codesOf(cases)), len(cases)); len(cases) == 0 {
			t.Errorf("%s: no code is documented", n.network)
		}
		for _, c := range cases {
			all := tell(t, n.network, n.timing, c)
			for _, lang := range languages {
				all.check(t, n.network, c, lang)
			}
		}
	}
	for name := range networks {
		if !slices.ContainsFunc(documented, func(n document) bool { return n.network == name }) {
			t.Errorf("network %s is in the build, and no code of it is in this test", name)
		}
	}
}

// Widths that fit a page of 800 x 480 in full size and a line of 58 mm paper, in
// characters, by language.
var (
	whatMax = [2]int{16, 32}
	whyMax  = [2]int{20, 60} // of a refund, which says why in the same breath, on the cashier's page only
	doMax   = [2]int{28, 84}
)

func (all saying) check(t *testing.T, network string, c pay.Case, lang words.Lang) {
	t.Helper()
	wrong := func(what string, s words.Screen) {
		t.Helper()
		t.Errorf("%s, %s of a %s in %d: %s: %+v", network, c.Code, c.Op, lang, what, s)
	}
	refund := strings.HasPrefix(c.Op, "refund")
	screens, most := []words.Screen{all.staff[lang], all.payer[lang]}, whatMax[lang]
	if refund {
		screens, most = screens[:1], whyMax[lang]
	}
	for _, s := range screens {
		if s.What == "" || s.Do == "" || s.Money == "" {
			wrong("a line is missing", s)
		}
		if utf8.RuneCountInString(s.What) > most || utf8.RuneCountInString(s.Do) > doMax[lang] {
			wrong("it does not fit", s)
		}
	}
	switch back := refund || c.Op == "undo"; {
	case c.State == pay.Paid: // has the words of every payment
	case back && words.RefundTrouble(network, c.Code, lang) == words.RefundTrouble(network, "no such code", lang):
		wrong("there are no words for it on the way back", all.staff[lang])
	case !back && words.RefusalStaff(network, c.Code, lang) == words.RefusalStaff(network, "no such code", lang):
		wrong("there are no words for it", all.staff[lang])
	case (c.Op == "charge" || c.Op == "query") && c.State == pay.Declined && all.heard[lang] == "":
		wrong("a refusal is not heard", all.payer[lang])
	case c.Fault && !refund && all.payer[lang] == all.staff[lang]:
		wrong("the cashier reads no more of a fault than the payer", all.staff[lang])
	case c.Fault && !strings.Contains(all.machine, "a person"):
		wrong("nobody is called: "+all.machine, all.staff[lang])
	}
}

// codesOf are the codes themselves, each once.
func codesOf(cases []pay.Case) map[string]bool {
	codes := map[string]bool{}
	for _, c := range cases {
		codes[c.Code] = true
	}
	return codes
}
