package entry

// The people's names are personal: they stand in Private, so that whoever has
// left can be forgotten. PINs and links stand in no entry at all, not even
// hashed: entries leave the device.

// PersonSetBody is a person, new or changed, as they are from this entry on.
type PersonSetBody struct {
	Person string              `json:"p"`           // an id, never given to another
	Role   string              `json:"r"`           // "manager", "clerk", "technician"
	Rights map[string][]string `json:"g,omitempty"` // right to its lanes, "*" for all of them; none: what the role has
	Off    bool                `json:"x,omitempty"` // may do nothing until set again
	By     string              `json:"b"`           // who decided it: a person's id, or "console"
	Spot   string              `json:"t,omitempty"` // who typed a PIN for it, because the clock proved nothing
}

// PersonName are the personal fields of a PersonSetBody.
type PersonName struct {
	Name string `json:"name"`
}

// PersonGoneBody is a person who has left for good.
type PersonGoneBody struct {
	Person string `json:"p"`
	By     string `json:"b"`
}

// SignedInBody is a right PIN.
type SignedInBody struct {
	Person string `json:"p"`
	For    string `json:"f"`           // "session"; "spot" where only this one act follows from it
	Where  string `json:"w,omitempty"` // the page, lane or program that asked
}

// SignInRefusedBody is a wrong PIN, or a name that nobody has. What was typed
// stands nowhere: it may be a PIN in the wrong field.
type SignInRefusedBody struct {
	Person string `json:"p,omitempty"` // empty: nobody has the name
	Why    string `json:"y"`           // "pin", "name", "off" (switched off), "unset" (has no PIN)
	Where  string `json:"w,omitempty"`
	More   int    `json:"n,omitempty"` // other names that nobody has, since the last such entry, that were too many to write
}

// SignedOutBody is the end of a session.
type SignedOutBody struct {
	Person string `json:"p"`
	In     Seq    `json:"i"` // the SignedIn that began it
	Why    string `json:"y"` // "person", "idle", "rights"
}

// ActivationBody is a one-time link with which a person sets a PIN. It has no
// part of the link.
type ActivationBody struct {
	Person string `json:"p"`
	By     string `json:"b"`
	Life   int64  `json:"l"` // ms of the boot clock from the entry on; a new boot ends it
}

// PINSetBody is a person's new PIN.
type PINSetBody struct {
	Person string `json:"p"`
	Of     Seq    `json:"a,omitempty"` // the activation it was set with; 0: with the PIN before
}

// RightsTakenBody is a document of the cloud that says who may do what. It
// takes the place of all people before it.
type RightsTakenBody struct {
	Serial int64           `json:"n"`
	People []PersonSetBody `json:"p"` // By is "cloud"
}

// RightsDocument are the personal fields of a RightsTakenBody: the document as
// it came, which has the names, and the signature over these very bytes.
type RightsDocument struct {
	Document  []byte `json:"d"`
	Signature []byte `json:"s"`
}
