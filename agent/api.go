package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"tillgate/agent/api"
	"tillgate/agent/api/client"
)

// tokenBytesMin keeps a token from being guessed: 24 characters of 64 are 144 bits.
const tokenBytesMin = 24

// integratorConfig is a program that may drive the terminal.
type integratorConfig struct {
	place
	Name   string   `key:"name" need:"a name for the program"`
	Token  source   `key:"token" need:"\"cred:NAME\" or \"file:/path\" of 24 characters or more that nobody can guess"`
	Rights []string `key:"rights" need:"a list of rights, such as \"sell\" and \"read\""`
	Lanes  []string `key:"lanes" may:"a list of lanes' names; without it all of them"`
}

func (c configCheck) integrators() {
	names := c.names("integrator")
	var lanes []string
	for i := range c.Lanes {
		lanes = append(lanes, c.Lanes[i].Name)
	}
	for i := range c.Integrators {
		p := &c.Integrators[i]
		names.take(p.Name, p.line("name"))
		for _, right := range p.Rights {
			if !slices.Contains(api.Rights(), api.Right(right)) {
				c.problems.add(p.line("rights"), "[[integrator]] %s: %q is not a right; known are %s", p.Name, right, rightsList())
			}
		}
		for _, lane := range p.Lanes {
			if !slices.Contains(lanes, lane) {
				c.problems.add(p.line("lanes"), "[[integrator]] %s: %q is not a lane of this file; %s", p.Name, lane, nearest(lane, lanes))
			}
		}
	}
}

// rightsList names all rights.
func rightsList() string {
	var names []string
	for _, right := range api.Rights() {
		names = append(names, string(right))
	}
	return commaList(names)
}

// integrators are the programs with their tokens. Two of one token would be one
// program with the other's rights.
func (c *config) integrators() (all []api.Integrator, err error) {
	problems := &configProblems{file: c.File}
	for i := range c.Integrators {
		p := &c.Integrators[i]
		one := api.Integrator{Name: p.Name, Lanes: p.Lanes}
		if one.Token, err = p.Token.load(); err != nil {
			return nil, err
		}
		for _, right := range p.Rights {
			one.Rights = append(one.Rights, api.Right(right))
		}
		switch {
		case len(one.Token) < tokenBytesMin || strings.ContainsAny(string(one.Token), " \t\r\n"):
			problems.add(p.line("token"), "[[integrator]] %s: the token has fewer than %d characters, or blanks in it", p.Name, tokenBytesMin)
		case slices.ContainsFunc(all, func(other api.Integrator) bool { return other.Token == one.Token }):
			problems.add(p.line("token"), "[[integrator]] %s: another program has this token", p.Name)
		}
		all = append(all, one)
	}
	if len(problems.list) > 0 {
		return nil, problems
	}
	return all, nil
}

// withAPI serves the API beside the pages, where the config names a program that may ask.
func (a *agent) withAPI(pages http.Handler) http.Handler {
	if len(a.programs) == 0 {
		return pages
	}
	lanes := make([]api.Lane, len(a.lanes))
	for i, l := range a.lanes {
		lanes[i] = l
	}
	answers := api.New(api.Options{
		Integrators: a.programs,
		Lanes:       lanes,
		Store:       a.store,
		Timing:      a.networks.Timing,
		Devices:     a.wires,
		Desk:        a.desk,
		Outputs:     a.outputOf,
		Hosts:       a.cfg.Console.names(),
		Limit:       &a.limit,
		Log:         a.log,
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == api.Prefix || strings.HasPrefix(r.URL.Path, api.Prefix+"/") {
			answers.ServeHTTP(w, r)
			return
		}
		pages.ServeHTTP(w, r)
	})
}

// wires are the devices as the technician's page has them.
func (a *agent) wires() (all []client.Device) {
	for _, d := range a.board.Devices() {
		all = append(all, client.Device{Name: d.Name, What: d.What, State: string(d.State), Text: d.Text})
	}
	return all
}

// program is a client of the running agent, as the program of the config that
// has a right on a lane; lane is empty for any.
func (c *config) program(right api.Right, lane string) (*client.Client, error) {
	all, err := c.integrators()
	if err != nil {
		return nil, usage(err)
	}
	for _, one := range all {
		if slices.Contains(one.Rights, right) && (lane == "" || len(one.Lanes) == 0 || slices.Contains(one.Lanes, lane)) {
			program, err := c.Console.client(string(one.Token))
			if err != nil {
				return nil, usage(err)
			}
			return program, nil
		}
	}
	return nil, usage(fmt.Errorf("no [[integrator]] of %s has the right %q on lane %q", c.File, right, lane))
}
