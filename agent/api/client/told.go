package client

import "tillgate/store/money"

// Notice is a text for a lane's customer display. It is shown while no order is
// in front of the lane, until a new order comes or its time is over.
type Notice struct {
	Lane   string    `json:"lane"`
	Text   string    `json:"text"`
	TextEn string    `json:"text_en,omitempty"`
	Amount money.Fen `json:"amount_fen,omitempty"`
	ForS   int64     `json:"for_s,omitempty"` // 30 where it says nothing, 600 at most
}

// Slip is a slip for a lane's printer. Its foot says that it is no receipt.
type Slip struct {
	Lane    string   `json:"lane"`
	Title   string   `json:"title,omitempty"`
	Lines   []string `json:"lines"`
	Barcode string   `json:"barcode,omitempty"` // digits
	QR      string   `json:"qr,omitempty"`
}

// Phrase is something for a lane's speaker to say: the text, in Chinese, then the
// plate and the sum as they are read.
type Phrase struct {
	Lane   string    `json:"lane"`
	Text   string    `json:"text"`
	TextEn string    `json:"text_en,omitempty"` // for the terminal's own pages and logs
	Plate  string    `json:"plate,omitempty"`
	Amount money.Fen `json:"amount_fen,omitempty"`
}

// Told is what has become of a notice, a slip or a phrase.
type Told struct {
	Key   int64  `json:"key"`
	Lane  string `json:"lane"`
	What  string `json:"what"`  // "display", "slip" or "voice"
	State string `json:"state"` // "given", "done", "held", "dropped" or "failed"
	Screen
}
