package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tillgate/agent/api/client"
)

// terminalOf is a config whose API is answered by a function, and what it was asked.
func terminalOf(t *testing.T, answer func(path string) any) (config string, asked *[]string) {
	t.Helper()
	asked = new([]string)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		*asked = append(*asked, r.Method+" "+r.URL.RequestURI()+" "+string(body))
		said := answer(r.URL.Path)
		if p, no := said.(*client.Problem); no {
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(p.Status)
		}
		json.NewEncoder(w).Encode(said) //nolint:errcheck // the client says so
	}))
	t.Cleanup(server.Close)
	dir := t.TempDir()
	token := filepath.Join(dir, "token")
	text := sold([]string{"codes"}, []string{"codes"}) + "\n[console]\nlisten = \"" + strings.TrimPrefix(server.URL, "http://") + "\"\n" +
		"[[integrator]]\nname = \"till\"\ntoken = \"file:" + token + "\"\nrights = [\"sell\", \"refund\", \"capture\", \"release\", \"read\"]\n"
	config = filepath.Join(dir, "tillgate.toml")
	for path, content := range map[string]string{token: neighbourToken, config: text} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return config, asked
}

// TestDepositCommands: what each asks of the terminal, and what people read.
func TestDepositCommands(t *testing.T) {
	t.Parallel()
	const number = "100000010002921770000108"
	back := client.Screen{WhatEn: "It goes back", DoEn: "Wait", MoneyEn: "Not known yet"}
	held := client.Deposit{Key: 7, Number: number, Lane: "lane-1", State: "held", Final: true, Amount: 30000, Held: 30000, Captured: 8850, Left: 21150,
		Site:    &client.DepositSite{From: "front", Captured: 5000, NetCaptured: 8850, Differs: true},
		Refunds: []client.Refund{{Number: number + "01", Amount: 1000, State: "done", Screen: back}}}
	gone := client.Deposit{Key: 7, Number: number, Lane: "lane-1", State: "refused", Final: true, Amount: 30000}
	list := client.Deposits{Deposits: []client.Deposit{gone}}
	for _, row := range []struct {
		args  string
		list  client.Deposits
		one   client.Deposit
		asks  []string // parts of what is asked, in order
		says  []string
		exits int
	}{
		{"take-over lane-1 " + number, list, held, []string{`POST /api/v1/deposits/take-over {"lane":"lane-1","number":"` + number + `"}`},
			[]string{"taken over from front", "captured 50.00, released 0.00; the network, which counts: captured 88.50", "refund " + number + "01 of 10.00: done"}, exitOK},
		{"cancel " + number, list, gone, []string{"GET /api/v1/deposits?number=" + number, `POST /api/v1/deposits/cancel {"lane":"lane-1","deposit":7}`}, []string{"refused"}, exitOK},
		{"cancel " + number, list, held, []string{"GET ", "POST /api/v1/deposits/cancel "}, []string{"held all the same"}, exitFailed},
		{"cancel --lane lane-1", list, gone, []string{`POST /api/v1/deposits/cancel {"lane":"lane-1"}`}, nil, exitOK},
		{"reprint " + number, list, held, []string{"GET /api/v1/deposits?number=" + number, "POST /api/v1/deposits/7/reprint {}"}, []string{"held"}, exitOK},
		{"cancel", list, gone, nil, []string{"expected a deposit's number or --lane"}, exitConfig},
		{"refund " + number + " 10.00 --reason egg", list, held, []string{"GET ", `POST /api/v1/deposits/7/refund {"amount_fen":1000,"reason":"egg"}`}, []string{"refund " + number + "01", "It goes back. Wait. Not known yet."}, exitOK},
		{"refund " + number + " nothing", list, held, nil, []string{"not a sum in yuan"}, exitConfig},
		{"find " + number, client.Deposits{Elsewhere: &client.Elsewhere{From: "front", Number: number, Room: "1208", Amount: 30000, Captured: 5000}}, held,
			[]string{"GET /api/v1/deposits?number=" + number + "&site=true"}, []string{"front 300.00 " + number + " room 1208", "tillgate deposit take-over LANE " + number}, exitOK},
		{"refund " + number + " 10.00", client.Deposits{Elsewhere: &client.Elsewhere{From: "front"}}, held, []string{"GET "}, []string{"take it over first"}, exitFailed},
	} {
		config, asked := terminalOf(t, func(path string) any {
			if path == "/api/v1/deposits" {
				return row.list
			}
			return client.DepositAnswer{Deposit: row.one}
		})
		var out, problems bytes.Buffer
		exit := execute(t.Context(), append([]string{"deposit"}, append(strings.Fields(row.args), "--config", config)...), &out, &problems)
		text := out.String() + problems.String()
		if exit != row.exits || len(*asked) != len(row.asks) {
			t.Errorf("%s: exit %d, want %d; asked %q; %s", row.args, exit, row.exits, *asked, text)
			continue
		}
		for i, part := range row.asks {
			if !strings.Contains((*asked)[i], part) {
				t.Errorf("%s: asked %q, want %q", row.args, (*asked)[i], part)
			}
		}
		for _, part := range row.says {
			if !strings.Contains(text, part) {
				t.Errorf("%s: it does not say %q: %s", row.args, part, text)
			}
		}
	}
}

// TestASupervisorElsewhere: with nobody on the spot a command shows what has to be
// approved, reads the digits of whoever approves it elsewhere, and asks again with
// them; with no digits it ends with the refusal. Two approvals are asked for one
// after the other.
func TestASupervisorElsewhere(t *testing.T) {
	t.Parallel()
	const number = "100000010002921770000108"
	moved := client.Deposit{Key: 7, Number: number, Lane: "lane-1", State: "settled", Final: true, Amount: 30000, Held: 30000, Captured: 8850, Released: 21150,
		Move: &client.DepositMove{State: "done"}}
	order := client.Order{Key: 7, Number: number, Refunds: []client.Refund{{State: "done"}}}
	for _, row := range []struct {
		args, path, done string
	}{
		{"deposit capture " + number + " 88.50 --last --reason r", "/api/v1/deposits/7/capture", "captured 88.50"},
		{"deposit release " + number + " --reason r", "/api/v1/deposits/7/release", "released 211.50"},
		{"deposit refund " + number + " 10.00 --reason r", "/api/v1/deposits/7/refund", "captured 88.50"},
		{"refund " + number + " --reason r", "/api/v1/refunds", ""},
	} {
		for _, typed := range []string{"12345678\n87654321\n", "12345678\n", ""} {
			for _, flag := range []string{"", " --json"} {
				noes := 0
				config, asked := terminalOf(t, func(path string) any {
					switch {
					case path == "/api/v1/deposits":
						return client.Deposits{Deposits: []client.Deposit{moved}}
					case path == row.path && noes < 2:
						noes++
						return &client.Problem{Status: http.StatusForbidden, Title: "Approval", TitleZh: "授权", Next: "Ask", NextZh: "请示", Cause: "approval",
							Approval: &client.ApprovalNeeded{Request: fmt.Sprint("request-", noes), Text: "TG1 " + fmt.Sprint(noes), People: 1}}
					case path == "/api/v1/refunds":
						return client.Answer{Order: order}
					}
					return client.DepositAnswer{Deposit: moved}
				})
				var out, problems bytes.Buffer
				root := rootCommand()
				root.SetArgs(append(strings.Fields(row.args+flag), "--config", config))
				root.SetIn(strings.NewReader(typed))
				exit := executeWith(t.Context(), root, &out, &problems)
				given := strings.Count(typed, "\n")
				if done := given == 2; (exit == exitOK) != done || !done && !strings.Contains(problems.String(), "(approval)") {
					t.Errorf("%s%s with %q: exit %d, %s", row.args, flag, typed, exit, problems.String())
				}
				var approved []string
				for _, ask := range *asked {
					if _, body, posts := strings.Cut(ask, "POST "+row.path+" "); posts {
						_, body, _ = strings.Cut(body, `"approval":`)
						approved = append(approved, body)
					}
				}
				want := []string{"", `{"request":"request-1","code":"12345678"}}`, `{"request":"request-2","code":"87654321"}}`}[:given+1]
				if !slices.Equal(approved, want) {
					t.Errorf("%s%s with %q: asked with the approvals %q, want %q", row.args, flag, typed, approved, want)
				}
				shown := strings.Contains(out.String(), "授权。请示。\nApproval. Ask.\n") && strings.Contains(out.String(), "--approver")
				if flag != "" {
					shown = strings.HasPrefix(out.String(), `{"approval":{"request":"request-1","text":"TG1 1",`)
				}
				if !shown || given == 2 && flag == "" && !strings.Contains(out.String(), row.done) {
					t.Errorf("%s%s with %q prints %s", row.args, flag, typed, out.String())
				}
			}
		}
	}
}
