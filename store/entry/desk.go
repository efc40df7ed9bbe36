package entry

import "tillgate/store/money"

// ApprovedBody is a supervisor's approval. It stands in the object that it is for, or
// is an object of its own that names it.
type ApprovedBody struct {
	Object Seq       `json:"o,omitempty"` // the order or refund; 0: the one that this entry is of
	What   string    `json:"w"`           // "refund", "decide", "setting"
	Amount money.Fen `json:"a,omitempty"`
	By     string    `json:"b"`           // the supervisor's person id
	For    string    `json:"p,omitempty"` // who asked
	How    string    `json:"h"`           // "pin": typed on the spot; "qr": a one-time code
	Once   []byte    `json:"c,omitempty"` // of a one-time code the hash, 8 bytes, so that it is used once
	Why    string    `json:"y,omitempty"` // in people's words
}

// SettingSetBody is a setting that was changed on the device. Secret ones have
// neither value.
type SettingSetBody struct {
	Name string `json:"n"`
	Was  string `json:"o,omitempty"`
	Now  string `json:"v,omitempty"`
	By   string `json:"b"`
}

// ExportedBody is records that somebody took away.
type ExportedBody struct {
	What  string `json:"w"`           // "report", "journal", "handover"
	From  int64  `json:"f,omitempty"` // Unix ms
	To    int64  `json:"t,omitempty"`
	Rows  int64  `json:"n,omitempty"`
	By    string `json:"b"`
	Where string `json:"d,omitempty"` // the page, lane or program that asked
}

// OverrideBody is a rule that somebody set aside, as they may.
type OverrideBody struct {
	What   string `json:"w"` // which rule: "limit", "gate", "clock"
	Lane   string `json:"l,omitempty"`
	Object Seq    `json:"o,omitempty"`
	By     string `json:"b"`
	Spot   string `json:"s,omitempty"` // the manager who typed a PIN for it
	Why    string `json:"y,omitempty"`
}

// What a person decides about money that is not ours to judge.
const (
	Booked    = "booked"    // it is this order's, and counts as paid
	GoesBack  = "goes back" // it is the payer's
	Elsewhere = "elsewhere" // it was booked by other means: nothing more is done with it here
	GivenUp   = "given up"  // of a capture or release without a final word: it is not sent any more
)

// DecidedBody is a person's decision on what a machine cannot decide.
type DecidedBody struct {
	Of     Seq       `json:"o"`           // the Frozen or Task entry; of GivenUp the MoveAsked
	Number string    `json:"n,omitempty"` // the attempt, the refund, or the move
	What   string    `json:"w"`           // Booked, GoesBack, Elsewhere or GivenUp
	Amount money.Fen `json:"a,omitempty"` // that the decision was shown
	By     string    `json:"b"`
	Why    string    `json:"y,omitempty"`
}

// TaskDoneBody is somebody who has seen to a task.
type TaskDoneBody struct {
	Of  Seq    `json:"o,omitempty"` // the Task entry; 0: the oldest that is not done
	By  string `json:"b,omitempty"` // a person's id; empty: the machine itself
	Why string `json:"y,omitempty"`
}

// RequestedBody is a caller's key, so that a request which is repeated does
// nothing twice. It stands in the first step of the object that it asked for.
type RequestedBody struct {
	Token  string `json:"t"`           // name of the caller's token
	Key    []byte `json:"k"`           // SHA-256 of the idempotency key
	Params []byte `json:"p"`           // SHA-256 of the parameters, in one form
	Object Seq    `json:"o,omitempty"` // 0: the object that this entry is of
}

// ToldBody is something that a program has a lane tell people. What it says may
// be personal: it stands in Private, as a ToldText.
type ToldBody struct {
	Lane string `json:"l"`
	What string `json:"w"`           // "display", "slip" or "voice"
	By   string `json:"b"`           // name of the program's token
	For  int64  `json:"f,omitempty"` // s that a display shows it
}

// ToldText are the personal fields of a ToldBody.
type ToldText struct {
	Text   []string  `json:"t"` // lines; of a display and a voice Chinese, then English
	Amount money.Fen `json:"a,omitempty"`
	Codes  []string  `json:"c,omitempty"` // of a slip: its barcode, its QR code; of a voice the plate
}
