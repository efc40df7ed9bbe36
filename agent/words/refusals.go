package words

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"tillgate/speaker"
)

// meaning is what a network's code comes to for people, whichever network says
// it. Texts are in both languages, by Lang.
type meaning struct {
	what, do  [2]string     // the payer: what happened, what to do; none while nothing is decided
	seen, act [2]string     // the cashier: what happened (none: as the payer), what to do
	said      speaker.Token // what is heard of what happened; none: what is read
	then      speaker.Part  // what is heard of what to do; none: nothing is said at all
	back      [2]string     // what the cashier does when it is in the way of money that goes back
}

// Refusal is what the payer reads of a network's final no: what happened, what to do.
func Refusal(network, code string, lang Lang) [2]string {
	m := refusal(network, code)
	if m.what[lang] == "" { // it decides nothing, so nothing else may be promised
		t := screens[Checking][lang]
		return [2]string{t[0], t[1]}
	}
	return [2]string{m.what[lang], m.do[lang]}
}

// RefusalStaff is what the cashier reads of it.
func RefusalStaff(network, code string, lang Lang) [2]string {
	return refusal(network, code).staff(lang)
}

// RefundTrouble is what stands in the way of money that goes back, for the
// cashier: what happened, and what to do or whom to call. It is of undos and
// refunds, whose codes often mean something else than a payment's.
func RefundTrouble(network, code string, lang Lang) [2]string {
	v := vocabularies[network]
	if m := v.backs[v.folded(code)]; m != nil {
		return m.staff(lang)
	}
	if m := find(network, code); m != nil { // keys, contracts and lines are as wrong on the way back
		return [2]string{m.staff(lang)[0], m.back[lang]}
	}
	return unlistedBack.staff(lang)
}

func (m *meaning) staff(lang Lang) [2]string {
	if m.seen[lang] == "" {
		return [2]string{m.what[lang], m.act[lang]}
	}
	return [2]string{m.seen[lang], m.act[lang]}
}

// forCashier puts the cashier's words for a network's code into the payer's
// screen: those of a refusal, and why it is as it is where the payer reads only
// that he shall wait or call somebody.
func forCashier(o Order, s Screen, lang Lang) Screen {
	m := find(o.Network, o.Code)
	switch {
	case o.Phase == GoingBack && o.Code != "":
		t := RefundTrouble(o.Network, o.Code, lang)
		s.Do = t[0] + comma[lang] + t[1]
	case o.Phase == Refused:
		t := RefusalStaff(o.Network, o.Code, lang)
		s.What, s.Do = t[0], t[1]
	case o.Phase == Ready && o.Tender == ByQR && m.lasts():
		s.Do = m.staff(lang)[0] + comma[lang] + s.Do // no act: what to do is up to the cashier
	case m == nil:
	case o.Phase == FrozenOrder:
		s.Do = m.why(actFrozen, lang)
	case o.Phase != Checking:
	case m == neverArrived:
		s.Do = notArrivedYet.why(actWait, lang)
	case m.what[lang] == "" || m.ourFault(): // a refusal of the payer is not told while it may be overruled
		s.Do = m.why(actWait, lang)
	}
	return s
}

// ourFault tells whether it is the shop's or the terminal's: somebody has to mend it.
func (m *meaning) ourFault() bool {
	return m != nil && (m.back == actSettled || m.back == actFixed)
}

// lasts tells whether a fresh code of the same wallet will be refused as well.
func (m *meaning) lasts() bool { return m != nil && m.then.English == sayChange.English }

// why is what happened with what to do about it, in one line.
func (m *meaning) why(act [2]string, lang Lang) string {
	return m.staff(lang)[0] + comma[lang] + act[lang]
}

// comma stands between what happened and what to do.
var comma = [2]string{"，", ". "}

// refusedFor is how long after the answer a refusal may still be said: by then
// the payer has read it, and often shown another code.
const refusedFor = 5 * time.Second

// Declined is what a speaker says of a network's final no: what happened and
// what to do, a fixed sentence each, so that one that is not there to be played
// leaves the other. It has no parts for a code that decides nothing. The caller
// gives it an ID.
func Declined(network, code string) speaker.Phrase {
	return refusal(network, code).phrase()
}

func (m *meaning) phrase() speaker.Phrase {
	if len(m.then.Tokens) == 0 {
		return speaker.Phrase{}
	}
	said := cmp.Or(m.said, speaker.Token(m.what[Zh]))
	return speaker.Phrase{Window: refusedFor, Parts: []speaker.Part{speaker.Words(said, m.what[En]+":"), m.then}}
}

// vocabulary is how one network's codes are read. One name is often not the same
// thing in two networks, nor in two calls of one: codes says what it is of a
// payment, or of a deposit that is asked for, backs of its way back, moves of what
// is captured from a deposit or released.
type vocabulary struct {
	fold  func(code string) string // a code as the tables have it; nil: as it comes
	codes map[string]*meaning
	backs map[string]*meaning
	moves map[string]*meaning
	like  []likeness // names of which a part is fixed, the narrower first
	other *meaning   // a refusal whose code is nowhere; nil: unlisted
}

// likeness is the meaning of all codes that have a part in their name.
type likeness struct {
	part  string
	means *meaning
}

var vocabularies = map[string]vocabulary{
	"wechat":   {codes: wechatCodes, backs: wechatBacks, moves: wechatMoves},
	"alipay":   {fold: alipayFold, codes: alipayCodes, backs: alipayBacks, moves: alipayMoves, like: alipayLike},
	"unionpay": {codes: unionpayCodes, backs: unionpayBacks, other: notAccepted},
	"cloudpay": {codes: cloudpayCodes, backs: cloudpayBacks, moves: cloudpayMoves},
}

// find is what a code of a payment means, nil where nobody has said so.
func find(network, code string) *meaning {
	v := vocabularies[network]
	folded := v.folded(code)
	if m := v.codes[folded]; m != nil {
		return m
	}
	if i := slices.IndexFunc(v.like, func(l likeness) bool { return strings.Contains(folded, l.part) }); i >= 0 {
		return v.like[i].means
	}
	return ourCodes[code]
}

// refusal is what a final no means.
func refusal(network, code string) *meaning {
	return cmp.Or(find(network, code), vocabularies[network].other, unlisted)
}

func (v vocabulary) folded(code string) string {
	if v.fold == nil {
		return code
	}
	return v.fold(code)
}
