package words

import (
	"fmt"
	"time"

	"tillgate/printer"
	"tillgate/speaker"
	"tillgate/store/money"
)

// Notice is a program's text on a lane's customer display.
type Notice struct {
	Zh     string    `json:"zh,omitempty"`
	En     string    `json:"en,omitempty"`
	Amount money.Fen `json:"amount_fen,omitempty"` // 0: none is shown
}

// Told is what a program has a lane print or say.
type Told struct {
	ID string // names it for a device that keeps what it has done
	By string // the program

	// A slip.
	Site    string
	Title   string
	Lines   []string
	Barcode string // digits
	QR      string
	At      time.Time

	// A phrase: the text, then the plate and the sum as they are read.
	Zh, En string
	Plate  string
	Amount money.Fen
}

// ToldSlip is the paper of a program's slip. It says whose it is, and that nothing
// was paid by it: a receipt is printed by who has booked the money.
func ToldSlip(t Told) printer.Slip {
	return printer.Slip{
		ID: t.ID, Title: t.Title, Lead: []string{t.Site}, Lines: t.Lines, Barcode: t.Barcode, QR: t.QR, Cut: true,
		Foot: fmt.Sprintf("非付款凭证 Not a receipt\n%s %s", t.By, t.At.In(china).Format("2006-01-02 15:04:05")),
	}
}

// toldFor is how long a program's phrase may wait for those before it.
const toldFor = 10 * time.Second

// ToldPhrase is what a program has a lane say.
func ToldPhrase(t Told) speaker.Phrase {
	p := speaker.Phrase{ID: t.ID, Window: toldFor, Parts: []speaker.Part{speaker.Words(speaker.Token(t.Zh), t.En)}}
	if t.Plate != "" {
		p.Parts = append(p.Parts, speaker.Plate(t.Plate, speaker.OneYao))
	}
	if t.Amount != 0 {
		p.Parts = append(p.Parts, speaker.Amount(t.Amount, speaker.YuanJiaoFen))
	}
	return p
}

// What a lane can tell for a program.
const (
	ToldDisplay = "display"
	ToldPrinted = "slip"
	ToldSpoken  = "voice"
)

// What has become of it.
const (
	ToldGiven   = "given" // to its device, of whose word nothing is known
	ToldDone    = "done"
	ToldHeld    = "held" // its device did not take it: nothing of it has happened
	ToldDropped = "dropped"
	ToldFailed  = "failed" // perhaps a part of it has happened
)

// tolds say what happened, and what to do.
var tolds = map[string][2][2]string{
	ToldGiven:   {{"已交给设备，结果未知", "请查看设备；需要时用新的幂等键再发"}, {"Given to its device, and no more is known of it", "Look at the device; send it anew with a new key where it is needed"}},
	ToldDone:    {{"已完成", ""}, {"Done", ""}},
	ToldHeld:    {{"设备未接受，未执行", "请检查设备后用新的幂等键再发"}, {"Its device did not take it, and nothing of it was done", "See to the device, then send it anew with a new key"}},
	ToldDropped: {{"已放弃：通道正在收款，或语音已关闭", "需要时用新的幂等键再发"}, {"Dropped: a payment was under way on the lane, or the voice is set off", "Send it anew with a new key where it is needed"}},
	ToldFailed:  {{"设备中途出错，可能只完成一部分", "请查看设备，再决定是否重发"}, {"Its device failed on the way; perhaps a part of it was done", "Look at the device before you send it anew"}},
}

// ToldState is what has become of it, as people read it.
func ToldState(state string, lang Lang) Screen {
	text, ok := tolds[state]
	if !ok {
		return Screen{What: state, Money: unmoved[lang]}
	}
	return Screen{What: text[lang][0], Do: text[lang][1], Money: unmoved[lang]}
}
