package console

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"

	"tillgate/agent/pay"
	"tillgate/agent/words"
)

const bodyBytesMax = 4 << 10

// input is what a form or a JSON body may have; an amount is text in yuan, for
// a number would have been rounded on its way.
type input struct {
	Amount string     `json:"amount"`
	Full   string     `json:"full"`    // of it, what takes part in no discount, in yuan
	Beside string     `json:"deposit"` // that is taken in the same visit, in yuan
	Title  string     `json:"title"`
	Room   string     `json:"room"` // of a deposit
	Ref    string     `json:"ref"`
	Code   pay.Secret `json:"code"`
	Given  string     `json:"given"` // cash, in yuan
	Key    string     `json:"key"`   // of the order that is printed again
	Token  string     `json:"token"` // a repeat with the same one does nothing
	Seen   string     `json:"seen"`  // what the page saw, see sight
}

// reply is the answer to an action, in words for the person who did it.
type reply struct {
	OK bool   `json:"ok"`
	Zh string `json:"zh,omitempty"`
	En string `json:"en,omitempty"`
	Go string `json:"go,omitempty"` // the page that it leads to
}

func refused(key words.Key) reply {
	return reply{Zh: words.Say(key, words.Zh), En: words.Say(key, words.En)}
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body) // whoever went away needs no answer
}

// read takes the input from the body alone: what stands in an address ends up in logs.
func read(r *http.Request) (in input, err error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case err != nil && r.ContentLength == 0:
		return in, nil // a cancel needs no body
	case err != nil:
		return in, err
	case kind == "application/json":
		err = readJSON(r.Body, &in)
	default:
		err = readForm(r, &in)
	}
	if err == nil && (len(in.Token) > tokenBytesMax || len(in.Seen) > tokenBytesMax) {
		err = errors.New("token or sight too long")
	}
	return in, err
}

func readForm(r *http.Request, in *input) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	form := r.PostForm
	*in = input{
		Amount: form.Get("amount"), Full: form.Get("full"), Beside: form.Get("deposit"), Title: form.Get("title"), Room: form.Get("room"), Ref: form.Get("ref"), Code: pay.Secret(form.Get("code")),
		Given: form.Get("given"), Key: form.Get("key"), Token: form.Get("token"), Seen: form.Get("seen"),
	}
	return nil
}

func readJSON(body io.Reader, in *input) error {
	from := json.NewDecoder(body)
	from.DisallowUnknownFields()
	if err := from.Decode(in); err != nil {
		return err
	}
	if _, err := from.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one value")
	}
	return nil
}
