package entry

import "tillgate/store/money"

// A shift is an object of its own: its key, the sequence of its ShiftOn, is the
// shift's number. Which shift an outcome belongs to is the journal's order and
// nothing else: an entry is of the shift that is on on its lane when it is
// written, and of nobody where none is.

// ShiftOnBody is somebody who begins a shift. The name is personal: it stands in
// Private, as a PersonName.
type ShiftOnBody struct {
	Who   string   `json:"p"`           // a person's id
	Lanes []string `json:"l,omitempty"` // none: the whole store
	Where string   `json:"w,omitempty"` // the page, lane or program that asked
	After Seq      `json:"o,omitempty"` // the shift that was handed over to this one
	Note  string   `json:"t,omitempty"`
}

// ShiftOffBody is the end of a shift: from here on its lanes are nobody's.
type ShiftOffBody struct {
	By  string `json:"b"` // a person's id: whose shift it is, or a manager
	Why string `json:"y,omitempty"`
}

// HandedOverBody is a shift's slip, as it was printed.
type HandedOverBody struct {
	By      string       `json:"b"`
	To      string       `json:"p,omitempty"` // a person's id: who takes over
	Items   []string     `json:"i,omitempty"` // what the slip lists, in its order
	Figures []HandedLine `json:"f,omitempty"`
	Nobody  []HandedLine `json:"g,omitempty"` // of the gaps before the shift
	Open    []Seq        `json:"n,omitempty"` // orders and refunds that are not final: the next shift has to see to them
}

// HandedLine is a line of such a slip.
type HandedLine struct {
	What   string    `json:"w"` // a key of the catalogue of words, or a wallet
	Count  int       `json:"n,omitempty"`
	Amount money.Fen `json:"a,omitempty"`
}
