package console

import (
	"net/http"
	"slices"
	"strings"

	"tillgate/agent/words"
)

// The page below /phone/ lives in a supervisor's phone: it keeps approval keys
// there and makes of what a terminal asks for the code that is told to its clerk.
// It has no address of ours in it and asks nobody anything, so that it works
// without a network, and its files may lie on any https host.

// phoneFiles are what the page is made of beside itself. The worker keeps all of
// it for when there is no network.
var phoneFiles = []string{"phone.js", "phone.css", "worker.js"}

// byPhone is what a code for phones has: a text, or the page's address with the
// text behind it, which no server gets to see (RFC 3986, 3.5).
func (c *console) byPhone(text string) string {
	if c.Phone == "" {
		return text
	}
	return c.Phone + "#" + text
}

// scanned is the text of such a code.
func scanned(code string) string {
	code = strings.TrimSpace(code)
	return code[strings.LastIndex(code, "#")+1:]
}

func (c *console) servePhone(w http.ResponseWriter, _ *http.Request) {
	text, err := render(phonePage())
	if err != nil {
		c.Log.Error("page could not be drawn", "page", "phone", "err", err)
		answer(w, http.StatusInternalServerError, speak(words.PageUndone))
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Write([]byte(text)) // whoever went away needs no page
}

func servePhoneFile(w http.ResponseWriter, r *http.Request) {
	if !slices.Contains(phoneFiles, r.PathValue("file")) {
		http.NotFound(w, r)
		return
	}
	http.ServeFileFS(w, r, static, "static/"+r.PathValue("file"))
}
