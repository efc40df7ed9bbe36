package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"tillgate/agent/pay"
)

// typist types amounts at a lane's page, as a clerk does. Where people are set up
// to sign in the page takes nothing from anybody else, so that it is one of them,
// with the PIN that was typed at the terminal.
type typist struct {
	name   string
	pin    pay.Secret
	page   string // its address
	cookie *http.Cookie
}

// begins signs the clerk in where the terminal has people.
func (p *typist) begins(ctx context.Context, staffed bool) error {
	switch {
	case !staffed:
		return nil
	case p.name == "":
		return usage(errors.New("people are set up here, and the page takes amounts from nobody else: name one of them who may sell, with --clerk"))
	}
	return p.signIn(ctx)
}

func (p *typist) signIn(ctx context.Context) error {
	answer, err := p.post(ctx, "/sign-in", url.Values{"name": {p.name}, "pin": {string(p.pin)}})
	if err != nil {
		return fmt.Errorf("sign %s in: %w", p.name, err)
	}
	defer answer.Body.Close()
	if cookies := answer.Cookies(); answer.StatusCode == http.StatusSeeOther && len(cookies) > 0 {
		p.cookie = cookies[0]
		return nil
	}
	return fmt.Errorf("%s was not signed in: the name or the PIN is wrong, or was wrong too often; nothing was played, try again in a moment", p.name)
}

// types posts an amount to a lane's page, as its form does, and answers what the
// page says to one that it does not take. That it takes none from this clerk is no
// word on the amount, but a mistake of the script's. A session that has ended
// meanwhile is begun again: the script may take longer than it lasts.
func (p *typist) types(ctx context.Context, lane, yuan string) (refusal string, err error) {
	refusal, status, err := p.amount(ctx, lane, yuan)
	if status == http.StatusUnauthorized && p.name != "" {
		if err := p.signIn(ctx); err != nil {
			return "", err
		}
		refusal, status, err = p.amount(ctx, lane, yuan)
	}
	if status == http.StatusUnauthorized || status == http.StatusForbidden {
		return "", fmt.Errorf("the page takes no amount from whoever types here: %s", refusal)
	}
	return refusal, err
}

func (p *typist) amount(ctx context.Context, lane, yuan string) (refusal string, status int, err error) {
	answer, err := p.post(ctx, "/lanes/"+lane+"/amount", url.Values{"amount": {yuan}, "title": {"验收 Acceptance"}})
	if err != nil {
		return "", 0, fmt.Errorf("type an amount at the page: %w", err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 4<<10))
	if err != nil || answer.StatusCode < http.StatusBadRequest {
		return "", answer.StatusCode, err
	}
	return answer.Status + " " + strings.TrimSpace(string(text)), answer.StatusCode, nil
}

// post sends a form, and takes what is answered for the answer, a redirection too.
func (p *typist) post(ctx context.Context, path string, form url.Values) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.page+path, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	if p.cookie != nil {
		req.AddCookie(p.cookie)
	}
	return http.DefaultTransport.RoundTrip(req)
}
