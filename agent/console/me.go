package console

import (
	"net/http"
	"strings"

	"tillgate/agent/duty"
	"tillgate/agent/pay"
	"tillgate/agent/staff"
	"tillgate/agent/words"
)

// meView is what somebody may do for themselves: set another PIN, take an
// approval key, answer another terminal.
type meView struct {
	approves bool
	hasKey   bool
	text     string     // of a request that was scanned
	wish     *duty.Wish // what it asks for; nil: none was scanned
	code     string     // the answer; empty: not yet
	at       string     // the part of the page that said is about
	said     reply
	done     reply
}

func (v meView) says(at string) reply {
	if v.at == at {
		return v.said
	}
	return reply{}
}

func (v meView) tells(at string) reply {
	if v.at == at {
		return v.done
	}
	return reply{}
}

// codeText is eight digits as they are told.
func (v meView) codeText() string {
	if len(v.code) != 8 {
		return v.code
	}
	return v.code[:4] + " " + v.code[4:]
}

func (c *console) serveMe(w http.ResponseWriter, r *http.Request, g guest) {
	c.showMe(w, g, http.StatusOK, meView{})
}

func (c *console) showMe(w http.ResponseWriter, g guest, status int, v meView) {
	v.approves = len(g.Grants()[staff.Approve]) > 0
	v.hasKey = c.Desk.HasKey(g.ID)
	c.show(w, status, c.sheet(words.PageMine, &g), mePage(v))
}

// changePIN sets another PIN for whoever types the present one; then they sign in anew.
func (c *console) changePIN(w http.ResponseWriter, r *http.Request, g guest) {
	form := r.PostForm
	if form.Get("pin") != form.Get("again") {
		c.showMe(w, g, http.StatusUnprocessableEntity, meView{at: "pin", said: speak(words.PagePINsDiffer)})
		return
	}
	if err := c.Desk.ChangePIN(r.Context(), duty.Spot{Name: g.Name, PIN: pay.Secret(form.Get("old"))}, pay.Secret(form.Get("pin")), "page"); err != nil {
		c.showMe(w, g, http.StatusUnprocessableEntity, meView{at: "pin", said: c.told(err)})
		return
	}
	c.signOut(r.Context(), g.token)
	keep(w, r, "")
	http.Redirect(w, r, "/sign-in?set=yes", http.StatusSeeOther)
}

// keyView is an approval key, this once.
type keyView struct {
	text  string
	qr    code
	plain bool // no address of the phone's page is known
}

// enrol gives a supervisor a key for a phone: shown in the answer to the form,
// so that no address leads to it. One of another terminal is taken in silently.
func (c *console) enrol(w http.ResponseWriter, r *http.Request, g guest) {
	given := duty.Key(strings.ToUpper(strings.Join(strings.Fields(r.PostForm.Get("given")), "")))
	key, err := c.Desk.Enrol(r.Context(), duty.Spot{Name: g.Name, PIN: pay.Secret(r.PostForm.Get("pin"))}, "page", given)
	switch {
	case err != nil:
		c.showMe(w, g, http.StatusUnprocessableEntity, meView{at: "key", said: c.told(err)})
	case given != "":
		c.showMe(w, g, http.StatusOK, meView{at: "key", done: speak(words.PageKeyTaken)})
	default:
		v := keyView{text: string(key), plain: c.Phone == ""}
		v.qr = c.draw(words.QR{Link: c.byPhone(v.text + "/" + c.Desk.Device)})
		c.show(w, http.StatusOK, c.sheet(words.PageKey, &g), keyPage(v))
	}
}

// answerRequest is a supervisor's yes to what another terminal asks for: first
// it is shown, then a PIN makes it a code.
func (c *console) answerRequest(w http.ResponseWriter, r *http.Request, g guest) {
	v := meView{at: "answer", text: scanned(r.PostForm.Get("text"))}
	wish, err := duty.ReadWish(v.text)
	if err != nil {
		v.said = c.told(&duty.Refusal{Why: words.HaltRequest, Cause: err})
		c.showMe(w, g, http.StatusUnprocessableEntity, v)
		return
	}
	v.wish = &wish
	if pin := r.PostForm.Get("pin"); pin != "" {
		_, code, err := c.Desk.Answer(r.Context(), duty.Spot{Name: g.Name, PIN: pay.Secret(pin)}, "page", v.text, "")
		if err != nil {
			v.said = c.told(err)
			c.showMe(w, g, http.StatusForbidden, v)
			return
		}
		v.code = string(code)
	}
	c.showMe(w, g, http.StatusOK, v)
}
